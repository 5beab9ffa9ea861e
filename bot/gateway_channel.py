"""The one door into Rasa: turns from the gateway, one whole reply each, and errors that are errors.

Rasa's own REST channel answers 200 with nothing when anything goes wrong, drops metadata and lets `/restart` through.
This one asks for the shared secret, brings the tracker to the state that the gateway keeps, handles the turn within a
time limit, and takes the turn back when it failed, so that a retry starts clean. Must not know SQL, sockets or queues.
"""

import asyncio
import hmac
import logging
import os
from collections import OrderedDict
from traceback import format_tb
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import masking, remote_action
from bot.tracker_store import turn_open
from bot.turn import (
    HIDDEN_SLOTS,
    Turn,
    TurnFailed,
    TurnRefused,
    build_reply,
    check_turn,
    heard_event,
    read_turn,
)

logger = logging.getLogger(__name__)

SECRET_VARIABLE = "FRONTDESK_SERVICE_SECRET"  # noqa: S105 - the name of a variable, no secret
SECRET_HEADER = "X-Frontdesk-Secret"  # noqa: S105 - the name of a header, no secret
TURN_SECONDS = 15.0
"""Below the gateway's 20 s, so that it hears about a slow turn instead of guessing."""
KEPT_REPLIES = 2_000
BODY_BYTES = 262_144

Handler = Callable[[UserMessage], Awaitable[Any]]
Reply = Dict[str, Any]


class ReplyCollector(OutputChannel):
    """Keeps every message whole and in order; Rasa's own collector splits text on blank lines."""

    def __init__(self) -> None:
        self.said: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "gateway"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        self.said.append(dict(message))


class GatewayChannel(InputChannel):
    """Routes `turn`, `heard` and `health` under /webhooks/gateway."""

    def __init__(self, secret: str, turn_seconds: float = TURN_SECONDS) -> None:
        remote_action.install()
        masking.install()
        self._secret = secret.encode("utf-8")
        self._turn_seconds = turn_seconds
        self._replies: OrderedDict[Tuple[str, str], Reply] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> "GatewayChannel":
        """Build the channel from the environment; refuse to start without the secret."""
        secret = os.environ.get(SECRET_VARIABLE, "")
        if not secret:
            raise RasaException(
                f"{SECRET_VARIABLE} is not set: the assistant does not start with an open door"
            )
        return cls(secret)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes. `on_new_message` hands a message to Rasa."""
        routes = Blueprint("frontdesk_gateway")

        @routes.route("/health", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return self._refusal(request) or response.json({"ok": True})

        @routes.route("/heard", methods=["GET"])
        async def heard(request: Request) -> HTTPResponse:
            return self._refusal(request) or await self._say_heard(request)

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            return self._refusal(request) or await self._say_turn(request, on_new_message)

        return routes

    def _refusal(self, request: Request) -> Optional[HTTPResponse]:
        """Return the problem with a request that gets no further: a wrong secret, or a model not loaded yet."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret):
            return _problem(401, "bad_secret", "The shared secret is missing or wrong.", retryable=False)
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return _problem(503, "not_ready", "The model is not loaded yet.", retryable=True)
        return None

    async def _say_heard(self, request: Request) -> HTTPResponse:
        conversation, cmid = request.args.get("conversation"), request.args.get("cmid")
        if not conversation or not cmid:
            return _problem(422, "bad_request", "conversation and cmid must be given.", retryable=False)
        reply = self._replies.get((conversation, cmid))
        tracker = await request.app.ctx.agent.tracker_store.retrieve(conversation)
        return response.json({"heard": bool(reply or heard_event(tracker, cmid)), "reply": reply})

    async def _say_turn(self, request: Request, on_new_message: Handler) -> HTTPResponse:
        try:
            turn = read_turn(_json_body(request))
        except TurnRefused as refusal:
            return _problem(422, "bad_turn", f"{refusal}.", retryable=False)
        try:
            return response.json(await self._answer(request.app.ctx.agent, on_new_message, turn))
        except Exception as error:  # noqa: BLE001 - the edge: whatever happened, the gateway must hear that it did
            # The class only, unless it is our own error: others may quote the customer, and logs hold no message text.
            kind = str(error) if isinstance(error, TurnFailed) else type(error).__name__
            logger.error(
                "turn %s failed: %s\n%s", turn.cmid, kind, "".join(format_tb(error.__traceback__)[-4:])
            )
            return _problem(500, "turn_failed", "The assistant could not answer this turn.", retryable=True)

    async def _answer(self, agent: Agent, on_new_message: Handler, turn: Turn) -> Reply:
        """Handle one turn at a time per conversation; a cmid heard before gets the reply it got then."""
        key = (turn.conversation, turn.cmid)
        lock = self._locks.setdefault(turn.conversation, asyncio.Lock())
        async with lock:
            if key in self._replies:
                return self._replies[key]
            before = await agent.tracker_store.retrieve(turn.conversation)
            try:
                reply = await asyncio.wait_for(_handle(agent, on_new_message, turn), self._turn_seconds)
            except BaseException:
                await _take_back(agent, turn.conversation, before)
                raise
            self._replies[key] = reply
            while len(self._replies) > KEPT_REPLIES:
                self._replies.popitem(last=False)
            return reply


