"""carbontracker's logs, as version 2.4.3 writes them; SLURM's accounting; the Green Algorithms form."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.pulls.carbontracker import read_carbontracker
from collectors.pulls.found import BadOption, SourceUnreadable
from collectors.pulls.green_algorithms import Computation, core_watts, declared_run, energies
from collectors.pulls.sacct import SacctChoices, joules, read_sacct

NAME = "15248.216939_2026-03-04T085427Z_carbontracker"
OUTPUT = """2026-03-04 08:54:27 - CarbonTracker: The following components were found: CPU with device(s) Sim CPU.
2026-03-04 08:54:30 - CarbonTracker:\x20
Predicted consumption for 5 epoch(s):
	Time:	0:00:13
	Energy:	0.000274322455 kWh
	CO2eq:	0.122073492385 g
	This is equivalent to:
	0.001143010228 km travelled by car
2026-03-04 08:54:32 - CarbonTracker: Average carbon intensity during training was 445.00 gCO2eq/kWh.\x20
2026-03-04 08:54:32 - CarbonTracker:\x20
Actual consumption for 2 epoch(s):
	Time:	0:00:05
	Energy:	0.000109728433 kWh
	CO2eq:	0.048829152490 g
	This is equivalent to:
	0.000457201802 km travelled by car
