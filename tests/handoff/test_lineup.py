from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.errors import NotFound
from handoff.lineup import Lineup, display_name
from handoff.ports import AgentRecord, HandoffRecord, QueueEntry
from handoff.protocol import QueueState
from handoff.routing import Staff

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def agent(agent_id: str, *, active: int = 0, roles: tuple[str, ...] = ("agent",), **more: Any) -> AgentRecord:
    name = agent_id.title()
    return AgentRecord(agent_id, f"{agent_id}@fernhill.example", name, "", roles, 4, active, True, **more)


def entry(number: int, state: str = "waiting", **more: Any) -> QueueEntry:
    handoff = HandoffRecord(
        number, f"chat{number}", state, "asked_for_person", 0, NOW, NOW - timedelta(seconds=10), None,
        more.pop("agent_id", None), None, 0, **more,
    )  # fmt: skip
    return QueueEntry(handoff, f"customer{number}", "", "Hello", "customer", NOW, NOW)


def lineup(*agents: AgentRecord, entries: tuple[QueueEntry, ...] = (), version: int = 1) -> Lineup:
    here = {one.id for one in agents}
    return Lineup(version, entries, agents, Staff(agents, agents), here, {"customer1"}, clock=100.0, at=NOW)


def test_an_anonymous_customer_has_a_name_to_speak_of() -> None:
    assert display_name("", "abcdef1234") == "Visitor 1234"
    assert display_name("Ida", "abcdef1234") == "Ida"


def test_each_sees_what_they_may_take_and_how_busy_they_are() -> None:
    paid, boss = agent("paid", skills=("payments",)), agent("boss", roles=("agent", "supervisor"))
    other = agent("other", active=3)
    both = lineup(paid, boss, other, entries=(entry(1, skill="payments"), entry(2)))
    may_take = {
        one: [row.may_take for row in both.seen_by(one).state.rows] for one in ("paid", "boss", "other")
    }
    assert may_take == {"paid": [True, True], "boss": [True, True], "other": [False, True]}
    assert [both.seen_by(one).state.mine_active for one in ("paid", "other")] == [0, 3]


def test_who_speaks_other_languages_sees_it_so() -> None:
    one = lineup(
        agent("mara", languages=("en",)), agent("jana", languages=("de",)), entries=(entry(1, language="de"),)
    )
    assert not one.seen_by("mara").state.rows[0].may_take
    assert one.seen_by("jana").state.rows[0].may_take


def test_equal_frames_are_written_once() -> None:
    one = lineup(agent("mara"), agent("tomas"), agent("jana", active=1), entries=(entry(1),))
    assert one.seen_by("mara") is one.seen_by("tomas")
    assert one.seen_by("jana") is not one.seen_by("mara")
    for who in ("mara", "jana"):
        seen = one.seen_by(who)
        assert QueueState.model_validate_json(seen.text) == seen.state


def test_offers_name_who_is_asked_and_the_seconds_left() -> None:
    offered = entry(1, offered_to="mara", offer_until=112.34)
    late = entry(2, "active", agent_id="mara", transfer_to="tomas", transfer_until=90.0)
    rows = lineup(agent("mara"), agent("tomas"), entries=(offered, late)).seen_by("mara").state.rows
    assert [(row.offer_seconds, row.customer_online) for row in rows] == [(12.3, True), (0.0, False)]
    assert rows[0].offered_to
    assert rows[0].offered_to.id == "mara"
    assert rows[1].agent
    assert rows[1].transfer_to
    assert (rows[1].agent.id, rows[1].transfer_to.id) == ("mara", "tomas")


def test_whoever_has_no_account_sees_nothing() -> None:
    with pytest.raises(NotFound):
        lineup(agent("mara")).seen_by("nobody")
