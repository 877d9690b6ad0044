"""What measuring costs the measured program, beside other tools doing the same in the same run.

    python benchmarks/recorder.py [--seconds 20] [--repeat 5] [--alone] [--environments .bench]

Each tool runs in an environment of its own (made once with pip, under --environments) around the same
program, one that waits: whatever is spent is the tool's. Import: over a bare `python -c pass`. Start and
stop: as the program sees them. Processor: of the program, its children and, for us, the recorder, once the
tool has loaded. Memory: resident set added to the program's process. --alone: this project only.
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
import venv
from dataclasses import dataclass
from pathlib import Path

import psutil

PROGRAM = """
import json, os, sys, time
def rss():
    with open('/proc/self/statm') as f: return int(f.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
before = rss()
t = time.perf_counter()
{load}
imported = time.perf_counter() - t
t = time.perf_counter()
{start}
started = time.perf_counter() - t
print('go', flush=True)
sys.stdin.readline()
t = time.perf_counter()
{stop}
stopped = time.perf_counter() - t
print(json.dumps([imported, started, stopped, rss() - before]), flush=True)
os._exit(0)
"""


@dataclass(frozen=True)
class Tool:
    """How a tool is installed, loaded, started and stopped, once a second, saying nothing."""

    name: str
    packages: tuple[str, ...]
    load: str
    start: str
    stop: str


OURS = Tool(
    "footprint", (), "import footprint; footprint.measure",
    "run = footprint.measure(application='BENCH', zone='FR').start()",
    "run.stop(); assert run.state == 'complete', run.warnings",
)  # fmt: skip
PEERS = (
    Tool(
        "codecarbon", ("codecarbon>=3.3,<4",), "from codecarbon import OfflineEmissionsTracker",
        "tracker = OfflineEmissionsTracker(country_iso_code='FRA', measure_power_secs=1, save_to_file=False,"
        " log_level='critical', allow_multiple_runs=True)\ntracker.start()",
        "tracker.stop()",
    ),
    Tool(
        "carbontracker", ("carbontracker>=2.0", "setuptools<81"),
        "from carbontracker.tracker import CarbonTracker",
        "tracker = CarbonTracker(epochs=1, update_interval=1, verbose=0, ignore_errors=True, log_dir=None,"
        " components='cpu')\ntracker.epoch_start()",
        "tracker.epoch_end(); tracker.stop()",
    ),
    Tool(
        "eco2ai", ("eco2ai", "pandas<3", "setuptools<81"), "from eco2ai import Tracker",
        "import tempfile, warnings; warnings.simplefilter('ignore')\n"
        "tracker = Tracker(measure_period=1, alpha_2_code='FR', ignore_warnings=True,"
        " file_name=tempfile.mkdtemp() + '/emission.csv')\ntracker.start()",
        "tracker.stop()",
    ),
)  # fmt: skip
_CPUCLOCK_SCHED = 2  # see clock_getcpuclockid(3): the clock of another process
TARGETS = {"import": 50, "start": 50, "stop": 50, "cpu": 0.1, "rss": 5}
UNITS = {
    "import": "import, au-delà de Python nu (ms)",
    "start": "construction et démarrage (ms)",
    "stop": "arrêt (ms)",
    "cpu": "processeur à 1 Hz (% d'un cœur)",
    "rss": "mémoire ajoutée au programme (Mo)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--environments", type=Path, default=Path(".bench"))
    options = parser.parse_args()
    found = {"footprint": _figures(OURS, Path(sys.executable), options, codecarbon=False)}
    found["footprint + CodeCarbon"] = _figures(OURS, Path(sys.executable), options, codecarbon=True)
    for tool in () if options.alone else PEERS:
        python = _environment(tool, options.environments)
        found[tool.name] = _figures(tool, python, options) if python else "n'a pas pu être installé"
    _print(found)


def _print(found: dict[str, dict[str, float] | str]) -> None:
    ours = found["footprint"]
    assert isinstance(ours, dict)
    print(f"| mesure | cible | {' | '.join(found)} |")
    print(f"|---|---|{'---|' * len(found)}")
    for key, label in UNITS.items():
        cells = []
        for name, figures in found.items():
            if isinstance(figures, str):
                cells.append(f"({figures})")
                continue
            ratio = "" if name.startswith("footprint") else f" (× {figures[key] / max(ours[key], 1e-9):.1f})"
            cells.append(f"{figures[key]:.2f}{ratio}")
        print(f"| {label} | {TARGETS[key]} | {' | '.join(cells)} |")


def _figures(
    tool: Tool, python: Path, options: argparse.Namespace, *, codecarbon: bool = False
) -> dict[str, float] | str:
    try:
        bare = min(_import_ms(python, "pass", options.repeat))
        loaded = min(_import_ms(python, tool.load, options.repeat))
        short = [_run(tool, python, 1.5, codecarbon=codecarbon) for _ in range(options.repeat)]
        long = _run(tool, python, options.seconds, codecarbon=codecarbon)
    except (subprocess.CalledProcessError, ValueError) as error:
        return f"ne démarre pas ici ({type(error).__name__})"
    middle = {name: statistics.median(run[name] for run in short) for name in ("start", "stop", "rss")}
    return {
        "import": loaded - bare, "start": 1e3 * middle["start"], "stop": 1e3 * middle["stop"],
        "cpu": 100 * long["steady"], "rss": middle["rss"] / 1e6,
    }  # fmt: skip


def _environment(tool: Tool, folder: Path) -> Path | None:
    python = folder / tool.name / "bin" / "python"
    if not python.exists():
        print(f"→ {tool.name}", file=sys.stderr)
        venv.create(folder / tool.name, with_pip=True)
        argv = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *tool.packages]
        if subprocess.run(argv, check=False).returncode != 0:
            return None
    return python.absolute()


def _import_ms(python: Path, code: str, repeat: int) -> list[float]:
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        argv = [python, "-W", "ignore", "-c", code]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(1e3 * (time.perf_counter() - began))
    return times


def _run(tool: Tool, python: Path, seconds: float, *, codecarbon: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "FOOTPRINT_HOME": home, "FOOTPRINT_CODECARBON": "1" if codecarbon else "0"}
        code = PROGRAM.format(load=tool.load, start=tool.start, stop=tool.stop)
        process = subprocess.Popen(
            [python, "-W", "ignore", "-c", code], env=env, cwd=home, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        while (line := process.stdout.readline().strip()) != "go":
            if not line and process.poll() is not None:
                raise ValueError(tool.name)
        time.sleep(1.0)
        watched = [psutil.Process(process.pid), *_recorder(home)]
        # Loading is over well before half of a long run; the second half is the steady state.
        time.sleep(max(0.0, seconds / 2 - 1.0))
        middle = sum(map(_cpu, watched))
        time.sleep(seconds / 2)
        end = sum(map(_cpu, watched))
        process.stdin.write("\n")
        process.stdin.flush()
        *_, last = process.stdout.read().strip().splitlines()
        process.wait()
        imported, started, stopped, rss = json.loads(last)
        steady = (end - middle) / (seconds / 2)
        return {"import": imported, "start": started, "stop": stopped, "rss": rss, "steady": steady}


def _cpu(process: psutil.Process) -> float:
    """Processor seconds of a process, its dead threads included (ns), and of the helpers it waited for."""
    waited = process.cpu_times()
    clock = (~process.pid << 3) | _CPUCLOCK_SCHED
    return time.clock_gettime(clock) + waited.children_user + waited.children_system


def _recorder(home: str) -> list[psutil.Process]:
    """Our recorder, when there is one for this home."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = "bootstrap.py" in " ".join(process.cmdline())
            if ours and process.environ().get("FOOTPRINT_HOME") == home:
                found.append(process)
        except psutil.Error:
            continue
    return found


if __name__ == "__main__":
    main()
