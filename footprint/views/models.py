"""The fiche modèle: what training cost and what a thousand requests cost, from the measured runs (M6, M8)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

import factors
import pos_map
from footprint import scores
from footprint.assessment.totals import Z90, Z95
from footprint.errors import UnknownSubject
from footprint.explain import explain_model
from footprint.sheets import Amount, ModelSheet, RunLine, Score
from footprint.store.database import Store
from footprint.views.book import Book, Row, open_book
from footprint.views.use_cases import measured_runs, model_applications, use_cases

INFERENCE = "inference"
# Runs that did not lead to the model: serving it, and the alternative without AI.
NOT_TRAINING = (INFERENCE, "baseline")


def model_sheet(store: Store, model: str) -> ModelSheet:
    """The fiche of one model. Raises UnknownSubject with near names."""
    known = model_applications(store)
    if model not in known:
        raise UnknownSubject("modèle", "model", model, pos_map.near(model, known))
    _campaign, book = open_book(store)
    runs = [row for row in measured_runs(store) if row["model"] == model]
    training = [row for row in runs if row["phase"] not in NOT_TRAINING]
    serving = [row for row in runs if row["phase"] == INFERENCE and row["requests"]]
    total, sigma = _total(book, model, [row["phase"] for row in training])
    wh, wh_sigma, gwp, gwp_sigma = _per_thousand(book, model, serving)
    return ModelSheet(
        model=model,
        applications=known[model],
        training_score=scores.training_score(total, sigma),
        inference_score=_inference(serving, wh, wh_sigma, gwp, gwp_sigma),
        training_kwh=sum(row["energy_kwh"] for row in training) if training else None,
        training=total,
        wh_per_1000=wh,
        gwp_per_1000=gwp,
        runs=tuple(_line(row) for row in sorted(runs, key=lambda r: r["started_s"])),
        use_case=next((case for case in use_cases(store) if case.model == model), None),
        explanation=explain_model(book.kept, factors.load(), model),
    )


def _total(book: Book, model: str, phases: Iterable[str]) -> tuple[Amount | None, float]:
    """Total of some phases of a model; the phases share the machine and the factor, so spreads add up."""
    found = [row for phase in set(phases) if (row := book.row("model", model, phase))]
    if not found:
        return None, 0.0
    value = sum(row["amount"] for row in found)
    sigma = max(row["sigma"] for row in found)
    return _lognormal(value, sigma, "kgCO2e"), sigma


def _per_thousand(
    book: Book, model: str, serving: list[Row]
) -> tuple[Amount | None, float, Amount | None, float]:
    """Wh and gCO2e for 1,000 requests over the measured serving runs."""
    requests = sum(row["requests"] for row in serving)
    if not requests:
        return None, 0.0, None, 0.0
    kwh = sum(row["energy_kwh"] for row in serving)
    low, high = (sum(row[name] for row in serving) for name in ("low_kwh", "high_kwh"))
    sigma = math.log(high / low) / (2 * Z95) if low > 0 else 0.0
    ids = {f"execution:{row['run_id']}" for row in serving}
    lines = book.kept.asset_impacts
    mine = lines.filter(
        pc.and_(
            pc.is_in(lines["asset"], value_set=pa.array(sorted(ids))), pc.equal(lines["indicator"], "gwp")
        )
    )
    kilos = pc.sum(mine["amount"]).as_py() or 0.0
    row = book.row("model", model, INFERENCE)
    spread = row["sigma"] if row else sigma
    return (
        _lognormal(kwh * 1e6 / requests, sigma, "Wh"),
        sigma,
        _lognormal(kilos * 1e6 / requests, spread, "gCO2e") if kilos else None,
        spread,
    )


def _inference(
    serving: list[Row], wh: Amount | None, wh_sigma: float, gwp: Amount | None, gwp_sigma: float
) -> Score:
    """No declared act, no letter (M8)."""
    if not any(row["functional_act"] for row in serving):
        return scores.inference_score(None, 0.0, None, 0.0)
    return scores.inference_score(wh, wh_sigma, gwp, gwp_sigma)


def _lognormal(mean: float, sigma: float, unit: str) -> Amount:
    median = mean * math.exp(-(sigma**2) / 2)
    return Amount(
        mean,
        median * math.exp(-Z95 * sigma),
        median * math.exp(Z95 * sigma),
        median * math.exp(Z90 * sigma),
        unit,
    )


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(row: Row) -> RunLine:
    return RunLine(
        row["run_id"], row["phase"], row["state"], _instant(row["started_s"]), row["duration_s"], row["energy_kwh"],
        row["low_kwh"], row["high_kwh"], row["tier"], row["channel"], row["requests"],
        tuple(json.loads(row["warnings"])),
    )  # fmt: skip
