"""From a row to a line of equipment: machines of data centres and office equipment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_map.columns import OWNERSHIPS
from pos_map.model import PhysicalAsset
from pos_map.rows import Row
from pos_map.values import meaning

# A name made of type, model, site and date leaves room for a number.
_LONGEST_STEM = 280


def asset(row: Row, known: Mapping[str, PhysicalAsset]) -> PhysicalAsset | None:
    """A line of equipment; None when it has no name. `known` are those the files complete, by name."""
    kind = row.required("type")
    if not (name := row.required("name")):
        return None
    return PhysicalAsset(
        name=name,
        model=row.word("model"),
        type=kind,
        quantity=_quantity(row, known.get(name)),
        data_centre=row.text("data_centre"),
        cluster=row.text("cluster"),
        purchased=row.day("purchased"),
        retired=row.day("retired"),
        status=row.word("status"),
        country=row.country("country"),
        site=row.word("site"),
        entity=row.word("entity"),
        cores=row.number("cores"),
        ram_gb=row.number("ram_gb"),
        yearly_kwh=row.number("yearly_kwh"),
        share=row.share("share"),
        cpus=row.number("cpus"),
        ssd_gb=row.number("ssd_gb"),
        hdds=row.number("hdds"),
        psus=row.number("psus"),
        gpus=row.number("gpus"),
        gpu=row.word("gpu"),
        **_life(row),
        ref=row.text("ref"),
        na=row.na,
    )


def _life(row: Row) -> dict[str, Any]:
    """How long the equipment serves and for whom (M3)."""
    return {
        "ownership": row.choice("ownership", OWNERSHIPS),
        "lifetime_y": row.positive("lifetime_y"),
        "refurbished": row.share("refurbished"),
        "upstream_y": row.number("upstream_y"),
        "reuse": row.share("reuse"),
        "total_life_y": row.positive("total_life_y"),
        "embodied_kgco2e": row.number("embodied_kgco2e"),
    }


def _quantity(row: Row, before: PhysicalAsset | None) -> float:
    if before is not None and not row.says("quantity"):
        return before.quantity
    found = row.number("quantity")
    if found is not None:
        return found
    if meaning(row.text("quantity")) or not row.says("quantity"):
        row.warning(
            "quantity",
            "blank-quantity",
            "La quantité n'est pas dite : 1 est retenu. Écrivez le nombre d'équipements.",
            "The quantity is not said: 1 is assumed. Write the number of pieces.",
        )
    return 1.0


def terminal(row: Row, taken: set[str], known: Mapping[str, PhysicalAsset]) -> PhysicalAsset | None:
    """A line of office equipment; without a name it takes one from its type, model, site and date.

    `taken` holds the names already given, and receives this one; `known` as for `asset`.
    """
    if not (kind := row.required("type")):
        return None
    purchased = row.day("purchased", year_alone=True)
    parts = (kind, row.word("model"), row.word("site"), purchased.isoformat() if purchased else "")
    name = row.text("name") or _free_name(" · ".join(part for part in parts if part)[:_LONGEST_STEM], taken)
    taken.add(name)
    return PhysicalAsset(
        name=name,
        model=parts[1],
        type=kind,
        quantity=_quantity(row, known.get(name)),
        purchased=purchased,
        country=row.country("country"),
        site=parts[2],
        entity=row.word("entity"),
        share=row.share("share"),
        **_life(row),
        na=row.na,
    )


def _free_name(stem: str, taken: set[str]) -> str:
    name, rank = stem, 1
    while name in taken:
        rank += 1
        name = f"{stem} ({rank})"
    return name
