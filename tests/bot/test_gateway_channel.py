"""The channel over HTTP without a socket, with a stand-in for Rasa's agent, so that every fault can be played."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from typing import Any

import httpx
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from bot import remote_action
from bot.gateway_channel import SECRET_VARIABLE, GatewayChannel, missing_state
from bot.tracker_store import ShortMemoryTrackerStore
from bot.turn import SLASH_LOOKALIKE, Turn

SECRET = "kept-between-processes"


class FakeAgent:
    """Stores trackers as Rasa does and answers every message with `behave`."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.tracker_store = ShortMemoryTrackerStore(domain)
        self.processor = self
        self.ready = True
        self.handled: list[UserMessage] = []
        self.behave: Callable[[UserMessage], Awaitable[None]] = self.say_yes

    def is_ready(self) -> bool:
        return self.ready

    async def fetch_tracker_with_initial_session(self, sender_id: str) -> DialogueStateTracker:
        return await self.tracker_store.get_or_create_tracker(sender_id)

    async def handle_message(self, message: UserMessage) -> None:
        self.handled.append(message)
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        parsed = message.parse_data or {"intent": {"name": "greet", "confidence": 0.9}, "entities": []}
        tracker.update(
            UserUttered(message.text, parsed["intent"], parsed["entities"], parsed, metadata=message.metadata)
        )
        await self.behave(message)
        tracker.update(ActionExecuted("utter_greet"))
        await self.tracker_store.save(tracker)

    async def say_yes(self, message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": f"Yes, {len(self.handled)}."})


@pytest.fixture
def agent(domain: Domain) -> FakeAgent:
    return FakeAgent(domain)


@pytest.fixture(scope="module")
def channel() -> GatewayChannel:
    return GatewayChannel(SECRET, turn_seconds=0.5)


@pytest.fixture(scope="module")
def app(channel: GatewayChannel) -> Sanic:
    """One application for all tests: Sanic rewrites its own classes when it starts, which works only once."""
    app = Sanic("channel_under_test", configure_logging=False)

    async def hand_over(message: UserMessage) -> None:
        await app.ctx.agent.handle_message(message)

    app.blueprint(channel.blueprint(hand_over), url_prefix="/webhooks/gateway")
    with closing(asyncio.new_event_loop()) as loop:
        loop.run_until_complete(app._startup())
    return app


@pytest.fixture
async def http(app: Sanic, channel: GatewayChannel, agent: FakeAgent) -> AsyncIterator[httpx.AsyncClient]:
    """A client that knows the secret, talking to a channel that remembers nothing."""
    app.ctx.agent = agent
    channel._replies.clear()
    transport = httpx.ASGITransport(app=app)
    base, headers = "http://rasa/webhooks/gateway", {"X-Frontdesk-Secret": SECRET}
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
        yield client


def turn(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"conversation": "c1", "cmid": f"m{number}", "text": "hello", "agents_online": False, **changes}


async def test_refuses_to_start_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    with pytest.raises(RasaException, match=SECRET_VARIABLE):
        GatewayChannel.from_credentials(None)
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    assert GatewayChannel.from_credentials(None).name() == "gateway"


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x"])
async def test_a_wrong_secret_opens_nothing(http: httpx.AsyncClient, agent: FakeAgent, secret: str) -> None:
    headers = {"X-Frontdesk-Secret": secret}
    for reply in (
        await http.post("/turn", json=turn(), headers=headers),
        await http.get("/heard", params={"conversation": "c1", "cmid": "m1"}, headers=headers),
        await http.get("/health", headers=headers),
    ):
        assert (reply.status_code, reply.json()["code"]) == (401, "bad_secret")
    assert agent.handled == []


async def test_a_model_that_is_not_loaded_is_said(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    assert (await http.get("/health")).json() == {"ok": True}
    agent.ready = False
    reply = await http.get("/health")
    assert (reply.status_code, reply.json()["retryable"]) == (503, True)
    assert (await http.post("/turn", json=turn())).status_code == 503


async def test_one_turn_one_reply(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    reply = await http.post("/turn", json=turn(text="  hello\n\nthere "))
    assert reply.status_code == 200
    assert reply.json()["messages"] == [{"kind": "text", "text": "Yes, 1."}]
    assert (reply.json()["cmid"], reply.json()["turn_complete"]) == ("m1", True)
    message = agent.handled[0]
    assert (message.text, message.metadata, message.parse_data) == ("hello\n\nthere", {"cmid": "m1"}, None)


@pytest.mark.parametrize("text", ["/restart", "  /session_start", '/ask_for_human{"x": 1}'])
async def test_typed_commands_are_words(http: httpx.AsyncClient, agent: FakeAgent, text: str) -> None:
    assert (await http.post("/turn", json=turn(text=text))).status_code == 200
    assert agent.handled[0].text == SLASH_LOOKALIKE + text.strip()[1:]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"null", b'{"conversation": "c1"}'])
async def test_a_bad_body_is_422(http: httpx.AsyncClient, content: bytes) -> None:
    reply = await http.post("/turn", content=content)
    assert (reply.status_code, reply.json()["code"]) == (422, "bad_turn")


async def test_a_huge_body_is_422(http: httpx.AsyncClient) -> None:
    assert (await http.post("/turn", json=turn(slots={"x": "y" * 300_000}))).status_code == 422


async def test_the_same_cmid_gets_the_same_reply(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    first = (await http.post("/turn", json=turn())).json()
    assert (await http.post("/turn", json=turn())).json() == first
    assert len(agent.handled) == 1
    heard = (await http.get("/heard", params={"conversation": "c1", "cmid": "m1"})).json()
    assert heard == {"heard": True, "reply": first}
    unheard = (await http.get("/heard", params={"conversation": "c1", "cmid": "m2"})).json()
    assert unheard == {"heard": False, "reply": None}
    assert (await http.get("/heard", params={"conversation": "c1"})).status_code == 422


async def test_the_same_cmid_twice_at_once_is_handled_once(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    async def slowly(message: UserMessage) -> None:
        await asyncio.sleep(0.1)
        await agent.say_yes(message)

    agent.behave = slowly
    one, two = await asyncio.gather(http.post("/turn", json=turn()), http.post("/turn", json=turn()))
    assert one.json() == two.json()
    assert len(agent.handled) == 1


async def raises(message: UserMessage) -> None:
    raise KeyError(message.text)


async def hangs(message: UserMessage) -> None:
    await asyncio.sleep(30)


async def stays_silent(message: UserMessage) -> None:
    await message.output_channel.send_response(message.sender_id, {"custom": {"wish": "unsure"}})


async def loses_an_action(message: UserMessage) -> None:
    await message.output_channel.send_response(message.sender_id, {"text": "Half a reply"})
    noted = remote_action.failed_actions.get()
    assert noted is not None
    noted.append("action_answer_question")


@pytest.mark.parametrize("fault", [raises, hangs, stays_silent, loses_an_action])
async def test_a_failed_turn_is_500_and_leaves_no_trace(
    http: httpx.AsyncClient, agent: FakeAgent, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await http.post("/turn", json=turn(1, slots={"product": "Kestrel 2"}))).status_code == 200
    before = [e.as_dict() for e in (await agent.tracker_store.retrieve("c1")).events]  # type: ignore[union-attr]
    agent.behave = fault
    reply = await http.post("/turn", json=turn(2, text="my own words"))
    assert (reply.status_code, reply.json()["code"], reply.json()["retryable"]) == (500, "turn_failed", True)
    assert "own words" not in caplog.text
    assert (await http.get("/heard", params={"conversation": "c1", "cmid": "m2"})).json()["heard"] is False
    after = [e.as_dict() for e in (await agent.tracker_store.retrieve("c1")).events]  # type: ignore[union-attr]
    assert after == before
    agent.behave = agent.say_yes
    assert (await http.post("/turn", json=turn(2))).status_code == 200, "a retry starts clean"


async def test_a_first_turn_that_fails_can_be_retried(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    agent.behave = raises
    assert (await http.post("/turn", json=turn())).status_code == 500
    agent.behave = agent.say_yes
    assert (await http.post("/turn", json=turn())).json()["messages"] == [{"kind": "text", "text": "Yes, 2."}]


async def test_an_unknown_conversation_is_brought_to_where_it_stood(
    http: httpx.AsyncClient, agent: FakeAgent
) -> None:
    slots = {"contact_name": "Anna", "requested_slot": "contact_email", "no_such_slot": 1, "asked": ["wrong"]}
    kept = turn(slots=slots, active_loop="contact_form", agents_online=True, asked=["a", "b"])
    reply = (await http.post("/turn", json=kept)).json()
    assert reply["slots"] == {"contact_name": "Anna", "requested_slot": "contact_email"}
    assert reply["active_loop"] == "contact_form"
    tracker = await agent.tracker_store.retrieve("c1")
    assert tracker is not None
    assert (tracker.get_slot("agents_online"), tracker.get_slot("asked")) == (True, ["a", "b"])


async def test_a_form_goes_on_although_what_it_heard_is_kept_masked(
    http: httpx.AsyncClient, agent: FakeAgent
) -> None:
    """The reply carries true slots, the gateway brings them back, and between turns nothing of them is kept."""
    email = "nora.vale@example.org"
    seen: list[object] = []

    async def look(message: UserMessage) -> None:
        tracker = await agent.tracker_store.retrieve("c1")
        assert tracker is not None
        seen.append((tracker.get_slot("contact_email"), tracker.get_slot("asked"), tracker.active_loop_name))
        await agent.say_yes(message)

    agent.behave = look
    kept = {"slots": {"contact_email": email}, "active_loop": "contact_form", "asked": [f"I am {email}"]}
    replies = [
        (await http.post("/turn", json=turn(n, text=f"I am {email}", **kept))).json() for n in (1, 2, 2)
    ]
    assert seen == [(email, [f"I am {email}"], "contact_form")] * 2
    assert [reply["slots"] for reply in replies] == [{"contact_email": email}] * 3
    heard = (await http.get("/heard", params={"conversation": "c1", "cmid": "m2"})).json()
    assert heard["reply"]["slots"] == {"contact_email": email}
    assert email not in repr(vars(agent.tracker_store))
    stored = await agent.tracker_store.retrieve("c1")
    assert stored is not None
    assert (stored.get_slot("contact_email"), stored.active_loop_name) == ("[e-mail]", "contact_form")


async def test_a_turn_that_fails_leaves_no_personal_data(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    for fault in (raises, hangs):
        agent.behave = fault
        said = turn(1, text="I am nora.vale@example.org", slots={"email": "nora.vale@example.org"})
        assert (await http.post("/turn", json=said)).status_code == 500
        assert "nora.vale" not in repr(vars(agent.tracker_store))


async def test_a_button_brings_its_meaning_along(http: httpx.AsyncClient, agent: FakeAgent) -> None:
    agent.behave = agent.say_yes
    payload = {"intent": "leave_details", "entities": {"passage_id": "p1"}}
    reply = (await http.post("/turn", json=turn(text=None, payload=payload))).json()
    assert reply["intent"] == {"name": "leave_details", "confidence": 1.0}
    assert reply["entities"] == [{"entity": "passage_id", "value": "p1", "start": None, "end": None}]


def test_the_gateways_state_is_the_whole_state(domain: Domain) -> None:
    tracker = DialogueStateTracker("c1", domain.slots)
    for event in (
        SlotSet("product", "Kestrel 2"),
        SlotSet("order_number", "FH-1"),
        ActiveLoop("contact_form"),
    ):
        tracker.update(event)
    events = missing_state(tracker, Turn("c1", "m1", "x", slots={"order_number": "FH-1"}, agents_online=True))
    assert events == [SlotSet("product", None), SlotSet("agents_online", True), ActiveLoop(None)]
    for event in events:
        tracker.update(event)
    again = Turn("c1", "m2", "x", slots={"order_number": "FH-1"}, agents_online=True)
    assert missing_state(tracker, again) == [], "nothing to say when nothing differs"
