"""explain: any total, unfolded down to formulas, inputs, factors and sources."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.cli.measuring import AsJson
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.store.database import Store


def explain(
    subject: Annotated[
        str, typer.Argument(help=say("Code d’application ou modèle.", "Application code or model."))
    ] = "",
    view: Annotated[
        str,
        typer.Option(
            "--view",
            help=say("Tout autre total : total, post:postes, node:CODE, stage:use, reason:non_affecte:…",
                     "Any other total: total, post:postes, node:CODE, stage:use, reason:non_affecte:…"),
        ),
    ] = "",
    indicator: Annotated[
        str,
        typer.Option("--indicator", help=say("gwp, adpe, pe, water, gwp_market.", "gwp, adpe, pe, water, gwp_market.")),
    ] = "gwp",
    depth: Annotated[
        int, typer.Option("--depth", min=0, help=say("Niveaux montrés (0 : tous).", "Levels shown (0: all)."))
    ] = 0,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Where a letter and a total come from, down to factors and sources."""
    from footprint.cli.results import print_json, warn_if_stale
    from footprint.errors import FootprintError
    from footprint.store.database import open_store
    from footprint.views import explained

    if bool(subject) == bool(view):
        raise FootprintError(
            "Donnez une application ou un modèle (footprint explain CODE), ou un total (--view total, post:postes…).",
            "Give an application or a model (footprint explain CODE), or a total (--view total, post:postes…).",
        )
    store = open_store()
    warn_if_stale(store)
    found = _subject(store, subject) if subject else None
    if found is None or indicator != "gwp":
        tree = explained(store, view or _view_of(store, subject), indicator)
    else:
        tree = found.explanation
    scores = found.scores if found and indicator == "gwp" else []
    flags = found.flags if found else ()
    if as_json:
        said = [say(*flag) for flag in flags]
        print_json({**asdict(tree), "scores": [asdict(score) for score in scores], "flags": said})
        return
    from footprint.cli.explained import criteria_table, explanation_tree, flags_text
    from footprint.cli.tables import show

    show(
        *([criteria_table(scores)] if scores else []),
        *([flags_text(flags)] if flags else []),
        explanation_tree(tree, depth),
    )


@dataclass(frozen=True)
class _Found:
    """A subject with letters: its tree, scores and weaknesses."""

    explanation: Any
    scores: list[Any]
    flags: tuple[tuple[str, str], ...]


def _subject(store: Store, subject: str) -> _Found:
    """The application or model of this name. Raises UnknownSubject with near names."""
    from footprint.views import application_sheet, model_sheet

    if _view_of(store, subject).startswith("model:"):
        sheet = model_sheet(store, subject)
        return _Found(sheet.explanation, [sheet.training_score, sheet.inference_score], sheet.flags)
    page = application_sheet(store, subject)
    return _Found(page.explanation, [page.tile.score], page.flags)


def _view_of(store: Store, subject: str) -> str:
    import pos_map
    from footprint.errors import UnknownSubject
    from footprint.views import applications, model_applications

    models, codes = model_applications(store), applications(store)
    if subject in models:
        return f"model:{subject}"
    if subject in codes:
        return f"application:{subject}"
    near = pos_map.near(subject, [*codes, *models])
    raise UnknownSubject("application ou modèle", "application or model", subject, near)
