from __future__ import annotations

import math
import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.meter import Integral, MeterChannel, MeterSpec, read_number, run_command


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def code(channel: MeterChannel) -> str | None:
    return channel.reason.code if channel.reason else None


def joules(channel: MeterChannel) -> float | None:
    kwh = channel.cumulative_kwh()
    return None if kwh is None else round(kwh * 3.6e6, 6)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "power"


def test_power_in_a_file_by_trapezium(clock: Clock, file: Path) -> None:
    channel = MeterChannel(MeterSpec(file=file, period_s=1.0), clock)
    assert (joules(channel), code(channel)) == (None, "compteur_muet")
    file.write_text("100\n", encoding="ascii")
    assert (joules(channel), code(channel)) == (0.0, None)
    clock.now, _ = 1.0, file.write_text("200,0", encoding="ascii")
    assert joules(channel) == 150.0
    clock.now = 2.0
    assert joules(channel) == 350.0
    assert (channel.name, channel.tier, channel.bounds) == ("meter", "meter", (0.98, 1.02))


def test_a_gap_is_noted_and_not_invented(clock: Clock, file: Path) -> None:
    channel = MeterChannel(MeterSpec(file=file, period_s=1.0), clock)
    file.write_text("100", encoding="ascii")
    assert joules(channel) == 0.0
    file.unlink()
    seen = []
    for clock.now in (1.0, 2.0, 3.0, 4.0, 5.0):
        seen.append(joules(channel))
    # Held for three periods, then silent: another channel takes over.
    assert seen == [100.0, 200.0, 300.0, None, None]
    assert code(channel) == "compteur_muet"
    file.write_text("500", encoding="ascii")
    clock.now = 6.0
    assert joules(channel) == 300.0
    assert code(channel) == "compteur_lacune"
    clock.now = 7.0
    assert joules(channel) == 800.0


@pytest.mark.parametrize("text", ["-5", "200000", "1e400", "-1e400"])
def test_impossible_powers_are_refused(clock: Clock, file: Path, text: str) -> None:
    channel = MeterChannel(MeterSpec(file=file, period_s=1.0), clock)
    file.write_text("100", encoding="ascii")
    joules(channel)
    file.write_text(text, encoding="ascii")
    clock.now = 1.0
    assert joules(channel) == 100.0
    assert code(channel) == "compteur_refuse"
    file.write_text("100", encoding="ascii")
    clock.now = 2.0
    assert joules(channel) == 200.0


@pytest.mark.parametrize("text", ["", "nan", "inf", "12 W", "1_000", "1 2", "0x10", "\x00", "1,2,3"])
def test_what_is_not_one_number_is_no_reading(clock: Clock, file: Path, text: str) -> None:
    file.write_text(text, encoding="ascii")
    channel = MeterChannel(MeterSpec(file=file), clock)
    assert (joules(channel), code(channel)) == (None, "compteur_muet")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), (" 12.5\n", 12.5), ("12,5", 12.5), ("1e3", 1000.0), ("-1", -1.0), ("3.", 3.0)],
)
def test_one_number(text: str, value: float) -> None:
    assert read_number(text.encode()) == value


def test_energy_that_moves_by_steps_is_spread_over_time(clock: Clock, file: Path) -> None:
    channel = MeterChannel(MeterSpec(file=file, quantity="energy_kwh", period_s=5.0), clock)
    shown = []
    # A kWh counter of 0.001 kWh steps at 360 W: one step every 10 s.
    for clock.now in range(31):
        file.write_text(f"{7 + clock.now // 10 / 1000:.3f}", encoding="ascii")
        shown.append(joules(channel))
    assert shown[:10] == [None] * 10
    assert shown[10:] == [360.0 * second for second in range(21)]
    assert code(channel) is None


