"""What the desk needs from the outside, and the records that pass through.

`Store` is the truth, `Doorbell` says that there is something new to read, `Bot` answers a turn. Adapters implement
these; the desk and the queue know nothing else. Every time is aware UTC, every duration is in seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from handoff.conversation import Ownership
from handoff.protocol import Verdict
from handoff.triggers import Wish

T = TypeVar("T")
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
    """Position when it last came into the queue, from 1: what a wait is measured against."""


class Transaction(Protocol):
    """One atomic change. Every method works within one site; unknown ids raise NotFound."""

    site_id: str

    # customers and conversations
    def add_customer(self, customer_id: str, token_hash: str) -> None: ...
    def customer_by_token(self, token_hash: str) -> CustomerRecord | None: ...
    def customer(self, customer_id: str) -> CustomerRecord: ...
    def name_customer(self, customer_id: str, name: str, email: str) -> None: ...
    def add_conversation(
        self, conversation_id: str, customer_id: str, epoch: str, locale: str, page: Json
    ) -> None: ...
    def conversation(self, conversation_id: str) -> ConversationRecord: ...
    def conversations_of(self, customer_id: str, limit: int) -> Sequence[ConversationRecord]: ...
    def recent_conversations(self, limit: int) -> Sequence[ConversationRecord]: ...
    def conversations_since(
        self, since: datetime, after_id: str, limit: int
    ) -> Sequence[ConversationRecord]: ...
    def set_owner(self, conversation_id: str, ownership: Ownership) -> None: ...
    def update_conversation(self, conversation_id: str, **values: Any) -> None: ...
    def heads(self, conversation_ids: Sequence[str]) -> Mapping[str, int]: ...

    # the log
    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int: ...
    def find_cmid(self, conversation_id: str, author: Author, cmid: str) -> EventRecord | None: ...
    def find_live_claim(self, author: Author, cmid: str) -> EventRecord | None: ...
    def events(self, conversation_id: str, after: int, limit: int) -> Sequence[EventRecord]: ...
    def feedback(self, conversation_id: str) -> Sequence[tuple[int, bool]]: ...

    # buttons
    def add_choice(self, choice_id: str, conversation_id: str, label: str, payload: Json) -> None: ...
    def choice(self, conversation_id: str, choice_id: str) -> tuple[str, Json]: ...

    # the bot's outbox
    def add_turn(
        self, conversation_id: str, cmid: str, text: str | None, payload: Json | None, fence: int
    ) -> None: ...
    def take_turn(self) -> TurnRecord | None: ...
    def turn(self, turn_id: int) -> TurnRecord: ...
    def finish_turn(self, turn_id: int, reply: Json | None) -> None: ...
    def reopen_turns(self) -> int: ...
    def turn_open(self, conversation_id: str) -> bool: ...
    def replies(self, conversation_id: str, limit: int) -> Sequence[Json]: ...

    # handoffs
    def add_handoff(
        self, conversation_id: str, reason: str, priority: int, waiting_since: datetime, place: int
    ) -> None: ...
    def live_handoff(self, conversation_id: str) -> HandoffRecord | None: ...
    def latest_reason(self, conversation_id: str) -> str | None: ...
    def was_handed_over(self, conversation_id: str) -> bool: ...
    def waiting(self) -> Sequence[HandoffRecord]: ...
    def active(self) -> Sequence[HandoffRecord]: ...
    def claim(self, handoff_id: int, agent_id: str) -> bool: ...
    def release(self, handoff_id: int) -> None: ...
    def end_handoff(self, handoff_id: int, outcome: str | None) -> None: ...
    def ended_waits(self, limit: int) -> Sequence[tuple[float, int]]: ...
    def touch_queue(self) -> int: ...
    def queue_version(self) -> int: ...

    # agents
    def add_agent(self, agent: AgentRecord) -> None: ...
    def agent(self, agent_id: str) -> AgentRecord: ...
    def agent_by_email(self, email: str) -> AgentRecord | None: ...
    def agents(self) -> Sequence[AgentRecord]: ...
    def take_seat(self, agent_id: str) -> bool: ...
    def free_seat(self, agent_id: str) -> None: ...
    def set_available(self, agent_id: str, available: bool) -> None: ...
    def add_session(self, token_hash: str, agent_id: str, expires_at: datetime) -> None: ...
    def session_agent(self, token_hash: str) -> AgentRecord | None: ...
    def end_session(self, token_hash: str) -> None: ...


class Store(Protocol):
    """Truth. A change that `write` was given is committed when it returns, or nothing of it happened."""

    async def write(self, change: Callable[[Transaction], T]) -> T: ...
    async def read(self, query: Callable[[Transaction], T]) -> T: ...
    async def close(self) -> None: ...


class Subscription(Protocol):
    def add(self, topic: str) -> None: ...
    def remove(self, topic: str) -> None: ...
    async def wait(self, timeout_seconds: float) -> tuple[set[str], list[Json]]:
        """Topics rung and hints whispered since the last call; both empty after the time-out."""
        ...

    def close(self) -> None: ...


class Doorbell(Protocol):
    """Says that there is something new; never what. A lost ring costs time, not data."""

    def ring(self, *topics: str) -> None: ...
    def whisper(self, topic: str, hint: Json) -> None:
        """A passing hint (typing) for whoever listens now; may be lost."""
        ...

    def subscribe(self, *topics: str) -> Subscription: ...
    def listened(self) -> set[str]: ...


class Bot(Protocol):
    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        """Raises BotUnavailable, BotTimeout or BotFailed; a reply is always complete."""
        ...

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        """The reply to a turn that was heard before, None when it was not."""
        ...

    async def ready(self) -> bool: ...
    async def close(self) -> None: ...


class Judge(Protocol):
    """Keeps what people thought of an answer, so that the next ones are surer."""

    async def judge(self, answer_id: str, verdict: Verdict, by: str) -> None:
        """`by` is customer or agent. May raise anything: it is only logged."""
        ...


class Presence(Protocol):
    """Which agents are here now."""

    def online(self) -> set[str]: ...


def conversation_topic(conversation_id: str) -> str:
    return f"conversation:{conversation_id}"


QUEUE_TOPIC = "queue"
"""Rung when a row of the queue changed."""
PLACES_TOPIC = "places"
"""Rung when somebody's place in the queue, or who is online, may have changed."""
TURNS_TOPIC = "turns"
"""Rung when the bot's outbox got a turn."""
