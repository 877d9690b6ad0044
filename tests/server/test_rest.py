"""The API over the assessed sample, and launch requests by form."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from server_browser import Browser

from footprint import launch, people, views
from footprint.launch.policy import ESTIMATED, MEASURED, freeze
from footprint.server.app import create_api
from footprint.server.refusals import Refusals
from footprint.store.database import Store

FORM = {
    "intitule": "Tri du courrier",
    "application": "TRI-COURRIER",
    "modele": "tri-courrier:1.0",
    "acte": "courrier trié",
    "volume": "1 200 000",
    "finalite": "Orienter les courriers",
    "alternative": "Règles de mots clés",
}


def _browser(store: Store, role: str, login: str = "moi") -> Browser:
    people.create_account(store, login, role, "Anne Roy", "Responsable")
    return Browser(create_api(store)).enter(store, login)


@pytest.fixture
def reader(sample_store: Store) -> Browser:
    return _browser(sample_store, "lecteur")


def test_reading(sample_store: Store, reader: Browser) -> None:
    summary = reader.get("/api/v1/summary").json()
    known = views.summary(sample_store)
    assert known.total is not None
    assert (summary["organisation"], summary["total"]["value"]) == (known.organisation, known.total.value)
    tiles = reader.get("/api/v1/applications").json()
    assert len(tiles) == len(views.tiles(sample_store))
    assert any(tile["total"] is None for tile in tiles)  # not assessed is null, not zero
    sheet = reader.get("/api/v1/applications/TRI-COURRIER").json()
    assert sheet["explanation"]["children"]
    assert reader.get("/api/v1/map").json()[0]["children"]
    assert "tri-courrier:1.0" in reader.get("/api/v1/models").json()
    model = reader.get("/api/v1/models/tri-courrier:1.0").json()
    assert model["runs"][0]["phase"] == "training"
    assert len(reader.get("/api/v1/use-cases").json()) == len(views.use_cases(sample_store))


def test_unknown_subjects_are_404_with_near_names(reader: Browser) -> None:
    answer = reader.get("/api/v1/applications/TRI-COURIER")
    assert answer.status_code == 404
    assert answer.json()["error"] == "UnknownSubject"
    assert "TRI-COURRIER" in answer.json()["message"]
    assert reader.get("/api/v1/models/a/b:c").status_code == 404
    assert reader.get("/api/v1/launch-requests/D-0009").status_code == 404


def test_no_campaign_is_said(store: Store) -> None:
    answer = _browser(store, "lecteur").get("/api/v1/summary")
    assert (answer.status_code, answer.json()["error"]) == (409, "CampaignError")


def test_report_downloads(reader: Browser) -> None:
    answer = reader.get("/api/v1/report.xlsx")
    assert answer.status_code == 200
    assert 'filename="bilan-allege-caisse-exemple-2026.xlsx"' in answer.headers["content-disposition"]
    book = load_workbook(BytesIO(answer.content), read_only=True)
    assert len(book.sheetnames) > 1
    book.close()


def test_description_lists_the_api(reader: Browser) -> None:
    paths = reader.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/applications/{code}" in paths
    assert not any(path.startswith(("/connexion", "/demandes", "/_dash")) for path in paths)


def _asked(**change: object) -> dict[str, object]:
    asked = {
        "title": "Tri", "application": "TRI-COURRIER", "model": "", "functional_act": "", "yearly_volume": None,
        "purpose": "Orienter", "alternative": "Règles",
    }  # fmt: skip
    return asked | change


def test_writing_by_api(sample_store: Store) -> None:
    browser = _browser(sample_store, "approbateur")
    headers = {"x-csrf-token": browser.csrf()}
    assert browser.post("/api/v1/launch-requests", json=_asked()).status_code == 403
    made = browser.post("/api/v1/launch-requests", json=_asked(), headers=headers)
    assert (made.status_code, made.json()["state"]) == (201, "evaluee")
    wrong = {"decision": "approuvee", "reason": "court"}
    path = f"/api/v1/launch-requests/{made.json()['id']}/decision"
    assert browser.post(path, json=wrong, headers=headers).status_code == 409
    right = {"decision": "refusee", "reason": "Pilote à mesurer d’abord."}
    assert browser.post(path, json=right, headers=headers).json()["state"] == "decidee"
    assert [r["id"] for r in browser.get("/api/v1/launch-requests").json()] == [made.json()["id"]]
    missing = browser.post("/api/v1/launch-requests", json={"title": "x"}, headers=headers)
    assert (missing.status_code, missing.json()["error"]) == (422, "Invalid")
    near = browser.post("/api/v1/launch-requests", json=_asked(application="TRI-COURIER"), headers=headers)
    assert (near.status_code, "TRI-COURRIER" in near.json()["message"]) == (404, True)


def test_roles_by_api(reader: Browser) -> None:
    headers = {"x-csrf-token": reader.csrf()}
    assert reader.post("/api/v1/launch-requests", json=_asked(), headers=headers).status_code == 403
    decision = {"decision": "approuvee", "reason": "Pilote mesuré, volume borné."}
    assert (
        reader.post("/api/v1/launch-requests/D-1/decision", json=decision, headers=headers).status_code == 403
    )
    contest = {"reason": "Volume faux, à revoir."}
    assert (
        reader.post("/api/v1/launch-requests/D-1/contestation", json=contest, headers=headers).status_code
        == 403
    )


def test_the_three_forms(sample_store: Store) -> None:
    browser = _browser(sample_store, "admin")
    sent = browser.submit("/demandes", **FORM)
    assert (sent.status_code, sent.headers["location"]) == (303, "/demande/D-0001")
    request = launch.get(sample_store, "D-0001")
    assert (request.form.yearly_volume, request.form.model) == (1200000.0, "tri-courrier:1.0")
    row = {"texte": "Plafond", "fonction": "Chef de produit", "indicateur": "actes", "echeance": "2199-01-01"}
    fields = {f"condition_{name}": [value, "", ""] for name, value in row.items()}
    browser.submit(
        "/demandes/D-0001/decision", decision="approuvee_sous_conditions", motif="Pilote mesuré.", **fields
    )
    decision = launch.get(sample_store, "D-0001").decision
    assert decision is not None
    assert [c.owner for c in decision.conditions] == ["Chef de produit"]  # empty rows are not conditions
    browser.submit("/demandes/D-0001/contestation", motif_contestation="Volume faux, à revoir.")
    assert launch.get(sample_store, "D-0001").state == "contestee"


def test_a_refused_form_goes_back_with_what_was_typed(
    sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Refusals()
    monkeypatch.setattr("footprint.server.app.Refusals", lambda: kept)
    browser = _browser(sample_store, "admin")
    # 120,000 is a hundred and twenty thousand to some and a hundred and twenty to others.
    ambiguous = browser.submit("/demandes", **{**FORM, "volume": "120,000"})
    assert ambiguous.headers["location"] == "/demandes"
    back = browser.submit("/demandes", **{**FORM, "volume": "beaucoup"})
    assert (back.status_code, back.headers["location"]) == (303, "/demandes")
    assert launch.requests(sample_store) == ()
    key = people.sha256(browser.cookies["footprint_session"])
    assert kept.take(key, "/autre") is None
    refusal = kept.take(key, "/demandes")
    assert refusal is not None
    assert "« beaucoup » illisible" in refusal.message
    assert refusal.typed("finalite") == "Orienter les courriers"
    assert (refusal.typed("csrf"), refusal.typed("absent"), refusal.typed("volume", 3)) == ("", "", "")
    assert kept.take(key, "/demandes") is None  # shown once


def test_freezing_takes_the_scores_of_the_moment(sample_store: Store) -> None:
    measured = freeze(sample_store, "TRI-COURRIER", "tri-courrier:1.0")
    sheet = views.model_sheet(sample_store, "tri-courrier:1.0")
    assert measured.evidence == MEASURED  # its pilot served requests
    assert measured.assessment_id == views.summary(sample_store).assessment_id
    decision_letters = [sheet.inference_score.decision_letter, sheet.training_score.decision_letter]
    assert measured.decision_letter == max(letter for letter in decision_letters if letter)
    assert {c.subject for c in measured.criteria} == {"tri-courrier:1.0"}
    assert (measured.never_measured, measured.yearly) == (False, None)  # no volume, no estimate
    yearly = freeze(sample_store, "TRI-COURRIER", "tri-courrier:1.0", 2e6).yearly
    assert yearly is not None
    assert sheet.gwp_per_1000 is not None
    assert yearly.value == pytest.approx(sheet.gwp_per_1000.value * 2)  # g per 1,000 x 2,000 thousands, in kg
    assert yearly.high == pytest.approx(sheet.gwp_per_1000.high * 2)
    assert yearly.unit == "kgCO2e"
    unknown = freeze(sample_store, "", "jamais-vu:0.1")
    assert (unknown.evidence, unknown.letter, unknown.criteria) == (ESTIMATED, None, ())
    assert (unknown.never_measured, unknown.near) == (True, ())
    mistyped = freeze(sample_store, "TRI-COURRIER", "tri-courier:1.0", 1e6)  # not the application's letter
    assert (mistyped.letter, mistyped.decision_letter, mistyped.criteria) == (None, None, ())
    assert (mistyped.evidence, mistyped.never_measured, mistyped.yearly) == (ESTIMATED, True, None)
    assert "tri-courrier:1.0" in mistyped.near
    application = freeze(sample_store, "TRI-COURRIER", "")
    tile = views.application_sheet(sample_store, "TRI-COURRIER").tile
    assert (application.letter, application.evidence) == (tile.score.letter, ESTIMATED)
