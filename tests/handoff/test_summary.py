import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.quoting import MOST_QUOTED, Said, Span, quote
from handoff.summary import Summary, summarise


@dataclass(frozen=True)
class Found:
    kind: str
    start: int
    end: int


def orders_and_mails(text: str) -> list[Found]:
    found = [Found("order_number", *m.span()) for m in re.finditer(r"FH-\d{6}", text)]
    return found + [Found("email", *m.span()) for m in re.finditer(r"\S+@\S+\.\S+", text)]


def says(seq: int, text: str) -> Said:
    return Said(seq, "customer", "message", text)


def answer(seq: int, title: str = "Return an item") -> Said:
    return Said(seq, "bot", "answer", "Print the label.", title=title)


def thumb(seq: int, answer_seq: int, helpful: bool) -> Said:
    return Said(seq, "customer", "feedback", about_seq=answer_seq, helpful=helpful)


def of(*texts: str) -> Summary:
    return summarise([says(n, text) for n, text in enumerate(texts, 1)], orders_and_mails)


def wants(*texts: str) -> list[str]:
    return [span.text for span in of(*texts).wants]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hi", "The zip of my tent is torn", "thanks", "human please"], ["The zip of my tent is torn"]),
        (
            ["My stove leaks", "It is the blue one", "Can I swap it in a shop?", "yes", "ok"],
            ["My stove leaks", "Can I swap it in a shop?"],
        ),
        (["Hello", "robin@nowhere.example", "Where is FH-204817?"], ["Where is FH-204817?"]),
        (["how do I wax boots?", "How do I wax the boots?"], ["how do I wax boots?"]),
        (["Where do I find the size chart?", "that did not help"], ["Where do I find the size chart?"]),
        (["I don't understand how the size chart works"], ["I don't understand how the size chart works"]),
        (["I want to talk to somebody about my broken lamp"], ["I want to talk to somebody about my broken lamp"]),
        (["Guten Tag", "Mein Zelt ist kaputt"], ["Mein Zelt ist kaputt"]),
        (["My stove does not light", "tried that", "still not working"], ["My stove does not light"]),
        (["hello", "human please"], ["human please"]),
        (["🙂"], ["🙂"]),
        ([" ", "\n"], []),
        ([], []),
    ],
)  # fmt: skip
def test_what_they_want_is_the_first_and_the_last_thing_of_substance(
    texts: list[str], expected: list[str]
) -> None:
    assert wants(*texts) == expected


def test_a_long_message_gives_how_it_begins_and_what_it_asks() -> None:
    story = (
        "My boots leak. I wore them on two short walks, always on paths and never in deep water, as the label says. "
        "The shop in Ghent told me to write here. Can I send them back although the box is gone?"
    )
    begins, asks = of(story).wants
    assert begins.text == "My boots leak."
    assert asks.text == "Can I send them back although the box is gone?"
    assert (begins.cut_before, begins.cut_after, asks.cut_before, asks.cut_after) == (
        False,
        True,
        True,
        False,
    )


def test_one_endless_sentence_is_cut_between_words() -> None:
    (only,) = of("walking " * 100).wants
    assert len(only.text) <= MOST_QUOTED
    assert set(only.text.split()) == {"walking"}
    assert only.cut_after


def test_a_word_without_end_is_cut_all_the_same() -> None:
    assert len(quote(says(1, "x" * 4_000)).text) == MOST_QUOTED


def test_facts_stand_once_and_where_they_were_said() -> None:
    told = summarise(
        [says(1, "Order FH-204817 is late"), says(2, "again: FH-204817, for my Two-Person Tent")],
        orders_and_mails,
        [("order_number", "fh-204817"), ("product", "two-person tent"), ("product", "rain cover")],
    )
    assert [(fact.kind, fact.value, fact.span and fact.span.seq) for fact in told.facts] == [
        ("order_number", "FH-204817", 1),
        ("product", "two-person tent", 2),
        ("product", "rain cover", None),
    ]
    assert told.facts[1].span is not None
    assert told.facts[1].span.text == "Two-Person Tent"


@pytest.mark.parametrize(
    ("after", "end", "seq", "words"),
    [
        ([thumb(3, 2, False)], "not_helpful", 3, None),
        ([thumb(3, 2, False), thumb(4, 2, True)], "helped", 4, None),
        ([says(3, "That did not help at all")], "said_no", 3, "That did not help at all"),
        ([says(3, "how can I return boots")], "asked_again", 3, "how can I return boots"),
        ([Said(3, "customer", "chosen", "Talk to a person", choice="person")], "asked_for_person", 3, None),
        ([says(3, "And what does the label cost?")], "open", None, None),
        ([answer(3), thumb(4, 3, False)], "open", None, None),
        ([], "open", None, None),
    ],
)
def test_an_answer_ends_as_the_customer_took_it(
    after: list[Said], end: str, seq: int | None, words: str | None
) -> None:
    tried = summarise([says(1, "How can I return my boots?"), answer(2), *after]).tries[0]
    assert (tried.kind, tried.title, tried.end, tried.end_seq) == ("answered", "Return an item", end, seq)
    assert tried.asked == Span(1, 0, 26, "How can I return my boots?")
    assert (tried.end_span.text if tried.end_span else None) == words


