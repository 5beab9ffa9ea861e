import pytest

from actions.answer_question import AnswerQuestion, choice_label
from actions.many_questions import questions_in
from tests.actions.conversations import run, tracker
from tests.actions.fake_library import FakeLibrary, hit


async def test_a_sure_answer_carries_its_source(library: FakeLibrary) -> None:
    said, slots = await run(AnswerQuestion(), tracker("how do I return it", asked=["hi"], rejected=["p9"]))
    assert [(m["text"], m["custom"]) for m in said] == [(hit()["text"], {"hit": hit(), "confidence": 0.91})]
    assert slots == {"offered": None}
    assert library.questions == [{"question": "how do I return it", "asked": ["hi"], "exclude": ["p9"]}]


async def test_an_unsure_answer_becomes_three_choices(library: FakeLibrary) -> None:
    library.reply = (200, library.unsure(passages=5))
    said, slots = await run(AnswerQuestion(), tracker("warranty"))
    assert [m["response"] for m in said] == ["utter_did_you_mean"]
    assert said[0]["custom"]["wish"] == "unsure"
    assert said[0]["custom"]["choices"] == [
        {"label": f"Title {n}: Sale items", "intent": "choose_passage", "entities": {"passage_id": f"p{n}"}}
        for n in range(3)
    ]
    assert slots == {"offered": ["p0", "p1", "p2"], "clarified": ["p0|p1|p2"]}


async def test_two_articles_that_are_level_are_both_offered(library: FakeLibrary) -> None:
    library.reply = (200, library.unsure(2) | {"decision": "answer", "ambiguous": True})
    said, _ = await run(AnswerQuestion(), tracker("how long does it take"))
    assert [choice["entities"]["passage_id"] for choice in said[0]["custom"]["choices"]] == ["p0", "p1"]
    said, _ = await run(AnswerQuestion(), tracker("how long does it take", clarified=["p0|p1"]))
    assert said[0]["custom"]["hit"]["passage_id"] == "p0", (
        "they were offered both and ask on: the likelier one then"
    )


async def test_the_same_choices_are_not_offered_again(library: FakeLibrary) -> None:
    library.reply = (200, library.unsure())
    said, slots = await run(AnswerQuestion(), tracker("warranty", clarified=["p0|p1|p2"]))
    assert [(m["response"], m["custom"]["wish"]) for m in said] == [("utter_still_unsure", "unsure")]
    assert slots == {"offered": None}


async def test_no_answer_is_said_honestly(library: FakeLibrary) -> None:
    library.reply = (200, library.clueless())
    said, slots = await run(AnswerQuestion(), tracker("quantum"))
    assert [(m["response"], m["custom"]) for m in said] == [
        ("utter_not_found", {"wish": "unsure", "confidence": 0.03})
    ]
    assert slots == {"offered": None}


@pytest.mark.parametrize("status", [401, 500])
async def test_a_silent_library_is_said_too(library: FakeLibrary, status: int) -> None:
    library.reply = (status, {})
    said, _ = await run(AnswerQuestion(), tracker("where is the label"))
    assert [(m["response"], m["custom"]) for m in said] == [("utter_library_silent", {"wish": "unsure"})]


def test_labels_fit_a_button() -> None:
    assert choice_label(hit(title="Returns", heading="")) == "Returns"
    long = choice_label(hit(title="T" * 60, heading="H" * 60))
    assert len(long) == 80
    assert long.endswith("…")


@pytest.mark.parametrize(("text", "found"), [
    ("Do you ship to Oslo?", []),
    ("Hi. Do you ship to Oslo? And can I pay by invoice?", ["Do you ship to Oslo?", "And can I pay by invoice?"]),
    ("Can I send the boots back? Is that ok?", []),
    ("Where is my parcel today? Where is my parcel today?", []),
    ("? ? ?", []),
    (" ".join(f"What about the tent {n}?" for n in range(9)), []),
])  # fmt: skip
def test_the_questions_of_a_message(text: str, found: list[str]) -> None:
    assert questions_in(text) == found


async def test_of_several_questions_one_is_answered_and_the_others_become_buttons(
    library: FakeLibrary,
) -> None:
    delivery, payment = library.sure() | {"hits": [hit("p1", "Delivery")]}, library.unsure()
    library.replies = {"Do you ship to Oslo?": delivery, "And can I pay by invoice?": payment}
    said, slots = await run(AnswerQuestion(), tracker("Do you ship to Oslo? And can I pay by invoice?"))
    assert said[0]["custom"]["hit"]["passage_id"] == "p1"
    assert said[1]["response"] == "utter_also_asked"
    question = "And can I pay by invoice?"
    assert said[1]["custom"] == {
        "choices": [{"label": question, "intent": "ask_this", "entities": {"question": question}}]
    }
    assert slots == {"offered": None}


async def test_questions_that_one_article_answers_leave_nothing_to_press(library: FakeLibrary) -> None:
    said, _ = await run(AnswerQuestion(), tracker("Can I send it back? How long do I have?"))
    assert len(said) == 1
