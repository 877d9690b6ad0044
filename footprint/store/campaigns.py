"""A campaign from year to year: the one before it, freezing it, reopening it with a trace."""

from __future__ import annotations

from sqlmodel import Session, col, select

from footprint.errors import CampaignError, CampaignFrozen
from footprint.store import content, events
from footprint.store.database import Store
from footprint.store.tables import Campaign


def stored_campaign(session: Session, campaign: Campaign) -> Campaign:
    """The campaign as it is stored. Raises CampaignError when it is gone."""
    stored = session.get(Campaign, campaign.id)
    if stored is None:
        raise CampaignError(
            "Cette campagne n’existe plus. Ouvrez-en une : footprint init.",
            "This campaign is no longer there. Open one: footprint init.",
        )
    return stored


def check_open(session: Session, campaign: Campaign) -> Campaign:
    """The campaign as it is stored. Raises CampaignFrozen when it is frozen, CampaignError when it is gone."""
    stored = stored_campaign(session, campaign)
    if stored.frozen_at:
        raise CampaignFrozen(stored.organisation, stored.year, stored.frozen_at)
    return stored


def refuse_frozen(store: Store, campaign: Campaign) -> None:
    """Raises CampaignFrozen when the campaign is frozen, CampaignError when it is gone."""
    with store.session() as session:
        check_open(session, campaign)


def freeze(store: Store, campaign: Campaign, actor: str, reason: str = "") -> bool:
    """Freeze a campaign: nothing of it changes until it is reopened. Whether it was open.

    Leaves an event. Raises CampaignError when it is gone.
    """
    with store.writing() as session:
        stored = stored_campaign(session, campaign)
        was_open = stored.frozen_at is None
        if was_open:
            stored.frozen_at = events.now()
            session.add(stored)
            payload = {"motif": reason.strip(), "evaluation": stored.assessment_id}
            events.append(session, actor, "campagne.figee", f"campagne:{campaign.id}", payload)
        campaign.frozen_at = stored.frozen_at
    return was_open


def reopen(store: Store, campaign: Campaign, actor: str, reason: str) -> bool:
    """Reopen a frozen campaign; the reason is kept in the log. Whether it was frozen.

    Raises CampaignError without a reason, or when the campaign is gone.
    """
    if not reason.strip():
        raise CampaignError(
            "Dites pourquoi la campagne est rouverte : le motif est gardé au journal.",
            "Say why the campaign is reopened: the reason is kept in the log.",
        )
    with store.writing() as session:
        stored = stored_campaign(session, campaign)
        was_frozen = stored.frozen_at is not None
        if was_frozen:
            payload = {"motif": reason.strip(), "figee_le": stored.frozen_at}
            stored.frozen_at = None
            session.add(stored)
            events.append(session, actor, "campagne.rouverte", f"campagne:{campaign.id}", payload)
        campaign.frozen_at = None
    return was_frozen


def previous_campaign(store: Store, campaign: Campaign) -> Campaign | None:
    """The last campaign of the same body, before this one, that holds something; None for a first year."""
    query = select(Campaign).where(Campaign.organisation == campaign.organisation)
    query = query.where(Campaign.year < campaign.year).order_by(col(Campaign.year).desc())
    with store.session() as session:
        for earlier in session.exec(query).all():
            assert earlier.id is not None
            if not content.is_empty(session, earlier.id):
                return earlier
    return None
