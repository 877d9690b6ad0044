"""What the picture says in words: its title, its description, the totals."""

from __future__ import annotations

from footprint import formats
from footprint.report.map_picture.colours import Colour, indicator
from footprint.report.map_picture.content import Content, count
from footprint.sheets import Amount, Summary
from footprint.texts import say

TOLD_ZONES = 40  # zones named in the description; a map of more says how many others


def title(content: Content) -> str:
    """The title, with whose map it is and of which year."""
    return f"{heading()}, {content.summary.organisation}, {content.summary.year}"


def heading() -> str:
    """What the picture is."""
    return say("Carte du système d’information", "Map of the information system")


def description(content: Content, colour: Colour) -> str:
    """The picture for those who listen: total, letters, zones, and where the same data is a table."""
    found = content.summary
    whole = total(found.total, complete=content.complete)
    made = f", {made_of(found)}" if made_of(found) else ""
    none = say("sans note", "no letter")
    letters = sorted(found.letters.items(), key=lambda pair: pair[0] or "~")
    counts = ", ".join(f"{letter or none} {formats.integer(number)}" for letter, number in letters)
    return " ".join(
        [
            say(
                f"Total {whole} par an, {between(found)}{made}.",
                f"Total {whole} a year, {between(found)}{made}.",
            ),
            say(f"Couleur des tuiles : {indicator(colour)}.", f"Colour of tiles: {indicator(colour)}."),
            say(f"Applications par note provisoire : {counts or none}.",
                f"Applications by provisional letter: {counts or none}."),
            say(f"Zones : {_zones(content)}.", f"Zones: {_zones(content)}."),
            twin(),
        ]
    )  # fmt: skip


def _zones(content: Content) -> str:
    named = [
        f"{node.label}, {applications(count(node))}, {total(node.total, complete=node.complete)}"
        for node in content.nodes[:TOLD_ZONES]
    ]
    more = len(content.nodes) - len(named)
    rest = [say(f"et {more} autres", f"and {more} others")] if more else []
    return " ; ".join([*named, *rest]) or say("aucune", "none")


def applications(number: int) -> str:
    """A count of applications."""
    return f"{formats.integer(number)} application{'s' if number > 1 else ''}"


def total(amount: Amount | None, *, complete: bool = True) -> str:
    """A total, "≥" before it when part of it is not assessed; or that there is none."""
    if amount is None:
        return say("non évalué", "not assessed")
    return formats.at_least(amount, complete=complete)


def made_of(found: Summary) -> str:
    """What the total is made of: the boxes hold the applications only. "" when there is no total or they are all."""
    parts = [
        (say("applications", "applications"), found.applications_total.value if found.applications_total else 0.0),
        (say("non affecté", "unallocated"), sum(part.amount.value for part in found.unallocated)),
        (say("postes et équipements", "posts and equipment"), sum(part.amount.value for part in found.posts)),
    ]  # fmt: skip
    told = [f"{name} {formats.kg(value).removesuffix('CO2e')}" for name, value in parts if value]
    if found.total is None or len(told) < 2:
        return ""
    return say("dont ", "of which ") + ", ".join(told)


def between(found: Summary) -> str:
    """The interval of the total, in words."""
    if found.total is None:
        return say("rien n’a pu être évalué", "nothing could be assessed")
    return say(
        f"de {formats.interval(found.total)}, à 90{formats.NARROW}%",
        f"{formats.interval(found.total)}, at 90%",
    )


def coverage(content: Content) -> str:
    """How much of the estate the total stands on, and what stands outside the map."""
    found = content.summary
    told = [
        applications(sum(map(count, content.nodes))),
        say(
            f"{formats.integer(found.assets_assessed)} équipements évalués sur {formats.integer(found.assets)}",
            f"{formats.integer(found.assets_assessed)} of {formats.integer(found.assets)} assets assessed",
        ),
    ]
    if content.outside:
        told.append(
            say(f"{applications(content.outside)} hors carte", f"{applications(content.outside)} off the map")
        )
    return " · ".join(told)


def provenance(found: Summary) -> str:
    """Which assessment, by which scale, and what to know before reading."""
    day = found.created_at[:10]
    told = [
        say("Notes provisoires", "Provisional letters")
        + say(f", échelle {found.scale}", f", scale {found.scale}"),
        say(f"évaluation du {'/'.join(reversed(day.split('-')))}", f"assessed on {day}"),
        say(f"facteurs {found.factor_set}", f"factors {found.factor_set}"),
    ]
    if found.stale:
        told.append(say("inventaire changé depuis", "inventory changed since"))
    return " · ".join(told)


def twin() -> str:
    """Where the same data is a table."""
    return say(
        "En tableau : page Tableau du tableau de bord, feuille Applications du bilan .xlsx.",
        "As a table: Table page of the dashboard, Applications sheet of the .xlsx balance.",
    )
