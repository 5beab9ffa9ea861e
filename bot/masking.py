"""Keeps personal data out of what Rasa's process writes: its logs, and the conversations that it keeps between turns.

Rasa logs message texts, entities and slots, some of them at error level, and its tracker holds all three. What is masked is
what `handoff.pii` finds, nothing more: names and free words stay. Must not know HTTP, stores or channels.
"""

import logging
from traceback import format_exception
from typing import Any, Dict, FrozenSet

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

_plain_record = logging.getLogRecordFactory()


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
