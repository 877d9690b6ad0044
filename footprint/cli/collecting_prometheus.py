"""collect prometheus: what exporters tell Prometheus (docs/collecter.md)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from footprint.cli.collecting_text import (
    PARIS,
    Application,
    AsJson,
    Timezone,
    Zone,
    fetching,
    instant,
    keep,
    option,
    options_of,
    pairs,
    secret,
)

if TYPE_CHECKING:
    from collectors.pulls.nodes import Choices
    from collectors.pulls.profiles import Modelled


def prometheus(
    url: Annotated[str, option("--url", fr="Adresse de Prometheus.", en="Address of Prometheus.")],
    profile: Annotated[
        Literal["kepler", "scaphandre", "dcgm", "node"],
        option("--profile", fr="Exportateur interrogé.", en="Exporter behind it."),
    ],
    begin: Annotated[str, option("--from", fr="Début (date ou instant).", en="Start (date or instant).")],
    end: Annotated[str, option("--to", fr="Fin, non comprise.", en="End, not included.")],
    step: Annotated[float, option("--step", min=1.0, fr="Pas, en s.", en="Step, in s.")] = 60.0,
    gap: Annotated[
        int,
        option(
            "--gap",
            min=1,
            fr="Au-delà de N pas sans donnée, rien n’est compté.",
            en="Beyond N steps without data, nothing is counted.",
        ),
    ] = 5,
    rules: Annotated[
        Path | None,
        option("--rules", fr="Règles d’attribution (TOML).", en="Attribution rules (TOML)."),
    ] = None,
    application: Application = None,
    asset: Annotated[
        str | None,
        option("--asset", fr="Nom du serveur à l’inventaire.", en="Server’s inventory name."),
    ] = None,
    nodes: Annotated[
        list[str] | None,
        option("--map", fr="NŒUD=NOM à l’inventaire, répétable.", en="NODE=inventory NAME, repeatable."),
    ] = None,
    selector: Annotated[
        str,
        option(
            "--selector", fr="Filtre, comme '{cluster=\"prod\"}'.", en="Filter, such as '{cluster=\"prod\"}'."
        ),
    ] = "",
    token_file: Annotated[
        Path | None, option("--token-file", fr="Fichier du jeton.", en="File of the token.")
    ] = None,
    user: Annotated[str | None, option("--user", fr="Compte (Basic).", en="Account (Basic).")] = None,
    password_file: Annotated[
        Path | None,
        option("--password-file", fr="Fichier du mot de passe.", en="File of the password."),
    ] = None,
    ca: Annotated[
        Path | None,
        option("--ca", fr="Autorité de certification (PEM).", en="Certificate authority (PEM)."),
    ] = None,
    timeout: Annotated[
        float,
        option("--timeout", min=1.0, fr="Attente d’une réponse, en s.", en="Wait for an answer, in s."),
    ] = 60.0,
    cpu: Annotated[
        str | None,
        option("--cpu", fr="Processeur des nœuds (profil node, M5).", en="Processor of the nodes (M5)."),
    ] = None,
    tdp: Annotated[
        float | None,
        option("--tdp", min=1.0, fr="TDP d’une puce, en W (M5).", en="TDP of a chip, in W (M5)."),
    ] = None,
    chips: Annotated[int, option("--chips", min=1, fr="Puces (M5).", en="Sockets (M5).")] = 1,
    ram: Annotated[
        float, option("--ram", min=0.0, fr="Mémoire, en Go (M5).", en="Memory, in GB (M5).")
    ] = 0.0,
    zone: Zone = None,
    timezone: Timezone = PARIS,
    as_json: AsJson = False,
) -> None:
    """Energy of servers from the exporters Prometheus reads: Kepler, Scaphandre, DCGM, node_exporter."""
    from collectors.pulls.found import followed
    from collectors.pulls.nodes import node_of
    from collectors.pulls.profiles import read_profile
    from collectors.pulls.prometheus import Last, Series, Server, carried, check, query_range, windows

    first, last = instant(begin, timezone, "--from"), instant(end, timezone, "--to")
    options_of(first < last, "--from doit venir avant --to.", "--from must come before --to.")
    server = Server(
        url, token=secret(token_file, "--token-file"), user=user, password=secret(password_file, "--password-file"),
        ca=ca, timeout_s=timeout,
    )  # fmt: skip
    check(server)
    choices = _choices(step, gap, rules, application, asset, pairs(nodes), selector)
    modelled = _modelled(cpu, tdp, chips, ram)
    options_of(
        profile != "node" or (rules is None and application is None),
        "node_exporter ne connaît pas les applications : --rules et --application n’y ont pas de sens.",
        "node_exporter knows no application: --rules and --application make no sense with it.",
    )
    parts = []
    # What each query last said: the next window goes on from there.
    said: dict[str, Last] = {}
    with fetching() as advance:
        for start, stop in windows(first, last, step):

            def ask(query: str, start: float = start, stop: float = stop) -> list[Series]:
                found = query_range(server, query, start, stop, step)
                return carried(said.setdefault(query, {}), found, node_of)

            parts.append(read_profile(profile, ask, choices, modelled))
            advance(stop - first, last - first)
    found = followed(parts)
    options_of(
        bool(found.measures or found.faults),
        f"Aucune métrique du profil {profile} sur cette période : vérifiez --profile, --from, --to et --selector.",
        f"No metric of profile {profile} over this period: check --profile, --from, --to and --selector.",
    )
    keep(found, as_json=as_json, zone=zone)


def _choices(
    step: float,
    gap: int,
    rules: Path | None,
    application: str | None,
    asset: str | None,
    nodes: dict[str, str],
    selector: str,
) -> Choices:
    """How to read the series. Raises BadOption, BadRules."""
    from collectors.pulls.nodes import Choices
    from collectors.rules import load_rules

    known = load_rules(rules) if rules else None
    matchers = selector.strip()
    options_of(
        not matchers or (matchers.startswith("{") and matchers.endswith("}")),
        "--selector s’écrit entre accolades, comme '{cluster=\"prod\"}'.",
        "--selector is written within braces, such as '{cluster=\"prod\"}'.",
    )
    return Choices(
        step_s=step,
        longest_gap_s=gap * step,
        classify=lambda labels: (known.application(labels) if known else None) or application,
        assets=nodes,
        asset=asset,
        matchers=matchers.strip("{}").strip().rstrip(","),
    )


def _modelled(cpu: str | None, tdp: float | None, chips: int, ram: float) -> Modelled | None:
    """The power model of the nodes, when their processor is told (M5)."""
    from collectors.cpu_table import find_processor
    from collectors.power_model import FIRST_YEAR, host_model
    from collectors.pulls.profiles import Modelled

    if cpu is None and tdp is None:
        return None
    processor = find_processor(cpu)
    watts = tdp if tdp is not None else processor.tdp_w if processor else None
    options_of(
        watts is not None,
        f"Processeur « {cpu} » inconnu de la table : donnez --tdp (en W).",
        f"Processor “{cpu}” not in the table: give --tdp (in W).",
    )
    recent = processor is not None and (processor.year or 0) >= FIRST_YEAR
    return Modelled(host_model(watts or 0.0, chips, ram, generation_known=recent))
