"""Where each application stands on the map: by its properties, else nested elements, folders, views."""

from __future__ import annotations

import re
from collections import Counter

from pos_map.archimate.applications import Applications
from pos_map.archimate.boxes import Boxes, Place, find_boxes, node_rows, places_in, say_folded, tidy
from pos_map.archimate.graph import Graph
from pos_map.archimate.model import Box, Element
from pos_map.archimate.tables import Attributes, Rows
from pos_map.archimate.words import CODE_KEYS, LEVEL_KEYS, LEVELS
from pos_map.columns import MAP, PLACEMENTS
from pos_map.landscape import DEEPEST
from pos_map.placement import SEPARATOR, path_of
from pos_map.spelling import key
from pos_map.values import BadValue, share

# Properties of an application that name a level of its place, with the depth of that level.
_DEPTHS = {
    **{name: depth for depth, names in enumerate((
        ("zone", "zonefonctionnelle", "niveau1", "domaine", "domainefonctionnel"),
        ("quartier", "quartierfonctionnel", "niveau2", "sousdomaine"),
        ("ilot", "ilotfonctionnel", "niveau3"),
        ("bloc", "blocfonctionnel", "niveau4"),
        ("sousbloc", "niveau5"),
    )) for name in names}
}  # fmt: skip
_PATH_KEYS = frozenset({"pos", "emplacement", "chemin", "place", "placepos", "emplacementpos", "cheminpos"})
_SECOND_KEYS = frozenset({"emplacementsecondaire", "ilotsecondaire", "ilotssecondaires"})
_LEVEL_WORDS = ("zone", "quartier", "îlot", "bloc", "sous-bloc")
# What parts the labels of a path: never a bare "/", which labels hold ("Acquisition/Restitution").
_PARTS = re.compile(r"\s*(?:>|›|→|\||\\)\s*|\s+/\s+")
_SHARE = re.compile(r"(?P<label>.*\S)\s*\((?P<share>[\d.,\s]+%)\)")
# Folders that say what they hold, not where it stands.
_PLAIN_FOLDERS = frozenset(
    {"application", "applications", "composant", "composants", "component", "components", "autres", "other",
     "applicationcomponents", "composantsapplicatifs", "logiciels", "divers"}
)  # fmt: skip


def by_properties(element: Element) -> list[Place]:
    """The places an application's own properties name; a property given twice, or parted by ";", gives several."""
    levels: dict[int, list[tuple[str, str, str]]] = {}
    paths: list[Place] = []
    seconds: list[Place] = []
    named = path_of(element.first("niveaux"))
    for name, value in element.properties:
        spelled = key(name)
        for part in value.split(";") if value.strip() else ():
            text, said = _shared(" ".join(part.split()))
            if not text:
                continue
            if spelled in _DEPTHS:
                levels.setdefault(_DEPTHS[spelled], []).append((tidy(text), said, name))
            elif spelled in _PATH_KEYS or spelled in _SECOND_KEYS:
                labels = tuple(label for one in _PARTS.split(text) if (label := tidy(one)))
                place = Place(labels, tuple(named), said, name)
                (paths if spelled in _PATH_KEYS else seconds).append(place)
    found = _of_levels(levels) or paths
    return [*found, *seconds] if found else seconds


def _of_levels(levels: dict[int, list[tuple[str, str, str]]]) -> list[Place]:
    """As many places as the level given most often; the others repeat their last value."""
    depths = sorted(levels)
    places = []
    for rank in range(max((len(values) for values in levels.values()), default=0)):
        chosen = [levels[depth][min(rank, len(levels[depth]) - 1)] for depth in depths]
        words = tuple(_LEVEL_WORDS[depth] for depth in depths)
        said = next((share for _, share, _ in reversed(chosen) if share), "")
        places.append(Place(tuple(label for label, _, _ in chosen), words, said, chosen[-1][2]))
    return places


def _shared(text: str) -> tuple[str, str]:
    """A label and the share written after it: "Droits (40 %)"."""
    match = _SHARE.fullmatch(text)
    return (match["label"], match["share"].replace(" ", "")) if match else (text, "")


def by_folders(graph: Graph, identifier: str) -> list[Place]:
    """The folders an application is filed in, those that only name the layer left out."""
    places = []
    for folders in graph.model.folders.get(identifier, ()):
        labels = [tidy(folder) for folder in folders]
        while labels and key(labels[0]) in _PLAIN_FOLDERS:
            labels = labels[1:]
        if labels:
            places.append(Place(tuple(labels), written="folder"))
    return places


class Views:
    """Boxes drawn around applications. Of several views, the one that nests the most applications is trusted."""

    def __init__(self, graph: Graph, boxes: Boxes, found: Applications) -> None:
        self._boxes, self._found, self._drawn = boxes, found, graph.model.boxes
        nested: dict[str, dict[str, Place]] = {}
        for box in self._drawn:
            if box.element in found.codes:
                place = self._around(box)
                if place.labels:
                    nested.setdefault(box.view, {}).setdefault(box.element, place)
        self._views = sorted(nested.values(), key=len, reverse=True)

    def place(self, identifier: str) -> list[Place]:
        """Where the first view that nests the application puts it, at most one place."""
        return next(([view[identifier]] for view in self._views if identifier in view), [])

    def _around(self, box: Box) -> Place:
        labels: list[str] = []
        held: list[str] = []
        parent = box.parent
        while parent is not None:
            outer = self._drawn[parent]
            if outer.element in self._boxes.elements:
                labels.append(tidy(self._boxes.elements[outer.element].name))
                held.append(outer.element)
            elif not outer.element and outer.label:
                labels.append(tidy(outer.label))
            parent = outer.parent
        kept = tuple(label for label in reversed(labels) if label)
        return Place(kept, written="view", boxes=tuple(held))


