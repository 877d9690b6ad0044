"""What pages, commands and reports show: plain values, computed by `footprint.views`.

Amounts are kgCO2e a year unless a unit says otherwise. `low` and `high` bound 90 % (P5, P95); `p90` is the
value decisions use (M8). None means unknown, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with its 90 % interval."""

    value: float
    low: float
    high: float
    p90: float
    unit: str = "kgCO2e"


@dataclass(frozen=True, slots=True)
class Letter:
    """One criterion of a score (M8): the letter on the central value and the one decisions use (P90)."""

    criterion_fr: str
    criterion_en: str
    letter: str | None  # None: can't be computed, `why` says what is missing
    decision_letter: str | None
    amount: Amount | None
    probability: float | None = None  # probability that the shown letter is the true one
    why_fr: str = ""
    why_en: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """The letter of an application or model: the worst of its criteria."""

    letter: str | None
    decision_letter: str | None
    criteria: tuple[Letter, ...]
    size_class: int | None  # 1..5 by total kgCO2e a year
    provisional: bool
    scale: str
    why_fr: str = ""
    why_en: str = ""
    complete: bool = True  # False: a machine it draws on is not fully assessed; the letter is a lower bound


@dataclass(frozen=True, slots=True)
class Tile:
    """An application on the map."""

    code: str
    name: str
    score: Score
    total: Amount | None  # None: not assessed
    quality: dict[str, float]  # share of the total by evidence tier
    filled: float = 1.0  # share of its record that is answered (record_quality)
    part: float = 1.0  # below 1: a second place of the application, for this part of it

    @property
    def whole(self) -> bool:
        """Whether it is assessed, and every machine it draws on too."""
        return self.total is not None and self.score.complete


@dataclass(frozen=True, slots=True)
class MapNode:
    """A node of the map with its sub-nodes and its own applications, in the body's order."""

    code: str
    level: str
    label: str
    total: Amount | None
    children: tuple[MapNode, ...]
    applications: tuple[Tile, ...]
    second: tuple[Tile, ...] = ()  # applications of other boxes that stand here for a part

    @property
    def complete(self) -> bool:
        """Whether every application counted in it is wholly assessed; its total is a lower bound otherwise."""
        return all(one.whole for one in self.applications if one.part == 1) and all(
            child.complete for child in self.children
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a total: by stage, post, machine, tier, environment…"""

    key: str
    label: str
    amount: Amount
    share: float  # of the total, 0..1


@dataclass(frozen=True, slots=True)
class Swing:
    """An uncertain value of a total: its share of the variance (0..1), and the total's P5 and P95 by it alone."""

    label: str
    share: float
    low: float
    high: float
    total: float


@dataclass(frozen=True, slots=True)
class Input:
    """One value of a formula."""

    name_fr: str
    name_en: str
    value: float | str
    unit: str = ""
    factor_id: str = ""  # set when the value is a factor of the catalogue
    source: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A step of an explanation: what, how much, by which rule, from which inputs; then the steps below."""

    label: str
    amount: float | None
    unit: str
    rule: str = ""  # M-number
    formula: str = ""
    tier: str = ""
    inputs: tuple[Input, ...] = ()
    children: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationSheet:
    """All there is to say of one application."""

    tile: Tile
    path: tuple[str, ...]  # labels of its nodes, from the top
    attributes: tuple[tuple[str, str, str], ...]  # (label fr, label en, value or "")
    by_stage: tuple[Part, ...]
    by_machine: tuple[Part, ...]
    by_tier: tuple[Part, ...]
    by_environment: tuple[Part, ...]
    models: tuple[str, ...]
    explanation: Explanation
    flags: tuple[tuple[str, str], ...] = ()  # (fr, en) weaknesses of the data


@dataclass(frozen=True, slots=True)
class RunLine:
    """One measured run of a model."""

    run_id: str
    phase: str
    state: str
    started_at: str
    duration_s: float
    energy_kwh: float
    low_kwh: float
    high_kwh: float
    tier: str
    channel: str
    requests: float | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelSheet:
    """The fiche modèle: training, inference per 1,000 requests, letters, runs, use case."""

    model: str
    applications: tuple[str, ...]
    training_score: Score
    inference_score: Score
    training_kwh: float | None
    training: Amount | None
    functional_act: str  # what a request is; "" when no run names it
    wh_per_1000: Amount | None  # unit Wh
    gwp_per_1000: Amount | None  # unit gCO2e
    runs: tuple[RunLine, ...]
    use_case: UseCase | None
    explanation: Explanation
    flags: tuple[tuple[str, str], ...] = ()  # (fr, en) what was not assessed, run by run


@dataclass(frozen=True, slots=True)
class UseCase:
    """A use case of the register, AI or not."""

    code: str
    title: str
    application: str
    model: str
    automation: str
    status: str
    functional_act: str
    yearly_volume: float | None
    abandon_reason: str
    non_ai_alternative: str
    human_decision: str
    summary: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Conservation (M4) for one indicator and stage: Σ applications + Σ non affecté + Σ posts = Σ assets."""

    indicator: str
    stage: str
    applications: float
    unallocated: float
    posts: float
    assets: float

    @property
    def relative_difference(self) -> float:
        """|parts − assets| / assets; 0 when both are zero."""
        parts = self.applications + self.unallocated + self.posts
        return abs(parts - self.assets) / abs(self.assets) if self.assets else abs(parts)


@dataclass(frozen=True, slots=True)
class Metered:
    """A data centre by its meters and by the sum of what stands in it, over `days` (M1): compared, never mended.

    `scope` is "it" (the machines alone) or "total" (PUE included); kWh. `computed_kwh` is None where nothing
    that stands there has a known energy.
    """

    data_centre: str
    scope: str
    days: float
    metered_kwh: float
    computed_kwh: float | None

    @property
    def gap(self) -> float | None:
        """(computed − metered) / metered; None when one of them is not known or nothing was metered."""
        if self.computed_kwh is None or self.metered_kwh <= 0:
            return None
        return (self.computed_kwh - self.metered_kwh) / self.metered_kwh


@dataclass(frozen=True, slots=True)
class Gap:
    """An asset that could not be assessed for a stage, and the missing key."""

    asset: str
    stage: str
    missing: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The assessment of a campaign at a glance."""

    assessment_id: str
    organisation: str
    year: int
    factor_set: str
    method: str
    scale: str
    created_at: str
    stale: bool  # the inventory was imported again since
    total: Amount | None  # None: nothing could be assessed
    applications_total: Amount | None
    unallocated: tuple[Part, ...]  # by reason
    posts: tuple[Part, ...]
    by_stage: tuple[Part, ...]
    by_tier: tuple[Part, ...]
    reconciliation: tuple[Reconciliation, ...]
    assets: int
    assets_assessed: int
    gaps: tuple[Gap, ...]
    letters: dict[str, int] = field(default_factory=dict)  # count of applications by letter, "" = none
    mode: str = "amortised"  # M3
    spread: tuple[str, ...] = ()  # what the campaign spreads over applications (M4): idle, network, storage
    meters: tuple[Metered, ...] = ()
    market: Amount | None = None  # electricity by its contracts (M2), beside the total and never in it
    market_covers: float | None = None  # the electricity of the same machines in the total, location-based
    factor_changes: tuple[tuple[str, ...], ...] = ()  # choices and overlays of the factors in force
    profiles: tuple[str, ...] = ()  # zones whose measured energy is told by the hour (M2)

    @property
    def complete(self) -> bool:
        """Whether everything in service is assessed; the total is a lower bound otherwise."""
        return not self.gaps
