"""Shows every console of this gateway the queue: read once for all of them after a change, and for those who come.

There is one reader, and it goes round all who were there when it began to read: nobody is shown an older queue after a
newer one, and whatever changes meanwhile is read again after a rest.
"""

import asyncio
from typing import Protocol

import structlog

from handoff.app.chore import AGAIN_SECONDS, Chore
from handoff.app.link import Hangup, Outlet
from handoff.errors import HandoffError, NotFound
from handoff.lineup import Lineup
from handoff.ports import QUEUE_TOPIC, Doorbell, Json
from handoff.protocol.closing import NOT_SIGNED_IN

REST = 10.0
"""Every message changes a row of the queue, and every console shows it: a look is followed by a rest ten times as long."""
AT_ONCE = 8
"""Consoles that are told before others get a turn."""
log = structlog.get_logger(__name__)


class Source(Protocol):
    async def lineup(self) -> Lineup: ...


class QueueBoard:
    def __init__(self, views: Source, doorbell: Doorbell) -> None:
        self._views = views
        self._consoles: dict[Outlet, str] = {}
        self._newcomers: set[Outlet] = set()
        self._rung = False
        self._chore = self._new_chore()
        doorbell.subscribe(QUEUE_TOPIC, heard=self._heard)

    def join(self, outlet: Outlet, agent_id: str) -> None:
        """From now on this console is shown the queue, soon for the first time."""
        self._consoles[outlet] = agent_id
        self._newcomers.add(outlet)
        self._chore.ask()

    def leave(self, outlet: Outlet) -> None:
        self._consoles.pop(outlet, None)
        self._newcomers.discard(outlet)
        if not self._consoles:
            self._chore.drop()
            self._chore = self._new_chore()

    def _new_chore(self) -> Chore:
        return Chore(self._show, self._failed, REST)

    def _heard(self, _topic: str, _hint: Json | None) -> None:
        if self._consoles:
            self._rung = True
            self._chore.ask()

    async def _show(self) -> None:
        """To all after a ring, else to newcomers. Who comes while it is read may have seen more, and gets the next one."""
        rung, newcomers = self._rung, self._newcomers
        consoles = [it for it in self._consoles.items() if rung or it[0] in newcomers]
        self._rung, self._newcomers = False, set()
        try:
            lineup = await self._views.lineup()
        except BaseException:
            still_here = self._consoles.keys()
            self._rung, self._newcomers = rung or self._rung, (newcomers | self._newcomers) & still_here
            raise
        for number, (outlet, agent_id) in enumerate(consoles, 1):
            if self._consoles.get(outlet) == agent_id:
                _show_one(lineup, outlet, agent_id)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, HandoffError):
            log.error("queue_board.failed", exc_info=error)
        self._chore.ask_later(AGAIN_SECONDS)


def _show_one(lineup: Lineup, outlet: Outlet, agent_id: str) -> None:
    try:
        seen = lineup.seen_by(agent_id)
    except NotFound:  # their account was removed
        outlet.hang_up(Hangup(NOT_SIGNED_IN))
    else:
        outlet.send(seen.state, seen.text)
