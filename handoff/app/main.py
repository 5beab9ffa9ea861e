"""Joins everything: the only place where adapters and service meet.

`create_app(settings)` returns the ASGI application. Each part gets plain values; nobody reads settings for themselves.
"""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

from handoff.adapters.bot_rasa import rasa_pool
from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.doorbell_redis import RedisDoorbell
from handoff.adapters.judge_library import LibraryJudge
from handoff.adapters.mail_smtp import SmtpPost
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.app import longpoll, pages, rest
from handoff.app.housekeeping import Housekeeping
from handoff.app.limits import Limiter
from handoff.app.logs import configure_logs
from handoff.app.offers import Offers
from handoff.app.origin import origin
from handoff.app.polls import Polls
from handoff.app.problems import add_problem_handlers, problem_of, unexpected_problem
from handoff.app.settings import Settings
from handoff.app.signin import Sessions
from handoff.app.sockets import Door, Sockets
from handoff.desk import Desk
from handoff.errors import HandoffError, NotAllowed, NotSignedIn
from handoff.judging import Judging
from handoff.mailing import Mailing
from handoff.patience import Patience
from handoff.pii import Recogniser
from handoff.ports import Bot
from handoff.presence import Attendance, Board
from handoff.queue import Queue, Rules, Waits
from handoff.turns import Turns
from handoff.views import Views
from knowledge_base import api, errors
from knowledge_base.library import Library
from knowledge_base.opening import open_library

log = structlog.get_logger(__name__)
Middleware = Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SECRET_HEADER = "x-frontdesk-secret"  # noqa: S105 - the name of a header
OUTCOMES = "/api/knowledge/outcomes"
OF_EMBEDDERS = frozenset({OUTCOMES, longpoll.CUSTOMERS})
"""What pages of other websites may post that embed the widget."""
OUTCOMES_A_MINUTE = 60
"""From one address: what became of suggestions is told once in a while, and nobody shall vote in bulk."""
REQUESTS_A_MINUTE = 1_200
"""From one address without the secret: pages, suggestions and editors' typing stay far below."""
POLLS_A_MINUTE = 12_000
"""From one address, apart from the rest: an idle page asks two or three times, and a whole office may be behind one."""
ONLY_ITS_WORDS_TELL = "call 0470123456"
"""A number that may be anything but for the word before it, so that every recogniser looks at it."""
BEGIN_ANEW_SECONDS = 1.0
"""Before a part of the gateway that broke off is started again."""
SETTLE_SECONDS = 5.0
"""How long judgements under way may take when the gateway stops."""
MOST_BODY = 1_048_576
"""Bytes of a request's body: an article of 100,000 characters fits."""


def create_app(settings: Settings, bot: Bot | None = None, library: Library | None = None) -> FastAPI:
    """The gateway. `bot` and `library` stand in for Rasa and the encoder where a test brings its own."""
    recogniser = settings.recogniser()
    configure_logs(recogniser.masked)
    secret = settings.service_secret.get_secret_value()
    migrate(settings.database_url)
    store = SqlStore(settings.database_url, settings.site_id)
    local = LocalDoorbell()
    redis = RedisDoorbell(local, settings.redis_url, settings.site_id) if settings.redis_url else None
    doorbell = redis or local
    customers = Board()
    attendance = Attendance(store, Board(), customers)
    rasas = None
    if bot is None:
        bot = rasas = rasa_pool(settings.rasa_url, secret)
    library = library or open_library(
        settings.database_url, settings.encoder_dir, settings.site_id, recogniser.masked, settings.keep_answers_days,
        settings.vector_index,
    )  # fmt: skip
    limiter = Limiter(settings.redis_url)
    sessions = Sessions(
        store, timedelta(hours=settings.session_hours), frozenset(settings.allowed_origins), bool(settings.secure_cookies)
    )  # fmt: skip
    judging = Judging(store, doorbell, LibraryJudge(library))
    waits = Waits(settings.chat_seconds, settings.long_wait_seconds)
    desk = Desk(store, doorbell, judging, recogniser.find, waits, turns_in_line=settings.turns_in_line)
    letters = bool(settings.smtp_url)
    queue = Queue(
        store, doorbell, Rules(settings.routing, settings.offer_seconds, letters, settings.site_url)
    )
    views = Views(store, customers, recogniser.find, letters=letters)
    patience = _patience(settings, rasas.room if rasas else 0)
    turns = Turns(store, doorbell, bot, patience, recognise=recogniser.find)
    housekeeping = Housekeeping(
        store, queue, attendance, settings.agent_away_seconds, settings.agent_gone_seconds
    )
    sockets = Sockets(settings, store, doorbell, desk, queue, views, judging, attendance, sessions, limiter)
    others_write = not settings.database_url.startswith("sqlite")
    polls = Polls(store, local, redis, others_write=others_write, sent=sockets.switchboard.sent)
    work: list[Job] = [turns.run, housekeeping.run, polls.run, sockets.run]
    work.append(partial(_warm_up, library, recogniser))
    work.append(Offers(doorbell, queue).run)
    if letters:
        work.append(Mailing(store, doorbell, SmtpPost(settings.smtp_url, settings.mail_from)).run)
    if rasas:
        work.append(rasas.run)
    closing: list[Job] = [limiter.close]
    if redis:
        work.append(redis.run)
        closing.append(redis.close)
    lifespan = _lifespan(work, bot, judging, library, store, closing)
    app = FastAPI(title="Frontdesk", version="1", lifespan=lifespan, max_body_size=MOST_BODY)
    _add_edges(app, settings, sessions, limiter, secret)
    app.include_router(sessions.router(limiter))
    app.include_router(rest.create_router(store, desk, views, sessions, bot, redis))
    app.include_router(api.create_router(library, _editors(sessions), secret), prefix="/api/knowledge")
    app.router.routes += sockets.routes()
    app.add_middleware(Door, paths=sockets.paths())
    app.state.sockets = sockets
    _add_pages(app, settings, library)
    return app