def test_asking_back_ends_with_the_button() -> None:
    asked = Said(2, "bot", "choices", "Did you mean …", options=("a", "no"), none="no")
    chosen = Said(3, "customer", "chosen", "Wax leather boots", choice="a")
    none = Said(3, "customer", "chosen", "None of these", choice="no")
    first = summarise([says(1, "boots"), asked, chosen]).tries[0]
    assert (first.kind, first.end, first.choice) == ("asked_back", "chosen", "Wax leather boots")
    assert summarise([says(1, "boots"), asked, none]).tries[0].end == "none_fitted"


def test_further_questions_are_no_try_and_none_of_them_is_a_refusal() -> None:
    further = Said(3, "bot", "choices", "You also asked:", options=("a", "b"))
    pressed = Said(4, "customer", "chosen", "Can I return boots?", choice="b")
    log = [says(1, "What is shipping, and can I return boots?"), answer(2), further, pressed, answer(5)]
    assert [(one.seq, one.kind, one.end) for one in summarise(log).tries] == [
        (2, "answered", "open"),
        (5, "answered", "open"),
    ]


def test_a_reply_that_found_nothing_was_tried_too_and_small_talk_was_not() -> None:
    nothing = Said(2, "bot", "message", "I couldn't find that.", found=False)
    told = summarise([says(1, "Kayaks?"), nothing, Said(3, "bot", "message", "Anything else?")])
    assert [(one.seq, one.kind) for one in told.tries] == [(2, "not_found")]


@pytest.mark.parametrize(
    ("texts", "tone", "kinds"),
    [
        (["Where is my order?"], "calm", []),
        (["Great service!!"], "calm", ["exclamation"]),
        (["I am disappointed with the tent"], "unhappy", ["complaint"]),
        (["Where is my parcel?", "hello?", "where is my parcel"], "unhappy", ["repeated"]),
        (["This is ridiculous"], "angry", ["strong_words"]),
        (["WHERE IS MY MONEY AND WHEN DO I GET IT!!"], "angry", ["exclamation", "capitals"]),
        (["Does the GORE-TEX jacket come in XL and XXL?"], "calm", []),
    ],
)
def test_the_tone_is_read_from_cues_that_stand_in_the_log(
    texts: list[str], tone: str, kinds: list[str]
) -> None:
    told = of(*texts)
    assert (told.tone, [cue.kind for cue in told.cues]) == (tone, kinds)


def test_a_thumb_is_a_cue_but_no_wording() -> None:
    read = summarise([says(1, "How do I return boots?"), answer(2), thumb(3, 2, False)])
    assert ([cue.kind for cue in read.cues], read.tone) == (["thumb_down"], "calm")


def test_a_thumb_down_that_was_taken_back_is_no_cue() -> None:
    log = [says(1, "Return?"), answer(2), thumb(3, 2, False)]
    assert [cue.kind for cue in summarise(log).cues] == ["thumb_down"]
    assert summarise([*log, thumb(4, 2, True)]).cues == ()


CHATTER = st.lists(
    st.tuples(
        st.sampled_from(["customer", "bot", "agent", "system"]),
        st.sampled_from(["message", "contact", "answer", "choices", "chosen", "feedback", "notice"]),
        st.one_of(
            st.text(max_size=400),
            st.sampled_from(
                ["Hi", "That did not help", "Where is FH-204817? ", "a@b.example", "WHY IS THIS SO SLOW!!", "ok 👍🏽. No"]
            ),
        ),
        st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


def chat(rows: Sequence[tuple[str, str, str, bool]]) -> list[Said]:
    return [
        Said(n, role, kind, text, title=text, found=flag, about_seq=n - 1, helpful=flag)
        for n, (role, kind, text, flag) in enumerate(rows, 1)
    ]


@given(CHATTER)
def test_whatever_is_quoted_stands_there_and_is_the_customers(rows: list[tuple[str, str, str, bool]]) -> None:
    log = chat(rows)
    told = summarise(log, orders_and_mails)
    by_seq = {said.seq: said for said in log}
    spans = [*told.wants, *(fact.span for fact in told.facts), *(one.asked for one in told.tries)]
    spans += [one.end_span for one in told.tries]
    for span in filter(None, spans):
        said = by_seq[span.seq]
        assert said.is_words
        assert said.text[span.start : span.end] == span.text
        assert 0 < len(span.text) <= MOST_QUOTED
        assert span.text == span.text.strip()
        assert span.cut_before == bool(said.text[: span.start].strip())
        assert span.cut_after == bool(said.text[span.end :].strip())
    for cue in told.cues:
        assert by_seq[cue.seq].role == "customer"
        assert 0 <= cue.start <= cue.end <= len(by_seq[cue.seq].text)
    assert len(told.wants) <= 2
    assert bool(told.wants) == any(said.is_words for said in log)


@given(CHATTER)
def test_the_same_log_gives_the_same_summary(rows: list[tuple[str, str, str, bool]]) -> None:
    assert summarise(chat(rows), orders_and_mails) == summarise(chat(rows), orders_and_mails)
