"""Lightning, under both its names, a small module, and the callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("lightning", reason="lightning: make test-frameworks")
pytest.importorskip("pytorch_lightning", reason="pytorch-lightning: make test-frameworks")

both = pytest.mark.parametrize("package", ["lightning.pytorch", "pytorch_lightning"])
Train = Callable[..., dict[str, Any]]


def program(package: str, *, callback_first: bool = False) -> str:
    """The imports, in the order asked for, a module that works for each step, and a trainer."""
    imports = [f"import {package} as pl", "from footprint.integrations.lightning import FootprintCallback"]
    return (
        "import warnings\nwarnings.simplefilter('ignore')\n"
        + "\n".join(reversed(imports) if callback_first else imports)
        + """
import logging, torch
from torch.utils.data import DataLoader, TensorDataset
for name in ("lightning.pytorch", "pytorch_lightning"): logging.getLogger(name).setLevel(logging.ERROR)

class Small(pl.LightningModule):
    def __init__(self, callback, seconds=0.1, fail_at=None):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
        self.seen, self.seconds, self.fail_at, self.live = [callback], seconds, fail_at, None
    def training_step(self, batch, index):
        work(self.seconds)
        if self.global_step == self.fail_at: raise KeyError("mine")
        run = self.seen[0].run
        self.live = (run.now() if run is not None else None) or self.live
        return self.layer(batch[0]).pow(2).mean()
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)

def trainer(callback, epochs=3, **options):
    return pl.Trainer(**{"max_epochs": epochs, "callbacks": [callback], "logger": False, "accelerator": "cpu",
                         "enable_checkpointing": False, "enable_progress_bar": False,
                         "enable_model_summary": False, **options})

data = DataLoader(TensorDataset(torch.ones(40, 4)), batch_size=4)
"""
    )


@both
@pytest.mark.parametrize("callback_first", [False, True])
def test_a_training_is_measured_forecast_and_logged(train: Train, package: str, callback_first: bool) -> None:
    shown = train(
        program(package, callback_first=callback_first)
        + """
from importlib import import_module
logger = import_module(pl.__name__ + ".loggers").CSVLogger("logs", name="", version="")
callback = FootprintCallback("TRI", "tri:1.0", budget_kwh=1.0)
module = Small(callback)
made = trainer(callback, logger=logger)
made.fit(module, data)
logger.save()
import csv
rows = list(csv.DictReader(open("logs/metrics.csv")))
show(run=about(callback.run), logged=rows[-1], step=made.global_step, done=module.live.done,
     total=module.live.total, phase=callback.run.phase)
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    run = shown["run"]
    assert (run["state"], shown["step"], shown["phase"]) == ("complete", 30, "training")
    assert run["cpu_s"] > 2.5
    assert float(shown["logged"]["footprint/energy_kwh"]) == pytest.approx(run["energy_kwh"])
    assert shown["total"] == 30
    assert 1 <= shown["done"] <= 30


@both
def test_a_budget_stops_the_training_cleanly_or_marks_it(train: Train, package: str) -> None:
    shown = train(
        program(package)
        + """
def go(**options):
    callback = FootprintCallback("TRI", budget_kwh=1e-9, **options)
    made = trainer(callback)
    made.fit(Small(callback), data)
    return {"run": about(callback.run), "step": made.global_step}
show(stopped=go(), marked=go(on_budget="mark"))
"""
    )
    stopped, marked = shown["stopped"], shown["marked"]
    assert stopped["run"]["state"] == "complete"
    assert "arret_sur_budget" in stopped["run"]["codes"]
    assert 1 < stopped["step"] < 30
    assert marked["step"] == 30
    assert "arret_sur_budget" not in marked["run"]["codes"]


@both
def test_a_training_that_raises_ends_its_run(train: Train, package: str) -> None:
    shown = train(
        program(package)
        + """
callback = FootprintCallback("TRI")
try: trainer(callback).fit(Small(callback, fail_at=3), data)
except KeyError as error: assert error.args == ("mine",)
else: raise SystemExit(9)
show(run=about(callback.run))
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    assert (shown["run"]["state"], shown["run"]["reason"]) == ("interrupted", "exception")


def test_a_training_without_a_known_end_and_without_recorder(train: Train) -> None:
    shown = train(
        program("lightning.pytorch")
        + """
callback = FootprintCallback("TRI")
module = Small(callback)
trainer(callback, epochs=-1, max_time={"seconds": 3}).fit(module, data)
known = {"run": about(callback.run), "done": module.live.done, "total": module.live.total}
import footprint.measuring.spawning
def broken(*a): raise RuntimeError("no recorder here")
footprint.measuring.spawning.start_recorder = broken
callback = FootprintCallback("TRI", budget_kwh=1.0)
made = trainer(callback, epochs=1)
made.fit(Small(callback), data)
show(**known, failed=about(callback.run), step=made.global_step)
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    assert (shown["run"]["state"], shown["total"]) == ("complete", None)
    assert shown["done"] > 0
    assert (shown["failed"]["state"], shown["step"]) == ("failed", 10)
