"""Invariants of the log: nothing lost, nothing twice, everybody sees the same in the same order, nobody another's words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from handoff.readers import AGENTS_ONLY
from tests.chaos.history import Dump, Json, Record
from tests.chaos.violation import Violation

CANARY = re.compile(r"\bk[0-9a-f]{10}\b")
REPLY = re.compile(r"bot:\d+:\d+")
"""The turn and the number of a message of its reply; what stands behind it says nothing."""


def said(event: Json) -> str:
    """What an event of the database says, as a participant notes it."""
    body = event["body"]
    return str(body.get("text") or body.get("label") or body.get("code") or "")


def gapless(_records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Seq is 1, 2, 3 … in every conversation, and its head is the last one."""
    for conversation, row in dump.conversations.items():
        found = [event["seq"] for event in dump.events.get(conversation, [])]
        if found != list(range(1, row["last_seq"] + 1)):
            yield Violation("gapless", f"{conversation}: head {row['last_seq']}, events {_runs(found)}")


def exactly_once(_records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Each cmid of an author once, each message of the bot's reply to a turn once, and each text of a customer or an
    agent once: they never write the same twice. What stands behind a “~” is ours: a gateway without the unique index writes
    the same again under another cmid, and has to differ somehow."""
    for conversation, events in dump.events.items():
        cmids = Counter((event["author"], event["cmid"].split("~")[0]) for event in events if event["cmid"])
        for (author, cmid), count in cmids.items():
            if count > 1:
                yield Violation("exactly_once", f"{conversation}: {cmid} of {author} is there {count} times")
        yield from _replied_twice(conversation, events)
        texts = Counter(
            said(event) for event in events
            if event["kind"] in ("message", "note") and event["author_role"] in ("customer", "agent")
        )  # fmt: skip
        for text, count in texts.items():
            if count > 1:
                yield Violation("exactly_once", f"{conversation}: “{text}” is there {count} times")


def _replied_twice(conversation: str, events: Sequence[Json]) -> Iterator[Violation]:
    """By turn and number alone: a gateway without the unique index may write the same again under another cmid."""
    replies = Counter(
        found[0] for event in events
        if event["author_role"] == "bot" and (found := REPLY.match(event["cmid"] or ""))
    )  # fmt: skip
    for reply, count in replies.items():
        if count > 1:
            yield Violation("exactly_once", f"{conversation}: the reply {reply} is there {count} times")


def accepted_is_present(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """What was accepted stands in the log where `accepted` said, and says what was sent."""
    sent = {record.cmid: record for record in records if record.what == "send"}
    for record in records:
        if record.what != "accepted":
            continue
        of = sent.get(record.cmid)
        claim = of is not None and of.kind in ("claim", "accept", "take_over")
        event = _event(dump, record.conversation, record.seq)
        if event is None:
            yield Violation(
                "accepted_is_present", f"{record.conversation}: {record.cmid} at {record.seq} is not there"
            )
        elif claim and record.more.get("dup"):
            continue  # "it is yours already" points at the head
        elif event["cmid"] != record.cmid:
            yield Violation(
                "accepted_is_present",
                f"{record.conversation}: {record.cmid} was accepted as {record.seq}, where {event['cmid']} stands",
            )
        elif of is not None and of.text and said(event) != of.text:
            yield Violation(
                "accepted_is_present", f"{record.conversation}: {record.seq} says “{said(event)}”"
            )


def refused_is_absent(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """A message that was refused because somebody else owns the conversation never appears: fences only rise."""
    written = {event["cmid"] for events in dump.events.values() for event in events if event["cmid"]}
    fenced = ("send", "transfer", "take_over")
    messages = {record.cmid for record in records if record.what == "send" and record.kind in fenced}
    for record in records:
        if record.what == "rejected" and record.kind == "stale_fence" and record.cmid in messages & written:
            yield Violation(
                "refused_is_absent", f"{record.cmid} was refused to {record.who} and is in the log"
            )


def applied_is_prefix(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Everybody applied 1, 2, 3 … as the log has it, and whoever is told to be complete has all of it."""
    last: dict[tuple[str, str], int] = {}
    for record in records:
        key = (record.who, record.conversation)
        if record.what == "forget":
            last[key] = 0
        elif record.what == "event":
            if record.seq != last.get(key, 0) + 1:
                yield Violation(
                    "applied_is_prefix",
                    f"{record.who} applied {record.seq} of {key[1]} after {last.get(key, 0)}",
                )
            last[key] = record.seq
            wrong = _differs(record, _event(dump, record.conversation, record.seq))
            if wrong:
                yield Violation(
                    "applied_is_prefix", f"{record.who}, {record.conversation} {record.seq}: {wrong}"
                )
        elif record.what == "settled":
            head = dump.conversations.get(record.conversation, {}).get("last_seq")
            if last.get(key, 0) != head:
                yield Violation(
                    "equal_at_rest", f"{record.who} has {last.get(key, 0)} of {head} of {record.conversation}"
                )


def becomes_quiet(records: Sequence[Record], _dump: Dump) -> Iterator[Violation]:
    """When nothing breaks any more, everything that was written is settled soon."""
    for record in records:
        if record.what == "unsettled":
            yield Violation("becomes_quiet", f"{record.who}: {record.text}")


def order_of_sender(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """The messages of one page stand in the order in which they were written.

    What a page that crashed had on its way may arrive at any time: nobody waits for it any more.
    """
    abandoned = {(record.who, record.cmid) for record in records if record.what == "abandoned"}
    number = {
        (record.who, record.cmid): record.seq
        for record in records
        if record.what == "send" and record.kind == "send" and (record.who, record.cmid) not in abandoned
    }
    sender = {cmid: who for who, cmid in number}
    for conversation, events in dump.events.items():
        latest: dict[str, int] = {}
        for event in events:
            who = sender.get(event["cmid"] or "")
            if who is None:
                continue
            now = number[who, event["cmid"]]
            if now <= latest.get(who, 0):
                yield Violation("order_of_sender", f"{conversation}: {who} wrote {now} before {latest[who]}")
            latest[who] = now


def no_leak(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """A canary is found in its own conversation alone, in the database and on every screen."""
    canaries = {
        record.conversation: record.more["canary"]
        for record in records
        if record.what == "welcome" and record.more
    }
    for conversation, events in dump.events.items():
        for event in events:
            if _foreign(said(event), canaries.get(conversation)):
                yield Violation("no_leak", f"{conversation} {event['seq']} says “{said(event)}”")
    for record in records:
        if record.what != "event":
            continue
        if record.kind == "foreign" or _foreign(record.text, canaries.get(record.conversation)):
            yield Violation("no_leak", f"{record.who} saw {record.conversation} {record.seq} “{record.text}”")


def _foreign(text: str, canary: str | None) -> bool:
    return any(found != canary for found in CANARY.findall(text))


def _event(dump: Dump, conversation: str, seq: int) -> Json | None:
    events = dump.events.get(conversation, [])
    if 0 < seq <= len(events) and events[seq - 1]["seq"] == seq:
        return events[seq - 1]
    return next((event for event in events if event["seq"] == seq), None)


def _differs(record: Record, event: Json | None) -> str | None:
    """How what was seen differs from what is in the log."""
    if event is None:
        return "it is not in the log"
    hidden = event["kind"] in AGENTS_ONLY and not record.who.startswith("agent")
    kind, text = ("hidden", "") if hidden else (event["kind"], said(event))
    if (record.kind, record.text) != (kind, text):
        return f"saw {record.kind} “{record.text}”, where {kind} “{text}” stands"
    return None


def _runs(numbers: Sequence[int]) -> str:
    """1-5, 7: short for a long list."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}-{last}" for first, last in runs) or "none"
