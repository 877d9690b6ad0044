"""Lightning: `Trainer(callbacks=[FootprintCallback("TRI-COURRIER", "tri-courrier:1.0")])`.

For `lightning` and for `pytorch_lightning`: of the one the program already loaded, else of the one installed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Unpack

from footprint.integrations import MissingLibrary, required
from footprint.integrations.following import OnBudget, Training, figures, quiet
from footprint.measuring.given import RunOptions

if TYPE_CHECKING:
    from footprint.measuring import Run

_HOMES = ("lightning.pytorch", "pytorch_lightning")


def _bases() -> tuple[type, ...]:
    """`Callback` of each Lightning in use: a program may have both, and each knows only its own."""
    loaded = [home for home in _HOMES if home in sys.modules]
    if loaded:
        return tuple(required(home, "Lightning", "lightning").Callback for home in loaded)
    try:
        return (required("lightning.pytorch", "Lightning", "lightning").Callback,)
    except MissingLibrary:
        return (required("pytorch_lightning", "Lightning", "lightning").Callback,)


if TYPE_CHECKING:
    Callback = object
else:
    Callback = type("Callback", _bases(), {})


class FootprintCallback(Callback):
    """Measures each `fit()`, on one process of each machine; the run is at `run`.

    The progress of the optimizer steps feeds the forecast; a budget used up ends the training as Lightning
    does (`trainer.should_stop`). At the end kWh, kgCO2e and their bounds go to the trainer's loggers.
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
        super().__init__()
        self._training = Training(application, model, phase, on_budget, options)
        self._steps: float | None = None

    @property
    def run(self) -> Run | None:
        """The run of the last training begun in this process, or None."""
        return self._training.run

    @quiet
    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Start the run."""
        self._steps = None
        if trainer.local_rank == 0:
            self._training.begin(done=trainer.global_step)

    @quiet
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Learn how many steps there will be; a training without a known end has none."""
        self._steps = float(trainer.estimated_stepping_batches)

    @quiet
    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Say how far the training is; end it when its budget is used up."""
        if self._training.step(trainer.global_step, self._steps):
            trainer.should_stop = True

    @quiet
    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """End the run of a training that raised, or that was interrupted."""
        self._training.end(complete=False)

    @quiet
    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        """End the run and log its figures."""
        run = self._training.end()
        if run is not None:
            known = figures(run, "footprint/")
            for logger in trainer.loggers:
                logger.log_metrics(known, step=trainer.global_step)
