"""The 400 virtual machines of the sample and what each application runs on."""

from __future__ import annotations

from collections.abc import Sequence

from pos_map.sample.draws import Draws, decimal
from pos_map.sample.hosts import CLUSTERS, Record, host_names
from pos_map.sample.landscape import MapLine

MACHINES = 400
# Run elsewhere by a supplier: no machine of ours, the map says so.
SAAS = frozenset({"FORMATION", "RECRUT", "VISIO", "ENQ-SATISF", "MARCHES"})
# Nobody knows where these run: the hole in the inventory that a warning must point at.
_LOST = frozenset({"PARC-AUTO", "AUDIT", "PCA"})
_OVERSEAS = frozenset({"ACCUEIL-REUNION", "FILE-ATTENTE", "PREV-SANTE"})
_AI = frozenset({"LABO-IA", "RESUME-COURRIER", "RECH-DOC", "ASSISTANT-AGENT"})
_WEST = frozenset({"TRI-COURRIER", "NUM-COURRIER", "GED-ENTRANTE"})
_SPARE = frozenset({"ANNUAIRE", "COMPTE-COTISANT", "REMB-SOINS", "MESSAGERIE"})
# Applications that keep their files on a storage bay: bay, GB.
_STORES = {
    "ARCHIVES": ("BAIE-NORD-02", 240_000),
    "ENTREPOT": ("BAIE-NORD-01", 96_000),
    "PARTAGE-FICHIERS": ("BAIE-NORD-02", 180_000),
    "GED-ENTRANTE": ("BAIE-OUEST-01", 72_000),
    "SAUVEGARDE": ("BAIE-NORD-02", 310_000),
    "ACCUEIL-REUNION": ("BAIE-REU-01", 8_000),
}
# One machine, two applications: name, cluster, (application, declared share).
_SHARED = (
    ("web-mutualise-01", "NORD-PROD-B", (("PORTAIL-ASSURES", "0,6"), ("PORTAIL-EMPLOYEURS", "0,4"))),
    ("web-mutualise-02", "NORD-PROD-B", (("SIMUL-DROITS", "0,7"), ("RDV-ACCUEIL", "0,3"))),
    ("bdd-mutualisee-01", "NORD-BDD", (("REF-IDENTITES", "0,5"), ("REF-BENEF", "0,5"))),
    # A fifth of it serves nobody declared: a remainder that stays unallocated.
    ("bdd-mutualisee-02", "NORD-BDD", (("BUDGET", "0,45"), ("COMPTA-GEN", "0,35"))),
    ("integration-01", "OUEST-PROD", (("ECHANGE-OSS", ""), ("FLUX-IMPOTS", ""))),
    ("fichiers-rh-01", "NORD-PROD-A", (("PAIE", "60 %"), ("GTA", "40 %"))),
)
# Used without any virtual machine: application, host, declared share.
_DIRECT = (
    ("RETRAITE-LIQ", "SRV-CALCUL-01", "0,6"),
    ("RENTES", "SRV-CALCUL-01", "0,3"),
    ("SAUVEGARDE", "SRV-SAUV-01", ""),
    ("SAUVEGARDE", "SRV-SAUV-02", ""),
    ("TEL-CONTACT", "SRV-TEL-01", ""),
    ("SVI-VOCAL", "SRV-TEL-01", ""),
    ("ACCUEIL-REUNION", "SRV-REU-01", ""),
    ("BORNES-ACCUEIL", "SRV-SIEGE-01", ""),
)
_ORPHANS = ("vm-essai", "ancien-intranet", "clone-a-supprimer", "migration-2023")
_NON_PRODUCTION = (("Recette", "rec", 0.5), ("Développement", "dev", 0.35), ("Formation", "for", 0.1))


class Park:
    """The machines and links written so far."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self.machines: list[Record] = []
        self.links: list[Record] = []

    def machine(self, name: str, cluster: str, sizes: Sequence[int]) -> str:
        """Add a computing machine of one of these vCPU sizes; returns its name."""
        vcpu = self._draws.pick(sizes)
        ram_gb = vcpu * self._draws.pick((2, 4, 4, 8))
        storage_gb = self._draws.pick((60, 80, 120, 200, 400, 800))
        row = {
            "nomEquipementVirtuel": name,
            "cluster": cluster,
            "vCPU": "" if self._draws.chance(0.04) else str(vcpu),
            "ramGo": "" if self._draws.chance(0.03) else str(ram_gb),
            "typeEqv": "calcul",
            "capaciteStockage": str(storage_gb),
            "nomEntite": "Caisse Exemple",
        }
        if cluster == "NORD-BDD":
            # The database team names the host as well: its machines never move.
            row["nomEquipementPhysique"] = self._draws.pick(_hosts_of("NORD-BDD"))
        self.machines.append(row)
        return name

    def link(self, line: MapLine, environment: str, vm: str = "", host: str = "", share: str = "") -> None:
        """Add a line of the applications' file."""
        self.links.append(
            {
                "nomApplication": line.code,
                "typeEnvironnement": environment,
                "nomEquipementVirtuel": vm,
                "nomEquipementPhysique": host,
                "domaine": line.zone,
                "sousDomaine": line.quartier,
                "nomEntite": "Caisse Exemple",
                "cleRepartition": share,
            }
        )


