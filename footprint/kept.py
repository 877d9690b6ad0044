"""Assessments as they are kept: a manifest and Parquet tables in a folder that never changes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from footprint.assessment import RESULTS
from footprint.errors import CampaignError, StoreError
from footprint.store.database import Store
from footprint.store.events import canonical
from footprint.store.tables import Campaign

DRAFT_S = 3600.0  # an unfinished draft older than this was left by a process that was killed


@dataclass(frozen=True)
class Kept:
    """An assessment read back: its manifest and its tables."""

    id: str
    manifest: dict[str, Any]
    lines: pa.Table
    totals: pa.Table
    asset_impacts: pa.Table
    parts: pa.Table
    gaps: pa.Table
    application_gaps: pa.Table
    platform_lines: pa.Table
    evidence: pa.Table
    reconciliation: pa.Table


def current(store: Store, campaign: Campaign) -> Kept:
    """The assessment the campaign shows. Raises CampaignError when there is none, StoreError when damaged."""
    if campaign.assessment_id is None:
        raise CampaignError(
            "Cette campagne n’est pas encore évaluée. Lancez : footprint assess.",
            "This campaign is not assessed yet. Run: footprint assess.",
        )
    return load(store.assessments / campaign.assessment_id)


@lru_cache(maxsize=4)
def load(folder: Path) -> Kept:
    """Read an assessment from its folder. Raises StoreError when a file is absent or damaged."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tables = {name: pq.read_table(folder / f"{name}.parquet") for name in RESULTS}
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StoreError(
            f"L’évaluation {folder.name} est illisible. Relancez : footprint assess.",
            f"Assessment {folder.name} can't be read. Run again: footprint assess.",
        ) from error
    return Kept(folder.name, manifest, **tables)


def readable(folder: Path) -> bool:
    """Whether a whole assessment is kept there."""
    try:
        load(folder)
    except StoreError:
        return False
    return True


def write(folder: Path, tables: dict[str, pa.Table], manifest: dict[str, Any]) -> None:
    """Write beside, put on the disk, then rename: a reader sees a whole assessment or none."""
    _sweep(folder.parent)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name in RESULTS:
            pq.write_table(tables[name], draft / f"{name}.parquet", compression="zstd")
        (draft / "manifest.json").write_text(canonical(manifest), encoding="utf-8")
        for path in (*draft.iterdir(), draft):
            _to_disk(path)
        draft.chmod(0o755)
        _place(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    load.cache_clear()


def _place(draft: Path, folder: Path) -> None:
    """Give the draft its name; where another process was first with the same assessment, its own is kept."""
    if folder.exists() and not readable(folder):
        shutil.rmtree(folder)
    try:
        draft.rename(folder)
    except OSError:
        if not readable(folder):
            raise
        shutil.rmtree(draft)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left."""
    for draft in folder.glob(".draft-*"):
        if time.time() - draft.stat().st_mtime > DRAFT_S:
            shutil.rmtree(draft, ignore_errors=True)
