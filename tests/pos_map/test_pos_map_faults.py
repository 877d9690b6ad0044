"""Every fault, with its exact place, in both languages."""

import pytest
from pos_map_estate import SOUND, Reader, found

ERRORS = [
    # file, what is replaced, by what, line, column, value, code, words in French, words in English
    ("centres.csv", "1,42", "0,9", 2, "pue", "0,9", "too-small", "d'au moins 1", "at least 1"),
    (
        "centres.csv",
        "1,42",
        "quarante",
        2,
        "pue",
        "quarante",
        "bad-number",
        "un nombre, par exemple",
        "a number, for",
    ),
    ("centres.csv", "1,42", "1e400", 2, "pue", "1e400", "bad-number", "« 1e400 »", "“1e400”"),
    ("centres.csv", "1,42", "nan", 2, "pue", "nan", "bad-number", "« nan »", "“nan”"),
    ("centres.csv", "\nDC1", "\n", 2, "nomCourtDatacenter", "", "missing-value", "est vide", "is blank"),
    (
        "physiques.csv",
        "08/07/2020",
        "31/02/2020",
        2,
        "dateAchat",
        "31/02/2020",
        "bad-date",
        "« dateAchat » vaut « 31/02/2020 » ; attendu : une date de 1970 à 2100",
        "“dateAchat” is “31/02/2020”; expected: a date from 1970 to 2100",
    ),
    ("physiques.csv", "08/07/2020", "0202-01-01", 2, "dateAchat", "0202-01-01", "bad-date", "2100", "2100"),
    ("physiques.csv", "H1;Serveur;1", "H1;Serveur;-3", 2, "quantite", "-3", "negative", "moins 0", "least 0"),
    ("physiques.csv", "France;16", "France;seize", 2, "nbCoeur", "seize", "bad-number", "nombre", "number"),
    (
        "physiques.csv",
        "08/07/2020;;",
        "08/07/2020;07/07/2020;",
        2,
        "dateRetrait",
        "07/07/2020",
        "retired-before-purchase",
        "retiré le 07/07/2020, avant son achat le 08/07/2020",
        "retired on 2020-07-07, before its purchase on 2020-07-08",
    ),
    (
        "physiques.csv",
        "H2;",
        "H1;",
        3,
        "nomEquipementPhysique",
        "H1",
        "duplicate",
        "déjà déclaré à la ligne 2 de physiques.csv",
        "already declared at line 2 of physiques.csv",
    ),
    (
        "physiques.csv",
        "1;DC1;08",
        "1;DC1B;08",
        2,
        "nomCourtDatacenter",
        "DC1B",
        "unknown-data-centre",
        "« DC1B » n'est aucun centre de données connu : un nom déclaré dans son fichier est attendu. "
        "Vouliez-vous « DC1 » ?",
        "“DC1B” is not a known data centre: a name declared in its own file is expected. Did you mean “DC1”?",
    ),
    (
        "virtuels.csv",
        "VM2;H2",
        "VM2;HH2",
        3,
        "nomEquipementPhysique",
        "HH2",
        "unknown-host",
        "« H2 »",
        "“H2”",
    ),
    (
        "virtuels.csv",
        "0,5",
        "1,5",
        2,
        "cleRepartition",
        "1,5",
        "bad-share",
        "part de 0 à 1",
        "share from 0 to 1",
    ),
    (
        "virtuels.csv",
        "4;0,5",
        "4;0,5\nVM3;H1;2;51 %",
        3,
        "cleRepartition",
        "51 %",
        "keys-above-one",
        "1.01",
        "1.01",
    ),
    (
        "applications.csv",
        "Recette;VM2",
        "Recette;VM9",
        4,
        "nomEquipementVirtuel",
        "VM9",
        "unknown-vm",
        "machine virtuelle connue",
        "known virtual machine",
    ),
    (
        "applications.csv",
        "Recette;VM2;",
        "Recette;;H9",
        4,
        "nomEquipementPhysique",
        "H9",
        "unknown-host",
        "équipement connu",
        "known piece of equipment",
    ),
    (
        "applications.csv",
        "0,4",
        "0,41",
        3,
        "cleRepartition",
        "0,41",
        "shares-above-one",
        "« VM1 » font 1.01 : un total d'au plus 1",
        "“VM1” sum to 1.01: a total of 1 at most",
    ),
    (
        "applications.csv",
        "APP2;Recette;VM2;;",
        "APP1;Production;VM1;;0,1",
        4,
        "cleRepartition",
        "0,1",
        "duplicate-link",
        "avec une autre part",
        "with another share",
    ),
    (
        "applications.csv",
        "0,4;Métier",
        "0,4;Métier;reste",
        3,
        "",
        "reste",
        "cell-without-column",
        "La cellule n° 7",
        "Cell no. 7",
    ),
    (
        "applications.csv",
        "nomApplication;",
        "nomAplication;",
        1,
        "nomAplication",
        "nomAplication",
        "unknown-column",
        "« nomAplication » n'est pas connue. Vouliez-vous « nomApplication » ?",
        "“nomAplication” is not known. Did you mean “nomApplication”?",
    ),
    (
        "physiques.csv",
        ";type;",
        ";;",
        1,
        "type",
        "",
        "missing-column",
        "« type » manque : elle est attendue dans la table « équipements physiques »",
        "“type” is missing: it is expected in the table “physical equipment”",
    ),
    (
        "centres.csv",
        "pue;localisation",
        "pue;PUE",
        1,
        "PUE",
        "PUE",
        "repeated-column",
        "deux fois",
        "twice",
    ),
    ("virtuels.csv", "VM2", '"VM2', 3, "", "", "bad-quote", "guillemets", "quotation marks"),
]


