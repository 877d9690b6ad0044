"""Every printed formula, recomputed from its printed inputs, gives the printed amount, in every view."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

import factors
from footprint import views
from footprint.assessment import RESULTS
from footprint.assessment.engine import assess
from footprint.assessment.inputs import Inputs
from footprint.assessment.settings import Settings
from footprint.errors import FootprintError, UnknownSubject
from footprint.explain import explain_application, explain_total, parse
from footprint.kept import Kept
from footprint.sheets import Explanation
from footprint.store.database import Store
from footprint.wording import VIEWS
from tests.engine_estate import shared_inputs
from tests.explained import computed, printed, recomputed, steps

SPREAD = Settings(spread_idle=True, spread_network=True, spread_storage=True)
CATALOGUE = factors.load()


def kept_of(settings: Settings) -> tuple[Kept, Inputs]:
    inputs = shared_inputs(settings)
    result = assess(inputs)
    return Kept("essai", asdict(settings), **{name: getattr(result, name) for name in RESULTS}), inputs


@pytest.fixture(scope="module")
def full() -> tuple[Kept, Inputs]:
    """An estate with all the engine knows, everything that can be spread being so."""
    return kept_of(SPREAD)


@pytest.fixture(scope="module")
def plain() -> tuple[Kept, Inputs]:
    return kept_of(Settings())


def told(inputs: Inputs) -> dict[str, Any]:
    """The inventory by name, as the store would give it."""
    return {row["name"]: SimpleNamespace(**row) for row in inputs.tables["assets"].to_pylist()}


def members(inputs: Inputs, node: str) -> dict[str, float]:
    rows = inputs.tables["ancestry"].to_pylist()
    return {row["application"]: row["share"] for row in rows if row["node"] == node}


def check(tree: Explanation, counts: Counter[str] | None = None) -> int:
    """Every formula holds, every sum is that of its children; how many formulas there were."""
    checked = 0
    for step in steps(tree):
        by_hand = recomputed(step)
        if by_hand is not None:
            assert step.amount == pytest.approx(by_hand, rel=1e-9), step
            checked += 1
            if counts is not None:
                counts[step.formula] += 1
        elif step.children:
            assert step.amount == pytest.approx(math.fsum(child.amount or 0.0 for child in step.children))
        else:
            assert step.unit == "1" or step.amount is None or not step.formula, step
    return checked


def test_every_total_of_every_view_unfolds_and_recomputes(full: tuple[Kept, Inputs]) -> None:
    kept, inputs = full
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    checked = 0
    for row in kept.totals.to_pylist():
        tree = explain_total(
            kept, CATALOGUE, row["view"], row["key"], row["sub"], row["indicator"], told(inputs),
            members=members(inputs, row["key"]) if row["view"] == "node" else {},
        )  # fmt: skip
        assert tree.amount == pytest.approx(row["amount"], rel=1e-9), row
        checked += check(tree, counts)
        seen.add(row["view"])
    assert seen == set(VIEWS)
    assert checked > 2000
    formulas = " ".join(counts)
    for word in (
        "machines identiques x", "quantité du composant x facteur du composant", "profil horaire",
        "part x total de la plateforme", "énergie déclarée x PUE", "empreinte déclarée par le fournisseur",
        "part x total du réseau du centre", "part x total du stockage du centre", "− exécutions mesurées",
        "durée avant achat x part reconditionnée", "taux de réemploi x", "fabrication déclarée",
        "part d’un serveur x", "électricité du contrat", "part x total de la grappe",
    ):  # fmt: skip
        assert word in formulas, word


def test_the_text_of_the_terminal_is_enough_to_recompute(full: tuple[Kept, Inputs]) -> None:
    """Parsed back from the printed lines: names, values of six figures, amounts."""
    kept, inputs = full
    distinct: set[tuple[Any, ...]] = set()
    for view, key in [("total", ""), ("kind", "application"), ("kind", "non_affecte"), ("kind", "poste")]:
        for indicator in ("gwp", "adpe", "pe"):
            for step in printed(explain_total(kept, CATALOGUE, view, key, None, indicator, told(inputs))):
                by_hand = computed(step.formula, step.values)
                if by_hand is not None:
                    assert step.amount == pytest.approx(by_hand, rel=1e-4, abs=1e-12), step
                    distinct.add((step.label, step.formula, step.amount))
    assert len(distinct) > 200


def test_the_year_of_purchase_charges_everything_at_once() -> None:
    kept, inputs = kept_of(Settings(mode="purchase_year"))
    tree = explain_total(kept, CATALOGUE, "total", assets=told(inputs))
    assert check(tree) > 20
    made = [step for step in steps(tree) if step.rule == "M3" and step.inputs]
    assert made
    assert all("années imputées" not in step.formula for step in made)


def test_machines_alike_are_shown_once_with_their_count(plain: tuple[Kept, Inputs]) -> None:
    kept, inputs = plain
    tree = explain_total(kept, CATALOGUE, "post", "serveurs", assets=told(inputs))
    alike = [step for step in steps(tree) if "machines identiques :" in step.label and step.rule]
    assert alike
    for step in alike:
        count = next(item.value for item in step.inputs if item.name_fr == "machines identiques")
        assert step.label.startswith(f"{count:.0f} machines identiques : ")
    leaves = sum(1 for step in steps(tree) if step.rule)
    assert leaves < kept.asset_impacts.filter(kept_gwp(kept)).num_rows


def kept_gwp(kept: Kept) -> Any:
    import pyarrow.compute as pc

    return pc.and_(
        pc.equal(kept.asset_impacts["indicator"], "gwp"), pc.equal(kept.asset_impacts["post"], "serveurs")
    )


def test_a_platform_unfolds_to_what_the_platforms_below_hold(full: tuple[Kept, Inputs]) -> None:
    """SAUVE is borne by SUPERV, itself borne by A1: two ranks down to machines."""
    kept, _inputs = full
    tree = explain_application(kept, CATALOGUE, "A1")
    first = next(step for step in steps(tree) if step.label == "plateforme SUPERV")
    second = next(step for step in steps(first) if step.label == "plateforme SAUVE")
    assert any(step.rule == "M2" for step in steps(second))


def test_the_inventory_changed_since_is_not_taken_for_what_was_used(plain: tuple[Kept, Inputs]) -> None:
    kept, inputs = plain
    changed = told(inputs)
    changed["portables"] = SimpleNamespace(**{**vars(changed["portables"]), "upstream_y": 3.5})
    for assets, composed in ((told(inputs), 1), (changed, 0)):
        tree = explain_total(kept, CATALOGUE, "post", "postes", assets=assets)
        lives = {step.amount for step in steps(tree) if step.label == "durée de vie"}
        assert len(lives) == composed


def test_what_people_own_cites_its_share(plain: tuple[Kept, Inputs]) -> None:
    kept, inputs = plain
    tree = explain_total(kept, CATALOGUE, "post", "telephonie", assets=told(inputs))
    shares = {
        i.value: i.factor_id
        for step in steps(tree)
        for i in step.inputs
        if i.name_fr == "part professionnelle"
    }
    assert shares[0.57] == "share-byod"
    assert shares[0.7] == ""  # typed in the inventory


def test_views_are_named_as_they_are_asked(plain: tuple[Kept, Inputs]) -> None:
    kept, _inputs = plain
    assert parse(kept, "total") == ("total", "", "")
    assert parse(kept, "model:m:1") == ("model", "m:1", None)
    assert parse(kept, "model:m:1:training") == ("model", "m:1", "training")
    assert parse(kept, "reason:non_affecte:capacite_libre") == ("reason", "non_affecte", "capacite_libre")
    with pytest.raises(UnknownSubject, match="postes"):
        parse(kept, "post:poste")
    with pytest.raises(UnknownSubject, match="node"):
        parse(kept, "nodes:zone")
    with pytest.raises(FootprintError, match="adpe"):
        explain_total(kept, CATALOGUE, "total", indicator="co2")


def test_every_formula_of_every_application_of_the_sample_holds(sample_store: Store) -> None:
    checked = 0
    for tile in views.tiles(sample_store):
        sheet = views.application_sheet(sample_store, tile.code)
        assert (sheet.explanation.amount or 0.0) == pytest.approx(tile.total.value if tile.total else 0.0)
        checked += check(sheet.explanation)
    assert checked > 1500


def test_a_node_of_the_map_unfolds_to_its_applications(sample_store: Store) -> None:
    node = views.map_tree(sample_store)[0]
    tree = views.explained(sample_store, f"node:{node.code}")
    assert node.total is not None
    assert tree.amount == pytest.approx(node.total.value)
    assert check(tree) > 100
    folded = views.explained(sample_store, f"node:{node.code}", unfold=False)
    assert [child.label for child in folded.children] == [child.label for child in tree.children]
    # An application that stands here for a part shows its whole, folded too.
    assert not any(whole.children for child in folded.children for whole in child.children)


def test_factors_are_named_with_their_source(sample_store: Store) -> None:
    tree = views.application_sheet(sample_store, "TRI-COURRIER").explanation
    named = [item for step in steps(tree) for item in step.inputs if item.factor_id]
    assert named
    for item in named:
        factor = CATALOGUE.get(item.factor_id)
        assert (item.value, item.source, item.year) == (factor.value, factor.source, factor.year)


def test_rules_are_cited(sample_store: Store) -> None:
    rules = {step.rule for step in steps(views.application_sheet(sample_store, "TRI-COURRIER").explanation)}
    assert {"M2", "M4", "M6"} <= rules


def test_a_model_is_explained_to_its_runs(sample_store: Store) -> None:
    sheet = views.model_sheet(sample_store, "tri-courrier:1.0")
    labels = {step.label for step in steps(sheet.explanation)}
    assert {"exécution essai-apprentissage", "exécution essai-inference"} <= labels
