"""Model cards against their own GPU hours (M6): figures of published cards, and the units people mix."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.plausibility import DOUBTFUL, IMPROBABLE, BadCard, Card, check_card, read_card, recomputed
from footprint.plausibility.card import electricity_of, gpu_power
from tests.plausibility.judging import CATALOGUE

# Facts from Meta's cards, meta-llama/llama-models@a9c89c4: models/llama3_1/MODEL_CARD (7.0 M H100 hours at
# 700 W for the 70B, 2,040 t location-based) and models/llama3_3/MODEL_CARD.md (same hours, but 12.9 t).
HOURS, WATTS = 7.0e6, 700.0
LLAMA_3_1 = Card("Llama 3.1 70B", "H100-80GB", HOURS, WATTS, zone="USA", declared_kgco2e=2_040_000.0)
LLAMA_3_3 = replace(LLAMA_3_1, model="Llama 3.3 70B", declared_kgco2e=12_900.0)
# Llama 2 70B: models/llama2/MODEL_CARD, 1,720,320 A100 hours at 400 W, 291.42 t.
LLAMA_2 = Card("Llama 2 70B", "A100-80GB", 1_720_320.0, 400.0, zone="USA", declared_kgco2e=291_420.0)


def codes(card: Card) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in check_card(card)]


def test_llama_3_3_is_150_times_off_its_own_gpu_hours() -> None:
    (one,) = check_card(LLAMA_3_3)
    assert (one.code, one.severity, one.subject) == ("P-CARD-RATIO", IMPROBABLE, "Llama 3.3 70B")
    assert "150 fois moins que ses propres heures GPU" in one.fr
    assert "150 times less than its own GPU hours" in one.en
    assert "market-based" in one.en  # the likely cause
    kg = HOURS * WATTS / 1000.0 * CATALOGUE.electricity("US").value
    assert one.low == pytest.approx(kg / 3.0)
    assert one.high == pytest.approx(kg * 3.0)


@pytest.mark.parametrize("card", [LLAMA_3_1, LLAMA_2])
def test_a_card_that_follows_from_its_hours_is_credible(card: Card) -> None:
    assert check_card(card) == ()


def test_the_power_comes_from_the_catalogue_when_the_card_gives_none() -> None:
    own = recomputed(replace(LLAMA_3_3, tdp_w=None), CATALOGUE)
    assert (own.power_w, own.kwh) == (700.0, 4_900_000.0)
    assert own.sources == "gpu-full-tdp-h100 + electricity-US-ecologits"
    assert codes(replace(LLAMA_3_3, tdp_w=None)) == [("P-CARD-RATIO", IMPROBABLE)]


def test_m6_by_hand() -> None:
    """1,000 h x 400 W x 1.2 x 0.05 kgCO2e/kWh = 24 kg."""
    own = recomputed(Card("m", gpu_hours=1000.0, tdp_w=400.0, pue=1.2, factor=0.05), CATALOGUE)
    assert own.kwh == pytest.approx(480.0)
    assert own.kgco2e == pytest.approx(24.0)


@pytest.mark.parametrize(("times", "word"), [(1000.0, "Grams"), (0.001, "Tonnes"), (1e6, "Grams")])
def test_a_unit_mixed_up_is_named(times: float, word: str) -> None:
    (one,) = check_card(replace(LLAMA_3_1, declared_kgco2e=2_040_000.0 * times))
    assert (one.code, one.severity) == ("P-CARD-UNIT", IMPROBABLE)
    assert word in one.en


def test_a_gap_of_five_is_only_to_check() -> None:
    assert codes(replace(LLAMA_3_1, declared_kgco2e=2_040_000.0 * 5)) == [("P-CARD-RATIO", DOUBTFUL)]
    assert codes(replace(LLAMA_3_1, declared_kgco2e=0.0)) == [("P-CARD-RATIO", IMPROBABLE)]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"pue": 0.6}, "P-CARD-PUE"),
        ({"pue": 110.0}, "P-CARD-PUE"),
        ({"tdp_w": 700_000.0, "declared_kgco2e": None}, "P-CARD-POWER"),
        ({"factor": 416.0, "declared_kgco2e": None}, "P-CARD-FACTOR"),
        ({"declared_kwh": 4900.0}, "P-CARD-ENERGY"),
        ({"declared_kwh": 4_900_000.0, "declared_kgco2e": 12_900.0}, "P-CARD-INTENSITY"),
        ({"gpu_hours": None}, "P-CARD-GAP"),
        ({"gpu": "accelerator", "tdp_w": None}, "P-CARD-GAP"),
        ({"zone": "Atlantis"}, "P-CARD-GAP"),
        ({"declared_kgco2e": None}, "P-CARD-GAP"),
    ],
)
def test_what_else_a_card_may_say(values: dict[str, float], code: str) -> None:
    assert code in [found for found, _severity in codes(replace(LLAMA_3_1, **values))]
    assert code not in [found for found, _severity in codes(replace(LLAMA_3_1, declared_kwh=4_900_000.0))]


@pytest.mark.parametrize(
    ("name", "factor_id"),
    [
        ("8 x NVIDIA A100-80GB", "a100"), ("H100 SXM", "h100"), ("Tesla V100S", "v100"), ("T4", "t4"),
        ("P40", "p40"), ("4 RTX3090 24GB GPUs", None), ("H1000", None), ("", None),
    ],
)  # fmt: skip
def test_a_gpu_is_known_by_its_chip_alone(name: str, factor_id: str | None) -> None:
    found = gpu_power(name, CATALOGUE)
    assert (found.id.split("-")[-1] if found else None) == factor_id


def test_a_place_is_read_from_its_end() -> None:
    found = electricity_of("Brooklyn, NY, USA", CATALOGUE)
    assert found is not None
    assert found.zone == "US"
    assert electricity_of("somewhere, Atlantis", CATALOGUE) is None


HUB = """---
license: apache-2.0
tags:
  - text-generation
