"""Rows of agents and their sessions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, select, update

from handoff.adapters import tables as t
from handoff.adapters.prepared import Prepared, Row
from handoff.adapters.rows import Rows
from handoff.errors import NotFound
from handoff.ports import AgentRecord

_EVERYBODY = Prepared(select(t.agent).where(t.agent.c.site_id == bindparam("site")).order_by(t.agent.c.name))
_THE = update(t.agent).where(t.agent.c.site_id == bindparam("site"), t.agent.c.id == bindparam("agent"))
_TAKE_SEAT = Prepared(
    _THE.where(t.agent.c.active_chats + bindparam("kept_free", type_=Integer) < t.agent.c.max_chats)
    .values(active_chats=t.agent.c.active_chats + 1)
)  # fmt: skip
_FREE_SEAT = Prepared(
    _THE.where(t.agent.c.active_chats > 0)
    .values(active_chats=t.agent.c.active_chats - 1, idle_since=bindparam("now"))
)  # fmt: skip


class AgentRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns agents."""

    def add_agent(self, agent: AgentRecord) -> None:
        values = {name: getattr(agent, name) for name in AgentRecord.__slots__}
        values |= {name: list(values[name]) for name in _LISTS}
        self._add(t.agent, **values)

    def agent(self, agent_id: str) -> AgentRecord:
        row = self._find(t.agent, id=agent_id)
        if row is None:
            raise NotFound("There is no such agent.")
        return _agent(row)

    def agent_by_email(self, email: str) -> AgentRecord | None:
        row = self._find(t.agent, email=email.casefold())
        return _agent(row) if row else None

    def agents(self) -> Sequence[AgentRecord]:
        return [_agent(row) for row in self._ask(_EVERYBODY).rows]

    def lock_agent(self, agent_id: str) -> AgentRecord:
        """The agent as they are now, and as they stay until this change is over.

        Rows that point to the agent may be written meanwhile: with FOR UPDATE two claims of one agent wait for each other.
        """
        row = self._find(t.agent, id=agent_id, lock=True)
        if row is None:
            raise NotFound("There is no such agent.")
        return _agent(row)

    def take_seat(self, agent_id: str, kept_free: int = 0) -> bool:
        """Whether the agent had room for one more beside what is kept free: checked and taken in one statement."""
        return self._ask(_TAKE_SEAT, agent=agent_id, kept_free=kept_free).count == 1

    def free_seat(self, agent_id: str) -> None:
        self._ask(_FREE_SEAT, agent=agent_id, now=datetime.now(UTC))

    def set_available(self, agent_id: str, available: bool) -> None:
        self.update_agent(agent_id, available=available)

    def update_agent(self, agent_id: str, **values: Any) -> None:
        self._change(t.agent, {"id": agent_id}, **values)

    def add_session(self, token_hash: str, agent_id: str, expires_at: datetime) -> None:
        self._run(delete(t.session).where(t.session.c.expires_at < datetime.now(UTC)))
        self._add(t.session, token_hash=token_hash, agent_id=agent_id, expires_at=expires_at)

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
_FIELDS = tuple(name for name in AgentRecord.__slots__ if name not in _LISTS)


def _agent(row: Row) -> AgentRecord:
    fields: dict[str, Any] = {name: row[name] for name in _FIELDS}
    return AgentRecord(**fields | {name: tuple(row[name]) for name in _LISTS})
