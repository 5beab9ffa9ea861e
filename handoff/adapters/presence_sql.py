"""Rows of who was connected to which gateway, by the lease clock."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Float, and_, bindparam, delete, or_, select, update

from handoff.adapters import tables as t
from handoff.adapters.prepared import Prepared
from handoff.adapters.rows import NOW, Rows
from handoff.ports import SEEN_SECONDS

RELOAD_SECONDS = 10.0
"""A page that reloads is not somebody who left."""
FORGET_SECONDS = 3_600.0
"""Longer than anybody asks about; who left before is as gone as who was never here."""


def _online(now: ColumnElement[float]) -> Prepared:
    c = t.presence.c
    here = (c.until > now, c.seen_at <= now + SEEN_SECONDS)
    return Prepared(select(c.key).where(c.site_id == bindparam("site"), c.role == bindparam("role"), *here))


_ONLINE, _ONLINE_BY_ITS_CLOCK = _online(bindparam("now", type_=Float)), _online(NOW)


class PresenceRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns presence."""

    def seen(self, role: str, keys: Iterable[str], gateway: str) -> None:
        """These are connected to this gateway now, and online for SEEN_SECONDS from here."""
        now, c = self.clock(), t.presence.c
        self._upsert(
            t.presence,
            [
                {"role": role, "key": key, "gateway": gateway, "seen_at": now, "until": now + SEEN_SECONDS}
                for key in sorted(keys)
            ],
        )
        outdated = or_(
            c.seen_at < now - FORGET_SECONDS, c.seen_at > now + SEEN_SECONDS
        )  # the latter: a reboot
        self._run(delete(t.presence).where(c.site_id == self.site_id, c.role == role, outdated))

    def left(self, role: str, keys: Iterable[str], gateway: str) -> None:
        """The last socket of each was closed here just now: online no longer than a reload takes."""
        gone, c = sorted(keys), t.presence.c
        if not gone:
            return
        now = self.clock()
        theirs = (c.site_id == self.site_id, c.role == role, c.gateway == gateway, c.key.in_(gone))
        self._run(update(t.presence).where(*theirs).values(seen_at=now, until=now + RELOAD_SECONDS))

    def online(self, role: str) -> set[str]:
        if self.lease_clock is None:
            here = self._ask(_ONLINE_BY_ITS_CLOCK, role=role)
        else:
            here = self._ask(_ONLINE, role=role, now=self.lease_clock())
        return {row["key"] for row in here.rows}

    def gone(self, role: str, keys: Iterable[str], seconds: float, since: float = 0.0) -> set[str]:
        """Those of `keys` who have been on no gateway for `seconds`; nobody counts as longer away than `since`."""
        asked, now, c = set(keys), self.clock(), t.presence.c
        if not asked or since > now - seconds:
            return set()
        connected = and_(c.until > now, c.until > c.seen_at + RELOAD_SECONDS + 1)
        recent = and_(or_(c.seen_at > now - seconds, connected), c.seen_at <= now + SEEN_SECONDS)
        ours = (c.site_id == self.site_id, c.role == role, c.key.in_(asked))
        return asked - set(self._connection.execute(select(c.key).where(*ours, recent)).scalars())
