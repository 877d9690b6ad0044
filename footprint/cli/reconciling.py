"""match: the names nothing bears, in the terminal and in a workbook, and the rules kept for them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli.changes_text import changes_json
from footprint.cli.faults_text import print_faults
from footprint.cli.files import check_workbook_name, keep, opening, quoted, writing
from footprint.cli.importing import AsJson
from footprint.cli.inspecting import Force
from footprint.cli.reconciling_text import print_done, say_concerned, show_names, show_rules
from footprint.texts import count, say

if TYPE_CHECKING:
    from footprint.store.database import Store
    from footprint.store.tables import Campaign
    from pos_map import Rule

_NAMES = (("nom", "noms"), ("name", "names"))
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
    force: Force = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """The names that nothing bears in the current campaign."""
    from footprint.cli.results import print_json
    from footprint.store.database import open_store
    from footprint.store.imports import inventory_of
    from footprint.store.matching import unmatched
    from footprint.store.referential import current_campaign

    if write is not None:
        check_workbook_name(write)
        keep(write, force)
    store = open_store()
    campaign = current_campaign(store)
    found = unmatched(store, campaign)
    if as_json:
        print_json([asdict(name) for name in found])
    elif write is not None and found:
        from footprint.matching_targets import known_names
        from footprint.reconciling_sheet import write_reconciling

        with writing(write):
            write_reconciling(write, found, known_names(inventory_of(store, campaign)))
        names, command = count(len(found), *_NAMES), f"footprint match apply {quoted(write)}"
        typer.echo(
            say(
                f"{names} dans {write}. Remplissez la colonne « décision », puis : {command}",
                f"{names} in {write}. Fill the column “decision”, then: {command}",
            )
        )
    elif found:
        show_names(campaign, found)
    else:
        typer.echo(say("Tous les noms sont rapprochés.", "Every name is matched."))


@app.command("apply", help=say("Garder les décisions d’un classeur et les appliquer.",
                               "Keep the decisions of a workbook and apply them."))  # fmt: skip
def apply_(
    file: Annotated[Path, typer.Argument(help=say("Le classeur rempli.", "The workbook, filled."))],
    as_json: AsJson = False,
) -> None:
    """Keep the decisions as rules, all or none, and apply them to the campaign as an import."""
    from footprint.errors import RuleRefused
    from footprint.matching_targets import known_names
    from footprint.reconciling_sheet import read_reconciling
    from footprint.store.campaigns import refuse_frozen
    from footprint.store.database import open_store
    from footprint.store.imports import inventory_of
    from footprint.store.matching import decide
    from footprint.store.referential import current_campaign

    store = open_store()
    campaign = current_campaign(store)
    refuse_frozen(store, campaign)
    with opening(file):
        decisions, faults = read_reconciling(file, known_names(inventory_of(store, campaign)))
    if faults:
        print_faults(faults)
        errors = count(len(faults), ("erreur", "erreurs"), ("error", "errors"))
        raise RuleRefused(
            f"Rattachements refusés : {errors}. Aucune décision n’a été gardée.",
            f"Matches refused: {errors}. No decision was kept.",
        )
    done = decide(store, campaign, decisions, "CLI")
    if as_json:
        from footprint.cli.results import print_json

        print_json({"import": done.applied.batch_id, **changes_json(done.prepared.changes)})
        return
    made = count(len(decisions), ("décision", "décisions"), ("decision", "decisions"))
    new = count(done.applied.rules, ("nouvelle", "nouvelles"), ("new", "new"))
    typer.echo(say(f"{made}, dont {new}.", f"{made}, {new}."))
    print_done(done)


@app.command(
    "rule",
    help=say("Garder une règle et l’appliquer, ou l’oublier.", "Keep a rule and apply it, or forget it."),
)
def rule_(
    kind: Annotated[
        str, typer.Argument(help=say("Genre : application, machine, host (équipement)…",
                                     "Kind: application, machine, host…"))
    ],
    pattern: Annotated[
        str, typer.Argument(help=say("Le nom lu, ou l’expression.", "The name read, or the expression."))
    ],
    target: Annotated[
        str, typer.Argument(help=say("Le nom connu auquel il mène ; vide : laisser sans rattachement.",
                                     "The known name it leads to; blank: leave unattached.")),
    ] = "",
    regex: Annotated[
        bool, typer.Option("--regex", help=say("Une expression régulière.", "A regular expression."))
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help=say("Oublier la règle.", "Forget the rule."))] = False,
    reason: Reason = "",
) -> None:  # fmt: skip
    """One matching decision, kept for next year."""
    from footprint.store.database import open_store
    from footprint.store.referential import current_campaign
    from pos_map import Rule

    store = open_store()
    campaign = current_campaign(store)
    rule = Rule(_kind(kind), pattern.strip(), target.strip(), regex)
    if forget:
        _forget(store, campaign, rule)
    else:
        _keep(store, campaign, rule, reason)


def _kind(said: str) -> str:
    """The kind named, by its code or its words. Raises RuleRefused."""
    from footprint.errors import RuleRefused
    from footprint.reconciling_sheet import KIND_WORDS, kind_named

    if found := kind_named(said):
        return found
    fr = ", ".join(f"{kind} ({words[0]})" for kind, words in KIND_WORDS.items())
    en = ", ".join(f"{kind} ({words[1]})" for kind, words in KIND_WORDS.items())
    raise RuleRefused(f"« {said} » n’est pas un genre de nom : {fr}.", f"“{said}” is no kind of name: {en}.")


def _keep(store: Store, campaign: Campaign, rule: Rule, reason: str) -> None:
    """Keep a rule and apply it, after checking where it leads; a frozen campaign stays as it is."""
    from footprint.matching_targets import concerned, known_names, settled
    from footprint.reconciling_sheet import Decision
    from footprint.store.imports import inventory_of
    from footprint.store.matching import decide, save_rule, unmatched

    missed = unmatched(store, campaign)
    kept = settled(rule, known_names(inventory_of(store, campaign)), missed)
    if campaign.frozen_at:
        save_rule(store, campaign.organisation, kept, "CLI", reason)
        typer.echo(
            say(
                "Règle gardée pour les campagnes suivantes : celle-ci est figée.",
                "Rule kept for the campaigns to come: this one is frozen.",
            )
        )
        return
    done = decide(store, campaign, [Decision(kept, reason)], "CLI")
    leads = (
        say(f"« {kept.target} »", f"“{kept.target}”")
        if kept.target
        else say("sans rattachement", "left unattached")
    )
    typer.echo(
        say(f"Règle gardée : « {kept.pattern} » → {leads}.", f"Rule kept: “{kept.pattern}” → {leads}.")
        if done.applied.rules
        else say("Cette règle était déjà gardée.", "This rule was kept already.")
    )
    say_concerned(kept, concerned(kept, missed), missed)
    print_done(done)


def _forget(store: Store, campaign: Campaign, rule: Rule) -> None:
    """Forget the rule on these names. Raises RuleRefused when there is none, with those that may be meant."""
    from footprint.errors import RuleRefused
    from footprint.store.matching import drop_rule, rules
    from pos_map.faults import proposal
    from pos_map.spelling import near

    if drop_rule(store, campaign.organisation, rule, "CLI"):
        typer.echo(
            say(
                "Règle oubliée. Ce qu’elle a rattaché le reste jusqu’au prochain import.",
                "Rule forgotten. What it matched stays so until the next import.",
            )
        )
        return
    kept = [each.rule for each in rules(store, campaign.organisation) if each.rule.kind == rule.kind]
    if any(each.pattern == rule.pattern for each in kept):
        fr, en = (
            (" Il y en a une sur ce nom, sans --regex.", " There is one on this name, without --regex.")
            if rule.regex
            else (" Il y a une expression qui s’écrit ainsi : ajoutez --regex.",
                  " There is an expression written so: add --regex.")
        )  # fmt: skip
    else:
        fr, en = proposal(near(rule.pattern, (each.pattern for each in kept)))
    raise RuleRefused(f"Aucune règle sur « {rule.pattern} ».{fr}", f"No rule on “{rule.pattern}”.{en}")


@app.command("rules", help=say("Les règles gardées.", "The rules kept."))
def rules_(as_json: AsJson = False) -> None:
    """Every matching rule of the body of the current campaign."""
    from footprint.cli.results import print_json
    from footprint.store.database import open_store
    from footprint.store.matching import rules
    from footprint.store.referential import current_campaign

    store = open_store()
    organisation = current_campaign(store).organisation
    found = rules(store, organisation)
    if as_json:
        print_json([asdict(kept) for kept in found])
        return
    if not found:
        typer.echo(say("Aucune règle.", "No rule."))
        return
    show_rules(organisation, found)


def register(root: typer.Typer) -> None:
    """Add these commands to the application."""
    root.add_typer(app, name="match")
