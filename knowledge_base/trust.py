"""How far the library's answers can be trusted: the log of answers, what people said about them, and what follows.

Joins the calibration of a site with its log. Judging an answer now and then fits the calibration again, from what it was
fitted to before and from all verdicts. This module knows ports only.
"""

import json
import logging
import math
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from knowledge_base import risk
from knowledge_base.answering import Findings
from knowledge_base.confidence import DEFAULT, Calibration, Evidence
from knowledge_base.errors import Invalid
from knowledge_base.fitting import Fitted, Trial, fit
from knowledge_base.ports import AnswerLog, ArticleStore, Judgement, LoggedAnswer, SearchIndex, Snapshot
from knowledge_base.wire import ConfidenceReply, CurvePoint, ReplayReply, Verdict

CUSTOMER = "customer"
"""Who judges by a thumb. Everybody else is staff."""
CUSTOMERS_IMPORTANCE = 0.5
"""A thumb also says how somebody feels about the shop."""
MOST_ON_A_PASSAGE = 2.0
"""All thumbs on one passage together count for no more than so many trials: anybody can press them, and often."""
MOST_OF_CUSTOMERS = 20.0
"""The same for all thumbs on the whole library."""
REFIT_AFTER = 20
"""New verdicts until the calibration is fitted again by itself."""
AGENT_MINUTES = 4.0
"""What a question costs an agent, unless the operator says otherwise."""
REPLAY_DAYS = 7.0
EVER = datetime(1970, 1, 1, tzinfo=UTC)
FEATURE_NAMES = tuple(item.name for item in fields(Evidence))

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a calibration was fitted to, as it is kept for fitting again."""

    trials: tuple[Trial, ...] = ()
    judgements: int = 0
    confidence: tuple[float, ...] = ()
    right: tuple[bool, ...] = ()
    stand_ins: int = 0
    keeps_lowest: bool = False
    lowest_promise: float | None = None
    ece_before: float | None = None
    ece_after: float | None = None
    at: datetime | None = field(default=None, compare=False)

    @property
    def golden(self) -> int:
        return len(self.right) - self.stand_ins

    @property
    def own_texts(self) -> int:
        return sum(trial.source == "own" for trial in self.trials)


class Trust:
    def __init__(self, answers: AnswerLog, store: ArticleStore, index: SearchIndex) -> None:
        self._log = answers
        self._store = store
        self._index = index

    def note(self, snapshot: Snapshot, question: str, found: Findings) -> str | None:
        """Logs an answer; gives its id, None when it is not kept. Never waits, never raises."""
        try:
            passage_id = found.hits[0].passage_id if found.hits else None
            place = snapshot.find(passage_id) if passage_id else None
            answer = LoggedAnswer(
                uuid.uuid4().hex,
                datetime.now(UTC),
                question,
                {name: round(value, 5) for name, value in asdict(found.evidence).items()},
                found.confidence,
                found.decision,
                passage_id,
                place[0].article.id if place else None,
            )
            return answer.id if self._log.write(answer) else None
        except Exception:
            log.exception("An answer could not be logged.")
            return None

    def judge(self, answer_id: str, verdict: Verdict, by: str, at: datetime) -> None:
        """Stores a verdict, and fits the calibration again when REFIT_AFTER new ones have come. Raises NotFound."""
        self._log.judge(answer_id, Judgement(verdict, by, at))
        try:
            kept = self._kept()
            new = self._log.judgements(kept.at)
            if new >= REFIT_AFTER:
                before = self._index.current().calibration
                now = self.calibrate(kept.trials, before.target).calibration
                log.info(
                    "The confidence was fitted again after %d new verdicts: answers from %.3f, before from %.3f.",
                    new,
                    now.answer_threshold,
                    before.answer_threshold,
                )
        except Exception:
            # The verdict is stored; the next one tries again.
            log.exception("The calibration could not be fitted again.")

    def calibrate(self, trials: Sequence[Trial], target: float, save: bool = True) -> Fitted:
        """Fits the site's calibration to these trials and to all verdicts; takes effect at once when saved."""
        asked = [trial for trial in trials if trial.source != "judged"]
        fitted = fit([*asked, *self._judged(first_group=len(asked))], DEFAULT, target)
        if save:
            self._log.save_fit(_to_json(asked, fitted, self._log.judgements(), self._index.encoder), _now())
            self._store.save_calibration(fitted.calibration.to_json(self._index.encoder))
            self._index.refresh()
        return fitted

    def retarget(self, target: float) -> ConfidenceReply:
        """Fits the same trials to another target; raises Invalid when the library was never calibrated."""
        kept = self._kept()
        if not kept.trials:
            raise Invalid("Fit the confidence first: python -m knowledge_base evaluate QUESTIONS --calibrate")
        self.calibrate(kept.trials, target)
        return self.report()

    def report(self) -> ConfidenceReply:
        calibration, kept = self._index.current().calibration, self._kept()
        points = risk.curve(np.array(kept.confidence), np.array(kept.right, dtype=bool))
        return ConfidenceReply(
            basis=calibration.basis,
            target=calibration.target,
            promised=calibration.promised,
            says=says(calibration, kept),
            lowest_promise=kept.lowest_promise,
            answer_threshold=calibration.answer_threshold,
            clarify_threshold=calibration.clarify_threshold,
            questions=kept.golden,
            own_texts=kept.own_texts,
            judgements=kept.judgements,
            ece_before=kept.ece_before,
            ece_after=kept.ece_after,
            fitted_at=kept.at,
            curve=[CurvePoint(**asdict(point)) for point in points],
        )

    def replay(
        self, target: float, days: float = REPLAY_DAYS, agent_minutes: float = AGENT_MINUTES
    ) -> ReplayReply:
        """What `target` would have done to the questions of the last days, by today's weights."""
        today, kept = self._index.current().calibration, self._kept()
        then = fit([*kept.trials, *self._judged(first_group=len(kept.trials))], DEFAULT, target).calibration
        answers = self._log.answers(_now() - timedelta(days=days))
        logged = [
            _logged(answer, today) for answer in answers if _evidence(answer) is not None
        ]  # three numbers each
        found = risk.replay(logged, today.answer_threshold, then.answer_threshold, agent_minutes)
        return ReplayReply(
            target=target,
            promised=then.promised,
            days=days,
            answer_threshold=then.answer_threshold,
            asked=found.asked,
            answered=found.answered,
            more_answered=found.more_answered,
            more_wrong=round(found.more_wrong, 2),
            judged_right=found.judged_right,
            judged_wrong=found.judged_wrong,
            agent_minutes=round(found.agent_minutes, 1),
            assumption=f"A question that is answered rightly saves an agent {agent_minutes:g} minutes; a wrong answer"
            " saves nothing.",
        )

    def close(self) -> None:
        self._log.close()

    def _kept(self) -> Kept:
        found = self._log.fit()
        return (_from_json(*found, self._index.encoder) if found else None) or Kept()

    def _judged(self, first_group: int) -> list[Trial]:
        """All verdicts as trials. `outdated` says nothing about confidence: the right passage was found.

        Of customers, who are anonymous, the last thumb on a passage for the same question counts, and only so much.
        """
        staff: list[Trial] = []
        thumbs: dict[tuple[str | None, str], Trial] = {}
        for group, answer in enumerate(self._log.answers(EVER, judged_only=True), start=first_group):
            evidence = _evidence(answer)
            for judgement in answer.judgements:
                if evidence is None or judgement.verdict == "outdated":
                    continue
                trial = Trial(evidence, judgement.verdict == "right", "judged", group=group)
                if judgement.by == CUSTOMER:
                    thumbs[answer.passage_id, " ".join(answer.question.lower().split())] = trial
                else:
                    staff.append(trial)
        on_passage = Counter(passage for passage, _ in thumbs)
        worth = {
            passage: min(CUSTOMERS_IMPORTANCE * count, MOST_ON_A_PASSAGE) / count
            for passage, count in on_passage.items()
        }
        total = sum(worth[passage] * count for passage, count in on_passage.items())
        share = min(1.0, MOST_OF_CUSTOMERS / total) if total else 1.0
        return [
            *staff,
            *(replace(t, importance=worth[passage] * share) for (passage, _), t in thumbs.items()),
        ]


