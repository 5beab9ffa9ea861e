"""What every method of a transaction promises, on both databases; what it does to another site: nothing."""

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError

from handoff.adapters import tables as t
from handoff.adapters.store_sql import SqlStore
from handoff.conversation import Move, Ownership
from handoff.errors import HandoffError
from handoff.log import CUSTOMER, agent_author
from handoff.ports import AgentRecord, CursorRecord, Transaction
from tests.handoff.adapters.chats import begin, connection_of, say
from tests.handoff.fakes import Clock

MARA = AgentRecord("mara", "mara@fernhill.example", "Mara", "Knows tents", ("agent", "supervisor"), 3, 0, True,
                   skills=("returns",), languages=("en", "de"))  # fmt: skip
TOMAS = AgentRecord("tomas", "tomas@fernhill.example", "Tomas", "", ("agent",), 1, 0, False)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def store(any_store: SqlStore) -> SqlStore:
    """One of everything: a conversation with an agent, one that waits, one with the bot."""
    any_store.lease_clock = Clock()
    await any_store.write(fill)
    return any_store


def fill(tx: Transaction) -> None:
    tx.add_customer("k1", "hash")
    for name in ("held", "waits", "asks"):
        begin(name)(tx)
    tx.add_agent(MARA)
    tx.add_agent(TOMAS)
    tx.add_session("token", "mara", datetime.now(UTC) + timedelta(hours=1))
    say("held", "Hello", "c1")(tx)
    tx.append("held", CUSTOMER, "feedback", {"answer_seq": 1, "helpful": True})
    tx.add_choice("choice", "asks", "Track a parcel", {"intent": "choose_passage"})
    for name, priority in (("held", 1), ("waits", 0)):
        tx.add_handoff(name, "asked_for_person", priority, NOON, 1, skill="returns")
        tx.set_owner(name, Ownership().after(Move.ENQUEUE))
    first = tx.waiting()[0]
    assert tx.claim(first.id, "mara")
    assert tx.take_seat("mara")
    tx.set_owner("held", tx.conversation("held").ownership.after(Move.CLAIM, "mara"))
    tx.append("held", agent_author(MARA), "notice", {"code": "joined", "text": ""}, "claim")
    for cmid in ("t1", "t2"):
        tx.add_turn("asks", cmid, "Where is it?", None, 0)
    assert tx.take_turn("worker", 6)
    tx.add_mail("waits", "letter", "kim@example.org", "Your question", "Dear Kim", 0.0)
    tx.move_cursors([CursorRecord("held", "customer", 2, 1)])
    tx.seen("agent", ["mara"], "gateway")
    tx.touch_queue()


def handoff_of(tx: Transaction, conversation: str) -> int:
    live = tx.live_handoff(conversation)
    assert live
    return live.id


async def test_a_change_goes_on_after_what_failed_apart(store: SqlStore) -> None:
    def change(tx: Transaction) -> None:
        with pytest.raises(DBAPIError):
            tx.apart(lambda: tx.add_customer("k1", "taken"))
        tx.apart(lambda: tx.name_customer("k1", "Goes on", ""))

    await store.write(change)
    assert (await store.read(lambda tx: tx.customer("k1"))).name == "Goes on"


# customers and conversations


async def test_a_customer_keeps_what_was_told_before(store: SqlStore) -> None:
    await store.write(lambda tx: tx.name_customer("k1", "Kim", "kim@example.org"))
    await store.write(lambda tx: tx.name_customer("k1", "Kim Vos", "", "+32 470 12 34 56"))
    customer = await store.read(lambda tx: tx.customer("k1"))
    told = (customer.name, customer.email, customer.phone)
    assert told == ("Kim Vos", "kim@example.org", "+32 470 12 34 56")
    assert await store.read(lambda tx: tx.customer_by_token("hash")) == customer


