"""What editors may do over HTTP. Every route asks `authorise` first; what it returns is written into the history.

This module must not know how editors sign in.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from knowledge_base.api_trust import create_trust_router
from knowledge_base.library import Library
from knowledge_base.threads import Threads
from knowledge_base.wire import (
    ArticleState,
    DraftIn,
    EditorArticle,
    EditorList,
    PreviewReply,
    PreviewRequest,
    PublishReply,
    RevisionList,
    RevisionOut,
    SearchReply,
    TestRequest,
)

Authorise = Callable[[Request], Awaitable[str]]
"""Returns the name of the signed-in editor; raises NotSignedIn or NotAllowed."""


def create_editor_router(library: Library, threads: Threads, authorise: Authorise) -> APIRouter:
    """The routes under /editor. `authorise` returns the editor's name or raises NotSignedIn or NotAllowed."""

    async def signed_in(request: Request) -> str:
        return await authorise(request)

    router = APIRouter(tags=["editor"], dependencies=[Depends(signed_in)])
    _add_articles(router, library, threads, signed_in)
    _add_history(router, library, threads, signed_in)
    router.include_router(create_trust_router(library.trust, threads))

    @router.post("/preview")
    async def preview(request: PreviewRequest) -> PreviewReply:
        return await threads.run(library.preview, request.body)

    @router.post("/test")
    async def test(request: TestRequest) -> SearchReply:
        return await threads.run(library.test, request)

    return router


def _add_articles(router: APIRouter, library: Library, threads: Threads, signed_in: Authorise) -> None:
    @router.get("/articles")
    async def rows(
        state: ArticleState | None = None, q: Annotated[str, Query(max_length=200)] = ""
    ) -> EditorList:
        return await threads.run(library.rows, state, q)

    @router.post("/articles", status_code=201)
    async def create(draft: DraftIn, editor: Annotated[str, Depends(signed_in)]) -> EditorArticle:
        return await threads.run(library.create, draft, editor)

    @router.get("/articles/{article_id}")
    async def article(article_id: str) -> EditorArticle:
        return await threads.run(library.open, article_id)

    @router.put("/articles/{article_id}/draft")
    async def save(
        article_id: str, draft: DraftIn, editor: Annotated[str, Depends(signed_in)]
    ) -> EditorArticle:
        return await threads.run(library.save, article_id, draft, editor)

    @router.post("/articles/{article_id}/publish")
    async def publish(article_id: str) -> PublishReply:
        return await threads.run(library.publish, article_id)

    @router.post("/articles/{article_id}/retire")
    async def retire(article_id: str) -> EditorArticle:
        return await threads.run(library.retire, article_id)


def _add_history(router: APIRouter, library: Library, threads: Threads, signed_in: Authorise) -> None:
    @router.get("/articles/{article_id}/revisions")
    async def revisions(article_id: str) -> RevisionList:
        return await threads.run(library.revisions, article_id)

    @router.get("/articles/{article_id}/revisions/{number}")
    async def revision(article_id: str, number: int) -> RevisionOut:
        return await threads.run(library.revision, article_id, number)

    @router.post("/articles/{article_id}/revisions/{number}/restore")
    async def restore(
        article_id: str, number: int, editor: Annotated[str, Depends(signed_in)]
    ) -> EditorArticle:
        return await threads.run(library.restore, article_id, number, editor)
