"""Readings, services bought, keys of platforms, lives of equipment: from CSV and workbook, each fault in its place."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from pos_map_estate import SOUND, Reader, found

from pos_map import Fault, PlatformKey, Reading, Service, read

BESIDE = {
    "releves.csv": (
        "nomCourtDatacenter;mois;pue;énergie informatique kWh;énergie totale kWh\n"
        "DC1;2026-01;1,45;;\n"
        "DC1;02/2026;;1 000,5;1500\n"
    ),
    "services.csv": (
        "service;application;environnement;fournisseur;pays;consoElecAnnuelle;kgCO2e déclarés;dépense euros;pue\n"
        "Messagerie;APP1;Production;Nuage SA;France;1 200;;;1,2\n"
        "Visio;APP2;;;;;35,5;;\n"
    ),
    "plateformes.csv": "plateforme;application;clé\nAPP1;APP2;40 %\n",
}
READINGS = (
    Reading("DC1", date(2026, 1, 1), pue=1.45),
    Reading("DC1", date(2026, 2, 1), None, 1000.5, 1500.0),
)
SERVICES = (
    Service("Messagerie", "APP1", "Production", "Nuage SA", "France", 1200.0, None, None, 1.2),
    Service("Visio", "APP2", kgco2e=35.5),
)
KEYS = (PlatformKey("APP1", "APP2", 0.4),)


def test_the_three_tables_of_csv(read_text: Reader) -> None:
    inventory, faults = read_text(BESIDE)
    assert faults == []
    assert (inventory.readings, inventory.services, inventory.platform_keys) == (READINGS, SERVICES, KEYS)


def test_the_three_tables_of_a_workbook(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheets: dict[str, list[list[object]]] = {
        "Relevés": [
            ["nomCourtDatacenter", "mois", "pue", "energieInformatique", "energieTotale"],
            ["DC1", datetime(2026, 1, 1), 1.45, None, None],
            ["DC1", "2026-02", None, 1000.5, 1500],
        ],
        "Services achetés": [
            ["nomService", "nomApplication", "typeEnvironnement", "fournisseur", "pays", "consoElecAnnuelle",
             "kgCO2e", "depenseEuro", "pue"],
            ["Messagerie", "APP1", "Production", "Nuage SA", "France", 1200, None, None, 1.2],
            ["Visio", "APP2", None, None, None, None, 35.5, None, None],
        ],
        "Clés des plateformes": [["plateforme", "code application", "part"], ["APP1", "APP2", 0.4]],
    }  # fmt: skip
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(tmp_path / "autour.xlsx")
    for name, body in SOUND.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    inventory, faults = read([tmp_path / name for name in ("autour.xlsx", *SOUND)])
    assert faults == []
    assert (inventory.readings, inventory.services, inventory.platform_keys) == (READINGS, SERVICES, KEYS)
    sheet = workbook["Relevés"]
    sheet["B3"], sheet["A2"] = "2026-13", "DC9"
    workbook.save(tmp_path / "autour.xlsx")
    _, faults = read([tmp_path / name for name in ("autour.xlsx", *SOUND)])
    assert [(f.sheet, f.line, f.column, f.value, f.code) for f in faults] == [
        ("Relevés", 2, "nomCourtDatacenter", "DC9", "unknown-data-centre"),
        ("Relevés", 3, "mois", "2026-13", "bad-month"),
    ]


@pytest.mark.parametrize(
    "written", ["2026-03", "2026-3", "03/2026", "3/2026", "2026-03-15", "15/03/2026", "20260301", "2026-03-01T00:00:00"]
)  # fmt: skip
def test_a_month_as_people_write_it(read_text: Reader, written: str) -> None:
    text = BESIDE["releves.csv"].replace("2026-01", written)
    inventory, faults = read_text({**BESIDE, "releves.csv": text})
    assert faults == []
    assert inventory.readings[0].month == date(2026, 3, 1)


ERRORS = [
    # file, what is replaced, by what, line, column, value, code, words in French, words in English
    ("releves.csv", "DC1;2026-01", "DC7;2026-01", 2, "nomCourtDatacenter", "DC7", "unknown-data-centre",
     "« DC7 » n'est aucun centre de données connu", "“DC7” is not a known data centre"),
    ("releves.csv", "DC1;2026-01", ";2026-01", 2, "nomCourtDatacenter", "", "missing-value", "est vide", "is blank"),
    ("releves.csv", "2026-01", "", 2, "mois", "", "missing-value", "est vide", "is blank"),
    ("releves.csv", "02/2026", "13/2026", 3, "mois", "13/2026", "bad-month", "attendu", "expected"),
    ("releves.csv", "02/2026", "février", 3, "mois", "février", "bad-month",
     "un mois : 2026-03 ou 03/2026", "a month: 2026-03 or 03/2026"),
    ("releves.csv", "02/2026", "2026", 3, "mois", "2026", "bad-month", "un mois", "a month"),
    ("releves.csv", "02/2026", "1926-02", 3, "mois", "1926-02", "bad-month", "attendu", "expected"),
    ("releves.csv", "02/2026", "01/2026", 3, "mois", "01/2026", "duplicate",
     "« DC1 2026-01 » est déjà déclaré à la ligne 2 de releves.csv",
     "“DC1 2026-01” is already declared at line 2 of releves.csv"),
    ("releves.csv", "1,45", "0,99", 2, "pue", "0,99", "too-small", "d'au moins 1", "at least 1"),
    ("releves.csv", "1500", "-1", 3, "énergie totale kWh", "-1", "negative", "d'au moins 0", "at least 0"),
    ("services.csv", "Messagerie;APP1", "Messagerie;APP7", 2, "application", "APP7", "unknown-application",
     "« APP7 » n'est aucune application connue", "“APP7” is not a known application"),
    ("services.csv", "Messagerie;APP1", "Messagerie;", 2, "application", "", "missing-value", "vide", "blank"),
    ("services.csv", "Visio", "", 3, "service", "", "missing-value", "est vide", "is blank"),
    ("services.csv", "Visio", "Messagerie", 3, "service", "Messagerie", "duplicate",
     "déjà déclaré à la ligne 2", "already declared at line 2"),
    ("services.csv", "1 200", "beaucoup", 2, "consoElecAnnuelle", "beaucoup", "bad-number", "nombre", "number"),
    ("services.csv", "35,5", "-35,5", 3, "kgCO2e déclarés", "-35,5", "negative", "au moins 0", "at least 0"),
    ("services.csv", ";;1,2", ";;0,2", 2, "pue", "0,2", "too-small", "au moins 1", "at least 1"),
    ("plateformes.csv", "APP1;APP2", "APP8;APP2", 2, "plateforme", "APP8", "unknown-application",
     "« APP8 » n'est aucune application connue", "“APP8” is not a known application"),
    ("plateformes.csv", "APP1;APP2", "APP1;APP8", 2, "application", "APP8", "unknown-application",
     "application connue", "known application"),
    ("plateformes.csv", "40 %", "", 2, "clé", "", "missing-value", "est vide", "is blank"),
    ("plateformes.csv", "40 %", "1,2", 2, "clé", "1,2", "bad-share", "part de 0 à 1", "share from 0 to 1"),
    ("plateformes.csv", "40 %\n", "0,6\nAPP1;APP3;0,5\n", 3, "clé", "0,5", "keys-above-one",
     "« APP1 » font 1.1 : un total d'au plus 1", "“APP1” sum to 1.1: a total of 1 at most"),
    ("plateformes.csv", "40 %\n", "40 %\nAPP1;APP2;0,1\n", 3, "application", "APP2", "duplicate",
     "« APP1 → APP2 » est déjà déclaré à la ligne 2", "“APP1 → APP2” is already declared at line 2"),
    ("plateformes.csv", "40 %\n", "40 %\nAPP2;APP1;0,1\n", None, "application", None, "platform-circle",
     "en boucle (", "in a circle ("),
    ("plateformes.csv", "APP1;APP2", "APP1;APP1", 2, "application", "APP1", "platform-circle",
     "en boucle (APP1 → APP1)", "in a circle (APP1 → APP1)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "column", "value", "code", "fr", "en"),
    ERRORS,
    ids=lambda v: str(v)[:24],
)
def test_each_error_is_located_and_bilingual(
    read_text: Reader, file: str, before: str, after: str, line: int | None, column: str, value: str | None,
    code: str, fr: str, en: str,
) -> None:  # fmt: skip
    assert before in BESIDE[file]
    more = {"applications.csv": SOUND["applications.csv"] + "APP3;Recette;VM2;;;Métier\n"}
    _, faults = read_text({**more, **BESIDE, file: BESIDE[file].replace(before, after, 1)})
    fault = found(faults, code, file)
    assert [f.code for f in faults if f.severity == "error"] == [code]
    if line is not None:
        assert (fault.line, fault.value) == (line, value)
    assert (fault.sheet, fault.column, fault.severity) == ("", column, "error")
    assert fr in fault.fr
    assert en in fault.en


def test_a_long_circle_is_found_at_one_of_its_keys(read_text: Reader) -> None:
    apps = SOUND["applications.csv"] + "APP3;Recette;VM2;;;Métier\nAPP4;Recette;VM2;;;Métier\n"
    keys = "plateforme;application;clé\nAPP4;APP1;0,1\nAPP1;APP2;0,1\nAPP2;APP3;0,1\nAPP3;APP1;0,1\n"
    _, faults = read_text({"applications.csv": apps, "plateformes.csv": keys})
    (fault,) = faults
    assert fault.code == "platform-circle"
    assert fault.line in (3, 4, 5)  # not the key that only leads to the circle
    for code in ("APP1", "APP2", "APP3"):
        assert code in fault.fr
    assert "APP4" not in fault.fr


def test_chains_of_platforms_are_no_circle(read_text: Reader) -> None:
    apps = SOUND["applications.csv"] + "APP3;Recette;VM2;;;Métier\n"
    keys = "plateforme;application;clé\nAPP1;APP2;0,5\nAPP1;APP3;0,5\nAPP2;APP3;1\n"
    inventory, faults = read_text({"applications.csv": apps, "plateformes.csv": keys})
    assert faults == []
    assert [key.share for key in inventory.platform_keys] == [0.5, 0.5, 1.0]


def warnings(faults: list[Fault]) -> list[tuple[int | None, str, str]]:
    return [(f.line, f.column, f.code) for f in faults if f.severity == "warning"]


def test_a_bill_alone_and_nothing_at_all_are_warned_of(read_text: Reader) -> None:
    text = "service;application;kgCO2e déclarés;dépense euros\nMessagerie;APP1;;500\nVisio;APP2;;\n"
    inventory, faults = read_text({"services.csv": text})
    assert warnings(faults) == [
        (2, "dépense euros", "spend-only"),
        (3, "kgCO2e déclarés", "service-without-quantity"),
    ]
    assert [service.spend_eur for service in inventory.services] == [500.0, None]
    assert "demandez au fournisseur" in faults[0].fr
    assert "will not be assessed" in faults[1].en


LIVES = (
    "nomEquipementPhysique;type;quantite;nomCourtDatacenter;dateAchat;détention;dureeVie;partReconditionnée;"
    "dureeVieAmont;tauxRéemploi;dureeVieTotale;kgCO2eFabrication;nbProcesseur;nbCoeur;ramGo;ssdGo;nbDisqueDur;"
    "nbAlimentation;nbGPU;modeleGPU\n"
    "H1;Serveur;1;DC1;08/07/2020;;6,5;25 %;4;0,6;9;1 250,5;2;48;256;1000;4;2;8;NVIDIA H100\n"
    "H2;Serveur;1;DC1;2021-07-08;cope;;;;;;;;;;;;;;\n"
)


def test_lives_makers_figure_and_configuration_of_equipment(read_text: Reader) -> None:
    inventory, faults = read_text({"physiques.csv": LIVES})
    assert faults == []
    first, second = inventory.assets
    assert (first.lifetime_y, first.refurbished, first.upstream_y, first.reuse, first.total_life_y) == (
        6.5, 0.25, 4.0, 0.6, 9.0,
    )  # fmt: skip
    assert first.embodied_kgco2e == 1250.5
    assert (first.cpus, first.cores, first.ram_gb, first.ssd_gb, first.hdds, first.psus, first.gpus, first.gpu) == (
        2.0, 48.0, 256.0, 1000.0, 4.0, 2.0, 8.0, "NVIDIA H100",
    )  # fmt: skip
    assert (first.ownership, second.ownership) == ("", "COPE")
    blank = ("lifetime_y", "refurbished", "upstream_y", "reuse", "total_life_y", "embodied_kgco2e", "cpus")
    assert {getattr(second, name) for name in blank} == {None}


@pytest.mark.parametrize(
    ("before", "after", "column", "value", "code"),
    [
        (";6,5;", ";0;", "dureeVie", "0", "too-small"),
        (";6,5;", ";-1;", "dureeVie", "-1", "negative"),
        ("25 %", "125 %", "partReconditionnée", "125 %", "bad-share"),
        ("0,6;9", "6;9", "tauxRéemploi", "6", "bad-share"),
        ("0,6;9", "0,6;0", "dureeVieTotale", "0", "too-small"),
        ("1 250,5", "lourd", "kgCO2eFabrication", "lourd", "bad-number"),
        ("2020;;", "2020;loué;", "détention", "loué", "unknown-word"),
        (";2;48;", ";-2;48;", "nbProcesseur", "-2", "negative"),
    ],
)
def test_faults_of_the_new_columns(
    read_text: Reader, before: str, after: str, column: str, value: str, code: str
) -> None:
    assert before in LIVES
    _, faults = read_text({"physiques.csv": LIVES.replace(before, after, 1)})
    fault = found(faults, code, "physiques.csv")
    assert (fault.line, fault.column, fault.value, fault.severity) == (2, column, value, "error")
    if code == "unknown-word":
        assert "un mot parmi : BYOD, COPE, ou rien" in fault.fr
        assert "one of: BYOD, COPE, or nothing" in fault.en


@pytest.mark.parametrize("word", ["BYOD", "byod", "AVEC", "Personnel"])
def test_office_equipment_of_people(read_text: Reader, word: str) -> None:
    text = f"type;quantité;année d'achat;détention;durée de vie\nSmartphone;3;2024;{word};2,5\n"
    inventory, faults = read_text({"terminaux.csv": text})
    assert [f for f in faults if f.severity == "error"] == []
    phone = inventory.assets[-1]
    assert (phone.ownership, phone.lifetime_y, phone.share) == ("BYOD", 2.5, None)


def test_a_contract_of_electricity(read_text: Reader) -> None:
    text = "nomCourtDatacenter;pue;localisation;facteurContrat\nDC1;1,42;France;0,012\n"
    inventory, faults = read_text({"centres.csv": text})
    assert faults == []
    assert inventory.data_centres[0].contract_kgco2e_kwh == 0.012


def test_laying_one_inventory_over_another_replaces_by_identity(read_text: Reader) -> None:
    base, _ = read_text(BESIDE)
    over, _ = read_text(
        {
            "releves.csv": "nomCourtDatacenter;mois;pue\nDC1;2026-01;1,6\nDC1;2026-03;1,7\n",
            "services.csv": "service;application;kgCO2e déclarés\nVisio;APP1;12\n",
            "plateformes.csv": "plateforme;application;clé\nAPP1;APP2;0,9\n",
        }
    )
    both = base.merge(over)
    assert [(r.month.month, r.pue) for r in both.readings] == [(1, 1.6), (2, None), (3, 1.7)]
    assert [(s.name, s.kgco2e) for s in both.services] == [("Messagerie", None), ("Visio", 12.0)]
    assert both.platform_keys == (PlatformKey("APP1", "APP2", 0.9),)
