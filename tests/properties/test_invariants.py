"""What must hold on any estate with platforms, services, own energies and spreads (M1 to M7)."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from footprint.assessment.engine import Assessed
from footprint.assessment.settings import Settings
from tests.drawn_estates import Drawn, apart, equipment, estates, halved, mixed, renamed, slowly
from tests.estates import assessed, inventory

LETTERS = string.digits + string.ascii_letters
INTERVAL = ("amount", "low", "high", "p90")


def by(table: Any, *keys: str) -> dict[Any, float]:
    grouped = table.group_by(list(keys)).aggregate([("amount", "sum")])
    return {tuple(row[name] for name in keys): row["amount_sum"] for row in grouped.to_pylist()}


def totals(result: Assessed, other: Any = str, *, views: tuple[str, ...] = ()) -> dict[Any, list[float]]:
    """Every total and its interval by view and key, the keys of applications under other names."""
    found = {}
    for row in result.totals.to_pylist():
        if not views or row["view"] in views:
            name = other(row["key"]) if row["view"].startswith("application") else row["key"]
            sub = "" if row["view"] == "application_pool" else row["sub"]
            if row["view"] != "application_pool":
                found[row["indicator"], row["view"], name, sub] = [row[column] for column in INTERVAL]
    return found


def same(before: dict[Any, list[float]], after: dict[Any, list[float]]) -> None:
    """The same keys, amounts and intervals to 1e-9."""
    for name in before.keys() | after.keys():
        nothing = [0.0] * len(INTERVAL)
        first, second = before.get(name, nothing), after.get(name, nothing)
        assert second == pytest.approx(first, rel=1e-9, abs=1e-12), name


@slowly(8)
@given(estates())
def test_nothing_vanishes_and_nothing_counts_twice(drawn: Drawn) -> None:
    """M4: for each indicator and stage, Σ applications + Σ non affecté = Σ assets, to 1e-9."""
    result = drawn.assessed()
    received, emitted = by(result.lines, "indicator", "stage"), by(result.asset_impacts, "indicator", "stage")
    assert received.keys() <= emitted.keys()
    for name, amount in emitted.items():
        assert received.get(name, 0.0) == pytest.approx(amount, rel=1e-9, abs=1e-12)
    assert all(amount >= 0 for amount in result.lines["amount"].to_pylist())
    assert all(amount >= 0 for amount in result.asset_impacts["amount"].to_pylist())
    # M1: one evidence counts for each machine, and each use comes once.
    chosen = [row["asset"] for row in result.evidence.to_pylist() if row["chosen"]]
    assert len(chosen) == len(set(chosen))
    keys = ("asset", "stage", "indicator", "factor_id", "part")
    rows = [tuple(row[name] for name in keys) for row in result.asset_impacts.to_pylist()]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("mode", ["amortised", "purchase_year"])
@slowly(1)
@given(st.lists(equipment(""), min_size=8, max_size=8), st.randoms(use_true_random=False))
def test_over_all_years_no_more_than_what_is_embodied(
    mode: str, drawn: list[Any], dice: random.Random
) -> None:
    """M3: whatever the lives, second hand, reuse and withdrawal."""
    assets = [
        replace(asset, name=f"M{i}", cluster="", quantity=1.0 + asset.quantity,
                purchased=date(dice.randint(2019, 2021), dice.randint(1, 12), dice.randint(1, 28)),
                retired=None if i % 2 else date(2023, 1 + i, 5), share=None, lifetime_y=1.0 + i % 5,
                type=("Serveur", "Ordinateur portable")[i % 2])
        for i, asset in enumerate(drawn)
    ]  # fmt: skip
    charged: dict[tuple[str, ...], float] = {}
    for year in range(2018, 2042):
        result = assessed(inventory(assets=assets), year=year, settings=Settings(mode=mode))
        for row in result.asset_impacts.to_pylist():
            whole = (row["quantity"] * (row["units"] or 0) * row["factor"]) * row["share"]
            if row["stage"] != "use" and whole:
                name = tuple(row[k] for k in ("asset", "indicator", "stage", "factor_id", "part"))
                charged[name] = charged.get(name, 0.0) + row["amount"] / whole
    assert charged
    alive = {asset.name for asset in assets if asset.retired is None}
    for name, part in charged.items():
        assert part <= 1 + 1e-9, name
        if name[0] in alive or mode == "purchase_year":
            assert part == pytest.approx(1.0, rel=1e-9), name


@slowly(4)
@given(estates(), st.floats(1.0, 20.0), st.data())
def test_more_equipment_never_emits_less(drawn: Drawn, times: float, data: st.DataObject) -> None:
    assets = drawn.inventory.assets
    more = data.draw(st.sampled_from([asset.name for asset in assets]))
    grown = tuple(replace(a, quantity=a.quantity * times + 0.5) if a.name == more else a for a in assets)
    before = by(drawn.assessed().asset_impacts, "indicator")
    after = by(drawn.holding(assets=grown).assessed().asset_impacts, "indicator")
    for name, amount in before.items():
        assert after[name] >= amount * (1 - 1e-12), name


@slowly(4)
@given(estates())
def test_names_are_only_names(drawn: Drawn) -> None:
    """Renamed, in another order of the alphabet: no amount and no interval changes."""

    def other(name: str) -> str:
        return name.translate(str.maketrans(LETTERS, LETTERS[::-1]))

    first, second = drawn.assessed(), renamed(drawn, other).assessed()
    same(totals(first, other), totals(second))
    moved = by(first.asset_impacts, "stage", "indicator", "tier")
    assert by(second.asset_impacts, "stage", "indicator", "tier") == pytest.approx(moved, rel=1e-9)


@slowly(4)
@given(estates(), st.data())
def test_a_line_said_in_two_changes_nothing(drawn: Drawn, data: st.DataObject) -> None:
    names = apart(drawn)
    assume(names)
    before, after = drawn.assessed(), halved(drawn, data.draw(st.sampled_from(names))).assessed()
    same(totals(before), totals(after))


@slowly(3)
@given(estates(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(drawn: Drawn, shuffler: random.Random) -> None:
    same(totals(drawn.assessed()), totals(mixed(drawn, shuffler).assessed()))


@slowly(2)
@given(estates())
def test_the_same_inputs_give_the_same_tables(drawn: Drawn) -> None:
    first, second = drawn.assessed(), drawn.assessed()
    for name in ("lines", "totals", "asset_impacts", "parts", "gaps", "evidence", "platform_lines"):
        assert getattr(first, name).equals(getattr(second, name)), name
