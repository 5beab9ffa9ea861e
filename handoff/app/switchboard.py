"""Every connection of this gateway: how many there may be, what they are told by the clock, and how they are let go.

There is one clock for all of them, and one query for many: a socket that says nothing costs next to nothing. It knows
sessions by what they share, and no frame of their own.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from handoff.app.feed import Feed
from handoff.app.link import Hangup, Outlet
from handoff.app.pace import Pace
from handoff.ports import PLACES_TOPIC, Doorbell, Json, Store, Transaction
from handoff.protocol.closing import RATE_LIMITED, RESTARTING, TOO_MANY
from handoff.waiting import present

HEAD_SECONDS = 20.0
"""How often every reader is told where their logs stand."""
ROUNDS = 40
"""In which they are told, so that it never comes all at once."""
BATCH = 500
"""Conversations asked for in one query."""
PLACES_PAUSE_SECONDS = 0.25
PLACES_SHARE = 4.0
"""After telling those who wait about their places, the next time comes after so many times as long as it took."""
DRAIN_STEP_SECONDS = 0.1
MOST_ADDRESSES = 10_000
"""Whose handshakes are counted; beyond it those begin anew who knocked the longest ago."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections there may be."""

    connections: int
    of_address: int
    handshakes_per_minute: int
    """Of one address."""


class Session(Protocol):
    """What every connection has, a customer's and an agent's."""

    round: int

    @property
    def outlet(self) -> Outlet: ...
    def feeds(self) -> Collection[Feed]: ...
    def beat(self, heads: dict[str, int]) -> None:
        """Tell the reader where the logs stand, and read what was missed."""
        ...

    def places_changed(self, agents_online: int) -> Awaitable[None] | None:
        """Somebody's place in the queue, or who is online, may be another now; what to wait for, if anything."""
        ...


