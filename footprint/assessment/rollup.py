"""Every total that pages, commands and reports show, computed once with its interval (M7).

One table: indicator, view, key, sub, amount, sigma, shift, low, high, p90. Views and what `key` and `sub` are:

total           —                                 kind            application | non_affecte | poste
application     code                              reason          why nobody draws it, or the post
stage, tier     of the whole                      node            node code, all applications below
application_stage / _tier / _environment / _pool  code, then the stage, tier, environment or pool
post            post of the assets                model           model, then the phase of its runs

Views are many and lines more: lines are first added up to what each family of views needs (`by_kind`,
`by_application`, `by_node`), so that each view then groups few rows. Combinations of draws are numbered once
(`draw_sets`), totals too (`keyed`): the moments then join on numbers, never on text.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.totals import DRAWS, SLOTS, moments, spread_of_draw, with_interval

Table = Any

ALONG = ("stage", "tier", "environment", "pool")
KEYS = ("indicator", "view", "key", "sub")
NOTHING = ibis.literal("")


def draw_sets(lines: Table) -> Table:
    """The combinations of draws that lines rest on, numbered (`draws`): a number and a variance for each draw."""
    rows = _filled(lines).select(*[column for pair in DRAWS for column in pair]).distinct()
    numbers = {
        slot: ibis.dense_rank().over(order_by=rows[identifier])
        for slot, (identifier, _sigma) in zip(SLOTS, DRAWS, strict=True)
    }
    spreads = {
        f"v_{slot}": spread_of_draw(rows[identifier], rows[sigma])
        for slot, (identifier, sigma) in zip(SLOTS, DRAWS, strict=True)
    }
    order = [column for pair in DRAWS for column in pair]
    return rows.mutate(draws=ibis.row_number().over(order_by=order), **numbers, **spreads)


def drawn(lines: Table, sets: Table) -> Table:
    """What totals read of the lines, their draws as one number."""
    known = sets.select("draws", **{f"of_{column}": sets[column] for pair in DRAWS for column in pair})
    rows = _filled(lines)
    same = [rows[column] == known[f"of_{column}"] for pair in DRAWS for column in pair]
    return rows.join(known, same).select(
        "indicator", "subject_kind", "subject", "post", "model", *ALONG, "amount", "draws"
    )


def by_kind(lines: Table) -> Table:
    """Lines added up over applications, machines and keys: one row a kind of subject, stage, tier, post, draws."""
    owned = lines.subject_kind == "application"
    rows = lines.mutate(
        reason=ibis.ifelse(owned, "", lines.subject),
        phase=ibis.ifelse(lines.model == "", "", lines.environment),
    )
    by = ("indicator", "subject_kind", "reason", "stage", "tier", "post", "model", "phase", "draws")
    return rows.group_by(*by).aggregate(amount=_.amount.sum())


def by_application(lines: Table) -> Table:
    """Lines of applications added up over stages, machines and keys: one row an application and draws."""
    owned = lines.filter(_.subject_kind == "application")
    return owned.group_by("indicator", "subject", "draws").aggregate(amount=_.amount.sum())


def by_node(applications: Table, ancestry: Table) -> Table:
    """The same by node of the map, everything below it included, each application for its part there."""
    placed = applications.join(ancestry, applications.subject == ancestry.application)
    return placed.group_by("indicator", "node", "draws").aggregate(amount=(_.amount * _.share).sum())


def coarse(kinds: Table, applications: Table, nodes: Table) -> tuple[Table, ...]:
    """The views of the whole, of kinds, of applications and of nodes."""
    others = kinds.filter(_.subject_kind != "application")
    modelled = kinds.filter(_.model != "")
    return (
        _view(kinds, "total", NOTHING, NOTHING),
        _view(kinds, "kind", kinds.subject_kind, NOTHING),
        _view(kinds, "stage", kinds.stage, NOTHING),
        _view(kinds, "tier", kinds.tier, NOTHING),
        _view(kinds, "post", kinds.post.fill_null("autres"), NOTHING),
        _view(others, "reason", others.subject_kind, others.reason),
        _view(modelled, "model", modelled.model, modelled.phase),
        _view(applications, "application", applications.subject, NOTHING),
        _view(nodes, "node", nodes.node, NOTHING),
    )


def fine(lines: Table) -> tuple[Table, ...]:
    """The views of each application along its stages, tiers, environments and machines."""
    owned = lines.filter(_.subject_kind == "application")
    return tuple(_view(owned, f"application_{name}", owned.subject, owned[name]) for name in ALONG)


def viewed(views: tuple[Table, ...]) -> Table:
    """Views one under the other, added up: one row a total and combination of draws."""
    return ibis.union(*views).group_by(*KEYS, "draws").aggregate(amount=_.amount.sum())


def keyed(rows: Table) -> Table:
    """The totals themselves, numbered."""
    sums = rows.group_by(*KEYS).aggregate(amount=_.amount.sum())
    return sums.mutate(number=ibis.row_number().over(order_by=sums.indicator))


def terms(rows: Table, keys: Table, sets: Table) -> Table:
    """What `moments` takes, amounts as shares of their total: powers of a share stay within range."""
    named = keys.select("number", whole=keys.amount, **{f"of_{name}": keys[name] for name in KEYS})
    found = rows.join(named, [rows[name] == named[f"of_{name}"] for name in KEYS])
    drawn_from = sets.select("draws", *SLOTS, *[f"v_{slot}" for slot in SLOTS])
    found = found.join(drawn_from, "draws")
    share = (found.amount / found.whole.nullif(0.0)).fill_null(0.0)
    columns = (*SLOTS, *[f"v_{slot}" for slot in SLOTS])
    return found.select("number", *columns, x=share)


def totals(keys: Table, shares: Table) -> Table:
    """Every total with its law, P5, P90 and P95."""
    spread = moments(shares, ("number",)).rename(of_number="number")
    rows = keys.left_join(spread, keys.number == spread.of_number).drop("number", "of_number")
    return with_interval(rows.mutate(variance=_.variance.fill_null(0.0), third=_.third.fill_null(0.0)))


def _filled(lines: Table) -> Table:
    """Lines without nulls where they name draws: no draw is "", no spread is 0."""
    return lines.mutate(
        **{identifier: lines[identifier].fill_null("") for identifier, _sigma in DRAWS},
        **{sigma: lines[sigma].fill_null(0.0) for _identifier, sigma in DRAWS},
    )


def _view(rows: Table, name: str, key: Any, sub: Any) -> Table:
    return rows.select("indicator", "draws", "amount", view=ibis.literal(name), key=key, sub=sub)
