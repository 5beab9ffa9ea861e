import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import KEPT_EVENTS, ShortMemoryTrackerStore, turn_open


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
        "order_number": "[order number]",
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


PERSONAL = ("nora.vale@example.org", "0471 23 45 67", "4111 1111 1111 1111", "FH-204817")


def personal_turn() -> list[Event]:
    said = f"I am {PERSONAL[0]}, {PERSONAL[1]}, card {PERSONAL[2]}, order {PERSONAL[3]}"
    parsed = {
        "text": said,
        "intent": {"name": "give_contact", "confidence": 0.9},
        "entities": [{"entity": "email", "value": PERSONAL[0], "start": 5, "end": 26}],
    }
    return [
        UserUttered(said, parsed["intent"], parsed["entities"], parsed, metadata={"cmid": "m1"}),
        SlotSet("email", PERSONAL[0]),
        SlotSet("asked", [said]),
        BotUttered(f"Noted, {PERSONAL[0]}", {"custom": {"question": said}}),
        ActionExecuted("action_listen"),
    ]


def holds(store: ShortMemoryTrackerStore) -> list[str]:
    kept = repr(vars(store))
    return [secret for secret in PERSONAL if secret in kept]


async def test_what_is_kept_between_turns_is_masked(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain)
    tracker = await talk(store, personal_turn())
    assert holds(store) == []
    heard = next(event for event in tracker.events if isinstance(event, UserUttered))
    assert heard.text == "I am [e-mail], [phone], card [card], order [order number]"
    assert (heard.intent_name, heard.metadata) == ("give_contact", {"cmid": "m1"})
    assert (tracker.get_slot("email"), heard.entities[0]["value"]) == ("[e-mail]", "[e-mail]")


async def test_an_open_turn_reads_what_it_wrote_and_nobody_else_does(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain)
    opened = turn_open.set(True)
    try:
        tracker = await talk(store, personal_turn())
        assert tracker.get_slot("email") == PERSONAL[0]
    finally:
        turn_open.reset(opened)
    assert await store.retrieve("c1") is None, "a turn that did not end is not a conversation yet"
    await store.save(tracker)
    assert holds(store) == []


async def test_a_turn_that_is_taken_back_leaves_nothing(domain: Domain) -> None:
    store = ShortMemoryTrackerStore(domain)
    before = await talk(store, turn("hello"))
    opened = turn_open.set(True)
    await talk(store, personal_turn())
    turn_open.reset(opened)
    await store.save(before)
    assert holds(store) == []
    stored = await store.retrieve("c1")
    assert stored is not None
    assert [e.as_dict() for e in stored.events] == [e.as_dict() for e in before.events]


async def test_an_event_broker_hears_the_masked_words_once(domain: Domain) -> None:
    told: list[dict] = []  # type: ignore[type-arg]

    class Broker(EventBroker):
        def publish(self, event: dict) -> None:  # type: ignore[type-arg]
            told.append(event)

    store = ShortMemoryTrackerStore(domain, event_broker=Broker())
    opened = turn_open.set(True)
    tracker = await talk(store, personal_turn())
    turn_open.reset(opened)
    assert told == []
    await store.save(tracker)
    assert [event["event"] for event in told] == ["action", "user", "slot", "slot", "bot", "action"]
    assert not any(secret in repr(told) for secret in PERSONAL)
    await store.save(tracker)
    assert len(told) == 6
