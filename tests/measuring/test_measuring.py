"""What a script sees of being measured."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from measuring_bench import Bench

BUSY = """
import time
from footprint.measuring import measure

def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass

"""
SHOW = """
import json
print(json.dumps({**{n: getattr(run, n) for n in ("run_id", "energy_kwh", "energy_low_kwh", "energy_high_kwh",
    "gwp_kgco2e", "gwp_low", "gwp_high", "duration_s", "tier", "state", "by_channel", "by_tier",
    "by_component", "requests")}, "codes": [w.code for w in run.warnings], "text": str(run),
    "cpu_s": run.result.get("cpu_s"), "reason": run.result.get("reason")}))
"""

STARTED_BY = "from footprint.measuring import spawning\nspawning._SHELL = {shell!r}\n"
WAYS = pytest.mark.parametrize("shell", ["/bin/sh", "/nowhere/sh"], ids=["shell", "no shell"])


def test_a_block_is_measured(bench: Bench) -> None:
    code = BUSY + (
        "with measure(application='TRI-COURRIER', model='tri:1.0', phase='training') as run:\n"
        "    assert run.energy_kwh is None and run.state == 'running'\n"
        "    work(1.3)\n"
    )
    shown = json.loads(bench.run(code + SHOW))
    assert shown["state"] == "complete"
    assert 0 < shown["energy_low_kwh"] < shown["energy_kwh"] < shown["energy_high_kwh"]
    assert 0 < shown["gwp_low"] < shown["gwp_kgco2e"] < shown["gwp_high"]
    assert shown["cpu_s"] == pytest.approx(1.3, abs=0.1)
    assert shown["duration_s"] >= 1.3
    for breakdown in ("by_channel", "by_tier", "by_component"):
        assert sum(shown[breakdown].values()) == pytest.approx(shown["energy_kwh"])
    assert shown["by_component"].keys() == {"dynamic", "idle_share"}
    assert "TRI-COURRIER" in shown["text"]
    assert "mWh" in shown["text"]
    factor = next(line["factor"] for line in bench.lines() if line["kind"] == "context")
    assert shown["gwp_kgco2e"] == pytest.approx(shown["energy_kwh"] * factor["value"])


def test_a_very_short_block_is_measured_too(bench: Bench) -> None:
    code = BUSY + "with measure('A') as run:\n    work(0.005)\n"
    shown = json.loads(bench.run(code + SHOW))
    assert shown["state"] == "complete"
    assert shown["energy_kwh"] > 0
    assert 0.005 <= shown["cpu_s"] < 0.1


def test_start_and_stop_requests_and_misuse(bench: Bench) -> None:
    code = BUSY + (
        "run = measure('A', functional_act='courrier trié')\n"
        "run.stop()\n"
        "run.start(); run.start()\n"
        "work(0.05); run.requests = 250; run.set(colour='blue')\n"
        "run.stop(); run.stop()\n"
    )
    shown = json.loads(bench.run(code + SHOW))
    assert shown["state"] == "complete"
    assert shown["requests"] == 250
    assert shown["codes"][:2] == ["deja_demarree", "champ_inconnu"]
    result = bench.wait_for("result")["result"]
    assert (result["requests"], result["functional_act"]) == (250, "courrier trié")


def test_what_cannot_be_used_is_dropped_with_a_notice(bench: Bench) -> None:
    code = BUSY + (
        "import footprint\n"
        "class Tensor:\n    def __float__(self): raise RuntimeError('2 elements')\n"
        "inf, odd = float('inf'), Tensor()\n"
        "footprint.progress(odd); footprint.progress(10**400)\n"
        "run = measure('A', requests=inf).start()\n"
        "run.set(requests=7, tokens_in=5)\n"
        "run.requests = inf; run.set(tokens_in=inf, tokens_out=3)\n"
        "for wrong in (10**400, odd, float('nan')) * 3: run.progress(wrong); run.progress(1, wrong)\n"
        "footprint.progress(odd); work(0.05); run.stop()\n"
    )
    shown = json.loads(bench.run(code + SHOW))
    assert (shown["state"], shown["requests"]) == ("complete", 7)
    assert shown["codes"].count("valeur_refusee") == 8  # once for each name and value
    result = bench.wait_for("result")["result"]
    assert (result["requests"], result["tokens_in"], result["tokens_out"]) == (7, 5, 3)


def test_an_exception_passes_through_and_the_record_says_interrupted(bench: Bench) -> None:
    code = BUSY + (
        "try:\n    with measure('A') as run:\n        work(0.05)\n        raise KeyError('mine')\n"
        "except KeyError as error:\n    assert error.args == ('mine',)\nelse:\n    raise SystemExit(9)\n"
    )
    shown = json.loads(bench.run(code + SHOW))
    assert (shown["state"], shown["reason"]) == ("interrupted", "exception")
    assert shown["energy_kwh"] > 0


def test_leaving_with_success_is_complete(bench: Bench) -> None:
    bench.run(BUSY + "import sys\nwith measure('A') as run:\n    work(0.05)\n    sys.exit(0)\n")
    assert bench.wait_for("result")["result"]["state"] == "complete"


def test_english_on_request(bench: Bench) -> None:
    code = BUSY + "with measure('A') as run:\n    work(0.05)\n"
    text = json.loads(bench.run(code + SHOW, FOOTPRINT_LANG="en"))["text"]
    assert "evidence: power model" in text


def test_the_default_zone_is_said(bench: Bench) -> None:
    code = BUSY + "with measure('A') as run:\n    work(0.05)\n"
    shown = json.loads(bench.run(code + SHOW, FOOTPRINT_ZONE=""))
    assert "zone_par_defaut" in shown["codes"]
    assert bench.wait_for("result")["result"]["zone"] == "FR"


def test_an_unknown_zone_leaves_carbon_unknown(bench: Bench) -> None:
    code = BUSY + "with measure('A', zone='Atlantide') as run:\n    work(0.05)\n"
    shown = json.loads(bench.run(code + SHOW))
    assert "facteur_inconnu" in shown["codes"]
    assert shown["energy_kwh"] > 0
    assert shown["gwp_kgco2e"] is None


def test_an_unknown_application_is_kept_with_near_matches(bench: Bench) -> None:
    bench.home.mkdir()
    (bench.home / "applications.txt").write_text("TRI-COURRIER\nPAIE\n", encoding="utf-8")
    code = BUSY + "with measure('tri_courier') as run:\n    work(0.05)\nprint(run.warnings[-1].fr)\n"
    assert "TRI-COURRIER" in bench.run(code)
    result = bench.wait_for("result")["result"]
    assert (result["attached"], result["near"]) == (False, ["TRI-COURRIER"])
    assert result["energy_kwh"] > 0


def test_a_known_application_is_attached(bench: Bench) -> None:
    bench.home.mkdir()
    (bench.home / "applications.txt").write_text("TRI-COURRIER\n", encoding="utf-8")
    code = BUSY + "with measure('TRI-COURRIER') as run:\n    work(0.05)\n"
    assert "application_non_rattachee" not in json.loads(bench.run(code + SHOW))["codes"]
    assert bench.wait_for("result")["result"]["attached"] is True


@WAYS
def test_short_children_are_counted(bench: Bench, shell: str) -> None:
    code = (
        BUSY
        + STARTED_BY.format(shell=shell)
        + (
            "import resource, subprocess, sys\n"
            "burn = 'import time\\nwhile time.process_time() < 0.15: pass'\n"
            "before = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "run = measure('A').start()\n"
            "middle = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "for _ in range(8): subprocess.run([sys.executable, '-I', '-S', '-c', burn])\n"
            "after = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "run.stop()\n"
            "print(after.ru_utime + after.ru_stime - middle.ru_utime - middle.ru_stime, run.result['cpu_s'])\n"
        )
    )
    rusage, counted = map(float, bench.run(code).split())
    assert rusage >= 1.2
    assert 0.95 * rusage <= counted <= 1.1 * rusage + 0.1


def test_local_state_that_cannot_be_written_loses_no_result(bench: Bench) -> None:
    code = BUSY + "with measure('A') as run:\n    work(0.05)\n"
    bench.home.write_text("a file, not a folder", encoding="ascii")
    shown = json.loads(bench.run(code + SHOW))
    assert shown["state"] == "complete"
    assert shown["energy_kwh"] > 0
    assert "spool_non_ecrit" in shown["codes"]


def test_no_recorder_at_all(bench: Bench) -> None:
    code = (
        BUSY
        + "import sys\nsys.executable, sys.exec_prefix = '/nowhere/app', '/nowhere'\n"
        + "with measure('A') as run:\n    work(0.01)\n"
    )
    shown = json.loads(bench.run(code + SHOW))
    assert (shown["state"], shown["energy_kwh"], shown["gwp_kgco2e"]) == ("failed", None, None)
    assert shown["codes"] == ["enregistreur_non_demarre"]
    assert shown["text"] == "A : énergie inconnue"


@WAYS
def test_the_program_has_no_child_of_ours(bench: Bench, shell: str) -> None:
    code = (
        BUSY
        + STARTED_BY.format(shell=shell)
        + (
            "import os\n"
            "with measure('A') as run:\n"
            "    work(0.3)\n"
            "    try:\n        os.waitpid(-1, os.WNOHANG); print('child')\n"
            "    except ChildProcessError:\n        print('none')\n"
        )
    )
    assert bench.run(code).strip() == "none"


def test_a_program_that_closes_everything_keeps_its_own_files(bench: Bench) -> None:
    code = BUSY + (
        "import os, socket\n"
        "run = measure('A').start()\n"
        "os.closerange(3, 256)\n"
        "mine = [socket.socketpair() for _ in range(8)]\n"
        "files = [open(f'f{i}', 'w') for i in range(8)]\n"
        "work(0.1); run.requests = 3; run.stop()\n"
        "for a, b in mine:\n"
        "    for s in (a, b):\n"
        "        s.setblocking(False)\n"
        "        try: assert not s.recv(10)\n"
        "        except BlockingIOError: pass\n"
        "        s.close()\n"
        "for f in files: f.close(); assert os.path.getsize(f.name) == 0\n"
        "print(run.state in ('interrupted', 'failed'), [w.code for w in run.warnings])\n"
    )
    out = bench.run(code)
    assert out.startswith("True")
    assert "enregistreur_perdu" in out


def test_a_program_without_standard_streams(bench: Bench) -> None:
    code = BUSY + (
        "import os\n"
        "for fd in (0, 1, 2): os.close(fd)\n"
        "run = measure('A').start()\n"
        "for fd in (0, 1, 2):\n"
        "    try: os.write(fd, b'not for the recorder\\n')\n"
        "    except OSError: pass\n"
        "work(0.1); run.stop()\n"
        "open('out', 'w').write(run.state)\n"
    )
    process = bench.start(code)
    process.wait(30)
    assert (bench.folder / "out").read_text(encoding="ascii") == "complete"


def test_a_forked_child_does_not_end_the_run(bench: Bench) -> None:
    code = BUSY + (
        "import os\n"
        "with measure('A') as run:\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n        work(0.3); run.requests = 1; run.stop(); os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
        "    work(0.2)\n"
    )
    shown = json.loads(bench.run(code + SHOW))
    assert (shown["state"], shown["requests"]) == ("complete", None)
    assert shown["cpu_s"] == pytest.approx(0.5, abs=0.1)


def test_nested_and_concurrent_runs_each_have_their_record(bench: Bench) -> None:
    code = BUSY + (
        "with measure('OUTER') as outer:\n"
        "    work(0.1)\n"
        "    with measure('INNER') as inner:\n        work(0.2)\n"
        "print(outer.result['cpu_s'], inner.result['cpu_s'], outer.run_id != inner.run_id)\n"
    )
    outer, inner, differ = bench.run(code).split()
    assert differ == "True"
    assert float(inner) == pytest.approx(0.2, abs=0.08)
    assert float(outer) >= 0.3


def test_nothing_beside_the_script_can_take_our_place(bench: Bench) -> None:
    for name in ("factors.py", "psutil.py", "pos_map.py", "session.py", "csv_table.py"):
        (bench.folder / name).write_text("raise SystemExit('shadow: ' + __name__)\n", encoding="ascii")
    (bench.folder / "collectors").mkdir()
    for name in ("__init__.py", "spool.py", "host.py", "sampler.py"):
        (bench.folder / "collectors" / name).write_text("MINE = 1\n", encoding="ascii")
    code = "import collectors\nassert collectors.MINE\n" + BUSY + "with measure('A') as run:\n    work(0.2)\n"
    shown = json.loads(bench.run(code + SHOW, PYTHONPATH=str(bench.folder)))
    assert shown["state"] == "complete"
    assert shown["energy_kwh"] > 0
    assert shown["gwp_kgco2e"] > 0


def test_import_is_light() -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\n"
        "import footprint, footprint.measuring\nfootprint.measure\n"
        "heavy = {'pandas','numpy','dash','plotly','sqlmodel','psutil','codecarbon','collectors','factors','pos_map'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))\n"
        "outside = {m.split('.')[0] for m in set(sys.modules) - before}\n"
        "print(sorted(outside - set(sys.stdlib_module_names) - {'footprint'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
