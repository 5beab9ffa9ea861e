"""How many things each invariant was held against in a run: a zero of violations says as much as there was to violate."""

from collections import Counter
from collections.abc import Sequence

from handoff.conversation import Owner
from tests.chaos.checks_order import notes, taken_next
from tests.chaos.checks_owner import FENCED, SPOKEN_BY_BOT, replays
from tests.chaos.history import Dump, Record
from tests.chaos.waits import waits


def checked(records: Sequence[Record], dump: Dump) -> dict[str, int]:
    what = Counter(record.what for record in records)
    sent = Counter(record.kind for record in records if record.what == "send")
    events = [event for found in dump.events.values() for event in found]
    own = [event for event in events if event["author_role"] in ("customer", "agent")]
    told = replays(dump)
    queued = waits(records, dump)
    owners = [one for found in told.values() for one in found.at_fence.values()]
    taken = taken_next(records, queued)
    if dump.skips_locked and notes(records) is None:
        taken = []
    written = {
        record.cmid for record in records if record.what == "send" and record.kind in FENCED | {"take_over"}
    }
    answers = sum(event["author_role"] == "bot" and event["kind"] in SPOKEN_BY_BOT for event in events)
    asked = sum(
        event["author_role"] == "customer" and event["kind"] in ("message", "chosen")
        and told[event["conversation_id"]].before[event["seq"]].owner is Owner.BOT
        for event in events
    )  # fmt: skip
    return {
        "gapless": len(events),
        "exactly_once": sum(event["cmid"] is not None for event in own) + answers,
        "accepted_is_present": len({record.cmid for record in records if record.what == "accepted"}),
        "refused_is_absent": sum(record.what == "rejected" and record.kind == "stale_fence" for record in records),
        "applied_is_prefix": what["event"],
        "equal_at_rest": what["settled"],
        "order_of_sender": sent["send"],
        "no_leak": len(events) + what["event"],
        "one_owner": len(owners) + what["status"],
        "fences_rise": what["status"],
        "bot_is_silent_after_claim": answers,
        "no_stale_write": sum(event["cmid"] in written for event in events),
        "capacity": sum(one.owner is Owner.AGENT for one in owners) + what["queue"],
        "nobody_vanishes": len(dump.conversations),
        "wait_clock": len(queued),
        "first_come_first_served": len(taken),
        "first_come_first_asked": sum(len(wait.offers) for wait in queued),
        "only_who_is_asked": sum(
            event["body"].get("code") in ("joined", "transfer_accepted", "taken_over") for event in events
        ),
        "no_long_silence": asked,
    }  # fmt: skip
