"""The one place that joins the library to its adapters: database, encoder, markdown, index."""

from pathlib import Path

from knowledge_base.database import migrate, open_engine
from knowledge_base.encoder import OnnxEncoder
from knowledge_base.habit_store import SqlHabitStore
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.store import SqlArticleStore


def open_library(database_url: str, encoder_dir: Path, site_id: str = "default") -> Library:
    """The library of one site, migrated and ready to answer. Close it when done.

    Raises EncoderMissing when `encoder_dir` holds no whole artifact, StoreUnavailable when the database is silent.
    """
    encoder = OnnxEncoder(Path(encoder_dir))
    engine = open_engine(database_url)
    migrate(engine)
    store = SqlArticleStore(site_id, engine)
    library = Library(store, LiveIndex(store, encoder), Markdown())
    library.count_habits(SqlHabitStore(site_id, engine))
    return library
