from collections import Counter
from collections.abc import Callable

import pytest

from knowledge_base import own_texts
from knowledge_base.confidence import DEFAULT
from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden, ask
from knowledge_base.library import Library
from knowledge_base.own_texts import calibrate, golden_trials, own_trials
from knowledge_base.wire import DraftIn
from tests.knowledge_base.conftest import BOOTS, RETURNS, STOVES
from tests.knowledge_base.fakes import WordEncoder

Publish = Callable[[DraftIn], str]


@pytest.fixture
def stocked(library: Library, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(own_texts, "FEWEST_ARTICLES", 2)
    for draft in (RETURNS, STOVES, BOOTS):
        publish(draft)
    return library


def test_every_text_is_asked_once_and_once_with_its_article_hidden(stocked: Library) -> None:
    trials = own_trials(stocked)
    own = [trial for trial in trials if trial.source == "own"]
    hidden = [trial for trial in trials if trial.source == "own hidden"]
    assert len(own) == len(hidden) == 3 + 2 + 1  # titles, headings, a wording
    assert not any(trial.right for trial in hidden)
    assert own_trials(stocked) == trials


def test_a_text_that_is_asked_is_held_out_of_the_index(
    stocked: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    real = ask

    def watched(library: Library, goldens: list[Golden], **settings: object) -> object:
        snapshot = settings["snapshot"]
        for golden in goldens:
            for publication in snapshot.articles():  # type: ignore[attr-defined]
                if publication.article.slug == golden.article:
                    content = publication.content
                    headings = [part for passage in publication.passages for part in passage.path]
                    said = [content.title, *content.questions, *headings]
                    asked.append((golden.question, " / ".join(said)))
        return real(library, goldens, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(own_texts, "ask", watched)
    own_trials(stocked)
    assert {question for question, _ in asked} >= {"Return an item", "Time", "How do I send something back?"}
    assert all(question not in said.split(" / ") for question, said in asked)


def test_asking_changes_nothing_that_customers_see(stocked: Library, encoder: WordEncoder) -> None:
    before, shown = stocked.snapshot().version, stocked.search("return gear")
    own_trials(stocked)
    after = stocked.search("return gear")
    assert stocked.snapshot().version == before
    assert after.hits == shown.hits


def test_a_library_without_golden_questions_gets_a_calibration_that_promises_nothing(
    stocked: Library,
) -> None:
    fitted, _ = calibrate(stocked, [], target=0.05)
    calibration = stocked.snapshot().calibration
    assert calibration == fitted.calibration
    assert (calibration.basis, calibration.target, calibration.promised) == ("own texts", 0.05, False)
    assert stocked.trust.report().own_texts == 6


def test_the_target_stays_until_it_is_changed(stocked: Library) -> None:
    calibrate(stocked, [], target=0.05)
    fitted, _ = calibrate(stocked, [])
    assert fitted.calibration.target == 0.05


def test_showing_a_fit_does_not_use_it(stocked: Library) -> None:
    calibrate(stocked, [], target=0.05, save=False)
    assert stocked.snapshot().calibration == DEFAULT
    assert stocked.trust.report().fitted_at is None


@pytest.mark.parametrize("articles", [[], [STOVES]])
def test_none_or_one_article_is_nothing_to_learn_from(
    library: Library, publish: Publish, articles: list[DraftIn]
) -> None:
    for draft in articles:
        publish(draft)
    assert own_trials(library) == []
    fitted, _ = calibrate(library, [])
    assert fitted.calibration == DEFAULT
    goldens = [
        *[Golden(f"light a stove {n}", "light-a-gas-stove") for n in range(8)],
        *[Golden("who won", None)] * 2,
    ]
    fitted, trials = calibrate(library, goldens)
    assert len(trials) == 18
    assert not fitted.calibration.promised


def test_a_golden_question_and_its_hidden_twin_are_one_group(stocked: Library) -> None:
    goldens = [
        Golden("return gear", "return-an-item"),
        Golden("who won", None),
        Golden("wax", "wax-leather-boots"),
    ]
    hidden = ask(stocked, [goldens[0], goldens[2]], hide_article=True)
    trials = golden_trials(ask(stocked, goldens), hidden)
    assert [(trial.source, trial.group) for trial in trials] == [
        ("golden", 0), ("golden", 1), ("golden", 2), ("hidden", 0), ("hidden", 2),
    ]  # fmt: skip


def test_golden_questions_that_are_all_answerable_are_given_some_that_are_not(stocked: Library) -> None:
    goldens = [Golden(f"return gear {n}", "return-an-item") for n in range(20)]
    outcomes, hidden = ask(stocked, goldens), ask(stocked, goldens, hide_article=True)
    trials = golden_trials(outcomes, hidden)
    sources = Counter(trial.source for trial in trials)
    assert sources == {"golden": 20, "stand-in": 5, "hidden": 15}
    assert not any(trial.right for trial in trials if trial.source == "stand-in")
    unknown = [Golden(f"who won the cup {n}", None) for n in range(10)]
    trials = golden_trials(ask(stocked, [*goldens, *unknown]), hidden)
    assert Counter(trial.source for trial in trials) == {"golden": 30, "hidden": 20}


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_a_handful_of_golden_questions_is_refused_with_a_reason(stocked: Library, count: int) -> None:
    goldens = [Golden("return gear", "return-an-item")] * count
    with pytest.raises(Invalid, match=f": {count} say too little"):
        calibrate(stocked, goldens)
    assert stocked.snapshot().calibration == DEFAULT
