"""The map of the fictional "Caisse Exemple": zones, quartiers, îlots and their applications.

Not the map of any real body. Volumes are functional acts a year; a blank is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

# "# zone", "## quartier", "### îlot", then: code | nom | périmètre | utilisateurs | acte | volume annuel
_TEXT = """
# Relation et échanges
## Accueil et portails
### Portails usagers
PORTAIL-ASSURES | Portail des assurés | usagers | 610000 | démarche en ligne terminée | 4200000
PORTAIL-EMPLOYEURS | Portail des employeurs | usagers | 38000 | démarche en ligne terminée | 690000
APPLI-MOBILE | Application mobile des assurés | usagers | 340000 | session ouverte | 9800000
FRANCE-AUTH | Passerelle d'identité numérique | usagers | 610000 | authentification | 14500000
SIMUL-DROITS | Simulateur de droits | usagers | | simulation | 520000
### Accueil physique et rendez-vous
RDV-ACCUEIL | Prise de rendez-vous | usagers | 120000 | rendez-vous pris | 185000
FILE-ATTENTE | Gestion des files d'attente | interne | 210 | visiteur accueilli | 410000
BORNES-ACCUEIL | Bornes d'accueil | usagers | | opération en borne |
ACCUEIL-REUNION | Accueil des agences de La Réunion | interne | 60 | visiteur accueilli | 72000
## Courrier et documents
### Courrier entrant
TRI-COURRIER | Tri du courrier entrant | interne | 85 | courrier trié | 1150000
NUM-COURRIER | Numérisation du courrier | interne | 40 | page numérisée | 4600000
GED-ENTRANTE | Gestion documentaire entrante | interne | 1250 | document classé | 1900000
### Éditique et envois
EDITIQUE | Composition des courriers sortants | interne | 300 | pli composé | 3300000
ENVOI-RECO | Lettres recommandées électroniques | interne | 120 | recommandé envoyé | 64000
MAIL-MASSE | Courriels en nombre | interne | 25 | courriel envoyé | 8100000
## Relation à distance
### Centre de contact
TEL-CONTACT | Centre de contact téléphonique | interne | 260 | appel traité | 980000
SVI-VOCAL | Serveur vocal interactif | usagers | | appel reçu | 1400000
REPONSE-MAIL | Réponse aux courriels | interne | 240 | courriel traité | 430000
ASSISTANT-AGENT | Assistant de rédaction des réponses | interne | 90 | réponse proposée | 150000
# Acquisition et restitution
## Flux déclaratifs
### Déclarations sociales
DSN-RECEP | Réception des déclarations sociales | interne | 45 | déclaration intégrée | 460000
DSN-CONTROLE | Contrôle des déclarations sociales | interne | 60 | anomalie traitée | 88000
DSN-RETOUR | Comptes rendus aux déclarants | interne | | compte rendu émis | 470000
### Déclarations des indépendants
DECL-INDEP | Déclarations des indépendants | usagers | 52000 | déclaration reçue | 98000
## Flux partenaires
### Échanges entre organismes
ECHANGE-OSS | Échanges entre organismes sociaux | interne | 30 | message échangé | 6400000
FLUX-IMPOTS | Échanges avec l'administration fiscale | interne | 12 | ligne reçue | 2700000
FLUX-EUROPE | Échanges européens de sécurité sociale | interne | 22 | dossier échangé | 9600
### Échanges bancaires
VIREMENTS | Émission des virements | interne | 35 | virement émis | 7900000
PRELEV | Prélèvements | interne | 28 | prélèvement émis | 510000
COORD-BANC | Contrôle des coordonnées bancaires | interne | | coordonnée vérifiée | 240000
# Opérations métier
## Droits et affiliation
### Ouverture des droits
OUV-DROITS | Ouverture des droits | interne | 420 | dossier ouvert | 210000
AFFIL | Affiliation des assurés | interne | 260 | affiliation | 96000
CARTE-SANTE | Gestion des cartes | interne | 110 | carte émise | 130000
### Tenue du dossier
DOSSIER-ASSURE | Dossier de l'assuré | interne | 1100 | dossier consulté | 5600000
MUTATIONS | Mutations entre caisses | interne | 75 | mutation | 41000
PIECES-JUSTIF | Pièces justificatives | interne | 520 | pièce contrôlée | 760000
## Prestations
### Prestations en espèces
IJ-CALCUL | Calcul des indemnités journalières | interne | 310 | indemnité calculée | 890000
ARRET-TRAVAIL | Arrêts de travail | interne | 280 | arrêt traité | 360000
RENTES | Rentes et invalidité | interne | 90 | rente servie | 168000
### Prestations de santé
REMB-SOINS | Remboursement des soins | interne | 380 | décompte traité | 21000000
TIERS-PAYANT | Tiers payant | interne | 140 | facture traitée | 12600000
DEVIS-DENTAIRE | Accords préalables dentaires | interne | 35 | accord instruit | 58000
CLOTURE-AUTO | Clôture automatique des dossiers sans pièce | interne | 50 | dossier examiné | 74000
### Prestations de retraite
RETRAITE-LIQ | Liquidation des retraites | interne | 150 | retraite liquidée | 19500
RELEVE-CARRIERE | Relevé de carrière | usagers | 210000 | relevé consulté | 640000
REVERSION | Pensions de réversion | interne | 45 | pension liquidée | 5200
## Recouvrement
### Comptes cotisants
COMPTE-COTISANT | Comptes des cotisants | interne | 230 | opération imputée | 2300000
DELAIS-PAIE | Délais de paiement | interne | 60 | délai accordé | 14800
### Recouvrement amiable et forcé
RELANCES | Relances amiables | interne | 55 | relance émise | 132000
CONTENTIEUX | Contentieux du recouvrement | interne | 48 | dossier suivi | 17600
HUISSIERS | Échanges avec les commissaires de justice | interne | | acte transmis |
## Contrôle et fraude
### Contrôle
CTRL-DOSSIERS | Contrôle des dossiers | interne | 120 | dossier contrôlé | 93000
CTRL-EMPLOYEURS | Contrôle des employeurs | interne | 65 | contrôle clos | 2900
### Lutte contre la fraude
DETECT-FRAUDE | Détection des fraudes | interne | 32 | dossier noté | 540000
ENQUETES | Suivi des enquêtes | interne | 40 | enquête close | 1750
## Action sociale
### Aides individuelles
AIDES-INDIV | Aides individuelles | interne | 85 | aide instruite | 23500
AIDE-DOMICILE | Aide à domicile | interne | 60 | plan d'aide | 11800
### Prévention
PREV-SANTE | Campagnes de prévention | usagers | | invitation envoyée | 310000
DEPISTAGE | Suivi des dépistages | interne | 18 | invitation envoyée | 128000
# Référentiels
## Personnes
### Identités
REF-IDENTITES | Référentiel des identités | interne | | identité vérifiée | 11200000
RAPPRO-ETAT-CIVIL | Rapprochement de l'état civil | interne | 25 | rapprochement | 87000
### Bénéficiaires
REF-BENEF | Référentiel des bénéficiaires | interne | | consultation | 16800000
REF-ADRESSES | Référentiel des adresses | interne | | adresse normalisée | 2100000
## Tiers
### Employeurs
REF-EMPLOYEURS | Référentiel des employeurs | interne | | consultation | 1300000
### Professionnels de santé
REF-PS | Référentiel des professionnels de santé | interne | | consultation | 3900000
CONV-PS | Conventionnement des professionnels | interne | 30 | dossier traité | 4100
## Nomenclatures
### Nomenclatures et barèmes
NOMENCLATURES | Nomenclatures des actes | interne | | consultation |
BAREMES | Barèmes et paramètres | interne | 15 | |
# Gisements et décisionnel
## Entrepôts
### Entrepôt de données
ENTREPOT | Entrepôt de données métier | interne | 140 | requête |
ALIM-ENTREPOT | Alimentation de l'entrepôt | interne | | chargement | 36500
QUALITE-DONNEES | Qualité des données | interne | 20 | contrôle | 540000
### Archivage
ARCHIVES | Archivage électronique | interne | 90 | document archivé | 3700000
COFFRE-PREUVE | Coffre de preuves | interne | | preuve scellée | 2200000
## Décisionnel
### Tableaux de bord
DECISIONNEL | Portail décisionnel | interne | 480 | tableau consulté | 165000
SUIVI-ACTIVITE | Suivi de l'activité des agences | interne | 130 | tableau consulté | 61000
### Statistiques
STAT-NAT | Statistiques nationales | interne | 14 | jeu publié | 240
ETUDES | Études et évaluations | interne | 12 | |
## Science des données
### Plateforme d'IA
LABO-IA | Plateforme de science des données | interne | 24 | travail lancé | 8700
RESUME-COURRIER | Résumé des courriers longs | interne | 40 | courrier résumé | 36000
RECH-DOC | Recherche dans la réglementation | interne | 350 | recherche | 290000
# Pilotage
## Pilotage de l'organisme
### Objectifs et performance
COG-SUIVI | Suivi des objectifs de gestion | interne | 45 | |
PERF | Mesure de la performance | interne | 70 | indicateur produit | 9600
ENQ-SATISF | Enquêtes de satisfaction | usagers | | réponse reçue | 48000
### Portefeuille de projets
PORTEF-PROJETS | Portefeuille de projets | interne | 110 | |
## Maîtrise des risques
### Contrôle interne
CTRL-INTERNE | Contrôle interne | interne | 55 | contrôle réalisé | 12400
AUDIT | Suivi des audits | interne | 18 | recommandation suivie | 310
### Continuité
PCA | Plan de continuité d'activité | interne | 30 | |
# Ressources
## Ressources humaines
### Paie et carrière
PAIE | Paie | interne | 1700 | bulletin émis | 20400
GTA | Temps et activités | interne | 1700 | journée saisie | 374000
CARRIERES | Carrières et entretiens | interne | 1700 | entretien | 1650
### Formation et mobilité
FORMATION | Formation en ligne | interne | 1700 | module suivi | 9800
RECRUT | Recrutement | usagers | 4200 | candidature | 4700
## Finances et achats
### Comptabilité
COMPTA-GEN | Comptabilité générale | interne | 75 | écriture | 1900000
BUDGET | Budget | interne | 60 | |
TRESORERIE | Trésorerie | interne | 12 | position arrêtée | 250
### Achats et marchés
ACHATS | Achats et commandes | interne | 180 | commande | 6200
MARCHES | Marchés publics | interne | 35 | marché notifié | 95
## Immobilier et logistique
### Bâtiments
GEST-BATI | Gestion des bâtiments | interne | 28 | demande traitée | 3900
RESA-SALLES | Réservation de salles | interne | 1400 | réservation | 31000
### Logistique
PARC-AUTO | Véhicules de service | interne | 260 | réservation | 5400
FOURNITURES | Fournitures | interne | 320 | commande | 2800
# Socle technique et sécurité
## Exploitation
### Supervision et ordonnancement
SUPERVISION | Supervision | interne | 40 | alerte | 730000
ORDO | Ordonnancement des traitements | interne | 22 | traitement lancé | 2600000
JOURNAUX | Collecte des journaux | interne | 18 | |
### Sauvegarde
SAUVEGARDE | Sauvegarde | interne | 10 | sauvegarde | 146000
### Assistance
ASSISTANCE | Assistance aux utilisateurs | interne | 1700 | demande close | 28500
INVENTAIRE-IT | Inventaire du parc | interne | 25 | |
## Sécurité
### Identités et accès
ANNUAIRE | Annuaire et droits | interne | 1700 | authentification | 6100000
COFFRE-MDP | Coffre de mots de passe | interne | 140 | |
### Protection
ANTIVIRUS | Protection des postes | interne | 1700 | |
SIEM | Détection des incidents | interne | 9 | événement corrélé |
PASSERELLE-WEB | Passerelle web | interne | 1700 | |
## Environnement de travail
### Messagerie et collaboration
MESSAGERIE | Messagerie | interne | 1700 | message remis | 19000000
VISIO | Visioconférence | interne | 1500 | réunion | 88000
INTRANET | Intranet | interne | 1700 | page vue | 3400000
PARTAGE-FICHIERS | Partage de fichiers | interne | 1700 | |
## Fabrique logicielle
### Développement
FORGE | Forge logicielle | interne | 95 | construction | 64000
TESTS-AUTO | Tests automatiques | interne | 40 | campagne | 7300
API-PASSERELLE | Passerelle d'interfaces | interne | | appel | 92000000
CONTENEURS | Plateforme de conteneurs | interne | 30 | |
"""


@dataclass(frozen=True, slots=True)
class MapLine:
    """One application of the sample and its place; "" and None are unknown."""

    zone: str
    quartier: str
    ilot: str
    code: str
    name: str
    perimeter: str
    users: int | None
    act: str
    volume: int | None


def map_lines() -> list[MapLine]:
    """The applications of the sample, in the order of the map."""
    place = {"#": "", "##": "", "###": ""}
    found = []
    for line in _TEXT.strip().splitlines():
        mark, _, label = line.partition(" ")
        if mark in place:
            place[mark] = label
            continue
        code, name, perimeter, users, act, volume = (part.strip() for part in line.split("|"))
        found.append(
            MapLine(
                place["#"],
                place["##"],
                place["###"],
                code,
                name,
                perimeter,
                int(users) if users else None,
                act,
                int(volume) if volume else None,
            )
        )
    return found
