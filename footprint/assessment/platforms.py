"""Shared platforms (M4): applications whose footprint is borne by others, by declared keys, in chains.

A platform of rank 0 bears no other platform; one of rank r bears some of rank r − 1 at most. Ranks are spread
in order, so a chain (storage -> backup -> supervision -> applications) is resolved exactly, in as many steps
as it has links. What the keys leave stays with the platform.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.vocabulary import PLATFORM

Table = Any


def keyed(t: dict[str, Table]) -> Table:
    """Keys with the part each application bears: never more than the whole of a platform."""
    keys = t["platform_keys"]
    sums = keys.group_by(sum_platform=_.platform).aggregate(promised=_.share.sum())
    joined = keys.join(sums, keys.platform == sums.sum_platform)
    return joined.select("platform", "application", "rank", borne=_.share / ibis.greatest(_.promised, 1.0))


def spread(lines: Table, keys: Table, rank: int, keep: tuple[str, ...]) -> tuple[Table, Table]:
    """Spread the platforms of a rank: (lines after, what the platforms held before).

    What is held is summed over where it came from: one row a platform, stage and draw. `keep` names the
    columns of a line.
    """
    mine = keys.filter(_["rank"] == rank)
    heads = mine.group_by(platform_code=_.platform).aggregate(given=_.borne.sum())
    joined = lines.left_join(
        heads, (lines.subject_kind == "application") & (lines.subject == heads.platform_code)
    )
    of_platforms = joined.filter(_.platform_code.notnull())
    held = _held(of_platforms, keep)
    left = of_platforms.mutate(rest=1.0 - _.given).filter(_.rest > 1e-12)
    left = left.mutate(amount=_.amount * _.rest, part=_.part * _.rest).select(*keep)
    others = joined.filter(_.platform_code.isnull()).select(*keep)
    bearers = mine.select("platform", "application", "borne")
    given = held.join(bearers, held.subject == bearers.platform)
    given = given.mutate(
        subject=_.application,
        amount=_.amount * _.borne,
        part=_.borne,
        tenant=_.pool,
        environment=ibis.literal(""),
        key_kind=ibis.literal("declaree"),
        split_kind=ibis.literal("entiere"),
    ).filter(_.part > 0)
    return ibis.union(ibis.union(others, left), given.select(*keep)), of_platforms.select(*keep)


def _held(of_platforms: Table, keep: tuple[str, ...]) -> Table:
    where = ("environment", "tenant", "pool", "part", "key_kind", "split_kind", "amount")
    by = [name for name in keep if name not in where]
    sums = of_platforms.group_by(*by).aggregate(amount=_.amount.sum())
    return sums.mutate(pool=PLATFORM + sums.subject)


def spread_gaps(gaps: Table, keys: Table, ranks: int) -> Table:
    """The gaps of a platform are those of the applications that bear it."""
    for rank in range(ranks):
        mine = keys.filter((_["rank"] == rank) & (_.borne > 0)).select(
            platform_code=_.platform, bearer=_.application
        )
        theirs = gaps.join(mine, gaps.application == mine.platform_code)
        theirs = theirs.select("asset", "stage", "missing", application=_.bearer)
        gaps = ibis.union(gaps, theirs.select(*gaps.columns)).distinct()
    return gaps
