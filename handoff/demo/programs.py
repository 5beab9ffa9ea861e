"""The three programs of the demo: how each is started, its environment, and where it says that it is well."""

import os
from collections.abc import Mapping

from handoff.demo.child import Health, Program
from handoff.demo.settings import LOOPBACK, Places, Ports, shared_environment, url

SECRET_HEADER = "X-Frontdesk-Secret"  # noqa: S105 - the name of a header, no secret


def programs(
    places: Places, ports: Ports, secret: str, environment: Mapping[str, str] = os.environ
) -> list[Program]:
    """Gateway, assistant and action server; the gateway first, because its pages are what people look at."""
    shared = shared_environment(ports, secret, environment)
    gateway_url, rasa_url, actions_url = url(ports.gateway), url(ports.rasa), url(ports.actions)
    rasa = ["-i", LOOPBACK, "-p", str(ports.rasa.number), "--model", str(places.model)]
    files = ["--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]
    return [
        Program(
            "The gateway",
            (places.python, "-m", "handoff", "serve"),
            {**shared, ports.gateway.variable: str(ports.gateway.number), "FRONTDESK_RASA_URL": rasa_url},
            Health(ports.gateway.number, "/readyz", {}),
            places.logs / "gateway.log",
        ),
        Program(
            "The assistant",
            (places.rasa_python, "-m", "rasa", "run", *rasa, *files),
            {**shared, "FRONTDESK_ACTION_URL": f"{actions_url}/webhook"},
            Health(ports.rasa.number, "/webhooks/gateway/health", {SECRET_HEADER: secret}),
            places.logs / "rasa.log",
            start_hint="loading its model, about half a minute; pages work already",
        ),
        Program(
            "The action server",
            (places.rasa_python, "-m", "actions"),
            {
                **shared,
                ports.actions.variable: str(ports.actions.number),
                "FRONTDESK_GATEWAY_URL": gateway_url,
            },
            Health(ports.actions.number, "/health", {}),
            places.logs / "actions.log",
        ),
    ]