class Switchboard:
    def __init__(self, store: Store, doorbell: Doorbell, room: Room) -> None:
        self._store = store
        self._doorbell = doorbell
        self._room = room
        self._addresses: Counter[str] = Counter()
        self._handshakes: dict[str, Pace] = {}
        self._open = 0
        self._rounds: list[dict[Session, None]] = [{} for _ in range(ROUNDS)]
        self._round = 0
        self._feeds: dict[str, tuple[Feed, ...]] = {}
        self._draining = False
        self._places = 0
        self._online: tuple[int, int] | None = None
        """How many rings about places had been heard before the read that counted, and its count."""
        doorbell.subscribe(PLACES_TOPIC, heard=self._places_rung)

    # who is here

    @contextlib.contextmanager
    def line(self, address: str) -> Iterator[None]:
        """One connection from this address, from its first moment. Raises Hangup when there are too many."""
        if self._draining:
            raise Hangup(RESTARTING, wait=_soon())
        if self._open >= self._room.connections or self._addresses[address] >= self._room.of_address:
            raise Hangup(TOO_MANY, wait=HEAD_SECONDS)
        self._open += 1
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._open -= 1
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def shake_hands(self, address: str) -> None:
        """Raises Hangup for an address that opens one socket after the other."""
        most = self._room.handshakes_per_minute
        pace = self._handshakes.pop(address, None) or Pace(most, most / 60)
        self._handshakes[address] = pace  # whoever came last stands last
        if len(self._handshakes) > MOST_ADDRESSES:
            del self._handshakes[next(iter(self._handshakes))]
        if wait := pace.wait(time.monotonic()):
            raise Hangup(RATE_LIMITED, wait=max(1.0, round(wait, 1)))

    def join(self, session: Session) -> None:
        session.round = self._round
        self._rounds[session.round][session] = None
        if self._draining:  # it came in while the others were let go
            session.outlet.hang_up(Hangup(RESTARTING, wait=_soon()))

    def leave(self, session: Session) -> None:
        self._rounds[session.round].pop(session, None)

    def follow(self, feed: Feed) -> None:
        self._feeds[feed.conversation] = (*self._feeds.get(feed.conversation, ()), feed)

    def unfollow(self, feed: Feed) -> None:
        left = tuple(other for other in self._feeds.get(feed.conversation, ()) if other is not feed)
        if left:
            self._feeds[feed.conversation] = left
        else:
            self._feeds.pop(feed.conversation, None)

    def sent(self, conversation_id: str) -> int | None:
        """The seq up to which every reader here was sent this log; None when nobody reads it."""
        feeds = self._feeds.get(conversation_id)
        return min(feed.last for feed in feeds) if feeds else None

    # by the clock

    async def run(self) -> None:
        async with asyncio.TaskGroup() as parts:  # if one breaks off, none is left over when all begin anew
            parts.create_task(every(HEAD_SECONDS / ROUNDS, self.beat))
            parts.create_task(self._tell_places())

    async def beat(self) -> None:
        """Tell the next few where their logs stand: whoever missed something finds out."""
        self._round = (self._round + 1) % ROUNDS
        due = list(self._rounds[self._round])
        sent = {session: [(feed, feed.last) for feed in session.feeds()] for session in due}
        wanted = list({feed.conversation for feeds in sent.values() for feed, _ in feeds})
        heads: dict[str, int] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            heads |= await self._store.read(lambda tx, batch=batch: tx.heads(batch))  # type: ignore[misc]
        for session, feeds in sent.items():
            if any(heads.get(feed.conversation, 0) < last for feed, last in feeds):
                session.outlet.hang_up(Hangup(RESTARTING, wait=_soon()))  # a database of yesterday: resume
            else:
                session.beat(heads)

    def online_count(self) -> Callable[[Transaction], int]:
        """How many agents take conversations now, for one read that begins after this.

        They are counted anew only after a ring said that it may have changed. What a read sees that began before that
        ring is from before it, and told to nobody else.
        """
        return partial(self._agents_online, self._places)

    def _agents_online(self, places: int, tx: Transaction) -> int:
        known = self._online
        if known is not None and known[0] == self._places:
            return known[1]
        online = len(present(tx))
        self._online = places, online
        return online

    def _places_rung(self, _topic: str, _hint: Json | None) -> None:
        self._places += 1

    async def _tell_places(self) -> None:
        """Rings about places, gathered: many come together, and each may concern everybody who waits."""
        bell = self._doorbell.subscribe(PLACES_TOPIC)
        try:
            while True:
                rung, _ = await bell.wait(HEAD_SECONDS)
                if not rung:
                    continue
                began = time.monotonic()
                try:
                    await self.tell_places()
                except Exception as error:
                    log.error("switchboard.places_failed", exc_info=error)
                await asyncio.sleep(max(PLACES_PAUSE_SECONDS, PLACES_SHARE * (time.monotonic() - began)))
        finally:
            bell.close()

    async def tell_places(self) -> None:
        online = await self._store.read(self.online_count())
        for round_ in self._rounds:
            for session in list(round_):
                waiting = session.places_changed(online)
                if waiting is not None:
                    await waiting
            await asyncio.sleep(0)

    # the end

    async def drain(self, over_seconds: float) -> None:
        """Let go of everybody, evenly over this time, so that they do not all come to the next gateway at once."""
        self._draining = True
        sessions = [session for round_ in self._rounds for session in round_]
        random.shuffle(sessions)
        steps = max(1, round(over_seconds / DRAIN_STEP_SECONDS))
        for step in range(steps):
            for session in _share(sessions, step, steps):
                session.outlet.hang_up(Hangup(RESTARTING, wait=_soon()))
            if over_seconds and len(sessions) > step + 1:
                await asyncio.sleep(DRAIN_STEP_SECONDS)


async def every(seconds: float, job: Callable[[], Awaitable[None]]) -> None:
    """Do it again and again, whatever becomes of it."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception as error:
            log.error("switchboard.failed", exc_info=error)


def _share(sessions: Sequence[Session], step: int, steps: int) -> Sequence[Session]:
    return sessions[len(sessions) * step // steps : len(sessions) * (step + 1) // steps]


def _soon() -> float:
    """Not all at the same moment, and not before others can have noticed."""
    return round(random.uniform(0.2, 1.5), 2)  # noqa: S311 - no secret
