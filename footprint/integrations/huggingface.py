"""Hugging Face Trainer: `Trainer(…, callbacks=[FootprintCallback("TRI-COURRIER", "tri-courrier:1.0")])`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from footprint.integrations import required
from footprint.integrations.following import OnBudget, Training, figures, quiet
from footprint.measuring.given import RunOptions

if TYPE_CHECKING:
    from footprint.measuring import Run

    TrainerCallback = object
else:
    TrainerCallback = required("transformers", "Hugging Face Transformers", "transformers").TrainerCallback


class FootprintCallback(TrainerCallback):
    """Measures each `train()`, on one process of each machine; the run is at `run`.

    The progress of the steps feeds the forecast; a budget used up ends the training as the Trainer does
    (`control.should_training_stop`). At the end kWh, kgCO2e and their bounds join `state.log_history`.
    """

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
        self._training = Training(application, model, phase, on_budget, options)

    @property
    def run(self) -> Run | None:
        """The run of the last training begun in this process, or None."""
        return self._training.run

    @quiet
    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the run."""
        if state.is_local_process_zero:
            self._training.begin(done=state.global_step)

    @quiet
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Say how far the training is; end it when its budget is used up."""
        if self._training.step(state.global_step, state.max_steps):
            control.should_training_stop = True

    @quiet
    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the run and log its figures."""
        run = self._training.end()
        if run is not None:
            known = figures(run, "footprint_")
            state.log_history.append({**known, "epoch": state.epoch, "step": state.global_step})
