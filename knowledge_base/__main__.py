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
from knowledge_base.errors import Invalid, LibraryError
from knowledge_base.evaluation import ask, calibration_for
from knowledge_base.files import ArticleFile, article_paths, read_article, write_article
from knowledge_base.library import Library
from knowledge_base.measuring import decision_table, library_of, retrieval_table
from knowledge_base.opening import open_library
from knowledge_base.question_sets import doc2dial_rows, read_covidfaq, read_doc2dial, read_questions

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
    doc2dial: Annotated[
        Path | None, typer.Option(help="Folder of the doc2dial set, measured by itself.")
    ] = None,
    covidfaq: Annotated[
        Path | None, typer.Option(help="Folder of the CovidFAQ set, measured by itself.")
    ] = None,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Measure how well questions find their article, and whether confidence knows. Shares have 95 % intervals."""
    with _plain_errors():
        if questions is not None:
            goldens = read_questions(questions)
            with _library(database_url, encoder_dir, site) as library:
                out.print(retrieval_table(library, {questions.name: goldens}))
                out.print(decision_table(library.snapshot().calibration, ask(library, goldens)))
        if doc2dial is not None:
            pages = read_doc2dial(doc2dial)
            with library_of(pages.articles, encoder_dir) as library:
                out.print(retrieval_table(library, doc2dial_rows(pages)))
        if covidfaq is not None:
            short = read_covidfaq(covidfaq)
            with library_of(short.articles, encoder_dir) as library:
                out.print(retrieval_table(library, {"CovidFAQ": short.first_turns}))


@app.command()
def calibrate(
    questions: Annotated[Path, typer.Argument(help="Golden questions, some with `article: null`.")],
    save: Annotated[bool, typer.Option("--save/--show", help="Use it from now on, or only print it.")] = True,
    database_url: DatabaseUrl = DATABASE_URL,
    encoder_dir: EncoderDir = ENCODER_DIR,
    site: Site = "default",
) -> None:
    """Fit the library's own confidence and thresholds to its golden questions."""
    with _plain_errors(), _library(database_url, encoder_dir, site) as library:
        goldens = read_questions(questions)
        outcomes = ask(library, goldens)
        hidden = ask(library, [golden for golden in goldens if golden.article], hide_article=True)
        try:
            calibration = calibration_for(outcomes, hidden)
        except ValueError as exc:
            raise Invalid(str(exc)) from exc
        out.print(calibration, markup=False)
        out.print(decision_table(calibration, outcomes))
        if save:
            library.calibrate(calibration)


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
