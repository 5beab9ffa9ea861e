"""Whatever agents, customers and time do to a desk: the queue says what a plain model of it says, and stays whole."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from handoff.adapters.store_sql import SqlStore
from handoff.errors import AtCapacity, HandoffError, NotAllowed, NotFound, StoreUnavailable
from handoff.invariants import check
from handoff.log import Receipt
from handoff.ports import Transaction
from handoff.queue import Rules
from tests.handoff.fakes import MEMORY, STEADY, House, ScriptedBot
from tests.handoff.queue.machine import Chat, Desk
from tests.servers import PostgresServer

T = TypeVar("T")
SEATS = {"anna": 1, "bert": 2, "sue": 2}
SKILLS: dict[str, set[str]] = {"anna": {"payments"}, "bert": set(), "sue": {"payments"}}
CHATS = 4
OFFER, AWAY, GONE = 30.0, 60.0, 120.0
chats = st.integers(0, CHATS - 1)
agents = st.sampled_from(sorted(SEATS))


class DeskMachine(RuleBasedStateMachine):
    """One desk, three agents (Sue is a supervisor), four customers. `database` gives each history one of its own."""

    database: Callable[[], contextlib.AbstractContextManager[str]]
    routing: Any = "offer"

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.within = contextlib.ExitStack()
        url = self.within.enter_context(type(self).database())
        self.house = self.now(self.open(url))
        self.model = Desk(SEATS, SKILLS)
        self.ticks = 0
        self.left: dict[str, float] = {}
        """When agents who are not there left."""

    async def open(self, url: str) -> House:
        return House(SqlStore(url), ScriptedBot(), STEADY, Rules(self.routing, OFFER))

    def now(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        self.now(self.house.store.close())
        self.loop.close()
        self.within.close()

    def told(self, doing: Coroutine[Any, Any, T]) -> T | HandoffError:
        async def run() -> T | HandoffError:
            try:
                return await doing
            except StoreUnavailable:
                raise
            except HandoffError as error:
                return error

        return self.now(run())

    @initialize()
    def open_the_shop(self) -> None:
        for name, most in SEATS.items():
            roles = ("agent", "supervisor") if name == "sue" else ("agent",)
            skills = tuple(SKILLS[name])
            self.now(self.house.add_agent(name.title(), max_chats=most, roles=roles, skills=skills))
            self.model.here[name] = self.model.available[name] = True
        for _ in range(CHATS):
            self.model.chats.append(Chat(self.now(self.house.seat()).conversation_id, 0))

    # customers

    @rule(chat=chats, skilled=st.booleans())
    def wants_a_person(self, chat: int, skilled: bool) -> None:
        one = self.model.chats[chat]
        here = bool(self.model.present())
        self.now(self.house.desk.ask_person(one.id, self.house.cmid()))
        self.ticks += 1
        one.number = one.number or self.ticks
        if one.owner not in ("bot", "closed") or not here:
            one.owner = "bot" if one.owner == "closed" else one.owner
            return
        one.owner = "queue"
        handoff = self.now(self.house.handoff(one.id))
        if skilled:
            one.skill = "payments"
        self.now(self.house.store.write(lambda tx: tx.update_handoff(handoff.id, skill=one.skill)))

    @rule(chat=chats)
    def is_sorted(self, chat: int) -> None:
        one = self.model.chats[chat]
        self.now(self.house.desk.leave_queue(one.id, True, self.house.cmid()))
        self.model.let_go(one, "closed")

    # agents

    @rule(agent=agents)
    def takes_the_next(self, agent: str) -> None:
        expected = self.model.next_for(agent) if agent != "sue" else self.supervisors_next()
        answer = self.told(self.house.queue.claim(agent, None, self.house.cmid()))
        if expected and self.model.room(agent, expected):
            assert isinstance(answer, Receipt), answer
            assert answer.conversation == expected.id, "somebody who came later was served first"
            self.model.give(expected, agent)
        else:
            assert isinstance(answer, AtCapacity if expected else NotFound | NotAllowed), answer

    def supervisors_next(self) -> Chat | None:
        return next(iter(self.model.waiting()), None) if self.model.available["sue"] else None

    @rule(agent=agents, chat=chats)
    def takes_this_one(self, agent: str, chat: int) -> None:
        one = self.model.chats[chat]
        answer = self.told(self.house.queue.claim(agent, one.id, self.house.cmid()))
        may = self.model.may_take(agent, one) or (agent == "sue" and self.model.available["sue"])
        if one.owner == "queue" and may and self.model.room(agent, one):
            assert isinstance(answer, Receipt), answer
            self.model.give(one, agent)
        elif one.agent == agent:
            assert isinstance(answer, Receipt)
            assert answer.dup
        else:
            assert isinstance(answer, HandoffError)

    @rule(chat=chats, how=st.sampled_from(["requeue", "return_to_bot", "resolve"]), old=st.booleans())
    def lets_go(self, chat: int, how: str, old: bool) -> None:
        one, queue, cmid = self.model.chats[chat], self.house.queue, self.house.cmid()
        who = one.agent or "anna"
        fence = self.now(self.house.ownership(one.id)).fence - old
        doing = {
            "requeue": lambda: queue.requeue(who, one.id, fence, cmid),
            "return_to_bot": lambda: queue.return_to_bot(who, one.id, fence, cmid),
            "resolve": lambda: queue.resolve(who, one.id, fence, "solved", cmid),
        }
        answer = self.told(doing[how]())
        if one.agent is None or old:
            assert isinstance(answer, HandoffError)
            return
        assert isinstance(answer, Receipt), answer
        self.model.let_go(one, {"requeue": "queue", "return_to_bot": "bot", "resolve": "closed"}[how])

    @rule(chat=chats, priority=st.integers(-1, 3))
    def is_more_urgent(self, chat: int, priority: int) -> None:
        one = self.model.chats[chat]
        answer = self.told(self.house.queue.prioritise("bert", one.id, priority, self.house.cmid()))
        assert isinstance(answer, Receipt) == (one.owner in ("queue", "agent"))
        if isinstance(answer, Receipt):
            one.priority = priority

    @rule(chat=chats, to=agents)
    def passes_it_on(self, chat: int, to: str) -> None:
        one = self.model.chats[chat]
        fence = self.now(self.house.ownership(one.id)).fence
        who = one.agent or "anna"
        answer = self.told(self.house.queue.transfer(who, one.id, fence, to, "", "", self.house.cmid()))
        fits = one.agent not in (None, to) and to in self.model.present() and self.model.room(to, one)
        assert isinstance(answer, Receipt) == fits, answer
        if fits:
            one.transfer_to, one.transfer_at = to, self.house.clock()

    @rule(chat=chats, agent=agents, takes=st.booleans())
    def answers(self, chat: int, agent: str, takes: bool) -> None:
        one, cmid = self.model.chats[chat], self.house.cmid()
        asked = agent in (one.offered_to, one.transfer_to)
        answer = self.told(
            (self.house.queue.accept if takes else self.house.queue.decline)(agent, one.id, cmid)
        )
        if takes and one.transfer_to == agent:
            assert isinstance(answer, Receipt), answer
            self.model.give(one, agent)
        elif takes and one.owner == "queue":
            may = self.model.may_take(agent, one) or (agent == "sue" and self.model.available["sue"])
            assert isinstance(answer, Receipt) == (may and self.model.room(agent, one)), answer
            if isinstance(answer, Receipt):
                self.model.give(one, agent)
        elif not takes and (asked or (one.agent == agent and one.transfer_to)):
            assert isinstance(answer, Receipt), answer
            one.offered_to = one.transfer_to = None
        else:
            assert isinstance(answer, HandoffError) or answer.dup

    @rule(chat=chats, old=st.booleans())
    def is_taken_over(self, chat: int, old: bool) -> None:
        one = self.model.chats[chat]
        fence = self.now(self.house.ownership(one.id)).fence - old
        answer = self.told(self.house.queue.take_over("sue", one.id, fence, self.house.cmid()))
        if one.agent == "sue" and not old:
            assert isinstance(answer, Receipt)
            assert answer.dup
        elif not old and one.owner in ("queue", "agent") and self.model.room("sue", one):
            assert isinstance(answer, Receipt), answer
            self.model.give(one, "sue")
        else:
            assert isinstance(answer, HandoffError)

    @rule(agent=agents)
    def comes_or_leaves(self, agent: str) -> None:
        if self.model.here[agent]:
            self.house.agents.leave(agent)
            self.now(self.house.attendance.note())
            self.pass_time(11)
            self.model.here[agent] = False
            self.left[agent] = self.house.clock() - 11
        else:
            self.now(self.house.arrives(agent))
            self.model.here[agent] = True
            self.left.pop(agent, None)

    @rule(agent=agents, available=st.booleans())
    def takes_a_break(self, agent: str, available: bool) -> None:
        self.now(self.house.queue.set_available(agent, available))
        self.model.available[agent] = available

    # time

    @rule(seconds=st.sampled_from([5, 31, 61, 121]))
    def time_passes(self, seconds: int) -> None:
        self.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        self.now(self.house.passes(seconds))
        self.loop.run_until_complete(
            asyncio.sleep(0.002)
        )  # two who begin to wait never do so in one microsecond

    @rule()
    def the_clock_looks(self) -> None:
        """What the gateways do by themselves, two of them at once."""

        async def rounds() -> None:
            queue, attendance = self.house.queue, self.house.attendance
            await asyncio.gather(queue.let_pass(), queue.let_pass())
            await asyncio.gather(queue.mark_away(attendance, AWAY), queue.mark_away(attendance, AWAY))
            gone = await queue.gone(attendance, GONE)
            await asyncio.gather(queue.requeue_of(gone), queue.requeue_of(gone))
            await asyncio.gather(queue.offer_waiting(), queue.offer_waiting())

        self.now(rounds())
        self.model.look(self.house.clock(), self.left, OFFER, AWAY, GONE)
        for one in self.model.waiting():
            self.agree_on_the_offer(one)

    def agree_on_the_offer(self, one: Chat) -> None:
        """Who is asked is `handoff.routing`'s to choose; here, that it may be them."""
        offered_to = self.now(self.house.handoff(one.id)).offered_to
        if offered_to and one.offered_to != offered_to:
            assert one.offered_to is None
            assert offered_to in self.model.present()
            assert self.model.room(offered_to), "offered to somebody who has no room"
            restricted = one.skill and offered_to != "sue"
            assert not restricted or one.skill in SKILLS[offered_to], "offered to somebody without the skill"
            one.offered_to, one.offered_at = offered_to, self.house.clock()
        assert one.offered_to == offered_to

    # promises

    @invariant()
    def nothing_is_out_of_place(self) -> None:
        wrong = self.now(self.house.store.read(check))
        assert wrong_but_late(wrong) == [], wrong

    @invariant()
    def the_desk_says_what_the_model_says(self) -> None:
        def look(tx: Transaction) -> list[tuple[str, str, str | None]]:
            owned = [tx.conversation(one.id) for one in self.model.chats]
            return [(one.id, str(one.ownership.owner), one.ownership.agent_id) for one in owned]

        assert self.now(self.house.store.read(look)) == [
            (one.id, one.owner, one.agent) for one in self.model.chats
        ]

    @invariant()
    def who_is_away_is_known(self) -> None:
        live = self.now(self.house.store.read(lambda tx: tx.active()))
        away = {one.id for one in self.model.chats if one.away}
        assert {one.conversation_id for one in live if one.agent_away} == away

    @invariant()
    def the_order_is_by_priority_and_then_by_who_began_to_wait(self) -> None:
        waiting = self.now(self.house.store.read(lambda tx: tx.waiting()))
        expected = [one.id for one in self.model.waiting()]
        assert [one.conversation_id for one in waiting] == expected


