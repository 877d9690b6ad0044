"""M4 on any inventory: for each indicator and stage, Σ lines = Σ assets, to 1e-9; and nothing depends on order."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.assessment.engine import Assessed
from pos_map import ApplicationLink, DataCentre, Inventory, PhysicalAsset, VirtualMachine
from tests.drawn_estates import slowly
from tests.estates import application, assessed, inventory, measured

TYPES = (
    "Serveur",
    "Lame",
    "Baie de stockage",
    "Commutateur",
    "Ordinateur portable",
    "Écran",
    "Type inconnu",
    "",
)
COUNTRIES = ("", "France", "La Réunion", "Allemagne", "Atlantide")
APPLICATIONS = tuple(f"APP-{i}" for i in range(6))
sizes = st.one_of(st.none(), st.floats(0.0, 512.0))
shares = st.one_of(st.none(), st.floats(0.0, 0.6))
days = st.one_of(st.none(), st.dates(date(2014, 1, 1), date(2028, 12, 31)))


@st.composite
def estates(draw: Any) -> Inventory:
    """Inventories with everything that goes wrong: unknown types, no sizes, keys above one, loose links."""
    clusters = ("", "", "G1", "G2")
    assets = tuple(
        PhysicalAsset(
            name=f"M{i}", model="", type=draw(st.sampled_from(TYPES)), quantity=draw(st.floats(0.0, 50.0)),
            data_centre=draw(st.sampled_from(("", "DC", "DC2"))), cluster=draw(st.sampled_from(clusters)),
            purchased=draw(days), retired=draw(days), country=draw(st.sampled_from(COUNTRIES)),
            cores=draw(sizes), ram_gb=draw(sizes), yearly_kwh=draw(st.one_of(st.none(), st.floats(0.0, 1e5))),
            share=draw(st.one_of(st.none(), st.floats(0.0, 1.0))),
        )
        for i in range(draw(st.integers(1, 10)))
    )  # fmt: skip
    names = [asset.name for asset in assets]
    machines = tuple(
        VirtualMachine(
            name=f"V{i}", host=draw(st.sampled_from(["", *names])), cluster=draw(st.sampled_from(clusters)),
            kind=draw(st.sampled_from(("calcul", "stockage"))), key=draw(shares), vcpu=draw(sizes),
            ram_gb=draw(sizes), storage_gb=draw(sizes),
        )
        for i in range(draw(st.integers(0, 12)))
    )  # fmt: skip
    targets = [("vm", m.name) for m in machines] + [("host", name) for name in names]
    links = tuple(
        ApplicationLink(draw(st.sampled_from(APPLICATIONS)), "Production", share=draw(shares),
                        **{kind: name})  # type: ignore[arg-type]
        for kind, name in draw(st.lists(st.sampled_from(targets), max_size=16))
    )  # fmt: skip
    return inventory(
        data_centres=(DataCentre("DC", "DC", 1.5, "France"), DataCentre("DC2", "DC2", None, "La Réunion")),
        assets=assets, machines=machines, links=links, applications=[application(code) for code in APPLICATIONS],
    )  # fmt: skip


def sums(result: Assessed) -> tuple[dict[Any, float], dict[Any, float]]:
    """Amounts by indicator and stage: received by subjects, emitted by assets."""
    tables = []
    for table in (result.lines, result.asset_impacts):
        grouped = table.group_by(["indicator", "stage"]).aggregate([("amount", "sum")])
        tables.append({(r["indicator"], r["stage"]): r["amount_sum"] for r in grouped.to_pylist()})
    return tables[0], tables[1]


@slowly(12)
@given(estates(), st.lists(st.sampled_from([*APPLICATIONS, "AILLEURS", ""]), max_size=3))
def test_nothing_vanishes_and_nothing_counts_twice(estate: Inventory, measured_for: list[str]) -> None:
    runs = [measured(f"r{i}", 0.5, application=name) for i, name in enumerate(measured_for)]
    runs += [measured("h", 1.0, subject="host", asset="M0"), measured("x", 1.0, zone="Atlantide")]
    result = assessed(estate, runs)
    received, emitted = sums(result)
    assert received.keys() == {key for key, amount in emitted.items() if amount > 0} or all(
        amount == 0 for key, amount in emitted.items() if key not in received
    )
    for key, amount in emitted.items():
        assert received.get(key, 0.0) == pytest.approx(amount, rel=1e-9, abs=1e-12)
    assert all(row["amount"] >= 0 for row in result.lines.to_pylist())


@slowly(4)
@given(estates(), st.randoms(use_true_random=False))
def test_the_order_of_the_files_changes_nothing(estate: Inventory, shuffler: random.Random) -> None:
    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(shuffler.sample(rows, len(rows)))

    other = Inventory(**{name: mixed(getattr(estate, name)) for name in Inventory.__dataclass_fields__})
    first, second = assessed(estate), assessed(other)
    for left, right in zip(first.totals.to_pylist(), second.totals.to_pylist(), strict=True):
        assert [left[k] for k in ("indicator", "view", "key", "sub")] == [
            right[k] for k in ("indicator", "view", "key", "sub")
        ]
        assert left["amount"] == pytest.approx(right["amount"], rel=1e-9, abs=1e-12)
        assert left["high"] == pytest.approx(right["high"], rel=1e-6, abs=1e-12)


def test_the_same_inputs_give_the_same_tables() -> None:
    estate = inventory(
        assets=[
            PhysicalAsset(f"S{i}", "", "Serveur", 1.0, "DC", yearly_kwh=100.0 + i / 7) for i in range(50)
        ],
        machines=[VirtualMachine(f"V{i}", f"S{i % 50}", vcpu=1.0 + i % 3) for i in range(200)],
        links=[ApplicationLink(APPLICATIONS[i % 6], "Production", vm=f"V{i}") for i in range(200)],
        applications=[application(code) for code in APPLICATIONS],
    )
    first, second = assessed(estate), assessed(estate)
    assert first.lines.equals(second.lines)
    assert first.totals.equals(second.totals)


def test_embodied_charged_over_all_years_never_exceeds_embodied() -> None:
    random_days = random.Random(7)
    assets = [
        PhysicalAsset(
            f"S{i}", "", "Serveur", 2.0, "DC", purchased=date(2015, 1, 1 + i),
            retired=None if i % 3 else date(2017 + i % 3, random_days.randint(1, 12), 5),
        )
        for i in range(30)
    ]  # fmt: skip
    charged: dict[str, float] = {}
    whole: dict[str, float] = {}
    for year in range(2013, 2024):
        for row in assessed(inventory(assets=assets), year=year).asset_impacts.to_pylist():
            if row["stage"] != "use" and row["indicator"] == "gwp":
                charged[row["asset"]] = charged.get(row["asset"], 0.0) + row["amount"]
                whole[row["asset"]] = row["quantity"] * row["factor"]
    assert len(charged) == 30
    for asset in assets:
        assert charged[asset.name] <= whole[asset.name] * (1 + 1e-12)
        if asset.retired is None:
            assert charged[asset.name] == pytest.approx(whole[asset.name], rel=1e-9)
        else:
            assert charged[asset.name] < whole[asset.name]
