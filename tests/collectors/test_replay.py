from __future__ import annotations

from pathlib import Path

import pytest

from collectors.power_model import PowerModel, measured_model
from collectors.records import EnergyRow, Machine
from collectors.replay import play, relabelled
from collectors.trace import COLUMNS, SYNTHETIC, BadTrace, read_trace

MACHINE = Machine(threads=16, chips=1, ram_gb=64.0, cpu_model=None, virtual=False, host_id=None)
MODEL = measured_model(70.0, 250.0)


def trace(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trace.csv"


def energies(rows: tuple[EnergyRow, ...]) -> dict[str, float]:
    return {row.component: row.kwh * 3.6e6 for row in rows}


def test_an_hour_on_a_virtual_clock() -> None:
    recorded = read_trace(SYNTHETIC)
    replayed = play(recorded, MACHINE, MODEL)
    assert len(replayed.samples) == 3600
    last = replayed.samples[-1]
    assert last.seconds == 3600.0
    assert last.cpu_s == pytest.approx(25186.6)
    # Nothing passes for a measurement.
    assert {(row.channel, row.tier) for row in last.rows} == {("replay", "declared")}
    assert replayed.notice.code == "rejeu"
    # All of the GPUs, and a part of the rest.
    by_component = energies(last.rows)
    assert set(by_component) == {"dynamic", "idle_share", "gpu"}
    assert by_component["gpu"] == pytest.approx(sum(joules or 0.0 for joules in recorded.gpu_j))
    host = sum(joules or 0.0 for joules in recorded.host_j)
    assert 0.3 * host < by_component["dynamic"] + by_component["idle_share"] < host


def test_the_same_trace_gives_the_same_samples() -> None:
    recorded = read_trace(SYNTHETIC)
    assert play(recorded, MACHINE, MODEL, 7.0) == play(recorded, MACHINE, MODEL, 7.0)


def test_a_host_keeps_all_its_energy(file: Path) -> None:
    text = "seconds,utilisation,cpu_w,gpu_w\n0,0,,\n10,0.5,100,50\n20,0.1,50,\n30,0.2,80,20\n"
    replayed = play(read_trace(trace(file, text)), MACHINE, MODEL)
    by_component = energies(replayed.samples[-1].rows)
    assert by_component["idle"] + by_component["dynamic"] == pytest.approx(1000 + 500 + 800)
    assert by_component["gpu"] == pytest.approx(500 + 200)
    assert replayed.samples[4].utilisation == pytest.approx(0.5)
    assert [sample.seconds for sample in replayed.samples[:2]] == [1.0, 2.0]


def test_unknown_is_modelled_not_zero(file: Path) -> None:
    flat = PowerModel("test", (100.0,) * 11, ((0.0, 1.0, 1.0), (1.0, 1.0, 1.0)))
    text = "seconds,utilisation,rapl_j\n0,0,1000\n10,0.5,1500\n20,0.5,\n30,0.5,4000\n40,0.5,4300\n"
    recorded = read_trace(trace(file, text))
    assert recorded.host_j == (500.0, None, None, 300.0)
    total = sum(energies(play(recorded, MACHINE, flat, 10.0).samples[-1].rows).values())
    # 500 J counted, 20 s modelled at 100 W, then one interval to find an origin again (modelled too).
    assert total == pytest.approx(500 + 2000 + 1000)


def test_counted_energy_comes_before_power_and_the_last_step_is_cut(file: Path) -> None:
    text = "seconds;utilisation;cpu_w;rapl_j;run_cpu_s\n0;0;;0;0\n2,5;0,5;999;100;20\n"
    recorded = read_trace(trace(file, text))
    assert (recorded.host_j, recorded.run_s, recorded.seconds) == ((100.0,), (20.0,), 2.5)
    samples = play(recorded, MACHINE, MODEL).samples
    assert [sample.seconds for sample in samples] == [1.0, 2.0, 2.5]
    assert samples[-1].cpu_s == 20.0
    # All the busy time is the run's, at most half of the capacity.
    assert energies(samples[-1].rows)["idle_share"] == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "colonnes absentes"),
        ("seconds,load\n", 1, "seconds, load"),
        ("seconds,utilisation,utilisation\n", 1, "sans doublon"),
        ("seconds,utilisation\n", 1, "au moins deux lignes"),
        ("seconds,utilisation\n0,0\n", 2, "au moins deux lignes"),
        ("seconds,utilisation\n0,0\n10,1.5\n", 3, "colonne utilisation, valeur « 1.5 »"),
        ("seconds,utilisation\n0,0\n10,-1\n", 3, "à partir de 0, au plus 1"),
        ("seconds,utilisation\n0,0\n10,\n", 3, "valeur «  »"),
        ("seconds,utilisation\n0,0\n10,nan\n", 3, "« nan »"),
        ("seconds,utilisation\n0,0\n10,0\n10,0\n", 4, "colonne seconds, valeur « 10 »"),
        ("seconds,utilisation,cpu_w\n0,0,\n10,0,200000\n", 3, "colonne cpu_w"),
        ("seconds,utilisation,gpu_w\n0,0,\n10,0,inf\n", 3, "colonne gpu_w"),
        ("seconds,utilisation,rapl_j\n0,0,10\n10,0,9\n", 3, "à partir de 10"),
        ("seconds,utilisation\n0,0\n10,\"a\n", 3, "CSV illisible"),
        ("seconds,utilisation\n0,0\n10,0,5\n", 3, "plus de cellules"),
    ],
)  # fmt: skip
def test_errors_are_located(file: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(BadTrace) as caught:
        read_trace(trace(file, text))
    assert caught.value.line == line
    assert str(caught.value).startswith(f"trace.csv, ligne {line} : ")
    assert said in caught.value.fr
    assert caught.value.en.startswith(f"trace.csv, line {line}: ")


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(BadTrace, match="illisible"):
        read_trace(tmp_path)
    (tmp_path / "latin.csv").write_bytes(b"seconds,utilisation\n\xe9")
    with pytest.raises(BadTrace, match="UnicodeDecodeError"):
        read_trace(tmp_path / "latin.csv")


def test_what_ships_says_it_is_made_up() -> None:
    assert "synthetic" in SYNTHETIC.name
    assert set(SYNTHETIC.read_text(encoding="utf-8").splitlines()[0].split(",")) <= set(COLUMNS)


def test_rows_of_several_channels_are_one() -> None:
    rows = (
        EnergyRow("m5", "model", "dynamic", 1.0, 0.5, 2.0),
        EnergyRow("x", "sensor", "dynamic", 2.0, 1.8, 2.2),
    )
    assert relabelled(rows) == (EnergyRow("replay", "declared", "dynamic", 3.0, 2.3, 4.2),)
