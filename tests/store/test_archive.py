"""Archived months: every hour in one place, and one only, whatever happens; totals and results unchanged."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text
from sqlmodel import select

from footprint import hourly, tokens
from footprint.assessments import assess_campaign
from footprint.errors import StoreError
from footprint.factor_set import catalogue_of
from footprint.records import receiving
from footprint.store import archive, events, referential
from footprint.store.database import Store, open_store
from footprint.store.frames import energy_frame, hour_frame, run_frame
from footprint.store.tables import (
    EnergyArchive,
    EnergyHour,
    EnergyMonth,
    MeasuredRun,
    ReceivedSpool,
)  # fmt: skip
from tests.spool_files import content, run_lines

INVENTORY = {
    "centres.csv": "nomCourtDatacenter;pue;localisation\nDC;1,5;France\n",
    "physiques.csv": (
        "nomEquipementPhysique;type;quantite;nomCourtDatacenter;dateAchat;nbCoeur\nS;Serveur;1;DC;2025-01-01;8\n"
    ),
    "virtuels.csv": "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nV;S;4\n",
    "applications.csv": (
        "nomApplication;typeEnvironnement;nomEquipementVirtuel;domaine;sousDomaine\nTRI;Production;V;D;S\n"
    ),
}


def at(month: int, day: int, hour: int = 0, year: int = 2026) -> str:
    return f"{year}-{month:02}-{day:02}T{hour:02}:00:00Z"


def add(store: Store, run_id: str, first: str, rows: list[tuple[str, str, float]], **values: Any) -> None:
    """A run and its hours: (hour, component, kWh)."""
    started = datetime.fromisoformat(first).timestamp()
    fields = {
        "application": "TRI", "phase": "training", "state": "complete", "duration_s": 3600.0 * len(rows), "zone": "FR",
        "machine": run_id, "capacity_share": 0.5, "threads": 4, **values,
    }  # fmt: skip
    with store.session() as session:
        session.add(MeasuredRun(run_id=run_id, started_s=started, **fields))
        session.flush()
        session.add_all(
            EnergyHour(
                run_id=run_id, hour=hour, component=component, channel="m5", tier="model", seconds=3600.0,
                energy_kwh=kwh, low_kwh=kwh * 0.8, high_kwh=kwh * 1.3,
            )
            for hour, component, kwh in rows
        )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An estate of one server, measured nine days from December to February, and two runs."""
    found = open_store(tmp_path / "home")
    campaign = referential.ensure_campaign(found, "Organisme", 2026)
    paths = []
    for name, written in INVENTORY.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
        paths.append(tmp_path / name)
    referential.import_files(found, campaign, paths, "essai")
    days = [("2025-12-31T22:00:00Z", 0.3)]
    days += [(at(1, 1 + n // 24, n % 24), 0.1 + n / 7919) for n in range(24 * 6)]
    days += [(at(2, 1 + n // 24, n % 24), 0.2 + n / 7919) for n in range(24 * 3)]
    rows = [(when, part, kwh / 3) for when, kwh in days for part in ("idle", "dynamic", "gpu")]
    add(found, "h", "2025-12-31T22:00:00+00:00", rows, subject="host", asset="S", machine="m", application="",
        duration_s=24 * 9 * 3600.0 + 7200)  # fmt: skip
    add(
        found,
        "r1",
        at(1, 31, 23),
        [(at(1, 31, 23), "dynamic", 0.7), (at(2, 1, 0), "dynamic", 0.9)],
        machine="m",
    )
    add(found, "r2", at(3, 5), [(at(3, 5), "dynamic", 1 / 3), (at(3, 5), "gpu", 2 / 7)])
    yield found
    found.close()


Row = tuple[str, int, str, float, float, float, float]


def stored(store: Store) -> list[Row]:
    """Every hour, hot or archived: run, hour since 1970, component and its numbers, in one order."""
    with store.session() as session:
        rows = [
            (h.run_id, int(datetime.fromisoformat(h.hour).timestamp()) // 3600, h.component, h.seconds,
             h.energy_kwh, h.low_kwh, h.high_kwh)
            for h in session.exec(select(EnergyHour))
        ]  # fmt: skip
        paths = [store.home / row.path for row in session.exec(select(EnergyArchive))]
    names = ("run_id", "hour", "component", "seconds", "energy_kwh", "low_kwh", "high_kwh")
    for path in paths:
        rows += [tuple(row[name] for name in names) for row in pq.read_table(path).to_pylist()]
    return sorted(rows)


def hot(store: Store) -> set[str]:
    with store.session() as session:
        return {hour[:7] for hour in session.exec(select(EnergyHour.hour))}


def on_disk(store: Store) -> set[str]:
    return {p.relative_to(store.home).as_posix() for p in (store.home / "energy").glob("year=*/month=*/*")}


def named(store: Store) -> set[str]:
    with store.session() as session:
        return set(session.exec(select(EnergyArchive.path)))


def frames(store: Store, year: int) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What the engine reads of a year: by run, and by run and month."""
    with store.session() as session:
        runs, energy = run_frame(session, year).to_pylist(), energy_frame(session, year).to_pylist()
    return (
        {row["run_id"]: row for row in runs},
        {(row["run_id"], row["month"]): row for row in energy},
    )


def same(before: dict[Any, Any], after: dict[Any, Any]) -> None:
    """Equal, numbers to 1e-12."""
    assert before.keys() == after.keys()
    for name, row in before.items():
        for field, value in row.items():
            expected = pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
            assert after[name][field] == expected, (name, field)


# -- nothing lost, nothing twice -------------------------------------------------------------


def test_rows_before_are_rows_after(store: Store) -> None:
    before = stored(store)
    done = archive.archive(store, "2026-03")
    assert [(month.month, month.rows) for month in done] == [
        ("2025-12", 3),
        ("2026-01", 24 * 6 * 3 + 1),
        ("2026-02", 24 * 3 * 3 + 1),
    ]
    assert stored(store) == before
    assert hot(store) == {"2026-03"}
    assert (
        {path.relative_to(store.home).as_posix() for _, _, path in map(_fields, done)}
        == named(store)
        == on_disk(store)
    )
    with store.session() as session:
        kept = session.exec(select(EnergyArchive)).all()
        assert [e.subject for e in events.of_kind(session, "energie.archivee")] == [
            f"mois:{month.month}" for month in done
        ]
    for row in kept:
        path = store.home / row.path
        assert (pq.read_metadata(path).num_rows, hashlib.sha256(path.read_bytes()).hexdigest()) == (
            row.rows, row.sha256,
        )  # fmt: skip


def _fields(month: archive.Archived) -> tuple[str, int, Path]:
    return month.month, month.rows, month.path


def test_the_month_under_way_stays(store: Store) -> None:
    archive.archive(store)
    now = datetime.now(UTC).strftime("%Y-%m")
    assert all(month >= now for month in hot(store))
    add(store, "now", f"{now}-01T00:00:00Z", [(f"{now}-01T00:00:00Z", "dynamic", 1.0)])
    assert archive.archive(store) == ()
    assert hot(store) == {now}


def test_again_changes_nothing(store: Store) -> None:
    archive.archive(store, "2026-03")
    before, files = stored(store), {name: (store.home / name).stat().st_mtime_ns for name in on_disk(store)}
    assert archive.archive(store, "2026-03") == ()
    assert stored(store) == before
    assert {name: (store.home / name).stat().st_mtime_ns for name in on_disk(store)} == files


def test_what_comes_late_for_an_archived_month_has_a_file_of_its_own(store: Store) -> None:
    archive.archive(store, "2026-03")
    add(store, "late", at(1, 9), [(at(1, 9), "dynamic", 0.125)])
    before = stored(store)
    assert [(done.month, done.rows) for done in archive.archive(store, "2026-03")] == [("2026-01", 1)]
    assert stored(store) == before
    assert len(named(store)) == 4
    assert frames(store, 2026)[1]["late", 1]["energy_kwh"] == 0.125


# -- what the engine reads -------------------------------------------------------------------


@pytest.mark.parametrize("year", [2025, 2026])
def test_totals_do_not_depend_on_the_archive(store: Store, year: int) -> None:
    before = frames(store, year)
    archive.archive(store, "2026-03")
    after = frames(store, year)
    same(before[0], after[0])
    same(before[1], after[1])


def test_the_hours_of_a_year_are_the_hot_ones_and_the_files(store: Store) -> None:
    def by_hour(rows: list[dict[str, Any]]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for row in rows:
            key = tuple(row[name] for name in ("run_id", "zone", "month", "hour"))
            found[key] = {"kwh": found.get(key, {"kwh": 0.0})["kwh"] + row["energy_kwh"]}
        return found

    with store.session() as session:
        before = hour_frame(session, 2026).to_pylist()
    archive.archive(store, "2026-03")
    with store.session() as session:
        after = hour_frame(session, 2026).to_pylist()
        paths = [path for path, _digest in archive.files(session, store.home, 2026)]
    assert len(paths) == 2  # December is of another year
    for path in paths:
        after += pq.read_table(path).to_pylist()
    same(by_hour(before), by_hour(after))


@pytest.mark.parametrize("profiled", [False, True])
def test_the_assessment_is_the_same(store: Store, tmp_path: Path, profiled: bool) -> None:
    if profiled:
        _january(store, tmp_path)
    campaign = referential.current_campaign(store)
    before, _ = assess_campaign(store, campaign)
    archive.archive(store, "2026-03")
    after, _ = assess_campaign(store, campaign)
    first, second = (_totals(kept) for kept in (before, after))
    same(first, second)
    total = first["gwp", "total", "", ""]["amount"]
    assert total > 0
    if profiled:
        (store.home / "profils").rename(store.home / "ailleurs")
        flat = _totals(assess_campaign(store, campaign)[0])
        assert flat["gwp", "total", "", ""]["amount"] != pytest.approx(total, rel=1e-3)


def _totals(kept: Any) -> dict[Any, Any]:
    return {
        tuple(row[name] for name in ("indicator", "view", "key", "sub")): {
            k: row[k] for k in ("amount", "high")
        }
        for row in kept.totals.to_pylist()
    }


def _january(store: Store, folder: Path) -> None:
    """Electricity of 2026 three times as high in January."""
    lines = ["zone,hour,value,source"]
    for n in range(8760):
        when = datetime.fromtimestamp(datetime(2026, 1, 1, tzinfo=UTC).timestamp() + 3600 * n, UTC)
        lines.append(f"FR,{when:%Y-%m-%dT%H:%MZ},{60 if when.month == 1 else 20},RTE")
    (folder / "profil.csv").write_text("\n".join(lines), encoding="utf-8")
    hourly.keep(store.home, folder / "profil.csv", catalogue_of(store.home))


# -- killed ----------------------------------------------------------------------------------


class Killed(Exception):
    pass


def kill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Die between the file and the commit."""

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(archive.events, "append", die)


def test_killed_before_the_commit_everything_is_in_the_database(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, months = stored(store), hot(store)
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(Killed):
            archive.archive(store, "2026-03")
    assert (stored(store), hot(store), named(store)) == (before, months, set())
    (orphan,) = on_disk(store)
    with store.session() as session:
        assert session.exec(select(EnergyMonth)).all() == []
        assert archive.files(session, store.home, 2025) == ()
    # The same month again writes the same bytes: the file left there is the one that counts.
    archive.archive(store, "2026-03")
    assert orphan in named(store)
    assert (stored(store), named(store)) == (before, on_disk(store))


def test_a_file_no_commit_names_is_swept_once_it_is_old(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(Killed):
            archive.archive(store, "2026-01")
    (orphan,) = on_disk(store)
    draft = (store.home / orphan).with_name(".draft-1")
    draft.write_bytes(b"half")
    add(store, "late", "2025-12-01T00:00:00Z", [("2025-12-01T00:00:00Z", "dynamic", 1.0)])
    before = stored(store)
    archive.archive(store, "2026-01")  # another process may be about to name it: too young to be swept
    assert orphan in on_disk(store) - named(store)
    old = time.time() - 2 * archive.DRAFT_S
    for path in (store.home / orphan, draft, *(store.home / name for name in named(store))):
        os.utime(path, (old, old))
    archive.archive(store, "2026-01")
    assert on_disk(store) == named(store)
    assert stored(store) == before


# -- records that go on ----------------------------------------------------------------------


def receive(store: Store, token: int, lines: int) -> str:
    data = b"".join(content(run_lines("long")).splitlines(keepends=True)[:lines])
    return receiving.receive(store, token, "long", data).outcome


@pytest.fixture
def token(store: Store) -> int:
    tokens.create(store, "agent")
    with store.session() as session:
        return int(session.execute(text("SELECT id FROM collect_token")).scalar_one())


def total(store: Store, run_id: str) -> float:
    return sum(row[4] for row in stored(store) if row[0] == run_id)


def test_a_record_that_goes_on_after_its_month_was_archived_is_counted_once(store: Store, token: int) -> None:
    assert receive(store, token, 4) == "stored"  # two samples of 10 Wh, in March
    archive.archive(store, "2026-04")
    assert total(store, "long") == pytest.approx(0.02)
    others = [row for row in stored(store) if row[0] != "long"]
    shared = next(name for name in named(store) if "2026/month=03" in name)
    assert receive(store, token, 9) == "stored"  # all six
    assert total(store, "long") == pytest.approx(0.06)
    assert frames(store, 2026)[0]["long"]["energy_kwh"] == pytest.approx(0.06)
    assert [row for row in stored(store) if row[0] != "long"] == others
    assert shared not in named(store)
    archive.archive(store, "2026-04")
    assert total(store, "long") == frames(store, 2026)[0]["long"]["energy_kwh"] == pytest.approx(0.06)
    assert receive(store, token, 9) == "already"
    assert receive(store, token, 4) == "conflict"  # going back is not going on


def test_a_month_of_one_record_alone_leaves_no_empty_file(store: Store, token: int) -> None:
    receive(store, token, 4)
    with store.session() as session:
        for table in ("energy_hour", "measured_run"):
            session.execute(text(f"DELETE FROM {table} WHERE run_id = 'r2'"))
    archive.archive(store, "2026-04")
    receive(store, token, 9)
    assert not [name for name in named(store) if "2026/month=03" in name]
    assert total(store, "long") == pytest.approx(0.06)


@pytest.mark.parametrize("damage", ["manque", "abîmé"])
def test_a_continuation_without_the_archive_is_refused_whole(store: Store, token: int, damage: str) -> None:
    receive(store, token, 4)
    archive.archive(store, "2026-04")
    path = store.home / next(name for name in named(store) if "2026/month=03" in name)
    whole = path.read_bytes()
    path.write_bytes(b"PAR1") if damage == "abîmé" else path.unlink()
    with pytest.raises(StoreError, match=f"archive des énergies .*{damage}.*sauvegarde"):
        receive(store, token, 9)
    path.write_bytes(whole)
    assert total(store, "long") == pytest.approx(0.02)
    with store.session() as session:
        assert session.get(ReceivedSpool, "long") is not None


def test_a_missing_file_is_one_clear_sentence(store: Store) -> None:
    archive.archive(store, "2026-03")
    path = store.home / next(name for name in named(store) if "month=01" in name)
    path.unlink()
    with store.session() as session:
        assert len(archive.files(session, store.home, 2025)) == 1
        with pytest.raises(StoreError) as gone:
            archive.files(session, store.home, 2026)
    assert str(gone.value) == (
        f"Un fichier de l’archive des énergies manque : {path}. Remettez-le depuis une sauvegarde."
    )
    assert gone.value.en == f"A file of the energy archive is missing: {path}. Put it back from a backup."
