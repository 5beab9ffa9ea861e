"""How Alembic reaches the database: over the connection that `handoff.adapters.schema` hands in."""

from alembic import context

from handoff.adapters.schema import VERSION_TABLE
from handoff.adapters.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
