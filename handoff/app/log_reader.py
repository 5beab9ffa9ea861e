"""Sends one conversation's log to one reader: everything after the last seq it has, in order, then how things stand.

First load, resume and live delivery are this one path.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from pydantic import BaseModel

from handoff.app.link import HEAD_SECONDS, Link
from handoff.ports import EventRecord, Store, Transaction
from handoff.protocol import Head
from handoff.readers import as_event

PAGE = 200
"""Events read at once."""


class LogReader:
    def __init__(
        self, store: Store, link: Link, conversation_id: str, last: int, status: Callable[[], Awaitable[BaseModel]],
        *, for_agent: bool,
    ) -> None:  # fmt: skip
        self._store = store
        self._link = link
        self._conversation_id = conversation_id
        self._last = last
        self._status = status
        self.shown: BaseModel | None = None
        self._for_agent = for_agent
        self._turn = asyncio.Lock()  # a rewind and a ring must not both send the same event

    async def catch_up(self) -> None:
        """Send what is new, and the status when it changed."""
        async with self._turn:
            while True:
                page = await self._store.read(partial(self._page, self._last))
                for record in page:
                    await self._link.push(as_event(record, for_agent=self._for_agent))
                    self._last = record.seq
                if len(page) < PAGE:
                    break
            status = await self._status()
            if status != self.shown:
                self.shown = status
                await self._link.push(status)

    def _page(self, after: int, tx: Transaction) -> Sequence[EventRecord]:
        return tx.events(self._conversation_id, after, PAGE)

    async def rewind(self, seq: int, first: BaseModel | None = None) -> None:
        """The reader has nothing after `seq`: send again from there, after the frame `first`."""
        async with self._turn:
            if first is not None:
                await self._link.push(first)
            heads = await self._store.read(lambda tx: tx.heads([self._conversation_id]))
            self._last = seq if seq <= heads.get(self._conversation_id, 0) else 0
            self.shown = None
        await self.catch_up()

    async def beat(self) -> None:
        """Say where the log stands, by the clock: whoever missed something finds out."""
        while True:
            await asyncio.sleep(HEAD_SECONDS)
            await self.head()

    async def head(self) -> None:
        heads = await self._store.read(lambda tx: tx.heads([self._conversation_id]))
        self._link.send(Head(conversation=self._conversation_id, seq=heads.get(self._conversation_id, 0)))
