"""collect: from files to the spool and the store, once each; what it prints; what it refuses."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from collectors.pulls.found import Found, Measure, Slice, SourceError, energy_row
from collectors.records import Notice
from collectors.rollup import energy_records
from collectors.spool import read_spool
from footprint.cli import collecting
from footprint.errors import StoreReadOnly
from footprint.home import spool_dir
from footprint.records.collecting import Chosen, collect

app = typer.Typer()
collecting.register(app)

DAY = 86_400.0
MARCH = 1_772_323_200.0  # 2026-03-01 00:00 UTC
CODECARBON = (
    "timestamp,project_name,run_id,duration,energy_consumed,country_iso_code\n"
    "2026-03-04T09:00:00,courrier,r1,3600,0.5,FRA\n2026-03-04T11:00:00,paie,r2,3600,0.25,FRA\nhier,x,r3,1,1,FRA\n"
)


def run(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["collect", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def read_json(*words: object) -> dict[str, object]:
    return json.loads(run(*words, "--json").stdout)


def spooled(home: Path | None = None) -> float:
    """kWh of every record of the spool, as the store will read them."""
    logs = [read_spool(path) for path in spool_dir(home).glob("*.jsonl")]
    assert all(not log.bad for log in logs)
    return sum(record.energy_kwh for log in logs for record in energy_records(log))


def site(*spans: tuple[float, float, float]) -> Found:
    """A site's measure: (start, end, kWh)."""
    slices = tuple(
        Slice(start, end, end - start, (energy_row("meter", "meter", "total", kwh),))
        for start, end, kwh in spans
    )
    return Found((Measure("meter-csv", "site", ("site", "DC-A"), "DC-A", slices, asset="DC-A", zone="FR"),))


def test_codecarbon_by_project_once(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON)
    words = ("codecarbon", path, "--map", "courrier=TRI-COURRIER", "--timezone", "UTC", "--phase", "training")
    first = read_json(*words)
    assert first["written"] == 2
    assert [(m["name"], m["application"], m["energy_kwh"]) for m in first["measures"]] == [
        ("courrier", "TRI-COURRIER", 0.5),
        ("paie", None, 0.25),
    ]
    assert first["faults_by_code"] == {"date": 1}
    assert first["faults"][0] == {
        "file": "emissions.csv", "line": 4, "column": "timestamp", "value": "hier", "code": "date",
        "message": "date attendue, comme 2026-03-04T09:00:00",
    }  # fmt: skip
    again = read_json(*words)
    assert again["written"] == 0
    assert all(m["already_there"] for m in again["measures"])
    assert spooled() == pytest.approx(0.75)


def test_times_without_offset_are_said_once(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON)
    assert run("codecarbon", path, path).stderr.count("Heures lues comme Europe/Paris ; un autre fuseau") == 1
    path.write_text(CODECARBON.replace(":00,", ":00Z,"))
    assert read_json("codecarbon", path)["warnings"] == []


def test_tasks_of_a_run_in_another_file_do_not_count_again(tmp_path: Path) -> None:
    runs, tasks = tmp_path / "emissions.csv", tmp_path / "emissions_tasks.csv"
    runs.write_text(CODECARBON)
    tasks.write_text(
        "task_name,timestamp,project_name,run_id,duration,energy_consumed\n"
        "lire,2026-03-04T09:00:00,courrier,r1,10,0.01\nlire,2026-03-04T09:00:00,courrier,r9,10,0.01\n"
    )
    found = read_json("codecarbon", tasks, runs)
    assert sorted(m["energy_kwh"] for m in found["measures"]) == [0.01, 0.25, 0.5]
    assert "taches_comprises" in [warning["code"] for warning in found["warnings"]]


def test_a_run_already_there_shows_what_is_kept_not_what_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON)
    run("codecarbon", path)
    mapped = ("--map", "courrier=TRI-COURRIER")
    assert [m["application"] for m in read_json("codecarbon", path, *mapped)["measures"]] == [None, None]
    (record,) = (
        file for file in spool_dir().glob("*.jsonl") if read_spool(file).header["start"] < 1772614000
    )
    said = run("codecarbon", path, *mapped).stderr
    assert (
        f"Déjà là, non rattaché à TRI-COURRIER. Pour le reprendre, avant footprint assess : supprimez {record.name}"
        in said
    )
    record.unlink()
    assert read_json("codecarbon", path, *mapped)["written"] == 1
    assert read_json("codecarbon", path)["measures"][0]["application"] == "TRI-COURRIER"
    assert "pour TRI-COURRIER et non PAIE" in run("codecarbon", path, "-a", "PAIE").stderr
    record.with_suffix(".pushed").touch()
    assert "est déjà dans la base" in run("codecarbon", path, "-a", "PAIE").stderr


