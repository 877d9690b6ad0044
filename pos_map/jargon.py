"""What CMDB and inventory columns are called, in French and English: the words `inspecting` compares with.

Words are beside those of `columns.TABLES`; case, accents and punctuation do not matter.
"""

from __future__ import annotations

ALIASES: dict[str, dict[str, str]] = {
    "data_centres": {
        "code": "code site|centre|datacenter|salle|code salle|room|nom du centre|nom de la salle|"
        "salle informatique|server room|code datacenter|nom du datacenter",
        "name": "nom complet|libellé|nom du site|long name",
        "pue": "PUE|PUE mesuré|PUE moyen|PUE annuel|annual PUE|PUE constaté",
        "location": "localisation|pays|country|location",
        "entity": "entité|organisme|organisation",
        "wue": "WUE",
        "power_kw": "puissance|puissance installée|power kW|puissance souscrite|puissance souscrite kW|IT power kW",
        "site": "site|adresse|bâtiment|building|site géographique",
        "host_entity": "hébergeur|hosting provider|colocation",
        "ref": "réf CI|référence CI|réf|CI id|numéro CI|n° CI|id CI|CI number",
    },
    "assets": {
        "name": "nom|name|hostname|nom du serveur|serveur|server|nom machine|CI name|libellé|équipement|asset|"
        "nom du CI|désignation|désignation CI|nom de l'équipement|libellé équipement|nom équipement|"
        "libellé CI",
        "model": "modèle|model|model id|product|référence constructeur|model name|nom modèle|"
        "désignation du modèle|libellé modèle|modèle constructeur|hardware model|model number",
        "quantity": "quantité|nombre|quantity|nb|count|qté|qty|nb d'unités|nombre d'unités|nb équipements|"
        "nombre d'équipements",
        "data_centre": "salle|datacenter|lieu|location|nom site|location name|room|localisation|centre|salle serveur|"
        "salle serveurs|salle informatique|salle machine|salle machines|server room|emplacement|"
        "salle d'hébergement",
        "purchased": "date d'achat|purchase date|date achat|année d'achat|purchased|date de mise en production|"
        "install date|date de mise en service|move2production|date of purchase|acquis le|acheté le|"
        "acquisition date|date d'acquisition|date de livraison|livré le|mis en service le|"
        "mise en service|date MEP|date de mise en exploitation|année d'acquisition|in service date",
        "retired": "date de retrait|date de sortie|end of life|date de rebut|retired|réformé le|date de réforme|"
        "retiré le|sorti le|mis au rebut le|date de mise au rebut|disposal date|"
        "date de mise hors service|decommission date|retirement date",
        "type": "type|catégorie|class|form factor|chassis type|type d'équipement|type de matériel|asset|famille|"
        "famille matériel|type de CI|CI type|classe|sous-type|type équipement|asset type|device type",
        "status": "statut|status|état|operational status|install status|lifecycle|cycle de vie|statut CI|"
        "état du CI|status CI|lifecycle status",
        "country": "pays|country",
        "yearly_kwh": "kWh/an|consommation annuelle|consommation électrique|yearly kWh|energy kWh|conso kWh/an|"
        "conso annuelle kWh|consommation kWh/an",
        "entity": "entité|entity|organisation|nom organisation|company|organisme|department|organization name|"
        "entité de rattachement|organisme de rattachement|entité utilisatrice|owning entity|direction|"
        "service",
        "cores": "cœurs|cores|nb cores|nombre de cœurs|cpu core count|total cores|CPU|nb coeurs physiques|"
        "core count",
        "cluster": "cluster|ferme|farm|vcluster|grappe|ferme ESX|cluster VMware|cluster ESX",
        "ram_gb": "RAM|mémoire|memory|RAM (Go)|RAM (Mo)|mémoire (Mio)|memory (MB)|mémoire vive|RAM installée|"
        "installed memory|mémoire installée",
        "site": "site|lieu|location|adresse|ville|city|bâtiment|site d'affectation|site géographique|agence",
        "ref": "id|id (clé primaire)|id (primary key)|identifiant|sys_id|numéro d'inventaire|inventory number|"
        "asset tag|numéro asset|réf CI|référence CI|réf|CI id|numéro CI|n° CI|id CI|CI number|asset id|"
        "n° inventaire|code inventaire|numéro de CI|id équipement",
        "cpus": "cpu count|nombre de processeurs|sockets|nb CPU|nb proc|nb processeurs|nombre de sockets|"
        "nb sockets|socket count|processor count",
        "ssd_gb": "disque|disk|disk space|stockage|disk space (GB)",
        "gpus": "nb GPU|GPU count|nombre de GPU",
        "ownership": "détention|propriété|BYOD|ownership",
        "lifetime_y": "durée de vie|durée d'amortissement|lifetime",
    },
    "machines": {
        "name": "nom|name|VM|nom de la VM|machine virtuelle|VM name|hostname|virtual machine|nom machine|nom VM|"
        "nom du serveur virtuel|serveur virtuel|guest name|nom de la machine virtuelle|VM hostname|"
        "instance",
        "host": "hôte|host|hyperviseur|ESX|ESX host|host name|nom host|vCluster / Hyperviseur|virtual host|"
        "virtualhost_name|serveur physique|serveurs physiques|hypervisor|hôte ESX|serveur hôte|"
        "hôte physique|hyperviseur hôte|ESXi host|ESXi|hôte de virtualisation|nœud ESX|physical host|"
        "host server|support physique|serveur ESX",
        "vcpu": "vCPU|CPU|CPUs|nb vCPU|processeurs|num cpu|nombre de vCPU|CPU virtuels|vCPU alloués|"
        "processeurs virtuels|virtual CPUs|vCPU count|nb de vCPU",
        "cluster": "cluster|ferme|farm|vcluster|grappe|cluster name|cluster VMware|ferme ESX|host cluster|"
        "cluster ESX",
        "storage_gb": "stockage|disque|disk|disks size (GB)|provisioned GB|disque (Go)|capacité|disks size|"
        "disque alloué|espace disque|stockage provisionné|espace provisionné|provisioned space|"
        "stockage alloué|disk size",
        "ram_gb": "RAM|mémoire|memory|RAM (Go)|mémoire (Go)|memory (MB)|RAM allouée|mémoire allouée|memory size|"
        "RAM provisionnée|mémoire vive",
        "entity": "entité|organisation|nom organisation|company|organization name",
        "ref": "id|id (clé primaire)|id (primary key)|sys_id|uuid|identifiant|vm uuid|inventory number|réf CI|"
        "référence CI|réf|CI id|numéro CI|n° CI|id CI|CI number",
        "kind": "type eqv|nature",
        "key": "clé de répartition|clé",
    },
    "links": {
        "application": "application|code application|applications|business application|solutions applicatives|"
        "application solutions|u_application|nom application|appli|appli supportée|application supportée|"
        "applications supportées|application hébergée|applications hébergées|applis|applis hébergées|"
        "service applicatif|supported application|hosted application|nom appli|code appli",
        "environment": "environnement|environment|used for|env|type environnement|environnements|envt|envir|"
        "environnement technique|type d'environnement|environment type",
        "vm": "VM|machine virtuelle|serveur logique|serveurs logiques|virtual machine|nom de la VM|nom VM|"
        "serveur virtuel|nom du serveur virtuel",
        "host": "serveur physique|serveurs physiques|serveur|server|host|serveur hôte|serveur d'hébergement",
        "domain": "domaine|domain",
        "sub_domain": "sous-domaine|sub domain",
        "share": "part|part de l'application|quote-part|share",
    },
    "map": {
        "code": "code|code application|trigramme application|code appli|identifiant application|external id|code SI|"
        "app code|code SI application|application id|app id|id application|code produit",
        "name": "nom|name|nom application|application|libellé|display name|application name|libellé application|"
        "libellé appli|nom appli|nom de l'application|app name",
        "zone": "zone|zone fonctionnelle|domaine|domaine métier|domain|u_zone|domaine fonctionnel|"
        "business domain|zone du POS",
        "quartier": "quartier|sous-domaine|sub domain|u_quartier|quartier fonctionnel|sous-domaine fonctionnel|"
        "business sub domain",
        "ilot": "îlot|u_ilot|îlot fonctionnel|îlot du POS",
        "bloc": "bloc fonctionnel|bloc",
        "path": "bloc applicatif|emplacement|chemin|capability|business capability|application block|"
        "relApplicationToBusinessCapability",
        "owner": "propriétaire|owner|entité|MOA|maîtrise d'ouvrage|entité responsable|exploitation|business unit|"
        "department|organisation|nom organisation|user group|relApplicationToUserGroup|direction|"
        "entité pilote|direction propriétaire|direction métier|entité propriétaire|"
        "propriétaire fonctionnel|owning department|business owner unit|direction responsable|"
        "maître d'ouvrage|organisme propriétaire",
        "branch": "branche|branch",
        "status": "statut|status|état|lifecycle|life cycle stage|install status|operational status|cycle de vie|"
        "statut applicatif|statut de l'application|état applicatif|lifecycle status|phase",
        "hosting": "hébergement|hosting|install type|mode d'hébergement|exposition à l'externe|hosting type|"
        "mode hébergement|type d'hébergement|hosting model|lieu d'hébergement",
        "perimeter": "périmètre|internal/external",
        "users": "utilisateurs|nombre d'utilisateurs|users|active user count|nb utilisateurs|nbre utilisateurs|"
        "nb users|number of users|nombre d'usagers|user count",
        "act_label": "acte|acte métier|unité d'œuvre",
        "act_volume": "volume annuel|volumétrie|nombre d'actes",
        "criticality": "criticité|criticality|business criticality|business criticity|DICP|niveau de criticité|"
        "criticité métier|niveau criticité|sensibilité|criticality level",
        "environments": "environnements|environments",
        "kind": "type d'application|nature|application type|progiciel",
        "editor": "éditeur|vendor|publisher|fournisseur|éditeur logiciel|software vendor",
        "technology": "technologie|technology|technology stack|langage",
        "version": "version|CPE version|release",
        "installed": "date d'installation|mise en service|date de mise en production|install date|lifecycle:active|"
        "go live|installed|date MEP|mis en production le|mise en production|mis en service le|"
        "go live date|date d'ouverture|production date",
        "decommissioned": "décommissionnement|date de fin|end of life|lifecycle:endOfLife|date de retrait|"
        "date de décommissionnement prévue|décommissionné le|fin de vie|retirement date|date d'arrêt|"
        "date de fin de vie|sunset date|end of life date",
        "yearly_cost_eur": "coût annuel|coût|annual cost|budget annuel|yearly cost|coût annuel TTC|"
        "coût de fonctionnement annuel|budget de fonctionnement|coût complet annuel",
        "description": "description|commentaire|short description|objet",
        "documentation": "documentation|lien|url|wiki",
        "ref": "id|id (clé primaire)|id (primary key)|identifiant|sys_id|uuid|number|référence|réf CI|"
        "référence CI|réf|CI id|numéro CI|n° CI|id CI|CI number",
        "rto_h": "RTO|DIMA|durée max d'interruption|durée maximale d'interruption admissible|"
        "recovery time objective",
        "rpo_h": "RPO|PDMA|perte de données maximale admissible|recovery point objective",
        "rgaa": "RGAA|taux RGAA|accessibilité",
        "security": "besoins de sécurité|DICP|DICT",
    },
    "terminals": {
        "name": "nom du lot|lot|désignation|désignation du lot",
        "type": "type|type de terminal|catégorie|équipement|matériel|type de poste|type de matériel|"
        "type d'équipement|device type",
        "model": "modèle|model|référence|modèle de poste|désignation du modèle",
        "site": "site|agence|lieu|location|implantation|ville|site d'affectation|lieu d'affectation",
        "entity": "entité|entity|service|direction|organisme|company|entité d'affectation|direction d'affectation",
        "quantity": "quantité|nombre|quantity|nb|effectif|parc|nombre de postes|qté|qty|nb postes|nb d'unités|"
        "number of devices",
        "purchased": "année d'achat|date d'achat|purchase date|année|millésime|date of purchase|acquis le|acheté le|"
        "année d'acquisition|date d'acquisition|année d'achat moyenne|purchase year",
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
        "provider": "fournisseur|provider|éditeur|vendor|prestataire|hébergeur|cloud provider",
        "spend_eur": "montant|dépense|coût annuel|montant TTC|montant HT|spend|cost|dépense annuelle|montant annuel|"
        "annual spend",
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
        "name": "organisme|nom organisme|raison sociale|libellé organisme|nom de l'organisme",
        "branch": "branche",
        "closed": "date de fusion|fermeture",
        "successor": "repris par|organisme absorbant|successeur|organisme repreneur",
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
