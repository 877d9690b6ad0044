"""What is readable and probably wrong in what was read: names, dates, lives, places, flows. Warnings only.

Quantities that need a factor or a whole campaign to be judged (energy, memory, cores, ages, ratios) are judged by
`footprint.plausibility`, once imported.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from pos_map.columns import LINKS, MAP, TERMINALS
from pos_map.estate import Estate, Located
from pos_map.matching import spelled
from pos_map.model import Application, Inventory, PhysicalAsset
from pos_map.model.landscape import REQUIRED
from pos_map.rows import Row
from pos_map.saying import day_fr, number_fr
from pos_map.spelling import key

# Litres a kWh: the highest published for evaporative cooling is about 4.
_UNLIKELY_WUE = 10.0
# A large data centre takes 100 MW; above, watts were written.
_UNLIKELY_KW = 100_000.0
_HOURS_A_YEAR = 8_766.0
_SAID = {"owner": ("propriétaire", "owner"), "status": ("statut", "status"),
         "hosting": ("hébergement", "hosting")}  # fmt: skip


def check_plausible(estate: Estate, base: Inventory, year: int | None = None) -> None:
    """Note every warning. `base` is what the files complete; `year` that of the campaign, None when not known."""
    _spelled_alike(estate, base)
    _missing_for_a_score(estate)
    for located in estate.applications:
        if located.row.kind == MAP.kind:
            _application(located)
    for asset in estate.assets:
        _lives(asset)
        _purchase(asset, year)
    _centres(estate)
    _places(estate, base)
    _flows(estate)
    _cloud(estate)
    for body in estate.organisations:
        _order(body.row, body.entry.opened, body.entry.closed, "closed", "closed-before-opened")


def _spelled_alike(estate: Estate, base: Inventory) -> None:
    """Two names of one table that only separators, accents or leading zeros tell apart."""
    office = [line for line in estate.assets if line.row.kind != TERMINALS.kind]
    tables: tuple[tuple[list[Located[Any]], Iterable[Any], str], ...] = (
        (estate.applications, base.applications, "code"),
        (estate.data_centres, base.data_centres, "code"),
        (office, base.assets, "name"),
        (estate.machines, base.machines, "name"),
        (estate.organisations, base.organisations, "code"),
        (estate.services, base.services, "name"),
    )
    for entries, known, field in tables:
        names = [getattr(entry, field) for entry in known] + [getattr(e.entry, field) for e in entries]
        twice = _met_twice(names)
        if not twice:
            continue
        first: dict[tuple[str, ...], str] = {}
        for name in names:
            if hash(spelled(name)) in twice:
                first.setdefault(spelled(name), name)
        for located in entries:
            name = getattr(located.entry, field)
            other = first.get(spelled(name), name)
            if other != name and spelled(name):
                # An application met only in the links stands in their column.
                column = "application" if located.row.kind == LINKS.kind else field
                located.row.warning(
                    column,
                    "spelled-alike",
                    f"« {name} » et « {other} » s'écrivent presque pareil : si c'est la même chose, gardez un nom.",
                    f"“{name}” and “{other}” are spelled almost alike: if they are one thing, keep one name.",
                )


def _met_twice(names: Iterable[str]) -> set[int]:
    """The spellings that several different names share, as hashes: a million spellings would take a gigabyte."""
    seen: set[int] = set()
    twice: set[int] = set()
    for name in set(names):
        form = hash(spelled(name))
        (twice if form in seen else seen).add(form)
    return twice


def _missing_for_a_score(estate: Estate) -> None:
    """What a letter needs (M8): said line by line, once for a table whose column is blank throughout."""
    mapped = [line for line in estate.applications if line.row.kind == MAP.kind]
    wanted = [field for field in REQUIRED if field in _SAID]
    blank = {field for field in wanted if not any(getattr(line.entry, field) for line in mapped)}
    if mapped and blank:
        fr, en = _joined(blank)
        mapped[0].row.warning(
            min(blank),
            "missing-for-a-score",
            f"Aucune application ne donne : {fr}. Sans cela, elles n'auront pas de lettre.",
            f"No application gives: {en}. Without it, they get no letter.",
        )
    for line in mapped:
        app, lacking = line.entry, {f for f in wanted if f not in blank and not getattr(line.entry, f)}
        lacking -= set(app.na.split())
        if lacking:
            fr, en = _joined(lacking)
            line.row.warning(
                min(lacking),
                "missing-for-a-score",
                f"« {app.code} » ne donne pas : {fr}. Sans cela, elle n'aura pas de lettre.",
                f"“{app.code}” does not give: {en}. Without it, it gets no letter.",
            )


def _joined(fields: Iterable[str]) -> tuple[str, str]:
    said = [_SAID[field] for field in REQUIRED if field in fields]
    return ", ".join(fr for fr, _en in said), ", ".join(en for _fr, en in said)


def _application(located: Located[Application]) -> None:
    app, row = located.entry, located.row
    _order(row, app.installed, app.decommissioned, "decommissioned", "decommissioned-before-installed")
    for field, hours in (("rto_h", app.rto_h), ("rpo_h", app.rpo_h)):
        if hours is not None and hours > _HOURS_A_YEAR:
            row.warning(
                field,
                "unlikely-hours",
                f"{number_fr(hours)} heures font plus d'un an : des heures sont attendues, pas des minutes.",
                f"{hours:g} hours make more than a year: hours are expected, not minutes.",
            )


def _order(row: Row, first: date | None, last: date | None, field: str, code: str) -> None:
    if first is not None and last is not None and last < first:
        row.warning(
            field,
            code,
            f"Cette date ({day_fr(last)}) vient avant celle du début ({day_fr(first)}) : vérifiez les deux.",
            f"This date ({last}) comes before that of the beginning ({first}): check both.",
        )


def _lives(located: Located[PhysicalAsset]) -> None:
    asset, row = located.entry, located.row
    life, total, before = asset.lifetime_y, asset.total_life_y, asset.upstream_y
    if life is not None and total is not None and total < life:
        row.warning(
            "total_life_y",
            "total-life-too-short",
            f"La durée de vie en tout ({number_fr(total)} ans) est plus courte que celle dans l'organisme "
            f"({number_fr(life)} ans).",
            f"The life in all ({total:g} years) is shorter than that in the body ({life:g} years).",
        )
    if asset.refurbished and before is None:
        row.warning(
            "refurbished",
            "refurbished-without-years",
            "La part reconditionnée n'a pas d'années d'avant (dureeVieAmont) : elle ne peut pas être déduite.",
            "The refurbished part has no years before (dureeVieAmont): it cannot be deducted.",
        )
    if asset.reuse and total is None:
        row.warning(
            "reuse",
            "reuse-without-years",
            "La part qui ressert n'a pas de durée de vie en tout (dureeVieTotale) : elle ne peut pas être déduite.",
            "The part reused has no life in all (dureeVieTotale): it cannot be deducted.",
        )


def _purchase(located: Located[PhysicalAsset], year: int | None) -> None:
    bought = located.entry.purchased
    if year is not None and bought is not None and bought.year > year:
        located.row.warning(
            "purchased",
            "future-purchase",
            f"Acheté le {day_fr(bought)}, après l'année {year} de la campagne : vérifiez la date, ou l'année.",
            f"Bought on {bought}, after the year {year} of the campaign: check the date, or the year.",
        )


def _centres(estate: Estate) -> None:
    for located in estate.data_centres:
        centre, row = located.entry, located.row
        if centre.wue is not None and centre.wue > _UNLIKELY_WUE:
            row.warning(
                "wue",
                "unlikely-wue",
                f"Un WUE de {number_fr(centre.wue)} litres par kWh est improbable : au plus "
                f"{number_fr(_UNLIKELY_WUE)} est attendu.",
                f"A WUE of {centre.wue:g} litres a kWh is unlikely: {_UNLIKELY_WUE:g} at most is expected.",
            )
        if centre.power_kw is not None and centre.power_kw > _UNLIKELY_KW:
            row.warning(
                "power_kw",
                "unlikely-power",
                f"{number_fr(centre.power_kw)} kW est improbable pour un centre : des kW sont attendus, pas des W.",
                f"{centre.power_kw:g} kW is unlikely for a centre: kW are expected, not W.",
            )


def _places(estate: Estate, base: Inventory) -> None:
    """One application in several îlots: allowed, told to the urbaniste; a second place that is the first is not."""
    homes = {app.code: app.node for app in base.applications}
    homes |= {line.entry.code: line.entry.node for line in estate.applications}
    by_app: dict[str, list[Located[Any]]] = defaultdict(list)
    for line in estate.placements:
        by_app[line.entry.application].append(line)
    for code, lines in by_app.items():
        places, home = {line.entry.node for line in lines}, homes.get(code)
        for line in lines:
            if line.entry.node == home:
                line.row.warning(
                    "node",
                    "second-place-is-first",
                    f"« {home} » est déjà l'emplacement principal de « {code} » : retirez cette ligne.",
                    f"“{home}” is already the main place of “{code}”: remove this line.",
                )
        if places - {home}:
            count, taken = len(places | {home}), sum(line.entry.share for line in lines)
            left_fr = " ; rien ne reste au principal" if abs(taken - 1) < 1e-9 else ""
            left_en = "; nothing is left to the main one" if left_fr else ""
            lines[0].row.warning(
                "application",
                "several-places",
                f"« {code} » couvre {count} emplacements : la règle de l'urbanisme est un seul îlot{left_fr}.",
                f"“{code}” covers {count} places: the rule of city planning is a single îlot{left_en}.",
            )


def _flows(estate: Estate) -> None:
    seen: Counter[tuple[str, str, str]] = Counter()
    for located in estate.flows:
        flow, row = located.entry, located.row
        seen[identity := (flow.source, flow.target, key(flow.nature))] += 1
        if flow.source == flow.target:
            row.warning(
                "target",
                "flow-to-itself",
                f"Ce flux va de « {flow.source} » à elle-même : vérifiez la cible.",
                f"This flow goes from “{flow.source}” to itself: check the target.",
            )
        elif seen[identity] == 2:
            row.warning(
                "source",
                "duplicate-flow",
                f"Le flux de « {flow.source} » vers « {flow.target} » est déjà donné avec la même nature.",
                f"The flow from “{flow.source}” to “{flow.target}” is already given with the same nature.",
            )


def is_cloud(row: Row) -> bool:
    """Whether a line of G4IT is an instance of a public cloud, that no host of the body carries."""
    return row.cell("infrastructure") is not None and key(row.text("infrastructure")) == "cloudservices"


def _cloud(estate: Estate) -> None:
    """Lines of G4IT that stand for something else than one machine of a known host."""
    for located in estate.machines:
        machine, row = located.entry, located.row
        if is_cloud(row):
            row.warning(
                "infrastructure",
                "cloud-machine",
                f"« {machine.name} » est une instance de nuage : rien ne la porte ici. Donnez-la dans la table des "
                "services achetés, avec ses kWh ou ses kgCO2e.",
                f"“{machine.name}” is a cloud instance: nothing carries it here. Give it in the table of services "
                "bought, with its kWh or kgCO2e.",
            )
        quantity = row.number("quantity") if row.cell("quantity") is not None else None
        if quantity is not None and quantity != 1:
            row.warning(
                "quantity",
                "machine-quantity",
                f"Cette ligne compte pour une machine, pas pour {number_fr(quantity)} : donnez une ligne par machine.",
                f"This line counts as one machine, not {quantity:g}: give a line for each machine.",
            )