async def test_conversations_are_found_by_customer_by_time_and_by_handoff(store: SqlStore) -> None:
    def look(tx: Transaction) -> tuple[list[str], ...]:
        return (
            sorted(one.id for one in tx.conversations_of("k1", 9)),
            [one.id for one in tx.conversations_of("k1", 1)],
            sorted(one.id for one in tx.recent_conversations(9)),
            [one.id for one in tx.conversations_since(NOON - timedelta(days=9_000), "asks", 9)],
            [one.id for one in tx.conversations_since(datetime.now(UTC) + timedelta(1), "", 9)],
        )

    newest = await store.read(lambda tx: tx.latest_of_token("hash"))
    assert newest
    assert newest.id == "asks"
    assert await store.read(lambda tx: tx.latest_of_token("nobody's")) is None
    everything, latest, handed_over, later, future = await store.read(look)
    assert everything == ["asks", "held", "waits"]
    assert latest == ["asks"]
    assert handed_over == ["held", "waits"]
    assert later == ["held", "waits"]
    assert future == []


# the log


async def test_what_was_said_is_read_back_as_it_was(store: SqlStore) -> None:
    body = {
        "text": "Größe 42½ – 你好 👋🏽 \u202e \\u0041 'quoted' \"twice\"",
        "deep": [{"a": None}, 1.5, True],
    }
    seq = await store.write(lambda tx: tx.append("asks", CUSTOMER, "message", body, "c9"))
    event = (await store.read(lambda tx: tx.events("asks", seq - 1, 1)))[0]
    assert (event.body, event.cmid, event.author, event.kind) == (body, "c9", CUSTOMER, "message")
    assert await store.read(lambda tx: tx.find_cmid("asks", CUSTOMER, "c9")) == event
    assert await store.read(lambda tx: tx.find_cmid("held", CUSTOMER, "c9")) is None


async def test_a_claim_is_found_again_while_it_lives_and_thumbs_are_read(store: SqlStore) -> None:
    claim = await store.read(lambda tx: tx.find_live_claim(agent_author(MARA), "claim"))
    assert claim
    assert claim.conversation_id == "held"
    assert await store.read(lambda tx: tx.feedback("held")) == [(1, True)]
    await store.write(lambda tx: tx.end_handoff(handoff_of(tx, "held"), "solved"))
    assert await store.read(lambda tx: tx.find_live_claim(agent_author(MARA), "claim")) is None


async def test_cursors_only_move_forward(store: SqlStore) -> None:
    moves = [CursorRecord("held", "customer", 1, 2), CursorRecord("held", "agent", 3, 0)]
    await store.write(lambda tx: tx.move_cursors(moves))
    assert await store.read(lambda tx: tx.cursor("held", "customer")) == CursorRecord(
        "held", "customer", 2, 2
    )
    assert await store.read(lambda tx: tx.cursor("held", "agent")) == CursorRecord("held", "agent", 3, 0)
    assert await store.read(lambda tx: tx.cursor("asks", "agent")) == CursorRecord("asks", "agent", 0, 0)


async def test_a_button_keeps_what_it_stands_for(store: SqlStore) -> None:
    found = await store.read(lambda tx: tx.choice("asks", "choice"))
    assert found == ("Track a parcel", {"intent": "choose_passage"})


# handoffs and agents


async def test_a_handoff_goes_from_hand_to_hand(store: SqlStore) -> None:
    def passed(tx: Transaction) -> tuple[object, ...]:
        held = handoff_of(tx, "held")
        return (
            tx.claim(held, "tomas"),
            tx.pass_to(held, "tomas", "mara"),
            tx.pass_to(held, "mara", "tomas"),
            tx.live_handoff("held"),
        )

    claimed, foreign, went, live = await store.write(passed)
    assert (claimed, foreign, went) == (False, False, True)
    assert getattr(live, "agent_id", None) == "tomas"
    await store.write(lambda tx: tx.release(handoff_of(tx, "held"), ["tomas"], 2))
    order = await store.read(lambda tx: tx.waiting())
    assert [(one.conversation_id, one.passed_by) for one in order] == [("held", ("tomas",)), ("waits", ())]
    assert await store.read(lambda tx: [one.conversation_id for one in tx.waiting(1)]) == ["held"]
    assert await store.read(lambda tx: tx.ahead_of(0, NOON)) == 2
    assert await store.read(lambda tx: tx.active()) == []


