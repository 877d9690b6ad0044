"""What pages, commands and reports show of the current campaign: queries on its newest assessment.

Every function takes an open store and returns the values of `footprint.sheets`. Errors: CampaignError (no
campaign, or not assessed yet), UnknownSubject with near names.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pos_map
from footprint import scores
from footprint.assessments import Kept, latest, load
from footprint.errors import UnknownSubject
from footprint.explain import explain_application
from footprint.sheets import (
    Amount,
    ApplicationSheet,
    Gap,
    MapNode,
    Part,
    Reconciliation,
    Score,
    Summary,
    Tile,
    UseCase,
)
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.referential import current_campaign, rows
from footprint.wording import machine, word

Row = dict[str, Any]


class Book:
    """The totals of one assessment and indicator, by view and key."""

    def __init__(self, kept: Kept, indicator: str = "gwp") -> None:
        self.kept = kept
        self.rows: dict[str, dict[tuple[str, str], Row]] = {}
        for row in kept.totals.to_pylist():
            if row["indicator"] == indicator:
                self.rows.setdefault(row["view"], {})[row["key"], row["sub"]] = row

    def row(self, view: str, key: str = "", sub: str = "") -> Row | None:
        """One total, or None when nothing was assessed there."""
        return self.rows.get(view, {}).get((key, sub))

    def amount(self, view: str, key: str = "", sub: str = "") -> Amount | None:
        """One total with its interval, in kgCO2e."""
        row = self.row(view, key, sub)
        return _amount(row) if row else None

    def parts(self, view: str, key: str | None = None) -> tuple[Part, ...]:
        """The totals of a view (of one key: its subs), biggest first, with their shares."""
        found = [
            (names[0] if key is None else names[1], row)
            for names, row in self.rows.get(view, {}).items()
            if key is None or names[0] == key
        ]
        whole = sum(row["amount"] for _name, row in found)
        name_of = machine if view.endswith("_pool") else word
        return tuple(
            Part(name, name_of(name), _amount(row), row["amount"] / whole if whole else 0.0)
            for name, row in sorted(found, key=lambda pair: -pair[1]["amount"])
        )


def _amount(row: Row) -> Amount:
    return Amount(row["amount"], row["low"], row["high"], row["p90"])


@lru_cache(maxsize=4)
def _book(folder: Any) -> Book:
    return Book(load(folder))


def open_book(store: Store) -> tuple[t.Campaign, Book]:
    """The current campaign and the totals of its newest assessment."""
    campaign = current_campaign(store)
    kept = latest(store, campaign)
    return campaign, _book(store.assessments / kept.id)


def summary(store: Store) -> Summary:
    """The assessment at a glance: totals, reconciliation, coverage, gaps, letters."""
    campaign, book = open_book(store)
    kept, manifest = book.kept, book.kept.manifest
    nothing = Amount(0.0, 0.0, 0.0, 0.0)
    gaps = _gaps(kept)
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
        total=book.amount("total") or nothing,
        applications_total=book.amount("kind", "application") or nothing,
        unallocated=book.parts("reason", "non_affecte"),
        posts=book.parts("reason", "poste"),
        by_stage=book.parts("stage"),
        by_tier=book.parts("tier"),
        reconciliation=reconciliation(kept),
        assets=in_service,
        assets_assessed=in_service - len({gap.asset for gap in gaps}),
        gaps=gaps,
        letters=dict(sorted(letters.items())),
        measured_hours_share=0.0,
    )


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


def _gaps(kept: Kept) -> tuple[Gap, ...]:
    near = kept.manifest["near"]
    return tuple(
        Gap(
            row["asset"],
            row["stage"],
            row["missing"],
            tuple(near.get(row["missing"].split(" / ", 1)[-1], ())),
        )
        for row in kept.gaps.to_pylist()
    )


def applications(store: Store) -> dict[str, t.Application]:
    """The applications of the current campaign by code."""
    return {row.code: row for row in _rows(store, t.Application)}


def _rows(store: Store, table: Any) -> list[Any]:
    campaign = current_campaign(store)
    assert campaign.id is not None
    with store.session() as session:
        return rows(session, table, campaign.id)


def tiles(store: Store) -> tuple[Tile, ...]:
    """Every application with its score, by code."""
    _campaign, book = open_book(store)
    return tuple(_tile(book, application) for application in applications(store).values())


def _tile(book: Book, application: t.Application) -> Tile:
    row = book.row("application", application.code)
    quality = (
        {part.key: part.share for part in book.parts("application_tier", application.code)} if row else {}
    )
    return Tile(
        application.code, application.name, _score(row, application), _amount(row) if row else None, quality
    )


def _score(row: Row | None, application: t.Application) -> Score:
    return scores.application_score(
        _amount(row) if row else None, row["sigma"] if row else 0.0, application.act_volume, application.users
    )


def map_tree(store: Store) -> tuple[MapNode, ...]:
    """The map: top nodes with everything below, in the body's own order."""
    _campaign, book = open_book(store)
    children: dict[str | None, list[t.Node]] = {}
    nodes = _rows(store, t.Node)
    codes = {node.code for node in nodes}
    for node in sorted(nodes, key=lambda n: (n.position, n.code)):
        children.setdefault(node.parent if node.parent in codes else None, []).append(node)
    placed: dict[str, list[t.Application]] = {}
    for application in applications(store).values():
        placed.setdefault(application.node, []).append(application)

    def build(node: t.Node) -> MapNode:
        return MapNode(
            node.code,
            node.level,
            node.label,
            book.amount("node", node.code),
            tuple(build(child) for child in children.get(node.code, [])),
            tuple(_tile(book, application) for application in placed.get(node.code, [])),
        )

    return tuple(build(node) for node in children.get(None, []))


