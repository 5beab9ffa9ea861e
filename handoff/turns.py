"""The bot's turns: taken from the outbox one at a time per conversation, asked, and written by whoever still has them.

A turn is leased. Whoever took it renews its lease; if the process dies or sleeps, another takes the turn over, and what the
first one writes late is refused. It must not know how the bot is reached, nor what a reply does to a conversation.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import structlog

from handoff.bot_replies import Replies, Topics, request_of
from handoff.errors import BotError, BotTimeout, BotUnavailable, StoreUnavailable
from handoff.overdue import Overdue
from handoff.patience import Patience, left
from handoff.ports import (
    TURNS_TOPIC,
    Bot,
    Doorbell,
    Store,
    Transaction,
    TurnRecord,
    TurnReply,
    TurnRequest,
)
from handoff.quoting import Recognise

POLL_SECONDS = 2.0
"""A lost ring, or a turn that its own gateway cannot take, costs at most this much."""
LET_GO_SECONDS = 2.0
"""How long a process that stops may take to give back what it has."""
log = structlog.get_logger(__name__)
T = TypeVar("T")


class Turns:
    """Runs the outbox until cancelled. Several processes may, on one database."""

    def __init__(
        self, store: Store, doorbell: Doorbell, bot: Bot, patience: Patience,
        clock: Callable[[], float] = time.monotonic, recognise: Recognise | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._doorbell = doorbell
        self._bot = bot
        self._patience = patience
        self._clock = clock
        self._replies = Replies(recognise)
        self._overdue = Overdue(store, doorbell, self._replies, patience)
        self._worker = secrets.token_hex(8)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._asking: dict[int, asyncio.Task[TurnReply]] = {}
        """The part of a running turn that may be broken off when its lease is lost."""

    async def run(self) -> None:
        """Take turns as they come, renew what is under way, and look for what is overdue."""
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._take_turns())
                parts.create_task(self._renew_leases())
                parts.create_task(self._overdue.run())
        finally:
            await self._let_go()

    async def _let_go(self) -> None:
        """Another process shall not have to wait for our leases to end."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        with contextlib.suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(LET_GO_SECONDS):
                await self._store.write(lambda tx: tx.let_go_turns(self._worker))

    async def _take_turns(self) -> None:
        bell = self._doorbell.subscribe(TURNS_TOPIC)
        try:
            looked = False
            while True:
                try:
                    if not looked:  # what lay here while nobody ran begins anew before it is taken
                        await self._overdue.look()
                        looked = True
                    await self._start_turns()
                except Exception:
                    log.warning("turns.outbox_unavailable", exc_info=True)
                await bell.wait(POLL_SECONDS)
        finally:
            bell.close()

    def _next(self, tx: Transaction) -> TurnRecord | None:
        """One that nobody has any more, or else the next in line."""
        seconds = self._patience.lease_seconds
        return tx.retake_turn(self._worker, seconds) or tx.take_turn(self._worker, seconds)

    async def _start_turns(self) -> None:
        """Start all turns that there are, as far as there is room."""
        while len(self._running) < self._patience.at_once:
            turn = await self._store.write(self._next)
            if turn is None:
                return
            if ours := self._running.get(
                turn.id
            ):  # our own lease ended: what we asked then is of no use any more
                ours.cancel()
                await asyncio.wait([ours])
            task = asyncio.create_task(self._run_turn(turn))
            self._running[turn.id] = task
            task.add_done_callback(partial(self._done, turn))

    def _done(self, turn: TurnRecord, task: "asyncio.Task[None]") -> None:
        """A turn that broke off by a bug is only forgotten here: its lease ends, and somebody takes it again."""
        if self._running.get(turn.id) is task:
            del self._running[turn.id]
        if not task.cancelled() and task.exception():
            log.error("turns.turn_lost", conversation=turn.conversation_id, exc_info=task.exception())
        self._doorbell.ring(TURNS_TOPIC)

    async def _renew_leases(self) -> None:
        """One statement for all that this process has under way."""
        while True:
            await asyncio.sleep(self._patience.renew_seconds)
            mine = set(self._running)
            if not mine:
                continue
            try:
                kept = await self._store.write(
                    lambda tx, mine=mine: tx.renew_turns(self._worker, mine, self._patience.lease_seconds)  # type: ignore[misc]
                )
            except Exception:
                log.warning("turns.leases_not_renewed", turns=len(mine), exc_info=True)
                continue
            for turn_id in mine - kept:
                if asking := self._asking.get(turn_id):
                    log.warning("turns.lease_lost", turn=turn_id)
                    asking.cancel()

    async def _run_turn(self, turn: TurnRecord) -> None:
        if turn.attempts > self._patience.most_attempts:
            await self._give_up(turn)
            return
        request = await self._surely(lambda: self._store.read(lambda tx: request_of(tx, turn)))
        if request is None:  # an agent will answer: the bot is asked only while it owns the conversation
            await self._write(lambda tx: self._replies.drop(tx, turn))
            return
        asking = self._asking[turn.id] = asyncio.ensure_future(self._ask(request, turn))
        try:
            reply = await asking
        except BotError as error:
            log.warning("turns.bot_failed", code=error.code, conversation=turn.conversation_id)
            await self._give_up(turn)
            return
        except asyncio.CancelledError:
            if _cancelled_ourselves():
                raise
            return  # only the asking was: another process has the turn
        finally:
            del self._asking[turn.id]
        try:
            await self._write(lambda tx: self._replies.write(tx, turn, reply))
        except Exception:
            log.exception("turns.reply_not_written", conversation=turn.conversation_id)
            await self._give_up(turn)

    async def _give_up(self, turn: TurnRecord) -> None:
        """Fail the turn where the customer sees it; if even that cannot be, end it, so that they can go on."""
        try:
            await self._write(lambda tx: self._replies.fail(tx, turn))
        except Exception:
            log.exception("turns.turn_dropped", conversation=turn.conversation_id)
            await self._write(lambda tx: self._replies.drop(tx, turn))

    async def _write(self, change: Callable[[Transaction], Topics]) -> None:
        self._doorbell.ring(*await self._surely(lambda: self._store.write(change)))

    async def _surely(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do `step`, however long the database is away. If somebody else took the turn meanwhile, nothing is written."""
        while True:
            try:
                return await step()
            except StoreUnavailable as error:
                log.warning("turns.database_away", error=error.message)
                await asyncio.sleep(self._patience.retry_seconds)

    async def _ask(self, request: TurnRequest, turn: TurnRecord) -> TurnReply:
        """The reply in the time that is left, after at most one repetition that first asks whether the turn was heard."""
        deadline = self._clock() + left(turn.waited_seconds, self._patience)
        if turn.attempts == 1:
            try:
                return await self._reach(request, deadline, self._patience.turn_seconds)
            except BotError as error:
                log.info("turns.asking_again", code=error.code, conversation=request.conversation)
        with contextlib.suppress(BotError):
            patience = min(self._patience.heard_seconds, max(0.0, deadline - self._clock()))
            heard = await _within(patience, self._bot.heard(request.conversation, request.cmid, patience))
            if heard is not None:
                return heard
        return await self._reach(request, deadline, deadline - self._clock())

    async def _reach(self, request: TurnRequest, deadline: float, timeout_seconds: float) -> TurnReply:
        """Ask; while nobody listens (still loading, being restarted) knock again until the time is over."""
        until = min(deadline, self._clock() + timeout_seconds)
        while (left_seconds := until - self._clock()) > 0:
            try:
                return await _within(left_seconds, self._bot.turn(request, left_seconds))
            except BotUnavailable:
                if until - self._clock() <= self._patience.retry_seconds:
                    raise
                await asyncio.sleep(self._patience.retry_seconds)
        raise BotTimeout("The bot did not answer in time.")


def _cancelled_ourselves() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _within(seconds: float, answer: Awaitable[T]) -> T:
    """The answer, or BotTimeout: whatever the bot does with its own time limit."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        raise BotTimeout("The bot did not answer in time.") from error
