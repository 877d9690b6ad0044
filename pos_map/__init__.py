"""Map of the information system (POS) and inventory: model, importers, validation."""

from pathlib import Path

from pos_map.faults import Fault
from pos_map.model import (
    AiUseCase,
    Application,
    ApplicationLink,
    DataCentre,
    Inventory,
    Node,
    PhysicalAsset,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)
from pos_map.reading import read
from pos_map.spelling import near

__all__ = [
    "AiUseCase",
    "Application",
    "ApplicationLink",
    "DataCentre",
    "Fault",
    "Inventory",
    "Node",
    "PhysicalAsset",
    "PlatformKey",
    "Reading",
    "Service",
    "VirtualMachine",
    "near",
    "read",
    "sample_paths",
]


def sample_paths() -> list[Path]:
    """The files of the sample estate shipped with the package (fictional "Caisse Exemple")."""
    folder = Path(__file__).parent / "sample"
    return sorted([*folder.glob("*.csv"), *folder.glob("*.xlsx")])
