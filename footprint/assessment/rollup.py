"""Every total that pages, commands and reports show, computed once with its interval (M7).

One table: indicator, view, key, sub, amount, sigma, low, high, p90. Views and what `key` and `sub` are:

total           —                                 kind            application | non_affecte | poste
application     code                              reason          why nobody draws it, or the post
stage, tier     of the whole                      node            node code, all applications below
application_stage / _tier / _environment / _pool  code, then the stage, tier, environment or pool
post            post of the assets                model           model, then the phase of its runs
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.totals import DRAWS, totals

Table = Any

ALONG = ("stage", "tier", "environment", "pool")
KEYS = ("indicator", "view", "key", "sub")


def roll_up(lines: Table, ancestry: Table) -> Table:
    """All the views of `lines` in one table, each amount with P5, P90 and P95."""
    nothing = ibis.literal("")
    owned = lines.filter(_.subject_kind == "application")
    views = [
        _view(lines, "total", nothing, nothing),
        _view(lines, "kind", lines.subject_kind, nothing),
        _view(lines, "stage", lines.stage, nothing),
        _view(lines, "tier", lines.tier, nothing),
        _view(lines, "post", lines.post.fill_null("autres"), nothing),
        _view(owned, "application", owned.subject, nothing),
        *[_view(owned, f"application_{name}", owned.subject, owned[name]) for name in ALONG],
    ]
    others = lines.filter(_.subject_kind != "application")
    views.append(_view(others, "reason", others.subject_kind, others.subject))
    modelled = lines.filter(_.model != "")
    views.append(_view(modelled, "model", modelled.model, modelled.environment))
    placed = owned.join(ancestry, owned.subject == ancestry.application)
    views.append(_view(placed, "node", placed.node, nothing))
    long = views[0]
    for view in views[1:]:
        long = ibis.union(long, view)
    return totals(long, KEYS)


def _view(lines: Table, name: str, key: Any, sub: Any) -> Table:
    columns = {column: lines[column] for pair in DRAWS for column in pair}
    return lines.select(
        indicator=lines.indicator, view=ibis.literal(name), key=key, sub=sub, amount=lines.amount, **columns
    )
