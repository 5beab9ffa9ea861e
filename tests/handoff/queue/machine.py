"""A queue of which everything is known: what Hypothesis compares the real one with, step by step."""

from dataclasses import dataclass, field


@dataclass
class Chat:
    """A conversation as the model sees it."""

    id: str
    number: int
    """When the customer began to wait, also while nobody was there: it never changes while they do; 0: they do not."""
    owner: str = "bot"
    priority: int = 0
    agent: str | None = None
    offered_to: str | None = None
    offered_at: float = 0.0
    transfer_to: str | None = None
    transfer_at: float = 0.0
    skill: str = ""
    away: bool = False


@dataclass
class Desk:
    """Plain lists and numbers, and no database."""

    seats: dict[str, int]
    skills: dict[str, set[str]]
    chats: list[Chat] = field(default_factory=list)
    here: dict[str, bool] = field(default_factory=dict)
    available: dict[str, bool] = field(default_factory=dict)

    def taken(self, agent: str) -> int:
        return sum(chat.agent == agent for chat in self.chats)

    def kept(self, agent: str, besides: Chat | None = None) -> int:
        asked = [chat for chat in self.chats if agent in (chat.offered_to, chat.transfer_to)]
        return sum(chat is not besides for chat in asked)

    def room(self, agent: str, besides: Chat | None = None) -> bool:
        return self.taken(agent) + self.kept(agent, besides) < self.seats[agent]

    def waiting(self) -> list[Chat]:
        return sorted(
            (chat for chat in self.chats if chat.owner == "queue"),
            key=lambda one: (-one.priority, one.number),
        )

    def present(self) -> list[str]:
        return [agent for agent in self.seats if self.here[agent] and self.available[agent]]

    def may_take(self, agent: str, chat: Chat) -> bool:
        restricted = chat.skill and any(chat.skill in skills for skills in self.skills.values())
        free = chat.offered_to in (None, agent)
        return self.available[agent] and free and (not restricted or chat.skill in self.skills[agent])

    def next_for(self, agent: str) -> Chat | None:
        return next((chat for chat in self.waiting() if self.may_take(agent, chat)), None)

    def let_go(self, chat: Chat, owner: str) -> None:
        chat.owner, chat.agent, chat.offered_to, chat.transfer_to, chat.away = owner, None, None, None, False
        if owner != "queue":
            chat.priority, chat.skill, chat.number = 0, "", 0

    def give(self, chat: Chat, agent: str) -> None:
        self.let_go(chat, "queue")
        chat.owner, chat.agent = "agent", agent

    def look(self, now: float, left: dict[str, float], offer: float, away: float, gone: float) -> None:
        """What is over by now: offers, wishes to pass on, and the patience with who `left`, by when they did."""
        here = self.present()
        for chat in self.chats:
            if chat.offered_to and (now >= chat.offered_at + offer or chat.offered_to not in here):
                chat.offered_to = None
            if chat.transfer_to and (now >= chat.transfer_at + offer or chat.transfer_to not in here):
                chat.transfer_to = None
            if chat.agent is None:
                continue
            absent = now - left.get(chat.agent, now)
            chat.away = absent >= away
            if absent >= gone:
                self.let_go(chat, "queue")
