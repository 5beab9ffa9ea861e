"""Hand-made histories for the tests of the checker: a short, right one, to be bent out of shape."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.history import Dump, Json, Record

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CANARY = "k0123456789"
OTHER_CANARY = "kabcdef0123"


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


@dataclass
class Tale:
    """One or more conversations, as rows and as what people saw. `t` of a record is seconds after `BEGIN`."""

    records: list[Record] = field(default_factory=list)
    conversations: dict[str, Json] = field(default_factory=dict)
    events: dict[str, list[Json]] = field(default_factory=dict)
    handoffs: list[Json] = field(default_factory=list)
    agents: list[Json] = field(default_factory=list)
    turns: list[Json] = field(default_factory=list)

    @property
    def dump(self) -> Dump:
        return Dump(self.conversations, self.events, self.handoffs, self.agents, self.turns)

    def copy(self) -> "Tale":
        return copy.deepcopy(self)

    def note(self, who: str, what: str, t: float = 0.0, **values: Any) -> None:
        self.records.append(Record(t=t, who=who, what=what, **values))

    def ask(
        self, conversation: str, code: str, agent: str, seconds: float, cmid: str | None = None, before: int = 6
    ) -> None:  # fmt: skip
        """Somebody is asked to take it, or answers; written in front of the event that has the seq `before`."""
        events = self.events[conversation]
        number = next((place for place, one in enumerate(events) if one["seq"] == before), len(events))
        body = {"code": code, "text": f"{code} {agent} {seconds}", "agent": {"id": agent}}
        author = {"author_role": "system", "author": "system", "agent_id": agent, "kind": "assignment"}
        events.insert(
            number, {**events[0], **author, "cmid": cmid, "body": body, "at": at(seconds), "seq": -1}
        )

    def append(
        self, conversation: str, role: str, kind: str, body: Json, seconds: float, cmid: str | None = None,
        agent_id: str | None = None, readers: Sequence[str] = (),
    ) -> Json:  # fmt: skip
        """An event in the database, applied by `readers` half a second later."""
        events = self.events.setdefault(conversation, [])
        event = {
            "conversation_id": conversation, "seq": len(events) + 1, "author": f"agent:{agent_id}" if agent_id else role,
            "author_role": role, "agent_id": agent_id, "kind": kind, "body": body, "cmid": cmid, "at": at(seconds),
        }  # fmt: skip
        events.append(event)
        self.conversations[conversation]["last_seq"] = len(events)
        for reader in readers:
            hidden = kind in ("packet", "note", "suppressed") and not reader.startswith("agent")
            self.note(
                reader, "event", seconds + 0.5, conversation=conversation, seq=event["seq"], cmid=cmid or "",
                kind="hidden" if hidden else kind, text="" if hidden else str(body.get("text", "")),
            )  # fmt: skip
        return event


def served(
    conversation: str = "c1", customer: str = "customer1", canary: str = CANARY, since: float = 0.0
) -> Tale:
    """A customer asks the bot, gets an answer, asks for a person, is answered by agent a1 and let go."""
    tale = Tale()
    tale.agents = [{"id": "a1", "max_chats": 2, "active_chats": 0}]
    tale.note("stage", "begin", more={"wall": BEGIN.timestamp()})
    add_served(tale, conversation, customer, canary, since)
    tale.note("stage", "end", since + 60, more={"wall": BEGIN.timestamp() + since + 60})
    return tale


def add_served(tale: Tale, conversation: str, customer: str, canary: str, since: float) -> None:
    both, number = (customer, "agent:a1"), len(tale.handoffs) + 1
    tale.conversations[conversation] = {"last_seq": 0, "owner": "closed", "fence": 3, "agent_id": None}
    tale.note(customer, "welcome", since, conversation=conversation, more={"canary": canary})
    first, reply = f"{canary} where is it", f"You said: {canary} where is it"
    cmid = f"{customer}-1"
    tale.note(customer, "send", since, conversation=conversation, cmid=cmid, kind="send", text=first, seq=1)
    tale.append(conversation, "customer", "message", {"text": first}, since + 1, cmid, readers=both)
    tale.note(
        customer, "accepted", since + 1, conversation=conversation, cmid=cmid, seq=1, more={"dup": False}
    )
    tale.turns.append({"id": number, "fence": 0, "state": "done"})
    tale.append(conversation, "bot", "message", {"text": reply}, since + 2, f"bot:{number}:0", readers=both)
    tale.append(conversation, "customer", "chosen", {"choice_id": "person", "label": "A person"}, since + 3)
    tale.append(conversation, "system", "packet", {"packet": {}}, since + 3, readers=())
    tale.append(conversation, "system", "notice", {"code": "queued", "text": "Queued"}, since + 3)
    _read_on(tale, conversation, both, 3)
    tale.handoffs.append(
        {
            "id": number, "conversation_id": conversation, "state": "done", "agent_id": "a1", "priority": 0,
            "waiting_since": at(since + 3),
        }
    )  # fmt: skip
    claim, answer = f"agent-claim-{number}", f"agent-answer-{number}"
    tale.note(
        "agent:a1", "send", since + 9, conversation="(claims)", cmid=claim, kind="claim", more={"next": True}
    )
    tale.append(
        conversation, "agent", "notice", {"code": "joined", "text": "Hello"}, since + 10, claim, "a1", both
    )
    tale.note(
        "agent:a1", "accepted", since + 10, conversation=conversation, cmid=claim, seq=6, more={"dup": False}
    )
    tale.note(
        "agent:a1",
        "status",
        since + 10,
        conversation=conversation,
        kind="agent",
        fence=2,
        more={"agent": "a1"},
    )
    text = f"{canary} it is on its way"
    tale.note(
        "agent:a1",
        "send",
        since + 11,
        conversation=conversation,
        cmid=answer,
        kind="send",
        text=text,
        fence=2,
        seq=1,
    )
    tale.append(conversation, "agent", "message", {"text": text}, since + 12, answer, "a1", both)
    tale.note(
        "agent:a1", "accepted", since + 12, conversation=conversation, cmid=answer, seq=7, more={"dup": False}
    )
    tale.append(
        conversation,
        "agent",
        "notice",
        {"code": "closed", "text": "Closed"},
        since + 20,
        f"end-{number}",
        "a1",
        both,
    )
    for reader in both:
        tale.note(reader, "settled", since + 50, conversation=conversation)


def _read_on(tale: Tale, conversation: str, readers: Sequence[str], first: int) -> None:
    """Readers apply what was written without them."""
    for event in tale.events[conversation][first - 1 :]:
        for reader in readers:
            hidden = event["kind"] == "packet" and not reader.startswith("agent")
            text = str(
                event["body"].get("text") or event["body"].get("label") or event["body"].get("code") or ""
            )
            tale.note(
                reader, "event", 4.0, conversation=conversation, seq=event["seq"],
                kind="hidden" if hidden else event["kind"], text="" if hidden else text,
            )  # fmt: skip
