"""Keras 3: `model.fit(…, callbacks=[FootprintCallback("TRI-COURRIER", "tri-courrier:1.0")])`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from footprint.integrations import required
from footprint.integrations.following import OnBudget, Training, quiet
from footprint.measuring.given import RunOptions

if TYPE_CHECKING:
    from footprint.measuring import Run

    Callback = object
else:
    Callback = required("keras.callbacks", "Keras", "keras").Callback


class FootprintCallback(Callback):
    """Measures each `fit()`, validation included; the run is at `run`.

    The progress of the batches (of the epochs, when their length is unknown) feeds the forecast; a budget
    used up ends the training as Keras does (`model.stop_training`).
    """

    model: Any
    params: Any

    def __init__(
        self,
        application: str,
        model: str | None = None,
        phase: str | None = "training",
        *,
        on_budget: OnBudget = "stop",
        **options: Unpack[RunOptions],
    ) -> None:
        """Arguments: see `footprint.measure`; `on_budget`: "stop" the training, or only "mark" the run."""
        super().__init__()
        self._training = Training(application, model, phase, on_budget, options)
        self._epoch = 0
        self._first: int | None = None

    @property
    def run(self) -> Run | None:
        """The run of the last training begun, or None."""
        return self._training.run

    @quiet
    def on_train_begin(self, logs: Any = None) -> None:
        """Start the run."""
        self._first = None
        self._training.begin()

    @quiet
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note where the training is; it may begin at another epoch than 0."""
        self._epoch = epoch
        self._first = epoch if self._first is None else self._first

    @quiet
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say how far the training is; end it when its budget is used up."""
        steps = self.params.get("steps")
        done = self._epoch - (self._first or 0)
        epochs = self.params["epochs"] - (self._first or 0)
        if steps:
            stop = self._training.step(done * steps + batch + 1, epochs * steps)
        else:
            stop = self._training.step(done, epochs)
        if stop:
            self.model.stop_training = True

    @quiet
    def on_train_end(self, logs: Any = None) -> None:
        """End the run."""
        self._training.end()
