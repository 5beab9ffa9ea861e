"""What must happen although nobody asks: presence noticed, absent agents' chats given back."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from handoff.invariants import LATE_SECONDS, Since, Violation, check
from handoff.ports import Store, Transaction
from handoff.presence import Attendance
from handoff.queue import Queue

EVERY_SECONDS = 2.0
ROUNDS_TO_TIDY = 30
"""First a minute after the start: until then customers may not have reconnected."""
ROUNDS_TO_LOOK_ANEW = 8
"""Time alone changes what is said of a wait: it grows long, and what only some may take becomes open to all."""
LATELY = timedelta(minutes=10)
"""Logs with something said since then are counted through; the others were, and have not changed."""
log = structlog.get_logger(__name__)


class Housekeeping:
    def __init__(
        self,
        store: Store,
        queue: Queue,
        attendance: Attendance,
        away_seconds: float,
        gone_seconds: float,
    ) -> None:
        self._store = store
        self._queue = queue
        self._attendance = attendance
        self._away_seconds = away_seconds
        self._gone_seconds = gone_seconds
        self._online: set[str] = set()
        self._customers_here: set[str] = set()

    async def run(self) -> None:
        rounds = 0
        while True:
            try:
                await self.look()
                rounds += 1
                if rounds % ROUNDS_TO_LOOK_ANEW == 0:
                    await self.look_anew()
                if rounds % ROUNDS_TO_TIDY == 0:
                    await self.tidy()
            except Exception as error:
                log.error("housekeeping.failed", exc_info=error)
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """One round."""
        await self._attendance.note()
        online = await self._store.read(lambda tx: tx.online("agent"))
        if online != self._online:
            self._online = online
            await self._queue.presence_changed()
        await self._notice_customers()
        await self._queue.mark_away(self._attendance, self._away_seconds)
        gone = await self._queue.gone(self._attendance, self._gone_seconds)
        if gone:
            log.info(
                "housekeeping.requeued",
                agents=len(gone),
                conversations=len(await self._queue.requeue_of(gone)),
            )

    async def _notice_customers(self) -> None:
        live = await self._queue.live_customers()
        here = await self._store.read(lambda tx: tx.online("customer")) & live.keys()
        changed = {live[customer] for customer in here ^ self._customers_here if customer in live}
        self._customers_here = here
        if changed:
            await self._queue.customers_came_or_left(changed)

    async def look_anew(self) -> None:
        """Let everybody look at the queue again while somebody waits in it, although nothing happened."""
        if await self._store.read(lambda tx: tx.waiting(1)):
            await self._queue.presence_changed()

    async def tidy(self) -> None:
        """Close what waits for a customer who will not come back, and look whether everything fits together."""
        dropped = await self._queue.drop_abandoned()
        if dropped:
            log.info("housekeeping.abandoned", conversations=len(dropped))
        for violation in await self.check():
            log.error("invariants.violated", rule=violation.rule, sentence=violation.sentence)

    async def check(self) -> list[Violation]:
        """What should never be, in what is live and in the logs of late."""

        def query(tx: Transaction) -> list[Violation]:
            holders = {str(handoff.agent_id) for handoff in tx.active()}
            absent = self._attendance.gone(tx, holders, self._gone_seconds + LATE_SECONDS)
            return check(tx, Since(datetime.now(UTC) - LATELY, absent))

        return await self._store.read(query)
