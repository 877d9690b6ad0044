"""What `inspect` shows of persons who come back shortened, and which columns it prefers."""

from pathlib import Path

import pytest

from pos_map.echoes import echoes, initials, shortened
from pos_map.inspecting import PERSONAL_FR, describe, inspect
from pos_map.profile_writing import to_profile

CMDB = """Nom appli;Direction;Fonction;Trigramme;Compte;Commentaire;Acteurs;Statut
Paie;DSI;Jean Exemple;JEX;jexemple;voir Mme Modèle;J. Exemple;En prod - voir J. Exemple
Sirh;DRH;Marie Modèle;MMO;mmodele;ok;M. Modèle;Suivi A. Modèle
Gesd;DAF;Paul Patron;PPA;ppatron;appeler Paul Patron;P. Patron;A arrêter - Patron
"""


def test_no_sample_is_a_person_shortened(tmp_path: Path) -> None:
    path = tmp_path / "cmdb.csv"
    path.write_text(CMDB, encoding="utf-8")
    seen = inspect(path)
    masked = {column.name for column in seen.sheets[0].columns if column.samples == (PERSONAL_FR,)}
    assert masked == {"Fonction", "Trigramme", "Compte", "Acteurs"}
    said = "\n".join([*describe(seen), to_profile(seen)])
    for word in ("Exemple", "exemple", "Mod", "mmodele", "Patron", "JEX"):
        assert word not in said, word
    assert "[Paie | Sirh | Gesd]" in said


def test_trigrams_of_nobody_are_doubted_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "apps.csv"
    path.write_text("Trigramme;Nom appli;Direction\nPAY;Paie;DSI\nSRH;Sirh;DRH\n", encoding="utf-8")
    (sheet,) = inspect(path).sheets
    column = sheet.columns[0]
    assert column.guess
    assert (column.guess.field, column.samples) == ("code", ())
    assert column.guess.confidence < 0.85
    assert initials("Trigramme", ["PAY"])
    assert not initials("Trigramme application", ["PAY"])


def test_what_persons_are_shortened_to() -> None:
    known = echoes(["DUPONT Jean", "DSI", "Relation Client"])
    assert {"dupont", "jdupont", "j.dupont", "jdu", "jd"} <= known
    assert "jean" not in known
    assert not shortened("Code", ["PAY", "SRH"], known)
    assert not shortened("Site", [], known)


@pytest.mark.parametrize("first", ["Code application;Code appli", "Code appli;Code application"])
def test_a_blank_column_gives_way_to_one_with_cells(tmp_path: Path, first: str) -> None:
    path = tmp_path / "apps.csv"
    filled = first.split(";").index("Code appli")
    cells = [("A1", "A2") if rank == filled else ("", "") for rank in range(2)]
    lines = "".join(f"{cells[0][n]};{cells[1][n]};Paie;Zone\n" for n in range(2))
    path.write_text(f"{first};Nom;Domaine\n{lines}", encoding="utf-8")
    (sheet,) = inspect(path).sheets
    guessed = {column.name: column.guess.field if column.guess else "" for column in sheet.columns}
    assert guessed["Code appli"] == "code"
    assert guessed["Code application"] != "code"
