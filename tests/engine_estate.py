"""One estate that uses all the engine knows, with names meant to hurt: what three databases must agree on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

import factors
from footprint.assessment.inputs import ENERGY, HOURS, Inputs, prepare
from footprint.assessment.profiles import normalised
from footprint.assessment.settings import Settings
from pos_map import (
    Application,
    ApplicationLink,
    DataCentre,
    Node,
    PhysicalAsset,
    PlatformKey,
    Reading,
    Service,
    VirtualMachine,
)
from tests.estates import YEAR, frames, inventory, link, measured, run_frame, server, vm

HOSTILE = (
    "L'« hôte »",
    'guillemet " double',
    "point;virgule, et DROP TABLE lines; --",
    "ligne\nsuivante\r\net\rretour",
    "\\.",
    "a\n\\.\nb",
    "barre\\oblique \\n \\N \\t",
    "NULL",
    "\\N",
    "null",
    " espaces ",
    "tab\tulation",
    "é́ 漢字 🌍 \u200b\ufeff",
    "%s %(x)s {x} $1 :x ?",
    "É",
    "e",
    "Z",
    "_",
)
"""Names that a quoting, an encoding or an alphabet taken wrong would change; "" and unknown are elsewhere."""

ROOMS = (
    DataCentre("DC", "Centre", pue=1.5, location="France"),
    DataCentre("D'C\\2", "Contrat", pue=1.3, location="Allemagne", contract_kgco2e_kwh=0.02),
    DataCentre("DC3", "Sans PUE", location="France"),
    DataCentre("DC4", "Ailleurs", location="Atlantide"),
)
PARTS = {"cpus": 2.0, "ram_gb": 256.0, "ssd_gb": 2000.0, "psus": 2.0}


def _equipment() -> list[PhysicalAsset]:
    """Servers alone and in clusters, every kind of life, office equipment, network, storage, unknown types."""
    clusters = [
        server(f"C{i}", cluster="G1" if i % 2 else "G'2", quantity=1.0 + i % 3,
               yearly_kwh=None if i % 4 == 0 else 900.0 + i, data_centre=ROOMS[i % 4].code,
               cores=None if i == 3 else 16.0, purchased=date(YEAR - i, 1 + i, 1))
        for i in range(8)
    ]  # fmt: skip
    hostile = [server(name, yearly_kwh=700.0 + i) for i, name in enumerate(HOSTILE)]
    lives = [
        server("déclaré", embodied_kgco2e=1234.5),
        server("acheté tard", purchased=date(YEAR, 4, 1), lifetime_y=4.0),
        server("retiré", retired=date(YEAR, 9, 15), purchased=None),
        server("fini", purchased=date(YEAR - 12, 1, 1)),
        server("rien", quantity=0.0),
        server("parti", retired=date(YEAR - 1, 1, 1)),
        server("configuré", **PARTS),
        server("lame", type="Lame", **{**PARTS, "psus": None}),
        server("gpu", type="Serveur GPU", **PARTS, gpus=4.0, gpu="NVIDIA H100 SXM 80 Go"),
        server("gpu ?", type="Serveur GPU", **PARTS, gpus=2.0, gpu="carte 'maison'"),
        server("ailleurs", country="Pologne"),
        server("nulle part", country="Pays'inconnu"),
        server("mystère", type="Machin ; inconnu", yearly_kwh=None),
        server("S", yearly_kwh=None, data_centre="D'C\\2"),
        server("peu vu"),
    ]
    office = [
        PhysicalAsset("portables", "", "Ordinateur portable", 40.0, purchased=date(YEAR - 2, 5, 1), refurbished=0.4,
                      upstream_y=2.0, reuse=0.5, total_life_y=7.0),
        PhysicalAsset("BYOD", "", "Smartphone", 12.0, ownership="BYOD"),
        PhysicalAsset("COPE", "", "Smartphone", 7.0, ownership="COPE", share=0.7),
        PhysicalAsset("écrans", "", "Écran", 33.0, country="La Réunion", lifetime_y=8.0),
        PhysicalAsset("copieurs", "", "Imprimante", 3.0),
    ]  # fmt: skip
    gear = [
        PhysicalAsset("commutateurs", "", "Commutateur", 3.0, "DC", yearly_kwh=400.0),
        PhysicalAsset("baie", "", "Baie de stockage", 2.0, "DC", yearly_kwh=6000.0),
        PhysicalAsset("baie à volumes", "", "Baie de stockage", 1.0, "D'C\\2", yearly_kwh=5000.0),
    ]
    return [*clusters, *hostile, *lives, *office, *gear]


def _machines() -> list[VirtualMachine]:
    """Sized, half-sized, keyed, measured and declared machines; volumes; one on no host at all."""
    return [
        *[
            vm(f"V{i}", cluster="G1", vcpu=1.0 + i % 5, ram_gb=4.0 * (1 + i % 3), storage_gb=100.0 + i)
            for i in range(9)
        ],
        *[vm(f"W{i}", cluster="G'2", vcpu=None if i == 2 else 2.0) for i in range(4)],
        *[vm(f"vm {name}", name, vcpu=2.0, ram_gb=8.0) for name in HOSTILE[:9]],
        vm("clé", "S", key=0.25), vm("reste", "S", vcpu=4.0), vm("énergie", "configuré", yearly_kwh=300.0),
        vm("mesurée", "configuré", vcpu=2.0), vm("sans taille", "configuré"),
        vm("vol 1", "baie à volumes", kind="stockage", storage_gb=500.0),
        vm("vol 2", "baie à volumes", kind="stockage", storage_gb=1500.0),
        vm("orpheline", "hôte absent"), vm("seule", cluster="grappe vide"), vm("trop", "lame", key=0.8),
        vm("de trop", "lame", key=0.7), vm("égale 1", "peu vu"), vm("égale 2", "peu vu"),
    ]  # fmt: skip


def _links() -> list[ApplicationLink]:
    """Whole, split, declared above and below 1, unclaimed, on hosts, in several environments."""
    return [
        *[link(f"A{i % 4}", vm=f"V{i}") for i in range(8)],  # V8 is nobody's
        *[link(HOSTILE[i % 9], vm=f"vm {name}") for i, name in enumerate(HOSTILE[:9])],
        link("A0", vm="W0"), link("A1", vm="W0"), link("A2", vm="W1", share=0.7), link("A3", vm="W1", share=0.6),
        link("A0", vm="W2", share=0.3), link("SAUVE", vm="W3"), link("SUPERV", vm="clé"), link("A1", vm="reste"),
        link("A0", vm="énergie"), link("A1", vm="mesurée"), link("A2", vm="sans taille"), link("A2", vm="vol 1"),
        link("A3", vm="vol 2"), link("A3", vm="trop"), link("A0", vm="de trop"), link("A0", host="gpu"),
        link("A1", host="ailleurs"), ApplicationLink("A1", "Recette", vm="V0"), link("A2", vm="égale 1"),
    ]  # fmt: skip


def _week(run_id: str, kwh: float, days: float, **values: Any) -> dict[str, Any]:
    fields = {"subject": "host", "phase": "host", "capacity_share": 1.0, **values}
    return measured(run_id, kwh, duration_s=days * 86400.0, **fields)


def _runs() -> list[dict[str, Any]]:
    """Runs alone, nested, inside a listed machine, in an unknown zone; services; hosts; a meter."""
    return [
        measured("r1", 30.0, application="A0", model="m:1", machine="g1"),
        measured("r2", 12.0, application="A0", model="m:1", inside="r1", started_s=1.77e9 + 600, duration_s=900.0),
        measured("r3", 2.5, application=HOSTILE[0], model="m'é:\\2", phase="inference", virtual=True, threads=8,
                 machine="vm1"),
        measured("r4", 4.0, application="inconnue", pue=1.2, capacity_share=None),
        measured("r5", 3.0, application="A1", zone="XX"),
        measured("r6", 5.0, application="A2", machine="seen"),
        measured("sv", 9.0, subject="service", application="A0", phase="service", machine="g1", duration_s=7200.0),
        measured("site", 900.0, subject="site", asset="DC3", duration_s=30 * 86400.0, capacity_share=None,
                 tier="meter"),
        _week("h1", 120.0, days=12.0, asset="S", tier="meter", machine="seen"),
        _week("h2", 80.0, days=9.0, asset="S", tier="meter", machine="seen", source="autre"),
        _week("h3", 3.0, days=2.0, asset="peu vu", machine="court"),
        _week("h4", 25.0, days=10.0, asset="mesurée", tier="model", virtual=True, machine="vmm"),
        _week("h5", 60.0, days=8.0, asset="hors inventaire", machine="dehors"),
        _week("h6", 90.0, days=8.0, asset=HOSTILE[4], tier="sensor", machine="x'\\y", low_kwh=0.0),
    ]  # fmt: skip


NODES = (
    Node("zone", None, "zone", "Zone", 0),
    Node("quartier", "zone", "quartier", "Quartier d'\\essai", 0),
    Node("ilot", "quartier", "îlot", "", 1),
)
READINGS = (
    *(Reading("DC", date(YEAR, month, 1), pue=1.4 + month / 100) for month in range(1, 7)),
    *(Reading("D'C\\2", date(YEAR, month, 1), it_kwh=400.0 + month, total_kwh=560.0) for month in (1, 2, 3)),
    Reading("D'C\\2", date(YEAR, 4, 1), it_kwh=400.0, total_kwh=300.0),
    Reading("D'C\\2", date(YEAR, 5, 1), it_kwh=410.0),
)
SERVICES = (
    Service("par kWh", "A0", "Production", "AWS", "France", yearly_kwh=1200.0),
    Service("d'\\ailleurs;", "A1", "Production", country="Allemagne", yearly_kwh=10.0, pue=1.1),
    Service("déclaré", "A2", kgco2e=55.5),
    Service("facture", "A3", spend_eur=1000.0),
    Service("sans rien", "A3"),
    Service("à personne", "absente", kgco2e=5.0),
    Service("zone ?", "A0", country="Atlantide", yearly_kwh=3.0),
)
CHAIN = (
    PlatformKey("SAUVE", "SUPERV", 0.5),
    PlatformKey("SAUVE", "A0", 0.4),
    PlatformKey("SUPERV", "A1", 0.7),
    PlatformKey("SUPERV", "A2", 0.6),
)
"""A backup borne by the supervision, itself borne by applications: two ranks."""


def shared_inputs(settings: Settings | None = None, files: tuple[str, ...] = ()) -> Inputs:
    """The estate, the hours of its runs over two months, and a profile of the grid for these hours."""
    codes = ("A0", "A1", "A2", "A3", "SAUVE", "SUPERV", *HOSTILE)
    inv = inventory(
        nodes=NODES, data_centres=ROOMS, assets=_equipment(), machines=_machines(), links=_links(),
        applications=[Application(code, f"Nom de {code}", NODES[i % 3].code) for i, code in enumerate(codes)],
        readings=READINGS, services=SERVICES, platform_keys=CHAIN,
    )  # fmt: skip
    runs = run_frame(_runs())
    hours = shared_hours()
    return prepare(
        frames(inv), runs, factors.load(), YEAR, "FR", energy=_months(runs), files=files, settings=settings,
        hours=HOURS.empty_table() if files else hours, profiles=_profile(),
    )  # fmt: skip


def _hour(month: int, at: int) -> int:
    return int(datetime(YEAR, month, 3, at, tzinfo=UTC).timestamp()) // 3600


def _months(runs: pa.Table) -> pa.Table:
    """Half of each run's energy in February, half in July."""
    names = ("energy_kwh", "low_kwh", "high_kwh")
    return pa.Table.from_pylist(
        [
            {"run_id": run["run_id"], "month": month, **{name: run[name] / 2 for name in names}}
            for run in runs.to_pylist()
            for month in (2, 7)
        ],
        ENERGY,
    )


def shared_hours() -> pa.Table:
    """The energy of the runs over four hours of a day of February and of July, more of it at night."""
    return pa.Table.from_pylist(
        [
            {"run_id": run["run_id"], "zone": run["zone"], "month": month, "hour": _hour(month, at),
             "energy_kwh": run["energy_kwh"] / 2 * part}
            for run in _runs()
            for month in (2, 7)
            for at, part in ((0, 0.4), (6, 0.3), (12, 0.2), (18, 0.1))
        ],
        HOURS,
    )  # fmt: skip


def _profile() -> pa.Table:
    rows = [("FR", _hour(month, at), 1.0 + at / 10) for month in (2, 7) for at in range(24)]
    zone, hour, value = zip(*rows, strict=True)
    return normalised(pa.table({"zone": zone, "hour": hour, "value": value}))
