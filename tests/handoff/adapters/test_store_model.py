"""The store against a plain model of it, on both databases: Hypothesis looks for a history in which they differ.

Several stores on one database stand for several gateways; each example is a site of its own in it.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from handoff.adapters.store_sql import SqlStore
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import TRANSITIONS, Move, Owner
from handoff.errors import BadInput, CmidReused
from handoff.log import CUSTOMER
from handoff.ports import AgentRecord, Author, Transaction, TurnRecord
from tests.handoff.adapters.plain_model import Chat, Line, Turn
from tests.handoff.fakes import Clock

T = TypeVar("T")
CHATS, AGENTS, ROOM, GATEWAYS = 3, 3, 2, 2
LEASE_SECONDS = 6.0
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AUTHORS = (CUSTOMER, Author("bot", "Fern"), Author("agent", "Agent 0", "a0"))
_examples = itertools.count()


class StoreMachine(RuleBasedStateMachine):
    """What the store promises, said in lists and dicts."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.site = f"site{next(_examples)}"
        self.stores = [self.opened() for _ in range(GATEWAYS)]
        self.model = [Chat() for _ in range(CHATS)]
        self.turns: dict[int, Turn] = {}
        self.taken: list[TurnRecord] = []
        """Every turn that was ever handed out, zombies too."""
        self.version = 0
        self.cmids = itertools.count()

    def opened(self) -> SqlStore:
        store = SqlStore(self.url, self.site)
        store.lease_clock = self.clock
        return store

    def now(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def write(self, gateway: int, change: Callable[[Transaction], T]) -> T:
        return self.now(self.stores[gateway].write(change))

    def read(self, query: Callable[[Transaction], T]) -> T:
        return self.now(self.stores[0].read(query))

    def chat(self, number: int) -> str:
        return f"{self.site}-c{number}"

    def agent(self, number: int) -> str:
        return f"{self.site}-a{number}"

    @initialize()
    def open_the_shop(self) -> None:
        def change(tx: Transaction) -> None:
            tx.add_customer(f"{self.site}-k", f"{self.site}-hash")
            for n in range(CHATS):
                tx.add_conversation(self.chat(n), f"{self.site}-k", "epoch", "en", {})
            for n in range(AGENTS):
                mail = f"{n}@fernhill.example"
                tx.add_agent(AgentRecord(self.agent(n), mail, f"Agent {n}", "", ("agent",), ROOM, 0, True))

        self.write(0, change)

    def teardown(self) -> None:
        for store in self.stores:
            self.now(store.close())
        self.loop.close()

    gateways = st.integers(0, GATEWAYS - 1)
    chats = st.integers(0, CHATS - 1)
    agents = st.integers(0, AGENTS - 1)

    # the log

    @rule(
        gateway=gateways,
        chat=chats,
        author=st.sampled_from(AUTHORS),
        again=st.integers(0, 5),
        named=st.booleans(),
    )
    def append(self, gateway: int, chat: int, author: Author, again: int, named: bool) -> None:
        """With a new cmid, one that was used before, or none."""
        log = self.model[chat].log
        used = [line.cmid for line in log if line.author == author.key and line.cmid]
        cmid = used[again] if again < len(used) else f"m{next(self.cmids)}" if named else None
        text = f"text {next(self.cmids)}"
        body = {"text": text}
        if cmid in used:
            found = self.read(lambda tx: tx.find_cmid(self.chat(chat), author, str(cmid)))
            assert found
            assert log[found.seq - 1] == Line(author.key, cmid, found.body["text"])
            with pytest.raises(CmidReused):
                self.write(gateway, lambda tx: tx.append(self.chat(chat), author, "message", body, cmid))
            return
        seq = self.write(gateway, lambda tx: tx.append(self.chat(chat), author, "message", body, cmid))
        log.append(Line(author.key, cmid, text))
        assert seq == len(log)

    @rule(chat=chats, fails=st.lists(st.booleans(), min_size=2, max_size=6))
    def append_at_once(self, chat: int, fails: list[bool]) -> None:
        """Several at the same moment through all gateways; those that change their mind leave nothing."""

        async def all_at_once() -> list[int | BaseException]:
            def change(number: int) -> Callable[[Transaction], int]:
                def run(tx: Transaction) -> int:
                    seq = tx.append(self.chat(chat), CUSTOMER, "message", {"text": f"at once {number}"})
                    if fails[number]:
                        raise BadInput("changed my mind")
                    return seq

                return run

            writes = [self.stores[n % GATEWAYS].write(change(n)) for n in range(len(fails))]
            return await asyncio.gather(*writes, return_exceptions=True)

        told = self.now(all_at_once())
        log = self.model[chat].log
        seqs = {seq: n for n, seq in enumerate(told) if isinstance(seq, int)}
        assert [isinstance(one, BadInput) for one in told] == fails
        assert sorted(seqs) == list(range(len(log) + 1, len(log) + 1 + len(seqs)))
        log.extend(Line("customer", None, f"at once {seqs[seq]}") for seq in sorted(seqs))

    # who owns it, and who takes it

    @rule(gateway=gateways, chat=chats, priority=st.integers(0, 1), minutes=st.integers(0, 9))
    def call_a_person(self, gateway: int, chat: int, priority: int, minutes: int) -> None:
        model = self.model[chat]
        if model.ownership.owner is not Owner.BOT:
            return
        since = NOON + timedelta(minutes=minutes)
        ownership = model.ownership.after(Move.ENQUEUE)

        def change(tx: Transaction) -> None:
            tx.set_owner(self.chat(chat), ownership)
            tx.add_handoff(self.chat(chat), "asked_for_person", priority, since, 1)
            tx.touch_queue()

        self.version += 1
        self.write(gateway, change)
        assert self.read(lambda tx: tx.queue_version()) == self.version
        model.ownership, model.handoff = ownership, (priority, since)

    @rule(chat=chats, order=st.permutations(range(AGENTS)))
    def all_want_it(self, chat: int, order: list[int]) -> None:
        """Every agent, at once and through different gateways: one with room gets it, if it waits."""
        model = self.model[chat]

        def claim(agent: int) -> Callable[[Transaction], bool]:
            def change(tx: Transaction) -> bool:
                conversation = tx.conversation(self.chat(chat))
                live = tx.live_handoff(self.chat(chat))
                if live is None or not tx.claim(live.id, self.agent(agent)):
                    return False
                if not tx.take_seat(self.agent(agent)):
                    raise BadInput("no room")
                tx.set_owner(conversation.id, conversation.ownership.after(Move.CLAIM, self.agent(agent)))
                return True

            return change

        async def all_at_once() -> list[bool | BaseException]:
            writes = [self.stores[n % GATEWAYS].write(claim(agent)) for n, agent in enumerate(order)]
            return await asyncio.gather(*writes, return_exceptions=True)

        told = self.now(all_at_once())
        won = [agent for agent, got in zip(order, told, strict=True) if got is True]
        free = [n for n in range(AGENTS) if sum(one.holder == n for one in self.model) < ROOM]
        assert len(won) == (1 if model.ownership.owner is Owner.QUEUE and free else 0)
        if won:
            assert won[0] in free
            model.holder = won[0]
            model.ownership = model.ownership.after(Move.CLAIM, self.agent(won[0]))

    @rule(
        gateway=gateways,
        chat=chats,
        move=st.sampled_from([Move.REQUEUE, Move.RESOLVE, Move.LEAVE_QUEUE, Move.REOPEN]),
    )
    def let_go(self, gateway: int, chat: int, move: Move) -> None:
        model = self.model[chat]
        if move not in TRANSITIONS[model.ownership.owner]:
            return
        ownership = model.ownership.after(move)

        def change(tx: Transaction) -> None:
            live = tx.live_handoff(self.chat(chat))
            tx.set_owner(self.chat(chat), ownership)
            if live is None:
                return
            if live.agent_id:
                tx.free_seat(live.agent_id)
            if move is Move.REQUEUE:
                tx.release(live.id, [], 1)
            else:
                tx.end_handoff(live.id, None)

        self.write(gateway, change)
        model.ownership, model.holder = ownership, None
        if move is not Move.REQUEUE:
            model.handoff = None

    # the bot's outbox

    @rule(gateway=gateways, chat=chats)
    def ask_the_bot(self, gateway: int, chat: int) -> None:
        cmid = f"t{next(self.cmids)}"

        def change(tx: Transaction) -> list[int]:
            tx.add_turn(self.chat(chat), cmid, "Where is it?", None, 0)
            return [turn.id for turn in tx.open_turns(self.chat(chat))]

        new = self.write(gateway, change)[-1]
        self.turns[new] = Turn(new, chat)

    @rule(workers=st.lists(st.sampled_from(["w0", "w1"]), min_size=1, max_size=4))
    def take_turns(self, workers: list[str]) -> None:
        """By several workers at once: each turn goes to one of them, and never two of one conversation."""

        async def all_at_once() -> list[TurnRecord | None]:
            def take(worker: str) -> Callable[[Transaction], TurnRecord | None]:
                return lambda tx: tx.take_turn(worker, LEASE_SECONDS)

            writes = [self.stores[n % GATEWAYS].write(take(worker)) for n, worker in enumerate(workers)]
            return await asyncio.gather(*writes)

        for worker, record in zip(workers, self.now(all_at_once()), strict=True):
            if record is None:
                continue
            turn = self.turns[record.id]
            earlier = [one for one in self.turns.values() if one.chat == turn.chat and one.id < turn.id]
            assert turn.state == "waiting"
            assert not [one for one in earlier if one.state in ("waiting", "running")]
            self.hand_out(turn, worker, record)

    @rule(gateway=gateways, worker=st.sampled_from(["w0", "w1"]))
    def take_over(self, gateway: int, worker: str) -> None:
        record = self.write(gateway, lambda tx: tx.retake_turn(worker, LEASE_SECONDS))
        over = [
            one for one in self.turns.values() if one.state == "running" and one.lease_until < self.clock()
        ]
        assert (record is None) == (not over)
        if record:
            assert self.turns[record.id] in over
            self.hand_out(self.turns[record.id], worker, record)

    def hand_out(self, turn: Turn, worker: str, record: TurnRecord) -> None:
        turn.state, turn.worker, turn.attempts = "running", worker, turn.attempts + 1
        turn.lease_until = self.clock() + LEASE_SECONDS
        assert (record.worker, record.attempts) == (turn.worker, turn.attempts)
        self.taken.append(record)

    @rule(gateway=gateways, which=st.integers(0, 30))
    def finish(self, gateway: int, which: int) -> None:
        """By whoever was ever handed a turn: only who still has it changes anything."""
        if which >= len(self.taken):
            return
        record = self.taken[which]
        turn = self.turns[record.id]
        theirs = turn.state == "running" and turn.attempts == record.attempts
        assert self.write(gateway, lambda tx: tx.finish_turn(record, {"messages": []})) is theirs
        if theirs:
            turn.state = "done"

    @rule(seconds=st.sampled_from([1.0, LEASE_SECONDS + 1]))
    def time_passes(self, seconds: float) -> None:
        self.clock.passes(seconds)

    @rule(gateway=gateways)
    def start_again(self, gateway: int) -> None:
        self.now(self.stores[gateway].close())
        self.stores[gateway] = self.opened()

    # what must be seen, whoever looks

    @invariant()
    def the_database_is_as_the_model(self) -> None:
        for store in self.stores:
            self.now(store.read(self.look))

    def look(self, tx: Transaction) -> None:
        for number, model in enumerate(self.model):
            conversation = tx.conversation(self.chat(number))
            assert (conversation.last_seq, conversation.ownership) == (len(model.log), model.ownership)
            log = tx.events(self.chat(number), 0, 1_000)
            assert [event.seq for event in log] == list(range(1, len(model.log) + 1))
            assert [Line(event.author.key, event.cmid, event.body["text"]) for event in log] == model.log
            live = tx.live_handoff(self.chat(number))
            assert (live is not None) == (model.handoff is not None)
        waiting = {
            n: c.handoff for n, c in enumerate(self.model) if c.handoff and c.ownership.owner is Owner.QUEUE
        }
        order = [(one.priority, one.waiting_since) for one in tx.waiting()]
        assert order == sorted(waiting.values(), key=lambda place: (-place[0], place[1]))
        held = {self.chat(n): self.agent(c.holder) for n, c in enumerate(self.model) if c.holder is not None}
        assert {one.conversation_id: one.agent_id for one in tx.active()} == held
        for n in range(AGENTS):
            assert tx.agent(self.agent(n)).active_chats == list(held.values()).count(self.agent(n)) <= ROOM
        assert tx.queue_version() == self.version
        for turn in self.turns.values():
            record = tx.turn(turn.id)
            assert (record.state, record.attempts) == (turn.state, turn.attempts)


def machine(database_url: str) -> type[StoreMachine]:
    return type("Machine", (StoreMachine,), {"url": database_url})


@pytest.mark.slow
def test_the_store_does_what_its_model_does(any_url: str) -> None:
    run_state_machine_as_test(
        machine(any_url), settings=settings(max_examples=15, stateful_step_count=25, deadline=None)
    )


def history(machine: StoreMachine) -> None:
    """One that goes through everything that the controls break."""
    try:
        machine.open_the_shop()
        machine.call_a_person(0, 0, 0, 0)
        machine.all_want_it(0, [0, 1, 2])
        machine.let_go(1, 0, Move.RESOLVE)
        machine.the_database_is_as_the_model()
        machine.ask_the_bot(0, 0)
        machine.take_turns(["w0"])
        machine.time_passes(LEASE_SECONDS + 1)
        machine.take_over(1, "w1")
        machine.finish(0, 0)
        machine.finish(1, 1)
        machine.the_database_is_as_the_model()
    finally:
        machine.teardown()


def late_ends_count(tx: SqlTransaction, turn: TurnRecord, reply: Any) -> bool:
    """Broken on purpose: whoever comes late ends what another one has by now."""
    return _ends(tx, tx.turn(turn.id), reply)


_ends = SqlTransaction.finish_turn
BROKEN: dict[str, Callable[..., object]] = {
    "free_seat": lambda *_: None,
    "finish_turn": late_ends_count,
}


@pytest.mark.parametrize("method", [None, *BROKEN])
def test_the_same_machine_catches_a_store_that_is_broken(
    any_url: str, method: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seats that nobody counts, and a late process that ends another's turn."""
    if method is None:
        history(machine(any_url)())
        return
    monkeypatch.setattr(SqlTransaction, method, BROKEN[method])
    with pytest.raises(AssertionError):
        history(machine(any_url)())
