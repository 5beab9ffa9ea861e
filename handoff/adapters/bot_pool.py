"""Several assistants as one: every conversation has its own, and another while that one is away, hung or full.

What a conversation needs travels with each turn, so that a move costs nothing. Processes are looked at every few seconds:
what they have under way when they hang is asked elsewhere at once. Implements `handoff.ports.Bot`.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

import structlog

from handoff.breaker import Breaker, Circuit, Failure
from handoff.errors import BotError, BotFailed, BotTimeout, BotUnavailable
from handoff.hashing import ranking
from handoff.ports import Bot, TurnReply, TurnRequest

LOOK_SECONDS = 2.0
HEALTH_SECONDS = 2.0
HUNG_SECONDS = 5.0
"""Without any answer, neither to a turn nor to the question whether it is well."""
EARLY_SECONDS = 0.1
"""A turn ends here before it ends for whoever asked, so that we learn who was silent."""
AT_ONCE = 8
"""Turns that one process has under way for us: it thinks about one at a time, and the others need not sit there."""
REMEMBERED = 5_000
log = structlog.get_logger(__name__)
T = TypeVar("T")


class Assistant(Bot, Protocol):
    async def health(self, timeout_seconds: float) -> None:
        """Raises BotUnavailable, BotTimeout or BotFailed unless it is well."""
        ...


class _Seat:
    """One assistant, and how it is."""

    def __init__(self, name: str, bot: Assistant, clock: Callable[[], float]) -> None:
        self.name = name
        self.bot = bot
        self.breaker = Breaker(clock)
        self.under_way = 0
        self.heard_at = clock()
        self.hung: asyncio.Future[None] | None = None
        """What its turns wait for besides their answer."""


class BotPool:
    """`run` looks after the assistants; without it only their turns tell how they are."""

    def __init__(
        self, bots: Mapping[str, Assistant], at_once: int = AT_ONCE,
        clock: Callable[[], float] = time.monotonic, look_seconds: float = LOOK_SECONDS,
        hung_seconds: float = HUNG_SECONDS,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._seats = {name: _Seat(name, bot, clock) for name, bot in bots.items()}
        self._at_once = at_once
        self._look_seconds = look_seconds
        self._hung_seconds = hung_seconds
        self._freed = asyncio.Event()
        self._last: OrderedDict[str, str] = OrderedDict()
        """Who was asked last in a conversation: the one to ask whether it was heard."""

    @property
    def room(self) -> int:
        """Turns that all of them together take at once."""
        return self._at_once * len(self._seats)

    async def run(self) -> None:
        while True:
            await asyncio.gather(*(self._look_after(seat) for seat in self._seats.values()))
            await asyncio.sleep(self._look_seconds)

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        deadline = self._clock() + max(timeout_seconds - EARLY_SECONDS, timeout_seconds / 2)
        for _ in self._seats:
            seat = await self._seat_for(request.conversation, deadline)
            self._remember(request.conversation, seat.name)
            try:
                return await self._ask(seat, request, deadline - self._clock())
            except BotUnavailable:
                if not any(other.breaker.allows() for other in self._seats.values()):
                    raise
        raise BotUnavailable("No assistant is there.")

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        name = self._last.get(conversation) or ranking(conversation, self._seats)[0]
        seat = self._seats[name]
        if seat.breaker.circuit is Circuit.OPEN:
            raise BotUnavailable("The assistant that was asked is away.")
        return await seat.bot.heard(conversation, cmid, timeout_seconds)

    async def ready(self) -> int:
        return sum(await asyncio.gather(*(seat.bot.ready() for seat in self._seats.values())))

    async def close(self) -> None:
        for seat in self._seats.values():
            await seat.bot.close()

    async def _seat_for(self, conversation: str, deadline: float) -> _Seat:
        """The first in the conversation's ranking that is well and has room; waits for room. Raises BotUnavailable."""
        order = [self._seats[name] for name in ranking(conversation, self._seats)]
        while True:
            there = [seat for seat in order if seat.breaker.allows()]
            if not there:
                raise BotUnavailable("No assistant is there.")
            free = next((seat for seat in there if seat.under_way < self._at_once), None)
            if free:
                return free
            self._freed.clear()
            try:
                async with asyncio.timeout(deadline - self._clock()):
                    await self._freed.wait()
            except TimeoutError as error:
                raise BotTimeout("All assistants are busy.") from error

    async def _ask(self, seat: _Seat, request: TurnRequest, seconds: float) -> TurnReply:
        seat.breaker.begin()
        seat.under_way += 1
        try:
            reply = await _unless_hung(seat, seat.bot.turn(request, seconds), seconds)
        except BotError as error:
            self._note(seat, error)
            raise
        except asyncio.CancelledError:
            seat.breaker.cancelled()
            raise
        except Exception as error:
            log.exception("bot_pool.broke_off", assistant=seat.name)
            failed = BotFailed("Asking the assistant broke off.")
            self._note(seat, failed)
            raise failed from error
        else:
            self._well(seat)
            return reply
        finally:
            seat.under_way -= 1
            self._freed.set()

    def _well(self, seat: _Seat) -> None:
        seat.heard_at = self._clock()
        if seat.breaker.circuit is not Circuit.CLOSED:
            log.info("bot_pool.back", assistant=seat.name)
            self._freed.set()
        seat.breaker.worked()

    def _note(self, seat: _Seat, error: BotError) -> None:
        """Let the breaker know what went wrong."""
        match error:
            case BotFailed():
                failure, seat.heard_at = Failure.WRONG, self._clock()
            case BotTimeout():
                failure = Failure.SILENT
            case _:
                failure = Failure.GONE
        before = seat.breaker.circuit
        seat.breaker.failed(failure)
        if before is Circuit.CLOSED and seat.breaker.circuit is Circuit.OPEN:
            log.warning("bot_pool.let_alone", assistant=seat.name, because=failure.value)

    async def _look_after(self, seat: _Seat) -> None:
        """Ask whether it is well. One that answers nothing for long is given up, with all it has under way."""
        try:
            await seat.bot.health(HEALTH_SECONDS)
        except BotTimeout:
            if self._clock() - seat.heard_at >= self._hung_seconds:
                self._note(seat, BotUnavailable("It hangs."))
                if seat.hung and not seat.hung.done():
                    seat.hung.set_result(None)
        except BotError as error:
            self._note(seat, error)
        except Exception:
            log.exception("bot_pool.not_looked_after", assistant=seat.name)
        else:
            self._well_again(seat)

    def _well_again(self, seat: _Seat) -> None:
        """It says that it is well. Whether it answers turns only a turn can tell, if that was the trouble."""
        seat.heard_at = self._clock()
        if seat.breaker.gone:
            self._well(seat)

    def _remember(self, conversation: str, name: str) -> None:
        self._last[conversation] = name
        self._last.move_to_end(conversation)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)


async def _unless_hung(seat: _Seat, answer: Coroutine[Any, Any, T], seconds: float) -> T:
    """The answer; BotUnavailable as soon as the assistant is found to hang, BotTimeout after `seconds`."""
    if seat.hung is None or seat.hung.done():
        seat.hung = asyncio.get_running_loop().create_future()
    asking = asyncio.ensure_future(answer)
    first: set[asyncio.Future[Any]] = {asking, seat.hung}
    try:
        await asyncio.wait(first, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        if seat.hung.done():
            raise BotUnavailable("The assistant hangs.")
        raise BotTimeout("The assistant did not answer in time.")
    finally:
        if not asking.done():
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await asking
