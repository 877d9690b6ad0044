"""Everything a report reads of the store, gathered once: the newest assessment of the current campaign."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

import factors
from footprint.factor_set import catalogue_of
from footprint.formats import unknown
from footprint.report.errors import ReportError
from footprint.sheets import Amount, ModelSheet, Summary, Tile
from footprint.store import events
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.referential import rows
from footprint.texts import say
from footprint.views import Book, model_sheet, models, open_book, summary, tiles

Row = dict[str, Any]
MOST_LINES = 1_000_000  # a sheet holds 1,048,576 rows


@dataclass(frozen=True)
class Import:
    """The last import of the inventory: instant, file names, count of its warnings (None: not kept)."""

    at: str
    files: tuple[str, ...]
    warnings: int | None


@dataclass(frozen=True)
class Material:
    """What the sheets are made of. `lines` and `impacts` are those of climate (gwp, kgCO2e)."""

    summary: Summary
    total: Amount
    book: Book
    catalogue: factors.Catalogue
    lines: tuple[Row, ...]
    impacts: tuple[Row, ...]
    tiles: tuple[Tile, ...]
    applications: dict[str, t.Application]
    nodes: dict[str, t.Node]
    assets: dict[str, t.PhysicalAsset]
    data_centres: dict[str, t.DataCentre]
    models: tuple[ModelSheet, ...]
    last_import: Import | None

    @property
    def in_service(self) -> tuple[t.PhysicalAsset, ...]:
        """The equipment lines that served in the year: those with an amount, and those with a gap."""
        names = {row["asset"] for row in self.impacts} | {gap.asset for gap in self.summary.gaps}
        return tuple(asset for name, asset in self.assets.items() if name in names)

    def factor(self, factor_id: str) -> factors.Factor | None:
        """A factor of those in force; None for an id of another set."""
        try:
            return self.catalogue.get(factor_id)
        except factors.FactorError:
            return None

    def item(self, code: str) -> str:
        """The label of a type of equipment, or of a service bought, in the current language."""
        if code == "service":
            return say("service acheté", "service bought")
        found = next((item for item in self.catalogue.items if item.code == code), None)
        return say(found.label_fr, found.label_en) if found else code or unknown()


# Lines of one subject that differ by the virtual machine alone are one line of the report.
LINE_KEYS = (
    "subject_kind", "subject", "environment", "stage", "pool", "item", "post", "model", "key_kind", "rule",
    "tier", "factor_id", "factor_sigma", "activity_id", "activity_sigma", "pue_id", "pue_sigma",
)  # fmt: skip


def gather(store: Store) -> Material:
    """Read the current campaign and its newest assessment.

    Raises CampaignError (no campaign, not assessed), ReportError (nothing could be assessed, or more lines
    than a sheet holds).
    """
    campaign, book = open_book(store)
    assert campaign.id is not None
    total = book.amount("total")
    if total is None:
        raise _nothing()
    lines = _lines(book)
    with store.session() as session:
        kinds = (t.Application, t.Node, t.PhysicalAsset, t.DataCentre)
        applications, nodes, assets, centres = (rows(session, kind, campaign.id) for kind in kinds)
        trace = _last_import(events.history(session, f"campagne:{campaign.id}"))
    return Material(
        summary=summary(store),
        total=total,
        book=book,
        catalogue=catalogue_of(store.home),
        lines=lines,
        impacts=tuple(_gwp(book.kept.asset_impacts).to_pylist()),
        tiles=tiles(store),
        applications={row.code: row for row in applications},
        nodes={row.code: row for row in nodes},
        assets={row.name: row for row in assets},
        data_centres={row.code: row for row in centres},
        models=tuple(model_sheet(store, name) for name in models(store)),
        last_import=trace,
    )


def _nothing() -> ReportError:
    return ReportError(
        "Aucun équipement n’a pu être évalué : il n’y a rien à rapporter. « footprint assess » dit ce qui manque.",
        "No equipment could be assessed: there is nothing to report. “footprint assess” says what is missing.",
    )


def _gwp(table: Any) -> Any:
    return table.filter(pc.equal(table["indicator"], "gwp"))


def _lines(book: Book) -> tuple[Row, ...]:
    """Climate lines added over the virtual machines of a subject; sorted, so that bytes are reproducible."""
    grouped = _gwp(book.kept.lines).group_by(list(LINE_KEYS), use_threads=False)
    summed = grouped.aggregate([("amount", "sum"), ("part", "sum")])
    if summed.num_rows > MOST_LINES:
        raise ReportError(
            f"{summed.num_rows} lignes : une feuille de tableur n’en tient qu’un million. "
            "Demandez le détail par l’API ou les fichiers Parquet du dossier « assessments ».",
            f"{summed.num_rows} lines: a sheet holds only one million. "
            "Take the detail from the API or the Parquet files of the “assessments” folder.",
        )
    found = summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names]).to_pylist()
    return tuple(sorted(found, key=lambda row: tuple(str(row[name]) for name in LINE_KEYS)))


def _last_import(history: list[t.Event]) -> Import | None:
    found = [event for event in history if event.kind == "inventaire.importe"]
    if not found:
        return None
    payload = json.loads(found[-1].payload)
    return Import(found[-1].at, tuple(payload.get("files", ())), payload.get("warnings"))