def test_other_values_for_the_same_hours_are_said_and_fail(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON)
    run("codecarbon", path)
    path.write_text(CODECARBON.replace("0.25", "0.75"))
    assert "0.25 kWh gardés, 0.75 kWh lus" in run("codecarbon", path, code=1).stderr
    meter = tmp_path / "pdu.csv"
    lines = [f"2026-03-04 {h:02d}:{m:02d};0.1{h}\n" for h in range(24) for m in (0, 20, 40)]
    meter.write_text("Horodatage;kWh\n" + "".join(lines))
    run("meter", meter, "--asset", "s")
    meter.write_text("Horodatage;kWh\n" + "".join(lines[10:40]))
    run("meter", meter, "--asset", "s")
    lines[30] = "2026-03-04 10:00;3\n"
    meter.write_text("Horodatage;kWh\n" + "".join(lines))
    said = run("meter", meter, "--asset", "s", code=1).stderr
    assert "Recouvre la lecture gardée du 2026-03-03 23:00 UTC au 2026-03-04 23:00 UTC" in said
    assert "Si c’est un autre compteur : --meter" in said


def test_what_is_written_for_people(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON)
    result = run("codecarbon", path, "-a", "TRI-COURRIER")
    assert "2 enregistrements nouveaux. Ensuite : footprint assess" in result.stdout
    assert (
        "emissions.csv:4: timestamp : « hier » : date attendue, comme 2026-03-04T09:00:00 [date]"
        in result.stderr
    )
    assert "Écarté, date : 1." in result.stderr
    assert "déjà là" in run("codecarbon", path, "-a", "TRI-COURRIER").stdout


def test_names_are_neither_markup_nor_orders_to_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON.replace("courrier", "[/x] \x1b[31mrouge").replace("hier", "\x1b]0;titre"))
    result = run("codecarbon", path)
    assert "[/x]" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr


def test_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    path = tmp_path / "emissions.csv"
    path.write_text(CODECARBON)
    result = run("codecarbon", path)
    assert "2 new records. Next: footprint assess" in result.stdout
    assert "a date is expected" in result.stderr


def test_nothing_good_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "emissions.csv"
    path.write_text("timestamp,duration,energy_consumed\nhier,1,1\n")
    assert "Rien à reprendre." in run("codecarbon", path, code=1).stdout


def test_nothing_private_is_written(tmp_path: Path) -> None:
    path = tmp_path / "secret-folder.csv"
    path.write_text(CODECARBON)
    run("codecarbon", path)
    jobs = tmp_path / "sacct.txt"
    jobs.write_text(
        "JobID|User|JobName|Account|State|Start|End|ConsumedEnergyRaw\n"
        "1|dupont|secret-job|paie|COMPLETED|2026-03-04T09:00:00|2026-03-04T10:00:00|720000\n"
    )
    run("sacct", jobs, "--map", "secret-job=PAIE", "--exclusive")
    text = "".join(file.read_text() for file in spool_dir().glob("*.jsonl"))
    assert '"application":"PAIE"' in text
    assert not any(word in text for word in ("secret", "dupont", "courrier", "emissions.csv"))


