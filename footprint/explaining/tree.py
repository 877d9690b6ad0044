"""The steps above machines: stages, pools with the part taken of each (M4), platforms and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footprint.assessment.vocabulary import PLATFORM
from footprint.explaining.ground import Ground, folded, where
from footprint.explaining.leaves import biggest, leaves
from footprint.sheets import Explanation, Input
from footprint.texts import say
from footprint.wording import environment, machine, word

Row = dict[str, Any]
OF_POOL = {
    "grappe": ("total de la grappe", "total of the cluster"),
    "machine": ("total de la machine", "total of the machine"),
    "plateforme": ("total de la plateforme", "total of the platform"),
    "execution": ("total de l’exécution", "total of the run"),
    "service": ("total du service", "total of the service"),
    "reseau": ("total du réseau du centre", "total of the room's network"),
    "stockage": ("total du stockage du centre", "total of the room's storage"),
}
OWN = ("execution", "service")
"""Pools that are one thing, wholly for one: their step would say nothing more."""
LINES = ("subject_kind", "stage", "pool", "tenant", "environment", "part", "key_kind", "split_kind", "amount")


def summed(
    label: str, children: Iterable[Explanation], unit: str, formula: str, *, ordered: bool = False
) -> Explanation:
    """A step that is the sum of the steps below, biggest first unless they come in an order; None when empty."""
    below = tuple(children)
    below = below if ordered else tuple(sorted(below, key=biggest))
    total = sum(child.amount or 0.0 for child in below) if below else None
    return Explanation(label, total, unit, formula=formula, children=below)


def part_of(whole: Explanation, part: float) -> Explanation:
    """What a box of the map holds of an application that stands in several: its declared part of the whole."""
    if part == 1.0 or whole.amount is None:
        return whole
    total = Input("total de l’application", "total of the application", whole.amount, whole.unit)
    return Explanation(
        label=whole.label,
        amount=part * whole.amount,
        unit=whole.unit,
        rule="M4",
        formula=f"{say('part', 'part')} x {say(total.name_fr, total.name_en)}",
        inputs=(Input("part", "part", part, "1"), total),
        children=(whole,),
    )


def by_stage(ground: Ground, label: str, lines: pa.Table) -> Explanation:
    """The lines of a subject: stage -> pool -> machines."""
    ground.load(pc.unique(lines["pool"]).to_pylist())
    rows = lines.select(list(LINES)).to_pylist()
    stages = [
        summed(word(stage), pools(ground, mine, stage), ground.unit, of_machines())
        for stage, mine in grouped(rows, lambda row: row["stage"]).items()
    ]
    return summed(label, stages, ground.unit, of_stages())


def whole_by_stage(ground: Ground, label: str, impacts: pa.Table) -> Explanation:
    """Machines with all they emit, whoever draws on them: stage -> machines."""
    stages = [
        summed(word(stage), leaves(ground, mine), ground.unit, of_machines())
        for stage, mine in grouped(folded(impacts), lambda row: row["stage"]).items()
    ]
    return summed(label, stages, ground.unit, of_stages())


def pools(ground: Ground, lines: list[Row], stage: str) -> tuple[Explanation, ...]:
    """What lines of one stage take of each pool."""
    steps: list[Explanation] = []
    whole: list[Row] = []
    for pool, rows in grouped(lines, lambda row: row["pool"]).items():
        takes = _takes(rows)
        part = sum(row["part"] for row in takes)
        kind = pool.partition(":")[0]
        apart = kind in OWN or (kind == "machine" and rows[0]["subject_kind"] != "application")
        if apart and abs(part - 1.0) < 1e-12:
            whole += ground.machines(pool, stage)
        else:
            steps.append(_pool(ground, pool, stage, part, rows, takes))
    return tuple(sorted((*steps, *leaves(ground, whole)), key=biggest))


def _pool(
    ground: Ground, pool: str, stage: str, part: float, rows: list[Row], takes: list[Row]
) -> Explanation:
    kind, _, name = pool.partition(":")
    below = (
        _held(ground, name, stage)
        if pool.startswith(PLATFORM)
        else leaves(ground, ground.machines(pool, stage))
    )
    of_pool = Input(
        *OF_POOL.get(kind, OF_POOL["machine"]), sum(step.amount or 0.0 for step in below), ground.unit
    )
    return Explanation(
        label=machine(pool),
        amount=sum(row["amount"] for row in rows),
        unit=ground.unit,
        rule="M4",
        formula=f"{say('part', 'part')} x {say(of_pool.name_fr, of_pool.name_en)}",
        inputs=(Input("part", "part", part, "1"), of_pool),
        children=(*(_take(row, kind) for row in takes), *below),
    )


def _held(ground: Ground, platform: str, stage: str) -> tuple[Explanation, ...]:
    """What a platform held at a stage before it was spread: its own pools, other platforms among them."""
    lines = where(ground.platform_lines, subject=platform, stage=stage)
    ground.load(pc.unique(lines["pool"]).to_pylist())
    return pools(ground, lines.select(list(LINES)).to_pylist(), stage)


def _takes(rows: list[Row]) -> list[Row]:
    """One part a tenant and environment: lines of a pool repeat it for each kind of equipment."""
    keyed = {(row["tenant"], row["environment"]): row for row in rows}
    return sorted(keyed.values(), key=lambda row: -row["part"])


def _take(row: Row, kind: str) -> Explanation:
    keys = (
        ("clé", "key", row["key_kind"]),
        ("partage entre applications", "split between applications", row["split_kind"]),
    )
    return Explanation(
        label=_taker(row, kind),
        amount=row["part"],
        unit="1",
        rule="M4",
        formula=say("part prise", "part taken"),
        inputs=tuple(Input(fr, en, word(code)) for fr, en, code in keys if code),
    )


def _taker(row: Row, kind: str) -> str:
    """Who takes a part: a virtual machine, a host used directly, the bearer of a platform, the rest of a pool."""
    tenant, _, name = row["tenant"].partition(":")
    if tenant == "vm":
        label = say(f"machine virtuelle {name}", f"virtual machine {name}")
    elif tenant == "hote":
        label = say(f"serveur direct {name}", f"direct server {name}")
    elif kind == "plateforme":
        label = say("part de la plateforme", "part of the platform")
    elif kind in ("reseau", "stockage"):
        label = say("part du centre", "part of the data centre")
    elif kind in OWN:
        label = say("en entier", "the whole of it")
    else:
        label = say("ce que personne ne prend", "what nobody takes")
    return f"{label} ({environment(row['environment'])})" if row["environment"] else label


def of_machines() -> str:
    """The formula of a stage."""
    return say("somme des machines", "sum of the machines")


def of_stages() -> str:
    """The formula of a subject."""
    return say("somme des étapes du cycle de vie", "sum of the life-cycle stages")


def grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Rows by a key, in its order."""
    return {name: list(group) for name, group in groupby(sorted(rows, key=key), key=key)}
