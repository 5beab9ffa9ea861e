"""Which conversation is for whom: the skill and the language it needs, who may take it, and who is asked first.

`SKILLS` is the table to edit: what a conversation is about decides the skill that it needs. A skill restricts only while
some agent has it: with nobody who knows payments everybody may answer about them. Accounts get theirs with
`python -m handoff accounts set EMAIL --skill payments --language de`.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from handoff.ports import AgentRecord, HandoffRecord

OPEN_WITHOUT_SECONDS = 120.0
"""Nobody with the skill or language is there: after this it is open to all."""
OPEN_ANYWAY_SECONDS = 600.0
"""They are there, but none of them took it: nobody waits for one person for ever."""


@dataclass(frozen=True, slots=True)
class Rule:
    skill: str
    pattern: str
    """Searched, whatever the case, in the lines that `Matter` makes of a conversation."""


SKILLS: tuple[Rule, ...] = (
    Rule("payments", r"\b(?:refund(?:s|ed)?|charged|payments?|invoices?|vouchers?|gift cards?)\b"),
    Rule("returns", r"^article return|\b(?:return(?:s|ed|ing)?|exchange|warranty|broken|faulty)\b"),
    Rule("orders", r"^intent request_order|\b(?:my order|parcels?|deliver(?:y|ed)|shipment|tracking)\b"),
)
"""The first that fits gives the skill; without one anybody may take it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a conversation that needs a person is about."""

    reason: str
    texts: Sequence[str] = ()
    """What they want in their own words."""
    articles: Sequence[str] = ()
    """Slugs of the articles they were shown."""
    intents: Sequence[str] = ()

    def __str__(self) -> str:
        lines = [f"reason {self.reason}", *(f"article {slug}" for slug in self.articles)]
        return "\n".join([*lines, *(f"intent {name}" for name in self.intents), *self.texts])


def skill_for(matter: Matter, rules: Iterable[Rule] = SKILLS) -> str:
    """The skill that the first fitting rule names, empty for none."""
    lines = str(matter)
    found = (rule.skill for rule in rules if re.search(rule.pattern, lines, re.IGNORECASE | re.MULTILINE))
    return next(found, "")


def language_of(locale: str) -> str:
    """The language of a locale such as "de-AT", empty when it is none."""
    language = re.split(r"[-_]", locale.strip(), maxsplit=1)[0].casefold()
    return language if re.fullmatch(r"[a-z]{2,3}", language) else ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who takes conversations, and who of them is here and available."""

    agents: Sequence[AgentRecord]
    present: Sequence[AgentRecord]

    def why_not(self, agent: AgentRecord, handoff: HandoffRecord, now: datetime | None = None) -> str:
        """Why this agent may not take this one, in a sentence; empty when they may."""
        if fits(agent, handoff):
            return ""
        waited = ((now or datetime.now(UTC)) - handoff.enqueued_at).total_seconds()
        if lacks_skill(agent, handoff.skill) and not self._open(
            waited, [one for one in self.agents if handoff.skill in one.skills]
        ):
            return f"This one is for somebody who has the skill “{handoff.skill}”."
        if lacks_language(agent, handoff.language) and not self._open(
            waited, [one for one in self.agents if handoff.language in one.languages]
        ):
            return f"This one is for somebody who speaks “{handoff.language}”."
        return ""

    def may_take(self, agent: AgentRecord, handoff: HandoffRecord, now: datetime | None = None) -> bool:
        return not self.why_not(agent, handoff, now)

    def _open(self, waited_seconds: float, able: Collection[AgentRecord]) -> bool:
        """Whether it is open to those who lack something, because those who have it do not come."""
        if not able or waited_seconds >= OPEN_ANYWAY_SECONDS:
            return True
        here = {one.id for one in self.present}
        return waited_seconds >= OPEN_WITHOUT_SECONDS and not any(one.id in here for one in able)


def fits(agent: AgentRecord, handoff: HandoffRecord) -> bool:
    """Whether the agent may take it whoever else is there."""
    return agent.supervisor or not (
        lacks_skill(agent, handoff.skill) or lacks_language(agent, handoff.language)
    )


def lacks_skill(agent: AgentRecord, skill: str) -> bool:
    return bool(skill) and skill not in agent.skills


def lacks_language(agent: AgentRecord, language: str) -> bool:
    """Whether the agent is known to speak others only. One of whom nothing is known is taken to understand."""
    return bool(language and agent.languages) and language not in agent.languages


def whom_to_ask(
    handoff: HandoffRecord, staff: Staff, reserved: Mapping[str, int], now: datetime | None = None
) -> tuple[AgentRecord | None, bool]:
    """Who is asked next to take this one, and whether that begins a new round because all were asked.

    Of those who are here, have room and may take it: who had the customer before; then who has the fewest; then who was
    idle the longest.
    """
    able = [
        one
        for one in staff.present
        if one.active_chats + reserved.get(one.id, 0) < one.max_chats and staff.may_take(one, handoff, now)
    ]
    left = [one for one in able if one.id not in handoff.passed_by]
    if not left:
        return None, bool(able)
    return min(left, key=lambda one: _preference(one, handoff, reserved)), False


def _preference(
    agent: AgentRecord, handoff: HandoffRecord, reserved: Mapping[str, int]
) -> tuple[bool, int, datetime, str]:
    never = datetime.min.replace(tzinfo=UTC)
    load = agent.active_chats + reserved.get(agent.id, 0)
    return agent.id != handoff.known_agent_id, load, agent.idle_since or never, agent.id