def test_sacct_by_rules(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\napplication = "TRI-COURRIER"\nlabel.account = "courr*"\n')
    jobs = tmp_path / "sacct.txt"
    line = "{}|{}|COMPLETED|2026-03-04T09:00:00|2026-03-04T10:00:00|720000\n"
    jobs.write_text(
        "JobID|Account|State|Start|End|ConsumedEnergyRaw\n" + line.format(1, "courrier") + line.format(2, "x")
    )
    found = read_json("sacct", jobs, "--rules", rules)
    assert [m["application"] for m in found["measures"]] == ["TRI-COURRIER", None]


def test_carbontracker_and_green_algorithms(tmp_path: Path) -> None:
    log = tmp_path / "x_carbontracker_output.log"
    log.write_text(
        "2026-03-04 08:54:32 - CarbonTracker: \nActual consumption for 2 epoch(s):\n\tTime:\t0:00:05\n"
        "\tEnergy:\t0.0001 kWh\n\tCO2eq:\t0.04 g\n"
    )
    assert read_json("carbontracker", tmp_path, "-a", "A")["measures"][0]["energy_kwh"] == 0.0001
    form = (
        "green-algorithms",
        "--start",
        "2026-03-04",
        "--hours",
        12,
        "--cores",
        12,
        "--core-w",
        12,
        "--memory-gb",
        64,
    )
    found = read_json(*form, "--pue", 1.67, "-a", "A", "--zone", "RE")
    assert found["measures"][0]["energy_kwh"] == pytest.approx(2.01408)
    assert read_json(*form, "--pue", 1.67, "-a", "A", "--zone", "RE")["written"] == 0
    assert "avec le PUE, affiché seulement : kWh 3,4" in run(*form, "--pue", 1.67, "--label", "autre").stdout


def test_meter_of_a_server_or_of_a_site(tmp_path: Path) -> None:
    path = tmp_path / "pdu.csv"
    path.write_text("Horodatage;kWh\n2026-03-04 09:00;1\n2026-03-04 10:00;2\n")
    assert read_json("meter", path, "--asset", "srv-01")["measures"][0]["subject"] == "host"
    found = read_json("meter", path, "--data-centre", "DC-A")
    assert (found["measures"][0]["subject"], found["measures"][0]["asset"]) == ("site", "DC-A")
    with pytest.raises(SourceError, match="l’un des deux"):
        run("meter", path)


def test_the_folder_one_is_in_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=f"^{tmp_path.name} : aucun fichier"):
        run("carbontracker", ".")


def test_files_of_one_meter_that_overlap_count_once(tmp_path: Path) -> None:
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text("Horodatage;kWh\n" + "".join(f"2026-03-04 {h:02d}:00;1\n" for h in range(6)))
    b.write_text("Horodatage;kWh\n" + "".join(f"2026-03-04 {h:02d}:00;1\n" for h in range(4, 10)))
    assert read_json("meter", a, b, "--asset", "s")["written"] == 2
    assert spooled() == pytest.approx(10)


def test_one_meter_under_several_headers_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "pdu.csv"
    for header in ("Energie kWh", "Conso kWh", "value"):
        path.write_text(f"Horodatage;{header}\n2026-03-04 09:00;1\n2026-03-04 10:00;2\n")
        unit = ("--column", "value", "--unit", "kWh") if header == "value" else ()
        run("meter", path, "--asset", "srv-01", *unit)
    assert spooled() == pytest.approx(3)
    for name in ((), ("--meter", "TGBT 2"), ("--meter", "TGBT 2")):
        run("meter", path, "--site", "DC-A", *unit, *name)
    assert spooled() == pytest.approx(3 + 2 * 3)
    with pytest.raises(SourceError, match="deux alimentations"):
        run("meter", path, "--asset", "srv-01", *unit, "--meter", "alimentation 2")


def test_months_have_their_own_records() -> None:
    found = site((MARCH - 2 * DAY, MARCH + 2 * DAY, 96.0))
    (kept,) = collect(None, found, Chosen()).kept
    assert len(kept.written) == 2
    logs = [read_spool(path) for path in sorted(spool_dir().glob("*.jsonl"))]
    assert [log.samples[-1]["energy"][0][3] for log in logs] == pytest.approx([48.0, 48.0])
    assert [log.header["start"] for log in logs] == [MARCH - 2 * DAY, MARCH]


def test_an_hour_ends_in_itself() -> None:
    collect(None, site((MARCH - 3600, MARCH, 1.0)), Chosen())
    (path,) = spool_dir().glob("*.jsonl")
    (record,) = energy_records(read_spool(path))
    assert record.end < MARCH


def test_a_wider_reading_adds_only_what_is_new() -> None:
    collect(None, site((MARCH, MARCH + DAY, 24.0)), Chosen())
    (kept,) = collect(None, site((MARCH - DAY, MARCH + 2 * DAY, 72.0)), Chosen()).kept
    assert len(kept.written) == 2
    assert kept.kwh == pytest.approx(48.0)
    assert spooled() == pytest.approx(72.0)


