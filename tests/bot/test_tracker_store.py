import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import KEPT_EVENTS, ShortMemoryTrackerStore


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def turn(text: str, *events: Event) -> list[Event]:
    return [
        UserUttered(text, {"name": "ask_question", "confidence": 0.9}),
        ActionExecuted("action_answer_question"),
        BotUttered(f"about {text}"),
        *events,
        ActionExecuted("action_listen"),
    ]


async def talk(
    store: ShortMemoryTrackerStore, events: list[Event], sender: str = "c1"
) -> DialogueStateTracker:
    """One turn as Rasa does it: read, add, save; returns what the next turn will read."""
    tracker = await store.get_or_create_tracker(sender)
    for event in events:
        tracker.update(event)
    await store.save(tracker)
    stored = await store.retrieve(sender)
    assert stored is not None
    return stored


async def test_a_form_of_thirty_turns_remembers(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain)
    opening = [
        ActiveLoop("contact_form"),
        SlotSet("contact_name", "Anna"),
        SlotSet("requested_slot", "contact_email"),
    ]
    await talk(store, turn("call me", SlotSet("order_number", "FH-204817"), *opening))
    for number in range(30):
        tracker = await talk(store, turn(f"question {number}"))
    assert tracker.active_loop_name == "contact_form"
    kept = {
        name: tracker.get_slot(name)
        for name in ("contact_name", "requested_slot", "order_number", "agents_online")
    }
    assert kept == {
        "contact_name": "Anna",
        "requested_slot": "contact_email",
        "order_number": "FH-204817",
        "agents_online": False,
    }
    assert len(tracker.events) <= KEPT_EVENTS + 10
    assert tracker.latest_action_name == "action_listen"


async def test_without_restating_the_same_form_is_forgotten(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: cutting alone loses slots and form, so the test above tests what it says."""
    monkeypatch.setattr("bot.tracker_store.restated_state", lambda tracker, timestamp: [])
    store = ShortMemoryTrackerStore(domain)
    await talk(store, turn("call me", ActiveLoop("contact_form"), SlotSet("contact_name", "Anna")))
    for number in range(30):
        tracker = await talk(store, turn(f"question {number}"))
    assert tracker.active_loop_name is None
    assert tracker.get_slot("contact_name") is None


async def test_keeps_whole_turns_and_the_latest_words(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain, kept_events=10)
    for number in range(12):
        tracker = await talk(store, turn(f"question {number}"))
    heard = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    assert heard == ["question 10", "question 11"]
    assert len(list(tracker.events)) == 3 + 2 * 4


async def test_a_closed_form_stays_closed_and_an_emptied_slot_stays_empty(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain, kept_events=8)
    await talk(store, turn("a", ActiveLoop("contact_form"), SlotSet("product", "Kestrel 2")))
    await talk(store, turn("b", ActiveLoop(None), SlotSet("product", None), SlotSet("agents_online", True)))
    for number in range(5):
        tracker = await talk(store, turn(f"question {number}"))
    assert tracker.active_loop_name is None
    assert tracker.get_slot("product") is None
    assert tracker.get_slot("agents_online") is True


async def test_one_endless_turn_is_kept_whole(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain, kept_events=10)
    await talk(store, turn("a"))
    tracker = await talk(store, turn("b", *[BotUttered(str(n)) for n in range(30)]))
    assert [e.text for e in tracker.events if isinstance(e, UserUttered)] == ["b"]


async def test_drops_idle_and_surplus_conversations(domain: Domain) -> None:
    clock = Clock()
    store = ShortMemoryTrackerStore(domain, kept_conversations=3, idle_seconds=60, clock=clock)
    for number in range(5):
        await talk(store, turn("hi"), sender=f"c{number}")
    assert await store.keys() == ["c2", "c3", "c4"]
    await talk(store, turn("again"), sender="c2")
    clock.now += 59
    await talk(store, turn("hi"), sender="c5")
    assert await store.keys() == ["c4", "c2", "c5"]
    clock.now += 2
    await talk(store, turn("hi"), sender="c6")
    assert await store.keys() == ["c5", "c6"]
    assert await store.retrieve("c2") is None
