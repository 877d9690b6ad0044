"""What some records of the sample say beside their place: catalogues of applications are never full.

Also second places, flows and bodies of the fictional "Caisse Exemple".
"""

from __future__ import annotations

Row = dict[str, str | float | int]

# Code: criticality, kind, technology, first use, environments, RGAA rate, RGESN score, yearly cost (euros).
_RECORDS: tuple[tuple[str | int, ...], ...] = (
    ("PORTAIL-ASSURES", "4", "interne", "Java, PostgreSQL", 2016, "prod, préprod, recette", "82 %", "61 %", 640_000),
    ("PORTAIL-EMPLOYEURS", "3", "interne", "Java, PostgreSQL", 2017, "prod, recette", "74 %", "48 %", 310_000),
    ("APPLI-MOBILE", "3", "interne", "Kotlin, Swift", 2019, "prod, recette", "68 %", "", 270_000),
    ("SIMUL-DROITS", "2", "interne", "Python", 2021, "prod, dev", "91 %", "70 %", 45_000),
    ("GED-ENTRANTE", "3", "progiciel", "", 2012, "prod, recette", "sans objet", "", 220_000),
    ("TEL-CONTACT", "3", "progiciel", "", 2018, "prod", "sans objet", "sans objet", 180_000),
    ("DSN-RECEP", "4", "interne", "COBOL, Java", 2013, "prod, préprod, recette", "sans objet", "", 520_000),
    ("REMB-SOINS", "4", "interne", "COBOL", 1998, "prod, recette", "sans objet", "", 1_450_000),
    ("DOSSIER-ASSURE", "4", "interne", "Java", 2009, "prod, préprod, recette", "55 %", "", 780_000),
    ("MESSAGERIE", "3", "progiciel", "", 2015, "prod", "inconnu", "", 240_000),
    ("VISIO", "2", "SaaS", "", 2020, "prod", "70 %", "", 60_000),
)  # fmt: skip
_HEADERS = (
    "criticité", "nature", "technologie", "mise en service", "environnements", "taux RGAA", "score RGESN",
    "coût annuel euros",
)  # fmt: skip
RECORDS: dict[str, Row] = {str(code): dict(zip(_HEADERS, rest, strict=True)) for code, *rest in _RECORDS}

# Old systems cover several îlots: what the target map would part.
PLACEMENTS: list[Row] = [
    {"application": application, "emplacement secondaire": place, "part": share}
    for application, place, share in (
        ("DOSSIER-ASSURE", "Opérations métier > Droits et affiliation > Ouverture des droits", 0.25),
        ("GED-ENTRANTE", "Opérations métier > Droits et affiliation > Tenue du dossier", 0.3),
    )
]

FLOWS: list[Row] = [
    {
        "application source": source,
        "application cible": target,
        "nature": nature,
        "chiffré": "oui",
        "bidirectionnel": both,
    }
    for source, target, nature, both in (
        ("PORTAIL-ASSURES", "DOSSIER-ASSURE", "consultation", "non"),
        ("PORTAIL-ASSURES", "FRANCE-AUTH", "authentification", "oui"),
        ("APPLI-MOBILE", "FRANCE-AUTH", "authentification", "oui"),
        ("NUM-COURRIER", "GED-ENTRANTE", "images", "non"),
        ("TRI-COURRIER", "GED-ENTRANTE", "indexation", "non"),
        ("GED-ENTRANTE", "DOSSIER-ASSURE", "pièces", "non"),
        ("DSN-RECEP", "DSN-CONTROLE", "déclarations", "non"),
        ("DSN-CONTROLE", "DSN-RETOUR", "anomalies", "non"),
        ("IJ-CALCUL", "VIREMENTS", "ordres de paiement", "non"),
        ("REMB-SOINS", "VIREMENTS", "ordres de paiement", "non"),
        ("DOSSIER-ASSURE", "REMB-SOINS", "droits", "non"),
    )
]

ORGANISATIONS: list[Row] = [
    {"code organisme": "CEX", "organisme": "Caisse Exemple", "anciens noms": "C. Exemple;CAISSE EX."},
    {
        "code organisme": "CEX-SUD",
        "organisme": "Caisse Exemple Sud",
        "organisme parent": "CEX",
        "fermé le": "31/12/2024",
        "repris par": "CEX",
        "anciens noms": "",
    },
]
