"""The domain, the rules, the examples and the code have to say the same things."""

import importlib
import pkgutil
import re
from collections import Counter
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions.contact_form import FORM_SLOTS
from bot.turn import EXPECTED_ACTIONS, HIDDEN_SLOTS, PAYLOAD_INTENTS, WISHES
from tests.bot.conftest import ROOT

FORBIDDEN = re.compile(
    r"!|sorry for (the|any) inconvenience|your (call|chat) is (very )?important|kindly|valued customer|please be patient",
    re.IGNORECASE,
)


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


DOMAIN = read("domain.yml")
RULES = [rule for path in (ROOT / "bot/data/rules").glob("*.yml") for rule in read(str(path))["rules"]]
STEPS = [step for rule in RULES for step in rule["steps"]]
EXAMPLES = {
    block["intent"]: [line.removeprefix("- ") for line in block["examples"].splitlines()]
    for path in (ROOT / "bot/data/nlu").glob("*.yml")
    for block in read(str(path))["nlu"]
}
SAID = [variation for variations in DOMAIN["responses"].values() for variation in variations]


def test_there_are_enough_intents_with_enough_examples() -> None:
    assert len(EXAMPLES) >= 15
    assert {intent: len(texts) for intent, texts in EXAMPLES.items() if len(set(texts)) < 25} == {}
    assert len(EXAMPLES["ask_question"]) >= 60
    assert len(EXAMPLES["ask_for_human"]) >= 60


def test_no_example_is_there_twice() -> None:
    counted = Counter(text.lower().strip(" ?.!") for texts in EXAMPLES.values() for text in texts)
    assert [text for text, times in counted.items() if times > 1] == []


def test_every_intent_has_examples_and_a_rule() -> None:
    ruled = {step["intent"] for step in STEPS if "intent" in step}
    assert set(DOMAIN["intents"]) == set(EXAMPLES) == ruled - {"nlu_fallback"}


def test_the_action_server_has_exactly_the_actions_of_the_domain() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(DOMAIN["actions"])


def test_rules_use_what_exists() -> None:
    known = {*DOMAIN["actions"], *DOMAIN["responses"], *DOMAIN["forms"], "action_deactivate_loop"}
    assert {step["action"] for step in STEPS if "action" in step} - known == set()


def test_every_response_is_said_somewhere() -> None:
    by_rules = {step["action"] for step in STEPS if "action" in step}
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    by_actions = set(re.findall(r'response="(utter_\w+)"', sources))
    by_form = {f"utter_ask_{slot}" for slot in FORM_SLOTS}
    assert set(DOMAIN["responses"]) == {r for r in by_rules if r.startswith("utter_")} | by_actions | by_form


def test_the_form_asks_for_what_the_action_validates() -> None:
    assert DOMAIN["forms"] == {"contact_form": {"required_slots": list(FORM_SLOTS)}}
    assert set(FORM_SLOTS) <= set(DOMAIN["slots"])


def test_the_channel_expects_what_the_rules_do() -> None:
    for intent, action in EXPECTED_ACTIONS.items():
        rules = [rule["steps"] for rule in RULES if rule["steps"][0] == {"intent": intent}]
        assert rules == [[{"intent": intent}, {"action": action}]]
    assert set(DOMAIN["intents"]) >= PAYLOAD_INTENTS
    assert HIDDEN_SLOTS - set(DOMAIN["slots"]) == {"session_started_metadata"}


def test_wishes_are_known() -> None:
    wished = {variation["custom"]["wish"] for variation in SAID if "custom" in variation}
    for module in pkgutil.iter_modules([str(ROOT / "actions")]):
        source = importlib.import_module(f"actions.{module.name}").__file__ or ""
        wished |= set(re.findall(r'"wish": "(\w+)"', (ROOT / source).read_text(encoding="utf-8")))
    assert wished == set(WISHES)


def test_all_variations_of_one_response_wish_the_same() -> None:
    for name, variations in DOMAIN["responses"].items():
        assert len({str(variation.get("custom")) for variation in variations}) == 1, name


@pytest.mark.parametrize("variation", SAID, ids=lambda variation: variation["text"][:30])
def test_the_bot_keeps_its_voice(variation: dict[str, Any]) -> None:
    assert not FORBIDDEN.search(variation["text"])
    assert len(variation["text"]) <= 240


def test_the_bot_always_says_that_it_is_one() -> None:
    for response in ("utter_greet", "utter_i_am_a_bot", "utter_capabilities"):
        assert all(re.search(r"\bbot\b", variation["text"]) for variation in DOMAIN["responses"][response])


def test_sessions_never_expire_inside_rasa() -> None:
    assert DOMAIN["session_config"]["session_expiration_time"] == 0


def test_there_is_one_door() -> None:
    assert list(read("bot/credentials.yml")) == ["bot.gateway_channel.GatewayChannel"]
