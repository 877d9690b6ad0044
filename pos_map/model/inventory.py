"""An inventory: every table read, and what makes an entry the same from one file or one year to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from pos_map.model.landscape import AiUseCase, Application, Flow, Node, Organisation, Placement
from pos_map.model.machines import (
    ApplicationLink,
    DataCentre,
    PhysicalAsset,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)

Entry = (
    Node | Application | DataCentre | PhysicalAsset | VirtualMachine | ApplicationLink | AiUseCase
    | Reading | Service | PlatformKey | Placement | Flow | Organisation
)  # fmt: skip

# Table of an inventory -> the fields that name an entry of it.
IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "nodes": ("code",),
    "applications": ("code",),
    "data_centres": ("code",),
    "assets": ("name",),
    "machines": ("name",),
    "links": ("application", "environment", "vm", "host"),
    "use_cases": ("code",),
    "readings": ("data_centre", "month"),
    "services": ("name",),
    "platform_keys": ("platform", "application"),
    "placements": ("application", "node"),
    "flows": ("source", "target", "nature"),
    "organisations": ("code",),
}
TABLE_NAMES = tuple(IDENTITIES)
_GETTERS = {name: attrgetter(*fields) for name, fields in IDENTITIES.items()}


def identity(table: str, entry: Entry) -> tuple[Any, ...]:
    """What names an entry of a table: the values of its fields in `IDENTITIES`."""
    found = _GETTERS[table](entry)
    return found if isinstance(found, tuple) else (found,)


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
    placements: tuple[Placement, ...] = ()
    flows: tuple[Flow, ...] = ()
    organisations: tuple[Organisation, ...] = ()

    def by_identity(self, table: str) -> dict[tuple[Any, ...], Entry]:
        """The entries of a table by what names them, in order; the last one of a name."""
        return {identity(table, entry): entry for entry in getattr(self, table)}

    def merge(self, other: Inventory) -> Inventory:
        """This inventory with `other` laid over it: same identity is replaced in place, the rest appended."""
        laid: dict[str, Any] = {
            table: tuple({**self.by_identity(table), **other.by_identity(table)}.values())
            for table in TABLE_NAMES
        }
        return Inventory(**laid)
