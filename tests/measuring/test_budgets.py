"""Progress, forecasts, budgets and estimates, on real scripts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest
from measuring_bench import Bench, wait_until

from collectors.records import Notice
from footprint.errors import FootprintError
from footprint.measuring import measure
from footprint.measuring.estimate import Estimate, read_estimate
from footprint.measuring.limits import Limits, checked
from footprint.measuring.live import Live

BURN = """
import json, signal, sys, time
from footprint.measuring import measure
def burn(s):
    t = time.process_time()
    while time.process_time() - t < s: pass
"""


def test_progress_gives_a_forecast(bench: Bench) -> None:
    code = (
        BURN
        + """
with measure('A', budget_kwh=1.0) as run:
    began = time.monotonic()
    for done in range(1, 6):
        burn(0.5); run.progress(done, 10)
    half = time.monotonic() - began
    burn(0.3)
    seen = run.now()
print(json.dumps([seen.energy_kwh, seen.forecast_kwh, seen.forecast_s, half, seen.done, seen.total, seen.budget]))
"""
    )
    used, whole, seconds, half, done, total, share = json.loads(bench.run(code))
    assert (done, total) == (5.0, 10.0)
    # Twice what half of it used, give or take what the machine's other work did to its power meanwhile.
    assert 1.3 * used < whole < 3.5 * used
    assert seconds == pytest.approx(2 * half, rel=0.35)
    assert share == pytest.approx(used)
    written = [line["done"] for line in bench.lines() if line["kind"] == "progress"]
    assert written == sorted(set(written))  # the last word of each second
    assert written[-1] == 5


def test_a_budget_is_marked_once_and_the_run_goes_on(bench: Bench) -> None:
    code = (
        BURN
        + """
with measure('A', budget_kwh=1e-9) as run:
    burn(1.5)
print(json.dumps([run.state, [w.code for w in run.warnings]]))
"""
    )
    state, codes = json.loads(bench.run(code))
    assert state == "complete"
    assert codes.count("budget_80") == codes.count("budget_depasse") == 1


def test_a_budget_stops_by_the_signal_asked_for(bench: Bench) -> None:
    code = (
        BURN
        + """
run = measure('A', budget_kgco2e=1e-9, on_budget='SIGINT')
try:
    with run: burn(30)
except KeyboardInterrupt:
    print(json.dumps([run.state, 'budget_depasse' in [w.code for w in run.warnings]]))
"""
    )
    assert json.loads(bench.run(code)) == ["interrupted", True]


@pytest.mark.parametrize("wrong", ["-1", "float('nan')", "'cher'", "True"])
def test_a_wrong_budget_never_stops_a_run(bench: Bench, wrong: str) -> None:
    code = (
        BURN
        + f"""
with measure('A', budget_kwh={wrong}, on_budget='tout arrêter') as run:
    burn(0.1)
print(json.dumps([run.state, [w.code for w in run.warnings]]))
"""
    )
    state, codes = json.loads(bench.run(code))
    assert state == "complete"
    assert "budget_refuse" in codes
    assert "budget_depasse" not in codes


def test_the_larger_share_counts() -> None:
    limits = Limits(budget_kwh=2.0, budget_kgco2e=0.5)
    assert limits.share(1.0, 0.1) == 0.5
    assert limits.share(1.0, 0.4) == 0.8
    assert limits.share(1.0, None) == 0.5
    assert Limits().share(1.0, 1.0) is None


def test_refused_limits_are_named() -> None:
    kept, said = checked(Limits(-1.0, 2.0, "SIGNAL"))
    assert kept == Limits(None, 2.0, "mark")
    assert [type(notice) for notice in said] == [Notice, Notice]
    assert Limits(on_budget="stop").signal == signal.SIGTERM
    assert Limits(on_budget="SIGINT").signal == signal.SIGINT


def test_before_and_after_there_is_nothing_to_say() -> None:
    run = measure("A")
    run.progress(1, 2)
    assert run.now() is None


# -- footprint run ----------------------------------------------------------------------------


STEPS = """
import time, footprint
for i in range(200):
    t = time.process_time()
    while time.process_time() - t < 0.1: pass
    footprint.progress(i + 1, 200)
