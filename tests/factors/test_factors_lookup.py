"""Names, places, alternatives, near misses, intervals."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors import FactorError, UnknownFactor, UnknownItem, UnknownZone, load
from factors.names import near, plain

CATALOGUE = load()

NAMES = {
    "Serveur": "server",
    "Server": "server",
    "serveurs physiques": "server",
    "Physical Server": "server",
    "Lame": "blade-server",
    "Blade": "blade-server",
    "BAIE DE STOCKAGE": "storage-array",
    "Commutateur": "switch",
    "Switch": "switch",
    "Routeur": "router",
    "Pare-feu": "firewall",
    "Firewall": "firewall",
    "Ordinateur portable": "laptop",
    "PC portable": "laptop",
    "Portable": "laptop",
    "Poste fixe": "desktop",
    "Desktop": "desktop",
    "Unité centrale": "desktop",
    "Écran": "monitor",
    "ecran": "monitor",
    "Monitor": "monitor",
    'Écran 24"': "monitor",
    "Station d'accueil": "docking-station",
    "Station d’accueil": "docking-station",
    "Smartphone": "smartphone",
    "Téléphone fixe": "landline-phone",
    "Téléphone IP": "ip-phone",
    "Tablette": "tablet",
    "Imprimante": "printer-laser",
    "Multifonction": "printer-multifunction",
    "Noeud de calcul": "server",
}


@pytest.mark.parametrize(("name", "code"), NAMES.items())
def test_items_by_the_names_people_write(name: str, code: str) -> None:
    assert CATALOGUE.item(name).code == code


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda item: item.code)
def test_every_name_of_an_item_gives_it_back(item: object) -> None:
    names = (item.code, item.label_fr, item.label_en, *item.aliases)  # type: ignore[attr-defined]
    assert {CATALOGUE.item(name) for name in names} == {item}


PLACES = {
    "France": "FR",
    "FR": "FR",
    "fra": "FR",
    "La Réunion": "RE",
    "reunion": "RE",
    "Guadeloupe": "GP",
    "Germany": "DE",
    "Allemagne": "DE",
    "DEU": "DE",
    "Pays-Bas": "NL",
    "Corse": "FR-20R",
    "U.K.": "GB",
    "Union européenne": "EUROPE",
    "Saint-Pierre-et-Miquelon": "PM",
}


@pytest.mark.parametrize(("name", "code"), PLACES.items())
def test_zones_by_the_names_people_write(name: str, code: str) -> None:
    assert CATALOGUE.zone(name) == code


def test_pue_applies_to_machine_rooms_only() -> None:
    assert CATALOGUE.item("Serveur").in_data_centre
    assert CATALOGUE.item("Commutateur").in_data_centre
    assert not CATALOGUE.item("Ordinateur portable").in_data_centre


def test_unknown_item_proposes_what_looks_like_it() -> None:
    with pytest.raises(UnknownItem) as caught:
        CATALOGUE.item("Ordi portable")
    assert caught.value.near[0] == "Ordinateur portable"
    assert str(caught.value) == caught.value.fr
    assert caught.value.fr.startswith(
        "Type d'équipement inconnu : « Ordi portable ». Proche : « Ordinateur portable »"
    )
    assert caught.value.en.startswith(
        "Unknown equipment type: “Ordi portable”. Near matches: “Ordinateur portable”"
    )


def test_unknown_zone_proposes_names_in_the_language_it_was_written_in() -> None:
    with pytest.raises(UnknownZone) as french:
        CATALOGUE.zone("Allemange")
    with pytest.raises(UnknownZone) as english:
        CATALOGUE.zone("Germny")
    assert french.value.near[0] == "Allemagne"
    assert english.value.near[0] == "Germany"


def test_unknown_zone_without_near_match_says_what_to_give() -> None:
    with pytest.raises(UnknownZone) as caught:
        CATALOGUE.zone("Qwxyz")
    assert caught.value.near == ()
    assert "code ISO" in caught.value.fr
    assert "ISO code" in caught.value.en


def test_unknown_factor_names_the_key_and_near_keys() -> None:
    with pytest.raises(UnknownFactor) as caught:
        CATALOGUE.find("server")
    assert caught.value.key == "server / gwp"
    assert "server / gwp / embodied" in caught.value.near
    assert caught.value.en.startswith("No factor for “server / gwp”.")


def test_unknown_id_proposes_ids() -> None:
    with pytest.raises(UnknownFactor) as caught:
        CATALOGUE.get("server-embodied-bovizta")
    assert caught.value.near[0] == "server-embodied-boavizta"


def test_missing_electricity_is_refused_and_never_another_places() -> None:
    with pytest.raises(UnknownFactor) as caught:
        CATALOGUE.electricity("Saint-Pierre-et-Miquelon")
    assert caught.value.key == "electricity / gwp / PM"
    assert caught.value.near == ()
    assert "Ajoutez une ligne sourcée" in caught.value.fr
    with pytest.raises(UnknownFactor):
        CATALOGUE.electricity("La Réunion", "pe")


def test_missing_embodied_is_refused() -> None:
    with pytest.raises(UnknownFactor):
        CATALOGUE.embodied("laptop", "pe")


def test_electricity_takes_names() -> None:
    assert CATALOGUE.electricity("La Réunion").id == "electricity-RE-ecologits"
    assert CATALOGUE.electricity("France").value == 0.0461


def test_alternatives_keep_the_other_sources() -> None:
    server = CATALOGUE.find("server", stage="embodied")
    values = {factor.id: factor.value for factor in CATALOGUE.alternatives(server)}
    assert values["server-embodied-ademe"] == 748
    assert values["server-embodied-manufacturers"] == 1278
    assert server.id not in values


def test_alternatives_of_a_split_stage_show_the_totals_of_others() -> None:
    made = CATALOGUE.find("laptop", stage="manufacture")
    totals = {factor.value for factor in CATALOGUE.alternatives(made) if factor.stage == "embodied"}
    assert {156, 181, 241.2, 260} <= totals


def test_alternatives_of_a_total_show_the_stages_of_others() -> None:
    derived = CATALOGUE.with_choices(["monitor-embodied-manufacturers"])
    (whole,) = derived.embodied("monitor")
    others = {factor.id for factor in derived.alternatives(whole)}
    assert {"monitor-manufacture-ademe", "monitor-end_of_life-ademe", "monitor-embodied-ecodiag"} <= others


def test_sigma_comes_from_the_bounds() -> None:
    server = CATALOGUE.find("server", stage="embodied")
    assert server.sigma == pytest.approx(math.log(2090 / 460) / 3.2897072539029444, rel=1e-12)
    assert CATALOGUE.find("switch", stage="embodied").sigma is None
    assert replace(server, low=0.0).sigma is None
    assert replace(server, low=None).sigma is None


def test_errors_share_a_root() -> None:
    assert all(issubclass(kind, FactorError) for kind in (UnknownFactor, UnknownItem, UnknownZone))


def test_plain_names() -> None:
    assert plain("Baies de Stockage") == "baie de stockage"
    assert plain("  Nœud  ") == "noeud"
    assert plain("GPS / wireless") == "gps wireless"
    assert near("serveu", ["Serveur", "Routeur"])[0] == "Serveur"
    assert near("xyz", ["Serveur"]) == ()


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([alias for item in CATALOGUE.items for alias in item.aliases]), st.data())
def test_case_and_blanks_never_change_an_item(alias: str, data: st.DataObject) -> None:
    wild = "".join(data.draw(st.sampled_from((letter.upper(), letter.lower()))) for letter in alias)
    assert CATALOGUE.item(f"  {wild} ") == CATALOGUE.item(alias)


def _refusal(resolve: Callable[[str], object], text: str) -> FactorError | None:
    try:
        resolve(text)
    except (UnknownItem, UnknownZone) as error:
        return error
    return None


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_resolved_or_refused_clearly(text: str) -> None:
    for resolve in (CATALOGUE.item, CATALOGUE.zone):
        refusal = _refusal(resolve, text)
        assert refusal is None or (text in refusal.fr and text in refusal.en)


def test_import_needs_the_standard_library_only() -> None:
    heavy = "('pandas', 'numpy', 'psutil', 'pydantic')"
    script = f"import sys, factors; factors.load(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
