"""Every doubt, with its exact place, in both languages: warnings never block an import."""

import pytest
from pos_map_estate import SOUND, Reader, found

WARNINGS = [
    (
        "physiques.csv",
        "H1;Serveur;1",
        "H1;Serveur;",
        2,
        "quantite",
        "",
        "blank-quantity",
        "1 est retenu",
        "1 is",
    ),
    ("physiques.csv", "France;16\nH2", ";16\nH2", 2, "paysDUtilisation", "", "unknown-country", "H1", "H1"),
    ("physiques.csv", "H1;", "H0;Blade;1;DC1;;;France;8\nH1;", 2, None, "H0", "idle-host", "H0", "stay"),
    (
        "centres.csv",
        "1,42",
        "14,2",
        2,
        "pue",
        "14,2",
        "unlikely-pue",
        "PUE 14,2 est improbable : une valeur de 1 à 4",
        "PUE 14.2 is unlikely: a value from 1 to 4",
    ),
    (
        "centres.csv",
        "pue;localisation\nDC1;1,42",
        "localisation\nDC1",
        1,
        "pue",
        "",
        "missing-column",
        "inconnue pour toutes",
        "unknown for every",
    ),
    (
        "centres.csv",
        "localisation",
        "localisation;couleur",
        1,
        "couleur",
        "couleur",
        "unknown-column",
        "lue",
        "read",
    ),
    (
        "virtuels.csv",
        "VM2;H2;4;",
        "VM2;H2;4;\nVM3;;2;",
        4,
        "nomEquipementPhysique",
        "",
        "machine-without-host",
        "ni équipement ni grappe",
        "neither host nor cluster",
    ),
    (
        "virtuels.csv",
        "VM2;H2;4;",
        "VM2;H2;4;\nVM3;H2;2;",
        4,
        "nomEquipementVirtuel",
        "VM3",
        "machine-without-application",
        "non affectée",
        "unallocated",
    ),
    (
        "applications.csv",
        "APP2;Recette;VM2;;",
        "APP3;Recette;;;",
        4,
        "nomApplication",
        "APP3",
        "application-without-machine",
        "n'a aucune machine",
        "has no machine",
    ),
    (
        "applications.csv",
        "VM2;;;Métier",
        "VM2;;;Pilotage",
        4,
        "domaine",
        "Pilotage",
        "two-places",
        "à la ligne 3 de applications.csv",
        "at line 3 of applications.csv",
    ),
    (
        "applications.csv",
        "APP2;Recette;VM2;;",
        "APP1;Production;VM1;;0,6",
        4,
        "nomApplication",
        "APP1",
        "duplicate-link",
        "il n'est compté qu'une fois",
        "counted once",
    ),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "column", "value", "code", "fr", "en"),
    WARNINGS,
    ids=lambda v: str(v)[:24],
)
def test_each_doubt_is_a_located_warning(
    read_text: Reader,
    file: str,
    before: str,
    after: str,
    line: int,
    column: str | None,
    value: str,
    code: str,
    fr: str,
    en: str,
) -> None:
    text = SOUND[file].replace(before, after, 1)
    assert text != SOUND[file]
    centres = (
        SOUND["centres.csv"].replace("France", "") if code == "unknown-country" else SOUND["centres.csv"]
    )
    _, faults = read_text({"centres.csv": centres, file: text})
    fault = found(faults, code, file)
    assert (fault.line, fault.value, fault.severity) == (line, value, "warning")
    assert fault.column == (column if column is not None else "nomEquipementPhysique")
    assert fr in fault.fr
    assert en in fault.en
    assert not [fault for fault in faults if fault.severity == "error"]


def test_a_repeated_link_counts_once(read_text: Reader) -> None:
    text = SOUND["applications.csv"].replace("APP2;Recette;VM2;;", "APP1;Production;VM1;;0,6")
    inventory, _ = read_text({"applications.csv": text})
    assert [(link.application, link.vm) for link in inventory.links] == [("APP1", "VM1"), ("APP2", "VM1")]


def test_a_machine_in_another_cluster_than_its_host_is_doubted(read_text: Reader) -> None:
    hosts = (
        "nomEquipementPhysique;type;quantite;nomCourtDatacenter;dateAchat;cluster\n"
        "H1;Serveur;1;DC1;;G1\nH2;Serveur;1;DC1;;G2\n"
    )
    machines = "nomEquipementVirtuel;nomEquipementPhysique;vCPU;cluster\nVM1;H1;4;G2\nVM2;;4;G2\n"
    _, faults = read_text({"physiques.csv": hosts, "virtuels.csv": machines})
    assert [(fault.line, fault.column, fault.value, fault.code) for fault in faults] == [
        (2, "cluster", "G2", "two-clusters")
    ]


def test_a_retired_host_is_not_called_idle(read_text: Reader) -> None:
    text = SOUND["physiques.csv"] + "H3;Serveur;1;DC1;2018-01-01;2024-01-01;France;8\n"
    assert read_text({"physiques.csv": text})[1] == []


def test_a_line_that_names_no_machine_links_nothing_but_places_the_application(read_text: Reader) -> None:
    text = SOUND["applications.csv"] + "APP3;Production;;;;Pilotage\n"
    inventory, _ = read_text({"applications.csv": text})
    assert [link.application for link in inventory.links] == ["APP1", "APP2", "APP2"]
    assert [(app.code, app.node) for app in inventory.applications][-1] == ("APP3", "pilotage")


def test_what_the_assessment_needs_and_is_said_not_to_apply_counts_as_unknown(read_text: Reader) -> None:
    _inventory, faults = read_text(
        {
            "centres.csv": "nomCourtDatacenter;pue;localisation\nDC1;sans objet;France\n",
            "hotes.csv": "nomEquipementPhysique;modele;type;quantite;paysDUtilisation;consoElecAnnuelle\n"
            "S;R640;Serveur;inconnu;France;n/a\n",
        },
        alone=True,
    )
    said = [
        (fault.code, fault.column) for fault in faults if fault.code in ("not-applicable", "blank-quantity")
    ]
    assert sorted(said) == [
        ("blank-quantity", "quantite"),
        ("not-applicable", "consoElecAnnuelle"),
        ("not-applicable", "pue"),
    ]
