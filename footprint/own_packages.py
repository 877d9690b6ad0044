"""The packages of this distribution are found where this file is, whatever stands on the path.

A user's own `collectors/` or `factors.py`, in the current folder or on PYTHONPATH, must not take their place
in the command line. The recorder does the same in bootstrap.py, before any of our packages can be imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

OURS = ("footprint", "collectors", "factors", "pos_map", "dashboard")
ROOT = str(Path(__file__).resolve().parent.parent)


class _Ours:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return PathFinder.find_spec(name, [ROOT]) if name in OURS else None


def prefer_ours() -> None:
    """Look for our own packages beside this file first; to be called before they are imported."""
    if not any(finder is _Ours for finder in sys.meta_path):
        sys.meta_path.insert(0, _Ours)
