"""Tables of the map: applications and their places, boxes, flows, bodies, AI use cases."""

from __future__ import annotations

from pos_map.columns.base import Column, Table

MAP = Table(
    "map",
    "POS",
    "plan d'occupation des sols (POS)",
    "application map (POS)",
    (
        Column("code", "code application", "required", ("code",)),
        Column("name", "nom", "expected", ("nom application",)),
        # The place: one column a level, or the whole path in one.
        Column("zone", "zone", "optional", ("niveau 1",)),
        Column("quartier", "quartier", "optional", ("niveau 2",)),
        Column("ilot", "îlot", "optional", ("niveau 3",)),
        Column("bloc", "bloc", "optional", ("niveau 4",)),
        Column("level5", "sous-bloc", "optional", ("niveau 5",)),
        Column("path", "emplacement", "optional", ("chemin", "place")),
        Column("levels", "niveaux"),
        Column("owner", "propriétaire"),
        Column("branch", "branche"),
        Column("status", "statut"),
        Column("hosting", "hébergement"),
        Column("perimeter", "périmètre"),
        Column("users", "utilisateurs", "optional", ("nombre d'utilisateurs",)),
        Column("act_label", "acte fonctionnel"),
        Column("act_volume", "volume annuel d'actes", "optional", ("volume annuel",)),
        Column("criticality", "criticité"),
        Column("environments", "environnements"),
        Column("kind", "nature", "optional", ("type d'application",)),
        Column("editor", "éditeur"),
        Column("technology", "technologie"),
        Column("version", "version"),
        Column("installed", "mise en service", "optional", ("date de mise en service",)),
        Column("decommissioned", "décommissionnement", "optional", ("date de décommissionnement",)),
        Column("yearly_cost_eur", "coût annuel euros", "optional", ("coût annuel",)),
        Column("cigref_service", "service Cigref", "optional", ("service du modèle Cigref",)),
        Column("rgaa", "taux RGAA", "optional", ("RGAA",)),
        Column("rgesn", "score RGESN", "optional", ("RGESN",)),
        Column("rto_h", "RTO heures", "optional", ("RTO", "DIMA")),
        Column("rpo_h", "RPO heures", "optional", ("RPO", "PDMA")),
        Column("security", "besoins de sécurité", "optional", ("DICP", "DICT")),
        Column("gdpr_ref", "registre RGPD", "optional", ("référence RGPD",)),
        Column("approved", "homologation", "optional", ("date d'homologation",)),
        Column("documentation", "documentation"),
        Column("description", "description"),
        Column("replaces", "remplace", "optional", ("codes remplacés", "anciens codes")),
        Column("ref", "référence", "optional", ("identifiant source",)),
        # Persons: known, never kept.
        Column("responsible", "responsable", "dropped", ("référent fonctionnel", "référent"), personal=True),
    ),
)
NODES = Table(
    "nodes",
    "Niveaux du POS",
    "niveaux du POS",
    "boxes of the map",
    (
        Column("code", "code niveau", "required", ("code du niveau",)),
        Column("label", "libellé", "required"),
        Column("level", "niveau", "required"),
        Column("parent", "code parent", "optional", ("niveau parent", "parent")),
        Column("position", "rang"),
        Column("ref", "référence", "optional", ("identifiant source",)),
        Column("responsible", "responsable de zone", "dropped", ("responsable",), personal=True),
    ),
)
PLACEMENTS = Table(
    "placements",
    "Îlots secondaires",
    "îlots secondaires",
    "secondary places",
    (
        Column("application", "application", "required", ("code application", "nomApplication")),
        Column("node", "emplacement secondaire", "required", ("îlot secondaire",)),
        Column("share", "part", "required", ("clé",)),
    ),
)
FLOWS = Table(
    "flows",
    "Flux",
    "flux entre applications",
    "flows between applications",
    (
        Column("source", "application source", "required", ("source",)),
        Column("target", "application cible", "required", ("cible", "destination")),
        Column("nature", "nature"),
        Column("encrypted", "chiffré"),
        Column("bidirectional", "bidirectionnel"),
    ),
)
ORGANISATIONS = Table(
    "organisations",
    "Organismes",
    "organismes",
    "bodies",
    (
        Column("code", "code organisme", "required"),
        Column("name", "organisme", "required", ("nom organisme",)),
        Column("branch", "branche"),
        Column("parent", "organisme parent", "optional", ("rattaché à",)),
        Column("opened", "créé le", "optional", ("date de création",)),
        Column("closed", "fermé le", "optional", ("date de fusion", "date de fermeture")),
        Column("successor", "repris par", "optional", ("successeur",)),
        Column("aliases", "anciens noms", "optional", ("autres noms", "alias")),
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
