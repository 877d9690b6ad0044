"""The application map and the inventory, as plain values.

Unknown text is "", an unknown number or date is None: a missing value is never zero.
Energy is in kWh a year, memory and storage in GB, shares are fractions of 1.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the map. `code` is a path of slugs ("relation/courrier"), stable from year to year.

    `level` is a free label (zone, quartier, îlot, bloc); `position` is the rank among its siblings, from 0.
    """

    code: str
    parent: str | None
    level: str
    label: str
    position: int


@dataclass(frozen=True, slots=True)
class Application:
    """One application of the map.

    `perimeter` is "interne", "usagers" or ""; `users` are people using it in the year;
    `act_volume` counts functional acts (`act_label`) a year.
    """

    code: str
    name: str
    node: str
    owner: str = ""
    branch: str = ""
    status: str = ""
    hosting: str = ""
    perimeter: str = ""
    users: int | None = None
    act_label: str = ""
    act_volume: float | None = None


@dataclass(frozen=True, slots=True)
class DataCentre:
    """A data centre or server room.

    `pue` has no unit and is at least 1; `location` is a country or territory as written;
    `contract_kgco2e_kwh` is what its electricity contract emits (market-based, never mixed with the rest).
    """

    code: str
    name: str
    pue: float | None = None
    location: str = ""
    entity: str = ""
    contract_kgco2e_kwh: float | None = None


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
    (`reuse`, 0 to 1). `embodied_kgco2e` is the maker's figure for one unit, all stages but use. The last
    fields, from `cpus` on, are the configuration of one unit.
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


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A virtual machine drawing on a host or on a cluster.

    `kind` is "calcul" or "stockage"; `key` is its declared share of its host, 0 to 1;
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


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """The part of a shared platform (backup, supervision, Kubernetes…) an application bears, 0 to 1.

    The platform is itself an application of the map; what its keys leave stays with it.
    """

    platform: str
    application: str
    share: float


@dataclass(frozen=True, slots=True)
class AiUseCase:
    """A use case of AI or of plain automation, abandoned ones included.

    `automation` is "ML", "IAG", "RPA", "règles"…; `status` is one of the words of `columns.STATUSES`;
    `yearly_volume` counts functional acts a year.
    """

    code: str
    title: str
    application: str = ""
    model: str = ""
    automation: str = ""
    status: str = ""
    functional_act: str = ""
    yearly_volume: float | None = None
    abandon_reason: str = ""
    non_ai_alternative: str = ""
    human_decision: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything read: the map, what it runs on and the AI use cases, in the order of the files."""

    nodes: tuple[Node, ...] = ()
    applications: tuple[Application, ...] = ()
    data_centres: tuple[DataCentre, ...] = ()
    assets: tuple[PhysicalAsset, ...] = ()
    machines: tuple[VirtualMachine, ...] = ()
    links: tuple[ApplicationLink, ...] = ()
    use_cases: tuple[AiUseCase, ...] = ()
    readings: tuple[Reading, ...] = ()
    services: tuple[Service, ...] = ()
    platform_keys: tuple[PlatformKey, ...] = ()

    def merge(self, other: Inventory) -> Inventory:
        """This inventory with `other` laid over it: same identity is replaced in place, the rest appended."""
        return Inventory(
            nodes=_lay(self.nodes, other.nodes, lambda node: node.code),
            applications=_lay(self.applications, other.applications, lambda app: app.code),
            data_centres=_lay(self.data_centres, other.data_centres, lambda centre: centre.code),
            assets=_lay(self.assets, other.assets, lambda asset: asset.name),
            machines=_lay(self.machines, other.machines, lambda vm: vm.name),
            links=_lay(
                self.links, other.links, lambda link: (link.application, link.environment, link.vm, link.host)
            ),
            use_cases=_lay(self.use_cases, other.use_cases, lambda case: case.code),
            readings=_lay(
                self.readings, other.readings, lambda reading: (reading.data_centre, reading.month)
            ),
            services=_lay(self.services, other.services, lambda service: service.name),
            platform_keys=_lay(
                self.platform_keys, other.platform_keys, lambda key: (key.platform, key.application)
            ),
        )


def _lay(base: tuple[T, ...], over: tuple[T, ...], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """`base` then `over`, one entry a key: the last value at the first place."""
    return tuple({key(entry): entry for entry in (*base, *over)}.values())
