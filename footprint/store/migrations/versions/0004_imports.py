"""What imports keep: the wider model of the map and of the inventory, batches that can be undone, warnings
attached to records, matching rules, frozen campaigns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from footprint.errors import StoreError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXTS = {
    "node": ("ref",),
    "application": (
        "criticality", "environments", "kind", "editor", "technology", "version", "cigref_service", "security",
        "gdpr_ref", "documentation", "description", "replaces", "ref", "na",
    ),
    "data_centre": ("parent", "site", "zone", "host_entity", "ref", "na"),
    "physical_asset": ("ref", "na"),
    "virtual_machine": ("inside", "ref", "na"),
    "service": ("na",),
}  # fmt: skip
NUMBERS = {
    "application": ("yearly_cost_eur", "rgaa", "rgesn", "rto_h", "rpo_h"),
    "data_centre": ("wue", "power_kw"),
}
DATES = {"application": ("installed", "decommissioned", "approved")}
TABLES = ("record_note", "import_batch", "match_rule", "organisation", "flow", "placement")


def upgrade() -> None:
    for table, names in TEXTS.items():
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
            for name in NUMBERS.get(table, ()):
                batch.add_column(sa.Column(name, sa.Float(), nullable=True))
            for name in DATES.get(table, ()):
                batch.add_column(sa.Column(name, sa.Date(), nullable=True))
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("frozen_at", sa.String(length=32), nullable=True))
    op.drop_index("ix_application_link_campaign_id", "application_link")
    op.create_index("ix_application_link_key", "application_link", ["campaign_id", "application", "vm"])
    _landscape()
    _imports()
    _rules()


def _campaign() -> sa.Column[int]:
    return sa.Column("campaign_id", sa.Integer(), nullable=False)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _landscape() -> None:
    op.create_table(
        "placement",
        _campaign(),
        _text("application", 200),
        _text("node", 300),
        sa.Column("share", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "application", "node"),
    )
    op.create_table(
        "flow",
        _campaign(),
        *(_text(name, 200) for name in ("source", "target", "nature")),
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in ("encrypted", "bidirectional")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "source", "target", "nature"),
    )
    op.create_table(
        "organisation",
        _campaign(),
        _text("code", 200),
        _text("name", 300),
        _text("branch"),
        _text("parent"),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("opened", "closed")),
        _text("successor"),
        _text("aliases"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "code"),
    )


def _imports() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        _campaign(),
        _text("at", 32),
        _text("actor", 300),
        _text("files"),
        _text("mode", 20),
        _text("digest", 64),
        _text("counts"),
        sa.Column("undone_at", sa.String(length=32), nullable=True),
        sa.Column("undone_by", sa.String(length=300), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_import_batch_campaign_id", "import_batch", ["campaign_id"])
    op.create_table(
        "record_note",
        sa.Column("id", sa.Integer(), nullable=False),
        _campaign(),
        sa.Column("import_id", sa.Integer(), nullable=False),
        _text("entry_table", 40),
        *(_text(name) for name in ("entry_key", "file", "sheet")),
        sa.Column("line", sa.Integer(), nullable=True),
        *(_text(name) for name in ("header", "value")),
        _text("code", 60),
        *(_text(name) for name in ("fr", "en")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_record_note_import_id", "record_note", ["import_id"])
    op.create_index("ix_record_note_entry", "record_note", ["campaign_id", "entry_table"])


def _rules() -> None:
    op.create_table(
        "match_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("organisation", 200),
        _text("kind", 40),
        _text("pattern", 200),
        sa.Column("regex", sa.Boolean(), nullable=False),
        _text("target"),
        _text("actor", 300),
        _text("at", 32),
        _text("reason"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ux_match_rule", "match_rule", ["organisation", "kind", "pattern", "regex"], unique=True)


def downgrade() -> None:
    """Refused while a campaign is frozen: the version before would let it change."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM campaign WHERE frozen_at IS NOT NULL")).first():
        raise StoreError(
            "Une campagne est figée : une version plus ancienne la laisserait changer. Rouvrez-la d’abord.",
            "A campaign is frozen: an older version would let it change. Reopen it first.",
        )
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_application_link_key", "application_link")
    op.create_index("ix_application_link_campaign_id", "application_link", ["campaign_id"])
    with op.batch_alter_table("campaign") as batch:
        batch.drop_column("frozen_at")
    for table, names in TEXTS.items():
        with op.batch_alter_table(table) as batch:
            for name in (*names, *NUMBERS.get(table, ()), *DATES.get(table, ())):
                batch.drop_column(name)
