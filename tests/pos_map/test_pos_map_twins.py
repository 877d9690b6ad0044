"""Neighbours on the map whose labels are nearly the same: told where they are written; others are left alone."""

import time
from pathlib import Path

import pytest
from pos_map_estate import Reader, found

from pos_map import Inventory, Node, gather, read, sample_paths
from pos_map.twins import twins

TWINS = [
    ("Gestion des droits", "Gestion de droits"), ("Cotisant", "Cotisants"), ("Zone 1", "Zone 01"),
    ("Prestations légales", "PRESTATION LEGALE"), ("Gestion des droits", "Gestion-des droits"),
    ("Recouvrement amiable", "Recouvremnt amiable"), ("Œuvres", "Oeuvre"), ("Gestiondes droits", "Gestion des droits"),
]  # fmt: skip
APART = [
    ("Zone 1", "Zone 2"), ("Direction régionale 1", "Direction régionale 2"), ("C", "C++"),
    ("Relations A", "Relations B"),
    ("Gestion interne des droits", "Gestion externe des droits"), ("Support I", "Support II"), ("+", "-"), ("À", "Au"),
    ("Dématérialisation entrante", "Dématérialisation sortante"), ("Assurés", "Assureurs"), ("2025", "2026"),
]  # fmt: skip


def boxes(*labels: str, parent: str | None = None) -> list[Node]:
    return [Node(f"{parent}/{label}", parent, "zone", label, rank) for rank, label in enumerate(labels)]


@pytest.mark.parametrize("pair", TWINS)
def test_labels_that_say_one_thing_are_twins(pair: tuple[str, str]) -> None:
    assert [(first.label, other.label) for first, other in twins(boxes(*pair))] == [pair]


@pytest.mark.parametrize("pair", APART)
def test_labels_that_say_two_things_are_not(pair: tuple[str, str]) -> None:
    assert list(twins(boxes(*pair))) == []


def test_only_neighbours_are_twins() -> None:
    assert list(twins([*boxes("Droits", parent="a"), *boxes("Droit", parent="b")])) == []


def test_many_boxes_are_compared_in_a_bounded_time() -> None:
    many = [
        box
        for rank in range(20)
        for box in boxes(*map("Libellé commun {}x".format, range(700)), parent=str(rank))
    ]
    started = time.process_time()
    assert list(twins([*many, *boxes("Droits", "Droit")])) != []
    assert time.process_time() - started < 5


def test_twins_are_told_once_where_the_second_is_written(read_text: Reader) -> None:
    head = "code application;nom;zone;quartier\n"
    rows = (
        "A1;Un;Métier;Gestion des droits",
        "A2;Deux;Métier;Gestion de droits",
        "A3;Trois;Métiers;Gestion de droits",
    )
    text = head + "\n".join(rows)
    _, faults = read_text({"pos.csv": text}, alone=True)
    told = [(fault.line, fault.column, fault.value) for fault in faults if fault.code == "twin-labels"]
    assert told == [(3, "quartier", "Gestion de droits"), (4, "zone", "Métiers")]
    fault = found(faults, "twin-labels", "pos.csv")
    assert (fault.severity, "« Métiers » et « Métier »" in fault.fr, "keep one label" in fault.en) == (
        "warning",
        True,
        True,
    )


def test_a_path_and_the_domains_of_applications_are_told_in_their_column(read_text: Reader) -> None:
    path = "code application;nom;emplacement\nA1;Un;Métier > Droits\nA2;Deux;Métier > Droit\n"
    head = "nomApplication;typeEnvironnement;nomEquipementVirtuel;domaine;sousDomaine\n"
    links = f"{head}B1;Production;;Paie;Un\nB2;Production;;Paies;Un\n"
    _, faults = read_text({"pos.csv": path}, alone=True)
    assert found(faults, "twin-labels", "pos.csv").column == "emplacement"
    _, faults = read_text({"apps.csv": links}, alone=True)
    assert found(faults, "twin-labels", "apps.csv").column == "domaine"


def test_boxes_declared_by_code_are_told_where_they_are_even_empty(read_text: Reader) -> None:
    text = (
        "code niveau;libellé;niveau;code parent\nm;Métier;zone;\nd1;Droits;quartier;m\nd2;Droit;quartier;m\n"
    )
    _, faults = read_text({"niveaux.csv": text}, alone=True)
    fault = found(faults, "twin-labels", "niveaux.csv")
    assert (fault.line, fault.column, fault.value) == (4, "libellé", "Droit")


def test_what_is_completed_is_compared_and_not_told_again(tmp_path: Path) -> None:
    base = Inventory(nodes=(*boxes("Métier"), *boxes("Paie", "Paies")))
    more = tmp_path / "pos.csv"
    more.write_text("code application;nom;zone\nA1;Un;Métiers\n", encoding="utf-8")
    told = [fault.value for fault in gather([more], base=base).faults if fault.code == "twin-labels"]
    assert told == ["Métiers"]


def test_the_sample_has_no_twin_and_the_documentation_tells_of_them() -> None:
    assert "twin-labels" not in {fault.code for fault in read(sample_paths())[1]}
    docs = Path(__file__).parents[2] / "docs" / "verifications.md"
    assert "`twin-labels`" in docs.read_text(encoding="utf-8")
