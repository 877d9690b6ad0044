"""What applications run on: rooms and their meters, equipment, virtual machines, services bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DataCentre:
    """A data centre, or a room of one (`parent` is then the centre's code, and gives what the room leaves out).

    `pue` has no unit and is at least 1; `wue` is in litres a kWh; `power_kw` is what it can feed;
    `location` is a country or territory as written, `zone` an electricity zone when it is known better;
    `contract_kgco2e_kwh` is what its electricity contract emits (market-based, never mixed with the rest).
    `host_entity` runs it for `entity`: of a body and its host, only one counts it.
    """

    code: str
    name: str
    pue: float | None = None
    location: str = ""
    entity: str = ""
    contract_kgco2e_kwh: float | None = None
    parent: str = ""
    site: str = ""
    zone: str = ""
    wue: float | None = None
    power_kw: float | None = None
    host_entity: str = ""
    ref: str = ""
    na: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meters of a data centre say of one month; `month` is its first day, energies are in kWh."""

    data_centre: str
    month: date
    pue: float | None = None
    it_kwh: float | None = None
    total_kwh: float | None = None


@dataclass(frozen=True, slots=True)
class PhysicalAsset:
    """A line of equipment: one machine or `quantity` alike.

    `data_centre` is "" for office equipment; `cluster` is "" for a standalone machine. `cores`, `ram_gb`
    and `yearly_kwh` (electricity of one unit in a year, PUE excluded) are per unit.
    `share` is the professional share of use, 0 to 1 (None: that of `ownership`, "BYOD", "COPE" or "").

    Lives are in years: `lifetime_y` in the body (None: that of the type), `upstream_y` before it for the part
    bought refurbished (`refurbished`, 0 to 1), `total_life_y` in all for the part sold or given to serve again
    (`reuse`, 0 to 1). `embodied_kgco2e` is the maker's figure for one unit, all stages but use. The fields
    from `cpus` to `gpu` are the configuration of one unit.
    """

    name: str
    model: str
    type: str
    quantity: float
    data_centre: str = ""
    cluster: str = ""
    purchased: date | None = None
    retired: date | None = None
    status: str = ""
    country: str = ""
    site: str = ""
    entity: str = ""
    cores: float | None = None
    ram_gb: float | None = None
    yearly_kwh: float | None = None
    share: float | None = None
    ownership: str = ""
    lifetime_y: float | None = None
    refurbished: float | None = None
    upstream_y: float | None = None
    reuse: float | None = None
    total_life_y: float | None = None
    embodied_kgco2e: float | None = None
    cpus: float | None = None
    ssd_gb: float | None = None
    hdds: float | None = None
    psus: float | None = None
    gpus: float | None = None
    gpu: str = ""
    ref: str = ""
    na: str = ""


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A virtual machine drawing on a host or on a cluster, or a container drawing on the machine `inside`.

    `kind` is "calcul", "stockage" or "conteneur"; `key` is its declared share of what it draws on, 0 to 1;
    `yearly_kwh` is its own electricity of a year when declared.
    """

    name: str
    host: str = ""
    cluster: str = ""
    kind: str = "calcul"
    key: float | None = None
    vcpu: float | None = None
    ram_gb: float | None = None
    storage_gb: float | None = None
    yearly_kwh: float | None = None
    entity: str = ""
    inside: str = ""
    ref: str = ""
    na: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationLink:
    """What an application runs on, in one environment: a virtual machine, or a host used directly.

    Exactly one of `vm` and `host` is set. `share` is the declared part of the machine, 0 to 1.
    """

    application: str
    environment: str
    vm: str = ""
    host: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service bought outside (SaaS, cloud): a year of it, for one application.

    `yearly_kwh` is its electricity (PUE excluded), `kgco2e` what the supplier declares, `spend_eur` the bill:
    the first known, in this order, is used.
    """

    name: str
    application: str
    environment: str = ""
    provider: str = ""
    country: str = ""
    yearly_kwh: float | None = None
    kgco2e: float | None = None
    spend_eur: float | None = None
    pue: float | None = None
    na: str = ""


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """The part of a shared platform (backup, supervision, Kubernetes…) an application bears, 0 to 1.

    The platform is itself an application of the map; what its keys leave stays with it.
    """

    platform: str
    application: str
    share: float
