from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from nvml_replay import ReplayedNvml

from collectors import channels as module
from collectors.channels import Channels, LessGpu, open_channels
from collectors.codecarbon_channel import CodeCarbonChannel
from collectors.gpu import GpuReading, SharedGpu
from collectors.meter import MeterChannel, MeterSpec
from collectors.nvml import NvmlChannel
from collectors.plugins import Guarded, announced, open_plugins
from collectors.records import Notice, Tier
from collectors.site import SiteHost


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def powercap(tmp_path: Path) -> Path:
    for name, value in (("name", "package-0"), ("energy_uj", "0"), ("max_energy_range_uj", "262143328850")):
        (tmp_path / "intel-rapl:0").mkdir(exist_ok=True)
        (tmp_path / "intel-rapl:0" / name).write_text(value, encoding="ascii")
    return tmp_path


def reasons(channels: Channels) -> dict[str, str | None]:
    return {counter.name: counter.reason.code if counter.reason else None for counter in channels.counters}


def test_each_channel_in_order_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.nvml.driver_present", lambda: False)
    channels = open_channels(powercap=tmp_path)
    assert reasons(channels) == {
        "meter": "sans_compteur_externe",
        "rapl": "rapl_absent",
        "nvml": "nvml_absent",
        "codecarbon": "codecarbon_non_demande",
    }
    assert list(reasons(channels)) == list(module.ORDER)
    assert channels.gpu is None
    assert [counter.cumulative_kwh() for counter in channels.counters] == [None] * 4
    assert channels.notices() == []


def test_what_is_there_is_used(powercap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.nvml.driver_present", lambda: False)
    watts = tmp_path / "watts"
    watts.write_text("360", encoding="ascii")
    site = SiteHost(asset="a", meter=MeterSpec(file=watts), gpu_share=0.25)
    clock = Clock()
    codecarbon = CodeCarbonChannel()
    channels = open_channels(site, codecarbon=codecarbon, powercap=powercap, clock=clock)
    assert isinstance(channels.gpu, SharedGpu)
    assert [counter.cumulative_kwh() for counter in channels.counters] == [0.0, 0.0, None, None]
    clock.now = 10.0
    assert [counter.cumulative_kwh() for counter in channels.counters] == [
        pytest.approx(1e-3),
        0.0,
        None,
        None,
    ]
    assert [(c.name, c.tier) for c in channels.counters][:2] == [("meter", "meter"), ("rapl", "sensor")]
    assert not codecarbon.started
    channels.close()


class Gpus:
    """Four graphics processors at 300 W in all."""

    name = "nvml"
    reason: Notice | None = None
    rule: str | None = None
    kwh = 0.0

    def gpu_reading(self, pids: Any) -> GpuReading | None:
        return None

    def host_kwh(self) -> float | None:
        return self.kwh


def test_graphics_processors_behind_the_meter_count_once(tmp_path: Path) -> None:
    clock, gpus, watts = Clock(), Gpus(), tmp_path / "watts"
    watts.write_text("500", encoding="ascii")
    less = LessGpu(MeterChannel(MeterSpec(file=watts, period_s=1.0), clock), gpus)
    assert less.cumulative_kwh() == 0.0
    clock.now, gpus.kwh = 1.0, 300 / 3.6e6
    assert less.cumulative_kwh() == pytest.approx(200 / 3.6e6)
    # The processors jumped before the meter saw it: nothing negative, and nothing lost after.
    clock.now, gpus.kwh = 2.0, 1300 / 3.6e6
    assert less.cumulative_kwh() == pytest.approx(200 / 3.6e6)
    clock.now, _ = 3.0, watts.write_text("2100", encoding="ascii")
    assert less.cumulative_kwh() == pytest.approx((500 + 500 + 1300 - 1300) / 3.6e6)
    watts.unlink()
    clock.now = 60.0
    assert less.cumulative_kwh() is None
    assert less.reason is not None
    assert (less.name, less.tier, less.bounds) == ("meter", "meter", (0.98, 1.02))


def test_a_meter_without_the_gpus_behind_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ReplayedNvml.read(Path(__file__).with_name("data") / "nvml_synthetic.json")
    nvml = NvmlChannel(library=library, clock=library.clock, host_pids=True)
    monkeypatch.setattr(module, "NvmlChannel", lambda **_: nvml)
    for behind, kind in ((True, LessGpu), (False, MeterChannel)):
        spec = MeterSpec(file=tmp_path / "w", includes_gpu=behind)
        channels = open_channels(SiteHost(asset="a", meter=spec), powercap=tmp_path)
        assert type(channels.counters[0]) is kind
        assert channels.gpu is nvml
        assert "nvml" not in reasons(channels)


def test_what_a_reader_must_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = Gpus()
    gpus.rule = "lock_holder"
    meter = MeterChannel(MeterSpec(file=tmp_path / "nowhere"))
    meter.cumulative_kwh()
    assert [notice.code for notice in Channels([meter], gpus).notices()] == [
        "compteur_muet",
        "gpu_lock_holder",
    ]


class Plugin:
    name = "house"
    tier: Tier = "sensor"
    reason: Notice | None = None
    value: Any = 1.5

    def cumulative_kwh(self) -> float | None:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value  # type: ignore[no-any-return]


class Entry:
    def __init__(self, name: str, factory: Any) -> None:
        self.name, self.factory = name, factory

    def load(self) -> Any:
        if self.factory is None:
            raise ImportError(self.name)
        return self.factory


def offer(monkeypatch: pytest.MonkeyPatch, *entries: Entry) -> None:
    monkeypatch.setattr(
        metadata, "entry_points", lambda group: entries if group == "footprint.collectors" else ()
    )


def test_plugins_open_late_and_failures_are_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Impostor(Plugin):
        name = "rapl"

    class NoTier(Plugin):
        tier = "best"  # type: ignore[assignment]

    offer(
        monkeypatch,
        Entry("d", Impostor), Entry("c", NoTier), Entry("b", None), Entry("e", lambda: 1 / 0), Entry("a", Plugin),
        Entry("f", Plugin),
    )  # fmt: skip
    monkeypatch.setattr(module, "announced", lambda: True)
    channels = open_channels(powercap=tmp_path)
    assert len(channels.counters) == 4
    channels.open_late()
    channels.open_late()
    channels.join(10.0)
    late = {
        counter.name: counter.reason.code if counter.reason else None for counter in channels.counters[4:]
    }
    assert late == {
        "house": None, "plugin:b": "plugin_echec", "plugin:c": "plugin_echec", "plugin:d": "plugin_nom_pris",
        "plugin:e": "plugin_echec", "plugin:f": "plugin_nom_pris",
    }  # fmt: skip
    assert channels.counters[4].cumulative_kwh() == 1.5
    assert {notice.code for notice in channels.notices()} == {"plugin_echec", "plugin_nom_pris"}


@pytest.mark.parametrize("value", [RuntimeError("x"), float("nan"), -1.0, "many"])
def test_a_plugin_that_misbehaves_gives_nothing_then_is_left(value: Any) -> None:
    plugin = Plugin()
    guarded = Guarded(plugin, plugin.name, plugin.tier)
    assert guarded.cumulative_kwh() == 1.5
    plugin.value = value
    assert guarded.cumulative_kwh() is None
    assert guarded.reason is not None
    assert guarded.reason.code == "plugin_echec"
    plugin.value = 2.0
    assert guarded.cumulative_kwh() == 2.0
    plugin.value = value
    assert [guarded.cumulative_kwh() for _ in range(3)] == [None] * 3
    plugin.value = 3.0
    assert guarded.cumulative_kwh() is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((0.98, 1.02), (0.98, 1.02)),
        (None, (0.9, 1.1)),
        ((2, 3), (0.9, 1.1)),
        ("ab", (0.9, 1.1)),
        (3, (0.9, 1.1)),
    ],
)
def test_bounds_of_a_plugin(given: Any, kept: tuple[float, float]) -> None:
    plugin = Plugin()
    plugin.bounds = given  # type: ignore[attr-defined]
    assert Guarded(plugin, "house", "sensor").bounds == kept


