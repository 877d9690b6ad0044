"""The tables of what imports leave beside an inventory (SQLModel): batches, warnings, matching rules."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class ImportBatch(SQLModel, table=True):
    """One import into a campaign, with what undoes it."""

    __tablename__ = "import_batch"
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    at: str = Field(max_length=32)
    actor: str = Field(max_length=300)
    files: str  # JSON: [{name, sha256, size}]
    mode: str = Field(max_length=20)  # replace | complete | rules
    digest: str = Field(max_length=64)
    counts: str  # JSON: table -> {added, removed, changed, moved, merged}
    undone_at: str | None = Field(default=None, max_length=32)
    undone_by: str | None = Field(default=None, max_length=300)
    before: bytes  # zlib of canonical JSON: store.undoing


class RecordNote(SQLModel, table=True):
    """A warning of an import, attached to the record it is about ("" when it is about a whole file)."""

    __tablename__ = "record_note"
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    import_id: int = Field(foreign_key="import_batch.id", index=True)
    entry_table: str = Field(max_length=40)
    entry_key: str  # JSON list: pos_map.model.identity
    file: str
    sheet: str
    line: int | None = None
    header: str
    value: str
    code: str = Field(max_length=60)
    fr: str
    en: str
    __table_args__ = (Index("ix_record_note_entry", "campaign_id", "entry_table"),)


class MatchRule(SQLModel, table=True):
    """What a body decided of a name that nothing bears, kept from year to year."""

    __tablename__ = "match_rule"
    id: int | None = Field(default=None, primary_key=True)
    organisation: str = Field(max_length=200)
    kind: str = Field(max_length=40)
    pattern: str = Field(max_length=200)
    regex: bool = False
    target: str
    actor: str = Field(max_length=300)
    at: str = Field(max_length=32)
    reason: str = ""
    __table_args__ = (Index("ux_match_rule", "organisation", "kind", "pattern", "regex", unique=True),)
