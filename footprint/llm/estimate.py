"""Ex-ante estimate of a provider's model (M6): EcoLogits' energy, the provider's PUE, our factor.

What it gives is a range, for a request to be weighed before anything is measured; its tier is "generic":
the figure is that of a type of model on a type of machine, declared by nobody for this service and measured
by nobody (M1). The central value is the mean of the lognormal law whose 90 % bounds are the range (M7).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.llm.ecologits_channel import Range, request_energy
from collectors.records import Notice
from footprint.llm.errors import LlmRefused
from footprint.lognormal import amount, sigma_of
from footprint.records.deposits import Deposit, deposit, imported_id, zone_context
from footprint.sheets import Amount

CHANNEL = "ecologits"
TIER = "generic"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A model before it is used.

    `wh_per_1000`: Wh per 1,000 requests, the provider's PUE included; `machine_wh_per_1000`: without it;
    `g_per_1000`: gCO2e of that electricity, None without a factor; `embodied_g_per_1000`: gCO2e of making
    the machines according to EcoLogits, apart; `energy_kwh`: for `requests`, PUE included, None without a
    volume. `requests` and tokens as asked; `zone`, `factor_id`: of the electricity; `method`: EcoLogits and
    its version.
    """

    provider: str
    model: str
    method: str
    tier: str
    requests: int | None
    output_tokens: float
    input_tokens: float | None
    zone: str
    factor_id: str | None
    pue: Range
    batches: dict[int, Range]
    parameters_b: Range
    machine_wh_per_1000: Amount
    wh_per_1000: Amount
    g_per_1000: Amount | None
    embodied_g_per_1000: Range
    energy_kwh: Amount | None
    notices: tuple[Notice, ...]


def estimate(
    provider: str,
    model: str,
    *,
    output_tokens: float,
    input_tokens: float | None = None,
    requests: int | None = None,
    zone: str | None = None,
) -> Estimate:
    """Energy and electricity's carbon of 1,000 requests, and of `requests`, before any measure (M6).

    `output_tokens`, `input_tokens`: means of one request; `zone`: where the provider's machines are (by
    default where EcoLogits supposes them). Raises LlmRefused (counts), and the collector's EcologitsMissing
    and UnknownModel, which carry `fr` and `en`.
    """
    _check(output_tokens, input_tokens, requests)
    found = request_energy(provider, model, output_tokens)
    context, missing = zone_context(zone or found.place)
    supposed = () if zone else (_place_supposed(str(context["zone"])),)
    machine = _amount(found.kwh, 1e6, "Wh")
    total = _product(machine, _middle(found.pue), found.pue.low, found.pue.high, "Wh")
    factor = context.get("factor")
    return Estimate(
        provider=found.provider,
        model=found.model,
        method=f"EcoLogits {found.version}",
        tier=TIER,
        requests=requests,
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        zone=str(context["zone"]),
        factor_id=factor["id"] if factor else None,
        pue=found.pue,
        batches={batch: _times(energy, 1e6) for batch, energy in found.by_batch.items()},
        parameters_b=found.total_b,
        machine_wh_per_1000=machine,
        wh_per_1000=total,
        g_per_1000=_carbon(total, factor) if factor else None,
        embodied_g_per_1000=_times(found.embodied_kg, 1e6),
        energy_kwh=_scaled(total, requests / 1e6, "kWh") if requests else None,
        notices=(*found.notices, *supposed, *missing),
    )


