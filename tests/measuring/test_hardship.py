"""Many processes, runs inside runs, full disks, clocks that step, machines that sleep."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from measuring_bench import Bench, wait_until

from collectors.process_tree import ProcessTree
from collectors.spool import read_spool
from footprint.measuring import session as sessions
from footprint.measuring.session import Session
from footprint.records.runs import runs

BURN = """
import json, multiprocessing, os, resource, subprocess, sys, time
from footprint.measuring import measure
def burn(s):
    t = time.process_time()
    while time.process_time() - t < s: pass
def children():
    u = resource.getrusage(resource.RUSAGE_CHILDREN); return u.ru_utime + u.ru_stime
"""


def logs(bench: Bench) -> dict[str, dict[str, object]]:
    """Headers of every record, by model."""
    found = [read_spool(path).header for path in (bench.home / "spool").glob("*.jsonl")]
    return {str(header["model"]): header for header in found}


# -- processes --------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
def test_pools_are_counted(bench: Bench, way: str) -> None:
    code = (
        BURN
        + f"""
if __name__ == '__main__':
    with measure('A') as run:
        before, own = children(), time.process_time()
        with multiprocessing.get_context({way!r}).Pool(2) as pool:
            pool.map(burn, [0.4] * 4); pool.close(); pool.join()
        spent = children() - before + time.process_time() - own
    print(json.dumps([spent, run.result['cpu_s']]))
"""
    )
    spent, counted = json.loads(bench.run(code))
    if way == "forkserver":  # the server outlives the pool: what its children spent is not ours to read
        spent = 1.6
    assert spent >= 1.6
    assert 0.93 * spent - 0.05 <= counted <= 1.25 * spent + 0.3


def test_twelve_short_children(bench: Bench) -> None:
    code = (
        BURN
        + """
child = "import time\\nwhile time.process_time() < 0.5: pass"
with measure('A') as run:
    before, own = children(), time.process_time()
    for _ in range(12): subprocess.run([sys.executable, '-I', '-S', '-c', child], check=True)
    spent = children() - before + time.process_time() - own
print(json.dumps([spent, run.result['cpu_s']]))
"""
    )
    spent, counted = json.loads(bench.run(code))
    assert spent >= 6.0
    assert 0.95 * spent <= counted <= 1.05 * spent


def test_a_busy_neighbour_changes_nothing(bench: Bench) -> None:
    code = BURN + "with measure('A') as run: burn(2.0)\nprint(run.result['cpu_s'])\n"
    alone = float(bench.run(code))
    neighbour = subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
    try:
        beside = float(bench.run(code))
    finally:
        neighbour.kill()
        neighbour.wait()
    assert beside == pytest.approx(alone, rel=0.05)


def test_a_detached_process_of_a_command_is_followed(bench: Bench) -> None:
    # Forked twice, in a session of its own: its parent is gone at once.
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        t = time.process_time()
        while time.process_time() - t < 1.0: pass
    os._exit(0)
time.sleep(2.0)
"""
    script = bench.folder / "detach.py"
    script.write_text(code)
    argv = [sys.executable, "-m", "footprint", "run", "-a", "A", "--", sys.executable, str(script)]
    subprocess.run(argv, env=bench.env, check=True, capture_output=True, timeout=60)
    assert bench.lines()[-1]["result"]["cpu_s"] >= 0.95