def test_a_real_entry_point(tmp_path: Path) -> None:
    info = tmp_path / "house_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: house-plugin\nVersion: 1.0\n", encoding="utf-8"
    )
    assert not announced([str(tmp_path)])
    (info / "entry_points.txt").write_text(
        "[footprint.collectors]\nhouse = house_plugin:Meter\n", encoding="utf-8"
    )
    (tmp_path / "house_plugin.py").write_text(
        "class Meter:\n    name, tier, reason = 'house', 'meter', None\n"
        "    def cumulative_kwh(self):\n        return 0.25\n",
        encoding="utf-8",
    )
    code = (
        "from collectors.plugins import announced, open_plugins\n"
        "print(announced(), [(c.name, c.tier, c.cumulative_kwh()) for c in open_plugins(())])"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.append({str(tmp_path)!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("True [")
    assert "('house', 'meter', 0.25)" in done.stdout


def test_plugins_can_be_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.dist-info").mkdir()
    (tmp_path / "p.dist-info" / "entry_points.txt").write_text("[footprint.collectors]\n", encoding="utf-8")
    assert announced(["/nowhere", str(tmp_path)])
    monkeypatch.setenv("FOOTPRINT_PLUGINS", "0")
    assert not announced([str(tmp_path)])


def test_no_plugin_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch)
    assert list(open_plugins(())) == []


def test_opening_loads_nothing_heavy() -> None:
    code = (
        "import sys; from collectors.channels import open_channels; open_channels()\n"
        "heavy = ('pynvml', 'codecarbon', 'pandas', 'importlib.metadata', 'tomllib', 'ctypes')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
