"""What an agent wrote is found by its cmid alone: a repeated "next, please" is known however long the queue is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    agents = sa.text("agent_id IS NOT NULL")
    op.create_index(
        "ix_event_agent_cmid", "event", ["agent_id", "cmid"], sqlite_where=agents, postgresql_where=agents
    )


def downgrade() -> None:
    op.drop_index("ix_event_agent_cmid", "event")
