import asyncio
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog

from handoff.app.logs import configure_logs
from handoff.app.settings import load_settings
from handoff.errors import BotTimeout
from handoff.pii import masked
from handoff.ports import TurnRequest
from tests.handoff.app.clients import Customer
from tests.handoff.app.conftest import Bot

EMAIL, PHONE, CARD, IBAN, ORDER = (
    "nora.vale@example.org",
    "+32 471 23 45 67",
    "4111 1111 1111 1111",
    "BE68 5390 0754 7034",
    "FH-204817",
)
EVERYTHING = f"I am {EMAIL} or {PHONE}, paid {ORDER} with {CARD} from {IBAN}."
ORDINARY = "marmalade"
"""No recogniser takes it for personal data: only a log without what customers wrote is without it."""
SECRETS = [part.replace(" ", "") for part in (EMAIL, PHONE, CARD, IBAN, ORDER)]


@pytest.fixture(autouse=True)
def lines_of_libraries() -> Iterator[None]:
    """Let everything through that these loggers say, and put their levels back."""
    names = ("", "uvicorn.access", "uvicorn.error", "httpx", "a.library")
    levels = {name: logging.getLogger(name).level for name in names}
    configure_logs(masked)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def holds_nothing(printed: str) -> bool:
    squeezed = printed.replace(" ", "").replace("+", "").replace("%20", "").replace("%40", "@")
    return not any(secret.lstrip("+") in squeezed for secret in SECRETS)


def test_a_line_of_ours_is_masked_wherever_the_words_are(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning(
        "it.said",
        text=EVERYTHING,
        many=[{"deep": (EVERYTHING,)}, {EMAIL}],
        conversation="20481711",
        other=EVERYTHING.encode(),
    )
    printed = capsys.readouterr().out
    line = json.loads(printed)
    assert holds_nothing(printed)
    assert line["text"] == "I am [e-mail] or [phone], paid [order number] with [card] from [IBAN]."
    assert (line["event"], line["level"], line["conversation"]) == ("it.said", "warning", "20481711")
    assert line["timestamp"].startswith("20")


def test_a_library_that_logs_what_it_was_given_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("a.library")
    logger.warning("got %s and %r", EVERYTHING, {"to": EMAIL})
    try:
        raise ValueError(EVERYTHING)
    except ValueError:
        logger.exception("could not store %s", PHONE)
    printed = capsys.readouterr().err
    first, second = (json.loads(line) for line in printed.splitlines())
    assert holds_nothing(printed)
    assert (first["logger"], first["level"]) == ("a.library", "warning")
    assert (second["event"], second["error"]) == ("could not store [phone]", "builtins.ValueError")
    assert "test_logs.py" in second["where"][-1]


def test_a_line_that_cannot_be_written_says_so_and_hurts_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(text: str) -> str:
        raise RuntimeError(text)

    configure_logs(broken)
    logging.getLogger("a.library").error(EMAIL)
    assert capsys.readouterr().err == '{"event": "log.failed"}\n'


def test_doing_it_again_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(masked)
    logging.getLogger("a.library").error("once")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_addresses_lose_their_query(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("a.library").error('"GET /api/knowledge/search?q=my+name+is+Nora HTTP/1.1" 200')
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == '"GET /api/knowledge/search?[query] HTTP/1.1" 200'


async def test_nothing_that_a_customer_writes_reaches_a_log(
    gateway: str, bot: Bot, capfd: pytest.CaptureFixture[str]
) -> None:
    """The gateway at its most talkative, a bot that fails in three ways, and a search in an address."""
    for name in ("", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)
    outcomes = iter(
        [RuntimeError(f"{EVERYTHING} {ORDINARY}"), BotTimeout(f"{EVERYTHING} {ORDINARY}"), KeyError(EMAIL)]
    )

    def broken(request: TurnRequest) -> object:
        raise next(outcomes, ValueError(request.text))

    bot.answer = broken  # type: ignore[assignment]
    async with Customer(gateway) as customer, httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        await customer.hello()
        for _ in range(3):
            await customer.say(f"{EVERYTHING} {ORDINARY}")
        await customer.event("offer")
        await customer.socket.send(json.dumps({"type": "send", "cmid": 1, "text": EVERYTHING}))
        await http.get("/api/knowledge/search", params={"q": EVERYTHING})
        await http.get(f"/help/{EMAIL}")
        await asyncio.sleep(0.1)
    printed = "".join(capfd.readouterr())
    assert "/api/knowledge/search?[query]" in printed
    assert "RuntimeError" in printed
    assert ORDINARY not in printed
    assert holds_nothing(printed), printed


def test_settings_that_recognise_nothing_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PHONE_REGIONS", "Belgium")
    with pytest.raises(ValueError, match="FRONTDESK_PHONE_REGIONS"):
        load_settings()
