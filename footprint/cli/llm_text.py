"""Estimates, levels and fits of language models, as people read them in the terminal."""

from __future__ import annotations

from collections.abc import Iterable

import typer
from rich.text import Text

from collectors.llm.ecologits_channel import Range
from collectors.records import Notice
from footprint import formats as f
from footprint.cli.tables import MISSING, show, table_of
from footprint.llm.estimate import Estimate
from footprint.llm.fit import Fit, Yearly
from footprint.llm.pilot import Measured, Pilot
from footprint.sheets import Amount
from footprint.texts import message, say
from footprint.wording import word


def show_estimate(found: Estimate) -> None:
    """The estimate, its range opened by cause, and what to know of it."""
    tokens = f.number(found.output_tokens, 3)
    table = table_of(
        f"{found.provider}/{found.model}, {found.method}",
        (
            say(f"1 000 requêtes de {tokens} jetons produits", f"1,000 requests of {tokens} output tokens"),
            False,
        ),
        (say("Centrale", "Central"), True),
        (say("De", "From"), True),
        (say("À", "To"), True),
    )
    for batch, energy in found.batches.items():
        table.add_row(_batch(batch), MISSING, *_range(energy, "Wh"))
    table.add_row(say("Aux machines", "At the machines"), *_amount(found.machine_wh_per_1000))
    pue = f.number(found.pue.low, 3)
    if found.pue.high > found.pue.low:
        pue += f" – {f.number(found.pue.high, 3)}"
    table.add_row(say(f"Avec le PUE du fournisseur ({pue})", f"With the provider's PUE ({pue})"),
                  *_amount(found.wh_per_1000))  # fmt: skip
    electricity = say(f"Électricité, zone {found.zone}", f"Electricity, zone {found.zone}")
    grams = _amount(found.g_per_1000) if found.g_per_1000 else (f.unknown(), MISSING, MISSING)
    table.add_row(electricity, *grams)
    table.add_row(say("Fabrication des machines, à part", "Making the machines, apart"), MISSING,
                  *_range(found.embodied_g_per_1000, "gCO2e"))  # fmt: skip
    if found.requests and found.energy_kwh:
        volume = f.integer(found.requests)
        table.add_row(say(f"Pour {volume} requêtes, PUE compris", f"For {volume} requests, PUE included"),
                      *_amount(found.energy_kwh))  # fmt: skip
    tier = word(found.tier)
    show(
        table,
        say(
            f"Preuve : {tier} (M1). Facteur : {found.factor_id or 'aucun'}. Ni mesuré, ni déclaré.",
            f"Evidence: {tier} (M1). Factor: {found.factor_id or 'none'}. Neither measured nor declared.",
        ),
    )
    tell(found.notices)


def show_levels(found: Pilot, yearly: Yearly | None) -> None:
    """The levels of a pilot, then its fit or why there is none."""
    table = table_of(
        say("Niveaux mesurés (machine, PUE non compris)", "Measured levels (machine, PUE not included)"),
        (say("Niveau", "Level"), True),
        (say("Durée", "Duration"), True),
        (say("Requêtes", "Requests"), True),
        (say("Par seconde", "A second"), True),
        (say("En cours", "Running"), True),
        (say("Énergie", "Energy"), True),
        (say("Preuve", "Evidence"), False),
        (say("Wh / 1 000 requêtes", "Wh / 1,000 requests"), True),
        (say("/ 1 000 jetons produits", "/ 1,000 output tokens"), True),
        (say("/ 1 000 jetons lus", "/ 1,000 input tokens"), True),
    )
    for number, one in enumerate(found.levels, 1):
        table.add_row(str(number), *_level(one))
    show(table)
    # The same thing is said of every level: once is enough.
    tell(dict.fromkeys(notice for one in found.levels for notice in one.notices))
    if found.fit is not None:
        show_fit(found.fit, yearly)
    elif found.no_fit is not None:
        show(Text(message(found.no_fit)))


