"""Which conversation is for whom, in plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handoff.ports import AgentRecord, HandoffRecord
from handoff.routing import Matter, Rule, Staff, language_of, skill_for, whom_to_ask

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHAT = HandoffRecord(1, "c1", "waiting", "asked_for_person", 0, NOW, NOW, None, None, None, 0)


def agent(name: str, active: int = 0, **more: object) -> AgentRecord:
    told = {"id": name, "email": "", "name": name, "about": "", "roles": ("agent",), "max_chats": 2}
    return AgentRecord(**(told | {"active_chats": active, "available": True} | more))  # type: ignore[arg-type]


def staff(*agents: AgentRecord, absent: tuple[AgentRecord, ...] = ()) -> Staff:
    return Staff([*agents, *absent], list(agents))


@pytest.mark.parametrize(
    ("matter", "skill"),
    [
        (Matter("asked_for_person", ["Where is my parcel?"]), "orders"),
        (Matter("asked_for_person", ["I was charged twice for my order"]), "payments"),
        (Matter("policy_topic", ["It is about a thing"], intents=["request_order_change"]), "orders"),
        (Matter("rejected_twice", ["How?"], articles=["return-an-item"]), "returns"),
        (Matter("frustration", ["THIS IS BROKEN"]), "returns"),
        (Matter("asked_for_person", ["Which tent is for winter?"]), ""),
        (Matter("asked_for_person"), ""),
    ],
)
def test_what_it_is_about_gives_the_skill(matter: Matter, skill: str) -> None:
    assert skill_for(matter) == skill


def test_the_first_rule_that_fits_decides_and_lines_can_be_told_apart() -> None:
    rules = [Rule("vip", "^reason frustration$"), Rule("tents", "tent"), Rule("any", "")]
    assert skill_for(Matter("frustration", ["my tent"]), rules) == "vip"
    assert skill_for(Matter("policy_topic", ["my tent", "reason frustration, they say"]), rules) == "tents"
    assert skill_for(Matter("policy_topic"), rules) == "any"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en", "en"), ("de-AT", "de"), ("pt_BR", "pt"), ("fil", "fil"), ("", ""), ("*", ""), ("english", "")],
)
def test_the_language_is_the_first_part_of_the_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_who_has_fewest_is_asked_then_who_was_idle_longest_and_first_who_knows_them() -> None:
    busy, late, early, never = (
        agent("busy", 1),
        agent("late", idle_since=NOW),
        agent("early", idle_since=NOW - timedelta(hours=1)),
        agent("never"),
    )
    everybody = staff(busy, late, early, never)
    order, chat = [], CHAT
    for _ in range(4):
        asked, _again = whom_to_ask(chat, everybody, {}, NOW)
        assert asked
        order.append(asked.id)
        chat = replace(chat, passed_by=(*chat.passed_by, asked.id))
    assert order == ["never", "early", "late", "busy"]
    assert whom_to_ask(chat, everybody, {}, NOW) == (None, True)
    known = replace(CHAT, known_agent_id="busy")
    assert whom_to_ask(known, everybody, {}, NOW)[0] == busy
    assert whom_to_ask(known, everybody, {"busy": 1}, NOW)[0] == never, "who has no room is not free"
    assert whom_to_ask(CHAT, staff(), {}, NOW) == (None, False)


def test_nobody_is_asked_who_may_not_take_it() -> None:
    able, other = agent("able", 1, skills=("payments",)), agent("other")
    assert whom_to_ask(replace(CHAT, skill="payments"), staff(able, other), {}, NOW)[0] == able
    full = replace(able, active_chats=2)
    assert whom_to_ask(replace(CHAT, skill="payments"), staff(full, other), {}, NOW) == (None, False)
    later = NOW + timedelta(minutes=11)
    assert whom_to_ask(replace(CHAT, skill="payments"), staff(full, other), {}, later)[0] == other


def test_one_of_whom_no_language_is_known_is_taken_to_understand() -> None:
    german, unknown, french = (
        agent("german", languages=("de",)),
        agent("unknown"),
        agent("french", languages=("fr",)),
    )
    everybody, chat = staff(german, unknown, french), replace(CHAT, language="de")
    assert [everybody.may_take(one, chat, NOW) for one in everybody.agents] == [True, True, False]
