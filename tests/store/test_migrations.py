"""Migrations of stores that hold something, back and forth, on SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel, select, text

from footprint.errors import StoreError
from footprint.store import archive, campaigns, database, events, imports, matching, referential
from footprint.store.database import Store, open_store
from footprint.store.tables import (
    Application,
    ApplicationLink,
    Campaign,
    EnergyArchive,
    EnergyHour,
    MeasuredRun,
    PhysicalAsset,
)
from pos_map import Rule
from tests import private_postgres

FILES = {
    "centres.csv": "nomCourtDatacenter;pue;localisation\nDC;1,5;France\n",
    "physiques.csv": (
        "nomEquipementPhysique;type;quantite;nomCourtDatacenter;dateAchat;nbCoeur\nS;Serveur;1;DC;2025-01-01;8\n"
        "T;Serveur;1;DC;2025-01-01;8\n"
    ),
    "virtuels.csv": "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nV;S;4\n",
    "applications.csv": (
        "nomApplication;typeEnvironnement;nomEquipementVirtuel;domaine;sousDomaine\nTRI;Production;V;D;S\n"
    ),
}
# Tables that each version brought.
BROUGHT = {
    "0003": {"energy_archive", "energy_month", "platform_key", "service", "reading"},
    "0004": {"placement", "flow", "organisation", "import_batch", "record_note", "match_rule"},
}


def fill(store: Store, folder: Path) -> None:
    """An inventory imported, with its warnings, a rule and an hour measured."""
    for name, written in FILES.items():
        (folder / name).write_text(written, encoding="utf-8")
    campaign = referential.ensure_campaign(store, "Organisme", 2026)
    referential.import_files(store, campaign, [folder / name for name in FILES], "essai")
    matching.save_rule(store, "Organisme", Rule("host", "X", "S"), "essai")
    run = {"application": "TRI", "state": "complete", "zone": "FR", "started_s": 1.77e9, "duration_s": 3600.0}
    kwh = {"seconds": 3600.0, "energy_kwh": 1.0, "low_kwh": 0.9, "high_kwh": 1.1}
    with store.session() as session:
        session.add(MeasuredRun(run_id="r", **run))
        session.flush()
        session.add(
            EnergyHour(
                run_id="r", hour="2026-03-01T00:00:00Z", component="cpu", channel="m5", tier="model", **kwh
            )
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = open_store(tmp_path / "home")
    fill(found, tmp_path)
    return found


def downgrade(engine: Engine, revision: str) -> None:
    """Bring a closed store back to a revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    engine.dispose()


def migrate(home: Path, revision: str) -> None:
    downgrade(create_engine(f"sqlite:///{home / 'footprint.db'}"), revision)


def columns(file: Path) -> dict[str, list[str]]:
    """The columns of every table."""
    connection = sqlite3.connect(file)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for (name,) in tables}
    connection.close()
    return found


