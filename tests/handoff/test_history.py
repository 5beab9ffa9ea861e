"""Whatever customers, agents and the bot do in whatever order: the promises hold after every step."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Ownership
from handoff.errors import BotError, BotFailed, HandoffError, StoreUnavailable
from handoff.log import Receipt
from handoff.patience import Patience
from handoff.ports import TURNS_TOPIC, Transaction, TurnReply
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import MEMORY, House, ScriptedBot, answers, asks_back, says

T = TypeVar("T")
CHATS, AGENTS, CAPACITY = 2, 2, 1
PATIENT = Patience(turn_seconds=1e6, heard_seconds=60, notice_seconds=1e6, total_seconds=1e6, at_once=8)
"""Nothing times out by itself here: replies come when a rule says so."""
REPLIES: dict[str, TurnReply | BotError] = {
    "plain": says("Hm."),
    "answer": answers(),
    "unsure": says("I am not sure.", wish="unsure"),
    "asks back": asks_back("A", "B", wish="unsure"),
    "person": says("I'll pass this on.", wish="person"),
    "contact": says(
        "Thank you.", wish="contact",
        slots={"contact_name": "Ida", "contact_email": "ida@example.org", "contact_about": "Tent"},
    ),
    "failure": BotFailed("no"),
}  # fmt: skip
BUTTONS = ["person", "person", "stay", "sorted", "close", "thumb", "details", "rate"]
OTHERS = ["note", "requeue", "return_to_bot", "resolve", "vanish", "come or go"]
_template: list[Path] = []


def migrated_copy(folder: str) -> str:
    """A database of its own for each history; the tables are made once."""
    if not _template:
        _template.append(Path(tempfile.mkdtemp()) / "empty.db")
        migrate(f"sqlite:///{_template[0]}")
    shutil.copy(_template[0], Path(folder) / "frontdesk.db")
    return f"sqlite:///{folder}/frontdesk.db"


chats = st.integers(0, CHATS - 1)
agents = st.integers(0, AGENTS - 1)


class History(RuleBasedStateMachine):
    """One desk with two customers and two agents who take one conversation each."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.loop = asyncio.new_event_loop()
        self.store = self.now(self.open_store())
        self.bot = ScriptedBot()
        self.bot.holding = True
        self.house = House(self.store, self.bot, PATIENT)
        self.working = self.loop.create_task(self.house.turns.run())
        self.done: list[tuple[Callable[[], Awaitable[Receipt]], Receipt, bool]] = []
        """Everything that was accepted, to be repeated later."""
        self.seen: dict[str, Ownership] = {}
        self.chats: list[str] = []
        self.agents: list[str] = []

    async def open_store(self) -> SqlStore:
        return SqlStore(migrated_copy(self.folder.name))

    def now(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    @initialize()
    def open_the_shop(self) -> None:
        self.chats = [self.now(self.house.seat()).conversation_id for _ in range(CHATS)]
        self.agents = [
            self.now(self.house.add_agent(name, max_chats=CAPACITY)) for name in ("Mara", "Tomas")[:AGENTS]
        ]
        self.seen = {chat: Ownership() for chat in self.chats}

    def teardown(self) -> None:
        self.working.cancel()
        self.now(self.finish())
        self.loop.close()
        self.folder.cleanup()

    async def finish(self) -> None:
        await asyncio.gather(self.working, return_exceptions=True)
        await self.store.close()

    def attempt(self, action: Callable[[], Awaitable[Receipt]], *, while_live: bool = False) -> None:
        """Do it. It may be refused, in words; never by the database.

        `while_live`: a repetition is known again only while its conversation waits or is taken.
        """

        async def run() -> Receipt | None:
            try:
                return await action()
            except StoreUnavailable:
                raise
            except HandoffError:
                return None

        receipt = self.now(run())
        if receipt is not None:
            self.done.append((action, receipt, while_live))

    def owner(self, chat: int) -> Ownership:
        return self.now(self.house.ownership(self.chats[chat]))

    # customers

    @rule(chat=chats)
    def send(self, chat: int) -> None:
        cmid = self.house.cmid()
        self.attempt(lambda: self.house.desk.send(self.chats[chat], f"Question {cmid}", cmid))

    @rule(
        chat=chats,
        what=st.sampled_from(BUTTONS),
    )
    def use_a_button(self, chat: int, what: str) -> None:
        where, cmid, desk = self.chats[chat], self.house.cmid(), self.house.desk
        contact = {"name": "Ida", "email": "ida@example.org", "about": "Tent"}
        log = self.now(self.house.log(where))
        judged = max((event.seq for event in log if event.kind == "answer"), default=1)
        actions: dict[str, Callable[[], Awaitable[Receipt]]] = {
            "person": lambda: desk.ask_person(where, cmid),
            "stay": lambda: desk.leave_queue(where, False, cmid),
            "sorted": lambda: desk.leave_queue(where, True, cmid),
            "close": lambda: desk.close(where, cmid),
            "thumb": lambda: desk.feedback(where, judged, False, cmid),
            "details": lambda: desk.leave_contact(where, contact, cmid),
            "rate": lambda: desk.rate(where, 4, "", cmid),
        }
        self.attempt(actions[what])

    # the bot: it is asked as soon as the loop runs, and answers when this rule says so, however late

    @rule(chat=chats, reply=st.sampled_from(sorted(REPLIES)))
    def let_the_bot_answer(self, chat: int, reply: str) -> None:
        conversation_id = self.chats[chat]

        async def answer() -> None:
            if not await self.store.read(lambda tx: tx.turn_open(conversation_id)):
                return
            bell = self.house.doorbell.subscribe(TURNS_TOPIC)
            self.house.doorbell.ring(TURNS_TOPIC)
            async with asyncio.timeout(5):
                while not self.bot.asked_event(conversation_id).is_set():
                    await asyncio.sleep(0.001)
                    if not await self.store.read(lambda tx: tx.turn_open(conversation_id)):
                        return
                self.bot.script = [*[REPLIES[reply]] * (2 if reply == "failure" else 1)]
                asked = len(self.bot.requests)
                self.bot.holding = reply != "failure"  # the second try fails at once as well
                self.bot.release(conversation_id)
                await bell.wait(0)
                while not (await bell.wait(1))[0]:
                    pass
            assert len(self.bot.requests) >= asked
            bell.close()
            self.bot.holding = True

        self.now(answer())

    # agents

    @rule(chat=chats, agent=agents, following=st.booleans())
    def claim(self, chat: int, agent: int, following: bool) -> None:
        who, where, cmid = self.agents[agent], None if following else self.chats[chat], self.house.cmid()
        self.attempt(lambda: self.house.queue.claim(who, where, cmid), while_live=following)

    @rule(chat=chats, both=st.booleans())
    def all_run_for_it(self, chat: int, both: bool) -> None:
        cmid = self.house.cmid()

        async def run() -> None:
            told = await asyncio.gather(
                *(
                    self.house.queue.claim(agent, self.chats[chat] if both else None, cmid)
                    for agent in self.agents
                ),
                return_exceptions=True,
            )
            assert all(isinstance(answer, Receipt | HandoffError) for answer in told)

        self.now(run())

    @rule(chat=chats, agent=agents)
    def a_person_is_faster_than_the_bot(self, chat: int, agent: int) -> None:
        """A question, a person wanted and there, while the bot still thinks: its answer will come too late."""
        question, wish, claim = self.house.cmid(), self.house.cmid(), self.house.cmid()
        self.attempt(lambda: self.house.desk.send(self.chats[chat], f"Question {question}", question))
        self.now(asyncio.sleep(0.005))
        self.attempt(lambda: self.house.desk.ask_person(self.chats[chat], wish))
        self.attempt(lambda: self.house.queue.claim(self.agents[agent], self.chats[chat], claim))

    @rule(chat=chats, agent=agents, age=st.integers(0, 2))
    def reply_as_an_agent(self, chat: int, agent: int, age: int) -> None:
        cmid, fence = self.house.cmid(), self.owner(chat).fence - age
        self.attempt(
            lambda: self.house.queue.send(self.agents[agent], self.chats[chat], fence, f"Reply {cmid}", cmid)
        )

    @rule(
        chat=chats,
        agent=agents,
        how=st.sampled_from(OTHERS),
    )
    def do_something_else(self, chat: int, agent: int, how: str) -> None:
        who, where, cmid, fence = (
            self.agents[agent],
            self.chats[chat],
            self.house.cmid(),
            self.owner(chat).fence,
        )
        queue = self.house.queue
        match how:
            case "note":
                self.attempt(lambda: queue.note(who, where, f"Note {cmid}", cmid))
            case "requeue":
                self.attempt(lambda: queue.requeue(who, where, fence, cmid))
            case "return_to_bot":
                self.attempt(lambda: queue.return_to_bot(who, where, fence, cmid))
            case "resolve":
                self.attempt(lambda: queue.resolve(who, where, fence, "solved", cmid))
            case "vanish":
                self.now(queue.requeue_of({who}))
            case _:
                self.come_or_go(who)

    def come_or_go(self, agent_id: str) -> None:
        here = agent_id in self.house.agents.here()
        self.now(self.house.leaves(agent_id) if here else self.house.arrives(agent_id))

    # again

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def repeat_what_was_accepted(self, data: st.DataObject) -> None:
        self.repeat(*data.draw(st.sampled_from(self.done)))

    def repeat(self, action: Callable[[], Awaitable[Receipt]], receipt: Receipt, while_live: bool) -> None:
        """The answer was lost on the way, so it is sent again: with the same result, and nothing else happens."""
        if while_live and not self.now(self.store.read(lambda tx: tx.live_handoff(receipt.conversation))):
            return
        before = self.now(self.store.read(lambda tx: dict(tx.heads(self.chats))))

        async def again() -> Receipt | HandoffError:
            try:
                return await action()
            except HandoffError as error:
                return error

        repeated = self.now(again())
        if receipt.dup:  # who claimed what they had already wrote nothing that could be found again
            return
        assert isinstance(repeated, Receipt), f"a repeated message was refused: {repeated.message}"
        assert (repeated.conversation, repeated.seq, repeated.dup) == (
            receipt.conversation,
            receipt.seq,
            True,
        )
        assert self.now(self.store.read(lambda tx: dict(tx.heads(self.chats)))) == before, (
            "a repetition did something"
        )

    # promises

    @invariant()
    def the_promises_hold(self) -> None:
        def look(tx: Transaction) -> list[Ownership]:
            all_is_well(tx, self.chats)
            return [tx.conversation(chat).ownership for chat in self.chats]

        for chat, ownership in zip(self.chats, self.now(self.store.read(look)), strict=True):
            before = self.seen[chat]
            assert ownership == before or ownership.fence > before.fence, "another owner under an old fence"
            self.seen[chat] = ownership


QUICKLY = settings(
    max_examples=8, stateful_step_count=25, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def test_the_promises_hold_in_every_history() -> None:
    run_state_machine_as_test(History, settings=QUICKLY)


@pytest.mark.slow
def test_the_promises_hold_in_many_more_histories() -> None:
    run_state_machine_as_test(History, settings=settings(QUICKLY, max_examples=100, stateful_step_count=40))


def walk(seed: int, steps: int) -> set[str]:
    """One long history of random steps; the kinds of events that it led to. Longer than a search would go."""
    chance = random.Random(seed)
    history = History()
    try:
        history.open_the_shop()
        for _ in range(steps):
            chat, agent = chance.randrange(CHATS), chance.randrange(AGENTS)
            doing: list[Callable[[], None]] = [
                lambda chat=chat: history.send(chat),  # type: ignore[misc]
                lambda chat=chat: history.use_a_button(chat, chance.choice(BUTTONS)),  # type: ignore[misc]
                lambda chat=chat: history.let_the_bot_answer(chat, chance.choice(sorted(REPLIES))),  # type: ignore[misc]
                lambda chat=chat: history.let_the_bot_answer(chat, "answer"),  # type: ignore[misc]
                lambda chat=chat, agent=agent: history.claim(chat, agent, chance.random() < 0.5),  # type: ignore[misc]
                lambda chat=chat: history.all_run_for_it(chat, chance.random() < 0.5),  # type: ignore[misc]
                lambda chat=chat, agent=agent: history.a_person_is_faster_than_the_bot(chat, agent),  # type: ignore[misc]
                lambda chat=chat, agent=agent: history.reply_as_an_agent(chat, agent, chance.randrange(3)),  # type: ignore[misc]
                lambda chat=chat, agent=agent: history.do_something_else(chat, agent, chance.choice(OTHERS)),  # type: ignore[misc]
                lambda: history.repeat(*chance.choice(history.done)) if history.done else None,
            ]
            chance.choice(doing)()
            history.the_promises_hold()
        return {
            f"{event.kind} {event.body.get('code', '')}".strip()
            for chat in history.chats
            for event in history.now(history.house.log(chat))
        }
    finally:
        history.teardown()


ALL_SIDES = {
    "message", "chosen", "packet", "note", "suppressed", "notice queued", "notice joined", "notice requeued",
    "notice closed", "notice reopened",
}  # fmt: skip
"""A long history without one of these went nowhere near what can go wrong."""


def test_the_promises_hold_in_one_long_history_that_goes_everywhere() -> None:
    assert walk(seed=8, steps=150) >= ALL_SIDES


def nobody_checks(ownership: Ownership, *_: object) -> None:
    """Instead of the check of a fence."""


def sees_nothing(tx: Transaction, *_: object) -> None:
    """Instead of looking for a message with the same cmid."""


@pytest.mark.parametrize(("owner", "mechanism", "instead"), [
    (Ownership, "check_bot", nobody_checks),
    (SqlTransaction, "find_cmid", sees_nothing),
    (SqlTransaction, "free_seat", sees_nothing),
    (SqlTransaction, "end_handoff", sees_nothing),
])  # fmt: skip
def test_the_same_history_fails_without_the_mechanism(
    monkeypatch: pytest.MonkeyPatch, owner: type, mechanism: str, instead: Callable[..., None]
) -> None:
    monkeypatch.setattr(owner, mechanism, instead)
    with pytest.raises((AssertionError, StoreUnavailable)):
        walk(seed=8, steps=150)