def test_pushed_records_still_count_as_there() -> None:
    collect(None, site((MARCH, MARCH + DAY, 24.0)), Chosen())
    (path,) = spool_dir().glob("*.jsonl")
    path.rename(path.with_suffix(".pushed"))
    assert collect(None, site((MARCH, MARCH + DAY, 24.0)), Chosen()).written == 0


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 10), st.floats(0.001, 10)), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None)
@given(readings=st.lists(SPANS, min_size=1, max_size=3))
def test_no_time_ever_counts_twice(
    tmp_path_factory: pytest.TempPathFactory, readings: list[list[tuple[int, int, float]]]
) -> None:
    """A site that draws 1 kW: whatever the readings, the spool holds 1 kWh an hour seen."""
    home = tmp_path_factory.mktemp("home")
    seen: set[int] = set()
    for reading in readings:
        taken: list[tuple[float, float, float]] = []
        at = 0
        for start, length, _ in sorted(reading):
            first = max(start, at)
            at = first + length
            taken.append((MARCH + 3600 * (first - 20), MARCH + 3600 * (at - 20), float(length)))
            seen |= set(range(first, at))
        collect(home, site(*taken), Chosen())
    assert spooled(home) == pytest.approx(len(seen))


def test_a_cell_mended_since_is_added_by_the_next_reading(tmp_path: Path) -> None:
    path = tmp_path / "mars.csv"
    path.write_text("Jour;kWh\n01/03/2026;10\n02/03/2026;dix\n03/03/2026;10\n")
    assert read_json("meter", path, "--asset", "s")["faults_by_code"] == {"nombre": 1}
    assert spooled() == pytest.approx(20)
    path.write_text(path.read_text().replace("dix", "10"))
    assert read_json("meter", path, "--asset", "s")["written"] == 1
    assert read_json("meter", path, "--asset", "s")["written"] == 0
    assert spooled() == pytest.approx(30)


def test_hosts_become_services_in_the_store() -> None:
    from sqlmodel import select

    from footprint.records.ingest import ingest
    from footprint.store.database import open_store
    from footprint.store.tables import EnergyHour, MeasuredRun

    rows = (
        energy_row("kepler", "sensor", "idle", 1.0),
        energy_row("kepler", "sensor", "dynamic", 2.0),
        energy_row("kepler", "sensor", "app:PAIE", 3.0),
    )
    part = Slice(MARCH, MARCH + 3 * 3600, 2 * 3600.0, rows)
    notice = Notice("essai", "un essai", "a test")
    host = Measure("kepler", "host", ("n1",), "n1", (part,), asset="srv-01", zone="RE", notices=(notice,))
    collect(None, Found((host,)), Chosen())
    store = open_store()
    assert len(ingest(store).stored) == 1
    with store.session() as session:
        kept = {run.subject: run for run in session.exec(select(MeasuredRun)).all()}
        hours = session.exec(select(EnergyHour)).all()
    store.close()
    assert (kept["host"].asset, kept["host"].zone, kept["host"].source) == ("srv-01", "RE", "kepler")
    assert kept["host"].duration_s == 7200
    assert (kept["service"].application, json.loads(kept["host"].warnings)) == ("PAIE", ["essai"])
    sums = {subject: sum(h.energy_kwh for h in hours if h.run_id == kept[subject].run_id) for subject in kept}
    assert sums == pytest.approx({"host": 6.0, "service": 3.0})
    assert {h.hour for h in hours} == {f"2026-03-01T0{h}:00:00Z" for h in range(3)}


def test_a_run_keeps_its_whole_length() -> None:
    part = Slice(MARCH - DAY, MARCH + DAY, 2 * DAY, (energy_row("x", "model", "total", 4.8),))
    measure = Measure("codecarbon-csv", "run", ("r",), "projet", (part,))
    (kept,) = collect(
        None, Found((measure,)), Chosen(application="A", model="m:1", phase="training", zone="FR")
    ).kept
    assert len(kept.written) == 1
    (path,) = spool_dir().glob("*.jsonl")
    log = read_spool(path)
    assert len(log.samples) == 48
    assert (log.header["application"], log.header["model"], log.header["phase"]) == ("A", "m:1", "training")
    assert log.samples[-1]["energy"][0][3] == pytest.approx(4.8)
    other = replace(measure, identity=("r2",), application="B", zone="RE")
    (kept,) = collect(None, Found((other,)), Chosen(application="A", zone="FR")).kept
    assert (kept.application, kept.measure.zone) == ("B", "RE")


