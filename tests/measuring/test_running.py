"""`footprint run … -- command`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from measuring_bench import Bench, wait_until

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


# -- whatever of ours fails, the command runs and its exit status passes --------------------------


SAYS_7 = ("sh", "-c", "echo out; exit 7")


@pytest.mark.parametrize("home", ["a_file", "a_file/below", "~nobody-of-that-name/x"])
def test_a_state_folder_that_cannot_be_used(bench: Bench, home: str) -> None:
    (bench.folder / "a_file").touch()
    process = bench.start(WRAP, *SAYS_7, FOOTPRINT_HOME=home if home[0] == "~" else str(bench.folder / home))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (7, "out\n")
    assert err.startswith("footprint: A")


def test_a_state_folder_that_cannot_be_named(bench: Bench) -> None:
    nowhere = f"""
import os, pathlib
def lost(): raise RuntimeError('Could not determine home directory.')
pathlib.Path.home = lost
os.environ.pop('FOOTPRINT_HOME'); os.environ.pop('XDG_DATA_HOME', None)
{WRAP}"""
    process = bench.start(nowhere, *SAYS_7)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (7, "out\n")
    assert "énergie inconnue" in err


def test_a_relative_state_folder_in_a_folder_that_is_gone(bench: Bench) -> None:
    gone = f"import os\nos.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n{WRAP}"
    process = bench.start(gone, "/bin/sh", "-c", "exit 7", FOOTPRINT_HOME="state")
    process.communicate(timeout=30)
    assert process.returncode == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become somebody else")
def test_a_state_folder_one_may_not_search(bench: Bench, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    (locked / "home").mkdir(parents=True)
    locked.chmod(0o700)
    # The packages stay readable: only what is opened after this is refused.
    other = WRAP.replace(
        "sys.exit", "import os; import footprint.measuring.spawning; os.setuid(4242)\nsys.exit"
    )
    process = bench.start(other, *SAYS_7, FOOTPRINT_HOME=str(locked / "home"))
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (7, "out\n")


@pytest.mark.parametrize("status", [0, 7])
@pytest.mark.parametrize("errors", ["2>&-", "2>/dev/full"])
def test_an_error_output_that_takes_nothing(bench: Bench, errors: str, status: int) -> None:
    (bench.folder / "wrap.py").write_text(WRAP)
    inner = f"echo out; exit {status}"
    process = bench.start(
        "import os, sys; os.execvp('sh', ['sh', '-c', sys.argv[1], sys.executable, *sys.argv[2:]])",
        f'"$0" wrap.py "$@" {errors}', "sh", "-c", inner,
    )  # fmt: skip
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (status, "out\n")


# -- SIGCHLD ------------------------------------------------------------------------------------


IGNORING = f"import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n{WRAP}"


def test_a_caller_that_ignores_its_children(bench: Bench) -> None:
    process = bench.start(IGNORING, *SAYS_7)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (7, "out\n")


def test_the_command_of_a_caller_that_ignores_its_children_ignores_them(bench: Bench) -> None:
    command = ["grep", "-E", "SigBlk|SigIgn|SigCgt", "/proc/self/status"]
    alone = f"import signal, subprocess, sys\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n{RUN_ALONE}"
    expected = bench.start(alone, *command).communicate(timeout=30)[0]
    assert _masks(bench.start(IGNORING, *command).communicate(timeout=30)[0]) == _masks(expected)


RUN_ALONE = "sys.stdout.flush(); subprocess.Popen(sys.argv[1:]).wait()"


def test_a_caller_that_ignores_its_children_and_a_command_that_does_not_exist(bench: Bench) -> None:
    process = bench.start(IGNORING, "no-such-command-here")
    process.communicate(timeout=30)
    assert process.returncode == 127


def test_an_exit_status_that_was_taken_is_said_unknown(bench: Bench) -> None:
    taken = f"""
import os
def waitpid(*_): raise ChildProcessError
os.waitpid = waitpid
{WRAP}"""
    process = bench.start(taken, "true")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "inconnu" in err.splitlines()[-1]


# -- stopping -----------------------------------------------------------------------------------


def stopping(grace_s: float, **options: object) -> str:
    return f"""
