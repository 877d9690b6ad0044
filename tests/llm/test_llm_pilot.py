"""Pilots of fake vLLM and TGI servers, with each source of energy."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collectors.llm.serving import ServingUnreadable
from collectors.records import EnergyRow, Notice
from collectors.spool import read_spool
from footprint.llm import LlmRefused
from footprint.llm.pilot import Pilot, deposit_levels, pilot
from footprint.llm.recorded import RecorderSource
from footprint.llm.sources import DcgmSource, read_index, source_named
from footprint.llm.used import Used
from footprint.lognormal import Z95
from footprint.records.runs import runs
from tests.llm.serving_bench import dcgm_page, serving, tgi, vllm

SPIN = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
TWO_LEVELS = [vllm(0, 0, 0, 0, 0)] * 2 + [vllm(40, 0, 3, 8000, 4000)] * 2 + [vllm(400, 40, 3, 96_000, 48_000)]
"""Before anything, then the beginning and the end of each level: 40 requests, then 400."""


class Fixed:
    """A source that gives these kWh, one a level."""

    def __init__(self, *kwh: float) -> None:
        self.left, self.closed, self.ticks = list(kwh), 0, 0

    def begin(self) -> None:
        """Nothing."""

    def tick(self) -> None:
        self.ticks += 1

    def end(self) -> Used:
        kwh = self.left.pop(0)
        return Used((EnergyRow("essai", "meter", "dynamic", kwh, kwh * 0.98, kwh * 1.02),))

    def close(self) -> None:
        self.closed += 1


def test_levels_join_counts_and_energy_then_fit() -> None:
    asked: list[int] = []
    source = Fixed(0.010, 0.030)
    with serving(TWO_LEVELS) as url:
        found = pilot(url, "vllm", source, 2, 0.05, before=asked.append, period_s=0.01)
    quiet, busy = found.levels
    assert asked == [1, 2]
    assert (quiet.level.requests, busy.level.requests) == (40, 400)  # the aborted ones served nobody
    assert quiet.wh_per_1000(quiet.level.requests) == pytest.approx((250, 245, 255))
    assert busy.wh_per_1000(busy.tokens_out) == pytest.approx(
        (30_000 / 44_000 * 1, 0.98 * 30 / 44, 1.02 * 30 / 44)
    )
    assert (quiet.tokens_in, quiet.tokens_out, quiet.running) == (8000, 4000, 1)
    assert found.fit is not None
    # Both levels last the same: the difference is the requests', but for the clock's jitter.
    assert found.fit.wh_per_request == pytest.approx(20 / 360, rel=0.5)
    assert found.no_fit is None
    assert source.closed == 2
    assert source.ticks >= 2


def test_tgi() -> None:
    with serving([tgi(2, 10, 10), tgi(2, 10, 10), tgi(102, 5010, 2010)]) as url:
        found = pilot(url, "tgi", Fixed(0.01), 1, 0.02, period_s=0.01)
    (level,) = found.levels
    assert (level.level.requests, level.tokens_in, level.tokens_out, level.running) == (100, 5000, 2000, 4)
    assert found.fit is None
    assert found.no_fit is not None
    assert "deux niveaux" in found.no_fit.fr


def test_a_level_without_requests_has_no_figure_a_request() -> None:
    with serving([vllm(5, 0, 0, 5, 5)]) as url:
        (level,) = pilot(url, "vllm", Fixed(0.01), 1, 0.02, period_s=0.01).levels
    assert level.level.requests == 0
    assert level.wh_per_1000(level.level.requests) is None
    assert [notice.code for notice in level.notices] == []


def test_few_requests_and_a_restart_are_told() -> None:
    with serving([vllm(50, 0, 0, 5, 5), vllm(50, 0, 0, 5, 5), vllm(3, 0, 0, 1, 1)]) as url:
        (level,) = pilot(url, "vllm", Fixed(0.01), 1, 0.02, period_s=0.01).levels
    assert level.level.requests == 3
    assert [notice.code for notice in level.notices] == ["serveur_redemarre", "peu_de_requetes"]


def test_gpus_through_dcgm() -> None:
    pages = [dcgm_page(0, 0), dcgm_page(1.8e6, 1.8e6)]
    with (
        serving([vllm(1, 0, 0, 1, 1), vllm(1, 0, 0, 1, 1), vllm(101, 0, 0, 1, 1)]) as url,
        serving(pages) as gpus,
    ):
        source = source_named(f"dcgm:{gpus}", pid=None, zone=None, ask=str)
        (level,) = pilot(url, "vllm", source, 1, 0.02, period_s=0.01).levels
    assert level.level.energy_kwh == pytest.approx(0.001)  # 3.6 kJ
    assert level.tier == "sensor"
    # Two hundredths of a second say nothing of counters that move every 30 s.
    assert level.level.high_kwh > 0.1
    assert [notice.code for notice in level.notices] == ["gpu_seuls", "niveau_court_dcgm"]


def through_dcgm(seconds: float, *pages: str) -> Used:
    """A level of `seconds` by the clock, whose pages are read at its beginning and at its end."""
    now = [0.0]
    with serving(pages) as gpus:
        source = DcgmSource(gpus, clock=lambda: now[-1])
        source.begin()
        now.append(seconds)
        return source.end()


def test_the_refresh_of_dcgm_widens_a_level_by_its_length() -> None:
    used = through_dcgm(3600, dcgm_page(0, 0), dcgm_page(1.8e9, 1.8e9))
    ((*_, kwh, low, high),) = used.rows
    assert kwh == pytest.approx(1.0)
    assert used.independent == pytest.approx(math.log(1 + 30 / 3600) / Z95)
    meter = math.log(1.1 / 0.9) / (2 * Z95)
    assert math.log(high / low) / (2 * Z95) == pytest.approx(math.hypot(meter, used.independent))
    assert [notice.code for notice in used.notices] == ["gpu_seuls"]
    short = through_dcgm(299, dcgm_page(0), dcgm_page(1e8))
    assert [notice.code for notice in short.notices] == ["gpu_seuls", "niveau_court_dcgm"]
    assert short.independent > 10 * used.independent


def test_a_gpu_that_appears_is_not_charged_its_life() -> None:
    used = through_dcgm(600, dcgm_page(5e12), dcgm_page(5e12 + 3.6e8, 9e12))
    assert used.rows[0].kwh == pytest.approx(0.1)
    assert [notice.code for notice in used.notices] == ["gpu_seuls", "gpu_apparu"]


def test_a_power_no_gpu_draws_is_refused_and_told() -> None:
    used = through_dcgm(600, dcgm_page(0, 0), dcgm_page(3.6e8, 9e12))
    assert used.rows[0].kwh == pytest.approx(0.1)
    assert [notice.code for notice in used.notices] == ["gpu_seuls", "gpu_invraisemblable"]
    with pytest.raises(LlmRefused, match="5 kW"):
        through_dcgm(600, dcgm_page(0), dcgm_page(9e12))


def test_a_page_without_gpus_is_refused() -> None:
    with serving([vllm(1, 0, 0, 1, 1)]) as url, serving(["up 1\n"]) as gpus:
        source = source_named(f"dcgm:{gpus}", pid=None, zone=None, ask=str)
        with pytest.raises(ServingUnreadable, match="DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"):
            pilot(url, "vllm", source, 1, 0.02, period_s=0.01)


def test_a_meter_read_by_hand_and_in_a_file(tmp_path: Path) -> None:
    typed = iter(["1 234,500", "1234.7"])
    source = source_named("meter", pid=None, zone=None, ask=lambda: next(typed))
    source.begin()
    (row,) = source.end().rows
    assert row[:3] == ("compteur", "meter", "dynamic")
    assert row[3:] == pytest.approx((0.2, 0.196, 0.204))
    index = tmp_path / "index.txt"
    source = source_named(f"meter:{index}", pid=None, zone=None, ask=str)
    with pytest.raises(LlmRefused, match="Compteur illisible"):
        source.begin()
    index.write_text("10,5\n")
    source.begin()
    with pytest.raises(LlmRefused, match="pas augmenté"):
        source.end()


@pytest.mark.parametrize("text", ["", "kWh", "-3", "nan", "1e999"])
def test_an_index_that_is_no_number(text: str) -> None:
    with pytest.raises(LlmRefused, match="1234,5"):
        read_index(text)


@pytest.mark.parametrize("name", ["rapl", "dcgm", "recorder:3", ""])
def test_unknown_sources(name: str) -> None:
    with pytest.raises(LlmRefused, match="Source d’énergie inconnue"):
        source_named(name, pid=1, zone=None, ask=str)


def test_the_recorder_measures_the_serving_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOOTPRINT_CODECARBON", "0")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    server = subprocess.Popen([sys.executable, "-c", SPIN])
    try:
        time.sleep(0.2)
        with serving([vllm(1, 0, 0, 1, 1), vllm(1, 0, 0, 1, 1), vllm(51, 0, 0, 500, 900)]) as url:
            source = source_named("recorder", pid=server.pid, zone="FR", ask=str)
            (level,) = pilot(url, "vllm", source, 1, 0.6, period_s=0.2).levels
    finally:
        server.kill()
        server.wait()
    assert level.level.requests == 50
    assert level.level.energy_kwh > 0
    assert level.level.low_kwh < level.level.energy_kwh < level.level.high_kwh
    assert level.context["zone"] == "FR"
    assert level.cpu_s is not None
    assert 0 < level.cpu_s < 2 * level.level.seconds  # one busy thread
    assert "repos_au_prorata" in [notice.code for notice in level.notices]
    assert list(tmp_path.glob("footprint-pilot-*")) == []


def test_the_whole_machine_counts_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_CODECARBON", "0")
    with serving([vllm(1, 0, 0, 1, 1)]) as url:
        source = source_named("host", pid=None, zone="FR", ask=str)
        (level,) = pilot(url, "vllm", source, 1, 0.3, period_s=0.1).levels
    assert level.level.requests == 0
    assert {row.component for row in level.rows} >= {"idle_share", "dynamic"}
    assert "idle" not in {row.component for row in level.rows}
    assert next(row.kwh for row in level.rows if row.component == "idle_share") > 0
    # The whole machine is the service's, used or not.
    assert level.cpu_s == pytest.approx(level.context["threads"] * level.level.seconds, rel=0.2)
    assert "machine_reservee" in [notice.code for notice in level.notices]


def test_the_recorder_needs_a_process() -> None:
    with pytest.raises(LlmRefused, match="--pid"):
        source_named("recorder", pid=None, zone=None, ask=str)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(LlmRefused, match="Aucun processus"):
        RecorderSource(ended.pid, None).begin()


def test_a_server_that_ends_meanwhile_stops_the_pilot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FOOTPRINT_CODECARBON", "0")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3)"])
    with serving([vllm(1, 0, 0, 1, 1)]) as url, pytest.raises(LlmRefused, match="arrêté pendant"):
        pilot(url, "vllm", RecorderSource(server.pid, "FR"), 1, 20, period_s=0.1)
    server.wait()
    assert list(tmp_path.glob("footprint-pilot-*")) == []


def test_a_load_command_sets_the_length_of_its_level() -> None:
    with serving(TWO_LEVELS) as url:
        commands = [[sys.executable, "-c", "pass"], [sys.executable, "-c", "import time; time.sleep(60)"]]
        began = time.monotonic()
        found = pilot(url, "vllm", Fixed(0.01, 0.02), 2, 0.8, load=commands, period_s=0.02)
    assert found.levels[0].level.seconds < found.levels[1].level.seconds
    assert found.levels[1].level.seconds >= 0.8
    assert time.monotonic() - began < 30  # the second command was ended with its level


def test_a_load_command_that_fails_or_does_not_exist() -> None:
    with serving(TWO_LEVELS) as url:
        source = Fixed(0.01)
        with pytest.raises(LlmRefused, match="code 3"):
            pilot(
                url,
                "vllm",
                source,
                1,
                20,
                load=[[sys.executable, "-c", "raise SystemExit(3)"]],
                period_s=0.02,
            )
        assert source.closed == 1
        with pytest.raises(LlmRefused, match="impossible à lancer"):
            pilot(url, "vllm", Fixed(0.01), 1, 1, load=[["/nulle/part"]])
        with pytest.raises(LlmRefused, match="une commande par niveau"):
            pilot(url, "vllm", Fixed(0.01), 2, 1, load=[["true"]])


def test_a_wrong_server_or_address_fails_before_any_level() -> None:
    with pytest.raises(LlmRefused, match="Serveur inconnu"):
        pilot("http://127.0.0.1:9/metrics", "ollama", Fixed(), 1, 1)
    with serving([tgi(1, 1, 1)]) as url, pytest.raises(ServingUnreadable, match="vllm:request_success"):
        pilot(url, "vllm", Fixed(), 1, 1)


def test_no_energy_is_refused_not_zero() -> None:
    with serving(TWO_LEVELS) as url, pytest.raises(LlmRefused, match="Énergie nulle"):
        pilot(url, "vllm", Fixed(0.0), 1, 0.02, period_s=0.01)


def test_levels_are_deposited_as_runs(tmp_path: Path) -> None:
    with serving(TWO_LEVELS) as url:
        found = pilot(url, "vllm", Fixed(0.010, 0.030), 2, 0.02, period_s=0.01)
    stored = deposit_levels(found, "ACCUEIL", "petit:1", functional_act="réponse", zone="FR", home=tmp_path)
    assert len(stored) == 2
    assert (
        deposit_levels(found, "ACCUEIL", "petit:1", functional_act="réponse", zone="FR", home=tmp_path) == ()
    )
    kept = {run.requests: run for run in runs(tmp_path)}
    assert set(kept) == {40, 400}
    assert kept[400].energy_kwh == pytest.approx(0.030)
    assert (kept[40].phase, kept[40].model, kept[40].tier) == ("inference", "petit:1", "meter")
    log = read_spool(tmp_path / "spool" / f"{stored[0]}.jsonl")
    assert (log.header["tokens_out"], log.header["source"]) == (4000, "llm-pilot")
    assert "demo/petit-modele" not in (tmp_path / "spool" / f"{stored[0]}.jsonl").read_text()


def test_a_quiet_level_is_not_a_run(tmp_path: Path) -> None:
    with serving([vllm(5, 0, 0, 5, 5)]) as url:
        found = pilot(url, "vllm", Fixed(0.01), 1, 0.02, period_s=0.01)
    assert isinstance(found, Pilot)
    assert deposit_levels(found, "A", None, home=tmp_path) == ()


class Driver:
    """GPUs whose counter gains 1 Wh a reading; none when `present` is False."""

    present = True

    def __init__(self) -> None:
        self.active, self.readings = self.present, 0
        self.reason = None if self.present else Notice("sans_gpu", "Pas de pilote.", "No driver.")

    def host_kwh(self) -> float:
        self.readings += 1
        return self.readings * 0.001


def test_gpus_through_their_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footprint.llm.sources.NvmlChannel", Driver)
    source = source_named("nvml", pid=None, zone=None, ask=str)
    source.begin()
    source.tick()
    used = source.end()
    source.close()
    # The channel counts from its opening: the driver's third reading.
    assert used.rows[0][:3] == ("nvml", "sensor", "gpu")
    assert used.rows[0][3:] == pytest.approx((0.003, 0.0027, 0.0033))
    assert [notice.code for notice in used.notices] == ["gpu_seuls"]
    monkeypatch.setattr(Driver, "present", False)
    with pytest.raises(LlmRefused, match="Pas de pilote"):
        source_named("nvml", pid=None, zone=None, ask=str).begin()
