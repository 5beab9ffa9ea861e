"""The card "What I will tell them": the summary as the customer sees it and may correct it.

A line that they corrected stands as they wrote it. What is told to agents is the packet; the card never says more than
that, and nothing that the customer may not see. Once an agent has joined, they were told: only a correction changes it.
"""

from collections import OrderedDict
from collections.abc import Sequence

import structlog

from handoff import voice
from handoff.briefing import told_until
from handoff.conversation import Owner
from handoff.gist import PARTS, Gist, corrections_in, gist_of
from handoff.log import LOG_WINDOW
from handoff.packet import quoted
from handoff.ports import ConversationRecord, EventRecord, Transaction
from handoff.protocol import MAX_CARD_LINE, Attempt, Card, Correction, SummaryFact
from handoff.quoting import Recognise

log = structlog.get_logger(__name__)
REMEMBERED = 1_000
"""Cards kept ready: a status is asked for at every ring, and a card changes only with the log."""
_LATELY = 6
"""Events behind an offer that still belong to it."""
_MOST_TRIED = 3


class Cards:
    """Cards of conversations by how far their logs have come."""

    def __init__(self, recognise: Recognise | None = None) -> None:
        self._recognise = recognise
        self._ready: OrderedDict[str, tuple[int, int, Card]] = OrderedDict()
        """By conversation: its fence, how far its log had come, and the card."""

    def of(self, tx: Transaction, conversation: ConversationRecord) -> Card | None:
        """The card while a person is called, offered or there; None while nobody is to be told anything."""
        if not _is_due(tx, conversation):
            return None
        fence, last_seq, card = self._ready.pop(conversation.id, (0, 0, None))
        if card is None or fence != conversation.ownership.fence or _is_old(tx, conversation, last_seq):
            try:
                card = self._made(tx, conversation)
            except Exception:  # a card is a courtesy: without it the conversation goes on
                log.exception("customer_card.not_made", conversation=conversation.id)
                return None
        self._ready[conversation.id] = conversation.ownership.fence, conversation.last_seq, card
        if len(self._ready) > REMEMBERED:
            self._ready.popitem(last=False)
        return card

    def _made(self, tx: Transaction, conversation: ConversationRecord) -> Card:
        if conversation.ownership.owner is not Owner.AGENT:
            return card_of(gist_of(tx, conversation, self._recognise))
        gist = gist_of(tx, conversation, self._recognise, told_until(tx, conversation))
        since = gist.log[-1].seq if gist.log else 0
        return card_of(gist, corrections_in(_corrections(tx, conversation, since)))


def card_of(gist: Gist, later: Sequence[Correction] = ()) -> Card:
    """The card that `gist` makes, with what was corrected in its place, then or `later`."""
    corrected = {correction.part: correction.text for correction in (*gist.corrections, *later)}
    lines = {
        "want": "\n".join(quoted(quote) for quote in gist.wants),
        "about": " · ".join(map(_fact, gist.facts)),
        "tried": "\n".join([words for one in gist.attempts if (words := _tried(one))][-_MOST_TRIED:]),
    }
    told = {part: text[:MAX_CARD_LINE] for part, text in (lines | corrected).items()}
    return Card.model_validate({**told, "corrected": [part for part in PARTS if part in corrected]})


def _corrections(tx: Transaction, conversation: ConversationRecord, after: int) -> list[EventRecord]:
    found: list[EventRecord] = []
    while page := tx.events(conversation.id, after, LOG_WINDOW):
        found += [event for event in page if event.kind == "correction"]
        after = page[-1].seq
    return found


def _is_old(tx: Transaction, conversation: ConversationRecord, last_seq: int) -> bool:
    """Whether a card that was made at this point of the log says something else by now."""
    if conversation.ownership.owner is not Owner.AGENT or last_seq > conversation.last_seq:
        return last_seq != conversation.last_seq
    return any(event.kind == "correction" for event in tx.events(conversation.id, last_seq, LOG_WINDOW))


def _is_due(tx: Transaction, conversation: ConversationRecord) -> bool:
    match conversation.ownership.owner:
        case Owner.QUEUE | Owner.AGENT:
            return True
        case Owner.CLOSED:
            return False
    if conversation.active_loop == "contact_form":
        return True
    for event in reversed(tx.events(conversation.id, max(0, conversation.last_seq - _LATELY), _LATELY)):
        if event.kind == "offer":
            return True
        if event.author.role == "customer" and event.kind not in ("correction", "feedback"):
            return False
    return False


def _fact(fact: SummaryFact) -> str:
    label = voice.FACTS.get(fact.kind, "")
    return f"{label} {fact.value}" if label else fact.value


def _tried(one: Attempt) -> str:
    match one.kind:
        case "answered":
            return voice.SHOWN.get(one.end, voice.SHOWN_ELSE).format(title=one.title)
        case "asked_back":
            return voice.NONE_FITTED if one.end == "none_fitted" else ""
    return voice.NOT_FOUND
