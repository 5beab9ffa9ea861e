"""Starts the action server on the loopback interface: `python -m actions` (port: FRONTDESK_ACTIONS_PORT or 5055).

rasa-sdk's own command listens on every interface unless an environment variable says otherwise, and its error replies
repeat the whole conversation, which Rasa then writes to its log. Here loopback is the default and errors say what kind
of error it was.
"""

import argparse
import logging
import os
from traceback import format_tb

from rasa_sdk import endpoint, utils
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger("actions")


def create_app() -> Sanic:
    """Return rasa-sdk's application with our actions, without CORS (no browser has business here)."""
    app = endpoint.create_app("actions", cors_origins="")

    async def say_kind_of_error(request: Request, error: Exception) -> HTTPResponse:
        # No text of the error: it may quote the customer.
        frames = "".join(format_tb(error.__traceback__)[-3:])
        logger.error("%s %s failed: %s\n%s", request.method, request.path, type(error).__name__, frames)
        return response.json({"error": type(error).__name__}, status=getattr(error, "status_code", 500))

    app.error_handler.add(Exception, say_kind_of_error)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description="Start Frontdesk's action server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("FRONTDESK_ACTIONS_PORT", "5055")))
    parser.add_argument("--loglevel", type=int, default=None)
    arguments = parser.parse_args()
    utils.configure_colored_logging(arguments.loglevel)
    utils.update_sanic_log_level()
    create_app().run(arguments.host, arguments.port, access_log=False)


if __name__ == "__main__":
    main()
