"""What the product does when a part of it dies, and that it leaves nothing behind."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests.handoff.app.clients import Customer
from tests.journeys.conftest import Demo, free_ports, ready, start_demo, stop_demo

pytestmark = pytest.mark.journey
SILENCE_SECONDS = 30


def listener(port: int) -> int:
    """The process that listens on this loopback port."""
    wanted = f":{port:04X}"
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        if line.split()[1].endswith(wanted) and line.split()[3] == "0A"
    }
    for process in Path("/proc").glob("[0-9]*"):
        for handle in process.glob("fd/*"):
            try:
                target = str(handle.readlink())
            except OSError:
                continue
            if target.startswith("socket:") and target[8:-1] in inodes:
                return int(process.name)
    raise AssertionError(f"nobody listens on {port}")


async def test_without_rasa_a_customer_is_offered_a_person_and_rasa_comes_back(demo: Demo) -> None:
    os.kill(listener(demo.ports[1]), signal.SIGSTOP)  # hung, which is worse than dead
    hung = listener(demo.ports[1])
    async with Customer(demo.url) as customer:
        await customer.hello()
        began = time.monotonic()
        await customer.say("Where is my parcel?")
        while not any(f.get("kind") == "offer" for f in customer.frames):
            assert time.monotonic() - began < SILENCE_SECONDS, "silence"
            try:
                await customer.event("offer")
            except AssertionError:
                continue
        await customer.say("Let me talk to a human then")
        os.kill(hung, signal.SIGKILL)
        began = time.monotonic()
        while not ready(demo.url).get("bot"):
            assert time.monotonic() - began < 90, "the launcher did not restart the assistant"
            await asyncio.sleep(0.5)
    assert "The assistant" in demo.printed()


@pytest.mark.slow
def test_a_second_start_is_quick_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    """A start answers within the minute even on a busy machine; afterwards no port is held by anybody."""
    running = start_demo(tmp_path)
    assert "demo" in running.printed().lower()
    stop_demo(running)
    assert running.process.returncode in (0, 130)
    assert ready(running.url) == {}
    for port in running.ports:
        with pytest.raises(AssertionError, match="nobody listens"):
            listener(port)
    assert len(set(free_ports(3))) == 3