2026-03-04 08:54:32 - CarbonTracker: Finished monitoring.
"""
STANDARD = """2026-03-04 08:54:27 - carbontracker version 2.4.3
2026-03-04 08:54:27 - Only predicted and actual consumptions are multiplied by a PUE coefficient of 1.58 (a survey).
2026-03-04 08:54:27 - The following components were found: {device}.
2026-03-04 08:54:30 - Epoch 1:
2026-03-04 08:54:30 - Duration: 0:00:02.50
2026-03-04 08:54:30 - Average power usage (W) for cpu: 50.0
"""


def logs(folder: Path, output: str = OUTPUT, device: str | None = "CPU with device(s) Sim CPU") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{NAME}_output.log"
    path.write_text(output)
    if device:
        (folder / f"{NAME}.log").write_text(STANDARD.format(device=device))
    return path


def test_actual_counts_without_its_pue_and_predicted_never(tmp_path: Path) -> None:
    logs(tmp_path / "logs")
    (measure,) = read_carbontracker(tmp_path / "logs", "UTC").measures
    (row,) = measure.slices[0].rows
    assert row.kwh == pytest.approx(0.000109728433 / 1.58)
    assert row.kwh * 3.6e6 == pytest.approx(50 * 5, rel=0.001)
    assert row.tier == "model"
    assert (measure.start, measure.end) == tuple(
        datetime(2026, 3, 4, 8, 54, second, tzinfo=UTC).timestamp() for second in (27, 32)
    )
    assert [notice.code for notice in measure.notices] == ["mesure_partielle"]
    assert measure.said == {"pue": 1.58, "emissions_gco2e": 0.048829152490}


@pytest.mark.parametrize(
    ("device", "tier"),
    [
        ("CPU with device(s) cpu:0, cpu:1", "sensor"),
        ("GPU with device(s) NVIDIA A100. CPU with device(s) cpu:0", "sensor"),
        ("GPU with device(s) NVIDIA A100", "sensor"),
        ("CPU with device(s) AMD EPYC 7763", "model"),
    ],
)
def test_sensors_are_known_by_their_names(tmp_path: Path, device: str, tier: str) -> None:
    (measure,) = read_carbontracker(logs(tmp_path, device=device)).measures
    assert measure.slices[0].rows[0].tier == tier


def test_a_log_alone_keeps_its_unknown_pue_and_says_so(tmp_path: Path) -> None:
    (measure,) = read_carbontracker(logs(tmp_path, device=None)).measures
    assert measure.slices[0].rows[0].kwh == 0.000109728433
    assert [notice.code for notice in measure.notices] == ["pue_inconnu", "mesure_partielle"]


def test_a_log_of_predictions_counts_nothing(tmp_path: Path) -> None:
    found = read_carbontracker(logs(tmp_path, OUTPUT.replace("Actual", "Predicted")))
    assert found.measures == ()
    assert [fault.code for fault in found.faults] == ["rien_de_mesure"]
    assert "prédictions seulement" in found.faults[0].fr


def test_the_text_before_2_0_without_epochs(tmp_path: Path) -> None:
    text = OUTPUT.replace("Actual consumption for 2 epoch(s):", "Actual consumption:")
    (measure,) = read_carbontracker(logs(tmp_path, text)).measures
    assert measure.slices[0].rows[0].kwh > 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("0.000109728433 kWh", "1e9 kWh", "impossible"),
        ("0:00:05", "cinq", "illisible"),
        ("0.000109728433", "x", "illisible"),
    ],
)
def test_bad_blocks_are_located(tmp_path: Path, old: str, new: str, code: str) -> None:
    found = read_carbontracker(logs(tmp_path, OUTPUT.replace(old, new)))
    assert [(fault.line, fault.code) for fault in found.faults] == [(11, code)]


def test_a_folder_without_logs(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="log_dir"):
        read_carbontracker(tmp_path)


SACCT = "JobID|JobName|Account|State|Start|End|ElapsedRaw|NCPUS|AllocTRES|ConsumedEnergyRaw\n"


def job(
    number: str, energy: str, *, state: str = "COMPLETED", tres: str = "billing=16,cpu=16,mem=64G,node=1",
    start: str = "2026-03-04T09:00:00", end: str = "2026-03-04T10:00:00",
) -> str:  # fmt: skip
    return f"{number}|train|courrier|{state}|{start}|{end}|3600|16|{tres}|{energy}\n"


def sacct(
    folder: Path, text: str, **choices: object
) -> tuple[dict[str, float], dict[str, str], list[list[str]]]:
    """Joules by job, faults by value of their line, and codes of notices."""
    path = folder / "sacct.txt"
    path.write_text(SACCT + text)
    found = read_sacct(path, SacctChoices(timezone="UTC", **choices))  # type: ignore[arg-type]
    energy = {m.identity[0]: round(m.slices[0].kwh * 3.6e6, 6) for m in found.measures}
    faults = {str(fault.line): fault.code for fault in found.faults}
    return energy, faults, [[notice.code for notice in m.notices] for m in found.measures]


def test_a_job_counts_once_whatever_its_steps(tmp_path: Path) -> None:
    text = job("7", "720000") + job("7.batch", "720000") + job("7.extern", "720000") + job("7.0", "700000")
    energy, faults, notices = sacct(tmp_path, text, exclusive=True)
    assert (energy, faults, notices) == ({"7": 720_000}, {}, [[]])


def test_without_its_own_energy_the_largest_step_counts(tmp_path: Path) -> None:
    text = job("7", "") + job("7.batch", "1000") + job("7.0", "700000") + job("7.1", "600000")
    energy, _, notices = sacct(tmp_path, text, exclusive=True)
    assert energy == {"7": 700_000}
    assert notices == [["etape_seule"]]


@pytest.mark.parametrize(
    "value", ["0", "", "4294967294", "4294967295", "18446744073709551614", "18446744073709551615"]
)
def test_what_slurm_writes_for_unknown_is_not_an_energy(tmp_path: Path, value: str) -> None:
    energy, faults, _ = sacct(tmp_path, job("7", value))
    assert (energy, faults) == ({}, {"2": "sans_energie"})


def test_impossible_unfinished_and_unreadable_jobs(tmp_path: Path) -> None:
    text = job("1", str(10**9)) + job("2", "5", state="RUNNING", end="Unknown") + job("3", "5", start="None")
    text += (
        job("4", "beaucoup") + job("5", "360000", state="CANCELLED by 1234") + job("6", "5", state="PENDING")
    )
    energy, faults, _ = sacct(tmp_path, text)
    assert energy == {"5": 360_000}
    assert faults == {"2": "impossible", "3": "pas_fini", "4": "date", "5": "nombre", "7": "pas_fini"}


def test_a_quote_in_the_name_of_a_job_swallows_no_other(tmp_path: Path) -> None:
    text = job("1", "360000").replace("train", '"train') + job("2", "360000") + job("3", "360000")
    assert sacct(tmp_path, text) == ({"1": 360_000, "2": 360_000, "3": 360_000}, {}, [["noeud_partage"]] * 3)


def test_a_job_whose_cells_are_shifted_is_said(tmp_path: Path) -> None:
    text = (
        job("1", "360000").replace("train", "a|b") + job("2", "360000") + job("3", "1").replace("train|", "")
    )
    energy, faults, _ = sacct(tmp_path, text)
    assert (energy, faults) == ({"2": 360_000}, {"2": "cellules", "4": "cellules"})


def test_shared_nodes_are_said_unless_whole(tmp_path: Path) -> None:
    assert sacct(tmp_path, job("7", "360000"))[2] == [["noeud_partage"]]
    assert sacct(tmp_path, job("7", "360000"), node_cpus=64)[2] == [["noeud_partage"]]
    assert sacct(tmp_path, job("7", "360000"), node_cpus=16)[2] == [[]]
    path = tmp_path / "sacct.txt"
    (measure,) = read_sacct(path, SacctChoices(timezone="UTC", node_cpus=64)).measures
    (row,) = measure.slices[0].rows
    assert (row.kwh, row.low_kwh, row.high_kwh) == pytest.approx((0.1, 0.1 * 0.9 * 16 / 64, 0.11))


def test_units_of_consumed_energy(tmp_path: Path) -> None:
    assert [joules(text) for text in ("4.58M", "101.63K", "12", "1.2G")] == [4.58e6, 101_630.0, 12.0, 1.2e9]
    path = tmp_path / "s.txt"
    path.write_text("JobID|Start|End|ConsumedEnergy\n1|2026-03-04T09:00:00|2026-03-04T10:00:00|4.58M\n")
    (measure,) = read_sacct(path, SacctChoices(timezone="UTC")).measures
    assert measure.slices[0].kwh == pytest.approx(4.58 / 3.6)


def test_the_user_is_never_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    line = "1|dupont|2026-03-04T09:00:00|2026-03-04T10:00:00|CANCELLED by 1234|4.58M\n"
    line += "2|dupont|x|y|CANCELLED by 1234|1\n"
    path.write_text(
        "JobID|User|Start|End|State|ConsumedEnergy\n" + line + "3|dupont|x|y|REQUEUED by 1234|1\n"
    )
    assert not any(word in repr(read_sacct(path, SacctChoices())) for word in ("dupont", "1234"))


def test_another_file_says_the_command(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    path.write_text("a|b\n1|2\n")
    with pytest.raises(SourceUnreadable, match="sacct -P"):
        read_sacct(path, SacctChoices())


def test_the_green_algorithms_formula() -> None:
    """12 h of 12 cores of 12 W and 64 GB: 12 x (144 + 64 x 0.3725) / 1000 kWh."""
    asked = Computation(hours=12, cores=12, core_w=12, memory_gb=64, pue=1.67)
    assert energies(asked) == (pytest.approx(2.01408), 0.0)
    measure = declared_run(asked, 0.0, "", "GB")
    (row,) = measure.slices[0].rows
    assert (row.tier, row.low_kwh, row.high_kwh) == (
        "declared",
        pytest.approx(2.01408 * 0.8),
        pytest.approx(2.01408 * 1.2),
    )
    assert measure.said["energy_with_pue_kwh"] == pytest.approx(2.01408 * 1.67)


def test_repetitions_usage_and_gpus() -> None:
    asked = Computation(hours=2, cores=4, core_w=10, core_usage=0.5, gpus=2, gpu_w=300, gpu_usage=0.5, runs=3)
    assert energies(asked) == (pytest.approx(0.12), pytest.approx(1.8))
    measure = declared_run(asked, 100.0, "", None)
    assert measure.end - measure.start == 6 * 3600
    assert [row.component for row in measure.slices[0].rows] == ["total", "gpu"]


@pytest.mark.parametrize(
    ("fields", "option"),
    [
        ({"hours": 0.0, "cores": 1.0, "core_w": 1.0}, "--hours"),
        ({"hours": float("nan"), "cores": 1.0}, "--hours"),
        ({"hours": 1.0, "cores": -1.0}, "--cores"),
        ({"hours": 1.0, "cores": 1.0, "core_w": 1.0, "core_usage": 50.0}, "--core-usage"),
        ({"hours": 1.0, "cores": 1.0, "core_w": 1.0, "pue": 0.5}, "--pue"),
        ({"hours": 1.0}, "--memory-gb"),
    ],
)
def test_senseless_computations_are_refused(fields: dict[str, float], option: str) -> None:
    with pytest.raises(BadOption, match=option):
        declared_run(Computation(**fields), 0.0, "", None)


def test_a_processor_of_the_table_gives_the_power_of_its_cores() -> None:
    with pytest.raises(BadOption, match="--core-w"):
        core_watts("Processeur imaginaire 9000")
    assert core_watts("Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz") == pytest.approx(270 / 40)