async def _handle(agent: Agent, on_new_message: Handler, turn: Turn) -> Reply:
    """Prime, let Rasa handle the message, check what came of it, build the reply, and store the conversation masked.

    The reply carries the true slots, which the gateway keeps and brings along with the next turn.
    """
    opened = turn_open.set(True)
    try:
        await prime(agent, turn)
        collector = ReplyCollector()
        failed: List[str] = []
        remote_action.failed_actions.set(failed)
        await on_new_message(user_message(turn, collector))
        tracker = await agent.tracker_store.retrieve(turn.conversation)
        check_turn(turn, collector.said, failed, tracker)
        reply = build_reply(turn, collector.said, tracker)
    finally:
        turn_open.reset(opened)
    await agent.tracker_store.save(tracker)
    return reply


def user_message(turn: Turn, collector: OutputChannel) -> UserMessage:
    """Return Rasa's message. A button brings its meaning along, so no text of it is ever parsed."""
    parse_data = None
    if turn.intent is not None:
        intent = {"name": turn.intent, "confidence": 1.0}
        parse_data = {
            "text": "",
            "intent": intent,
            "intent_ranking": [intent],
            "entities": [{"entity": name, "value": value} for name, value in turn.entities.items()],
        }
    return UserMessage(
        text=turn.text or "",
        output_channel=collector,
        sender_id=turn.conversation,
        parse_data=parse_data,
        input_channel="gateway",
        metadata={"cmid": turn.cmid},
    )


async def prime(agent: Agent, turn: Turn) -> None:
    """Bring the tracker to the slots and the open form that the gateway keeps, where they differ.

    A slot that the gateway does not name goes back to its initial value: the gateway's state is the whole state.
    """
    tracker = await agent.processor.fetch_tracker_with_initial_session(turn.conversation)
    events = missing_state(tracker, turn)
    if events:
        tracker.update_with_events(events, agent.domain)
        await agent.tracker_store.save(tracker)


def missing_state(tracker: DialogueStateTracker, turn: Turn) -> List[Event]:
    """Return the events that `tracker` lacks to stand where the gateway says the conversation stands."""
    wanted = {name: turn.slots.get(name, slot.initial_value) for name, slot in tracker.slots.items()}
    wanted.update({"agents_online": turn.agents_online, "asked": turn.asked or None})
    events: List[Event] = [
        SlotSet(name, wanted[name])
        for name, slot in tracker.slots.items()
        if slot.value != wanted[name] and (name not in HIDDEN_SLOTS or name in ("agents_online", "asked"))
    ]
    if tracker.active_loop_name != turn.active_loop:
        events.append(ActiveLoop(turn.active_loop))
    return events


async def _take_back(agent: Agent, conversation: str, before: Optional[DialogueStateTracker]) -> None:
    """Store the tracker as it was before the failed turn; an unknown conversation becomes an empty one."""
    await agent.tracker_store.save(before or DialogueStateTracker(conversation, agent.domain.slots))


def _json_body(request: Request) -> Any:
    if len(request.body) > BODY_BYTES:
        raise TurnRefused("the body is too large")
    try:
        return request.json
    except (InvalidUsage, ValueError) as error:
        raise TurnRefused("the body is not JSON") from error


def _problem(status: int, code: str, message: str, *, retryable: bool) -> HTTPResponse:
    return response.json({"code": code, "message": message, "retryable": retryable}, status=status)
