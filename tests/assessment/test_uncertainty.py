"""M7: the closed form against a Monte-Carlo of the same model, and what correlation must do."""

from __future__ import annotations

import math
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.assessment.engine import Assessed
from footprint.assessment.totals import DRAWS, SLOTS, moments, with_interval
from footprint.lognormal import Z90, Z95, amount, law, law_of
from footprint.sheets import Amount
from footprint.skewed import Spread, spread_of
from pos_map import PhysicalAsset
from tests.estates import assessed, inventory, server
from tests.varied_estates import ESTATES, draws, sampled

GWP = "gwp"


def totals_of(result: Assessed) -> dict[tuple[str, str], dict[str, Any]]:
    """The totals of the climate indicator by view and key."""
    return {
        (row["view"], row["key"]): row
        for row in result.totals.to_pylist()
        if row["indicator"] == GWP and not row["sub"]
    }


def views_of(result: Assessed) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The climate lines of the total, of one application and of the posts."""
    lines = [row for row in result.lines.to_pylist() if row["indicator"] == GWP]
    found = {
        ("total", ""): lines,
        ("application", "A0"): [row for row in lines if row["subject"] == "A0"],
        ("kind", "poste"): [row for row in lines if row["subject_kind"] == "poste"],
    }
    return {view: rows for view, rows in found.items() if rows}


def spread_of_lines(lines: list[dict[str, Any]]) -> Spread:
    """The three moments of a sum of lines, by draw."""
    return spread_of(
        (row["amount"], [(row[name], row[sigma]) for name, sigma in DRAWS if row[name]]) for row in lines
    )


@pytest.mark.parametrize("name", ESTATES)
def test_the_closed_form_agrees_with_monte_carlo(name: str) -> None:
    """M7: P5, P50, P90 and P95 of totals within 5 %, and the probabilities of their law."""
    result = ESTATES[name]()
    views, totals = views_of(result), totals_of(result)
    taken = draws(views["total", ""])
    for view, rows in views.items():
        drawn, row = sampled(rows, taken), totals[view]
        assert row["amount"] == pytest.approx(drawn.mean(), rel=0.01)
        found = law(row["amount"], row["sigma"], row["shift"])
        of_total = ((5, row["low"]), (50, found.quantile(0.0)), (90, row["p90"]), (95, row["high"]))
        for percentile, value in of_total:
            assert value == pytest.approx(np.percentile(drawn, percentile), rel=0.05)
        for percentile in (5, 30, 50, 70, 95):
            limit = float(np.percentile(drawn, percentile))
            assert found.below(limit) == pytest.approx(percentile / 100, abs=0.05)


@pytest.mark.parametrize("name", ESTATES)
def test_the_engine_has_the_moments_of_all_triples_of_lines(name: str) -> None:
    """What is left out of the third moment (three draws two by two, never on one line) doesn't show."""
    result = ESTATES[name]()
    totals = totals_of(result)
    for view, rows in views_of(result).items():
        row, exact = totals[view], spread_of_lines(rows).amount()
        assert (row["low"], row["p90"], row["high"]) == pytest.approx(
            (exact.low, exact.p90, exact.high), rel=1e-6
        )
        assert row["shift"] >= -1e-9 * row["amount"]


def test_a_total_of_one_line_is_lognormal() -> None:
    """One line is a product of lognormals: σ² = Σ σ², no shift, whatever its number of draws."""
    found = set()
    for make in ESTATES.values():
        result, lines = make(), {}
        for row in result.lines.to_pylist():
            if row["subject_kind"] == "application":
                for name in ("stage", "pool"):
                    key = (row["indicator"], f"application_{name}", row["subject"], row[name])
                    lines.setdefault(key, []).append(row)
        for row in result.totals.to_pylist():
            of_key = lines.get((row["indicator"], row["view"], row["key"], row["sub"]), [])
            if len(of_key) == 1:
                sigma = math.hypot(*[of_key[0][name] for _identifier, name in DRAWS])
                assert row["sigma"] == pytest.approx(sigma, rel=1e-9)
                assert row["shift"] == pytest.approx(0.0, abs=1e-9 * row["amount"])
                expected = amount(row["amount"], sigma)
                assert (row["low"], row["p90"], row["high"]) == pytest.approx(
                    (expected.low, expected.p90, expected.high), rel=1e-9
                )
                found.add(sum(of_key[0][name] > 0 for _identifier, name in DRAWS))
    assert found >= {2, 3}


def interval_of(terms: list[tuple[float, tuple[str, str, str]]], spread: float = 0.2) -> dict[str, float]:
    """What the engine gives for amounts and the draws that each is a product of ("": none)."""
    columns = {slot: [draws[i] for _x, draws in terms] for i, slot in enumerate(SLOTS)}
    spreads = {f"v_{slot}": [spread if name else 0.0 for name in names] for slot, names in columns.items()}
    rows = ibis.memtable(pa.table({"x": [x for x, _draws in terms], **columns, **spreads}))
    made = with_interval(moments(rows, ()).mutate(amount=ibis.literal(float(sum(x for x, _draws in terms)))))
    return dict(ibis.duckdb.connect().to_pyarrow(made).to_pylist()[0])


def test_a_sum_never_leans_less_than_a_lognormal() -> None:
    """Lines of two draws out of three, the only kind with a term left out, keep a positive P5."""
    pairs = [("f", "a", ""), ("f", "", "p"), ("", "a", "p")]
    found = interval_of([(1 / 3, draws) for draws in pairs], 1.0)
    assert found["low"] > 0
    assert found["shift"] >= -1e-12
    sigma = math.sqrt(math.log(2.0))
    terms = [(1 / 3, [(name, sigma) for name in draws if name]) for draws in pairs]
    exact = spread_of(terms)
    assert found["high"] == pytest.approx(exact.quantile(Z95), rel=0.05)


