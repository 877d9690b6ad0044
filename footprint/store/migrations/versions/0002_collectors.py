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


def downgrade() -> None:
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
