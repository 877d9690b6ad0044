from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from nvml_replay import ReplayedNvml

from collectors import nvml as module
from collectors.gpu import GpuReading
from collectors.nvml import NvmlChannel, visible_gpus, visible_setting
from collectors.power_model import measured_model
from collectors.records import Machine, Notice
from collectors.sampler import Sampler

SYNTHETIC = Path(__file__).with_name("data") / "nvml_synthetic.json"
RUN = (101, 102)


class NoLock:
    def __init__(self, name: str) -> None:
        self.name = name

    def acquire(self) -> bool:
        return False


def opened(library: ReplayedNvml, **options: Any) -> NvmlChannel:
    options = {"host_pids": True, "lock": NoLock, **options}
    return NvmlChannel(library=library, clock=library.clock, **options)


def readings(library: ReplayedNvml, channel: NvmlChannel, pids: Any) -> list[GpuReading]:
    found = []
    for tick in range(1, len(library.trace["ticks"])):
        library.tick = tick
        reading = channel.gpu_reading(pids)
        assert reading is not None
        found.append(reading)
    return found


def joules(kwh: float) -> float:
    return round(kwh * 3.6e6, 6)


def test_a_shared_gpu_then_alone_then_reset_and_one_lost() -> None:
    library = ReplayedNvml.read(SYNTHETIC)
    channel = opened(library)
    steps = readings(library, channel, RUN)
    whole = [joules(reading.whole_kwh) for reading in steps]
    # GPU 0: 500, 2500, 2000 J, a reset dropped, 2500 J of another; GPU 1: 400, 700, 1000 J, then lost.
    assert whole == [900, 900 + 3200, 900 + 3200 + 3000, 7100, 7100 + 2500]
    # First 500 J: at rest, two processes of three. Then 500 J at rest likewise, 2000 J by 60 of 80 % SM.
    first = 500 * 2 / 3 + 400
    second = first + 500 * 2 / 3 + 2000 * 60 / 80 + 700
    third = second + 2000 + 1000
    assert [joules(reading.mine_kwh) for reading in steps] == pytest.approx(
        [first, second, third, third, third]
    )
    assert channel.active
    assert channel.reason is not None
    assert channel.reason.code == "gpu_compteur_remis"
    assert joules(channel.host_kwh() or 0.0) == pytest.approx(9600)


def test_through_the_sampler() -> None:
    class Tree:
        cpu_s = 0.0
        pids = frozenset(RUN)

        def update(self, floor_s: float = 0.0) -> bool:
            return True

    machine = Machine(threads=2, chips=1, ram_gb=8.0, cpu_model=None, virtual=False, host_id=None)
    results = []
    for tree in (Tree(), None):
        library = ReplayedNvml.read(SYNTHETIC)
        sampler = Sampler(machine, measured_model(50.0, 100.0), tree=tree, gpu=opened(library))  # type: ignore[arg-type]
        sampler.begin(0.0)
        for tick in (1, 2):
            library.tick = tick
            sampler.sample(library.clock())
        results += [row for row in sampler.rows() if row.component == "gpu"]
    run, host = results
    mine = 500 * 2 / 3 + 400 + 500 * 2 / 3 + 2000 * 60 / 80 + 700
    assert (run.channel, run.tier, joules(run.kwh)) == ("nvml", "sensor", pytest.approx(mine))
    assert run.low_kwh < 0.9 * run.kwh
    assert (joules(host.kwh), joules(host.high_kwh)) == (4100, pytest.approx(4510))


def test_a_host_takes_everything() -> None:
    library = ReplayedNvml.read(SYNTHETIC)
    last = readings(library, opened(library), None)[-1]
    assert joules(last.mine_kwh) == joules(last.whole_kwh) == 9600
    assert last.rule == "whole_host"


def test_declared_power_at_rest_is_used() -> None:
    library = ReplayedNvml.read(SYNTHETIC)
    channel = opened(library, idle_w=20.0, visible="0")
    steps = readings(library, channel, RUN)
    # 10 s at 20 W by presence, the other 300 J by presence too: nobody was active.
    assert joules(steps[0].mine_kwh) == pytest.approx(500 * 2 / 3)
    assert joules(steps[1].mine_kwh - steps[0].mine_kwh) == pytest.approx(200 * 2 / 3 + 2300 * 0.75)


