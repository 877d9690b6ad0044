"""Keras 3 on torch, and on TensorFlow where it is installed, a small model, and the callback."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch, Keras' back end here: make test-frameworks")
if find_spec("keras") is None:  # importing it here would choose a back end
    pytest.skip("keras: make test-frameworks", allow_module_level=True)

without_tensorflow = pytest.mark.skipif(find_spec("tensorflow") is None, reason="tensorflow is not installed")
backends = pytest.mark.parametrize("backend", ["torch", pytest.param("tensorflow", marks=without_tensorflow)])
Train = Callable[..., dict[str, Any]]

MODEL = """
import keras, numpy
from footprint.integrations.keras import FootprintCallback

class Slow(keras.callbacks.Callback):
    '''Makes each batch last; keeps what the run says of itself.'''
    def __init__(self, callback, seconds=0.1, fail_at=None):
        super().__init__()
        self.callback, self.seconds, self.fail_at, self.live, self.count = callback, seconds, fail_at, None, 0
    def on_train_batch_end(self, batch, logs=None):
        work(self.seconds)
        self.count += 1
        if self.count == self.fail_at: raise KeyError("mine")
        self.live = self.callback.run.now() or self.live

def model():
    made = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    return made

x, y = numpy.ones((40, 4), "float32"), numpy.ones((40, 1), "float32")
"""


@backends
def test_a_training_is_measured_and_forecast(train: Train, backend: str) -> None:
    shown = train(
        MODEL
        + """
callback = FootprintCallback("TRI", "tri:1.0", budget_kwh=1.0)
slow = Slow(callback)
model().fit(x, y, batch_size=4, epochs=5, initial_epoch=2, verbose=0, callbacks=[callback, slow])
show(run=about(callback.run), count=slow.count, done=slow.live.done, total=slow.live.total,
     backend=keras.backend.backend(), phase=callback.run.phase)
""",
        KERAS_BACKEND=backend,
    )
    assert shown["status"] == 0, shown["stderr"]
    assert (shown["run"]["state"], shown["count"], shown["phase"]) == ("complete", 30, "training")
    assert shown["backend"] == backend
    assert shown["run"]["cpu_s"] > 2.5
    assert shown["total"] == 30  # three epochs of ten batches: the first two were made before
    assert 1 <= shown["done"] <= 30


@backends
def test_a_budget_stops_the_training_cleanly_or_marks_it(train: Train, backend: str) -> None:
    shown = train(
        MODEL
        + """
def go(**options):
    callback = FootprintCallback("TRI", budget_kwh=1e-9, **options)
    slow = Slow(callback)
    model().fit(x, y, batch_size=4, epochs=3, verbose=0, callbacks=[callback, slow])
    return {"run": about(callback.run), "count": slow.count}
show(stopped=go(), marked=go(on_budget="mark"))
""",
        KERAS_BACKEND=backend,
    )
    stopped, marked = shown["stopped"], shown["marked"]
    assert stopped["run"]["state"] == "complete"
    assert "arret_sur_budget" in stopped["run"]["codes"]
    assert 1 < stopped["count"] < 30
    assert marked["count"] == 30
    assert "arret_sur_budget" not in marked["run"]["codes"]


def test_a_training_that_raises_then_another(train: Train) -> None:
    shown = train(
        MODEL
        + """
callback = FootprintCallback("TRI")
try: model().fit(x, y, batch_size=4, verbose=0, callbacks=[callback, Slow(callback, fail_at=3)])
except KeyError as error: assert error.args == ("mine",)
else: raise SystemExit(9)
first = callback.run
model().fit(x, y, batch_size=4, verbose=0, callbacks=[callback, Slow(callback, 0.02)])
show(first=about(first), second=about(callback.run))
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    assert (shown["first"]["state"], shown["second"]["state"]) == ("interrupted", "complete")
    assert shown["first"]["run_id"] != shown["second"]["run_id"]


def test_epochs_of_unknown_length_are_counted_themselves(train: Train) -> None:
    shown = train(
        MODEL
        + """
import torch
class Stream(torch.utils.data.IterableDataset):
    def __iter__(self): return iter([(x[0], y[0])] * 40)
callback = FootprintCallback("TRI")
slow = Slow(callback)
loader = torch.utils.data.DataLoader(Stream(), batch_size=4)
model().fit(loader, epochs=4, verbose=0, callbacks=[callback, slow])
show(run=about(callback.run), done=slow.live.done, total=slow.live.total)
"""
    )
    assert shown["status"] == 0, shown["stderr"]
    assert shown["run"]["state"] == "complete"
    assert (shown["done"], shown["total"]) in [(done, 4) for done in (1, 2, 3)]
