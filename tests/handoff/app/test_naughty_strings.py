"""Strings that have broken other programs, in the places where customers' words go: no crash, and no confident answer."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from handoff.app.settings import Settings
from handoff.pii import find, masked
from knowledge_base.files import article_paths, read_article
from knowledge_base.library import Library
from knowledge_base.opening import open_library
from knowledge_base.own_texts import calibrate
from knowledge_base.wire import AnswerRequest
from tests.handoff.app.clients import Customer, Frame

ROOT = Path(__file__).resolve().parents[3]
ENCODER, ARTICLES = ROOT / "var/encoder", ROOT / "knowledge_base/demo/articles"


@pytest.fixture(scope="module")
def naughty(eval_dir: Path) -> list[str]:
    """The big list of naughty strings, and every 25th of a list of scripts that want to run."""
    scripts = (eval_dir / "xss_payloads/Intruder/xss-payload-list.txt").read_text("utf-8", "replace")
    strings: list[str] = json.loads((eval_dir / "blns/blns.json").read_text("utf-8"))
    return [*strings, *[line for line in scripts.splitlines() if line.strip()][::25]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The demo's articles with the real encoder, calibrated on their own texts as after an import."""
    if not (ENCODER / "model.onnx").is_file():
        pytest.skip("no encoder: run `make setup` first")
    library = open_library(f"sqlite:///{tmp_path_factory.mktemp('naughty')}/library.db", ENCODER)
    for path in article_paths(ARTICLES):
        article = read_article(path, ARTICLES)
        library.put(article.slug, article.content, by="test", at=None, publish=True)
    library.refresh()
    calibrate(library, [])
    yield library
    library.close()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As elsewhere, but for the bounds on frames and on waiting: here they come as fast as they can."""
    return settings.model_copy(
        update={"frames_per_10_seconds": 100_000, "turn_seconds": 60, "turn_total_seconds": 600}
    )


def test_personal_data_is_looked_for_in_all_of_them(naughty: list[str]) -> None:
    for text in [*naughty, " ".join(naughty)]:
        found = find(text)
        assert all(a.end <= b.start for a, b in pairwise(found)), text
        once = masked(text)
        assert masked(once) == once, text


@pytest.mark.slow
def test_none_of_them_is_answered(naughty: list[str], library: Library) -> None:
    decisions: Counter[str] = Counter()
    answered: list[str] = []
    for text in [
        *naughty,
        "\U0001f525" * 40,
        "?",
        "a",
        "\u200b",
        "x" * 4000,
        "0" * 4000,
        " ".join(naughty)[:4000],
    ]:
        try:
            request = AnswerRequest(question=text)
        except ValidationError:
            decisions["refused"] += 1
            continue
        decision = library.answer(request).decision
        decisions[decision] += 1
        again = library.answer(AnswerRequest(question=text, asked=[text])).decision
        answered += [text] if "answer" in (decision, again) else []
    assert answered == []
    assert decisions["none"] > 0.9 * len(naughty), decisions


async def test_a_customer_may_say_any_of_them(gateway: str, naughty: list[str]) -> None:
    """Each is taken or refused with a reason that is not ours to be ashamed of; then the chat goes on."""
    async with Customer(gateway) as customer:
        await customer.hello()
        outcomes: Counter[str] = Counter()
        for text in [*naughty[::4], "<script>alert(0)</script>"]:
            cmid = await customer.send("send", text=text)
            answer = await customer.until(partial(_is_answer, cmid))
            outcomes[answer.get("code", "accepted")] += 1
        receipt = await customer.say("And now something else")
        await customer.event("message", seq=receipt["seq"], text="And now something else")
        said = {
            frame["text"] for frame in customer.frames if frame.get("actor", {}).get("role") == "customer"
        }
    assert set(outcomes) <= {"accepted", "bad_frame"}, outcomes
    assert outcomes["accepted"] > 0.95 * len(naughty[::4])
    assert "<script>alert(0)</script>" in said


def _is_answer(cmid: str, frame: Frame) -> bool:
    return frame["type"] in ("accepted", "rejected") and frame["cmid"] == cmid
