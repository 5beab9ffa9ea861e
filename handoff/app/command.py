"""What the commands of the gateway share: the settings, told plainly when they are wrong, and the store.

Everything heavy is imported when a command runs, so that --help appears at once.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console

if TYPE_CHECKING:
    from handoff.app.settings import Settings
    from handoff.ports import Store

T = TypeVar("T")
console = Console()


def settings_or_exit() -> "Settings":
    """The settings; what is wrong with them is said in a sentence, and the program ends with 2."""
    from pydantic import ValidationError

    from handoff.app.settings import load_settings

    try:
        return load_settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"FRONTDESK_{'_'.join(str(part) for part in first['loc']).upper()}: " if first["loc"] else ""
        console.print(name + first["msg"].removeprefix("Value error, "), style="red", markup=False)
    except ValueError as error:
        console.print(str(error), style="red", markup=False)
    sys.exit(2)


def with_store(work: "Callable[[Store], Awaitable[T]]") -> T:
    """Run `work` on the store, its tables brought up to date. What cannot be is said in a sentence, and ends with 1."""
    with said_plainly():
        return asyncio.run(_on_store(work))


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """What cannot be is said in a sentence, and the program ends with 1."""
    from handoff.errors import HandoffError

    try:
        yield
    except HandoffError as error:
        console.print(error.message, style="red", markup=False)
        sys.exit(1)


async def _on_store(work: "Callable[[Store], Awaitable[T]]") -> T:
    from handoff.adapters.schema import migrate
    from handoff.adapters.store_sql import SqlStore

    settings = settings_or_exit()
    migrate(settings.database_url)
    store = SqlStore(settings.database_url, settings.site_id)
    try:
        return await work(store)
    finally:
        await store.close()