import sys
from footprint.measuring import limits
from footprint.measuring.estimate import Estimate
from footprint.measuring.running import run_command
limits.GRACE_S = {grace_s}
sys.exit(run_command(sys.argv[1:], 'A', **{options!r}))
"""


# Under what a second of one processor takes, over what starting takes: used up on the second look.
SMALL_KWH = 2e-7
BUDGET = {"budget_kwh": SMALL_KWH, "on_budget": "stop"}
LOOP = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: sum(range(1000))"
DEAF = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{LOOP}"


def gone(bench: Bench) -> bool:
    pid = int((bench.folder / "pid").read_text())
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("command", ["python3 loop.py; true", "python3 loop.py & wait"])
def test_a_used_up_budget_stops_what_the_command_started(bench: Bench, command: str) -> None:
    (bench.folder / "loop.py").write_text(LOOP)
    process = bench.start(stopping(30.0, **BUDGET), "sh", "-c", command)
    process.communicate(timeout=25)
    assert process.returncode == -signal.SIGTERM
    assert gone(bench)


def test_an_estimate_stops_what_the_command_started(bench: Bench) -> None:
    (bench.folder / "loop.py").write_text(LOOP)
    code = stopping(30.0).replace("**{}", "estimate=Estimate(1.0, True, None)")
    process = bench.start(code, "sh", "-c", "python3 loop.py; true")
    process.communicate(timeout=25)
    assert process.returncode == 0
    assert gone(bench)


def test_what_does_not_hear_is_killed(bench: Bench) -> None:
    (bench.folder / "loop.py").write_text(DEAF)
    code = stopping(1.0).replace("**{}", "estimate=Estimate(1.0, True, None)")
    process = bench.start(code, "sh", "-c", "python3 loop.py; true")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert gone(bench)
    assert "SIGKILL" in err
    # The recorder is not killed with the rest.
    assert bench.wait_for("result")["result"]["state"] == "interrupted"


def test_a_word_to_the_command_stops_nothing(bench: Bench) -> None:
    script = "trap 'echo word; exit 3' USR1; sleep 60 & echo $! > pid; while :; do :; done"
    process = bench.start(stopping(1.0, budget_kwh=SMALL_KWH, on_budget="SIGUSR1"), "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "word\n"
    assert process.wait(30) == 3
    assert not gone(bench)
    os.kill(int((bench.folder / "pid").read_text()), signal.SIGKILL)
    wait_until(lambda: gone(bench))


def test_older_children_of_the_caller_are_left_alone(bench: Bench) -> None:
    started = "import subprocess\nopen('pid', 'w').write(str(subprocess.Popen(['sleep', '60']).pid))\n"
    code = started + "import time; time.sleep(0.1)\n" + stopping(1.0, **BUDGET)
    process = bench.start(code, "sh", "-c", "while :; do :; done")
    assert process.wait(30) == -signal.SIGTERM
    assert not gone(bench)
    os.kill(int((bench.folder / "pid").read_text()), signal.SIGKILL)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs to give up a right")
def test_a_command_that_cannot_be_stopped_ends_by_itself(bench: Bench) -> None:
    (bench.folder / "wrap.py").write_text(
        stopping(1.0).replace("**{}", "estimate=Estimate(1.0, True, None)"), encoding="utf-8"
    )
    process = bench.start(
        "import os, sys; os.execvp('setpriv', ['setpriv', '--bounding-set=-kill', '--inh-caps=-kill',"
        " sys.executable, 'wrap.py', *sys.argv[1:]])",
        "setpriv", "--reuid", "4242", "--clear-groups", "sh", "-c", "sleep 5; exit 7",
    )  # fmt: skip
    _, err = process.communicate(timeout=30)
    assert process.returncode == 7
    assert "arrêt impossible" in err


def test_a_trial_in_steps_that_hears_nothing_says_so(bench: Bench) -> None:
    code = stopping(1.0).replace("**{}", "estimate=Estimate(5.0, False, 10.0)")
    code = code.replace("limits.GRACE_S", "from footprint.measuring import running\nrunning.SILENT_AFTER_S")
    process = bench.start(code, "sleep", "4")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert err.count("aucun avancement reçu") == 1
