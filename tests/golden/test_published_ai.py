"""M6: published footprints of AI, reproduced from the inputs their authors publish.

Sources
BLOOM       Luccioni, Viguier, Ligozat, Estimating the Carbon Footprint of BLOOM, JMLR 24(253), 2023
            (arXiv:2211.02001): 1,082,990 A100 hours at 400 W, 57 gCO2e/kWh, 256,646 kWh idle; servers of 2,500 kg
            without GPU and GPUs of 150 kg, replaced after 6 years, busy 85 % of the time, 8 GPUs a server.
Patterson   Patterson et al., Carbon Emissions and Large Neural Network Training, arXiv:2104.10350, table 4.
LLaMA       Touvron et al., LLaMA, arXiv:2302.13971, table 15: 400 W, PUE 1.1, 0.385 kgCO2e/kWh.
OLMo 2      OLMo team, 2 OLMo 2 Furious, arXiv:2501.00656, table 19: measured energy; PUE 1.2 and 0.332 kgCO2e/kWh
            (Austin Energy) for the 7B, PUE 1.12 and 0.352 (Iowa) for the 13B.
Llama       model cards of Llama 3.1 (meta-llama/llama-models): GPU hours at 700 W; the cards give no factor.
Green Alg.  Lannelongue, Grealey, Inouye, Adv. Sci. 8, 2100707, 2021: formula, 0.3725 W/GB and PUE 1.67; figures of
            gqueue (github.com/Nanoseb/gqueue, README), which follows it, for two partitions at 253.19 gCO2e/kWh.
"""

from __future__ import annotations

import pytest

from footprint.ai_year import accelerator_kwh, computation_kwh, electricity, embodied, total


def test_bloom() -> None:
    kwh = accelerator_kwh(1, 1_082_990, 400)
    assert kwh == pytest.approx(433_196, abs=1)
    dynamic = electricity("dynamic", kwh, 0.057)
    idle = electricity("idle", 256_646, 0.057)
    servers = embodied("servers", 2500, 1_082_990 / 8, 6, busy=0.85)
    cards = embodied("GPU", 150, 1_082_990, 6, busy=0.85)
    assert dynamic.kg / 1000 == pytest.approx(24.7, abs=0.05)
    assert idle.kg / 1000 == pytest.approx(14.6, abs=0.05)
    assert servers.kg / 1000 == pytest.approx(7.57, abs=0.01)
    assert cards.kg / 1000 == pytest.approx(3.64, abs=0.01)
    assert (servers.kg + cards.kg) / 1000 == pytest.approx(11.2, abs=0.05)
    assert total([dynamic, idle, servers, cards]).value / 1000 == pytest.approx(50.5, abs=0.05)


@pytest.mark.parametrize(
    ("name", "chips", "days", "watts", "pue", "factor", "mwh", "tonnes"),
    [
        ("GPT-3", 10_000, 14.8, 330, 1.10, 0.429, 1287, 552.1),
        ("T5", 512, 20, 310, 1.12, 0.545, 85.7, 46.7),
        ("Meena", 1024, 30, 289, 1.09, 0.415, 232, 96.4),
        ("GShard-600B", 1024, 3.1, 288, 1.09, 0.201, 24.1, 4.8),
        ("Switch Transformer", 1024, 27, 245, 1.10, 0.403, 179, 72.2),
        ("Evolved Transformer NAS", 200, 6.8, 208, 1.10, 0.431, 7.5, 3.2),
    ],
)
def test_patterson_table_4(
    name: str, chips: float, days: float, watts: float, pue: float, factor: float, mwh: float, tonnes: float
) -> None:
    """Days are published to three figures at best: 1.6 % is their rounding (3.1 days)."""
    kwh = accelerator_kwh(chips, days * 24, watts)
    assert kwh * pue / 1000 == pytest.approx(mwh, rel=0.016)
    assert electricity(name, kwh, factor, pue).kg / 1000 == pytest.approx(tonnes, rel=0.016)


@pytest.mark.parametrize(
    ("name", "gpu_hours", "mwh", "tonnes"),
    [
        ("OPT-175B", 809_472, 356, 137),
        ("LLaMA-7B", 82_432, 36, 14),
        ("LLaMA-13B", 135_168, 59, 23),
        ("LLaMA-33B", 530_432, 233, 90),
        ("LLaMA-65B", 1_022_362, 449, 173),
    ],
)
def test_llama_table_15(name: str, gpu_hours: float, mwh: float, tonnes: float) -> None:
    kwh = accelerator_kwh(1, gpu_hours, 400)
    assert kwh * 1.1 / 1000 == pytest.approx(mwh, abs=1.0)
    assert electricity(name, kwh, 0.385, 1.1).kg / 1000 == pytest.approx(tonnes, abs=0.6)


@pytest.mark.parametrize(
    ("mwh", "pue", "factor", "tonnes"), [(131, 1.2, 0.332, 52), (257, 1.12, 0.352, 101)], ids=["7B", "13B"]
)
def test_olmo_2(mwh: float, pue: float, factor: float, tonnes: float) -> None:
    assert electricity("OLMo 2", mwh * 1000, factor, pue).kg / 1000 == pytest.approx(tonnes, abs=0.5)


@pytest.mark.parametrize(
    ("gpu_hours", "tonnes"), [(1.46e6, 420), (7.0e6, 2040), (30.84e6, 8930)], ids=["8B", "70B", "405B"]
)
def test_llama_3_1_cards_rest_on_one_factor(gpu_hours: float, tonnes: float) -> None:
    """The three cards are one formula: PUE x factor that reproduces one reproduces the others within 1 %."""
    shared = 11_390_000 / accelerator_kwh(1, 39.3e6, 700)  # of the family: 11,390 t for 39.3 M hours
    kwh = accelerator_kwh(1, gpu_hours, 700)
    assert electricity("Llama 3.1", kwh, shared).kg / 1000 == pytest.approx(tonnes, rel=0.01)


@pytest.mark.parametrize(("core_watts", "grams"), [(6.25, 3.40), (4.84375, 2.80)])
def test_green_algorithms(core_watts: float, grams: float) -> None:
    kwh = computation_kwh(1.0, 1, core_watts, 1.0, 4.8)
    assert electricity("core hour", kwh, 0.25319, 1.67).kg * 1000 == pytest.approx(grams, abs=0.01)
