"""The check of sent files: what was recognised, what is wrong, what would change, and the way on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.column_choices import column_choices
from dashboard.components.imported import imported
from dashboard.components.inventory import differences, table_word, title
from dashboard.components.names import names_nothing_bears
from dashboard.components.remarks import remarks
from dashboard.components.tables import table
from dashboard.page import Page, check_link
from footprint import formats
from footprint.plausibility import shown
from footprint.store.referential import current_campaign
from footprint.texts import say
from footprint.uploads import checking, folder, jobs
from footprint.uploads.found import Check, Recognised

PATH = "/import/"
NAME = ("Vérification", "Check")
MODES = {
    "replace": ("ces fichiers remplacent l’inventaire", "these files replace the inventory"),
    "complete": ("ces fichiers complètent l’inventaire", "these files complete the inventory"),
}


def is_mine(subject: str) -> bool:
    """Whether what follows the address is a check."""
    return folder.ID.fullmatch(subject) is not None


def waits(subject: str) -> bool:
    """Whether the page is worth coming back to by itself."""
    return jobs.is_running(subject)


def layout(page: Page, subject: str) -> Any:
    """The whole page of this check."""
    if not jobs.is_running(subject):
        gone = _imported(page, subject)
        if gone is not None:
            return gone
    upload = folder.find(page.store, subject, page.who.person.login)
    names = ", ".join(shown(path.name) for path in upload.paths())
    parted = say(" ; ", "; ")
    head = title(page, NAME, f"{names}{parted}{say(*MODES[upload.mode])}")
    if jobs.is_running(upload.id):
        return [head, _under_way(page, upload)]
    refused, found = checking.refusal(upload), checking.found(upload)
    alert = html.P(say(*refused), className="alert", role="alert") if refused else None
    if found is None:
        return [head, alert, _interrupted(page, upload, alert is not None)]
    faults = upload.read(checking.FAULTS) or []
    unknown = [column_choices(page, upload.id, rank, file) for rank, file in enumerate(found.unknown)]
    return [
        head,
        alert,
        _to_map(page, upload, faults)
        if any(unknown) and _unread(found, faults)
        else _verdict(page, upload, found),
        *unknown,
        _changes(found) if not found.errors else None,
        remarks(faults, found.errors, found.warnings, check_link(upload.id)),
        names_nothing_bears(found.unmatched),
        _recognised(found.tables),
    ]


def _imported(page: Page, subject: str) -> Any:
    """The page of a check whose files were imported while it waited, None for any other."""
    if page.query.get("attendre") is None or (page.store.home / "uploads" / subject).exists():
        return None
    said = html.P(say("L’import est fait.", "The import is done."), role="status")
    done = imported(page, current_campaign(page.store))
    back = html.A(say("Voir l’historique", "See the history"), href="/import#historique", className="button")
    return [
        title(page, NAME, ""),
        done,
        html.Section([None if done else said, html.P(back)], className="card"),
    ]


def _under_way(page: Page, upload: folder.Upload) -> Any:
    file, rows = checking.progress(upload)
    said = say("Lecture en cours…", "Reading…")
    if file:
        said = say(
            f"Lecture de {shown(file)} : {formats.integer(rows)} lignes lues.",
            f"Reading {shown(file)}: {formats.integer(rows)} rows read.",
        )
    hint = say("Cette page s’actualise d’elle-même.", "This page refreshes itself.")
    stop = html.A(say("Ne plus actualiser", "Stop refreshing"), href=f"{check_link(upload.id)}?attendre=non")
    again = html.A(
        say("Actualiser", "Refresh"), href=f"{check_link(upload.id)}?attendre=oui", className="button"
    )
    return html.Section(
        [
            html.P(said, role="status", className="verdict"),
            html.P([hint, " ", stop], className="hint"),
            html.P(again),
        ],
        className="card",
    )


def _interrupted(page: Page, upload: folder.Upload, refused: bool) -> Any:
    said = say("La vérification s’est interrompue.", "The check was interrupted.")
    buttons = [
        native.act(page, f"{check_link(upload.id)}/verifier", say("Vérifier à nouveau", "Check again")),
        _give_up(page, upload),
    ]
    return html.Section(
        [*([] if refused else [html.P(said)]), html.Div(buttons, className="actions")], className="card"
    )


def _give_up(page: Page, upload: folder.Upload) -> Any:
    return native.act(
        page, f"{check_link(upload.id)}/abandonner", say("Abandonner", "Give up"), kind="button button-quiet"
    )


def _unread(found: Check, faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all that is wrong is that the columns of some files are not known yet."""
    names = {file.file for file in found.unknown}
    wrong = [fault for fault in faults if fault["severity"] == "error"]
    return bool(wrong) and all(fault["file"] in names and fault["code"] in checking.UNREAD for fault in wrong)


