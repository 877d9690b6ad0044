"""From rows to the entries of the inventory, each kept with the row it comes from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pos_map import complements, equipment, landscape
from pos_map.columns import (
    ASSETS,
    DATA_CENTRES,
    FLOWS,
    KINDS,
    LINKS,
    MACHINES,
    MAP,
    NODES,
    ORGANISATIONS,
    PLACEMENTS,
    PLATFORM_KEYS,
    READINGS,
    SERVICES,
    STATUSES,
    TERMINALS,
    USE_CASES,
)
from pos_map.model import (
    AiUseCase,
    Application,
    ApplicationLink,
    DataCentre,
    Flow,
    Inventory,
    Organisation,
    PhysicalAsset,
    Placement,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)
from pos_map.placement import MapBuilder
from pos_map.rows import Row
from pos_map.saying import number_fr

T = TypeVar("T")
# A PUE beyond this is a slip of the decimal mark more often than a real room.
_UNLIKELY_PUE = 4.0


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """An entry and the row it was read from."""

    entry: T
    row: Row


@dataclass
class Estate:
    """Entries of all files, before the checks that go across them.

    `link_rows` keeps every line of the applications' files, those that name no machine included; `box_rows` those
    of the boxes declared by code. `by_rule` is what matching rules alone made: links (machine, application), places
    (application, box) and boxes, each with its table first.
    """

    map: MapBuilder
    box_rows: Sequence[Row] = field(default=(), init=False)
    by_rule: set[tuple[str, str, str]] = field(default_factory=set, init=False)
    data_centres: list[Located[DataCentre]] = field(default_factory=list)
    assets: list[Located[PhysicalAsset]] = field(default_factory=list)
    machines: list[Located[VirtualMachine]] = field(default_factory=list)
    applications: list[Located[Application]] = field(default_factory=list)
    link_rows: list[Located[ApplicationLink]] = field(default_factory=list)
    use_cases: list[Located[AiUseCase]] = field(default_factory=list)
    readings: list[Located[Reading]] = field(default_factory=list)
    services: list[Located[Service]] = field(default_factory=list)
    platform_keys: list[Located[PlatformKey]] = field(default_factory=list)
    placements: list[Located[Placement]] = field(default_factory=list)
    flows: list[Located[Flow]] = field(default_factory=list)
    organisations: list[Located[Organisation]] = field(default_factory=list)

    def located(self) -> dict[str, list[Located[Any]]]:
        """The entries with their rows, by table of the inventory; the map's boxes stand in several rows."""
        return {
            "applications": self.applications,
            "data_centres": self.data_centres,
            "assets": self.assets,
            "machines": self.machines,
            "links": self.link_rows,
            "use_cases": self.use_cases,
            "readings": self.readings,
            "services": self.services,
            "platform_keys": self.platform_keys,
            "placements": self.placements,
            "flows": self.flows,
            "organisations": self.organisations,
        }

    def inventory(self) -> Inventory:
        """The entries alone. A link that names no machine links nothing, and a repeated one counts once."""
        tables = {
            table: tuple(line.entry for line in lines)
            for table, lines in self.located().items()
            if table != "links"
        }
        links = dict.fromkeys(located.entry for located in self.link_rows)
        kept = tuple(link for link in links if link.vm or link.host)
        return Inventory(nodes=self.map.nodes(), links=kept, **tables)


def build(rows: Mapping[str, Sequence[Row]], boxes: MapBuilder, base: Inventory) -> Estate:
    """Entries of the rows of each kind of table; faults of cells are noted in the rows.

    `boxes` holds the map as it was, `base` what the files complete. Applications named only by the links come
    later (`add_unmapped`).
    """
    estate = Estate(boxes)
    equipped = {asset.name: asset for asset in base.assets}
    placed = {app.code: app.node for app in base.applications}
    estate.data_centres = _each(rows.get(DATA_CENTRES.kind, ()), _data_centre)
    estate.assets = _each(rows.get(ASSETS.kind, ()), lambda row: equipment.asset(row, equipped))
    taken = {located.entry.name for located in estate.assets}
    estate.assets += _each(rows.get(TERMINALS.kind, ()), lambda row: equipment.terminal(row, taken, equipped))
    estate.machines = _each(rows.get(MACHINES.kind, ()), _machine)
    estate.box_rows = rows.get(NODES.kind, ())
    landscape.declare(estate.box_rows, boxes)
    estate.applications = _each(rows.get(MAP.kind, ()), lambda row: landscape.mapped(row, boxes, placed))
    estate.link_rows = _each(rows.get(LINKS.kind, ()), _link)
    estate.use_cases = _each(rows.get(USE_CASES.kind, ()), _use_case)
    estate.readings = _each(rows.get(READINGS.kind, ()), complements.reading)
    estate.services = _each(rows.get(SERVICES.kind, ()), complements.service)
    estate.platform_keys = _each(rows.get(PLATFORM_KEYS.kind, ()), complements.platform_key)
    estate.placements = _each(rows.get(PLACEMENTS.kind, ()), lambda row: landscape.placement(row, boxes))
    estate.flows = _each(rows.get(FLOWS.kind, ()), landscape.flow)
    estate.organisations = _each(rows.get(ORGANISATIONS.kind, ()), landscape.organisation)
    return estate


