"""Ten estates of different mixes, for what must hold on any of them (M7), and the Monte-Carlo of its model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

from footprint.assessment.engine import Assessed
from footprint.assessment.totals import DRAWS
from pos_map import DataCentre, PhysicalAsset
from tests.estates import ROOM, application, assessed, inventory, link, measured, server, vm

DRAWN = 40_000
COUNTRIES = ("France", "La Réunion", "Allemagne", "Pologne", "Suède", "Guadeloupe")
OFFICE = ("Ordinateur portable", "Écran", "Smartphone", "Imprimante", "Ordinateur fixe")
WEEK_S = 8 * 86400.0


def draws(lines: Iterable[dict[str, Any]], seed: int = 11) -> dict[str, np.ndarray]:
    """One lognormal draw of mean 1 for each identifier of the lines."""
    random = np.random.default_rng(seed)
    found: dict[str, np.ndarray] = {}
    for row in lines:
        for identifier, sigma in DRAWS:
            name, spread = row[identifier], row[sigma]
            if name and spread and name not in found:
                found[name] = random.lognormal(-(spread**2) / 2, spread, DRAWN)
    return found


def sampled(lines: Iterable[dict[str, Any]], taken: dict[str, np.ndarray]) -> np.ndarray:
    """Totals of the lines, each draw taken once for all the lines that share it."""
    total = np.zeros(DRAWN)
    for row in lines:
        product = np.full(DRAWN, row["amount"])
        for identifier, sigma in DRAWS:
            if row[identifier] and row[sigma]:
                product = product * taken[row[identifier]]
        total += product
    return total


def _hosted(hosts: list[PhysicalAsset], runs: Any = (), office: Any = (), rooms: Any = (ROOM,), vms: int = 12,
            apps: int = 3) -> Assessed:  # fmt: skip
    """Hosts with virtual machines of three applications, and what else there is."""
    machines = [vm(f"V{i}", hosts[i % len(hosts)].name, vcpu=1.0 + i % 7) for i in range(vms)]
    return assessed(
        inventory(
            assets=[*hosts, *office], machines=machines, data_centres=rooms,
            links=[link(f"A{i % apps}", vm=f"V{i}") for i in range(vms)],
            applications=[application(f"A{i}") for i in range(apps)],
        ),
        runs,
    )  # fmt: skip


def _laptops() -> Assessed:
    office = [PhysicalAsset(f"T{i}", "", OFFICE[i % 5], 40.0 * (i + 1)) for i in range(20)]
    return _hosted([server("S0"), server("S1", yearly_kwh=None)], office=office)


def _few_servers() -> Assessed:
    return _hosted([server("S0", yearly_kwh=3500.0)], vms=4)


def _metered() -> Assessed:
    hosts = [server(f"S{i}") for i in range(6)]
    seen = [
        measured(f"h{i}", 40.0 + 9 * i, subject="host", asset=f"S{i}", tier="meter", duration_s=WEEK_S,
                 machine=f"m{i}", capacity_share=None, low_kwh=0.98 * (40 + 9 * i), high_kwh=1.02 * (40 + 9 * i))
        for i in range(5)
    ]  # fmt: skip
    return _hosted(hosts, seen)


def _generic() -> Assessed:
    return _hosted([server(f"S{i}", yearly_kwh=None, type="Lame" if i % 2 else "Serveur") for i in range(8)])


def _runs() -> Assessed:
    runs = [
        measured(f"r{i}", 30.0 + 17 * i, application=f"A{i % 3}", model=f"m:{i % 2}", machine=f"g{i % 2}",
                 duration_s=3.6e6, phase="inference" if i % 2 else "training", virtual=i == 3)
        for i in range(6)
    ]  # fmt: skip
    return _hosted([server("S0")], runs)


def _zones() -> Assessed:
    hosts = [
        server(f"S{i}", country=country, yearly_kwh=900.0 + 300 * i) for i, country in enumerate(COUNTRIES)
    ]
    return _hosted(hosts, office=[PhysicalAsset("T", "", "Écran", 30.0, country="La Réunion")])


def _rooms() -> Assessed:
    rooms = (
        ROOM,
        DataCentre("DC2", "DC2", pue=1.9, location="Allemagne"),
        DataCentre("DC3", "DC3", location="France"),
    )
    hosts = [server(f"S{i}", data_centre=("DC", "DC2", "DC3")[i % 3], yearly_kwh=2000.0) for i in range(9)]
    return _hosted(hosts, rooms=rooms)


def _clusters() -> Assessed:
    hosts = [
        server(
            f"S{i}", cluster=f"G{i % 2}", yearly_kwh=1500.0 + 100 * i, quantity=2.0, country=COUNTRIES[i % 2]
        )
        for i in range(8)
    ]
    return _hosted(hosts, vms=20)


def _network() -> Assessed:
    gear = [PhysicalAsset(f"N{i}", "", "Commutateur", 3.0, "DC", yearly_kwh=400.0 + 50 * i) for i in range(5)]
    bays = [PhysicalAsset("B0", "", "Baie de stockage", 2.0, "DC", yearly_kwh=6000.0)]
    return _hosted([server("S0"), server("S1")], office=[*gear, *bays])


def _mixed() -> Assessed:
    random = np.random.default_rng(5)
    hosts = [
        server(f"S{i}", yearly_kwh=None if i % 3 else float(random.uniform(500, 6000)), country=COUNTRIES[i % 4],
               cluster="G" if i % 5 == 0 else "")
        for i in range(10)
    ]  # fmt: skip
    office = [PhysicalAsset(f"T{i}", "", OFFICE[i % 4], float(random.integers(1, 60))) for i in range(8)]
    return _hosted(hosts, [measured("r", 400.0, application="A0", model="m:1")], office)


_MAKERS: dict[str, Callable[[], Assessed]] = {
    "many laptops": _laptops,
    "few servers": _few_servers,
    "meters": _metered,
    "generic values": _generic,
    "measured runs": _runs,
    "several zones": _zones,
    "site and default PUE": _rooms,
    "clusters": _clusters,
    "network and storage": _network,
    "a bit of all": _mixed,
}
ESTATES = {name: cache(make) for name, make in _MAKERS.items()}  # assessed once a worker; never modified
