"""Tables, trees and progress for the terminal (rich, which comes with typer)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from footprint import formats as f
from footprint.records.runs import RunSummary
from footprint.sheets import ModelSheet, Tile
from footprint.texts import say
from footprint.wording import word

MISSING = "–"
UNCUT = 100_000  # columns: no line of a tree is that long
STATES = {
    "complete": ("complète", "complete"),
    "interrupted": ("interrompue", "interrupted"),
    "failed": ("sans mesure", "no measurement"),
    "running": ("en cours", "running"),
    "pushed": ("enregistrée", "stored"),
}


def show(*renderables: RenderableType) -> None:
    """Print on standard output; when it is not a terminal, wide enough for every column, trees never cut."""
    console = Console(soft_wrap=False, highlight=False)
    piped = not console.is_terminal
    if piped:
        console = Console(width=160, highlight=False)
    for renderable in renderables:
        if piped and isinstance(renderable, Tree):
            Console(width=UNCUT, highlight=False).print(renderable)
        else:
            console.print(_fitted(renderable, console) if isinstance(renderable, Spared) else renderable)


class Spared(Table):
    """A table that gives up its columns of less use, first named first, where the terminal is narrow."""

    spare: tuple[str, ...] = ()


def _fitted(table: Spared, console: Console) -> Table:
    """The table, without as many of its spare columns as the width asks."""
    for count in range(len(table.spare) + 1):
        kept = [column for column in table.columns if column.header not in table.spare[:count]]
        narrow = Table(title=table.title, title_justify="left", header_style="bold")
        for column in kept:
            narrow.add_column(column.header, justify=column.justify, no_wrap=column.no_wrap)
        for cells in zip(*(column.cells for column in kept), strict=True):
            narrow.add_row(*cells)
        if (
            narrow.__rich_measure__(console, console.options.update(max_width=10_000)).maximum
            <= console.width
        ):
            break
    return narrow


@contextmanager
def progress(label: str) -> Iterator[Callable[[float, float], None]]:
    """A progress bar on the error output; the function takes (done, total)."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Say on the error output what is going on, then how long it took."""
    console = Console(stderr=True, highlight=False)
    began = time.monotonic()
    with console.status(label):
        yield
    console.print(f"✓ {label} ({f.duration(time.monotonic() - began)})")


def table_of(title: str, *columns: tuple[str, bool], spare: Sequence[str] = ()) -> Table:
    """A table with a title; each column is (header, whether numbers: aligned right).

    `spare`: headers of the columns a narrow terminal does without, first named first.
    """
    table = Spared(title=title, title_justify="left", header_style="bold")
    table.spare = tuple(spare)
    for header, numeric in columns:
        table.add_column(header, justify="right" if numeric else "left", no_wrap=numeric)
    return table


def application_table(tiles: Sequence[Tile], top: int = 0) -> Table:
    """Applications, most emitting first; `top` keeps the first ones, 0 all."""
    ordered = sorted(tiles, key=lambda tile: -(tile.total.value if tile.total else -1.0))
    shown = ordered[:top] if top else ordered
    title = say("Notes des applications (provisoires)", "Application letters (provisional)")
    if len(shown) < len(ordered):
        title += say(
            f" : les {len(shown)} premières sur {len(ordered)}", f": first {len(shown)} of {len(ordered)}"
        )
    table = table_of(
        title,
        ("Application", False),
        (say("Nom", "Name"), False),
        (say("Note", "Letter"), False),
        (say("Décision (P90)", "Decision (P90)"), False),
        (say("Par an", "A year"), True),
        (say("Intervalle à 90 %", "90 % interval"), True),
        (say("Par acte", "Per act"), True),
        (say("Par utilisateur", "Per user"), True),
        spare=(say("Nom", "Name"), say("Par utilisateur", "Per user"), say("Par acte", "Per act")),
    )
    for tile in shown:
        act, user = tile.score.criteria
        table.add_row(
            Text(tile.code),
            Text(tile.name),
            tile.score.letter or MISSING,
            tile.score.decision_letter
            or (say("incomplète", "incomplete") if not tile.score.complete else MISSING),
            f.kg(tile.total) if tile.total else say("non évaluée", "not assessed"),
            f.interval(tile.total) if tile.total else MISSING,
            f.amount(act.amount) if act.amount else MISSING,
            f.amount(user.amount) if user.amount else MISSING,
        )
    return table


def model_table(sheets: Sequence[ModelSheet]) -> Table:
    """Models: training and a thousand requests."""
    table = table_of(
        say("Notes des modèles d’IA", "AI model letters"),
        (say("Modèle", "Model"), False),
        (say("Entraînement", "Training"), False),
        (say("Énergie", "Energy"), True),
        (say("Carbone (90 %)", "Carbon (90 %)"), True),
        (say("Inférence", "Inference"), False),
        (say("Pour 1 000 requêtes", "Per 1,000 requests"), True),
        spare=(say("Énergie", "Energy"), say("Carbone (90 %)", "Carbon (90 %)")),
    )
    for sheet in sheets:
        carbon = f"{f.kg(sheet.training)} ({f.interval(sheet.training)})" if sheet.training else MISSING
        per = (
            f"{f.amount(sheet.wh_per_1000)}, {f.amount(sheet.gwp_per_1000)}" if sheet.wh_per_1000 else MISSING
        )
        table.add_row(
            Text(sheet.model),
            sheet.training_score.letter or MISSING,
            f.energy(sheet.training_kwh)
            if sheet.training_kwh is not None
            else say("non mesuré", "not measured"),
            carbon,
            sheet.inference_score.letter or MISSING,
            per,
        )
    return table


def run_table(runs: Sequence[RunSummary]) -> Table:
    """Runs of the local spool, with their state."""
    table = table_of(
        say("Mesures faites ici", "What was measured here"),
        (say("Début (UTC)", "Start (UTC)"), False),
        ("Application", False),
        (say("Modèle", "Model"), False),
        ("Phase", False),
        (say("État", "State"), False),
        (say("Durée", "Duration"), True),
        (say("Énergie", "Energy"), True),
        (say("Carbone", "Carbon"), True),
        (say("Preuve", "Evidence"), False),
        spare=(say("Preuve", "Evidence"), "Phase", say("Modèle", "Model"), say("État", "State")),
    )
    for run in sorted(runs, key=lambda run: run.start or 0.0):
        start = time.strftime("%Y-%m-%d %H:%M", time.gmtime(run.start)) if run.start else MISSING
        attached = "" if run.attached is not False else say(" (non rattachée)", " (not attached)")
        nobody = (
            say("cette machine", "this machine")
            if run.subject == "host"
            else say("non rattachée", "not attached")
        )
        table.add_row(
            start,
            Text((run.application or run.asset or nobody) + attached),
            Text(run.model or MISSING),
            Text(run.phase or MISSING),
            say(*STATES.get(run.state, (run.state, run.state))),
            f.duration(run.duration_s),
            f.energy(run.energy_kwh),
            f.kg(run.gwp_kgco2e),
            word(run.tier) if run.tier else MISSING,
        )
    return table
