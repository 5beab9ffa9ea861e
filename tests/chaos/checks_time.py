"""The longest silence: a customer who writes to the bot sees something within a bound, whatever happens to the bot.

Seconds in which nobody could have answered (no gateway up, no database) do not count; the stage notes them as `down` and
`up` of "service".
"""

from collections.abc import Iterator, Sequence

from handoff.conversation import Owner
from tests.chaos.checks_owner import replays
from tests.chaos.history import Dump, Record, seconds_of
from tests.chaos.violation import Violation

UNSEEN = frozenset({"assignment", "note", "packet", "suppressed", "verdict"})


def outages(records: Sequence[Record]) -> list[tuple[float, float]]:
    """When there was no service, in seconds since 1970."""
    found, since = [], None
    offset = next((record.more["wall"] - record.t for record in records if record.what == "begin"), 0.0)
    for record in records:
        if record.who != "service":
            continue
        if record.what == "down" and since is None:
            since = record.t + offset
        elif record.what == "up" and since is not None:
            found.append((since, record.t + offset))
            since = None
    return [*found, (since, float("inf"))] if since is not None else found


def no_long_silence(records: Sequence[Record], dump: Dump, bound_seconds: float) -> Iterator[Violation]:
    """From each message to the bot to the next thing that the customer can see from us."""
    away = outages(records)
    end = next((record.more["wall"] for record in records if record.what == "end"), None)
    for conversation, found in replays(dump).items():
        unanswered: float | None = None
        for event in dump.events.get(conversation, []):
            at = seconds_of(event["at"])
            if event["author_role"] == "customer":
                asks = (
                    event["kind"] in ("message", "chosen") and found.before[event["seq"]].owner is Owner.BOT
                )
                if asks and event["body"].get("choice_id") not in ("stay", "close"):
                    unanswered = at if unanswered is None else unanswered
            elif event["kind"] not in UNSEEN:
                if unanswered is not None and _counted(unanswered, at, away) > bound_seconds:
                    waited = _counted(unanswered, at, away)
                    yield Violation(
                        "no_long_silence", f"{conversation} {event['seq']}: {waited:.1f} s of silence"
                    )
                unanswered = None
        if unanswered is not None and end is not None and _counted(unanswered, end, away) > bound_seconds:
            yield Violation(
                "no_long_silence", f"{conversation}: nothing at all after {end - unanswered:.1f} s"
            )


def _counted(start: float, end: float, away: Sequence[tuple[float, float]]) -> float:
    lost = sum(max(0.0, min(end, until) - max(start, since)) for since, until in away)
    return end - start - lost
