"""A process that speaks as our Rasa channel does and fails as Rasa can: slow, hung, late, empty, broken, half a reply.

    python -m tests.chaos.stub_rasa --port 5005 --seed 7

How a turn goes is decided by the seed, the turn's cmid and how often it was asked, so that the same run fails alike. What
was said travels back in the reply: a reply in the wrong conversation can be seen. It remembers what it heard until it dies.
"""

import argparse
import asyncio
import contextlib
import hmac
import json
import os
from collections import Counter
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
MODES: dict[str, float] = {
    "normal": 80.0,
    "slow": 8.0,
    "late": 2.0,
    "hang": 1.0,
    "empty": 3.0,
    "error": 3.0,
    "half": 1.5,
    "heard_only": 1.5,
}
"""Modes and how often they come, as weights. `late`: after the gateway's time-out; `half`: the connection breaks in the
middle of the reply; `heard_only`: the turn was done, and the connection breaks before a word of it."""
HANG_SECONDS = 300.0
UNSURE_SHARE = 0.02
"""Replies that wish for a person to be offered."""


class StubRasa:
    def __init__(
        self, seed: int | str, secret: str, modes: dict[str, float], late_seconds: float = 25.0
    ) -> None:
        self._seed = seed
        self._secret = secret
        self._modes = modes
        self._late_seconds = late_seconds
        self._heard: dict[tuple[str, str], Json] = {}
        self._asked: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for `asyncio.start_server`."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Leave whoever waits without an answer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests one after the other until either side ends it."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError), contextlib.closing(writer):
            while request := await _request(reader):
                target, headers, body = request
                answer = await self._answer(target, headers, body)
                if answer is None:
                    break
                status, content, whole = answer
                _respond(writer, status, content, whole=whole)
                await writer.drain()
                if not whole:
                    break

    async def _answer(
        self, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Json | list[Json], bool] | None:
        given = headers.get("x-frontdesk-secret", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return 401, {"code": "bad_secret"}, True
        url = urlsplit(target)
        match url.path.rsplit("/", 1)[-1]:
            case "health":
                return 200, {"ok": True}, True
            case "heard":
                asked = parse_qs(url.query)
                reply = self._heard.get((asked["conversation"][0], asked["cmid"][0]))
                return 200, {"heard": reply is not None, "reply": reply}, True
            case "turn":
                return await self._turn(json.loads(body))
        return 404, {"code": "not_found"}, True

    async def _turn(self, turn: Json) -> tuple[int, Json | list[Json], bool] | None:
        cmid = turn["cmid"]
        self._asked[cmid] += 1
        rng = Random(f"{self._seed}:{cmid}:{self._asked[cmid]}")
        mode = rng.choices(list(self._modes), list(self._modes.values()))[0]
        match mode:
            case "slow":
                await asyncio.sleep(rng.uniform(0.2, 1.5))
            case "late":
                await asyncio.sleep(self._late_seconds)
            case "hang":
                await asyncio.sleep(HANG_SECONDS)
            case "error":
                return 500, {"code": "turn_failed"}, True
            case "empty":
                return 200, [], True
        reply = self._heard.setdefault((turn["conversation"], cmid), _reply(turn, rng))
        if mode == "heard_only":
            return None
        return 200, reply, mode != "half"


def _reply(turn: Json, rng: Random) -> Json:
    said = turn["text"] if turn["text"] is not None else json.dumps(turn["payload"])
    slots = {**turn["slots"], "turns": int(turn["slots"].get("turns", 0)) + 1}
    return {
        "cmid": turn["cmid"],
        "turn_complete": True,
        "messages": [{"kind": "text", "text": f"You said: {said}"[:3_900]}],
        "intent": {"name": "ask_question", "confidence": 0.9},
        "intent_ranking": [{"name": "ask_question", "confidence": 0.9}],
        "entities": [],
        "slots": slots,
        "active_loop": None,
        "hit": None,
        "confidence": 0.9,
        "wish": "unsure" if rng.random() < UNSURE_SHARE else None,
    }


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    """(target, headers, body), None at the end of the connection."""
    line = await reader.readline()
    if not line:
        return None
    headers = {}
    while (header := (await reader.readline()).decode().strip()) != "":
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return line.decode().split()[1], headers, body


def _respond(writer: asyncio.StreamWriter, status: int, content: object, *, whole: bool) -> None:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + (body if whole else body[: len(body) // 2]))


def parse_modes(text: str) -> dict[str, float]:
    """`normal,slow` or `normal=80,slow=5`; names alone get the weights of `MODES`."""
    modes = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        modes[name] = float(weight) if weight else MODES[name]
    return modes


async def serve(port: int, stub: StubRasa) -> None:
    server = await asyncio.start_server(stub.serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for Rasa that fails by a seed.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--modes", type=parse_modes, default=MODES)
    parser.add_argument("--late-seconds", type=float, default=25.0)
    given = parser.parse_args()
    stub = StubRasa(
        given.seed, os.environ.get("FRONTDESK_SERVICE_SECRET", ""), given.modes, given.late_seconds
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, stub))


if __name__ == "__main__":
    main()
