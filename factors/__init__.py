"""Emission factors: sourced tables, typed rows, look-up with near misses. Standard library only."""

from factors.catalogue import Catalogue
from factors.errors import (
    BadFactorRow,
    BadTables,
    FactorError,
    UnknownFactor,
    UnknownItem,
    UnknownZone,
)
from factors.loading import load
from factors.model import Factor, Item, Zone

__all__ = [
    "BadFactorRow",
    "BadTables",
    "Catalogue",
    "Factor",
    "FactorError",
    "Item",
    "UnknownFactor",
    "UnknownItem",
    "UnknownZone",
    "Zone",
    "load",
]
