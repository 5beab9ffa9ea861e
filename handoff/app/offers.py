"""Offers made and passed on in time: whenever the queue changes, and by the clock. Any number of gateways may do it."""

import asyncio

import structlog

from handoff.ports import PLACES_TOPIC, QUEUE_TOPIC, Doorbell
from handoff.queue import Queue

EVERY_SECONDS = 1.0
BREATH_SECONDS = 0.1
"""A busy queue changes many times a second: it is looked at less often."""
log = structlog.get_logger(__name__)


class Offers:
    def __init__(self, doorbell: Doorbell, queue: Queue) -> None:
        self._doorbell = doorbell
        self._queue = queue

    async def run(self) -> None:
        bell = self._doorbell.subscribe(QUEUE_TOPIC, PLACES_TOPIC)
        try:
            while True:
                try:
                    await self.look()
                except Exception as error:
                    log.error("offers.failed", exc_info=error)
                await asyncio.sleep(BREATH_SECONDS)
                await bell.wait(EVERY_SECONDS)
        finally:
            bell.close()

    async def look(self) -> None:
        """One round: what nobody took in time is passed on, and what waits is offered."""
        await self._queue.let_pass()
        await self._queue.offer_waiting()
