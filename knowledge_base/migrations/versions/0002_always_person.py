"""An article may say that its topic always goes to a person; each revision says it for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("knowledge_revision") as table:
        table.add_column(sa.Column("always_person", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("knowledge_revision") as table:
        table.drop_column("always_person")
