"""How a campaign is assessed where the method leaves a choice; part of the manifest, hence of its identity."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from footprint.errors import CampaignError

MODES = ("amortised", "purchase_year")


@dataclass(frozen=True, slots=True)
class Settings:
    """`mode` is that of M3; the others say what is spread over the applications (M4), nothing by default.

    spread_idle      free capacity of a pool, over those who draw on it
    spread_network   network gear of a data centre, by the energy its applications use there
    spread_storage   storage bays of a data centre without volumes, by the storage of its virtual machines
    """

    mode: str = "amortised"
    spread_idle: bool = False
    spread_network: bool = False
    spread_storage: bool = False


def settings_of(text: str) -> Settings:
    """From the JSON of a campaign; what another version wrote and we do not know is left aside.

    Raises CampaignError for a mode that is not known.
    """
    known = {field.name for field in fields(Settings)}
    found = Settings(**{name: value for name, value in json.loads(text or "{}").items() if name in known})
    _known(found.mode, MODES)
    return found


def changed(settings: Settings, mode: str | None, spread: str | None) -> Settings:
    """These settings with another mode, another list of what is spread ("idle,network", "none").

    Raises CampaignError for a word that is not known.
    """
    if mode is not None:
        _known(mode, MODES)
        settings = replace(settings, mode=mode)
    if spread is None:
        return settings
    names = [word.strip().lower() for word in spread.split(",")]
    possible = tuple(name.removeprefix("spread_") for name in asdict(settings) if name != "mode")
    if names != ["none"]:
        for name in names:
            _known(name, (*possible, "none") if len(names) == 1 else possible)
    chosen: dict[str, Any] = {f"spread_{name}": name in names for name in possible}
    return replace(settings, **chosen)


def _known(word: str, possible: tuple[str, ...]) -> None:
    if word not in possible:
        listed = ", ".join(possible)
        raise CampaignError(
            f"« {word} » n’est pas connu. Attendu : {listed}.", f"“{word}” is not known. Expected: {listed}."
        )
