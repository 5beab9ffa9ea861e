"""Rows of the log, and of the buttons that it offers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import String, Update, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from handoff.adapters import tables as t
from handoff.adapters.prepared import Prepared, Row
from handoff.adapters.rows import Rows
from handoff.errors import CmidReused, NotFound
from handoff.ports import Author, EventRecord, Json

PREVIEW = 200
"""Characters of the last line that lists show."""

_PLAIN = (
    update(t.conversation)
    .where(t.conversation.c.site_id == bindparam("site"), t.conversation.c.id == bindparam("conversation"))
    .values(last_seq=t.conversation.c.last_seq + 1, last_at=bindparam("now"))
    .returning(t.conversation.c.last_seq)
)
_WITH_WORDS = _PLAIN.values(last_text=bindparam("words"), last_from=bindparam("who"))
_COUNTED, _COUNTED_WORDS = Prepared(_PLAIN), Prepared(_WITH_WORDS)
_PAGE = Prepared(
    select(t.event)
    .where(
        t.event.c.site_id == bindparam("site"), t.event.c.conversation_id == bindparam("conversation"),
        t.event.c.seq > bindparam("after"),
    )
    .order_by(t.event.c.seq)
    .limit(bindparam("most"))
)  # fmt: skip


def _at_once(counted: Update) -> Prepared:
    """The counter and the event in one statement; the seq, if there is such a conversation. Not on SQLite."""
    number = counted.cte("counted")
    values = (number.c.last_seq if c is t.event.c.seq else bindparam(c.name, type_=c.type) for c in t.event.c)
    new = insert(t.event).from_select([c.name for c in t.event.c], select(*values).select_from(number))
    return Prepared(new.returning(t.event.c.seq))


_SAID, _SAID_WORDS = _at_once(_PLAIN), _at_once(_WITH_WORDS)
_THUMBS = Prepared(
    select(t.event.c.body)
    .where(
        t.event.c.site_id == bindparam("site"), t.event.c.conversation_id == bindparam("conversation"),
        t.event.c.kind == "feedback",
    )
    .order_by(t.event.c.seq)
)  # fmt: skip
_LIVE_CLAIM = Prepared(
    select(t.event).where(
        t.event.c.site_id == bindparam("site"),
        and_(
            t.event.c.agent_id == bindparam("agent"), t.event.c.agent_id.is_not(None), t.event.c.cmid == bindparam("cmid"),
            t.event.c.author == bindparam("author"), t.event.c.kind == "notice",
        ),
        exists().where(t.handoff.c.conversation_id == t.event.c.conversation_id, t.IS_LIVE),
    )
)  # fmt: skip
_ONE_BY_ONE = Prepared(
    select(
        func.pg_advisory_xact_lock(func.hashtextextended(bindparam("said", type_=String), 0)).label("locked")
    )
)


class LogRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns events and buttons."""

    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        """Number the event with the next seq and store it. The counter's row lock makes the order total and gapless."""
        at = datetime.now(UTC)
        words = None
        if author.role != "system" and kind in ("message", "answer", "choices", "chosen") and "text" in body:
            words = str(body["text"])[:PREVIEW]
        event = {
            "conversation_id": conversation_id, "author": author.key, "author_role": author.role,
            "author_name": author.name, "agent_id": author.agent_id, "kind": kind, "body": body, "cmid": cmid, "at": at,
        }  # fmt: skip
        last = {"conversation": conversation_id, "now": at, "words": words, "who": author.role}
        try:
            if self._sqlite:
                seq = self._ask(_COUNTED if words is None else _COUNTED_WORDS, **last).value()
                if seq is not None:
                    self._add(t.event, seq=seq, **event)
            else:
                said = _SAID if words is None else _SAID_WORDS
                seq = self._ask(said, site_id=self.site_id, **last, **event).value()
        except IntegrityError as error:
            raise CmidReused("This message was sent before.") from error
        if seq is None:
            raise NotFound("There is no such conversation.")
        if known := self._conversations.get(conversation_id):
            now = replace(known, last_seq=seq, last_at=at)
            self._conversations[conversation_id] = (
                now if words is None else replace(now, last_text=words, last_from=author.role)
            )
        return int(seq)

    def find_cmid(self, conversation_id: str, author: Author, cmid: str) -> EventRecord | None:
        """The event under this cmid. One that is being written by another process right now is waited for."""
        if self._locks(conversation_id):
            self._find(t.conversation, id=conversation_id, lock=True)
        row = self._find(t.event, conversation_id=conversation_id, author=author.key, cmid=cmid)
        return _event(row) if row else None

    def find_live_claim(self, author: Author, cmid: str) -> EventRecord | None:
        """The notice that this agent wrote under `cmid` in a conversation that still waits or is taken."""
        row = self._ask(_LIVE_CLAIM, agent=author.agent_id, author=author.key, cmid=cmid).first()
        return _event(row) if row else None

    def one_by_one(self, author: Author, cmid: str) -> None:
        """Wait until no other change that said the same is under way: before what it wrote is looked for.

        For what no row can be locked for, because each would choose another one. SQLite has one writer at a time.
        """
        if not self._sqlite:
            self._ask(_ONE_BY_ONE, said=f"{self.site_id} {author.key} {cmid}")

    def events(self, conversation_id: str, after: int, limit: int) -> Sequence[EventRecord]:
        return [
            _event(row)
            for row in self._ask(_PAGE, conversation=conversation_id, after=after, most=limit).rows
        ]

    def feedback(self, conversation_id: str) -> Sequence[tuple[int, bool]]:
        """(seq of the answer, whether it helped) for every thumb, the oldest first."""
        bodies = [row["body"] for row in self._ask(_THUMBS, conversation=conversation_id).rows]
        return [(body["answer_seq"], body["helpful"]) for body in bodies]

    def add_choice(self, choice_id: str, conversation_id: str, label: str, payload: Json) -> None:
        self._add(t.choice, id=choice_id, conversation_id=conversation_id, label=label, payload=payload)

    def choice(self, conversation_id: str, choice_id: str) -> tuple[str, Json]:
        row = self._find(t.choice, conversation_id=conversation_id, id=choice_id)
        if row is None:
            raise NotFound("That button is no longer there.")
        return row["label"], row["payload"]


def _event(row: Row) -> EventRecord:
    author = Author(row["author_role"], row["author_name"], row["agent_id"])
    return EventRecord(
        row["conversation_id"], row["seq"], author, row["kind"], row["body"], row["cmid"], row["at"]
    )
