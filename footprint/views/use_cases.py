"""The register of use cases, the measured runs, and the models they name."""

from __future__ import annotations

from footprint.sheets import UseCase
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.frames import run_frame
from footprint.store.referential import current_campaign
from footprint.views.book import Row, campaign_rows


def use_cases(store: Store) -> tuple[UseCase, ...]:
    """The register of use cases, AI or not, by code."""
    return tuple(
        UseCase(
            row.code, row.title, row.application, row.model, row.automation, row.status, row.functional_act,
            row.yearly_volume, row.abandon_reason, row.non_ai_alternative, row.human_decision, row.summary,
        )
        for row in campaign_rows(store, t.AiUseCase)
    )  # fmt: skip


def model_applications(store: Store) -> dict[str, tuple[str, ...]]:
    """Every known model, measured or registered, with the applications it serves."""
    owners: dict[str, dict[str, None]] = {}
    for row in measured_runs(store):
        if row["model"]:
            owners.setdefault(row["model"], {}).update(
                {row["application"]: None} if row["application"] else {}
            )
    for case in use_cases(store):
        if case.model:
            owners.setdefault(case.model, {}).update({case.application: None} if case.application else {})
    return {model: tuple(codes) for model, codes in sorted(owners.items())}


def models(store: Store) -> tuple[str, ...]:
    """Names of the known models."""
    return tuple(model_applications(store))


def measured_runs(store: Store) -> list[Row]:
    """The measured runs of the current campaign's year, host sessions left out."""
    campaign = current_campaign(store)
    with store.session() as session:
        rows: list[Row] = run_frame(session, campaign.year).to_pylist()
    return [row for row in rows if row["subject"] == "run"]
