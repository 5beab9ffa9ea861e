"""Leases, cursors, offers and letters: what several processes and a desk of many agents need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_AGENTS = ("known_agent_id", "offered_to", "transfer_to")


def _added() -> dict[str, list[sa.Column[object]]]:
    """New columns by table; fresh ones, because a column belongs to one table."""
    return {
        "customer": [sa.Column("phone", sa.String(length=40), server_default="", nullable=False)],
        "agent": [
            sa.Column("skills", sa.JSON(), server_default="[]", nullable=False),
            sa.Column("languages", sa.JSON(), server_default="[]", nullable=False),
            sa.Column("idle_since", sa.DateTime(timezone=True)),
        ],
        "bot_turn": [
            sa.Column("asked_at", sa.Float(), server_default="0", nullable=False),
            sa.Column("worker", sa.String(length=40)),
            sa.Column("lease_until", sa.Float()),
            sa.Column("said_so", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        ],
        "handoff": [
            sa.Column("channel", sa.String(length=10), server_default="chat", nullable=False),
            sa.Column("skill", sa.String(length=40), server_default="", nullable=False),
            sa.Column("language", sa.String(length=8), server_default="", nullable=False),
            sa.Column("known_agent_id", sa.String(length=64)),
            sa.Column("offered_to", sa.String(length=64)),
            sa.Column("offer_until", sa.Float()),
            sa.Column("passed_by", sa.JSON(), server_default="[]", nullable=False),
            sa.Column("transfer_to", sa.String(length=64)),
            sa.Column("transfer_skill", sa.String(length=40), server_default="", nullable=False),
            sa.Column("transfer_until", sa.Float()),
            sa.Column("agent_away", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        ],
    }


def upgrade() -> None:
    for table, columns in _added().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
            if table == "handoff":
                for name in _AGENTS:
                    batch.create_foreign_key(op.f(f"fk_handoff_{name}"), "agent", [name], ["id"])
    op.create_index("ix_handoff_claimed", "handoff", ["site_id", "claimed_at"])
    op.create_table(
        "cursor",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.String(length=10), nullable=False),
        sa.Column("delivered_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_seq", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_cursor_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "reader", name=op.f("pk_cursor")),
    )
    op.create_table(
        "presence",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "role", "key", "gateway", name=op.f("pk_presence")),
    )
    op.create_table(
        "mail",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.Float(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.Float()),
        sa.Column("error", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_mail_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("site_id", "key", name=op.f("uq_mail_site_id_key")),
    )
    op.create_index("ix_mail_conversation_id", "mail", ["conversation_id"])
    op.create_index("ix_mail_open", "mail", ["state", "not_before"])


def downgrade() -> None:
    op.drop_table("mail")
    op.drop_table("presence")
    op.drop_table("cursor")
    op.drop_index("ix_handoff_claimed", "handoff")
    added = _added()
    with op.batch_alter_table("handoff") as batch:
        for name in _AGENTS:
            batch.drop_constraint(op.f(f"fk_handoff_{name}"), type_="foreignkey")
        for column in added.pop("handoff"):
            batch.drop_column(column.name)
    for table, columns in added.items():  # no copy in their place: others refer to their rows
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
