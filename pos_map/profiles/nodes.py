"""The YAML of a profile as nodes that know their line; every scalar is text, so that "oui" stays a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pos_map.faults import Fault, Place
from pos_map.spelling import near

if TYPE_CHECKING:
    from yaml.nodes import Node as YamlNode

_MOST_BYTES = 512 * 1024
# The parser slows with the square of open brackets; the longest shipped profile has a hundred.
_MOST_BRACKETS = 2000


class BadProfile(Exception):
    """A profile that cannot be used: `faults` are located by file, line and key, in French and English."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].fr if faults else "")
        self.faults = tuple(faults)


class Spot:
    """A node of the YAML, the path of keys that leads to it, and the faults found so far."""

    __slots__ = ("faults", "file", "node", "path")

    def __init__(self, node: YamlNode, file: str, path: str, faults: list[Fault]) -> None:
        self.node, self.file, self.path, self.faults = node, file, path, faults

    @property
    def kind(self) -> str:
        """What stands here: "scalar", "sequence" or "mapping"."""
        return _kind(self.node)

    @property
    def written(self) -> str:
        """The text here as it is written, blanks kept; "" for a list or a mapping."""
        return str(self.node.value) if self.kind == "scalar" else ""

    def expect(self, fr: str, en: str, value: str = "") -> None:
        """Note what was expected here."""
        line = self.node.start_mark.line + 1
        where_fr = f"Clé « {self.path} »" if self.path else "Profil"
        where_en = f"Key “{self.path}”" if self.path else "Profile"
        place = Place(self.file, "", line)
        self.faults.append(
            place.fault(
                "bad-profile",
                "error",
                f"{where_fr} : attendu {fr}.",
                f"{where_en}: expected {en}.",
                self.path,
                value,
            )
        )

    def text(self) -> str:
        """The text here; "" with a fault for a list or a mapping."""
        if self.kind != "scalar":
            self.expect("un texte", "a text")
            return ""
        return "" if self.node.tag.endswith(":null") else str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        if self.kind == "sequence":
            return tuple(text for item in self.items() if (text := item.text()))
        text = self.text()
        return (text,) if text else ()

    def items(self) -> Iterator[Spot]:
        """The items of a list; a fault for anything else."""
        if self.kind != "sequence":
            self.expect("une liste (lignes commençant par « - »)", "a list (lines starting with “-”)")
            return
        for rank, node in enumerate(self.node.value):
            yield Spot(node, self.file, f"{self.path}[{rank + 1}]", self.faults)

    def entries(self) -> Iterator[tuple[str, Spot]]:
        """The keys and values of a mapping, each key once; a fault for anything else."""
        if self.kind != "mapping":
            self.expect("des lignes « clé: valeur »", "lines “key: value”")
            return
        seen: set[str] = set()
        for key_node, node in self.node.value:
            key = str(key_node.value) if _kind(key_node) == "scalar" else "?"
            spot = Spot(node, self.file, f"{self.path}.{key}".strip("."), self.faults)
            if key in seen:
                spot.expect("une seule fois cette clé", "this key only once", key)
            seen.add(key)
            yield key, spot

    def keyed(self, known: tuple[str, ...]) -> dict[str, Spot]:
        """The values of the known keys; a fault, with near ones, for another key."""
        found = {}
        for key, spot in self.entries():
            if key in known:
                found[key] = spot
            else:
                close = near(key, known) or known
                spot.expect(f"une clé connue : {', '.join(close)}", f"a known key: {', '.join(close)}", key)
        return found


def _kind(node: YamlNode) -> str:
    return str(getattr(node, "id", ""))


def open_yaml(path: Path, faults: list[Fault]) -> Spot:
    """The root of a YAML file. Raises BadProfile when it is not YAML, OSError when it cannot be opened."""
    import yaml

    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        if len(data) > _MOST_BYTES or data.count(b"[") + data.count(b"{") > _MOST_BRACKETS:
            raise ValueError
        # The safe loader's nodes: no object is ever built.
        node = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark
        raise BadProfile([_not_yaml(path.name, mark.line + 1 if mark else None)]) from None
    except (ValueError, RecursionError, yaml.YAMLError):
        raise BadProfile([_not_yaml(path.name, None)]) from None
    if node is None:
        raise BadProfile([_not_yaml(path.name, None)])
    return Spot(node, path.name, "", faults)


def _not_yaml(file: str, line: int | None) -> Fault:
    return Place(file, "", line).fault(
        "not-yaml",
        "error",
        "Le profil n'est pas un YAML lisible (500 ko au plus, UTF-8) : vérifiez l'alignement des lignes, les "
        "deux-points et les guillemets autour des noms de colonnes qui en contiennent.",
        "The profile is not readable YAML (500 kB at most, UTF-8): check how lines are aligned, the colons, and "
        "the quotes around column names that hold some.",
    )
