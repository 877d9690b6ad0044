"""Assessing a campaign.

The identifier of an assessment is the digest of everything it was computed from. The same inventory, runs,
factors, method and code give the same identifier, hence nothing to compute again and nothing to overwrite.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from footprint import __version__
from footprint.assessment import RESULTS
from footprint.assessment.backends import dialect_of
from footprint.assessment.engine import METHOD, assess
from footprint.assessment.inputs import Inputs, prepare
from footprint.assessment.steps import code_digest
from footprint.errors import CampaignError
from footprint.factor_set import catalogue_of
from footprint.ingredients import gathered
from footprint.kept import Kept, load, readable, write
from footprint.scores import SCALE
from footprint.store import events
from footprint.store.database import Store, plain_errors
from footprint.store.referential import last_import
from footprint.store.tables import Assessment, Campaign


def assess_campaign(
    store: Store, campaign: Campaign, actor: str = "footprint", engine: str = ""
) -> tuple[Kept, bool]:
    """Assess a campaign with the factors in force; returns the result and whether it is new.

    `engine` is the URL of another database to compute with (assessment.backends); DuckDB in memory by default.
    A frozen campaign keeps the assessment it shows: what is returned is computed, and not shown.
    Raises CampaignError when nothing was imported yet, EngineRefused for an engine that can't be used.
    """
    inputs, manifest = _inputs(store, campaign, engine)
    identifier = hashlib.sha256(events.canonical(manifest).encode()).hexdigest()[:16]
    folder = store.assessments / identifier
    new = not readable(folder)
    if new:
        result = assess(inputs, engine, store.home / "plans")
        whole = {**manifest, **_outcome(result.assets_in_service, inputs)}
        with plain_errors(store.home):
            write(folder, {name: getattr(result, name) for name in RESULTS}, whole)
    kept = load(folder)
    _show(store, campaign, kept, actor)
    return kept, new


def _show(store: Store, campaign: Campaign, kept: Kept, actor: str) -> None:
    """Make it the assessment the campaign shows, unless it is frozen; each change of it is an event."""
    with store.writing() as session:
        stored = session.get(Campaign, campaign.id)
        if stored is not None and stored.frozen_at:
            campaign.frozen_at, campaign.assessment_id = stored.frozen_at, stored.assessment_id
            return
        if session.get(Assessment, kept.id) is None:
            manifest = events.canonical(kept.manifest)
            row = Assessment(
                id=kept.id, campaign_id=campaign.id or 0, created_at=events.now(), manifest=manifest
            )
            session.add(row)
        if stored is not None and stored.assessment_id != kept.id:
            stored.assessment_id = kept.id
            session.add(stored)
            subject = f"campagne:{campaign.id}"
            events.append(session, actor, "evaluation.retenue", subject, {"evaluation": kept.id})
    campaign.assessment_id = kept.id


def _inputs(store: Store, campaign: Campaign, engine: str) -> tuple[Inputs, dict[str, Any]]:
    catalogue = catalogue_of(store.home)
    found = gathered(store, campaign, catalogue)
    with store.session() as session:
        imported = last_import(session, campaign)
    if not any(table.num_rows for table in (found.frames["assets"], found.frames["services"], found.runs)):
        raise CampaignError(
            "Rien à évaluer : importez d’abord un inventaire (footprint import FICHIERS).",
            "Nothing to assess: import an inventory first (footprint import FILES).",
        )
    inputs = prepare(
        found.frames, found.runs, catalogue, campaign.year, campaign.zone, settings=found.settings, **found.measured
    )  # fmt: skip
    manifest = {
        "organisation": campaign.organisation,
        "year": campaign.year,
        "zone": campaign.zone,
        **asdict(found.settings),
        "factor_set": catalogue.version,
        "factor_changes": [list(change) for change in catalogue.applied],
        "archived": list(found.archived),
        "method": METHOD,
        "scale": SCALE,
        "code": __version__,
        "engine": [dialect_of(engine), code_digest()],
        "imported_sha256": imported,
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


def _outcome(assets_in_service: int, inputs: Inputs) -> dict[str, Any]:
    return {
        "created_at": events.now(),
        "assets_in_service": assets_in_service,
        "near": {name: list(close) for name, close in sorted(inputs.near.items())},
    }
