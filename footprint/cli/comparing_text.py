"""Comparisons for the terminal: two applications, two years, what an interval rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

import factors
from factors import FactorError
from footprint import formats as f
from footprint.cli.tables import MISSING, table_of
from footprint.sheets import Amount
from footprint.texts import say
from footprint.wording import machine, word
from footprint.year_on_year import EFFECTS, UNITS, Split

Row = Mapping[str, Any]

KINDS = {
    "factor": ("facteur", "factor"),
    "activity": ("activité", "activity"),
    "pue": ("PUE", "PUE"),
}
EFFECT_WORDS = {
    "factor": ("facteurs", "factors"),
    "method": ("méthode", "method"),
    "perimeter": ("périmètre", "perimeter"),
    "activity": ("activité", "activity"),
}
STEP_WORDS = {
    "published": ("recalcul de ce qui fut publié", "what was published, computed again"),
    "factors": ("facteurs d’émission", "emission factors"),
    "settings": ("réglages et zone par défaut", "settings and default zone"),
    "left": ("sortis : applications, équipements, services", "gone: applications, equipment, services"),
    "ages": ("l’année passe : âges, jours en service", "the year goes by: ages, days in service"),
    "quantities": ("quantités de ce qui reste", "quantities of what stays"),
    "energy": ("énergies, partages et mesures de ce qui reste", "energies, sharing and runs of what stays"),
    "entered": ("entrés : applications, équipements, services", "new: applications, equipment, services"),
}


def quantity(value: float | None, indicator: str = "gwp") -> str:
    """An amount of an indicator with its unit."""
    if indicator == "gwp" or value is None:
        return f.kg(value)
    return f"{f.number(value)}{f.NARROW}{UNITS.get(indicator, '')}"


def change(value: float, indicator: str = "gwp") -> str:
    """An amount with its sign."""
    return f"+{quantity(value, indicator)}" if value > 0 else quantity(value, indicator)


def draw_words(draw: str) -> str:
    """What a draw is: a row of the catalogue, a declared or measured energy, the PUE of a site."""
    kind, _, name = draw.partition(":")
    if not name:
        try:
            factor = factors.load().get(draw)
        except FactorError:  # of an older or local set
            return draw
        return say(factor.label_fr, factor.label_en)
    # An energy typed once is "type|kWh"; several of one pool, "pool|factor".
    what, _, value = name.partition("|")
    typed = f", {value}{f.NARROW}kWh" if _is_number(value) else ""
    of = machine(what)
    words = {
        "declare": (f"énergie déclarée, {of}{typed}", f"declared energy, {of}{typed}"),
        "mesure": (f"énergie mesurée, {of}", f"measured energy, {of}"),
        "pue": (f"PUE de {of}", f"PUE of {of}"),
    }
    return say(*words[kind]) if kind in words else draw


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("e+", "", 1).isdigit()


def tornado_table(title: str, rows: Sequence[Row], top: int = 10, indicator: str = "gwp") -> Table:
    """What an interval rests on: each draw, its share of the variance, and the swing it gives alone."""
    table = table_of(
        title,
        (say("Valeur incertaine", "Uncertain value"), False), (say("Nature", "Kind"), False),
        (say("Part de l’incertitude", "Share of uncertainty"), True),
        (say("Repose sur elle", "Rests on it"), True),
        (say("Si elle seule varie (90 %)", "When it alone varies (90 %)"), True),
        spare=(say("Nature", "Kind"), say("Repose sur elle", "Rests on it")),
    )  # fmt: skip
    for row in rows[:top] if top else rows:
        swing = [change(row[end] - row["total"], indicator) for end in ("low", "high")]
        table.add_row(
            Text(draw_words(row["draw"])),
            say(*KINDS.get(row["kind"], (row["kind"], row["kind"]))),
            f.percent(row["share"]),
            quantity(row["amount"], indicator),
            say(f"{swing[0]} à {swing[1]}", f"{swing[0]} to {swing[1]}"),
        )
    return table


def two_table(names: tuple[str, str], found: Row, indicator: str = "gwp") -> Table:
    """Two applications: amounts, difference, ratio, which one is greater."""
    table = table_of(
        say(f"{names[0]} et {names[1]}, par an", f"{names[0]} and {names[1]}, a year"),
        ("", False), (say("Valeur", "Value"), True), (say("Intervalle à 90 %", "90 % interval"), True),
    )  # fmt: skip
    for name, key in zip(names, ("a", "b"), strict=True):
        bounds = _range(found[f"{key}_low"], found[f"{key}_high"], indicator)
        table.add_row(Text(name), quantity(found[key], indicator), bounds)
    table.add_row(
        Text(f"{names[0]} − {names[1]}"),
        change(found["difference"], indicator),
        _range(found["low"], found["high"], indicator),
    )
    if found["ratio"] is not None:
        low, high = f.number(found["ratio_low"]), f.number(found["ratio_high"])
        table.add_row(
            Text(f"{names[0]} / {names[1]}"),
            f.number(found["ratio"]),
            say(f"{low} à {high}", f"{low} to {high}"),
        )
    odds = say(
        f"Probabilité que {names[0]} soit la plus forte", f"Probability that {names[0]} is the greater"
    )
    table.add_row(Text(odds), f.percent(found["probability"]), MISSING)
    return table


def contrast_table(
    title: str, names: tuple[str, str], rows: Sequence[Row], column: str, indicator: str = "gwp"
) -> Table:
    """Where two amounts differ, most different first."""
    table = table_of(
        title, ("", False), (names[0], True), (names[1], True), (say("Écart", "Difference"), True)
    )
    name_of = machine if column == "pool" else word
    for row in rows:
        table.add_row(
            Text(name_of(row[column])),
            quantity(row["a"], indicator),
            quantity(row["b"], indicator),
            change(row["difference"], indicator),
        )
    return table


def waterfall(found: Split) -> Table:
    """From one year to the other, step by step; the steps sum to the change (M11)."""
    table = table_of(
        say(f"De {found.first} à {found.last}", f"From {found.first} to {found.last}"),
        (say("Étape", "Step"), False), (say("Effet", "Effect"), False), (say("Valeur", "Value"), True),
        (say("Intervalle à 90 %", "90 % interval"), True),
    )  # fmt: skip
    _year_row(table, found.first, found.before, found.indicator)
    for step in found.effects:
        table.add_row(
            say(*STEP_WORDS[step.step]),
            say(*EFFECT_WORDS[step.effect]),
            change(step.amount.value, found.indicator),
            _range(step.amount.low, step.amount.high, found.indicator),
        )
    _year_row(table, found.last, found.after, found.indicator)
    table.add_row(
        say("Évolution", "Change"), "", change(found.change.value, found.indicator),
        _range(found.change.low, found.change.high, found.indicator), style="bold",
    )  # fmt: skip
    return table


def effect_table(found: Split) -> Table:
    """The four effects, and their share of the first year."""
    table = table_of(
        say("Par effet", "By effect"),
        ("", False), (say("Valeur", "Value"), True), (say("De l’année de départ", "Of the first year"), True),
    )  # fmt: skip
    for effect, value in found.sums().items():
        share = value / found.before.value if found.before.value else None
        table.add_row(say(*EFFECT_WORDS[effect]), change(value, found.indicator), f.percent(share))
    return table


def mover_table(found: Split, top: int = 10) -> Table:
    """The applications that changed most, by effect."""
    effects = list(dict.fromkeys(EFFECTS.values()))
    table = table_of(
        say(f"Applications qui changent le plus ({top} au plus)", f"Applications that change most (at most {top})"),
        ("Application", False), *[(say(*EFFECT_WORDS[e]), True) for e in effects],
        (say("Évolution", "Change"), True), (say("Intervalle à 90 %", "90 % interval"), True),
    )  # fmt: skip
    sums: dict[str, dict[str, float]] = {}
    for row in found.by_subject.to_pylist():
        if row["subject_kind"] == "application":
            mine = sums.setdefault(row["subject"], dict.fromkeys(effects, 0.0))
            mine[row["effect"]] += row["amount"]
    changes = [row for row in found.changes.to_pylist() if row["subject_kind"] == "application"]
    moved = [row for row in changes if row["difference"]]
    for row in sorted(moved, key=lambda r: -abs(r["difference"]))[:top]:
        cells = [change(sums[row["subject"]][e], found.indicator) for e in effects]
        bounds = _range(row["low"], row["high"], found.indicator)
        table.add_row(Text(row["subject"]), *cells, change(row["difference"], found.indicator), bounds)
    return table


def _year_row(table: Table, year: int, amount: Amount, indicator: str) -> None:
    cells = (quantity(amount.value, indicator), _range(amount.low, amount.high, indicator))
    table.add_row(str(year), "", *cells, style="bold")


def _range(low: float, high: float, indicator: str) -> str:
    if low == high == 0:
        return MISSING
    ends = (quantity(low, indicator), quantity(high, indicator))
    return say(f"{ends[0]} à {ends[1]}", f"{ends[0]} to {ends[1]}")
