"""Two campaigns of one body as the years M11 compares."""

from __future__ import annotations

import pyarrow as pa

import factors
from factors import Catalogue
from footprint.errors import CampaignError
from footprint.factor_set import catalogue_of
from footprint.ingredients import gathered
from footprint.kept import current
from footprint.store.database import Store
from footprint.store.referential import campaigns, current_campaign
from footprint.store.tables import Campaign
from footprint.year_on_year import Split, Year, split


def campaign_of_year(store: Store, year: int) -> Campaign:
    """The campaign of that year, of the body of the current one. Raises CampaignError with the years there are."""
    body = current_campaign(store).organisation
    own = {campaign.year: campaign for campaign in campaigns(store) if campaign.organisation == body}
    if year not in own:
        years = ", ".join(str(known) for known in sorted(own))
        raise CampaignError(
            f"Pas de campagne {year} pour {body}. Années présentes : {years}.",
            f"No {year} campaign for {body}. Years there are: {years}.",
        )
    return own[year]


def year_of(store: Store, campaign: Campaign, catalogue: Catalogue) -> Year:
    """What a campaign is assessed from, as `footprint.assessments` takes it, with this catalogue."""
    found = gathered(store, campaign, catalogue)
    settings = {"settings": found.settings}
    return Year(campaign.year, campaign.zone, found.frames, found.runs, catalogue, found.measured, settings)


def compare_years(store: Store, first: int, last: int, indicator: str = "gwp") -> Split:
    """The change from a campaign to another of the same body, by effect (M11).

    Each campaign keeps the factor set of the assessment it shows, while it is still shipped; what the first
    one showed and today's code would not give again is the step "published". Raises CampaignError when a
    campaign is absent or not assessed.
    """
    ends = [campaign_of_year(store, year) for year in (first, last)]
    kept = [current(store, campaign) for campaign in ends]
    before, after = (
        year_of(store, campaign, _catalogue(store, shown.manifest["factor_set"]))
        for campaign, shown in zip(ends, kept, strict=True)
    )
    shown: pa.Table = kept[0].lines
    return split(before, after, indicator, published=shown)


def _catalogue(store: Store, version: str) -> Catalogue:
    """The factor set of that version: the one in force here, a shipped one, else the one in force."""
    chosen = catalogue_of(store.home)
    if version == chosen.version or version not in factors.versions():
        return chosen
    return factors.load(version=version)
