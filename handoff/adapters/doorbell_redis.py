"""The doorbell between gateways: what rings here is published to Redis, and what others publish rings here.

Nobody waits for it. A ring is heard in this process at once and is published by a task of its own, many in one message;
what Redis does not take in time is kept and published when it is back. Messages hold topics and passing hints, never
what was said. A gateway hears its own messages too: as long as it does, Redis is there; when it does not, `away` says so,
and whoever needs to know sooner than by a ring has to look.
"""

import asyncio
import contextlib
import itertools
import random
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator

import structlog
from pydantic import BaseModel, Field, ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from handoff.adapters.doorbell_local import LocalDoorbell, LocalSubscription
from handoff.ports import TURNS_TOPIC, Heard, Json

PUBLISH_SECONDS = 0.25
"""A message that takes longer has failed. Only the publishing task waits for it."""
CONNECT_SECONDS = 1.0
BEAT_SECONDS = 0.5
"""Something is published at least this often, so that silence means that Redis is away."""
SILENT_SECONDS = 1.5
"""Away, when nothing of our own was heard for this long."""
HUNG_SECONDS = 6.0
"""A connection on which nothing was heard for this long is given up for a new one."""
PAUSE_SECONDS = (0.1, 2.0)
"""Longest pause after the first failure, and after many: full jitter between nothing and that."""
MOST_RINGS = 5_000
"""Topics kept for a Redis that is away. One more is dropped: the polls find what it would have said."""
MOST_HINTS = 100
LOCAL_TOPICS = frozenset({TURNS_TOPIC})
"""Rung in this process alone: whoever took a message asks the bot, or every gateway would rush for every turn."""

log = structlog.get_logger(__name__)


class Batch(BaseModel):
    """One message of a gateway. Empty ones say that Redis is there."""

    sender: str
    rings: list[str] = Field(default=[], max_length=MOST_RINGS)
    hints: list[tuple[str, dict[str, str]]] = Field(default=[], max_length=MOST_HINTS)


class RedisDoorbell:
    """Implements `handoff.ports.Doorbell` around the doorbell of this process. `run` connects it to the others.

    `missed` is set whenever rings may have been lost: after every connection, and when Redis is heard again.
    """

    def __init__(self, local: LocalDoorbell, url: str, site_id: str) -> None:
        self._local = local
        self._channel = f"frontdesk:{site_id}:bells"
        self._me = secrets.token_hex(8)
        self._redis = Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
        )  # fmt: skip
        self._rings: dict[str, None] = {}
        self._hints: deque[tuple[str, dict[str, str]]] = deque(maxlen=MOST_HINTS)
        self._news = asyncio.Event()
        self._heard_at = float("-inf")
        self._away_since: float | None = None
        self._because = "not heard yet"
        self.missed = asyncio.Event()

    @property
    def away(self) -> bool:
        """Whether Redis was not heard lately. True until it was heard for the first time."""
        return time.monotonic() - self._heard_at > SILENT_SECONDS

    def ring(self, *topics: str) -> None:
        self._local.ring(*topics)
        for topic in topics:
            if topic not in LOCAL_TOPICS and (topic in self._rings or len(self._rings) < MOST_RINGS):
                self._rings[topic] = None
                self._news.set()

    def whisper(self, topic: str, hint: Json) -> None:
        self._local.whisper(topic, hint)
        if not self.away:
            self._hints.append((topic, hint))
            self._news.set()

    def subscribe(self, *topics: str, heard: Heard | None = None) -> LocalSubscription:
        return self._local.subscribe(*topics, heard=heard)

    def listened(self) -> set[str]:
        return self._local.listened()

    async def run(self) -> None:
        """Publish and hear until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish_forever())
            tasks.create_task(self._hear_forever())

    async def close(self) -> None:
        await self._redis.aclose()

    async def _publish_forever(self) -> None:
        failures = 0
        while True:
            self._note()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._news.wait()
            if await self._publish():
                failures = 0
            else:
                failures += 1
                await _pause(failures)

    async def _publish(self) -> bool:
        """Whether everything that is waiting was published. Rings that were not stay; hints do not."""
        self._news.clear()
        rings, self._rings = self._rings, {}
        hints = list(self._hints)
        self._hints.clear()
        try:
            batch = Batch(sender=self._me, rings=list(rings), hints=hints)
            async with asyncio.timeout(PUBLISH_SECONDS):
                await self._redis.publish(self._channel, batch.model_dump_json())
        except (RedisError, OSError, TimeoutError) as error:
            self._because = type(error).__name__
        except Exception as error:
            log.error("doorbell.failed", exc_info=error)
        else:
            return True
        kept = itertools.islice(rings | self._rings, MOST_RINGS)
        self._rings = dict.fromkeys(kept)
        return False

    async def _hear_forever(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                async with self._connection() as pubsub:
                    await self._hear(pubsub)
            except (RedisError, OSError, TimeoutError) as error:
                self._because = type(error).__name__
            except Exception as error:
                log.error("doorbell.failed", exc_info=error)
            failures = 1 if time.monotonic() - began > HUNG_SECONDS else failures + 1
            await _pause(failures)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[PubSub]:
        pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await pubsub.subscribe(self._channel)
            yield pubsub
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _hear(self, pubsub: PubSub) -> None:
        """Ring here what others rang, until the connection breaks (raises) or is silent for too long."""
        self.missed.set()
        latest = time.monotonic()
        while time.monotonic() - latest < HUNG_SECONDS:
            message = await pubsub.get_message(timeout=BEAT_SECONDS)
            if message is not None:
                latest = time.monotonic()
                self._take(message["data"])

    def _take(self, data: bytes) -> None:
        try:
            batch = Batch.model_validate_json(data)
        except ValidationError as error:
            log.warning("doorbell.not_understood", problems=error.error_count())
            return
        if batch.sender == self._me:
            self._heard_at = time.monotonic()
            self._note()
            return
        self._local.ring(*batch.rings)
        for topic, hint in batch.hints:
            self._local.whisper(topic, hint)

    def _note(self) -> None:
        """Say once that Redis went away, and once that it is back."""
        now = time.monotonic()
        if self.away and self._away_since is None:
            self._away_since = now
            log.warning("redis.away", because=self._because, consequence="every gateway looks for itself")
        elif not self.away and self._away_since is not None:
            log.info("redis.here", after_seconds=round(now - self._away_since, 1))
            self._away_since = None
            self.missed.set()


async def _pause(failures: int) -> None:
    first, longest = PAUSE_SECONDS
    await asyncio.sleep(random.uniform(0, min(longest, first * 2**failures)))  # noqa: S311 - spreads, hides nothing