"""


def run(bench: Bench, *options: str, code: str = STEPS) -> subprocess.CompletedProcess[str]:
    script = bench.folder / "steps.py"
    script.write_text(code)
    return subprocess.run(
        [sys.executable, "-m", "footprint", "run", "-a", "A", *options, "--", sys.executable, str(script)],
        env=bench.env, cwd=bench.folder, text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def test_an_estimate_stops_the_command_and_foretells_it(bench: Bench) -> None:
    done = run(bench, "--estimate", "15steps")
    assert done.returncode == 0, done.stderr
    assert "prévision" in done.stderr
    last = [line for line in bench.lines() if line["kind"] == "progress"][-1]
    assert last["total"] == 200
    assert last["done"] < 60
    # Read up to a second later, the word still counts at the moment it was said.
    assert 0.1 * last["done"] <= last["seconds"] < bench.lines()[-1]["result"]["duration_s"]
    result = bench.lines()[-1]["result"]
    assert result["state"] == "interrupted"
    assert not list((bench.home / "spool").glob("*.progress"))


def test_an_estimate_in_seconds_of_a_program_that_says_nothing(bench: Bench) -> None:
    done = run(bench, "--estimate", "2", "--total", "8h", code="while True: pass")
    assert done.returncode == 0, done.stderr
    assert "prévision" in done.stderr
    assert re.search(r"en [78]\s?h", done.stderr)


def test_without_a_total_an_hour_is_foretold(bench: Bench) -> None:
    done = run(bench, "--estimate", "2", code="while True: pass")
    assert "par heure" in done.stderr


def test_a_budget_ends_a_command_cleanly(bench: Bench) -> None:
    code = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\nwhile True: pass"
    done = run(bench, "--budget-kwh", "0.000000001", code=code)
    assert done.returncode == 7
    assert "dépassé" in done.stderr


def test_a_budget_ends_a_command_whose_wrapper_was_killed(bench: Bench) -> None:
    script = bench.folder / "work.py"
    script.write_text(
        "import os, time\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: sum(range(10**6))\n"
    )
    options = ["--budget-kwh", "0.000006", "--on-budget", "stop"]
    argv = [sys.executable, "-m", "footprint", "run", "-a", "A", *options, "--", sys.executable, str(script)]
    quiet = subprocess.DEVNULL
    wrapper = subprocess.Popen(argv, env=bench.env, cwd=bench.folder, stdout=quiet, stderr=quiet)
    bench.wait_for("sample")
    command = psutil.Process(int((bench.folder / "pid").read_text()))
    try:
        wrapper.kill()
        wrapper.wait()
        bench.wait_for("result", timeout_s=60.0)
        wait_until(lambda: not command.is_running() or command.status() == psutil.STATUS_ZOMBIE)
    finally:
        with suppress(psutil.Error):
            command.kill()
    assert "budget_depasse" in [line["code"] for line in bench.lines() if line["kind"] == "warning"]


def test_a_budget_can_only_mark(bench: Bench) -> None:
    code = "import time\nt = time.process_time()\nwhile time.process_time() - t < 1.5: pass"
    done = run(bench, "--budget-kwh", "0.000000001", "--on-budget", "mark", code=code)
    assert done.returncode == 0
    assert "dépassé" in done.stderr


@pytest.mark.parametrize(
    ("after", "total", "expected"),
    [
        ("60", None, Estimate(60.0, True, None)),
        ("1,5m", "8h", Estimate(90.0, True, 28_800.0)),
        ("200steps", "10000", Estimate(200.0, False, 10_000.0)),
        ("3epochs", "40epochs", Estimate(3.0, False, 40.0)),
        ("10mins", "2hours", Estimate(600.0, True, 7200.0)),
        ("90sec", "5mn", Estimate(90.0, True, 300.0)),
        ("2 heures", "1jour", Estimate(7200.0, True, 86_400.0)),
        ("1minute", "3secondes", Estimate(60.0, True, 3.0)),
        ("3 Époques", "40epochs", Estimate(3.0, False, 40.0)),
        ("3e\u0301poques", "40époques", Estimate(3.0, False, 40.0)),
        ("20pas", "300", Estimate(20.0, False, 300.0)),
        ("500it", "8000iterations", Estimate(500.0, False, 8000.0)),
        ("4lots", "9batches", Estimate(4.0, False, 9.0)),
    ],
)
def test_what_an_estimate_may_be(after: str, total: str | None, expected: Estimate) -> None:
    assert read_estimate(after, total) == expected


@pytest.mark.parametrize(
    ("after", "total"),
    [
        ("", None),
        ("-3", None),
        ("0", None),
        ("60", "10steps"),
        ("10k", None),
        ("10ms", None),
        ("5semaines", None),
        ("1h30", None),
        ("200steps", "3epochs"),
        ("200steps", "10k"),
    ],
)
def test_what_an_estimate_may_not_be(after: str, total: str | None) -> None:
    with pytest.raises(FootprintError, match="durée"):
        read_estimate(after, total)


def test_nothing_measured_is_said() -> None:
    seen = Live(*([None] * len(Live._fields)))
    assert "impossible" in Estimate(1, True, None).sentence(seen)


# -- the line at the bottom of the terminal ---------------------------------------------------


def test_the_line_stays_under_what_the_command_prints(bench: Bench) -> None:
    pyte = pytest.importorskip("pyte")
    import pty

    code = """
import time
for i in range(40):
    print('ligne', i, flush=True); time.sleep(0.1)
"""
    script = bench.folder / "talk.py"
    script.write_text(code)
    argv = [sys.executable, "-m", "footprint", "run", "-a", "A", "--", sys.executable, str(script)]
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(bench.folder)
        os.execve(sys.executable, argv, {**bench.env, "TERM": "xterm", "LINES": "12", "COLUMNS": "80"})
    import fcntl
    import struct
    import termios

    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 80, 0, 0))
    screen = pyte.Screen(80, 12)
    stream = pyte.ByteStream(screen)
    during: list[str] = []
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        if not data:
            break
        stream.feed(data)
        if screen.display[11].startswith("A · ") and "ligne" in screen.display[9]:
            during = list(screen.display)
    os.waitpid(pid, 0)
    assert during
    numbers = [int(line.split()[1]) for line in during[:11] if line.startswith("ligne")]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    after = "\n".join(screen.display)
    assert "ligne 39" in after
    assert not any(line.startswith("A · ") for line in screen.display)
    assert "footprint: A :" in after
    assert screen.margins is None