@pytest.mark.parametrize(
    ("visible", "whole"),
    [(None, 900), ("0", 500), ("1", 400), ("GPU-bbbb", 400), ("0,1", 900), ("", 0), ("-1,0", 0), ("7", 0)],
)
def test_only_the_gpus_the_run_may_see(visible: str | None, whole: float) -> None:
    library = ReplayedNvml.read(SYNTHETIC)
    channel = opened(library, visible=visible)
    library.tick = 1
    reading = channel.gpu_reading(RUN)
    assert reading is not None
    assert joules(reading.whole_kwh) == whole


def test_a_number_is_ambiguous_between_models() -> None:
    mixed = [("GPU-a", "Fast"), ("GPU-b", "Slow")]
    assert visible_gpus("1", mixed) is None
    assert visible_gpus("1", mixed, "PCI_BUS_ID") == ({1}, set())
    assert visible_gpus("GPU-b,MIG-x,nothing,0", mixed) == ({1}, {"MIG-x"})
    assert visible_gpus(None, mixed) is None


def test_numbers_of_another_namespace_are_not_compared() -> None:
    library = ReplayedNvml.read(SYNTHETIC)
    library.tick = 1
    assert readings(library, opened(library, host_pids=False), RUN)[0].rule == "not_holder"
    declared = readings(library, opened(library, host_pids=False, share=0.5), RUN)[1]
    assert (declared.rule, declared.mine_kwh) == ("declared_share", pytest.approx(declared.whole_kwh / 2))


def test_the_lock_gives_the_gpu_to_one_run() -> None:
    taken: set[str] = set()

    class Once(NoLock):
        mine = False

        def acquire(self) -> bool:
            self.mine = self.mine or self.name not in taken
            taken.add(self.name)
            return self.mine

    library = ReplayedNvml.read(SYNTHETIC)
    first, second = (opened(library, host_pids=False, lock=Once) for _ in range(2))
    library.tick = 2
    one, two = first.gpu_reading([1]), second.gpu_reading([2])
    assert one is not None
    assert two is not None
    assert (one.rule, joules(one.mine_kwh)) == ("lock_holder", joules(one.whole_kwh))
    assert (two.rule, two.mine_kwh) == ("not_holder", 0.0)
    assert taken == {"gpu-GPU-aaaa0000", "gpu-GPU-bbbb1111"}


def mig_trace(present: list[list[int]]) -> dict[str, Any]:
    devices = [
        {"uuid": f"MIG-{i}", "slices": slices, "present": pids}
        for i, (slices, pids) in enumerate(zip((3, 2, 1), present, strict=True))
    ]
    states = [{"energy_mj": energy, "mig": devices} for energy in (0, 700_000)]
    return {
        "gpus": [{"uuid": "GPU-a", "model": "Synthetic"}],
        "ticks": [{"s": 10 * i, "gpus": [state]} for i, state in enumerate(states)],
    }


@pytest.mark.parametrize(
    ("options", "slices"),
    [
        ({}, 3 + 1),  # alone on the first, one of two on the second
        ({"visible": "MIG-0"}, 3),
        ({"visible": "MIG-2"}, 1),  # reserved, nobody on it yet
        ({"visible": "MIG-2", "host_pids": False}, 1),
        ({"host_pids": False}, 6),  # a container sees only its own
    ],
)
def test_mig_by_slices(options: dict[str, Any], slices: float) -> None:
    library = ReplayedNvml(mig_trace([[101], [102, 900], []]))
    channel = opened(library, **options)
    library.tick = 1
    reading = channel.gpu_reading(RUN)
    assert reading is not None
    assert (reading.rule, joules(reading.mine_kwh)) == ("mig_slices", pytest.approx(700 * slices / 7))


