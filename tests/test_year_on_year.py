"""M11: the effects of a change sum to the change, and each one sees what it is named for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import factors
from factors import Catalogue
from footprint.assessment.comparing import selected
from footprint.year_on_year import EFFECTS, Split, Year, split
from pos_map import Inventory, PhysicalAsset, Reading
from tests.drawn_estates import slowly
from tests.estates import application, frames, inventory, link, measured, run_frame, server, vm
from tests.properties.test_conservation import estates
from tests.varied_estates import draws, sampled

GRID = "electricity-FR-ademe-2025"


def year(inv: Inventory, number: int = 2026, runs: Any = (), **values: Any) -> Year:
    """A year of an inventory with the shipped factors."""
    return Year(number, "FR", frames(inv), run_frame(runs), **{"catalogue": factors.load(), **values})


def heavier(catalogue: Catalogue, by: float) -> Catalogue:
    """The catalogue with the French electricity multiplied."""
    rows = [
        replace(f, value=f.value * by, low=None, high=None) if f.id == GRID else f for f in catalogue.factors
    ]
    return Catalogue(catalogue.version + "+", rows, catalogue.items, catalogue.zones)


def estate(**host: Any) -> Inventory:
    """Applications A and B on one server each; laptops."""
    return inventory(
        assets=[server("SA", **host), server("SB"), PhysicalAsset("P", "", "Ordinateur portable", 10.0)],
        machines=[vm("VA", "SA", vcpu=8.0), vm("VB", "SB", vcpu=8.0)],
        links=[link("A", vm="VA"), link("B", vm="VB")],
        applications=[application("A"), application("B")],
    )


def steps(found: Split) -> dict[str, float]:
    """Step -> what it adds to the total."""
    return {effect.step: effect.amount.value for effect in found.effects}


def only(found: Split, *names: str) -> dict[str, float]:
    """The steps, of which no other moves anything."""
    moved = {step for step, value in steps(found).items() if abs(value) > 1e-9 * abs(found.before.value)}
    assert moved == set(names)
    return steps(found)


def total(y: Year) -> float:
    """kgCO2e of a year, assessed on its own."""
    return float(sum(y.lines("gwp")["amount"].to_pylist()))


def holds(found: Split, before: Year | None = None, after: Year | None = None) -> None:
    """The effects sum to the change, for the total and for each subject; given years, to their own totals."""
    first = total(before) if before else found.before.value
    last = total(after) if after else found.after.value
    scale = abs(first) + abs(last) + 1e-12
    assert abs(sum(steps(found).values()) - (last - first)) <= 1e-9 * scale
    assert found.change.value == pytest.approx(last - first, abs=1e-9 * scale)
    sums: dict[tuple[str, str], float] = {}
    for row in found.by_subject.to_pylist():
        key = (row["subject_kind"], row["subject"])
        sums[key] = sums.get(key, 0.0) + row["amount"]
        assert row["effect"] == EFFECTS[row["step"]]
    changes = {(row["subject_kind"], row["subject"]): row for row in found.changes.to_pylist()}
    assert set(changes) <= set(sums)
    for key, amount in sums.items():
        change = changes.get(key, {"a": 0.0, "b": 0.0})
        assert abs(amount - (change["a"] - change["b"])) <= 1e-9 * scale
    assert abs(sum(sums.values()) - (last - first)) <= 1e-9 * scale


# -- each effect alone -------------------------------------------------------------------------


def test_nothing_changes_when_nothing_changed() -> None:
    found = split(year(estate()), year(estate()))
    assert set(steps(found).values()) == {0.0}
    assert (found.change.low, found.change.value, found.change.high) == (0.0, 0.0, 0.0)


def test_a_factor_that_changes_is_a_factor_effect() -> None:
    before = year(estate())
    after = replace(before, catalogue=heavier(factors.load(), 2.0))
    found = split(before, after)
    use = sum(r["amount"] for r in before.lines("gwp").to_pylist() if r["stage"] == "use")
    assert only(found, "factors")["factors"] == pytest.approx(use)
    assert found.sums()["factor"] == pytest.approx(use)
    holds(found)


def test_the_energy_of_a_server_is_an_activity_effect() -> None:
    before, after = year(estate()), year(estate(yearly_kwh=3000.0))
    found = split(before, after)
    saved = 2000.0 * 1.5 * factors.load().get(GRID).value
    assert only(found, "energy")["energy"] == pytest.approx(saved)
    assert found.of("A")["energy"] == pytest.approx(saved / 2)  # it holds half of the threads
    assert found.of("B").get("energy", 0.0) == 0.0
    holds(found)


def test_quantities_are_an_activity_effect() -> None:
    more = replace(estate(), assets=(*estate().assets[:2], replace(estate().assets[2], quantity=14.0)))
    before, after = year(estate()), year(more)
    found = split(before, after)
    posts = sum(r["amount"] for r in before.lines("gwp").to_pylist() if r["subject_kind"] == "poste")
    assert only(found, "quantities")["quantities"] == pytest.approx(0.4 * posts)
    holds(found)


def test_growing_old_is_an_activity_effect() -> None:
    """A server bought in March 2020 with five years of life: nothing is charged after March 2025."""
    old = estate(purchased=date(2020, 3, 1))
    before, after = year(old, 2024), year(old, 2026)
    found = split(before, after)
    moved = only(found, "ages")
    life = factors.load().find("server", "lifetime").value
    charged = sum(
        r["amount"] for r in before.lines("gwp").to_pylist() if r["subject"] == "A" and r["stage"] != "use"
    )
    assert life < 6
    assert charged > 0
    assert found.of("A")["ages"] == pytest.approx(-charged, rel=0.01)  # leap years apart
    assert moved["ages"] > found.of("A")["ages"]  # SB, bought in 2025, comes into service
    holds(found)


def test_the_meters_of_a_site_do_not_age() -> None:
    """A PUE read each month of 2025, worse in 2026: the whole of it is the activity of 2026, not its calendar."""

    def read(number: int, pue: float) -> Inventory:
        months = [Reading("DC", date(number, month, 1), pue=pue) for month in range(1, 13)]
        return replace(estate(purchased=date(2024, 1, 1)), readings=tuple(months))

    before, after = year(read(2025, 1.2), 2025), year(read(2026, 1.8))
    found = split(before, after)
    moved = only(found, "energy")
    use = sum(r["amount"] for r in before.lines("gwp").to_pylist()
              if r["stage"] == "use" and r["subject_kind"] != "poste")  # fmt: skip
    assert moved["energy"] == pytest.approx(use * 0.5, rel=1e-6)
    holds(found)


def test_settings_are_a_method_effect() -> None:
    before = year(estate())
    found = split(before, replace(before, zone="DE"))
    assert only(found, "settings")["settings"] > 0  # laptops have no country: the default zone is theirs
    assert found.sums()["method"] == steps(found)["settings"]


def test_an_application_that_comes_with_its_server_is_perimeter() -> None:
    grown = inventory(
        assets=[*estate().assets, server("SC")], machines=[*estate().machines, vm("VC", "SC", vcpu=16.0)],
        links=[*estate().links, link("C", vm="VC")], applications=[*estate().applications, application("C")],
    )  # fmt: skip
    before, after = year(estate()), year(grown)
    entered = split(before, after)
    assert entered.of("C")["entered"] == pytest.approx(only(entered, "entered")["entered"])
    holds(entered)
    left = split(after, before)
    assert left.of("C") == pytest.approx({"left": -steps(entered)["entered"]}) or left.of("C")["left"] < 0
    assert only(left, "left")["left"] == pytest.approx(-steps(entered)["entered"])
    holds(left)


def test_an_application_that_leaves_its_server_behind_moves_it_to_non_affecte() -> None:
    without = replace(estate(), applications=estate().applications[:1], links=estate().links[:1])
    before, after = year(estate()), year(without)
    found = split(before, after)
    assert only(found) == dict.fromkeys(steps(found), 0.0) or abs(found.change.value) < 1e-9
    assert found.of("B")["left"] < 0
    rows = [r for r in found.by_subject.to_pylist() if r["subject_kind"] == "non_affecte"]
    assert sum(r["amount"] for r in rows) == pytest.approx(-found.of("B")["left"])
    holds(found)


def test_measured_runs_follow_their_application() -> None:
    before = year(estate(), runs=[measured("r0", 40.0, application="A")])
    more = year(estate(), runs=[measured("r1", 90.0, application="A"), measured("r2", 5.0, application="B")])
    found = split(before, more)
    only(found, "energy")
    holds(found)
    alone = replace(estate(), applications=estate().applications[1:], links=estate().links[1:])
    left = split(before, year(alone))
    assert steps(left)["energy"] == pytest.approx(0.0, abs=1e-9)
    assert left.of("A")["left"] == pytest.approx(-sum(
        r["amount"] for r in before.lines("gwp").to_pylist() if r["subject"] == "A"
    ))  # fmt: skip


def test_what_was_published_is_restated_first() -> None:
    """Lines that older code or factors gave start the chain: their gap with today's is the method."""
    before = year(estate())
    lines = before.lines("gwp")
    place = lines.schema.get_field_index("amount")
    shown = lines.set_column(place, "amount", [[1.1 * x for x in lines["amount"].to_pylist()]])
    found = split(before, before, published=shown)
    assert only(found, "published")["published"] == pytest.approx(-0.1 * total(before))
    assert found.before.value == pytest.approx(1.1 * total(before))


