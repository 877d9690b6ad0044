from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collectors.host_lock import HostLock

HOLDER = """
import sys, time
from pathlib import Path
from collectors.host_lock import HostLock
lock = HostLock(sys.argv[1], folder=Path(sys.argv[2]) if sys.argv[2] else None)
print(lock.acquire(), flush=True)
time.sleep(60)
"""

Start = Callable[[str, Path | None], subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(name: str, folder: Path | None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, name, str(folder or "")], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(params=["abstract", "file"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    if request.param == "abstract" and sys.platform != "linux":
        pytest.skip("abstract sockets are Linux's")
    return tmp_path if request.param == "file" else None


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_one_process_only_and_kill_9_frees_it(start: Start, folder: Path | None) -> None:
    name = uuid.uuid4().hex
    holder = start(name, folder)
    assert said(holder) == "True"
    mine = HostLock(name, folder=folder)
    assert not mine.acquire()
    assert not mine.held
    assert said(start(name, folder)) == "False"
    holder.kill()
    holder.wait()
    deadline = time.monotonic() + 60
    while not mine.acquire() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert mine.held
    mine.release()


def test_release_and_take_again(folder: Path | None) -> None:
    name = uuid.uuid4().hex
    first, second = HostLock(name, folder=folder), HostLock(name, folder=folder)
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    first.release()
    assert not first.held
    assert second.acquire()
    second.release()


def test_names_are_apart(folder: Path | None) -> None:
    stem = uuid.uuid4().hex
    locks = [HostLock(stem + tail, folder=folder) for tail in ("", "/../x", "é" * 300)]
    assert [lock.acquire() for lock in locks] == [True, True, True]
    for lock in locks:
        lock.release()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    probe = HostLock("n", folder=tmp_path)
    assert probe.acquire()
    (made,) = tmp_path.iterdir()
    probe.release()
    made.unlink()
    target = tmp_path / "target"
    target.write_text("kept", encoding="ascii")
    made.symlink_to(target)
    assert not probe.acquire()


def test_without_its_folder_nobody_holds(tmp_path: Path) -> None:
    assert not HostLock("n", folder=tmp_path / "nowhere").acquire()
