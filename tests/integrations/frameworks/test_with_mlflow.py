"""MLflow on a local SQLite store: where a run is logged, what is, and what happens when it can't be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("mlflow", reason="mlflow: make test-frameworks")

Train = Callable[..., dict[str, Any]]

STORE = """
import logging, warnings
warnings.simplefilter("ignore")
import mlflow
from footprint.integrations.mlflow import log, track
import footprint
mlflow.set_tracking_uri("sqlite:///tracking.db")
logging.disable(logging.INFO)

def written(run_id):
    got = mlflow.get_run(run_id)
    tags = {k: v for k, v in got.data.tags.items() if k.startswith("footprint.")}
    return {"metrics": got.data.metrics, "tags": tags, "status": got.info.status, "name": got.info.run_name}

def everything():
    return [run.info.run_id for run in mlflow.search_runs(output_format="list")]
"""


def test_figures_and_where_they_come_from_are_logged(train: Train) -> None:
    shown = train(
        STORE
        + """
with track("TRI", model="tri:1.0", phase="training", zone="FR", requests=4) as run:
    with mlflow.start_run() as theirs:
        mlflow.log_metric("loss", 0.5)
        work(0.3)
show(run=about(run), gwp=[run.gwp_low, run.gwp_kgco2e, run.gwp_high], result=run.result,
     energy=[run.energy_low_kwh, run.energy_high_kwh], s=run.duration_s, tier=run.tier,
     got=written(theirs.info.run_id), count=len(everything()), version=footprint.__version__)
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    run, got = shown["run"], shown["got"]
    assert run["state"] == "complete"
    assert got["metrics"] == {
        "loss": 0.5,
        "footprint.energy_kwh": run["energy_kwh"],
        "footprint.energy_low_kwh": shown["energy"][0],
        "footprint.energy_high_kwh": shown["energy"][1],
        "footprint.gwp_low_kgco2e": shown["gwp"][0],
        "footprint.gwp_kgco2e": shown["gwp"][1],
        "footprint.gwp_high_kgco2e": shown["gwp"][2],
        "footprint.duration_s": shown["s"],
    }
    warned = got["tags"].pop("footprint.warnings", "")
    assert warned.split() == sorted(set(run["codes"]))
    assert got["tags"] == {
        "footprint.run_id": run["run_id"], "footprint.application": "TRI", "footprint.model": "tri:1.0",
        "footprint.phase": "training", "footprint.state": "complete", "footprint.tier": shown["tier"],
        "footprint.zone": "FR", "footprint.factor_id": shown["result"]["factor"]["id"],
        "footprint.version": shown["version"],
    }  # fmt: skip
    assert shown["count"] == 1


def test_the_run_it_is_logged_in(train: Train) -> None:
    """The one active before, or at the end, or a new one; and an exception passes through."""
    shown = train(
        STORE
        + """
with mlflow.start_run() as before:
    with track("TRI") as run:
        with mlflow.start_run(nested=True): work(0.05)
with track("TRI"):
    at_end = mlflow.start_run()
    work(0.05)
mlflow.end_run()
others = set(everything())
with track("TRI"): work(0.05)
new, = set(everything()) - others
others.add(new)
try:
    with track("TRI"):
        work(0.05)
        raise KeyError("mine")
except KeyError as error: assert error.args == ("mine",)
failed, = set(everything()) - others
again = footprint.measure("TRI").start()
work(0.05)
again.stop()
with mlflow.start_run() as later: ok = log(again)
show(before=written(before.info.run_id), at_end=written(at_end.info.run_id), new=written(new),
     failed=written(failed), later=written(later.info.run_id), ok=ok, active=mlflow.active_run() is None)
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    for name in ("before", "at_end", "new", "failed", "later"):
        assert shown[name]["metrics"]["footprint.energy_kwh"] > 0, name
    assert (shown["new"]["name"], shown["new"]["status"]) == ("TRI", "FINISHED")
    assert (shown["failed"]["status"], shown["failed"]["tags"]["footprint.state"]) == (
        "FAILED",
        "interrupted",
    )
    assert (shown["ok"], shown["active"]) == (True, True)


def test_a_store_that_fails_is_a_warning(train: Train) -> None:
    shown = train(
        STORE
        + """
mlflow.set_tracking_uri("sqlite:////proc/not/there.db")
with track("TRI") as run: work(0.05)
show(run=about(run), texts=[str(w) for w in run.warnings if w.code == "mlflow_non_ecrit"])
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    assert shown["run"]["state"] == "complete"
    assert shown["run"]["energy_kwh"] > 0
    assert len(shown["texts"]) == 1


def test_what_is_not_known_is_not_logged(train: Train) -> None:
    shown = train(
        STORE
        + """
import footprint.measuring.spawning
def broken(*a): raise RuntimeError("no recorder here")
footprint.measuring.spawning.start_recorder = broken
with mlflow.start_run() as theirs:
    with track("TRI") as run: work(0.05)
show(got=written(theirs.info.run_id))
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    assert shown["got"]["metrics"] == {}
    assert shown["got"]["tags"]["footprint.state"] == "failed"
    assert "footprint.tier" not in shown["got"]["tags"]


def test_a_store_of_plain_files(train: Train) -> None:
    shown = train(
        STORE
        + """
mlflow.set_tracking_uri("file:files")
with mlflow.start_run() as theirs:
    with track("TRI") as run: work(0.05)
show(run=about(run), got=written(theirs.info.run_id))
""",
        MLFLOW_ALLOW_FILE_STORE="true",
    )
    assert shown["status"] == 0, shown["stderr"]
    assert shown["got"]["metrics"]["footprint.energy_kwh"] == shown["run"]["energy_kwh"] > 0
