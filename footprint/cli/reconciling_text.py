"""What match prints: the names nothing bears, the rules kept, what a decision changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from footprint.cli.changes_text import print_changes
from footprint.texts import count, say

if TYPE_CHECKING:
    from footprint.store.matching import Done, KeptRule
    from footprint.store.tables import Campaign
    from pos_map import Rule, Unmatched

_SHOWN = 50
_TOLD = 5


def show_names(campaign: Campaign, found: Sequence[Unmatched]) -> None:
    """The first names, what they are and what they may be, then how to decide."""
    from rich.text import Text

    from footprint.cli.tables import show, table_of
    from footprint.formats import percent
    from footprint.reconciling_sheet import KIND_WORDS

    table = table_of(
        f"{campaign.organisation} {campaign.year}",
        (say("Genre", "Kind"), False), (say("Nom lu", "Name read"), False), (say("Fois", "Times"), True),
        (say("Propositions", "Proposals"), False),
    )  # fmt: skip
    for name in found[:_SHOWN]:
        near = ", ".join(f"{near.target} ({percent(near.likeness)})" for near in name.proposals)
        table.add_row(say(*KIND_WORDS[name.kind]), Text(name.name), str(name.count), Text(near or "–"))
    show(table)
    if len(found) > _SHOWN:
        more = count(len(found) - _SHOWN, ("autre", "autres"), ("other", "others"))
        typer.echo(say(f"… et {more} : --write FICHIER.xlsx", f"… and {more}: --write FILE.xlsx"))
    typer.echo(
        say(
            "Pour décider : footprint match list --write noms.xlsx, ou footprint match rule GENRE NOM CIBLE",
            "To decide: footprint match list --write names.xlsx, or footprint match rule KIND NAME TARGET",
        )
    )


def show_rules(organisation: str, found: Sequence[KeptRule]) -> None:
    """The rules of a body: what they are about, where they lead, who decided."""
    from rich.text import Text

    from footprint.cli.tables import show, table_of
    from footprint.moments import day
    from footprint.reconciling_sheet import KIND_WORDS
    from pos_map.matching import rule_fault

    table = table_of(
        organisation, (say("Genre", "Kind"), False), (say("Nom ou expression", "Name or expression"), False),
        (say("Mène à", "Leads to"), False), (say("Par", "By"), False), (say("Le", "On"), False),
        (say("Motif", "Reason"), False),
    )  # fmt: skip
    for kept in found:
        rule = kept.rule
        target = rule.target or say("(sans rattachement)", "(unattached)")
        if rule_fault(rule):
            target = say("(illisible : à écrire autrement)", "(unreadable: write it another way)")
        cells = (
            f"/{rule.pattern}/" if rule.regex else rule.pattern,
            target,
            kept.actor,
            day(kept.at),
            kept.reason,
        )
        table.add_row(say(*KIND_WORDS[rule.kind]), *map(Text, cells))
    show(table)


def say_concerned(rule: Rule, names: Sequence[str], missed: Sequence[Unmatched]) -> None:
    """Say which names an expression is about; that a rule is about none for now, and what its name may have been."""
    from pos_map.faults import proposal
    from pos_map.spelling import near

    if names:
        if rule.regex:
            many = count(
                len(names), ("nom concerné", "noms concernés"), ("name concerned", "names concerned")
            )
            listed = ", ".join(names[:_TOLD]) + (", …" if len(names) > _TOLD else "")
            typer.echo(say(f"{many} : {listed}", f"{many}: {listed}"))
        return
    alike = () if rule.regex else near(rule.pattern, (each.name for each in missed if each.kind == rule.kind))
    fr, en = proposal(alike)
    typer.echo(
        say(
            f"Aucun nom à rapprocher n’est concerné pour l’instant.{fr}",
            f"No name to match is concerned for now.{en}",
        )
    )


def print_done(done: Done) -> None:
    """What decisions changed, and how many names are left."""
    from footprint.matching_targets import overruled_words

    print_changes(done.prepared.changes)
    if said := say(*overruled_words(done.overruled)):
        typer.echo(said)
    left = count(
        len(done.prepared.unmatched),
        ("nom reste à rapprocher", "noms restent à rapprocher"),
        ("name is left to match", "names are left to match"),
    )
    if done.applied.changed:
        number = done.applied.batch_id
        typer.echo(
            say(
                f"Import n° {number} ; {left}. Pour l’annuler, décisions comprises : footprint import undo {number}",
                f"Import no. {number}; {left}. To undo it, decisions included: footprint import undo {number}",
            )
        )
    else:
        typer.echo(
            say(f"Rien n’a changé dans la campagne ; {left}.", f"Nothing changed in the campaign; {left}.")
        )
