"""The fiche modèle: what training cost and what a thousand requests cost, from the measured runs (M6, M8).

Only the runs of the shown assessment count: energy and carbon then speak of the same runs. Requests of
different functional acts are never mixed: the act that costs most is the one scored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.compute as pc

import pos_map
from footprint import lognormal, scores
from footprint.errors import UnknownSubject
from footprint.explain import explain_model
from footprint.factor_set import catalogue_of
from footprint.phases import INFERENCE, NOT_TRAINING
from footprint.sheets import Amount, ModelSheet, RunLine, Score
from footprint.store.database import Store
from footprint.views.book import Book, Row, amount_of, open_book
from footprint.views.use_cases import measured_runs, model_applications, use_cases
from footprint.views.weaknesses import not_assessed


def model_sheet(store: Store, model: str) -> ModelSheet:
    """The fiche of one model. Raises UnknownSubject with near names."""
    known = model_applications(store)
    if model not in known:
        raise UnknownSubject("modèle", "model", model, pos_map.near(model, known))
    _campaign, book = open_book(store)
    assessed = set(pc.unique(book.kept.parts["pool"]).to_pylist())
    runs = [row for row in measured_runs(store) if row["model"] == model]
    counted = [row for row in runs if f"execution:{row['run_id']}" in assessed]
    missing = _missing(book, counted)
    training = [row for row in counted if row["phase"] not in NOT_TRAINING]
    total = _total(book, model, sorted({row["phase"] for row in training}))
    act, wh, gwp = _per_thousand(book, counted)
    return ModelSheet(
        model=model,
        applications=known[model],
        training_score=_bounded(scores.training_score(total), missing, training),
        # No declared act, no letter (M8).
        inference_score=_bounded(
            scores.inference_score(wh, gwp) if act else scores.inference_score(None, None),
            missing,
            [row for row in counted if row["phase"] == INFERENCE],
        ),
        training_kwh=sum(row["energy_kwh"] for row in training) if training else None,
        training=total,
        functional_act=act,
        wh_per_1000=wh,
        gwp_per_1000=gwp,
        runs=tuple(_line(row) for row in sorted(runs, key=lambda r: r["started_s"])),
        use_case=next((case for case in use_cases(store) if case.model == model), None),
        explanation=explain_model(book.kept, catalogue_of(store.home), model),
        flags=tuple(not_assessed(*gap) for gaps in missing.values() for gap in gaps),
    )


def _missing(book: Book, runs: Sequence[Row]) -> dict[str, list[tuple[str, str, str]]]:
    """Run -> (asset, stage, missing key) of those of these runs that are not fully assessed."""
    names = {f"execution:{row['run_id']}": row["run_id"] for row in runs}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for gap in book.kept.gaps.to_pylist():
        if gap["asset"] in names:
            found.setdefault(names[gap["asset"]], []).append((gap["asset"], gap["stage"], gap["missing"]))
    return found


def _bounded(score: Score, missing: dict[str, list[tuple[str, str, str]]], runs: Sequence[Row]) -> Score:
    """The score, a lower bound with nothing to decide on when the electricity of one of its runs has no factor."""
    unknown = [
        row["run_id"] for row in runs if any(gap[1] == "use" for gap in missing.get(row["run_id"], ()))
    ]
    if not unknown:
        return score
    names = ", ".join(unknown)
    return replace(
        score,
        complete=False,
        decision_letter=None,
        criteria=tuple(replace(c, decision_letter=None, probability=None) for c in score.criteria),
        why_fr=f"Évaluation incomplète, zone électrique inconnue : {names}. {score.why_fr}".strip(),
        why_en=f"Incomplete assessment, unknown electricity zone: {names}. {score.why_en}".strip(),
    )


def _total(book: Book, model: str, phases: Iterable[str]) -> Amount | None:
    """Total of some phases of a model: they share machine and factor, rise and fall together, and bounds add up."""
    found = [row for phase in phases if (row := book.row("model", model, phase))]
    if not found:
        return None
    value, low, high, p90 = (_sum(found, name) for name in ("amount", "low", "high", "p90"))
    return Amount(value, low, high, p90)


def _per_thousand(book: Book, runs: Sequence[Row]) -> tuple[str, Amount | None, Amount | None]:
    """The act that costs most, Wh and gCO2e for 1,000 of its requests.

    Runs that served requests without naming an act count only when none names one.
    """
    serving = [row for row in runs if row["phase"] == INFERENCE and row["requests"]]
    acts = {row["functional_act"] for row in serving if row["functional_act"]} or {""}
    each = [(act, [row for row in serving if row["functional_act"] == act]) for act in sorted(acts)]
    if not serving:
        return "", None, None
    act, mine = max(each, key=lambda pair: _sum(pair[1], "energy_kwh") / _sum(pair[1], "requests"))
    requests, kwh = _sum(mine, "requests"), _sum(mine, "energy_kwh")
    sigma = lognormal.sigma_of(_sum(mine, "low_kwh"), _sum(mine, "high_kwh"))
    kilos, whole = _carbon(book, mine)
    # Without bounds, the interval of the carbon, which holds the default of the tier, stands for the energy's.
    wh = _like(whole, kwh * 1e6 / requests, "Wh")
    wh = wh if sigma is None else lognormal.amount(wh.value, sigma, "Wh")
    gwp = _like(whole, kilos * 1e6 / requests, "gCO2e") if kilos else None
    return act, wh, gwp


def _like(whole: Amount | None, value: float, unit: str) -> Amount:
    """A value with the relative interval of another amount; certain without one."""
    if whole is None or whole.value <= 0:
        return Amount(value, value, value, value, unit)
    return scores.scaled(whole, value / whole.value, unit)


def _carbon(book: Book, runs: Sequence[Row]) -> tuple[float, Amount | None]:
    """kgCO2e of some runs, and that of all the model's inference."""
    wanted = {f"execution:{row['run_id']}" for row in runs}
    lines = book.kept.asset_impacts
    rows = lines.filter(pc.equal(lines["indicator"], "gwp")).select(["asset", "amount"]).to_pylist()
    row = book.row("model", runs[0]["model"], INFERENCE)
    return sum(r["amount"] for r in rows if r["asset"] in wanted), amount_of(row) if row else None


def _sum(rows: Sequence[Row], name: str) -> float:
    return float(sum(row[name] for row in rows))


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(row: Row) -> RunLine:
    return RunLine(
        row["run_id"], row["phase"], row["state"], _instant(row["started_s"]), row["duration_s"], row["energy_kwh"],
        row["low_kwh"], row["high_kwh"], row["tier"], row["channel"], row["requests"],
        tuple(json.loads(row["warnings"])),
    )  # fmt: skip