async def test_the_next_in_line_is_the_first_of_those_that_are_asked_for(store: SqlStore) -> None:
    def look(tx: Transaction) -> tuple[object, ...]:
        waits, held = handoff_of(tx, "waits"), handoff_of(tx, "held")
        found = tx.next_waiting([held, waits])
        return found and found.conversation_id, tx.next_waiting([held])

    assert await store.write(look) == ("waits", None)


async def test_what_is_known_of_a_handoff(store: SqlStore) -> None:
    def look(tx: Transaction) -> dict[str, object]:
        return {
            "reason": tx.latest_reason("held"),
            "handed over": (tx.was_handed_over("waits"), tx.was_handed_over("asks")),
            "last agent": tx.last_agent_of("k1"),
            "served": len(tx.served(NOON - timedelta(9_000), 9)),
            "live": dict(tx.live_customers()).keys(),
            "entries": [one.handoff.conversation_id for one in tx.queue_entries()],
            "asked": tx.asked(),
            "reserved": dict(tx.reserved()),
        }

    assert await store.read(look) == {
        "reason": "asked_for_person", "handed over": (True, False), "last agent": "mara", "served": 1,
        "live": {"k1": ""}.keys(), "entries": ["waits", "held"], "asked": [], "reserved": {},
    }  # fmt: skip
    await store.write(
        lambda tx: tx.update_handoff(handoff_of(tx, "waits"), offered_to="mara", offer_until=9.0)
    )
    assert await store.read(lambda tx: [one.offered_to for one in tx.asked()]) == ["mara"]
    assert await store.read(lambda tx: dict(tx.reserved())) == {"mara": 1}
    assert await store.read(lambda tx: dict(tx.reserved(besides=handoff_of(tx, "waits")))) == {}


async def test_seats_are_never_more_than_there_are(store: SqlStore) -> None:
    assert await store.write(lambda tx: [tx.take_seat("mara") for _ in range(4)]) == [
        True,
        True,
        False,
        False,
    ]
    assert (await store.write(lambda tx: tx.lock_agent("mara"))).active_chats == 3
    await store.write(lambda tx: tx.free_seat("mara"))
    assert await store.write(lambda tx: tx.take_seat("mara", kept_free=1)) is False
    for _ in range(3):
        await store.write(lambda tx: tx.free_seat("tomas"))
    assert (await store.read(lambda tx: tx.agent("tomas"))).active_chats == 0


async def test_an_agent_is_read_back_whole_and_changed(store: SqlStore) -> None:
    assert await store.read(lambda tx: tx.agent_by_email("Mara@Fernhill.example")) == await store.read(
        lambda tx: tx.agent("mara")
    )
    mara = await store.read(lambda tx: tx.agent("mara"))
    assert (mara.skills, mara.languages, mara.supervisor) == (("returns",), ("en", "de"), True)
    await store.write(lambda tx: tx.set_available("tomas", True))
    await store.write(lambda tx: tx.update_agent("tomas", max_chats=5))
    assert [(one.name, one.available, one.max_chats) for one in await store.read(lambda tx: tx.agents())] == [
        ("Mara", True, 3),
        ("Tomas", True, 5),
    ]


