import socket
import time
from collections.abc import AsyncIterator

import pytest

from actions.library_client import LibraryClient, LibraryRefused, LibraryUnreachable, PassageGone, library
from tests.actions.fake_library import SECRET, FakeLibrary, hit


@pytest.fixture
async def client(library: FakeLibrary) -> AsyncIterator[LibraryClient]:
    asking = LibraryClient(library.url, SECRET, timeout_seconds=0.5)
    yield asking
    await asking.close()


async def test_says_question_earlier_questions_and_secret(
    client: LibraryClient, library: FakeLibrary
) -> None:
    answer = await client.answer("how long?", asked=[f"q{n}" for n in range(7)], exclude=["p9"])
    assert (answer.decision, answer.confidence, answer.hits) == ("answer", 0.91, [hit()])
    assert library.questions == [
        {"question": "how long?", "asked": ["q2", "q3", "q4", "q5", "q6"], "exclude": ["p9"]}
    ]
    assert library.secrets == [SECRET]


async def test_cuts_a_question_to_what_the_library_takes(client: LibraryClient, library: FakeLibrary) -> None:
    await client.answer("x" * 5_000)
    assert len(library.questions[0]["question"]) == 4_000


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_a_failing_library_is_unreachable(
    client: LibraryClient, library: FakeLibrary, status: int
) -> None:
    library.reply = (status, {"code": "x"})
    with pytest.raises(LibraryUnreachable):
        await client.answer("q")


@pytest.mark.parametrize("status", [401, 403, 404, 422])
async def test_a_refusal_is_not_worth_a_retry(
    client: LibraryClient, library: FakeLibrary, status: int
) -> None:
    library.reply = (status, {"code": "x"})
    with pytest.raises(LibraryRefused):
        await client.answer("q")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        [1],
        {"decision": "maybe", "hits": []},
        {"decision": "answer", "hits": []},
        {"decision": "clarify"},
    ],
)
async def test_an_odd_answer_is_no_answer(client: LibraryClient, library: FakeLibrary, body: object) -> None:
    library.reply = (200, body)
    with pytest.raises(LibraryUnreachable):
        await client.answer("q")


async def test_gives_up_on_a_slow_library(client: LibraryClient, library: FakeLibrary) -> None:
    library.delay_seconds = 2.0
    began = time.monotonic()
    with pytest.raises(LibraryUnreachable):
        await client.answer("q")
    assert time.monotonic() - began < 1.5


async def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asking = LibraryClient(f"http://127.0.0.1:{port}", SECRET)
    with pytest.raises(LibraryUnreachable):
        await asking.answer("q")
    await asking.close()


async def test_a_passage_by_its_id(client: LibraryClient, library: FakeLibrary) -> None:
    assert (await client.passage("p7"))["passage_id"] == "p7"
    library.reply = (404, {"code": "not_found"})
    with pytest.raises(PassageGone):
        await client.passage("p7")


async def test_an_id_cannot_leave_its_path(client: LibraryClient, library: FakeLibrary) -> None:
    assert (await client.passage("../editor/articles?x=1"))["passage_id"] == "..%2Feditor%2Farticles%3Fx%3D1"


async def test_refuses_without_a_secret(library: FakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_SERVICE_SECRET")
    with pytest.raises(LibraryRefused):
        library_of_this_loop()


def library_of_this_loop() -> LibraryClient:
    return library()


async def test_one_client_a_loop(library: FakeLibrary) -> None:
    assert library_of_this_loop() is library_of_this_loop()
