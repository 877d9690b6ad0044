"""Every total that pages, commands and reports show, computed once with its interval (M7).

One table: indicator, view, key, sub, amount, sigma, low, high, p90. Views and what `key` and `sub` are:

total           —                                 kind            application | non_affecte | poste
application     code                              reason          why nobody draws it, or the post
stage, tier     of the whole                      node            node code, all applications below
application_stage / _tier / _environment / _pool  code, then the stage, tier, environment or pool
post            post of the assets                model           model, then the phase of its runs

Views are many and lines more: lines are first added up to what each family of views needs (`by_kind`,
`by_application`, `by_node`), so that each view then groups few rows.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.totals import DRAWS, totals

Table = Any

ALONG = ("stage", "tier", "environment", "pool")
KEYS = ("indicator", "view", "key", "sub")
DRAW_COLUMNS = tuple(column for pair in DRAWS for column in pair)
NOTHING = ibis.literal("")


def by_kind(lines: Table) -> Table:
    """Lines added up over applications, machines and keys: one row a kind of subject, stage, tier, post, draw."""
    owned = lines.subject_kind == "application"
    rows = lines.mutate(
        reason=ibis.ifelse(owned, "", lines.subject),
        phase=ibis.ifelse(lines.model == "", "", lines.environment),
    )
    by = ("indicator", "subject_kind", "reason", "stage", "tier", "post", "model", "phase", *DRAW_COLUMNS)
    return rows.group_by(*by).aggregate(amount=_.amount.sum())


def by_application(lines: Table) -> Table:
    """Lines of applications added up over stages, machines and keys: one row an application and draws."""
    owned = lines.filter(_.subject_kind == "application")
    return owned.group_by("indicator", "subject", *DRAW_COLUMNS).aggregate(amount=_.amount.sum())


def by_node(applications: Table, ancestry: Table) -> Table:
    """The same by node of the map, everything below it included."""
    placed = applications.join(ancestry, applications.subject == ancestry.application)
    return placed.group_by("indicator", "node", *DRAW_COLUMNS).aggregate(amount=_.amount.sum())


def coarse(kinds: Table, applications: Table, nodes: Table) -> Table:
    """The views of the whole, of kinds, of applications and of nodes, each amount with P5, P90 and P95."""
    others = kinds.filter(_.subject_kind != "application")
    modelled = kinds.filter(_.model != "")
    views = (
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
    return totals(ibis.union(*views), KEYS)


def fine(lines: Table) -> Table:
    """The views of each application along its stages, tiers, environments and machines."""
    owned = lines.filter(_.subject_kind == "application")
    views = (_view(owned, f"application_{name}", owned.subject, owned[name]) for name in ALONG)
    return totals(ibis.union(*views), KEYS)


def _view(rows: Table, name: str, key: Any, sub: Any) -> Table:
    return rows.select(
        "indicator", view=ibis.literal(name), key=key, sub=sub, amount=rows.amount,
        **{column: rows[column] for column in DRAW_COLUMNS},
    )  # fmt: skip
