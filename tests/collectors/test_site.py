from __future__ import annotations

from pathlib import Path

import pytest

from collectors.cpu_table import Processor
from collectors.meter import MeterSpec
from collectors.power_model import host_model, measured_model, thread_model
from collectors.records import Machine
from collectors.site import (
    BadSite,
    SiteHost,
    find_host,
    read_site,
    site_machine,
    site_model,
    site_path,
)

EXAMPLE = Path(__file__).parents[2] / "collectors" / "site.example.toml"
MACHINE = Machine(8, 2, 64.0, "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", False, "0123456789ab")
KNOWN = Processor("Intel Xeon Gold 6330", 205.0, 28, 2021, "table")


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def site(text: str) -> Path:
        path = tmp_path / "site.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    return site


def test_the_example_reads_whole() -> None:
    named, kind = read_site(EXAMPLE)
    assert named == SiteHost(
        asset="srv-exemple-01",
        idle_w=120.0,
        full_w=480.0,
        pue=1.4,
        zone="FR",
        gpu_share=0.5,
        gpu_idle_w=40.0,
        meter=MeterSpec(("/usr/local/bin/lire-pdu", "--prise", "7"), max_w=2000.0),
    )
    assert kind == SiteHost(cpu="xeon gold 6330", tdp_w=205.0, chips=2, calibration=1.08)


def test_every_field_is_in_the_example() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    fields = {*SiteHost.__dataclass_fields__, *MeterSpec.__dataclass_fields__}
    assert [name for name in fields if name not in text] == []


def test_no_file_no_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTPRINT_SITE", raising=False)
    assert site_path(tmp_path) == tmp_path / "site.toml"
    assert read_site(site_path(tmp_path)) == ()
    monkeypatch.setenv("FOOTPRINT_SITE", "/etc/x.toml")
    assert site_path(tmp_path) == Path("/etc/x.toml")


def test_the_most_precise_table_wins_then_the_first() -> None:
    by_cpu, second = SiteHost(cpu="xeon gold 6330", tdp_w=1), SiteHost(cpu="xeon gold 6330", tdp_w=2)
    by_asset, by_id = SiteHost(asset="srv"), SiteHost(host_id="0123456789ab")
    hosts = [second, by_cpu, by_asset, by_id]
    assert find_host(hosts, MACHINE, "srv") is by_id
    assert find_host(hosts[:3], MACHINE, "srv") is by_asset
    assert find_host(hosts[:3], MACHINE) is second
    assert find_host([SiteHost(cpu="xeon gold 6330", asset="other")], MACHINE, "srv") is None
    assert find_host([SiteHost(asset="srv")], MACHINE, None) is None


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("[[host]]\ntdp_w = 100", "[[host]] n° 1 :", "host_id, asset ou cpu"),
        (
            "[[host]]\ncpu='x 1'\n[[host]]\ncpu='x 1'\ntdp_w='100'",
            "[[host]] n° 2, tdp_w :",
            "attendu : un nombre",
        ),
        ("[[host]]\ncpu='x 1'\ntdp_w=true", "tdp_w", "un nombre de 1 à 2000 W"),
        ("[[host]]\ncpu='x 1'\ntdp_w=nan", "tdp_w", "nan refusée"),
        ("[[host]]\ncpu='x 1'\npue=0.9", "pue", "un nombre de 1 à 5"),
        ("[[host]]\ncpu='x 1'\ngpu_share=1.5", "gpu_share", "1.5 refusée"),
        ("[[host]]\ncpu='x 1'\ngpu_share=0", "gpu_share", "0 refusée"),
        ("[[host]]\ncpu='x 1'\nchips=2.0", "chips", "un entier de 1 à 64"),
        ("[[host]]\ncpu='x 1'\ntpd_w=100", "tpd_w", "(tdp_w)"),
        ("[[host]]\ncpu=' '", "cpu", "un texte"),
        ("[[host]]\ncpu='x 1'\nidle_w=100", "idle_w, full_w", "les deux puissances ensemble"),
        ("[[host]]\ncpu='x 1'\nidle_w=100\nfull_w=90", "full_w", "plus que idle_w"),
        ("[[host]]\ncpu='x 1'\nmeter='x'", "meter", "une table"),
        ("[[host]]\ncpu='x 1'\n[host.meter]", "meter", "soit command, soit file"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\nfile='/x'\ncommand=['x']", "meter", "soit command, soit file"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\nfile='x'", "meter.file", "un chemin absolu"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\ncommand='read it'", "meter.command", "une liste"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\ncommand=[]", "meter.command", "une liste"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\nfile='/x'\nquantity='W'", "meter.quantity", "power_w, energy_j"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\nfile='/x'\nperiod_s=0.1", "meter.period_s", "0.1 refusée"),
        ("[[host]]\ncpu='x 1'\n[host.meter]\nfile='/x'\nincludes_gpu=1", "meter.includes_gpu", "true, false"),
        ("host = 3", "fichier", "[[host]]"),
        ("host = [3]", "[[host]] n° 1", "une table"),
        ("[site]\na=1", "fichier", "[[host]]"),
        ("[[host]\n", "fichier", "line 1"),
    ],
)
def test_errors_are_located(write, text: str, where: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadSite) as caught:
        read_site(write(text))
    assert str(caught.value).startswith("Fichier de site site.toml, ")
    assert where in caught.value.fr
    assert expected in caught.value.fr
    assert caught.value.en.startswith("Site file site.toml, ")


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(BadSite, match="illisible"):
        read_site(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"[[host]]\ncpu='\xe9'")
    with pytest.raises(BadSite, match="TOML"):
        read_site(tmp_path / "latin.toml")


