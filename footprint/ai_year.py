"""M6: what training a model emits, and what the model emits in a year.

    training   (energy of all runs + idle energy) x PUE x factor  +  embodied share of the machines
    a year     training / service life  +  requests x carbon of one  +  retrainings a year x retraining

Values are lognormal with their draws (M7): the electricity of training and of inference, when it is the same
factor, is one draw and does not average out. Sources: Patterson et al. 2021, Luccioni et al. 2022, Lannelongue
et al. 2021 (tests/golden/test_published_ai.py reproduces their figures).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from footprint.errors import FootprintError
from footprint.sheets import Amount
from footprint.skewed import spread_of

HOURS_A_YEAR = 8760.0
MEMORY_W_PER_GB = 0.3725  # Lannelongue et al. 2021, Adv. Sci. 8, 2100707

Draw = tuple[str, float]  # identifier, standard deviation of the logarithm


@dataclass(frozen=True, slots=True)
class Term:
    """An amount of kgCO2e and the uncertain values it is a product of."""

    label: str
    kg: float
    draws: tuple[Draw, ...] = ()

    def times(self, number: float, label: str = "") -> Term:
        """The term multiplied by an exact number."""
        return replace(self, kg=self.kg * number, label=label or self.label)


def total(terms: Iterable[Term]) -> Amount:
    """The sum of terms with its 90 % interval; terms that name the same draw vary together (M7)."""
    return spread_of((term.kg, term.draws) for term in terms).amount()


def accelerator_kwh(accelerators: float, hours: float, watts: float, utilisation: float = 1.0) -> float:
    """kWh of accelerators at their average power; `watts` is that of one, host included where it is known.

    `utilisation` (0 to 1) when `watts` is a nameplate power. PUE not included.
    """
    _positive("accelerators", accelerators)
    _positive("hours", hours)
    _positive("watts", watts)
    _share("utilisation", utilisation)
    return accelerators * hours * watts * utilisation / 1000.0


def computation_kwh(
    hours: float,
    cores: float,
    core_watts: float,
    usage: float = 1.0,
    memory_gb: float = 0.0,
    memory_w_per_gb: float = MEMORY_W_PER_GB,
) -> float:
    """kWh of a computation by cores and memory: t x (n_c x P_c x u_c + n_m x P_m), PUE not included.

    The form of Green Algorithms (Lannelongue et al. 2021). Memory draws by its size, whatever its use.
    """
    _positive("hours", hours)
    _positive("cores", cores)
    _positive("core_watts", core_watts)
    _positive("memory_gb", memory_gb)
    _share("usage", usage)
    return hours * (cores * core_watts * usage + memory_gb * memory_w_per_gb) / 1000.0


def electricity(
    label: str, kwh: float, factor: float, pue: float = 1.0, draws: tuple[Draw, ...] = ()
) -> Term:
    """kgCO2e of an energy: kWh x PUE x factor (kgCO2e/kWh)."""
    _positive("kwh", kwh)
    _positive("factor", factor)
    if pue < 1.0:
        raise _refused("pue", pue, "1 au moins", "1 at least")
    return Term(label, kwh * pue * factor, draws)


def embodied(
    label: str,
    unit_kg: float,
    unit_hours: float,
    lifetime_years: float,
    *,
    busy: float = 1.0,
    draws: tuple[Draw, ...] = (),
) -> Term:
    """kgCO2e of manufacture for hours of use: unit_kg x hours of units / lifetime hours in use.

    `busy` (0 to 1) is the part of its life a machine works: what it does not is borne by what it does.
    """
    _positive("unit_kg", unit_kg)
    _positive("unit_hours", unit_hours)
    if lifetime_years <= 0 or not 0 < busy <= 1:
        bad = ("lifetime_years", lifetime_years) if lifetime_years <= 0 else ("busy", busy)
        raise _refused(*bad, "plus de 0 (et 1 au plus pour busy)", "above 0 (and 1 at most for busy)")
    return Term(label, unit_kg * unit_hours / (lifetime_years * HOURS_A_YEAR * busy), draws)


@dataclass(frozen=True, slots=True)
class ModelYear:
    """A year of a model, in kgCO2e: training amortised, inference, retraining, and their sum."""

    training: Amount
    inference: Amount
    retraining: Amount
    total: Amount


def model_year(
    training: Iterable[Term],
    service_years: float,
    request: Iterable[Term] = (),
    requests: float = 0.0,
    retrainings: float = 0.0,
    retraining: Iterable[Term] | None = None,
) -> ModelYear:
    """The footprint of a year of service of a model (M6).

    `training`: terms of the whole training, all runs included, spread evenly over its declared life in service
    (years). `request`: terms of one request at the declared functional act; `requests` a year. `retrainings` a
    year, each at `retraining` (by default the training again). Raises FootprintError for a life that is not
    positive or a negative count.
    """
    if service_years <= 0:
        raise _refused("service_years", service_years, "plus de 0", "above 0")
    _positive("requests", requests)
    _positive("retrainings", retrainings)
    whole = tuple(training)
    again = whole if retraining is None else tuple(retraining)
    parts = (
        [term.times(1.0 / service_years) for term in whole],
        [term.times(requests) for term in request],
        [term.times(retrainings) for term in again],
    )
    first, second, third = (total(part) for part in parts)
    return ModelYear(first, second, third, total([term for part in parts for term in part]))


def _positive(name: str, value: float) -> None:
    if not value >= 0:
        raise _refused(name, value, "0 ou plus", "0 or more")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise _refused(name, value, "entre 0 et 1", "between 0 and 1")


def _refused(name: str, value: float, fr: str, en: str) -> FootprintError:
    return FootprintError(f"{name} = {value:g}. Attendu : {fr}.", f"{name} = {value:g}: expected {en}.")
