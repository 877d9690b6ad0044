"""MLflow: figures of a run as metrics, where they come from as tags, in the MLflow run they belong to.

    with footprint.integrations.mlflow.track(application="TRI-COURRIER", model="tri-courrier:1.0") as run:
        with mlflow.start_run():
            train()

A run already measured is logged by `log(run)`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Unpack

import footprint
from footprint.integrations import required
from footprint.integrations.following import figures
from footprint.measuring import Notice, Run, measure
from footprint.measuring.given import RunOptions

mlflow = required("mlflow", "MLflow", "mlflow-skinny")

_LONGEST_TAG = 250


@contextmanager
def track(
    application: str,
    model: str | None = None,
    phase: str | None = None,
    *,
    on_budget: str = "mark",
    **options: Unpack[RunOptions],
) -> Iterator[Run]:
    """Measure a block and log it; arguments: see `footprint.measure`.

    Logged in the MLflow run active when the block begins, else in the one active at its end, else in the
    last one of the block, else in a new one. Never raises; what fails is in `run.warnings`.
    """
    began_ms = time.time() * 1000
    target = _active()
    run = measure(application, model, phase, on_budget=on_budget, **options)
    try:
        with run:
            yield run
    finally:
        log(run, run_id=target, since_ms=began_ms)


def log(run: Run, *, run_id: str | None = None, since_ms: float | None = None) -> bool:
    """Log an ended run: metrics `footprint.…` (kWh, kgCO2e, their 90 % bounds, s), tags `footprint.…`.

    `run_id`: the MLflow run; by default the active one, else the last one begun since `since_ms` (UTC
    epoch, ms), else a new one named after the application. What is not known is not logged. Never raises:
    False, and a warning in `run.warnings`, when MLflow could not take it.
    """
    try:
        target = run_id or _active() or _last_since(since_ms)
        with nullcontext(target) if target else _own_run(run) as written:
            _write(written, run)
    except Exception as error:
        run.warnings.append(_refused(error))
        return False
    return True


def _active() -> str | None:
    """Id of the MLflow run active in this thread, without asking any server."""
    try:
        active = mlflow.active_run()
        return None if active is None else str(active.info.run_id)
    except Exception:
        return None


def _last_since(since_ms: float | None) -> str | None:
    last = mlflow.last_active_run() if since_ms is not None else None
    if last is None or since_ms is None or last.info.start_time < int(since_ms):
        return None
    return str(last.info.run_id)


@contextmanager
def _own_run(run: Run) -> Iterator[str]:
    """A new MLflow run, in the experiment in force, ended as the measured one did."""
    made = mlflow.start_run(run_name=run.application)
    try:
        yield str(made.info.run_id)
    finally:
        mlflow.end_run("FINISHED" if run.state == "complete" else "FAILED")


def _write(target: str, run: Run) -> None:
    now = int(time.time() * 1000)
    metrics = [
        mlflow.entities.Metric(name, value, now, 0) for name, value in figures(run, "footprint.").items()
    ]
    tags = [mlflow.entities.RunTag(name, value) for name, value in _tags(run).items()]
    mlflow.MlflowClient().log_batch(target, metrics=metrics, tags=tags)


def _tags(run: Run) -> dict[str, str]:
    """Where the figures come from; what is not known is absent."""
    factor = run.result.get("factor") or {}
    values = {
        "run_id": run.run_id,
        "application": run.application,
        "model": run.model,
        "phase": run.phase,
        "state": run.state,
        "tier": run.tier,
        "zone": run.result.get("zone"),
        "factor_id": factor.get("id"),
        "warnings": " ".join(sorted({notice.code for notice in run.warnings})) or None,
        "version": footprint.__version__,
    }
    return {
        f"footprint.{name}": str(value)[:_LONGEST_TAG] for name, value in values.items() if value is not None
    }


def _refused(error: Exception) -> Notice:
    kind = type(error).__name__
    return Notice(
        "mlflow_non_ecrit",
        f"MLflow n’a pas pris la mesure ({kind} : {error}). Elle reste gardée par footprint ; réessayez : "
        "footprint.integrations.mlflow.log(run).",
        f"MLflow did not take the measure ({kind}: {error}). footprint still keeps it; try again: "
        "footprint.integrations.mlflow.log(run).",
    )
