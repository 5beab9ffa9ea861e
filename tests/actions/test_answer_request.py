from typing import Any

import pytest

from actions.answer_request import AnswerRequest
from tests.actions.conversations import run, tracker
from tests.actions.fake_library import FakeLibrary, hit

ORDERS = ("request_order_status", "request_order_change", "request_refund_status")


@pytest.mark.parametrize("intent", [*ORDERS, "request_account_help"])
async def test_a_sure_answer_is_shown_and_nothing_is_wished(library: FakeLibrary, intent: str) -> None:
    asked = tracker("my account is locked", intent, asked=["hi"], rejected=["p9"], order_number="FH-204817")
    said, slots = await run(AnswerRequest(), asked)
    assert [(m["text"], m["response"], m["custom"]) for m in said] == [
        (hit()["text"], None, {"hit": hit(), "confidence": 0.91}),
        (None, "utter_if_not_solved", {}),
    ]
    assert slots == {"offered": None}
    assert library.questions == [{"question": "my account is locked", "asked": ["hi"], "exclude": ["p9"]}]


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        *((order, "utter_order_needs_person") for order in ORDERS),
        ("request_account_help", "utter_account_needs_person"),
    ],
)
@pytest.mark.parametrize("library_says", ["clarify", "none", "nothing"])
async def test_anything_less_than_sure_needs_a_person(
    library: FakeLibrary, library_says: str, intent: str, response: str
) -> None:
    if (library_says, intent) == ("clarify", "request_order_status"):
        return  # likely is enough there: below
    library.reply = {
        "clarify": (200, library.unsure()),
        "none": (200, library.clueless()),
        "nothing": (503, {}),
    }[library_says]
    said, slots = await run(AnswerRequest(), tracker("please look", intent))
    assert [(m["response"], m["custom"]) for m in said] == [(response, {"wish": "policy"})]
    assert slots == {"offered": None}


async def test_where_an_order_is_gets_the_likely_article_first(library: FakeLibrary) -> None:
    library.reply = (200, library.unsure())
    said, _ = await run(AnswerRequest(), tracker("Where is my order?", "request_order_status"))
    assert [m["response"] for m in said] == [None, "utter_if_not_solved"]
    assert said[0]["custom"] == {"hit": hit("p0", "Title 0"), "confidence": 0.4}


async def test_a_named_order_needs_a_person_and_no_library(library: FakeLibrary) -> None:
    entities: list[dict[str, Any]] = [{"entity": "order_number", "value": "FH-204817"}]
    said, _ = await run(AnswerRequest(), tracker("cancel FH-204817", ORDERS[1], entities=entities))
    assert [(m["response"], m["custom"]) for m in said] == [("utter_order_needs_person", {"wish": "policy"})]
    assert library.questions == []
