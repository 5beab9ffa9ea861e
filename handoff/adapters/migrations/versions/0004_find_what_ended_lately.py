"""How long a wait is, is learned from the conversations that ended last."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index("ix_handoff_claimed", "handoff")
    op.create_index("ix_handoff_ended", "handoff", ["site_id", "ended_at"])


def downgrade() -> None:
    op.drop_index("ix_handoff_ended", "handoff")
    op.create_index("ix_handoff_claimed", "handoff", ["site_id", "claimed_at"])
