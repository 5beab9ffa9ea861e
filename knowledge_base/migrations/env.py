"""Runs the migrations on the connection that `knowledge_base.database.migrate` hands in."""

from alembic import context

from knowledge_base.database import VERSION_TABLE
from knowledge_base.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _: kind != "table" or str(name).startswith("knowledge_"),
)
with context.begin_transaction():
    context.run_migrations()
