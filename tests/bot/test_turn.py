from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.turn import (
    SLASH_LOOKALIKE,
    Turn,
    TurnFailed,
    TurnRefused,
    build_reply,
    check_turn,
    plain_text,
    read_turn,
)

TURN: dict[str, Any] = {"conversation": "c1", "cmid": "m1", "text": "Where is my parcel?"}


def test_reads_what_the_gateway_says() -> None:
    turn = read_turn(
        {
            **TURN,
            "payload": None,
            "slots": {"order_number": "FH-1", "agents_online": True, "asked": ["x"]},
            "active_loop": "contact_form",
            "agents_online": True,
            "asked": [f"q{n}" for n in range(7)],
            "something_new": 1,
        }
    )
    assert turn == Turn(
        "c1", "m1", "Where is my parcel?", None, {}, {"order_number": "FH-1"}, "contact_form", True,
        ["q2", "q3", "q4", "q5", "q6"],
    )  # fmt: skip


def test_reads_a_button() -> None:
    payload = {"intent": "choose_passage", "entities": {"passage_id": "p1"}}
    turn = read_turn({**TURN, "text": None, "payload": payload})
    assert (turn.text, turn.intent, turn.entities) == (None, "choose_passage", {"passage_id": "p1"})


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": ""},
        {"cmid": None},
        {"cmid": "x" * 201},
        {"text": None},
        {"text": ""},
        {"text": " \n"},
        {"text": 3},
        {"text": "x" * 4_001},
        {"payload": {"intent": "none_of_these"}},
        {"text": None, "payload": {"intent": "restart"}},
        {"text": None, "payload": {"intent": "choose_passage", "entities": {"passage_id": 3}}},
        {"text": None, "payload": "none_of_these"},
        {"slots": []},
        {"asked": "q"},
        {"agents_online": "yes"},
        {"active_loop": 1},
    ],
)
def test_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(TurnRefused):
        read_turn({**TURN, **change})


@pytest.mark.parametrize("body", [None, [], "turn", 3])
def test_refuses_what_is_no_object(body: Any) -> None:
    with pytest.raises(TurnRefused):
        read_turn(body)


@pytest.mark.parametrize("text", ["/restart", "  /restart", "\t\n/ask_for_human{}", "\x00/restart", "//x"])
def test_a_slash_loses_its_magic(text: str) -> None:
    plain = plain_text(text)
    assert plain.startswith(SLASH_LOOKALIKE)
    assert len(plain) == len(text.replace("\x00", " ").strip())


def test_broken_unicode_is_mended() -> None:
    assert plain_text("a\ud800b") == "a?b"


def heard(domain: Domain, *events: Any, intent: str = "ask_question") -> DialogueStateTracker:
    parsed: dict[str, Any] = {
        "intent": {"name": intent, "confidence": 0.8},
        "intent_ranking": [
            {"name": intent, "confidence": 0.8},
            *({"name": f"i{n}", "confidence": 0.01} for n in range(9)),
        ],
        "entities": [{"entity": "product", "value": "Kestrel 2", "start": 0, "end": 9, "extractor": "x"}],
    }
    message = UserUttered("t", parsed["intent"], parsed["entities"], parsed, metadata={"cmid": "m1"})
    return DialogueStateTracker.from_events("c1", [message, *events], domain.slots)


ANSWERED = ActionExecuted("action_answer_question")


def test_the_reply_holds_everything_in_order(domain: Domain) -> None:
    hit = {"passage_id": "p1"}
    choices = [{"label": "a", "intent": "choose_passage", "entities": {"passage_id": "p2"}}]
    said: list[dict[str, Any]] = [
        {"text": "One.\n\nTwo.", "custom": {"hit": hit, "confidence": 0.9}},
        {"custom": {"wish": "unsure"}},
        {"text": "Did you mean", "custom": {"choices": choices, "wish": "person"}},
        {"text": "Bye.", "custom": None},
    ]
    slots = [SlotSet("order_number", "FH-1"), SlotSet("agents_online", True), SlotSet("asked", ["q"])]
    tracker = heard(domain, ANSWERED, *slots, ActiveLoop("contact_form"))
    assert build_reply(read_turn(TURN), said, tracker) == {
        "cmid": "m1",
        "turn_complete": True,
        "messages": [
            {"kind": "answer", "text": "One.\n\nTwo.", "hit": hit},
            {"kind": "choices", "text": "Did you mean", "choices": choices},
            {"kind": "text", "text": "Bye."},
        ],
        "intent": {"name": "ask_question", "confidence": 0.8},
        "intent_ranking": [
            {"name": "ask_question", "confidence": 0.8},
            *({"name": f"i{n}", "confidence": 0.01} for n in range(4)),
        ],
        "entities": [{"entity": "product", "value": "Kestrel 2", "start": 0, "end": 9}],
        "slots": {"order_number": "FH-1"},
        "active_loop": "contact_form",
        "hit": hit,
        "confidence": 0.9,
        "wish": "person",
    }


def test_a_good_turn_passes(domain: Domain) -> None:
    check_turn(read_turn(TURN), [{"text": "Yes."}], [], heard(domain, ANSWERED))


def test_silence_and_missing_actions_are_failures(domain: Domain) -> None:
    turn = read_turn(TURN)
    with pytest.raises(TurnFailed, match="nothing to say"):
        check_turn(turn, [{"custom": {"wish": "unsure"}}], [], heard(domain, ANSWERED))
    with pytest.raises(TurnFailed, match="action_answer_question did not run"):
        check_turn(turn, [{"text": "Yes."}], [], heard(domain))
    with pytest.raises(TurnFailed, match="action_x"):
        check_turn(turn, [{"text": "Yes."}], ["action_x"], heard(domain, ANSWERED))
    with pytest.raises(TurnFailed, match="not in the tracker"):
        check_turn(turn, [{"text": "Yes."}], [], DialogueStateTracker("c1", domain.slots))


def test_in_the_form_a_question_may_be_the_answer_to_it(domain: Domain) -> None:
    turn = read_turn({**TURN, "active_loop": "contact_form"})
    check_turn(turn, [{"text": "Thank you."}], [], heard(domain, ActionExecuted("contact_form")))
