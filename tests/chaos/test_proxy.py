import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from tests.chaos.proxy import Address, Proxy
from tests.chaos.weather import CALM, Climate, End


@pytest.fixture
async def echo() -> AsyncIterator[Address]:
    """A server that says everything back."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4_096):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[:2]
    server.close()
    await server.wait_closed()


async def _said_back(port: int, data: bytes, patience_seconds: float = 0.5) -> tuple[bytes, str]:
    """What came back, and how it ended: all, reset, closed or silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    got = b""
    try:
        writer.write(data)
        async with asyncio.timeout(patience_seconds):
            while len(got) < len(data):
                chunk = await reader.read(65_536)
                if not chunk:
                    return got, "closed"
                got += chunk
    except TimeoutError:
        return got, "silent"
    except ConnectionError:
        return got, "reset"
    finally:
        writer.transport.abort()
    return got, "all"


async def test_a_calm_proxy_changes_nothing(echo: Address) -> None:
    data = bytes(range(256)) * 800
    async with Proxy("customer", 1, CALM, [echo]) as proxy:
        for _ in range(3):
            assert await _said_back(proxy.port, data, 5) == (data, "all")


async def test_slices_and_latency_change_only_the_time(echo: Address) -> None:
    climate = Climate(latency_seconds=0.05, jitter_seconds=0.05, slice_chance=1.0)
    data = bytes(range(256)) * 20
    async with Proxy("customer", 1, climate, [echo]) as proxy:
        assert await _said_back(proxy.port, data, 5) == (data, "all")


@pytest.mark.parametrize(
    ("end", "seen"),
    [(End.RESET, "reset"), (End.CLOSE, "closed"), (End.HOLE, "silent"), (End.ONE_WAY, "silent")],
)
async def test_a_planned_end_comes_after_its_bytes(echo: Address, end: End, seen: str) -> None:
    climate = Climate(end_chance=1.0, most_bytes=2_000, ends=(end,))
    data = b"x" * 8_000
    async with Proxy("customer", 5, climate, [echo]) as proxy:
        ended = [await _said_back(proxy.port, data, 0.3) for _ in range(6)]
    assert {how for _, how in ended} <= {seen, "reset"}  # bytes under way may be reset with the connection
    assert any(how == seen for _, how in ended)
    assert all(len(got) < 8_000 and data.startswith(got) for got, _ in ended)


async def test_the_same_seed_cuts_at_the_same_bytes(echo: Address) -> None:
    climate = Climate(end_chance=1.0, most_bytes=2_000, ends=(End.CLOSE,))

    async def lengths(seed: int) -> list[int]:
        async with Proxy("customer", seed, climate, [echo]) as proxy:
            return [len((await _said_back(proxy.port, b"x" * 8_000, 1.0))[0]) for _ in range(5)]

    first = await lengths(5)
    assert first == await lengths(5)
    assert first != await lengths(6)


async def test_the_next_server_is_tried_where_nobody_listens(echo: Address) -> None:
    async with Proxy("customer", 1, CALM, [("127.0.0.1", 1), echo, ("127.0.0.1", 2)]) as proxy:
        for _ in range(10):
            assert await _said_back(proxy.port, b"hello") == (b"hello", "all")
    async with Proxy("customer", 1, CALM, [("127.0.0.1", 1)]) as proxy:
        _, how = await _said_back(proxy.port, b"hello")
    assert how in ("reset", "closed")


async def test_cut_resets_what_there_is_and_lets_new_ones_in(echo: Address) -> None:
    async with Proxy("customer", 1, CALM, [echo]) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"ping")
        assert await reader.readexactly(4) == b"ping"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.transport.abort()
        assert (await _said_back(proxy.port, b"again"))[1] == "all"


async def test_silence_swallows_and_its_end_resets_who_missed_something(echo: Address) -> None:
    async with Proxy("customer", 1, CALM, [echo]) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"ping")
        assert await reader.readexactly(4) == b"ping"
        proxy.silence("down")
        writer.write(b"lost")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.2)
        assert (await _said_back(proxy.port, b"too", 0.2)) == (b"", "silent")
        proxy.silence()
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.transport.abort()
        assert (await _said_back(proxy.port, b"again"))[1] == "all"


async def test_refusing_lets_nobody_new_in(echo: Address) -> None:
    async with Proxy("customer", 1, CALM, [echo]) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        proxy.refuse(True)
        assert (await _said_back(proxy.port, b"no"))[1] in ("reset", "closed")
        writer.write(b"two")
        assert await reader.readexactly(3) == b"two"
        writer.transport.abort()
        proxy.refuse(False)
        assert (await _said_back(proxy.port, b"yes"))[1] == "all"


async def test_leaving_ends_every_connection_and_frees_the_port(echo: Address) -> None:
    proxy = Proxy("customer", 1, CALM, [echo])
    async with proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.transport.abort()
    async with Proxy("customer", 1, CALM, [echo], port=proxy.port) as again:
        assert again.port == proxy.port


async def test_leaving_it_in_the_middle_leaves_no_error_behind(echo: Address) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
    async with Proxy("customer", 6, Climate(latency_seconds=0.1), [echo]) as proxy:
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(bytes(100_000))
        await asyncio.sleep(0.05)
    writer.transport.abort()
    await asyncio.sleep(0.2)  # longer than what was on its way
    gc.collect()
    assert told == []
