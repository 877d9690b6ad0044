"""Inputs of formulas: a value, its unit, and where it comes from (factor, source, year, or who said it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factors import Catalogue, FactorError
from footprint.assessment.vocabulary import STATEMENT
from footprint.sheets import Explanation, Input
from footprint.texts import say
from footprint.wording import STAGES, word

Row = dict[str, Any]
Assets = Mapping[str, Any]  # equipment lines of the inventory by name, as the store keeps them
MEASURED = "mesure"


def sourced(fr: str, en: str, value: Any, unit: str, factor_id: str, catalogue: Catalogue) -> Input:
    """A factor of the catalogue, with its source and year; only the id when another set had it."""
    try:
        factor = catalogue.get(factor_id)
    except FactorError:
        return Input(fr, en, value, unit, factor_id)
    return Input(fr, en, value, unit, factor_id, factor.source, factor.year)


def catalogued(identifier: str | None) -> str:
    """The id when it is one of the catalogue; what the body states or measures carries a prefix."""
    return "" if not identifier or ":" in identifier or identifier == MEASURED else identifier


def stated() -> str:
    """The source of a value of the inventory."""
    return say("inventaire de l’organisme", "the body's inventory")


def unit_energy(row: Row, catalogue: Catalogue) -> Input:
    """The yearly energy of one unit: of the type, declared, or the mean power of what was measured."""
    names, unit = ("énergie d’une unité", "energy of a unit"), say("kWh/an", "kWh/year")
    known = catalogued(row["activity_id"])
    if known:
        return sourced(*names, row["unit_kwh"], unit, known, catalogue)
    told = (row["activity_id"] or "").startswith(STATEMENT)
    source = stated() if told else say("puissance moyenne mesurée", "mean power measured")
    return Input(*names, row["unit_kwh"], unit, "", source)


def pue(row: Row, catalogue: Catalogue) -> Input:
    """The PUE: of the catalogue, or that of the site, declared or read by month."""
    known = catalogued(row["pue_id"])
    if known:
        return sourced("PUE", "PUE", row["pue"], "1", known, catalogue)
    kind, _, name = (row["pue_id"] or "").partition(":")
    of_site = (
        say(f"inventaire et relevés de {name}", f"inventory and readings of {name}") if kind == "pue" else ""
    )
    return Input("PUE", "PUE", row["pue"], "1", "", of_site)


def electricity(row: Row, catalogue: Catalogue, unit: str) -> Input:
    """The factor of a kWh: the zone's, or that of the data centre's contract (market-based)."""
    kind, _, centre = row["factor_id"].partition(":")
    if kind == "contrat":
        source = say(f"contrat déclaré de {centre}", f"declared contract of {centre}")
        return Input(
            "électricité du contrat", "contract electricity", row["factor"], f"{unit}/kWh", "", source
        )
    names = (f"électricité {row['zone']}", f"electricity {row['zone']}")
    return sourced(*names, row["factor"], f"{unit}/kWh", row["factor_id"], catalogue)


def share(row: Row, record: Any, catalogue: Catalogue) -> Input:
    """The professional share: as typed, else that of a machine people own (BYOD) or take home (COPE)."""
    names = ("part professionnelle", "professional share")
    ownership = getattr(record, "ownership", "") if getattr(record, "share", None) is None else ""
    if ownership:
        try:
            factor = catalogue.find("professional-share", "share", "", ownership.lower())
        except FactorError:
            factor = None
        if factor and factor.value == row["share"]:
            return sourced(*names, row["share"], "1", factor.id, catalogue)
    return Input(*names, row["share"], "1")


def made(row: Row, catalogue: Catalogue, unit: str) -> Input:
    """What making one unit emits: the maker's figure, one component, or the type's value."""
    if row["factor_id"].startswith(STATEMENT):
        names = ("fabrication déclarée", "declared manufacture")
        return Input(*names, row["factor"], say(f"{unit}/unité", f"{unit}/unit"), "", stated())
    if row["part"]:
        return sourced(
            "facteur du composant", "factor of the component", row["factor"],
            component_unit(row, catalogue, unit), row["factor_id"], catalogue,
        )  # fmt: skip
    names = STAGES.get(row["stage"], (row["stage"], row["stage"]))
    return sourced(*names, row["factor"], say(f"{unit}/unité", f"{unit}/unit"), row["factor_id"], catalogue)


def component_unit(row: Row, catalogue: Catalogue, unit: str) -> str:
    """The unit of a component's factor, as the catalogue writes it."""
    try:
        return catalogue.get(row["factor_id"]).unit
    except FactorError:
        return unit


