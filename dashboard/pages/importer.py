"""Importing files into the campaign: the form, what is under way, the template, the history."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.dates import moment
from dashboard.components.imported import imported
from dashboard.components.inventory import counted, title
from dashboard.components.tables import table
from dashboard.page import Page, check_link
from footprint import formats
from footprint.plausibility import shown
from footprint.server.upload_door import FILE_BYTES, FILES
from footprint.store.batches import Batch, batches
from footprint.store.referential import current_campaign
from footprint.store.tables import Campaign
from footprint.texts import say
from footprint.uploads import folder, own_profiles
from footprint.wording import IMPORT_MODES
from pos_map import profiles

PATH = "/import"
NAME = ("Imports", "Imports")
ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xlsm,.ods,.archimate,.xml,.json"


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    campaign = current_campaign(page.store)
    done = batches(page.store, campaign)
    lead = say(
        f"{campaign.organisation}, campagne {campaign.year} : vérifier d’abord, voir ce qui change, importer ensuite.",
        f"{campaign.organisation}, {campaign.year} campaign: check first, see what changes, then import.",
    )
    return [
        title(page, NAME, lead),
        imported(page, campaign) if page.done and not page.done.message else None,
        _waiting(page),
        html.Div(
            [_form(page, campaign), html.Div([_template(), _profiles(page)], className="stack")],
            className="pair pair-wide",
        ),
        _history(page, campaign, done),
    ]


def _form(page: Page, campaign: Campaign) -> Any:
    head = html.H2(say("Vérifier des fichiers", "Check files"))
    if not page.who.person.may_import:
        said = say(
            "Votre rôle permet de lire. Importer revient aux urbanistes.",
            "Your role allows reading. Importing is for architects.",
        )
        return html.Section([head, html.P(said, className="hint")], className="card")
    if campaign.frozen_at:
        said = say(
            "La campagne est figée : rien ne s’y importe.", "The campaign is frozen: nothing can be imported."
        )
        return html.Section([head, html.P(said)], className="card")
    size = FILE_BYTES >> 20
    fields = [
        native.files(
            "fichiers",
            say("Fichiers de l’inventaire et du POS", "Files of the inventory and of the map"),
            say(
                f"Jusqu’à {FILES} fichiers de {size} Mo : classeurs, CSV, ArchiMate, exports d’outils. Ensemble, pour "
                "que les noms se retrouvent d’un fichier à l’autre.",
                f"Up to {FILES} files of {size} MB: workbooks, CSV, ArchiMate, exports of tools. Together, so that "
                "names are found from one file to the other.",
            ),
            accept=ACCEPTED, many=True, required=True,
        ),
        _mode(),
        _profile(page),
        _own_profile(),
        html.Div(
            [
                html.Button(say("Vérifier", "Check"), type="submit", className="button"),
                html.Span(say("Rien ne s’importe encore.", "Nothing is imported yet."), className="hint"),
            ],
            className="actions field-wide",
        ),
    ]  # fmt: skip
    return html.Section([head, native.post(page, PATH, fields, files=True)], className="card")


def _mode() -> Any:
    replace = say(
        "Remplacer : ces fichiers sont tout l’inventaire", "Replace: these files are the whole inventory"
    )
    complete = say(
        "Compléter : ajouter à l’inventaire et le mettre à jour",
        "Complete: add to the inventory and update it",
    )
    return html.Fieldset(
        [
            html.Legend(say("Ce que sont ces fichiers", "What these files are")),
            native.tick("mode", "replace", replace, kind="radio", chosen=True),
            native.tick("mode", "complete", complete, kind="radio"),
        ],
        className="group field-wide",
    )


def _profile(page: Page) -> Any:
    own = own_profiles.names(page.store)
    options: list[Any] = [html.Option(say("automatique", "automatic"), value="")]
    if own:
        mine = [html.Option(shown(name), value=name) for name in own]
        options.append(html.Optgroup(mine, label=say("Les vôtres", "Yours")))
    known = [html.Option(own_profiles.shown(profile), value=profile.name) for profile in profiles.shipped()]
    options.append(html.Optgroup(known, label=say("Outils connus", "Known tools")))
    return html.Div(
        [
            html.Label(say("Profil de lecture", "Mapping profile"), htmlFor="profil"),
            html.Span(
                say(
                    "Dit ce que sont les colonnes d’un export. Automatique : d’après les colonnes.",
                    "Says what the columns of an export are. Automatic: by the columns.",
                ),
                className="hint", id="profil-aide",
            ),
            html.Select(options, id="profil", name="profil", **{"aria-describedby": "profil-aide"}),
        ],
        className="field field-wide",
    )  # fmt: skip


def _own_profile() -> Any:
    field = native.files(
        "profil_fichier",
        say("Fichier YAML du profil", "YAML file of the profile"),
        say("Gardé ici pour les prochaines fois.", "Kept here for the next times."),
        accept=".yaml,.yml",
    )
    blank = html.A(
        say("Profil vierge commenté", "Blank commented profile"), href="/import/profil-vierge.yaml"
    )
    return html.Details(
        [html.Summary(say("Donner votre propre profil", "Give your own profile")), field, html.P(blank)],
        className="fold field-wide",
    )


def _template() -> Any:
    lead = say(
        "Un classeur à remplir : en-têtes verrouillés, listes déroulantes, feuille d’aide. Rempli depuis la "
        "campagne, il se corrige et se réimporte par identifiant.",
        "A workbook to fill: locked headers, drop-down lists, a help sheet. Filled from the campaign, it is "
        "corrected and imported again by identifier.",
    )
    links = [
        html.Li(html.A(say("Modèle vierge (.xlsx)", "Blank template (.xlsx)"), href="/import/modele.xlsx")),
        html.Li(
            html.A(
                say("Modèle rempli avec la campagne (.xlsx)", "Template filled with the campaign (.xlsx)"),
                href="/import/modele-rempli.xlsx",
            )
        ),
    ]
    return html.Section(
        [html.H2(say("Partir du modèle", "Start from the template")), html.P(lead), html.Ul(links)],
        className="card card-quiet",
    )


def _profiles(page: Page) -> Any:
    """The profiles of the body, which read its files by themselves until they are forgotten."""
    own = own_profiles.names(page.store)
    if not own or not page.who.person.may_import:
        return None
    said = say("Oublier", "Forget")
    items = [
        html.Li(
            [
                shown(name),
                " "
                if own_profiles.used(page.store.home, name)
                else say(" (inutilisable) ", " (can’t be used) "),
                native.act(
                    page,
                    "/import/profils/suppression",
                    [said, html.Span(f" {shown(name)}", className="visually-hidden")],
                    {"profil": name},
                    kind="link",
                ),
            ]
        )
        for name in own
    ]
    head = html.H2(say("Vos profils de lecture", "Your mapping profiles"), id="profils")
    return html.Section([head, html.Ul(items, className="names")], className="card card-quiet")


def _waiting(page: Page) -> Any:
    """What she sent and has neither imported nor given up."""
    found = folder.mine(page.store, page.who.person.login)
    if not found or not page.who.person.may_import:
        return None
    items = []
    for upload in found:
        names = ", ".join(shown(path.name) for path in upload.paths())
        items.append(html.Li(html.A(names or upload.id, href=check_link(upload.id))))
    head = say("Vérifications en attente", "Checks waiting")
    hint = say("Gardées un jour, pour vous seul.", "Kept a day, for you alone.")
    return html.Section(
        [html.H2(head), html.Ul(items), html.P(hint, className="hint")], className="card card-quiet"
    )


def _history(page: Page, campaign: Campaign, done: list[Batch]) -> Any:
    head = html.H2(say("Historique des imports", "History of imports"), id="historique")
    if not done:
        return html.Section(
            [head, html.P(say("Aucun import pour l’instant.", "No import so far."))], className="card"
        )
    heads = (
        say("Import", "Import"), say("Le (UTC)", "On (UTC)"), say("Par", "By"), say("Façon", "Way"),
        say("Fichiers", "Files"), say("Ce qui a changé", "What changed"), say("État", "State"),
    )  # fmt: skip
    rows = [_line(batch) for batch in done]
    name = say("Historique des imports", "History of imports")
    blocks = [head, table(name, heads, rows, hide_caption=True, cards=True)]
    standing = any(batch.undone_at is None for batch in done)
    if standing and page.who.person.may_import and not campaign.frozen_at:
        undo = say("Annuler le dernier import", "Undo the last import")
        blocks.append(html.P(html.A(undo, href="/import/annuler", className="button button-quiet")))
    return html.Section(blocks, className="card")


def _line(batch: Batch) -> list[Any]:
    state: Any = say("en vigueur", "in force")
    if batch.undone_at:
        who = shown(batch.undone_by or "")
        state = say(
            f"annulé le {moment(batch.undone_at)} par {who}", f"undone on {moment(batch.undone_at)} by {who}"
        )
    return [
        say(f"n° {batch.id}", f"no. {batch.id}"), moment(batch.at), shown(batch.actor),
        say(*IMPORT_MODES.get(batch.mode, (batch.mode, batch.mode))), files_of(batch), counted(batch.counts), state,
    ]  # fmt: skip


def files_of(batch: Batch) -> Any:
    """The files of an import, each with its size and the start of its SHA-256, whole on demand."""
    return [
        html.Span(
            [
                shown(file.name), " ",
                html.Code(file.sha256[:12], title=f"SHA-256 {file.sha256}"),
                html.Span(f" {_size(file.size)}", className="hint"),
            ],
            className="block",
        )
        for file in batch.files
    ]  # fmt: skip


def _size(size: int) -> str:
    """A size in kilobytes, of 1,000 bytes."""
    kilobytes = formats.integer(max(1, round(size / 1000)))
    return say(f"{kilobytes} ko", f"{kilobytes} kB")
