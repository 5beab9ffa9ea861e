"""The version of the queue as the sum of many rows: of one row each change would wait for the one before to be committed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "queue_version",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "part", name=op.f("pk_queue_version")),
    )
    op.execute("INSERT INTO queue_version (site_id, part, changes) SELECT id, 0, queue_version FROM site")
    op.drop_table("site")
    op.create_index("ix_handoff_conversation_id", "handoff", ["conversation_id"])
    asked = sa.text("offered_to IS NOT NULL OR transfer_to IS NOT NULL")
    op.create_index("ix_handoff_asked", "handoff", ["site_id"], sqlite_where=asked, postgresql_where=asked)


def downgrade() -> None:
    op.drop_index("ix_handoff_asked", "handoff")
    op.drop_index("ix_handoff_conversation_id", "handoff")
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("queue_version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.execute(
        "INSERT INTO site (id, queue_version) SELECT site_id, sum(changes) FROM queue_version GROUP BY site_id"
    )
    op.drop_table("queue_version")
