"""Counts of which articles helped on which kind of page. Sums only: nothing about anybody."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_habit",
        sa.Column("site_id", sa.String(60), primary_key=True),
        sa.Column(
            "page", sa.String(100), primary_key=True, comment="path without ids; empty: the whole site"
        ),
        sa.Column("article_id", sa.String(40), primary_key=True),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("shown", "opened", "helped", "dismissed")),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="when the counts were last faded"
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "article_id"],
            ["knowledge_article.site_id", "knowledge_article.id"],
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("knowledge_habit")
