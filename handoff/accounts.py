"""Accounts of staff: adding, changing and removing one, and the three of the demo. It hashes and stores nothing itself.

Nobody's row is ever deleted: their name stands in what they wrote. Who is removed cannot sign in, is nobody's colleague,
and what they had goes back to the queue as from anybody who does not come back.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from handoff.errors import BadInput, NotFound
from handoff.ports import AgentRecord, Json, Store, Transaction

DEMO_PASSWORD = "fernhill-demo"  # noqa: S105 - it is printed when the demo starts
DEMO_STAFF = (
    ("mara@fernhill.example", "Mara Lindqvist", "Knows tents and returns", ("agent", "editor")),
    ("tomas@fernhill.example", "Tomas Okafor", "Knows orders and payments", ("agent",)),
    ("edith@fernhill.example", "Edith Bauer", "Writes the help articles", ("editor",)),
)
ROLES = frozenset({"agent", "editor", "supervisor"})
MOST_CHATS = 100


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of an account; None leaves it."""

    name: str | None = None
    about: str | None = None
    roles: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    max_chats: int | None = None

    def values(self) -> Json:
        """As columns. Raises BadInput for what cannot be."""
        if self.roles is not None:
            _check_roles(self.roles)
        if self.max_chats is not None and not 0 < self.max_chats <= MOST_CHATS:
            raise BadInput(f"An agent takes between 1 and {MOST_CHATS} conversations at a time.")
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        _check_languages(clean(self.languages or ()))
        told |= {name: clean(told[name]) for name in ("skills", "languages") if told[name] is not None}
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in told.items()
            if value is not None
        }


def clean(words: Iterable[str]) -> tuple[str, ...]:
    """Skills or languages as they are compared: each once, in small letters."""
    return tuple(dict.fromkeys(word.strip().casefold() for word in words if word.strip()))


def _check_roles(roles: tuple[str, ...]) -> None:
    if not roles or not set(roles) <= ROLES:
        raise BadInput("The roles are agent, editor and supervisor.")
    if "supervisor" in roles and "agent" not in roles:
        raise BadInput("A supervisor is an agent as well: give both roles.")


def _check_email(email: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise BadInput("The e-mail address needs an @ with something before and after it.")


def _check_languages(languages: Iterable[str]) -> None:
    if not all(re.fullmatch(r"[a-z]{2,3}", language) for language in languages):
        raise BadInput("A language is a code of two or three letters, such as de.")


def _check_password(password: str) -> None:
    if len(password) < 8:
        raise BadInput("The password needs at least 8 characters.")


async def add(
    store: Store, hash_password: Callable[[str], str], email: str, name: str, about: str, roles: tuple[str, ...],
    password: str, max_chats: int = 4, skills: Iterable[str] = (), languages: Iterable[str] = (),
) -> bool:  # fmt: skip
    """Add an account, or give one back that was removed; False when the e-mail has one.

    Raises BadInput for a short password or an unknown role.
    """
    _check_password(password)
    _check_email(email)
    changes = Changes(name, about, roles, clean(skills), clean(languages), max_chats).values()
    hashed = hash_password(password)
    new = AgentRecord(
        id=secrets.token_hex(8), email=email.casefold(), name=name, about=about, roles=roles, max_chats=max_chats,
        active_chats=0, available=True, password_hash=hashed, skills=clean(skills), languages=clean(languages),
    )  # fmt: skip

    def change(tx: Transaction) -> bool:
        known = tx.agent_by_email(new.email)
        if known and known.roles:
            return False
        if known:
            tx.update_agent(known.id, **_room(known, changes), available=True, password_hash=hashed)
        else:
            tx.add_agent(new)
        tx.touch_queue()
        return True

    return await store.write(change)


async def change(store: Store, email: str, changes: Changes) -> AgentRecord:
    """Change an account and say how it stands. Raises NotFound, or BadInput for what cannot be."""
    values = changes.values()

    def work(tx: Transaction) -> AgentRecord:
        agent = _known(tx, email)
        tx.update_agent(agent.id, **_room(tx.lock_agent(agent.id), values))
        tx.touch_queue()
        return tx.agent(agent.id)

    return await store.write(work)


async def change_password(
    store: Store, hash_password: Callable[[str], str], email: str, password: str
) -> None:
    """Set another password and end every session of the account. Raises NotFound, or BadInput for a short one."""
    _check_password(password)
    hashed = hash_password(password)

    def work(tx: Transaction) -> None:
        agent = _known(tx, email)
        tx.update_agent(agent.id, password_hash=hashed)
        tx.end_sessions_of(agent.id)

    await store.write(work)


async def remove(store: Store, email: str) -> AgentRecord:
    """End every session, and let nobody sign in any more. Raises NotFound for an unknown or removed account."""

    def work(tx: Transaction) -> AgentRecord:
        agent = _known(tx, email)
        tx.update_agent(agent.id, roles=[], password_hash="", available=False, skills=[], languages=[])
        tx.end_sessions_of(agent.id)
        tx.touch_queue()
        return agent

    return await store.write(work)


async def listed(store: Store) -> list[AgentRecord]:
    """Every account that is not removed, by name."""
    return [agent for agent in await store.read(lambda tx: tx.agents()) if agent.roles]


def _known(tx: Transaction, email: str) -> AgentRecord:
    agent = tx.agent_by_email(email)
    if agent is None or not agent.roles:
        raise NotFound(f"{email} has no account.")
    return agent


def _room(agent: AgentRecord, values: Json) -> Json:
    """`values`, if what the agent has now still fits. Raises BadInput otherwise."""
    if values.get("max_chats", agent.max_chats) < agent.active_chats:
        raise BadInput(
            f"{agent.name} has {agent.active_chats} conversations now; that is more than the new limit."
        )
    return values


async def add_demo(store: Store, hash_password: Callable[[str], str]) -> int:
    """Add the demo's staff where missing; how many were added."""
    known = await store.read(lambda tx: {agent.email for agent in tx.agents()})
    missing = [row for row in DEMO_STAFF if row[0] not in known]
    for email, name, about, roles in missing:
        await add(store, hash_password, email, name, about, roles, DEMO_PASSWORD)
    return len(missing)