model_name: petit-modele  # a comment
co2_eq_emissions:
  emissions: {grams}
  source: "CodeCarbon: run of March"
  training_type: fine-tuning
  geographical_location: 'Paris, France'
  hardware_used: 4 NVIDIA A100 GPUs
gpu_hours: 1000
pue: 1.3
---
# Petit modèle
co2_eq_emissions: 12
"""


def written(folder: Path, text: str, name: str = "README.md") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_header_of_a_hub_is_in_grams(tmp_path: Path) -> None:
    card = read_card(written(tmp_path, HUB.format(grams=24_000)))
    assert card == Card(
        "petit-modele", "4 NVIDIA A100 GPUs", 1000.0, None, 1.3, None, "Paris, France", 24.0, None, grams=True
    )
    assert check_card(card) == ()  # 1,000 h x 0.4 kW x 1.3 x 0.0461 = 24 kg


def test_kilograms_in_a_field_of_grams_are_caught(tmp_path: Path) -> None:
    """Seen on real cards: "emissions: 83.524" beside a text that says kg."""
    (one,) = check_card(read_card(written(tmp_path, HUB.format(grams=24))))
    assert (one.code, one.severity) == ("P-CARD-UNIT", IMPROBABLE)
    assert "convention est en grammes" in one.fr
    (big,) = check_card(read_card(written(tmp_path, HUB.format(grams=24_000_000))))
    assert (big.code, "Grams taken for kilograms" in big.en) == ("P-CARD-UNIT", True)


def test_json_of_ours_and_of_a_hub(tmp_path: Path) -> None:
    ours = {
        "model": "Llama 3.3 70B",
        "gpu": "H100",
        "gpu_hours": 7e6,
        "tdp_w": 700,
        "zone": "US",
        "declared_t": 12.9,
    }
    card = read_card(written(tmp_path, json.dumps(ours), "card.json"))
    assert card.declared_kgco2e == pytest.approx(12_900.0)
    assert codes(card) == [("P-CARD-RATIO", IMPROBABLE)]
    hub = {"co2_eq_emissions": 5000}
    assert read_card(written(tmp_path, json.dumps(hub), "hub.json")).declared_kgco2e == pytest.approx(5.0)


@pytest.mark.parametrize(
    "text",
    [
        '{"gpu_hours": "beaucoup"}', '{"gpu_hours": -1}', '{"pue": true}', '{"declared_t": Infinity}',
        '{"gpu_hours": [1]}', "{not json", "{" * 10_000, '{"declared_t": 1, "declared_kgco2e": 1}',
        "---\ngpu_hours: 1,5\n---\n",
    ],
)  # fmt: skip
def test_a_card_that_cannot_be_read_is_refused_in_both_languages(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadCard) as refused:
        read_card(written(tmp_path, text))
    assert refused.value.fr.startswith("README.md")
    assert refused.value.en != refused.value.fr


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "card.json", tmp_path / "absent.json", tmp_path):
        with pytest.raises(BadCard):
            read_card(path)
    written(tmp_path, "x" * 1_000_001, "big.md")
    with pytest.raises(BadCard, match="1 Mo"):
        read_card(tmp_path / "big.md")


@given(st.text(max_size=400))
def test_any_header_is_read_or_refused(text: str) -> None:
    """Nothing but BadCard comes out of a file, and what is read can be judged."""
    from footprint.plausibility.card_files import _header, card_of

    try:
        card = card_of(_header("---\n" + text))
    except BadCard:
        return
    assert isinstance(check_card(card, CATALOGUE), tuple)
