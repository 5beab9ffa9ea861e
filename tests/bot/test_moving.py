"""A conversation that moves to another Rasa, because its own went away, goes on as if nothing had happened."""

from collections.abc import Iterator

import pytest

from tests.bot.assistant_processes import MODEL, Assistant, Conversation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    if not MODEL.is_file():
        pytest.skip("no trained assistant: run `make setup` first")
    assistant = Assistant(tmp_path_factory.mktemp("logs"), rasas=2)
    yield assistant
    assistant.stop()


def filled_in(two: Assistant, name: str, move_every: int) -> dict:  # type: ignore[type-arg]
    """The contact form, said turn by turn; after each `move_every` turns the other Rasa has the conversation."""
    customer = Conversation(two, name, agents_online=False)
    reply: dict = {}  # type: ignore[type-arg]
    for turn, text in enumerate(
        ("can somebody call me?", "Anna Berg", "anna@berg", "anna@berg.example", "A pole for the Kestrel 2"),
        1,
    ):
        reply = customer.say(text)
        if turn % move_every == 0:
            customer.rasa = 1 - customer.rasa
    return {key: reply[key] for key in ("messages", "slots", "active_loop", "wish")}


@pytest.mark.parametrize("move_every", [1, 2, 3])
def test_an_open_form_and_its_slots_come_along(two: Assistant, move_every: int) -> None:
    stayed = filled_in(two, f"stays-{move_every}", move_every=100)
    moved = filled_in(two, f"moves-{move_every}", move_every)
    assert moved == stayed
    assert moved["wish"] == "contact"
    assert moved["slots"]["contact_email"] == "anna@berg.example"


def test_without_what_travels_along_the_form_is_lost(two: Assistant) -> None:
    customer = Conversation(two, "loses", agents_online=False)
    customer.say("can somebody call me?")
    customer.say("Anna Berg")
    customer.rasa, customer.slots, customer.active_loop = 1, {}, None
    reply = customer.say("anna@berg.example")
    assert reply["slots"].get("contact_name") != "Anna Berg", reply


def test_what_was_forgotten_elsewhere_stays_forgotten_after_coming_back(two: Assistant) -> None:
    customer = Conversation(two, "returns", agents_online=False)
    customer.say("can somebody call me?")
    customer.say("Anna Berg")
    customer.rasa = 1
    assert customer.say("stop")["active_loop"] is None
    customer.rasa = 0
    reply = customer.say("hello")
    assert reply["active_loop"] is None
    assert reply["slots"].get("requested_slot") is None


def test_each_answers_a_turn_that_it_heard_again_with_the_same_reply(two: Assistant) -> None:
    customer = Conversation(two, "again", agents_online=False)
    first = customer.say("hello")
    customer.turns -= 1
    assert customer.say("hello") == first
    heard = two.doors[0].get("/heard", params={"conversation": "again", "cmid": first["cmid"]}).json()
    assert heard == {"heard": True, "reply": first}
    elsewhere = two.doors[1].get("/heard", params={"conversation": "again", "cmid": first["cmid"]}).json()
    assert elsewhere == {"heard": False, "reply": None}
