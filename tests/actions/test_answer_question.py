import pytest

from actions.answer_question import AnswerQuestion, choice_label
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
    assert slots == {"offered": ["p0", "p1", "p2"]}


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
    said, _ = await run(AnswerQuestion(), tracker("anything"))
    assert [(m["response"], m["custom"]) for m in said] == [("utter_library_silent", {"wish": "unsure"})]


def test_labels_fit_a_button() -> None:
    assert choice_label(hit(title="Returns", heading="")) == "Returns"
    long = choice_label(hit(title="T" * 60, heading="H" * 60))
    assert len(long) == 80
    assert long.endswith("…")
