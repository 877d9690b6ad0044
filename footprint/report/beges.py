"""Where a line of the balance goes in a BEGES (method v5, July 2022) and in the GHG Protocol.

Equipment owned by the body and used on its sites: electricity is post 2.1, manufacture of fixed assets 4.2,
delivery 3.1, waste 4.3. The factor of electricity holds its upstream and its losses, which a full BEGES puts
in 4.1: they are not split here. GHG Protocol category 2 books a manufacture in the year of purchase, while
this balance spreads it over the lifetime: the column tells where to look, not an amount to copy.
"""

from __future__ import annotations

from footprint.texts import say

# Stage of the life cycle: post, its name (fr, en), GHG Protocol.
_POSTS = {
    "use": ("2.1", "électricité", "electricity", "scope 2 (+ cat. 3)"),
    "manufacture": ("4.2", "immobilisations de biens", "capital goods", "scope 3, cat. 2"),
    "embodied": ("4.2", "immobilisations de biens", "capital goods", "scope 3, cat. 2"),
    "transport": ("3.1", "fret amont", "upstream freight", "scope 3, cat. 4"),
    "end_of_life": ("4.3", "gestion des déchets", "waste management", "scope 3, cat. 5"),
}


_SERVICES = ("4.5", "utilisation de services", "use of services", "scope 3, cat. 1")


def beges(stage: str, post: str = "") -> str:
    """The BEGES post of a stage, with its name; "à classer" for a stage the table does not know.

    What is bought as a service is 4.5 whatever the stage: its machines are the supplier's.
    """
    if post == "services":
        return f"{_SERVICES[0]} {say(*_SERVICES[1:3])}"
    if stage not in _POSTS:
        return say("à classer", "to classify")
    code, fr, en, _ghg = _POSTS[stage]
    return f"{code} {say(fr, en)}"


def ghg_protocol(stage: str, post: str = "") -> str:
    """The GHG Protocol scope and category of a stage; of a service bought, category 1."""
    if post == "services":
        return _SERVICES[3]
    return _POSTS[stage][3] if stage in _POSTS else say("à classer", "to classify")
