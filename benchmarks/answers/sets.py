"""What is measured: messages with their intents, and questions with the articles that answer them."""

from dataclasses import dataclass, field
from pathlib import Path

from knowledge_base.article import Content


class Malformed(ValueError):
    """A file of a set is not what it should be; the message names the file and the line."""

    def __init__(self, where: str, line: int, what: str) -> None:
        super().__init__(f"{where}:{line}: {what}")


def text_of(path: Path) -> str:
    """What a file says, its line ends as they are; raises Malformed with the line that is not UTF-8."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise Malformed(str(path), line, f"this is not UTF-8 ({exc.reason})") from exc


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class IntentSet:
    name: str
    train: list[Example]
    test: list[Example]
    """In scope."""
    out_of_scope: dict[str, list[str]] = field(default_factory=dict)
    """Messages of no trained intent, by kind: "out of scope", or "near" and "foreign" where a set tells them apart."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    articles: frozenset[str]
    """Slugs; any of them is the right one."""
    earlier: tuple[str, ...] = ()
    """What the same customer asked before, oldest first."""
    also: frozenset[str] = frozenset()
    """Slugs of articles that other rows with the same question call right."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    name: str
    articles: dict[str, Content]
    """By slug."""
    asked: list[Asked]

    @property
    def first_turns(self) -> list[Asked]:
        return [one for one in self.asked if not one.earlier]

    @property
    def later_turns(self) -> list[Asked]:
        return [one for one in self.asked if one.earlier]


AnySet = IntentSet | QuestionSet
