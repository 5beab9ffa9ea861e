"""What widget and console ask over plain HTTP: history and lists, and whether we are well."""

import asyncio
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Header, Query, Request, Response

from handoff.app.signin import Sessions
from handoff.desk import Desk
from handoff.errors import NotFound
from handoff.ports import Bot, Store
from handoff.protocol import MAX_SEQ, ConversationList, History
from handoff.readers import as_event
from handoff.views import Views

MOST_EVENTS = 500


class Heard(Protocol):
    """What tells whether Redis is there."""

    @property
    def away(self) -> bool: ...


def create_router(
    store: Store, desk: Desk, views: Views, sessions: Sessions, bot: Bot, redis: Heard | None
) -> APIRouter:
    router = APIRouter()

    @router.get("/api/conversations", tags=["conversations"])
    async def conversations(
        request: Request, state: Literal["mine", "recent"] = "recent"
    ) -> ConversationList:
        """Conversations that came to a person, the latest first."""
        agent = await sessions.require(request, "agent")
        return await views.conversations(agent.id, only_mine=state == "mine")

    @router.get("/api/conversations/{conversation}/events", tags=["conversations"])
    async def history(
        conversation: str,
        request: Request,
        authorization: Annotated[str, Header()] = "",
        after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = 200,
    ) -> History:
        """A page of the log: for its customer (`Authorization: Bearer` and their token) or a signed-in agent."""
        token = authorization.removeprefix("Bearer ").strip()
        if token:
            await desk.customer_of(token, conversation)
        else:
            await sessions.require(request, "agent")
            await views.conversation(conversation)
        record = await store.read(lambda tx: tx.conversation(conversation))
        page = await store.read(lambda tx: tx.events(conversation, after, limit))
        events = [as_event(event, for_agent=not token) for event in page]
        return History(conversation=conversation, epoch=record.epoch, head=record.last_seq, events=events)

    _add_health(router, store, bot, redis)
    return router


def _add_health(router: APIRouter, store: Store, bot: Bot, redis: Heard | None) -> None:
    @router.get("/healthz", tags=["operations"])
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz", tags=["operations"])
    async def readyz(response: Response) -> dict[str, bool | int]:
        """The parts that a customer needs, and how many assistants answer.

        503 while the database is away; bot and Redis may be missing.
        """
        database, assistants = await _answers(store), await _ready(bot)
        response.status_code = 200 if database else 503
        parts = {"database": database, "bot": assistants > 0, "assistants": assistants}
        return parts | ({"redis": not redis.away} if redis else {})


async def _ready(bot: Bot) -> int:
    """A hung bot must not make the gateway look unwell."""
    try:
        async with asyncio.timeout(1):
            return int(await bot.ready())
    except TimeoutError:
        return 0


async def _answers(store: Store) -> bool:
    try:
        await store.read(lambda tx: tx.conversation(""))
    except NotFound:
        return True
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no
        return False
    return True
