"""Model cards as files: JSON, or the YAML header of a card as model hubs publish it.

Two vocabularies, which may be mixed:

ours      model, gpu, gpu_hours, tdp_w (W), pue, factor (kgCO2e/kWh), zone, declared_kgco2e (kg), declared_t (t),
          declared_kwh (kWh)
the hubs' co2_eq_emissions: a number, or a mapping of emissions (GRAMS), geographical_location, hardware_used,
          source, training_type; model_name or base_model for the name
          (convention: https://huggingface.co/docs/hub/model-cards-co2)

Of YAML, only what such a header uses is read: keys, one level of nesting, plain or quoted values. Nothing is
executed, fetched or guessed.

    BadCard     the file can't be read as a card
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from footprint.errors import FootprintError
from footprint.plausibility.card import Card
from footprint.plausibility.finding import shown

LARGEST = 1_000_000  # bytes; a card is a page of text
NUMBERS = ("gpu_hours", "tdp_w", "pue", "factor", "declared_kgco2e", "declared_t", "declared_kwh")
_PAIR = re.compile(r"( *)([A-Za-z_][\w.-]*) *:(?: +(.*)|)$")
GRAMS, TONNES = 1e-3, 1e3  # in kilograms


class BadCard(FootprintError):
    """The file can't be read as a model card."""


def read_card(path: Path) -> Card:
    """The card in this file. Raises BadCard, which says what is wrong and where."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadCard(f"{path.name} : fichier illisible.", f"{path.name}: can't read the file.") from error
    if len(raw) > LARGEST:
        raise BadCard(
            f"{path.name} : plus de 1 Mo, ce n’est pas une fiche.", f"{path.name}: over 1 MB, not a card."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCard(f"{path.name} : UTF-8 attendu.", f"{path.name}: UTF-8 expected.") from error
    fields = _json(path.name, text) if text.lstrip().startswith("{") else _header(text)
    return card_of(fields, path.name)


def _json(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadCard(f"{name} : JSON mal formé.", f"{name}: malformed JSON.") from error
    assert isinstance(found, dict)  # the text begins with a brace
    return found


def _header(text: str) -> dict[str, Any]:
    """Keys of the header between two "---", or of the whole text without them; one level of nesting."""
    lines = text.splitlines()
    if lines and lines[0].strip() == "---":
        rest = [line.strip() for line in lines[1:]]
        lines = lines[1 : 1 + rest.index("---")] if "---" in rest else lines[1:]
    fields: dict[str, Any] = {}
    parent = ""
    for line in lines:
        pair = _PAIR.match(line.rstrip())
        if not pair:
            continue
        indent, key, value = pair[1], pair[2], _plain(pair[3] or "")
        if not indent:
            parent = "" if value else key
            fields[key] = value or {}
        elif parent and isinstance(fields[parent], dict):
            fields[parent][key] = value
    return fields


def _plain(value: str) -> str:
    """A scalar without its quotes or its comment."""
    value = value.strip()
    if value[:1] in ("'", '"') and (end := value.find(value[0], 1)) > 0:
        return value[1:end]
    return re.split(r"(?:^| )#", value, maxsplit=1)[0].strip()


def card_of(fields: dict[str, Any], name: str = "card") -> Card:
    """A card from its fields, in kilograms and kWh; `name` is used when no field names the model.

    Raises BadCard for a number that is not one, and for emissions given twice with different values.
    """
    numbers = {key: _number(fields.get(key), key, name) for key in NUMBERS}
    hub = fields.get("co2_eq_emissions")
    hub = hub if isinstance(hub, dict) else {"emissions": hub}
    grams = _number(hub.get("emissions"), "co2_eq_emissions.emissions", name)
    masses = (
        numbers["declared_kgco2e"],
        None if numbers["declared_t"] is None else numbers["declared_t"] * TONNES,
        None if grams is None else grams * GRAMS,
    )
    declared = _one(masses, name)
    return Card(
        model=_text(fields, "model", "model_name", "base_model") or name,
        gpu=_text(fields, "gpu") or _text(hub, "hardware_used"),
        gpu_hours=numbers["gpu_hours"],
        tdp_w=numbers["tdp_w"],
        pue=numbers["pue"],
        factor=numbers["factor"],
        zone=_text(fields, "zone") or _text(hub, "geographical_location"),
        declared_kgco2e=declared,
        declared_kwh=numbers["declared_kwh"],
        grams=grams is not None,
    )


def _one(masses: tuple[float | None, ...], name: str) -> float | None:
    """The mass given; a card that gives two different ones contradicts itself before any check."""
    given = [mass for mass in masses if mass is not None]
    if given and not all(math.isclose(mass, given[0], rel_tol=0.01) for mass in given):
        written = " ≠ ".join(f"{mass:g}" for mass in given)
        raise BadCard(
            f"{name} : émissions données deux fois et différentes ({written} kgCO2e) ; gardez-en une.",
            f"{name}: emissions given twice and different ({written} kgCO2e); keep one.",
        )
    return given[0] if given else None


def _text(fields: dict[str, Any], *keys: str) -> str:
    return next(
        (str(fields[key]).strip() for key in keys if isinstance(fields.get(key), str) and fields[key]), ""
    )


def _number(value: Any, key: str, name: str) -> float | None:
    """A finite number that is not negative, None when left out."""
    if value is None or value in ("", {}, "null", "~"):
        return None
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found) or found < 0:
        written = shown(str(value))
        raise BadCard(
            f"{name}, {key} : « {written} » refusé ; un nombre positif est attendu, point décimal (12.9).",
            f"{name}, {key}: “{written}” refused; a positive number is expected, decimal point (12.9).",
        )
    return found