def _each(rows: Sequence[Row], make: Callable[[Row], T | None]) -> list[Located[T]]:
    return [Located(entry, row) for row in rows if (entry := make(row)) is not None]


def _data_centre(row: Row) -> DataCentre | None:
    if not (code := row.required("code")):
        return None
    pue = row.number("pue", least=1.0)
    if pue is not None and pue > _UNLIKELY_PUE:
        row.warning(
            "pue",
            "unlikely-pue",
            f"Le PUE {number_fr(pue)} est improbable : une valeur de 1 à {_UNLIKELY_PUE:g} est attendue.",
            f"The PUE {pue:g} is unlikely: a value from 1 to {_UNLIKELY_PUE:g} is expected.",
        )
    return DataCentre(
        code,
        row.text("name") or code,
        pue,
        row.country("location"),
        row.word("entity"),
        row.number("contract_kgco2e_kwh"),
        parent=row.text("parent"),
        site=row.word("site"),
        zone=row.country("zone"),
        wue=row.number("wue"),
        power_kw=row.number("power_kw"),
        host_entity=row.word("host_entity"),
        ref=row.text("ref"),
        na=row.na,
    )


def _machine(row: Row) -> VirtualMachine | None:
    if not (name := row.required("name")):
        return None
    return VirtualMachine(
        name=name,
        host=row.text("host"),
        cluster=row.text("cluster"),
        # The State's format leaves the type blank for ordinary machines.
        kind=row.choice("kind", KINDS) or "calcul",
        key=row.share("key"),
        vcpu=row.number("vcpu"),
        ram_gb=row.number("ram_gb"),
        storage_gb=row.number("storage_gb"),
        yearly_kwh=row.number("yearly_kwh"),
        entity=row.word("entity"),
        inside=row.text("inside"),
        ref=row.text("ref"),
        na=row.na,
    )


def _link(row: Row) -> ApplicationLink | None:
    """A line of an application. When it names a virtual machine and its host, the machine is what counts."""
    if not (application := row.required("application")):
        return None
    vm = row.text("vm")
    return ApplicationLink(
        application, row.text("environment"), vm, "" if vm else row.text("host"), row.share("share")
    )


def add_unmapped(estate: Estate, known: Collection[str]) -> None:
    """Applications that no map names: placed by their first domaine and sousDomaine, owned by nomEntite.

    `known` are the codes already on the map before these files.
    """
    mapped = {located.entry.code for located in estate.applications} | set(known)
    placed: dict[str, Located[Application]] = {}
    for located in estate.link_rows:
        code, row = located.entry.application, located.row
        if code in mapped:
            continue
        labels = (row.text("domain"), row.text("sub_domain"))
        if code not in placed:
            entry = Application(code, code, estate.map.place(labels), owner=row.word("entity"))
            placed[code] = Located(entry, row)
        elif any(labels) and (node := estate.map.place(labels)) != placed[code].entry.node:
            _contradiction(placed[code], row, node)
    estate.applications += placed.values()


def _contradiction(first: Located[Application], row: Row, node: str) -> None:
    code = first.entry.code
    row.warning(
        "domain",
        "two-places",
        f"L'application « {code} » est placée dans « {node} », mais dans « {first.entry.node} » à la "
        f"{first.row.place.fr()} : cette première place est gardée, une seule est attendue.",
        f"The application “{code}” is placed in “{node}”, but in “{first.entry.node}” at "
        f"{first.row.place.en()}: that first place is kept, only one is expected.",
    )


def _use_case(row: Row) -> AiUseCase | None:
    title, code = row.required("title"), row.required("code")
    if not code:
        return None
    return AiUseCase(
        code=code,
        title=title,
        application=row.text("application"),
        model=row.text("model"),
        automation=row.text("automation"),
        status=row.choice("status", STATUSES),
        functional_act=row.text("functional_act"),
        yearly_volume=row.number("yearly_volume"),
        abandon_reason=row.text("abandon_reason"),
        non_ai_alternative=row.text("non_ai_alternative"),
        human_decision=row.text("human_decision"),
        summary=row.text("summary"),
    )
