"""Assessing a campaign and keeping the result: manifest in the store, lines in Parquet files beside it.

The identifier of an assessment is the digest of everything it was computed from. The same inventory, runs,
factors, method and code give the same identifier, hence nothing to compute again and nothing to overwrite.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlmodel import col, select

import factors
from footprint import __version__
from footprint.assessment.engine import METHOD, RESULTS, Assessed, assess
from footprint.assessment.inputs import Inputs, prepare
from footprint.errors import CampaignError
from footprint.scores import SCALE
from footprint.store import events
from footprint.store.database import Store
from footprint.store.frames import inventory_frames, run_frame
from footprint.store.tables import Assessment, Campaign


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


def assess_campaign(store: Store, campaign: Campaign, actor: str = "footprint") -> tuple[Kept, bool]:
    """Assess a campaign with the shipped factor set; returns the result and whether it is new.

    Raises CampaignError when nothing was imported yet.
    """
    assert campaign.id is not None
    inputs, manifest = _inputs(store, campaign)
    identifier = hashlib.sha256(events.canonical(manifest).encode()).hexdigest()[:16]
    folder = store.assessments / identifier
    with store.session() as session:
        known = session.get(Assessment, identifier) is not None
    if known and folder.is_dir():
        return load(folder), False
    result = assess(inputs)
    manifest = {**manifest, **_outcome(result, inputs)}
    _write(folder, result, manifest)
    if not known:
        with store.session() as session:
            session.add(
                Assessment(
                    id=identifier, campaign_id=campaign.id, created_at=events.now(),
                    manifest=events.canonical(manifest),
                )
            )  # fmt: skip
            events.append(
                session, actor, "evaluation.calculee", f"campagne:{campaign.id}", {"evaluation": identifier}
            )
    return load(folder), True


def latest(store: Store, campaign: Campaign) -> Kept:
    """The newest assessment of a campaign. Raises CampaignError when there is none."""
    with store.session() as session:
        query = select(Assessment.id).where(Assessment.campaign_id == campaign.id)
        order = (col(Assessment.created_at).desc(), col(Assessment.id))
        found = [name for name in session.exec(query.order_by(*order)) if (store.assessments / name).is_dir()]
    if not found:
        raise CampaignError(
            "Cette campagne n’est pas encore évaluée. Lancez : footprint assess.",
            "This campaign is not assessed yet. Run: footprint assess.",
        )
    return load(store.assessments / found[0])


@lru_cache(maxsize=4)
def load(folder: Path) -> Kept:
    """Read an assessment from its folder; its content never changes, hence the cache."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in RESULTS}
    return Kept(folder.name, manifest, **tables)


def _inputs(store: Store, campaign: Campaign) -> tuple[Inputs, dict[str, Any]]:
    assert campaign.id is not None
    catalogue = factors.load()
    with store.session() as session:
        frames, runs = inventory_frames(session, campaign.id), run_frame(session, campaign.year)
    if not frames["assets"].num_rows and not runs.num_rows:
        raise CampaignError(
            "Rien à évaluer : importez d’abord un inventaire (footprint import FICHIERS).",
            "Nothing to assess: import an inventory first (footprint import FILES).",
        )
    inputs = prepare(frames, runs, catalogue, campaign.year, campaign.zone)
    manifest = {
        "organisation": campaign.organisation,
        "year": campaign.year,
        "zone": campaign.zone,
        "mode": "amortised",
        "factor_set": catalogue.version,
        "method": METHOD,
        "scale": SCALE,
        "code": __version__,
        "inputs_sha256": _digest(inputs.tables),
    }
    return inputs, manifest


def _digest(tables: dict[str, pa.Table]) -> str:
    """SHA-256 of the engine's input tables in Arrow's own format, by name."""
    total = hashlib.sha256()
    for name in sorted(tables):
        sink = pa.BufferOutputStream()
        table = tables[name].combine_chunks().replace_schema_metadata(None)
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        total.update(name.encode())
        total.update(sink.getvalue())
    return total.hexdigest()


def _outcome(result: Assessed, inputs: Inputs) -> dict[str, Any]:
    return {
        "created_at": events.now(),
        "assets_in_service": result.assets_in_service,
        "near": {name: list(close) for name, close in sorted(inputs.near.items())},
    }


def _write(folder: Path, result: Assessed, manifest: dict[str, Any]) -> None:
    """Write beside, then rename: a reader sees a whole assessment or none."""
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name in RESULTS:
            pq.write_table(getattr(result, name), draft / f"{name}.parquet", compression="zstd")
        (draft / "manifest.json").write_text(events.canonical(manifest), encoding="utf-8")
        draft.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
