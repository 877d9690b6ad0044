"""From rows to the map: boxes, applications and their places, flows, bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_map.columns import PERIMETERS
from pos_map.model import Application, Flow, Node, Organisation, Placement
from pos_map.placement import SEPARATOR, MapBuilder, path_of
from pos_map.rows import Row

_LEVEL_FIELDS = ("zone", "quartier", "ilot", "bloc", "level5")
DEEPEST = len(_LEVEL_FIELDS)


def declare(rows: Sequence[Row], boxes: MapBuilder) -> None:
    """Make the boxes a file names by code, whatever their order; faults for parents that are not there."""
    given: dict[str, tuple[Row | None, Node]] = {}
    for row in rows:
        code, label, level = row.required("code"), row.required("label"), row.required("level")
        if not (code and label and level):
            continue
        if code in given and (other := given[code][0]) is not None:
            first = other.place
            row.error(
                "code",
                "duplicate",
                f"« {code} » est déjà déclaré à la {first.fr()} : un code unique est attendu.",
                f"“{code}” is already declared at {first.en()}: a unique code is expected.",
            )
            continue
        before = boxes.node(boxes.code_of(row.text("ref")) or code)
        parent = row.text("parent") or (before.parent if before else None)
        rank, ref = row.whole("position"), row.text("ref") or (before.ref if before else "")
        given[code] = (row, Node(code, parent, level, label, -1 if rank is None else rank, ref))
    # In the tree of the boxes they complete; one renamed in its source still bears its code there.
    for read in list(given.values()):
        given.setdefault(boxes.code_of(read[1].ref) or read[1].code, read)
    for node in boxes.nodes() if given else ():
        given.setdefault(node.code, (None, node))
    kept: dict[str, str | None] = {}
    depths: dict[str | None, int] = {None: 0}
    for code in given:
        if code not in kept:
            _declare(code, given, kept, depths, boxes)


def _declare(
    code: str,
    given: dict[str, tuple[Row | None, Node]],
    kept: dict[str, str | None],
    depths: dict[str | None, int],
    boxes: MapBuilder,
) -> None:
    """Declare a box after those above it. `kept` gives the code each one bears; None once found at fault.

    Boxes without a row are those the files complete.
    """
    chain = [code]
    while (parent := given[chain[-1]][1].parent) is not None and parent not in kept:
        row = _row(chain, given)
        if parent not in given:
            row.error(
                "parent",
                "unknown-node",
                f"« {parent} » n'est aucun niveau du POS : un code déclaré dans cette table est attendu.",
                f"“{parent}” is not a box of the map: a code declared in this table is expected.",
            )
            kept.update(dict.fromkeys(chain))
            return
        if parent in chain:
            _bad_depth(row, True)
            kept.update(dict.fromkeys(chain))
            return
        chain.append(parent)
    for name in reversed(chain):
        node = given[name][1]
        depths[name] = depths.get(node.parent, 0) + 1
        if depths[name] == DEEPEST + 1:
            _bad_depth(_row(chain, given), False)
        above = kept.get(node.parent) if node.parent else None
        own = boxes.code_of(node.ref) or node.code
        kept[name] = None if node.parent and above is None else own
        if kept[name] is not None:
            boxes.declare(Node(own, above, node.level, node.label, node.position, node.ref))


def _row(chain: Sequence[str], given: Mapping[str, tuple[Row | None, Node]]) -> Row:
    """The row to mend for a fault of a chain of boxes: the highest in it, or the first of the file."""
    rows = (given[name][0] for name in (*reversed(chain), *given))
    return next(row for row in rows if row is not None)


def _bad_depth(row: Row, circle: bool) -> None:
    if circle:
        row.error(
            "parent",
            "node-circle",
            "Ce niveau est au-dessus de lui-même, par ses parents : retirez un de ces liens.",
            "This box is above itself through its parents: remove one of these links.",
        )
        return
    row.error(
        "parent",
        "too-deep",
        f"Ce niveau est à plus de {DEEPEST} niveaux du sommet : une carte de 2 à {DEEPEST} niveaux est attendue.",
        f"This box is more than {DEEPEST} levels from the top: a map of 2 to {DEEPEST} levels is expected.",
    )


def mapped(row: Row, boxes: MapBuilder, placed: Mapping[str, str]) -> Application | None:
    """The application of a line of the map. A line that names boxes and no application makes the boxes.

    `placed` gives the box of each application the files complete: those without a place here stay there.
    """
    labels = [row.text(field) for field in _LEVEL_FIELDS]
    path = row.text("path")
    if any(labels) and not labels[0]:
        row.required("zone")
    if not row.text("code") and not row.text("name") and (any(labels) or path):
        _node(row, boxes, labels, path)
        return None
    if not (code := row.required("code")):
        return None
    nowhere = not any(labels) and not path
    return Application(
        code=code,
        name=row.text("name") or code,
        node=placed[code] if nowhere and code in placed else _node(row, boxes, labels, path),
        owner=row.word("owner"),
        branch=row.word("branch"),
        status=row.word("status"),
        hosting=row.word("hosting"),
        perimeter=row.choice("perimeter", PERIMETERS),
        users=row.whole("users"),
        act_label=row.word("act_label"),
        act_volume=row.number("act_volume"),
        **_attributes(row),
        na=row.na,
    )


def _node(row: Row, boxes: MapBuilder, labels: Sequence[str], path: str) -> str:
    levels = path_of(row.text("levels"))
    if path and not any(labels):
        if (found := boxes.find(path)) is not None:
            return found
        labels = path_of(path)
        if len(labels) > DEEPEST:
            row.error(
                "path",
                "too-deep",
                f"Cet emplacement a {len(labels)} niveaux : {DEEPEST} au plus sont attendus.",
                f"This place has {len(labels)} levels: {DEEPEST} at most are expected.",
            )
            return boxes.place(())
    return boxes.place(labels, levels)


def _attributes(row: Row) -> dict[str, Any]:
    """What a catalogue of applications says beside what scores need (domain: Mercator and the OSS' own)."""
    texts = ("criticality", "environments", "kind", "editor", "technology", "version", "cigref_service",
             "security", "gdpr_ref", "documentation", "description", "replaces")  # fmt: skip
    return {
        **{field: row.word(field) for field in texts},
        **{field: row.day(field, year_alone=True) for field in ("installed", "decommissioned", "approved")},
        **{field: row.number(field) for field in ("yearly_cost_eur", "rto_h", "rpo_h")},
        **{field: row.share(field) for field in ("rgaa", "rgesn")},
        "ref": row.text("ref"),
    }


def placement(row: Row, boxes: MapBuilder) -> Placement | None:
    """A second place of an application; None when something is missing or the box is not there."""
    application, written = row.required("application"), row.required("node")
    share = row.share("share")
    if share is None and not row.text("share"):
        row.required("share")
    if not (application and written) or share is None:
        return None
    node = boxes.find(written)
    if node is None:
        row.error(
            "node",
            "unknown-node",
            f"« {written} » n'est aucun niveau du POS : un code, ou les libellés depuis le sommet séparés par "
            f"« {SEPARATOR} », est attendu.",
            f"“{written}” is not a box of the map: a code, or the labels from the top joined by "
            f"“{SEPARATOR}”, is expected.",
        )
        return None
    return Placement(application, node, share)


def flow(row: Row) -> Flow | None:
    """A flow between two applications; None when one is not named."""
    source, target = row.required("source"), row.required("target")
    if not (source and target):
        return None
    return Flow(source, target, row.text("nature"), row.yes("encrypted"), row.yes("bidirectional"))


def organisation(row: Row) -> Organisation | None:
    """A body; None when it has no code."""
    name = row.required("name")
    if not (code := row.required("code")):
        return None
    return Organisation(
        code=code,
        name=name or code,
        branch=row.word("branch"),
        parent=row.text("parent"),
        opened=row.day("opened", year_alone=True),
        closed=row.day("closed", year_alone=True),
        successor=row.text("successor"),
        aliases=row.text("aliases"),
    )
