import socket
from collections.abc import Iterator

import pytest

from handoff.demo.settings import (
    LOOPBACK,
    DemoError,
    Ports,
    is_free,
    read_ports,
    require_free,
    shared_environment,
)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_default_ports() -> None:
    ports = read_ports({})
    assert [p.number for p in (ports.gateway, ports.rasa, ports.actions)] == [8080, 5005, 5055]


def test_ports_come_from_the_environment() -> None:
    ports = read_ports(
        {"FRONTDESK_PORT": "9000", "FRONTDESK_RASA_PORT": "9001", "FRONTDESK_ACTIONS_PORT": ""}
    )
    assert (ports.gateway.number, ports.rasa.number, ports.actions.number) == (9000, 9001, 5055)


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_said_by_name(text: str) -> None:
    with pytest.raises(DemoError, match="FRONTDESK_RASA_PORT"):
        read_ports({"FRONTDESK_RASA_PORT": text})


def test_the_same_port_twice_is_refused() -> None:
    with pytest.raises(DemoError, match="different"):
        read_ports({"FRONTDESK_PORT": "5005"})


def test_a_taken_port_is_named_with_the_variable_that_changes_it(taken: int) -> None:
    assert not is_free(taken)
    ports = read_ports(
        {"FRONTDESK_PORT": str(taken), "FRONTDESK_RASA_PORT": "1", "FRONTDESK_ACTIONS_PORT": "2"}
    )
    with pytest.raises(DemoError, match=rf"Port {taken} is taken.*FRONTDESK_PORT=\d+ make demo"):
        require_free(ports)


def test_a_port_that_was_just_closed_is_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        number = server.getsockname()[1]
        client = socket.create_connection((LOOPBACK, number))
        accepted, _ = server.accept()
        accepted.close()  # our side closes first, and keeps the address in TIME_WAIT
        client.close()
    assert is_free(number)


def test_no_process_meets_the_port_of_another() -> None:
    ports: Ports = read_ports({})
    shared = shared_environment(
        ports, "s3cret", {"FRONTDESK_RASA_PORT": "5005", "FRONTDESK_PORT": "8080", "HOME": "/h"}
    )
    assert "FRONTDESK_RASA_PORT" not in shared
    assert "FRONTDESK_PORT" not in shared
    assert (shared["HOME"], shared["FRONTDESK_SERVICE_SECRET"]) == ("/h", "s3cret")
    assert shared["RASA_TELEMETRY_ENABLED"] == "false"
