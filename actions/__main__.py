"""Starts the action server on the loopback interface: `python -m actions --port 5055`.

rasa-sdk's own command listens on every interface unless an environment variable says otherwise; whoever forgets it
opens the server to the network. Here loopback is the default and has to be changed by name.
"""

import argparse
import os

from rasa_sdk import endpoint, utils


def main() -> None:
    parser = argparse.ArgumentParser(description="Start Frontdesk's action server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5055)
    parser.add_argument("--loglevel", type=int, default=None)
    arguments = parser.parse_args()
    utils.configure_colored_logging(arguments.loglevel)
    utils.update_sanic_log_level()
    # rasa-sdk reads the interface from here and from nowhere else.
    os.environ["SANIC_HOST"] = arguments.host
    # No browser has any business here: no CORS.
    endpoint.run("actions", port=arguments.port, cors_origins="")


if __name__ == "__main__":
    main()