def application_sheet(store: Store, code: str) -> ApplicationSheet:
    """Everything about one application. Raises UnknownSubject with near names."""
    import factors

    _campaign, book = open_book(store)
    known = applications(store)
    if code not in known:
        raise UnknownSubject("application", "application", code, pos_map.near(code, known))
    application = known[code]
    return ApplicationSheet(
        tile=_tile(book, application),
        path=_path(store, application.node),
        attributes=_attributes(application),
        by_stage=book.parts("application_stage", code),
        by_machine=book.parts("application_pool", code),
        by_tier=book.parts("application_tier", code),
        by_environment=book.parts("application_environment", code),
        models=_models_of(store, code),
        explanation=explain_application(book.kept, factors.load(), code),
        flags=tuple(_flags(book.kept, code)),
    )


def _path(store: Store, code: str) -> tuple[str, ...]:
    nodes = {node.code: node for node in _rows(store, t.Node)}
    labels: list[str] = []
    while code in nodes and len(labels) < len(nodes):
        labels.append(nodes[code].label)
        code = nodes[code].parent or ""
    return tuple(reversed(labels))


def _attributes(a: t.Application) -> tuple[tuple[str, str, str], ...]:
    from footprint.formats import integer

    return (
        ("Propriétaire", "Owner", a.owner),
        ("Branche", "Branch", a.branch),
        ("Statut", "Status", a.status),
        ("Hébergement", "Hosting", a.hosting),
        ("Périmètre", "Perimeter", a.perimeter),
        ("Utilisateurs actifs", "Active users", "" if a.users is None else integer(a.users)),
        ("Acte fonctionnel", "Functional act", a.act_label),
        ("Actes par an", "Acts a year", "" if a.act_volume is None else integer(a.act_volume)),
    )


def _models_of(store: Store, code: str) -> tuple[str, ...]:
    from footprint.model_views import model_applications

    return tuple(model for model, owners in model_applications(store).items() if code in owners)


def _flags(kept: Kept, code: str) -> Iterable[tuple[str, str]]:
    """Weaknesses of the allocation, said beside the score."""
    import pyarrow.compute as pc

    lines = kept.lines.filter(pc.equal(kept.lines["subject"], code))
    keys, splits = set(lines["key_kind"].to_pylist()), set(lines["split_kind"].to_pylist())
    if "egale" in keys:
        yield (
            "Une grappe ou un serveur est réparti à parts égales, faute de taille des machines virtuelles.",
            "A cluster or server is shared equally, for want of the sizes of its virtual machines.",
        )
    if "egale" in splits:
        yield (
            "Une machine virtuelle est partagée à égalité entre applications, faute de clé déclarée.",
            "A virtual machine is split equally between applications, for want of a declared key.",
        )


def use_cases(store: Store) -> tuple[UseCase, ...]:
    """The register of use cases, AI or not, by code."""
    return tuple(
        UseCase(
            row.code, row.title, row.application, row.model, row.automation, row.status, row.functional_act,
            row.yearly_volume, row.abandon_reason, row.non_ai_alternative, row.human_decision, row.summary,
        )
        for row in _rows(store, t.AiUseCase)
    )  # fmt: skip
