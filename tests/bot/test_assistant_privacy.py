"""The assistant as real processes at its most talkative: what customers write stays out of its logs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.assistant_processes import MODEL, Assistant, Conversation

pytestmark = pytest.mark.slow

SECRETS = ("nora.vale@example.org", "471 23 45 67", "4111 1111 1111 1111", "204817")


@pytest.fixture
def talkative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    if not MODEL.is_file():
        pytest.skip("no trained assistant: run `make setup` first")
    monkeypatch.setitem(os.environ, "LOG_LEVEL", "DEBUG")
    assistant = Assistant(tmp_path)
    yield assistant
    assistant.stop()


def test_a_contact_form_works_and_no_log_tells_what_was_said(talkative: Assistant) -> None:
    customer = Conversation(talkative, "private", agents_online=False)
    customer.say("where is my order FH-204817?")
    customer.say(f"My card {SECRETS[2]} was charged twice, call +32 {SECRETS[1]}")
    customer.send(payload={"intent": "leave_details"})
    customer.say("Nora Vale")
    customer.say(SECRETS[0])
    reply = customer.say(f"Please call me on 0{SECRETS[1]} about FH-204817")
    assert (reply["wish"], reply["active_loop"]) == ("contact", None)
    assert reply["slots"]["contact_email"] == SECRETS[0]
    assert SECRETS[1] in reply["slots"]["contact_about"]

    again = {"conversation": "private", "cmid": f"private-{customer.turns}"}
    assert talkative.http.get("/heard", params=again).json()["reply"]["slots"] == reply["slots"]

    logs = {path.name: path.read_text("utf-8", "replace") for path in talkative.logs.glob("*.log")}
    assert "[e-mail]" in logs["rasa.log"], "it was not talkative"
    for name, text in logs.items():
        assert [secret for secret in SECRETS if secret in text] == [], name
