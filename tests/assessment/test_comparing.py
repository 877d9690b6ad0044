"""M7: tornado and differences with shared draws, against a Monte-Carlo of the same model."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from footprint.assessment.comparing import contrast, differences, selected, signed, tornado
from footprint.assessment.engine import Assessed
from footprint.assessment.totals import DRAWS
from footprint.differences import Moments, difference_of
from footprint.errors import UnknownSubject
from footprint.lognormal import Z95
from tests.estates import amounts, application, assessed, inventory, link, measured, server, vm
from tests.varied_estates import ESTATES, draws, sampled

Row = dict[str, Any]


def of(result: Assessed, code: str) -> pa.Table:
    """The climate lines of one application."""
    return selected(result.lines, "application", code)


def one(lines_a: pa.Table, lines_b: pa.Table) -> Row:
    """The one row of a difference of wholes."""
    (row,) = differences(lines_a, lines_b).to_pylist()
    return dict(row)


def checked(lines_a: pa.Table, lines_b: pa.Table) -> Row:
    """The closed form, held against 40,000 draws: bounds to 5 % of the interval, P(A > B) to 0.035."""
    rows_a, rows_b = lines_a.to_pylist(), lines_b.to_pylist()
    taken = draws([*rows_a, *rows_b])
    a, b = sampled(rows_a, taken), sampled(rows_b, taken)
    found, drawn = one(lines_a, lines_b), a - b
    assert found["difference"] == pytest.approx(found["a"] - found["b"])
    width = np.percentile(drawn, 95) - np.percentile(drawn, 5)
    assert found["difference"] == pytest.approx(drawn.mean(), abs=0.02 * width)
    for percentile, name in ((5, "low"), (90, "p90"), (95, "high")):
        assert found[name] == pytest.approx(np.percentile(drawn, percentile), abs=0.05 * width)
    for percentile, name in ((5, "ratio_low"), (95, "ratio_high")):
        assert found[name] == pytest.approx(np.percentile(a / b, percentile), rel=0.08)
    assert found["probability"] == pytest.approx((a > b).mean(), abs=0.035)
    return found


def two(first: Row, second: Row, runs: Any = ()) -> Assessed:
    """Applications A and B, each on a server of its own."""
    return assessed(
        inventory(
            assets=[server("SA", **first), server("SB", **second)],
            links=[link("A", host="SA"), link("B", host="SB")],
            applications=[application("A"), application("B")],
        ),
        runs,
    )


# -- differences -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ESTATES)
def test_two_applications_of_ten_estates_against_monte_carlo(name: str) -> None:
    result = ESTATES[name]()
    checked(of(result, "A0"), of(result, "A1"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"yearly_kwh": 4000.0}, {"yearly_kwh": 1000.0}),
        ({"yearly_kwh": 1000.0}, {"yearly_kwh": 4000.0}),  # negative
        ({"yearly_kwh": 3000.0, "country": "Allemagne"}, {"yearly_kwh": 3000.0, "country": "Pologne"}),
        ({"yearly_kwh": None}, {"yearly_kwh": 1500.0, "data_centre": "", "type": "Lame"}),
        ({"yearly_kwh": 2000.0, "purchased": date(2012, 1, 1)}, {"yearly_kwh": 100.0}),
    ],
)
def test_two_servers_against_monte_carlo(first: Row, second: Row) -> None:
    result = two(first, second)
    found = checked(of(result, "A"), of(result, "B"))
    totals = {
        r["key"]: r
        for r in result.totals.to_pylist()
        if r["view"] == "application" and r["indicator"] == "gwp"
    }
    for side, code in (("a", "A"), ("b", "B")):
        ends = (totals[code]["low"], totals[code]["high"])
        assert (found[f"{side}_low"], found[f"{side}_high"]) == pytest.approx(ends)
    back = one(of(result, "B"), of(result, "A"))
    assert back["difference"] == pytest.approx(-found["difference"])
    assert (back["low"], back["high"]) == pytest.approx((-found["high"], -found["low"]), rel=2e-3)
    assert back["probability"] == pytest.approx(1 - found["probability"])
    assert back["ratio_low"] == pytest.approx(1 / found["ratio_high"])


def test_what_two_applications_share_cancels() -> None:
    """Same server, shares 60 and 40: every draw is common, only the size of the gap is unsure."""
    result = assessed(
        inventory(
            assets=[server("S")],
            machines=[vm("VA", "S", key=0.6), vm("VB", "S", key=0.4)],
            links=[link("A", vm="VA"), link("B", vm="VB")],
            applications=[application("A"), application("B")],
        )
    )
    found = checked(of(result, "A"), of(result, "B"))
    assert found["probability"] == 1.0
    assert (found["ratio_low"], found["ratio_high"]) == pytest.approx((1.5, 1.5))
    # The gap is a third of A, with A's own relative interval.
    alone = {
        r["key"]: r
        for r in result.totals.to_pylist()
        if r["view"] == "application" and r["indicator"] == "gwp"
    }
    relative = alone["A"]["high"] / alone["A"]["amount"]
    assert found["high"] / found["difference"] == pytest.approx(relative, rel=0.01)


def test_the_same_against_itself_is_zero_and_neither_is_greater() -> None:
    result = ESTATES["a bit of all"]()
    found = one(of(result, "A0"), of(result, "A0"))
    assert (found["difference"], found["low"], found["high"], found["probability"]) == (0.0, 0.0, 0.0, 0.5)
    assert (found["ratio"], found["ratio_low"], found["ratio_high"]) == pytest.approx((1.0, 1.0, 1.0))


def test_equal_amounts_on_independent_energies_are_a_toss_up() -> None:
    """Two statements of the same energy, to a thousandth: two draws."""
    result = two({}, {"yearly_kwh": 1000.001})
    assert checked(of(result, "A"), of(result, "B"))["probability"] == pytest.approx(0.5, abs=0.02)


def test_against_nothing() -> None:
    result = two({}, {})
    nothing = of(result, "A").slice(0, 0)
    found, back = one(of(result, "A"), nothing), one(nothing, of(result, "A"))
    assert (found["probability"], found["ratio"]) == (1.0, None)
    assert (back["probability"], back["low"], back["high"]) == (0.0, -found["high"], -found["low"])
    assert one(nothing, nothing)["probability"] == 0.5
    rows = of(result, "A").to_pylist()
    low, p90, high = np.percentile(sampled(rows, draws(rows)), (5, 90, 95))
    assert (found["low"], found["p90"], found["high"]) == pytest.approx((low, p90, high), rel=0.05)


def test_before_and_after_of_two_assessments_share_their_draws() -> None:
    """Three servers become two: what is left alone cancels, and nobody doubts which year is lighter."""
    before, after = two({"quantity": 3.0}, {}), two({"quantity": 2.0}, {})
    found = checked(selected(after.lines), selected(before.lines))
    assert found["probability"] == 0.0
    assert found["high"] < 0
    gone = sum(r["amount"] for r in of(before, "A").to_pylist()) / 3
    assert found["difference"] == pytest.approx(-gone)
    apart = math.hypot(*[r["high"] - r["amount"] for x in (before, after) for r in x.totals.to_pylist()
                         if r["view"] == "total" and r["indicator"] == "gwp"])  # fmt: skip
    assert found["high"] - found["low"] < apart  # far surer than two separate totals


def test_the_variance_of_a_difference_is_that_of_the_net_draws() -> None:
    """M7: Σ_d (exp(σ²) − 1) (A_d − B_d)², whatever lines are common."""
    result = ESTATES["clusters"]()
    rows_a, rows_b = of(result, "A0").to_pylist(), of(result, "A1").to_pylist()
    net: dict[str, float] = {}
    sigmas: dict[str, float] = {}
    for sign, rows in ((1.0, rows_a), (-1.0, rows_b)):
        for row in rows:
            for identifier, sigma in DRAWS:
                if row[identifier] and row[sigma]:
                    net[row[identifier]] = net.get(row[identifier], 0.0) + sign * row["amount"]
                    sigmas[row[identifier]] = row[sigma]
    variance = sum((math.exp(sigmas[d] ** 2) - 1) * net[d] ** 2 for d in net)
    spread = tornado(signed(of(result, "A0"), of(result, "A1"))).to_pylist()
    by_draw = {row["draw"]: row["share"] * variance for row in spread}
    for draw, amount in net.items():
        expected = (math.exp(sigmas[draw] ** 2) - 1) * amount**2
        assert by_draw.get(draw, 0.0) == pytest.approx(expected, abs=1e-9 * variance)


def test_groups_are_compared_each_on_its_own() -> None:
    result = two({"quantity": 3.0}, {})
    other = two({"quantity": 2.0}, {})
    rows = differences(selected(other.lines), selected(result.lines), ("subject_kind", "subject")).to_pylist()
    found = {row["subject"]: row for row in rows}
    assert found["B"]["difference"] == 0.0
    assert found["A"]["difference"] == pytest.approx(one(of(other, "A"), of(result, "A"))["difference"])
    assert found["A"]["low"] == pytest.approx(one(of(other, "A"), of(result, "A"))["low"])


def test_the_difference_of_two_lognormals_by_hand() -> None:
    """Independent, of means 2 and 1 and σ 0.4 and 0.3: read off a million draws."""
    v = (math.expm1(0.16) * 4, math.expm1(0.09))
    thirds = [math.expm1(s) ** 2 * (math.exp(s) + 2) * k for s, k in ((0.16, 8), (0.09, 1))]
    found = difference_of(
        Moments(2, 1, v[0], v[1], 0.0, thirds[0], thirds[1], 2, 1, sum(v), thirds[0] - thirds[1])
    )
    random = np.random.default_rng(1)
    drawn = 2 * random.lognormal(-0.08, 0.4, 10**6) - random.lognormal(-0.045, 0.3, 10**6)
    low, p90, high = np.percentile(drawn, (5, 90, 95))
    assert (found.difference.low, found.difference.p90, found.difference.high) == pytest.approx(
        (low, p90, high), abs=0.02 * (high - low)
    )
    assert found.probability == pytest.approx((drawn > 0).mean(), abs=0.01)


def test_what_makes_the_difference() -> None:
    result = two({"yearly_kwh": 4000.0}, {"yearly_kwh": 1000.0})
    rows = contrast(of(result, "A"), of(result, "B"), ("stage",)).to_pylist()
    assert rows[0]["stage"] == "use"
    assert rows[0]["a"] == pytest.approx(4 * rows[0]["b"])
    assert all(row["difference"] == pytest.approx(0.0, abs=1e-12) for row in rows[1:])


# -- tornado -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ESTATES)
def test_the_shares_of_a_tornado_sum_to_one_and_rebuild_the_variance(name: str) -> None:
    result = ESTATES[name]()
    rows = tornado(selected(result.lines)).to_pylist()
    assert sum(row["share"] for row in rows) == pytest.approx(1.0)
    assert [row["share"] for row in rows] == sorted((row["share"] for row in rows), reverse=True)
    total = next(r for r in result.totals.to_pylist() if r["view"] == "total" and r["indicator"] == "gwp")
    variance = sum(math.expm1(row["sigma"] ** 2) * row["amount"] ** 2 for row in rows)
    whole = math.expm1(total["sigma"] ** 2) * (total["amount"] - total["shift"]) ** 2
    # What is left is that of draws that multiply each other.
    assert 0.93 * whole < variance < whole * (1 + 1e-9)


def test_one_draw_alone_moves_the_total_by_what_rests_on_it() -> None:
    lines = selected(ESTATES["several zones"]().lines)
    rows = lines.to_pylist()
    taken = draws(rows)
    for row in tornado(lines).to_pylist()[:4]:
        alone = {
            name: (values if name == row["draw"] else np.ones_like(values)) for name, values in taken.items()
        }
        drawn = sampled(rows, alone)
        assert row["low"] == pytest.approx(np.percentile(drawn, 5), rel=0.005)
        assert row["high"] == pytest.approx(np.percentile(drawn, 95), rel=0.005)


def test_a_tornado_says_what_kind_of_draw_it_is() -> None:
    rows = {row["draw"]: row for row in tornado(selected(two({}, {}).lines)).to_pylist()}
    assert rows["electricity-FR-ademe-2025"]["kind"] == "factor"
    assert rows["pue:DC"]["kind"] == "pue"
    assert {row["kind"] for row in rows.values()} == {"factor", "activity", "pue"}
    whole = sum(amounts(two({}, {}), "stage", indicator="gwp").values())
    draw = rows["pue:DC"]
    median = math.exp(-(draw["sigma"] ** 2) / 2)
    assert draw["high"] == pytest.approx(
        whole - draw["amount"] + draw["amount"] * median * math.exp(Z95 * draw["sigma"])
    )


def test_every_view_selects_the_lines_its_total_adds_up() -> None:
    result = assessed(
        inventory(
            assets=[server("S"), server("F", type="Commutateur")],
            machines=[vm("V", "S", vcpu=8.0), vm("W", "S", vcpu=4.0)],
            links=[link("A", vm="V"), link("B", vm="W")],
            applications=[application("A"), application("B")],
        ),
        [measured("r", 30.0, application="A", model="m:1")],
    )
    checked_views = set()
    for row in result.totals.to_pylist():
        plain = row["view"].partition("_")[0] == row["view"] and not row["sub"]
        if plain and row["indicator"] == "gwp":
            members = dict.fromkeys(("A", "B"), 1.0) if row["view"] == "node" else {}
            kept = selected(result.lines, row["view"], row["key"], members)
            assert sum(kept["amount"].to_pylist()) == pytest.approx(row["amount"])
            checked_views.add(row["view"])
    assert {"total", "application", "node", "kind", "post", "stage", "tier"} <= checked_views
    reasons = [r for r in result.totals.to_pylist() if r["view"] == "reason" and r["indicator"] == "gwp"]
    assert reasons
    for row in reasons:
        kept = selected(result.lines, "reason", row["sub"])
        assert sum(kept["amount"].to_pylist()) == pytest.approx(row["amount"])
    assert sum(selected(result.lines, "model", "m:1")["amount"].to_pylist()) > 0
    with pytest.raises(UnknownSubject, match="total"):
        selected(result.lines, "couleur", "bleu")


def test_nothing_uncertain_gives_no_row() -> None:
    lines = selected(two({}, {}).lines)
    for _identifier, sigma in DRAWS:
        place = lines.schema.get_field_index(sigma)
        lines = lines.set_column(place, sigma, pa.array([0.0] * lines.num_rows))
    assert tornado(lines).num_rows == 0
    assert one(lines, lines.slice(0, 0))["low"] == pytest.approx(sum(lines["amount"].to_pylist()))