# -- all together ------------------------------------------------------------------------------


def test_everything_at_once_sums_and_its_interval_agrees_with_monte_carlo() -> None:
    old = inventory(
        assets=[server("SA", yearly_kwh=4000.0), server("SB"), PhysicalAsset("P", "", "Écran", 50.0)],
        links=[link("A", host="SA"), link("B", host="SB")], applications=[application("A"), application("B")],
    )  # fmt: skip
    new = inventory(
        assets=[server("SA", yearly_kwh=2500.0), server("SC", yearly_kwh=800.0), PhysicalAsset("P", "", "Écran", 80.0)],
        links=[link("A", host="SA"), link("C", host="SC")], applications=[application("A"), application("C")],
    )  # fmt: skip
    before = year(old, 2025, [measured("r", 100.0, application="B")])
    after = year(new, 2026, catalogue=heavier(factors.load(), 1.2))
    found = split(before, after)
    holds(found, before, after)
    assert {e for e, value in found.sums().items() if value} == {"factor", "perimeter", "activity"}
    rows_a, rows_b = after.lines("gwp").to_pylist(), before.lines("gwp").to_pylist()
    # The heavier row has lost its bounds: one draw, the widest of the two spreads.
    widest: dict[str, float] = {}
    for row in (*rows_a, *rows_b):
        widest[row["factor_id"]] = max(widest.get(row["factor_id"], 0.0), row["factor_sigma"])
    for row in (*rows_a, *rows_b):
        row["factor_sigma"] = widest[row["factor_id"]]
    taken = draws([*rows_a, *rows_b])
    drawn = sampled(rows_a, taken) - sampled(rows_b, taken)
    low, high = np.percentile(drawn, (5, 95))
    assert (found.change.low, found.change.high) == pytest.approx((low, high), abs=0.05 * (high - low))


