"""llm: estimate a provider's model, measure one's own while it serves, compute a year from it."""

from __future__ import annotations

import json
import shlex
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.cli.measuring import AsJson
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.llm.fit import Fit, Yearly

DATES = ["%Y-%m-%d", "%d/%m/%Y"]

Application = Annotated[
    str | None,
    typer.Option(
        "--application", "-a", help=say("Code de l’application sur le POS.", "Code of the application.")
    ),
]
Act = Annotated[
    str | None,
    typer.Option("--functional-act", help=say("Acte fonctionnel servi.", "Functional act served.")),
]
Deposit = Annotated[
    bool,
    typer.Option(
        "--deposit",
        help=say(
            "Garder le résultat comme une mesure de l’application.", "Keep it as a run of the application."
        ),
    ),
]
RequestsAYear = Annotated[
    float | None,
    typer.Option("--requests-a-year", help=say("Requêtes par an prévues.", "Requests expected a year.")),
]
HoursAYear = Annotated[
    float,
    typer.Option(
        "--hours-a-year",
        help=say("Heures par an où les machines sont réservées.", "Hours a year the machines are reserved."),
    ),
]

llm = typer.Typer(
    no_args_is_help=True,
    help=say("Modèles de langue : estimer avant, mesurer en service.", "Language models: estimate, measure."),
)


@llm.command(
    "estimate",
    help=say(
        "Estimer un modèle de fournisseur avant de s’en servir.", "Estimate a provider's model before use."
    ),
)
def estimate(
    provider: Annotated[
        str,
        typer.Option(
            "--provider", help="openai | anthropic | mistralai | google_genai | cohere | huggingface_hub"
        ),
    ],
    model: Annotated[str, typer.Option("--model", "-m", help=say("Nom du modèle.", "Name of the model."))],
    output_tokens: Annotated[
        float,
        typer.Option("--output-tokens", help=say("Jetons produits par requête.", "Output tokens a request.")),
    ],
    requests: Annotated[
        int | None, typer.Option("--requests", help=say("Nombre de requêtes.", "Number of requests."))
    ] = None,
    input_tokens: Annotated[
        float | None,
        typer.Option("--input-tokens", help=say("Jetons lus par requête.", "Input tokens a request.")),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--zone", help=say("Zone électrique des machines.", "Electricity zone of the machines.")
        ),
    ] = None,
    deposit: Deposit = False,
    application: Application = None,
    functional_act: Act = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DATES, help=say("Premier jour.", "First day."))
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DATES, help=say("Dernier jour.", "Last day."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ex-ante estimate of a provider's model (M6)."""
    from footprint.cli.llm_text import show_estimate
    from footprint.llm.estimate import deposit_estimate
    from footprint.llm.estimate import estimate as estimated

    if deposit and not (application and first and last and requests):
        _refuse_deposit("--application, --requests, --from, --to")
    found = estimated(
        provider, model, output_tokens=output_tokens, input_tokens=input_tokens, requests=requests, zone=zone
    )
    if as_json:
        _print(asdict(found))
    else:
        show_estimate(found)
    if deposit and application and first and last:
        run_id = deposit_estimate(
            found, application, first.date(), last.date(), functional_act=functional_act
        )
        _tell_deposited((run_id,) if run_id else ())


@llm.command(
    "pilot",
    help=say("Mesurer un modèle servi, à plusieurs charges.", "Measure a served model, at several loads."),
)
def pilot(
    metrics: Annotated[str, typer.Option("--metrics", help="http://127.0.0.1:8000/metrics")],
    energy: Annotated[
        str,
        typer.Option(
            "--energy",
            help=say(
                "host | recorder | nvml | dcgm:ADRESSE | meter | meter:FICHIER.",
                "host | recorder | nvml | dcgm:ADDRESS | meter | meter:FILE.",
            ),
        ),
    ] = "recorder",
    server: Annotated[str, typer.Option("--server", help="vllm | tgi")] = "vllm",
    pid: Annotated[
        int | None,
        typer.Option("--pid", help=say("Numéro du processus du serveur.", "Number of the server's process.")),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1.0, help=say("Durée d’un niveau.", "Length of a level."))
    ] = 60.0,
    levels: Annotated[
        int, typer.Option("--levels", min=1, max=20, help=say("Nombre de niveaux.", "Number of levels."))
    ] = 2,
    load_command: Annotated[
        list[str] | None,
        typer.Option(
            "--load-command",
            help=say(
                "Commande qui fait la charge ; une par niveau.", "Command that makes the load; one a level."
            ),
        ),
    ] = None,
    requests_a_year: RequestsAYear = None,
    hours_a_year: HoursAYear = 8760.0,
    zone: Annotated[
        str | None, typer.Option("--zone", help=say("Zone électrique.", "Electricity zone."))
    ] = None,
    deposit: Deposit = False,
    application: Application = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help=say("Modèle et version.", "Model and version."))
    ] = None,
    functional_act: Act = None,
    as_json: AsJson = False,
) -> None:
    """Levels of a served model, then the fit of M6."""
    from footprint.cli.llm_text import show_levels
    from footprint.cli.tables import progress
    from footprint.llm.pilot import deposit_levels
    from footprint.llm.pilot import pilot as piloted
    from footprint.llm.sources import source_named

    if deposit and not application:
        _refuse_deposit("--application")
    load = [_words(command) for command in load_command or ()]
    source = source_named(energy, pid=pid, zone=zone, ask=_ask_index)
    ask = None if load else _ask_load
    # Someone types between levels: no bar is drawn over what they read.
    with progress(say("Niveaux de charge", "Load levels")) if load else nullcontext() as advance:
        found = piloted(metrics, server, source, levels, seconds, before=ask, load=load, progress=advance)
    yearly = _yearly(found.fit, requests_a_year, hours_a_year)
    if as_json:
        refused = found.no_fit and {"fr": found.no_fit.fr, "en": found.no_fit.en}
        rows = [asdict(one) for one in found.levels]
        _print(
            {
                "levels": rows,
                "fit": found.fit and asdict(found.fit),
                "no_fit": refused,
                "year": yearly and asdict(yearly),
            }
        )
    else:
        show_levels(found, yearly)
    if deposit and application:
        _tell_deposited(deposit_levels(found, application, model, functional_act=functional_act, zone=zone))


