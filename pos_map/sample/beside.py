"""What the sample has beside machines: readings of its main room, services bought, keys of shared platforms.

The readings are those of 2026: another year's campaign does without them, and says the PUE that was declared.
"""

from __future__ import annotations

Row = dict[str, str | float]

# Month, kWh of the machines, kWh of the whole room: it is cooled more in summer.
_MONTHS = (
    (1, 12_420, 16_520), (2, 11_180, 14_870), (3, 12_310, 16_620), (4, 11_960, 16_510),
    (5, 12_290, 17_580), (6, 11_900, 17_850), (7, 12_230, 18_710), (8, 12_180, 18_640),
    (9, 11_870, 17_090), (10, 12_260, 16_670),
)  # fmt: skip

READINGS: list[Row] = [
    {
        "nomCourtDatacenter": "DC-NORD",
        "mois": f"2026-{month:02d}",
        "énergie informatique kWh": machines,
        "énergie totale kWh": room,
    }
    for month, machines, room in _MONTHS
]

SERVICES: list[Row] = [
    {
        "service": "Visioconférence en ligne",
        "application": "VISIO",
        "environnement": "Production",
        "fournisseur": "Fournisseur V (fictif)",
        "pays": "Irlande",
        "kgCO2e déclarés": 1_450,
    },
    {
        "service": "Formation en ligne",
        "application": "FORMATION",
        "environnement": "Production",
        "fournisseur": "Fournisseur F (fictif)",
        "pays": "France",
        "kgCO2e déclarés": 210,
    },
    {
        "service": "Réservation de véhicules",
        "application": "PARC-AUTO",
        "environnement": "Production",
        "fournisseur": "Fournisseur P (fictif)",
        "pays": "France",
        "consoElecAnnuelle": 380,
    },
    {
        # Only a bill: listed as a gap until its supplier tells more.
        "service": "Recrutement en ligne",
        "application": "RECRUT",
        "environnement": "Production",
        "fournisseur": "Fournisseur R (fictif)",
        "dépense euros": 18_500,
    },
]

# Backup is borne by databases, documents and supervision; supervision by the portals and by what it watches.
PLATFORM_KEYS: list[Row] = [
    {"plateforme": platform, "application": application, "clé": share}
    for platform, application, share in (
        ("SAUVEGARDE", "GED-ENTRANTE", 0.25),
        ("SAUVEGARDE", "SUPERVISION", 0.05),
        ("SAUVEGARDE", "PARTAGE-FICHIERS", 0.3),
        ("SUPERVISION", "PORTAIL-ASSURES", 0.3),
        ("SUPERVISION", "PORTAIL-EMPLOYEURS", 0.2),
        ("SUPERVISION", "APPLI-MOBILE", 0.2),
    )
]
