"""Map of the information system (POS) and inventory: model, importers, validation."""

from pathlib import Path

from pos_map.faults import Fault
from pos_map.matching import Rule, Unmatched
from pos_map.model import (
    AiUseCase,
    Application,
    ApplicationLink,
    DataCentre,
    Flow,
    Inventory,
    Node,
    Organisation,
    PhysicalAsset,
    Placement,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)
from pos_map.reading import Gathered, gather, read
from pos_map.spelling import near

__all__ = [
    "AiUseCase",
    "Application",
    "ApplicationLink",
    "DataCentre",
    "Fault",
    "Flow",
    "Gathered",
    "Inventory",
    "Node",
    "Organisation",
    "PhysicalAsset",
    "Placement",
    "PlatformKey",
    "Reading",
    "Rule",
    "Service",
    "Unmatched",
    "VirtualMachine",
    "gather",
    "near",
    "read",
    "sample_paths",
]


def sample_paths() -> list[Path]:
    """The files of the sample estate shipped with the package (fictional "Caisse Exemple")."""
    folder = Path(__file__).parent / "sample"
    return sorted([*folder.glob("*.csv"), *folder.glob("*.xlsx")])
