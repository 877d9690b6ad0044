"""Finding rows by words people write: labels, ids, items, zones, sources; accents and case do not count."""

from __future__ import annotations

from factors.catalogue import Catalogue
from factors.errors import FactorError, UnknownFactor
from factors.model import SPLIT_STAGES, STAGES, UNITS, Factor
from factors.names import near, plain

#: Words people write for what a row measures.
INDICATORS = {
    "gwp": "climat climate carbone carbon CO2",
    "adpe": "ressources resources métaux metals",
    "adpf": "fossiles fossil",
    "pe": "énergie primaire primary energy",
    "water": "eau water",
    "water_volume": "eau water",
    "wue": "eau water",
    "lifetime": "durée de vie lifetime",
    "energy": "énergie electricité kWh consommation",
    "power": "puissance watts",
    "share": "part",
}


def search(catalogue: Catalogue, words: str) -> tuple[Factor, ...]:
    """The rows that hold every word or its beginning, advised ones first, then in table order.

    Raises UnknownFactor with near names when no row does.
    """
    wanted = plain(words).split()
    items = {i.code: (i.label_fr, i.label_en, *i.aliases) for i in catalogue.items}
    zones = {z.code: (z.label_fr, z.label_en, *z.aliases) for z in catalogue.zones}
    found = [f for f in catalogue.factors if wanted and _holds(_text(f, items, zones), wanted)]
    if not found:
        names = [name for named in (items, zones) for code, names in named.items() for name in (code, *names)]
        raise UnknownFactor(words, near(words, [*names, *(f.id for f in catalogue.factors)]))
    return tuple(sorted(found, key=lambda factor: not factor.default))


def _text(factor: Factor, items: dict[str, tuple[str, ...]], zones: dict[str, tuple[str, ...]]) -> str:
    """All that a row may be found by, each word after a space."""
    names = (*items.get(factor.item, ()), *zones.get(factor.zone, ()))
    measured = INDICATORS.get(factor.indicator, "")
    texts = (factor.id, *factor.key, measured, factor.label_fr, factor.label_en, factor.source, *names)
    return " " + " ".join(plain(text) for text in texts)


def _holds(text: str, wanted: list[str]) -> bool:
    return all(f" {word}" in text for word in wanted)


def rows_of(catalogue: Catalogue, text: str) -> tuple[Factor, ...]:
    """The row with this id, or the advised rows of a key as people write it.

    A key is "item / indicator / stage / zone", parts that have no meaning left out, the indicator gwp by
    default: "laptop", "PC portable / energy", "électricité / gwp / La Réunion". An embodied impact gives the
    rows it is made of. Raises UnknownFactor with near ids and keys.
    """
    try:
        return (catalogue.get(text.strip()),)
    except UnknownFactor as unknown:
        try:
            return _rows_of_key(catalogue, text)
        except UnknownFactor as other:
            near_ones = (*other.near, *unknown.near) if "/" in text else (*unknown.near, *other.near)
            raise UnknownFactor(text, near_ones[:3]) from None


def _rows_of_key(catalogue: Catalogue, text: str) -> tuple[Factor, ...]:
    item, *rest = (part.strip() for part in text.split("/"))
    code = item_code(catalogue, item)
    indicator = next((part for part in rest if part in UNITS and part != code), None)
    indicator = indicator or (code if code in UNITS else "gwp")
    stage = next((part for part in rest if part and part in STAGES), "")
    zone = next((part for part in rest if part and part not in UNITS and part not in STAGES), "")
    zone = _zone(catalogue, zone)
    if (
        code in {one.code for one in catalogue.items}
        and stage in ("", "embodied", *SPLIT_STAGES)
        and not zone
    ):
        try:
            return (catalogue.find(code, indicator, stage),)
        except UnknownFactor:
            if stage in SPLIT_STAGES:
                raise
            return catalogue.embodied(code, indicator)
    return (catalogue.find(code, indicator, stage, zone),)


def item_code(catalogue: Catalogue, name: str) -> str:
    """The code of an item or of a parameter (electricity, pue…), however it is written; else the name as it is."""
    try:
        return catalogue.item(name).code
    except FactorError:
        parameters = {plain(factor.item): factor.item for factor in catalogue.factors}
        return {"electricite": "electricity"}.get(plain(name)) or parameters.get(plain(name), name)


def _zone(catalogue: Catalogue, name: str) -> str:
    if not name or any(factor.zone == name for factor in catalogue.factors):
        return name
    try:
        return catalogue.zone(name)
    except FactorError:
        return name
