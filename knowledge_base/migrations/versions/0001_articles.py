"""Articles with their revisions, and what customers see of them: passages, vectors, the index version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _of_article() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["site_id", "article_id"], ["knowledge_article.site_id", "knowledge_article.id"], ondelete="CASCADE"
    )


def upgrade() -> None:
    site, article_id = sa.String(60), sa.String(40)
    time = sa.DateTime(timezone=True)
    op.create_table(
        "knowledge_article",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("id", article_id, primary_key=True),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("latest_revision", sa.Integer, nullable=False),
        sa.Column("published_revision", sa.Integer),
        sa.Column("answering_since", time),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.UniqueConstraint("site_id", "slug"),
    )
    op.create_table(
        "knowledge_revision",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("article_id", article_id, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("questions", sa.Text, nullable=False, comment="JSON list of strings"),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("saved_at", time, nullable=False),
        sa.Column("saved_by", sa.String(200), nullable=False),
        _of_article(),
    )
    op.create_table(
        "knowledge_passage",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("article_id", article_id, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", article_id, nullable=False),
        sa.Column("path", sa.Text, nullable=False, comment="JSON list of headings, outermost first"),
        sa.Column("fragment", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        _of_article(),
    )
    op.create_table(
        "knowledge_vector",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("article_id", article_id, primary_key=True),
        sa.Column("encoder", sa.String(64), primary_key=True, comment="sha256 of the model"),
        sa.Column("text_sha256", sa.String(64), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False, comment="float32, little-endian"),
        _of_article(),
    )
    op.create_table(
        "knowledge_index",
        sa.Column("site_id", site, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("calibration", sa.Text, comment="JSON; empty until fitted to the site's own questions"),
    )


def downgrade() -> None:
    for table in ("index", "vector", "passage", "revision", "article"):
        op.drop_table(f"knowledge_{table}")
