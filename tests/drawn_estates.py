"""Drawn estates with all the engine knows: lives, contracts, readings, services, platforms, own energies, spreads.

Everything that goes wrong is among them: unknown types and places, no sizes, keys above one, loose links.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from footprint.assessment.engine import Assessed
from footprint.assessment.profiles import EMPTY_PROFILE
from footprint.assessment.settings import Settings
from pos_map import ApplicationLink, DataCentre, Inventory, PhysicalAsset, VirtualMachine
from tests.estates import (
    application,
    assessed,
    hour,
    hours,
    inventory,
    key,
    measured,
    profile,
    reading,
    service,
    week,
)

TYPES = (
    "Serveur",
    "Lame",
    "Baie de stockage",
    "Commutateur",
    "Ordinateur portable",
    "Écran",
    "Type inconnu",
    "",
)
COUNTRIES = ("", "", "France", "La Réunion", "Allemagne", "Atlantide")
APPLICATIONS = tuple(f"APP-{i}" for i in range(5))
CLUSTERS = ("", "", "G1", "G2")
ROOMS = ("", "DC", "DC2")
LEAST_HOUR = hour(1, 1)

sizes = st.one_of(st.none(), st.floats(0.0, 512.0))
shares = st.one_of(st.none(), st.floats(0.0, 0.6))
days = st.one_of(st.none(), st.dates(date(2014, 1, 1), date(2028, 12, 31)))
kwh = st.one_of(st.none(), st.floats(0.0, 1e5))
years = st.one_of(st.none(), st.floats(0.5, 12.0))


def slowly(examples: int) -> Any:
    """An assessment costs about a second: few examples, and what fails is not made smaller.

    Ten times more under the profile "thorough".
    """
    times = 10 if settings.get_current_profile_name() == "thorough" else 1
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=examples * times, deadline=None, suppress_health_check=checks, phases=phases)


@dataclass(frozen=True)
class Drawn:
    """An estate, what was measured on it, and how it is assessed."""

    inventory: Inventory
    runs: tuple[dict[str, Any], ...] = ()
    hours: pa.Table | None = None
    profiles: pa.Table | None = None
    settings: Settings | None = None

    def assessed(self) -> Assessed:
        """The assessment of it, with the shipped factors."""
        shape = EMPTY_PROFILE if self.profiles is None else self.profiles
        return assessed(self.inventory, self.runs, hours=self.hours, profiles=shape, settings=self.settings)

    def holding(self, **parts: Any) -> Drawn:
        """The same with other parts of its inventory."""
        return replace(self, inventory=replace(self.inventory, **parts))


@st.composite
def equipment(draw: Any, name: str) -> PhysicalAsset:
    configured = draw(st.booleans())
    return PhysicalAsset(
        name=name, model="", type=draw(st.sampled_from(TYPES)), quantity=draw(st.floats(0.0, 50.0)),
        data_centre=draw(st.sampled_from(ROOMS)), cluster=draw(st.sampled_from(CLUSTERS)), purchased=draw(days),
        retired=draw(days), country=draw(st.sampled_from(COUNTRIES)), cores=draw(sizes), ram_gb=draw(sizes),
        yearly_kwh=draw(kwh), share=draw(st.one_of(st.none(), st.floats(0.0, 1.0))),
        ownership=draw(st.sampled_from(("", "", "BYOD", "COPE"))), lifetime_y=draw(years), refurbished=draw(shares),
        upstream_y=draw(years), reuse=draw(shares), total_life_y=draw(years),
        embodied_kgco2e=draw(st.one_of(st.none(), st.floats(0.0, 3000.0))),
        cpus=2.0 if configured else None, ssd_gb=draw(sizes) if configured else None,
        hdds=3.0 if configured else None,
    )  # fmt: skip


@st.composite
def estates(draw: Any, sessions: bool = True) -> Drawn:
    """Estates of up to eight lines of equipment; `sessions`: with measured machines and runs."""
    assets = tuple(draw(equipment(f"M{i}")) for i in range(draw(st.integers(1, 8))))
    names = [asset.name for asset in assets]
    machines = tuple(
        VirtualMachine(
            name=f"V{i}", host=draw(st.sampled_from(["", *names])), cluster=draw(st.sampled_from(CLUSTERS)),
            kind=draw(st.sampled_from(("calcul", "stockage"))), key=draw(shares), vcpu=draw(sizes), ram_gb=draw(sizes),
            storage_gb=draw(sizes), yearly_kwh=draw(kwh),
        )
        for i in range(draw(st.integers(0, 8)))
    )  # fmt: skip
    targets = [("vm", m.name) for m in machines] + [("host", name) for name in names]
    links = tuple(
        ApplicationLink(draw(st.sampled_from(APPLICATIONS)), "Production", share=draw(shares), **{kind: name})
        for kind, name in draw(st.lists(st.sampled_from(targets), max_size=10))
    )  # fmt: skip
    runs = draw(measures(names, [m.name for m in machines])) if sessions else ()
    by_hour = hours(*[row for run in runs for row in _fall(run)]) if runs else None
    shape = None
    if runs and draw(st.booleans()):
        shape = profile({LEAST_HOUR + i: draw(st.floats(0.1, 9.0)) for i in range(4)})
    return Drawn(
        inventory(
            data_centres=(
                DataCentre("DC", "DC", 1.5, "France", contract_kgco2e_kwh=draw(shares)),
                DataCentre("DC2", "DC2", None, "La Réunion"),
            ),
            assets=assets, machines=machines, links=links, applications=[application(c) for c in APPLICATIONS],
            readings=draw(readings()), services=draw(services()), platform_keys=draw(platform_keys()),
        ),
        runs, by_hour, shape,
        Settings("amortised", *(draw(st.booleans()) for _ in range(3))),
    )  # fmt: skip


@st.composite
def measures(draw: Any, names: list[str], guests: list[str]) -> tuple[dict[str, Any], ...]:
    """Sessions of machines and of their guests, runs on them or elsewhere, a meter of a room."""
    found = [
        week(f"h{i}", draw(st.floats(0.0, 500.0)), asset=draw(st.sampled_from([*names, *guests, "ABSENT"])),
             machine=f"m{i}", tier=draw(st.sampled_from(("meter", "sensor", "model", "declared"))))
        for i in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    found += [
        measured(f"r{i}", draw(st.floats(0.0, 50.0)), machine=f"m{draw(st.integers(0, 3))}",
                 application=draw(st.sampled_from([*APPLICATIONS, "AILLEURS", ""])),
                 zone=draw(st.sampled_from(("FR", "RE", "Atlantide"))))
        for i in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    if draw(st.booleans()):
        found.append(measured("site", 9e4, subject="site", asset="DC", machine="c"))
    return tuple(found)


def _fall(run: dict[str, Any]) -> list[tuple[str, int, float]]:
    """The energy of a run over four hours of January and one of July."""
    at = [*range(LEAST_HOUR, LEAST_HOUR + 4), hour(7, 1)]
    return [(run["run_id"], when, run["energy_kwh"] * (i + 1) / 15) for i, when in enumerate(at)]


@st.composite
def readings(draw: Any) -> tuple[Any, ...]:
    pues = st.one_of(st.none(), st.floats(1.0, 3.0))
    metered = st.one_of(st.none(), st.floats(0.0, 1e4))
    return tuple(
        reading(month, room, pue=draw(pues), it_kwh=draw(metered), total_kwh=draw(metered))
        for month, room in draw(
            st.sets(st.tuples(st.integers(1, 12), st.sampled_from(ROOMS[1:])), max_size=3)
        )
    )


@st.composite
def services(draw: Any) -> tuple[Any, ...]:
    return tuple(
        service(
            f"S{i}", draw(st.sampled_from([*APPLICATIONS, "AILLEURS"])), country=draw(st.sampled_from(COUNTRIES)),
            yearly_kwh=draw(kwh), kgco2e=draw(kwh), spend_eur=draw(kwh),
        )
        for i in range(draw(st.integers(0, 2)))
    )  # fmt: skip


@st.composite
def platform_keys(draw: Any) -> tuple[Any, ...]:
    """Platforms borne by applications that come later: chains, never a circle; keys may pass one."""
    pairs = [(a, b) for i, a in enumerate(APPLICATIONS) for b in APPLICATIONS[i + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    return tuple(key(platform, bearer, draw(st.floats(0.0, 1.0))) for platform, bearer in chosen)


# -- the same estate said otherwise ----------------------------------------------------------

NAMES = {
    "assets": ("name", "cluster", "data_centre"), "machines": ("name", "host", "cluster"),
    "links": ("application", "vm", "host"), "applications": ("code",), "data_centres": ("code",),
    "readings": ("data_centre",), "services": ("name", "application"), "platform_keys": ("platform", "application"),
}  # fmt: skip


def renamed(drawn: Drawn, other: Callable[[str], str]) -> Drawn:
    """Every name replaced by another, "" left; types, places and zones are no names."""

    def of(row: Any, columns: tuple[str, ...]) -> Any:
        return replace(row, **{c: other(v) for c in columns if (v := getattr(row, c))})

    parts = {
        name: tuple(of(row, columns) for row in getattr(drawn.inventory, name))
        for name, columns in NAMES.items()
    }
    runs = tuple(
        {**run, **{c: other(run[c]) for c in ("run_id", "asset", "machine", "application") if run[c]}}
        for run in drawn.runs
    )
    by_hour = drawn.hours
    if by_hour is not None:
        ids = pa.array([other(name) for name in by_hour["run_id"].to_pylist()], pa.string())
        by_hour = by_hour.set_column(0, "run_id", ids)
    return replace(drawn.holding(**parts), runs=runs, hours=by_hour)


def mixed(drawn: Drawn, shuffler: Any) -> Drawn:
    """The same rows in another order."""
    parts = {
        field.name: tuple(shuffler.sample(rows, len(rows)))
        for field in fields(drawn.inventory)
        for rows in [getattr(drawn.inventory, field.name)]
    }
    runs = tuple(shuffler.sample(drawn.runs, len(drawn.runs)))
    by_hour = drawn.hours
    if by_hour is not None:
        by_hour = by_hour.take(shuffler.sample(range(by_hour.num_rows), by_hour.num_rows))
    return replace(drawn.holding(**parts), runs=runs, hours=by_hour)


def halved(drawn: Drawn, name: str) -> Drawn:
    """A line of equipment as two of half its quantity."""
    assets = [
        half
        for asset in drawn.inventory.assets
        for half in (
            (
                replace(asset, name=f"{name} bis", quantity=asset.quantity / 2),
                replace(asset, quantity=asset.quantity / 2),
            )
            if asset.name == name
            else (asset,)
        )
    ]
    return drawn.holding(assets=tuple(assets))


def apart(drawn: Drawn) -> list[str]:
    """Lines that nothing names: no machine, no application, no session is on one alone."""
    used = {link.host for link in drawn.inventory.links} | {m.host for m in drawn.inventory.machines}
    used |= {run["asset"] for run in drawn.runs}
    return [asset.name for asset in drawn.inventory.assets if asset.name not in used]
