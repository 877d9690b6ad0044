"""The 5,000 pieces of office equipment of the sample, in lines by type, site and year of purchase."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pos_map.sample.draws import Draws

# Sites: name, country, weight in agents. The last three are overseas.
_SITES = (
    ("Siège", "France", 420),
    ("Agence Centre", "France", 210),
    ("Agence Nord", "France", 180),
    ("Agence Sud", "France", 160),
    ("Agence Est", "France", 140),
    ("Agence Ouest", "France", 130),
    ("Plateforme téléphonique", "France", 170),
    ("Centre de numérisation", "France", 60),
    ("Agence du Littoral", "France", 70),
    ("Agence de Saint-Denis", "La Réunion", 90),
    ("Agence de Saint-Pierre", "La Réunion", 40),
    ("Agence de Basse-Terre", "Guadeloupe", 30),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of equipment: how many in all, its models by year of purchase, its professional share."""

    type: str
    total: int
    models: tuple[tuple[str, int], ...]
    share: float | None = None


KINDS = (
    Kind("Ordinateur portable", 1450, (("Portable 14 pouces", 2020), ("Portable 14 pouces", 2023))),
    Kind("Poste fixe", 260, (("Unité centrale compacte", 2018),)),
    Kind("Écran", 1750, (("Écran 24 pouces", 2018), ("Écran 24 pouces", 2022))),
    Kind("Station d'accueil", 820, (("Station USB-C", 2021),)),
    # Agents may use these at home: part of them belongs to private life.
    Kind("Smartphone", 330, (("Smartphone 6 pouces", 2022),), 0.85),
    Kind("Téléphone IP", 220, (("Téléphone IP de bureau", 2016),)),
    Kind("Imprimante", 90, (("Multifonction A3", 2019),)),
    Kind("Tablette", 80, (("Tablette 10 pouces", 2021),)),
)

Line = tuple[str, str, str, str, int, int | None, float | None, str]


def terminal_lines(draws: Draws) -> Iterator[Line]:
    """Type, model, site, entity, number, year of purchase, professional share, country."""
    for kind in KINDS:
        for (site, country, _), number in zip(_SITES, _spread(kind.total), strict=True):
            for (model, year), part in zip(kind.models, _halves(number, len(kind.models)), strict=True):
                if part:
                    known = None if draws.chance(0.05) else year + (1 if draws.chance(0.3) else 0)
                    yield kind.type, model, site, "Caisse Exemple", part, known, kind.share, country


def _spread(total: int) -> list[int]:
    """`total` shared over the sites by weight, the largest remainders rounded up."""
    weights: Sequence[int] = [weight for _, _, weight in _SITES]
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda site: (shares[site] - exact[site], site))
    for site in by_remainder[: total - sum(shares)]:
        shares[site] += 1
    return shares


def _halves(number: int, parts: int) -> list[int]:
    """`number` cut into near-equal whole parts, the first ones the larger."""
    return [(number + parts - 1 - rank) // parts for rank in range(parts)]
