"""Runs as a recorder would have left them, for tests that start from the store."""

from __future__ import annotations

from datetime import UTC, datetime

from footprint.store.database import Store
from footprint.store.tables import EnergyHour, MeasuredRun

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC).timestamp()


def run(run_id: str, phase: str, *, minutes: float = 0.0, **values: object) -> MeasuredRun:
    """A complete run of the sample's mail triage model, ten minutes on two threads of four."""
    fields = {
        "application": "TRI-COURRIER",
        "model": "tri-courrier:1.0",
        "state": "complete",
        "duration_s": 600.0,
        "machine": "0123456789ab",
        "zone": "FR",
        "capacity_share": 0.5,
        **values,
    }
    return MeasuredRun(run_id=run_id, phase=phase, started_s=START + 60 * minutes, **fields)


def energy(run_id: str, kwh: float, *, tier: str = "model", hour: str = "2026-03-04T09:00:00Z") -> EnergyHour:
    """The energy of a run in one hour, known within −20 % and +30 %."""
    return EnergyHour(
        run_id=run_id, hour=hour, component="dynamic", channel="m5", tier=tier, seconds=600.0,
        energy_kwh=kwh, low_kwh=kwh * 0.8, high_kwh=kwh * 1.3,
    )  # fmt: skip


def add_runs(store: Store) -> None:
    """A training run of 20 Wh and an inference run of 2 Wh for 4,000 letters."""
    with store.session() as session:
        session.add(run("essai-apprentissage", "training"))
        session.add(
            run("essai-inference", "inference", minutes=20, requests=4000.0, functional_act="courrier trié")
        )
        session.flush()
        session.add(energy("essai-apprentissage", 0.020))
        session.add(energy("essai-inference", 0.002))
