"""What tells imports apart: the one that is undone, and the inventory an assessment was made from."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from footprint import views
from footprint.assessments import assess_campaign
from footprint.errors import CampaignChanged, CampaignError
from footprint.reconciling_sheet import Decision
from footprint.server import assessing
from footprint.server.assessing import is_due
from footprint.store import imports, matching
from footprint.store.database import Store, open_store
from footprint.store.referential import current_campaign, ensure_campaign
from pos_map import Rule

MAP = "code application;nom;zone\nA;Accueil;Relation\nB;Bureau;Relation\n"
HOSTS = "nomEquipementPhysique;type;quantite;paysDUtilisation;dateAchat;consoElecAnnuelle\n"
HOST = f"{HOSTS}H1;Serveur;1;France;2025-01-01;1200\n"
MACHINES = "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nV1;H1;4\nV2;H1;4\nV3;H1;4\n"
LINKS = "nomApplication;nomEquipementVirtuel;typeEnvironnement\nA;V1;Production\n"
ESTATE = (MAP, HOST, MACHINES, LINKS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(tmp_path / "home")
    ensure_campaign(found, "Caisse", 2026)
    yield found
    found.close()


def bring(store: Store, folder: Path, *texts: str, **options: str) -> imports.Applied:
    """Import these texts, each as a file."""
    paths = [folder / f"{rank}.csv" for rank in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    campaign = current_campaign(store)
    found = imports.prepare(store, campaign, paths, **options)  # type: ignore[arg-type]
    return imports.apply(store, campaign, found, "essai")


def decided(kind: str, name: str, target: str, reason: str = "") -> list[Decision]:
    return [Decision(Rule(kind, name, target), reason)]


def test_asked_twice_at_once_one_import_is_undone(store: Store, tmp_path: Path) -> None:
    for rank in range(3):
        last = bring(
            store, tmp_path, *ESTATE[:2], MACHINES + "X;H1;1\n" * (rank > 0) + "Y;H1;1\n" * (rank > 1)
        )
    campaign = current_campaign(store)

    def undo(_time: int) -> str:
        try:
            return str(imports.undo(store, campaign, "essai", last.batch_id).batch.id)
        except CampaignError as error:
            return error.fr

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(undo, range(2)))
    assert said[0] == "3"
    assert said[1].startswith("L’import n° 3 n’est plus le dernier")
    assert [batch.id for batch in imports.batches(store, campaign) if not batch.undone_at] == [2, 1]


def test_an_assessment_is_up_to_date_with_the_inventory_it_came_from(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, *ESTATE)
    assess_campaign(store, current_campaign(store))

    def old() -> bool:
        stale = views.summary(store).stale
        assert is_due(store, current_campaign(store)) == stale
        return stale

    assert not old()
    bring(store, tmp_path, f"{HOSTS}H2;Serveur;50;France;2025-01-01;90000\n", mode="complete")
    assert old()
    bring(store, tmp_path, *ESTATE, mode="complete")  # the same files, but H2 is still there
    assert old()
    bring(store, tmp_path, *ESTATE)
    assert not old()
    bring(store, tmp_path, MAP, HOST, MACHINES)
    assert old()
    imports.undo(store, current_campaign(store), "essai")
    assert not old()
    while any(not batch.undone_at for batch in imports.batches(store, current_campaign(store))):
        imports.undo(store, current_campaign(store), "essai")
    assert old()  # nothing is left of what it assessed


def test_refusing_a_machine_makes_the_assessment_old(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, *ESTATE)
    campaign = current_campaign(store)
    assess_campaign(store, campaign)
    matching.decide(store, campaign, decided("machine_application", "V2", ""), "essai")
    assert is_due(store, current_campaign(store))


def test_rules_changed_since_they_were_shown_refuse_what_rests_on_them(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, *ESTATE)
    campaign = current_campaign(store)
    matching.save_rule(store, "Caisse", Rule("machine_application", "V2", "A"), "marie")
    shown = matching.prepare_rematch(store, campaign, decided("machine_application", "V3", "B"))
    matching.drop_rule(store, "Caisse", Rule("machine_application", "V2", "A"), "marie")
    with pytest.raises(CampaignChanged, match="règles de rattachement"):
        imports.apply(store, campaign, shown, "paul", decided("machine_application", "V3", "B"))
    assert matching.rules(store, "Caisse") == []
    assert {link.vm for link in imports.inventory_of(store, campaign).links} == {"V1"}


def test_a_decision_drops_the_warnings_of_its_own_names_alone(store: Store, tmp_path: Path) -> None:
    machines = f"{MACHINES}B;H1;4\n"
    bring(
        store, tmp_path, MAP, HOST, machines, f"{LINKS}A;VM  inconnue 9;Production\nB;PC x@y.fr;Production\n"
    )
    campaign = current_campaign(store)

    def warned() -> set[tuple[str, str]]:
        return {(note.code, note.key) for note in imports.notes(store, campaign) if note.table}

    before = warned()
    assert {code for code, _key in before} >= {"machine-without-application", "unknown-vm"}
    matching.decide(store, campaign, decided("machine_application", "V2", "A"), "paul")
    assert before - warned() == {("machine-without-application", '["V2"]')}
    matching.decide(store, campaign, decided("machine", "VM inconnue 9", ""), "paul")
    assert len(before - warned()) == 2
    imports.undo(store, campaign, "paul")
    imports.undo(store, campaign, "paul")
    assert warned() == before


def reasons(store: Store) -> list[tuple[str, str, str]]:
    return [(kept.rule.target, kept.actor, kept.reason) for kept in matching.rules(store, "Caisse")]


def test_undoing_leaves_a_decision_taken_anew(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, *ESTATE)
    campaign, again = current_campaign(store), decided("machine_application", "V2", "A", "vu à nouveau")
    matching.decide(store, campaign, decided("machine_application", "V2", "A"), "paul")
    matching.drop_rule(store, "Caisse", again[0].rule, "marie")
    matching.decide(store, campaign, again, "marie")
    assert imports.undo(store, campaign, "paul").rules == 0
    assert reasons(store) == [("A", "marie", "vu à nouveau")]


def test_a_reason_given_later_is_kept(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, *ESTATE)
    campaign = current_campaign(store)
    matching.decide(store, campaign, decided("machine_application", "V2", "A"), "paul")
    later = matching.decide(store, campaign, decided("machine_application", "V2", "A", " vu "), "marie")
    assert (later.applied.changed, later.applied.rules) == (False, 1)
    matching.decide(store, campaign, decided("machine_application", "V2", "A"), "jean")
    assert reasons(store) == [("A", "marie", "vu")]


def test_a_failure_is_forgotten_once_the_campaign_is_assessed_elsewhere(store: Store, tmp_path: Path) -> None:
    assessing.compute(store, current_campaign(store), "essai")
    assert assessing.refusal(store, current_campaign(store)) is not None
    bring(store, tmp_path, *ESTATE)
    assess_campaign(store, current_campaign(store), "CLI")
    assert assessing.refusal(store, current_campaign(store)) is None
