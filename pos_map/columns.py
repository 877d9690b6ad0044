"""The tables an inventory is made of, and the words their columns and cells may hold.

The first four follow the CSV files of NumEcoEval and G4IT, the State's de facto inventory format,
with a few optional columns of ours; the last three are the sheets of the map workbook.
A file or a sheet is recognised by its header alone: the order, case and accents do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_map.spelling import key

Need = Literal["required", "expected", "optional", "dropped"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: our `field`, the `header` shown to people, other spellings accepted.

    `need`: required (an error without it), expected (a warning), optional, dropped (known, never kept).
    """

    field: str
    header: str
    need: Need = "optional"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table. `sheet` names its usual sheet in a workbook."""

    kind: str
    sheet: str
    fr: str
    en: str
    columns: tuple[Column, ...]

    def by_header(self) -> dict[str, Column]:
        """Column of each accepted header, by `spelling.key`."""
        return {key(name): column for column in self.columns for name in (column.header, *column.aliases)}


_SOURCE = Column("source", "nomSourceDonnee", "dropped")
_ENTITY = Column("entity", "nomEntite")
_KWH = Column("yearly_kwh", "consoElecAnnuelle", "optional", ("consoElecAn",))
# How long a piece of equipment serves, and for whom (M3).
_LIFE = (
    Column("ownership", "détention"),
    Column("lifetime_y", "dureeVie", "optional", ("durée de vie",)),
    Column("refurbished", "partReconditionnée", "optional", ("part reconditionnée",)),
    Column("upstream_y", "dureeVieAmont", "optional", ("durée de vie amont",)),
    Column("reuse", "tauxRéemploi", "optional", ("taux de réemploi",)),
    Column("total_life_y", "dureeVieTotale", "optional", ("durée de vie totale",)),
    Column("embodied_kgco2e", "kgCO2eFabrication", "optional", ("kgCO2e fabrication",)),
)

DATA_CENTRES = Table(
    "data_centres",
    "Centres de données",
    "centres de données",
    "data centres",
    (
        Column("code", "nomCourtDatacenter", "required"),
        Column("name", "nomLongDatacenter"),
        Column("pue", "pue", "expected"),
        Column("location", "localisation", "expected"),
        Column("contract_kgco2e_kwh", "facteurContrat", "optional", ("kgCO2eParKWhContrat",)),
        _ENTITY,
        _SOURCE,
    ),
)
READINGS = Table(
    "readings",
    "Relevés",
    "relevés des centres",
    "meter readings of data centres",
    (
        Column("data_centre", "nomCourtDatacenter", "required"),
        Column("month", "mois", "required"),
        Column("pue", "pue"),
        Column("it_kwh", "énergie informatique kWh", "optional", ("energieInformatique",)),
        Column("total_kwh", "énergie totale kWh", "optional", ("energieTotale",)),
    ),
)
ASSETS = Table(
    "assets",
    "Équipements physiques",
    "équipements physiques",
    "physical equipment",
    (
        Column("name", "nomEquipementPhysique", "required"),
        Column("model", "modele"),
        Column("quantity", "quantite", "expected"),
        Column("data_centre", "nomCourtDatacenter", "expected"),
        Column("purchased", "dateAchat", "expected"),
        Column("retired", "dateRetrait"),
        Column("type", "type", "required"),
        Column("status", "statut"),
        Column("country", "paysDUtilisation"),
        _KWH,
        # A person's name or number: personal data that no calculation needs.
        Column("user", "utilisateur", "dropped"),
        _SOURCE,
        _ENTITY,
        Column("cores", "nbCoeur"),
        Column("cluster", "cluster", "optional", ("grappe",)),
        Column("ram_gb", "ramGo"),
        Column("site", "site"),
        Column("share", "tauxProfessionnel", "optional", ("taux professionnel",)),
        *_LIFE,
        Column("cpus", "nbProcesseur"),
        Column("ssd_gb", "ssdGo"),
        Column("hdds", "nbDisqueDur"),
        Column("psus", "nbAlimentation"),
        Column("gpus", "nbGPU"),
        Column("gpu", "modeleGPU"),
    ),
)
MACHINES = Table(
    "machines",
    "Équipements virtuels",
    "équipements virtuels",
    "virtual machines",
    (
        Column("name", "nomEquipementVirtuel", "required"),
        Column("host", "nomEquipementPhysique", "expected"),
        Column("host_source", "nomSourceDonneeEquipementPhysique", "dropped"),
        Column("key", "cleRepartition"),
        Column("vcpu", "vCPU", "expected"),
        Column("cluster", "cluster", "optional", ("grappe",)),
        _KWH,
        Column("kind", "typeEqv"),
        Column("storage_gb", "capaciteStockage"),
        Column("ram_gb", "ramGo"),
        _ENTITY,
        _SOURCE,
    ),
)
LINKS = Table(
    "links",
    "Applications",
    "applications et leurs machines",
    "applications and their machines",
    (
        Column("application", "nomApplication", "required"),
        Column("environment", "typeEnvironnement", "expected"),
        Column("vm", "nomEquipementVirtuel", "expected"),
        Column("vm_source", "nomSourceDonneeEquipementVirtuel", "dropped"),
        Column("domain", "domaine"),
        Column("sub_domain", "sousDomaine"),
        _ENTITY,
        Column("host", "nomEquipementPhysique"),
        Column("share", "cleRepartition", "optional", ("partApplication",)),
        _SOURCE,
    ),
)
MAP = Table(
    "map",
    "POS",
    "plan d'occupation des sols (POS)",
    "application map (POS)",
    (
        Column("code", "code application", "required", ("code",)),
        Column("name", "nom", "expected", ("nom application",)),
        Column("zone", "zone", "required"),
        Column("quartier", "quartier"),
        Column("ilot", "îlot"),
        Column("bloc", "bloc"),
        Column("owner", "propriétaire"),
        Column("branch", "branche"),
        Column("status", "statut"),
        Column("hosting", "hébergement"),
        Column("perimeter", "périmètre"),
        Column("users", "utilisateurs"),
        Column("act_label", "acte fonctionnel"),
        Column("act_volume", "volume annuel d'actes", "optional", ("volume annuel",)),
    ),
)
TERMINALS = Table(
    "terminals",
    "Terminaux",
    "terminaux",
    "office equipment",
    (
        Column("name", "nom"),
        Column("type", "type", "required"),
        Column("model", "modèle"),
        Column("site", "site"),
        Column("entity", "entité"),
        Column("quantity", "quantité", "required"),
        Column("purchased", "année d'achat", "expected", ("date d'achat",)),
        Column("share", "taux professionnel", "optional", ("tauxProfessionnel",)),
        Column("country", "pays"),
        Column("user", "utilisateur", "dropped"),
        *_LIFE,
    ),
)
SERVICES = Table(
    "services",
    "Services achetés",
    "services achetés (SaaS, nuage)",
    "services bought (SaaS, cloud)",
    (
        Column("name", "service", "required", ("nomService",)),
        Column("application", "application", "required", ("code application", "nomApplication")),
        Column("environment", "environnement", "optional", ("typeEnvironnement",)),
        Column("provider", "fournisseur"),
        Column("country", "pays"),
        _KWH,
        Column("kgco2e", "kgCO2e déclarés", "optional", ("kgCO2e",)),
        Column("spend_eur", "dépense euros", "optional", ("depenseEuro",)),
        Column("pue", "pue"),
    ),
)
PLATFORM_KEYS = Table(
    "platform_keys",
    "Clés des plateformes",
    "clés des plateformes partagées",
    "keys of shared platforms",
    (
        Column("platform", "plateforme", "required"),
        Column("application", "application", "required", ("code application", "nomApplication")),
        Column("share", "clé", "required", ("part",)),
    ),
)
USE_CASES = Table(
    "use_cases",
    "Cas d'usage IA",
    "cas d'usage d'IA",
    "AI use cases",
    (
        Column("code", "code", "required"),
        Column("title", "titre", "required"),
        Column("application", "application", "expected", ("code application",)),
        Column("model", "modèle"),
        Column("automation", "type d'automatisation", "expected", ("automatisation",)),
        Column("status", "statut", "expected"),
        Column("functional_act", "acte fonctionnel"),
        Column("yearly_volume", "volume annuel", "optional", ("volume annuel d'actes",)),
        Column("abandon_reason", "raison d'abandon"),
        Column("non_ai_alternative", "alternative sans IA", "optional", ("alternatives sans IA",)),
        Column("human_decision", "décision humaine", "optional", ("point de décision humaine",)),
        Column("summary", "résumé"),
    ),
)
TABLES = (
    DATA_CENTRES, ASSETS, MACHINES, LINKS, MAP, TERMINALS, USE_CASES, READINGS, SERVICES, PLATFORM_KEYS,
)  # fmt: skip

KINDS = {"calcul": "calcul", "compute": "calcul", "stockage": "stockage", "storage": "stockage"}
PERIMETERS = {
    "interne": "interne",
    "internes": "interne",
    "agents": "interne",
    "usagers": "usagers",
    "usager": "usagers",
    "externe": "usagers",
}
OWNERSHIPS = {
    "BYOD": "BYOD",
    "AVEC": "BYOD",
    "personnel": "BYOD",
    "COPE": "COPE",
    "professionnel": "",
    "interne": "",
}
STATUSES = {
    "idée": "idée",
    "étude": "étude",
    "expérimentation": "expérimentation",
    "pilote": "pilote",
    "abandonné": "abandonné",
    "abandonnée": "abandonné",
    "industrialisé": "industrialisé",
    "industrialisée": "industrialisé",
    "en évaluation": "en évaluation",
    "retiré": "retiré",
    "retirée": "retiré",
}