def lifetime(row: Row, record: Any, catalogue: Catalogue) -> tuple[Input, tuple[Explanation, ...]]:
    """The years a machine's making is spread over, and how they are composed (second-hand, reuse) when they are.

    lifetime = internal + upstream x part refurbished + reuse rate x (total − internal)   (M3)
    """
    names, unit = ("durée de vie", "lifetime"), say("an", "year")
    internal = _internal(row, record, catalogue)
    if internal is None:
        return Input(*names, row["lifetime_y"], unit), ()
    if abs(float(internal.value) - row["lifetime_y"]) <= 1e-9:
        return Input(*names, row["lifetime_y"], unit, internal.factor_id, internal.source, internal.year), ()
    composed = _composed(row, record, internal)
    return Input(*names, row["lifetime_y"], unit), (composed,) if composed else ()


def _internal(row: Row, record: Any, catalogue: Catalogue) -> Input | None:
    """The life inside the body: declared, else that of the type; None when neither is known here."""
    names, unit = ("durée dans l’organisme", "life in the body"), say("an", "year")
    own = getattr(record, "lifetime_y", None)
    if own is not None:
        return Input(*names, float(own), unit, "", stated())
    known = catalogued(row["activity_id"])
    try:
        factor = catalogue.get(known) if known else None
    except FactorError:
        return None
    return sourced(*names, factor.value, unit, factor.id, catalogue) if factor else None


def _composed(row: Row, record: Any, internal: Input) -> Explanation | None:
    """The step of a composed lifetime; None when the inventory no longer gives the one that was used."""
    inputs, formula, years = [internal], internal.name_fr, float(internal.value)
    english, unit, from_inventory = internal.name_en, say("an", "year"), stated()
    if record is None:
        return None
    if record.upstream_y is not None and record.refurbished is not None:
        years += record.upstream_y * record.refurbished
        formula += " + durée avant achat x part reconditionnée"
        english += " + life before purchase x part refurbished"
        inputs += [
            Input("durée avant achat", "life before purchase", float(record.upstream_y), unit, "", from_inventory),
            Input("part reconditionnée", "part refurbished", float(record.refurbished), "1", "", from_inventory),
        ]  # fmt: skip
    if record.reuse is not None and record.total_life_y is not None:
        after = max(record.total_life_y - float(internal.value), 0.0)
        years += record.reuse * after
        formula += " + taux de réemploi x durée après l’organisme"
        english += " + reuse rate x life after the body"
        inputs += [
            Input("taux de réemploi", "reuse rate", float(record.reuse), "1", "", from_inventory),
            Input("durée après l’organisme", "life after the body", after, unit, "", from_inventory),
        ]
    if abs(years - row["lifetime_y"]) > 1e-9:
        return None
    return Explanation(
        say("durée de vie", "lifetime"),
        row["lifetime_y"],
        unit,
        "M3",
        say(formula, english),
        "",
        tuple(inputs),
    )


def other_evidence(rows: list[Row]) -> tuple[Input, ...]:
    """The energies that count for nothing here, since a better tier tells (M1): kept to compare with."""
    from footprint import formats as f

    unit = say("kWh/an", "kWh/year")
    return tuple(
        Input(
            f"non retenu, {word(row['tier'])}", f"not used, {word(row['tier'])}",
            f"{f.exact(row['unit_kwh'])}{f.NARROW}{unit}",
        )
        for row in rows
    )  # fmt: skip
