"""The records that pass between the service and its store, the bot and the queue. Every time is aware UTC.

Plain values: they know no rule and no row. `handoff.ports` says who hands them out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handoff.conversation import Ownership
from handoff.triggers import Wish

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes an event. `key` is what cmids are unique for: customer, bot, system or agent:<id>."""

    role: str
    name: str
    agent_id: str | None = None

    @property
    def key(self) -> str:
        return f"agent:{self.agent_id}" if self.agent_id else self.role


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    id: str
    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class AgentRecord:
    id: str
    email: str
    name: str
    about: str
    roles: tuple[str, ...]
    max_chats: int
    active_chats: int
    available: bool
    password_hash: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """None: nothing is known, so any."""
    idle_since: datetime | None = None
    """When a conversation of theirs last ended; None before the first."""

    @property
    def supervisor(self) -> bool:
        return "supervisor" in self.roles


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation as it stands. `waiting_since` is the first customer message no person has answered."""

    id: str
    customer_id: str
    epoch: str
    last_seq: int
    ownership: Ownership
    locale: str
    page: Json
    slots: Json
    active_loop: str | None
    unsure_in_a_row: int
    declined: bool
    rated: bool
    outcome: str | None
    waiting_since: datetime | None
    last_text: str
    last_from: str
    last_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    conversation_id: str
    seq: int
    author: Author
    kind: str
    body: Json
    cmid: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One question to the bot, in the outbox until its reply is written or given up."""

    id: int
    conversation_id: str
    cmid: str
    text: str | None
    payload: Json | None
    fence: int
    attempts: int
    created_at: datetime
    state: str
    """waiting, running, done or failed."""
    worker: str | None
    """Who took it last: with `attempts`, who may finish it."""
    said_so: bool
    """The customer was told that it takes longer."""
    waited_seconds: float
    """Since it was asked, by the lease clock, when this record was read."""
    lease_left: float | None
    """Seconds until its lease is over, negative for since when; None unless it runs."""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What a bot needs to answer one turn, wherever it runs: it keeps nothing itself."""

    conversation: str
    cmid: str
    text: str | None
    payload: Json | None
    slots: Json
    active_loop: str | None
    agents_online: bool
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnReply:
    """A complete answer of the bot. `messages` are dicts of kind text, answer or choices."""

    messages: tuple[Json, ...]
    wish: Wish | None = None
    confidence: float | None = None
    intents: tuple[Json, ...] = ()
    entities: tuple[Json, ...] = ()
    slots: Json = field(default_factory=dict)
    active_loop: str | None = None


@dataclass(frozen=True, slots=True)
class HandoffRecord:
    id: int
    conversation_id: str
    state: str
    reason: str
    priority: int
    waiting_since: datetime
    """Decides the order, and stays as it is."""
    enqueued_at: datetime
    """When it last came into the queue, by the customer or back from an agent."""
    claimed_at: datetime | None
    agent_id: str | None
    outcome: str | None
    place: int
    """Conversations that had to end first when it last came into the queue; 0: somebody had room."""
    channel: str = "chat"
    skill: str = ""
    language: str = ""
    known_agent_id: str | None = None
    """Who had this customer before."""
    offered_to: str | None = None
    offer_until: float | None = None
    """By the lease clock: the end of the offer, or without one the pause before the next."""
    passed_by: tuple[str, ...] = ()
    """Agents who declined, let it pass or gave it back: asked again only when all were."""
    transfer_to: str | None = None
    transfer_skill: str = ""
    transfer_until: float | None = None
    agent_away: bool = False


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A live handoff with what a list says of its conversation."""

    handoff: HandoffRecord
    customer_id: str
    customer_name: str
    last_text: str
    last_from: str
    last_at: datetime
    waiting_since: datetime | None
    """The customer's first message that nobody has answered, as of now."""


@dataclass(frozen=True, slots=True)
class Served:
    """A conversation that an agent took: how long it had waited, from which place, and when it was theirs."""

    waited_seconds: float
    place: int
    taken_at: datetime
    ended_at: datetime | None
    """None while it goes on."""


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A letter to a customer who left, in the outbox until it is sent, not needed any more or given up."""

    id: int
    conversation_id: str
    key: str
    recipient: str
    subject: str
    text: str
    state: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CursorRecord:
    """How far somebody has got a log and read it: the `customer`, or the furthest `agent`."""

    conversation_id: str
    reader: str
    delivered_seq: int = 0
    read_seq: int = 0


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a conversation is by its own row, and by that of its live handoff, whose `state` is None without one."""

    conversation_id: str
    owner: str
    agent_id: str | None
    state: str | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A log that is not numbered from 1 to its last seq."""

    conversation_id: str
    last_seq: int
    events: int
    highest: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Something that ends at `until`, by the lease clock."""

    kind: str
    conversation_id: str
    until: float
