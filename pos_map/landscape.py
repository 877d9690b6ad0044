"""From rows to the map: boxes, applications and their places, flows, bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_map.columns import PERIMETERS
from pos_map.model import Application, Flow, Node, Organisation, Placement
from pos_map.placement import SEPARATOR, MapBuilder, path_of
from pos_map.rows import Row

_LEVEL_FIELDS = ("zone", "quartier", "ilot", "bloc", "level5")
PLACE_FIELDS = (*_LEVEL_FIELDS, "path")
DEEPEST = len(_LEVEL_FIELDS)


def declare(rows: Sequence[Row], boxes: MapBuilder) -> None:
    """Make the boxes a file names by code, whatever their order; faults for parents that are not there.

    A box that bore another code here keeps it, found by its identifier in its source: what the file says of the
    code it writes is understood of the one kept.
    """
    given: dict[str, tuple[Row | None, Node]] = dict(_given(rows, boxes))
    for node in boxes.nodes() if given else ():
        # In the tree of the boxes that the file completes.
        given.setdefault(node.code, (None, node))
    sound: dict[str | None, bool] = {None: True}
    depths: dict[str | None, int] = {None: 0}
    for code in given:
        if code not in sound:
            _declare(code, given, sound, depths, boxes)


def _given(rows: Sequence[Row], boxes: MapBuilder) -> dict[str, tuple[Row, Node]]:
    """The boxes of the rows by the code each keeps, their parents by the code these keep."""
    seen: dict[tuple[str, str], Row] = {}
    read: dict[str, tuple[Row, str, str]] = {}
    kept: dict[str, str] = {}
    for row in rows:
        code, label, level = row.required("code"), row.required("label"), row.required("level")
        if not (code and label and level):
            continue
        ref = row.text("ref")
        own = boxes.code_of(ref) or code
        names = [("code", code), ("own", own), *([("ref", ref)] if ref else [])]
        before = next((seen[name] for name in names if name in seen), None)
        if before is not None:
            _twice(row, code, before)
            continue
        seen.update(dict.fromkeys(names, row))
        kept[code], read[own] = own, (row, label, level)
        boxes.call(code, own)
    found = {}
    for own, (row, label, level) in read.items():
        box, written = boxes.node(own), row.text("parent")
        parent = kept.get(written, written) if written else box.parent if box else None
        rank, ref = row.whole("position"), row.text("ref") or (box.ref if box else "")
        found[own] = row, Node(own, parent, level, label, -1 if rank is None else rank, ref)
    return found


def _twice(row: Row, code: str, before: Row) -> None:
    row.error(
        "code",
        "duplicate",
        f"« {code} » est déjà déclaré à la {before.place.fr()}, par son code ou sa référence : une seule ligne est "
        "attendue.",
        f"“{code}” is already declared at {before.place.en()}, by its code or its reference: one line is expected.",
    )


def _declare(
    code: str,
    given: Mapping[str, tuple[Row | None, Node]],
    sound: dict[str | None, bool],
    depths: dict[str | None, int],
    boxes: MapBuilder,
) -> None:
    """Declare a box after those above it; `sound` says of each whether it could be.

    Boxes without a row are those the files complete.
    """
    chain = [code]
    while (parent := given[chain[-1]][1].parent) not in sound:
        assert parent is not None
        if parent not in given:
            row = _row(chain, given)
            written = row.text("parent") or parent
            row.error(
                "parent",
                "unknown-node",
                f"« {written} » n'est aucun niveau du POS : un code déclaré dans cette table est attendu.",
                f"“{written}” is not a box of the map: a code declared in this table is expected.",
            )
            sound.update(dict.fromkeys(chain, False))
            return
        if parent in chain:
            _bad_depth(_row(chain, given), True)
            sound.update(dict.fromkeys(chain, False))
            return
        chain.append(parent)
    for name in reversed(chain):
        node = given[name][1]
        depths[name] = depths.get(node.parent, 0) + 1
        if depths[name] == DEEPEST + 1:
            _bad_depth(_row(chain, given), False)
        sound[name] = sound[node.parent]
        if sound[name]:
            boxes.declare(node)


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
    stays = code in placed and not any(map(row.says, PLACE_FIELDS))
    return Application(
        code=code,
        name=row.text("name") or code,
        node=placed[code] if stays else _node(row, boxes, labels, path),
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
