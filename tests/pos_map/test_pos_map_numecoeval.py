"""The dialects of NumEcoEval and G4IT, and their exported results: real columns, no error, nothing invented."""

from datetime import date
from pathlib import Path

import pytest
from pos_map_estate import Reader, found

from pos_map import Fault, Inventory, gather
from pos_map.grids import Unreadable
from pos_map.indicators import LEVELS, Indicator, is_results, read_indicators, totals

# The columns of an inventory exported by G4IT, in its order.
EXPORT = {
    "datacenter.csv": "nomCourtDatacenter;nomLongDatacenter;pue;localisation;nomEntite;nomSourceDonnee\n"
    "DC;Salle;1.75;France;;\n",
    "physical_equipment.csv": "nomEquipementPhysique;nomEntite;nomSourceDonnee;modele;quantite;type;statut;"
    "paysDUtilisation;utilisateur;dateAchat;dateRetrait;nbCoeur;nomCourtDatacenter;consoElecAnnuelle;fabricant;"
    "tailleDuDisque;tailleMemoire;typeDeProcesseur;dureeUtilisation;nombreUtilisateur\n"
    "h1;E1;;R740;1.0;Server;In use;France;;2020-07-08;2024-11-20;4.0;DC;1.2;Dell;500;64;Xeon;8760;12\n"
    "h2;E1;;R740;2.0;Server;In use;France;jdupont;20200708;01/01/2023;8;DC;1,2;;;;;;\n",
    "virtual_equipment.csv": "nomEquipementVirtuel;typeInfrastructure;quantite;provider;typeInstance;location;"
    "chargeMoy;dureeUtilisationAnnuelle;nomEquipementPhysique;nomSourceDonneeEquipementPhysique;vCPU;nomEntite;"
    "cluster;consoElecAn;typeEqv;cleRepartition;nomSourceDonnee;capaciteStockage\n"
    "v1;NON_CLOUD_SERVERS;1.0;;;;;8760;h1;;4.0;E1;C1;;calcul;;;\n"
    "v2;;1;;;;;;h2;;2;E1;;;stockage;;;80\n",
    "application.csv": "nomApplication;typeEnvironnement;nomEquipementVirtuel;nomSourceDonneeEquipementVirtuel;"
    "domaine;sousDomaine;nomEntite;nomSourceDonnee;nomEquipementPhysique;associeAvecUnEquipmentCloud\n"
    "a1;Test;v1;;D1;S1;E1;;h1;\na2;Test;v2;;D1;S2;E1;;h2;\n",
}
RESULTS = (
    "inventoryName;calculationDate;batchDate;batchName;acvStep;criteria;organizationName;dataSourceName;"
    "applicationName;environmentType;physicalEquipmentName;virtualEquipmentName;entityName;source;"
    "indicatorStatus;trace;calculationVersion;domain;subDomain;unitImpact;unit;averagePowerConsumption;sipImpact\n"
    'I;2024-01-01 00:00:00.000;2024-01-01;4;FABRICATION;Climate change;2;;a1;Test;h1;v1;E1;;OK;"{""formule"":'
    '""x;y""}";1.1;D;S;509.1002555528837;kg CO2 eq;;0.5980619742177782\n'
    "I;2024-01-01 00:00:00.000;2024-01-01;4;UTILISATION;Climate change;2;;a1;Test;h1;v1;E1;;OK;;1.1;D;S;"
    "90,5;kg CO2 eq;;0.1\n"
    "I;2024-01-01 00:00:00.000;2024-01-01;4;UTILISATION;Climate change;2;;a2;Test;h1;v1;E1;;ERREUR;;1.1;D;S;"
    "0;kg CO2 eq;;\n"
)


def codes(faults: list[Fault]) -> list[str]:
    return sorted({fault.code for fault in faults})


def test_an_exported_inventory_imports_with_no_word_but_for_persons(read_text: Reader) -> None:
    inventory, faults = read_text(EXPORT, alone=True)
    assert [(fault.code, fault.column) for fault in faults] == [("personal-data", "utilisateur")]
    first, second = inventory.assets
    assert (first.ram_gb, first.lifetime_y, first.ssd_gb, first.yearly_kwh) == (64.0, None, None, 1.2)
    assert (second.purchased, second.retired, second.yearly_kwh) == (date(2020, 7, 8), date(2023, 1, 1), 1.2)
    assert [(vm.name, vm.kind, vm.storage_gb) for vm in inventory.machines] == [
        ("v1", "calcul", None),
        ("v2", "stockage", 80.0),
    ]
    assert [(app.code, app.node) for app in inventory.applications] == [("a1", "d1/s1"), ("a2", "d1/s2")]
    # The person who uses a machine is read nowhere.
    assert "jdupont" not in repr(inventory)


