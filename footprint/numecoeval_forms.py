"""The reference tables of NumEcoEval and G4IT: files, columns, keys (M12).

Names are those of G4IT's administration (documentation of G4IT, "Referential Formats", Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

STEPS = ("MANUFACTURING", "TRANSPORTATION", "USING", "END_OF_LIFE")
MIX = "electricity-mix"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a reference table: our name, its header, what it holds ("text" or "number")."""

    name: str
    header: str
    kind: str = "text"
    required: bool = True  # the column must be there
    filled: bool = False  # and its cells too


@dataclass(frozen=True, slots=True)
class Form:
    """One reference table: its file, its columns, and those that identify a row (one value a key)."""

    file: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    required: bool = True
    mix_keys: tuple[str, ...] = ()  # those of the rows that are an electricity mix


_SUBSCRIBER = Column("subscriber", "subscriber", required=False)
FORMS = {
    "criteria": Form(
        "criterion",
        (Column("criterion", "code", filled=True), Column("label", "label"), Column("unit", "unit")),
        ("criterion",),
    ),
    "steps": Form("lifecycleStep", (Column("step", "code", filled=True),), ("step",)),
    "hypotheses": Form(
        "hypothesis",
        (Column("code", "code", filled=True), Column("value", "value", "number", filled=True), _SUBSCRIBER),
        ("code",),
    ),
    "types": Form(
        "itemType",
        (
            Column("type", "type", filled=True),
            Column("lifespan_y", "defaultLifespan", "number"),
            Column("default_item", "refDefaultItem"),
            _SUBSCRIBER,
        ),
        ("type",),
    ),
    "impacts": Form(
        "itemImpact",
        (
            Column("criterion", "criterion", filled=True),
            Column("step", "lifecycleStep"),
            Column("name", "name", filled=True),
            Column("category", "category"),
            Column("kwh", "avgElectricityConsumption", "number"),
            Column("location", "location"),
            Column("source", "source", required=False),
            Column("value", "value", "number"),
            _SUBSCRIBER,
        ),
        ("criterion", "step", "name"),
        mix_keys=("criterion", "location"),
    ),
    "matches": Form(
        "matchingItem",
        (Column("model", "itemSource", filled=True), Column("item", "refItemTarget", filled=True), _SUBSCRIBER),
        ("model",),
        required=False,
    ),
    "packages": Form(
        "sustainableIndividualPackage",
        (
            Column("label", "criteria", filled=True),
            Column("package", "individualSustainablePackage", "number", filled=True),
        ),
        ("label",),
        required=False,
    ),
}  # fmt: skip
ARROW = {"text": pa.string(), "number": pa.float64()}
