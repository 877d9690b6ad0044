"""The tables an inventory is made of, and the words their columns and cells may hold.

A file or a sheet is recognised by its header alone: the order, case and accents do not matter.
"""

from pos_map.columns.base import Column, Need, Table
from pos_map.columns.landscape import FLOWS, MAP, NODES, ORGANISATIONS, PLACEMENTS, USE_CASES
from pos_map.columns.machines import (
    ASSETS,
    DATA_CENTRES,
    LINKS,
    MACHINES,
    PLATFORM_KEYS,
    READINGS,
    SERVICES,
    TERMINALS,
)
from pos_map.columns.words import HELP_SHEET, KINDS, OWNERSHIPS, PERIMETERS, STATUSES, YES_NO

TABLES = (
    DATA_CENTRES, ASSETS, MACHINES, LINKS, MAP, TERMINALS, USE_CASES, READINGS, SERVICES, PLATFORM_KEYS,
    NODES, PLACEMENTS, FLOWS, ORGANISATIONS,
)  # fmt: skip

__all__ = [
    "ASSETS",
    "DATA_CENTRES",
    "FLOWS",
    "HELP_SHEET",
    "KINDS",
    "LINKS",
    "MACHINES",
    "MAP",
    "NODES",
    "ORGANISATIONS",
    "OWNERSHIPS",
    "PERIMETERS",
    "PLACEMENTS",
    "PLATFORM_KEYS",
    "READINGS",
    "SERVICES",
    "STATUSES",
    "TABLES",
    "TERMINALS",
    "USE_CASES",
    "YES_NO",
    "Column",
    "Need",
    "Table",
]