def test_the_life_and_use_of_numecoeval_are_ours(read_text: Reader) -> None:
    """Years in the body and before it (data model of NumEcoEval 2), mode and rate of professional use."""
    text = (
        "nomEquipementPhysique;modele;quantite;nomCourtDatacenter;dateAchat;dateRetrait;dureeUsageInterne;"
        "dureeUsageAmont;dureeUsageAval;type;statut;paysDUtilisation;consoElecAnnuelle;utilisateur;"
        "nomSourceDonnee;nomEntite;nbCoeur;nbJourUtiliseAn;goTelecharge;modeUtilisation;tauxUtilisation;qualite;\n"
        "p1;X;10;;2022-01-01;;4,5;2;1;Portable;;France;;;;;;220;3;COPE;0,8;Haute;\n"
    )
    inventory, faults = read_text({"e.csv": text}, alone=True)
    assert faults == []
    (laptop,) = inventory.assets
    assert (laptop.lifetime_y, laptop.upstream_y) == (4.5, 2.0)
    assert (laptop.ownership, laptop.share) == ("COPE", 0.8)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_any_order_bom_and_trailing_separator(tmp_path: Path, encoding: str, order: int) -> None:
    paths = []
    for name, text in EXPORT.items():
        rows = [line.split(";")[::order] for line in text.splitlines()]
        paths.append(tmp_path / name)
        paths[-1].write_text("\r\n".join(";".join([*row, ""]) for row in rows), encoding=encoding)
    found = gather(paths)
    assert codes(list(found.faults)) == ["personal-data"]
    assert len(found.inventory.links) == 2


def test_results_are_told_and_left_out(read_text: Reader) -> None:
    inventory, faults = read_text({**EXPORT, "ind_application.csv": RESULTS}, alone=True)
    fault = found(faults, "results", "ind_application.csv")
    assert codes(faults) == ["personal-data", "results"]
    assert "Climate change 599,6 kg CO2 eq" in fault.fr
    assert "1 sans valeur" in fault.fr
    assert "Climate change 599.6 kg CO2 eq" in fault.en
    assert len(inventory.applications) == 2
    alone = read_text({"ind_application.csv": RESULTS}, alone=True)
    assert alone[0] == Inventory()


def test_indicators_are_typed_and_an_error_is_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(RESULTS)
    assert is_results(path)
    lines, faults = read_indicators(path)
    assert faults == []
    assert lines[0] == Indicator(
        "application",
        "a1",
        "FABRICATION",
        "Climate change",
        509.1002555528837,
        "kg CO2 eq",
        "OK",
        date(2024, 1, 1),
        "a1",
        "Test",
        "v1",
        "h1",
        "E1",
        0.5980619742177782,
    )
    assert [one.value for one in lines] == [509.1002555528837, 90.5, None]
    assert totals(lines) == {("Climate change", "kg CO2 eq"): pytest.approx(599.6002555528837)}


def test_results_with_a_bad_number_keep_the_other_lines(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(RESULTS.replace("90,5", "beaucoup"))
    lines, faults = read_indicators(path)
    assert [(f.line, f.column, f.value, f.severity) for f in faults] == [
        (3, "unitImpact", "beaucoup", "warning")
    ]
    assert [one.value for one in lines] == [509.1002555528837, None, None]


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_told_by_its_column(tmp_path: Path, level: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"acvStep;criteria;unitImpact;unit;{LEVELS[level][0]}\nUSE;GWP;1;kg;x\n")
    assert [(one.level, one.name) for one in read_indicators(path)[0]] == [(level, "x")]


def test_results_of_nothing_known_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("acvStep;criteria;unitImpact;unit\nUSE;GWP;1;kg\n")
    with pytest.raises(Unreadable, match="ne dit pas de quoi"):
        read_indicators(path)


def test_files_outside_the_inventory_are_set_aside(read_text: Reader) -> None:
    _, faults = read_text(
        {"non_it.csv": "nomItemNonIT;quantite;type;dureeDeVie;localisation\nParis;1;BATIMENT;50;France\n"}
    )
    fault = found(faults, "outside-inventory", "non_it.csv")
    assert fault.severity == "warning"
    assert "opérations non informatiques" in fault.fr
