"""How a conversation stands, as `handoff.triggers` wants to know it: read from its log in the caller's transaction.

It decides nothing.
"""

from collections.abc import Sequence

from handoff.log import LOG_WINDOW, MATTER_ENDS
from handoff.ports import ConversationRecord, EventRecord, Transaction
from handoff.triggers import Said, Situation

SPOKEN = frozenset({"message", "answer", "choices"})
OFFERED_FOR = "_reason"
"""Key of an offer's body that says what it was made for; kept from every reader."""


def situation_of(
    tx: Transaction, conversation: ConversationRecord, agents_online: bool, cmid: str | None = None
) -> Situation:
    """The situation of `conversation` now, in which the customer's message `cmid` was replied to."""
    log = tx.events(conversation.id, max(0, conversation.last_seq - LOG_WINDOW), LOG_WINDOW)
    since = _matter_began(log)
    thumbs = [thumb for thumb in tx.feedback(conversation.id) if thumb[0] > since]
    return Situation(
        agents_online=agents_online,
        unsure_in_a_row=conversation.unsure_in_a_row,
        rejected=rejected_answers(thumbs),
        rejects_more=rejects_more(thumbs),
        declined=conversation.declined,
        in_form=conversation.active_loop is not None,
        said=_said(log, cmid),
        offered=_offered(log),
    )


def rejected_answers(thumbs: Sequence[tuple[int, bool]]) -> tuple[int, ...]:
    """Answers whose latest thumb is down, in the order of the log."""
    latest = dict(thumbs)
    return tuple(sorted(seq for seq, helpful in latest.items() if not helpful))


def rejects_more(thumbs: Sequence[tuple[int, bool]]) -> bool:
    """Whether the last thumb made the answers that are rejected more than they ever were."""
    rejected: set[int] = set()
    now = most = most_before = 0
    for answer_seq, helpful in thumbs:
        (rejected.discard if helpful else rejected.add)(answer_seq)
        now, most_before = len(rejected), most
        most = max(most, now)
    return now > most_before


def _matter_began(log: Sequence[EventRecord]) -> int:
    """The last event that ended what was talked about before: a person was sent for, or it was over."""
    ends = [e.seq for e in log if e.kind == "packet" or e.body.get("code") in MATTER_ENDS]
    return ends[-1] if ends else 0


def _said(log: Sequence[EventRecord], cmid: str | None) -> tuple[Said, ...]:
    """Messages since a person was last called, and the one that was replied to even if it is older."""
    called = max((event.seq for event in log if event.kind == "packet"), default=0)
    replies = [event.seq for event in log if event.author.role == "bot" and event.kind in SPOKEN]
    mine = [event for event in log if event.author.role == "customer" and event.kind == "message"]
    until = next((event.seq for event in mine if event.cmid == cmid), None)
    return tuple(
        Said(event.seq, event.body["text"], replied=_replied_to(event.seq, mine, replies))
        for event in mine
        if (event.seq > called or event.seq == until) and (until is None or event.seq <= until)
    )


def _replied_to(seq: int, mine: Sequence[EventRecord], replies: Sequence[int]) -> bool:
    following = min((event.seq for event in mine if event.seq > seq), default=None)
    return any(seq < reply and (following is None or reply < following) for reply in replies)


def _offered(log: Sequence[EventRecord]) -> dict[str, int]:
    mine = [event.seq for event in log if event.author.role == "customer" and event.kind == "message"]
    offers = {event.body[OFFERED_FOR]: event.seq for event in log if event.body.get(OFFERED_FOR)}
    return {reason: sum(seq > offer for seq in mine) for reason, offer in offers.items()}
