"""Machines, clusters, rooms and what applications run on, read from an ArchiMate model."""

from pathlib import Path

import pytest
from archimate_files import Drawn, exchange, read_bytes


@pytest.mark.parametrize(
    "path",
    [
        [("Serving", "d", "a")],
        [("Assignment", "a", "d")],
        [("Realization", "d", "s"), ("Serving", "s", "a")],
        [("Assignment", "d", "w"), ("Assignment", "w", "f"), ("Realization", "f", "a")],
        [("Composition", "d", "w"), ("Realization", "w", "a")],
        [("Aggregation", "t", "w"), ("Assignment", "d", "t"), ("Serving", "t", "a")],
        [("Realization", "w", "x"), ("Assignment", "d", "w"), ("Serving", "x", "a")],
    ],
)
def test_hosting_through_what_stands_between(tmp_path: Path, path: list[tuple[str, str, str]]) -> None:
    drawn = Drawn().add("ApplicationComponent", "a").add("Device", "d").add("TechnologyService", "s")
    drawn.add("SystemSoftware", "w").add("Artifact", "f").add("TechnologyCollaboration", "t")
    drawn.add("ApplicationService", "x")
    for relation in path:
        drawn.link(*relation)
    inventory, _ = read_bytes(tmp_path, exchange(drawn))
    assert [(link.application, link.host) for link in inventory.links] == [("a", "d")]


def test_hosting_does_not_go_through_another_application(tmp_path: Path) -> None:
    drawn = Drawn().add("ApplicationComponent", "a").add("ApplicationComponent", "b")
    drawn.add("ApplicationService", "x").add("Device", "d")
    drawn.link("Serving", "d", "b").link("Realization", "b", "x").link("Serving", "x", "a")
    inventory, _ = read_bytes(tmp_path, exchange(drawn))
    assert [(link.application, link.host) for link in inventory.links] == [("b", "d")]


def test_clusters_containers_and_virtual_machines(tmp_path: Path) -> None:
    drawn = (
        Drawn().add("ApplicationComponent", "a").add("Node", "farm").add("Device", "d1").add("Device", "d2")
    )
    drawn.add("Node", "vm").add("Node", "pod").add("Node", "alone").add(
        "Node", "said", type="machine virtuelle"
    )
    drawn.link("Composition", "farm", "d1").link("Composition", "farm", "d2").link("Assignment", "farm", "vm")
    drawn.link("Assignment", "vm", "pod").link("Assignment", "pod", "a").link("Serving", "farm", "a")
    inventory, _ = read_bytes(tmp_path, exchange(drawn))
    assert {host.name: host.cluster for host in inventory.assets} == {"d1": "farm", "d2": "farm", "alone": ""}
    assert {vm.name: (vm.kind, vm.cluster, vm.inside) for vm in inventory.machines} == {
        "farm": ("calcul", "farm", ""),
        "vm": ("calcul", "farm", ""),
        "pod": ("conteneur", "", "vm"),
        "said": ("calcul", "", ""),
    }
    assert {link.vm for link in inventory.links} == {"pod", "farm"}


def test_rooms_sites_and_typed_equipment(tmp_path: Path) -> None:
    drawn = (
        Drawn()
        .add("Location", "lyon", "Lyon")
        .add("Facility", "dc")
        .add("Facility", "room")
        .add("Device", "d")
    )
    drawn.add("CommunicationNetwork", "lan").add("CommunicationNetwork", "sw", type="Commutateur")
    drawn.add("Equipment", "robot").add("Facility", "empty")
    drawn.link("Aggregation", "lyon", "dc").link("Composition", "dc", "room").link("Assignment", "d", "room")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert {one.code: (one.parent, one.site) for one in inventory.data_centres} == {
        "dc": ("", "Lyon"),
        "room": ("dc", ""),
    }
    assert {one.name: (one.type, one.data_centre) for one in inventory.assets} == {
        "d": ("Serveur", "room"),
        "sw": ("Commutateur", ""),
    }
    unread = {fault.value for fault in faults if fault.code == "unread-elements"}
    assert unread == {"CommunicationNetwork", "Equipment", "Facility"}
