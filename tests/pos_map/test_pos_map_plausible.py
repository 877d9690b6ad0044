"""Each doubt of likelihood: its code, its cell, both languages; and that a sound estate has none."""

from pathlib import Path

import pytest
from pos_map_estate import SOUND, Reader, found

from pos_map import DataCentre, Inventory, gather

MAP = (
    "code application;nom;zone;quartier;propriétaire;statut;hébergement;RTO;mise en service;décommissionnement\n"
    "APP1;Un;Métier;Droits;Caisse;en service;interne;4;2018-01-01;2027-01-01\n"
    "APP2;Deux;Métier;Paie;Caisse;en service;interne;4;;\n"
)
APP = "Métier;Paie;Caisse;en service;interne;4;;\n"
LIFE = "dureeVie;dureeVieTotale;partReconditionnée;dureeVieAmont;tauxRéemploi\n"
HOSTS = (
    "nomEquipementPhysique;type;quantite;nomCourtDatacenter;dateAchat;paysDUtilisation;"
    + LIFE
    + "H1;Serveur;1;"
    "DC1;2020-07-08;France;5;8;0,5;3;0,2\nH2;Serveur;1;DC1;2021-07-08;France;;;;;\n"
)
FLOWS = "application source;application cible;nature\nAPP1;APP2;fichiers\nAPP2;APP1;fichiers\n"
PLACES = "application;emplacement secondaire;part\nAPP1;Métier > Paie;0,3\n"
CENTRES = (
    SOUND["centres.csv"]
    .replace("localisation\n", "localisation;wue;puissanceKW\n")
    .replace("France\n", "France;0,3;400\n")
)
CLOUD = SOUND["virtuels.csv"].replace("cleRepartition\n", "cleRepartition;typeInfrastructure;quantite\n")
BODIES = "code organisme;organisme;créé le;fermé le\nO1;Caisse;2001-01-01;2020-01-01\n"
FILES = {**SOUND, "pos.csv": MAP, "physiques.csv": HOSTS, "flux.csv": FLOWS, "centres.csv": CENTRES,
         "organismes.csv": BODIES, "virtuels.csv": CLOUD}  # fmt: skip

CASES = [
    ("pos.csv", "interne;4;2018", ";4;2018", "hébergement", "missing-for-a-score", "« APP1 » ne donne pas"),
    ("pos.csv", "interne;4", ";4", "hébergement", "missing-for-a-score", "Aucune application ne donne : hébergement"),
    ("pos.csv", "2027-01-01", "2017-01-01", "décommissionnement", "decommissioned-before-installed", "(01/01/2017)"),
    ("pos.csv", ";4;2018", ";14400;2018", "RTO", "unlikely-hours", "pas des minutes"),
    ("pos.csv", "APP2;Deux;", f"app-02;Bis;{APP}APP2;Deux;", "code application", "spelled-alike", "« app-02 »"),
    ("physiques.csv", ";5;8;", ";9;8;", "dureeVieTotale", "total-life-too-short", "8 ans"),
    ("physiques.csv", ";0,5;3;", ";0,5;;", "partReconditionnée", "refurbished-without-years", "dureeVieAmont"),
    ("physiques.csv", ";5;8;", ";5;;", "tauxRéemploi", "reuse-without-years", "dureeVieTotale"),
    ("physiques.csv", "H2;", "H-01;", "nomEquipementPhysique", "spelled-alike", "« H-01 » et « H1 »"),
    ("centres.csv", "0,3;", "30,5;", "wue", "unlikely-wue", "30,5 litres"),
    ("centres.csv", ";400", ";400000", "puissanceKW", "unlikely-power", "pas des W"),
    ("organismes.csv", "2020-01-01", "2000-01-01", "fermé le", "closed-before-opened", "vérifiez"),
    ("flux.csv", "APP1;APP2", "APP1;APP1", "application cible", "flow-to-itself", "elle-même"),
    ("flux.csv", "APP2;APP1;f", "APP1;APP2;F", "application source", "duplicate-flow", "déjà donné"),
    ("virtuels.csv", "VM2;H2;4;", "VM2;;4;;CLOUD_SERVICES", "typeInfrastructure", "cloud-machine", "services achetés"),
    ("virtuels.csv", "VM2;H2;4;", "VM2;H2;4;;NON_CLOUD_SERVERS;3", "quantite", "machine-quantity", "pas pour 3"),
    ("places.csv", "", PLACES, "application", "several-places", "2 emplacements"),
    ("places.csv", "", PLACES.replace("Paie", "Droits"), "emplacement secondaire", "second-place-is-first", "déjà"),
    ("places.csv", "", PLACES.replace("0,3", "1"), "application", "several-places", "rien ne reste"),
]  # fmt: skip


def test_a_sound_estate_raises_no_doubt(read_text: Reader) -> None:
    _, faults = read_text(FILES, alone=True)
    assert [fault.code for fault in faults] == []


@pytest.mark.parametrize(("file", "before", "after", "column", "code", "said"), CASES)
def test_each_doubt_is_told_in_its_cell(
    read_text: Reader, file: str, before: str, after: str, column: str, code: str, said: str
) -> None:
    text = FILES.get(file, "")
    assert before in text
    count = -1 if said.startswith("Aucune") else 1
    _, faults = read_text({**FILES, file: text.replace(before, after, count) if text else after}, alone=True)
    fault = found(faults, code, file)
    assert (fault.column, fault.severity) == (column, "warning")
    assert said in fault.fr
    assert fault.en
    assert fault.line is not None


def test_a_purchase_after_the_campaign_needs_its_year(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text(HOSTS)
    codes = {year: [fault.code for fault in gather([path], year=year).faults] for year in (None, 2020, 2021)}
    assert codes[2020].count("future-purchase") == 1
    assert "future-purchase" not in codes[None] + codes[2021]


def test_names_are_compared_with_what_the_files_complete(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("nomCourtDatacenter;pue;localisation\ndc-01;1,4;France\n")
    base = Inventory(data_centres=(DataCentre("DC1", "Centre"),))
    codes = [fault.code for fault in gather([path], base=base).faults]
    assert codes == ["other-spelling"]
    assert [fault.code for fault in gather([path]).faults] == []


def test_what_does_not_apply_is_not_missing(read_text: Reader) -> None:
    text = MAP.replace("interne;4;2018", "sans objet;4;2018")
    _, faults = read_text({**FILES, "pos.csv": text}, alone=True)
    assert [fault.code for fault in faults] == []


def test_every_doubt_has_its_line_in_the_documentation() -> None:
    root = Path(__file__).parents[2]
    told = (root / "docs" / "verifications.md").read_text(encoding="utf-8")
    source = (root / "pos_map" / "plausible.py").read_text(encoding="utf-8")
    codes = {case[4] for case in CASES} | {"future-purchase"}
    assert {code for code in codes if f"`{code}`" not in told} == set()
    assert {code for code in codes if f'"{code}"' not in source} == set()
