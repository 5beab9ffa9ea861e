"""Two repairs of how Rasa calls custom actions.

Rasa checks every answer of the action server against a JSON schema that it checks again each time (some 40 ms a call):
here it is compiled once. And Rasa swallows what a custom action raises, so that a broken turn looks like a quiet one:
here every failure is noted for the channel, which then says so. Must not know the channel.
"""

from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Dict, List, Optional

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

failed_actions: "ContextVar[Optional[List[str]]]" = ContextVar("failed_actions", default=None)
"""Names of the custom actions that raised in this turn; None outside a turn of our channel."""

_original_run = RemoteAction.run


@lru_cache(maxsize=1)
def compiled_schema() -> Any:
    """Return the validator of an action server's answer, checked and built once for the process."""
    schema = RemoteAction.action_response_format_spec()
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    return validator_class(schema)


def validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
    """Return True for a valid answer; raise jsonschema's ValidationError naming the action otherwise."""
    error = best_match(compiled_schema().iter_errors(result))
    if error is None:
        return True
    error.message += f". The action server's answer for '{self.name()}' is not valid."
    raise error


async def run_and_note_failure(
    self: RemoteAction,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> List[Event]:
    """Run the action as Rasa does; when it raises, note its name before Rasa swallows the error."""
    try:
        events: List[Event] = await _original_run(self, output_channel, nlg, tracker, domain)
        return events
    except ActionExecutionRejection:
        # Not a failure: this is how a form says that the message was no answer to its question.
        raise
    except Exception:
        noted = failed_actions.get()
        if noted is not None:
            noted.append(self.name())
        raise


def install() -> None:
    """Put both repairs in place; doing it again changes nothing."""
    RemoteAction._validate_action_result = validate_action_result
    RemoteAction.run = run_and_note_failure
