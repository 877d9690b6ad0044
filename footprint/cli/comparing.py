"""compare, tornado: two applications, two years, what an interval rests on (M7, M11)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.cli.measuring import AsJson
from footprint.placing import NOBODY
from footprint.texts import say

if TYPE_CHECKING:
    import pyarrow as pa

    from footprint.kept import Kept
    from footprint.store.database import Store

Indicator = Annotated[
    str, typer.Option("--indicator", help=say("gwp, adpe, pe ou water.", "gwp, adpe, pe or water."))
]
Top = Annotated[int, typer.Option("--top", min=0, help=say("Lignes (0 : toutes).", "Rows (0: all)."))]


def compare(
    first: Annotated[str, typer.Argument(help=say("Code d’application.", "Application code."))] = "",
    second: Annotated[str, typer.Argument(help=say("Code d’application.", "Application code."))] = "",
    years: Annotated[
        tuple[int, int] | None,
        typer.Option("--years", help=say("Deux années de campagne.", "Two campaign years.")),
    ] = None,
    indicator: Indicator = "gwp",
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    """Compare two applications, or two years."""
    from footprint.errors import FootprintError
    from footprint.store.database import open_store

    _known(indicator)
    if years is not None and not first:
        _years(open_store(), years, indicator, top, as_json)
    elif years is None and first and second:
        store = open_store()
        _no_years(store, first, second)
        _applications(store, first, second, indicator, top, as_json)
    else:
        raise FootprintError(
            "Donnez deux applications (footprint compare A B) ou deux années (footprint compare --years 2025 2026).",
            "Give two applications (footprint compare A B) or two years (footprint compare --years 2025 2026).",
        )


def tornado(
    subject: Annotated[
        str,
        typer.Argument(help=say("Application, modèle ou nœud de la carte ; rien : le total.",
                                "Application, model or map node; nothing: the total.")),
    ] = "",
    indicator: Indicator = "gwp",
    top: Top = 10,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """What makes the interval of a total."""
    from footprint.kept import current
    from footprint.store.database import open_store
    from footprint.store.referential import current_campaign

    _known(indicator)
    store = open_store()
    view, members = _view(store, subject)
    kept = current(store, current_campaign(store))
    if as_json:
        _print_json(tornado_rows(kept, view, subject, members, indicator))
        return
    print_tornado(kept, view, subject, members, indicator, top)


def tornado_rows(
    kept: Kept,
    view: str = "total",
    key: str = "",
    members: Mapping[str, float] = NOBODY,
    indicator: str = "gwp",
) -> list[dict[str, Any]]:
    """The rows of `assessment.comparing.tornado` for a view and key of an assessment."""
    from footprint.assessment import comparing

    rows = comparing.tornado(comparing.selected(kept.lines, view, key, members, indicator)).to_pylist()
    return [dict(row) for row in rows]


def print_tornado(
    kept: Kept,
    view: str = "total",
    key: str = "",
    members: Mapping[str, float] = NOBODY,
    indicator: str = "gwp",
    top: int = 10,
) -> None:
    """Print what the interval of a total rests on: `view` and `key` as in `assessment.comparing.selected`."""
    from footprint.cli.comparing_text import tornado_table
    from footprint.cli.tables import show

    rows = tornado_rows(kept, view, key, members, indicator)
    if not rows:
        typer.echo(say("Rien d’incertain ici.", "Nothing uncertain here."))
        return
    of = key or say("le total", "the total")
    title = say(f"Sur quoi repose l’intervalle : {of}", f"What the interval rests on: {of}")
    show(tornado_table(title, rows, top, indicator))


def _applications(store: Store, first: str, second: str, indicator: str, top: int, as_json: bool) -> None:
    from footprint.assessment import comparing
    from footprint.kept import current
    from footprint.store.referential import current_campaign

    kept = current(store, current_campaign(store))
    for code in (first, second):
        _application(store, code)
    lines_a, lines_b = (
        comparing.selected(kept.lines, "application", code, indicator=indicator) for code in (first, second)
    )
    found = comparing.differences(lines_a, lines_b).to_pylist()[0]
    stages = comparing.contrast(lines_a, lines_b, ("stage",)).to_pylist()
    machines = comparing.contrast(lines_a, lines_b, ("pool",)).to_pylist()
    rows = comparing.tornado(comparing.signed(lines_a, lines_b)).to_pylist()
    _tell_incomplete(kept.application_gaps, (first, second))
    if as_json:
        asked = {"first": first, "second": second, "indicator": indicator}
        _print_json({**asked, **found, "by_stage": stages, "by_machine": machines, "tornado": rows})
        return
    from footprint.cli import comparing_text as text
    from footprint.cli.tables import show

    names = (first, second)
    show(
        text.two_table(names, found, indicator),
        text.contrast_table(say("Par étape", "By stage"), names, stages, "stage", indicator),
        text.contrast_table(
            say("Par machine", "By machine"), names, machines[:top] if top else machines, "pool", indicator
        ),
        text.tornado_table(
            say("Sur quoi repose l’écart", "What the difference rests on"), rows, top, indicator
        ),
    )


def _years(store: Store, years: tuple[int, int], indicator: str, top: int, as_json: bool) -> None:
    from footprint.campaign_years import compare_years

    found = compare_years(store, *years, indicator)
    if as_json:
        tables = {"by_subject": found.by_subject.to_pylist(), "changes": found.changes.to_pylist()}
        rest = ("first", "last", "indicator")
        amounts = {name: asdict(getattr(found, name)) for name in ("before", "after", "change")}
        effects = [asdict(effect) for effect in found.effects]
        _print_json(
            {
                **{n: getattr(found, n) for n in rest},
                **amounts,
                "effects": effects,
                "sums": found.sums(),
                **tables,
            }
        )
        return
    from footprint.cli import comparing_text as text
    from footprint.cli.tables import show

    show(text.waterfall(found), text.effect_table(found), text.mover_table(found, top or 10**6))


def _view(store: Store, subject: str) -> tuple[str, dict[str, float]]:
    """Which view a name is of, and the applications below it when it is a node of the map."""
    import pos_map
    from footprint.errors import UnknownSubject
    from footprint.store import tables as t
    from footprint.views import applications, model_applications
    from footprint.views.book import campaign_rows
    from footprint.views.explained import below

    if not subject:
        return "total", {}
    codes, models = applications(store), model_applications(store)
    if subject in codes:
        return "application", {}
    if subject in models:
        return "model", {}
    nodes = [node.code for node in campaign_rows(store, t.Node)]
    if subject in nodes:
        return "node", below(store, subject)
    near = pos_map.near(subject, [*codes, *models, *nodes])
    raise UnknownSubject("application, modèle ou nœud", "application, model or node", subject, near)


def _application(store: Store, code: str) -> None:
    import pos_map
    from footprint.errors import UnknownSubject
    from footprint.views import applications

    known = applications(store)
    if code not in known:
        raise UnknownSubject("application", "application", code, pos_map.near(code, known))


def _no_years(store: Store, first: str, second: str) -> None:
    """Refuse two years where applications are expected, and say how they are compared. Raises FootprintError."""
    from footprint.errors import FootprintError
    from footprint.views import applications

    if all(re.fullmatch(r"20\d\d", word) for word in (first, second)) and {first, second}.isdisjoint(
        applications(store)
    ):
        raise FootprintError(
            f"{first} et {second} sont des années : footprint compare --years {first} {second}.",
            f"{first} and {second} are years: footprint compare --years {first} {second}.",
        )


def _tell_incomplete(gaps: pa.Table, codes: tuple[str, str]) -> None:
    """Say on the error output which of them is a lower bound: what is missing is not in the comparison."""
    missing = set(gaps["application"].to_pylist())
    for code in codes:
        if code in missing:
            typer.echo(
                say(
                    f"Attention : {code} n’est pas entièrement évaluée, son total est un minimum.",
                    f"Warning: {code} is not fully assessed, its total is a minimum.",
                ),
                err=True,
            )


def _known(indicator: str) -> None:
    from footprint.errors import FootprintError
    from footprint.year_on_year import UNITS

    if indicator not in UNITS:
        listed = ", ".join(UNITS)
        raise FootprintError(
            f"Indicateur « {indicator} » inconnu. Attendu : {listed}.",
            f"Unknown indicator “{indicator}”: expected {listed}.",
        )


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("compare", help=say("Comparer deux applications ou deux années.",
                                    "Compare two applications or two years."))(compare)  # fmt: skip
    app.command("tornado", help=say("Sur quoi repose l’intervalle d’un total.",
                                    "What the interval of a total rests on."))(tornado)  # fmt: skip
