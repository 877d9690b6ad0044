"""What the interval of a total rests on: its uncertain values, biggest first (M7)."""

from __future__ import annotations

from factors import Catalogue, FactorError
from footprint.assessment import comparing
from footprint.factor_set import catalogue_of
from footprint.kept import current
from footprint.sheets import Swing
from footprint.store.database import Store
from footprint.store.referential import current_campaign
from footprint.texts import say
from footprint.wording import machine

STATED = {
    "declare": ("énergie déclarée, {}", "declared energy, {}"),
    "fabrication": ("fabrication déclarée, {}", "declared manufacture, {}"),
    "mesure": ("énergie mesurée, {}", "measured energy, {}"),
    "pue": ("PUE, {}", "PUE, {}"),
    "contrat": ("contrat d’électricité, {}", "electricity contract, {}"),
}
"""What the body itself states or measures is a draw named with a prefix; others are factors."""


def swings(store: Store, view: str, key: str, top: int = 8) -> tuple[Swing, ...]:
    """The uncertain values of a total (views of `comparing.selected`, but nodes), those that weigh most first."""
    kept = current(store, current_campaign(store))
    catalogue = catalogue_of(store.home)
    rows = comparing.tornado(comparing.selected(kept.lines, view, key)).slice(0, top).to_pylist()
    return tuple(
        Swing(draw_label(row["draw"], catalogue), row["share"], row["low"], row["high"], row["total"])
        for row in rows
    )


def draw_label(draw: str, catalogue: Catalogue) -> str:
    """A draw in words: the label of its factor, or what the body stated or measured."""
    kind, _, name = draw.partition(":")
    if name.startswith("fabrication:"):
        kind, _, name = name.partition(":")
    if name and kind in STATED:
        # What was typed once is "type|value"; the several statements of a pool are "pool|factor".
        return say(*STATED[kind]).format(machine(name.partition("|")[0]))
    try:
        factor = catalogue.get(draw)
    except FactorError:
        return draw
    return say(factor.label_fr, factor.label_en)