def map_rows(graph: Graph, found: Applications) -> tuple[Rows, Rows, Rows]:
    """Rows of the map, of its boxes and of secondary places; what is doubtful is said."""
    boxes = find_boxes(graph, found.root)
    views = Views(graph, boxes, found)
    rows = Rows(MAP, {"code": "code application", "name": "name"})
    seconds = Rows(
        PLACEMENTS, {"application": "identifier", "node": "emplacement secondaire", "share": "part"}
    )
    known = frozenset({*_DEPTHS, *_PATH_KEYS, *_SECOND_KEYS, *LEVELS, *LEVEL_KEYS, *CODE_KEYS, "typepos"})
    places_of = frozenset(
        {"code", "name", "zone", "quartier", "ilot", "bloc", "level5", "path", "levels", "ref"}
    )
    attributes = Attributes(MAP, places_of, known)
    used: set[str] = set()
    sources: Counter[str] = Counter()
    split: list[tuple[Element, Place]] = []
    for identifier, code in found.codes.items():
        element = graph.element(identifier)
        source, places = _places(graph, boxes, views, found, element)
        sources[source] += 1
        main, others, doubtful = _main(places)
        if doubtful:
            split.append((element, main))
        values, written = attributes.read(element)
        values.update(code=code, name=element.name or code, ref=identifier)
        if element.documentation:
            values.setdefault("description", element.documentation)
        written.update(ref="identifier", description=written.get("description", "documentation"))
        if main.labels:
            values.update(path=_path(main), levels=_levels(main))
            written.setdefault("path", main.written)
        rows.add(element.line, values, written)
        for place in (main, *others):
            graph.followed.update(place.steps)
            used.update(place.boxes)
        for place in others:
            if not place.boxes:
                rows.add(element.line, {"path": _path(place), "levels": _levels(place)})
            seconds.add(element.line, {"application": code, "node": _path(place), "share": place.share})
    nodes = node_rows(boxes, {box for box in used if box in boxes.elements})
    graph.used.update(used)
    _say_split(graph, split)
    say_folded(boxes)
    attributes.say_unknown(graph)
    return rows, nodes, seconds


def _places(
    graph: Graph, boxes: Boxes, views: Views, found: Applications, element: Element
) -> tuple[str, list[Place]]:
    """The places of an application by the most trusted way that says one, and the name of that way."""
    if places := by_properties(element):
        return "properties", places
    if places := places_in(boxes, element.identifier):
        return "elements", places
    parts = found.parts[element.identifier][1:]
    if places := [place for part in parts for place in places_in(boxes, part)]:
        return "elements", places
    if places := by_folders(graph, element.identifier):
        return "folders", places
    if places := views.place(element.identifier):
        return "views", places
    return "", []


def _main(places: list[Place]) -> tuple[Place, list[Place], bool]:
    """The main place, the others that have a share, and whether some are left out for want of one.

    The main place is the one without a share, else the one with the largest.
    """
    distinct: dict[str, Place] = {}
    for place in places:
        distinct.setdefault(key(_path(place)), place)
    kept = list(distinct.values())
    if not kept:
        return Place(()), [], False
    alone = [place for place in kept if _fraction(place) is None]
    main = alone[0] if alone else max(kept, key=lambda place: _fraction(place) or 0.0)
    others = [place for place in kept if place is not main and _fraction(place) is not None]
    return main, others, len(alone) > 1


def _fraction(place: Place) -> float | None:
    try:
        return share(place.share)
    except BadValue:
        return None


def _path(place: Place) -> str:
    return SEPARATOR.join(place.labels[:DEEPEST])


def _levels(place: Place) -> str | None:
    """Levels as the cell wants them: all or none, the usual word where the file says nothing."""
    if not any(place.levels):
        return None
    words = [
        place.levels[depth] if depth < len(place.levels) and place.levels[depth] else _LEVEL_WORDS[depth]
        for depth in range(min(len(place.labels), DEEPEST))
    ]
    return SEPARATOR.join(tidy(word) for word in words)


def _say_split(graph: Graph, split: list[tuple[Element, Place]]) -> None:
    for element, main in split:
        graph.say(
            element.line,
            "places-without-share",
            f"L'application « {element.name} » est dans plusieurs îlots sans part : « {_path(main)} » est gardé "
            f"({len(split)} application(s) dans ce cas). Donnez une part à chaque îlot secondaire.",
            f"The application “{element.name}” stands in several îlots without shares: “{_path(main)}” is kept "
            f"({len(split)} application(s) so). Give a share to each secondary îlot.",
            element.name,
        )