def deposit_estimate(
    found: Estimate,
    application: str,
    first: date,
    last: date,
    *,
    functional_act: str | None = None,
    home: Path | None = None,
) -> str | None:
    """Put the estimate in the spool, as requests served from `first` to `last` (UTC days, both included).

    A period still to come is refused: what will be served belongs in a launch request, not among the runs.

    The energy is that of the machines; the provider's PUE goes beside it, for the assessment to apply once.
    Returns the record's id, None when it was there already. Raises LlmRefused without a volume of requests,
    or for days out of order.
    """
    requests = _served(found, first, last)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    seconds = (last - first + timedelta(days=1)).total_seconds()
    machine = _scaled(found.machine_wh_per_1000, requests / 1e6, "kWh")
    name = f"{found.provider}/{found.model}"
    parts = (application, name, found.method, found.zone, requests, found.output_tokens,
             found.input_tokens, functional_act, first.isoformat(), last.isoformat())  # fmt: skip
    run_id = imported_id(CHANNEL, *parts)
    header = {
        "subject": "run", "application": application, "model": name, "phase": "inference",
        "functional_act": functional_act, "requests": requests, "zone": found.zone,
        "start": start.timestamp(), "source": CHANNEL,
        "tokens_in": None if found.input_tokens is None else found.input_tokens * requests,
        "tokens_out": found.output_tokens * requests,
    }  # fmt: skip
    # A millisecond before the end: the last hour of the period, not the first one of the next year.
    sample = {
        "t": start.timestamp() + seconds - 0.001, "seconds": seconds, "utilisation": None, "cpu_s": None,
        "energy": [[CHANNEL, TIER, "dynamic", machine.value, machine.low, machine.high]],
    }  # fmt: skip
    context = {"pue": _middle(found.pue), "power_model": found.method}
    record = Deposit(run_id, header, [sample], context, found.notices)
    return run_id if deposit(home, record) else None


def _served(found: Estimate, first: date, last: date) -> int:
    """The volume to deposit. Raises LlmRefused."""
    if found.requests is None:
        raise LlmRefused("Donnez --requests pour déposer une estimation.", "Give --requests to deposit.")
    if last < first:
        raise LlmRefused("La période finit avant de commencer.", "The period ends before it begins.")
    if last > datetime.now(UTC).date():
        raise LlmRefused(
            "La période n’est pas finie : déposez ce qui a été servi ; ce qui le sera va dans une demande de "
            "lancement.",
            "The period is not over: deposit what was served; what will be goes into a launch request.",
        )
    return found.requests


def _check(output_tokens: float, input_tokens: float | None, requests: int | None) -> None:
    if not 0 < output_tokens <= 1e7:
        raise LlmRefused(
            "Jetons produits par requête : un nombre supérieur à 0 (10 millions au plus).",
            "Output tokens a request: a number above 0 (10 million at most).",
        )
    if input_tokens is not None and not 0 <= input_tokens <= 1e9:
        raise LlmRefused("Jetons lus par requête : 0 ou plus.", "Input tokens a request: 0 or more.")
    if requests is not None and not 0 < requests <= 10**13:
        raise LlmRefused("Nombre de requêtes : 1 ou plus.", "Number of requests: 1 or more.")


def _amount(found: Range, times: float, unit: str) -> Amount:
    """A range as the 90 % bounds of a lognormal law (M7), with its mean as central value."""
    sigma = sigma_of(found.low, found.high) or 0.0
    return amount(math.sqrt(found.low * found.high) * math.exp(sigma**2 / 2.0) * times, sigma, unit)


def _product(value: Amount, times: float, low: float, high: float, unit: str) -> Amount:
    """A product of independent lognormal quantities (M7): their variances of logarithm add."""
    spreads = (sigma_of(value.low, value.high) or 0.0, sigma_of(low, high) or 0.0)
    return amount(value.value * times, math.hypot(*spreads), unit)


def _carbon(total: Amount, factor: Mapping[str, Any]) -> Amount:
    """gCO2e of an electricity in Wh: `energy x factor` (M2)."""
    central = factor["value"]
    return _product(total, central, factor.get("low") or central, factor.get("high") or central, "gCO2e")


def _middle(found: Range) -> float:
    return (found.low + found.high) / 2.0


def _scaled(value: Amount, times: float, unit: str) -> Amount:
    return Amount(value.value * times, value.low * times, value.high * times, value.p90 * times, unit)


def _times(found: Range, times: float) -> Range:
    return Range(found.low * times, found.high * times)


def _place_supposed(zone: str) -> Notice:
    return Notice(
        "zone_fournisseur",
        f"Zone non donnée : celle où EcoLogits suppose les machines du fournisseur ({zone}). Donnez --zone.",
        f"No zone given: the one where EcoLogits supposes the provider's machines are ({zone}). Give --zone.",
    )