async def test_a_session_ends_by_itself_by_hand_and_with_all_of_its_agent(store: SqlStore) -> None:
    for token, hours in (("old", -1), ("a", 1), ("b", 1)):
        until = datetime.now(UTC) + timedelta(hours=hours)
        await store.write(lambda tx, token=token, until=until: tx.add_session(token, "mara", until))  # type: ignore[misc]

    async def valid() -> list[str]:
        tokens = ("old", "token", "a", "b")
        return [one for one in tokens if await store.read(lambda tx, one=one: tx.session_agent(one))]  # type: ignore[misc]

    assert await valid() == ["token", "a", "b"]
    await store.write(lambda tx: tx.end_session("a"))
    assert await valid() == ["token", "b"]
    await store.write(lambda tx: tx.end_sessions_of("mara"))
    assert await valid() == []


# what the look at everything finds


async def test_everything_fits_together_and_what_does_not_is_found(store: SqlStore) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)

    def look(tx: Transaction) -> tuple[object, ...]:
        owned = [(one.conversation_id, one.owner, one.state, one.held_by) for one in tx.owned()]
        leases = [(one.kind, one.conversation_id) for one in tx.leases()]
        return dict(tx.seats_taken()), owned, tx.gaps(NOON), tx.unanswered(later), tx.early_fences(), leases

    seats, owned, gaps, unanswered, fences, leases = await store.read(look)
    assert seats == {"mara": 1}
    assert owned == [("held", "agent", "active", "mara"), ("waits", "queue", "waiting", None)]
    assert (gaps, unanswered, fences) == ([], [], [])
    assert leases == [("turn", "asks")]
    late = await store.read(lambda tx: tx.overdue_turns(0.0, 60.0, 9))
    assert [turn.cmid for turn in late] == ["t1", "t2"]
    assert await store.read(lambda tx: tx.overdue_turns(5.0, 60.0, 9)) == []

    def spoil(tx: Transaction) -> None:
        tx.update_conversation("held", last_seq=9)
        tx.add_turn("asks", "t3", "too early", None, 7)
        say("waits", "Hello?")(tx)
        tx.set_owner("waits", Ownership(fence=3))
        tx.update_conversation("waits", waiting_since=NOON)

    await store.write(spoil)
    _, _, gaps, unanswered, fences, _ = await store.read(look)
    assert [(gap.conversation_id, gap.last_seq, gap.events) for gap in gaps] == [("held", 9, 3)]  # type: ignore[attr-defined]
    assert (unanswered, fences) == (["waits"], ["asks"])


# another site

INTRUSIONS: dict[str, Callable[[Transaction], object]] = {
    "name_customer": lambda tx: tx.name_customer("k1", "Mallory", "m@example.org"),
    "set_owner": lambda tx: tx.set_owner("held", Ownership(fence=9)),
    "update_conversation": lambda tx: tx.update_conversation("held", epoch="forged"),
    "append": say("held", "intruder"),
    "claim": lambda tx: tx.claim(2, "tomas"),
    "pass_to": lambda tx: tx.pass_to(1, "mara", "tomas"),
    "release": lambda tx: tx.release(1, [], 1),
    "end_handoff": lambda tx: tx.end_handoff(1, None),
    "update_handoff": lambda tx: tx.update_handoff(1, priority=9),
    "take_seat": lambda tx: tx.take_seat("mara"),
    "free_seat": lambda tx: tx.free_seat("mara"),
    "set_available": lambda tx: tx.set_available("mara", False),
    "update_agent": lambda tx: tx.update_agent("mara", max_chats=9),
    "end_session": lambda tx: tx.end_session("token"),
    "end_sessions_of": lambda tx: tx.end_sessions_of("mara"),
    "take_turn": lambda tx: tx.take_turn("other", 6),
    "retake_turn": lambda tx: tx.retake_turn("other", 6),
    "renew_turns": lambda tx: tx.renew_turns("worker", [1], 60),
    "let_go_turns": lambda tx: tx.let_go_turns("worker"),
    "change_turn": lambda tx: tx.change_turn(2, "x", "forged", None),
    "tell_turns": lambda tx: tx.tell_turns("asks"),
    "restart_turns": lambda tx: tx.restart_turns("asks", 9),
    "take_mail": lambda tx: tx.take_mail(60),
    "left": lambda tx: tx.left("agent", ["mara"], "gateway"),
    "move_cursors": lambda tx: tx.move_cursors([CursorRecord("held", "customer", 99, 99)]),
}


