"""Who dies, and what is left."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from measuring_bench import Bench, wait_until

from footprint.records.runs import runs

FOREVER = """
import time
from footprint.measuring import measure
with measure('A', model='m', phase='training') as run:
    print('go', flush=True)
    while True: pass
"""
UNTIL_TOLD = """
import sys, json
from footprint.measuring import measure
with measure('A') as run:
    print('go', flush=True)
    import threading
    told = threading.Thread(target=sys.stdin.readline, daemon=True); told.start()
    while told.is_alive(): pass
    import time; began = time.monotonic()
print(json.dumps([run.state, run.energy_kwh, [w.code for w in run.warnings], time.monotonic() - began,
    run.result.get('reason')]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_script_dies(bench: Bench, number: signal.Signals) -> None:
    process = bench.start(FOREVER)
    bench.wait_for("sample", 2)
    began = float(bench.lines()[0]["start"])
    time.sleep(0.4)
    died, times = time.time(), psutil.Process(process.pid).cpu_times()
    process.send_signal(number)
    result = bench.wait_for("result", timeout_s=5.0)["result"]
    assert (result["state"], result["reason"]) == ("interrupted", "interrupted")
    assert result["energy_kwh"] > 0
    assert result["gwp_kgco2e"] > 0
    # Complete to its last second, and closed within about one.
    lived, spent = died - began, times.user + times.system
    assert spent - 1.0 <= result["cpu_s"] <= spent + 0.5
    assert lived - 1.0 <= result["duration_s"] <= lived + 2.5
    wait_until(lambda: runs(bench.home)[0].state == "interrupted")


def test_a_ctrl_c_in_the_terminal_reaches_the_script_not_the_recorder(bench: Bench) -> None:
    process = bench.start(UNTIL_TOLD)
    bench.wait_for("sample")
    recorder = bench.recorder()
    for number in (signal.SIGINT, signal.SIGHUP):
        recorder.send_signal(number)
    assert os.getsid(recorder.pid) != os.getsid(process.pid)
    out, err = process.communicate("end\n", timeout=60)
    assert json.loads(out.splitlines()[-1])[0] == "complete", err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_recorder_dies(bench: Bench, number: signal.Signals) -> None:
    process = bench.start(UNTIL_TOLD, PYTHONWARNINGS="error")
    bench.wait_for("sample", 3)
    recorder = bench.recorder()
    recorder.send_signal(number)
    wait_until(lambda: not recorder.is_running())
    out, err = process.communicate("end\n", timeout=60)
    assert (process.returncode, err) == (0, "")
    state, energy, codes, seconds, reason = json.loads(out.splitlines()[-1])
    assert state == "interrupted"
    assert energy > 0
    assert "enregistreur_perdu" in codes
    assert seconds < 1.0
    assert reason == ("recorder_lost" if number == signal.SIGKILL else "recorder_terminated")
    (summary,) = runs(bench.home)
    assert summary.state == "interrupted"
    assert summary.energy_kwh == pytest.approx(energy)


def test_a_script_that_wants_to_die_of_broken_pipes_survives_a_dead_recorder(bench: Bench) -> None:
    code = UNTIL_TOLD.replace(
        "import sys, json", "import sys, json, signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)"
    )
    process = bench.start(code)
    bench.wait_for("sample")
    bench.recorder().kill()
    out, err = process.communicate("end\n", timeout=60)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out.splitlines()[-1])[0] == "interrupted"


def test_a_recorder_that_hangs_holds_the_script_two_seconds_at_most(bench: Bench) -> None:
    process = bench.start(UNTIL_TOLD)
    bench.wait_for("sample", 2)
    recorder = bench.recorder()
    recorder.suspend()
    try:
        out, err = process.communicate("end\n", timeout=60)
        state, energy, codes, seconds, _ = json.loads(out.splitlines()[-1])
        assert seconds < 3.0, err
        assert (state, "enregistreur_perdu" in codes) == ("interrupted", True)
        assert energy > 0
    finally:
        recorder.kill()


def test_both_die(bench: Bench) -> None:
    process = bench.start(FOREVER)
    bench.wait_for("sample", 2)
    recorder = bench.recorder()
    recorder.kill()
    process.kill()
    wait_until(lambda: not recorder.is_running())
    (summary,) = runs(bench.home)
    assert summary.state == "interrupted"
    assert summary.energy_kwh is not None
    assert summary.energy_kwh > 0
    assert (summary.application, summary.model, summary.phase) == ("A", "m", "training")


def test_a_run_under_way_says_running(bench: Bench) -> None:
    bench.start(FOREVER)
    bench.wait_for("sample")
    (summary,) = runs(bench.home)
    assert summary.state == "running"
    assert Path(bench.home / "spool" / f"{summary.run_id}.jsonl").exists()
