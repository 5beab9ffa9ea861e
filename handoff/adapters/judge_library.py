"""Judgements of answers go into the knowledge base's log, in a thread: its writes wait for a disk."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from handoff.errors import NotFound
from handoff.protocol import Verdict
from knowledge_base import errors


class Judged(Protocol):
    """What the library offers for it (`knowledge_base.library.Library`)."""

    def judge(self, answer_id: str, verdict: Verdict, by: str, at: datetime) -> object: ...


class LibraryJudge:
    def __init__(self, library: Judged) -> None:
        self._library = library

    async def judge(self, answer_id: str, verdict: Verdict, by: str) -> None:
        """Raises NotFound for an answer that the library does not know (any more)."""
        try:
            await asyncio.to_thread(self._library.judge, answer_id, verdict, by, datetime.now(UTC))
        except errors.NotFound as error:
            raise NotFound("The library does not know this answer.") from error