def test_nothing_has_no_interval() -> None:
    for terms in ([(0.0, ("f", "a", "p"))], [(2.0, ("", "", ""))]):
        found = interval_of(terms)  # type: ignore[arg-type]
        assert found["low"] == found["high"] == found["p90"] == found["amount"] == terms[0][0]
        assert (found["sigma"], found["shift"]) == (0.0, 0.0)


def test_a_shifted_lognormal_without_shift_is_the_lognormal() -> None:
    one = spread_of([(10.0, [("d", 0.6)])])
    w = math.exp(0.36)
    assert one.third / one.variance**1.5 == pytest.approx((w + 2) * math.sqrt(w - 1), rel=1e-9)
    median = 10.0 * math.exp(-0.18)
    for z in (-2.0, 0.0, 1.0):
        assert one.quantile(z) == pytest.approx(median * math.exp(0.6 * z), rel=1e-9)
        assert one.below(one.quantile(z)) == pytest.approx(0.5 * (1 + math.erf(z / math.sqrt(2))))
    certain = spread_of([(10.0, [])])
    assert (certain.quantile(2.0), certain.below(11.0), certain.below(9.0)) == (10.0, 1.0, 0.0)


@pytest.mark.parametrize("sigmas", [(0.46, 0.2), (0.35, 0.2, 0.1), (0.3, 0.3, 0.3), (0.3, 0.2, 0.2, 0.1)])
def test_a_line_of_several_draws_is_their_product(sigmas: tuple[float, ...]) -> None:
    """A product of lognormals is lognormal, of σ² = Σ σ²."""
    found = spread_of([(1.0, [(str(i), sigma) for i, sigma in enumerate(sigmas)])])
    sigma = math.sqrt(sum(s**2 for s in sigmas))
    for z in (-1.645, 0.0, 1.645):
        assert found.quantile(z) == pytest.approx(math.exp(z * sigma - sigma**2 / 2), rel=1e-9)


@given(st.floats(1e-6, 1e6), st.floats(1e-3, 2.0), st.floats(0.0, 0.999))
def test_bounds_give_their_law_back(mean: float, sigma: float, certain: float) -> None:
    made = law(mean, sigma, certain * mean)
    read = law_of(Amount(mean, made.quantile(-Z95), made.quantile(Z95), made.quantile(Z90)))
    for z in (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0):
        assert read.below(made.quantile(z)) == pytest.approx(made.below(made.quantile(z)), abs=1e-6)


def test_bounds_of_no_shifted_lognormal_are_read_as_normal() -> None:
    for bounds in (Amount(10.0, 8.0, 12.0, 12.0), Amount(10.0, 8.0, 12.0, 11.9)):
        read = law_of(bounds)
        assert read.below(8.0) == pytest.approx(0.05, abs=1e-4)
        assert read.below(10.0) == pytest.approx(0.5, abs=1e-4)
        assert read.below(12.0) == pytest.approx(0.95, abs=1e-4)


def test_the_ten_estates_rest_on_different_evidence() -> None:
    found = {name: make() for name, make in ESTATES.items()}
    tiers = {name: set(result.lines["tier"].to_pylist()) for name, result in found.items()}
    assert len(found) == 10
    assert "meter" in tiers["meters"]
    assert tiers["generic values"] == {"generic"}
    assert "model" in tiers["measured runs"]
    assert len(set(found["several zones"].asset_impacts["zone"].to_pylist())) == 6
    assert (
        len(set(found["site and default PUE"].lines["pue_id"].to_pylist())) == 4
    )  # two sites, default, none


def _relative(result: Assessed) -> float:
    row = next(r for r in result.totals.to_pylist() if r["view"] == "stage" and r["key"] == "manufacture"
               and r["indicator"] == "gwp")  # fmt: skip
    return float(row["high"] / row["amount"])


def test_forty_thousand_identical_laptops_do_not_average_out() -> None:
    one = assessed(inventory(assets=[PhysicalAsset("P", "", "Laptop", 1.0)]))
    many = assessed(inventory(assets=[PhysicalAsset(f"P{i}", "", "Laptop", 400.0) for i in range(100)]))
    assert _relative(many) == pytest.approx(_relative(one), rel=1e-9)
    assert _relative(one) > 1.2


def test_independent_statements_do_average_out_and_a_repeated_one_does_not() -> None:
    """Sixteen energies, each typed for its server, are sixteen errors; one value typed sixteen times is one."""

    def variance(energies: list[float]) -> float:
        hosts = [server(f"S{i}", cluster="G", yearly_kwh=kwh) for i, kwh in enumerate(energies)]
        lines = assessed(inventory(assets=hosts)).lines.to_pylist()
        use = (r["activity_sigma"] for r in lines if r["stage"] == "use" and r["indicator"] == GWP)
        return math.expm1(next(use) ** 2)

    alone = variance([1000.0])
    assert variance([1000.0 + i / 1e6 for i in range(16)]) == pytest.approx(alone / 16, rel=1e-6)
    assert variance([1000.0] * 16) == pytest.approx(alone)


def test_probability_below_a_threshold() -> None:
    assert law(10.0, 0.0).below(11.0) == 1.0
    assert law(10.0, 0.0).below(9.0) == 0.0
    median = 10.0 * math.exp(-(0.5**2) / 2)
    assert law(10.0, 0.5).below(median) == pytest.approx(0.5)
    assert law(10.0, 0.5, 4.0).below(4.0) == 0.0
    assert law(10.0, 0.5, 4.0).below(4.0 + 6 * math.exp(-0.125)) == pytest.approx(0.5)
