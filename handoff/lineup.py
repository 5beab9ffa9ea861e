"""The queue as it stood at one moment, read once for all agents, and how each of them sees it. Pure.

Of what a row says, only whether they may take it depends on who looks: agents with the same skills, languages, room and
load see the same, and so it is put together and written once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handoff.errors import NotFound
from handoff.log import card
from handoff.ports import AgentRecord, HandoffRecord, QueueEntry
from handoff.protocol import AgentCard, Colleague, QueueRow, QueueState
from handoff.routing import Staff


def display_name(name: str, customer_id: str) -> str:
    """How agents call a customer: by name, or by the end of their id while they are anonymous."""
    return name or f"Visitor {customer_id[-4:]}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an agent is shown, and the same as it goes over the wire."""

    state: QueueState
    text: str


@dataclass(frozen=True, slots=True)
class Lineup:
    version: int
    entries: Sequence[QueueEntry]
    """In the order of the queue; those with an agent after those that wait."""
    everybody: Sequence[AgentRecord]
    staff: Staff
    agents_online: Collection[str]
    customers_online: Collection[str]
    clock: float
    """The lease clock, by which offers run."""
    at: datetime
    _seen: dict[tuple[object, ...], Seen] = field(default_factory=dict)
    _rows: dict[tuple[object, ...], list[QueueRow]] = field(default_factory=dict)

    def seen_by(self, agent_id: str) -> Seen:
        """Raises NotFound for somebody who has no account."""
        reader = next((agent for agent in self.everybody if agent.id == agent_id), None)
        if reader is None:
            raise NotFound("There is no such agent.")
        able = _able(reader)
        key = (*able, reader.active_chats, reader.max_chats)
        if key not in self._seen:
            if able not in self._rows:
                self._rows[able] = self._rows_for(reader)
            state = self._state(reader, self._rows[able])
            self._seen[key] = Seen(state, state.model_dump_json())
        return self._seen[key]

    def _state(self, reader: AgentRecord, rows: list[QueueRow]) -> QueueState:
        return QueueState(
            version=self.version,
            rows=rows,
            agents=[card(agent) for agent in self.staff.present],
            mine_active=reader.active_chats,
            max_chats=reader.max_chats,
            colleagues=[_colleague(agent, self.agents_online) for agent in self.staff.agents],
            skills=sorted({skill for agent in self.staff.agents for skill in agent.skills}),
        )

    def _rows_for(self, reader: AgentRecord) -> list[QueueRow]:
        cards: dict[str | None, AgentCard] = {agent.id: card(agent) for agent in self.everybody}
        return [self._row(entry, reader, cards) for entry in self.entries]

    def _row(self, entry: QueueEntry, reader: AgentRecord, cards: Mapping[str | None, AgentCard]) -> QueueRow:
        handoff = entry.handoff
        waiting = handoff.state == "waiting"
        return QueueRow.model_validate(
            {
                "conversation": handoff.conversation_id,
                "state": handoff.state,
                "customer_name": display_name(entry.customer_name, entry.customer_id),
                "reason": handoff.reason,
                "priority": handoff.priority,
                "last_text": entry.last_text,
                "last_from": entry.last_from,
                "last_at": entry.last_at,
                "waiting_since": handoff.waiting_since if waiting else entry.waiting_since,
                "agent": cards.get(handoff.agent_id),
                "customer_online": entry.customer_id in self.customers_online,
                "channel": handoff.channel,
                "skill": handoff.skill,
                "language": handoff.language,
                "may_take": self.staff.may_take(reader, handoff, self.at),
                "known_agent": cards.get(handoff.known_agent_id),
                "offered_to": cards.get(handoff.offered_to),
                "offer_seconds": self._left(handoff),
                "transfer_to": cards.get(handoff.transfer_to),
                "transfer_skill": handoff.transfer_skill,
                "agent_away": handoff.agent_away,
            }
        )

    def _left(self, handoff: HandoffRecord) -> float | None:
        """Seconds left to take what is offered or passed on."""
        until = handoff.offer_until if handoff.offered_to else handoff.transfer_until
        return max(0.0, round(until - self.clock, 1)) if until is not None else None


def _able(reader: AgentRecord) -> tuple[object, ...]:
    """All that decides what somebody may take (`Staff.why_not`)."""
    return reader.supervisor, frozenset(reader.skills), frozenset(reader.languages)


def _colleague(agent: AgentRecord, here: Collection[str]) -> Colleague:
    return Colleague(
        card=card(agent),
        skills=list(agent.skills),
        languages=list(agent.languages),
        online=agent.id in here,
        available=agent.available,
        active=agent.active_chats,
        max_chats=agent.max_chats,
    )
