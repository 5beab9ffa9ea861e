"""How far answers can be trusted, over HTTP: for editors and the board. Verdicts from the bot's side are in `api.py`.

This module must not know how thresholds are found.
"""

from typing import Annotated

from fastapi import APIRouter, Query

from knowledge_base.threads import Threads
from knowledge_base.trust import AGENT_MINUTES, REPLAY_DAYS, Trust
from knowledge_base.wire import ConfidenceReply, ReplayReply, TargetIn

MOST_DAYS = 366.0


def create_trust_router(trust: Trust, threads: Threads) -> APIRouter:
    """The routes under /editor/confidence; whoever mounts them checks who is asking."""
    router = APIRouter(prefix="/confidence")

    @router.get("")
    async def confidence() -> ConfidenceReply:
        return await threads.run(trust.report)

    @router.get("/replay")
    async def replay(
        target: Annotated[float, Query(gt=0, lt=0.5)],
        days: Annotated[float, Query(gt=0, le=MOST_DAYS)] = REPLAY_DAYS,
        minutes: Annotated[float, Query(ge=0, le=240)] = AGENT_MINUTES,
    ) -> ReplayReply:
        return await threads.run(trust.replay, target, days, minutes)

    @router.put("/target")
    async def target(wanted: TargetIn) -> ConfidenceReply:
        return await threads.run(trust.retarget, wanted.target)

    return router
