from __future__ import annotations

import pytest

from collectors import sampler as module
from collectors.gpu import SharedGpu
from collectors.host import HostTimes
from collectors.power_model import PowerModel, host_model
from collectors.records import Machine, Notice, Tier
from collectors.sampler import Sampler

MACHINE = Machine(threads=2, chips=1, ram_gb=8.0, cpu_model=None, virtual=False, host_id=None)
# 10 W at rest, 20 W at 10 %, then 10 W more per 10 %.
MODEL = PowerModel(
    "test", (10.0, *(10.0 + 10.0 * i for i in range(1, 11))), ((0.0, 0.5, 2.0), (1.0, 0.8, 1.5))
)


class Tree:
    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.pids = frozenset({7})

    def update(self, floor_s: float = 0.0) -> bool:
        self.cpu_s = max(self.cpu_s, floor_s)
        return True


class Counter:
    def __init__(self, name: str, tier: Tier, kwh: float | None) -> None:
        self.name, self.tier, self.kwh = name, tier, kwh
        self.reason: Notice | None = None if kwh is not None else Notice("absent", "absent", "absent")

    def cumulative_kwh(self) -> float | None:
        return self.kwh


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [0.0]
    monkeypatch.setattr(module, "host_times", lambda: HostTimes(seconds[0]))
    return seconds


def total(sampler: Sampler, component: str) -> float:
    return sum(row.kwh for row in sampler.rows() if row.component == component)


def test_modelled_energy_of_a_run(busy: list[float]) -> None:
    tree = Tree()
    sampler = Sampler(MACHINE, MODEL, tree=tree)  # type: ignore[arg-type]
    sampler.begin(100.0)
    busy[0], tree.cpu_s = 20.0, 5.0  # 10 s at 100 % of two threads, a quarter of it the run's
    sample = sampler.sample(110.0)
    assert sample.seconds == 10.0
    assert sample.utilisation == 1.0
    assert total(sampler, "dynamic") == pytest.approx((110 - 10) * 10 / 3.6e6 * 0.25)
    assert total(sampler, "idle_share") == pytest.approx(10 * 10 / 3.6e6 * 0.25)
    bounds = {row.component: (row.low_kwh / row.kwh, row.high_kwh / row.kwh) for row in sample.rows}
    assert bounds["dynamic"] == pytest.approx((0.8, 1.5))
    assert bounds["idle_share"] == pytest.approx((0.5, 2.0))


def test_power_is_averaged_not_utilisation(busy: list[float]) -> None:
    kinked = PowerModel("test", (0.0, 50.0, *(50.0,) * 9), ((0.0, 1.0, 1.0), (1.0, 1.0, 1.0)))
    sampler = Sampler(MACHINE, kinked)
    sampler.begin(0.0)
    sampler.sample(10.0)  # idle
    busy[0] = 4.0
    sampler.sample(20.0)  # 20 %
    # Averaged first, 10 % over 20 s would make 50 W x 20 s.
    assert total(sampler, "dynamic") == pytest.approx(50 * 10 / 3.6e6)


def test_the_whole_host_keeps_its_idle_energy(busy: list[float]) -> None:
    sampler = Sampler(MACHINE, MODEL)
    sampler.begin(0.0)
    busy[0] = 2.0
    sampler.sample(10.0)  # 10 %: 20 W
    assert total(sampler, "dynamic") == pytest.approx(10 * 10 / 3.6e6)
    assert total(sampler, "idle") == pytest.approx(10 * 10 / 3.6e6)
    (use,) = sampler.channels()
    assert use.host_kwh == pytest.approx(20 * 10 / 3.6e6)


def test_the_best_tier_wins_from_the_moment_it_speaks(busy: list[float]) -> None:
    tree = Tree()
    late, same = Counter("rapl", "sensor", None), Counter("codecarbon", "model", 0.0)
    sampler = Sampler(MACHINE, MODEL, tree=tree, counters=(late, same))  # type: ignore[arg-type]
    sampler.begin(0.0)
    for second in range(1, 5):
        busy[0], tree.cpu_s = 2.0 * second, 2.0 * second
        late.kwh = None if second < 2 else 50.0 * second / 3.6e6
        late.reason = None
        same.kwh = 1.0 * second
        sampler.sample(float(second))
    by_channel = {(row.channel, row.tier): 0.0 for row in sampler.rows()}
    for row in sampler.rows():
        by_channel[row.channel, row.tier] += row.kwh
    # Model for two seconds (the counter's first reading is its origin), then 50 W measured.
    assert by_channel == {
        ("m5", "model"): pytest.approx(2 * 110 / 3.6e6),
        ("rapl", "sensor"): pytest.approx(2 * 50 / 3.6e6),
    }
    uses = {use.channel: use for use in sampler.channels()}
    assert (uses["rapl"].used, uses["rapl"].seconds) == (True, 2.0)
    assert uses["rapl"].host_kwh == pytest.approx(2 * 50 / 3.6e6)
    assert (uses["codecarbon"].used, uses["codecarbon"].host_kwh) == (False, 4.0)
    assert uses["m5"].seconds == 4.0


