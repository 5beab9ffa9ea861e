"""What a claim of the next one passed over, and whether it had to: noted by the gateway itself, for the checker.

On Postgres a claim skips rows that somebody has locked. Which ones those were nobody can tell afterwards, so the gateways
of a run look within the claim's own transaction, and lock nothing for it: a row that is locked, or was until just now, bears
the number of the transaction that did it, and a snapshot of before the claim tells whether that one had ended by then.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from tests.chaos.history import Json

FILE = "CHAOS_OVERTAKING"
"""The environment variable that names the file for the notes; without it none are made."""
NOTES = "overtaking.jsonl"
"""Its name in the folder of a run."""
_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
_IN_LINE = text("""
    WITH waiting AS (
        SELECT h.id, h.id IN :mine OR h.offered_to IS NULL AS for_us, h.priority, h.waiting_since,
            CAST(CASE WHEN h.id IN :mine THEN CAST(:looked AS text) ELSE CAST(:began AS text) END AS pg_snapshot) AS known,
            ARRAY[h.xmin, c.xmin] AS made, ARRAY[h.xmax, c.xmax] AS held
        FROM handoff AS h JOIN conversation AS c ON c.id = h.conversation_id
        WHERE h.site_id = :site AND h.state = 'waiting' AND c.owner = 'queue'
    ), numbers AS (
        SELECT waiting.*, CAST(CAST(m AS text) AS xid8) AS maker, CAST(CAST(h AS text) AS xid8) AS holder,
            CAST(CAST(h AS text) AS bigint) BETWEEN 1 AND CAST(CAST(m AS text) AS bigint) / 2 AS several
        FROM waiting, unnest(made, held) AS both_rows(m, h)
    )
    SELECT id, for_us, bool_or(
        several OR NOT pg_visible_in_snapshot(maker, known) OR NOT pg_visible_in_snapshot(holder, known)
    ) AS touched
    FROM numbers GROUP BY id, for_us, priority, waiting_since ORDER BY priority DESC, waiting_since, id
""").bindparams(bindparam("mine", expanding=True))
"""All that wait, in line. Of what the claim chose from: touched since just before it chose; of others, since it began, for
they may have come since. `several`: a number far below all others is that of a group of lockers, whom nobody can look up."""


def note_overtaking() -> None:
    """From now on, the gateway that is made here writes down whom each claim of the next passed over."""
    path = os.environ.get(FILE)
    if not path:
        return
    from handoff.adapters.transaction_sql import SqlTransaction

    begin, choose = SqlTransaction.one_by_one, SqlTransaction.next_waiting

    def began(self: Any, author: Any, cmid: str) -> None:
        begin(self, author, cmid)
        self.claim_told = cmid, self._connection.execute(_SNAPSHOT).scalar_one()

    def chosen(self: Any, handoff_ids: Sequence[int], *, patient: bool = False) -> Any:
        looked = self._connection.execute(_SNAPSHOT).scalar_one()
        found = choose(self, handoff_ids, patient=patient)
        if found is not None:
            cmid, since = self.claim_told
            values = {"mine": list(handoff_ids), "looked": looked, "began": since, "site": self.site_id}
            rows = [tuple(row) for row in self._connection.execute(_IN_LINE, values)]
            _write(path, {"cmid": cmid, "chosen": found.id, **_before(rows, found.id)})
        return found

    for name, function in (("one_by_one", began), ("next_waiting", chosen)):
        setattr(SqlTransaction, name, function)


def _before(rows: Sequence[tuple[int, bool, bool]], chosen: int) -> Json:
    """Those in front of the chosen one: the ones that nothing kept from being taken, and those that were locked."""
    place = next((place for place, row in enumerate(rows) if row[0] == chosen), len(rows))
    line = rows[:place]
    return {
        "free": [id_ for id_, may_be_taken, touched in line if may_be_taken and not touched],
        "locked": [id_ for id_, _, touched in line if touched],
    }


def _write(path: str, note: Json) -> None:
    """Before the claim is committed, so that none is without its note: a `kill -9` keeps what was written."""
    with open(path, "ab", buffering=0) as file:  # noqa: PTH123 - several processes add whole lines
        file.write(json.dumps(note).encode() + b"\n")


def noted(path: Path) -> Iterator[Json]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)
