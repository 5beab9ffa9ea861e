"""Rows of agents and their sessions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Update, bindparam, delete, insert, select, update

from handoff.adapters import tables as t
from handoff.adapters.rows import Row, Rows
from handoff.errors import NotFound
from handoff.ports import AgentRecord

_EVERYBODY = select(t.agent).where(t.agent.c.site_id == bindparam("site")).order_by(t.agent.c.name)


class AgentRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns agents."""

    def add_agent(self, agent: AgentRecord) -> None:
        values = {name: getattr(agent, name) for name in AgentRecord.__slots__}
        values |= {name: list(values[name]) for name in _LISTS}
        self._run(insert(t.agent).values(site_id=self.site_id, **values))

    def agent(self, agent_id: str) -> AgentRecord:
        row = self._find(t.agent, id=agent_id)
        if row is None:
            raise NotFound("There is no such agent.")
        return _agent(row)

    def agent_by_email(self, email: str) -> AgentRecord | None:
        row = self._one(self._of(t.agent).where(t.agent.c.email == email.casefold()))
        return _agent(row) if row else None

    def agents(self) -> Sequence[AgentRecord]:
        rows = self._connection.execute(_EVERYBODY, {"site": self.site_id}).mappings()
        return [_agent(row) for row in rows]

    def lock_agent(self, agent_id: str) -> AgentRecord:
        """The agent as they are now, and as they stay until this change is over.

        Rows that point to the agent may be written meanwhile: with FOR UPDATE two claims of one agent wait for each other.
        """
        mine = self._of(t.agent).where(t.agent.c.id == agent_id)
        row = self._one(mine.with_for_update(key_share=True))
        if row is None:
            raise NotFound("There is no such agent.")
        return _agent(row)

    def take_seat(self, agent_id: str, kept_free: int = 0) -> bool:
        """Whether the agent had room for one more beside what is kept free: checked and taken in one statement."""
        c = t.agent.c
        room = self._the(agent_id).where(c.active_chats + kept_free < c.max_chats)
        return self._run(room.values(active_chats=c.active_chats + 1)) == 1

    def free_seat(self, agent_id: str) -> None:
        c = t.agent.c
        taken = self._the(agent_id).where(c.active_chats > 0)
        self._run(taken.values(active_chats=c.active_chats - 1, idle_since=datetime.now(UTC)))

    def set_available(self, agent_id: str, available: bool) -> None:
        self.update_agent(agent_id, available=available)

    def update_agent(self, agent_id: str, **values: Any) -> None:
        self._run(self._the(agent_id).values(**values))

    def _the(self, agent_id: str) -> Update:
        c = t.agent.c
        return update(t.agent).where(c.site_id == self.site_id, c.id == agent_id)

    def add_session(self, token_hash: str, agent_id: str, expires_at: datetime) -> None:
        self._run(delete(t.session).where(t.session.c.expires_at < datetime.now(UTC)))
        values = {"token_hash": token_hash, "agent_id": agent_id, "expires_at": expires_at}
        self._run(insert(t.session).values(site_id=self.site_id, **values))

    def session_agent(self, token_hash: str) -> AgentRecord | None:
        valid = (t.session.c.token_hash == token_hash) & (t.session.c.expires_at > datetime.now(UTC))
        row = self._one(self._of(t.agent).join(t.session, t.session.c.agent_id == t.agent.c.id).where(valid))
        return _agent(row) if row else None

    def end_session(self, token_hash: str) -> None:
        c = t.session.c
        self._run(delete(t.session).where(c.site_id == self.site_id, c.token_hash == token_hash))

    def end_sessions_of(self, agent_id: str) -> None:
        c = t.session.c
        self._run(delete(t.session).where(c.site_id == self.site_id, c.agent_id == agent_id))


_LISTS = ("roles", "skills", "languages")


def _agent(row: Row) -> AgentRecord:
    fields = {name: row[name] for name in AgentRecord.__slots__}
    return AgentRecord(**fields | {name: tuple(row[name]) for name in _LISTS})
