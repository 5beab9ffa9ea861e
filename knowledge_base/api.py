"""The knowledge base over HTTP: what customers and the bot may ask. Editors' routes are in `api_editor.py`.

Only published articles are reachable here. The library blocks, so it runs in a bounded pool of threads, never on the
event loop. This module must not know how editors sign in; it is handed a callable that does.
"""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from knowledge_base.api_editor import Authorise, create_editor_router
from knowledge_base.errors import LibraryError, NotSignedIn
from knowledge_base.library import Library
from knowledge_base.threads import Threads
from knowledge_base.wire import (
    AnswerReply,
    AnswerRequest,
    ArticleList,
    Hit,
    JudgementIn,
    Outcomes,
    Problem,
    PublicArticle,
    SearchReply,
    SuggestReply,
)

QUERY_LENGTH = 1000
PAGE_LENGTH = 500
TYPING_THREADS = 2
"""Suggestions at once, apart from all else: whoever types does not hold up whoever asked."""

Words = Annotated[str, Query(max_length=QUERY_LENGTH)]
SlugList = Annotated[str, Query(max_length=5_000)]


def create_router(library: Library, authorise: Authorise, service_secret: str) -> APIRouter:
    """Every route of the knowledge base, to be mounted under /api/knowledge.

    `service_secret` is what the action server sends as X-Frontdesk-Secret. The application must also call
    `add_problem_handlers`, so that errors become problems.
    """
    library.serve()
    threads, typing = Threads(), Threads(TYPING_THREADS)
    router = APIRouter(tags=["knowledge"], responses={422: {"model": Problem}})
    router.include_router(_public(library, threads, typing))
    router.include_router(_service(library, threads, service_secret))
    router.include_router(create_editor_router(library, threads, authorise), prefix="/editor")
    return router


def add_problem_handlers(app: FastAPI) -> None:
    """Makes LibraryError and invalid requests into problem JSON."""
    app.add_exception_handler(LibraryError, library_problem)
    app.add_exception_handler(RequestValidationError, invalid_request_problem)


async def library_problem(_request: Request, exc: Exception) -> JSONResponse:
    """The exception handler for LibraryError: the one place where errors become problem JSON."""
    if not isinstance(exc, LibraryError):
        raise exc
    problem = Problem(code=exc.code, message=str(exc), retryable=exc.retryable)
    return JSONResponse(problem.model_dump(), status_code=exc.status)


async def invalid_request_problem(_request: Request, exc: Exception) -> JSONResponse:
    """The exception handler for FastAPI's RequestValidationError: says which field is wrong, without echoing it."""
    if not isinstance(exc, RequestValidationError):
        raise exc
    first = exc.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    problem = Problem(code="invalid", message=f"{where or 'The request'}: {first['msg']}.", retryable=False)
    return JSONResponse(problem.model_dump(), status_code=422)


def _public(library: Library, threads: Threads, typing: Threads) -> APIRouter:
    router = APIRouter()

    @router.get("/search")
    async def search(q: Words, limit: Annotated[int, Query(ge=1, le=20)] = 5) -> SearchReply:
        return await threads.run(library.search, q, limit)

    @router.get("/suggest")
    async def suggest(
        q: Words = "",
        page: Annotated[str, Query(max_length=PAGE_LENGTH)] = "",
        limit: Annotated[int, Query(ge=1, le=10)] = 3,
        seen: SlugList = "",
        read: SlugList = "",
        searching: bool = False,
    ) -> SuggestReply:
        """`seen` and `read` are slugs with commas between; `searching` when the customer looks for articles."""
        lists = {"seen": seen.split(","), "read": read.split(",")}
        return await typing.run(library.suggest, q, page, limit, searching=searching, **lists)

    @router.post("/outcomes", status_code=204)
    async def outcomes(told: Outcomes) -> None:
        """What became of suggestions; slugs that are none are ignored."""
        library.note(told)

    @router.get("/articles")
    async def articles() -> ArticleList:
        return await threads.run(library.articles)

    @router.get("/articles/{slug}")
    async def article(slug: str) -> PublicArticle:
        return await threads.run(library.read, slug)

    return router


def _service(library: Library, threads: Threads, service_secret: str) -> APIRouter:
    async def check(x_frontdesk_secret: Annotated[str, Header()] = "") -> None:
        if not service_secret or not hmac.compare_digest(
            x_frontdesk_secret.encode(), service_secret.encode()
        ):
            raise NotSignedIn("This address is for the bot; the service secret is missing or wrong.")

    router = APIRouter(dependencies=[Depends(check)])

    @router.post("/answer")
    async def answer(request: AnswerRequest) -> AnswerReply:
        return await threads.run(library.answer, request)

    @router.post("/answers/{answer_id}/judgement", status_code=204)
    async def judge(answer_id: str, judgement: JudgementIn) -> None:
        await threads.run(library.judge, answer_id, judgement.verdict, judgement.by)

    @router.get("/passages/{passage_id}")
    async def passage(passage_id: str) -> Hit:
        return await threads.run(library.passage, passage_id)

    return router
