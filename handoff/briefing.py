"""The packet as agents see it: it follows what the customer writes, presses and corrects until an agent joins.

The packet in the log stays what was known at the handover. This reads it and the log after it, and writes nothing.
"""

from collections import OrderedDict

import structlog

from handoff.conversation import Owner
from handoff.gist import gist_of
from handoff.log import LOG_WINDOW, MATTER_ENDS
from handoff.packet import followed
from handoff.ports import ConversationRecord, EventRecord, Transaction
from handoff.protocol import Packet
from handoff.quoting import Recognise

log = structlog.get_logger(__name__)
REMEMBERED = 200
"""Packets kept ready: every console that watches asks at every ring."""
_BACK_IN_THE_QUEUE = frozenset({"requeued", "left"})


class Briefings:
    """Packets of conversations, each made anew only when there is something to follow."""

    def __init__(self, recognise: Recognise | None = None) -> None:
        self._recognise = recognise
        self._ready: OrderedDict[str, tuple[tuple[int, int], Packet | None]] = OrderedDict()

    def of(self, tx: Transaction, conversation: ConversationRecord) -> Packet | None:
        """The latest packet with what was said while the customer waited; None leaves the one in the log."""
        ownership = conversation.ownership
        state = ownership.fence, conversation.last_seq if ownership.owner is Owner.QUEUE else 0
        known, packet = self._ready.pop(conversation.id, (None, None))
        if known != state:
            try:
                packet = briefing_of(tx, conversation, self._recognise)
            except Exception:  # the packet of the handover is in the log: an agent can work with that
                log.exception("briefing.not_made", conversation=conversation.id)
                packet = None
        self._ready[conversation.id] = state, packet
        if len(self._ready) > REMEMBERED:
            self._ready.popitem(last=False)
        return packet


def briefing_of(
    tx: Transaction, conversation: ConversationRecord, recognise: Recognise | None = None
) -> Packet | None:
    """The latest packet of `conversation` as it stands in this transaction; None when its log has none."""
    handover = _handover(tx, conversation)
    if handover is None:
        return None
    packet = Packet.model_validate(handover.body["packet"])
    until = _waited_until(tx, conversation, handover.seq)
    return followed(packet, gist_of(tx, conversation, recognise, until), handover.seq)


def told_until(tx: Transaction, conversation: ConversationRecord) -> int | None:
    """The last event that the agent was told of when they joined; None without a packet in the log."""
    handover = _handover(tx, conversation)
    return _waited_until(tx, conversation, handover.seq) if handover else None


def _handover(tx: Transaction, conversation: ConversationRecord) -> EventRecord | None:
    end = conversation.last_seq
    while end > 0:
        page = tx.events(conversation.id, max(0, end - LOG_WINDOW), min(end, LOG_WINDOW))
        for event in reversed(page):
            if event.kind == "packet":
                return event
        end -= LOG_WINDOW
    return None


def _waited_until(tx: Transaction, conversation: ConversationRecord, seq: int) -> int:
    """The last event of the wait that began with the packet at `seq`: an agent joined, or the matter ended."""
    waits, until = True, seq
    for event in tx.events(conversation.id, seq, LOG_WINDOW):
        code = event.body.get("code")
        if code in MATTER_ENDS:
            break
        if code in _BACK_IN_THE_QUEUE:
            waits = True
        if waits:
            until = event.seq
        if code == "joined":
            waits = False
    return until
