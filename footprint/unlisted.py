"""Names of an inventory that the factors in force do not know, and what they may be: said before an import."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import factors
from pos_map import Fault, Inventory
from pos_map.mending import nearest

_Said = Callable[[str, int, str], tuple[str, str]]


def unlisted(inventory: Inventory, catalogue: factors.Catalogue) -> list[Fault]:
    """A warning for each type of equipment, then for each country or zone, that the catalogue does not know.

    What has it is not assessed. A fault names the file "inventaire" and no line: the name may be on many.
    """
    types = ((asset.type, asset.name) for asset in inventory.assets)
    return [
        *_unknown(types, catalogue.item, "type", "unknown-type", _type),
        *_unknown(_places(inventory), catalogue.zone, "pays", "unlisted-country", _place),
    ]


def _places(inventory: Inventory) -> Iterable[tuple[str, str]]:
    yield from ((asset.country, asset.name) for asset in inventory.assets)
    yield from ((centre.zone or centre.location, centre.code) for centre in inventory.data_centres)
    yield from ((service.country, service.name) for service in inventory.services)


def _unknown(
    pairs: Iterable[tuple[str, str]], find: Callable[[str], object], column: str, code: str, said: _Said
) -> Iterable[Fault]:
    """A warning for each name that `find` refuses; `pairs` gives each with what bears it."""
    bearers: dict[str, list[str]] = {}
    for name, bearer in pairs:
        if name:
            bearers.setdefault(name, []).append(bearer)
    for name, named in bearers.items():
        try:
            find(name)
        except (factors.UnknownItem, factors.UnknownZone) as unknown:
            fr, en = said(name, len(named), named[0])
            if unknown.near:
                fr += f" Proches : {', '.join(unknown.near)}."
                en += f" Close: {', '.join(unknown.near)}."
            # A type near another one may be another thing; a country is misspelt.
            mend = nearest(name, unknown.near) if isinstance(unknown, factors.UnknownZone) else ""
            yield Fault("inventaire", "", None, column, name, code, "warning", fr, en, mend)


def _type(name: str, count: int, first: str) -> tuple[str, str]:
    return (
        f"« {name} » ({_lines_fr(count, first)}) n’est pas un type connu : non évalué.",
        f"“{name}” ({_lines_en(count, first)}) is not a known type: not assessed.",
    )


def _place(name: str, count: int, first: str) -> tuple[str, str]:
    return (
        f"« {name} » ({_lines_fr(count, first)}) n’est ni un pays ni une zone électrique connus : "
        "l’électricité consommée là n’est pas évaluée.",
        f"“{name}” ({_lines_en(count, first)}) is neither a known country nor electricity zone: the "
        "electricity used there is not assessed.",
    )


def _lines_fr(count: int, first: str) -> str:
    return first if count == 1 else f"{count} lignes, dont {first}"


def _lines_en(count: int, first: str) -> str:
    return first if count == 1 else f"{count} lines, {first} among them"
