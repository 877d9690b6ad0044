"""Scores written into the ArchiMate model the map came from, so that the tool that keeps the map shows them.

Properties: footprint:kgCO2e_an, footprint:kgCO2e_bas and footprint:kgCO2e_haut (90 % bounds), footprint:note,
footprint:qualite (share of the total that does not rest on generic values, 0 to 1), footprint:evaluation (which
one). An element that is not assessed has none: nothing is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping

from footprint.kept import current
from footprint.report.map_picture.colours import TONES
from footprint.scores import LETTERS
from footprint.sheets import Tile
from footprint.store.database import Store
from footprint.store.referential import current_campaign
from footprint.views import applications, tiles
from pos_map.archimate import write_scores
from pos_map.archimate.container import unpacked
from pos_map.archimate.reading import model_of
from pos_map.archimate.spans import MARK


def model_with_scores(store: Store, model: bytes, *, coloured: bool = True) -> tuple[bytes, int]:
    """The model file with the scores of the current assessment, and how many of its applications got some.

    Applications are found by the identifier they had in the model. Raises Unreadable for a file that is not an
    ArchiMate model, CampaignError without an assessment.
    """
    scores, colours = scores_by_element(store)
    held = scores.keys() & model_of(unpacked(model)).elements.keys()
    return write_scores(model, scores, colours if coloured else {}), len(held)


def scores_by_element(store: Store) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """By identifier in the model: the properties of each assessed application, and the colour of its letter."""
    records, assessment = applications(store), current(store, current_campaign(store)).id
    scores, colours = {}, {}
    for tile in tiles(store):
        element = records[tile.code].ref
        if element and tile.total is not None:
            scores[element] = {**_properties(tile), f"{MARK}evaluation": assessment}
            if tile.score.letter:
                colours[element] = TONES[LETTERS.index(tile.score.letter)]
    return scores, colours


def _properties(tile: Tile) -> Mapping[str, str]:
    """Numbers with a point and no unit: other tools compute with them."""
    assert tile.total is not None
    found = {
        "kgCO2e_an": f"{tile.total.value:.6g}",
        "kgCO2e_bas": f"{tile.total.low:.6g}",
        "kgCO2e_haut": f"{tile.total.high:.6g}",
        "qualite": f"{1.0 - tile.quality.get('generic', 0.0):.2f}",
    }
    if tile.score.letter:
        found["note"] = tile.score.letter
    return {f"{MARK}{name}": value for name, value in found.items()}
