"""Imports: the differences first, all or nothing, undone to exactly what was before."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from footprint.errors import CampaignChanged, CampaignError, CampaignFrozen, ImportRefused
from footprint.store import campaigns, events, imports
from footprint.store.database import Store, open_store
from footprint.store.imports import Prepared, inventory_of, notes
from footprint.store.referential import ensure_campaign
from footprint.store.tables import Campaign
from pos_map import Inventory
from pos_map.changes import compare
from tests.pos_map.drawn_inventories import inventories

MAP = "zone;quartier;code application;nom;identifiant source\n"
FILES = {
    "carte.csv": MAP + "Métier;Droits;APP1;Première;\nMétier;Paiement;APP2;Deuxième;\n",
    "physiques.csv": "nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\nH2;Serveur;1;France\n",
    "virtuels.csv": "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nVM1;H1;4\nVM2;absent;2\n",
    "applications.csv": (
        "nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;VM1\nAPP2;Production;VM2\n"
    ),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(tmp_path / "home")
    yield found
    found.close()


@pytest.fixture
def campaign(store: Store) -> Campaign:
    return ensure_campaign(store, "Organisme", 2026)


def written(folder: Path, **changed: str) -> list[Path]:
    """The files of a small estate, in a folder of their own; a blank one is left out."""
    folder.mkdir(exist_ok=True)
    texts = {**FILES, **{f"{name}.csv": text for name, text in changed.items()}}
    for name, text in texts.items():
        (folder / name).unlink(missing_ok=True)
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name, text in texts.items() if text]


def prepared(store: Store, campaign: Campaign, after: Inventory) -> Prepared:
    """The import that leads to an inventory, without files."""
    changes = compare(inventory_of(store, campaign), after)
    with store.session() as session:
        state = imports.state_of(session, campaign.id or 0)
    return Prepared(
        campaign.id or 0, "replace", (), "0" * 64, state, after, changes, changes, None, (), (), (), (), None
    )


def bring(store: Store, campaign: Campaign, paths: list[Path], **options: str) -> imports.Applied:
    found = imports.prepare(store, campaign, paths, **options)  # type: ignore[arg-type]
    return imports.apply(store, campaign, found, "essai")


# -- compare, apply, undo --------------------------------------------------------------------


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inventories(), inventories())
def test_undoing_brings_back_exactly_what_was_before(
    store: Store, first: Inventory, second: Inventory
) -> None:
    campaign = ensure_campaign(store, "Organisme", 2026)
    start = inventory_of(store, campaign)
    imports.apply(store, campaign, prepared(store, campaign, first), "essai")
    before = inventory_of(store, campaign)
    assert compare(before, first).is_empty
    done = imports.apply(store, campaign, prepared(store, campaign, second), "essai")
    assert compare(inventory_of(store, campaign), second).is_empty
    assert done.changed is not compare(first, second).is_empty
    if done.changed:
        assert imports.undo(store, campaign, "essai").batch.id == done.batch_id
    assert inventory_of(store, campaign) == before
    if not compare(start, first).is_empty:
        imports.undo(store, campaign, "essai")
    assert inventory_of(store, campaign) == start


def test_the_order_of_the_files_changes_nothing(store: Store, tmp_path: Path) -> None:
    paths = written(tmp_path / "in")
    found = set()
    for year, order in enumerate(itertools.islice(itertools.permutations(paths), 0, 24, 5), 2020):
        campaign = ensure_campaign(store, f"Organisme {year}", year)
        bring(store, campaign, list(order))
        found.add(repr(inventory_of(store, campaign)))
        assert not bring(store, campaign, list(reversed(order))).changed
    assert len(found) == 1


def test_a_batch_keeps_who_when_and_which_files(store: Store, campaign: Campaign, tmp_path: Path) -> None:
    paths = written(tmp_path / "in")
    done = bring(store, campaign, paths)
    (batch,) = imports.batches(store, campaign)
    assert (batch.id, batch.actor, batch.mode, batch.undone_at) == (done.batch_id, "essai", "replace", None)
    assert {file.name: file.size for file in batch.files} == {
        path.name: path.stat().st_size for path in paths
    }
    assert batch.counts["applications"] == {"added": 2, "removed": 0, "changed": 0, "moved": 0, "merged": 0}
    with store.session() as session:
        assert imports.last_import(session, campaign) == batch.digest
        assert [event.kind for event in events.of_kind(session, "inventaire")] == ["inventaire.importe"]
    imports.undo(store, campaign, "autre")
    (batch,) = imports.batches(store, campaign)
    assert batch.undone_by == "autre"
    with store.session() as session:
        assert imports.last_import(session, campaign) is None
        assert len(events.of_kind(session, "inventaire.annule")) == 1
        assert events.verify(session) > 0
    assert (store.home / "applications.txt").read_text(encoding="utf-8") == ""
    with pytest.raises(CampaignError, match="Aucun import à annuler"):
        imports.undo(store, campaign, "essai")
    assert bring(store, campaign, paths).changed


def test_completing_keeps_what_the_files_do_not_say(store: Store, campaign: Campaign, tmp_path: Path) -> None:
    bring(store, campaign, written(tmp_path / "in"))
    more = tmp_path / "plus.csv"
    more.write_text(
        "nomEquipementPhysique;type;quantite;paysDUtilisation\nH3;Serveur;2;France\n", encoding="utf-8"
    )
    found = imports.prepare(store, campaign, [more], mode="complete")
    assert found.changes.counts() == {
        "assets": {"added": 1, "removed": 0, "changed": 0, "moved": 0, "merged": 0}
    }
    assert found.lost == ()
    replaced = imports.prepare(store, campaign, [more])
    assert set(replaced.lost) == {"nodes", "applications", "machines", "links"}
    imports.apply(store, campaign, found, "essai")
    assert [asset.name for asset in inventory_of(store, campaign).assets] == ["H1", "H2", "H3"]


# -- refusals --------------------------------------------------------------------------------


def test_errors_import_nothing(store: Store, campaign: Campaign, tmp_path: Path) -> None:
    bring(store, campaign, written(tmp_path / "in"))
    before = inventory_of(store, campaign)
    found = imports.prepare(
        store, campaign, written(tmp_path / "bad", physiques="nomEquipementPhysique;type;quantite\nH1;S;x\n")
    )
    with pytest.raises(ImportRefused) as refused:
        imports.apply(store, campaign, found, "essai")
    assert [fault.value for fault in refused.value.faults] == ["x"]
    assert inventory_of(store, campaign) == before


def test_files_without_a_line_do_not_empty_a_campaign(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    bring(store, campaign, written(tmp_path))
    blank = tmp_path / "vide.csv"
    blank.write_text("nomEquipementPhysique;type;quantite\n", encoding="utf-8")
    with pytest.raises(CampaignError) as refused:
        imports.prepare(store, campaign, [blank])
    assert "viderait" in refused.value.fr
    assert not imports.prepare(store, campaign, [blank], mode="complete").changes.tables


def test_differences_shown_before_another_import_are_refused(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    paths = written(tmp_path / "in")
    shown = imports.prepare(store, campaign, paths)
    bring(store, campaign, paths)
    with pytest.raises(CampaignChanged, match="Relancez l’import"):
        imports.apply(store, campaign, shown, "essai")
    again = imports.prepare(store, campaign, written(tmp_path / "in", virtuels=""))
    imports.undo(store, campaign, "essai")
    with pytest.raises(CampaignChanged):
        imports.apply(store, campaign, again, "essai")


def test_a_frozen_campaign_takes_no_import_and_undoes_none(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    paths = written(tmp_path / "in")
    bring(store, campaign, paths)
    campaigns.freeze(store, campaign, "rso")
    before = inventory_of(store, campaign)
    with pytest.raises(CampaignFrozen, match="footprint campaign reopen"):
        bring(store, campaign, written(tmp_path / "in", virtuels=""))
    with pytest.raises(CampaignFrozen):
        imports.undo(store, campaign, "essai")
    assert inventory_of(store, campaign) == before


def test_killed_in_the_middle_nothing_is_half_done(store: Store, campaign: Campaign, tmp_path: Path) -> None:
    paths = written(tmp_path / "in")
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from footprint.store import imports, notes, database, referential\n"
        "store = database.open_store(Path(sys.argv[1]))\n"
        "campaign = referential.current_campaign(store)\n"
        "prepared = imports.prepare(store, campaign, [Path(name) for name in sys.argv[2:]])\n"
        "notes.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "imports.apply(store, campaign, prepared, 'essai')\n"
    )
    words = [sys.executable, "-c", program, str(store.home), *map(str, paths)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert inventory_of(store, campaign) == Inventory()
    assert imports.batches(store, campaign) == []
    assert bring(store, campaign, paths).changed


# -- from one year to the next ---------------------------------------------------------------


def test_an_empty_campaign_is_compared_with_the_year_before(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    paths = written(tmp_path / "in")
    bring(store, campaign, paths)
    ensure_campaign(store, "Autre", 2027)
    following = ensure_campaign(store, "Organisme", 2028)
    assert imports.previous_campaign(store, following) == campaign
    same = imports.prepare(store, following, paths)
    assert (same.against, same.changes.is_empty, same.written.is_empty) == (2026, True, False)
    less = imports.prepare(
        store, following, written(tmp_path / "in", virtuels=FILES["virtuels.csv"][: -len("VM2;absent;2\n")])
    )
    assert less.changes.counts()["machines"]["removed"] == 1
    imports.apply(store, following, less, "essai")
    assert imports.prepare(store, following, paths).against is None


def test_codes_and_positions_stay_when_zones_are_added_or_renamed(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    nodes = "code niveau;libellé;niveau;code parent;identifiant source\n"
    first = nodes + "Z1;Métier;zone;;id-1\nZ2;Support;zone;;id-2\n"
    second = nodes + "Z0;Accueil;zone;;id-0\nZ9;Fonctions support;zone;;id-2\nZ1;Métier;zone;;id-1\n"
    none = {"carte": "", "applications": "", "virtuels": "", "physiques": ""}
    bring(store, campaign, written(tmp_path / "in", niveaux=first, **none))
    following = ensure_campaign(store, "Organisme", 2027)
    found = imports.prepare(store, following, written(tmp_path / "in", niveaux=second, **none))
    imports.apply(store, following, found, "essai")
    before = {node.code: (node.label, node.position) for node in inventory_of(store, campaign).nodes}
    after = {node.code: (node.label, node.position) for node in inventory_of(store, following).nodes}
    assert before == {"Z1": ("Métier", 0), "Z2": ("Support", 1)}
    assert after == {"Z1": ("Métier", 0), "Z2": ("Fonctions support", 1), "Z0": ("Accueil", 2)}
    assert found.changes.of("nodes").changed == {("Z2",): {"label": ("Support", "Fonctions support")}}


# -- warnings --------------------------------------------------------------------------------


def codes(store: Store, campaign: Campaign, table: str = "", *identity: str) -> list[str]:
    return sorted(note.code for note in notes(store, campaign, table, identity))


def test_warnings_stay_attached_to_their_record(store: Store, campaign: Campaign, tmp_path: Path) -> None:
    done = bring(store, campaign, written(tmp_path / "in"))
    (note,) = [note for note in notes(store, campaign, "machines", ("VM2",)) if note.code == "unknown-host"]
    assert (note.file, note.line, note.column) == ("virtuels.csv", 3, "nomEquipementPhysique")
    assert (note.value, note.import_id) == ("absent", done.batch_id)
    assert codes(store, campaign, "assets", "H2") == ["idle-host"]
    assert codes(store, campaign, "machines", "VM1") == []


def test_a_warning_leaves_with_the_import_that_mends_it_and_comes_back_when_undone(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    bring(store, campaign, written(tmp_path / "in"))
    before = notes(store, campaign)
    bring(store, campaign, written(tmp_path / "in", virtuels=FILES["virtuels.csv"].replace("absent", "H2")))
    assert "unknown-host" not in codes(store, campaign)
    assert "idle-host" not in codes(store, campaign)
    imports.undo(store, campaign, "essai")
    assert sorted(notes(store, campaign), key=repr) == sorted(before, key=repr)


def test_completing_keeps_the_warnings_of_what_it_does_not_rewrite(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    bring(store, campaign, written(tmp_path / "in"))
    mended = tmp_path / "virtuels.csv"
    mended.write_text(FILES["virtuels.csv"].replace("absent", "H1"), encoding="utf-8")
    bring(store, campaign, [mended], mode="complete")
    assert codes(store, campaign, "machines", "VM2") == []
    assert codes(store, campaign, "assets", "H2") == ["idle-host"]


def test_only_the_files_read_are_kept_as_read(store: Store, campaign: Campaign, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    written(folder)
    (folder / "lisez-moi.txt").write_text("Une note.", encoding="utf-8")
    (folder / "script.py").write_text("pass", encoding="utf-8")
    found = imports.prepare(store, campaign, [folder])
    assert [file.name for file in found.files] == sorted(FILES)
    assert found.digest == imports.prepare(store, campaign, written(folder)).digest
