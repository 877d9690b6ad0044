"""EcoLogits as a channel: both ends of the batch, the provider's building, our factor; deposits."""

from __future__ import annotations

import math
import sys
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

import factors
from collectors.llm.ecologits_channel import BATCHES, EcologitsMissing, UnknownModel, request_energy
from collectors.spool import read_spool
from footprint.llm import LlmRefused, estimate
from footprint.llm.estimate import deposit_estimate
from footprint.lognormal import Z95
from footprint.records.runs import runs

pytest.importorskip("ecologits")
DENSE = ("mistralai", "ministral-8b-latest")
"""A model whose size is published: one number of parameters, no measured speed."""


def by_hand(size_b: float, tokens: float, batch: int) -> float:
    """kWh of a request to a dense model: GPUs, and the rest of the server for the time they work."""
    from ecologits.impacts import llm as published

    gpus = 2 ** math.ceil(math.log2(math.ceil(1.2 * size_b * 2 / published.GPU_MEMORY)))
    shared = published.GPU_ENERGY_ALPHA * math.exp(published.GPU_ENERGY_BETA * batch) * size_b
    token_wh = shared + published.GPU_ENERGY_GAMMA
    token_s = published.LATENCY_ALPHA * size_b + published.LATENCY_BETA * batch + published.LATENCY_GAMMA
    server_kw = published.SERVER_POWER * gpus / published.SERVER_GPUS / batch
    return tokens * (gpus * token_wh / 1000 + token_s / 3600 * server_kw)


def test_both_ends_of_the_batch_are_those_of_the_published_model() -> None:
    found = request_energy(*DENSE, 400)
    size = found.active_b.low
    assert found.active_b == found.total_b
    assert found.active_b.low == found.active_b.high
    for batch in BATCHES:
        assert found.by_batch[batch].low == pytest.approx(by_hand(size, 400, batch), rel=1e-9)
    assert (found.kwh.low, found.kwh.high) == (found.by_batch[64].low, found.by_batch[1].high)
    assert found.kwh.high > 10 * found.kwh.low


def test_no_batch_between_leaves_the_range() -> None:
    from ecologits.impacts.llm import BATCH_SIZE

    assert BATCHES[0] == BATCH_SIZE
    energies = [by_hand(8, 400, batch) for batch in range(1, 65)]
    assert energies == sorted(energies, reverse=True)


def test_a_size_that_is_not_published_is_a_range_and_told() -> None:
    found = request_energy("openai", "gpt-4o", 300)
    assert found.active_b.high > found.active_b.low
    assert found.by_batch[64].high > found.by_batch[64].low
    codes = [notice.code for notice in found.notices]
    assert codes[:3] == ["jetons_entree_ignores", "lot_inconnu", "repos_non_compte"]
    assert "taille_non_publiee" in codes


def test_energy_follows_output_tokens_and_ignores_the_inputs() -> None:
    once, twice = (request_energy(*DENSE, tokens).kwh.high for tokens in (100, 200))
    assert twice == pytest.approx(2 * once)
    short, long = (estimate(*DENSE, output_tokens=100, input_tokens=n) for n in (1, 100_000))
    assert short.wh_per_1000 == long.wh_per_1000
    assert long.notices[0].code == "jetons_entree_ignores"


def test_every_model_listed_can_be_estimated() -> None:
    from ecologits.model_repository import models

    names = [(model.provider.value, model.name) for model in models.list_models()]
    assert len(names) > 100
    for provider, name in names[::10]:
        found = request_energy(provider, name, 100)
        assert 0 < found.kwh.low < found.kwh.high < 1


def test_an_unknown_model_proposes_close_names() -> None:
    with pytest.raises(UnknownModel, match="Proches") as caught:
        request_energy("openai", "gpt4o", 100)
    assert "gpt-4o" in caught.value.near
    assert "Close names" in caught.value.en
    with pytest.raises(UnknownModel, match="Connus : anthropic, cohere"):
        request_energy("opnai", "gpt-4o", 100)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ecologits.impacts.llm", None)
    with pytest.raises(EcologitsMissing, match="llm"):
        request_energy(*DENSE, 100)


def test_only_our_factor_and_the_providers_building() -> None:
    found = estimate("openai", "gpt-4o", output_tokens=300, requests=12_000, zone="FR")
    factor = factors.load().electricity("FR")
    assert found.factor_id == factor.id
    assert found.pue.low == found.pue.high == 1.2
    assert found.wh_per_1000.value == pytest.approx(found.machine_wh_per_1000.value * 1.2)
    assert found.g_per_1000 is not None
    assert found.g_per_1000.value == pytest.approx(found.wh_per_1000.value * factor.value)
    assert found.energy_kwh is not None
    assert found.energy_kwh.high == pytest.approx(found.wh_per_1000.high * 12 / 1000)
    assert (found.tier, found.method) == ("generic", f"EcoLogits {version('ecologits')}")


def test_the_range_is_kept_and_its_mean_is_the_lognormals() -> None:
    found = estimate(*DENSE, output_tokens=400).machine_wh_per_1000
    energy = request_energy(*DENSE, 400).kwh
    assert (found.low, found.high) == pytest.approx((energy.low * 1e6, energy.high * 1e6))
    sigma = math.log(energy.high / energy.low) / (2 * Z95)
    assert found.value == pytest.approx(math.sqrt(found.low * found.high) * math.exp(sigma**2 / 2))


