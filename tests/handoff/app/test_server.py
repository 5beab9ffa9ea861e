"""What the gateway's server says of itself while it starts and stops."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
import uvicorn
from fastapi import FastAPI

from handoff.app.server import Server, options


def app() -> FastAPI:
    made = FastAPI()

    async def drain() -> None:
        return None

    made.state.sockets = SimpleNamespace(drain=drain)
    return made


def server(port: int, told: list[str]) -> Server:
    made = app()
    return Server(uvicorn.Config(made, host="127.0.0.1", port=port, **options()), made, told.append)


async def test_it_says_where_it_listens_once_somebody_is_answered_there() -> None:
    told: list[str] = []
    one = server(0, told)
    serving = asyncio.create_task(one.serve())
    while not told:
        assert not serving.done()
        await asyncio.sleep(0.01)
    port = int(told[0].removeprefix("http://127.0.0.1:").removesuffix("/"))
    assert port > 0
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    one.should_exit = True
    await serving
    assert len(told) == 1


async def test_it_says_nothing_where_the_port_is_taken() -> None:
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit):
        await server(taken.getsockname()[1], told).serve()
    assert told == []