def show_fit(found: Fit, yearly: Yearly | None) -> None:
    """Fixed power, energy per request, and a year where a volume was given."""
    fixed = _bounds(found.fixed_w, found.fixed_low_w, found.fixed_high_w, "W")
    each = _bounds(found.wh_per_request * 1000, found.low_wh * 1000, found.high_wh * 1000, "Wh")
    lines = [
        say(
            f"Ajustement E = P × t + e × N sur {found.levels} niveaux (M6) :",
            f"Fit E = P × t + e × N over {found.levels} levels (M6):",
        ),
        say(f"  puissance fixe P : {fixed}", f"  fixed power P: {fixed}"),
        say(f"  énergie de 1 000 requêtes e : {each}", f"  energy of 1,000 requests e: {each}"),
    ]
    if found.levels > 2:  # a line goes through two points
        gap = f.percent(round(found.residual, 4))
        lines.append(say(f"  plus grand écart d’un niveau : {gap}", f"  largest distance of a level: {gap}"))
    if found.held is not None:
        lines.append(_held(found))
    if yearly is not None:
        year = _bounds(yearly.energy_kwh, yearly.low_kwh, yearly.high_kwh, "kWh")
        per = _bounds(yearly.wh_per_1000, yearly.wh_per_1000_low, yearly.wh_per_1000_high, "Wh")
        fixed_share = f.percent(yearly.fixed_kwh / yearly.energy_kwh if yearly.energy_kwh else None)
        lines.append(
            say(
                f"Sur un an : {year}, dont part fixe {fixed_share}",
                f"Over a year: {year}, fixed {fixed_share}",
            )
        )
        lines.append(
            say(
                f"  soit pour 1 000 requêtes : {per} (PUE non compris)",
                f"  per 1,000 requests: {per} (PUE not included)",
            )
        )
    show(*(Text(line) for line in lines))
    if yearly is not None:
        tell(yearly.notices)


def tell(notices: Iterable[Notice]) -> None:
    """Print notices on the error output."""
    for notice in notices:
        typer.echo(f"- {message(notice)}", err=True)


def _level(one: Measured) -> tuple[str, ...]:
    level = one.level
    per = (one.wh_per_1000(count) for count in (level.requests, one.tokens_out, one.tokens_in))
    return (
        f.duration(level.seconds),
        f.integer(level.requests),
        f.number(one.requests_per_s),
        f.number(one.running) if one.running is not None else MISSING,
        f.energy(level.energy_kwh),
        word(one.tier),
        *(f"{f.number(wh[0])} ({f.number(wh[1])}–{f.number(wh[2])})" if wh else MISSING for wh in per),
    )


def _batch(batch: int) -> str:
    if batch == 1:
        return say("Une requête seule", "One request alone")
    return say(f"{batch} requêtes ensemble", f"{batch} requests together")


def _held(found: Fit) -> str:
    if found.held == "fixed":
        return say(
            "  Les données donneraient une puissance fixe négative : tenue à zéro. Mesurez un niveau au repos.",
            "  The data would give a negative fixed power: held at zero. Measure a level at rest.",
        )
    return say(
        "  Les données donneraient une énergie par requête négative : tenue à zéro. Mesurez une charge plus forte.",
        "  The data would give a negative energy per request: held at zero. Measure a heavier load.",
    )


def _amount(value: Amount) -> tuple[str, str, str]:
    shown = (f"{f.number(one)}{f.NARROW}{value.unit}" for one in (value.value, value.low, value.high))
    return tuple(shown)  # type: ignore[return-value]  # three of them


def _range(value: Range, unit: str) -> tuple[str, str]:
    return f"{f.number(value.low)}{f.NARROW}{unit}", f"{f.number(value.high)}{f.NARROW}{unit}"


def _bounds(value: float, low: float, high: float, unit: str) -> str:
    return say(
        f"{f.number(value)}{f.NARROW}{unit} ({f.number(low)} à {f.number(high)})",
        f"{f.number(value)}{f.NARROW}{unit} ({f.number(low)} to {f.number(high)})",
    )
