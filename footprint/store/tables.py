"""The tables of the store (SQLModel): campaigns, measures, people, the log; inventories and imports beside.

A campaign (millésime) is one organisation and one calendar year. Everything imported belongs to a
campaign and is keyed by the body's own codes inside it. Quantities carry their unit in the name.
Unknown is NULL, never 0. Instants are UTC ISO 8601 text, so they sort and round-trip on every engine.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from footprint.store.imported import ImportBatch, MatchRule, RecordNote
from footprint.store.inventory import (
    AiUseCase,
    Application,
    ApplicationLink,
    DataCentre,
    Flow,
    Node,
    Organisation,
    PhysicalAsset,
    Placement,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)

__all__ = [
    "ROLES",
    "AiUseCase",
    "Application",
    "ApplicationLink",
    "Assessment",
    "Campaign",
    "CollectToken",
    "DataCentre",
    "EnergyArchive",
    "EnergyHour",
    "EnergyMonth",
    "Event",
    "Flow",
    "ImportBatch",
    "MatchRule",
    "MeasuredRun",
    "Node",
    "Organisation",
    "PhysicalAsset",
    "Placement",
    "PlatformKey",
    "Reading",
    "ReceivedSpool",
    "RecordNote",
    "Service",
    "SignInLink",
    "SignInSession",
    "User",
    "VirtualMachine",
]

ROLES = ("lecteur", "contributeur", "urbaniste", "rso", "approbateur", "admin")


class Campaign(SQLModel, table=True):
    """One organisation and one calendar year."""

    id: int | None = Field(default=None, primary_key=True)
    organisation: str = Field(max_length=200)
    year: int
    zone: str = Field(default="FR", max_length=16)  # electricity zone where nothing else says
    created_at: str = Field(max_length=32)
    chosen: int = 0  # the campaign with the greatest is the current one
    assessment_id: str | None = Field(default=None, max_length=64)  # the assessment that views show
    settings: str = (
        "{}"  # JSON: how it is assessed where the body chose otherwise (assessment.inputs.Settings)
    )
    frozen_at: str | None = Field(default=None, max_length=32)  # nothing of it changes until it is reopened
    __table_args__ = (
        Index("ux_campaign", "organisation", "year", unique=True),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="ck_campaign_year"),
    )


class MeasuredRun(SQLModel, table=True):
    """What was measured; ingested once by run id.

    `subject`: a run of an application or model, a host, a service (an application's share of a server over a
    span), or a site (the meter of a building or room, kept for reconciliation and never added up).
    """

    __tablename__ = "measured_run"
    run_id: str = Field(primary_key=True, max_length=300)
    subject: str = Field(default="run", max_length=10)  # run | host | service | site
    application: str = Field(default="", max_length=200)
    model: str = Field(default="", max_length=200)
    phase: str = Field(default="", max_length=60)
    asset: str = Field(default="", max_length=300)  # inventory name of a sampled host
    state: str = Field(max_length=20)
    started_s: float = Field(index=True)  # UTC, seconds since 1970
    duration_s: float
    machine: str = Field(default="", max_length=64)
    zone: str = Field(max_length=16)
    pue: float | None = None
    capacity_share: float | None = None  # share of the machine's capacity the run used, 0..1
    threads: int | None = None  # of the machine
    virtual: bool = False  # a virtual machine: its threads are part of an unknown server
    requests: float | None = None
    functional_act: str = Field(default="", max_length=300)
    warnings: str = "[]"  # JSON list of codes
    inside: str = Field(default="", max_length=64)  # id of the run that encloses this one
    source: str = Field(default="recorder", max_length=40)  # which collector measured
    tokens_in: float | None = None
    tokens_out: float | None = None
    __table_args__ = (CheckConstraint("subject IN ('run','host','service','site')", name="ck_run_subject_2"),)


class EnergyHour(SQLModel, table=True):
    """Measured energy, rolled up by hour and component; idempotent by its key."""

    __tablename__ = "energy_hour"
    run_id: str = Field(primary_key=True, max_length=300, foreign_key="measured_run.run_id")
    hour: str = Field(primary_key=True, max_length=32)  # UTC, start of the hour
    component: str = Field(primary_key=True, max_length=220)
    channel: str = Field(primary_key=True, max_length=40)
    tier: str = Field(primary_key=True, max_length=20)
    seconds: float
    energy_kwh: float
    low_kwh: float
    high_kwh: float


class EnergyMonth(SQLModel, table=True):
    """What the archived hours of a run come to, month by month: totals never need the archive."""

    __tablename__ = "energy_month"
    run_id: str = Field(primary_key=True, max_length=300, foreign_key="measured_run.run_id")
    month: str = Field(primary_key=True, max_length=7)  # 2026-03
    component: str = Field(primary_key=True, max_length=220)
    channel: str = Field(primary_key=True, max_length=40)
    tier: str = Field(primary_key=True, max_length=20)
    seconds: float
    energy_kwh: float
    low_kwh: float
    high_kwh: float


class EnergyArchive(SQLModel, table=True):
    """A Parquet file of closed months: it counts from the commit that took its rows out of energy_hour."""

    __tablename__ = "energy_archive"
    path: str = Field(primary_key=True, max_length=300)  # inside the folder of the store
    month: str = Field(max_length=7, index=True)  # 2026-03
    rows: int
    sha256: str = Field(max_length=64)
    archived_at: str = Field(max_length=32)


class Assessment(SQLModel, table=True):
    """A computed assessment: its manifest here, its lines in a Parquet file beside the store."""

    id: str = Field(primary_key=True, max_length=64)  # digest of the manifest: same inputs, same id
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    created_at: str = Field(max_length=32)
    manifest: str  # JSON


class Event(SQLModel, table=True):
    """The append-only log: each event holds the digest of the one before (M9)."""

    seq: int = Field(primary_key=True)
    at: str = Field(max_length=32)
    actor: str = Field(max_length=300)
    kind: str = Field(max_length=60)
    subject: str = Field(max_length=200, index=True)
    payload: str  # canonical JSON
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)


class User(SQLModel, table=True):
    """A person who signs in."""

    __tablename__ = "account"
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=200, unique=True)
    name: str = Field(default="", max_length=200)
    function: str = Field(default="", max_length=200)
    role: str = Field(max_length=20)
    password_hash: str = Field(default="", max_length=300)
    disabled: bool = False
    created_at: str = Field(max_length=32)
    __table_args__ = (CheckConstraint("role IN ('" + "','".join(ROLES) + "')", name="ck_account_role"),)


class SignInSession(SQLModel, table=True):
    """A server-side session: the cookie's token is stored as its SHA-256."""

    __tablename__ = "signin_session"
    token_sha256: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: str = Field(max_length=32)
    expires_at: str = Field(max_length=32)


