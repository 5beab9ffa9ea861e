"""The assistant as it runs: Rasa and the action server as processes on free ports, with a stand-in for the library.

Used by the slow tests and by the benchmark. Conversations keep what the gateway keeps: slots, open form, earlier
questions.
"""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.actions.fake_library import SECRET, FakeLibrary

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "var/models/frontdesk.tar.gz"
START_SECONDS = 120.0
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "-1",
}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Assistant:
    """One Rasa or several, and the action server; `started_seconds` says how long they took to be well."""

    def __init__(self, logs: Path, rasas: int = 1) -> None:
        self.library = FakeLibrary()
        self.logs = logs
        self.rasa_ports, self.actions_port = [free_port() for _ in range(rasas)], free_port()
        self.environment = {
            **os.environ,
            **QUIET,
            "FRONTDESK_SERVICE_SECRET": SECRET,
            "FRONTDESK_GATEWAY_URL": self.library.url,
            "FRONTDESK_ACTION_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
        }
        self.doors = [
            httpx.Client(
                base_url=f"http://127.0.0.1:{port}/webhooks/gateway",
                headers={"X-Frontdesk-Secret": SECRET},
                timeout=30,
                trust_env=False,
            )
            for port in self.rasa_ports
        ]
        """One for each Rasa; `http` is the first."""
        self.http = self.doors[0]
        self.actions = self.start_actions()
        began = time.monotonic()
        self.rasas = [self._start_rasa(port) for port in self.rasa_ports]
        self.rasa = self.rasas[0]
        for rasa, door in zip(self.rasas, self.doors, strict=True):
            self._wait_until_well(rasa, f"{door.base_url}health")
        self.started_seconds = time.monotonic() - began

    def _start_rasa(self, port: int) -> "subprocess.Popen[bytes]":
        return self._start(
            "rasa", "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "--model", str(MODEL),
            "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml",
        )  # fmt: skip

    def start_actions(self) -> "subprocess.Popen[bytes]":
        """Start the action server and wait until it is well."""
        process = self._start("actions", "-m", "actions", "--port", str(self.actions_port))
        self._wait_until_well(process, f"http://127.0.0.1:{self.actions_port}/health")
        return process

    def stop(self) -> None:
        for door in self.doors:
            door.close()
        for process in (*self.rasas, self.actions):
            process.terminate()
            _end(process)
        self.library.stop()

    def _start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_well(self, process: "subprocess.Popen[bytes]", url: str) -> None:
        deadline = time.monotonic() + START_SECONDS * len(self.rasa_ports)
        while time.monotonic() < deadline:
            assert process.poll() is None, f"a process ended early; see {self.logs}"
            try:
                if self.http.get(url).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        raise AssertionError(f"not well after {START_SECONDS} s; see {self.logs}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)


@dataclass
class Conversation:
    """One customer, and what the gateway keeps of the conversation."""

    assistant: Assistant
    name: str
    agents_online: bool = True
    slots: dict[str, Any] = field(default_factory=dict)
    active_loop: str | None = None
    asked: list[str] = field(default_factory=list)
    turns: int = 0
    rasa: int = 0
    """Which Rasa has the conversation."""

    def send(self, text: str | None = None, payload: dict[str, Any] | None = None) -> httpx.Response:
        """Send one turn and keep what the reply says, as the gateway does."""
        self.turns += 1
        response = self.assistant.doors[self.rasa].post(
            "/turn",
            json={
                "conversation": self.name,
                "cmid": f"{self.name}-{self.turns}",
                "text": text,
                "payload": payload,
                "slots": self.slots,
                "active_loop": self.active_loop,
                "agents_online": self.agents_online,
                "asked": self.asked[-5:],
            },
        )
        if response.status_code == 200:
            self.slots, self.active_loop = response.json()["slots"], response.json()["active_loop"]
            self.asked += [text] if text else []
        return response

    def say(self, text: str) -> dict[str, Any]:
        """Send a text that must be answered; return the reply."""
        response = self.send(text)
        assert response.status_code == 200, response.text
        reply: dict[str, Any] = response.json()
        return reply
