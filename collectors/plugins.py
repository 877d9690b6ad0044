"""Plug-ins: energy counters that other packages offer, by the entry-point group `footprint.collectors`.

Each entry names a factory without arguments that returns a `HostCounter` (collectors.sampler): `name`,
`tier`, `reason`, `cumulative_kwh()`. It is opened in a background thread; whatever it raises becomes a
notice. Looking for entries with importlib costs tens of milliseconds at each start, so a quick search of
the installed packages' own lists comes first, and most often ends there.
"""

from __future__ import annotations

import importlib
import math
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from collectors.records import TIERS, Notice, Tier

GROUP = "footprint.collectors"
_FAILURES_BEFORE_QUIET = 3
_DEFAULT_BOUNDS = (0.9, 1.1)


class Silent:
    """A channel that gives nothing, and why."""

    def __init__(self, name: str, tier: Tier, reason: Notice) -> None:
        self.name = name
        self.tier: Tier = tier
        self.reason: Notice | None = reason

    def cumulative_kwh(self) -> float | None:
        """Nothing."""
        return None


class Guarded:
    """A plug-in's counter that can neither raise nor give an impossible value."""

    def __init__(self, counter: Any, name: str, tier: Tier) -> None:
        self.name = name
        self.tier: Tier = tier
        self.reason: Notice | None = None
        self.bounds = _bounds(getattr(counter, "bounds", None))
        self._counter = counter
        self._failures = 0

    def cumulative_kwh(self) -> float | None:
        """kWh since opened, None while the plug-in measures nothing or fails (three times: for good)."""
        if self._failures >= _FAILURES_BEFORE_QUIET:
            return None
        try:
            value = self._counter.cumulative_kwh()
            kwh = None if value is None else float(value)
        except Exception as error:
            self._failures += 1
            self.reason = failed(self.name, error)
            return None
        if kwh is not None and not (math.isfinite(kwh) and kwh >= 0):
            self._failures += 1
            self.reason = failed(self.name, ValueError())
            return None
        self._failures = 0
        reason = getattr(self._counter, "reason", None)
        self.reason = reason if isinstance(reason, Notice) else self.reason
        return kwh


def announced(folders: Sequence[str] | None = None) -> bool:
    """Whether an installed package offers a plug-in; FOOTPRINT_PLUGINS=0 forbids them.

    `folders`: where packages are installed (default: sys.path).
    """
    if os.environ.get("FOOTPRINT_PLUGINS") == "0":
        return False
    wanted = f"[{GROUP}]".encode()
    return any(wanted in text for text in _entry_points(sys.path if folders is None else folders))


def open_plugins(taken: Collection[str]) -> Iterator[Guarded | Silent]:
    """Open every plug-in, in order of name; `taken`: names of channels it may not have."""
    metadata = importlib.import_module("importlib.metadata")
    seen = set(taken)
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: str(entry.name)):
        opened = _open(entry, seen)
        seen.add(opened.name)
        yield opened


def _bounds(given: Any) -> tuple[float, float]:
    """The plug-in's own 90 % interval as multipliers, or that of an on-board counter (M7)."""
    try:
        low, high = (float(bound) for bound in given)
    except (TypeError, ValueError):
        return _DEFAULT_BOUNDS
    return (low, high) if 0 < low <= 1 <= high < math.inf else _DEFAULT_BOUNDS


def _open(entry: Any, seen: Collection[str]) -> Guarded | Silent:
    label = f"plugin:{entry.name}"
    try:
        counter = entry.load()()
        name, tier = counter.name, counter.tier
        if tier not in TIERS or not callable(counter.cumulative_kwh) or not isinstance(name, str):
            raise TypeError(f"tier {tier!r}")
    except Exception as error:
        return Silent(label, "generic", failed(entry.name, error))
    if name in seen:
        return Silent(label, "generic", _name_taken(entry.name, name))
    return Guarded(counter, name, tier)


def _entry_points(folders: Sequence[str]) -> Iterator[bytes]:
    for folder in folders:
        try:
            with os.scandir(folder or ".") as entries:
                infos = [e.path for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for info in infos:
            try:
                yield Path(info, "entry_points.txt").read_bytes()
            except OSError:
                continue


def failed(name: str, error: BaseException) -> Notice:
    """A plug-in raised: which one, and what."""
    kind = type(error).__name__
    return Notice(
        "plugin_echec",
        f"Le module complémentaire « {name} » a échoué ({kind}) ; la mesure n'en dépend pas.",
        f"Plug-in “{name}” failed ({kind}); measuring does not depend on it.",
    )


def _name_taken(plugin: str, name: str) -> Notice:
    return Notice(
        "plugin_nom_pris",
        f"Le module complémentaire « {plugin} » donne à son canal un nom déjà pris ({name}) ; il est écarté.",
        f"Plug-in “{plugin}” gives its channel a name already taken ({name}); it is left out.",
    )
