"""Matching by form: what the names nothing bears are, the rules kept, the spreadsheet round trip."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from footprint.errors import CampaignError, CampaignFrozen, FootprintError, RuleRefused
from footprint.matching_targets import known_names, overruled_words, settled
from footprint.reconciling_sheet import Decision, read_reconciling, write_reconciling
from footprint.roles import Person
from footprint.server.downloads import attached
from footprint.server.forms import Fields, Posted, back, done, first
from footprint.server.multipart import received
from footprint.server.refusals import Refusals
from footprint.server.rest import XLSX, slug
from footprint.server.upload_door import TurnedAway
from footprint.server.uploads import importer
from footprint.store import matching
from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign
from footprint.store.tables import Campaign
from footprint.texts import message, say
from footprint.uploads import folder
from pos_map.matching import Rule

PAGE = "/rattachements"
SAID = 5
"""Errors of a workbook told in a refusal."""
LEFT = "-"
"""What the form posts for a name left unattached, knowingly."""


def routes(store: Store, refusals: Refusals) -> APIRouter:
    """The form routes over this store; refused forms wait in `refusals` for their page."""
    router = APIRouter(prefix=PAGE, include_in_schema=False)

    @router.post("")
    def decide(fields: Posted) -> Response:
        person = importer()
        try:
            campaign = open_campaign(store)
            overruled = _keep(store, campaign, decisions(fields), person)
        except FootprintError as error:
            return back(refusals, PAGE, message(error), fields)
        return done(refusals, PAGE, _kept_words(overruled))

    @router.post("/regles")
    def add_rule(fields: Posted) -> Response:
        person = importer()
        rule = Rule(
            first(fields, "genre"), first(fields, "expression").strip(), first(fields, "cible").strip(),
            first(fields, "regex") == "1",
        )  # fmt: skip
        try:
            overruled = _keep(store, open_campaign(store), [rule], person, first(fields, "motif"))
        except FootprintError as error:
            return back(refusals, PAGE, message(error), fields)
        if overruled:
            return done(refusals, PAGE, _kept_words(overruled))
        return RedirectResponse(f"{PAGE}#regles", 303)

    @router.post("/regles/suppression")
    def drop_rule(fields: Posted) -> Response:
        person = importer()
        rule = Rule(first(fields, "genre"), first(fields, "expression"), "", first(fields, "regex") == "1")
        matching.drop_rule(store, current_campaign(store).organisation, rule, person.login)
        return RedirectResponse(f"{PAGE}#regles", 303)

    _spreadsheet(router, store, refusals)
    return router


def _spreadsheet(router: APIRouter, store: Store, refusals: Refusals) -> None:
    @router.get("/feuille.xlsx")
    def sheet() -> Response:
        campaign = current_campaign(store)
        name = f"rattachements-{slug(campaign.organisation)}-{campaign.year}.xlsx"
        with tempfile.TemporaryDirectory(prefix="footprint-") as place:
            path = Path(place) / name
            known = known_names(inventory_of(store, campaign))
            write_reconciling(path, matching.unmatched(store, campaign), known)
            return attached(path.read_bytes(), XLSX, name)

    @router.post("/feuille")
    async def read_back(request: Request) -> Response:
        person = importer()
        identifier, files = await run_in_threadpool(folder.begin, store)
        try:
            sent = await received(request, files, lambda given: folder.safe_name(given, ()))
            paths = [path for _field, path in sent.files][:1]
            overruled = await run_in_threadpool(partial(_read_back, store, paths, person))
        except TurnedAway as away:
            return away.answer
        except FootprintError as error:
            return back(refusals, PAGE, message(error), {})
        finally:
            await run_in_threadpool(folder.discard, store, identifier)
        return done(refusals, PAGE, _kept_words(overruled))


def _kept_words(overruled: Sequence[str]) -> str:
    kept = say("Décisions gardées et appliquées.", "Decisions kept and applied.")
    return f"{kept} {say(*overruled_words(overruled))}".strip()


def open_campaign(store: Store) -> Campaign:
    """The current campaign. Raises CampaignFrozen, CampaignError."""
    campaign = current_campaign(store)
    if campaign.frozen_at:
        raise CampaignFrozen(campaign.organisation, campaign.year, campaign.frozen_at)
    return campaign


def decisions(fields: Fields) -> list[Rule]:
    """The rules of a form: for each name ticked ("genre nom"), the proposal chosen or what was written.

    Raises RuleRefused for a name ticked without any answer.
    """
    found = []
    for rank in fields.get("retenu", ()):
        kind, name = first(fields, f"genre-{rank}"), first(fields, f"nom-{rank}")
        written, chosen = first(fields, f"autre-{rank}").strip(), first(fields, f"choix-{rank}")
        target = written or chosen
        if not target:
            raise RuleRefused(
                f"« {name} » est coché sans réponse : choisissez une proposition ou écrivez un nom.",
                f"“{name}” is ticked without an answer: choose a proposal or write a name.",
            )
        found.append(Rule(kind, name, "" if target == LEFT else target))
    if not found:
        raise RuleRefused("Cochez au moins un nom.", "Tick at least one name.")
    return found


def _keep(
    store: Store, campaign: Campaign, rules: list[Rule], person: Person, reason: str = ""
) -> tuple[str, ...]:
    """Keep the rules, then apply them as an import that can be undone; the names they have no effect on.

    Raises RuleRefused: ill-formed, or leading to a name that is not known.
    """
    known = known_names(inventory_of(store, campaign))
    missed = matching.unmatched(store, campaign) if any(rule.regex for rule in rules) else []
    decided = [Decision(settled(rule, known, missed), reason) for rule in rules]
    return matching.decide(store, campaign, decided, person.login).overruled


def _read_back(store: Store, paths: list[Path], person: Person) -> tuple[str, ...]:
    if not paths:
        raise CampaignError("Choisissez le classeur rempli.", "Choose the filled workbook.")
    campaign = open_campaign(store)
    found, faults = read_reconciling(paths[0], known_names(inventory_of(store, campaign)))
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        more = len(errors) - SAID
        fr, en = (f" (+ {more})", f" (+ {more})") if more > 0 else ("", "")
        raise RuleRefused(
            " ".join(_located(fault.line, fault.fr, "ligne") for fault in errors[:SAID]) + fr,
            " ".join(_located(fault.line, fault.en, "line") for fault in errors[:SAID]) + en,
        )
    return matching.decide(store, campaign, found, person.login).overruled


def _located(line: int | None, said: str, word: str) -> str:
    return said if line is None else f"({word} {line}) {said}"
