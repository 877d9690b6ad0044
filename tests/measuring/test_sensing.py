"""What a site knows of a machine reaches the runs measured on it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from measuring_bench import Bench

from collectors.host import this_machine
from footprint.measuring.sensing import open_sensing

RUN = """
import json, time
from footprint.measuring import measure
with measure('A') as run:
    t = time.process_time()
    while time.process_time() - t < 1.5: pass
print(json.dumps({**run.result, 'codes': [w.code for w in run.warnings]}))
"""


def describe(home: Path, text: str) -> None:
    machine = this_machine()
    name, value = ("host_id", machine.host_id) if machine.host_id else ("cpu", machine.cpu_model)
    home.mkdir(exist_ok=True)
    (home / "site.toml").write_text(f"[[host]]\n{name} = {json.dumps(value)}\n{text}", encoding="utf-8")


def test_powers_measured_on_the_site_are_the_model(bench: Bench) -> None:
    describe(bench.home, 'idle_w = 1000.0\nfull_w = 3000.0\npue = 1.3\nzone = "La Réunion"\n')
    result = json.loads(bench.run(RUN, FOOTPRINT_ZONE="FR"))
    watts = result["energy_kwh"] * 3.6e6 / result["duration_s"]
    # The process had one thread of the machine: its part of 1 to 3 kW.
    threads = this_machine().threads
    assert 700 / threads <= watts <= 3100 / threads * min(2, threads)
    assert result["zone"] == "RE"
    context = [line for line in bench.lines() if line["kind"] == "context"][-1]
    assert (context["power_model"], context["pue"]) == ("site", 1.3)
    assert "processeur_inconnu" not in result["codes"]


def test_a_meter_beats_the_model(bench: Bench) -> None:
    # A meter that counts 360 J a second: 360 W.
    code = "import time; print(time.monotonic() * 360.0)"
    command = json.dumps([sys.executable, "-I", "-S", "-c", code])
    describe(bench.home, f'[host.meter]\ncommand = {command}\nquantity = "energy_j"\nperiod_s = 0.5\n')
    result = json.loads(bench.run(RUN.replace("1.5", "3")))
    assert "meter" in result["by_tier"], result["channels"]
    meter = next(channel for channel in result["channels"] if channel["channel"] == "meter")
    assert meter["used"]
    assert meter["host_kwh"] * 3.6e6 / meter["seconds"] == pytest.approx(360.0, rel=0.15)


def test_a_wrong_site_file_is_said_and_measuring_goes_on(bench: Bench) -> None:
    describe(bench.home, "idle_w = 'beaucoup'\n")
    result = json.loads(bench.run(RUN))
    assert result["state"] == "complete"
    assert "fichier_de_site_refuse" in result["codes"]


@pytest.mark.parametrize("share", [1.5, -0.1, "moitié", True])
def test_a_wrong_gpu_share_is_refused(tmp_path: Path, share: object) -> None:
    sensing = open_sensing(tmp_path, codecarbon=False, gpu_share=share)  # type: ignore[arg-type]
    assert "part_gpu_refusee" in {notice.code for notice in sensing.notices}


def test_every_channel_says_why_it_gave_nothing(bench: Bench) -> None:
    result = json.loads(bench.run(RUN))
    for channel in result["channels"]:
        assert channel["used"] or channel["reason"] is not None
    assert {"meter", "rapl", "codecarbon", "m5"} <= {channel["channel"] for channel in result["channels"]}
