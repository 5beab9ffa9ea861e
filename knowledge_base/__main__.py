"""The knowledge base on the command line: `python -m knowledge_base --help`."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from knowledge_base.database import migrate as migrate_engine
from knowledge_base.database import open_engine
from knowledge_base.errors import LibraryError
from knowledge_base.evaluation import ask
from knowledge_base.files import ArticleFile, article_paths, read_article, write_article
from knowledge_base.fitting import prior_from
from knowledge_base.library import Library
from knowledge_base.measuring import curve_table, decision_table, fitted_table, retrieval_table
from knowledge_base.opening import open_library
from knowledge_base.own_texts import calibrate as calibrate_library
from knowledge_base.question_sets import read_questions, unknown_articles
from knowledge_base.trust import AGENT_MINUTES, REPLAY_DAYS, says

IMPORTER = "import"
"""Stands where an editor's name stands in revisions that came from files."""

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

DatabaseUrl = Annotated[
    str, typer.Option("--database-url", envvar="FRONTDESK_DATABASE_URL", help="Where articles are.")
]
EncoderDir = Annotated[
    Path, typer.Option("--encoder-dir", envvar="FRONTDESK_ENCODER_DIR", help="The encoder artifact.")
]
Site = Annotated[str, typer.Option("--site", help="Whose articles.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Folder = Annotated[Path, typer.Argument(help="A folder of <category>/<slug>.md.")]

DATABASE_URL = "sqlite:///var/frontdesk.db"
ENCODER_DIR = Path("var/encoder")


@app.command()
def encoder(
    folder: EncoderDir = ENCODER_DIR,
    model: Annotated[
        str | None, typer.Option(envvar="EMBEDDING_MODEL", help="Another sentence-transformers model.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make it again although it is fresh.")] = False,
) -> None:
    """Make the encoder artifact for this machine; does nothing when it is fresh."""
    with _plain_errors():
        from knowledge_base.encoder_export import export_encoder

        made = export_encoder(folder, model or None, force)
        out.print(f"{folder}: {'made' if made else 'fresh already'}")


@app.command()
def migrate(database_url: DatabaseUrl = DATABASE_URL) -> None:
    """Bring the tables up to date."""
    with _plain_errors():
        engine = open_engine(database_url)
        migrate_engine(engine)
        engine.dispose()
    out.print("The knowledge base's tables are up to date.")


@app.command("import")
def import_folder(
    folder: Folder,
    publish: Annotated[
        bool, typer.Option("--publish", help="Show the articles to customers at once.")
    ] = False,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Take in a folder of markdown files; files that have not changed are left alone."""
    paths = list(article_paths(folder))
    outcomes: Counter[str] = Counter()
    failed = 0
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        for path in track(paths, "Importing", console=err, transient=True):
            name = path.relative_to(folder)
            try:
                file = read_article(path, folder)
                outcome = library.put(file.slug, file.content, IMPORTER, file.updated, publish)
            except LibraryError as exc:
                err.print(f"[red]{escape(str(name))}[/red]: {escape(str(exc))}")
                failed += 1
            else:
                outcomes[outcome.value] += 1
                out.print(f"{name}: {outcome.value}", markup=False)
        library.refresh()
        live = len(library.snapshot().articles())
        if outcomes.total() > outcomes["unchanged"]:
            _fit_to_own_texts(library)
    parts = (
        ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "nothing to import"
    )
    out.print(f"{len(paths)} files: {parts}, {failed} failed. {live} articles are live.")
    if failed:
        raise typer.Exit(1)


@app.command("export")
def export_folder(
    folder: Folder,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Write the latest draft of every article that is not retired as a markdown file."""
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        for article in library.drafts():
            path = write_article(
                ArticleFile(article.slug, article.latest.content, article.latest.saved_at), folder
            )
            out.print(str(path.relative_to(folder)), markup=False)


@app.command()
def search(
    query: str,
    limit: Annotated[int, typer.Option(min=1, max=20)] = 5,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Ask the library a question, as a customer would."""
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        reply = library.search(query, limit)
    out.print(
        f"[bold]{reply.decision}[/bold]: confidence {reply.confidence:.2f}, answers from {reply.answer_threshold:.2f}, "
        f"asks back from {reply.clarify_threshold:.2f}, {reply.took_ms:.1f} ms"
    )
    table = Table("score", "article", "heading", "passage")
    for hit in reply.hits:
        text = hit.text[:120].replace("\n", " ")
        table.add_row(f"{hit.score:.2f}", hit.article_slug, escape(hit.heading), escape(text))
    out.print(table)


@app.command()
def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(help="Golden questions: a YAML list of {question, article}.")
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit the library's confidence to them and to its own texts.")
    ] = False,
    target: Annotated[
        float | None,
        typer.Option(
            min=0.001, max=0.5, help="Share of wrong answers that may be given; kept until changed."
        ),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save/--show", help="Use the fit from now on, or only print it.")
    ] = True,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Measure how well questions find their article, and whether confidence knows. Shares have 95 % intervals.

    With --calibrate the library's confidence is fitted instead, to the questions, to the library's own texts, and to
    what customers and agents said about answers; what is printed is about questions that the fit has not seen. It works
    without questions, but then nothing can be promised.
    """
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        goldens = read_questions(questions) if questions is not None else []
        live = {publication.article.slug for publication in library.snapshot().articles()}
        if unknown := unknown_articles(goldens, live):
            err.print(f"Not among the published articles, so never found: {', '.join(unknown)}", markup=False)
        calibration = library.snapshot().calibration
        if calibrate:
            fitted, trials = calibrate_library(library, goldens, target, save)
            calibration = fitted.calibration
            out.print(fitted_table(fitted))
            out.print(says(calibration, fitted), markup=False)
            if goldens and not save:
                out.print(f"For other libraries to start from:\n{prior_from(trials)}", markup=False)
        elif goldens:
            out.print(retrieval_table(library, {str(questions): goldens}))
            out.print(decision_table(calibration, ask(library, goldens)))


@app.command()
def curve(
    as_json: AsJson = False,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Show what answering more or less leads to, on the golden questions that the library was last fitted to."""
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        report = library.trust.report()
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    out.print(curve_table(report.curve))
    out.print(report.says, markup=False)


@app.command()
def replay(
    target: Annotated[float, typer.Option(min=0.001, max=0.5, help="Share of wrong answers to try.")],
    days: Annotated[float, typer.Option(min=0.01, help="How far to look back.")] = REPLAY_DAYS,
    minutes: Annotated[float, typer.Option(min=0, help="What a question costs an agent.")] = AGENT_MINUTES,
    as_json: AsJson = False,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Say what another target error would have done to the questions of the last days. Changes nothing."""
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        found = library.trust.replay(target, days, minutes)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    kind = "promised" if found.promised else "estimated"
    out.print(f"At {100 * target:g} % wrong ({kind}), answering from {found.answer_threshold:.3f}:")
    out.print(
        f"{found.answered} of {found.asked} questions answered, {found.more_answered:+d}; "
        f"wrong about {found.more_wrong:+.1f}; agents' minutes saved {found.agent_minutes:+.0f}"
    )
    out.print(f"Judged among them: {found.judged_right} right, {found.judged_wrong} wrong.")
    out.print(found.assumption, markup=False)


def _fit_to_own_texts(library: Library) -> None:
    """After an import, unless golden questions say more than the library's own texts do."""
    if library.snapshot().calibration.basis != "golden questions" and len(library.snapshot().articles()) > 1:
        calibrate_library(library, [])


@contextmanager
def _library(database_url: str, encoder_dir: Path, site: str) -> Iterator[Library]:
    library = open_library(database_url, encoder_dir, site)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except LibraryError as exc:
        err.print(f"[red]{escape(str(exc))}[/red]")
        raise typer.Exit(2) from exc


if __name__ == "__main__":
    app()
