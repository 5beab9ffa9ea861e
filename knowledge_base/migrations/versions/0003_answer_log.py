"""What was answered and how sure, what people said about it, and what the confidence was fitted to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    site, an_id = sa.String(60), sa.String(40)
    time = sa.DateTime(timezone=True)
    op.create_table(
        "knowledge_answer",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("id", an_id, primary_key=True),
        sa.Column("at", time, nullable=False),
        sa.Column("question", sa.Text, nullable=False, comment="personal data masked"),
        sa.Column("evidence", sa.Text, nullable=False, comment="JSON, feature: value"),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("passage_id", an_id),
        sa.Column("article_id", an_id),
    )
    op.create_index("ix_knowledge_answer_site_id_at", "knowledge_answer", ["site_id", "at"])
    op.create_table(
        "knowledge_judgement",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("answer_id", an_id, primary_key=True),
        sa.Column("by", sa.String(200), primary_key=True),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "answer_id"],
            ["knowledge_answer.site_id", "knowledge_answer.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "knowledge_fit",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("at", time, nullable=False),
        sa.Column("fit", sa.Text, nullable=False, comment="JSON: the trials and what was found"),
    )


def downgrade() -> None:
    for table in ("fit", "judgement", "answer"):
        op.drop_table(f"knowledge_{table}")
