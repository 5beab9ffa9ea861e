"""Invariants of ownership: one owner at any fence, and nobody speaks who does not own the conversation."""

from collections.abc import Iterator, Sequence

from handoff.conversation import Owner
from tests.chaos.history import Dump, Record
from tests.chaos.replay import Replay, replay
from tests.chaos.violation import Violation

SPOKEN_BY_BOT = frozenset({"message", "answer", "choices"})
FENCED = frozenset({"send", "resolve", "requeue", "return_to_bot", "transfer"})


def replays(dump: Dump) -> dict[str, Replay]:
    return {conversation: replay(dump.events.get(conversation, [])) for conversation in dump.conversations}


def one_owner(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """The log tells of legal changes of owner alone, ends where the row stands, and everybody saw one owner at a fence."""
    told = replays(dump)
    for conversation, found in told.items():
        for seq, why in found.illegal:
            yield Violation("one_owner", f"{conversation} {seq}: {why}")
        row = dump.conversations[conversation]
        stands = (row["owner"], row["fence"], row["agent_id"])
        ends = (found.last.owner.value, found.last.fence, found.last.agent_id)
        if stands != ends:
            yield Violation("one_owner", f"{conversation}: the log ends with {ends}, the row says {stands}")
    for record in records:
        if record.what != "status" or record.fence < 0 or record.conversation not in told:
            continue
        held = told[record.conversation].at_fence.get(record.fence)
        seen = (record.kind, record.more.get("agent"))
        if held is None or (held.owner.value, held.agent_id) != seen:
            yield Violation(
                "one_owner",
                f"{record.who} saw {seen} of {record.conversation} at fence {record.fence}, it was {held}",
            )


def fences_rise(records: Sequence[Record], _dump: Dump) -> Iterator[Violation]:
    """Nobody sees the fence of a conversation go down on one link."""
    last: dict[tuple[str, str], int] = {}
    for record in records:
        if record.what in ("connected", "lost"):
            last = {key: fence for key, fence in last.items() if key[0] != record.who}
        elif record.what == "status" and record.fence >= 0:
            key = (record.who, record.conversation)
            if record.fence < last.get(key, 0):
                yield Violation(
                    "fences_rise", f"{record.who}: {record.conversation} {last[key]}, then {record.fence}"
                )
            last[key] = record.fence


def bot_is_silent_after_claim(_records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """No word of the bot that a customer can see, unless the bot owns the conversation under the fence it was asked with."""
    fences = {row["id"]: row["fence"] for row in dump.turns}
    for conversation, found in replays(dump).items():
        for event in dump.events.get(conversation, []):
            if event["author_role"] != "bot" or event["kind"] not in SPOKEN_BY_BOT:
                continue
            before = found.before[event["seq"]]
            turn = int(event["cmid"].split(":")[1]) if (event["cmid"] or "").startswith("bot:") else None
            if before.owner is not Owner.BOT:
                yield Violation(
                    "bot_is_silent_after_claim", f"{conversation} {event['seq']}: owner is {before.owner}"
                )
            elif turn in fences and fences[turn] != before.fence:
                yield Violation(
                    "no_stale_write",
                    f"{conversation} {event['seq']}: asked at {fences[turn]}, said at {before.fence}",
                )


def no_stale_write(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """What an agent wrote under a fence was written while they held that fence; who took over did so from whom they saw."""
    fences = {
        record.cmid: record.fence for record in records
        if record.what == "send" and record.kind in FENCED | {"take_over"} and record.fence >= 0
    }  # fmt: skip
    taking = {record.cmid for record in records if record.what == "send" and record.kind == "take_over"}
    for conversation, found in replays(dump).items():
        for event in dump.events.get(conversation, []):
            if event["author_role"] != "agent" or event["cmid"] not in fences:
                continue
            before = found.before[event["seq"]]
            theirs = before.agent_id == event["agent_id"] or event["cmid"] in taking
            if not theirs or before.fence != fences[event["cmid"]]:
                yield Violation(
                    "no_stale_write",
                    f"{conversation} {event['seq']}: {event['author']} under fence {fences[event['cmid']]}, it was {before}",
                )
