"""Rows of letters: an outbox that any gateway may empty, each letter leased by whoever sends it."""

from datetime import UTC, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from handoff.adapters import tables as t
from handoff.adapters.prepared import Row
from handoff.adapters.rows import Rows
from handoff.ports import MailRecord

FURTHEST_SECONDS = 7_200.0
"""No letter is leased or put off for so long: what lies further ahead was written before a reboot."""
MOST_ERROR = 200


class MailRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns letters."""

    def add_mail(
        self, conversation_id: str, key: str, recipient: str, subject: str, text: str, not_before: float
    ) -> bool:
        """Put a letter into the outbox; False when there is one for `key` already."""
        new = sqlite.insert if self._sqlite else postgresql.insert
        values = {
            "site_id": self.site_id, "conversation_id": conversation_id, "key": key, "recipient": recipient,
            "subject": subject, "text": text, "state": "waiting", "not_before": not_before, "created_at": datetime.now(UTC),
        }  # fmt: skip
        return self._run(new(t.mail).values(**values).on_conflict_do_nothing()) == 1

    def take_mail(self, lease_seconds: float) -> MailRecord | None:
        """The letter that is due the longest, leased: nobody else gets it until the lease is over."""
        c, now = t.mail.c, self.clock()
        free = or_(c.lease_until.is_(None), c.lease_until < now, c.lease_until > now + FURTHEST_SECONDS)
        ripe = or_(c.not_before <= now, c.not_before > now + FURTHEST_SECONDS)
        due = select(c.id).where(c.site_id == self.site_id, c.state == "waiting", ripe, free)
        chosen = due.order_by(c.not_before, c.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        taken = update(t.mail).where(c.id == chosen, c.state == "waiting", free)
        row = self._one(taken.values(attempts=c.attempts + 1, lease_until=now + lease_seconds).returning(*c))
        return _mail(row) if row else None

    def finish_mail(
        self, mail: MailRecord, state: str, *, not_before: float = 0, error: str = "", tried: bool = True
    ) -> bool:
        """What became of this attempt, which counts if it `tried`; False when another attempt has the letter by now."""
        c = t.mail.c
        mine = update(t.mail).where(
            c.site_id == self.site_id, c.id == mail.id, c.attempts == mail.attempts, c.state == "waiting"
        )
        sent_at = datetime.now(UTC) if state == "sent" else None
        values = {"state": state, "not_before": not_before, "error": error[:MOST_ERROR], "sent_at": sent_at}
        return self._run(mine.values(**values, attempts=mail.attempts - (not tried), lease_until=None)) == 1

    def latest_mail(self, conversation_id: str) -> MailRecord | None:
        c = t.mail.c
        of = self._of(t.mail).where(c.conversation_id == conversation_id)
        row = self._one(of.order_by(c.id.desc()).limit(1))
        return _mail(row) if row else None


def _mail(row: Row) -> MailRecord:
    return MailRecord(**{name: row[name] for name in MailRecord.__slots__})
