"""Emission factors: sourced tables, typed rows, look-up with near misses. Standard library only."""

from factors.catalogue import Applied, Catalogue
from factors.differing import Change, diff
from factors.errors import (
    BadFactorRow,
    BadTables,
    ClashingChoices,
    FactorError,
    SwitchedOff,
    UnknownFactor,
    UnknownItem,
    UnknownVersion,
    UnknownZone,
)
from factors.loading import load, table_digests, versions
from factors.model import Choice, Factor, Item, Zone

__all__ = [
    "Applied",
    "BadFactorRow",
    "BadTables",
    "Catalogue",
    "Change",
    "Choice",
    "ClashingChoices",
    "Factor",
    "FactorError",
    "Item",
    "SwitchedOff",
    "UnknownFactor",
    "UnknownItem",
    "UnknownVersion",
    "UnknownZone",
    "Zone",
    "diff",
    "load",
    "table_digests",
    "versions",
]
