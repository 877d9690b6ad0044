"""M4 inside a virtual machine: what each application takes of the machine that carries its containers."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.assessment.containers import carried, with_carriers

LINKS = pa.schema(
    [
        ("application", pa.string()),
        ("environment", pa.string()),
        ("vm", pa.string()),
        ("host", pa.string()),
        ("share", pa.float64()),
    ]
)
MACHINES = pa.schema(
    [("name", pa.string()), ("inside", pa.string()), ("key", pa.float64()), ("vcpu", pa.float64())]
)
Link = tuple[str, str, float | None]
Machine = tuple[str, str, float | None, float | None]


def settled(links: list[Link], machines: list[Machine]) -> list[dict[str, Any]]:
    """The links as `carried` leaves them: an application, what it is on and its share there."""
    written = [
        {"application": app, "environment": "", "vm": vm, "host": "", "share": share}
        for app, vm, share in links
    ]
    named = [dict(zip(MACHINES.names, machine, strict=True)) for machine in machines]
    found, _machines = carried(pa.Table.from_pylist(written, LINKS), pa.Table.from_pylist(named, MACHINES))
    return found.to_pylist()


def shares(links: list[Link], machines: list[Machine]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in settled(links, [("V", "", None, 8.0), *machines]):
        assert row["vm"] == "V"
        found[row["application"]] = found.get(row["application"], 0.0) + row["share"]
    return found


def test_declared_shares_of_a_container_of_no_size_are_kept() -> None:
    found = shares([("A", "C", 0.75), ("B", "C", 0.25)], [("C", "V", None, None)])
    assert found == pytest.approx({"A": 0.75, "B": 0.25})


def test_a_blank_link_takes_what_the_declared_ones_leave() -> None:
    found = shares([("A", "C", 0.75), ("B", "C", None)], [("C", "V", 1.0, None)])
    assert found == pytest.approx({"A": 0.75, "B": 0.25})


def test_sizes_divide_what_keys_leave() -> None:
    machines = [("K", "V", 0.5, None), ("S", "V", None, 12.0), ("T", "V", None, 4.0)]
    found = shares([("A", "K", None), ("B", "S", None), ("C", "T", None)], machines)
    assert found == pytest.approx({"A": 0.5, "B": 0.375, "C": 0.125})


def test_containers_that_carry_others_count_beside_their_siblings() -> None:
    machines = [("POD", "V", 0.5, None), ("C1", "POD", None, None), ("C2", "V", 0.75, None)]
    found = shares([("A", "C1", None), ("B", "C2", None)], machines)
    assert found == pytest.approx({"A": 0.4, "B": 0.6})


def test_what_containers_leave_is_for_the_application_on_the_machine_itself() -> None:
    found = shares([("A", "C", None), ("B", "V", None)], [("C", "V", None, 2.0)])
    assert found == pytest.approx({"A": 0.25, "B": 0.75})


def test_no_application_loses_everything_because_others_have_sizes() -> None:
    machines = [("C1", "V", None, 8.0), ("C2", "V", None, 4.0), ("C3", "V", None, None)]
    found = shares([("A", "C1", None), ("B", "C2", None), ("C", "C3", None), ("D", "V", None)], machines)
    # The unsized ones take the mean of the others, 6 vCPU: 24 in all, promised on a machine of 8.
    assert found == pytest.approx({"A": 8 / 24, "B": 4 / 24, "C": 6 / 24, "D": 6 / 24})


def test_a_declared_link_on_the_machine_comes_before_its_containers() -> None:
    found = shares(
        [("A", "V", 0.4), ("B", "C", None), ("C", "D", None)],
        [("C", "V", None, None), ("D", "V", None, None)],
    )
    assert found == pytest.approx({"A": 0.4, "B": 0.3, "C": 0.3})


def test_how_a_share_was_found_is_said() -> None:
    machines: list[Machine] = [("V", "", None, 8.0), ("C", "V", None, 2.0), ("D", "V", 0.5, None)]
    rows = settled([("A", "C", None), ("B", "D", None), ("C", "D", None), ("E", "D", 0.1)], machines)
    assert [(row["application"], row["split"]) for row in rows] == [
        ("A", "vcpu"),
        ("B", "egale"),
        ("C", "egale"),
        ("E", ""),
    ]


def test_containers_in_a_circle_stay_on_nothing() -> None:
    rows = settled([("A", "C", None)], [("C", "D", None, None), ("D", "C", None, None)])
    assert [(row["vm"], row["share"]) for row in rows] == [("C", None)]


NAMES = ("V", "C1", "C2", "C3")
PART = st.none() | st.floats(0.0, 1.5)
SIZE = st.none() | st.sampled_from([0.0, 0.5, 2.0, 16.0])


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(NAMES), PART), max_size=6),
    st.tuples(*[st.tuples(st.sampled_from(NAMES), PART, SIZE) for _name in NAMES[1:]]),
    SIZE,
)
def test_a_machine_is_never_shared_beyond_itself(
    links: list[Link], inner: tuple[tuple[str, float | None, float | None], ...], size: float | None
) -> None:
    machines = [(name, inside, key, vcpu) for name, (inside, key, vcpu) in zip(NAMES[1:], inner, strict=True)]
    rows = settled(links, [("V", "", None, size), *machines])
    assert sorted(row["application"] for row in rows) == sorted(app for app, _vm, _share in links)
    on_machine = [row["share"] for row in rows if row["vm"] == "V" and row["share"] is not None]
    assert all(math.isfinite(share) and share >= 0 for share in on_machine)
    if any(inside == "V" for _name, inside, _key, _vcpu in machines):
        assert sum(on_machine) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (["c1"], ["c1"]),
        (["c1", "c2"], ["V", "c1", "c2"]),
        (["c1", "d"], ["c1", "c2", "d", "V"]),
        ([], []),
    ],
)
def test_a_machine_that_carries_refused_ones_alone_is_refused(refused: list[str], told: list[str]) -> None:
    inside = {"V": "", "c1": "V", "c2": "V", "d": "c2", "W": ""}
    machines = pa.table({"name": list(inside), "inside": list(inside.values())})
    names = with_carriers(pa.table({"name": pa.array(refused, pa.string())}), machines)["name"].to_pylist()
    assert sorted(names) == sorted(told)