def says(calibration: Calibration, found: Kept | Fitted) -> str:
    """What may be promised, in one honest sentence."""
    target, questions = f"{100 * calibration.target:g} %", f"{found.golden} golden questions"
    if not found.golden:
        return f"{target} is only estimated: a promise needs golden questions, and this library has none."
    if found.stand_ins:
        questions += f", {found.stand_ins} of them asked again with their article hidden"
    if calibration.promised:
        return f"At most {target} of the answers are wrong, as far as new questions are like the {questions}."
    if found.lowest_promise is None or found.lowest_promise >= 1:
        return f"{target} is only estimated: nothing can be promised with {questions}."
    least = math.ceil(1000 * found.lowest_promise) / 10
    kept = ", and that one is kept" if found.keeps_lowest else ""
    return f"{target} is only estimated: with {questions}, the lowest target that can be promised is {least:g} %{kept}."


def _now() -> datetime:
    return datetime.now(UTC)


def _evidence(answer: LoggedAnswer) -> Evidence | None:
    """None when it was logged by a version that looked at other features."""
    return Evidence(**answer.evidence) if set(answer.evidence) == set(FEATURE_NAMES) else None


def _logged(answer: LoggedAnswer, calibration: Calibration) -> risk.Logged:
    evidence = _evidence(answer)
    assert evidence is not None  # noqa: S101  # the caller has looked
    foreign = evidence.nearness < calibration.nearness_floor
    confidence = 0.0 if foreign else calibration.confidence(evidence)
    said = [judgement for judgement in answer.judgements if judgement.verdict != "outdated"]
    staff = [judgement for judgement in said if judgement.by != CUSTOMER]
    last = (staff or said)[-1].verdict if said else None
    return risk.Logged(confidence, answer.decision == "answer", None if last is None else last == "right")


def _to_json(trials: Sequence[Trial], fitted: Fitted, judgements: int, encoder: str) -> str:
    golden = len(fitted.right) > 0
    return json.dumps(
        {
            "features": FEATURE_NAMES,
            "encoder": encoder,
            "trials": [
                [
                    [round(value, 4) for value in astuple(trial.evidence)],
                    trial.right,
                    trial.source,
                    trial.importance,
                    trial.group,
                ]
                for trial in trials
            ],
            "judgements": judgements,
            "confidence": fitted.confidence,
            "right": fitted.right,
            "stand_ins": fitted.stand_ins,
            "keeps_lowest": fitted.keeps_lowest,
            "lowest_promise": fitted.lowest_promise if golden else None,
            "ece_before": fitted.ece_before if golden else None,
            "ece_after": fitted.ece_after if golden else None,
        }
    )


def _from_json(at: datetime, text: str, encoder: str) -> Kept | None:
    """None when its features or its encoder are not today's: the questions have to be asked again."""
    values = json.loads(text)
    if tuple(values.pop("features")) != FEATURE_NAMES or values.pop("encoder") != encoder:
        return None
    trials = tuple(Trial(Evidence(*evidence), *rest) for evidence, *rest in values.pop("trials"))
    confidence, right = tuple(values.pop("confidence")), tuple(values.pop("right"))
    return Kept(trials, confidence=confidence, right=right, at=at, **values)
