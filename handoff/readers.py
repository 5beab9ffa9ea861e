"""One event as one reader may see it. Sockets and REST both read through here: there is no second path."""

from handoff.ports import EventRecord
from handoff.protocol import EVENTS, Actor, Event, HiddenEvent

AGENTS_ONLY = frozenset({"assignment", "note", "packet", "suppressed", "verdict"})


def as_event(record: EventRecord, *, for_agent: bool) -> Event:
    """The event of `record`; a customer gets `HiddenEvent` for what is not theirs, so that seq stays gapless."""
    if record.kind in AGENTS_ONLY and not for_agent:
        return HiddenEvent(conversation=record.conversation_id, seq=record.seq)
    author = record.author
    fields = {
        "type": "event",
        "conversation": record.conversation_id,
        "seq": record.seq,
        "kind": record.kind,
        "actor": Actor.model_validate(
            {"role": author.role, "name": author.name, "agent_id": author.agent_id}
        ),
        "at": record.at,
        "cmid": record.cmid,
    }
    return EVENTS.validate_python(
        {key: value for key, value in record.body.items() if key[0] != "_"} | fields
    )
