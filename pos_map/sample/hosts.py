"""The machine rooms of the sample: three data centres, sixty servers, storage and network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pos_map.sample.draws import Draws, decimal, french_day

Record = dict[str, str]

CENTRES: list[Record] = [
    {
        "nomCourtDatacenter": "DC-NORD",
        "nomLongDatacenter": "Centre informatique Nord (fictif)",
        "pue": "1,42",
        "localisation": "France",
        "nomEntite": "Caisse Exemple",
    },
    {
        # Its PUE was never measured: the cell stays blank, the assessment takes its default and says so.
        "nomCourtDatacenter": "DC-OUEST",
        "nomLongDatacenter": "Salle informatique Ouest (fictive)",
        "localisation": "France",
        "nomEntite": "Caisse Exemple",
    },
    {
        "nomCourtDatacenter": "DC-REUNION",
        "nomLongDatacenter": "Salle informatique de La Réunion (fictive)",
        "pue": "1,7",
        "localisation": "La Réunion",
        "nomEntite": "Caisse Exemple",
    },
]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of like servers. `yearly_kwh` is what the room's meters tell, None without meters.

    With `ssd_gb`, their whole configuration is known: two processors, two power supplies, no hard disk.
    """

    name: str
    centre: str
    country: str
    servers: int
    model: str
    cores: int
    ram_gb: int
    bought: tuple[int, int]
    yearly_kwh: float | None = None
    type: str = "Serveur"
    ssd_gb: int | None = None


CLUSTERS = (
    Cluster("NORD-PROD-A", "DC-NORD", "France", 8, "Serveur 2U 2 x 16 cœurs", 32, 512, (2021, 2022), 2900),
    Cluster(
        "NORD-PROD-B",
        "DC-NORD",
        "France",
        8,
        "Serveur 2U 2 x 24 cœurs",
        48,
        768,
        (2023, 2024),
        3400,
        ssd_gb=7_680,
    ),
    Cluster("NORD-BDD", "DC-NORD", "France", 4, "Serveur 2U 2 x 32 cœurs", 64, 1024, (2022, 2023), 4100),
    Cluster("NORD-HORSPROD", "DC-NORD", "France", 6, "Serveur 1U 2 x 8 cœurs", 16, 256, (2017, 2019)),
    Cluster("OUEST-PROD", "DC-OUEST", "France", 8, "Serveur 2U 2 x 16 cœurs", 32, 512, (2020, 2021)),
    Cluster("OUEST-SECOURS", "DC-OUEST", "France", 4, "Serveur 2U 2 x 16 cœurs", 32, 384, (2019, 2020)),
    Cluster(
        "OUEST-IA",
        "DC-OUEST",
        "France",
        3,
        "Serveur 4U 4 accélérateurs",
        64,
        1024,
        (2024, 2025),
        9600,
        "Serveur GPU",
    ),
    Cluster("REU-PROD", "DC-REUNION", "La Réunion", 4, "Serveur 1U 24 cœurs", 24, 256, (2020, 2021), 1850),
)
# Servers on their own: name, data centre, country, cores, GB of RAM, year of purchase.
_ALONE = (
    ("SRV-EDITIQUE-01", "DC-NORD", "France", 32, 256, 2021),
    ("SRV-CALCUL-01", "DC-NORD", "France", 64, 1024, 2020),
    ("SRV-SAUV-01", "DC-NORD", "France", 16, 128, 2019),
    ("SRV-SAUV-02", "DC-OUEST", "France", 16, 128, 2019),
    ("SRV-TEL-01", "DC-OUEST", "France", 16, 128, 2018),
    ("SRV-REU-01", "DC-REUNION", "La Réunion", 16, 128, 2018),
    # Powered on and hosting nothing: the idle capacity that a map must show.
    ("SRV-OUEST-09", "DC-OUEST", "France", 32, 256, 2019),
    ("SRV-OUEST-10", "DC-OUEST", "France", 32, 256, 2019),
    # Under a desk at the head office: no data centre, and nobody wrote its country.
    ("SRV-SIEGE-01", "", "", 16, 128, 2017),
)
# Retired servers: year of purchase, date of retirement as written.
_RETIRED = (
    (2017, "03/06/2024"),
    (2017, "03/06/2024"),
    (2018, "15/11/2024"),
    (2018, "2025-02-28"),
    (2017, "2025-02-28"),
    (2018, "30/06/2025"),
)
# Storage and network: name, type, model, number, data centre, country, year of purchase, kWh a year of one.
_OTHERS = (
    ("BAIE-NORD-01", "Baie de stockage", "Baie 400 To mixte", "2", "DC-NORD", "France", 2021, "9800"),
    ("BAIE-NORD-02", "Baie de stockage", "Baie 1 Po disques", "1", "DC-NORD", "France", 2019, "14200,5"),
    ("BAIE-OUEST-01", "Baie de stockage", "Baie 400 To mixte", "1", "DC-OUEST", "France", 2020, ""),
    ("BAIE-REU-01", "Baie de stockage", "Baie 100 To", "1", "DC-REUNION", "La Réunion", 2020, "3100"),
    ("COM-NORD", "Commutateur", "Commutateur 48 ports", "16", "DC-NORD", "France", 2020, "520"),
    ("COM-OUEST", "Commutateur", "Commutateur 48 ports", "12", "DC-OUEST", "France", 2019, "540"),
    ("COM-REU", "Commutateur", "Commutateur 48 ports", "", "DC-REUNION", "La Réunion", 2019, ""),
    ("COM-AGENCES", "Commutateur", "Commutateur 24 ports PoE", "64", "", "France", 2018, "310"),
    ("RTR-AGENCES", "Routeur", "Routeur d'agence", "12", "", "France", 2020, ""),
    ("PF-NORD", "Pare-feu", "Pare-feu de centre", "2", "DC-NORD", "France", 2022, "1250"),
    ("PF-OUEST", "Pare-feu", "Pare-feu de centre", "2", "DC-OUEST", "France", 2022, "1250"),
    ("PF-REU", "Pare-feu", "Pare-feu de site", "", "DC-REUNION", "La Réunion", 2021, ""),
)


