"""Accounts of staff: adding one, and the three of the demo. It hashes nothing and stores nothing itself."""

import secrets
from collections.abc import Callable

from handoff.errors import BadInput
from handoff.ports import AgentRecord, Store, Transaction

DEMO_PASSWORD = "fernhill-demo"  # noqa: S105 - it is printed when the demo starts
DEMO_STAFF = (
    ("mara@fernhill.example", "Mara Lindqvist", "Knows tents and returns", ("agent", "editor")),
    ("tomas@fernhill.example", "Tomas Okafor", "Knows orders and payments", ("agent",)),
    ("edith@fernhill.example", "Edith Bauer", "Writes the help articles", ("editor",)),
)
ROLES = frozenset({"agent", "editor"})


async def add(
    store: Store, hash_password: Callable[[str], str], email: str, name: str, about: str, roles: tuple[str, ...],
    password: str, max_chats: int = 4,
) -> bool:  # fmt: skip
    """Add an account; False when the e-mail has one. Raises BadInput for a short password or an unknown role."""
    if len(password) < 8:
        raise BadInput("The password needs at least 8 characters.")
    if not roles or not set(roles) <= ROLES:
        raise BadInput("The roles are agent and editor.")
    record = AgentRecord(
        id=secrets.token_hex(8), email=email.casefold(), name=name, about=about, roles=roles, max_chats=max_chats,
        active_chats=0, available=True, password_hash=hash_password(password),
    )  # fmt: skip

    def change(tx: Transaction) -> bool:
        if tx.agent_by_email(record.email):
            return False
        tx.add_agent(record)
        return True

    return await store.write(change)


async def add_demo(store: Store, hash_password: Callable[[str], str]) -> int:
    """Add the demo's staff where missing; how many were added."""
    known = await store.read(lambda tx: {agent.email for agent in tx.agents()})
    missing = [row for row in DEMO_STAFF if row[0] not in known]
    for email, name, about, roles in missing:
        await add(store, hash_password, email, name, about, roles, DEMO_PASSWORD)
    return len(missing)
