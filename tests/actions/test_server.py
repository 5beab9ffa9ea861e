import pkgutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import actions


def test_actions_stays_flat() -> None:
    """rasa-sdk 3.6 imports sub-packages by their bare name, which would be another package of ours."""
    assert [m.name for m in pkgutil.iter_modules(actions.__path__) if m.ispkg] == []


@pytest.mark.slow
def test_listens_on_loopback_only_and_keeps_conversations_out_of_errors(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "log").open("w+b")
    server = subprocess.Popen([sys.executable, "-m", "actions", "--port", str(port)], stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            deadline = time.monotonic() + 20
            while True:
                try:
                    assert http.get("/health").json() == {"status": "ok"}
                    break
                except httpx.ConnectError:
                    assert time.monotonic() < deadline, "the action server did not start"
                    time.sleep(0.1)
            names = {entry["name"] for entry in http.get("/actions").json()}
            assert {"action_answer_question", "validate_contact_form"} <= names
            broken = {"next_action": "action_show_passage", "version": "3.6.21", "tracker": "my secret words"}
            answer = http.post("/webhook", json=broken)
            assert answer.status_code == 500
            assert "secret words" not in answer.text
            assert (
                "access-control-allow-origin"
                not in http.get("/health", headers={"Origin": "http://x"}).headers
            )
        sockets = Path("/proc/net/tcp")
        if sockets.exists():
            listening = [
                line.split()[1]
                for line in sockets.read_text().splitlines()
                if f":{port:04X} 00000000" in line
            ]
            assert listening == [f"0100007F:{port:04X}"]
    finally:
        server.terminate()
        server.wait(10)
        log.seek(0)
        assert b"secret words" not in log.read()
        log.close()