def test_prometheus_from_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Windows, rules and names of the inventory, over series given in place of a server's."""
    from collectors.pulls import prometheus
    from collectors.pulls.counters import Point
    from collectors.pulls.prometheus import Series

    windows: list[tuple[float, float]] = []

    def query_range(_server: object, query: str, start: float, end: float, step: float) -> list[Series]:
        if "kepler_(node_cpu" not in query:
            return []
        windows.append((start, end))
        at = [start + i * step for i in range(int((end - start) / step) + 1)]
        node = {"__name__": "kepler_node_cpu_active_joules_total", "zone": "package", "node_name": "n1"}
        pod = {**node, "__name__": "kepler_pod_cpu_joules_total", "pod_namespace": "courrier"}
        return [Series(node, [Point(t, 100 * t) for t in at]), Series(pod, [Point(t, 40 * t) for t in at])]

    monkeypatch.setattr(prometheus, "query_range", query_range)
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\napplication = "TRI-COURRIER"\nnamespace = "courrier"\n')
    words = (
        "prometheus",
        "--url",
        "http://127.0.0.1:1",
        "--profile",
        "kepler",
        "--from",
        "2026-03-04T00:00Z",
    )
    words = (*words, "--to", "2026-03-05T00:00Z", "--rules", str(rules), "--map", "n1=srv-01")
    (measure,) = read_json(*words)["measures"]
    assert [end - start for start, end in windows] == [6 * 3600.0] * 4
    assert measure["energy_kwh"] == pytest.approx(2.4)
    assert measure["applications_kwh"] == {"TRI-COURRIER": pytest.approx(0.96)}
    assert (measure["asset"], measure["coverage"], measure["start"]) == (
        "srv-01",
        1.0,
        "2026-03-04T00:00:00Z",
    )
    assert read_json(*words)["written"] == 0
    assert spooled() == pytest.approx(2.4)
    monkeypatch.setattr(prometheus, "query_range", lambda *_: [])
    with pytest.raises(SourceError, match="Aucune métrique du profil kepler"):
        run(*words)


PROMETHEUS = ("prometheus", "--url", "http://127.0.0.1:1", "--from", "2026-03-04", "--to", "2026-03-05")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*PROMETHEUS[:-1], "2026-03-01", "--profile", "kepler"), "--from doit venir avant"),
        ((*PROMETHEUS[:-1], "demain", "--profile", "kepler"), "--to « demain »"),
        ((*PROMETHEUS, "--profile", "node", "-a", "X"), "node_exporter ne connaît pas"),
        ((*PROMETHEUS, "--profile", "node", "--cpu", "Imaginaire 9000"), "donnez --tdp"),
        ((*PROMETHEUS, "--profile", "kepler", "--selector", "a=b"), "entre accolades"),
        ((*PROMETHEUS, "--profile", "kepler", "--map", "n1"), "NOM=VALEUR"),
        (("meter", "x.csv", "--asset", "s", "--where", "n1"), "--where « n1 »"),
        ((*PROMETHEUS, "--profile", "kepler", "--token-file", "/nulle/part"), "illisible ou vide"),
        (("codecarbon", "/nulle/part.csv"), "part.csv : fichier introuvable"),
        (("codecarbon", "."), ". : c’est un dossier"),
        (("codecarbon", "x.csv", "--timezone", "Lune"), "Fuseau horaire"),
        (("green-algorithms", "--start", "2026-03-04", "--hours", "1"), "Rien à compter"),
    ],
)
def test_refusals(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(SourceError) as refused:
        run(*words)
    assert said in refused.value.fr
    assert refused.value.en


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ro").mkdir(mode=0o500)
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "ro"))
    with pytest.raises(StoreReadOnly):
        run("green-algorithms", "--start", "2026-03-04", "--hours", "1", "--cores", "1", "--core-w", "1")


def test_a_spool_that_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "spool").write_text("")
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "h"))
    with pytest.raises(StoreReadOnly, match="Écriture impossible"):
        run("green-algorithms", "--start", "2026-03-04", "--hours", "1", "--cores", "1", "--core-w", "1")
