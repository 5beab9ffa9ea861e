import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import structlog.testing

from handoff.adapters.judge_library import LibraryJudge
from handoff.desk import Desk
from handoff.errors import BadInput, CmidReused, NotFound
from handoff.judging import Judging
from handoff.ports import Json, TurnReply
from knowledge_base import errors
from tests.handoff.fakes import HIT, House, ScriptedBot
from tests.handoff.test_packet import talk


@dataclass
class FakeJudge:
    """Implements `handoff.ports.Judge`."""

    given: list[tuple[str, str, str]] = field(default_factory=list)
    broken: bool = False

    async def judge(self, answer_id: str, verdict: str, by: str) -> None:
        if self.broken:
            raise OSError("no library")
        self.given.append((answer_id, verdict, by))


@pytest.fixture
def judge() -> FakeJudge:
    return FakeJudge()


@pytest.fixture
def judging(house: House, judge: FakeJudge) -> Judging:
    return Judging(house.store, house.doorbell, judge)


def logged_answer(answer_id: str | None = "an-1") -> TurnReply:
    hit: Json = HIT | {"answer_id": answer_id}
    return TurnReply(({"kind": "answer", "text": "Print it.", "hit": hit},), confidence=0.9)


async def answered(house: House, bot: ScriptedBot, answer_id: str | None = "an-1") -> str:
    """A conversation whose second event is an answer, in the queue."""
    await house.add_agent()
    key = (await house.seat()).conversation_id
    bot.script = [logged_answer(answer_id)]
    await talk(house, key, "How do I return it?")
    await house.desk.ask_person(key, "p1")
    return key


async def test_a_verdict_is_an_event_and_reaches_the_library(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot)
    await judging.verdict("mara", key, 2, "outdated", "v1")
    await judging.settled()
    event = await house.last(key)
    assert (event.kind, event.author.agent_id) == ("verdict", "mara")
    assert event.body == {"answer_seq": 2, "verdict": "outdated"}
    assert judge.given == [("an-1", "outdated", "agent")]


async def test_a_repeated_verdict_is_given_once(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot)
    first = await judging.verdict("mara", key, 2, "wrong", "v1")
    again = await judging.verdict("mara", key, 2, "wrong", "v1")
    await judging.settled()
    assert (again.seq, again.dup, len(judge.given)) == (first.seq, True, 1)
    with pytest.raises(CmidReused):
        await judging.verdict("mara", key, 2, "right", "v1")


async def test_a_changed_mind_arrives_last(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot)
    await judging.verdict("mara", key, 2, "wrong", "v1")
    await judging.verdict("mara", key, 2, "right", "v2")
    await judging.settled()
    assert [verdict for _, verdict, _ in judge.given] == ["wrong", "right"]


@pytest.mark.parametrize("seq", [0, 1, 3, 99])
async def test_only_an_answer_can_be_judged(
    house: House, bot: ScriptedBot, judging: Judging, seq: int
) -> None:
    key = await answered(house, bot)
    with pytest.raises(BadInput):
        await judging.verdict("mara", key, seq, "wrong", "v1")


async def test_what_never_came_to_a_person_is_not_there(
    house: House, bot: ScriptedBot, judging: Judging
) -> None:
    await house.add_agent()
    key = (await house.seat()).conversation_id
    bot.script = [logged_answer()]
    await talk(house, key, "How do I return it?")
    with pytest.raises(NotFound):
        await judging.verdict("mara", key, 2, "wrong", "v1")


async def test_an_answer_that_the_library_did_not_log_is_judged_here_alone(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot, None)
    await judging.verdict("mara", key, 2, "wrong", "v1")
    await judging.settled()
    assert judge.given == []
    assert (await house.last(key)).kind == "verdict"


async def test_a_library_that_fails_costs_nothing_but_the_judgement(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot)
    judge.broken = True
    await judging.verdict("mara", key, 2, "wrong", "v1")
    await judging.settled()
    judge.broken = False
    await judging.verdict("mara", key, 2, "right", "v2")
    await judging.settled()
    assert judge.given == [("an-1", "right", "agent")]


async def test_thumbs_go_on_once_in_their_order(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot)
    desk = Desk(house.store, house.doorbell, judging)
    await desk.feedback(key, 2, False, "f1")
    await desk.feedback(key, 2, True, "f2")
    await desk.feedback(key, 2, False, "f1")
    await judging.settled()
    assert judge.given == [("an-1", "wrong", "customer"), ("an-1", "right", "customer")]


async def test_the_library_is_asked_with_the_time_of_now() -> None:
    given: list[tuple[str, str, str, datetime]] = []

    class FakeLibrary:
        def judge(self, answer_id: str, verdict: str, by: str, at: datetime) -> None:
            if answer_id == "gone":
                raise errors.NotFound("No such answer.")
            given.append((answer_id, verdict, by, at))

    judge = LibraryJudge(FakeLibrary())
    await judge.judge("an-1", "right", "agent")
    assert given[0][:3] == ("an-1", "right", "agent")
    assert given[0][3].tzinfo is not None
    with pytest.raises(NotFound):
        await judge.judge("gone", "right", "agent")


async def test_the_end_waits_for_judgements_only_so_long(
    house: House, bot: ScriptedBot, judging: Judging, judge: FakeJudge
) -> None:
    key = await answered(house, bot)
    gate = asyncio.Event()

    async def slow(answer_id: str, verdict: str, by: str) -> None:
        await gate.wait()
        judge.given.append((answer_id, verdict, by))

    judge.judge = slow  # type: ignore[method-assign]
    await judging.verdict("mara", key, 2, "wrong", "v1")
    with structlog.testing.capture_logs() as logs:
        await judging.settled(0.02)
    assert ([line["event"] for line in logs], judge.given) == (["judging.left_behind"], [])
    gate.set()
    await judging.settled(5)
    await judging.settled(5)
    assert judge.given == [("an-1", "wrong", "agent")]
