"""What a database needs once a backup of it was restored, before gateways use it again."""

import secrets

from sqlalchemy import delete, update

from handoff.adapters import tables as t
from handoff.adapters.engines import connect


def renew(url: str) -> tuple[int, int]:
    """Give every conversation a new epoch and end every session; how many of each.

    What was said since the backup is lost here, but not in the browsers. Without a new epoch a browser would take new
    lines for the lost ones that had their numbers. Who signed out since then must not be signed in again.
    """
    engine = connect(url).execution_options(writes=True)
    try:
        with engine.begin() as connection:
            conversations = connection.execute(update(t.conversation).values(epoch=secrets.token_hex(12)))
            sessions = connection.execute(delete(t.session))
            connection.execute(delete(t.presence))
            return conversations.rowcount, sessions.rowcount
    finally:
        engine.dispose()
