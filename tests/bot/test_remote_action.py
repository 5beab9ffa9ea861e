from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import remote_action


@pytest.fixture(autouse=True)
def repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repairs in place for one test."""
    monkeypatch.setattr(RemoteAction, "_validate_action_result", remote_action.validate_action_result)
    monkeypatch.setattr(RemoteAction, "run", remote_action.run_and_note_failure)


class Endpoint(EndpointConfig):
    """An action server that answers `answer`, or raises it."""

    def __init__(self, answer: Any) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answer = answer

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def run(domain: Domain, answer: Any) -> list[Any]:
    action = RemoteAction("action_answer_question", Endpoint(answer))
    tracker = DialogueStateTracker("c1", domain.slots)
    nlg = TemplatedNaturalLanguageGenerator(domain.responses)
    events: list[Any] = await action.run(CollectingOutputChannel(), nlg, tracker, domain)
    return events


GOOD = {
    "events": [{"event": "slot", "timestamp": None, "name": "offered", "value": ["p1"]}],
    "responses": [{"text": "Yes.", "custom": {"wish": "unsure"}}],
}
BAD = [
    {"events": [{"event": "slot", "name": 3}], "responses": []},
    {"events": [{"event": "no such event"}], "responses": []},
    {"events": "none", "responses": []},
    {"events": [], "responses": ["Yes."]},
    ["Yes."],
]


async def test_a_valid_answer_is_taken(domain: Domain) -> None:
    said, slot = await run(domain, GOOD)
    assert (said.text, slot.key, slot.value) == ("Yes.", "offered", ["p1"])


@pytest.mark.parametrize("answer", BAD)
async def test_an_invalid_answer_is_still_refused(domain: Domain, answer: Any) -> None:
    with pytest.raises(ValidationError, match="action_answer_question"):
        await run(domain, answer)


def test_the_schema_is_rasas_own_and_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[Any] = []
    spec = RemoteAction.action_response_format_spec

    def counted() -> Any:
        compiled.append(1)
        return spec()

    monkeypatch.setattr(RemoteAction, "action_response_format_spec", counted)
    remote_action.compiled_schema.cache_clear()
    action = RemoteAction("action_answer_question", None)
    for _ in range(20):
        assert action._validate_action_result(GOOD)
    assert compiled == [1]
    assert remote_action.compiled_schema().schema == spec()


async def test_a_failure_is_noted_and_a_rejection_is_not(domain: Domain) -> None:
    noted: list[str] = []
    token = remote_action.failed_actions.set(noted)
    rejection = '{"action_name": "action_answer_question", "error": "no"}'
    with pytest.raises(ActionExecutionRejection):
        await run(domain, ClientResponseError(400, "Bad Request", rejection))
    assert noted == []
    with pytest.raises(Exception, match="action_answer_question"):
        await run(domain, ClientResponseError(500, "Internal Server Error", "{}"))
    assert noted == ["action_answer_question"]
    remote_action.failed_actions.reset(token)


def test_installing_twice_changes_nothing() -> None:
    remote_action.install()
    remote_action.install()
    assert RemoteAction.run is remote_action.run_and_note_failure
    assert remote_action._original_run is not remote_action.run_and_note_failure
