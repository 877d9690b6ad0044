"""The application map and the inventory, as plain values.

Unknown text is "", an unknown number or date is None: a missing value is never zero. What does not apply is
unknown too, and its field is named in the entry's `na` (names joined by spaces).
Energy is in kWh a year, memory and storage in GB, shares are fractions of 1.
"""

from pos_map.model.inventory import IDENTITIES, TABLE_NAMES, Entry, Inventory, identity
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

__all__ = [
    "IDENTITIES",
    "TABLE_NAMES",
    "AiUseCase",
    "Application",
    "ApplicationLink",
    "DataCentre",
    "Entry",
    "Flow",
    "Inventory",
    "Node",
    "Organisation",
    "PhysicalAsset",
    "Placement",
    "PlatformKey",
    "Reading",
    "Service",
    "VirtualMachine",
    "identity",
]
