"""Units said by the names of columns: brought to ours in a proposed profile, doubted, or left unread."""

from pathlib import Path

import pytest

from pos_map import gather, profiles
from pos_map.inspecting import describe, inspect
from pos_map.profile_writing import to_profile
from pos_map.units import unit_of, without


@pytest.mark.parametrize(
    ("field", "name", "factor"),
    [
        ("yearly_kwh", "Consommation (Wh)", 0.001),
        ("yearly_kwh", "Conso annuelle MWh", 1000),
        ("yearly_kwh", "kWh/an", 1),
        ("power_kw", "Puissance (W)", 0.001),
        ("ram_gb", "RAM (Ko)", 1 / 1024**2),
        ("ram_gb", "RAM Mo", 1 / 1024),
        ("ssd_gb", "Disque (octets)", 1 / 1024**3),
        ("storage_gb", "Disk space (TB)", 1024),
        ("lifetime_y", "Durée de vie (mois)", 1 / 12),
        ("lifetime_y", "durée de vie en mois", 1 / 12),
        ("rto_h", "RTO (min)", 1 / 60),
        ("yearly_cost_eur", "Coût annuel (k€)", 1000),
        ("yearly_cost_eur", "Coût annuel (TTC)", 1),
        ("kgco2e", "Émissions (tCO2e)", 1000),
        ("ram_gb", "Mémoire vive", 1),
        ("quantity", "Nombre (Mo)", 1),
    ],
)
def test_known_units_are_multiplied(field: str, name: str, factor: float) -> None:
    unit = unit_of(field, name)
    assert unit.factor == pytest.approx(factor)
    assert (unit.fits, unit.fr, unit.en) == (True, "", "")


@pytest.mark.parametrize(
    ("field", "name", "factor", "said"),
    [
        ("yearly_kwh", "Consommation mensuelle (kWh)", 12, "l'année est la période × 12"),
        ("yearly_kwh", "Conso (Wh/jour)", 0.365, "l'année est la période × 365"),
        ("power_kw", "Puissance (kVA)", 1, "unité « kva » inconnue, lue en kW"),
        ("spend_eur", "Montant (USD)", 1, "unité « usd » inconnue, lue en euros"),
    ],
)
def test_unknown_units_and_other_periods_are_doubted(field: str, name: str, factor: float, said: str) -> None:
    unit = unit_of(field, name)
    assert unit.factor == pytest.approx(factor)
    assert unit.fr == said
    assert unit.en


@pytest.mark.parametrize(
    ("field", "name"),
    [("yearly_kwh", "Consommation (kW)"), ("yearly_kwh", "Conso kW"), ("ram_gb", "RAM utilisée (%)")],
)
def test_another_quantity_is_not_read(field: str, name: str) -> None:
    assert not unit_of(field, name).fits


def test_names_without_their_unit() -> None:
    names = {
        "RAM (Mo)": "RAM",
        "durée de vie en mois": "durée de vie",
        "kWh": "kWh",
        "Type (baie)": "Type (baie)",
    }
    assert {name: without(name) for name in names} == names


HEAD = "Nom équipement;Type;Nb;RAM (Ko);Disque (octets);Durée de vie (mois);Date achat"


def proposed(path: Path, column: str, cell: str) -> str:
    path.write_text(
        f"{HEAD};{column}\nS1;Serveur;2;67108864;1099511627776;60;2023;{cell}\n", encoding="utf-8"
    )
    return to_profile(inspect(path))


def test_a_proposed_profile_reads_other_units_as_ours(tmp_path: Path) -> None:
    text = proposed(tmp_path / "parc.csv", "Consommation (Wh)", "1200000")
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    found = gather([tmp_path / "parc.csv"], profiles=[profiles.load(tmp_path / "p.yaml")])
    (asset,) = found.inventory.assets
    assert (asset.ram_gb, asset.ssd_gb, asset.yearly_kwh) == (64, 1024, 1200)
    assert asset.lifetime_y == pytest.approx(5)
    assert asset.upstream_y is None


def test_a_doubtful_unit_is_marked_and_said(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    text = proposed(path, "Consommation mensuelle (kWh)", "100")
    (line,) = [line for line in text.splitlines() if line.strip().startswith("yearly_kwh")]
    assert "factor: 12}" in line
    assert " ? " in line
    assert "l'année est la période × 12" in line
    assert any(
        "× 12 ? (the year is the period × 12)" in line for line in describe(inspect(path), english=True)
    )
    assert any("lifetime_y 100% × 0,0833333" in line for line in describe(inspect(path)))
    assert "yearly_kwh" not in proposed(path, "Consommation (kW)", "3")