def _to_map(page: Page, upload: folder.Upload, faults: Sequence[Mapping[str, Any]]) -> Any:
    """What is left to do before anything can be imported: the button that does it is under the columns."""
    many = len({fault["file"] for fault in faults if fault["severity"] == "error"})
    files = say("ce fichier", "this file") if many == 1 else say("ces fichiers", "these files")
    said = say(f"Il reste à dire ce que sont les colonnes de {files}.",
               f"What is left is to say what the columns of {files} are.")  # fmt: skip
    todo = say(
        "Relisez ci-dessous ce qui est proposé, gardez-le comme profil : tout est relu avec lui.",
        "Read over what is proposed below and keep it as a profile: everything is read again with it.",
    )
    send = html.A(
        say("Envoyer d’autres fichiers", "Send other files"), href="/import", className="button button-quiet"
    )
    return _card(said, [html.P(todo)], [send, _give_up(page, upload)], "card")


def _verdict(page: Page, upload: folder.Upload, found: Check) -> Any:
    """What it comes to, in a sentence, and what can be done."""
    errors, warnings = formats.integer(found.errors), formats.integer(found.warnings)
    plural, s = "s" if found.errors > 1 else "", "s" if found.warnings > 1 else ""
    warned = say(f"{warnings} avertissement{s}", f"{warnings} warning{s}")
    if not found.warnings:
        warned = say("aucun avertissement", "no warning")
    if found.errors:
        said = say(
            f"{errors} erreur{plural}, {warned}\u00a0: rien ne peut être importé.",
            f"{errors} error{plural}, {warned}: nothing can be imported.",
        )
        todo = say("Corrigez les fichiers et envoyez-les à nouveau.", "Mend the files and send them again.")
        send = html.A(
            say("Envoyer les fichiers corrigés", "Send the mended files"), href="/import", className="button"
        )
        return _card(said, [html.P(todo)], [send, _give_up(page, upload)], "card verdict-error")
    if not found.changes:
        said = say(
            f"Aucune erreur, {warned}. L’inventaire contient déjà tout cela.",
            f"No error, {warned}. The inventory already holds all of it.",
        )
    else:
        said = say(f"Aucune erreur, {warned}\u00a0: ces fichiers peuvent être importés.",
                   f"No error, {warned}: these files can be imported.")  # fmt: skip
    into = native.act(page, f"{check_link(upload.id)}/importer", say("Importer", "Import"))
    return _card(said, _lost(found), [into, _give_up(page, upload)], "card verdict-good")


def _card(said: str, more: list[Any], buttons: list[Any], name: str) -> Any:
    return html.Section([html.H2(said), *more, html.Div(buttons, className="actions")], className=name)


def _lost(found: Check) -> list[Any]:
    """The tables that an import would empty, said before it does."""
    if not found.lost:
        return []
    names = ", ".join(table_word(name) for name in found.lost)
    said = say(
        f"Ces fichiers ne disent rien de : {names}. En remplaçant, ce qui s’y trouvait est retiré.",
        f"These files say nothing of: {names}. By replacing, what was there is removed.",
    )
    return [html.P(said, className="alert")]


def _changes(found: Check) -> Any:
    head = html.H2(say("Ce qui change", "What changes"), id="differences")
    if not found.changes:
        none = say("Rien : l’inventaire est déjà ainsi.", "Nothing: the inventory is so already.")
        return html.Section([head, html.P(none)], className="card")
    against = say(
        "Par rapport à l’inventaire de la campagne.", "Compared with the inventory of the campaign."
    )
    if found.against:
        against = say(
            f"Par rapport à la campagne {found.against} : celle-ci est encore vide.",
            f"Compared with the {found.against} campaign: this one is still empty.",
        )
    blocks = html.Div(differences(found.changes), className="diffs")
    return html.Section([head, html.P(against, className="hint"), blocks], className="card")


def _recognised(tables: tuple[Recognised, ...]) -> Any:
    head = html.H2(say("Ce qui a été reconnu", "What was recognised"), id="reconnu")
    heads = (
        say("Fichier", "File"), say("Feuille", "Sheet"), say("Table", "Table"), say("Lignes", "Rows"),
    )  # fmt: skip
    rows = [
        [
            shown(each.file),
            shown(part.sheet) or "–",
            table_word(part.kind) if part.kind else say("non reconnue", "not recognised"),
            formats.integer(part.rows),
        ]
        for each in tables
        for part in each.tables
    ]
    if not rows:
        return None
    grid = table(
        say("Tables reconnues", "Tables recognised"), heads, rows, numeric=(3,), hide_caption=True, cards=True
    )
    return html.Section([head, grid], className="card")
