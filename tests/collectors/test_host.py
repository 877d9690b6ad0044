from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from collectors.host import host_id, host_times, parse_proc_stat, read_cpuinfo, this_machine

CPUINFO = """processor\t: 0
model name\t: Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz
physical id\t: 0
flags\t\t: fpu vme {flag}

processor\t: 1
model name\t: Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz
physical id\t: 1
flags\t\t: fpu vme {flag}
"""


@pytest.mark.parametrize(("flag", "virtual"), [("sse", False), ("hypervisor", True)])
def test_cpuinfo(tmp_path: Path, flag: str, virtual: bool) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(CPUINFO.format(flag=flag), encoding="utf-8")
    assert read_cpuinfo(path) == ("Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", 2, virtual)
    assert read_cpuinfo(tmp_path / "none") == (None, 1, False)


def test_the_pseudonym_is_stable_and_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "machine-id"
    path.write_text("0123456789abcdef0123456789abcdef\n", encoding="ascii")
    found = host_id((str(tmp_path / "none"), str(path)))
    assert found is not None
    assert re.fullmatch(r"[0-9a-f]{12}", found)
    assert found not in path.read_text(encoding="ascii")
    assert found == host_id((str(path),))
    assert host_id((str(tmp_path / "none"),)) is None


def test_proc_stat() -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    parsed = parse_proc_stat("cpu  100 20 30 4000 500 6 7 800 50 0\n")
    assert parsed is not None
    assert parsed.busy_s == pytest.approx((100 + 20 + 30 + 6 + 7) / ticks)
    for line in ("", "cpu0 1 2 3 4 5 6 7", "cpu 1 2", "cpu a b c d e f g"):
        assert parse_proc_stat(line) is None


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="Linux")
def test_both_ways_of_reading_agree() -> None:
    line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    parsed = parse_proc_stat(line)
    assert parsed is not None
    assert host_times().busy_s == pytest.approx(parsed.busy_s, abs=2.0)


def test_this_machine() -> None:
    machine = this_machine()
    assert machine.threads >= 1
    assert machine.chips >= 1
    assert machine.ram_gb > 0.1
