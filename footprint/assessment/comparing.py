"""M7: what a total rests on, and how two totals differ when they share draws.

A total is a sum of lines, each the product of its draws (factor, activity, PUE). One factor, one draw: what
two totals have in common varies with both, so it cancels in their difference:

    variance(A − B) = Σ over draws d of (exp(σ_d²) − 1) x (Σ A_d − Σ B_d)²

That is its main part: `totals.moments` has all of it, and the third moment. The database adds them up; a closed
form then gives intervals and P(A > B) (footprint.differences).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from footprint.assessment.totals import DRAWS, SLOTS, moments, spread_of_draw
from footprint.differences import Moments, difference_of
from footprint.errors import UnknownSubject
from footprint.lognormal import Z95
from footprint.placing import NOBODY

Table = Any
Types = tuple[tuple[str, str], ...]

COLUMNS = ("stage", "tier", "post", "pool", "model", "environment", "item")
"""Views that are one column of the lines: the key is its value."""
ROUNDING = 1e-12  # two sums of the same lines differ by no more than this, relative
MOMENTS = tuple(Moments.__dataclass_fields__)


def selected(
    lines: pa.Table,
    view: str = "total",
    key: str = "",
    members: Mapping[str, float] = NOBODY,
    indicator: str = "gwp",
) -> pa.Table:
    """The lines of one indicator that a total of this view and key adds up.

    Views: total; application, reason (why nobody draws it) and kind, of subjects; one of COLUMNS; node, whose
    `members` are the applications below it, each with its part there. Raises UnknownSubject for any other.
    """
    kept = lines.filter(pc.equal(lines["indicator"], indicator))
    if view == "total":
        return kept
    if view in COLUMNS or view == "kind":
        return kept.filter(pc.equal(kept["subject_kind" if view == "kind" else view], key))
    owned = pc.equal(kept["subject_kind"], "application")
    if view == "application":
        return kept.filter(pc.and_(owned, pc.equal(kept["subject"], key)))
    if view == "reason":
        return kept.filter(pc.and_(pc.invert(owned), pc.equal(kept["subject"], key)))
    if view == "node":
        at = pc.index_in(kept["subject"], value_set=pa.array(list(members), pa.string()))
        below = pc.and_(owned, pc.is_valid(at))
        parts = pc.take(pa.array(list(members.values()), pa.float64()), at.filter(below))
        kept = kept.filter(below)
        amounts = pc.multiply(kept["amount"], parts)
        return kept.set_column(kept.schema.get_field_index("amount"), "amount", amounts)
    views = ("total", "application", "node", "kind", "reason", *COLUMNS)
    raise UnknownSubject("vue", "view", view, views)


def tornado(lines: pa.Table) -> pa.Table:
    """What the uncertainty of the sum of these lines is made of, biggest first; one row a draw.

    kind (factor, activity or pue), draw, amount (of the lines that rest on it), sigma, share (of the
    variance that draws make each on its own, 0..1; they sum to 1), low and high: P5 and P95 of the sum when
    that draw alone varies, total. Units are those of the lines: keep one indicator (`selected`). No row where
    nothing is uncertain.
    """
    return _run("tornado", (), {"lines": _plain(lines, ())}).sort_by(
        [("share", "descending"), ("draw", "ascending")]
    )


def signed(lines_a: pa.Table, lines_b: pa.Table) -> pa.Table:
    """Lines whose sum is A − B: those of B with their amounts negated. `tornado` takes them."""
    place = lines_b.schema.get_field_index("amount")
    minus = lines_b.set_column(place, "amount", pc.negate(lines_b["amount"]))
    return pa.concat_tables([lines_a, minus.select(lines_a.column_names)])


def differences(lines_a: pa.Table, lines_b: pa.Table, by: Sequence[str] = ()) -> pa.Table:
    """A − B for each group of `by` (all in one when empty), by shared draws; one row a group.

    Columns: those of `by`, a and b (amounts) with a_low, a_high, b_low and b_high, difference with low, p90 and
    high, ratio (A / B) with ratio_low and ratio_high (null without A or B), probability (that A is the
    greater; 0.5 when they are the same).
    Both sides hold one indicator.
    """
    keys = tuple(by)
    found = _run("moments", keys, {"lines_a": _plain(lines_a, keys), "lines_b": _plain(lines_b, keys)})
    rows = [
        {**{name: row[name] for name in keys}, **difference_of(Moments(*(row[m] for m in MOMENTS))).as_row()}
        for row in found.to_pylist()
    ]
    schema = [(name, pa.string()) for name in keys]
    numbers = (
        "a", "a_low", "a_high", "b", "b_low", "b_high", "difference", "low", "p90", "high", "ratio", "ratio_low",
        "ratio_high", "probability",
    )  # fmt: skip
    return pa.Table.from_pylist(rows, pa.schema([*schema, *[(name, pa.float64()) for name in numbers]]))


def contrast(lines_a: pa.Table, lines_b: pa.Table, by: Sequence[str]) -> pa.Table:
    """Where two totals differ: a, b and a − b of each group of `by`, most different first."""
    keys = tuple(by)
    tables = {"lines_a": _plain(lines_a, keys), "lines_b": _plain(lines_b, keys)}
    found = _run("contrast", keys, tables)
    order = [("distance", "descending"), *[(name, "ascending") for name in keys]]
    return found.sort_by(order).drop_columns(["distance"])


# -- expressions -------------------------------------------------------------------------------


def tornado_of(lines: Table) -> Table:
    """The rows of `tornado`, unsorted."""
    draws = _long(lines, ("amount",), ())
    rows = draws.group_by("draw").aggregate(
        kind=_.kind.min(), amount=_.amount.sum(), sigma=_.sigma.max(), gross=_.amount.abs().sum()
    )
    # What cancels in a difference leaves a rounding, which is no uncertainty.
    rows = rows.filter(_.amount.abs() > ROUNDING * _.gross)
    rows = rows.mutate(square=((_.sigma**2).exp() - 1.0) * _.amount**2).filter(_.square > 0)
    rows = rows.cross_join(lines.aggregate(whole=_.amount.sum()))
    rest, median = rows.whole - rows.amount, rows.amount * (-(rows.sigma**2) / 2).exp()
    ends = [rest + median * (z * rows.sigma).exp() for z in (-Z95, Z95)]
    return rows.select(
        "kind",
        "draw",
        "amount",
        "sigma",
        share=rows.square / rows.square.sum().over(ibis.window()),
        low=ibis.least(*ends),
        high=ibis.greatest(*ends),
        total=_.whole,
    )


def moments_of(lines_a: Table, lines_b: Table, by: Sequence[str]) -> Table:
    """The moments of A, B and A − B (footprint.differences.Moments); one row a group."""
    ids, sigmas = [pair[0] for pair in DRAWS], [pair[1] for pair in DRAWS]
    terms = (
        _both(lines_a, lines_b)
        .group_by(*by, *ids)
        .aggregate(a=_.a.sum(), b=_.b.sum(), **{name: _[name].max() for name in sigmas})
    )
    net = terms.a - terms.b
    # Lines of the very same draws are subtracted first: what is the same on both sides is exactly nothing.
    terms = terms.mutate(net=ibis.ifelse(net.abs() <= ROUNDING * (terms.a + terms.b), 0.0, net))
    sums = _grouped(
        terms, by,
        {"a": terms.a.sum(), "b": terms.b.sum(), "more": ibis.greatest(terms.net, 0.0).sum(),
         "less": ibis.greatest(-terms.net, 0.0).sum()},
    )  # fmt: skip
    found = moments(ibis.union(*(_side(terms, side, by) for side in ("a", "b", "net"))), (*by, "side"))
    of_side = {
        f"{moment}_{side}": _[moment].sum(where=_.side == side)
        for moment in ("variance", "third")
        for side in ("a", "b", "net")
    }
    joined = _joined(sums, _grouped(found, by, of_side), by)
    joined = joined.rename(var_a="variance_a", var_b="variance_b", variance="variance_net", third="third_net")
    made = [name for name in MOMENTS if name != "cov"]
    filled = joined.mutate(**{name: joined[name].fill_null(0.0) for name in made})
    # The draws of A, B and A − B are the same: this is their covariance, to the last term.
    return filled.mutate(cov=(_.var_a + _.var_b - _.variance) / 2.0).select(*by, *MOMENTS)


def _side(terms: Table, side: str, by: Sequence[str]) -> Table:
    """What `totals.moments` takes, of A, B or A − B."""
    draws = {
        column: value
        for slot, (identifier, sigma) in zip(SLOTS, DRAWS, strict=True)
        for column, value in (
            (slot, terms[identifier]),
            (f"v_{slot}", spread_of_draw(terms[identifier], terms[sigma])),
        )
    }
    return terms.select(*by, side=ibis.literal(side), x=terms[side], **draws)


def contrast_of(lines_a: Table, lines_b: Table, by: Sequence[str]) -> Table:
    """The rows of `contrast`, unsorted, with their distance."""
    rows = _both(lines_a, lines_b).group_by(*by).aggregate(a=_.a.sum(), b=_.b.sum())
    return rows.mutate(difference=_.a - _.b, distance=(_.a - _.b).abs())


def _both(lines_a: Table, lines_b: Table) -> Table:
    """The lines of both sides, with the amount of each side in its own column."""
    zero = ibis.literal(0.0)
    return ibis.union(
        lines_a.mutate(a=_.amount, b=zero).drop("amount"), lines_b.mutate(a=zero, b=_.amount).drop("amount")
    )


def _long(rows: Table, amounts: Sequence[str], by: Sequence[str]) -> Table:
    """One row a line and uncertain draw: kind, draw, sigma, and the amounts that rest on it."""
    each = [
        rows.filter((rows[identifier] != "") & (rows[sigma] > 0)).select(
            *by, *amounts, draw=_[identifier], sigma=_[sigma],
            kind=ibis.literal(identifier.removesuffix("_id")),
        )
        for identifier, sigma in DRAWS
    ]  # fmt: skip
    long = each[0]
    for more in each[1:]:
        long = ibis.union(long, more)
    return long


def _grouped(table: Table, by: Sequence[str], sums: dict[str, Any]) -> Table:
    return table.group_by(*by).aggregate(**sums) if by else table.aggregate(**sums)


def _joined(sums: Table, spread: Table, by: Sequence[str]) -> Table:
    if not by:
        return sums.cross_join(spread)
    right = spread.rename({f"of_{name}": name for name in by})
    joined = sums.left_join(right, [sums[name] == right[f"of_{name}"] for name in by])
    return joined.drop(*[f"of_{name}" for name in by])


# -- running -----------------------------------------------------------------------------------


def _plain(lines: pa.Table, by: Sequence[str]) -> pa.Table:
    """The columns an expression reads, without nulls: no draw is "", no spread is 0."""
    columns = {name: pc.fill_null(lines[name].cast(pa.string()), "") for name in by}
    columns["amount"] = lines["amount"]
    for identifier, sigma in DRAWS:
        columns[identifier] = pc.fill_null(lines[identifier].cast(pa.string()), "")
        columns[sigma] = pc.fill_null(lines[sigma].cast(pa.float64()), 0.0)
    return pa.table(columns)


@lru_cache(maxsize=64)
def _sql(name: str, by: tuple[str, ...], schemas: tuple[tuple[str, Types], ...]) -> str:
    t = {table: ibis.table(ibis.schema(dict(types)), name=table) for table, types in schemas}
    if name == "tornado":
        made = tornado_of(t["lines"])
    elif name == "moments":
        made = moments_of(t["lines_a"], t["lines_b"], by)
    else:
        made = contrast_of(t["lines_a"], t["lines_b"], by)
    return str(ibis.to_sql(made, dialect="duckdb"))


def _run(name: str, by: tuple[str, ...], tables: dict[str, pa.Table]) -> pa.Table:
    """Compile an expression once for a process, run it on DuckDB; one thread, so that sums keep their order."""
    schemas = tuple(
        (table, tuple((f.name, str(ibis.dtype(f.type))) for f in arrow.schema))
        for table, arrow in tables.items()
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        for table, arrow in tables.items():
            connection.register(table, arrow)
        return connection.sql(_sql(name, by, schemas)).to_arrow_table()