def test_no_zone_is_the_providers_and_said() -> None:
    found = estimate(*DENSE, output_tokens=100)
    assert found.zone == "SE"
    assert found.notices[-1].code == "zone_fournisseur"
    assert "zone_fournisseur" not in [n.code for n in estimate(*DENSE, output_tokens=100, zone="FR").notices]


def test_an_unknown_zone_leaves_carbon_unknown() -> None:
    found = estimate(*DENSE, output_tokens=100, zone="Atlantide")
    assert found.g_per_1000 is None
    assert found.wh_per_1000.value > 0
    assert found.notices[-1].code == "facteur_inconnu"


@pytest.mark.parametrize(
    ("outputs", "inputs", "requests"),
    [(0, None, None), (math.nan, None, 1), (math.inf, None, 1), (10, -1, 1), (10, 1, 0), (-5, 1, 1)],
)
def test_counts_that_make_no_sense(outputs: float, inputs: float | None, requests: int | None) -> None:
    with pytest.raises(LlmRefused):
        estimate(*DENSE, output_tokens=outputs, input_tokens=inputs, requests=requests)


def test_a_deposit_is_a_run_of_inference_and_comes_once(tmp_path: Path) -> None:
    found = estimate("openai", "gpt-4o", output_tokens=300, input_tokens=800, requests=12_000, zone="FR")
    year = (date(2025, 1, 1), date(2025, 12, 31))
    run_id = deposit_estimate(found, "ACCUEIL", *year, functional_act="réponse", home=tmp_path)
    assert run_id is not None
    assert run_id.startswith("ecologits-")
    assert deposit_estimate(found, "ACCUEIL", *year, functional_act="réponse", home=tmp_path) is None
    (summary,) = runs(tmp_path)
    assert (summary.application, summary.model, summary.phase) == ("ACCUEIL", "openai/gpt-4o", "inference")
    assert (summary.requests, summary.tier, summary.state) == (12_000, "generic", "complete")
    # At the machines: the building's part is the assessment's, with the PUE written beside.
    assert summary.energy_kwh == pytest.approx(found.machine_wh_per_1000.value * 12 / 1000)
    assert summary.energy_high_kwh == pytest.approx(found.machine_wh_per_1000.high * 12 / 1000)
    log = read_spool(tmp_path / "spool" / f"{run_id}.jsonl")
    assert log.bad == []
    assert (log.context["pue"], log.context["power_model"]) == (1.2, f"EcoLogits {version('ecologits')}")
    assert (log.header["tokens_in"], log.header["tokens_out"], log.header["source"]) == (
        9_600_000, 3_600_000, "ecologits",
    )  # fmt: skip
    assert "jetons_entree_ignores" in summary.warnings


def test_a_deposit_stays_in_its_year(tmp_path: Path) -> None:
    from collectors.rollup import energy_records

    found = estimate(*DENSE, output_tokens=300, requests=10, zone="FR")
    run_id = deposit_estimate(found, "A", date(2025, 1, 1), date(2025, 12, 31), home=tmp_path)
    records = energy_records(read_spool(tmp_path / "spool" / f"{run_id}.jsonl"))
    assert {datetime.fromtimestamp(record.start, UTC).year for record in records} == {2025}
    assert len(records) == 8760  # a volume of a year is spread over its hours


def test_a_deposit_needs_a_volume_and_a_period(tmp_path: Path) -> None:
    days = (date(2025, 1, 1), date(2025, 12, 31))
    with pytest.raises(LlmRefused, match="--requests"):
        deposit_estimate(estimate(*DENSE, output_tokens=1), "A", *days, home=tmp_path)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(LlmRefused, match="n’est pas finie"):
        deposit_estimate(estimate(*DENSE, output_tokens=1, requests=5), "A", days[0], tomorrow, home=tmp_path)
    with pytest.raises(LlmRefused, match="période"):
        deposit_estimate(estimate(*DENSE, output_tokens=1, requests=5), "A", *days[::-1], home=tmp_path)


def test_a_deposit_reaches_the_store_with_the_providers_pue(tmp_path: Path) -> None:
    from sqlmodel import select

    from footprint.records.ingest import ingest
    from footprint.store.database import open_store
    from footprint.store.tables import EnergyHour, MeasuredRun

    found = estimate("openai", "gpt-4o", output_tokens=300, requests=12_000, zone="FR")
    deposit_estimate(found, "ACCUEIL", date(2025, 1, 1), date(2025, 12, 31), home=tmp_path)
    store = open_store(tmp_path)
    ingest(store)
    with store.session() as session:
        (run,) = session.exec(select(MeasuredRun)).all()
        hours = session.exec(select(EnergyHour)).all()
    store.close()
    assert (run.source, run.phase, run.requests, run.pue) == ("ecologits", "inference", 12_000, 1.2)
    assert (run.capacity_share, run.tokens_out) == (None, 3_600_000)
    assert {(hour.hour[:4], hour.tier, hour.channel) for hour in hours} == {("2025", "generic", "ecologits")}
    assert sum(hour.high_kwh for hour in hours) == pytest.approx(found.machine_wh_per_1000.high * 12 / 1000)
