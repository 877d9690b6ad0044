"""The Hugging Face Trainer, a small BERT made from its configuration, and the callback."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("transformers", reason="transformers: make test-frameworks")
pytest.importorskip("torch", reason="torch: make test-frameworks")

TRAINER = """
import gc, sys
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainerCallback, TrainingArguments
from footprint.integrations.huggingface import FootprintCallback

class Slow(TrainerCallback):
    '''Makes each step last; keeps what the run says of itself.'''
    def __init__(self, callback, seconds=0.1, fail_at=None):
        self.callback, self.seconds, self.fail_at, self.live = callback, seconds, fail_at, None
    def on_step_end(self, args, state, control, **kwargs):
        work(self.seconds)
        if state.global_step == self.fail_at: raise KeyError("mine")
        if self.callback.run is not None: self.live = self.callback.run.now() or self.live

def trainer(callback, steps, beside, **arguments):
    config = BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                        intermediate_size=16, max_position_embeddings=16)
    data = [{"input_ids": [i % 50] * 8, "attention_mask": [1] * 8, "labels": i % 2} for i in range(64)]
    settings = TrainingArguments(**{"output_dir": "out", "max_steps": steps, "report_to": "none",
                                    "save_strategy": "no", "logging_steps": 5, "use_cpu": True,
                                    "disable_tqdm": True, "per_device_train_batch_size": 4, **arguments})
    return Trainer(model=BertForSequenceClassification(config), args=settings, train_dataset=data,
                   callbacks=[callback, beside])

"""
Train = Callable[..., dict[str, Any]]


def test_a_training_is_measured_forecast_and_logged(train: Train) -> None:
    shown = train(
        TRAINER
        + """
callback = FootprintCallback("TRI", "tri:1.0", budget_kwh=1.0)
slow = Slow(callback)
made = trainer(callback, 30, slow)
made.train()
show(run=about(callback.run), last=made.state.log_history[-1], step=made.state.global_step,
     done=slow.live.done, total=slow.live.total, forecast=slow.live.forecast_kwh, phase=callback.run.phase)
"""
    )
    run = shown["run"]
    assert (run["state"], shown["step"], shown["phase"]) == ("complete", 30, "training")
    assert run["cpu_s"] > 2.5
    assert shown["last"]["footprint_energy_kwh"] == run["energy_kwh"] > 0
    assert shown["last"]["footprint_gwp_low_kgco2e"] < shown["last"]["footprint_gwp_kgco2e"]
    assert shown["last"]["step"] == 30
    assert shown["total"] == 30
    assert 1 <= shown["done"] <= 30
    assert shown["forecast"] == pytest.approx(run["energy_kwh"], rel=0.6)
    assert "arret_sur_budget" not in run["codes"]


def test_a_budget_stops_the_training_cleanly_or_marks_it(train: Train) -> None:
    shown = train(
        TRAINER
        + """
def go(**options):
    callback = FootprintCallback("TRI", budget_kgco2e=1e-9, **options)
    made = trainer(callback, 40, Slow(callback))
    made.train()
    return {"run": about(callback.run), "step": made.state.global_step}
show(stopped=go(), marked=go(on_budget="mark"))
"""
    )
    stopped, marked = shown["stopped"], shown["marked"]
    assert stopped["run"]["state"] == "complete"
    assert "arret_sur_budget" in stopped["run"]["codes"]
    assert 1 < stopped["step"] < 40
    assert marked["step"] == 40
    assert "arret_sur_budget" not in marked["run"]["codes"]
    assert "budget_depasse" in marked["run"]["codes"]


def test_a_training_that_raises_ends_its_run(train: Train, results: Callable[[], list[Any]]) -> None:
    shown = train(
        TRAINER
        + """
callback = FootprintCallback("TRI")
made = trainer(callback, 9, Slow(callback, fail_at=3))
try: made.train()
except KeyError as error: assert error.args == ("mine",)
else: raise SystemExit(9)
first = callback.run
during = first.state
del made
callback.on_train_begin(None, __import__("types").SimpleNamespace(is_local_process_zero=True, global_step=0), None)
again, second = first.state, callback.run
del callback
gc.collect()
show(during=during, again=again, gone=second.state)
callback = FootprintCallback("TRI", "last:1.0")
trainer(callback, 9, Slow(callback, fail_at=3)).train()
"""
    )
    assert (shown["during"], shown["again"], shown["gone"]) == ("running", "interrupted", "interrupted")
    assert shown["status"] == 1
    assert "KeyError: 'mine'" in shown["stderr"]
    assert "footprint" not in shown["stderr"].split("KeyError: 'mine'")[-1]
    time.sleep(0.2)  # the last recorder closes its file after the program
    assert [result["state"] for result in results()] == ["interrupted"] * 3


def test_a_training_taken_up_again_counts_its_own_steps(train: Train) -> None:
    shown = train(
        TRAINER
        + """
save = {"save_strategy": "steps", "save_steps": 10}
callback = FootprintCallback("TRI")
trainer(callback, 10, Slow(callback, 0.0), **save).train()
callback = FootprintCallback("TRI")
slow = Slow(callback)
trainer(callback, 30, slow, **save).train(resume_from_checkpoint=True)
show(run=about(callback.run), done=slow.live.done, total=slow.live.total)
"""
    )
    assert shown["run"]["state"] == "complete"
    assert shown["total"] == 20
    assert 1 <= shown["done"] <= 20


def test_one_process_of_a_machine_measures(train: Train, results: Callable[[], list[Any]]) -> None:
    """Two processes of torchrun: one run, which says that the other's work is not in it."""
    shown = train(
        TRAINER
        + """
import os
callback = FootprintCallback("TRI")
trainer(callback, 12, Slow(callback), ddp_backend="gloo").train()
if os.environ["LOCAL_RANK"] == "0": show(run=about(callback.run))
else: assert callback.run is None
""",
        "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
    )  # fmt: skip
    assert shown["status"] == 0, shown["stderr"]
    assert shown["run"]["state"] == "complete"
    assert "autres_processus_non_comptes" in shown["run"]["codes"]
    assert len(results()) == 1


def test_a_training_does_not_depend_on_the_measure(train: Train) -> None:
    shown = train(
        TRAINER
        + """
import footprint.measuring.spawning
def broken(*a): raise RuntimeError("no recorder here")
footprint.measuring.spawning.start_recorder = broken
callback = FootprintCallback("TRI", budget_kwh=1.0)
made = trainer(callback, 12, Slow(callback))
made.train()
show(run=about(callback.run), step=made.state.global_step, last=made.state.log_history[-1])
"""
    )
    assert shown["step"] == 12
    assert (shown["run"]["state"], shown["run"]["energy_kwh"]) == ("failed", None)
    assert "enregistreur_non_demarre" in shown["run"]["codes"]
    assert "footprint_energy_kwh" not in shown["last"]  # unknown, not 0