def wrong_but_late(wrong: list[Any]) -> list[Any]:
    """Nobody looks at the clock here unless a rule says so: what is late is not wrong."""
    return [one for one in wrong if one.rule not in ("leases", "nobody_forgotten")]


@contextlib.contextmanager
def on_sqlite(template: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        shutil.copy(template, Path(folder) / "frontdesk.db")
        yield f"sqlite:///{folder}/frontdesk.db"


@contextlib.contextmanager
def on_postgres(postgres: PostgresServer, template: str, number: Iterator[int]) -> Iterator[str]:
    name = f"machine_{next(number)}"
    yield postgres.create(name, template)
    postgres.drop(name)


HISTORIES = settings(
    max_examples=3, stateful_step_count=20, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def machine(request: pytest.FixtureRequest, migrated: Path) -> type[DeskMachine]:
    if request.param == "sqlite":
        database: Any = staticmethod(lambda: on_sqlite(migrated))
    else:
        server, template = (request.getfixturevalue(name) for name in ("postgres", "migrated_postgres"))
        number = iter(range(1_000_000))
        database = staticmethod(lambda: on_postgres(server, template, number))
    return type("Machine", (DeskMachine,), {"database": database})


@pytest.mark.parametrize("routing", ["pick", "offer"])
def test_the_desk_does_what_its_model_does(machine: type[DeskMachine], routing: str) -> None:
    run_state_machine_as_test(type("Machine", (machine,), {"routing": routing}), settings=HISTORIES)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("routing", ["pick", "offer"])
def test_the_desk_does_it_in_many_more_histories(machine: type[DeskMachine], routing: str) -> None:
    many = settings(HISTORIES, max_examples=100, stateful_step_count=50)
    run_state_machine_as_test(type("Machine", (machine,), {"routing": routing}), settings=many)
