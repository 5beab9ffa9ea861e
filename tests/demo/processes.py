"""Small real processes for these tests, and ways to see whether they are gone."""

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from handoff.demo.child import Health, Program

# answers every GET with 200; {extra} runs first
SERVER = """
import http.server, sys
{extra}
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers.get("X-Word") != "wrong" else 401)
        self.end_headers()
    def log_message(self, *_): pass
print("listening", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Well).serve_forever()
"""


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def program(
    folder: Path, code: str, *, name: str = "The program", port: int = 1, word: str = "right"
) -> Program:
    """`python -c code` as a program."""
    health = Health(port, "/health", {"X-Word": word})
    return Program(name, (sys.executable, "-c", code), dict(os.environ), health, folder / f"{name}.log")


def is_running(pid: int) -> bool:
    """Whether a process has this id and is more than a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def eventually(true: Callable[[], bool], seconds: float = 8.0) -> bool:
    """Whether `true` becomes true within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return true()
