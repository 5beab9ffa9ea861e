"""Who owns a conversation, and how that changes.

Rule 1: every change of owner is a row of `TRANSITIONS`; a missing row is the error.
Rule 2: this module does not know what a socket, a database or a bot is.

                 enqueue              claim
        ┌──────┐ ───────► ┌───────┐ ───────► ┌───────┐ ─┐ hand_on
    ───►│ bot  │          │ queue │          │ agent │  │
        └──────┘ ◄─────── └───────┘ ◄─────── └───────┘ ◄┘
          ▲  ▲  leave_queue   │      requeue   │   │
          │  └────────────────┼────────────────┘   │ resolve, close
   reopen │   return_to_bot   │ close              ▼
          │               ┌───▼────┐◄──────────────┘
          └───────────────│ closed │◄── close (from bot)
                          └────────┘

`fence` is raised at every change of owner. A bot or an agent writes under the fence that it last saw; a write under an
older one is refused, so that nobody talks over the new owner, however late their message arrives.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from handoff.errors import IllegalMove, StaleFence


class Owner(StrEnum):
    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    CLOSED = "closed"


class Move(StrEnum):
    ENQUEUE = "enqueue"
    CLAIM = "claim"
    LEAVE_QUEUE = "leave_queue"
    RETURN_TO_BOT = "return_to_bot"
    REQUEUE = "requeue"
    HAND_ON = "hand_on"
    """From one agent to another, who accepted it or took it over."""
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS: dict[Owner, dict[Move, Owner]] = {
    Owner.BOT: {Move.ENQUEUE: Owner.QUEUE, Move.CLOSE: Owner.CLOSED},
    Owner.QUEUE: {Move.CLAIM: Owner.AGENT, Move.LEAVE_QUEUE: Owner.BOT, Move.CLOSE: Owner.CLOSED},
    Owner.AGENT: {
        Move.REQUEUE: Owner.QUEUE,
        Move.HAND_ON: Owner.AGENT,
        Move.RETURN_TO_BOT: Owner.BOT,
        Move.RESOLVE: Owner.CLOSED,
        Move.CLOSE: Owner.CLOSED,
    },
    Owner.CLOSED: {Move.REOPEN: Owner.BOT},
}


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who speaks for us now: `agent_id` is set exactly while the owner is an agent."""

    owner: Owner = Owner.BOT
    fence: int = 0
    agent_id: str | None = None

    def __post_init__(self) -> None:
        if (self.owner is Owner.AGENT) != (self.agent_id is not None):
            raise ValueError("agent_id belongs to owner=agent, and only there")

    def after(self, move: Move, agent_id: str | None = None) -> "Ownership":
        """The ownership after `move`, one fence higher. Raises IllegalMove and changes nothing."""
        try:
            owner = TRANSITIONS[self.owner][move]
        except KeyError:
            raise IllegalMove(
                f"A conversation owned by {self.owner} cannot {move.replace('_', ' ')}."
            ) from None
        return replace(self, owner=owner, fence=self.fence + 1, agent_id=agent_id)

    def check_bot(self, fence: int) -> None:
        """Raises StaleFence unless the bot still owns the conversation under `fence`."""
        if self.owner is not Owner.BOT or self.fence != fence:
            raise StaleFence("The bot no longer owns this conversation.")

    def check_agent(self, agent_id: str, fence: int) -> None:
        """Raises StaleFence unless this agent still owns the conversation under `fence`."""
        if self.owner is not Owner.AGENT or self.agent_id != agent_id or self.fence != fence:
            raise StaleFence("You no longer have this conversation.")
