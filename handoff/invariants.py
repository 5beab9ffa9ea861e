"""What must hold of the database at any time, whatever happened: checked every minute, by tests, and by hand.

    python -m handoff check

Each rule is a function that returns a plain sentence for everything that breaks it. Reads only. It repairs nothing: what
breaks one of these is a bug, and its trace should stay.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handoff.ports import Transaction

LATE_SECONDS = 30.0
"""A lease, an offer or a transfer that is over for longer was forgotten by whoever ends them."""
FORGOTTEN = timedelta(seconds=90)
"""A customer's message that nobody answered, that no turn is open for and that nothing was said to since."""
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Since:
    """What a check looks at beside what is live."""

    logs: datetime = ALWAYS
    """Logs with something said since then."""
    absent: Collection[str] = ()
    """Agents who have been gone for longer than they may keep a conversation."""


Rule = Callable[[Transaction, Since], Iterator[str]]


def check(tx: Transaction, since: Since | None = None) -> list[Violation]:
    """Every violation, rule by rule; empty when all is well."""
    looked = since or Since()
    return [Violation(rule.__name__.strip("_"), sentence) for rule in RULES for sentence in rule(tx, looked)]


def _seats(tx: Transaction, _: Since) -> Iterator[str]:
    taken = tx.seats_taken()
    for agent in tx.agents():
        if agent.active_chats != taken.get(agent.id, 0):
            yield f"{agent.name} counts {agent.active_chats} conversations, and has {taken.get(agent.id, 0)}."


def _capacity(tx: Transaction, _: Since) -> Iterator[str]:
    taken, reserved = tx.seats_taken(), tx.reserved()
    for agent in tx.agents():
        has, asked = taken.get(agent.id, 0), reserved.get(agent.id, 0)
        if has + asked > agent.max_chats:
            yield f"{agent.name} takes {agent.max_chats} conversations, has {has} and is asked to take {asked} more."


def _one_handoff(tx: Transaction, _: Since) -> Iterator[str]:
    live = Counter(one.conversation_id for one in tx.owned() if one.state)
    for conversation, count in live.items():
        if count > 1:
            yield f"Conversation {conversation} has {count} live handoffs."


def _owner(tx: Transaction, _: Since) -> Iterator[str]:
    says = {"waiting": "queue", "active": "agent", None: "nobody"}
    for one in tx.owned():
        if one.owner != says[one.state] or (one.state == "active" and one.agent_id != one.held_by):
            holder = f"{says[one.state]} {one.held_by or ''}".strip()
            owner = f"{one.owner} {one.agent_id or ''}".strip()
            yield f"Conversation {one.conversation_id} is owned by {owner}, its handoff by {holder}."


def _gapless(tx: Transaction, since: Since) -> Iterator[str]:
    for gap in tx.gaps(since.logs):
        yield (
            f"The log of {gap.conversation_id} has {gap.events} events up to {gap.highest}, and counts {gap.last_seq}."
        )


def _fences(tx: Transaction, _: Since) -> Iterator[str]:
    for conversation in tx.early_fences():
        yield f"The bot was asked in {conversation} under a fence that was never raised."


def _nobody_forgotten(tx: Transaction, since: Since) -> Iterator[str]:
    for conversation in tx.unanswered(datetime.now(UTC) - FORGOTTEN):
        yield f"In {conversation} a message was not answered, and nobody is at it."
    for handoff in tx.active():
        if handoff.agent_id in since.absent:
            yield f"Conversation {handoff.conversation_id} is with an agent who is gone."


def _leases(tx: Transaction, _: Since) -> Iterator[str]:
    now = tx.clock()
    for lease in tx.leases():
        if lease.until < now - LATE_SECONDS:
            yield f"The {lease.kind} of {lease.conversation_id} is over for {now - lease.until:.0f} s, and nobody ended it."


def _asked(tx: Transaction, _: Since) -> Iterator[str]:
    known = {agent.id for agent in tx.agents()}
    for handoff in (*tx.waiting(), *tx.active()):
        where = f"Conversation {handoff.conversation_id}"
        waiting = handoff.state == "waiting"
        if waiting and (handoff.transfer_until is not None or handoff.transfer_to or handoff.agent_away):
            yield f"{where} waits, and is passed on by nobody."
        if not waiting and (handoff.offer_until is not None or handoff.offered_to):
            yield f"{where} is with an agent, and offered all the same."
        if handoff.offered_to and handoff.offer_until is None:
            yield f"{where} is offered without an end."
        if (handoff.transfer_to or handoff.transfer_skill) and handoff.transfer_until is None:
            yield f"{where} is to be passed on without an end."
        if {handoff.offered_to, handoff.transfer_to} - known - {None}:
            yield f"{where} is offered to somebody without an account."


RULES: tuple[Rule, ...] = (
    _seats,
    _capacity,
    _one_handoff,
    _owner,
    _gapless,
    _fences,
    _nobody_forgotten,
    _leases,
    _asked,
)
