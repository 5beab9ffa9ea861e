"""Asks the library over HTTP and hands back typed answers or a typed error.

The gateway serves it under /api/knowledge. Must not know Rasa or what the bot says.

LibraryError
├── LibraryUnreachable   no connection, too slow, or the server is failing: trying again may help
├── LibraryRefused       it understood and said no (wrong secret, bad request): trying again will not help
└── PassageGone          this passage is not, or no longer, published
"""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import httpx

TIMEOUT_SECONDS = 5.0
DEFAULT_GATEWAY = "http://127.0.0.1:8080"
QUESTION_CHARACTERS = 4_000
"""The library refuses longer questions."""
ASKED_QUESTIONS = 5
EXCLUDED_PASSAGES = 50
DECISIONS = frozenset({"answer", "clarify", "none"})

Hit = dict[str, Any]
"""One passage as the library describes it; passed on whole, so that a new field needs no change here."""


class LibraryError(RuntimeError):
    """The library gave no answer."""


class LibraryUnreachable(LibraryError):
    """No connection, no answer in time, or a failing server."""


class LibraryRefused(LibraryError):
    """The library understood the request and refused it."""


class PassageGone(LibraryError):
    """The passage is not published any more."""


@dataclass(frozen=True)
class Answer:
    """What the library makes of a question. `confidence` is the probability that the first hit answers it."""

    decision: str
    confidence: float
    hits: list[Hit]
    ambiguous: bool = False
    """The first hits are of different articles and nearly level."""
    language: str = ""
    """Of the question, ISO 639-1; empty when nobody can be sure."""
    foreign: bool = False
    """Asked in another language than the library's."""


class LibraryClient:
    """Talks to one gateway; keeps its connections open between calls."""

    def __init__(self, gateway: str, secret: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{gateway.rstrip('/')}/api/knowledge",
            headers={"X-Frontdesk-Secret": secret},
            timeout=timeout_seconds,
            # A proxy from the environment must never see the secret or a customer's question.
            trust_env=False,
        )
        self._timeout_seconds = timeout_seconds

    async def answer(self, question: str, asked: Sequence[str] = (), exclude: Sequence[str] = ()) -> Answer:
        """Ask one question, with the earlier ones (oldest first) and the passages to leave out.

        Raises LibraryUnreachable or LibraryRefused.
        """
        body = {
            "question": question[:QUESTION_CHARACTERS],
            "asked": [earlier[:QUESTION_CHARACTERS] for earlier in asked][-ASKED_QUESTIONS:],
            "exclude": list(exclude)[-EXCLUDED_PASSAGES:],
        }
        reply = await self._request("POST", "/answer", json=body)
        decision, hits = reply.get("decision"), reply.get("hits")
        if decision not in DECISIONS or not isinstance(hits, list) or (decision != "none" and not hits):
            raise LibraryUnreachable("the library's answer has an unknown shape")
        return Answer(
            str(decision),
            float(reply.get("confidence", 0.0)),
            hits,
            ambiguous=bool(reply.get("ambiguous")),
            language=str(reply.get("language") or ""),
            foreign=bool(reply.get("foreign")),
        )

    async def topics(self) -> list[str]:
        """Return the names of the library's categories, those with the most articles first. Raises LibraryError."""
        articles = (await self._request("GET", "/articles")).get("articles")
        if not isinstance(articles, list):
            raise LibraryUnreachable("the library's list has an unknown shape")
        counted = Counter(str(article.get("category") or "") for article in articles)
        return [topic for topic, _ in counted.most_common() if topic]

    async def passage(self, passage_id: str) -> Hit:
        """Return one published passage. Raises PassageGone, LibraryUnreachable or LibraryRefused."""
        return await self._request("GET", f"/passages/{quote(passage_id, safe='')}")

    async def close(self) -> None:
        await self._http.aclose()

    async def _request(self, method: str, path: str, json: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            # httpx times each step; this bounds the whole call.
            response = await asyncio.wait_for(
                self._http.request(method, path, json=json), timeout=self._timeout_seconds
            )
            if response.status_code == 404 and method == "GET":
                raise PassageGone(path)
            if response.status_code >= 500 or response.status_code == 429:
                raise LibraryUnreachable(f"status {response.status_code}")
            if response.status_code >= 400:
                raise LibraryRefused(f"status {response.status_code}")
            reply = response.json()
        except (httpx.HTTPError, asyncio.TimeoutError, ValueError) as error:
            raise LibraryUnreachable(type(error).__name__) from error
        if not isinstance(reply, dict):
            raise LibraryUnreachable("the library's answer is not an object")
        return reply


_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, LibraryClient]" = WeakKeyDictionary()


def library() -> LibraryClient:
    """Return this event loop's client, made from FRONTDESK_GATEWAY_URL and FRONTDESK_SERVICE_SECRET.

    Raises LibraryRefused without the secret: the library would refuse every question anyway.
    """
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        secret = os.environ.get("FRONTDESK_SERVICE_SECRET", "")
        if not secret:
            raise LibraryRefused("FRONTDESK_SERVICE_SECRET is not set")
        _clients[loop] = LibraryClient(os.environ.get("FRONTDESK_GATEWAY_URL", DEFAULT_GATEWAY), secret)
    return _clients[loop]