def test_the_sound_estate_has_no_fault(read_text: Reader) -> None:
    inventory, faults = read_text()
    assert faults == []
    assert [vm.name for vm in inventory.machines] == ["VM1", "VM2"]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "column", "value", "code", "fr", "en"),
    ERRORS,
    ids=lambda v: str(v)[:24],
)
def test_each_error_is_located_and_bilingual(
    read_text: Reader,
    file: str,
    before: str,
    after: str,
    line: int,
    column: str,
    value: str,
    code: str,
    fr: str,
    en: str,
) -> None:
    assert before in SOUND[file]
    _, faults = read_text({file: SOUND[file].replace(before, after, 1)})
    fault = found(faults, code, file)
    assert (fault.sheet, fault.line, fault.column, fault.value) == ("", line, column, value)
    # What no file declares is imported unattached, to be matched; everything else is refused.
    unattached = ("unknown-data-centre", "unknown-host", "unknown-vm", "unknown-cluster")
    assert fault.severity == ("warning" if code in unattached else "error")
    assert fr in fault.fr
    assert en in fault.en
    assert str(fault) == fault.fr


def test_shares_are_summed_with_a_tolerance_for_rounding(read_text: Reader) -> None:
    text = SOUND["applications.csv"].replace("0,4", "0,4000000005")
    assert not read_text({"applications.csv": text})[1]


def test_every_fault_of_a_file_is_listed_at_once(read_text: Reader) -> None:
    text = SOUND["physiques.csv"].replace("08/07/2020", "hier").replace("16", "x").replace(";1;", ";-1;")
    _, faults = read_text({"physiques.csv": text})
    assert [(fault.line, fault.code) for fault in faults] == [
        (2, "negative"),
        (2, "bad-date"),
        (2, "bad-number"),
        (3, "negative"),
        (3, "bad-number"),
    ]


def test_a_lost_header_does_not_drown_the_other_files(read_text: Reader) -> None:
    text = SOUND["physiques.csv"].replace("nomEquipementPhysique", "nomEquipmentPhysique")
    _, faults = read_text({"physiques.csv": text})
    assert [(fault.file, fault.code) for fault in faults] == [("physiques.csv", "unknown-column")]


def test_a_cluster_that_no_host_bears_is_said_only_without_host(read_text: Reader) -> None:
    header = "nomEquipementVirtuel;nomEquipementPhysique;vCPU;cluster\n"
    _, faults = read_text({"virtuels.csv": header + "VM1;;4;Grappe\nVM2;H2;4;Grappe\n"})
    assert [
        (fault.line, fault.column, fault.code) for fault in faults if fault.code.startswith("unknown")
    ] == [(2, "cluster", "unknown-cluster")]


def test_near_names_are_proposed_for_the_first_faults_only(read_text: Reader) -> None:
    ends = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(30)]
    rows = "".join(f"APP{n};Production;VM1{end};;;Métier\n" for n, end in enumerate(ends))
    _, faults = read_text({"applications.csv": SOUND["applications.csv"] + rows})
    unknown = [fault for fault in faults if fault.code == "unknown-vm"]
    assert [("Vouliez-vous" in fault.fr) for fault in unknown] == [True] * 20 + [False] * 10


def test_retired_on_the_day_of_purchase_is_accepted(read_text: Reader) -> None:
    text = SOUND["physiques.csv"].replace("08/07/2020;;", "08/07/2020;2020-07-08;")
    assert read_text({"physiques.csv": text})[1] == []
