"""Applications: their tiles, and everything about one of them."""

from __future__ import annotations

import pos_map
from footprint import record_quality, scores
from footprint.errors import UnknownSubject
from footprint.explain import explain_application
from footprint.factor_set import catalogue_of
from footprint.formats import day, integer, percent
from footprint.sheets import ApplicationSheet, Score, Tile
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.notes import notes
from footprint.views.book import Book, Row, amount_of, applications, campaign_rows, open_book
from footprint.views.explained import lives
from footprint.views.use_cases import model_applications
from footprint.views.weaknesses import missing, of_record, of_sharing


def tiles(store: Store) -> tuple[Tile, ...]:
    """Every application with its score, by code."""
    _campaign, book = open_book(store)
    return tuple(tile_of(book, application) for application in applications(store).values())


def tile_of(book: Book, application: t.Application) -> Tile:
    """The tile of one application; `total` is None when nothing of it was assessed."""
    row = book.row("application", application.code)
    quality = (
        {part.key: part.share for part in book.parts("application_tier", application.code)} if row else {}
    )
    return Tile(
        application.code,
        application.name,
        _score(book, row, application),
        amount_of(row) if row else None,
        quality,
        record_quality.filled(application),
    )


def _score(book: Book, row: Row | None, application: t.Application) -> Score:
    score = _computed(book, row, application)
    lacking = record_quality.lacking(application)
    if not lacking:
        return score
    fr, en = (", ".join(words) for words in zip(*lacking, strict=True))
    return scores.withheld(
        score, f"Pas de note : la fiche ne dit pas {fr}.", f"No letter: the record does not say {en}."
    )


def _computed(book: Book, row: Row | None, application: t.Application) -> Score:
    return scores.application_score(
        amount_of(row) if row else None,
        application.act_label,
        application.act_volume,
        application.users,
        complete=application.code not in book.missing,
    )


def application_sheet(store: Store, code: str) -> ApplicationSheet:
    """Everything about one application. Raises UnknownSubject with near names."""
    campaign, book = open_book(store)
    known = applications(store)
    if code not in known:
        raise UnknownSubject("application", "application", code, pos_map.near(code, known))
    application = known[code]
    return ApplicationSheet(
        tile=tile_of(book, application),
        path=_path(store, application.node),
        attributes=_attributes(application),
        by_stage=book.parts("application_stage", code),
        by_machine=book.parts("application_pool", code),
        by_tier=book.parts("application_tier", code),
        by_environment=book.parts("application_environment", code),
        models=_models_of(store, code),
        explanation=explain_application(book.kept, catalogue_of(store.home), code, assets=lives(store)),
        flags=(
            *missing(book, code),
            *of_sharing(book.kept, code),
            *((note.fr, note.en) for note in notes(store, campaign, "applications", (code,))),
            *of_record(application),
        ),
    )


def _path(store: Store, code: str) -> tuple[str, ...]:
    nodes = {node.code: node for node in campaign_rows(store, t.Node)}
    labels: list[str] = []
    while code in nodes and len(labels) < len(nodes):
        labels.append(nodes[code].label)
        code = nodes[code].parent or ""
    return tuple(reversed(labels))


def _attributes(a: t.Application) -> tuple[tuple[str, str, str], ...]:
    return (
        ("Propriétaire", "Owner", a.owner),
        ("Branche", "Branch", a.branch),
        ("Statut", "Status", a.status),
        ("Hébergement", "Hosting", a.hosting),
        ("Périmètre", "Perimeter", a.perimeter),
        ("Utilisateurs actifs", "Active users", "" if a.users is None else integer(a.users)),
        ("Acte fonctionnel", "Functional act", a.act_label),
        ("Actes par an", "Acts a year", "" if a.act_volume is None else integer(a.act_volume)),
        *(pair for pair in _more(a) if pair[2]),
    )


def _more(a: t.Application) -> tuple[tuple[str, str, str], ...]:
    """What a record may say beside, shown when it does."""
    return (
        ("Criticité", "Criticality", a.criticality),
        ("Environnements", "Environments", a.environments),
        ("Nature", "Kind", a.kind),
        ("Éditeur", "Editor", a.editor),
        ("Technologie", "Technology", a.technology),
        ("Version", "Version", a.version),
        ("Mise en service", "First use", day(a.installed)),
        ("Décommissionnement", "Decommissioning", day(a.decommissioned)),
        (
            "Coût annuel (€)",
            "Yearly cost (€)",
            "" if a.yearly_cost_eur is None else integer(a.yearly_cost_eur),
        ),
        ("Service Cigref", "Cigref service", a.cigref_service),
        ("Taux RGAA", "RGAA rate", "" if a.rgaa is None else percent(a.rgaa)),
        ("Score RGESN", "RGESN score", "" if a.rgesn is None else percent(a.rgesn)),
        ("Besoins de sécurité", "Security needs", a.security),
        ("Remplace", "Replaces", a.replaces.replace(";", ", ")),
    )


def _models_of(store: Store, code: str) -> tuple[str, ...]:
    return tuple(model for model, owners in model_applications(store).items() if code in owners)
