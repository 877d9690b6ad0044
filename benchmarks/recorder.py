"""What measuring costs the measured program, and what the recorder itself uses.

    python benchmarks/recorder.py [--seconds 20] [--repeat 7]

Import: over a bare `python -c pass`, best of the repeats, each in its own process. Start and stop: as the
user's code sees them. Recorder: processor of one core while a program runs, with and without CodeCarbon,
its loading included and apart. Memory: resident set added to the user's process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

MEASURED = """
import json, sys, time, resource, os
def rss():
    with open('/proc/self/statm') as f: return int(f.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
before = rss()
t = time.perf_counter(); import footprint; footprint.measure; imported = time.perf_counter() - t
t = time.perf_counter(); run = footprint.measure(application='BENCH', zone='FR').start()
started = time.perf_counter() - t
print('go', flush=True)
sys.stdin.readline()
t = time.perf_counter(); run.stop(); stopped = time.perf_counter() - t
print(json.dumps([imported, started, stopped, rss() - before, run.state]), flush=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    bare, ours = (
        min(_import_ms(code, options.repeat)) for code in ("pass", "import footprint; footprint.measure")
    )
    short = [_run(1.2, codecarbon=False) for _ in range(options.repeat)]
    rows = [
        ("import, au-delà de Python nu (ms)", ours - bare, 50),
        ("construction et démarrage (ms)", 1e3 * statistics.median(run["start"] for run in short), 50),
        ("arrêt (ms)", 1e3 * statistics.median(run["stop"] for run in short), 50),
        ("mémoire ajoutée au programme (Mo)", statistics.median(run["rss"] for run in short) / 1e6, 5),
    ]
    for codecarbon, target in ((False, 0.1), (True, 0.3)):
        long = _run(options.seconds, codecarbon=codecarbon)
        name = "avec CodeCarbon" if codecarbon else "sans CodeCarbon"
        rows += [
            (f"enregistreur {name}, en régime (% d'un cœur)", 100 * long["steady"], target),
            (f"enregistreur {name}, chargement (s de processeur)", long["loading"], None),
            (f"enregistreur {name}, mémoire (Mo)", long["recorder_rss"] / 1e6, None),
        ]
    print(f"{'mesure':58}{'valeur':>10}{'cible':>8}")
    for label, value, target in rows:
        print(f"{label:58}{value:10.2f}{target if target is not None else '':>8}")


def _import_ms(code: str, repeat: int) -> list[float]:
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(1e3 * (time.perf_counter() - began))
    return times


def _run(seconds: float, *, codecarbon: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "FOOTPRINT_HOME": home, "FOOTPRINT_CODECARBON": "1" if codecarbon else "0"}
        process = subprocess.Popen(
            [sys.executable, "-c", MEASURED],
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(1.0)
        recorder = _recorder(home)
        # Loading is over well before half of a long run; the second half is the steady state.
        time.sleep(max(0.0, seconds / 2 - 1.0))
        middle = _cpu(recorder)
        time.sleep(seconds / 2)
        end, memory = _cpu(recorder), recorder.memory_info().rss
        process.stdin.write("\n")
        process.stdin.flush()
        imported, started, stopped, rss, state = json.loads(process.stdout.readline())
        process.wait()
        assert state == "complete"
        return {
            "import": imported, "start": started, "stop": stopped, "rss": rss,
            "loading": middle, "steady": (end - middle) / (seconds / 2), "recorder_rss": float(memory),
        }  # fmt: skip


def _cpu(process: psutil.Process) -> float:
    """Processor seconds of a process and the helpers it waited for (ns where the system gives them)."""
    schedule = Path(f"/proc/{process.pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in schedule.iterdir()) / 1e9
    except OSError:
        return sum(process.cpu_times()[:4])


def _recorder(home: str) -> psutil.Process:
    for process in psutil.process_iter():
        try:
            if (
                "bootstrap.py" in " ".join(process.cmdline())
                and process.environ().get("FOOTPRINT_HOME") == home
            ):
                return process
        except psutil.Error:
            continue
    raise SystemExit("no recorder")


if __name__ == "__main__":
    main()
