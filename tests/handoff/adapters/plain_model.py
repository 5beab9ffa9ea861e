"""A conversation, its log and its turns as plain values: what the store is compared with."""

from dataclasses import dataclass, field
from datetime import datetime

from handoff.conversation import Ownership


@dataclass
class Line:
    author: str
    cmid: str | None
    text: str


@dataclass
class Turn:
    id: int
    chat: int
    state: str = "waiting"
    worker: str | None = None
    attempts: int = 0
    lease_until: float = 0.0


@dataclass
class Chat:
    log: list[Line] = field(default_factory=list)
    ownership: Ownership = field(default_factory=Ownership)
    handoff: tuple[int, datetime] | None = None
    """Priority and since when, of one that waits or is with an agent."""
    holder: int | None = None
