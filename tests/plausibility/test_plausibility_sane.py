"""A credible estate raises nothing improbable, whatever its sizes; the shipped sample and a store neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pos_map
from footprint.plausibility import IMPROBABLE, findings, judged, shown
from footprint.store.database import Store
from tests import estates as e
from tests.plausibility.judging import CATALOGUE, estate, found, only, room, whole

HOSTILE = "\x1b[2Jsrv\r\n\u202etxt.exe <script>alert(1)</script> [red]=HYPERLINK()"


@pytest.fixture(scope="module")
def sample() -> pos_map.Inventory:
    inventory, _faults = pos_map.read(pos_map.sample_paths())
    return inventory


def test_the_sample_holds_nothing_improbable(sample: pos_map.Inventory) -> None:
    told = judged(whole(sample))
    assert [one.fr for one in told if one.severity == IMPROBABLE] == []
    # It is not empty either: an application of the sample counts fewer acts than users.
    assert ("P-ACTS", "à vérifier", "CARRIERES") in {(one.code, one.severity, one.subject) for one in told}


def test_one_wrong_value_in_the_sample_is_found_alone(sample: pos_map.Inventory) -> None:
    first, *others = sample.assets
    wrong = replace(sample, assets=(replace(first, yearly_kwh=710_000.0), *others))
    improbable = [one for one in judged(whole(wrong)) if one.severity == IMPROBABLE]
    assert [(one.code, one.subject) for one in improbable] == [("P-SRV-POWER", first.name)]


def test_findings_of_a_store_are_those_of_its_campaign(sample_store: Store) -> None:
    told = findings(sample_store)
    assert not [one.fr for one in told if one.severity == IMPROBABLE]
    assert {one.code for one in told} >= {"P-ACTS", "P-APP-USER"}  # the footprint comes from the assessment
    assert told == findings(sample_store)
    crowded = {one.code: one for one in findings(sample_store, agents=400.0)}
    assert crowded["P-SCREENS"].severity == IMPROBABLE  # 1,750 screens for 400
    assert crowded["P-TERMINALS"].severity == IMPROBABLE


@st.composite
def sane_estates(draw: Any) -> dict[str, Any]:
    """Servers of credible sizes in one cluster, machines that fit in them, an application that uses them."""
    hosts = [
        e.server(
            f"S{n}",
            cluster="C",
            yearly_kwh=draw(st.none() | st.floats(800.0, 9000.0)),
            cores=float(draw(st.integers(16, 128))),
            ram_gb=float(draw(st.integers(64, 2048))),
            quantity=float(draw(st.integers(1, 40))),
            purchased=draw(st.none() | st.dates(date(2014, 1, 1), date(2026, 12, 31))),
        )
        for n in range(draw(st.integers(1, 4)))
    ]
    machines = [
        e.vm(
            f"V{n}", cluster="C", vcpu=float(draw(st.integers(1, 32))), ram_gb=float(draw(st.integers(1, 64)))
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    links = [e.link("a", vm=one.name) for one in machines]
    users = draw(st.integers(10, 100_000))
    applications = [e.application("a", users=users, act_volume=float(users * draw(st.integers(1, 1000))))]
    centres = [room(draw(st.none() | st.floats(1.05, 2.5)))]
    return {
        "assets": hosts, "machines": machines, "links": links, "applications": applications, "data_centres": centres
    }  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(sane_estates())
def test_a_sane_estate_is_never_improbable(parts: dict[str, Any]) -> None:
    assert [one.fr for one in judged(estate(**parts)) if one.severity == IMPROBABLE] == []


@settings(max_examples=30, deadline=None)
@given(sane_estates(), st.floats(80_000.0, 1e9))
def test_a_server_beyond_any_is_always_improbable(parts: dict[str, Any], kwh: float) -> None:
    first, *others = parts["assets"]
    wrong = {**parts, "assets": [replace(first, yearly_kwh=kwh, quantity=1.0), *others]}
    assert any(
        severity == IMPROBABLE and name == first.name for _code, severity, name in found(estate(**wrong))
    )


def test_a_hostile_name_is_shown_harmless_and_kept_whole() -> None:
    one = only(estate(assets=[e.server(HOSTILE, yearly_kwh=710_000.0)]))
    assert one.subject == HOSTILE  # what the inventory says, for whoever looks it up
    for sentence in (one.fr, one.en):
        assert not set("\x1b\r\n\u202e") & set(sentence)
        assert "\\x1b[2Jsrv\\r\\n\\u202etxt.exe" in sentence


@given(st.text(max_size=300))
def test_shown_text_only_draws_itself(text: str) -> None:
    written = shown(text)
    assert len(written) <= 80
    assert all(letter.isprintable() or letter.isspace() for letter in written)
    assert not set(written) & set("\n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
    if text.isprintable() and len(text) <= 80:
        assert written == text


def test_factors_of_a_body_are_compared_with_those_shipped() -> None:
    """46.1 g typed as kilograms for the French kWh; a server a thousand times its shipped footprint."""
    import factors

    french, server = CATALOGUE.electricity("FR"), CATALOGUE.embodied("server")[0]
    own = [
        replace(french, id="caisse-FR", value=46.1, low=None, high=None),
        replace(server, id="caisse-serveur", value=server.value * 1000.0, low=None, high=None),
        replace(server, id="caisse-serveur-sobre", value=server.value * 0.8, low=None, high=None),
    ]
    mixed = factors.Catalogue("essai", [*CATALOGUE.factors, *own], CATALOGUE.items, CATALOGUE.zones)
    told = {(one.code, one.subject): one for one in judged(estate(catalogue=mixed))}
    assert set(told) == {
        ("P-ELEC-FACTOR", "caisse-FR"),
        ("P-FACTOR-UNIT", "caisse-FR"),
        ("P-FACTOR-UNIT", "caisse-serveur"),
    }
    assert {one.severity for one in told.values()} == {IMPROBABLE}
    assert all("Grams taken for kilograms" in one.en for one in told.values())
    assert french.id in told["P-FACTOR-UNIT", "caisse-FR"].source_en
    assert judged(estate()) == ()  # the shipped set has nothing to say of itself
