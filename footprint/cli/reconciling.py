"""match: the names nothing bears, in the terminal and in a workbook, and the rules kept for them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli.changes_text import changes_json, print_changes
from footprint.cli.faults_text import print_faults
from footprint.cli.files import opening, writing
from footprint.cli.importing import AsJson
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.store.database import Store
    from footprint.store.imports import Applied, Prepared
    from footprint.store.tables import Campaign

_SHOWN = 50
Reason = Annotated[str, typer.Option("--reason", help=say("Motif, gardé.", "Reason, kept."))]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say(
        "Rapprocher les noms : lister, décider, garder les règles.",
        "Match names: list, decide, keep the rules.",
    ),
)


@app.command("list", help=say("Les noms que rien ne porte, avec des propositions.",
                              "The names nothing bears, with proposals."))  # fmt: skip
def list_(
    write: Annotated[
        Path | None,
        typer.Option("--write", help=say("Écrire un classeur .xlsx à remplir.", "Write an .xlsx workbook to fill.")),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """The names that nothing bears in the current campaign."""
    from footprint.cli.results import print_json
    from footprint.store.database import open_store
    from footprint.store.imports import inventory_of
    from footprint.store.matching import unmatched
    from footprint.store.referential import current_campaign

    store = open_store()
    campaign = current_campaign(store)
    found = unmatched(store, campaign)
    if as_json:
        print_json([asdict(name) for name in found])
        return
    if write is not None:
        from footprint.reconciling_sheet import known_names, write_reconciling

        with writing(write):
            write_reconciling(write, found, known_names(inventory_of(store, campaign)))
        typer.echo(
            say(
                f"{len(found)} noms dans {write}. Remplissez la colonne « décision », puis : "
                f"footprint match apply {write}",
                f"{len(found)} names in {write}. Fill the column “decision”, then: footprint match apply {write}",
            )
        )
        return
    for name in found[:_SHOWN]:
        near = ", ".join(f"{near.target} ({near.likeness:.0%})" for near in name.proposals)
        typer.echo(f"{name.kind}\t{name.name}\t×{name.count}\t{near}")
    if len(found) > _SHOWN:
        more = len(found) - _SHOWN
        typer.echo(
            say(f"… et {more} autres : --write FICHIER.xlsx", f"… and {more} others: --write FILE.xlsx")
        )
    if not found:
        typer.echo(say("Tous les noms sont rapprochés.", "Every name is matched."))


@app.command("apply", help=say("Garder les décisions d’un classeur et les appliquer.",
                               "Keep the decisions of a workbook and apply them."))  # fmt: skip
def apply_(
    file: Annotated[Path, typer.Argument(help=say("Le classeur rempli.", "The workbook, filled."))],
    as_json: AsJson = False,
) -> None:
    """Keep the decisions as rules, all or none, and apply them to the campaign as an import."""
    from footprint.errors import ImportRefused
    from footprint.reconciling_sheet import known_names, read_reconciling
    from footprint.store.campaigns import refuse_frozen
    from footprint.store.database import open_store
    from footprint.store.imports import inventory_of
    from footprint.store.matching import save_rules
    from footprint.store.referential import current_campaign

    store = open_store()
    campaign = current_campaign(store)
    refuse_frozen(store, campaign)
    with opening(file):
        decisions, faults = read_reconciling(file, known_names(inventory_of(store, campaign)))
    if faults:
        print_faults(faults)
        raise ImportRefused(faults)
    new = save_rules(store, campaign.organisation, decisions, "CLI")
    if not as_json:
        typer.echo(
            say(
                f"{len(decisions)} décisions, dont {new} nouvelles.",
                f"{len(decisions)} decisions, {new} of them new.",
            )
        )
    _apply_rules(store, campaign, as_json)


@app.command(
    "rule",
    help=say("Garder une règle et l’appliquer, ou l’oublier.", "Keep a rule and apply it, or forget it."),
)
def rule_(
    kind: Annotated[
        str, typer.Argument(help=say("Genre : application, machine, host…", "Kind: application, machine, host…"))
    ],
    pattern: Annotated[str, typer.Argument(help=say("Le nom, ou l’expression.", "The name, or the expression."))],
    target: Annotated[
        str, typer.Argument(help=say("Le nom retenu ; vide : laisser sans rattachement.",
                                     "The name kept; blank: leave unattached.")),
    ] = "",
    regex: Annotated[
        bool, typer.Option("--regex", help=say("Une expression régulière.", "A regular expression."))
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help=say("Oublier la règle.", "Forget the rule."))] = False,
    reason: Reason = "",
) -> None:  # fmt: skip
    """One matching decision, kept for next year."""
    from footprint.store.database import open_store
    from footprint.store.matching import drop_rule, save_rule
    from footprint.store.referential import current_campaign
    from pos_map import Rule

    store = open_store()
    campaign = current_campaign(store)
    rule = Rule(kind, pattern, target, regex)
    if forget:
        found = drop_rule(store, campaign.organisation, rule, "CLI")
        typer.echo(
            say("Règle oubliée.", "Rule forgotten.") if found else say("Aucune telle règle.", "No such rule.")
        )
        return
    save_rule(store, campaign.organisation, rule, "CLI", reason)
    typer.echo(say("Règle gardée.", "Rule kept."))
    if not campaign.frozen_at:
        _apply_rules(store, campaign, as_json=False)


@app.command("rules", help=say("Les règles gardées.", "The rules kept."))
def rules_(as_json: AsJson = False) -> None:
    """Every matching rule of the body of the current campaign."""
    from footprint.cli.results import print_json
    from footprint.store.database import open_store
    from footprint.store.matching import rules
    from footprint.store.referential import current_campaign

    store = open_store()
    found = rules(store, current_campaign(store).organisation)
    if as_json:
        print_json([asdict(kept) for kept in found])
        return
    for kept in found:
        rule = kept.rule
        pattern = f"/{rule.pattern}/" if rule.regex else rule.pattern
        target = rule.target or say("(sans rattachement)", "(unattached)")
        typer.echo(f"{rule.kind}\t{pattern}\t→ {target}\t{kept.actor}\t{kept.at[:10]}\t{kept.reason}")
    if not found:
        typer.echo(say("Aucune règle.", "No rule."))


def _apply_rules(store: Store, campaign: Campaign, as_json: bool) -> None:
    """Apply the rules to the campaign and print what changed."""
    from footprint.store.imports import apply
    from footprint.store.matching import prepare_rematch

    prepared = prepare_rematch(store, campaign)
    applied = apply(store, campaign, prepared, "CLI")
    if as_json:
        from footprint.cli.results import print_json

        print_json({"import": applied.batch_id, **changes_json(prepared.changes)})
        return
    _print_rematched(prepared, applied)


def _print_rematched(prepared: Prepared, applied: Applied) -> None:
    print_changes(prepared.changes)
    left = len(prepared.unmatched)
    if applied.changed:
        typer.echo(
            say(
                f"Import n° {applied.batch_id} ; {left} noms restent à rapprocher. Pour l’annuler : "
                "footprint import undo",
                f"Import no. {applied.batch_id}; {left} names are left to match. To undo it: footprint import undo",
            )
        )
    else:
        typer.echo(
            say(
                f"Rien n’a changé dans la campagne ; {left} noms restent à rapprocher.",
                f"Nothing changed in the campaign; {left} names are left to match.",
            )
        )


def register(root: typer.Typer) -> None:
    """Add these commands to the application."""
    root.add_typer(app, name="match")
