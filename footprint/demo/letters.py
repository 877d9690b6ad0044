"""Letters of insured people to their fund, drawn from a grammar: same seed, same letters.

Each letter has one service, the one an agent would send it to. About a fifth also speak of another matter,
many never name their service, and typing is careless: accents dropped, letters doubled, swapped or missing.
No personal data: nobody is named, dates and amounts are drawn.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

from footprint.demo.phrases import (
    ANYWHERE,
    CLOSINGS,
    MONTHS,
    OPENINGS,
    PAPERS,
    SERVICES,
    SUBJECTS,
)

SECOND_MATTER = 0.22  # share of letters that also speak of another service's matter
LEADS_WITH_OTHER = 0.3  # of these, share where the other matter comes first
MISFILED = 0.03  # share whose reference service is debatable: agents themselves disagree on some letters
CARELESS = 0.5  # share of letters typed in haste
TYPO_RATE = 0.03  # typing errors a character, in those
NO_ACCENTS = 0.25  # share of letters without accents


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and the service it goes to, one of `SERVICES`."""

    text: str
    service: str


def letters(count: int, seed: int) -> tuple[Letter, ...]:
    """`count` letters, services in even proportions on average."""
    draw = Random(seed)
    return tuple(letter(draw) for _ in range(count))


def letter(draw: Random) -> Letter:
    """One letter."""
    service = draw.choice(SERVICES)
    body = draw.sample(SUBJECTS[service], draw.choice((1, 1, 2)))
    if draw.random() < SECOND_MATTER:
        other = draw.choice(SUBJECTS[draw.choice([name for name in SERVICES if name != service])])
        body.insert(0 if draw.random() < LEADS_WITH_OTHER else len(body), other)
    body += draw.sample(ANYWHERE, draw.randint(0, 3))
    sentences = [draw.choice(OPENINGS), *body, draw.choice(CLOSINGS)]
    text = " ".join(filled(sentence, draw) for sentence in sentences if sentence)
    filed = draw.choice(SERVICES) if draw.random() < MISFILED else service
    return Letter(typed(text, draw), filed)


def filled(sentence: str, draw: Random) -> str:
    """A sentence with its date, month, amount or paper."""
    return sentence.format_map(
        {
            "date": f"{draw.randint(1, 28)} {draw.choice(MONTHS)}",
            "mois": draw.choice(MONTHS),
            "montant": draw.randint(12, 480),
            "pièce": draw.choice(PAPERS),
        }
    )


def typed(text: str, draw: Random) -> str:
    """The text as a hurried hand types it."""
    if draw.random() < NO_ACCENTS:
        text = plain(text)
    if draw.random() < CARELESS:
        text = misspelt(text, draw)
    return text


def plain(text: str) -> str:
    """Without accents: é is e, ç is c."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def misspelt(text: str, draw: Random) -> str:
    """Letters dropped, doubled or swapped with the next, at `TYPO_RATE`."""
    out: list[str] = []
    for character in text:
        if not character.isalpha() or draw.random() >= TYPO_RATE:
            out.append(character)
            continue
        fault = draw.choice(("drop", "double", "swap"))
        if fault == "double":
            out += [character, character]
        elif fault == "swap" and out:
            out.insert(-1, character)
    return "".join(out)