def rows(file: Path, wanted: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Every row of these tables, by these columns."""
    connection = sqlite3.connect(file)
    found = {
        table: sorted(connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall(), key=repr)
        for table, names in wanted.items()
    }
    connection.close()
    return found


def matches_the_tables(store: Store) -> bool:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


@pytest.mark.parametrize("revision", ["0002", "0003"])
def test_a_populated_store_goes_back_and_comes_again(store: Store, tmp_path: Path, revision: str) -> None:
    file, kept = store.home / "footprint.db", tmp_path / "before.db"
    store.close()
    shutil.copy(file, kept)
    migrate(store.home, revision)
    older = columns(file)
    gone = set[str]().union(*(tables for version, tables in BROUGHT.items() if version > revision))
    assert older.keys() == columns(kept).keys() - gone
    older.pop("alembic_version")
    assert rows(file, older) == rows(kept, older)
    assert all(rows(kept, older)[name] for name in ("measured_run", "energy_hour", "physical_asset", "event"))
    again = open_store(store.home)
    assert columns(file) == columns(kept)
    assert rows(file, older) == rows(kept, older)
    assert matches_the_tables(again)
    with again.session() as session:
        assert session.exec(select(Campaign.settings, Campaign.frozen_at)).all() == [("{}", None)]
        found = session.exec(
            select(PhysicalAsset.ownership, PhysicalAsset.lifetime_y, PhysicalAsset.ref)
        ).all()
        assert found == [("", None, "")] * 2
        assert session.exec(select(Application.description, Application.rgaa)).all() == [("", None)]
        assert session.exec(select(ApplicationLink)).all()
        assert events.verify(session) >= 1
    # The log is still append-only after its table was carried over.
    with pytest.raises(StoreError, match="ne se réécrit pas"), again.session() as session:
        session.execute(text("UPDATE event SET actor = 'x'"))
    archive.archive(again, "2026-03")
    again.close()


def test_an_import_of_before_is_known_by_its_event(store: Store, tmp_path: Path) -> None:
    (campaign,) = referential.campaigns(store)
    with store.session() as session:
        digest = imports.last_import(session, campaign)
        # As versions before wrote it, with nothing to undo.
        events.append(
            session,
            "essai",
            "inventaire.importe",
            f"campagne:{campaign.id}",
            {"sha256": "ancien", "counts": {}},
        )
    store.close()
    migrate(store.home, "0003")
    again = open_store(store.home)
    with again.session() as session:
        assert imports.last_import(session, campaign) == "ancien" != digest
    paths = [tmp_path / name for name in FILES if name != "virtuels.csv"]
    assert imports.apply(again, campaign, imports.prepare(again, campaign, paths), "essai").changed
    imports.undo(again, campaign, "essai")
    with again.session() as session:
        assert imports.last_import(session, campaign) == "ancien"
    again.close()


def test_going_back_would_lose_archived_months_and_is_refused(store: Store) -> None:
    archive.archive(store, "2026-04")
    store.close()
    with pytest.raises(StoreError, match="archivés"):
        migrate(store.home, "0002")
    again = open_store(store.home)
    with again.session() as session:
        assert session.exec(select(EnergyArchive.month)).all() == ["2026-03"]
    again.close()


def test_going_back_would_let_a_frozen_campaign_change_and_is_refused(store: Store) -> None:
    (campaign,) = referential.campaigns(store)
    campaigns.freeze(store, campaign, "rso")
    store.close()
    with pytest.raises(StoreError, match="figée"):
        migrate(store.home, "0003")


# -- PostgreSQL ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    pytest.importorskip("psycopg", reason="complément postgres absent : pip install '.[postgres]'")
    where = private_postgres.programs()
    if where is None:
        pytest.skip("PostgreSQL absent : apt-get install postgresql / PostgreSQL is not installed")
    with private_postgres.running(where) as url:
        yield url.replace("postgresql://", "postgresql+psycopg://")


def test_postgresql_migrates_imports_undoes_and_freezes(postgres: str, tmp_path: Path) -> None:
    store = open_store(tmp_path / "home", postgres)
    fill(store, tmp_path)
    store.close()
    downgrade(create_engine(postgres), "0003")
    store = open_store(tmp_path / "home", postgres)
    assert matches_the_tables(store)
    (campaign,) = referential.campaigns(store)
    first = imports.inventory_of(store, campaign)
    assert {app.code for app in first.applications} == {"TRI"}
    paths = [tmp_path / name for name in FILES if name != "applications.csv"]
    prepared = imports.prepare(store, campaign, paths)
    assert imports.apply(store, campaign, prepared, "essai").changed
    assert {note.code for note in imports.notes(store, campaign)} == {"idle-host"}
    matching.save_rule(store, "Organisme", Rule("machine_application", "V", "TRI", regex=True), "essai")
    imports.undo(store, campaign, "essai")
    assert imports.inventory_of(store, campaign) == first
    campaigns.freeze(store, campaign, "rso")
    assert [kept.rule.regex for kept in matching.rules(store, "Organisme")] == [True]
    with store.session() as session:
        assert events.verify(session) > 0
    store.close()
