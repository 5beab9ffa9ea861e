import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot import masking
from handoff import pii

WORDS = "I am nora.vale@example.org, +32 471 23 45 67, FH-204817, 4111 1111 1111 1111, BE68539007547034"
MASKED = "I am [e-mail], [phone], [order number], [card], [IBAN]"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a plain handler of this process writes while masking is installed."""
    before, stream = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.masking")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    masking.install()
    masking.install()
    yield stream
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_whatever_the_process_logs_is_masked(log: io.StringIO) -> None:
    logger = logging.getLogger("tests.masking")
    logger.debug("heard %s", WORDS)
    logger.error("slots: %r", {"email": "nora.vale@example.org", "lines": "a\n0471 23 45 67"})
    assert log.getvalue().splitlines() == [
        f"DEBUG heard {MASKED}",
        "ERROR slots: {'email': '[e-mail]', 'lines': 'a\\n[phone]'}",
    ]


def test_the_words_of_an_error_are_masked_and_its_place_stays(log: io.StringIO) -> None:
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("tests.masking").exception("it broke")
    assert f"ValueError: {MASKED}" in log.getvalue()
    assert "test_masking.py" in log.getvalue()
    assert "nora" not in log.getvalue()


def test_arguments_that_do_not_fit_are_not_quoted(log: io.StringIO) -> None:
    logging.getLogger("tests.masking").warning("%d turns", WORDS)
    assert log.getvalue() == "WARNING A log message did not fit its arguments.\n"


def test_settings_that_make_no_sense_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_ORDER_NUMBER", "(")
    pii.from_environment.cache_clear()
    try:
        with pytest.raises(ValueError, match="FRONTDESK_ORDER_NUMBER"):
            masking.install()
    finally:
        monkeypatch.undo()
        pii.from_environment.cache_clear()


def test_what_nobody_typed_stays_in_an_event() -> None:
    event = {
        "event": "user",
        "timestamp": 1700000000.5,
        "text": WORDS,
        "message_id": "20481711",
        "metadata": {"cmid": "0471234567"},
        "parse_data": {
            "intent": {"name": "give_contact", "confidence": 0.9},
            "entities": [{"entity": "email", "value": "nora.vale@example.org", "start": 5, "end": 26}],
            "metadata": {"cmid": "0471234567"},
        },
    }
    assert masking.masked_event(event) == {
        **event,
        "text": MASKED,
        "parse_data": {
            **event["parse_data"],  # type: ignore[dict-item]
            "entities": [{"entity": "email", "value": "[e-mail]", "start": 5, "end": 26}],
        },
    }


def heard(text: str, value: str, start: int, end: int) -> dict[str, Any]:
    entities = [{"entity": "order_number", "value": value, "start": start, "end": end}]
    return {"event": "user", "text": text, "parse_data": {"text": text, "entities": entities}}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("It's 204817", 5, 11), ("here you go 204817", 12, 18), ("204817", 0, 6), ("fh 204817!", 0, 9)],
)
def test_an_order_number_that_only_the_assistant_recognised(text: str, start: int, end: int) -> None:
    events = [
        {"event": "bot", "text": "Which one?", "data": {"hint": "like 1204817"}},
        heard(text, "FH-204817", start, end),
        {"event": "slot", "name": "order_number", "value": "FH-204817"},
        {"event": "slot", "name": "asked", "value": ["It's 204817", 204817]},
        {"event": "bot", "text": "So 204817?", "metadata": {"cmid": "204817"}},
    ]
    masked = masking.masked_events(events)
    assert (
        masked[1]["text"] == masked[1]["parse_data"]["text"] == text[:start] + "[order number]" + text[end:]
    )
    assert masked[1]["parse_data"]["entities"][0]["value"] == "[order number]"
    assert masked[2]["value"] == "[order number]"
    assert masked[3]["value"] == ["It's [order number]", 204817]
    assert masked[4]["text"] == "So [order number]?"
    assert (masked[0], masked[4]["metadata"]) == (events[0], {"cmid": "204817"})
    assert masking.masked_events(masked) == masked


def test_entities_that_are_no_personal_data_stay() -> None:
    event = heard("Kestrel 2 for 2026", "Kestrel 2", 0, 9)
    event["parse_data"]["entities"][0]["entity"] = "product"
    assert masking.masked_events([event]) == [event]
