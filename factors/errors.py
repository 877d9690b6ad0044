"""What can go wrong with factors, in both languages.

    FactorError                 root: every error of this package, with `fr` and `en`
    ├── UnknownFactor           no default row for a key, or no row with an id
    ├── UnknownItem             an equipment name that no code, label or alias matches
    ├── UnknownZone             a place that no code, label or alias matches
    ├── UnknownVersion          no shipped set of that version
    ├── ClashingChoices         two rows chosen that can't both be advised
    ├── SwitchedOff             a row chosen whose terms of reuse are unclear, where those are switched off
    ├── BadFactorRow            one refused cell: file, line, column, value, expected
    └── BadTables               all the refused cells of a folder of tables (`faults`)

`str(error)` is the French sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Wording(NamedTuple):
    """A piece of text in French and in English."""

    fr: str
    en: str


class FactorError(Exception):
    """Root of the package's errors; `fr` and `en` say what is wrong and what to do."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en


def _suggestion(near: Sequence[str], nothing: Wording) -> Wording:
    """End of a sentence: the near matches, or `nothing` when there is none."""
    if not near:
        return nothing
    return Wording(
        "Proche : " + ", ".join(f"« {name} »" for name in near) + ".",
        "Near matches: " + ", ".join(f"“{name}”" for name in near) + ".",
    )


class UnknownFactor(FactorError):
    """No default factor for a key (item / indicator / stage / zone) or no row with an id."""

    def __init__(self, key: str, near: Sequence[str] = ()) -> None:
        hint = _suggestion(
            near,
            Wording(
                "Ajoutez une ligne sourcée aux tables de facteurs.",
                "Add a sourced row to the factor tables.",
            ),
        )
        super().__init__(
            f"Aucun facteur pour « {key} ». {hint.fr}",
            f"No factor for “{key}”. {hint.en}",
        )
        self.key = key
        self.near = tuple(near)


class UnknownItem(FactorError):
    """An equipment type that no code, label or alias of items.csv matches."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = _suggestion(
            near,
            Wording(
                "Ajoutez ce nom aux alias de items.csv.",
                "Add this name to the aliases of items.csv.",
            ),
        )
        super().__init__(
            f"Type d'équipement inconnu : « {name} ». {hint.fr}",
            f"Unknown equipment type: “{name}”. {hint.en}",
        )
        self.name = name
        self.near = tuple(near)


class UnknownZone(FactorError):
    """A place that no code, label or alias of zones.csv matches."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = _suggestion(
            near,
            Wording(
                "Donnez un pays, un territoire d'outre-mer ou un code ISO (FR, RE, DE…).",
                "Give a country, an overseas territory or an ISO code (FR, RE, DE…).",
            ),
        )
        super().__init__(
            f"Zone inconnue : « {name} ». {hint.fr}",
            f"Unknown zone: “{name}”. {hint.en}",
        )
        self.name = name
        self.near = tuple(near)


class UnknownVersion(FactorError):
    """No shipped set of that version."""

    def __init__(self, version: str, known: Sequence[str]) -> None:
        super().__init__(
            f"Aucun jeu de facteurs de version « {version} ». Versions livrées : {', '.join(known)}.",
            f"No factor set of version “{version}”. Shipped versions: {', '.join(known)}.",
        )
        self.version = version
        self.known = tuple(known)


class ClashingChoices(FactorError):
    """Two rows chosen for one key, or a total beside a part of it."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            f"« {first} » et « {second} » ne peuvent pas être retenus ensemble : gardez l'un des deux.",
            f"“{first}” and “{second}” can't both be advised: keep one of them.",
        )
        self.first = first
        self.second = second


class SwitchedOff(FactorError):
    """A row whose terms of reuse are unclear, where such rows are switched off."""

    def __init__(self, factor_id: str) -> None:
        super().__init__(
            f"« {factor_id} » est écarté : ses conditions de réutilisation ne sont pas établies. "
            "Choisissez une ligne libre ou rétablissez ces lignes.",
            f"“{factor_id}” is switched off: its terms of reuse are not settled. "
            "Choose an open row or switch those rows back on.",
        )
        self.factor_id = factor_id


class BadFactorRow(FactorError):
    """One refused cell of a table: where it is, what it holds, what was expected.

    `line` counts from 1 (the header); `column` is the column's name, "" for the whole row.
    """

    def __init__(self, file: str, line: int, column: str, value: str, expected: Wording) -> None:
        where_fr = f"{file}, ligne {line}" + (f", colonne {column}" if column else "")
        where_en = f"{file}, line {line}" + (f", column {column}" if column else "")
        super().__init__(
            f"{where_fr} : « {value} » refusé ; attendu : {expected.fr}.",
            f"{where_en}: “{value}” refused; expected: {expected.en}.",
        )
        self.file = file
        self.line = line
        self.column = column
        self.value = value
        self.expected = expected


class BadTables(FactorError):
    """All the refused cells of a folder of tables, in file and line order; nothing was loaded."""

    def __init__(self, faults: Sequence[BadFactorRow]) -> None:
        count = len(faults)
        super().__init__(
            "\n".join([f"Tables de facteurs refusées, {count} faute(s) :", *(f.fr for f in faults)]),
            "\n".join([f"Factor tables refused, {count} fault(s):", *(f.en for f in faults)]),
        )
        self.faults = list(faults)
