"""Names that columns bear in real inventories, in French and English, are known for what they are."""

from pathlib import Path

import pytest

from pos_map.inspecting import inspect
from pos_map.profile_writing import to_profile

# Kind of table, then for each column its name, our field, and what a cell holds.
SHEETS = {
    "parc": ("assets", [
        ("Réf. CI", "ref", "CI0001"), ("Nom du CI", "name", "SRV-01"), ("Type de CI", "type", "Serveur"),
        ("Acquis le", "purchased", "12/03/2021"), ("Réformé le", "retired", "12/03/2025"),
        ("Qté", "quantity", "2"), ("Salle serveur", "data_centre", "Nord"), ("Nb cœurs", "cores", "32"),
        ("Mémoire vive (Go)", "ram_gb", "256"), ("Entité de rattachement", "entity", "Caisse Exemple"),
        ("Désignation du modèle", "model", "M640"), ("Cycle de vie", "status", "En service"),
        ("Conso. (kWh/an)", "yearly_kwh", "1200"), ("Nb proc.", "cpus", "2"),
    ]),
    "equip": ("assets", [
        ("Désignation", "name", "SRV-01"), ("Famille", "type", "Serveur"),
        ("Date d'acquisition", "purchased", "12/03/2021"), ("Date de réforme", "retired", "12/03/2025"),
        ("Nb d'unités", "quantity", "2"), ("N° d'inventaire", "ref", "I1"),
        ("Localisation", "data_centre", "Nord"), ("Pays", "country", "France"), ("Ferme ESX", "cluster", "F1"),
    ]),
    "ci": ("assets", [
        ("CI Name", "name", "SRV-01"), ("CI Type", "type", "Server"),
        ("Acquisition date", "purchased", "2021-03-12"), ("Disposal date", "retired", "2025-03-12"),
        ("Qty", "quantity", "1"), ("Asset ID", "ref", "A1"), ("Server room", "data_centre", "DC1"),
        ("Owning entity", "entity", "X"), ("Installed memory (GB)", "ram_gb", "256"),
        ("Core count", "cores", "32"),
    ]),
    "vm": ("machines", [
        ("Nom VM", "name", "VM-1"), ("Hôte (ESX)", "host", "ESX1"), ("Nb de vCPU", "vcpu", "4"),
        ("RAM allouée (Go)", "ram_gb", "8"), ("Disque alloué (Go)", "storage_gb", "100"),
        ("Cluster VMware", "cluster", "C1"), ("Appli supportée", "application", "PAIE"),
        ("Env.", "environment", "Production"), ("Réf. CI", "ref", "CI1"),
    ]),
    "vm2": ("machines", [
        ("Nom du serveur virtuel", "name", "VM-1"), ("Serveur hôte", "host", "ESX1"),
        ("CPU virtuels", "vcpu", "4"), ("Mémoire allouée", "ram_gb", "8"),
        ("Espace disque (Go)", "storage_gb", "100"), ("Applications hébergées", "application", "PAIE"),
        ("Envt", "environment", "Production"),
    ]),
    "vm3": ("machines", [
        ("Guest name", "name", "VM-1"), ("ESXi host", "host", "ESX1"), ("vCPU count", "vcpu", "4"),
        ("Memory size (GB)", "ram_gb", "8"), ("Provisioned space (GB)", "storage_gb", "100"),
        ("Host cluster", "cluster", "C1"), ("Supported application", "application", "PAIE"),
    ]),
    "vm4": ("machines", [
        ("Machine", "name", "VM-1"), ("Hôte physique", "host", "ESX1"), ("vCPU alloués", "vcpu", "4"),
        ("RAM (Go)", "ram_gb", "8"), ("Stockage provisionné (Go)", "storage_gb", "100"),
    ]),
    "pos": ("map", [
        ("Code appli", "code", "PAIE"), ("Nom de l'application", "name", "Paie"),
        ("Domaine fonctionnel", "zone", "RH"), ("Sous-domaine fonctionnel", "quartier", "Paie"),
        ("Îlot fonctionnel", "ilot", "Calcul"), ("Direction propriétaire", "owner", "DRH"),
        ("Statut applicatif", "status", "en service"), ("Mode hébergement", "hosting", "interne"),
        ("Nbre utilisateurs", "users", "120"), ("Date MEP", "installed", "12/03/2010"),
        ("Date de décommissionnement prévue", "decommissioned", "12/03/2030"),
        ("Coût annuel (€)", "yearly_cost_eur", "1200"), ("Réf. CI", "ref", "1"),
        ("Niveau criticité", "criticality", "haute"),
    ]),
    "pos2": ("map", [
        ("Trigramme", "code", "PAI"), ("Libellé appli", "name", "Paie"), ("Zone", "zone", "RH"),
        ("Quartier fonctionnel", "quartier", "Paie"), ("Direction métier", "owner", "DRH"),
        ("Mis en production le", "installed", "12/03/2010"), ("Fin de vie", "decommissioned", "12/03/2030"),
        ("Type d'hébergement", "hosting", "interne"), ("Nb users", "users", "12"),
        ("Éditeur / fournisseur", "editor", "X"), ("Durée max. d'interruption (DIMA)", "rto_h", "24"),
    ]),
    "pos3": ("map", [
        ("Application ID", "code", "PAI"), ("Application name", "name", "Paie"),
        ("Business domain", "zone", "RH"), ("Business sub-domain", "quartier", "Paie"),
        ("Owning department", "owner", "DRH"), ("Go-live date", "installed", "2010-03-12"),
        ("Retirement date", "decommissioned", "2030-03-12"), ("Number of users", "users", "12"),
        ("Hosting model", "hosting", "SaaS"), ("Lifecycle status", "status", "live"),
        ("Yearly cost", "yearly_cost_eur", "12"),
    ]),
    "liens": ("links", [
        ("Appli supportée", "application", "PAIE"), ("Environnement technique", "environment", "Production"),
        ("Nom VM", "vm", "VM1"),
    ]),
    "term": ("terminals", [
        ("Type de poste", "type", "Ordinateur portable"), ("Nb postes", "quantity", "12"),
        ("Année d'acquisition", "purchased", "2021"), ("Site d'affectation", "site", "Nord"),
        ("Modèle de poste", "model", "X"),
    ]),
    "salles": ("data_centres", [
        ("Nom de la salle", "code", "Nord"), ("PUE annuel", "pue", "1,5"),
        ("Puissance souscrite (kW)", "power_kw", "120"), ("Pays", "location", "France"), ("WUE", "wue", "1,2"),
    ]),
}  # fmt: skip


