"""CodeCarbon's files: rows as version 3.3.2 writes them, older columns, the API's JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.pulls.codecarbon_files import CodeCarbonChoices, read_codecarbon
from collectors.pulls.found import Found, Measure, SourceUnreadable

CHOICES = CodeCarbonChoices(timezone="UTC")
HEADER = (
    "timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,"
    "cpu_energy,gpu_energy,ram_energy,energy_consumed,water_consumed,country_name,country_iso_code,region,"
    "cloud_provider,cloud_region,os,python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_model,"
    "longitude,latitude,ram_total_size,tracking_mode,cpu_utilization_percent,gpu_utilization_percent,"
    "ram_utilization_percent,ram_used_gb,on_cloud,pue,wue\n"
)


def row(
    run: str = "r1", seconds: float = 60, cpu: float = 0.002, gpu: float = 0.005, ram: float = 0.001, *,
    country: str = "FRA", region: str = "", mode: str = "process", pue: float = 1.0, stamp: str = "2026-03-04T09:00:00",
) -> str:  # fmt: skip
    total = cpu + gpu + ram
    return (
        f"{stamp},courrier,{run},e1,{seconds},0.0003,2e-7,2,0,10,{cpu},{gpu},{ram},{total},0.0,X,{country},{region},,,"
        f"Linux-x86_64,3.11.7,3.3.2,8,AMD EPYC,1,,2.3,48.8,23.5,{mode},0,0,2.1,0.4,N,{pue},0\n"
    )


def read(folder: Path, text: str, choices: CodeCarbonChoices = CHOICES, name: str = "emissions.csv") -> Found:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_codecarbon(path, choices)


def only(found: Found) -> Measure:
    (measure,) = found.measures
    return measure


def rows_of(measure: Measure) -> list[tuple[str, str, float]]:
    return [(row.tier, row.component, row.kwh) for row in measure.slices[0].rows]


def test_a_run_with_its_processors_and_gpu_apart(tmp_path: Path) -> None:
    measure = only(read(tmp_path, HEADER + row()))
    assert rows_of(measure) == [("model", "total", 0.003), ("sensor", "gpu", 0.005)]
    assert measure.end == datetime(2026, 3, 4, 9, tzinfo=UTC).timestamp()
    assert measure.end - measure.start == 60
    assert (measure.zone, measure.name, measure.subject) == ("FRA", "courrier", "run")
    assert measure.context == {"cpu_model": "AMD EPYC", "threads": 8}
    assert measure.said == {"emissions_kgco2e": 0.0003}


def test_rows_of_a_run_are_cumulative_the_last_counts(tmp_path: Path) -> None:
    text = HEADER + row(seconds=120, cpu=0.004) + row(seconds=60) + row("r2") + row(seconds=90, cpu=0.003)
    found = read(tmp_path, text)
    assert [measure.identity[0] for measure in found.measures] == ["r1", "r2"]
    assert rows_of(found.measures[0])[0] == ("model", "total", 0.005)


def test_columns_in_any_order_and_of_an_old_version(tmp_path: Path) -> None:
    text = "energy_consumed,project_name,duration,timestamp\n"
    text += "0.5,a,3600,2026-03-04T09:00:00\n0.5,a,3600,2026-03-04T11:00:00\n"
    found = read(tmp_path, text)
    assert [rows_of(measure) for measure in found.measures] == [[("model", "total", 0.5)]] * 2
    assert found.measures[0].identity != found.measures[1].identity


def test_saved_again_by_a_french_spreadsheet(tmp_path: Path) -> None:
    text = "timestamp;project_name;run_id;duration;energy_consumed\n04/03/2026 09:00:00;a;r;3600,5;0,512\n"
    assert rows_of(only(read(tmp_path, text))) == [("model", "total", 0.512)]


def test_tasks_of_a_run_each_count(tmp_path: Path) -> None:
    text = (
        "task_name,timestamp,project_name,run_id,duration,energy_consumed\n"
        "lire,2026-03-04T09:00:00,a,r,10,0.01\napprendre,2026-03-04T09:01:00,a,r,50,0.03\n"
    )
    assert [rows_of(m)[0][2] for m in read(tmp_path, text).measures] == [0.01, 0.03]


def test_tasks_are_in_their_run_when_it_is_there(tmp_path: Path) -> None:
    text = (
        "task_name,timestamp,project_name,run_id,duration,energy_consumed\n"
        "lire,2026-03-04T09:00:00,a,r,10,0.05\n,2026-03-04T09:01:00,a,r,60,0.2\n"
    )
    found = read(tmp_path, text)
    assert rows_of(only(found)) == [("model", "total", 0.2)]
    assert [notice.code for notice in found.notices] == ["heures_locales", "taches_comprises"]


def test_energy_that_is_mostly_the_memorys_is_said(tmp_path: Path) -> None:
    measure = only(read(tmp_path, HEADER + row(cpu=0.002, gpu=0, ram=0.003)))
    assert [notice.code for notice in measure.notices] == ["memoire_dominante"]


def test_its_own_pue_is_taken_out(tmp_path: Path) -> None:
    assert rows_of(only(read(tmp_path, HEADER + row(cpu=0.003, gpu=0, ram=0.001, pue=2.0)))) == [
        ("model", "total", 0.002)
    ]


def test_the_country_it_falls_back_on_is_not_believed(tmp_path: Path) -> None:
    measure = only(read(tmp_path, HEADER + row(country="CAN")))
    assert measure.zone is None
    assert [notice.code for notice in measure.notices] == ["canada_par_defaut"]
    assert only(read(tmp_path, HEADER + row(country="CAN", region="quebec"))).zone == "CAN"
    told = only(read(tmp_path, HEADER + row(country="CAN"), CodeCarbonChoices(timezone="UTC", zone="RE")))
    assert (told.zone, told.notices) == ("RE", ())


def test_whole_machine_and_rapl(tmp_path: Path) -> None:
    measure = only(
        read(tmp_path, HEADER + row(mode="machine"), CodeCarbonChoices(timezone="UTC", tier="sensor"))
    )
    assert [notice.code for notice in measure.notices] == ["machine_entiere"]
    assert measure.slices[0].rows[0].tier == "sensor"


def test_bad_rows_are_located(tmp_path: Path) -> None:
    text = HEADER + row() + row("r2", stamp="hier") + row("r3", cpu=1e9) + row("r4", cpu=0, gpu=0, ram=0)
    text += row("r5").replace("60,", "soixante,", 1) + "r6\n"
    found = read(tmp_path, text)
    assert [measure.identity[0] for measure in found.measures] == ["r1"]
    assert sorted((fault.line, fault.column, fault.code) for fault in found.faults) == [
        (3, "timestamp", "date"),
        (4, "energy_consumed", "impossible"),
        (5, "energy_consumed", "impossible"),
        (6, "duration", "nombre"),
        (7, "", "cellules"),
    ]


def test_the_local_hour_is_the_machines(tmp_path: Path) -> None:
    measure = only(read(tmp_path, HEADER + row(), CodeCarbonChoices(timezone="Europe/Paris")))
    assert measure.end == datetime(2026, 3, 4, 8, tzinfo=UTC).timestamp()


def emission(run: str, seconds: float, energy: float, stamp: str) -> dict[str, object]:
    return {
        "id": f"{run}{stamp}", "timestamp": stamp, "run_id": run, "duration": seconds, "emissions_sum": 0.0001,
        "emissions_rate": 1e-6, "cpu_power": 10, "gpu_power": 0, "ram_power": 3, "cpu_energy": energy,
        "gpu_energy": 0, "ram_energy": 0, "energy_consumed": energy,
    }  # fmt: skip


def test_emissions_of_the_api_are_differences_added_up_by_run(tmp_path: Path) -> None:
    items = [
        emission("r1", 30, 0.01, "2026-03-04T09:00:30+00:00"),
        emission("r1", 30, 0.02, "2026-03-04T09:01:00+00:00"),
        emission("r2", 30, 0.04, "2026-03-04T10:00:00+00:00"),
    ]
    about = {
        "id": "r1",
        "timestamp": "2026-03-04T09:00:00+00:00",
        "experiment_id": "e",
        "cpu_model": "Xeon",
        "cpu_count": 4,
    }
    for shape in (
        [*items, about],
        {"items": [*items, about], "total": 4},
        {"emissions": items, "runs": [about]},
    ):
        found = read(tmp_path, json.dumps(shape), name="api.json")
        first, second = found.measures
        assert rows_of(first) == [("model", "total", pytest.approx(0.03))]
        assert (first.end - first.start, first.context) == (60, {"cpu_model": "Xeon", "threads": 4})
        assert rows_of(second) == [("model", "total", 0.04)]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"detail":"Not authenticated"}', "[" * 50_000])
def test_json_without_energy_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceUnreadable):
        read(tmp_path, text, name="api.json")


def test_another_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"emissions\.csv"):
        read(tmp_path, "a,b\n1,2\n")


def test_nothing_of_the_place_or_machine_leaks(tmp_path: Path) -> None:
    measure = only(read(tmp_path, HEADER + row()))
    kept = repr((measure.context, measure.slices, measure.notices))
    assert not any(word in kept for word in ("48.8", "Linux", "3.11.7", "courrier"))
