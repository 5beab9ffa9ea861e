"""Keeps personal data out of what Rasa's process writes: its logs, and the conversations that it keeps between turns.

Rasa logs message texts, entities and slots, some of them at error level, and its tracker holds all three. What is masked is
what `handoff.pii` finds, nothing more: names and free words stay. Must not know HTTP, stores or channels.
"""

import logging
import re
from traceback import format_exception
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List

from handoff import pii

UNMASKED: FrozenSet[str] = frozenset(
    {
        "event",
        "name",
        "timestamp",
        "metadata",
        "input_channel",
        "message_id",
        "policy",
        "intent",
        "intent_ranking",
    }
)
"""Parts of an event that nobody typed. `metadata` holds the message's id, by which a repeated turn is recognised."""

FEWEST_DIGITS = 5
"""Fewer of an order number are not looked for by themselves."""

_plain_record = logging.getLogRecordFactory()


def masked_events(events: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Return a tracker's events, masked, also what only the assistant's entities tell: a bare six-digit order number.

    What is an entity somewhere in the conversation is masked wherever it stands.
    """
    told = {
        words: pii.MASKS[entity["entity"]]
        for event in events
        for entity in _entities_of(event)
        if entity.get("entity") in pii.MASKS
        for words in _wordings_of(event, entity)
    }
    if told:
        longest_first = "|".join(re.escape(words) for words in sorted(told, key=len, reverse=True))
        pattern = re.compile(rf"(?<![^\W_])(?:{longest_first})(?![^\W_])")
        events = [_replaced(event, pattern, told) for event in events]
    return [masked_event(event) for event in events]


def _entities_of(event: Dict[str, Any]) -> Iterable[Dict[str, Any]]:
    return (event.get("parse_data") or {}).get("entities") or event.get("entities") or ()


def _wordings_of(event: Dict[str, Any], entity: Dict[str, Any]) -> Iterator[str]:
    """The entity as it stands in the text, as it was spelt anew, and its digits alone; nothing where a mask is."""
    start, end = entity.get("start"), entity.get("end")
    text = str((event.get("parse_data") or event).get("text") or "")
    written = text[start:end] if isinstance(start, int) and isinstance(end, int) else ""
    for words in (written.strip(), str(entity.get("value") or "").strip()):
        if any(sign.isdigit() for sign in words) or "@" in words:
            yield words
            digits = re.sub(r"\D", "", words)
            if entity["entity"] == "order_number" and len(digits) >= FEWEST_DIGITS:
                yield digits


def _replaced(value: Any, pattern: "re.Pattern[str]", told: Dict[str, str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda found: told[found.group()], value)
    if isinstance(value, dict):
        return {
            key: inner if key in UNMASKED else _replaced(inner, pattern, told) for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_replaced(inner, pattern, told) for inner in value]
    return value


def masked_event(event: Dict[str, Any]) -> Dict[str, Any]:
    """Return a tracker's event, as Rasa serialises it, with personal data masked in texts, entities and slots."""
    return {key: value if key in UNMASKED else masked_values(value) for key, value in event.items()}


def masked_values(value: Any) -> Any:
    """Return JSON-like `value` with every text in it masked, but for what `UNMASKED` names."""
    if isinstance(value, str):
        return pii.masked(value)
    if isinstance(value, dict):
        return masked_event(value)
    if isinstance(value, (list, tuple)):
        return [masked_values(inner) for inner in value]
    return value


def install() -> None:
    """From here on every log record of this process is masked, tracebacks too; doing it again changes nothing.

    Raises ValueError when the variables that `handoff.pii` reads are no good.
    """
    pii.from_environment()
    logging.setLogRecordFactory(masked_record)


def masked_record(*arguments: Any, **named: Any) -> logging.LogRecord:
    """Make a log record whose words are final, so that no handler or formatter sees others."""
    record = _plain_record(*arguments, **named)
    try:
        record.msg, record.args = pii.masked(record.getMessage()), ()
    except (TypeError, ValueError, KeyError):
        # arguments that do not fit the message: `logging` says so itself, and would quote them
        record.msg, record.args = "A log message did not fit its arguments.", ()
    if record.exc_info and record.exc_info[0] is not None:
        # formatters print this text where there is one, instead of the exception
        record.exc_text = pii.masked("".join(format_exception(*record.exc_info)).rstrip())
    return record
