from collections.abc import Callable
from dataclasses import replace

import pytest

from knowledge_base.answering import NOTHING, Findings, answer
from knowledge_base.confidence import DEFAULT, Calibration
from knowledge_base.library import Library
from knowledge_base.shelf import Shelf
from knowledge_base.wire import AnswerRequest, DraftIn
from tests.knowledge_base.conftest import BOOTS, RETURNS, STOVES

Publish = Callable[[DraftIn], str]

CARDS = DraftIn(
    title="Gift cards",
    category="Paying",
    body="## Return\n\nGift cards are paid back to the giver within ten days.\n\n## Use\n\nEnter the code of the card.",
)
ALWAYS = replace(DEFAULT, answer_threshold=0.0, clarify_threshold=0.0, nearness_floor=-9.0)


@pytest.fixture
def shelf(library: Library, publish: Publish) -> Shelf:
    for draft in (RETURNS, STOVES, BOOTS, CARDS):
        publish(draft)
    snapshot = library.snapshot()
    assert isinstance(snapshot, Shelf)
    return replace(snapshot, calibration=ALWAYS)


@pytest.fixture
def ask(shelf: Shelf, library: Library) -> Callable[..., Findings]:
    def ask(
        text: str, *asked: str, calibration: Calibration = ALWAYS, exclude: tuple[str, ...] = ()
    ) -> Findings:
        snapshot = replace(shelf, calibration=calibration)
        return answer(snapshot, library.question, text, asked, exclude, 3)

    return ask


Ask = Callable[..., Findings]


def first(found: Findings) -> str:
    return found.hits[0].article_slug


def test_a_follow_up_is_understood_from_what_was_asked(ask: Ask) -> None:
    assert first(ask("and for gift cards?", "Can I return an item?")) == "gift-cards"
    assert first(ask("within how many days", "gift cards are paid back to whom")) == "gift-cards"
    assert first(ask("within how many days", "how long may I return unused gear")) == "return-an-item"


def test_a_changed_topic_is_followed_at_once(ask: Ask) -> None:
    before = ("rub warm wax into the boots", "brush the leather boots", "which wax for the seams")
    assert first(ask("strike a match to light the stove", *before)) == "light-a-gas-stove"
    assert first(ask("where do I enter the code of a gift card", *before)) == "gift-cards"


def test_a_passage_says_which_of_its_words_answer(ask: Ask, publish: Publish, library: Library) -> None:
    publish(
        DraftIn(title="Post", body="We send parcels from Ghent. Norway takes five days. Rain delays nothing.")
    )
    hit = library.search("Norway takes how many days").hits[0]
    assert hit.span == "Norway takes five days."
    assert hit.span in hit.text
    assert library.passage(hit.passage_id).span == ""


@pytest.mark.parametrize("text", ["", " ", "x", "7", "?!", "🏕️🔥", "\u200b", "1 2 3 4"])
def test_what_says_nothing_is_not_searched(ask: Ask, text: str) -> None:
    assert ask(text) is NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "11:12 ERROR gas.stove.Valve id=7 rc=-1\n11:13 WARN gas.stove.Valve id=8 rc=-1\n[a1] open=0x1f",
        "stove " * 100,
        "Как открыть клапан stove?",
        "Wie öffne ich denn das Ventil von meinem stove?",
        "{{stove}} <valve/> ${open} %s",
    ],
)
def test_logs_and_foreign_words_are_never_answered_with_confidence(ask: Ask, text: str) -> None:
    assert ask("How do I open the valve of a gas stove?").decision == "answer"
    assert ask(text).decision == "clarify"


def test_of_many_questions_the_one_answered_most_surely_is_answered(ask: Ask) -> None:
    alone = ask("Where do I enter the code of the card?", calibration=DEFAULT)
    many = "Who are you there? What is all this now? Where do I enter the code of the card? Why is that so?"
    assert ask(many, calibration=DEFAULT).hits == alone.hits
    assert len(ask("\n".join(f"What about the number {n} then?" for n in range(10))).hits) == 3


def test_four_thousand_characters_are_answered(ask: Ask) -> None:
    assert first(ask("I rub warm wax into the seams of my boots. " * 93)) == "wax-leather-boots"


def test_level_articles_are_called_ambiguous(library: Library, publish: Publish) -> None:
    publish(DraftIn(title="Blue tent", body="The blue tent has two poles for the night."))
    publish(DraftIn(title="Red tent", body="The red tent has two poles for the day."))
    publish(STOVES)
    snapshot = library.snapshot()
    level = answer(snapshot, library.question, "two poles", [], [], 3)
    clear = answer(snapshot, library.question, "the blue tent for the night", [], [], 3)
    assert (level.ambiguous, clear.ambiguous) == (True, False)


def test_a_removed_article_is_not_answered_from_its_neighbour(library: Library, publish: Publish) -> None:
    for draft in (RETURNS, STOVES, BOOTS):
        publish(draft)
    cards, asked = publish(CARDS), "Are gift cards paid back to the giver?"
    before = library.answer(AnswerRequest(question=asked))
    library.retire(cards)
    after = library.answer(AnswerRequest(question=asked))
    followed = library.answer(AnswerRequest(question="And within how many days?", asked=[asked]))
    assert (before.decision, before.hits[0].article_slug) == ("answer", "gift-cards")
    assert after.decision != "answer"
    assert followed.decision != "answer"
    assert after.confidence < before.confidence


def test_a_rejected_article_hides_with_its_topic(ask: Ask, shelf: Shelf) -> None:
    rejected = tuple(
        passage.id
        for item in shelf.articles()
        if item.article.slug == "gift-cards"
        for passage in item.passages
    )
    found = ask("within how many days", "gift cards are paid back to whom", exclude=rejected)
    assert first(found) == "return-an-item"
    assert "gift-cards" not in {hit.article_slug for hit in found.hits}


@pytest.mark.parametrize("drafts", [[], [STOVES]])
def test_a_tiny_library_answers(library: Library, publish: Publish, drafts: list[DraftIn]) -> None:
    for draft in drafts:
        publish(draft)
    reply = library.answer(AnswerRequest(question="How do I light a gas stove?", asked=["What is a valve?"]))
    assert [hit.article_slug for hit in reply.hits] == ["light-a-gas-stove"] * len(drafts)
    assert reply.ambiguous is False
    assert reply.language == "en"