def _hosts_of(cluster: str) -> list[str]:
    return next(host_names(known) for known in CLUSTERS if known.name == cluster)


def hosting(line: MapLine) -> str:
    """Where an application runs, as its record says; "" when nobody knows."""
    if line.code in SAAS:
        return "SaaS"
    if line.code in _LOST:
        return ""
    if line.code in _OVERSEAS:
        return "DC-REUNION"
    # A third of the estate lives in the west, by the length of the code: any stable rule would do.
    return "DC-OUEST" if line.code in _WEST | _AI or len(line.code) % 3 == 0 else "DC-NORD"


def park(draws: Draws, lines: Sequence[MapLine]) -> Park:
    """Machines and links of all the applications, 400 machines exactly."""
    built = Park(draws)
    by_code = {line.code: line for line in lines}
    for line in lines:
        if line.code not in SAAS | _LOST:
            _application(built, draws, line)
    for name, cluster, users in _SHARED:
        built.machine(name, cluster, (8, 16))
        for code, share in users:
            built.link(by_code[code], "Production", vm=name, share=share)
    for code, host, share in _DIRECT:
        built.link(by_code[code], "Production", host=host, share=share)
    _composition(built, by_code["EDITIQUE"])
    _off_the_map(built)
    for stem in _ORPHANS:
        for rank in range(1, 4):
            built.machine(f"{stem}-{rank:02d}", "NORD-HORSPROD", (2, 4))
    _fill(built, by_code["CONTENEURS"])
    return built


def _application(built: Park, draws: Draws, line: MapLine) -> None:
    stem = line.code.lower()
    cluster = _production_cluster(draws, line)
    for rank in range(1, _production_machines(line) + 1):
        built.link(line, "Production", built.machine(f"{stem}-prod-{rank:02d}", cluster, (4, 4, 8, 8, 16)))
    if cluster.startswith("NORD") and (line.volume or 0) >= 100_000:
        built.link(line, "Production", built.machine(f"{stem}-bdd-01", "NORD-BDD", (8, 16)))
    if line.code in _SPARE:
        built.link(line, "Production", built.machine(f"{stem}-secours-01", "OUEST-SECOURS", (4, 8)))
    if line.code in _STORES:
        _store(built, line)
    for environment, short, probability in _NON_PRODUCTION:
        # The classifier of letters is trained and tested: it always has these two.
        if draws.chance(probability) or (line.code == "TRI-COURRIER" and short != "for"):
            where = cluster if line.code in _AI else "NORD-HORSPROD"
            built.link(line, environment, built.machine(f"{stem}-{short}-01", where, (2, 4, 4, 8)))


def _production_cluster(draws: Draws, line: MapLine) -> str:
    if line.code in _AI:
        return "OUEST-IA"
    place = hosting(line)
    if place == "DC-NORD":
        return draws.pick(("NORD-PROD-A", "NORD-PROD-B"))
    return "REU-PROD" if place == "DC-REUNION" else "OUEST-PROD"


def _production_machines(line: MapLine) -> int:
    volume = line.volume or 0
    return 1 + sum(volume >= bound for bound in (100_000, 1_000_000, 5_000_000))


def _store(built: Park, line: MapLine) -> None:
    bay, storage_gb = _STORES[line.code]
    name = f"{line.code.lower()}-stockage-01"
    built.machines.append(
        {
            "nomEquipementVirtuel": name,
            "nomEquipementPhysique": bay,
            "typeEqv": "stockage",
            "capaciteStockage": decimal(storage_gb),
            "nomEntite": "Caisse Exemple",
        }
    )
    built.link(line, "Production", name)


def _composition(built: Park, line: MapLine) -> None:
    """Letters are composed on a server cut by declared keys; its last fifth is free."""
    for rank, part in enumerate(("0,5", "0,3"), start=1):
        name = built.machine(f"editique-compo-{rank:02d}", "", (8, 16))
        built.machines[-1] |= {"nomEquipementPhysique": "SRV-EDITIQUE-01", "cleRepartition": part}
        built.link(line, "Production", name)


def _off_the_map(built: Park) -> None:
    """Two applications that the infrastructure knows and the map does not, as in every estate."""
    telework = MapLine("Ressources", "Ressources humaines", "", "SUIVI-TELETRAVAIL", "", "", None, "", None)
    mock_up = MapLine("", "", "", "MAQUETTE-CHATBOT", "", "", None, "", None)
    for line, cluster in ((telework, "NORD-PROD-A"), (mock_up, "NORD-HORSPROD")):
        built.link(line, "Production", built.machine(f"{line.code.lower()}-01", cluster, (2, 4)))


def _fill(built: Park, line: MapLine) -> None:
    """Container nodes take what is left of the 400 machines."""
    missing = MACHINES - len(built.machines)
    if missing < 0:
        raise ValueError(f"{-missing} machines beyond {MACHINES}: lower the draws of the sample")
    for rank in range(1, missing + 1):
        name = built.machine(f"conteneurs-noeud-{rank:02d}", "NORD-PROD-B", (16,))
        built.link(line, "Production", name)
