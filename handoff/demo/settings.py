"""Where things lie, which ports are used, and what each process finds in its environment. Writes nothing."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65535


class DemoError(Exception):
    """Something the person at the terminal has to know or do, in one sentence."""


@dataclass(frozen=True)
class Places:
    """The folders and interpreters, all under the repository's root."""

    root: Path

    @property
    def var(self) -> Path:
        """Everything that is built or stored on this machine."""
        return self.root / "var"

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def venv(self) -> Path:
        """The gateway's and the knowledge base's environment."""
        return self.root / ".venv"

    @property
    def rasa_venv(self) -> Path:
        """The assistant's environment, Python 3.10."""
        return self.root / ".venv-rasa"

    @property
    def python(self) -> str:
        return str(self.venv / "bin" / "python")

    @property
    def rasa_python(self) -> str:
        return str(self.rasa_venv / "bin" / "python")

    @property
    def model(self) -> Path:
        """The trained assistant."""
        return self.var / "models" / "frontdesk.tar.gz"


@dataclass(frozen=True)
class Port:
    """One port and the variable that changes it."""

    variable: str
    number: int


@dataclass(frozen=True)
class Ports:
    """The three loopback ports of the demo."""

    gateway: Port
    rasa: Port
    actions: Port


def _port(environment: Mapping[str, str], variable: str, default: int) -> Port:
    text = environment.get(variable, "") or str(default)
    if not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise DemoError(f"{variable} is {text!r}; it has to be a port number from 1 to {HIGHEST_PORT}.")
    return Port(variable, int(text))


def read_ports(environment: Mapping[str, str]) -> Ports:
    """The ports asked for in the environment, or 8080, 5005 and 5055."""
    ports = Ports(
        gateway=_port(environment, "FRONTDESK_PORT", 8080),
        rasa=_port(environment, "FRONTDESK_RASA_PORT", 5005),
        actions=_port(environment, "FRONTDESK_ACTIONS_PORT", 5055),
    )
    if len({ports.gateway.number, ports.rasa.number, ports.actions.number}) < 3:
        raise DemoError(
            "FRONTDESK_PORT, FRONTDESK_RASA_PORT and FRONTDESK_ACTIONS_PORT have to be different numbers."
        )
    return ports


def is_free(number: int) -> bool:
    """Whether this port of the loopback address can be listened on now."""
    with socket.socket() as probe:
        # as servers do: a port whose last connection has just closed counts as free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
        except OSError:
            return False
    return True


def require_free(ports: Ports) -> None:
    """Raises DemoError, naming the port and the variable, when one of them is taken."""
    for port in (ports.gateway, ports.rasa, ports.actions):
        if not is_free(port.number):
            other = port.number + 10000 if port.number < HIGHEST_PORT - 10000 else port.number - 10000
            raise DemoError(
                f"Port {port.number} is taken by another program (perhaps a second Frontdesk). "
                f"Stop it, or choose another port: {port.variable}={other} make demo"
            )


# what Rasa and TensorFlow print, send and start unless they are told not to
QUIET_RASA = {
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",  # our own stamp decides when to train; Rasa's cache does not see the encoder
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "-1",
}


def tool_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The person's own environment, with nothing fetched from a model hub and Python's output unbuffered."""
    return {
        **environment,
        **QUIET_RASA,
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def shared_environment(ports: Ports, secret: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What all three processes find: the person's own environment and the secret of this run.

    The port variables are taken out: each process is told only its own, so that none of them meets a name it
    does not know.
    """
    asked = {ports.gateway.variable, ports.rasa.variable, ports.actions.variable}
    kept = {k: v for k, v in tool_environment(environment).items() if k not in asked}
    return {**kept, "FRONTDESK_SERVICE_SECRET": secret}


def url(port: Port) -> str:
    """The loopback address of a port, without a path."""
    return f"http://{LOOPBACK}:{port.number}"
