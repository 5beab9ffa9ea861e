"""Who plays in a run: accounts for the agents, and the simulated people themselves."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from random import Random

from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.desk import hashed
from handoff.ports import AgentRecord, Transaction
from tests.chaos.agent import Agent
from tests.chaos.customer import Customer
from tests.chaos.history import History
from tests.chaos.participant import Participant
from tests.chaos.polling import PollingAgent, PollingCustomer
from tests.chaos.scene import Scene
from tests.chaos.stage import Stage

SKILL = "tents"
"""Of every second agent; nothing in the conversations asks for it, so that it restricts nobody."""


def skills_of(number: int) -> tuple[str, ...]:
    return (SKILL,) if number % 2 else ()


async def staff(scene: Scene, database_url: str) -> list[tuple[str, str]]:
    """Accounts for the agents of this run; (agent id, session token) of each."""
    await asyncio.to_thread(migrate, database_url)
    store = SqlStore(database_url)
    found = [(f"agent{number:02d}", secrets.token_urlsafe(16)) for number in range(1, scene.agents + 1)]

    def change(tx: Transaction) -> None:
        for number, (agent_id, token) in enumerate(found):
            tx.add_agent(
                AgentRecord(
                    id=agent_id, email=f"{agent_id}@shop.example", name=agent_id.title(), about="Knows tents",
                    roles=("agent", "supervisor") if number < scene.supervisors else ("agent",),
                    max_chats=scene.max_chats, active_chats=0, available=True, skills=skills_of(number),
                )
            )  # fmt: skip
            tx.add_session(hashed(token), agent_id, datetime.now(UTC) + timedelta(days=2))

    try:
        await store.write(change)
    finally:
        await store.close()
    return found


def people(
    scene: Scene, stage: Stage, sessions: list[tuple[str, str]], history: History
) -> list[Participant]:
    def rng(who: str) -> Random:
        return Random(f"{scene.seed}:{who}")

    customers: list[Customer] = []
    for number in range(scene.customers):
        who = f"customer{number:03d}"
        kind = PollingCustomer if number >= scene.customers - scene.pollers else scene.customer
        customers.append(kind(who, stage.base, history, rng(who), scene.habits))
    for first in customers[: scene.twins]:
        who = f"{first.who}/b"
        customers.append(scene.customer(who, stage.base, history, rng(who), scene.habits, twin=first))
    agents: list[Agent] = []
    for number, (agent_id, token) in enumerate(sessions):
        desk = PollingAgent if number >= scene.agents - scene.polling_agents else Agent
        agents.append(
            desk(
                f"agent:{agent_id}", stage.desk_base, token, agent_id, history, rng(agent_id), scene.manners,
                skills_of(number),
            )
        )  # fmt: skip
    return [*customers, *agents]
