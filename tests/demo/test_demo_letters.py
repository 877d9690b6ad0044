"""The generated letters: seeded, spread over the services, careless, without anybody's name."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from footprint.demo.letters import filled, letters, misspelt, plain
from footprint.demo.phrases import SERVICES, SUBJECTS
from footprint.demo.rules import BY_HAND, KEYWORDS, triage


def test_same_seed_same_letters() -> None:
    assert letters(50, 3) == letters(50, 3)
    assert letters(50, 3) != letters(50, 4)


def test_a_longer_draw_starts_with_the_shorter_one() -> None:
    assert letters(80, 3)[:30] == letters(30, 3)


def test_every_service_is_drawn_evenly() -> None:
    counts = Counter(letter.service for letter in letters(4000, 1))
    assert set(counts) == set(SERVICES) == set(SUBJECTS) == set(KEYWORDS)
    assert min(counts.values()) > 400
    assert max(counts.values()) < 600


def test_no_slot_is_left_open_and_some_letters_have_no_accent() -> None:
    texts = [letter.text for letter in letters(400, 5)]
    assert not any("{" in text for text in texts)
    bare = sum(text == plain(text) for text in texts)
    assert 60 < bare < 250


def test_a_sentence_is_filled_from_the_draw() -> None:
    assert filled("Le {date}, {montant} euros.", Random(0)) == filled(
        "Le {date}, {montant} euros.", Random(0)
    )
    assert filled("Bonjour,", Random(0)) == "Bonjour,"


def test_plain_drops_accents_only() -> None:
    assert plain("Arrêté à Besançon, n° 3") == "Arrete a Besancon, n° 3"


def test_misspelling_keeps_most_of_a_text() -> None:
    text = "Je souhaite une attestation de droits. " * 50
    wrong = misspelt(text, Random(2))
    assert wrong != text
    assert abs(len(wrong) - len(text)) < 0.05 * len(text)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Ma CARTE VITALE ne passe plus", "carte"),
        ("Il manque des trimestres a ma carriere", "retraite"),
        ("Je conteste, et je demande un recours, pour ma carte", "réclamation"),
        ("Je demenage ; ma carte aussi", "changement d'adresse"),  # a tie: first named
        ("Merci de me rappeler", BY_HAND),
    ],
)
def test_rules_follow_their_keywords(text: str, service: str) -> None:
    assert triage(text) == service
