import pytest

from actions.choices import RejectChoices, ShowPassage, named_choice
from tests.actions.conversations import run, tracker
from tests.actions.fake_library import FakeLibrary, hit


async def test_a_pressed_button_shows_its_passage(library: FakeLibrary) -> None:
    pressed = tracker("", "choose_passage", 1.0, entities=[{"entity": "passage_id", "value": "p4"}])
    said, slots = await run(ShowPassage(), pressed)
    assert [(m["text"], m["custom"]) for m in said] == [
        (hit(title="Chosen")["text"], {"hit": hit("p4", "Chosen"), "confidence": 1.0})
    ]
    assert slots == {"offered": None}


async def test_a_choice_may_be_typed(library: FakeLibrary) -> None:
    said, _ = await run(ShowPassage(), tracker("the second one", "choose_passage", offered=["pa", "pb"]))
    assert said[0]["custom"]["hit"]["passage_id"] == "pb"


async def test_a_choice_of_nothing_is_asked_back(library: FakeLibrary) -> None:
    said, _ = await run(ShowPassage(), tracker("the second one", "choose_passage"))
    assert [(m["response"], m["custom"]) for m in said] == [("utter_which_passage", {"wish": "unsure"})]


async def test_a_passage_that_is_gone_and_a_library_that_is_silent(library: FakeLibrary) -> None:
    pressed = tracker(
        "", "choose_passage", 1.0, entities=[{"entity": "passage_id", "value": "p4"}], offered=["p4"]
    )
    library.reply = (404, {})
    said, slots = await run(ShowPassage(), pressed)
    assert (said[0]["response"], slots) == ("utter_passage_gone", {"offered": None})
    library.reply = (503, {})
    said, slots = await run(ShowPassage(), pressed)
    assert (said[0]["response"], slots) == ("utter_library_silent", {}), "the choices stay, to be tried again"


async def test_what_was_turned_down_is_remembered_once() -> None:
    said, slots = await run(
        RejectChoices(), tracker("none of these", offered=["p2", "p3"], rejected=["p1", "p2"])
    )
    assert [(m["response"], m["custom"]) for m in said] == [("utter_none_of_these", {"wish": "unsure"})]
    assert slots == {"offered": None, "rejected": ["p1", "p2", "p3"]}
    _, slots = await run(
        RejectChoices(), tracker("none", offered=["new"], rejected=[f"p{n}" for n in range(50)])
    )
    assert len(slots["rejected"]) == 50
    assert slots["rejected"][-1] == "new"


@pytest.mark.parametrize(
    ("text", "place"),
    [("the first one", 0), ("1", 0), ("option two", 1), ("the second one", 1), ("3", 2), ("the last one", 2)],
)
def test_ordinals(text: str, place: int) -> None:
    assert named_choice(text, ["a", "b", "c"]) == "abc"[place]


@pytest.mark.parametrize(
    ("text", "offered"), [("third", ["a"]), ("first", []), ("last", []), ("that", ["a"])]
)
def test_ordinals_that_name_nothing(text: str, offered: list[str]) -> None:
    assert named_choice(text, offered) is None
