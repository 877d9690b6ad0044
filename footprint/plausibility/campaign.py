"""All the checks over the current campaign of a store."""

from __future__ import annotations

from collections.abc import Callable

import factors
from factors import Catalogue
from footprint.errors import CampaignError, StoreError
from footprint.factor_set import catalogue_of
from footprint.kept import current
from footprint.plausibility import applications, energy, measured, pools, sites, sizes, terminals, units
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import IMPROBABLE, Finding
from footprint.store.database import Store
from footprint.store.frames import inventory_frames, run_frame
from footprint.store.referential import current_campaign

CHECKS: tuple[Callable[[Estate], list[Finding]], ...] = (
    energy.declared_energy,
    sizes.memory,
    sizes.cores,
    sizes.quantities,
    sizes.dates,
    sizes.lives,
    sizes.embodied,
    terminals.per_agent,
    terminals.per_site,
    sites.pues,
    sites.readings,
    pools.machine_sizes,
    pools.overcommitment,
    pools.keys,
    applications.volumes,
    applications.intensities,
    units.services,
    units.factors_in_use,
    measured.run_power,
    measured.hosts_and_types,
    measured.zones,
)


def findings(
    store: Store, *, agents: float | None = None, catalogue: Catalogue | None = None
) -> tuple[Finding, ...]:
    """What is not credible in the current campaign: improbable first, then to check, by code and subject.

    `agents` is the headcount of the body; without it, screens are counted by computer. `catalogue` holds the
    factors in use (None: those shipped). Reads the store, writes nothing, changes no result. Raises
    CampaignError when there is no campaign.
    """
    return judged(estate_of(store, agents, catalogue))


def estate_of(store: Store, agents: float | None = None, catalogue: Catalogue | None = None) -> Estate:
    """The matter of the checks: the current campaign, its runs of the year and its last assessment."""
    campaign = current_campaign(store)
    assert campaign.id is not None
    with store.session() as session:
        frames, runs = inventory_frames(session, campaign.id), run_frame(session, campaign.year)
    try:
        totals = current(store, campaign).totals
    except (CampaignError, StoreError):  # not assessed yet, or damaged: footprint assess says so
        totals = None
    shipped = factors.load()
    used = catalogue or catalogue_of(store.home)
    return Estate(frames, runs, used, campaign.year, campaign.zone, totals, agents, shipped)


def judged(estate: Estate) -> tuple[Finding, ...]:
    """Every check over an estate, improbable first; the same matter gives the same order."""
    found = [finding for check in CHECKS for finding in check(estate)]
    return tuple(sorted(found, key=lambda f: (f.severity != IMPROBABLE, f.code, f.subject, f.field)))
