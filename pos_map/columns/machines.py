"""Tables of rooms, equipment, virtual machines and what applications use of them.

The first four follow the CSV files of NumEcoEval and G4IT, the State's de facto inventory format, with optional
columns of ours.
"""

from __future__ import annotations

from pos_map.columns.base import Column, Table

_SOURCE = Column("source", "nomSourceDonnee", "dropped")
# The body's own mark of quality: records are marked again here, by what they say.
_QUALITY = Column("source_quality", "qualite", "dropped", ("qualité",))
_ENTITY = Column("entity", "nomEntite")
# The identifier in the tool the entry comes from: it follows a renaming.
_REF = Column("ref", "référence", "optional", ("identifiant source",))
_KWH = Column("yearly_kwh", "consoElecAnnuelle", "optional", ("consoElecAn",))
# How long a piece of equipment serves, and for whom (M3).
_LIFE = (
    Column("ownership", "détention", "optional", ("modeUtilisation",)),
    Column("lifetime_y", "dureeVie", "optional", ("durée de vie", "dureeUsageInterne")),
    Column("refurbished", "partReconditionnée", "optional", ("part reconditionnée",)),
    Column("upstream_y", "dureeVieAmont", "optional", ("durée de vie amont", "dureeUsageAmont")),
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
        Column("parent", "centreParent", "optional", ("centre", "salle de")),
        Column("site", "site"),
        Column("zone", "zoneElectrique", "optional", ("zone électrique",)),
        Column("wue", "wue"),
        Column("power_kw", "puissanceKW", "optional", ("puissance kW",)),
        Column("host_entity", "hébergeur", "optional", ("entité hébergeuse",)),
        _REF,
        _ENTITY,
        _SOURCE,
        _QUALITY,
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
        Column("user", "utilisateur", "dropped", personal=True),
        _SOURCE,
        _ENTITY,
        Column("cores", "nbCoeur"),
        Column("cluster", "cluster", "optional", ("grappe",)),
        Column("ram_gb", "ramGo", "optional", ("tailleMemoire",)),
        Column("site", "site"),
        Column("share", "tauxProfessionnel", "optional", ("taux professionnel", "tauxUtilisation")),
        *_LIFE,
        Column("cpus", "nbProcesseur"),
        Column("ssd_gb", "ssdGo"),
        Column("hdds", "nbDisqueDur"),
        Column("psus", "nbAlimentation"),
        Column("gpus", "nbGPU"),
        Column("gpu", "modeleGPU"),
        _REF,
        # What else NumEcoEval and G4IT write: a maker says nothing that the model does not, a disk may not be an
        # SSD, a use in hours or days a year is already in the yearly energy.
        Column("maker", "fabricant", "dropped"),
        Column("disk_gb", "tailleDuDisque", "dropped"),
        Column("processor", "typeDeProcesseur", "dropped"),
        Column("hours_used", "dureeUtilisation", "dropped"),
        Column("days_used", "nbJourUtiliseAn", "dropped"),
        Column("downloaded_gb", "goTelecharge", "dropped"),
        Column("third_life_y", "dureeUsageAval", "dropped"),
        Column("people", "nombreUtilisateur", "dropped"),
        _QUALITY,
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
        Column("inside", "machineVirtuelleHôte", "optional", ("conteneur de", "machine virtuelle hôte")),
        _REF,
        _ENTITY,
        _SOURCE,
        # G4IT: read to say what is not counted (see `plausible`), and kept nowhere.
        Column("infrastructure", "typeInfrastructure"),
        Column("quantity", "quantite"),
        Column("provider", "provider", "dropped"),
        Column("instance", "typeInstance", "dropped"),
        Column("location", "location", "dropped"),
        Column("load", "chargeMoy", "dropped"),
        Column("hours_used", "dureeUtilisationAnnuelle", "dropped"),
        _QUALITY,
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
        Column("vm_source", "nomSourceDonneeEquipementVirtuel", "dropped", ("nomSourceEquipementVirtuel",)),
        Column("domain", "domaine"),
        Column("sub_domain", "sousDomaine"),
        _ENTITY,
        Column("host", "nomEquipementPhysique"),
        Column("share", "cleRepartition", "optional", ("partApplication",)),
        _SOURCE,
        Column("cloud", "associeAvecUnEquipmentCloud", "dropped"),
        _QUALITY,
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
        Column("user", "utilisateur", "dropped", personal=True),
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
