"""Who is connected, to any gateway. Each gateway counts its own sockets and says so in the store, for all to read.

By the store's lease clock, so that no changed wall clock moves anybody. What a gateway said holds for a while: one that
dies takes nobody offline who comes back through another in time. It knows no sockets and no rules.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable

from handoff.ports import SEEN_SECONDS, Store, Transaction

RENEW_SECONDS = 10.0
"""How often a gateway repeats who is there; two may fail before anybody is taken for offline."""


class Board:
    """Counts the sockets of this gateway by key (an agent's or a customer's id)."""

    def __init__(self) -> None:
        self._sockets: Counter[str] = Counter()

    def enter(self, key: str) -> None:
        self._sockets[key] += 1

    def leave(self, key: str) -> None:
        self._sockets[key] -= 1
        if self._sockets[key] <= 0:
            del self._sockets[key]

    def has(self, key: str) -> bool:
        return key in self._sockets

    def here(self) -> frozenset[str]:
        return frozenset(self._sockets)


class Attendance:
    """Tells the store who is connected to this gateway: every agent, and the customers who wait or are with one."""

    def __init__(
        self, store: Store, agents: Board, customers: Board, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.gateway = secrets.token_hex(8)
        self._store = store
        self.agents, self.customers = agents, customers
        self._clock = clock
        self._told: dict[str, frozenset[str]] = {}
        self._told_at: float | None = None
        self._since: float | None = None
        self._one = asyncio.Lock()

    async def note(self) -> None:
        """Say who came and who left since the last time, and once in a while who is still there."""
        async with self._one:
            here = {"agent": self.agents.here(), "customer": self.customers.here()}
            if here["customer"]:
                here["customer"] &= await self._store.read(lambda tx: tx.live_customers().keys())
            started = self._clock()
            renews = self._told_at is None or started >= self._told_at + RENEW_SECONDS
            if here == self._told and not renews:
                return

            def change(tx: Transaction) -> float:
                for role, keys in here.items():
                    before = self._told.get(role, frozenset())
                    tx.seen(role, keys if renews else keys - before, self.gateway)
                    tx.left(role, before - keys, self.gateway)
                return tx.clock()

            now = await self._store.write(change)
            if self._told_at is None or started > self._told_at + SEEN_SECONDS:
                self._since = now
            self._told = here
            if renews:
                self._told_at = started

    def gone(self, tx: Transaction, agent_ids: Iterable[str], seconds: float) -> set[str]:
        """Those agents who were on no gateway for at least `seconds`.

        After a start, and after a time without the store, everybody has that long to come back first.
        """
        return tx.gone("agent", agent_ids, seconds, self._since) if self._since is not None else set()
