"""collect: energy measured elsewhere, by exporters, peers' tools, meters and accounting (docs/collecter.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from footprint.cli.collecting_prometheus import prometheus
from footprint.cli.collecting_text import (
    PARIS,
    Application,
    AsJson,
    Files,
    Map,
    Model,
    Phase,
    Timezone,
    Zone,
    instant,
    keep,
    option,
    options_of,
    pairs,
    ruled,
)
from footprint.texts import say


def codecarbon(
    files: Files,
    application: Application = None,
    mapping: Map = None,
    phase: Phase = None,
    model: Model = None,
    zone: Zone = None,
    rapl: Annotated[
        bool,
        option("--rapl", fr="CodeCarbon lisait RAPL (niveau « sensor »).", en="CodeCarbon read RAPL."),
    ] = False,
    timezone: Timezone = PARIS,
    as_json: AsJson = False,
) -> None:
    """Runs of CodeCarbon: emissions.csv, or the JSON of its API."""
    from collectors.pulls.codecarbon_files import CodeCarbonChoices, read_codecarbon, without_tasks
    from collectors.pulls.found import joined

    choices = CodeCarbonChoices(timezone=timezone, tier="sensor" if rapl else "model", zone=zone)
    found = without_tasks(joined([read_codecarbon(path, choices) for path in files]))
    keep(
        found, as_json=as_json, application=application, applications=pairs(mapping), phase=phase, model=model
    )


def carbontracker(
    paths: Annotated[list[Path], typer.Argument(help=say("Journaux ou dossiers.", "Logs or folders."))],
    application: Application = None,
    phase: Phase = "training",
    model: Model = None,
    zone: Zone = None,
    timezone: Timezone = PARIS,
    as_json: AsJson = False,
) -> None:
    """Runs of carbontracker, from its logs: what it measured, never what it predicted."""
    from collectors.pulls.carbontracker import read_carbontracker
    from collectors.pulls.found import joined

    found = joined([read_carbontracker(path.absolute(), timezone) for path in paths])  # "." has no name
    keep(found, as_json=as_json, application=application, phase=phase, model=model, zone=zone)


def green_algorithms(
    start: Annotated[str, option("--start", fr="Début du calcul.", en="When it began.")],
    hours: Annotated[
        float, option("--hours", fr="Durée d’une exécution, en h.", en="Length of a run, in h.")
    ],
    cores: Annotated[float, option("--cores", fr="Cœurs.", en="Cores.")] = 0.0,
    core_w: Annotated[
        float, option("--core-w", fr="W par cœur (TDP ÷ cœurs).", en="W a core (TDP / cores).")
    ] = 0.0,
    cpu: Annotated[
        str | None,
        option("--cpu", fr="Processeur, au lieu de --core-w.", en="Processor, instead of --core-w."),
    ] = None,
    core_usage: Annotated[float, option("--core-usage", fr="Usage, de 0 à 1.", en="Usage, 0 to 1.")] = 1.0,
    gpus: Annotated[float, option("--gpus", fr="GPU.", en="GPUs.")] = 0.0,
    gpu_w: Annotated[float, option("--gpu-w", fr="W par GPU (TDP).", en="W a GPU (TDP).")] = 0.0,
    gpu_usage: Annotated[float, option("--gpu-usage", fr="Usage, de 0 à 1.", en="Usage, 0 to 1.")] = 1.0,
    memory_gb: Annotated[
        float, option("--memory-gb", fr="Mémoire demandée, en Go.", en="Memory asked for, in GB.")
    ] = 0.0,
    runs: Annotated[float, option("--runs", fr="Répétitions (PSF).", en="Repetitions (PSF).")] = 1.0,
    pue: Annotated[float, option("--pue", fr="PUE, affiché seulement.", en="PUE, shown only.")] = 1.0,
    label: Annotated[
        str, option("--label", fr="Pour distinguer deux calculs identiques.", en="To tell two alike apart.")
    ] = "",
    application: Application = None,
    phase: Phase = None,
    model: Model = None,
    zone: Zone = None,
    timezone: Timezone = PARIS,
    as_json: AsJson = False,
) -> None:
    """A computation that was not measured, by the Green Algorithms formula; tier “declared”."""
    from collectors.pulls.found import Found
    from collectors.pulls.green_algorithms import Computation, core_watts, declared_run

    watts = core_watts(cpu) if cpu else core_w
    asked = Computation(hours, cores, watts, core_usage, gpus, gpu_w, gpu_usage, memory_gb, runs, pue)
    measure = declared_run(asked, instant(start, timezone, "--start"), label, zone)
    keep(Found((measure,)), as_json=as_json, application=application, phase=phase, model=model, zone=zone)


def meter(
    files: Files,
    asset: Annotated[
        str | None,
        option("--asset", fr="Serveur mesuré (nom à l’inventaire).", en="Server metered (inventory name)."),
    ] = None,
    site: Annotated[
        str | None,
        option(
            "--site",
            "--data-centre",
            fr="Site ou centre de données mesuré (code).",
            en="Site or data centre metered (code).",
        ),
    ] = None,
    meter_name: Annotated[
        str | None,
        option(
            "--meter",
            fr="Nom d’un compteur du site, quand plusieurs s’ajoutent.",
            en="Name of a site’s meter, when several add up.",
        ),
    ] = None,
    column: Annotated[str | None, option("--column", fr="Colonne à lire.", en="Column to read.")] = None,
    where: Annotated[
        str | None,
        option("--where", fr="COLONNE=VALEUR : ces lignes seules.", en="COLUMN=VALUE: these rows alone."),
    ] = None,
    unit: Annotated[
        str | None,
        option(
            "--unit",
            fr="kWh, Wh, MWh, W ou kW, si l’en-tête ne le dit pas.",
            en="kWh, Wh, MWh, W or kW, when the header doesn’t say.",
        ),
    ] = None,
    period: Annotated[
        float | None,
        option("--period", min=0.01, fr="Durée d’une ligne, en minutes.", en="Length of a row, in minutes."),
    ] = None,
    stamp: Annotated[
        Literal["start", "end"],
        option(
            "--stamp",
            fr="L’instant d’une ligne est son début ou sa fin.",
            en="A row’s instant is its start or its end.",
        ),
    ] = "start",
    zone: Zone = None,
    timezone: Timezone = PARIS,
    as_json: AsJson = False,
) -> None:
    """A meter’s CSV: PDU, wattmeter, energy bill; energy, power or index."""
    from collectors.pulls.found import Found
    from collectors.pulls.meter_columns import MeterChoices
    from collectors.pulls.meter_csv import read_meter

    options_of(
        (asset is None) != (site is None),
        "Donnez --asset (compteur d’un serveur) ou --site (compteur d’un bâtiment ou d’une salle), l’un des deux.",
        "Give --asset (a server’s meter) or --site (a building’s or room’s meter), one of them.",
    )
    # The assessment takes the mean power of a server over the hours seen: two feeds would give half of both.
    options_of(
        site is not None or meter_name is None,
        "--meter va avec --site. Un serveur à deux alimentations : additionnez leurs colonnes en une avant.",
        "--meter goes with --site. A server with two feeds: add their columns up into one first.",
    )
    choices = MeterChoices(
        "host" if asset else "site", asset or site or "", timezone, column, unit,
        period * 60.0 if period else None, stamp, zone, meter_name,
        next(iter(pairs([where], "--where").items())) if where else None,
    )  # fmt: skip
    # Files of one meter follow each other: kept apart, what overlaps is left out as they are recorded.
    found = [read_meter(path, choices) for path in files]
    whole = Found(
        tuple(measure for each in found for measure in each.measures),
        tuple(fault for each in found for fault in each.faults),
    )
    keep(whole, as_json=as_json, zone=zone)


def sacct(
    files: Files,
    application: Application = None,
    mapping: Map = None,
    rules: Annotated[
        Path | None,
        option("--rules", fr="Règles (label.account, label.job).", en="Rules (label.account, label.job)."),
    ] = None,
    exclusive: Annotated[
        bool, option("--exclusive", fr="Les nœuds ne sont jamais partagés.", en="Nodes are never shared.")
    ] = False,
    node_cpus: Annotated[
        int | None,
        option(
            "--node-cpus", min=1, fr="Processeurs d’un nœud pour SLURM.", en="Processors of a node for SLURM."
        ),
    ] = None,
    phase: Phase = None,
    model: Model = None,
    zone: Zone = None,
    timezone: Timezone = PARIS,
    as_json: AsJson = False,
) -> None:
    """Jobs of SLURM: sacct -P -o JobID,JobName,Account,State,Start,End,ElapsedRaw,NCPUS,AllocTRES,ConsumedEnergyRaw."""
    from collectors.pulls.found import joined
    from collectors.pulls.sacct import SacctChoices, read_sacct

    choices = SacctChoices(timezone, exclusive, node_cpus)
    found = ruled(joined([read_sacct(path, choices) for path in files]), rules)
    keep(found, as_json=as_json, application=application, applications=pairs(mapping), phase=phase, model=model,
         zone=zone)  # fmt: skip


def replay(
    trace: Annotated[
        Path | None,
        typer.Argument(
            help=say(
                "Trace (CSV) ; sans elle, l’exemple livré.", "Trace (CSV); without one, the shipped example."
            )
        ),
    ] = None,
    application: Application = None,
    at: Annotated[
        str | None,
        option(
            "--at", fr="Début (2026-03-04T09:00) ; sinon, finit maintenant.", en="Beginning; else, ends now."
        ),
    ] = None,
    phase: Phase = None,
    model: Model = None,
    zone: Zone = None,
    timezone: Timezone = PARIS,
) -> None:
    """A recorded trace, for demos: never a measurement."""
    import time

    from collectors.trace import SYNTHETIC, read_trace
    from footprint.records.replaying import replay as played

    path = trace or SYNTHETIC
    start = instant(at, timezone, "--at") if at else time.time() - read_trace(path).seconds
    run_id, new = played(path, application, start, model=model, phase=phase, zone=zone)
    known = say(" (déjà là)", " (already there)") if not new else ""
    typer.echo(
        say(
            f"Rejeu : {run_id}{known}. Ce n’est pas une mesure de cette machine. Ensuite : footprint runs",
            f"Replay: {run_id}{known}. Not a measurement of this machine. Next: footprint runs",
        )
    )


def register(app: typer.Typer) -> None:
    """Add these commands to the application, under `collect`."""
    group = typer.Typer(no_args_is_help=True, help=say("Reprendre l’énergie mesurée ailleurs.",
                                                       "Take in energy measured elsewhere."))  # fmt: skip
    for name, command, fr, en in (
        ("prometheus", prometheus, "Kepler, Scaphandre, DCGM, node_exporter.", "Kepler, Scaphandre, DCGM, nodes."),
        ("codecarbon", codecarbon, "emissions.csv et API de CodeCarbon.", "CodeCarbon’s emissions.csv and API."),
        ("carbontracker", carbontracker, "Journaux de carbontracker.", "carbontracker’s logs."),
        ("green-algorithms", green_algorithms, "Calcul non mesuré, par sa description.", "An unmeasured computation."),
        ("meter", meter, "Compteur, PDU, facture (CSV).", "Meter, PDU, bill (CSV)."),
        ("sacct", sacct, "Travaux SLURM.", "SLURM jobs."),
        ("replay", replay, "Trace enregistrée, pour les démonstrations.", "A recorded trace, for demos."),
    ):  # fmt: skip
        group.command(name, help=say(fr, en))(command)
    app.add_typer(group, name="collect")
