"""What the collect commands share: options read with care, the table and the JSON of what was taken in."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.texts import message, say

if TYPE_CHECKING:
    from rich.table import Table

    from collectors.pulls.found import Found
    from footprint.records.collecting import Collected, Kept


def option(*names: str, fr: str, en: str, min: float | None = None) -> Any:
    """An option with its help in both languages."""
    return typer.Option(*names, help=say(fr, en), min=min)


AsJson = Annotated[bool, option("--json", fr="Sortie JSON.", en="JSON output.")]
Application = Annotated[
    str | None, option("--application", "-a", fr="Code de l’application.", en="Application code.")
]
Map = Annotated[
    list[str] | None,
    option("--map", fr="NOM=CODE, répétable : nom dans la source, code sur le POS.",
        en="NAME=CODE, repeatable: name in the source, code on the map."),
]  # fmt: skip
Zone = Annotated[str | None, option("--zone", fr="Zone électrique.", en="Electricity zone.")]
Timezone = Annotated[
    str,
    option("--timezone", fr="Fuseau des dates sans décalage.", en="Zone of dates without offset."),
]
Phase = Annotated[str | None, option("--phase", fr="training, inference…", en="training, inference…")]
Model = Annotated[str | None, option("--model", "-m", fr="Modèle et version.", en="Model and version.")]
Files = Annotated[list[Path], typer.Argument(help=say("Fichiers à lire.", "Files to read."))]
PARIS = "Europe/Paris"
SHOWN_MEASURES = 50
SHOWN_FAULTS = 20
_SAID = {
    "emissions_kgco2e": ("selon la source, non repris : kgCO2e", "by the source, not used: kgCO2e"),
    "emissions_gco2e": ("selon la source, non repris : gCO2e", "by the source, not used: gCO2e"),
    "energy_with_pue_kwh": ("avec le PUE, affiché seulement : kWh", "with the PUE, shown only: kWh"),
}
LONGEST_SECRET = 10_000


def options_of(good: bool, fr: str, en: str) -> None:
    """Refuse options that make no sense together. Raises BadOption."""
    from collectors.pulls.found import BadOption

    if not good:
        raise BadOption(fr, en)


def pairs(texts: Sequence[str] | None, option: str = "--map") -> dict[str, str]:
    """NAME=CODE options as a mapping; the last "=" separates. Raises BadOption."""
    found = {}
    for text in texts or ():
        name, equals, code = text.rpartition("=")
        options_of(
            bool(equals and name.strip() and code.strip()),
            f"{option} « {text} » : écrivez NOM=VALEUR.",
            f"{option} “{text}”: write NAME=VALUE.",
        )
        found[name.strip()] = code.strip()
    return found


def instant(text: str, timezone: str, option: str) -> float:
    """UTC epoch seconds of a date option. Raises BadOption."""
    from collectors.pulls.tabular import epoch, moment, zone_named

    zone = zone_named(timezone)
    try:
        return epoch(moment(text), zone)
    except (ValueError, OverflowError, OSError):
        options_of(
            False,
            f"{option} « {text} » : date attendue, comme 2026-03-04 ou 2026-03-04T09:00.",
            f"{option} “{text}”: a date is expected, such as 2026-03-04 or 2026-03-04T09:00.",
        )
        raise AssertionError from None


def secret(path: Path | None, option: str) -> str | None:
    """The secret a file holds, never given on the command line where others see it. Raises BadOption."""
    if path is None:
        return None
    try:
        text = path.read_bytes()[:LONGEST_SECRET].decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    options_of(
        bool(text) and text.isprintable(),
        f"{option} {path.name} : fichier illisible ou vide.",
        f"{option} {path.name}: file empty or can’t be read.",
    )
    return text


def ruled(found: Found, rules: Path | None) -> Found:
    """Applications of SLURM jobs by rules on their account and name (label.account, label.job)."""
    from collectors.rules import load_rules

    if rules is None:
        return found
    known = load_rules(rules)
    measures = tuple(
        replace(
            each, application=known.application({"account": each.name, "job": str(each.said.get("job", ""))})
        )
        for each in found.measures
    )
    return replace(found, measures=measures)


@contextmanager
def fetching() -> Iterator[Callable[[float, float], None]]:
    """A progress bar while a server is asked."""
    from footprint.cli.tables import progress

    with progress(say("Lecture de Prometheus", "Reading Prometheus")) as advance:
        yield advance


def keep(
    found: Found,
    *,
    as_json: bool,
    application: str | None = None,
    applications: dict[str, str] | None = None,
    phase: str | None = None,
    model: str | None = None,
    zone: str | None = None,
) -> None:
    """Put what was found in the spool and say it; exit code 1 when nothing good was found in what is faulty,
    or when what is kept already has other values."""
    from footprint.cli.tables import progress
    from footprint.errors import StoreReadOnly
    from footprint.records.collecting import Chosen, collect

    chosen = Chosen(application, applications, phase, model, zone or os.environ.get("FOOTPRINT_ZONE"))
    try:
        with progress(say("Enregistrement", "Recording")) as advance:
            collected = collect(None, found, chosen, advance)
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise StoreReadOnly(
            f"Écriture impossible dans le dossier spool ({fr}). Ce qui y est déjà est gardé ; relancez ensuite.",
            f"The spool folder can’t be written ({en}). What is there is kept; run again afterwards.",
        ) from None
    if as_json:
        typer.echo(json.dumps(as_dict(collected), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        _print(collected)
    if (not collected.kept and collected.faults) or any(kept.differs for kept in collected.kept):
        raise typer.Exit(1)


def as_dict(collected: Collected) -> dict[str, Any]:
    """The collection as plain values: measures, faults, faults counted by code."""
    return {
        "written": collected.written,
        "warnings": [{"code": notice.code, "message": message(notice)} for notice in collected.notices],
        "measures": [_measure_dict(each) for each in collected.kept],
        "faults": [
            {name: getattr(fault, name) for name in ("file", "line", "column", "value", "code")}
            | {"message": message(fault)}
            for fault in collected.faults
        ],
        "faults_by_code": dict(sorted(Counter(fault.code for fault in collected.faults).items())),
    }


def _measure_dict(kept: Kept) -> dict[str, Any]:
    measure = kept.measure
    return {
        "source": measure.source,
        "subject": measure.subject,
        "name": measure.name,
        "application": kept.application,
        "asset": measure.asset,
        "zone": measure.zone,
        "start": _iso(measure.start),
        "end": _iso(measure.end),
        "coverage": measure.coverage,
        "energy_kwh": kept.kwh,
        "low_kwh": kept.low_kwh,
        "high_kwh": kept.high_kwh,
        "tiers": sorted({row.tier for part in measure.slices for row in part.rows}),
        "applications_kwh": _shares(kept),
        "run_ids": list(kept.written),
        "already_there": kept.known,
        "warnings": [{"code": notice.code, "message": message(notice)} for notice in kept.notices],
        "said": dict(measure.said),
    }


def _shares(kept: Kept) -> dict[str, float]:
    """kWh of each application on a host."""
    sums: dict[str, float] = {}
    for part in kept.measure.slices:
        for row in part.rows:
            if row.component.startswith("app:"):
                code = row.component.removeprefix("app:")
                sums[code] = sums.get(code, 0.0) + row.kwh
    return sums


def _iso(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _print(collected: Collected) -> None:
    """A table of the measures, what is to be known of them, the faults, and what to do next."""
    from footprint.cli.tables import show
    from footprint.records.collecting import where

    if collected.kept:
        show(_table(collected.kept[:SHOWN_MEASURES]))
    if len(collected.kept) > SHOWN_MEASURES:
        more = len(collected.kept) - SHOWN_MEASURES
        typer.echo(
            say(f"… et {more} autres (--json les donne toutes).", f"… and {more} more (--json gives all).")
        )
    notices = (*collected.notices, *(notice for kept in collected.kept for notice in kept.notices))
    for notice in islice(dict.fromkeys(notices), SHOWN_MEASURES):
        typer.echo(f"{say('attention', 'warning')} : {message(notice)} [{notice.code}]", err=True)
    for kept in collected.kept[:SHOWN_MEASURES]:
        _print_said(kept)
    for fault in collected.faults[:SHOWN_FAULTS]:
        typer.echo(where(fault), err=True)
    for code, count in sorted(Counter(fault.code for fault in collected.faults).items()):
        typer.echo(say(f"Écarté, {code} : {count}.", f"Set aside, {code}: {count}."), err=True)
    typer.echo(_next(collected))


def _table(several: Sequence[Kept]) -> Table:
    from rich.text import Text

    from footprint.cli.tables import table_of
    from footprint.formats import energy, percent

    table = table_of(
        say("Énergie reprise", "Energy taken in"), (say("nom", "name"), False), (say("pour", "for"), False),
        (say("début", "start"), False), (say("fin", "end"), False), (say("vu", "seen"), True),
        (say("énergie", "energy"), True), (say("état", "state"), False),
    )  # fmt: skip
    for kept in several:
        measure = kept.measure
        target = kept.application or measure.asset or say("non rattaché", "not attached")
        state = say("déjà là", "already there") if kept.known else say("nouveau", "new")
        shown = f"{energy(kept.kwh)} [{energy(kept.low_kwh)} – {energy(kept.high_kwh)}]"
        span = (_iso(measure.start), _iso(measure.end), percent(measure.coverage))
        # Text: what the source wrote is never taken for markup.
        table.add_row(*(Text(cell) for cell in (_name(kept), target, *span, shown, state)))
    return table


def _name(kept: Kept) -> str:
    from collectors.pulls.found import cut

    return cut(kept.measure.name) or kept.measure.source


def _print_said(kept: Kept) -> None:
    """The figures of the source that are shown beside ours."""
    from footprint.formats import number

    for name, value in kept.measure.said.items():
        if name in _SAID:
            typer.echo(f"  {_name(kept)} : {say(*_SAID[name])} {number(float(value))}")


def _next(collected: Collected) -> str:
    n = collected.written
    if not collected.kept:
        return say("Rien à reprendre.", "Nothing to take in.")
    return say(
        f"{n} enregistrement{'s' if n > 1 else ''} nouveau{'x' if n > 1 else ''}. Ensuite : footprint assess",
        f"{n} new record{'s' if n != 1 else ''}. Next: footprint assess",
    )
