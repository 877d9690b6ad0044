"""What the complete engine needs: lives and configurations, readings, services, platform keys, settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from footprint.errors import StoreError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ASSET_NUMBERS = (
    "lifetime_y", "refurbished", "upstream_y", "reuse", "total_life_y", "embodied_kgco2e", "cpus", "ssd_gb",
    "hdds", "psus", "gpus",
)  # fmt: skip
TABLES = ("energy_archive", "energy_month", "platform_key", "service", "reading")


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("settings", sa.String(), nullable=False, server_default="{}"))
    with op.batch_alter_table("data_centre") as batch:
        batch.add_column(sa.Column("contract_kgco2e_kwh", sa.Float(), nullable=True))
    with op.batch_alter_table("physical_asset") as batch:
        for name in ASSET_NUMBERS:
            batch.add_column(sa.Column(name, sa.Float(), nullable=True))
        batch.add_column(sa.Column("ownership", sa.String(length=10), nullable=False, server_default=""))
        batch.add_column(sa.Column("gpu", sa.String(length=200), nullable=False, server_default=""))
    _readings()
    _services()
    op.create_table(
        "platform_key",
        _campaign(),
        sa.Column("platform", sa.String(length=200), nullable=False),
        sa.Column("application", sa.String(length=200), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "platform", "application"),
    )
    _archive()


def _campaign() -> sa.Column[int]:
    return sa.Column("campaign_id", sa.Integer(), nullable=False)


def _readings() -> None:
    op.create_table(
        "reading",
        _campaign(),
        sa.Column("data_centre", sa.String(length=200), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("pue", "it_kwh", "total_kwh")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "data_centre", "month"),
    )


def _services() -> None:
    op.create_table(
        "service",
        _campaign(),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("application", sa.String(length=200), nullable=False),
        sa.Column("environment", sa.String(length=60), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=100), nullable=False),
        *(
            sa.Column(name, sa.Float(), nullable=True)
            for name in ("yearly_kwh", "kgco2e", "spend_eur", "pue")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "name"),
    )


def _archive() -> None:
    op.create_table(
        "energy_archive",
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("archived_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_index("ix_energy_archive_month", "energy_archive", ["month"])
    op.create_table(
        "energy_month",
        sa.Column("run_id", sa.String(length=300), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("component", sa.String(length=220), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        *(
            sa.Column(name, sa.Float(), nullable=False)
            for name in ("seconds", "energy_kwh", "low_kwh", "high_kwh")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["measured_run.run_id"]),
        sa.PrimaryKeyConstraint("run_id", "month", "component", "channel", "tier"),
    )


def downgrade() -> None:
    """Refused once months were archived: the version before can't read their files."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM energy_archive")).first():
        raise StoreError(
            "Des mois d’énergie sont archivés : une version plus ancienne les perdrait. Revenez à une sauvegarde.",
            "Months of energy are archived: an older version would lose them. Go back to a backup.",
        )
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("physical_asset") as batch:
        for name in (*ASSET_NUMBERS, "ownership", "gpu"):
            batch.drop_column(name)
    with op.batch_alter_table("data_centre") as batch:
        batch.drop_column("contract_kgco2e_kwh")
    with op.batch_alter_table("campaign") as batch:
        batch.drop_column("settings")
