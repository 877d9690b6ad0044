"""Letters and explanations for the terminal: criteria with their bands, formulas as a tree."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from footprint import formats as f
from footprint.cli.tables import MISSING, table_of
from footprint.scores import band
from footprint.sheets import Explanation, Input, Letter, Score
from footprint.texts import say
from footprint.wording import word


def criteria_table(scores: Sequence[Score]) -> Table:
    """Where the letters come from: each criterion, its value, its interval, the band of its letter (M8)."""
    table = table_of(
        say("La note : la pire de ces lignes", "The letter: the worst of these rows"),
        (say("Critère", "Criterion"), False), (say("Valeur", "Value"), True),
        (say("Intervalle à 90 %", "90 % interval"), True), (say("Note", "Letter"), False),
        (say("Bande", "Band"), False), (say("Au P90", "At the P90"), False),
    )  # fmt: skip
    for score in scores:
        for c in score.criteria:
            table.add_row(
                say(c.criterion_fr, c.criterion_en),
                f.amount(c.amount) if c.amount else say(c.why_fr, c.why_en),
                f.interval(c.amount) if c.amount else MISSING,
                c.letter or MISSING,
                _band(c),
                c.decision_letter or MISSING,
            )
    return table


def _band(c: Letter) -> str:
    found = band(c)
    if found is None:
        return MISSING
    low, high, unit = found
    if high is None:
        return say(f"{f.exact(low)} {unit} et plus", f"{f.exact(low)} {unit} and more")
    return say(f"de {f.exact(low)} à {f.exact(high)} {unit}", f"{f.exact(low)} to {f.exact(high)} {unit}")


def explanation_tree(step: Explanation) -> Tree:
    """An explanation as a tree of lines."""
    tree = Tree(_explained(step))
    _grow(tree, step)
    return tree


def _grow(tree: Tree, step: Explanation) -> None:
    for child in step.children:
        _grow(tree.add(_explained(child)), child)


def _explained(step: Explanation) -> Text:
    text = Text(step.label, style="bold")
    if step.amount is not None:
        unit = "" if step.unit == "1" else f"{f.NARROW}{step.unit}"
        text.append(f" = {f.exact(step.amount)}{unit}", style="not bold")
    if step.formula:
        rule = f"{step.rule} : " if step.rule else ""
        text.append(f"  [{rule}{step.formula}]", style="not bold dim")
    if step.tier:
        text.append(say(f"  preuve : {word(step.tier)}", f"  evidence: {word(step.tier)}"), style="not bold")
    for item in step.inputs:
        text.append("\n  " + _input(item), style="not bold")
    return text


def _input(item: Input) -> str:
    value = item.value if isinstance(item.value, str) else f.exact(item.value)
    unit = "" if item.unit in ("", "1") else f"{f.NARROW}{item.unit}"
    source = f"  ({item.factor_id} : {item.source}, {item.year})" if item.source else ""
    return f"{say(item.name_fr, item.name_en)} = {value}{unit}{source}"
