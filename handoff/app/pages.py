"""The built pages, the widget's script, and the public help centre, with the headers that keep them safe."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from handoff.errors import NotFound
from knowledge_base.errors import NotFound as NoArticle
from knowledge_base.library import Library
from knowledge_base.wire import ArticleSummary

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_PAGES = {"/": "shop.html", "/console": "console.html", "/editor": "editor.html"}


class Built(StaticFiles):
    """Hashed files never change; the loader is asked for anew every five minutes."""

    async def check_config(self) -> None:
        """A folder that is not built yet has no files; that is a 404 for each, not an error of ours."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        name = str(args[0])
        fresh = "public, max-age=300" if name.endswith("v1.js") else "public, max-age=31536000, immutable"
        response.headers.update(HEADERS | {"Cache-Control": fresh, "Access-Control-Allow-Origin": "*"})
        return response


def create_router(dist_dir: Path, library: Library) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    def page(name: str) -> Response:
        path = dist_dir / name
        if not path.is_file():
            raise NotFound("This page is not built. Run: make web")
        return FileResponse(path, headers=HEADERS | {"Cache-Control": "no-cache"})

    def serve(path: str, name: str) -> None:
        router.add_api_route(path, lambda: page(name), methods=["GET"], response_class=HTMLResponse)

    for path, name in _PAGES.items():
        serve(path, name)
    serve("/console/{rest:path}", "console.html")
    serve("/editor/{rest:path}", "editor.html")

    @router.get("/help.css")
    async def help_css() -> Response:
        return page("help.css")

    @router.get("/help")
    async def help_home(q: str = "") -> Response:
        return _html("Help", await run_in_threadpool(_home, library, q[:300]))

    @router.get("/help/{slug}")
    async def help_article(slug: str) -> Response:
        try:
            article = await run_in_threadpool(library.read, slug)
        except NoArticle:
            message = "<p>This article is not there any more. <a href='/help'>See all articles</a></p>"
            return _html("Not found", message, status=404)
        body = (
            f"<article class='help-article'><p class='help-meta'><a href='/help'>Help</a> · {_words(article.category)}</p>"
            f"<h1>{escape(article.title)}</h1>{article.html}"
            f"<p class='help-meta'>Updated {article.updated_at:%d %B %Y}</p></article>"
        )
        return _html(article.title, body)

    return router


def _home(library: Library, query: str) -> str:
    articles: Sequence[ArticleSummary]
    if query:
        articles = library.suggest(query, page="", limit=10, searching=True).articles
        listed = _list(articles) if articles else "<p>Nothing found. Ask in the chat on the shop's page.</p>"
        found = f"<h2>Found for “{escape(query)}”</h2>{listed}"
    else:
        articles = sorted(library.articles().articles, key=lambda a: (a.category, a.title))
        groups = groupby(articles, key=lambda a: a.category)
        found = "".join(
            f"<section class='help-category'><h2>{_words(category)}</h2>{_list(list(group))}</section>"
            for category, group in groups
        )
    search = (
        "<form class='help-search' action='/help' role='search'><label for='q'>Search the help centre</label>"
        f"<input id='q' name='q' type='search' value='{escape(query)}'><button>Search</button></form>"
    )
    return f"<h1>How can we help?</h1>{search}{found}"


def _words(category: str) -> str:
    return escape(category.replace("-", " ").capitalize())


def _list(articles: Sequence[ArticleSummary]) -> str:
    rows = "".join(
        f"<li><a href='{escape(a.url)}'>{escape(a.title)}</a><p>{escape(a.summary)}</p></li>"
        for a in articles
    )
    return f"<ul class='help-list'>{rows}</ul>"


def _html(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)} · Fernhill help</title><link rel='icon' href='data:,'>"
        "<link rel='stylesheet' href='/help.css'></head>"
        "<body><header class='help-header'><a href='/'>Fernhill Outdoor</a></header>"
        f"<main class='help-main'>{body}</main>"
        "<footer class='help-footer'><a href='/help'>All articles</a></footer>"
        "<script src='/widget/v1.js' async data-site='default'></script></body></html>",
        status_code=status,
        headers=HEADERS,
    )