class SignInLink(SQLModel, table=True):
    """A one-time sign-in link: its token is stored as its SHA-256."""

    __tablename__ = "signin_link"
    token_sha256: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="account.id", index=True)
    expires_at: str = Field(max_length=32)
    used_at: str | None = Field(default=None, max_length=32)


class CollectToken(SQLModel, table=True):
    """A collector's bearer token, stored as its SHA-256."""

    __tablename__ = "collect_token"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100, unique=True)  # of a machine or an agent, never of a person
    scope: str = Field(max_length=20)
    token_sha256: str = Field(max_length=64, unique=True)
    created_at: str = Field(max_length=32)
    expires_at: str = Field(max_length=32)
    last_used: str | None = Field(default=None, max_length=10)  # the day, no more
    revoked_at: str | None = Field(default=None, max_length=32)


class ReceivedSpool(SQLModel, table=True):
    """What a collector sent over the network: the digest of the record, and with which token."""

    __tablename__ = "received_spool"
    run_id: str = Field(primary_key=True, max_length=300, foreign_key="measured_run.run_id")
    token_id: int = Field(foreign_key="collect_token.id", index=True)
    sha256: str = Field(max_length=64)
    size: int  # bytes
    received_on: str = Field(max_length=10)
    bad_lines: str = "{}"  # JSON: reason -> count
