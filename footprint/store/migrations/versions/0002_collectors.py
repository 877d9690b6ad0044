"""What more is measured: services and sites, nested runs, the collector, tokens; ids long enough for services."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("measured_run") as batch:
        batch.add_column(sa.Column("inside", sa.String(length=64), nullable=False, server_default=""))
        batch.add_column(sa.Column("source", sa.String(length=40), nullable=False, server_default="recorder"))
        batch.add_column(sa.Column("tokens_in", sa.Float(), nullable=True))
        batch.add_column(sa.Column("tokens_out", sa.Float(), nullable=True))
        batch.alter_column("run_id", existing_type=sa.String(length=64), type_=sa.String(length=300))
        batch.drop_constraint("ck_run_subject", type_="check")
        batch.create_check_constraint("ck_run_subject_2", "subject IN ('run','host','service','site')")
    with op.batch_alter_table("energy_hour") as batch:
        batch.alter_column("run_id", existing_type=sa.String(length=64), type_=sa.String(length=300))
        batch.alter_column("component", existing_type=sa.String(length=40), type_=sa.String(length=220))
    _tokens()


def _tokens() -> None:
    op.create_table(
        "collect_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("last_used", sa.String(length=10), nullable=True),
        sa.Column("revoked_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_table(
        "received_spool",
        sa.Column("run_id", sa.String(length=300), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("bad_lines", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["measured_run.run_id"]),
        sa.ForeignKeyConstraint(["token_id"], ["collect_token.id"]),
        sa.PrimaryKeyConstraint("run_id"),
    )
    with op.batch_alter_table("received_spool") as batch:
        batch.create_index(batch.f("ix_received_spool_token_id"), ["token_id"], unique=False)


def downgrade() -> None:
    op.drop_table("received_spool")
    op.drop_table("collect_token")
    op.execute(
        "DELETE FROM energy_hour WHERE run_id IN "
        "(SELECT run_id FROM measured_run WHERE subject NOT IN ('run','host'))"
    )
    op.execute("DELETE FROM measured_run WHERE subject NOT IN ('run','host')")
    with op.batch_alter_table("measured_run") as batch:
        for name in ("tokens_out", "tokens_in", "source", "inside"):
            batch.drop_column(name)
        batch.drop_constraint("ck_run_subject_2", type_="check")
        batch.create_check_constraint("ck_run_subject", "subject IN ('run','host')")
