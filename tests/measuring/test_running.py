"""`footprint run … -- command`."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest
from measuring_bench import Bench

WRAP = """
import sys
from footprint.measuring.running import run_command
sys.exit(run_command(sys.argv[1:], 'A', 'm:1', 'training'))
"""


@pytest.mark.parametrize("status", [0, 3, 255])
def test_exit_codes_and_streams_pass_through(bench: Bench, status: int) -> None:
    process = bench.start(WRAP, "sh", "-c", f"read x; echo got $x; echo oops >&2; exit {status}")
    out, err = process.communicate("line\n", timeout=30)
    assert process.returncode == status
    assert out == "got line\n"
    assert err.startswith("oops\n")
    assert "footprint: A" in err
    result = bench.wait_for("result")["result"]
    assert result["state"] == ("complete" if status == 0 else "interrupted")
    assert (result["model"], result["phase"]) == ("m:1", "training")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_death_by_signal_passes_through(bench: Bench, number: signal.Signals) -> None:
    process = bench.start(WRAP, "sh", "-c", f"kill -{int(number)} $$")
    _, err = process.communicate(timeout=30)
    assert process.returncode == -number
    assert "footprint: A (interrompue)" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command(bench: Bench, number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    script = f"trap 'echo caught; exit 7' {name}; echo ready; while :; do sleep 0.05; done"
    process = bench.start(WRAP, "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (7, "caught\n")


def test_the_command_finds_its_signals_as_a_shell_gives_them(bench: Bench) -> None:
    # Python ignores SIGPIPE for itself; the kernel knows what the command was given.
    command = ["grep", "-E", "SigBlk|SigIgn|SigCgt", "/proc/self/status"]
    alone = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    out, _ = bench.start(WRAP, *command).communicate(timeout=30)
    assert _masks(out) == _masks(alone)


def _masks(status: str) -> dict[str, int]:
    """Masks of the signals a program may use (posix_spawn ignores 32 and 33, which are the C library's)."""
    return {line.split(":")[0]: int(line.split()[1], 16) & ~(0b11 << 31) for line in status.splitlines()}


def test_a_command_that_does_not_exist(bench: Bench) -> None:
    process = bench.start(WRAP, "no-such-command-here")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 127
    assert "commande introuvable : no-such-command-here" in err


def test_a_command_that_cannot_be_executed(bench: Bench) -> None:
    (bench.folder / "plain").write_text("text", encoding="ascii")
    process = bench.start(WRAP, "./plain")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 126
    assert "commande non exécutable" in err


def test_the_commands_work_is_measured(bench: Bench) -> None:
    burn = "import time\nwhile time.process_time() < 0.6: pass\n"
    process = bench.start(WRAP, "sh", "-c", f"python3 -c '{burn}'; python3 -c '{burn}'; true")
    began = time.monotonic()
    process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert bench.wait_for("result")["result"]["cpu_s"] == pytest.approx(1.25, abs=0.25)