@pytest.mark.parametrize("method", INTRUSIONS)
async def test_another_site_changes_nothing(store: SqlStore, any_url: str, method: str) -> None:
    other = SqlStore(any_url, "other")
    other.lease_clock = Clock(1_003.0)
    before = await store.read(everything)
    try:
        await other.write(INTRUSIONS[method])
    except HandoffError:
        pass
    finally:
        await other.close()
    assert await store.read(everything) == before


def everything(tx: Transaction) -> list[Row[tuple[object, ...]]]:
    """Every row of this site, of every table."""
    sql = connection_of(tx)
    ours = [table for table in t.metadata.sorted_tables if "site_id" in table.c]
    return [
        row
        for table in ours
        for row in sql.execute(
            select(table).where(table.c.site_id == "default").order_by(*table.primary_key.columns)
        )
    ]


READS: dict[str, Callable[[Transaction], object]] = {
    "heads": lambda tx: dict(tx.heads(["held"])),
    "events": lambda tx: list(tx.events("held", 0, 9)),
    "find_cmid": lambda tx: tx.find_cmid("held", CUSTOMER, "c1"),
    "find_live_claim": lambda tx: tx.find_live_claim(agent_author(MARA), "claim"),
    "feedback": lambda tx: list(tx.feedback("held")),
    "live_handoff": lambda tx: tx.live_handoff("held"),
    "latest_reason": lambda tx: tx.latest_reason("held"),
    "last_agent_of": lambda tx: tx.last_agent_of("k1"),
    "waiting": lambda tx: list(tx.waiting()),
    "active": lambda tx: list(tx.active()),
    "queue_entries": lambda tx: list(tx.queue_entries()),
    "recent_conversations": lambda tx: list(tx.recent_conversations(9)),
    "conversations_of": lambda tx: list(tx.conversations_of("k1", 9)),
    "live_customers": lambda tx: dict(tx.live_customers()),
    "served": lambda tx: list(tx.served(NOON - timedelta(9_000), 9)),
    "agents": lambda tx: list(tx.agents()),
    "session_agent": lambda tx: tx.session_agent("token"),
    "turn_open": lambda tx: tx.turn_open("asks"),
    "open_turns": lambda tx: list(tx.open_turns("asks")),
    "turns_beyond": lambda tx: list(tx.turns_beyond(0, 9)),
    "replies": lambda tx: list(tx.replies("asks", 9)),
    "latest_mail": lambda tx: tx.latest_mail("waits"),
    "online": lambda tx: tx.online("agent"),
    "owned": lambda tx: list(tx.owned()),
    "cursors": lambda tx: list(tx.cursors(["held"])),
}


async def test_another_site_sees_nothing(store: SqlStore, any_url: str) -> None:
    other = SqlStore(any_url, "other")
    other.lease_clock = Clock()
    seen = {name: await other.read(look) for name, look in READS.items()}
    ours = {name: await store.read(look) for name, look in READS.items()}
    await other.close()
    assert {name for name, found in seen.items() if found} == set()
    assert {name for name, found in ours.items() if not found} <= {"replies"}


# nothing is left out


def test_every_method_is_tried_on_both_databases() -> None:
    """By name, in one of the files that run on both."""
    here = Path(__file__).parent
    files = [*here.glob("test_*.py"), *here.glob("../test_*.py"), *here.glob("../queue/test_*.py")]
    tried = {
        name
        for file in files
        if "any_store" in (text := file.read_text("utf-8")) or "any_url" in text
        for name in re.findall(r"\.(\w+)\(", text)
    }
    methods = {name for name, _ in inspect.getmembers(Transaction, inspect.isfunction) if name[0] != "_"}
    assert sorted(methods - tried) == []
