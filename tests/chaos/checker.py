"""All invariants over one run. Pure: records and a dump in, violations out."""

from collections.abc import Callable, Iterator, Sequence

from tests.chaos import checks_log, checks_order, checks_owner, checks_queue, checks_time
from tests.chaos.history import Dump, Record
from tests.chaos.violation import Violation


def something_happens(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Of a run in which nothing was accepted, or nothing is in the database, nothing is known."""
    if not any(record.what == "accepted" for record in records):
        yield Violation("something_happens", "nothing was accepted: this run proves nothing")
    if not any(dump.events.values()):
        yield Violation("something_happens", "the database holds no event: this run proves nothing")


Check = Callable[[Sequence[Record], Dump], Iterator[Violation]]
CHECKS: tuple[Check, ...] = (
    something_happens,
    checks_log.gapless,
    checks_log.exactly_once,
    checks_log.accepted_is_present,
    checks_log.refused_is_absent,
    checks_log.applied_is_prefix,
    checks_log.becomes_quiet,
    checks_log.order_of_sender,
    checks_log.no_leak,
    checks_owner.one_owner,
    checks_owner.fences_rise,
    checks_owner.bot_is_silent_after_claim,
    checks_owner.no_stale_write,
    checks_queue.capacity,
    checks_queue.nobody_vanishes,
    checks_queue.wait_clock,
    checks_order.first_come_first_served,
    checks_order.first_come_first_asked,
    checks_order.only_who_is_asked,
)


def check_all(
    records: Sequence[Record], dump: Dump, silence_seconds: float, *, clock_jumps: bool = False
) -> list[Violation]:
    """What is wrong with a run. With a wall clock that jumps, what is told by that clock alone is left out."""
    by_clock = {
        checks_queue.wait_clock, checks_queue.capacity, checks_order.first_come_first_served,
        checks_order.first_come_first_asked,
    }  # fmt: skip
    checks = [check for check in CHECKS if not (clock_jumps and check in by_clock)]
    found = [violation for check in checks for violation in check(records, dump)]
    if not clock_jumps:
        found += checks_time.no_long_silence(records, dump, silence_seconds)
    return found