def test_another_row_for_the_same_electricity_keeps_the_energies_common() -> None:
    """A new source for a factor: the energies are the same, only the two factors' errors differ."""
    catalogue = factors.load()
    rows = [replace(f, id="nouveau") if f.id == GRID else f for f in catalogue.factors]
    before = year(estate())
    found = split(before, replace(before, catalogue=Catalogue("n", rows, catalogue.items, catalogue.zones)))
    assert steps(found)["factors"] == pytest.approx(0.0, abs=1e-9)
    lines = selected(before.lines("gwp"), "stage", "use").to_pylist()
    sigma = next(r["factor_sigma"] for r in lines if r["factor_id"] == GRID)
    use = sum(r["amount"] for r in lines)
    two_factors = 1.645 * use * np.sqrt(2 * np.expm1(sigma**2))  # and nothing of energies or PUE
    assert found.change.high == pytest.approx(two_factors, rel=0.02)


CHANGES = st.sampled_from(("same", "factor", "zone"))


@slowly(3)
@given(estates(), estates(), CHANGES, st.integers(2024, 2027), st.sampled_from(("APP-1", "AILLEURS", "")))
def test_effects_sum_to_the_change_on_any_two_estates(
    old: Inventory, new: Inventory, change: str, last: int, name: str
) -> None:
    kept = replace(new, applications=new.applications[2:])
    before = year(
        old, 2025, [measured("r", 5.0, application=name), measured("h", 1.0, subject="host", asset="M0")]
    )
    values: dict[str, Any] = {"catalogue": heavier(factors.load(), 1.3)} if change == "factor" else {}
    after = year(kept, last, [measured("s", 2.0, application="APP-1")], **values)
    after = replace(after, zone="DE") if change == "zone" else after
    holds(split(before, after), before, after)
