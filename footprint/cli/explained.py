"""Letters and explanations for the terminal: criteria with their bands, formulas as a tree."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from footprint import formats as f
from footprint.cli.tables import MISSING, table_of
from footprint.plausibility.finding import harmless
from footprint.scores import band
from footprint.sheets import Explanation, Input, Letter, Score
from footprint.texts import count, say
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


def explanation_tree(step: Explanation, depth: int = 0) -> Tree:
    """An explanation as a tree of lines; `depth` levels of steps below the first, all of them when 0."""
    tree = Tree(_explained(step))
    _grow(tree, step, depth or -1)
    return tree


def flags_text(flags: Sequence[tuple[str, str]]) -> Text:
    """Weaknesses of the data, one a line; what was not assessed is named."""
    lines = [
        say("Faiblesses des données :", "Weaknesses of the data:"),
        *(f"  {say(*flag)}" for flag in flags),
    ]
    return Text("\n".join(_plain(line) for line in lines))


def _grow(tree: Tree, step: Explanation, left: int) -> None:
    if left == 0:
        if step.children:
            below = count(
                len(step.children), ("ligne dessous", "lignes dessous"), ("line below", "lines below")
            )
            tree.add(Text(f"… {below}", style="dim"))
        return
    for child in step.children:
        _grow(tree.add(_explained(child)), child, left - 1)


def _explained(step: Explanation) -> Text:
    text = Text(_plain(step.label), style="bold")
    if step.amount is not None:
        unit = "" if step.unit == "1" else f"{f.NARROW}{step.unit}"
        text.append(f" = {f.exact(step.amount)}{unit}", style="not bold")
    if step.formula:
        rule = f"{step.rule} : " if step.rule else ""
        text.append(_plain(f"  [{rule}{step.formula}]"), style="not bold dim")
    if step.tier:
        text.append(say(f"  preuve : {word(step.tier)}", f"  evidence: {word(step.tier)}"), style="not bold")
    for item in step.inputs:
        text.append("\n  " + _plain(_input(item)), style="not bold")
    return text


def _input(item: Input) -> str:
    value = item.value if isinstance(item.value, str) else f.exact(item.value)
    unit = "" if item.unit in ("", "1") else f"{f.NARROW}{item.unit}"
    where = ", ".join(part for part in (item.source, item.year) if part)
    origin = " : ".join(part for part in (item.factor_id, where) if part)
    return f"{say(item.name_fr, item.name_en)} = {value}{unit}{f'  ({origin})' if origin else ''}"


def _plain(text: str) -> str:
    """Names as written, but for what a terminal would obey."""
    return "".join(letter if harmless(letter) else ascii(letter)[1:-1] for letter in text)
