from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calling import asks_for_person
from handoff.quoting import Said as Spoken
from handoff.summary import summarise
from handoff.wordings import HEATED, heat, heat_cues, meant_for, same_question


@pytest.mark.parametrize(("text", "kinds"), [
    ("How long does delivery take?", set()),
    ("This is useless", {"strong_words"}),
    ("THIS IS THE THIRD TIME I ASK", {"said_before", "capitals"}),
    ("WHERE IS MY PARCEL???", {"capitals", "exclamation"}),
    ("that did not help!!", {"complaint", "exclamation"}),
    ("how do I get this damn stain out", {"swearing"}),
    ("Is the GORE-TEX PRO JACKET waterproof in heavy rain", set()),
    ("FH-204817", set()),
    ("I am so annoyed, you don’t understand", {"complaint", "strong_words"}),
    ("", set()),
])  # fmt: skip
def test_the_cues_of_a_heated_message(text: str, kinds: set[str]) -> None:
    cues = heat_cues(text)
    assert {cue.kind for cue in cues} == kinds
    assert all(text[cue.start : cue.end].strip() for cue in cues)


@pytest.mark.parametrize("text", [
    "how do I get this damn stain out", "HOW LONG DOES DELIVERY TAKE", "how long does delivery take!!",
    "hell no", "it did not work", "is the bloody zip under warranty",
])  # fmt: skip
def test_one_cue_alone_is_no_heat(text: str) -> None:
    assert heat(text) < HEATED


@pytest.mark.parametrize("text", [
    "this is ridiculous", "WHERE IS MY MONEY?!", "you stupid damn bot", "it STILL does not work, I am fed up",
    "nobody answers my mails", "I asked this three times already!!", "what a joke", "shit service, I am annoyed",
])  # fmt: skip
def test_two_cues_or_strong_words_are(text: str) -> None:
    assert heat(text) >= HEATED


def test_swearing_is_noticed_in_english(eval_dir: Path) -> None:
    words = (eval_dir / "profanity_ldnoobw" / "en").read_text(encoding="utf-8").splitlines()
    plain = {word for word in words if word.isalpha()}
    known = {"shit", "fuck", "fucking", "bitch", "cunt", "asshole", "bastard", "bullshit", "dick", "twat"}
    assert known <= plain
    assert {word for word in known if not heat_cues(f"you {word}")} == set()


@pytest.mark.parametrize(("one", "other"), [
    ("how long does delivery take", "How long does the delivery take?"),
    ("Where is it?", "where is it"),
    ("can I return worn boots?", "so can I return my worn boots again??"),
    ("do you ship to Norway", "DO YOU SHIP TO NORWAY"),
])  # fmt: skip
def test_the_same_question_in_nearly_the_same_words(one: str, other: str) -> None:
    assert same_question(one, other)
    assert same_question(other, one)


@pytest.mark.parametrize(("one", "other"), [
    ("thanks", "thanks"),
    ("hello", "hello"),
    ("yes", "yes"),
    ("Anna Berg", "anna@example.org"),
    ("how do I return boots", "how do I return a tent"),
    ("what does delivery to Norway cost", "what does delivery to Sweden cost"),
    ("", ""),
    ("?", "?"),
    ("order FH-204817", "order FH-118203"),
])  # fmt: skip
def test_other_questions_and_no_questions(one: str, other: str) -> None:
    assert not same_question(one, other)


@given(st.text(), st.text())
def test_any_text_can_be_compared_and_felt(one: str, other: str) -> None:
    assert same_question(one, other) == same_question(other, one)
    assert heat(one) >= 0
    assert isinstance(asks_for_person(one), bool)


@pytest.mark.parametrize(
    "text", ["Thanks Mara, bye", "ok thank you", "great", "As you said, it came today", "Mara?"]
)
def test_words_for_the_colleague_who_was_there(text: str) -> None:
    assert meant_for("Mara Lindqvist", text)


@pytest.mark.parametrize("text", ["And the poles?", "Where is my parcel?", "My order FH-204817 never came"])
def test_a_question_is_for_whoever_can_answer_it(text: str) -> None:
    assert not meant_for("Mara Lindqvist", text)


@pytest.mark.parametrize("text", [
    "Wie hell ist die Lampe?", "Wie dick ist die Isomatte?", "What is the worst weather this tent can take?",
    "Worst case, when does my parcel arrive?", "Is this e-mail from you a scam?", "Can I rip off the label?",
    "This tent is damn nice, how do I pitch it?", "I had enough room in the old tent, is the new one bigger?",
    "Where do I report a scam shop?", "I never again want wet feet, which boots?", "Ik kom uit Kut",
    "Does the light come on by itself???", "How do I screw this into the frame?", "My lamp doesn't work!!",
    "How do I complain about a damaged parcel??!",
])  # fmt: skip
def test_words_that_only_look_like_heat(text: str) -> None:
    assert heat(text) < HEATED
    assert summarise([Spoken(1, "customer", "message", text)]).tone != "angry"


@pytest.mark.parametrize("text", [
    "this is the worst shop ever", "worst customer service", "what a scam", "you scammers", "I've had enough!",
    "I have had enough of this", "never again!", "this is a total rip-off",
])  # fmt: skip
def test_the_same_words_said_about_us_are(text: str) -> None:
    assert heat(text) >= HEATED
    assert summarise([Spoken(1, "customer", "message", text)]).tone == "angry"


@pytest.mark.parametrize(("one", "other"), [
    ("Do the boots in size 42 fit a wide foot?", "Do the boots in size 43 fit a wide foot?"),
    ("Where is my parcel?", "Where is my parcel FH-204817?"),
    ("Is the Ridge jacket waterproof?", "Is the Ridge jacket not waterproof?"),
    ("the pole arrived broken", "the pole never arrived broken"),
    ("Anna Berg Lindqvist", "Anna Berg Lindqvist"),
    ("nora at example", "nora at example"),
])  # fmt: skip
def test_other_numbers_a_not_and_mere_names_are_not_the_same_question(one: str, other: str) -> None:
    assert not same_question(one, other)
    assert not same_question(other, one)


@pytest.mark.parametrize(("one", "other"), [
    ("Where is my parcel FH-204817?", "THIS IS RIDICULOUS, where is my parcel FH-204817?"),
    ("my tent pole is broken", "my damn tent pole is broken!!"),
])  # fmt: skip
def test_heat_makes_no_other_question(one: str, other: str) -> None:
    assert same_question(one, other)
