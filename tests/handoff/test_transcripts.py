import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from handoff.pii import masked
from handoff.ports import Author
from handoff.transcripts import PAGE, as_said, masking, transcripts
from tests.handoff.fakes import HIT, House, ScriptedBot, says

EMAIL, PHONE, CARD = "nora.vale@example.org", "+32 471 23 45 67", "4111 1111 1111 1111"
WORDS = f"I am {EMAIL}, {PHONE}, my card {CARD} paid FH-204817"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


async def lines(house: House, since: datetime = BEGINNING, *, mask: bool = True) -> list[dict[str, Any]]:
    clean = masking(masked) if mask else as_said
    return [line async for line in transcripts(house.store, since, clean)]


async def said(house: House, text: str = WORDS) -> str:
    seat = await house.seat(page={"title": EMAIL, "url": "https://shop.example/"})
    await house.desk.send(seat.conversation_id, text, house.cmid())
    return seat.conversation_id


async def test_a_conversation_is_a_line_and_each_event_another(house: House) -> None:
    conversation = await said(house)
    head, first, *_ = await lines(house)
    assert (head["type"], head["conversation"], head["owner"]) == ("conversation", conversation, "bot")
    assert (first["seq"], first["kind"], first["conversation"]) == (1, "message", conversation)
    assert first["text"] == "I am [e-mail], [phone], my card [card] paid [order number]"


async def test_no_line_holds_personal_data_unless_asked(house: House) -> None:
    conversation = await said(house)
    contact = {"name": "Nora Vale", "email": EMAIL, "about": WORDS}
    customer = Author("customer", "Customer")

    def more(tx: Any) -> None:
        tx.append(conversation, customer, "contact", {"contact": contact}, None)
        tx.append(
            conversation,
            Author("bot", "Fern"),
            "answer",
            {"text": WORDS, "hit": HIT, "confidence": 0.5},
            None,
        )
        tx.append(conversation, Author("agent", "Mara", "mara"), "note", {"text": WORDS}, None)

    await house.store.write(more)
    hidden = json.dumps(await lines(house))
    assert [secret for secret in (EMAIL, PHONE, CARD, "FH-204817", "Nora Vale") if secret in hidden] == []
    assert '"name": "[name]"' in hidden
    assert HIT["text"] in hidden
    shown = json.dumps(await lines(house, mask=False))
    assert [secret for secret in (EMAIL, PHONE, CARD, "FH-204817", "Nora Vale") if secret not in shown] == []


async def test_an_order_number_that_only_the_bot_recognised_is_masked(house: House, bot: ScriptedBot) -> None:
    found = {"entity": "order_number", "value": "FH-204817", "start": 12, "end": 18}
    tent = {"entity": "product", "value": "Kestrel 2", "start": 0, "end": 9}
    bot.script = [says("Thank you, 204817 it is.", entities=(found, tent))]
    async with house.bot_at_work():
        conversation = await said(house, "here you go 204817, the Kestrel 2")
        await house.replied(conversation)
    texts = [line["text"] for line in await lines(house) if "text" in line]
    assert texts == ["here you go [order number], the Kestrel 2", "Thank you, [order number] it is."]
    assert "204817" in json.dumps(await lines(house, mask=False))


async def test_a_name_that_was_left_is_masked_wherever_it_is_said(house: House) -> None:
    conversation = await said(house, "my name is jan peeters, I shipped in January")
    packet = {"questions": ["Jan Peeters here", "Is Janssen open?"]}

    def more(tx: Any) -> None:
        tx.update_conversation(conversation, slots={"contact_name": "Jan Peeters"})
        contact = {"name": "Jo Nora O'Hara", "email": EMAIL, "about": "Call Nora, please, not Jo"}
        tx.append(conversation, Author("customer", "Customer"), "contact", {"contact": contact}, None)
        tx.append(
            conversation,
            Author("bot", "Fern"),
            "message",
            {"text": "Thank you, Jan Peeters. O'Hara too."},
            None,
        )
        tx.append(conversation, Author("agent", "Mara", "mara"), "note", {"text": str(packet)}, None)

    await house.store.write(more)
    everything = json.dumps(await lines(house))
    for told in ("my name is [name], I shipped in January", "Thank you, [name]. [name] too."):
        assert told in everything
    assert "[name] here" in everything
    assert "Is Janssen open?" in everything
    assert "Call [name], please, not Jo" in everything
    assert "Jan Peeters" in json.dumps(await lines(house, mask=False))


async def test_every_page_is_read(house: House) -> None:
    for number in range(PAGE + 5):
        await house.seat(page={"title": str(number), "url": "/"})
    conversation = await said(house)
    for number in range(PAGE + 5):
        await house.desk.send(conversation, f"line {number}", house.cmid())
    everything = await lines(house)
    heads = [line for line in everything if line["type"] == "conversation"]
    texts = [line["text"] for line in everything if line.get("kind") == "message"]
    assert len({head["conversation"] for head in heads}) == len(heads)
    assert texts[-1] == f"line {PAGE + 4}"
    assert len(texts) == PAGE + 6


async def test_only_what_has_news(house: House) -> None:
    await said(house)
    assert await lines(house, datetime.now(UTC) + timedelta(days=1)) == []


async def test_the_command_masks_and_says_so(house: House, database_url: str, tmp_path: Path) -> None:
    await said(house)
    out = tmp_path / "chats.jsonl"

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "FRONTDESK_DATABASE_URL": database_url}
        command = [sys.executable, "-m", "handoff", "export", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    quiet = run("--out", str(out))
    assert "1 conversations, personal data masked." in " ".join(quiet.stderr.split())
    assert EMAIL not in out.read_text("utf-8")
    assert out.stat().st_mode & 0o077 == 0
    told = run("--unmasked")
    assert "NOT masked" in told.stderr
    assert EMAIL in told.stdout
