"""The sample estate: what it promises, and that its generator still makes it."""

from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pos_map import Fault, Inventory, read, sample_paths
from pos_map.sample.generate import WORKBOOK, write


@pytest.fixture(scope="module")
def sample() -> tuple[Inventory, list[Fault]]:
    return read(sample_paths())


def cells(path: Path) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_generating_again_gives_the_same_files(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert [path.name for path in written] == [path.name for path in sample_paths()]
    for made, shipped in zip(written, sample_paths(), strict=True):
        if made.name == WORKBOOK:
            assert cells(made) == cells(shipped)
        else:
            assert made.read_bytes() == shipped.read_bytes(), made.name


def test_the_sample_reads_without_error_and_with_a_few_dozen_warnings(
    sample: tuple[Inventory, list[Fault]],
) -> None:
    _, faults = sample
    assert {fault.severity for fault in faults} == {"warning"}
    assert Counter(fault.code for fault in faults) == {
        "machine-without-application": 12,
        "missing-for-a-score": 4,
        "several-places": 2,
        "application-without-machine": 4,
        "idle-host": 2,
        "blank-quantity": 2,
        "unmapped-application": 2,
        "unknown-country": 1,
        "spend-only": 1,
    }


def test_sizes_of_the_sample(sample: tuple[Inventory, list[Fault]]) -> None:
    inventory, _ = sample
    levels = Counter(node.level for node in inventory.nodes if node.code != "non-rattache")
    assert levels == {"zone": 8, "quartier": 25, "îlot": 47}
    servers = [asset for asset in inventory.assets if asset.type.startswith("Serveur")]
    terminals = [asset for asset in inventory.assets if not asset.data_centre and asset.share != 0]
    offices = [asset for asset in terminals if asset.type not in ("Serveur", "Commutateur", "Routeur")]
    assert (len(servers), len(inventory.machines), len(inventory.use_cases)) == (60, 400, 6)
    assert len(inventory.applications) == 121
    assert sum(asset.quantity for asset in offices) == 5000
    assert [(c.code, c.pue, c.location) for c in inventory.data_centres] == [
        ("DC-NORD", 1.42, "France"),
        ("DC-OUEST", None, "France"),
        ("DC-REUNION", 1.7, "La Réunion"),
    ]
    assert len({asset.site for asset in offices}) == 12


def test_what_an_estate_really_holds_is_there(sample: tuple[Inventory, list[Fault]]) -> None:
    inventory, _ = sample
    assets, machines = inventory.assets, inventory.machines
    retired = sorted(asset.retired.year for asset in assets if asset.retired)
    assert retired == [2024, 2024, 2024, 2025, 2025, 2025]
    assert len({asset.cluster for asset in assets if asset.cluster}) == 8
    servers = [asset for asset in assets if asset.type == "Serveur"]
    assert 0 < sum(asset.cores is None for asset in servers) < 10
    assert 0 < sum(asset.purchased is None for asset in servers) < 10
    assert 0 < sum(asset.yearly_kwh is not None for asset in servers) < len(servers)
    assert 0 < sum(vm.vcpu is None and vm.kind == "calcul" for vm in machines) < 40
    assert sum(vm.kind == "stockage" for vm in machines) == 6
    environments = {link.environment for link in inventory.links}
    assert environments == {"Production", "Recette", "Développement", "Formation"}
    shares = Counter(link.vm for link in inventory.links if link.vm and link.share is not None)
    assert set(shares.values()) == {2}
    users_of = Counter(link.vm for link in inventory.links if link.vm)
    assert sum(count == 2 for count in users_of.values()) == 6
    assert any(link.host for link in inventory.links)


def test_overcommitted_and_under_used_clusters(sample: tuple[Inventory, list[Fault]]) -> None:
    inventory, _ = sample
    asked = Counter[str]()
    cores = Counter[str]()
    for vm in inventory.machines:
        asked[vm.cluster] += int(vm.vcpu or 0)
    for asset in inventory.assets:
        cores[asset.cluster] += int(asset.cores or 0)
    assert asked["NORD-HORSPROD"] > 3 * cores["NORD-HORSPROD"]
    assert 0 < asked["OUEST-SECOURS"] < 0.5 * cores["OUEST-SECOURS"]


def test_the_classifier_of_letters_and_its_neighbours(sample: tuple[Inventory, list[Fault]]) -> None:
    inventory, _ = sample
    letters = next(app for app in inventory.applications if app.code == "TRI-COURRIER")
    assert letters.node == "relation-et-echanges/courrier-et-documents/courrier-entrant"
    assert (letters.name, letters.act_label, letters.act_volume) == (
        "Tri du courrier entrant",
        "courrier trié",
        1_150_000.0,
    )
    environments = {link.environment for link in inventory.links if link.application == "TRI-COURRIER"}
    assert {"Production", "Recette", "Développement"} <= environments
    cases = {case.application: case for case in inventory.use_cases}
    assert cases["TRI-COURRIER"].model == "tri-courrier:1.0"
    abandoned = [case for case in inventory.use_cases if case.status == "abandonné"]
    assert [case.code for case in abandoned] == ["CU-03"]
    assert abandoned[0].abandon_reason
    assert [case.code for case in inventory.use_cases if case.automation == "RPA"] == ["CU-06"]


def test_the_sample_has_readings_services_and_platforms(sample: tuple[Inventory, list[Fault]]) -> None:
    inventory, _ = sample
    assert {reading.data_centre for reading in inventory.readings} == {"DC-NORD"}
    assert all(r.total_kwh and r.it_kwh and 1.2 < r.total_kwh / r.it_kwh < 1.6 for r in inventory.readings)
    assert [(s.application, s.kgco2e) for s in inventory.services if s.kgco2e] == [
        ("VISIO", 1450.0),
        ("FORMATION", 210.0),
    ]
    assert {key.platform for key in inventory.platform_keys} == {"SAUVEGARDE", "SUPERVISION"}
