"""What the tests of the actions share: rasa-sdk, imported with its own warnings let through, and a library."""

import asyncio
import warnings
from collections.abc import AsyncIterator

import pytest

with warnings.catch_warnings():
    # rasa-sdk and sanic 21.12 use what newer libraries call deprecated; nothing of ours is imported here
    warnings.simplefilter("ignore")
    import rasa_sdk.endpoint
    import rasa_sdk.forms

from actions import library_client
from tests.actions.fake_library import SECRET, FakeLibrary

assert rasa_sdk.endpoint
assert rasa_sdk.forms


@pytest.fixture
async def library(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeLibrary]:
    """A library that the actions find by their environment."""
    server = FakeLibrary()
    monkeypatch.setenv("FRONTDESK_GATEWAY_URL", server.url)
    monkeypatch.setenv("FRONTDESK_SERVICE_SECRET", SECRET)
    yield server
    client = library_client._clients.pop(asyncio.get_running_loop(), None)
    if client is not None:
        await client.close()
    server.stop()
