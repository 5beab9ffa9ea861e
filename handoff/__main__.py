"""The command line of the gateway: serve, migrate, restored, accounts, export, protocol."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeVar

import typer
from rich.console import Console

if TYPE_CHECKING:  # imported late at run time, so that --help appears at once
    from handoff.app.settings import Settings
    from handoff.ports import Store

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Frontdesk's gateway."
)
accounts_app = typer.Typer(no_args_is_help=True, help="Accounts of agents and editors.")
app.add_typer(accounts_app, name="accounts")
console = Console()


@app.command()
def serve(host: str | None = None, port: int | None = None) -> None:
    """Run the gateway until it is stopped."""
    import uvicorn

    from handoff.app.main import create_app
    from handoff.protocol import MAX_FRAME

    settings = _settings()
    console.print(
        f"Frontdesk listens on http://{host or settings.host}:{port if port is not None else settings.port}/"
    )
    uvicorn.run(
        create_app(settings),
        host=host or settings.host,
        port=port if port is not None else settings.port,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME + 1024,
        ws_max_queue=8,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=5,
        log_config=None,  # its lines go where ours go, masked
        access_log=False,
        log_level="warning",
    )


@app.command()
def migrate() -> None:
    """Bring the tables up to date."""
    from handoff.adapters.schema import migrate as upgrade

    upgrade(_settings().database_url)
    console.print("The handoff's tables are up to date.")


@app.command()
def restored() -> None:
    """Say that the database is a restored backup: every browser takes its conversation anew, and staff sign in again."""
    from handoff.adapters.restoring import renew
    from handoff.adapters.schema import migrate as upgrade

    url = _settings().database_url
    upgrade(url)
    conversations, sessions = renew(url)
    console.print(f"{conversations} conversations begin a new epoch; {sessions} sessions have ended.")


@app.command()
def export(
    since: Annotated[datetime | None, typer.Option(help="Only what has news since this day.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; else standard output.")] = None,
    unmasked: Annotated[bool, typer.Option(help="Write personal data as people wrote it.")] = False,
) -> None:
    """Write conversations as JSON lines, one for each conversation and each event, with personal data masked."""
    from handoff.transcripts import as_said, masking, transcripts

    clean = as_said if unmasked else masking(_settings().recogniser().masked)
    first = since.replace(tzinfo=UTC) if since else datetime.min.replace(tzinfo=UTC)

    async def work(store: "Store") -> int:
        written = 0
        with _export_file(out) as file:
            async for line in transcripts(store, first, clean):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += "seq" not in line
        return written

    written = asyncio.run(_with_store(work))
    how = (
        "personal data NOT masked: keep this as safe as the database" if unmasked else "personal data masked"
    )
    Console(stderr=True).print(f"{written} conversations, {how}.")


def _export_file(path: Path | None) -> contextlib.AbstractContextManager[TextIO]:
    """Standard output, or a new file that only its owner may read."""
    if path is None:
        return contextlib.nullcontext(sys.stdout)
    return open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))


@app.command()
def protocol(
    check: Annotated[bool, typer.Option(help="Write nothing; fail when a file is stale.")] = False,
) -> None:
    """Write TypeScript and docs/protocol.md from the wire models."""
    from handoff.app.generate import generated

    stale = [
        path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text
    ]
    if check:
        for path in stale:
            console.print(f"{path} is stale. Run: python -m handoff protocol")
        raise typer.Exit(1 if stale else 0)
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    console.print(f"Wrote {len(stale)} changed files.")


@accounts_app.command("add")
def accounts_add(
    email: str,
    name: str,
    about: str = "",
    role: Annotated[list[str] | None, typer.Option(help="agent or editor; repeat for both.")] = None,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Add an account."""
    from handoff import accounts
    from handoff.app.signin import hash_password

    async def work(store: "Store") -> bool:
        return await accounts.add(
            store, hash_password, email, name, about, tuple(role or ["agent"]), password
        )

    added = asyncio.run(_with_store(work))
    console.print(f"Added {email}." if added else f"{email} already has an account.")


@accounts_app.command("demo")
def accounts_demo() -> None:
    """Add the demo's staff where they are missing."""
    from handoff import accounts
    from handoff.app.signin import hash_password

    asyncio.run(_with_store(lambda store: accounts.add_demo(store, hash_password)))
    for email, _name, _about, roles in accounts.DEMO_STAFF:
        typer.echo(f"{email:24} {accounts.DEMO_PASSWORD}   {' and '.join(roles)}")


async def _with_store(work: "Callable[[Store], Awaitable[T]]") -> T:
    from handoff.adapters.schema import migrate as upgrade
    from handoff.adapters.store_sql import SqlStore

    settings = _settings()
    upgrade(settings.database_url)
    store = SqlStore(settings.database_url, settings.site_id)
    try:
        return await work(store)
    finally:
        await store.close()


def _settings() -> "Settings":
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


if __name__ == "__main__":
    app()
