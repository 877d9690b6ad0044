"""The tables of an inventory (SQLModel): what is imported into a campaign, keyed by the body's own codes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Node(SQLModel, table=True):
    """A node of the POS: zone, quartier, îlot, bloc or any label a body uses."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    code: str = Field(primary_key=True, max_length=300)
    parent: str | None = Field(default=None, max_length=300)
    level: str = Field(max_length=60)
    label: str = Field(max_length=300)
    position: int
    ref: str = ""  # its identifier in the tool it comes from


class Application(SQLModel, table=True):
    """An application of the POS."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    code: str = Field(primary_key=True, max_length=200)
    name: str = Field(max_length=300)
    node: str = Field(max_length=300)
    owner: str = Field(default="", max_length=200)
    branch: str = Field(default="", max_length=200)
    status: str = Field(default="", max_length=60)
    hosting: str = Field(default="", max_length=60)
    perimeter: str = Field(default="", max_length=20)
    users: int | None = None
    act_label: str = Field(default="", max_length=300)
    act_volume: float | None = None  # functional acts a year
    criticality: str = ""
    environments: str = ""
    kind: str = ""
    editor: str = ""
    technology: str = ""
    version: str = ""
    installed: date | None = None
    decommissioned: date | None = None
    yearly_cost_eur: float | None = None
    cigref_service: str = ""
    rgaa: float | None = None  # 0..1
    rgesn: float | None = None  # 0..1
    rto_h: float | None = None
    rpo_h: float | None = None
    security: str = ""
    gdpr_ref: str = ""
    approved: date | None = None
    documentation: str = ""
    description: str = ""
    replaces: str = ""  # former codes, "A;B"
    ref: str = ""
    na: str = ""  # fields that do not apply, joined by spaces


class Placement(SQLModel, table=True):
    """A second box an application covers, and for what part of it."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    application: str = Field(primary_key=True, max_length=200)
    node: str = Field(primary_key=True, max_length=300)
    share: float  # 0..1


class Flow(SQLModel, table=True):
    """Data going from an application to another."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    source: str = Field(primary_key=True, max_length=200)
    target: str = Field(primary_key=True, max_length=200)
    nature: str = Field(default="", primary_key=True, max_length=200)
    encrypted: bool | None = None
    bidirectional: bool | None = None


class Organisation(SQLModel, table=True):
    """A body, its other names and what took it over."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    code: str = Field(primary_key=True, max_length=200)
    name: str = Field(max_length=300)
    branch: str = ""
    parent: str = ""
    opened: date | None = None
    closed: date | None = None
    successor: str = ""
    aliases: str = ""


class DataCentre(SQLModel, table=True):
    """A data centre, or a room of one."""

    __tablename__ = "data_centre"
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    code: str = Field(primary_key=True, max_length=200)
    name: str = Field(max_length=300)
    pue: float | None = None
    location: str = Field(default="", max_length=100)
    entity: str = Field(default="", max_length=200)
    contract_kgco2e_kwh: float | None = None  # market-based
    parent: str = ""
    site: str = ""
    zone: str = ""
    wue: float | None = None  # litres a kWh
    power_kw: float | None = None
    host_entity: str = ""
    ref: str = ""
    na: str = ""


class Reading(SQLModel, table=True):
    """What the meters of a data centre say of one month."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    data_centre: str = Field(primary_key=True, max_length=200)
    month: date = Field(primary_key=True)  # its first day
    pue: float | None = None
    it_kwh: float | None = None
    total_kwh: float | None = None


class PhysicalAsset(SQLModel, table=True):
    """A line of equipment: host, storage bay, switch, laptops of a site…"""

    __tablename__ = "physical_asset"
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    name: str = Field(primary_key=True, max_length=300)
    model: str = Field(default="", max_length=300)
    type: str = Field(max_length=200)
    quantity: float
    data_centre: str = Field(default="", max_length=200)
    cluster: str = Field(default="", max_length=200)
    purchased: date | None = None
    retired: date | None = None
    status: str = Field(default="", max_length=100)
    country: str = Field(default="", max_length=100)
    site: str = Field(default="", max_length=200)
    entity: str = Field(default="", max_length=200)
    cores: float | None = None
    ram_gb: float | None = None
    yearly_kwh: float | None = None  # declared, for one unit
    share: float | None = None  # professional share, 0..1
    ownership: str = Field(default="", max_length=10)  # BYOD | COPE | ""
    lifetime_y: float | None = None
    refurbished: float | None = None  # 0..1
    upstream_y: float | None = None
    reuse: float | None = None  # 0..1
    total_life_y: float | None = None
    embodied_kgco2e: float | None = None  # the maker's figure, for one unit
    cpus: float | None = None
    ssd_gb: float | None = None
    hdds: float | None = None
    psus: float | None = None
    gpus: float | None = None
    gpu: str = Field(default="", max_length=200)
    ref: str = ""
    na: str = ""


class VirtualMachine(SQLModel, table=True):
    """A virtual machine, container or storage volume, and what it draws on."""

    __tablename__ = "virtual_machine"
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    name: str = Field(primary_key=True, max_length=300)
    host: str = Field(default="", max_length=300)
    cluster: str = Field(default="", max_length=200)
    kind: str = Field(default="calcul", max_length=20)
    key: float | None = None  # declared share of its pool, 0..1
    vcpu: float | None = None
    ram_gb: float | None = None
    storage_gb: float | None = None
    yearly_kwh: float | None = None
    entity: str = Field(default="", max_length=200)
    inside: str = ""
    ref: str = ""
    na: str = ""


class ApplicationLink(SQLModel, table=True):
    """An application uses a virtual machine, or a host directly, in one environment."""

    __tablename__ = "application_link"
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    application: str = Field(max_length=200)
    environment: str = Field(default="", max_length=60)
    vm: str = Field(default="", max_length=300)
    host: str = Field(default="", max_length=300)
    share: float | None = None
    __table_args__ = (Index("ix_application_link_key", "campaign_id", "application", "vm"),)


class Service(SQLModel, table=True):
    """A service bought outside (SaaS, cloud): a year of it, for one application."""

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    name: str = Field(primary_key=True, max_length=300)
    application: str = Field(max_length=200)
    environment: str = Field(default="", max_length=60)
    provider: str = Field(default="", max_length=200)
    country: str = Field(default="", max_length=100)
    yearly_kwh: float | None = None
    kgco2e: float | None = None
    spend_eur: float | None = None
    pue: float | None = None
    na: str = ""


class PlatformKey(SQLModel, table=True):
    """The part of a shared platform an application bears."""

    __tablename__ = "platform_key"
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    platform: str = Field(primary_key=True, max_length=200)
    application: str = Field(primary_key=True, max_length=200)
    share: float


class AiUseCase(SQLModel, table=True):
    """An AI use case, or an automate that is not AI, as the register holds it."""

    __tablename__ = "ai_use_case"
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    code: str = Field(primary_key=True, max_length=200)
    title: str = Field(max_length=300)
    application: str = Field(default="", max_length=200)
    model: str = Field(default="", max_length=200)
    automation: str = Field(default="", max_length=60)
    status: str = Field(default="", max_length=60)
    functional_act: str = Field(default="", max_length=300)
    yearly_volume: float | None = None
    abandon_reason: str = ""
    non_ai_alternative: str = ""
    human_decision: str = ""
    summary: str = ""
