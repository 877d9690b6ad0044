"""A load level as someone types it: "seconds:requests:kWh"."""

from __future__ import annotations

import math

from footprint.llm.errors import LlmRefused
from footprint.llm.fit import Level


def read_level(text: str, error: float) -> Level:
    """A level from its text, decimal comma or point; `error`: relative 90 % error of its energy.

    Raises LlmRefused, naming the text.
    """
    try:
        seconds, requests, kwh = (float(part.strip().replace(",", ".")) for part in text.split(":"))
    except ValueError:
        seconds = requests = kwh = math.nan
    if not all(math.isfinite(value) for value in (seconds, requests, kwh)):
        raise LlmRefused(
            f"Niveau illisible : « {text[:60]} ». Écrivez secondes:requêtes:kWh, comme 600:1200:0,15.",
            f"Level not understood: “{text[:60]}”. Write seconds:requests:kWh, such as 600:1200:0.15.",
        )
    return Level(seconds, requests, kwh, kwh * (1.0 - error), kwh * (1.0 + error))
