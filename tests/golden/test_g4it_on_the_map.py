"""An inventory in G4IT columns, imported as it is, ends on the map with its scores explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from footprint import views
from footprint.assessments import assess_campaign
from footprint.sheets import MapNode
from footprint.store.database import open_store
from footprint.store.referential import ensure_campaign, import_files

ROOT = Path(__file__).parents[2]
OURS = ROOT / "tests" / "pos_map" / "data"
SHARED = ROOT.parent / "shared" / "acceptance"


def placed(nodes: tuple[MapNode, ...], above: str = "") -> dict[str, str]:
    """Each application with the path of labels it stands in."""
    found: dict[str, str] = {}
    for node in nodes:
        path = f"{above}/{node.label}" if above else node.label
        found |= {tile.code: path for tile in node.applications}
        found |= placed(node.children, path)
    return found


@pytest.mark.parametrize("name", ["g4it_demo_inputs", "g4it_eval_nominal/input"])
def test_applications_of_a_g4it_inventory_appear_on_the_map(name: str, tmp_path: Path) -> None:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not beside this checkout; our own equivalent always runs")
    store = open_store(tmp_path / "home")
    campaign = ensure_campaign(store, "G4IT", 2021)
    report = import_files(store, campaign, [folder], "essai")
    assess_campaign(store, campaign)
    on_map = placed(views.map_tree(store))
    assert set(on_map) == {application.code for application in report.inventory.applications}
    assert on_map["application-1"] == "Domain 1/Sub Domain 1"
    assert all(tile.total is not None for tile in views.tiles(store))


def test_our_own_small_inventory_appears_on_the_map(tmp_path: Path) -> None:
    store = open_store(tmp_path / "home")
    campaign = ensure_campaign(store, "Essai", 2026)
    report = import_files(store, campaign, [OURS], "essai")
    assess_campaign(store, campaign)
    assert set(placed(views.map_tree(store))) == {row.code for row in report.inventory.applications} != set()
