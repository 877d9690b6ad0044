"""The store: migrations, locks, the append-only log, imports all or nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, select, text

import pos_map
from footprint.errors import CampaignError, ChainBroken, ImportRefused, StoreError, StoreLocked, StoreReadOnly
from footprint.store import database, events, referential
from footprint.store.database import Store, open_store
from footprint.store.tables import Application, Event


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "home")


def test_head_is_the_newest_migration_and_matches_the_tables(store: Store) -> None:
    folder = Path(database.__file__).parent / "migrations" / "versions"
    assert max(path.name[:4] for path in folder.glob("0*.py")) == database.HEAD
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_opening_again_migrates_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import alembic.command

    monkeypatch.setattr(alembic.command, "upgrade", lambda *_: pytest.fail("migrated twice"))
    open_store(store.home).close()


def test_a_locked_store_is_one_clear_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(store.home / "footprint.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLocked, match="verrouillée par un autre traitement"):
        referential.ensure_campaign(open_store(store.home), "Organisme", 2026)
    other.close()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "fichier"
    file.write_text("")
    with pytest.raises(StoreReadOnly, match="FOOTPRINT_HOME"):
        open_store(file / "dessous")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreReadOnly):
        open_store(tmp_path / "home")


def test_a_campaign_is_opened_once(store: Store) -> None:
    first = referential.ensure_campaign(store, "Organisme", 2026, "RE")
    assert referential.ensure_campaign(store, "Organisme", 2026).id == first.id
    assert referential.current_campaign(store).zone == "RE"


def test_no_campaign_says_what_to_do(store: Store) -> None:
    with pytest.raises(CampaignError, match="footprint init"):
        referential.current_campaign(store)


# -- the log ---------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), min_size=2, max_size=6),
    st.data(),
)
def test_any_change_to_any_event_breaks_the_chain(
    payloads: list[dict[str, str]], data: st.DataObject
) -> None:
    chain: list[Event] = []
    for seq, payload in enumerate(payloads, 1):
        event = Event(
            seq=seq, at="2026-01-01T00:00:00Z", actor="a", kind="k", subject="s", payload=events.canonical(payload),
            previous=chain[-1].digest if chain else events.GENESIS, digest="",
        )  # fmt: skip
        event.digest = events.digest_of(event)
        chain.append(event)
    assert events.check_chain(chain) == len(chain)
    victim = data.draw(st.sampled_from(chain))
    field = data.draw(st.sampled_from(("at", "actor", "kind", "subject", "payload", "previous", "digest")))
    setattr(victim, field, getattr(victim, field) + "x")
    with pytest.raises(ChainBroken):
        events.check_chain(chain)


def test_processes_that_write_at_once_each_take_their_place(store: Store) -> None:
    program = (
        "import sys; from pathlib import Path; from footprint.store import database, events\n"
        "store = database.open_store(Path(sys.argv[1]))\n"
        "for n in range(15):\n"
        "    with store.session() as session: events.append(session, 'a', 'k', 's', {'n': n})\n"
    )
    words = [sys.executable, "-c", program, str(store.home)]
    writers = [subprocess.Popen(words) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with store.session() as session:
        assert events.verify(session) == 45


def test_a_missing_event_breaks_the_chain(store: Store) -> None:
    with store.session() as session:
        for number in range(3):
            events.append(session, "a", "k", "s", {"n": number})
    with store.session() as session:
        found = events.history(session, "s")
        assert [json.loads(event.payload)["n"] for event in found] == [0, 1, 2]
        assert events.verify(session) == 3
        with pytest.raises(ChainBroken, match="manque"):
            events.check_chain([found[0], found[2]])


@pytest.mark.parametrize("statement", ["DELETE FROM event", "UPDATE event SET actor = 'x'"])
def test_the_database_itself_refuses_to_rewrite_the_log(store: Store, statement: str) -> None:
    with store.session() as session:
        events.append(session, "a", "k", "s", {})
    with pytest.raises(StoreError, match="ne se réécrit pas"), store.session() as session:
        session.execute(text(statement))


# -- imports ---------------------------------------------------------------------------------


def test_importing_the_same_files_again_changes_nothing(store: Store) -> None:
    campaign = referential.ensure_campaign(store, "Organisme", 2026)
    first = referential.import_files(store, campaign, pos_map.sample_paths(), "essai")
    again = referential.import_files(store, campaign, pos_map.sample_paths(), "essai")
    assert (first.changed, again.changed) == (True, False)
    with store.session() as session:
        assert len(events.of_kind(session, "inventaire")) == 1
        codes = {row.code for row in session.exec(select(Application))}
    assert (store.home / "applications.txt").read_text(encoding="utf-8").split("\n")[:-1] == [
        application.code for application in sorted(first.inventory.applications, key=lambda app: app.code)
    ]
    assert "TRI-COURRIER" in codes


def test_one_error_and_nothing_is_imported(store: Store, tmp_path: Path) -> None:
    campaign = referential.ensure_campaign(store, "Organisme", 2026)
    bad = tmp_path / "applications.csv"
    bad.write_text(
        "nomApplication;typeEnvironnement;nomEquipementVirtuel;cleRepartition\nAPP;Production;V;beaucoup\n",
        encoding="utf-8",
    )
    with pytest.raises(ImportRefused) as refused:
        referential.import_files(store, campaign, [bad], "essai")
    assert [(fault.file, fault.line) for fault in refused.value.faults] == [("applications.csv", 2)]
    with store.session() as session:
        assert session.exec(select(Application)).first() is None