def test_power_far_apart_is_not_joined() -> None:
    states = [{"power_mw": 40_000, "present": [101]}] * 3
    ticks = [{"s": s, "gpus": [state]} for s, state in zip((0, 10, 100), states, strict=True)]
    library = ReplayedNvml({"gpus": [{"uuid": "GPU-a", "model": "S"}], "ticks": ticks})
    channel = opened(library)
    assert [joules(reading.mine_kwh) for reading in readings(library, channel, RUN)] == [400, 400]
    assert channel.reason is not None
    assert channel.reason.code == "gpu_lacune"


@pytest.mark.parametrize("state", [{}, {"lost": True}])
def test_nothing_to_read(state: dict[str, Any]) -> None:
    library = ReplayedNvml({"gpus": [{"uuid": "GPU-a", "model": "S"}], "ticks": [{"s": 0, "gpus": [state]}]})
    channel = opened(library)
    assert not channel.active
    assert channel.gpu_reading(RUN) is None
    assert channel.host_kwh() is None
    assert channel.reason is not None
    assert channel.reason.code == ("gpu_perdu" if state else "nvml_sans_gpu")


def test_absent_driver_costs_nothing_and_loads_nothing() -> None:
    if module.driver_present():
        pytest.skip("an NVIDIA driver is here")
    code = (
        "import sys, time; from collectors.nvml import NvmlChannel\n"
        "times = []\n"
        "for _ in range(20):\n"
        "    began = time.process_time(); channel = NvmlChannel(); times.append(time.process_time() - began)\n"
        "print(min(times), channel.reason.code, 'pynvml' in sys.modules, 'ctypes' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, reason, *loaded = done.stdout.split()
    assert float(seconds) < 1e-3
    assert (reason, loaded) == ("nvml_absent", ["False", "False"])


def test_a_driver_without_the_library_or_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "driver_present", lambda: True)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = module.load()
    assert isinstance(found, Notice)
    assert found.code == "nvml_non_installe"

    class Broken(ReplayedNvml):
        def nvmlInit(self) -> None:
            raise self.NVMLError(9)

    monkeypatch.setitem(sys.modules, "pynvml", Broken({}))  # type: ignore[arg-type]
    found = module.load()
    assert isinstance(found, Notice)
    assert found.code == "nvml_echec"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_setting_of_a_process() -> None:
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": "GPU-1,0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    with subprocess.Popen([sys.executable, "-c", "input()"], env=env, stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while visible_setting(process.pid) != ("GPU-1,0", "PCI_BUS_ID") and time.monotonic() < deadline:
            time.sleep(0.01)  # until it has become the interpreter
        assert visible_setting(process.pid) == ("GPU-1,0", "PCI_BUS_ID")
        process.communicate(b"\n")
    assert visible_setting(process.pid) == (None, None)


THROUGH_CTYPES = """
import pynvml
from collectors.nvml import NvmlChannel
now = [0.0]
channel = NvmlChannel(host_pids=True, clock=lambda: now[0])
now[0] = 10.0
print(channel.reason, channel.gpu_reading([4242]))
now[0] = 20.0
print(channel.reason, channel.gpu_reading([4242]), channel.host_kwh())
"""


def test_through_the_real_library(tmp_path: Path) -> None:
    """nvidia-ml-py and ctypes, in front of a driver of twenty lines of C."""
    pytest.importorskip("pynvml", reason="nvidia-ml-py is not installed: the ctypes path is NOT exercised")
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler: the ctypes path of nvidia-ml-py is NOT exercised")
    source = Path(__file__).with_name("data") / "fake_nvml.c"
    target = tmp_path / "libnvidia-ml.so.1"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
    done = subprocess.run(
        [sys.executable, "-c", THROUGH_CTYPES],
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # 3.6 kJ at each call; 4242 and another share: at rest half, then three quarters of what is above.
    first = GpuReading(0.0005, 0.001, 0.0005 * 0.65, 0.0005 * 1.4, "process_accounting")
    lines = done.stdout.splitlines()
    assert lines[0] == f"None {first!r}"
    assert lines[1].startswith("None GpuReading(mine_kwh=0.00")
    assert lines[1].endswith("0.003")
