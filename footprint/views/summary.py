"""The assessment of a campaign at a glance."""

from __future__ import annotations

import pyarrow.compute as pc

from factors import Catalogue, UnknownFactor
from footprint.factor_set import catalogue_of
from footprint.kept import Kept
from footprint.sheets import Amount, Gap, Metered, Reconciliation, Summary
from footprint.store.database import Store
from footprint.store.referential import last_import
from footprint.store.tables import Campaign
from footprint.views.applications import tiles
from footprint.views.book import amount_of, open_book

APART = ("execution:", "service:")  # runs and services bought: no lines of equipment
SPREADS = ("idle", "network", "storage")
MARKET = "gwp_market"


def summary(store: Store) -> Summary:
    """The assessment at a glance: totals, reconciliation, coverage, gaps, letters."""
    campaign, book = open_book(store)
    kept, manifest = book.kept, book.kept.manifest
    gaps = _gaps(kept, catalogue_of(store.home))
    letters: dict[str, int] = {}
    for tile in tiles(store):
        letters[tile.score.letter or ""] = letters.get(tile.score.letter or "", 0) + 1
    in_service = int(manifest["assets_in_service"])
    return Summary(
        assessment_id=kept.id,
        organisation=campaign.organisation,
        year=campaign.year,
        factor_set=manifest["factor_set"],
        method=manifest["method"],
        scale=manifest["scale"],
        created_at=manifest["created_at"],
        stale=_last_import(store, campaign) != manifest["imported_sha256"],
        total=book.amount("total"),
        applications_total=book.amount("kind", "application"),
        unallocated=book.parts("reason", "non_affecte"),
        posts=book.parts("reason", "poste"),
        by_stage=book.parts("stage"),
        by_tier=book.parts("tier"),
        reconciliation=reconciliation(kept),
        assets=in_service,
        assets_assessed=in_service - len({gap.asset for gap in gaps if not gap.asset.startswith(APART)}),
        gaps=gaps,
        letters=dict(sorted(letters.items())),
        mode=manifest["mode"],
        spread=tuple(name for name in SPREADS if manifest.get(f"spread_{name}")),
        meters=metered(kept),
        market=_market(kept),
        market_covers=_covered(kept),
        profiles=_profiled(kept),
        factor_changes=tuple(tuple(change) for change in manifest.get("factor_changes", ())),
    )


def metered(kept: Kept) -> tuple[Metered, ...]:
    """Meters against the sum of what stands in each data centre (M1): the machines alone, then with the PUE."""
    return tuple(
        Metered(
            row["data_centre"], scope, row["days"], row[f"metered_{scope}_kwh"], row[f"computed_{scope}_kwh"]
        )
        for row in kept.reconciliation.sort_by("data_centre").to_pylist()
        for scope in ("it", "total")
        if row[f"metered_{scope}_kwh"] is not None
    )


def _market(kept: Kept) -> Amount | None:
    """What the electricity under contract emits by its contracts (M2), with its interval."""
    rows = kept.totals.filter(
        pc.and_(pc.equal(kept.totals["indicator"], MARKET), pc.equal(kept.totals["view"], "total"))
    ).to_pylist()
    return amount_of(rows[0]) if rows else None


def _covered(kept: Kept) -> float | None:
    """kgCO2e a year of the electricity of the machines under contract, as the total counts it (location-based)."""
    impacts = kept.asset_impacts
    names = impacts.filter(pc.equal(impacts["indicator"], MARKET))["asset"]
    if not len(names):
        return None
    same = pc.and_(pc.equal(impacts["indicator"], "gwp"), pc.equal(impacts["stage"], "use"))
    return float(
        pc.sum(impacts.filter(pc.and_(same, pc.is_in(impacts["asset"], names)))["amount"]).as_py() or 0.0
    )


def _last_import(store: Store, campaign: Campaign) -> str | None:
    with store.session() as session:
        return last_import(session, campaign)


def reconciliation(kept: Kept) -> tuple[Reconciliation, ...]:
    """M4 for each indicator and stage: what subjects received against what the assets emit."""
    received: dict[tuple[str, str], dict[str, float]] = {}
    grouped = kept.lines.group_by(["indicator", "stage", "subject_kind"]).aggregate([("amount", "sum")])
    for row in grouped.to_pylist():
        received.setdefault((row["indicator"], row["stage"]), {})[row["subject_kind"]] = row["amount_sum"]
    emitted = kept.asset_impacts.group_by(["indicator", "stage"]).aggregate([("amount", "sum")])
    found = {(row["indicator"], row["stage"]): row["amount_sum"] for row in emitted.to_pylist()}
    return tuple(
        _reconciled(indicator, stage, received.get((indicator, stage), {}), assets)
        for (indicator, stage), assets in sorted(found.items())
    )


def _reconciled(indicator: str, stage: str, received: dict[str, float], assets: float) -> Reconciliation:
    return Reconciliation(
        indicator=indicator,
        stage=stage,
        applications=received.get("application", 0.0),
        unallocated=received.get("non_affecte", 0.0),
        posts=received.get("poste", 0.0),
        assets=assets,
    )


def _gaps(kept: Kept, catalogue: Catalogue) -> tuple[Gap, ...]:
    rows = kept.gaps.to_pylist()
    close = {
        missing: _near(missing, kept.manifest["near"], catalogue)
        for missing in {row["missing"] for row in rows}
    }
    return tuple(Gap(row["asset"], row["stage"], row["missing"], close[row["missing"]]) for row in rows)


def _near(missing: str, names: dict[str, list[str]], catalogue: Catalogue) -> tuple[str, ...]:
    """Names close to an unresolved one ("type / Serveurr"), else the keys close to an absent factor."""
    kind, _, name = missing.partition(" / ")
    if name in names:
        return tuple(names[name])
    try:
        catalogue.find(kind, *name.split(" / "))
    except UnknownFactor as unknown:
        return tuple(unknown.near)
    return ()


def _profiled(kept: Kept) -> tuple[str, ...]:
    """The zones where the hour of what was measured counted (M2)."""
    shaped = kept.asset_impacts.filter(pc.not_equal(pc.fill_null(kept.asset_impacts["profile"], 1.0), 1.0))
    return tuple(sorted(pc.unique(shaped["zone"]).to_pylist()))
