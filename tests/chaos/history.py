"""What a run leaves behind: what every participant did and saw, as JSON lines, and the database at the end.

The checker reads only these; it never talks to a gateway. Times are seconds of this machine's monotonic clock.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url

from handoff.adapters import tables

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a participant or the stage did or saw.

    `what` is one of: send, accepted, rejected, abandoned (left unsent for good), event (applied to the log), forget (the
    log is dropped and follows anew), connected, welcome, lost, status, queue, claim, settled (is told to be complete),
    passed (whom a claim passed over), fault, held, released, mended, up, down.
    """

    t: float
    who: str
    what: str
    conversation: str = ""
    cmid: str = ""
    seq: int = 0
    kind: str = ""
    text: str = ""
    fence: int = -1
    more: Json = field(default_factory=dict)


_DEFAULTS = {one.name: one.default for one in fields(Record)}


class History:
    """Writes records to a file as they happen. A context manager."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def note(self, who: str, what: str, **values: Any) -> None:
        record = {"t": round(time.monotonic(), 6), "who": who, "what": what, **values}
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self.counts[what] += 1
        if what == "send":
            self.counts[f"send {values['kind']}"] += 1


def read_history(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Record(**json.loads(line))


def as_line(record: Record) -> str:
    """A record as `History` writes it, without what is empty."""
    values = {
        name: value for name, value in asdict(record).items() if value != _DEFAULTS[name] and value != {}
    }
    return json.dumps({"t": record.t, "who": record.who, "what": record.what, **values})


@dataclass(frozen=True, slots=True)
class Dump:
    """The tables at the end, as rows. `events` is by conversation and in the order of seq."""

    conversations: Mapping[str, Json]
    events: Mapping[str, list[Json]]
    handoffs: list[Json] = field(default_factory=list)
    agents: list[Json] = field(default_factory=list)
    turns: list[Json] = field(default_factory=list)
    skips_locked: bool = False
    """Whether a claim passes over a row that somebody is writing, instead of waiting for them."""


def read_dump(url: str, *, logs: bool = True) -> Dump:
    """The whole database, read with a driver that waits. Without `logs` no event, which is most of it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    try:
        with engine.connect() as connection, connection.begin():

            def rows(table: Any, *order: Any) -> list[Json]:
                return [dict(row) for row in connection.execute(select(table).order_by(*order)).mappings()]

            event = tables.event
            turns = rows(
                tables.bot_turn, tables.bot_turn.c.id
            )  # first: what a turn leads to is seen with its end
            return Dump(
                conversations={row["id"]: row for row in rows(tables.conversation, tables.conversation.c.id)},
                events=by_conversation(rows(event, event.c.conversation_id, event.c.seq)) if logs else {},
                handoffs=rows(tables.handoff, tables.handoff.c.id),
                agents=rows(tables.agent, tables.agent.c.id),
                turns=turns,
                skips_locked=parsed.get_backend_name() == "postgresql",
            )
    finally:
        engine.dispose()


def by_conversation(events: Iterable[Json]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for event in events:
        found.setdefault(event["conversation_id"], []).append(event)
    return found


def seconds_of(moment: datetime) -> float:
    """Seconds since 1970; a moment without a zone is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
