"""What an agent wrote is found by its cmid alone: and the next in a long queue without sorting it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    agents = sa.text("agent_id IS NOT NULL")
    op.create_index(
        "ix_event_agent_cmid", "event", ["agent_id", "cmid"], sqlite_where=agents, postgresql_where=agents
    )
    op.drop_index("ix_handoff_order", "handoff")
    highest_first = sa.text("priority DESC")
    op.create_index("ix_handoff_order", "handoff", ["site_id", "state", highest_first, "waiting_since", "id"])


def downgrade() -> None:
    op.drop_index("ix_handoff_order", "handoff")
    op.create_index("ix_handoff_order", "handoff", ["site_id", "state", "priority", "waiting_since"])
    op.drop_index("ix_event_agent_cmid", "event")
