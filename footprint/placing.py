"""Where applications stand on the map: the part of each one under every box above its places.

An application is wholly in its main box, less what its second places declare (pos_map.Placement).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

Share = tuple[str, str, float]
NOBODY: Mapping[str, float] = MappingProxyType({})


def parts_above(
    parents: Mapping[str, str | None], main: Mapping[str, str], second: Iterable[Share]
) -> list[Share]:
    """Application, box, part (0 to 1) for every box an application stands in or under.

    `parents` gives the box above each box, `main` the main box of each application, `second` its other places
    (application, box, part); parts beyond 1 are brought back to 1, boxes not on the map are left aside.
    """
    places: dict[str, list[tuple[str, float]]] = {}
    for application, node, share in second:
        if node in parents and share > 0:
            places.setdefault(application, []).append((node, share))
    found = []
    for code, node in main.items():
        others = places.get(code, [])
        declared = sum(share for _node, share in others)
        whole = max(declared, 1.0)
        parts = [(node, 1.0 - declared / whole), *((other, share / whole) for other, share in others)]
        above: dict[str, float] = {}
        for place, part in parts:
            if part > 0:
                for box in _above(place, parents):
                    above[box] = above.get(box, 0.0) + part
        # Floats that sum to one up to a bit are one: the parts of a whole map stay exact.
        found += [(code, box, 1.0 if abs(part - 1.0) < 1e-12 else part) for box, part in above.items()]
    return found


def _above(node: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """A box and those above it, whatever the map holds."""
    path: list[str] = []
    while node and node not in path:
        path.append(node)
        node = parents.get(node)
    return path
