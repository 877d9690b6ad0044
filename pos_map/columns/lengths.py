"""The longest text each column may hold, in characters: beyond, a cell is in the wrong column."""

from collections.abc import Mapping

# By field; the others are free texts, as long as a cell.
LONGEST: Mapping[str, int] = {
    **dict.fromkeys(("level", "levels", "status", "hosting", "environment", "automation"), 60),
    **dict.fromkeys(("location", "country"), 100),
    **dict.fromkeys(
        ("code", "owner", "branch", "application", "source", "target", "nature", "entity", "data_centre", "model",
         "type", "cluster", "site", "gpu", "provider", "platform", "parent", "successor", "host_entity"),
        200,
    ),
    **dict.fromkeys(
        ("name", "label", "zone", "quartier", "ilot", "bloc", "level5", "act_label", "host", "vm", "inside", "title",
         "functional_act", "domain", "sub_domain", "ref"),
        300,
    ),
    **dict.fromkeys(("path", "node"), 1_500),
}  # fmt: skip
SHORTEST = min(LONGEST.values())
