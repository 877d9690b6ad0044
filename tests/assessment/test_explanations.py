"""Every printed formula, recomputed from its printed inputs, gives the printed amount."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

import factors
from footprint import views
from footprint.sheets import Explanation
from footprint.store.database import Store


def steps(step: Explanation) -> Iterator[Explanation]:
    yield step
    for child in step.children:
        yield from steps(child)


def recomputed(step: Explanation) -> float | None:
    """The amount of a step from its inputs, by its rule; None where it is the sum of its children."""
    values = [item.value for item in step.inputs if isinstance(item.value, float)]
    if not values:
        return None
    product = math.prod(values)
    is_embodied = any(item.name_fr == "durée de vie" for item in step.inputs)
    return product / values[-1] ** 2 if is_embodied else product


def test_every_formula_of_every_application_holds(sample_store: Store) -> None:
    checked = 0
    for tile in views.tiles(sample_store):
        sheet = views.application_sheet(sample_store, tile.code)
        assert (sheet.explanation.amount or 0.0) == pytest.approx(tile.total.value if tile.total else 0.0)
        for step in steps(sheet.explanation):
            by_hand = recomputed(step)
            if by_hand is not None:
                assert step.amount == pytest.approx(by_hand, rel=1e-9)
                checked += 1
            elif step.children:
                assert step.amount == pytest.approx(sum(child.amount or 0.0 for child in step.children))
    assert checked > 2000


def test_factors_are_named_with_their_source(sample_store: Store) -> None:
    tree = views.application_sheet(sample_store, "TRI-COURRIER").explanation
    named = [item for step in steps(tree) for item in step.inputs if item.factor_id]
    assert named
    for item in named:
        factor = factors.load().get(item.factor_id)
        assert (item.value, item.source, item.year) == (factor.value, factor.source, factor.year)


def test_rules_are_cited(sample_store: Store) -> None:
    rules = {step.rule for step in steps(views.application_sheet(sample_store, "TRI-COURRIER").explanation)}
    assert {"M2", "M4", "M6"} <= rules


def test_a_model_is_explained_to_its_runs(sample_store: Store) -> None:
    sheet = views.model_sheet(sample_store, "tri-courrier:1.0")
    labels = {step.label for step in steps(sheet.explanation)}
    assert {"exécution essai-apprentissage", "exécution essai-inference"} <= labels