def test_idle_level_of_measured_power_is_the_lowest_mean_seen_under_the_models(busy: list[float]) -> None:
    tree, counter = Tree(), Counter("rapl", "sensor", 0.0)
    sampler = Sampler(MACHINE, MODEL, tree=tree, counters=(counter,))  # type: ignore[arg-type]
    sampler.begin(0.0)
    counter.kwh = 40.0 / 3.6e6  # 4 W at rest for ten seconds, where the model says 10
    sampler.sample(10.0)
    busy[0], tree.cpu_s, counter.kwh = 2.0, 2.0, (40.0 + 30.0) / 3.6e6
    sampler.sample(11.0)
    assert total(sampler, "dynamic") == pytest.approx(26 / 3.6e6)
    assert total(sampler, "idle_share") == pytest.approx(4 / 3.6e6)
    assert [row.high_kwh / row.kwh for row in sampler.rows()] == pytest.approx([1.1, 1.1])


@pytest.mark.parametrize("every_s", [1, 2, 5])
def test_a_counter_slower_than_the_samples_gives_the_same_energy(busy: list[float], every_s: int) -> None:
    tree, counter = Tree(), Counter("plug", "sensor", 0.0)
    sampler = Sampler(MACHINE, MODEL, tree=tree, counters=(counter,))  # type: ignore[arg-type]
    sampler.begin(0.0)
    for second in range(1, 41):  # half busy at 60 W, one of two threads the run's
        busy[0], tree.cpu_s = float(second), float(second)
        if second % every_s == 0:
            counter.kwh = 60.0 * second / 3.6e6
        sampler.sample(float(second))
    assert total(sampler, "dynamic") == pytest.approx(50 * 40 / 3.6e6)
    assert total(sampler, "idle_share") == pytest.approx(10 * 40 / 2 / 3.6e6)


def test_a_meter_that_corrects_itself_does_not_take_rest_to_nothing(busy: list[float]) -> None:
    tree, meter = Tree(), Counter("meter", "meter", 0.0)
    sampler = Sampler(MACHINE, MODEL, tree=tree, counters=(meter,))  # type: ignore[arg-type]
    sampler.begin(0.0)
    joules = 0.0
    for second in range(1, 61):
        busy[0], tree.cpu_s = float(second), float(second)
        joules += 0.0 if 10 < second <= 22 else 60.0  # twelve seconds for what was held too high
        meter.kwh = joules / 3.6e6
        sampler.sample(float(second))
    # At rest, the model's lower bound (5 W) at least: the run never takes more than the rest of the power.
    assert total(sampler, "dynamic") <= joules / 3.6e6 - 5 * 48 / 3.6e6


def test_a_counter_that_is_stuck_leaves_its_time_to_the_model(busy: list[float]) -> None:
    counter = Counter("plug", "sensor", 1.0)
    sampler = Sampler(MACHINE, MODEL, counters=(counter,))
    sampler.begin(0.0)
    for second in range(1, 101):
        sampler.sample(float(second), last=second == 100)
    assert {row.channel for row in sampler.rows()} == {"m5"}
    assert total(sampler, "idle") == pytest.approx(10 * 100 / 3.6e6)


def test_the_tail_of_a_slow_counter_is_left_to_the_model(busy: list[float]) -> None:
    counter = Counter("plug", "sensor", 0.0)
    sampler = Sampler(MACHINE, MODEL, counters=(counter,))
    sampler.begin(0.0)
    counter.kwh = 60.0 / 3.6e6
    sampler.sample(1.0)
    sampler.sample(3.0, last=True)
    by_channel = {row.channel: row.kwh for row in sampler.rows() if row.component == "idle"}
    assert by_channel["m5"] == pytest.approx(10 * 2 / 3.6e6)


def test_seconds_known_late_are_not_lost(busy: list[float]) -> None:
    tree = Tree()
    sampler = Sampler(MACHINE, MODEL, tree=tree)  # type: ignore[arg-type]
    sampler.begin(0.0)
    busy[0] = 2.0
    sampler.sample(1.0)
    busy[0], tree.cpu_s = 20.0, 20.0  # ten seconds of both threads, known at once
    for second in range(2, 12):
        sampler.sample(float(second), last=second == 11)
    assert total(sampler, "dynamic") == pytest.approx((110 - 10) * 10 / 3.6e6)


def test_a_run_that_ends_on_a_sample_keeps_its_last_seconds(busy: list[float]) -> None:
    tree = Tree()
    sampler = Sampler(MACHINE, MODEL, tree=tree)  # type: ignore[arg-type]
    sampler.begin(0.0)
    sampler.sample(1.0)
    sampler.sample(1.0, floor_s=0.002, last=True)
    assert total(sampler, "dynamic") > 0


