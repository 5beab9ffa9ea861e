"""Counts what helped, beside the answering: noted in memory, written in batches by a thread of its own.

What was noted in the last EVERY_SECONDS is lost when the process is killed; these are habits, not bookings. This module
must not know where counts are kept.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from knowledge_base.errors import LibraryError
from knowledge_base.habits import SITE, Counts, boosts, page_key, proven
from knowledge_base.ports import HabitStore
from knowledge_base.visits import Visits

EVERY_SECONDS = 5.0
"""Between two writings."""
READ_AGAIN_ROUNDS = 12
"""Counts of other processes are read once in so many rounds."""
TIDY_ROUNDS = 720
MOST_WAITING = 5_000
"""Counts that wait to be written; what comes beyond is dropped until there is room."""

log = logging.getLogger(__name__)
Outcome = Mapping[str, Collection[str]]
"""Slugs by what became of them: shown, opened, helped, dismissed."""


class Tally:
    """Safe to call from several threads. `note` and `boosts` never wait for the database."""

    def __init__(
        self, store: HabitStore, now: Callable[[], datetime] = lambda: datetime.now(UTC), every: float = EVERY_SECONDS
    ) -> None:  # fmt: skip
        self._store = store
        self._now = now
        self._every = every
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        """Held by whoever writes and reads the counts: one at a time."""
        self._waiting: dict[tuple[str, str], Counts] = {}
        self._visits = Visits()
        self._counts: dict[str, dict[str, Counts]] = {}
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def note(self, page: str, outcome: Outcome, visit: str = "") -> None:
        """Counts once for every visit, slug and kind, on this kind of page and on the site."""
        with self._lock:
            noted = _counts(
                {
                    kind: {slug for slug in set(found) if self._visits.is_new(visit, kind, slug)}
                    for kind, found in outcome.items()
                }
            )
            if not noted:
                return
            pages = {SITE, page_key(page)} if self._is_often_seen(page_key(page), visit) else {SITE}
            for slug, counts in noted.items():
                for key in ((kind, slug) for kind in pages):
                    if key in self._waiting or len(self._waiting) < MOST_WAITING:
                        self._waiting[key] = self._waiting.get(key, Counts()) + counts
        self._start()

    def boosts(self, page: str) -> dict[str, float]:
        """For each article id what its use on this kind of page adds to its rank."""
        self._start()
        return boosts(self._counts.get(page_key(page), {}), self._counts.get(SITE, {}))

    def proven(self, page: str) -> list[str]:
        """Ids of articles that helped enough people on this very kind of page, best first."""
        key = page_key(page)
        return [] if key == SITE else proven(self._counts.get(key, {}), self._counts.get(SITE, {}))

    def flush(self) -> None:
        """Writes what waits, and reads what is there. Raises nothing: what cannot be written waits on.

        What was noted before is written when it returns, also if another thread was at it.
        """
        with self._writing:
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        try:
            if waiting:
                self._store.add(waiting, self._now())
        except LibraryError:
            log.warning("counts of what helped wait for the database")
            with self._lock:
                for key, counts in waiting.items():
                    self._waiting[key] = self._waiting.get(key, Counts()) + counts
            return
        with contextlib.suppress(LibraryError):  # the next round reads them
            self._counts = self._store.all(self._now())

    def close(self) -> None:
        """Writes the rest; may be called twice."""
        if not self._closed.is_set():
            self._closed.set()
            if self._thread is not None:
                self._thread.join(timeout=self._every)
            if self._waiting:
                self.flush()

    def _is_often_seen(self, page: str, visit: str) -> bool:
        return page in self._counts or page == SITE or self._visits.is_shared(visit, page)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="tally", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        rounds = 0
        self.flush()
        while not self._closed.wait(self._every):
            rounds += 1
            if self._waiting or rounds % READ_AGAIN_ROUNDS == 0:
                self.flush()
            if rounds % TIDY_ROUNDS == 0:
                with contextlib.suppress(LibraryError):
                    self._store.tidy(self._now())


def _counts(outcome: Outcome) -> dict[str, Counts]:
    """What is of help was opened, and what was opened was in front of somebody."""
    slugs = {slug for found in outcome.values() for slug in found}
    return {slug: Counts(**{kind: float(slug in found) for kind, found in outcome.items()}) for slug in slugs}
