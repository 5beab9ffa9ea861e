"""The bot, asked over HTTP through our own Rasa channel (`bot/gateway_channel.py`).

Rasa is treated as unreliable and unsafe: every wait has an end, every reply is checked, and a customer's text can never
become a command.
"""

import asyncio
import unicodedata
from typing import Annotated, Any, Literal, get_args

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from handoff.adapters.bot_pool import BotPool
from handoff.errors import BotFailed, BotTimeout, BotUnavailable
from handoff.ports import Json, TurnReply, TurnRequest
from handoff.triggers import Wish
from knowledge_base.wire import Hit

CONNECT_SECONDS = 1.0
READY_SECONDS = 0.8
"""One that hangs must not make the gateway look unwell."""
WISHES = frozenset(get_args(Wish))
log = structlog.get_logger(__name__)


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Text(_Part):
    kind: Literal["text"]
    text: str = Field(min_length=1)


class _Answer(_Part):
    kind: Literal["answer"]
    text: str = Field(min_length=1)
    hit: Hit


class _Choice(_Part):
    label: str
    intent: str
    entities: dict[str, Any] = {}


class _Choices(_Part):
    kind: Literal["choices"]
    text: str = Field(min_length=1)
    choices: list[_Choice]


class _Intent(_Part):
    name: str | None
    """None where nothing was understood."""
    confidence: float


class _Entity(_Part):
    entity: str
    value: Any
    start: int | None = None
    end: int | None = None


class _Reply(_Part):
    cmid: str
    turn_complete: Literal[True]
    messages: list[Annotated[_Text | _Answer | _Choices, Field(discriminator="kind")]] = Field(min_length=1)
    intent_ranking: list[_Intent] = []
    entities: list[_Entity] = []
    slots: dict[str, Any] = {}
    active_loop: str | None = None
    confidence: float | None = None
    wish: Wish | None = None

    @field_validator("wish", mode="before")
    @classmethod
    def _known_wish(cls, wish: Any) -> Any:
        """A newer assistant may wish for what we do not know: its reply is still an answer."""
        if wish is None or (isinstance(wish, str) and wish in WISHES):
            return wish
        log.warning("bot_rasa.unknown_wish", wish=str(wish)[:40])
        return None


class RasaBot:
    """Implements `handoff.ports.Bot`."""

    def __init__(self, url: str, secret: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/webhooks/gateway",
            headers={"X-Frontdesk-Secret": secret},
            trust_env=False,
        )

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        body = {
            "conversation": request.conversation,
            "cmid": request.cmid,
            "text": harmless(request.text) if request.text is not None else None,
            "payload": request.payload,
            "slots": request.slots,
            "active_loop": request.active_loop,
            "agents_online": request.agents_online,
            "asked": list(request.asked),
        }
        return _reply(await self._call("POST", "/turn", timeout_seconds, json=body), request.cmid)

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        question = {"conversation": conversation, "cmid": cmid}
        answer = await self._call("GET", "/heard", timeout_seconds, params=question)
        return _reply(answer["reply"], cmid) if answer.get("reply") else None

    async def health(self, timeout_seconds: float) -> None:
        """Raises BotUnavailable, BotTimeout or BotFailed unless the model is loaded and turns are taken."""
        if not (await self._call("GET", "/health", timeout_seconds)).get("ok"):
            raise BotFailed("The bot says that it is not well.")

    async def ready(self) -> int:
        try:
            await self.health(READY_SECONDS)
        except (BotUnavailable, BotTimeout, BotFailed):
            return 0
        return 1

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, path: str, timeout_seconds: float, **arguments: Any) -> Json:
        timeout = httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds))
        try:
            async with asyncio.timeout(
                timeout_seconds
            ):  # httpx's own limits are per piece: a bot that drips passes them
                response = await self._http.request(method, path, timeout=timeout, **arguments)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise BotUnavailable("The bot is not there.") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise BotTimeout("The bot did not answer in time.") from error
        except httpx.HTTPError as error:
            raise BotFailed("The connection to the bot broke.") from error
        if response.status_code in (404, 503):  # Rasa adds its channels only once it is up
            raise BotUnavailable("The bot is still loading.")
        if response.status_code != httpx.codes.OK:
            raise BotFailed(f"The bot answered with status {response.status_code}.")
        try:
            answer = response.json()
        except ValueError as error:
            raise BotFailed("The bot did not answer in JSON.") from error
        if not isinstance(answer, dict):
            raise BotFailed("The bot answered something else than an object.")
        return answer


def rasa_pool(urls: str, secret: str) -> BotPool:
    """The Rasas at `urls`, addresses separated by commas. Raises ValueError for none, or the same twice."""
    addresses = [address.strip().rstrip("/") for address in urls.split(",") if address.strip()]
    if not addresses or len(set(addresses)) < len(addresses):
        raise ValueError("FRONTDESK_RASA_URL must name each assistant once, separated by commas.")
    return BotPool({address: RasaBot(address, secret) for address in addresses})


def harmless(text: str) -> str:
    """`text` so that Rasa cannot take it for a command: to Rasa, a leading `/` after blanks names an intent.

    Blanks are also what nobody sees: control characters, and marks such as the zero-width space.
    """
    first = next((at for at, sign in enumerate(text) if not _idle(sign)), len(text))
    return text[first:].rstrip() or "?"


def _idle(sign: str) -> bool:
    return sign == "/" or sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")


def _reply(answer: Json, cmid: str) -> TurnReply:
    try:
        reply = _Reply.model_validate(answer)
    except ValidationError as error:
        raise BotFailed("The bot's reply is not a complete turn.") from error
    if reply.cmid != cmid:
        raise BotFailed("The bot answered another turn.")
    return TurnReply(
        messages=tuple(message.model_dump(mode="json") for message in reply.messages),
        wish=reply.wish,
        confidence=reply.confidence,
        intents=tuple(intent.model_dump() for intent in reply.intent_ranking if intent.name),
        entities=tuple(entity.model_dump(mode="json") for entity in reply.entities),
        slots=reply.slots,
        active_loop=reply.active_loop,
    )
