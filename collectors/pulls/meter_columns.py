"""Which column of a meter's CSV is what: by its header, in French or English, with the unit in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collectors.pulls.found import BadOption, SourceUnreadable, cut
from collectors.pulls.tabular import Row, Table, cleaned

STARTS = ("debut", "date debut", "date de debut", "debut periode", "debut de periode", "horodatage debut", "du",
          "start", "start time", "start date", "begin", "from", "period start")  # fmt: skip
ENDS = ("fin", "date fin", "date de fin", "fin periode", "fin de periode", "horodatage fin", "au", "end", "end time",
        "end date", "to", "period end")  # fmt: skip
STAMPS = ("horodatage", "date heure", "date et heure", "timestamp", "datetime", "date time", "date", "jour", "day",
          "mois", "month", "time", "releve le", "date releve", "date de releve")  # fmt: skip
CLOCKS = ("heure", "time", "hour")

UNITS = {
    "kwh": 1.0, "wh": 1e-3, "mwh": 1e3, "gwh": 1e6, "j": 1 / 3.6e6, "joules": 1 / 3.6e6, "kj": 1 / 3.6e3,
    "w": 1e-3, "kw": 1.0, "watts": 1e-3, "watt": 1e-3,
}  # fmt: skip
"""kWh of a unit of energy, kW of a unit of power. "mW" is read as no unit: only MWh has a capital M here."""
POWER_UNITS = ("w", "kw", "watts", "watt")
INDEX_WORDS = ("index", "compteur", "counter", "reading", "cumul", "cumulative")


@dataclass(frozen=True, slots=True)
class MeterChoices:
    """`subject`: "host" or "site"; `name`: its name in the inventory; `column`, `unit`: when headers do not say;
    `period_s`: length of a row with one instant; `stamp`: whether that instant is the row's "start" or "end";
    `meter`: name of one of several meters that add up; `where`: header and value of the rows to take alone."""

    subject: str
    name: str
    timezone: str = "Europe/Paris"
    column: str | None = None
    unit: str | None = None
    period_s: float | None = None
    stamp: str = "start"
    zone: str | None = None
    meter: str | None = None
    where: tuple[str, str] | None = None


class Layout(NamedTuple):
    """Cleaned headers of the columns; `kind` "energy", "index" or "power"; `factor`: kWh or kW of a unit."""

    start: str
    end: str | None
    clock: str | None
    value: str
    kind: str
    unit: str
    factor: float


def layout_of(table: Table, choices: MeterChoices) -> Layout:
    """Which column is what. Raises SourceUnreadable with the headers found."""
    headers = list(table.headers)
    start = _first(headers, STARTS)
    end = _first(headers, ENDS) if start else None
    stamp = start if end else _first(headers, STAMPS) or start
    if stamp is None:
        raise _unknown(
            table, "de date (Début et Fin, ou Horodatage)", "of dates (Start and End, or Timestamp)"
        )
    clock = next((h for h in headers if h in CLOCKS and h != stamp), None) if end is None else None
    values = [cleaned(choices.column)] if choices.column else [h for h in headers if _unit(h)]
    values = [h for h in values if h in table.headers and h not in (stamp, end, clock)]
    if choices.column is None and not values and choices.unit:
        values = [
            h for h in headers if h in ("valeur", "value", *INDEX_WORDS, "consommation", "energie", "energy")
        ]
    if not values:
        raise _unknown(
            table,
            "de valeur avec son unité (kWh, W ou index kWh)",
            "of values with a unit (kWh, W or index kWh)",
        )
    kinds = {h: _kind(h, choices.unit) for h in values}
    best = min(values, key=lambda h: ("energy", "index", "power").index(kinds[h]))
    if sum(kinds[h] == kinds[best] for h in values) > 1:
        names = ", ".join(table.headers[h] for h in values)
        raise BadOption(
            f"{table.file} : plusieurs colonnes possibles ({names}). Choisissez avec --column.",
            f"{table.file}: several columns are possible ({names}). Choose with --column.",
        )
    unit = (choices.unit or _unit(best) or "").lower()
    if unit not in UNITS:
        raise BadOption(
            f"{table.file} : unité de « {table.headers[best]} » inconnue. Donnez --unit kWh, Wh, MWh, W ou kW.",
            f"{table.file}: unknown unit of “{table.headers[best]}”. Give --unit kWh, Wh, MWh, W or kW.",
        )
    return Layout(stamp, end, clock, best, kinds[best], unit, UNITS[unit])


def taken(table: Table, choices: MeterChoices) -> Iterator[Row]:
    """The rows `where` takes, compared without case; all of them without it. Raises BadOption."""
    if choices.where is None:
        return table.rows
    column, wanted = cleaned(choices.where[0]), choices.where[1].casefold()
    if column not in table.headers:
        names = cut(", ".join(table.headers.values()))
        raise BadOption(
            f"{table.file} : --where : pas de colonne « {choices.where[0]} ». En-têtes lus : {names}.",
            f"{table.file}: --where: no column “{choices.where[0]}”. Headers read: {names}.",
        )
    rows = list(table.rows)
    chosen = [row for row in rows if row.cells[column].casefold() == wanted]
    if not chosen:
        values = cut(", ".join(sorted({row.cells[column] for row in rows}))) or "–"
        raise BadOption(
            f"{table.file} : --where : aucune ligne avec {'='.join(choices.where)}. Valeurs lues : {values}.",
            f"{table.file}: --where: no row with {'='.join(choices.where)}. Values read: {values}.",
        )
    return iter(chosen)


def _unknown(table: Table, fr: str, en: str) -> SourceUnreadable:
    names = cut(", ".join(table.headers.values())) or "–"
    return SourceUnreadable(
        f"{table.file} : pas de colonne {fr}. En-têtes lus : {names}.",
        f"{table.file}: no column {en}. Headers read: {names}.",
    )


def _first(headers: Sequence[str], names: Iterable[str]) -> str | None:
    return next((name for name in names if name in headers), None)


def _unit(header: str) -> str | None:
    """The unit a header ends with."""
    last = header.split()[-1] if header else ""
    return last if last in UNITS else None


def _kind(header: str, unit: str | None) -> str:
    if any(word in INDEX_WORDS for word in header.split()):
        return "index"
    return "power" if (unit or _unit(header) or "").lower() in POWER_UNITS else "energy"
