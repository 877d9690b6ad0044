"""server-estimate: what manufacturing one server weighs, by parts, from its configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.errors import FootprintError
from footprint.texts import say

if TYPE_CHECKING:
    from rich.table import Table

    from factors import Catalogue

UNITS = {"gwp": "kgCO2e", "adpe": "kgSbeq", "pe": "MJ"}
HELP = {
    "ram": say("Mémoire, en Go.", "Memory, in GB."),
    "cpus": say("Processeurs (2 par défaut).", "Processors (2 by default)."),
    "cores": say("Cœurs en tout.", "Cores in all."),
    "ssd": say("SSD, en Go en tout.", "SSD, in GB in all."),
    "hdds": say("Disques durs.", "Hard disk drives."),
    "psus": say("Alimentations (2 par défaut).", "Power supplies (2 by default)."),
    "gpus": say("Cartes GPU.", "GPU cards."),
    "gpu": say("Modèle des cartes : « H100 80 Go ».", "Model of the cards: “H100 80 GB”."),
    "kind": say("Type : serveur, lame, serveur GPU…", "Type: server, blade, GPU server…"),
    "json": say("Sortie JSON.", "JSON output."),
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    told = say(
        "Fabrication d’un serveur, d’après sa configuration.", "Manufacture of a server, from its parts."
    )
    app.command("server-estimate", help=told)(server_estimate)


def server_estimate(
    ram: Annotated[float, typer.Option("--ram", min=0, help=HELP["ram"])],
    cpus: Annotated[float | None, typer.Option("--cpus", min=0, help=HELP["cpus"])] = None,
    cores: Annotated[float | None, typer.Option("--cores", min=0, help=HELP["cores"])] = None,
    ssd: Annotated[float | None, typer.Option("--ssd", min=0, help=HELP["ssd"])] = None,
    hdds: Annotated[float | None, typer.Option("--hdds", min=0, help=HELP["hdds"])] = None,
    psus: Annotated[float | None, typer.Option("--psus", min=0, help=HELP["psus"])] = None,
    gpus: Annotated[float | None, typer.Option("--gpus", min=0, help=HELP["gpus"])] = None,
    gpu: Annotated[str, typer.Option("--gpu", help=HELP["gpu"])] = "",
    kind: Annotated[str, typer.Option("--type", help=HELP["kind"])] = "server",
    as_json: Annotated[bool, typer.Option("--json", help=HELP["json"])] = False,
) -> None:
    """Amounts by part and in all, each with P5 and P95 (M3, M7)."""
    import pyarrow as pa

    from footprint.assessment.server_estimate import CONFIGURATION, estimate
    from footprint.factor_set import catalogue_of
    from footprint.home import home

    catalogue = catalogue_of(home())
    one = {
        "asset": "1", "item": catalogue.item(kind).code, "cpus": cpus, "cores": cores, "ram_gb": ram, "ssd_gb": ssd,
        "hdds": hdds, "psus": psus, "gpus": gpus, "gpu": gpu,
    }  # fmt: skip
    rows = estimate(
        pa.Table.from_pylist([one], pa.schema(list(CONFIGURATION.items()))), catalogue
    ).to_pylist()
    if not rows:
        raise FootprintError(
            "Configuration insuffisante : donnez --ram, --cpus ou --cores, --ssd ou --hdds, et --gpus pour un "
            "serveur GPU. Le type doit être un serveur.",
            "Not enough of the configuration: give --ram, --cpus or --cores, --ssd or --hdds, and --gpus for a "
            "GPU server. The type must be a server.",
        )
    if as_json:
        typer.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=2))
        return
    from footprint.cli.tables import show

    show(_table(rows, catalogue))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {**{name: row[name] for name in row if name != "asset"}, "unit": UNITS.get(row["indicator"], "")}


def _table(rows: list[dict[str, Any]], catalogue: Catalogue) -> Table:
    from footprint import formats as f
    from footprint.cli.tables import table_of

    table = table_of(
        say("Fabrication d’un serveur", "Manufacture of one server"),
        (say("composant", "part"), False),
        *((say(*labels), True) for labels in (("climat", "climate"), ("90 %", "90%"))),
        *(
            (say(*labels), True)
            for labels in (("ressources", "resources"), ("énergie primaire", "primary energy"))
        ),
        (say("supposé", "assumed"), False),
    )
    found = {(row["component"], row["indicator"]): row for row in rows}
    weight = {part: row["amount"] for (part, indicator), row in found.items() if indicator == "gwp"}
    for part in sorted(weight, key=lambda part: (part == "", -weight[part])):
        gwp = found[part, "gwp"]
        others = [found.get((part, name)) for name in ("adpe", "pe")]
        table.add_row(
            _label(part, catalogue),
            f"{f.number(gwp['amount'])} kgCO2e",
            say("{} à {}", "{} to {}").format(f.number(gwp["low"]), f.number(gwp["high"])),
            *(
                f"{f.number(row['amount'])} {UNITS[row['indicator']]}" if row else f.unknown()
                for row in others
            ),
            gwp["assumed"].replace(" ", ", "),
        )
    return table


def _label(part: str, catalogue: Catalogue) -> str:
    """A part as people name it: the label of its factor, without what it is counted in."""
    if part == "":
        return say("ensemble", "in all")
    if part == "component-gpu":
        return say("Cartes GPU", "GPU cards")
    factor = catalogue.find(part, "gwp", "manufacture")
    return say(factor.label_fr, factor.label_en).split(", par ")[0].split(", per ")[0]