def test_a_command_whose_wrapper_is_killed_is_measured_to_its_end(bench: Bench) -> None:
    script = bench.folder / "work.py"
    script.write_text("import time\nt = time.process_time()\nwhile time.process_time() - t < 3.0: pass\n")
    argv = [sys.executable, "-m", "footprint", "run", "-a", "A", "--", sys.executable, str(script)]
    process = subprocess.Popen(argv, env=bench.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    bench.started.append(process)  # type: ignore[arg-type]
    bench.wait_for("sample", 2)
    process.kill()
    process.wait()
    result = bench.wait_for("result", timeout_s=30.0)["result"]
    assert result["state"] == "interrupted"
    # The last moments of a process that nobody waits for are lost: less than a second.
    assert result["cpu_s"] >= 2.0


def test_an_outlived_tree_ends_with_its_last_member() -> None:
    code = (
        "import subprocess, sys; print(subprocess.Popen(['sleep', '30']).pid, flush=True); sys.stdin.read()"
    )
    root = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert root.stdout is not None
    child = psutil.Process(int(root.stdout.readline()))
    tree = ProcessTree(root.pid, outlived=True)
    assert tree.update()
    assert tree.pids == {root.pid, child.pid}
    root.kill()
    root.wait()
    root.stdout.close()
    assert root.stdin is not None
    root.stdin.close()
    assert tree.update()
    child.kill()
    wait_until(lambda: not tree.update())


def test_eight_runs_at_once(bench: Bench) -> None:
    code = (
        BURN
        + """
with measure('A', model=sys.argv[1]) as run: burn(0.5)
assert run.state == 'complete', run.warnings
print(run.result['cpu_s'])
"""
    )
    started = [bench.start(code, f"m{i}") for i in range(8)]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert 0.45 <= float(out) <= 0.8
    found = runs(bench.home)
    assert sorted(str(run.model) for run in found) == [f"m{i}" for i in range(8)]
    assert {run.state for run in found} == {"complete"}
    assert all(header["inside"] is None for header in logs(bench).values())


# -- runs inside runs -------------------------------------------------------------------------


def test_the_inner_run_names_the_outer(bench: Bench) -> None:
    code = (
        BURN
        + """
with measure('A', model='outer') as outer:
    with measure('A', model='inner') as inner: burn(0.1)
    with measure('A', model='second') as second: burn(0.1)
with measure('A', model='after') as after: burn(0.1)
print(json.dumps([outer.run_id]))
"""
    )
    (outer,) = json.loads(bench.run(code))
    found = logs(bench)
    assert [found[name]["inside"] for name in ("outer", "inner", "second", "after")] == [
        None, outer, outer, None,
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["fork", "exec"])
def test_a_child_process_names_the_run_around_it(bench: Bench, way: str) -> None:
    inner = (
        "from footprint.measuring import measure\nwith measure('A', model='inner'): sum(range(3_000_000))\n"
    )
    how = f"subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    if way == "fork":
        how = (
            f"pid = os.fork()\n    if pid == 0:\n        exec({inner!r}); os._exit(0)\n    os.waitpid(pid, 0)"
        )
    bench.run(BURN + f"with measure('A', model='outer') as outer:\n    time.sleep(1)\n    {how}\n")
    found = logs(bench)
    assert found["inner"]["inside"] == found["outer"]["run_id"]


def test_a_script_under_footprint_run_names_it(bench: Bench) -> None:
    script = bench.folder / "inner.py"
    script.write_text(BURN + "with measure('A', model='inner'): burn(0.1)\n")
    argv = [*["-m", "footprint", "run", "-a", "A", "-m", "outer", "--"], sys.executable, str(script)]
    subprocess.run([sys.executable, *argv], env=bench.env, check=True, capture_output=True, timeout=60)
    found = logs(bench)
    assert found["inner"]["inside"] == found["outer"]["run_id"]
    assert not list((bench.home / "spool" / "active").iterdir())


def test_the_nearest_run_is_named_not_the_command_around_both(bench: Bench) -> None:
    script = bench.folder / "middle.py"
    child = (
        "from footprint.measuring import measure\nwith measure('A', model='inner'): sum(range(3_000_000))\n"
    )
    script.write_text(
        BURN + "with measure('A', model='middle'):\n    time.sleep(1)\n"
        f"    subprocess.run([sys.executable, '-c', {child!r}], check=True)\n"
    )
    argv = [*["-m", "footprint", "run", "-a", "A", "-m", "outer", "--"], sys.executable, str(script)]
    subprocess.run([sys.executable, *argv], env=bench.env, check=True, capture_output=True, timeout=60)
    found = logs(bench)
    assert found["middle"]["inside"] == found["outer"]["run_id"]
    assert found["inner"]["inside"] == found["middle"]["run_id"]


def test_the_recorder_of_a_run_inside_is_not_counted_in_the_command_around(bench: Bench) -> None:
    script = bench.folder / "idle.py"
    script.write_text(BURN + "with measure('A', model='inner'): time.sleep(3)\n")
    argv = [*["-m", "footprint", "run", "-a", "A", "-m", "outer", "--"], sys.executable, str(script)]
    env = {**bench.env, "FOOTPRINT_CODECARBON": "1"}  # a recorder that spends a second or two
    subprocess.run([sys.executable, *argv], env=env, check=True, capture_output=True, timeout=60)
    spent = {str(read_spool(path).header["model"]): read_spool(path).samples[-1]["cpu_s"]
             for path in (bench.home / "spool").glob("*.jsonl")}  # fmt: skip
    assert spent["outer"] < 0.5


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs the right to make a namespace"
)
def test_a_run_of_a_container_that_shares_the_folder_encloses_nothing(bench: Bench) -> None:
    argv = [
        "unshare",
        "-pf",
        "--mount-proc",
        sys.executable,
        "-m",
        "footprint",
        "run",
        "-a",
        "A",
        "-m",
        "there",
    ]
    if subprocess.run([*argv[:3], "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no namespaces here")
    other = subprocess.Popen(
        [*argv, "--", "sleep", "3"], env=bench.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    bench.wait_for("sample")
    bench.run(BURN + "with measure('A', model='here'): burn(0.1)\n")
    other.wait()
    assert logs(bench)["here"]["inside"] is None


def test_a_declaration_left_by_a_killed_recorder_is_swept(bench: Bench) -> None:
    active = bench.home / "spool" / "active"
    active.mkdir(parents=True)
    (active / f"0123456789ab-{os.getpid()}-1-gone").touch()
    bench.run(BURN + "with measure('A', model='m'): burn(0.1)\n")
    assert logs(bench)["m"]["inside"] is None
    assert not list(active.iterdir())


# -- disks, clocks, sleep ---------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB (needs the right to mount)."""
    folder = tmp_path / "disk"
    folder.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk can't be mounted here (root only)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_no_result(bench: Bench, small_disk: Path) -> None:
    code = (
        BURN
        + """
with measure('A') as run:
    burn(1.2)
    room = os.statvfs(sys.argv[1])
    with open(sys.argv[1] + '/filler', 'wb', buffering=0) as file:
        try:
            while True: file.write(b'x' * 512)
        except OSError: pass
    for i in range(200): run.set(requests=i)
    burn(1.5)
print(json.dumps([run.state, run.energy_kwh, run.result['cpu_s'], [w.code for w in run.warnings]]))
"""
    )
    state, kwh, cpu_s, codes = json.loads(
        bench.run(code, str(small_disk), FOOTPRINT_HOME=str(small_disk / "h"))
    )
    assert state == "complete"
    assert kwh > 0
    assert cpu_s >= 2.6
    assert "spool_non_ecrit" in codes
    # What had been written is whole, and is read again once there is room.
    (small_disk / "filler").unlink()
    (left,) = runs(small_disk / "h")
    assert left.energy_kwh is not None
    assert left.energy_kwh <= kwh


def test_a_clock_that_steps_back_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Session({"run_id": "r", "subject": "run", "zone": "FR"}, tmp_path, None, started=1e9)
    recording.begin(time.monotonic(), None)
    began = time.monotonic()
    for i, wall in enumerate((5e8, 2e9, 0.0)):
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda wall=wall: wall)
            recording.sample(began + i + 1)
    recording.finish("complete")
    recording.close()
    log = read_spool(tmp_path / "spool" / "r.jsonl")
    assert [round(sample["t"] - 1e9) for sample in log.samples] == [1, 2, 3]
    assert log.bad == []


def test_sleep_moves_the_date_not_the_duration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = iter([100.0, 100.0, 3700.0])
    monkeypatch.setattr(sessions, "_asleep_s", lambda: next(asleep))
    recording = Session({"run_id": "r", "subject": "run", "zone": "FR"}, tmp_path, None, started=1e9)
    began = time.monotonic()
    recording.begin(began, None)
    recording.sample(began + 1)
    recording.sample(began + 2)
    recording.close()
    samples = read_spool(tmp_path / "spool" / "r.jsonl").samples
    assert [sample["seconds"] for sample in samples] == pytest.approx([1.0, 2.0])
    assert [sample["t"] - 1e9 for sample in samples] == pytest.approx([1.0, 3602.0], abs=0.01)


def test_a_long_record_stays_small_and_loses_no_energy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "THIN_BYTES", 20_000)
    recording = Session({"run_id": "r", "subject": "run", "zone": "FR"}, tmp_path, None, started=1e9)
    began = time.monotonic()
    recording.begin(began, None)
    for i in range(1, 600):
        recording.sample(began + i)
    result = recording.finish("complete")
    recording.close()
    path = tmp_path / "spool" / "r.jsonl"
    log = read_spool(path)
    assert path.stat().st_size < 30_000
    assert log.bad == []
    assert log.samples[-1]["seconds"] == 599.0
    assert sum(row[3] for row in log.samples[-1]["energy"]) == pytest.approx(result["energy_kwh"])
    assert [path.name for path in path.parent.iterdir()] == ["r.jsonl"]


def test_the_recorder_sees_what_a_stopped_program_did(bench: Bench) -> None:
    # SIGSTOP, then SIGCONT: the recorder goes on, the program is none the wiser.
    process = bench.start(BURN + "with measure('A') as run: burn(3)\nprint(run.state)\n")
    bench.wait_for("sample", 2)
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    assert (out, err) == ("complete\n", "")


def test_resource_limits_of_the_program_are_not_its_recorders(bench: Bench) -> None:
    code = (
        BURN
        + """
resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
with measure('A') as run: burn(0.2)
print(run.state)
"""
    )
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 16
    assert bench.run(code) == "complete\n"
