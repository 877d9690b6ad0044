from __future__ import annotations

from pathlib import Path

import pytest
from agent_bench import MACHINE, FakeHost, power_model
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import sampler as sampling
from collectors.records import EnergyRow
from collectors.rules import Rules, parse_rules
from collectors.sampler import Sampler
from footprint.agent.applications import ApplicationTimes
from footprint.agent.attribution import added, attributed, shares, steps
from footprint.agent.watching import Watch

kwh = st.floats(0, 1e3)
rows = st.dictionaries(
    st.tuples(st.sampled_from(["m5", "rapl"]), st.just("model"), st.sampled_from(["dynamic", "idle", "gpu"])),
    st.tuples(kwh, kwh, kwh).map(lambda bounds: (sorted(bounds)[1], min(bounds), max(bounds))),
)
spent = st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), st.floats(0, 64))


def test_shares_of_the_busy_time() -> None:
    assert shares({"A": 1.0, "B": 0.5, "C": 0.0}, 2.0) == {"A": 0.5, "B": 0.25}
    assert shares({"A": 3.0, "B": 1.0}, 2.0) == {"A": 0.75, "B": 0.25}  # the larger stands
    assert shares({}, 2.0) == shares({"A": 0.0}, 0.0) == {}


def test_dynamic_energy_is_shared_and_nothing_else() -> None:
    energy = {
        ("m5", "model", "dynamic"): (8.0, 4.0, 16.0),
        ("m5", "model", "idle"): (5.0, 4.0, 6.0),
        ("nvml", "sensor", "gpu"): (3.0, 2.0, 4.0),
    }
    assert attributed(energy, {"A": 0.5, "B": 0.25}) == {  # type: ignore[arg-type]
        ("m5", "model", "app:A"): (4.0, 2.0, 8.0),
        ("m5", "model", "app:B"): (2.0, 1.0, 4.0),
        ("m5", "model", "dynamic"): (2.0, 1.0, 4.0),
        ("m5", "model", "idle"): (5.0, 4.0, 6.0),
        ("nvml", "sensor", "gpu"): (3.0, 2.0, 4.0),
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(rows, spent, st.floats(0, 64)), min_size=1, max_size=8))
def test_rows_sum_to_the_host(intervals: list[tuple[dict, dict[str, float], float]]) -> None:
    total: dict = {}
    for energy, seconds, busy_s in intervals:
        added(total, attributed(energy, shares(seconds, busy_s)))
    for i in range(3):
        expected = sum(values[i] for energy, _, _ in intervals for values in energy.values())
        assert sum(values[i] for values in total.values()) == pytest.approx(expected, rel=1e-9, abs=1e-15)
        assert all(values[i] >= 0 for values in total.values())
    assert all(low <= kwh <= high for kwh, low, high in total.values())


def test_steps_between_cumulative_rows() -> None:
    before = [EnergyRow("m5", "model", "idle", 1.0, 0.5, 2.0)]
    now = [
        EnergyRow("m5", "model", "idle", 1.5, 0.75, 3.0),
        EnergyRow("rapl", "sensor", "idle", 2.0, 1.0, 4.0),
    ]
    assert steps(before, now) == {
        ("m5", "model", "idle"): (0.5, 0.25, 1.0),
        ("rapl", "sensor", "idle"): (2.0, 1.0, 4.0),
    }


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.2, 3), st.floats(0, 1), st.floats(0, 1.2), st.floats(0, 1.2)),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_a_watched_host_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, looks: list[tuple[float, float, float, float]]
) -> None:
    """From groups and counters to rows: their sum is what the sampler gave the host."""
    host = FakeHost(tmp_path_factory.mktemp("host"))
    mine = parse_rules(
        {"rule": [{"application": "A", "unit": "a.service"}, {"application": "B", "unit": "b.service"}]}
    )
    at, a_s, b_s, total = 100.0, 0.0, 0.0, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "host_times", host.times)
        host.group("a.service", 0.0)
        host.group("b.service", 0.0)
        sampler = Sampler(machine=MACHINE, model=power_model())
        watch = Watch(sampler, ApplicationTimes(mine, host.root))
        watch.begin(at)
        for seconds, busy, of_a, of_b in looks:
            at += seconds
            spent_s = busy * seconds * MACHINE.threads
            host.busy_s += spent_s
            a_s, b_s = a_s + of_a * spent_s, b_s + of_b * spent_s
            host.group("a.service", a_s)
            host.group("b.service", b_s)
            added(total, watch.look(at).energy)
    for i in (3, 4, 5):
        expected = sum(row[i] for row in sampler.rows())
        assert sum(values[i - 3] for values in total.values()) == pytest.approx(expected, rel=1e-9)


def test_half_the_busy_time_is_half_the_dynamic_energy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = FakeHost(tmp_path / "host")
    monkeypatch.setattr(sampling, "host_times", host.times)
    host.group("a.service", 0.0)
    mine = parse_rules({"rule": [{"application": "A", "unit": "a.service"}]})
    watch = Watch(Sampler(machine=MACHINE, model=power_model()), ApplicationTimes(mine, host.root))
    watch.begin(0.0)
    host.busy_s = 2.0
    host.group("a.service", 1.0)
    interval = watch.look(1.0)
    taken = interval.energy["m5", "model", "app:A"][0]
    assert taken > 0
    assert interval.energy["m5", "model", "dynamic"][0] == pytest.approx(taken)
    power_w = power_model().power(0.5).value
    assert interval.power_w == pytest.approx(power_w)
    assert Watch(Sampler(machine=MACHINE, model=power_model()), ApplicationTimes(Rules(), host.root))


def test_a_host_wholly_attributed_leaves_no_dust() -> None:
    energy = {("m5", "model", "dynamic"): (1.077e-06, 5.3e-07, 3.1e-06)}
    parts = shares({"A": 1.01, "B": 0.32}, 1.33)
    assert attributed(energy, parts)["m5", "model", "dynamic"] == (0.0, 0.0, 0.0)  # type: ignore[arg-type]
