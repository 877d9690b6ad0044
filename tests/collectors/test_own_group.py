"""The control group a run has to itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.own_group import own_group
from collectors.process_tree import ProcessTree

ME = os.getpid()


class Fake:
    """A version 2 tree as in a container: its own root, its own /proc."""

    def __init__(self, root: Path, path: str = "/app.service") -> None:
        self.root, self.ticks = root, 0
        self.folder = root / "sys/fs/cgroup" / path.strip("/")
        self.folder.mkdir(parents=True)
        (root / "proc/self").mkdir(parents=True)
        (root / "proc/self/mountinfo").write_text(
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
        )
        (self.folder / "cgroup.type").write_text("domain\n")
        self.process(10, 1, path)
        self.use(5.0)
        self.procs(10, 11, ME)

    def process(self, pid: int, parent: int, path: str) -> None:
        folder = self.root / "proc" / str(pid)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup").write_text(f"0::{path}\n")
        (folder / "stat").write_text(
            f"{pid} (a) b) S {parent} " + " ".join(["0"] * 9) + f" {self.ticks} 0 0 0 20 0 1 0 9"
        )

    def use(self, seconds: float) -> None:
        (self.folder / "cpu.stat").write_text(f"usage_usec {int(seconds * 1e6)}\nuser_usec 1\n")

    def procs(self, *pids: int) -> None:
        (self.folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))


def test_what_detached_or_died_unseen_is_counted(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    group = own_group(10, {10, 11}, tmp_path)
    assert group is not None
    assert group.seconds({10, 11}, tree_s=1.0) == pytest.approx(1.0)
    fake.use(9.0)
    fake.process(99, 1, "/app.service")
    fake.procs(10, 99, ME)
    assert group.seconds({10}, tree_s=1.5) == pytest.approx(5.0, abs=0.1)


def test_the_shell_that_started_it_is_no_neighbour(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.process(1, 0, "/app.service")
    fake.process(8, 1, "/app.service")
    fake.process(10, 8, "/app.service")
    fake.procs(1, 8, 10, 11, ME)
    group = own_group(10, {10, 11}, tmp_path)
    assert group is not None
    assert group.seconds({10, 11}, tree_s=1.0) == pytest.approx(1.0)
    # The shell works for itself: three seconds of the group's four are not the run's.
    fake.ticks = 3 * os.sysconf("SC_CLK_TCK")
    fake.process(8, 1, "/app.service")
    fake.use(9.0)
    assert group.seconds({10, 11}, tree_s=1.0) == pytest.approx(2.0, abs=0.1)
    # And starts something else: the group is no longer the run's own.
    fake.process(60, 8, "/app.service")
    fake.procs(1, 8, 10, 11, 60, ME)
    assert group.seconds({10, 11}, tree_s=1.0) is None


def test_a_group_with_neighbours_is_not_the_runs(tmp_path: Path) -> None:
    Fake(tmp_path).procs(10, 11, 77, ME)
    assert own_group(10, {10, 11}, tmp_path) is None


def test_a_neighbour_in_a_group_below_counts_as_one(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    (fake.folder / "below").mkdir()
    (fake.folder / "below/cgroup.procs").write_text("77\n")
    assert own_group(10, {10, 11}, tmp_path) is None


def test_somebody_coming_in_from_outside_ends_it(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    group = own_group(10, {10, 11}, tmp_path)
    assert group is not None
    fake.process(50, 0, "/app.service")
    fake.procs(10, 11, 50, ME)
    assert group.seconds({10, 11}, tree_s=1.0) is None
    assert not group.exclusive


def test_the_root_of_all_groups_is_the_whole_machine(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "/")
    (fake.folder / "cgroup.type").unlink()
    assert own_group(10, {10, 11}, tmp_path) is None


@pytest.mark.parametrize("damage", ["cpu.stat", "cgroup.procs", "mountinfo", "escape"])
def test_what_cannot_be_read_is_no_group(tmp_path: Path, damage: str) -> None:
    fake = Fake(tmp_path)
    if damage == "escape":
        fake.process(10, 1, "/../../etc")
    elif damage == "mountinfo":
        (tmp_path / "proc/self/mountinfo").write_text("x\ny - \n")
    elif damage == "cpu.stat":
        (fake.folder / damage).write_bytes(b"\xff\xfe")
    else:
        fake.procs(1234)
    assert own_group(10, {10, 11}, tmp_path) is None


@pytest.fixture
def scope() -> Iterator[Path]:
    """A group made for real, where this host lets us."""
    for mount in ("/sys/fs/cgroup", "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/unified"):
        folder = Path(mount) / f"footprint-test-{ME}"
        try:
            folder.mkdir()
        except OSError:
            continue
        if any((folder / name).exists() for name in ("cpuacct.usage", "cpu.stat")):
            yield folder
            folder.rmdir()
            return
        folder.rmdir()
    pytest.skip("no control group can be made here (needs root and a writable hierarchy)")


def test_a_real_group_keeps_what_the_tree_misses(scope: Path) -> None:
    # Detached at once and dead before the next look: nobody waits for it, nobody is its parent.
    code = """
import os, sys, time
sys.stdin.readline()
if os.fork() == 0:
    if os.fork() == 0:
        t = time.process_time()
        while time.process_time() - t < 0.6: pass
    os._exit(0)
os.wait(); print('done', flush=True); sys.stdin.readline()
"""
    argv = [sys.executable, "-I", "-S", "-c", code]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        (scope / "cgroup.procs").write_text(f"{process.pid}\n")
        group = own_group(process.pid, {process.pid})
        assert group is not None
        tree = ProcessTree(process.pid, group=group)
        tree.update()
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        deadline = time.monotonic() + 60
        while len((scope / "cgroup.procs").read_text().split()) > 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        tree.update()
        assert tree.cpu_s >= 0.55
        process.stdin.close()