@llm.command(
    "fit",
    help=say(
        "Séparer puissance fixe et énergie par requête de niveaux déjà mesurés.",
        "Tell fixed power from energy per request, from levels already measured.",
    ),
)
def fit(
    level: Annotated[
        list[str], typer.Option("--level", help=say("secondes:requêtes:kWh", "seconds:requests:kWh"))
    ],
    error: Annotated[
        float,
        typer.Option(
            "--error", min=0.0, max=90.0,
            help=say("Erreur du compteur à 90 %, en %.", "The meter's 90 % error, in %."),
        ),
    ],
    requests_a_year: RequestsAYear = None,
    hours_a_year: HoursAYear = 8760.0,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """The fit of M6 from typed levels."""
    from footprint.cli.llm_text import show_fit
    from footprint.llm.fit import fit as fitted
    from footprint.llm.levels import read_level

    found = fitted([read_level(text, error / 100.0) for text in level])
    yearly = _yearly(found, requests_a_year, hours_a_year)
    if as_json:
        _print({"fit": asdict(found), "year": yearly and asdict(yearly)})
    else:
        show_fit(found, yearly)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(llm, name="llm")


def _yearly(found: Fit | None, requests: float | None, hours: float) -> Yearly | None:
    from footprint.llm.fit import extrapolate

    return extrapolate(found, requests, hours) if found and requests is not None else None


def _words(command: str) -> list[str]:
    from footprint.llm.errors import LlmRefused

    try:
        return shlex.split(command)
    except ValueError as error:
        raise LlmRefused(
            f"Commande de charge mal écrite ({error}) : {command}", f"Bad load command ({error}): {command}"
        ) from error


def _ask_load(number: int) -> None:
    typer.prompt(
        say(
            f"Niveau {number} : réglez la charge du serveur, puis Entrée",
            f"Level {number}: set the load of the server, then Enter",
        ),
        default="", show_default=False, err=True,
    )  # fmt: skip


def _ask_index() -> str:
    return str(typer.prompt(say("Index du compteur (kWh)", "Index of the meter (kWh)"), err=True))


def _refuse_deposit(needed: str) -> None:
    from footprint.llm.errors import LlmRefused

    raise LlmRefused(f"--deposit demande {needed}.", f"--deposit needs {needed}.")


def _tell_deposited(run_ids: tuple[str, ...]) -> None:
    n = len(run_ids)
    fr = f"Déposé : {', '.join(run_ids)}. Ensuite : footprint push" if n else "Déjà déposé : rien de nouveau."
    en = f"Deposited: {', '.join(run_ids)}. Next: footprint push" if n else "Already deposited: nothing new."
    typer.echo(say(fr, en), err=True)


def _print(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
