"""The assistant as real processes: every path of the dialogue, and what happens when a neighbour is gone."""

from collections.abc import Iterator

import pytest

from tests.actions.fake_library import hit
from tests.bot.assistant_processes import MODEL, Assistant, Conversation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Started once for all tests: loading the model takes longer than any of them."""
    if not MODEL.is_file():
        pytest.skip("no trained assistant: run `make setup` first")
    assistant = Assistant(tmp_path_factory.mktemp("logs"))
    yield assistant
    assistant.stop()


@pytest.fixture
def assistant(running: Assistant) -> Assistant:
    running.library.forget()
    return running


def kinds(reply: dict) -> list[str]:  # type: ignore[type-arg]
    return [message["kind"] for message in reply["messages"]]


def test_a_question_is_answered_with_its_source(assistant: Assistant) -> None:
    customer = Conversation(assistant, "question")
    customer.say("hello")
    reply = customer.say("How long does delivery take to Norway?")
    assert reply["messages"] == [{"kind": "answer", "text": hit()["text"], "hit": hit()}]
    assert (reply["intent"]["name"], reply["confidence"], reply["wish"]) == ("ask_question", 0.91, None)
    assert assistant.library.questions[-1]["asked"] == ["hello"]
    assert assistant.library.secrets[-1] is not None


def test_choices_a_typed_choice_and_none_of_them(assistant: Assistant) -> None:
    customer = Conversation(assistant, "choices")
    assistant.library.reply = (200, assistant.library.unsure())
    reply = customer.say("what about the guarantee?")
    assert (kinds(reply), reply["wish"], len(reply["messages"][0]["choices"])) == (["choices"], "unsure", 3)
    assistant.library.forget()
    reply = customer.say("the second one")
    assert (kinds(reply), reply["hit"]["passage_id"]) == (["answer"], "p1")
    zips = {"decision": "clarify", "confidence": 0.4, "hits": [hit("z0", "Zips"), hit("z1", "Repairs")]}
    assistant.library.reply = (200, zips)
    customer.say("and for zips?")
    reply = customer.send(payload={"intent": "none_of_these"}).json()
    assert (kinds(reply), reply["wish"]) == (["text"], "unsure")
    reply = customer.say("what is covered by the guarantee?")
    assert assistant.library.questions[-1]["exclude"] == ["z0", "z1"]
    assert (kinds(reply), reply["wish"]) == (["text"], "unsure"), "the same choices are not offered twice"


def test_a_pressed_choice(assistant: Assistant) -> None:
    payload = {"intent": "choose_passage", "entities": {"passage_id": "p7"}}
    reply = Conversation(assistant, "button").send(payload=payload).json()
    assert (kinds(reply), reply["hit"]["passage_id"], reply["confidence"]) == (["answer"], "p7", 1.0)


@pytest.mark.parametrize("status", [401, 503])
def test_a_library_that_fails_is_said_and_wished_away(assistant: Assistant, status: int) -> None:
    assistant.library.reply = (status, {})
    reply = Conversation(assistant, f"library-{status}").say("how do returns work?")
    assert (kinds(reply), reply["wish"]) == (["text"], "unsure")


@pytest.mark.parametrize("text", ["/restart", "  /session_start", '/ask_for_human{"product": "x"}'])
def test_typed_commands_do_nothing(assistant: Assistant, text: str) -> None:
    customer = Conversation(assistant, f"slash-{text[:4]}")
    customer.say("where is my order FH-204817?")
    reply = customer.say(text)
    assert reply["slots"] == {"order_number": "FH-204817"}
    assert reply["intent"]["name"] not in ("restart", "session_start", "ask_for_human")


def test_a_person_online(assistant: Assistant) -> None:
    reply = Conversation(assistant, "online", agents_online=True).say("I'd like to talk to a person, please")
    assert (reply["wish"], reply["active_loop"]) == ("person", None)


def test_a_request_is_answered_where_the_library_is_sure(assistant: Assistant) -> None:
    customer = Conversation(assistant, "request")
    reply = customer.say("my account is locked")
    assert (kinds(reply), reply["wish"], reply["confidence"]) == (["answer", "text"], None, 0.91)
    assert assistant.library.questions[-1]["question"] == "my account is locked"
    assistant.library.reply = (200, assistant.library.unsure())
    reply = customer.say("please cancel my order")
    assert (kinds(reply), reply["wish"]) == (["text"], "policy")


def test_own_orders_and_feelings_are_wished_on(assistant: Assistant) -> None:
    customer = Conversation(assistant, "wishes")
    reply = customer.say("please cancel my order fh 204817")
    assert (reply["wish"], reply["slots"]["order_number"]) == ("policy", "FH-204817")
    assert "FH-204817" in reply["messages"][0]["text"]
    assert reply["entities"] == [{"entity": "order_number", "value": "FH-204817", "start": 23, "end": 32}]
    assert customer.say("this is useless")["wish"] == "frustrated"
    assert customer.say("are you a bot?")["wish"] is None


def test_the_form_with_a_question_in_between_and_a_move_to_another_rasa(assistant: Assistant) -> None:
    customer = Conversation(assistant, "form", agents_online=False)
    reply = customer.say("can somebody call me?")
    assert (reply["active_loop"], reply["slots"]["requested_slot"]) == ("contact_form", "contact_name")
    reply = customer.say("how long does delivery take?")
    assert (kinds(reply), reply["active_loop"]) == (["answer", "text"], "contact_form")
    assert customer.say("Anna Berg")["slots"]["contact_name"] == "Anna Berg"
    customer.name = "form-on-another-rasa"
    reply = customer.say("anna at berg")
    assert reply["messages"][0]["text"].startswith("That does not look like an e-mail address.")
    reply = customer.say("anna@berg")
    assert (len(reply["messages"]), reply["slots"]["requested_slot"]) == (2, "contact_email")
    assert customer.say("anna@berg.example")["slots"]["requested_slot"] == "contact_about"
    reply = customer.say("Can I get a spare pole for the Kestrel 2?")
    assert (reply["wish"], reply["active_loop"]) == ("contact", None)
    kept = {name: reply["slots"][name] for name in ("contact_name", "contact_email", "contact_about")}
    assert kept == {
        "contact_name": "Anna Berg",
        "contact_email": "anna@berg.example",
        "contact_about": "Can I get a spare pole for the Kestrel 2?",
    }
    reply = customer.say("I want to talk to a human")
    assert reply["slots"]["requested_slot"] == "contact_about", "name and address are not asked for twice"
    assert customer.say("stop")["active_loop"] is None


def test_a_form_of_thirty_turns_remembers(assistant: Assistant) -> None:
    customer = Conversation(assistant, "long-form", agents_online=False)
    customer.say("I'd like to leave a message")
    customer.say("my name is Anna Berg")
    for number in range(30):
        reply = customer.say(f"how much is delivery for {number + 2} parcels?")
        assert kinds(reply) == ["answer", "text"]
    assert reply["active_loop"] == "contact_form"
    reply = customer.say("anna@berg.example")
    assert (reply["slots"]["contact_name"], reply["slots"]["requested_slot"]) == (
        "Anna Berg",
        "contact_about",
    )


def test_without_the_action_server_a_turn_fails_loudly_and_a_retry_works(assistant: Assistant) -> None:
    customer = Conversation(assistant, "no-actions")
    assistant.actions.terminate()
    assistant.actions.wait(15)
    failed = customer.send("how do returns work?")
    assert (failed.status_code, failed.json()["code"]) == (500, "turn_failed")
    asked = {"conversation": "no-actions", "cmid": "no-actions-1"}
    assert assistant.http.get("/heard", params=asked).json() == {"heard": False, "reply": None}
    assert customer.say("hello")["intent"]["name"] == "greet", "what needs no action still works"
    assistant.actions = assistant.start_actions()
    assert kinds(customer.say("how do returns work?")) == ["answer"]


def test_nothing_but_the_channel_is_open(assistant: Assistant) -> None:
    root = f"http://127.0.0.1:{assistant.rasa_ports[0]}"
    for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker", "/version", "/status"):
        assert assistant.http.get(root + path).status_code == 404
    assert assistant.http.get("/health", headers={"X-Frontdesk-Secret": "x"}).status_code == 401


def test_no_customer_text_in_the_logs(assistant: Assistant) -> None:
    Conversation(assistant, "logs").say("do you sell marmalade-coloured tents")
    assert all(b"marmalade" not in path.read_bytes() for path in assistant.logs.glob("*.log"))


def test_an_address_left_while_nobody_is_there_takes_the_next_message_along(assistant: Assistant) -> None:
    customer = Conversation(assistant, "left-address", agents_online=False)
    reply = customer.say("els@example.be")
    assert (kinds(reply), reply["active_loop"]) == (["text", "text"], "contact_form")
    assert reply["slots"]["requested_slot"] == "contact_about"
    matter = "I want to know whether you will sell kayaks next year"
    reply = customer.say(matter)
    assert (reply["wish"], reply["active_loop"]) == ("contact", None)
    assert (reply["slots"]["contact_email"], reply["slots"]["contact_about"]) == ("els@example.be", matter)


def test_a_message_with_name_address_and_matter_needs_no_more(assistant: Assistant) -> None:
    customer = Conversation(assistant, "left-everything", agents_online=False)
    text = "Hi, I'm Jan Peeters, jan@example.com, order FH-204817 never came"
    reply = customer.say(text)
    assert (reply["wish"], reply["active_loop"], kinds(reply)) == ("contact", None, ["text"])
    assert (reply["slots"]["contact_name"], reply["slots"]["contact_about"]) == ("Jan Peeters", text)


def test_an_address_is_only_noted_while_somebody_is_there(assistant: Assistant) -> None:
    reply = Conversation(assistant, "noted-address").say("els@example.be")
    assert (reply["wish"], reply["active_loop"]) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want a person",
        "I never want to speak to a human",
        "I don't want to talk to a person, just tell me the warranty on tents",
        "please dont connect me to an agent, where is my parcel?",
    ],
)
def test_a_wish_for_nobody_promises_nobody(assistant: Assistant, text: str) -> None:
    assert Conversation(assistant, text).say(text)["wish"] != "person"
