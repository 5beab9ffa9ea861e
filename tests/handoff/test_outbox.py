"""The outbox under whatever order of events: workers that take, sleep, wake, die and answer late, and agents in between.

Never two visible replies to one message, never a word of the bot while an agent has the conversation, and nobody waits
longer than promised. Each mechanism is taken out once, and then a history is found that breaks the promise.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handoff import bot_replies
from handoff.adapters.log_sql import LogRows
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.turns_sql import TurnRows
from handoff.bot_replies import BOT, Replies, request_of
from handoff.coalescing import MOST_WAITING
from handoff.conversation import Owner
from handoff.errors import HandoffError, StoreUnavailable
from handoff.overdue import Overdue
from handoff.patience import ON_TIME_SECONDS, Patience
from handoff.ports import EventRecord, Transaction, TurnRecord
from handoff.readers import as_event
from tests.handoff.checks import bot_is_silent_while_an_agent_owns, seq_is_gapless
from tests.handoff.fakes import House, ScriptedBot, says

T = TypeVar("T")
PATIENCE = Patience()
WORKERS, CHATS = ("a", "b"), 1
WORKER, CHAT, PICK = st.sampled_from(WORKERS), st.integers(0, CHATS - 1), st.integers(0, 9)


class Outbox(RuleBasedStateMachine):
    url = ""
    runner: asyncio.Runner
    store: SqlStore

    @initialize()
    def begin(self) -> None:
        self.house = House(self.store, ScriptedBot(), PATIENCE)
        self.replies = Replies()
        self.overdue = Overdue(self.store, self.house.doorbell, self.replies, PATIENCE)
        self.chats = [self.now(self.house.seat()).conversation_id for _ in range(CHATS)]
        self.hands: dict[str, list[TurnRecord]] = {worker: [] for worker in WORKERS}
        """What each worker believes to have: it may have lost it long ago."""
        self.said = 0

    def now(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @rule(chat=CHAT)
    def customer_writes(self, chat: int) -> None:
        self.said += 1
        self.now(self.house.desk.send(self.chats[chat], f"question {self.said}", f"c{self.said}"))

    @rule(worker=WORKER)
    def takes(self, worker: str) -> None:
        self.take(worker, again=False)

    def take(self, worker: str, again: bool) -> None:
        def change(tx: Transaction) -> TurnRecord | None:
            take = tx.retake_turn if again else tx.take_turn
            return take(worker, PATIENCE.lease_seconds)

        turn = self.now(self.store.write(change))
        if turn and self.now(self.store.read(lambda tx: request_of(tx, turn))):
            self.hands[worker].append(turn)
        elif turn:
            self.now(self.store.write(lambda tx: self.replies.drop(tx, turn)))

    @rule(worker=WORKER, seconds=st.integers(7, 9))
    def takes_over_what_another_slept_over(self, worker: str, seconds: int) -> None:
        self.time_passes(seconds)
        self.take(worker, again=True)

    @rule(worker=WORKER)
    def renew(self, worker: str) -> None:
        """It does not let go of what it lost: a process that slept finds out too late."""
        mine = {turn.id for turn in self.hands[worker]}
        self.now(self.store.write(lambda tx: tx.renew_turns(worker, mine, PATIENCE.lease_seconds)))

    @precondition(lambda self: any(self.hands.values()))
    @rule(worker=WORKER, pick=PICK, answers=st.sampled_from([True, True, True, False]))
    def finish(self, worker: str, pick: int, answers: bool) -> None:
        if not self.hands[worker]:
            return
        turn = self.hands[worker].pop(pick % len(self.hands[worker]))
        self.said += 1
        reply = says(f"re {turn.cmid}, {self.said}", slots={"by": worker})

        def change(tx: Transaction) -> None:
            self.replies.write(tx, turn, reply) if answers else self.replies.fail(tx, turn)

        self.now(self.store.write(change))

    @rule(worker=WORKER)
    def die(self, worker: str) -> None:
        self.hands[worker].clear()

    @rule(seconds=st.integers(1, 12))
    def a_while_later(self, seconds: int) -> None:
        self.time_passes(seconds)

    def time_passes(self, seconds: int) -> None:
        """Some gateway is alive and looks every second."""
        for _ in range(seconds):
            self.house.clock.passes(1)
            self.now(self.overdue.look())

    @rule(chat=CHAT)
    def an_agent_takes_over(self, chat: int) -> None:
        self._try(self._take_over(self.chats[chat]))

    @rule(chat=CHAT)
    def the_agent_gives_it_back(self, chat: int) -> None:
        self._try(self._give_back(self.chats[chat]))

    async def _agent(self) -> str:
        try:
            await self.store.read(lambda tx: tx.agent("mara"))
        except HandoffError:
            return await self.house.add_agent(max_chats=1_000_000)
        await self.house.arrives("mara")
        return "mara"

    async def _take_over(self, chat: str) -> None:
        agent = await self._agent()
        self.said += 1
        await self.house.desk.ask_person(chat, f"c{self.said}")
        await self.house.queue.claim(agent, chat, f"claim{self.said}")

    async def _give_back(self, chat: str) -> None:
        self.said += 1
        fence = (await self.house.ownership(chat)).fence
        await self.house.queue.return_to_bot(await self._agent(), chat, fence, f"back{self.said}")

    def _try(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            self.now(work)
        except StoreUnavailable:
            raise
        except HandoffError:
            return  # not now: the desk or the queue said so

    @invariant()
    def the_promises_hold(self) -> None:
        if hasattr(self, "chats"):
            for chat in self.chats:
                self.now(self._look_at(chat))

    async def _look_at(self, chat: str) -> None:
        log = await self.house.log(chat)
        record = await self.store.read(lambda tx: tx.conversation(chat))
        seq_is_gapless(log, record.last_seq)
        bot_is_silent_while_an_agent_owns(log)
        one_reply_each(log)
        turns = await self.store.read(lambda tx: tx.open_turns(chat))
        states = Counter((turn.state, turn.fence) for turn in turns)
        assert Counter(turn.state for turn in turns)["running"] <= 1, "two turns of one conversation run"
        assert all(count <= MOST_WAITING for count in states.values()), "a customer fills the line"
        bound = PATIENCE.total_seconds + ON_TIME_SECONDS + 1
        if record.ownership.owner is Owner.BOT:
            assert all(turn.waited_seconds <= bound for turn in turns), "somebody waits longer than promised"

    def teardown(self) -> None:
        for chat in getattr(self, "chats", ()):
            for turn in self.now(self.store.read(lambda tx, chat=chat: tx.open_turns(chat))):  # type: ignore[misc]
                self.now(self.store.write(lambda tx, turn=turn: self.replies.drop(tx, turn)))  # type: ignore[misc]


def one_reply_each(log: Sequence[EventRecord]) -> None:
    """No message of the customer got two visible replies."""
    shown = [
        e.body["text"] for e in log if e.author == BOT and as_event(e, for_agent=False).kind == "message"
    ]
    replies = Counter(text.split(",")[0] for text in shown)
    assert all(times == 1 for times in replies.values()), f"two replies to one message: {replies}"


@pytest.fixture
def machine(any_url: str) -> Iterator[type[Outbox]]:
    yield from _machine(any_url)


@pytest.fixture
def small_machine(database_url: str) -> Iterator[type[Outbox]]:
    yield from _machine(database_url)


def _machine(url: str) -> Iterator[type[Outbox]]:
    with asyncio.Runner() as runner:
        store = SqlStore(url)
        yield type("OutboxHere", (Outbox,), {"runner": runner, "store": store})
        runner.run(store.close())


def look_for_trouble(machine: type[Outbox], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip


def test_whatever_happens_each_message_gets_one_reply_at_most_and_none_over_an_agent(
    machine: type[Outbox],
) -> None:
    look_for_trouble(machine, 10)


@pytest.mark.slow
def test_the_same_for_long(machine: type[Outbox]) -> None:
    look_for_trouble(machine, 300)


def walk(machine: type[Outbox], seed: int, steps: int) -> set[str]:
    """One long history by `seed`. Returns what it came to; raises as soon as a promise is broken."""
    outbox, chance = machine(), random.Random(seed)
    outbox.begin()

    def worker() -> str:
        return chance.choice(WORKERS)

    def finish() -> None:
        outbox.finish(worker(), chance.randrange(10), chance.random() < 0.8)

    doing: list[tuple[int, Callable[[], None]]] = [
        (4, lambda: outbox.customer_writes(0)),
        (6, lambda: outbox.takes(worker())),
        (3, lambda: outbox.takes_over_what_another_slept_over(worker(), 7)),
        (4, finish),
        (1, lambda: outbox.renew(worker())),
        (1, lambda: outbox.die(worker())),
        (2, lambda: outbox.a_while_later(chance.randrange(1, 12))),
        (1, lambda: outbox.an_agent_takes_over(0)),
        (2, lambda: outbox.the_agent_gives_it_back(0)),
    ]
    weights = [weight for weight, _ in doing]
    try:
        for _ in range(steps):
            chance.choices(doing, weights)[0][1]()
            outbox.the_promises_hold()
        log = outbox.now(outbox.house.log(outbox.chats[0]))
        return {f"{event.kind} {event.body.get('code', '')}".strip() for event in log}
    finally:
        outbox.teardown()


EVERYWHERE = {
    "message",
    "suppressed",
    "offer",
    "notice joined",
    "notice returned_to_bot",
    "notice still_working",
}
"""A long history without one of these went nowhere near what can go wrong."""
SEED, STEPS = 11, 250


def test_one_long_history_goes_everywhere(machine: type[Outbox]) -> None:
    assert walk(machine, SEED, STEPS) >= EVERYWHERE


def finish_anyway(rows: TurnRows, turn: TurnRecord, reply: dict[str, Any] | None) -> bool:
    TURN_FINISH(rows, turn, reply)
    return True


def append_anyway(
    rows: LogRows, chat: str, author: Any, kind: str, body: Any, cmid: str | None = None
) -> int:
    return APPEND(rows, chat, author, kind, body, None if author == BOT else cmid)


TURN_FINISH, APPEND = TurnRows.finish_turn, LogRows.append


def test_without_the_attempt_and_the_cmid_a_message_gets_two_replies(
    small_machine: type[Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TurnRows, "finish_turn", finish_anyway)
    monkeypatch.setattr(LogRows, "append", append_anyway)
    with pytest.raises(AssertionError, match="two replies"):
        walk(small_machine, SEED, STEPS)


def test_without_the_fence_the_bot_speaks_over_an_agent(
    small_machine: type[Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_replies, "may_speak", lambda _conversation, _turn: True)
    with pytest.raises(AssertionError, match="although an agent had the conversation"):
        walk(small_machine, SEED, STEPS)


def test_without_looking_somebody_waits_longer_than_promised(
    small_machine: type[Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look(_overdue: Overdue) -> None: ...

    monkeypatch.setattr(Overdue, "look", look)
    with pytest.raises(AssertionError, match="longer than promised"):
        walk(small_machine, SEED, STEPS)