def _patience(settings: Settings, room: int) -> Patience:
    """`room`: turns that the assistants take at once."""
    return Patience(
        turn_seconds=settings.turn_seconds,
        notice_seconds=settings.turn_notice_seconds,
        total_seconds=settings.turn_total_seconds,
        at_once=max(Patience().at_once, room),
    )


Job = Callable[[], Awaitable[None]]
Work = Sequence[Job]


def _lifespan(
    work: Work, bot: Bot, judging: Judging, library: Library, store: SqlStore, closing: Work
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    """What runs beside the requests, and in which order everything is closed."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        tasks = [asyncio.ensure_future(_kept_going(part)) for part in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    log.error("background.failed", exc_info=result)
            for close in closing:
                await close()
            await bot.close()
            await judging.settled(SETTLE_SECONDS)
            await asyncio.to_thread(library.close)
            await store.close()

    return lifespan


async def _kept_going(part: Job) -> None:
    """Run it to its end; one that breaks off by a bug begins anew, because the others rely on it."""
    while True:
        try:
            return await part()
        except Exception:
            log.exception("background.begun_anew", part=getattr(part, "__qualname__", repr(part)))
        await asyncio.sleep(BEGIN_ANEW_SECONDS)


def _add_edges(app: FastAPI, settings: Settings, sessions: Sessions, limiter: Limiter, secret: str) -> None:
    """What stands around every request: problems told as such, the guard, other websites."""
    add_problem_handlers(app)
    api.add_problem_handlers(app)
    app.middleware("http")(_guard(sessions, limiter, secret))
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST"],  # posting is refused by the guard, but for a few addresses
        allow_headers=["content-type"],
        allow_credentials=False,
    )


def _add_pages(app: FastAPI, settings: Settings, library: Library) -> None:
    app.include_router(pages.create_router(settings.dist_dir, library))
    for folder in ("assets", "widget"):
        app.mount(
            f"/{folder}", pages.Built(directory=settings.dist_dir / folder, check_dir=False), name=folder
        )


async def _warm_up(library: Library, recogniser: Recogniser) -> None:
    """Load what suggests and what recognises personal data now: no customer shall wait for it, nor any transaction."""
    await asyncio.gather(
        asyncio.to_thread(library.suggest, ""), asyncio.to_thread(recogniser.find, ONLY_ITS_WORDS_TELL)
    )


def _editors(sessions: Sessions) -> Callable[[Request], Awaitable[str]]:
    async def authorise(request: Request) -> str:
        try:
            return (await sessions.require(request, "editor")).name
        except NotSignedIn as error:
            raise errors.NotSignedIn(error.message) from error
        except NotAllowed as error:
            raise errors.NotAllowed(error.message) from error

    return authorise


def _guard(sessions: Sessions, limiter: Limiter, secret: str) -> Middleware:
    """What holds for every request: our own pages alone may change something, nobody floods, nothing inside leaks."""

    async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        client = origin(request.scope)
        try:
            told = request.url.path == OUTCOMES
            welcome = (
                sessions.may_embed(request)
                if request.url.path in OF_EMBEDDERS
                else sessions.own_origin(request, missing_is_fine=True)
            )
            if request.method in UNSAFE and not welcome:
                raise NotAllowed("This website may not do that.")
            ours = hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode())
            if not ours:
                polls = request.url.path in longpoll.PATHS
                kind, most = ("poll", POLLS_A_MINUTE) if polls else ("http", REQUESTS_A_MINUTE)
                await limiter.check(f"{kind}:{client}", most, 60)
            if told:
                await limiter.check(f"outcomes:{client}", OUTCOMES_A_MINUTE, 60)
            response = await call_next(request)
        except HandoffError as error:
            response = problem_of(error)
        except Exception as error:  # noqa: BLE001 - the edge: one plain sentence outside, the place in the log
            response = unexpected_problem(request.url.path, error)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.url.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
