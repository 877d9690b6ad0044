"""M4: the part of a pool each application draws, by every kind of key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pos_map import ApplicationLink, PhysicalAsset, VirtualMachine
from tests.estates import application, assessed, inventory, link, server, vm

NAMES = ("A", "B")


def parts(
    assets: list[PhysicalAsset],
    machines: list[VirtualMachine],
    links: list[ApplicationLink],
    stage: str = "use",
    refused: Sequence[str] = (),
) -> dict[str, float]:
    """Share of the use phase (or another class of stages) each subject takes."""
    estate = inventory(
        assets=assets, machines=machines, links=links, applications=[application(name) for name in NAMES]
    )
    found: dict[str, float] = {}
    for row in assessed(estate, refused=refused).parts.to_pylist():
        if row["stage_class"] == stage:
            found[row["subject"]] = found.get(row["subject"], 0.0) + row["part"]
    return found


def two(first: dict[str, Any], second: dict[str, Any], **host: Any) -> dict[str, float]:
    machines = [vm("V1", "S", **first), vm("V2", "S", **second)]
    return parts([server("S", **host)], machines, [link("A", vm="V1"), link("B", vm="V2")])


def test_vcpu_of_the_threads_of_the_host_the_rest_stays_free() -> None:
    assert two({"vcpu": 4.0}, {"vcpu": 2.0}) == pytest.approx(
        {"A": 4 / 16, "B": 2 / 16, "capacite_libre": 10 / 16}
    )


def test_overcommitted_threads_are_shared_by_what_is_promised() -> None:
    assert two({"vcpu": 24.0}, {"vcpu": 8.0}) == pytest.approx({"A": 0.75, "B": 0.25})


def test_a_host_of_unknown_size_is_shared_whole() -> None:
    assert two({"vcpu": 3.0}, {"vcpu": 1.0}, cores=None) == pytest.approx({"A": 0.75, "B": 0.25})


def test_a_machine_without_vcpu_takes_the_mean_of_its_pool() -> None:
    assert two({"vcpu": 4.0}, {})["B"] == pytest.approx(4 / 16)


def test_no_size_at_all_means_equal_shares() -> None:
    assert two({}, {}) == pytest.approx({"A": 0.5, "B": 0.5})


def test_ram_vcpu_and_storage_are_weighted_by_stage() -> None:
    sizes = {"vcpu": 4.0, "ram_gb": 32.0, "storage_gb": 100.0}
    other = {"vcpu": 4.0, "ram_gb": 16.0, "storage_gb": 300.0}
    assert two(sizes, other)["A"] == pytest.approx(0.30 * 32 / 64 + 0.60 * 4 / 16 + 0.10 * 100 / 400)
    machines = [vm("V1", "S", **sizes), vm("V2", "S", **other)]
    links = [link("A", vm="V1"), link("B", vm="V2")]
    made = parts([server("S")], machines, links, stage="manufacture")
    assert made["A"] == pytest.approx(0.85 * 32 / 64 + 0.02 * 4 / 16 + 0.13 * 100 / 400)


def test_a_declared_key_is_taken_as_declared() -> None:
    assert two({"key": 0.2}, {"key": 0.5}) == pytest.approx({"A": 0.2, "B": 0.5, "capacite_libre": 0.3})


def test_machines_without_a_key_share_what_the_keys_leave() -> None:
    found = two({"key": 0.2, "vcpu": 8.0}, {"vcpu": 8.0})
    # B fills what the key of A leaves of the machine: nothing of it is free.
    assert found == pytest.approx({"A": 0.2, "B": 0.8})


def test_a_cluster_is_one_pool() -> None:
    hosts = [server("S1", cluster="G"), server("S2", cluster="G", quantity=3.0)]
    machines = [vm("V1", cluster="G", vcpu=16.0), vm("V2", "S1", vcpu=16.0)]
    found = parts(hosts, machines, [link("A", vm="V1"), link("B", vm="V2")])
    assert found == pytest.approx({"A": 0.25, "B": 0.25, "capacite_libre": 0.5})


def test_declared_shares_of_one_machine_then_equal_for_the_others() -> None:
    machines = [vm("V", "S", vcpu=16.0)]
    links = [link("A", vm="V", share=0.7), link("B", vm="V")]
    assert parts([server("S")], machines, links) == pytest.approx({"A": 0.7, "B": 0.3})


def test_shares_below_one_leave_a_remainder() -> None:
    found = parts([server("S")], [vm("V", "S", vcpu=16.0)], [link("A", vm="V", share=0.6)])
    assert found == pytest.approx({"A": 0.6, "cle_incomplete": 0.4})


def test_a_machine_no_application_claims() -> None:
    found = parts([server("S")], [vm("V", "S", vcpu=4.0)], [])
    assert found == pytest.approx({"vm_sans_application": 0.25, "capacite_libre": 0.75})


def test_a_machine_a_person_left_to_no_application_is_told_apart() -> None:
    machines = [vm("V", "S", vcpu=4.0), vm("W", "S", vcpu=4.0), vm("X", "S", vcpu=4.0)]
    found = parts([server("S")], machines, [link("A", vm="X", share=0.5)], refused=["V", "X", "absent"])
    assert found == pytest.approx(
        {
            "vm_refusee": 0.25,
            "vm_sans_application": 0.25,
            "A": 0.125,
            "cle_incomplete": 0.125,
            "capacite_libre": 0.25,
        }
    )


def test_an_application_on_a_host_without_virtual_machines_takes_it_whole() -> None:
    assert parts([server("S")], [], [link("A", host="S")]) == pytest.approx({"A": 1.0})


def test_volumes_of_a_storage_bay_share_it_by_size() -> None:
    bay = server("S", type="Baie de stockage")
    machines = [
        vm("V1", "S", kind="stockage", storage_gb=300.0),
        vm("V2", "S", kind="stockage", storage_gb=100.0),
    ]
    found = parts([bay], machines, [link("A", vm="V1"), link("B", vm="V2")])
    assert found == pytest.approx({"A": 0.75, "B": 0.25})


def test_equal_shares_are_flagged() -> None:
    estate = inventory(
        assets=[server("S")],
        machines=[vm("V", "S")],
        links=[link("A", vm="V")],
        applications=[application("A")],
    )
    kinds = {row["key_kind"] for row in assessed(estate).lines.to_pylist() if row["subject"] == "A"}
    assert kinds == {"egale"}


def test_a_host_of_unknown_size_counts_as_the_mean_of_its_cluster() -> None:
    hosts = [
        server("S1", cluster="G"),
        server("S2", cluster="G", cores=None),
        server("S3", cluster="G", cores=None),
    ]
    found = parts(hosts, [vm("V", cluster="G", vcpu=8.0)], [link("A", vm="V")])
    assert found == pytest.approx({"A": 8 / 48, "capacite_libre": 40 / 48})


def test_an_application_on_a_whole_host_of_a_cluster_is_as_big_as_the_host() -> None:
    hosts = [server("S1", cluster="G"), server("S2", cluster="G")]
    machines = [vm(f"V{i}", cluster="G", vcpu=4.0) for i in range(4)]
    links = [link("A", host="S1"), *[link("B", vm=f"V{i}") for i in range(4)]]
    assert parts(hosts, machines, links) == pytest.approx({"A": 0.5, "B": 0.5})


def test_without_sizes_the_others_take_all_that_a_key_leaves() -> None:
    assert two({"key": 0.5}, {}) == pytest.approx({"A": 0.5, "B": 0.5})
