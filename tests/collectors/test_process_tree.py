from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time

import pytest

from collectors import process_tree as module
from collectors.finished import Finished
from collectors.process_stat import ProcessStat
from collectors.process_tree import ProcessTree

BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"


def burn(seconds: float) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", BURN.format(seconds=seconds)]


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_short_children_are_counted() -> None:
    tree = ProcessTree(os.getpid())
    before, own = children_cpu(), time.process_time()
    for _ in range(8):
        subprocess.run(burn(0.15), check=True)
        tree.update()
    spent = children_cpu() - before + time.process_time() - own
    assert tree.update()
    assert spent >= 8 * 0.15
    assert 0.95 * spent - 0.02 <= tree.cpu_s <= 1.05 * spent + 0.05


def test_live_children_and_their_children_are_counted_once() -> None:
    code = f"import subprocess, sys; subprocess.run({burn(0.3)!r})"
    tree = ProcessTree(os.getpid())
    before, own = children_cpu(), time.process_time()
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", code])
    while child.poll() is None:
        tree.update()
        time.sleep(0.02)
    tree.update()
    spent = children_cpu() - before + time.process_time() - own
    assert 0.95 * spent - 0.02 <= tree.cpu_s <= 1.05 * spent + 0.05


def test_neighbours_are_not_counted() -> None:
    # A tree rooted at an idle child; the burning happens in another.
    idle = subprocess.Popen(["sleep", "30"])
    try:
        tree = ProcessTree(idle.pid)
        subprocess.run(burn(0.3), check=True)
        assert tree.update()
        assert tree.cpu_s < 0.05
    finally:
        idle.kill()
        idle.wait()


def test_what_a_child_spent_before_the_run_is_not_the_runs() -> None:
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\ninput()\n"
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    try:
        tree = ProcessTree(os.getpid(), since=time.time() + 3600)
        tree.update()
        assert tree.cpu_s < 0.15
    finally:
        child.communicate(b"\n")
    # Waited for, its 0.3 s join this process's finished children: still not the run's.
    tree.update()
    assert tree.cpu_s < 0.2


def test_the_end_of_the_root() -> None:
    child = subprocess.Popen(["sleep", "30"])
    tree = ProcessTree(child.pid)
    assert tree.update()
    child.kill()
    time.sleep(0.1)
    assert not tree.update(), "a zombie has ended"
    child.wait()
    assert not tree.update()
    assert not ProcessTree(child.pid).alive


class Fake:
    """A process whose time is what the test says."""

    pid = 1

    def __init__(self, total: float) -> None:
        self.total = total

    def is_running(self) -> bool:
        return True


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> tuple[ProcessTree, Fake]:
    tree = ProcessTree(os.getpid(), baseline_s=0.0)
    root = Fake(10.0)
    monkeypatch.setattr(module, "_seen", lambda process: ProcessStat(1, 0.0, "", 0, process.total, 0.0))
    monkeypatch.setattr(tree, "_root", root)
    monkeypatch.setattr(tree, "_discover", lambda: None)
    tree._members = {1: root}  # type: ignore[dict-item]
    return tree, root


def test_a_dip_is_forgotten_when_it_mends(fake: tuple[ProcessTree, Fake]) -> None:
    tree, root = fake
    seen = []
    for total in (10.0, 8.0, 11.0):
        root.total = total
        tree.update()
        seen.append(tree.cpu_s)
    assert seen == [10.0, 10.0, 11.0]


def test_a_dip_that_lasts_is_a_loss_and_is_added_back(fake: tuple[ProcessTree, Fake]) -> None:
    tree, root = fake
    seen = []
    for total in (10.0, 8.0, 8.0, 8.0, 9.0):
        root.total = total
        tree.update()
        seen.append(tree.cpu_s)
    assert seen == [10.0, 10.0, 10.0, 10.0, 11.0]


def test_children_nobody_waits_for_are_counted_beside_a_busy_one() -> None:
    # SIGCHLD ignored: the system adds their time to nobody, while another member goes on spending.
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        f"busy = subprocess.Popen({burn(3.0)!r})\n"
        f"for _ in range(4): subprocess.Popen({burn(0.4)!r}); time.sleep(0.7)\n"
        "print('done', flush=True); sys.stdin.read()\n"
    )
    root = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert root.stdout is not None
    tree = ProcessTree(root.pid)
    done = threading.Thread(target=root.stdout.readline)
    done.start()
    while done.is_alive():
        tree.update()
        time.sleep(0.05)
    while tree.cpu_s < 3.0 or len(tree.pids) > 1:
        tree.update()
        time.sleep(0.05)
    tree.update()
    root.communicate("")
    assert 4 * 0.4 + 3.0 - 0.7 <= tree.cpu_s <= 4 * 0.4 + 3.0 + 0.8


def stat(pid: int, parent: int, own: float, children: float = 0.0) -> ProcessStat:
    return ProcessStat(pid, 0.0, "", parent, own, children)


def looks(*trees: list[ProcessStat]) -> float:
    """Seconds said lost over these looks at a tree."""
    finished, before, lost = Finished(), {}, 0.0
    for tree in trees:
        now = {one.pid: one for one in tree}
        lost += finished.lost_s(before, now, {pid: one for pid, one in before.items() if pid not in now})
        before = now
    return lost


def test_what_a_parent_gained_is_not_lost() -> None:
    root, child = stat(1, 0, 1.0), stat(2, 1, 5.0)
    waited = stat(1, 0, 1.0, 5.2)
    assert looks([root, child], [waited], [waited]) == 0.0
    # Read just before it waited: the gain shows one look later.
    assert looks([root, child], [root], [waited], [waited]) == 0.0
    assert looks([root, child], [root], [root], [root]) == 5.0


def test_a_chain_that_ends_together() -> None:
    root, child, grandchild = stat(1, 0, 1.0), stat(2, 1, 2.0), stat(3, 2, 4.0)
    assert looks([root, child, grandchild], [stat(1, 0, 1.0, 6.0)], [stat(1, 0, 1.0, 6.0)]) == 0.0
    # The child did not wait for its own: two seconds came up, four did not.
    assert looks([root, child, grandchild], [stat(1, 0, 1.0, 2.0)], [stat(1, 0, 1.0, 2.0)]) == 4.0
    # One after the other, each gain shown a look late.
    late = [root, child], [stat(1, 0, 1.0, 6.0)], [stat(1, 0, 1.0, 6.0)]
    assert looks([root, child, grandchild], *late) == 0.0


def test_an_orphan_that_ends_is_lost_at_once() -> None:
    assert looks([stat(1, 0, 1.0), stat(2, 99, 3.0)], [stat(1, 0, 1.0)]) == 3.0


def test_the_floor_stands(fake: tuple[ProcessTree, Fake]) -> None:
    tree, _ = fake
    tree.update(floor_s=10.004)
    assert tree.cpu_s == 10.004