def test_a_counter_of_energy_that_goes_back(clock: Clock, file: Path) -> None:
    channel = MeterChannel(MeterSpec(file=file, quantity="energy_j", period_s=1.0), clock)
    shown = []
    for clock.now, value in enumerate((1000, 1100, 1200, 5, 105, 205, 10**15, 305, 405, 505)):
        file.write_text(str(value), encoding="ascii")
        shown.append(joules(channel))
    assert shown == [None, 0.0, 100.0, None, 100.0, 200.0, None, None, 200.0, 300.0]
    assert code(channel) == "compteur_remis"


@given(
    readings=st.lists(
        st.tuples(st.floats(0.1, 50.0), st.floats(0, 1e9) | st.just(math.nan) | st.just(-1.0)), max_size=30
    ),
    quantity=st.sampled_from(["power_w", "energy_j"]),
)
def test_energy_never_decreases_nor_exceeds_the_highest_power(
    readings: list[tuple[float, float]], quantity: str
) -> None:
    integral = Integral(quantity, 10.0, 1e5)  # type: ignore[arg-type]
    now, before = 0.0, 0.0
    for wait, value in readings:
        now += wait
        integral.take(value, now)
        shown = integral.joules(now)
        if shown is not None:
            assert shown >= before
            before = shown
    assert before <= 1e5 * now + 1e-6


def script(path: Path, body: str) -> tuple[str, ...]:
    path.write_text(body, encoding="utf-8")
    return (sys.executable, str(path))


def wait_for(channel: MeterChannel, reason: str | None) -> None:
    deadline = time.monotonic() + 60
    while code(channel) != reason and time.monotonic() < deadline:
        time.sleep(0.02)
    assert code(channel) == reason


def test_a_command_in_the_background(tmp_path: Path) -> None:
    command = script(tmp_path / "meter.py", "print('120.5')")
    channel = MeterChannel(MeterSpec(command=command, period_s=0.1))
    wait_for(channel, None)
    first = channel.cumulative_kwh()
    assert first is not None
    time.sleep(0.05)
    assert (channel.cumulative_kwh() or 0.0) > first
    channel.close()


def test_a_hanging_command_never_delays_a_sample_and_dies_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = script(
        tmp_path / "hang.py",
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)",
    )
    channel = MeterChannel(MeterSpec(command=command, period_s=2.0))
    began = time.thread_time()
    assert channel.cumulative_kwh() is None
    assert time.thread_time() - began < 0.05
    wait_for(channel, "compteur_muet")
    channel.close()
    deadline = time.monotonic() + 30
    alive = [int(pid) for pid in pids.read_text(encoding="ascii").split()]
    while alive and time.monotonic() < deadline:
        alive = [pid for pid in alive if running(pid)]
        time.sleep(0.02)
    assert alive == []


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("argv", [("/nowhere/meter",), (sys.executable, "-c", "raise SystemExit(3)")])
def test_a_command_that_fails_says_why(argv: tuple[str, ...]) -> None:
    data, problem = run_command(argv, 10.0)
    assert data is None
    assert problem in ("No such file or directory", "code 3")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_nobody_writes_does_not_block(clock: Clock, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    channel = MeterChannel(MeterSpec(file=tmp_path / "pipe"), clock)
    assert (joules(channel), code(channel)) == (None, "compteur_muet")


def test_a_file_that_nobody_writes_any_more_is_a_gap(tmp_path: Path) -> None:
    clock, watts = [0.0], tmp_path / "watts"
    watts.write_text("300", encoding="ascii")
    channel = MeterChannel(MeterSpec(file=watts, period_s=10.0), lambda: clock[0])
    assert channel.cumulative_kwh() == 0.0
    clock[0] = 20.0
    assert channel.cumulative_kwh() == pytest.approx(300 * 20 / 3.6e6)
    clock[0] = 7200.0
    assert channel.cumulative_kwh() is None
    watts.write_text("200", encoding="ascii")
    os.utime(watts, ns=(1, 1))  # written again
    assert channel.cumulative_kwh() is not None