def test_a_command_in_a_file_anyone_may_write_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    path = write("[[host]]\ncpu='x 1'\n[host.meter]\ncommand=['x']")
    path.chmod(0o666)
    with pytest.raises(BadSite, match="chmod o-w"):
        read_site(path)
    path = write("[[host]]\ncpu='x 1'\n[host.meter]\nfile='/x'")
    path.chmod(0o666)
    assert len(read_site(path)) == 1


def test_two_measured_powers_make_the_model() -> None:
    model = site_model(MACHINE, KNOWN, SiteHost(asset="a", idle_w=100.0, full_w=500.0))
    assert (model.rule, model) == ("site", measured_model(100.0, 500.0))
    assert [round(model.power(u).value, 3) for u in (0.0, 0.5, 1.0)] == [
        100.0,
        round(100 + 400 * 0.329 / 0.781, 3),
        500.0,
    ]
    assert model.power(0.3).low == pytest.approx(0.9 * model.power(0.3).value)
    assert model.power(0.3).high == pytest.approx(1.1 * model.power(0.3).value)


def test_what_is_declared_replaces_the_table() -> None:
    declared = site_model(MACHINE, KNOWN, SiteHost(asset="a", tdp_w=150.0, chips=4, calibration=1.2))
    expected = host_model(150.0, 4, 64.0, generation_known=True)
    assert (declared.points_w, declared.calibration) == (expected.points_w, 1.2)
    assert site_model(MACHINE, KNOWN, SiteHost(asset="a", calibration=1.2), 1.5).calibration == 1.5
    unknown = site_model(MACHINE, None, SiteHost(asset="a", tdp_w=150.0))
    assert unknown == host_model(150.0, 2, 64.0, generation_known=False)
    assert site_model(MACHINE, None, None) == thread_model(8)
    assert site_machine(MACHINE, SiteHost(chips=4)).chips == 4
    assert site_machine(MACHINE, None) is MACHINE


def test_a_refused_text_is_never_repeated(write) -> None:  # type: ignore[no-untyped-def]
    secret = "/usr/local/bin/read --password hunter2"
    with pytest.raises(BadSite) as caught:
        read_site(write(f"[[host]]\ncpu='x 1'\n[host.meter]\ncommand='{secret}'"))
    assert "hunter2" not in caught.value.fr + caught.value.en + str(caught.value)


def test_a_named_file_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_SITE", str(tmp_path / "nope.toml"))
    with pytest.raises(BadSite, match=r"nope\.toml, fichier : introuvable"):
        read_site(site_path(tmp_path))
    monkeypatch.delenv("FOOTPRINT_SITE")
    assert read_site(site_path(tmp_path)) == ()


def test_measured_powers_are_not_calibrated() -> None:
    site = SiteHost(cpu="x", idle_w=310.0, full_w=1450.0, calibration=2.0)
    assert site_model(MACHINE, None, site, 1.2).power(1.0).value == pytest.approx(1450.0)
