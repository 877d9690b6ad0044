"""What the callbacks have in common: how often a training is looked at, and that it never suffers from it."""

from __future__ import annotations

import copy
import gc
import pickle
from types import SimpleNamespace
from typing import Any

import pytest

from footprint.integrations import following
from footprint.integrations.following import Training, figures, quiet
from footprint.measuring import measure


class Quick:
    """A run without a recorder, that keeps what it is told and answers `live`."""

    live: Any = None
    answer_s = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        self.args, self.options = args, options
        self.told: list[tuple[float, float | None]] = []
        self.warnings: list[Any] = []
        self.asked = 0
        self.state = "new"

    def start(self) -> Quick:
        self.state = "running"
        return self

    def stop(self, complete: bool = True) -> Quick:
        self.state = "complete" if complete else "interrupted"
        return self

    def progress(self, done: float, total: float | None = None) -> None:
        self.told.append((done, total))

    def now(self) -> Any:
        self.asked += 1
        Clock.seconds += Quick.answer_s
        return Quick.live


class Clock:
    """Time that passes when told to, s."""

    seconds = 0.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.seconds


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock.seconds, Quick.live, Quick.answer_s = 100.0, None, 0.0
    monkeypatch.setattr(following, "measure", Quick)
    monkeypatch.setattr(following, "time", Clock)
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)


def training(on_budget: Any = "stop", **options: Any) -> Training:
    return Training("TRI", "tri:1.0", "training", on_budget, options)  # type: ignore[arg-type]


def run_of(made: Training) -> Any:
    return made.run


def at(made: Training, seconds: float, done: float, total: float | None = 1000.0) -> bool:
    """A step `seconds` after the beginning."""
    Clock.seconds = 100.0 + seconds
    return made.step(done, total)


def test_a_training_is_looked_at_once_a_second() -> None:
    made = training()
    made.begin()
    assert not any(at(made, n / 10, n) for n in range(51))
    assert run_of(made).told == [(10, 1000), (20, 1000), (30, 1000), (40, 1000), (50, 1000)]
    assert run_of(made).asked == 0  # there is no budget
    assert made.end() is made.run
    assert (run_of(made).state, made.end()) == ("complete", None)


def test_the_recorder_is_asked_for_a_twentieth_of_the_time_at_most() -> None:
    Quick.answer_s = 0.2  # the longest it may take
    made = training(budget_kwh=1.0)
    made.begin()
    for n in range(1000):
        at(made, max(n / 10, Clock.seconds - 100.0), n)
    assert (run_of(made).asked - 1) * Quick.answer_s <= (Clock.seconds - 100.0) / 20
    assert run_of(made).asked >= 20


@pytest.mark.parametrize(("on_budget", "stops"), [("stop", True), ("mark", False)])
@pytest.mark.parametrize("name", ["budget_kwh", "budget_kgco2e"])
def test_a_budget_used_up(on_budget: str, stops: bool, name: str) -> None:
    made = training(on_budget, **{name: 1.0})
    made.begin()
    Quick.live = SimpleNamespace(over_budget=False)
    assert at(made, 1.0, 1) is False
    Quick.live = SimpleNamespace(over_budget=True)
    assert at(made, 1.5, 2) is False  # not looked at yet
    assert at(made, 2.0, 3) is stops
    assert at(made, 2.1, 4) is stops  # and goes on being asked
    assert [w.code for w in run_of(made).warnings] == (["arret_sur_budget"] if stops else [])
    if stops:
        assert "étape 3" in str(run_of(made).warnings[0])
    made.begin()
    assert at(made, 2.2, 1) is False  # another training has its own budget


def test_a_recorder_that_does_not_answer_stops_nothing() -> None:
    made = training(budget_kwh=1.0)
    made.begin()
    assert not any(at(made, float(n), n) for n in range(5))


@pytest.mark.parametrize(
    ("first", "done", "total", "told"),
    [
        (0, 5, 100, (5, 100)),
        (40, 45, 100, (5, 60)),  # taken up again at step 40
        (0, 5, None, (5, None)),
        (0, 5, 0, (5, None)),
        (0, 5, -1, (5, None)),
        (0, 5, float("inf"), (5, None)),
        (0, 5, float("nan"), (5, None)),
        (100, 100, 100, (0, None)),
    ],
)
def test_progress_is_of_this_run(
    first: float, done: float, total: float | None, told: tuple[Any, ...]
) -> None:
    made = training()
    made.begin(first)
    at(made, 1.0, done, total)
    assert run_of(made).told == [told]


def test_a_run_left_open_ends_with_the_next_one_or_with_the_callback() -> None:
    made = training()
    assert (made.step(1, 2), made.end()) == (False, None)  # nothing was begun
    made.begin()
    first = run_of(made)
    made.begin()
    second = run_of(made)
    assert (first.state, second.state) == ("interrupted", "running")
    del made
    gc.collect()
    assert second.state == "interrupted"


def test_a_copy_has_the_settings_and_no_run() -> None:
    made = training(budget_kwh=2.0)
    made.begin()
    for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other.run is None
        other.begin()
        assert (other.run.args, other.run.options) == (("TRI", "tri:1.0", "training"), {"budget_kwh": 2.0})
    assert run_of(made).state == "running"


def test_a_fault_of_a_callback_is_a_warning_once() -> None:
    class Callback:
        def __init__(self) -> None:
            self._training = training()

        @quiet
        def on_step(self) -> None:
            raise AttributeError("max_steps")

        @quiet
        def on_stop(self) -> None:
            raise KeyboardInterrupt

    callback = Callback()
    callback.on_step()  # no run yet: nothing to say it in
    callback._training.begin()
    callback.on_step()
    callback.on_step()
    assert [w.code for w in run_of(callback._training).warnings] == ["rappel_en_defaut"]
    assert "max_steps" in run_of(callback._training).warnings[0].en
    with pytest.raises(KeyboardInterrupt):
        callback.on_stop()


@pytest.mark.parametrize(("count", "codes"), [("1", []), ("4", ["autres_processus_non_comptes"]), ("x", [])])
def test_processes_beside_this_one_are_said(
    monkeypatch: pytest.MonkeyPatch, count: str, codes: list[str]
) -> None:
    monkeypatch.setenv("LOCAL_WORLD_SIZE", count)
    made = training()
    made.begin()
    assert [w.code for w in run_of(made).warnings] == codes


def test_misuse_is_said_before_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="on_budget"):
        training("SIGKILL")
    monkeypatch.setattr(following, "measure", measure)
    with pytest.raises(TypeError, match="colour"):
        training(colour="blue")


def test_unknown_figures_are_absent() -> None:
    run = measure("TRI")
    assert figures(run, "x.") == {}
    run.energy_kwh, run.duration_s = 0.5, 10.0
    assert figures(run, "x.") == {"x.energy_kwh": 0.5, "x.duration_s": 10.0}
