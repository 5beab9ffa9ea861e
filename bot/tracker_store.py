"""Keeps each conversation's recent events in memory, and no more than a turn needs.

Rasa's cost per turn grows with the tracker and no setting caps it, so this store keeps the latest turns only. A bare cut
would forget slots and the open form, so what was cut is restated in front of what stays. Nothing here is the truth:
the gateway sends slots and form with every turn, so idle conversations are dropped without harm.

What is kept between turns is masked: no e-mail address, number of a card, a telephone or an order stays in a text, an
entity or a slot. While a turn is open its conversation is kept as it is, because the form and the actions need the words;
the next turn brings the true slots along again. Must not know HTTP.
"""

import json
import time
from collections import OrderedDict
from contextvars import ContextVar
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.masking import masked_events

KEPT_EVENTS = 40
"""Some five turns; held turn time flat from turn 1 to turn 200, and no rule looks back further."""
KEPT_CONVERSATIONS = 5_000
IDLE_SECONDS = 2 * 3600.0

turn_open: "ContextVar[bool]" = ContextVar("turn_open", default=False)
"""True inside a turn of our channel. The turn ends with a save outside, or else with the tracker taken back."""


class ShortMemoryTrackerStore(TrackerStore, SerializedTrackerAsText):
    """In-memory store with a bound on events per conversation, on conversations, and on idleness."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Optional[str] = None,
        event_broker: Optional[EventBroker] = None,
        kept_events: int = KEPT_EVENTS,
        kept_conversations: int = KEPT_CONVERSATIONS,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._kept_events = kept_events
        self._kept_conversations = kept_conversations
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._stored: OrderedDict[str, Tuple[float, str]] = OrderedDict()
        self._open: Dict[str, str] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the latest events of `tracker`, restating the state that the older ones had built.

        Inside a turn they are stored as they are, for this turn only; else masked, and told to the event broker masked.
        """
        dialogue = tracker.as_dialogue()
        dialogue.events = self._cut(tracker, list(tracker.events))
        said = dialogue.as_dict()
        if turn_open.get():
            self._open[tracker.sender_id] = json.dumps(said)
            return
        said["events"] = masked_events(said["events"])
        text = json.dumps(said)
        if self.event_broker is not None:
            await self.stream_events(self.deserialise_tracker(tracker.sender_id, text))
        self._open.pop(tracker.sender_id, None)
        self._stored[tracker.sender_id] = (self._clock(), text)
        self._stored.move_to_end(tracker.sender_id)
        self._drop_idle()

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """Return the conversation's tracker, or None when it is unknown or was dropped."""
        if turn_open.get() and sender_id in self._open:
            return self.deserialise_tracker(sender_id, self._open[sender_id])
        stored = self._stored.get(sender_id)
        return self.deserialise_tracker(sender_id, stored[1]) if stored else None

    async def keys(self) -> Iterable[str]:
        """Return the ids of the stored conversations, the longest idle first."""
        return list(self._stored)

    def _cut(self, tracker: DialogueStateTracker, events: List[Event]) -> List[Event]:
        """Keep whole turns: the cut lies in front of a customer's message, at most `kept_events` from the end."""
        earliest = len(events) - self._kept_events
        turns = [i for i, event in enumerate(events) if i > 0 and isinstance(event, UserUttered)]
        if earliest <= 0 or not turns:
            return events
        start = next((i for i in turns if i >= earliest), turns[-1])
        past = DialogueStateTracker(tracker.sender_id, self.domain.slots)
        for event in events[:start]:
            past.update(event)
        return restated_state(past, events[start].timestamp) + events[start:]

    def _drop_idle(self) -> None:
        oldest_allowed = self._clock() - self._idle_seconds
        while self._stored:
            sender_id, (saved, _) = next(iter(self._stored.items()))
            if saved >= oldest_allowed and len(self._stored) <= self._kept_conversations:
                return
            del self._stored[sender_id]


def restated_state(tracker: DialogueStateTracker, timestamp: float) -> List[Event]:
    """Return events that bring a fresh tracker to the slots and the open form of `tracker`, ready for a message."""
    events: List[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=timestamp),
        SessionStarted(timestamp=timestamp),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=timestamp),
    ]
    events += [
        SlotSet(name, slot.value, timestamp=timestamp)
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value
    ]
    if tracker.active_loop_name:
        events.append(ActiveLoop(tracker.active_loop_name, timestamp=timestamp))
    return events
