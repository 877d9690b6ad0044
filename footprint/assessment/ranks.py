"""The order in which shared platforms are spread (M4): each after those it bears."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pyarrow as pa

from footprint.errors import CampaignError


def ranked(keys: pa.Table) -> tuple[pa.Table, int]:
    """The keys with the rank of their platform, and the number of ranks. Raises CampaignError on a circle."""
    pairs = list(zip(keys["platform"].to_pylist(), keys["application"].to_pylist(), strict=True))
    platforms = {platform for platform, _application in pairs}
    bears: dict[str, set[str]] = {platform: set() for platform in platforms}
    for platform, application in pairs:
        if application in platforms:
            bears[application].add(platform)
    try:
        order = list(TopologicalSorter(bears).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise CampaignError(
            f"Des plateformes se reportent l’une sur l’autre en boucle ({circle}) : retirez une de leurs clés.",
            f"Platforms bear each other in a circle ({circle}): remove one of their keys.",
        ) from error
    ranks: dict[str, int] = {}
    for platform in order:
        ranks[platform] = max((ranks[other] + 1 for other in bears[platform]), default=0)
    column = pa.array([ranks[platform] for platform, _application in pairs], pa.int64())
    return keys.append_column("rank", column), max(ranks.values(), default=-1) + 1
