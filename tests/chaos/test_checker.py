"""The checker itself: a right history passes, and each way of being wrong is found by the invariant that is about it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.checker import CHECKS, check_all
from tests.chaos.histories import CANARY, OTHER_CANARY, Tale, add_served, at, served
from tests.chaos.history import Record, as_line, read_history
from tests.chaos.replay import replay

SILENCE = 10.0


def _found(tale: Tale) -> set[str]:
    return {violation.invariant for violation in check_all(tale.records, tale.dump, SILENCE)}


def _changed(tale: Tale, which: Callable[[Record], bool], **values: object) -> None:
    """Every record that is meant says something else."""
    tale.records = [replace(one, **values) if which(one) else one for one in tale.records]  # type: ignore[arg-type]


def _without(tale: Tale, which: Callable[[Record], bool]) -> None:
    tale.records = [one for one in tale.records if not which(one)]


def test_a_right_history_passes() -> None:
    assert check_all(served().records, served().dump, SILENCE) == []


def test_two_right_conversations_pass() -> None:
    tale = served()
    add_served(tale, "c2", "customer2", OTHER_CANARY, 30)
    assert _found(tale) == set()


def nothing_at_all(tale: Tale) -> None:
    for what in (tale.records, tale.conversations, tale.events, tale.handoffs, tale.agents, tale.turns):
        what.clear()


def nothing_accepted(tale: Tale) -> None:
    _without(tale, lambda one: one.what == "accepted")


def lost_event(tale: Tale) -> None:
    del tale.events["c1"][1]


def head_beyond_the_log(tale: Tale) -> None:
    tale.conversations["c1"]["last_seq"] = 9


def same_cmid_twice(tale: Tale) -> None:
    tale.events["c1"][2]["cmid"] = "customer1-1"


def same_words_under_another_cmid(tale: Tale) -> None:
    tale.append("c1", "customer", "message", {"text": f"{CANARY} where is it"}, 25, "customer1-2")


def reply_twice_under_the_same_cmid(tale: Tale) -> None:
    tale.append("c1", "bot", "message", {"text": "You said: again"}, 25, "bot:1:0")


def reply_twice_under_another_cmid(tale: Tale) -> None:
    """As a gateway writes it that has neither the attempt nor the unique index."""
    tale.append("c1", "bot", "message", {"text": "You said: again"}, 25, "bot:1:0~4711")


def reply_shown_and_suppressed(tale: Tale) -> None:
    tale.append("c1", "bot", "suppressed", {"text": "You said: again"}, 25, "bot:1:0~4711")


def accepted_and_gone(tale: Tale) -> None:
    tale.note("customer1", "accepted", 30, conversation="c1", cmid="customer1-9", seq=12, more={"dup": False})


def accepted_where_something_else_stands(tale: Tale) -> None:
    tale.note("customer1", "accepted", 30, conversation="c1", cmid="customer1-9", seq=2, more={"dup": False})


def accepted_in_other_words(tale: Tale) -> None:
    tale.events["c1"][0]["body"] = {"text": f"{CANARY} something else"}


def refused_and_written_all_the_same(tale: Tale) -> None:
    tale.note(
        "agent:a1", "rejected", 13, cmid="agent-answer-1", kind="stale_fence", more={"retryable": False}
    )


def applied_beyond_a_gap(tale: Tale) -> None:
    _without(tale, lambda one: one.who == "customer1" and one.what == "event" and one.seq == 4)


def applied_twice(tale: Tale) -> None:
    seen = next(
        one for one in tale.records if one.who == "customer1" and one.what == "event" and one.seq == 8
    )
    tale.records.insert(tale.records.index(seen), seen)


def applied_in_other_words(tale: Tale) -> None:
    _changed(
        tale, lambda one: one.who == "customer1" and one.what == "event" and one.seq == 2, text="You said: no"
    )


def a_note_shown_to_the_customer(tale: Tale) -> None:
    _changed(
        tale,
        lambda one: one.who == "customer1" and one.what == "event" and one.kind == "hidden",
        kind="packet",
    )


def never_complete(tale: Tale) -> None:
    _without(tale, lambda one: one.who == "customer1" and one.what == "event" and one.seq == 8)


def never_quiet(tale: Tale) -> None:
    tale.note("customer1", "unsettled", 50, text="unsent 3")


def later_before_earlier(tale: Tale) -> None:
    for number, cmid in ((3, "customer1-3"), (2, "customer1-2")):
        tale.note("customer1", "send", 20, cmid=cmid, kind="send", seq=number, text=f"{CANARY} {number}")
        tale.append("c1", "customer", "message", {"text": f"{CANARY} {number}"}, 21, cmid)


def words_of_another_conversation(tale: Tale) -> None:
    tale.events["c1"][1]["body"] = {"text": f"You said: {OTHER_CANARY} hello"}


def words_of_another_conversation_on_the_screen(tale: Tale) -> None:
    _changed(
        tale, lambda one: one.who == "customer1" and one.what == "event" and one.seq == 2,
        text=f"You said: {OTHER_CANARY} hello",
    )  # fmt: skip


def two_owners_at_a_fence(tale: Tale) -> None:
    tale.note("agent:a2", "status", 11, conversation="c1", kind="agent", fence=2, more={"agent": "a2"})


def claimed_twice(tale: Tale) -> None:
    tale.events["c1"][6] |= {"kind": "notice", "body": {"code": "joined"}, "agent_id": "a2"}


def row_and_log_disagree(tale: Tale) -> None:
    tale.conversations["c1"] |= {"owner": "agent", "agent_id": "a1"}


def fence_goes_down(tale: Tale) -> None:
    tale.note("agent:a1", "status", 12, conversation="c1", kind="queue", fence=1, more={"agent": None})


def bot_speaks_after_the_claim(tale: Tale) -> None:
    tale.events["c1"][6] |= {"author_role": "bot", "author": "bot", "cmid": "bot:1:1", "agent_id": None}


def bot_speaks_under_an_old_fence(tale: Tale) -> None:
    tale.turns[0]["fence"] = -1


def agent_writes_under_an_old_fence(tale: Tale) -> None:
    _changed(tale, lambda one: one.what == "send" and one.cmid == "agent-answer-1", fence=1)


def agent_writes_in_anothers_conversation(tale: Tale) -> None:
    tale.events["c1"][6] |= {"agent_id": "a2", "author": "agent:a2"}


def more_than_they_take(tale: Tale) -> None:
    tale.agents[0]["max_chats"] = 1
    add_served(tale, "c2", "customer2", OTHER_CANARY, 5)


def miscounted_seats(tale: Tale) -> None:
    tale.agents[0]["active_chats"] = 1


def shown_more_than_they_take(tale: Tale) -> None:
    tale.note("agent:a1", "queue", 12, more={"mine": 3, "max": 2, "since": {}})


def vanished_from_the_queue(tale: Tale) -> None:
    del tale.events["c1"][5:]
    tale.conversations["c1"] |= {"last_seq": 5, "owner": "queue", "fence": 1}


def waits_although_it_is_over(tale: Tale) -> None:
    tale.handoffs[0] |= {"state": "waiting", "agent_id": None}


def served_out_of_turn(tale: Tale) -> None:
    """Another one came first, was as urgent, and was served only later."""
    add_served(tale, "c2", "customer2", OTHER_CANARY, -2)
    for event in tale.events["c2"][5:]:
        event["at"] = at(40)


def asked_out_of_turn(tale: Tale) -> None:
    """Again and again, while another one waited who came first."""
    add_served(tale, "c2", "customer2", OTHER_CANARY, -20)
    for event in tale.events["c2"][5:]:
        event["at"] = at(40)
    for code, agent, seconds in (("offered", "a1", 4), ("declined", "a1", 5), ("offered", "a2", 8)):
        tale.ask("c1", code, agent, seconds)


def taken_without_being_asked(tale: Tale) -> None:
    tale.ask("c1", "offered", "a2", 5)


def passed_on_to_somebody_else(tale: Tale) -> None:
    """Agent a2 is asked, a3 gets it."""
    tale.note("agent:a1", "send", 12, cmid="wish", kind="transfer", more={"to_agent": "a2"})
    tale.ask("c1", "transfer_offered", "a1", 13, cmid="wish", before=8)
    tale.ask("c1", "transfer_accepted", "a3", 14, before=9)


def passed_on_though_nobody_wished(tale: Tale) -> None:
    tale.ask("c1", "transfer_offered", "a1", 13, cmid="unsaid", before=8)
    tale.ask("c1", "transfer_accepted", "a3", 14, before=9)


def wait_clock_moved_by_a_requeue(tale: Tale) -> None:
    tale.note("agent:a1", "queue", 5, more={"mine": 0, "max": 2, "since": {"c1": at(1).isoformat()}})


def wait_clock_begins_too_late(tale: Tale) -> None:
    tale.handoffs[0]["waiting_since"] = at(8)


def wait_clock_begins_at_nothing(tale: Tale) -> None:
    tale.handoffs[0]["waiting_since"] = at(-20)


def answered_too_late(tale: Tale) -> None:
    for event in tale.events["c1"][1:]:
        event["at"] = event["at"] + (at(15) - at(0))


def never_answered(tale: Tale) -> None:
    tale.append("c1", "system", "notice", {"code": "reopened"}, 21)
    tale.append("c1", "customer", "message", {"text": f"{CANARY} hello"}, 22, "customer1-7")
    tale.conversations["c1"] |= {"owner": "bot", "fence": 4}


WRONG: list[tuple[Callable[[Tale], None], str]] = [
    (nothing_at_all, "something_happens"),
    (nothing_accepted, "something_happens"),
    (lost_event, "gapless"),
    (head_beyond_the_log, "gapless"),
    (same_cmid_twice, "exactly_once"),
    (same_words_under_another_cmid, "exactly_once"),
    (reply_twice_under_the_same_cmid, "exactly_once"),
    (reply_twice_under_another_cmid, "exactly_once"),
    (reply_shown_and_suppressed, "exactly_once"),
    (accepted_and_gone, "accepted_is_present"),
    (accepted_where_something_else_stands, "accepted_is_present"),
    (accepted_in_other_words, "accepted_is_present"),
    (refused_and_written_all_the_same, "refused_is_absent"),
    (applied_beyond_a_gap, "applied_is_prefix"),
    (applied_twice, "applied_is_prefix"),
    (applied_in_other_words, "applied_is_prefix"),
    (a_note_shown_to_the_customer, "applied_is_prefix"),
    (never_complete, "equal_at_rest"),
    (never_quiet, "becomes_quiet"),
    (later_before_earlier, "order_of_sender"),
    (words_of_another_conversation, "no_leak"),
    (words_of_another_conversation_on_the_screen, "no_leak"),
    (two_owners_at_a_fence, "one_owner"),
    (claimed_twice, "one_owner"),
    (row_and_log_disagree, "one_owner"),
    (fence_goes_down, "fences_rise"),
    (bot_speaks_after_the_claim, "bot_is_silent_after_claim"),
    (bot_speaks_under_an_old_fence, "no_stale_write"),
    (agent_writes_under_an_old_fence, "no_stale_write"),
    (agent_writes_in_anothers_conversation, "no_stale_write"),
    (more_than_they_take, "capacity"),
    (miscounted_seats, "capacity"),
    (shown_more_than_they_take, "capacity"),
    (vanished_from_the_queue, "nobody_vanishes"),
    (waits_although_it_is_over, "nobody_vanishes"),
    (served_out_of_turn, "first_come_first_served"),
    (asked_out_of_turn, "first_come_first_asked"),
    (taken_without_being_asked, "only_who_is_asked"),
    (passed_on_to_somebody_else, "only_who_is_asked"),
    (passed_on_though_nobody_wished, "only_who_is_asked"),
    (wait_clock_moved_by_a_requeue, "wait_clock"),
    (wait_clock_begins_too_late, "wait_clock"),
    (wait_clock_begins_at_nothing, "wait_clock"),
    (answered_too_late, "no_long_silence"),
    (never_answered, "no_long_silence"),
]


@pytest.mark.parametrize(("bend", "invariant"), WRONG, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_wrong_is_found(bend: Callable[[Tale], None], invariant: str) -> None:
    tale = served()
    bend(tale)
    assert invariant in _found(tale)


def test_every_invariant_has_a_history_that_breaks_it() -> None:
    """`applied_is_prefix` also tells of who is not complete at rest."""
    broken = {invariant for _, invariant in WRONG}
    assert {check.__name__ for check in CHECKS} <= broken


def test_an_outage_is_no_silence() -> None:
    tale = served()
    answered_too_late(tale)
    tale.records.insert(1, Record(t=2.0, who="service", what="down"))
    tale.records.insert(2, Record(t=16.0, who="service", what="up"))
    assert "no_long_silence" not in _found(tale)


def test_a_log_that_is_read_anew_begins_at_one() -> None:
    tale = served()
    again = [one for one in tale.records if one.who == "customer1" and one.what == "event"]
    settled = [one for one in tale.records if one.what == "settled"]
    _without(tale, lambda one: one.what == "settled")
    tale.note("customer1", "forget", 51, conversation="c1")
    tale.records += [*again, *settled]
    assert _found(tale) == set()


def test_what_a_page_that_crashed_had_on_its_way_may_come_late() -> None:
    tale = served()
    later_before_earlier(tale)
    tale.note("customer1", "abandoned", 20, conversation="c1", cmid="customer1-2")
    assert "order_of_sender" not in _found(tale)
    tale.note("customer1", "abandoned", 20, conversation="c1", cmid="customer1-9")
    _without(tale, lambda one: one.what == "abandoned" and one.cmid == "customer1-2")
    assert "order_of_sender" in _found(tale)


def test_a_clock_that_jumps_proves_nothing_by_time() -> None:
    tale = served()
    wait_clock_begins_too_late(tale)
    assert check_all(tale.records, tale.dump, SILENCE, clock_jumps=True) == []


def test_a_reply_of_several_messages_is_no_reply_twice() -> None:
    tale = served()
    tale.append("c1", "bot", "message", {"text": "You said: more"}, 25, "bot:1:1")
    tale.append("c1", "bot", "message", {"text": "You said: other"}, 25, "bot:11:0")
    assert "exactly_once" not in _found(tale)


def test_replay_stops_at_no_illegal_move() -> None:
    tale = served()
    claimed_twice(tale)
    told = replay(tale.events["c1"])
    assert [seq for seq, _ in told.illegal] == [7]
    assert told.last.owner == "closed"


def test_a_record_survives_its_line(tmp_path: Path) -> None:
    record = Record(t=1.5, who="customer1", what="send", cmid="c", seq=3, more={"conversation": None})
    path = tmp_path / "history.jsonl"
    path.write_text(as_line(record) + "\n" + as_line(Record(t=2.0, who="x", what="up")) + "\n", "utf-8")
    assert list(read_history(path)) == [record, Record(t=2.0, who="x", what="up")]
