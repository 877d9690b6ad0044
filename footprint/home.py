"""Where footprint keeps its local state."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home() -> Path:
    """Folder of the local state: FOOTPRINT_HOME, else the platform's data folder."""
    named = os.environ.get("FOOTPRINT_HOME")
    if named:
        return Path(os.path.expanduser(named))  # noqa: PTH111 (an unknown ~user stays as it is, no exception)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "footprint"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "footprint"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "footprint"


def spool_dir(folder: Path | None = None) -> Path:
    """Folder of the recorded runs, one file a run."""
    return (folder or home()) / "spool"
