"""The command line of the gateway: serve, migrate, restored, accounts, check, export, protocol."""

import contextlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console

from handoff.app import accounts_commands
from handoff.app.command import console, said_plainly, settings_or_exit, with_store

if TYPE_CHECKING:  # imported late at run time, so that --help appears at once
    from handoff.ports import Store

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Frontdesk's gateway."
)
app.add_typer(accounts_commands.app, name="accounts")


@app.command()
def serve(
    host: str | None = None, port: Annotated[int | None, typer.Option(min=0, max=65_535)] = None
) -> None:
    """Run the gateway until it is stopped."""
    from handoff.app import server
    from handoff.app.main import create_app

    settings = settings_or_exit()
    host, port = host or settings.host, port if port is not None else settings.port
    with said_plainly():
        gateway = create_app(settings)
    server.serve(
        gateway, host, port, lambda url: console.print(f"Frontdesk listens on {url}", highlight=False)
    )


@app.command()
def migrate() -> None:
    """Bring the tables up to date."""
    from handoff.adapters.schema import migrate as upgrade

    url = settings_or_exit().database_url
    with said_plainly():
        upgrade(url)
    console.print("The handoff's tables are up to date.")


@app.command()
def restored() -> None:
    """Say that the database is a restored backup: every browser takes its conversation anew, and staff sign in again."""
    from handoff.adapters.restoring import renew
    from handoff.adapters.schema import migrate as upgrade

    url = settings_or_exit().database_url
    with said_plainly():
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

    clean = as_said if unmasked else masking(settings_or_exit().recogniser().masked)
    first = since.replace(tzinfo=UTC) if since else datetime.min.replace(tzinfo=UTC)

    async def work(store: "Store") -> int:
        written = 0
        with _export_file(out) as file:
            async for line in transcripts(store, first, clean):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += "seq" not in line
        return written

    written = with_store(work)
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


@app.command()
def check() -> None:
    """Look whether everything in the database fits together; ends with 1 and plain sentences where it does not."""
    from handoff.invariants import check as look

    async def work(store: "Store") -> list[str]:
        return [f"{one.rule}: {one.sentence}" for one in await store.read(look)]

    wrong = with_store(work)
    for sentence in wrong:
        console.print(sentence, markup=False)
    if wrong:
        raise typer.Exit(1)
    console.print("Everything fits together.")


if __name__ == "__main__":
    app()
