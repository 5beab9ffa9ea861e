"""The one place that joins the library to its adapters: database, encoder, markdown, index."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from knowledge_base.answer_log import SqlAnswerLog
from knowledge_base.database import migrate, open_engine
from knowledge_base.encoder import OnnxEncoder
from knowledge_base.habit_store import SqlHabitStore
from knowledge_base.index import LiveIndex
from knowledge_base.language import get_ready
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.near_pg import PgNearTexts
from knowledge_base.store import SqlArticleStore

KEEP_ANSWERS_DAYS = 90.0
VectorIndex = Literal["exact", "pgvector"]


def open_library(
    database_url: str,
    encoder_dir: Path,
    site_id: str = "default",
    mask: Callable[[str], str] = str,
    keep_answers_days: float = KEEP_ANSWERS_DAYS,
    vector_index: VectorIndex = "exact",
) -> Library:
    """The library of one site, migrated and ready to answer. Close it when done.

    Answers are logged for `keep_answers_days` (0 keeps none), their questions as `mask` leaves them. Vectors are searched
    in memory, exactly, or for a large library by Postgres' extension pgvector.

    Raises EncoderMissing when `encoder_dir` holds no whole artifact, StoreUnavailable when the database is silent or has
    no pgvector although it was asked for.
    """
    encoder = OnnxEncoder(Path(encoder_dir))
    threading.Thread(target=get_ready, name="language", daemon=True).start()
    engine = open_engine(database_url)
    migrate(engine)
    store = SqlArticleStore(site_id, engine)
    answers = SqlAnswerLog(site_id, engine, keep_answers_days, mask)
    near = None
    if vector_index == "pgvector":
        near = PgNearTexts(open_engine(database_url), site_id, encoder.sha256, encoder.dimensions)
    library = Library(store, LiveIndex(store, encoder, near), Markdown(), answers)
    library.count_habits(SqlHabitStore(site_id, engine))
    return library
