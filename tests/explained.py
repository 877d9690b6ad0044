"""Recomputing printed formulas: the names of the inputs replaced by their printed values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO

from rich.console import Console

from footprint.cli.explained import explanation_tree
from footprint.sheets import Explanation
from footprint.texts import say

PLAIN = re.compile(r"[\d\s.eE+\-*/()]+")
HEAD = re.compile(
    r"^[│ ├└─]*(?P<label>.*?) = (?P<amount>-?[\d\u202f,]+)(?:\u202f(?P<unit>[^\s\u202f]+))?"
    r"(?:  \[(?:(?P<rule>M\d+) : )?(?P<formula>.*?)\])?(?:  preuve : (?P<tier>.*))?$"
)
GIVEN = re.compile(
    r"^[│ ├└─]*  (?P<name>\S.*?) = (?P<value>-?[\d\u202f,]+)(?:\u202f(?P<unit>\S+))?(?:  \(.*\))?$"
)


def steps(step: Explanation) -> Iterator[Explanation]:
    """A step and all below."""
    yield step
    for child in step.children:
        yield from steps(child)


def computed(formula: str, values: Mapping[str, float]) -> float | None:
    """The value of a formula once its names are replaced; None when words are left (a sum of steps)."""
    names = sorted(values, key=len, reverse=True)
    if not names:
        return None
    named = re.compile("|".join(re.escape(name) for name in names))
    text = named.sub(lambda found: repr(values[found[0]]), formula).replace(" x ", " * ").replace("−", "-")
    return float(eval(text, {"__builtins__": {}})) if PLAIN.fullmatch(text) else None


def recomputed(step: Explanation) -> float | None:
    """The amount of a step by its formula and inputs."""
    values = {say(i.name_fr, i.name_en): i.value for i in step.inputs if isinstance(i.value, float)}
    return computed(step.formula, values)


@dataclass
class Printed:
    """A step as the terminal shows it."""

    label: str
    amount: float
    formula: str
    values: dict[str, float] = field(default_factory=dict)


def printed(step: Explanation) -> list[Printed]:
    """The steps of the printed tree, each with what stands under it."""
    console = Console(width=100_000, file=(written := StringIO()))
    console.print(explanation_tree(step))
    found: list[Printed] = []
    for line in written.getvalue().splitlines():
        head, given = HEAD.match(line.rstrip()), GIVEN.match(line.rstrip())
        if head and head["formula"]:
            found.append(Printed(head["label"], _number(head["amount"]), head["formula"]))
        elif given and found:
            found[-1].values[given["name"]] = _number(given["value"])
    return found


def _number(text: str) -> float:
    return float(text.replace("\u202f", "").replace(",", "."))