def written(folder: Path, columns: list[tuple[str, str, str]]) -> Path:
    """A CSV of three rows, whose names and identifiers differ."""
    path = folder / "export.csv"
    rows = [
        "".join(f"{cell}{rank if not at else ''};" for at, (_, _, cell) in enumerate(columns))
        for rank in range(3)
    ]
    header = "".join(f"{name};" for name, _, _ in columns)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_columns_are_known_by_their_usual_names(tmp_path: Path, name: str) -> None:
    kind, columns = SHEETS[name]
    (sheet,) = inspect(written(tmp_path, columns)).sheets
    assert sheet.kind == kind
    found = {column.name: column.guess.field if column.guess else None for column in sheet.columns}
    assert found == {name: field for name, field, _ in columns}


@pytest.mark.parametrize(
    "header",
    [
        "Nom du serveur;Salle;Date d'achat\nS1;Nord;2020-01-01\nS2;Nord;2021-01-01\n",
        "plateforme;application;clé\nP;A;0,5\nP;B;0,5\n",
        "Libellé du critère;Date de l'évaluation;Dénominateur\nX;2020-01-01;4\n",
    ],
)
def test_columns_are_not_taken_for_what_they_are_not(tmp_path: Path, header: str) -> None:
    (tmp_path / "x.csv").write_text(header, encoding="utf-8")
    (sheet,) = inspect(tmp_path / "x.csv").sheets
    found = {column.name: column.guess.field if column.guess else None for column in sheet.columns}
    wrong = {
        "plateforme": "environment",
        "Date de l'évaluation": "code",
        "Dénominateur": "name",
        "Date d'achat": "month",
    }
    assert not [name for name, field in wrong.items() if found.get(name) == field]


def test_units_of_another_size_are_brought_to_ours(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "Nom VM;Serveur hôte;vCPU;RAM (Mo);Disque (To)\nV1;H1;4;8192;2\nV2;H1;2;4096;1\n", encoding="utf-8"
    )
    proposed = to_profile(inspect(path))
    assert 'ram_gb: {column: "RAM (Mo)", factor: 0.0009765625}' in proposed
    assert 'storage_gb: {column: "Disque (To)", factor: 1024}' in proposed
    costs = tmp_path / "pos.csv"
    costs.write_text("Code appli;Nom appli;Zone;Coût annuel (k€)\nA;Un;Z;12\n", encoding="utf-8")
    assert 'yearly_cost_eur: {column: "Coût annuel (k€)", factor: 1000}' in to_profile(inspect(costs))
