"""Whole conversations for operators: one line for each conversation, then one for each of its events.

Masking is the caller's choice and the command line's default. It hides what recognisers find in words, what the bot took
for an order number or an address, and the name that a customer left, wherever it is said in their conversation. Other
names stay in a sentence. What the help pages say is public and stays.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from handoff.pii import MASKS
from handoff.ports import ConversationRecord, EventRecord, Json, Store, Transaction
from handoff.readers import as_event

PAGE = 200
"""Conversations, or events of one, read at once."""
NAME_MASK = "[name]"
PUBLIC = frozenset({"hit", "actor"})
"""Parts that no customer wrote: a passage of the help pages; who speaks, by name only where it is an agent."""
LATEST_REPLIES = 1_000
"""Replies of the bot to one conversation whose entities are masked everywhere in it."""
Told = Mapping[str, str]
"""Words that identify somebody or something in one conversation, and the mask of each."""
Clean = Callable[[Json, Told], Json]
IDS = frozenset({"conversation", "cmid", "at", "kind", "type"})
OURS = frozenset(
    {"owner", "outcome", "locale", "reason", "code", "tone", "end", "part", "verdict", "options", "entity"}
)
"""Fields with a word of a list of ours, which may be somebody's name too."""
NAME_LETTERS = 3
"""Letters that a part of a name has at least to be looked for by itself."""
PARTICLES = frozenset({"van", "von", "der", "den", "des", "del", "dos", "and", "the", "und"})
"""Parts of names that are words of a language, and name nobody by themselves."""


def as_said(line: Json, _told: Told) -> Json:
    """Change nothing."""
    return line


async def transcripts(store: Store, since: datetime, clean: Clean = as_said) -> AsyncIterator[Json]:
    """Yield the lines of every conversation with something new since then. Events are as an agent sees them."""
    after = ""
    while True:
        page = await store.read(partial(_conversations, since, after))
        for conversation in page:
            told = await store.read(partial(_told, conversation.id))
            yield clean(_head(conversation), told)
            seq = 0
            while events := await store.read(partial(_events, conversation.id, seq)):
                for event in events:
                    yield clean(as_event(event, for_agent=True).model_dump(mode="json"), told)
                seq = events[-1].seq
        if len(page) < PAGE:
            return
        after = page[-1].id


def masking(mask: Callable[[str], str]) -> Clean:
    """What masks a line: every text of it, but for ids, times and what is public."""

    def line(said: Json, told: Told) -> Json:
        spelled = [re.escape(words).replace(r"\ ", r"\s+") for words in sorted(told, key=len, reverse=True)]
        known = re.compile(rf"(?<![^\W_])(?:{'|'.join(spelled)})(?![^\W_])", re.IGNORECASE)
        masks = {words.lower(): of for words, of in told.items()}

        def mask_of(found: re.Match[str]) -> str:
            return masks.get(" ".join(found.group().lower().split()), NAME_MASK)

        def clean(value: Any, parent: str = "") -> Any:
            if isinstance(value, dict):
                return {key: _kept(key, parent, inner) or clean(inner, key) for key, inner in value.items()}
            if isinstance(value, list):
                return [clean(inner, parent) for inner in value]
            if not isinstance(value, str):
                return value
            return mask(known.sub(mask_of, value) if told else value)

        masked: Json = clean(said)
        return masked

    return line


def _told(conversation_id: str, tx: Transaction) -> Told:
    """What the bot's entities say, an order number's digits as people type them too; and the names that were left."""
    told = {words: NAME_MASK for name in _names(conversation_id, tx) for words in _parts(name)}
    entities = [e for reply in tx.replies(conversation_id, LATEST_REPLIES) for e in reply.get("entities", [])]
    for kind, value in ((entity["entity"], str(entity["value"]).strip()) for entity in entities):
        if kind in MASKS and value:
            told[value] = MASKS[kind]
            digits = re.sub(r"\D", "", value)
            if kind == "order_number" and digits:
                told[digits] = MASKS[kind]
    return told


def _names(conversation_id: str, tx: Transaction) -> set[str]:
    """Every name that this customer left, here with the bot or in a form, or elsewhere last."""
    conversation = tx.conversation(conversation_id)
    names = {tx.customer(conversation.customer_id).name, conversation.slots.get("contact_name")}
    seq = 0
    while events := _events(conversation_id, seq, tx):
        for event in events:
            packet = event.body.get("packet") or {}
            names.add((packet.get("slots") or {}).get("contact_name"))
            for contact in (event.body.get("contact"), packet.get("contact")):
                names.add((contact or {}).get("name"))
        seq = events[-1].seq
    return {str(name) for name in names if name}


def _parts(name: str) -> set[str]:
    """The whole name and each part of it that is long enough. An address in its place is masked as an address."""
    if "@" in name:
        return set()
    parts = {part.strip(".,;:()\"'’") for part in name.split()} - {""}
    telling = {part for part in parts if part.lower() not in PARTICLES}
    return {
        words for words in {" ".join(name.split()), *telling} if sum(map(str.isalpha, words)) >= NAME_LETTERS
    }


def _kept(key: str, parent: str, value: Any) -> Any:
    """What stands here without a look at its words; None when they have to be looked at."""
    if value and (key == "contact_name" or (key == "name" and parent == "contact")):
        return NAME_MASK
    if key in PUBLIC | IDS | OURS or key.endswith(("_id", "_at")) or (key == "name" and parent == "intents"):
        return value
    return None


def _conversations(since: datetime, after: str, tx: Transaction) -> list[ConversationRecord]:
    return list(tx.conversations_since(since, after, PAGE))


def _events(conversation_id: str, after: int, tx: Transaction) -> list[EventRecord]:
    return list(tx.events(conversation_id, after, PAGE))


def _head(conversation: ConversationRecord) -> Json:
    return {
        "type": "conversation",
        "conversation": conversation.id,
        "created_at": conversation.created_at.isoformat(),
        "last_at": conversation.last_at.isoformat(),
        "owner": conversation.ownership.owner,
        "outcome": conversation.outcome,
        "locale": conversation.locale,
        "page": conversation.page,
    }
