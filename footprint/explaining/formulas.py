"""The formula of a machine's impact, written with the names of its inputs, and these inputs (M2, M3, M6)."""

from __future__ import annotations

from typing import Any

from factors import Catalogue, FactorError
from footprint.assessment.vocabulary import SERVICE, STATEMENT
from footprint.explaining import inputs as i
from footprint.sheets import Explanation, Input
from footprint.texts import language, say

Row = dict[str, Any]
Formula = tuple[str, tuple[Input, ...], tuple[Explanation, ...]]
"""The formula, its inputs, and the steps that compose one of them."""


def formula_of(
    row: Row, record: Any, catalogue: Catalogue, unit: str, *, alike: int, purchase_year: bool
) -> Formula:
    """The formula of `alike` machines that share all their inputs; `record` is the inventory's line of one."""
    if row["stage"] == "service":
        written, inputs, below = _bought(row, catalogue)
    elif row["stage"] == "use":
        written, inputs, below = _use(row, record, catalogue, unit)
    elif row["rule"] == "M6":
        written, inputs, below = _run_embodied(row, catalogue, unit)
    else:
        written, inputs, below = _embodied(row, record, catalogue, unit, purchase_year)
    if alike > 1:
        count = Input("machines identiques", "identical machines", float(alike), say("machine", "machine"))
        return f"{_name(count)} x {written}", (count, *inputs), below
    return written, inputs, below


def _name(item: Input) -> str:
    return say(item.name_fr, item.name_en)


def _product(*inputs: Input) -> str:
    return " x ".join(_name(item) for item in inputs)


def _use(row: Row, record: Any, catalogue: Catalogue, unit: str) -> Formula:
    rates = [i.pue(row, catalogue), i.electricity(row, catalogue, unit)]
    if row["profile"] is not None and row["profile"] != 1.0:
        rates.append(
            Input("profil horaire", "hourly profile", row["profile"], "1", "",
                  say("heures mesurées, pondérées", "hours measured, weighted"))
        )  # fmt: skip
    if row["unit_kwh"] is None:
        energy = _metered(row)
        return _product(energy, *rates), (energy, *rates), ()
    units = (
        Input("quantité", "quantity", row["quantity"], say("unité", "unit")),
        i.unit_energy(row, catalogue),
        Input("part de l’année", "part of the year", row["served"], "1"),
    )
    factors = (i.share(row, record, catalogue), *rates)
    if not row["inside_kwh"]:
        return _product(*units, *factors), (*units, *factors), ()
    inside = Input("exécutions mesurées", "measured runs", row["inside_kwh"], "kWh")
    written = f"({_product(*units)} − {_name(inside)}) x {_product(*factors)}"
    return written, (*units, inside, *factors), ()


def _metered(row: Row) -> Input:
    """The energy of a run, measured, or that of a service, declared."""
    if row["asset"].startswith(SERVICE):
        return Input("énergie déclarée", "declared energy", row["energy_kwh"], "kWh", "", i.stated())
    return Input("énergie mesurée", "measured energy", row["energy_kwh"], "kWh")


def _bought(row: Row, catalogue: Catalogue) -> Formula:
    """A service by what its supplier declares, else by its bill."""
    if row["factor_id"].startswith(STATEMENT):
        told = Input(
            "empreinte déclarée par le fournisseur", "footprint declared by the supplier", row["factor"],
            "kgCO2e", "", i.stated(),
        )  # fmt: skip
        return _name(told), (told,), ()
    spent = Input("dépense", "spending", row["units"], "EUR", "", i.stated())
    rate = i.sourced(
        "facteur d’un euro", "factor of a euro", row["factor"], "kgCO2e/EUR", row["factor_id"], catalogue
    )
    return _product(spent, rate), (spent, rate), ()


def _embodied(row: Row, record: Any, catalogue: Catalogue, unit: str, purchase_year: bool) -> Formula:
    """M3; in the mode "purchase year" the whole of it, the year it is bought."""
    first = [Input("quantité", "quantity", row["quantity"], say("unité", "unit"))]
    if row["part"]:
        measure = i.component_unit(row, catalogue, unit).partition("/")[2]
        first.append(
            Input("quantité du composant", "quantity of the component", row["units"],
                  _measure(measure), "", i.stated())
        )  # fmt: skip
    first += [i.made(row, catalogue, unit), i.share(row, record, catalogue)]
    if purchase_year:
        return _product(*first), tuple(first), ()
    charged = Input("années imputées", "charged years", row["charged_years"], say("an", "year"))
    life, composed = i.lifetime(row, record, catalogue)
    return f"{_product(*first, charged)} / {_name(life)}", (*first, charged, life), composed


def _measure(unit: str) -> str:
    words = {"unit": ("pièce", "piece"), "cm2": ("cm²", "cm²")}
    return say(*words[unit]) if unit in words else unit


def _run_embodied(row: Row, catalogue: Catalogue, unit: str) -> Formula:
    """The part of a server's life a measured run took, and what a server is (M6)."""
    part = Input("part d’un serveur", "part of a server", row["quantity"], "1")
    made = i.made(row, catalogue, unit)
    charged = Input("années imputées", "charged years", row["charged_years"], say("an", "year"))
    life, _composed = i.lifetime(row, None, catalogue)
    inputs = (part, *_threads(row, catalogue), made, charged, life)
    return f"{_product(part, made, charged)} / {_name(life)}", inputs, ()


def _threads(row: Row, catalogue: Catalogue) -> tuple[Input, ...]:
    """The threads of a server, which the part of a virtual machine is reckoned from: already inside the part."""
    if not row["pue_id"]:
        return ()
    names = ("dont fils d’exécution d’un serveur", "of which threads of a server")
    try:
        server = catalogue.get(row["pue_id"])
    except FactorError:  # another factor set: the id stays
        return (Input(*names, say("inconnu", "unknown"), "", row["pue_id"]),)
    return (Input(*names, f"{server.value:g}", "", server.id, server.source, server.year),)


def component_label(row: Row, catalogue: Catalogue) -> str:
    """A component as people name it: the label of its factor, without what it is counted in."""
    try:
        factor = catalogue.get(row["factor_id"])
    except FactorError:
        return str(row["part"])
    label = factor.label_en if language() == "en" else factor.label_fr
    return label.split(", par ")[0].split(", per ")[0]
