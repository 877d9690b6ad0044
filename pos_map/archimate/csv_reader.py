"""Read the three CSV files Archi exports: prefix-elements.csv, prefix-relations.csv, prefix-properties.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pos_map.archimate.markup import LIMIT_BYTES, LIMIT_TEXT, too_large
from pos_map.archimate.model import Draft, Element, Model, Relation, type_name
from pos_map.delimited import SEPARATORS, encoding_of
from pos_map.grids import Unreadable
from pos_map.spelling import key

KINDS = ("elements", "relations", "properties")
_COLUMNS = {
    "elements": ("id", "type", "name", "documentation"),
    "relations": ("id", "type", "name", "documentation", "source", "target"),
    "properties": ("id", "key", "value"),
}


def triple(path: Path) -> dict[str, Path]:
    """The files of the export `path` is one of, by kind; only those that are there."""
    for kind in KINDS if is_archi_csv(path) else ():
        stem = path.name[: -len(kind) - 4]
        if path.name.lower() == f"{stem}{kind}.csv".lower():
            beside = {file.name.lower(): file for file in path.parent.iterdir() if file.is_file()}
            names = {other: f"{stem}{other}.csv".lower() for other in KINDS}
            return {other: beside[name] for other, name in names.items() if name in beside}
    return {}


def is_archi_csv(path: Path) -> bool:
    """Whether a CSV is one of the three, by its name and its header."""
    for kind, names in _COLUMNS.items():
        if path.name.lower().endswith(f"{kind}.csv"):
            try:
                with path.open(encoding="latin-1", newline="") as stream:
                    head = stream.readline(10_000)
            except OSError:
                return False
            return key(head.replace("ï»¿", "")).startswith("".join(names))
    return False


def read_csv(path: Path) -> Model:
    """The model of the export `path` is one of. Raises Unreadable, with the line in the file it names."""
    files = triple(path)
    if "elements" not in files:
        raise Unreadable(
            "missing-elements",
            "Le fichier des éléments (…elements.csv) manque à côté : les trois CSV d'Archi se lisent ensemble.",
            "The file of elements (…elements.csv) is missing beside: the three CSV files of Archi go together.",
        )
    properties: dict[str, list[tuple[str, str]]] = {}
    if "properties" in files:
        for _, row in _rows(files["properties"], "properties"):
            properties.setdefault(row["id"], []).append((row["key"], row["value"]))
    draft = Draft()
    for line, row in _rows(files["elements"], "elements"):
        kind, held = type_name(row["type"]), tuple(properties.get(row["id"], ()))
        if kind == "ArchimateModel":
            continue
        name, text = " ".join(row["name"].split()), row["documentation"].strip()
        draft.add(Element(row["id"], kind, name, line, held, text, row.get("specialization", "").strip()))
    if "relations" in files:
        for _, row in _rows(files["relations"], "relations"):
            name, held = " ".join(row["name"].split()), tuple(properties.get(row["id"], ()))
            kind, source = type_name(row["type"]), draft.elements.get(row["source"])
            # Faults name one file, that of the elements: a relation stands at the line of its source.
            line = source.line if source else 1
            draft.relations.append(Relation(row["id"], kind, row["source"], row["target"], line, name, held))
            draft.check()
    return draft.model()


def _rows(path: Path, kind: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by column key, each with its first line. Formula marks Archi may add are left as they are."""
    if path.stat().st_size > LIMIT_BYTES:
        raise too_large()
    encoding = encoding_of(path)
    names: list[str] = []
    with path.open(encoding=encoding, newline="") as stream:
        separator = _separator(stream.readline(10_000), kind)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=separator, strict=True)
        start = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                raise _bad_row(path, kind, start) from None
            if cells is None:
                break
            line, start = start, reader.line_num + 1
            if not names:
                names = [key(cell) for cell in cells]
                if not set(_COLUMNS[kind]) <= set(names):
                    raise _bad_row(path, kind, line)
            elif any(cells):
                if len(cells) > len(names) or max(map(len, cells)) > LIMIT_TEXT:
                    raise _bad_row(path, kind, line)
                cells += [""] * (len(names) - len(cells))
                yield line, dict(zip(names, cells, strict=True))


def _separator(head: str, kind: str) -> str:
    wanted = set(_COLUMNS[kind])
    for separator in SEPARATORS:
        if wanted <= {key(cell) for cell in head.split(separator)}:
            return separator
    return ","


def _bad_row(path: Path, kind: str, line: int) -> Unreadable:
    columns = ", ".join(_COLUMNS[kind])
    return Unreadable(
        "bad-row",
        f"Cette ligne de {path.name} ne se découpe pas dans les colonnes attendues ({columns}) : "
        "réexportez les trois CSV depuis Archi.",
        f"This line of {path.name} cannot be split into the expected columns ({columns}): "
        "export the three CSV files from Archi again.",
        line,
    )
