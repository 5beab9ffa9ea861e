"""What every test may use: where third-party evaluation data lies, and which Python environment this is.

The two environments share this folder. Tests that import Rasa are collected only where Rasa is
installed, and the others only where it is not; `make test` runs both.
"""

import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the assistant's environment has neither server nor driver
    from tests.servers import PostgresServer, RedisServer

TESTS = Path(__file__).parent
IN_RASA_ENVIRONMENT = importlib.util.find_spec("rasa") is not None
RASA_FOLDERS = {"bot", "actions"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--eval-dir`: a folder of third-party evaluation sets, which are not part of this repository."""
    parser.addoption(
        "--eval-dir",
        default=os.environ.get("FRONTDESK_EVAL_DIR"),
        help="folder of evaluation sets (default: FRONTDESK_EVAL_DIR); tests that need it are skipped without",
    )
    parser.addoption(
        "--claim-chats",
        type=int,
        default=2_000,
        help="conversations that 50 agents try to take, each of them all",
    )
    parser.addoption(
        "--kills", type=int, default=20, help="how often a writing process is killed, by database"
    )


def pytest_configure() -> None:
    """A job in the background starts with Ctrl-C ignored, and its children with it; tests of Ctrl-C need it back."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the tests of the other environment alone."""
    if collection_path == TESTS or not collection_path.is_relative_to(TESTS):
        return None
    room = collection_path.relative_to(TESTS).parts[0]
    if room == "conftest.py":
        return None
    return True if (room in RASA_FOLDERS) != IN_RASA_ENVIRONMENT else None


@pytest.fixture(scope="session")
def eval_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of evaluation sets; a test that needs it is skipped, and says so, when there is none."""
    named = request.config.getoption("--eval-dir")
    if not named:
        pytest.skip("no evaluation sets: name their folder with --eval-dir or FRONTDESK_EVAL_DIR")
    folder = Path(str(named))
    if not folder.is_dir():
        pytest.skip(f"the evaluation sets are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """A Postgres for the whole run. Whoever kills or stops a server starts one of their own."""
    from tests.servers import PostgresServer

    with PostgresServer() as server:
        yield server


@pytest.fixture
def redis() -> Iterator["RedisServer"]:
    """A Redis of one's own: it starts in milliseconds."""
    from tests.servers import RedisServer

    with RedisServer() as server:
        yield server
