"""plausibility: values that are not credible, in the campaign or on a model card; nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli.measuring import AsJson
from footprint.texts import count, message, say

if TYPE_CHECKING:
    from footprint.plausibility import Finding


class Asked(StrEnum):
    """The severities one may ask for."""

    improbable = "improbable"
    to_check = "a-verifier"


OF_ASKED = {Asked.improbable: "improbable", Asked.to_check: "à vérifier"}


def plausibility(
    as_json: AsJson = False,
    severity: Annotated[
        Asked | None, typer.Option("--severity", help=say("Une seule gravité.", "One severity only."))
    ] = None,
    agents: Annotated[
        float | None,
        typer.Option(
            "--agents", min=1.0, help=say("Effectif, pour les ratios par agent.", "Headcount, for ratios.")
        ),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option(
            "--card", help=say("Fiche de modèle à juger (JSON, YAML).", "Model card to judge (JSON, YAML).")
        ),
    ] = None,
) -> None:
    """List what is not credible; exit code 1 when something is improbable."""
    from footprint.plausibility import check_card, read_card

    found = check_card(read_card(card)) if card else _of_campaign(agents)
    kept = [one for one in found if severity is None or one.severity == OF_ASKED[severity]]
    if as_json:
        typer.echo(_printable(json.dumps([asdict(one) for one in kept], ensure_ascii=False, indent=2)))
    else:
        _tell(kept)
    if any(one.severity == "improbable" for one in kept):
        raise typer.Exit(1)


def _of_campaign(agents: float | None) -> Sequence[Finding]:
    from footprint.plausibility import findings
    from footprint.store.database import open_store

    return findings(open_store(), agents=agents)


def _printable(text: str) -> str:
    """JSON with what a terminal would obey written as escapes; only strings can hold such letters."""
    from footprint.plausibility import harmless

    return "".join(
        letter if harmless(letter) or letter == "\n" else "".join(f"\\u{unit:04x}" for unit in _units(letter))
        for letter in text
    )


def _units(letter: str) -> Iterable[int]:
    """UTF-16 code units of a letter, as JSON escapes it."""
    raw = letter.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2))


def _tell(found: Sequence[Finding]) -> None:
    """The findings by code: the sentences, where the range comes from, what to do."""
    from footprint.plausibility import KINDS, SEVERITIES

    for (severity, code), group in groupby(found, key=lambda one: (one.severity, one.code)):
        rows = list(group)
        typer.echo(f"{code} · {say(*SEVERITIES[severity])} ({len(rows)})")
        for one in rows:
            typer.echo(f"  {say(*KINDS[one.kind])} {message(one)}")
        for source in dict.fromkeys(say(one.source_fr, one.source_en) for one in rows):
            typer.echo(say(f"  Plage : {source}", f"  Range: {source}"))
        typer.echo(say(f"  À faire : {rows[0].do_fr}", f"  To do: {rows[0].do_en}"))
    sure = sum(one.severity == "improbable" for one in found)
    told = count(
        sure, ("valeur improbable", "valeurs improbables"), ("improbable value", "improbable values")
    )
    typer.echo(
        say(
            f"{told}, {len(found) - sure} à vérifier. Rien n’a été corrigé.",
            f"{told}, {len(found) - sure} to check. Nothing was corrected.",
        )
    )


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command(
        "plausibility",
        help=say(
            "Lister les valeurs peu vraisemblables de la campagne ou d’une fiche de modèle.",
            "List what is not credible in the campaign or on a model card.",
        ),
    )(plausibility)
