"""Configurations of servers, and what their parts weigh."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

import factors
from factors import Catalogue
from footprint.assessment.server_estimate import CONFIGURATION, estimate

CATALOGUE = factors.load()
MEDIUM = {"cpus": 2.0, "cores": 48.0, "ram_gb": 256.0, "ssd_gb": 1000.0, "hdds": 0.0, "psus": 2.0}


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), pa.schema(list(CONFIGURATION.items())))


def parts_of(*rows: dict[str, Any], catalogue: Catalogue = CATALOGUE) -> list[dict[str, Any]]:
    return list(estimate(table(*rows), catalogue).to_pylist())


def amounts(
    configuration: dict[str, Any], indicator: str = "gwp", catalogue: Catalogue = CATALOGUE
) -> dict[str, float]:
    """Amount by part of one configuration, the whole under ""."""
    rows = parts_of(configuration, catalogue=catalogue)
    return {row["component"]: row["amount"] for row in rows if row["indicator"] == indicator}
