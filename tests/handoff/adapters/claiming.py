"""Fifty agents after the same conversations, from several processes. Imported by those processes too."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from handoff.adapters import tables as t
from handoff.adapters.store_sql import SqlStore
from handoff.conversation import Move
from handoff.errors import AtCapacity, HandoffError, StoreUnavailable
from handoff.log import agent_author
from handoff.ports import AgentRecord, Transaction
from handoff.queue.claiming import claim as claim_by_the_rules
from tests.handoff.adapters.chats import connection_of

AGENTS = 50
WINDOW = 8
"""All go through the conversations in one order, but for some disorder: so they meet all the time."""


@dataclass
class Tally:
    """What the agents of one process saw. `taken`: (conversation, agent) for every claim that was said to have gone well."""

    attempts: int = 0
    taken: list[tuple[int, str]] = field(default_factory=list)
    full: int = 0
    again: int = 0
    """Attempts that the database asked to make once more."""
    seconds: float = 0.0


async def prepare(store: SqlStore, chats: int, room: int) -> None:
    """So many conversations that wait, 0 …, and the agents with room for so many each."""
    for n in range(AGENTS):
        agent = AgentRecord(f"a{n}", f"a{n}@fernhill.example", f"Agent {n}", "", ("agent",), room, 0, True)
        await store.write(lambda tx, agent=agent: tx.add_agent(agent))  # type: ignore[misc]
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    for first in range(0, chats, 500):
        await store.write(lambda tx, first=first: _fill(tx, range(first, min(first + 500, chats))))  # type: ignore[misc]


def _fill(tx: Transaction, numbers: range) -> None:
    now = datetime.now(UTC)
    ours = {"site_id": "default"}
    sql = connection_of(tx)
    sql.execute(
        insert(t.conversation),
        [
            ours | {
                "id": f"c{n}", "customer_id": "k1", "epoch": "e", "owner": "queue", "fence": 1, "locale": "en", "page": {},
                "slots": {}, "declined": False, "rated": False, "last_at": now, "created_at": now,
            }
            for n in numbers
        ],
    )  # fmt: skip
    sql.execute(
        insert(t.handoff),
        [
            ours | {
                "id": n + 1, "conversation_id": f"c{n}", "state": "waiting", "reason": "asked_for_person", "priority": 0,
                "place": n + 1, "waiting_since": now, "enqueued_at": now,
            }
            for n in numbers
        ],
    )  # fmt: skip


def claim(tx: Transaction, chat: int, agent: AgentRecord) -> bool:
    """The heart of a claim: the row once and for all, the seat, the owner under a new fence, and the word in the log."""
    if not tx.claim(chat + 1, agent.id):
        return False
    if not tx.take_seat(agent.id):
        raise AtCapacity("No room.")
    conversation = tx.conversation(f"c{chat}")
    tx.set_owner(conversation.id, conversation.ownership.after(Move.CLAIM, agent.id))
    tx.append(conversation.id, agent_author(agent), "notice", {"code": "joined", "text": ""})
    return True


async def _soundly(store: SqlStore, chat: int, agent: AgentRecord) -> bool:
    return await store.write(lambda tx: claim(tx, chat, agent))


async def _naively(store: SqlStore, chat: int, agent: AgentRecord) -> bool:
    """The control: look whether it waits, then take it."""
    h = t.handoff.c
    looks = select(h.state).where(h.id == chat + 1)
    takes = update(t.handoff).where(h.id == chat + 1).values(state="active", agent_id=agent.id)
    if await store.read(lambda tx: connection_of(tx).execute(looks).scalar()) != "waiting":
        return False
    await store.write(lambda tx: connection_of(tx).execute(takes))
    return True


async def _by_the_rules(store: SqlStore, chat: int, agent: AgentRecord) -> bool:
    """As a click in the console does it, with skills, offers and presence."""
    try:
        await store.write(lambda tx: claim_by_the_rules(tx, agent.id, f"c{chat}", f"{agent.id}-{chat}"))
    except (StoreUnavailable, AtCapacity):
        raise
    except HandoffError:
        return False
    return True


WAYS = {"soundly": _soundly, "naively": _naively, "by_the_rules": _by_the_rules}


async def _all_agents(url: str, agents: list[int], chats: int, way: str, seed: int) -> Tally:
    store, tally = SqlStore(url), Tally()
    attempt = WAYS[way]

    async def go_through(number: int) -> None:
        disorder = random.Random(seed * 1_000 + number)
        order = sorted(range(chats), key=lambda chat: chat + disorder.random() * WINDOW)
        agent = AgentRecord(f"a{number}", "", f"Agent {number}", "", ("agent",), 0, 0, True)
        for chat in order:
            tally.attempts += 1
            while True:
                try:
                    if await attempt(store, chat, agent):
                        tally.taken.append((chat, agent.id))
                except AtCapacity:
                    tally.full += 1
                except StoreUnavailable:
                    tally.again += 1
                    continue
                break

    began = time.monotonic()
    await asyncio.gather(*map(go_through, agents))
    tally.seconds = time.monotonic() - began
    await store.close()
    return tally


def go_claiming(url: str, agents: list[int], chats: int, way: str, seed: int) -> Tally:
    """One process with some of the agents."""
    return asyncio.run(_all_agents(url, agents, chats, way, seed))