def test_the_energy_used_alone_is_in_the_interval_of_a_run_with_neighbours(busy: list[float]) -> None:
    def measured(neighbour_s: float) -> Sampler:
        busy[0], tree = 0.0, Tree()
        sampler = Sampler(MACHINE, curved, tree=tree)  # type: ignore[arg-type]
        sampler.begin(0.0)
        busy[0], tree.cpu_s = 2.0 + neighbour_s, 2.0
        sampler.sample(10.0)
        return sampler

    curved = host_model(205.0, 2, 384.0, generation_known=True)
    alone, beside = measured(0.0), measured(10.0)
    (row,) = [row for row in beside.rows() if row.component == "dynamic"]
    assert row.kwh < total(alone, "dynamic")
    assert row.low_kwh < row.kwh < total(alone, "dynamic") < row.high_kwh
    assert total(beside, "idle_share") == total(alone, "idle_share")


def test_a_channel_that_gave_nothing_keeps_its_reason(busy: list[float]) -> None:
    sampler = Sampler(MACHINE, MODEL, counters=(Counter("rapl", "sensor", None),))
    sampler.begin(0.0)
    sampler.sample(1.0)
    uses = {use.channel: use for use in sampler.channels()}
    assert uses["rapl"].host_kwh is None
    assert uses["rapl"].reason is not None
    assert uses["rapl"].reason.code == "absent"


class Gpu:
    """Every GPU of a host together, as CodeCarbon counts them."""

    name = "codecarbon"
    kwh: float | None = None

    def gpu_kwh(self) -> float | None:
        return self.kwh


class Free:
    def acquire(self) -> bool:
        return True


def test_gpu_energy_of_a_host_is_added(busy: list[float]) -> None:
    gpu = Gpu()
    sampler = Sampler(MACHINE, MODEL, gpu=SharedGpu(gpu, None, Free()))
    sampler.begin(0.0)
    for second, kwh in enumerate((None, 1.0, 1.5, 1.75), 1):
        gpu.kwh = kwh
        sampler.sample(float(second))
    (row,) = [row for row in sampler.rows() if row.component == "gpu"]
    assert (row.channel, row.tier, row.kwh) == ("codecarbon", "sensor", 0.75)
    assert (row.low_kwh, row.high_kwh) == pytest.approx((0.675, 0.825))


def test_gpu_energy_of_a_run_is_its_declared_share(busy: list[float]) -> None:
    gpu = Gpu()
    sampler = Sampler(MACHINE, MODEL, tree=Tree(), gpu=SharedGpu(gpu, 0.25, Free()))  # type: ignore[arg-type]
    sampler.begin(0.0)
    for second, kwh in enumerate((0.0, 2.0, 4.0), 1):
        gpu.kwh = kwh
        sampler.sample(float(second))
    assert total(sampler, "gpu") == pytest.approx(1.0)


@pytest.mark.parametrize(("opened_s", "kwh"), [(0.2, 1.25), (None, 1.0)])
def test_what_passed_before_the_counters_opened_counts_too(
    busy: list[float], opened_s: float | None, kwh: float
) -> None:
    rapl = Counter("rapl", "sensor", 0.0)
    sampler = Sampler(MACHINE, MODEL, counters=(rapl,))
    sampler.begin(0.0, opened_s=opened_s)
    rapl.kwh = 1.0  # in the last 0.8 s of the first second
    sampler.sample(1.0)
    assert sum(row.kwh for row in sampler.rows()) == pytest.approx(kwh)
    rapl.kwh = 2.0
    sampler.sample(2.0)
    assert sum(row.kwh for row in sampler.rows()) == pytest.approx(kwh + 1.0)


def test_an_interval_hardly_seen_is_left_to_the_model(busy: list[float]) -> None:
    rapl = Counter("rapl", "sensor", 0.0)
    sampler = Sampler(MACHINE, MODEL, counters=(rapl,))
    sampler.begin(0.0, opened_s=0.8)
    rapl.kwh = 1.0
    assert {row.channel for row in sampler.sample(1.0).rows} == {"m5"}


def test_a_meter_brings_its_own_interval(busy: list[float]) -> None:
    meter = Counter("meter", "meter", 0.0)
    meter.bounds = (0.98, 1.02)  # type: ignore[attr-defined]
    sampler = Sampler(MACHINE, MODEL, counters=(Counter("rapl", "sensor", 0.0), meter))
    sampler.begin(0.0)
    meter.kwh = 1.0
    rows = sampler.sample(10.0).rows
    assert {row.channel for row in rows} == {"meter"}
    assert sum(row.kwh for row in rows) == pytest.approx(1.0)
    assert sum(row.low_kwh for row in rows) == pytest.approx(0.98)


def test_a_clock_that_does_not_move_adds_nothing(busy: list[float]) -> None:
    sampler = Sampler(MACHINE, MODEL)
    sampler.begin(5.0)
    busy[0] = 1.0
    assert sampler.sample(4.0).seconds == 0.0
    assert total(sampler, "dynamic") == 0.0
