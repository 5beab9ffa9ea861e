"""Joins everything: the only place where adapters and service meet.

`create_app(settings)` returns the ASGI application. Each part gets plain values; nobody reads settings for themselves.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta

import structlog
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import JSONResponse

import knowledge_base
from handoff.adapters.bot_rasa import RasaBot
from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.app import pages, rest
from handoff.app.agent_socket import AgentSockets
from handoff.app.customer_socket import CustomerSockets
from handoff.app.housekeeping import Housekeeping
from handoff.app.limits import Limiter
from handoff.app.problems import add_problem_handlers
from handoff.app.settings import Settings
from handoff.app.signin import Sessions
from handoff.desk import Desk
from handoff.errors import NotAllowed, NotSignedIn
from handoff.ports import Bot
from handoff.presence import Board
from handoff.queue import Queue
from handoff.turns import Patience, Turns
from handoff.views import Views
from knowledge_base.wire import Problem

log = structlog.get_logger(__name__)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def create_app(
    settings: Settings, bot: Bot | None = None, library: knowledge_base.Library | None = None
) -> FastAPI:
    """The gateway. `bot` and `library` stand in for Rasa and the encoder where a test brings its own."""
    secret = settings.service_secret.get_secret_value()
    migrate(settings.database_url)
    store = SqlStore(settings.database_url, settings.site_id)
    doorbell = LocalDoorbell()
    agents, customers = Board(), Board()
    bot = bot or RasaBot(settings.rasa_url, secret)
    library = library or knowledge_base.open_library(
        settings.database_url, settings.encoder_dir, settings.site_id
    )
    limiter = Limiter()
    sessions = Sessions(
        store,
        timedelta(hours=settings.session_hours),
        frozenset(settings.allowed_origins),
        settings.secure_cookies,
    )
    desk = Desk(store, doorbell, agents)
    queue = Queue(store, doorbell)
    views = Views(store, agents, customers)
    patience = Patience(turn_seconds=settings.turn_seconds, total_seconds=settings.turn_total_seconds)
    turns = Turns(store, doorbell, agents, bot, patience)
    housekeeping = Housekeeping(store, doorbell, queue, agents, settings.agent_gone_seconds)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        tasks = [asyncio.create_task(turns.run()), asyncio.create_task(housekeeping.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    log.error("background.failed", exc_info=result)
            await bot.close()
            await store.close()

    app = FastAPI(title="Frontdesk", version="1", lifespan=lifespan)
    add_problem_handlers(app)
    knowledge_base.add_problem_handlers(app)
    app.middleware("http")(_own_pages_only(sessions))
    app.include_router(sessions.router(limiter))
    app.include_router(rest.create_router(store, desk, views, sessions, bot))
    app.include_router(
        knowledge_base.create_router(library, _editors(sessions), secret), prefix="/api/knowledge"
    )
    customer_sockets = CustomerSockets(
        store, doorbell, desk, customers, sessions, limiter,
        settings.frames_per_10_seconds, settings.conversations_per_hour,
    )  # fmt: skip
    agent_sockets = AgentSockets(
        store, doorbell, queue, views, agents, sessions, limiter, settings.frames_per_10_seconds
    )

    @app.websocket("/ws/customer")
    async def customer(websocket: WebSocket) -> None:
        await customer_sockets.serve(websocket)

    @app.websocket("/ws/agent")
    async def agent(websocket: WebSocket) -> None:
        await agent_sockets.serve(websocket)

    app.include_router(pages.create_router(settings.dist_dir, library))
    for folder in ("assets", "widget"):
        app.mount(
            f"/{folder}", pages.Built(directory=settings.dist_dir / folder, check_dir=False), name=folder
        )
    return app


def _editors(sessions: Sessions) -> Callable[[Request], Awaitable[str]]:
    async def authorise(request: Request) -> str:
        try:
            return (await sessions.require(request, "editor")).name
        except NotSignedIn as error:
            raise knowledge_base.NotSignedIn(error.message) from error
        except NotAllowed as error:
            raise knowledge_base.NotAllowed(error.message) from error

    return authorise


def _own_pages_only(
    sessions: Sessions,
) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """Unsafe requests from another site's page are refused; programs without an Origin are not browsers."""

    async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.method in UNSAFE and not sessions.same_origin(request, missing_is_fine=True):
            problem = Problem(code="foreign_origin", message="This website may not do that.", retryable=False)
            return JSONResponse(problem.model_dump(), status_code=403)
        return await call_next(request)

    return middleware