def host_names(cluster: Cluster) -> list[str]:
    """Names of the servers of a cluster."""
    return [f"{cluster.name}-{rank:02d}" for rank in range(1, cluster.servers + 1)]


def equipment(draws: Draws) -> list[Record]:
    """Rows of the physical equipment file: 60 servers (three with GPUs), then storage and network."""
    rows = [_clustered(draws, cluster, name) for cluster in CLUSTERS for name in host_names(cluster)]
    rows += [_alone(draws, *spec) for spec in _ALONE]
    rows += [_retired(draws, rank, *spec) for rank, spec in enumerate(_RETIRED, start=1)]
    rows += [_other(draws, *spec) for spec in _OTHERS]
    return rows


def _row(**cells: str) -> Record:
    return {"quantite": "1", "statut": "En service", "nomEntite": "Caisse Exemple", **cells}


def _clustered(draws: Draws, cluster: Cluster, name: str) -> Record:
    bought = draws.day(*cluster.bought)
    kwh = cluster.yearly_kwh and cluster.yearly_kwh * draws.between(0.9, 1.1)
    return _row(
        nomEquipementPhysique=name,
        modele=cluster.model,
        nomCourtDatacenter=cluster.centre,
        dateAchat="" if draws.chance(0.06) else _two_hands(draws, bought),
        type=cluster.type,
        paysDUtilisation=cluster.country,
        consoElecAnnuelle=decimal(kwh) if kwh and draws.chance(0.85) else "",
        nbCoeur="" if draws.chance(0.07) else str(cluster.cores),
        ramGo=str(cluster.ram_gb),
        cluster=cluster.name,
        **_configuration(cluster),
    )


def _configuration(cluster: Cluster) -> Record:
    if cluster.ssd_gb is None:
        return {}
    return {"nbProcesseur": "2", "ssdGo": str(cluster.ssd_gb), "nbDisqueDur": "0", "nbAlimentation": "2"}


def _two_hands(draws: Draws, day: date) -> str:
    """Two people kept this file: some dates are ISO, most are French."""
    return day.isoformat() if draws.chance(0.2) else french_day(day)


def _alone(draws: Draws, name: str, centre: str, country: str, cores: int, ram_gb: int, year: int) -> Record:
    return _row(
        nomEquipementPhysique=name,
        modele="Serveur 1U" if cores == 16 else "Serveur 2U",
        nomCourtDatacenter=centre,
        dateAchat=french_day(draws.day(year, year)),
        type="Serveur",
        paysDUtilisation=country,
        nbCoeur=str(cores),
        ramGo=str(ram_gb),
        site="" if centre else "Siège",
    )


def _retired(draws: Draws, rank: int, year: int, retired: str) -> Record:
    bought: date = draws.day(year, year)
    return _row(
        nomEquipementPhysique=f"SRV-ANCIEN-{rank:02d}",
        modele="Serveur 1U",
        nomCourtDatacenter="DC-NORD" if rank % 2 else "DC-OUEST",
        dateAchat=french_day(bought),
        dateRetrait=retired,
        type="Serveur",
        statut="Retiré",
        paysDUtilisation="France",
        nbCoeur="16",
        ramGo="128",
    )


def _other(
    draws: Draws,
    name: str,
    kind: str,
    model: str,
    number: str,
    centre: str,
    country: str,
    year: int,
    kwh: str,
) -> Record:
    return _row(
        nomEquipementPhysique=name,
        modele=model,
        quantite=number,
        nomCourtDatacenter=centre,
        dateAchat=french_day(draws.day(year, year)),
        type=kind,
        paysDUtilisation=country,
        consoElecAnnuelle=kwh,
        site="" if centre else "Agences",
    )
