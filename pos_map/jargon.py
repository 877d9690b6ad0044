"""What CMDB and inventory columns are called, in French and English: the words `inspecting` compares with.

Words are beside those of `columns.TABLES`; case, accents and punctuation do not matter.
"""

from __future__ import annotations

ALIASES: dict[str, dict[str, str]] = {
    "data_centres": {
        "code": "code site|centre|datacenter|data center|salle|code salle|room|nom du centre",
        "name": "nom complet|libellé|nom du site|long name",
        "pue": "PUE|PUE mesuré|PUE moyen",
        "location": "localisation|pays|country|location",
        "entity": "entité|organisme|organisation",
        "wue": "WUE",
        "power_kw": "puissance|puissance installée|power kW",
        "site": "site|adresse|bâtiment|building",
        "host_entity": "hébergeur|hosting provider|colocation",
    },
    "assets": {
        "name": "nom|name|hostname|nom du serveur|serveur|server|nom machine|CI name|libellé|"
        "équipement|asset",
        "model": "modèle|model|model id|product|référence constructeur|model name|nom modèle",
        "quantity": "quantité|nombre|quantity|nb|count",
        "data_centre": "salle|datacenter|data center|lieu|location|nom site|location name|room|"
        "localisation|centre",
        "purchased": "date d'achat|purchase date|date achat|année d'achat|purchased|"
        "date de mise en production|"
        "install date|date de mise en service|move2production|date of purchase",
        "retired": "date de retrait|date de sortie|end of life|date de rebut|retired",
        "type": "type|catégorie|class|form factor|chassis type|type d'équipement|type de matériel|asset",
        "status": "statut|status|état|operational status|install status|lifecycle",
        "country": "pays|country",
        "yearly_kwh": "kWh/an|consommation annuelle|consommation électrique|yearly kWh|energy kWh",
        "entity": "entité|entity|organisation|nom organisation|company|organisme|department|"
        "organization name",
        "cores": "cœurs|cores|nb cores|nombre de cœurs|cpu core count|total cores|CPU",
        "cluster": "cluster|ferme|farm|vcluster|grappe",
        "ram_gb": "RAM|mémoire|memory|RAM (Go)|RAM (Mo)|mémoire (Mio)|memory (MB)",
        "site": "site|lieu|location|adresse|ville|city|bâtiment",
        "ref": "id|id (clé primaire)|id (primary key)|identifiant|sys_id|numéro d'inventaire|"
        "inventory number|asset tag|numéro asset",
        "cpus": "cpu count|nombre de processeurs|sockets|nb CPU",
        "ssd_gb": "disque|disk|disk space|stockage|disk space (GB)",
        "gpus": "nb GPU|GPU count|nombre de GPU",
        "ownership": "détention|propriété|BYOD|ownership",
        "lifetime_y": "durée de vie|durée d'amortissement|lifetime",
    },
    "machines": {
        "name": "nom|name|VM|nom de la VM|machine virtuelle|VM name|hostname|virtual machine|nom machine",
        "host": "hôte|host|hyperviseur|ESX|ESX host|host name|nom host|vCluster / Hyperviseur|virtual host|"
        "virtualhost_name|serveur physique|serveurs physiques|hypervisor",
        "vcpu": "vCPU|CPU|CPUs|nb vCPU|processeurs|num cpu|nombre de vCPU",
        "cluster": "cluster|ferme|farm|vcluster|grappe|cluster name",
        "storage_gb": "stockage|disque|disk|disks size (GB)|provisioned GB|disque (Go)|capacité|disks size",
        "ram_gb": "RAM|mémoire|memory|RAM (Go)|mémoire (Go)|memory (MB)",
        "entity": "entité|organisation|nom organisation|company|organization name",
        "ref": "id|id (clé primaire)|id (primary key)|sys_id|uuid|identifiant|vm uuid|inventory number",
        "kind": "type eqv|nature",
        "key": "clé de répartition|clé",
    },
    "links": {
        "application": "application|code application|applications|business application|"
        "solutions applicatives|"
        "application solutions|u_application|nom application",
        "environment": "environnement|environment|used for|env|type environnement|environnements",
        "vm": "VM|machine virtuelle|serveur logique|serveurs logiques|virtual machine|nom de la VM",
        "host": "serveur physique|serveurs physiques|serveur|server|host",
        "domain": "domaine|domain",
        "sub_domain": "sous-domaine|sub domain",
        "share": "part|part de l'application|quote-part|share",
    },
    "map": {
        "code": "code|code application|trigramme|code appli|identifiant application|external id|"
        "code SI|app code",
        "name": "nom|name|nom application|application|libellé|display name|application name|"
        "libellé application",
        "zone": "zone|zone fonctionnelle|domaine|domaine métier|domain|u_zone",
        "quartier": "quartier|sous-domaine|sub domain|u_quartier",
        "ilot": "îlot|ilot|u_ilot",
        "bloc": "bloc fonctionnel|bloc",
        "path": "bloc applicatif|emplacement|chemin|capability|business capability|application block|"
        "relApplicationToBusinessCapability",
        "owner": "propriétaire|owner|entité|MOA|maîtrise d'ouvrage|entité responsable|exploitation|"
        "business unit|"
        "department|organisation|nom organisation|user group|relApplicationToUserGroup|direction|entité pilote",
        "branch": "branche|branch",
        "status": "statut|status|état|lifecycle|life cycle stage|install status|operational status|"
        "cycle de vie",
        "hosting": "hébergement|hosting|install type|mode d'hébergement|exposition à l'externe|hosting type",
        "perimeter": "périmètre|internal/external",
        "users": "utilisateurs|nombre d'utilisateurs|users|active user count|nb utilisateurs",
        "act_label": "acte|acte métier|unité d'œuvre",
        "act_volume": "volume annuel|volumétrie|nombre d'actes",
        "criticality": "criticité|criticality|business criticality|business criticity|DICP|"
        "niveau de criticité",
        "environments": "environnements|environments",
        "kind": "type d'application|nature|application type|progiciel",
        "editor": "éditeur|vendor|publisher|fournisseur",
        "technology": "technologie|technology|technology stack|langage",
        "version": "version|CPE version|release",
        "installed": "date d'installation|mise en service|date de mise en production|install date|"
        "lifecycle:active|"
        "go live|installed",
        "decommissioned": "décommissionnement|date de fin|end of life|lifecycle:endOfLife|date de retrait",
        "yearly_cost_eur": "coût annuel|coût|annual cost|budget annuel",
        "description": "description|commentaire|short description|objet",
        "documentation": "documentation|lien|url|wiki",
        "ref": "id|id (clé primaire)|id (primary key)|identifiant|sys_id|uuid|number|référence",
        "rto_h": "RTO|DIMA",
        "rpo_h": "RPO|PDMA",
        "rgaa": "RGAA|taux RGAA|accessibilité",
        "security": "besoins de sécurité|DICP|DICT",
    },
    "terminals": {
        "name": "nom du lot|lot",
        "type": "type|type de terminal|catégorie|équipement|matériel",
        "model": "modèle|model|référence",
        "site": "site|agence|lieu|location|implantation|ville",
        "entity": "entité|entity|service|direction|organisme|company",
        "quantity": "quantité|nombre|quantity|nb|effectif|parc|nombre de postes",
        "purchased": "année d'achat|date d'achat|purchase date|année|millésime|date of purchase",
        "share": "taux professionnel|part professionnelle|usage professionnel",
        "country": "pays|country",
        "ownership": "détention|BYOD",
    },
    "readings": {
        "data_centre": "centre|salle|datacenter|site|data center",
        "month": "mois|month|période|date|date de relevé",
        "pue": "PUE",
        "it_kwh": "énergie IT|énergie informatique|IT kWh|kWh IT|consommation IT",
        "total_kwh": "énergie totale|total kWh|kWh|consommation|consommation kWh|facture kWh",
    },
    "services": {
        "name": "service|SaaS|abonnement|nom du service|service cloud",
        "application": "application|code application",
        "provider": "fournisseur|provider|éditeur|vendor",
        "spend_eur": "montant|dépense|coût annuel|montant TTC|montant HT|spend|cost",
        "kgco2e": "kgCO2e|émissions|emissions",
        "country": "pays|région|region|country",
    },
    "flows": {
        "source": "source|application source|émetteur|from|provider",
        "target": "cible|destination|application destinataire|application cible|récepteur|to|consumer",
        "nature": "nature|nature du flux|type de flux|protocole|protocol",
        "encrypted": "chiffré|chiffrement|crypted|encrypted|TLS",
        "bidirectional": "bidirectionnel|bidirectional",
    },
    "organisations": {
        "code": "code organisme|code|sigle",
        "name": "organisme|nom organisme|raison sociale|libellé organisme",
        "branch": "branche",
        "closed": "date de fusion|fermeture",
        "successor": "repris par|organisme absorbant|successeur",
    },
}

# Columns that no field of ours awaits, and whose names look like some.
_NOISE = (
    "dernière modification|date de mise à jour|updated|created|last update|sys_updated_on|sys_created_on|createdAt|"
    "updatedAt|numéro de série|serial number|adresse ip|adresses ip|ip address|ip|mac address|fqdn|configuration|"
    "système d'exploitation|operating system|os|famille os|version os|os version|os family|date de fin de garantie|"
    "end of warranty|garantie|rack|nom rack|bay|services réseau|fabricant|manufacturer|marque|nom marque|brand name|"
    "processus|activités|class|sys_class_name|next update|date de prochaine mise à jour|commentaires|comments|"
    "entités utilisatrices|bases de données|postes de travail|tags|install_status|completion"
)
NOISE = tuple(_NOISE.split("|"))
