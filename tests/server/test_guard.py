"""The guard: nothing unauthenticated, nothing from elsewhere, nothing oversized, and headers on everything."""

from __future__ import annotations

import pytest
from server_browser import Browser
from starlette.websockets import WebSocketDisconnect

from dashboard.app import create_app
from footprint import people
from footprint.server import headers as rules
from footprint.server.guard import FORM_BYTES, JSON_BYTES
from footprint.store.database import Store

DENIED = [
    "/", "/tableau", "/application/X", "/modeles", "/demandes", "/demande/D-0001", "/nulle-part", "/connexion/",
    "/api/v1/summary", "/api/v1/report.xlsx", "/api/v1/openapi.json", "/api/v1/session", "/api/nulle-part", "/docs",
    "/_dash-layout", "/_dash-dependencies", "/_dash-component-suites/dash/deps/polyfill@7.min.js", "/_reload-hash",
    "/_favicon.ico", "/assets/autre.css", "/bienvenue", "//connexion", "/connexion%3Fx", "/sante/../api/v1/summary",
]  # fmt: skip


@pytest.fixture
def anyone(store: Store) -> Browser:
    """A browser over the whole application, pages included, without a session."""
    return Browser(create_app(store))


@pytest.mark.parametrize("path", DENIED)
def test_without_a_session_nothing_answers(anyone: Browser, path: str) -> None:
    answer = anyone.get(path)
    assert answer.status_code in (303, 401)
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/connexion?suite=")
    for method in ("post", "put", "patch", "delete", "options"):
        assert getattr(anyone, method)(path).status_code in (401, 403)


@pytest.mark.parametrize(
    "path", ["/connexion", "/sante", "/entrer/x", "/assets/footprint.css", "/assets/favicon.svg"]
)
def test_open_paths(anyone: Browser, path: str) -> None:
    assert anyone.get(path).status_code == 200


def test_dash_callbacks_need_a_session_and_our_origin(store: Store, anyone: Browser) -> None:
    call = {"output": "late-page.children", "inputs": []}
    assert anyone.post("/_dash-update-component", json=call).status_code == 401
    people.create_account(store, "anne", "lecteur", "Anne", "DSI")
    anyone.enter(store, "anne")
    foreign = {"origin": "http://ailleurs.example"}
    assert anyone.post("/_dash-update-component", json=call, headers=foreign).status_code == 403
    as_text = {"content-type": "text/plain"}
    assert anyone.post("/_dash-update-component", content="{}", headers=as_text).status_code == 403


def test_websockets_are_closed(anyone: Browser) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, anyone.websocket_connect("/_dash-ws-callback"):
        pass
    assert closed.value.code == 4403


@pytest.mark.parametrize("path", ["/connexion", "/nulle-part", "/api/v1/summary", "/assets/footprint.css"])
def test_headers_on_every_answer(anyone: Browser, path: str) -> None:
    headers = anyone.get(path).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "cache-control" in headers
    assert "strict-transport-security" not in headers


def test_pages_are_not_kept_by_caches(anyone: Browser) -> None:
    assert anyone.get("/connexion").headers["cache-control"] == "no-store"
    assert anyone.get("/assets/footprint.css").headers["cache-control"] == "no-cache"


@pytest.fixture
def anne(store: Store, anyone: Browser) -> Browser:
    people.create_account(store, "anne", "admin", "Anne", "DSI")
    return anyone.enter(store, "anne")


def test_unknown_addresses_are_404(anne: Browser) -> None:
    page = anne.get("/nulle-part")
    assert (page.status_code, "Page introuvable" in page.text) == (404, True)
    assert anne.get("/api/v1/nulle-part").json() == {
        "error": "HTTP", "message": "Rien ne se trouve à cette adresse.",
    }  # fmt: skip
    assert anne.get("/api/v1/nulle-part").status_code == 404
    assert anne.get("/application/").status_code == 404
    assert anne.post("/nulle-part", data={"csrf": anne.csrf()}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/tableau", "/application/X", "/modele/a%3A1", "/demandes", "/demande/D-1"]
)
def test_pages_answer_with_language_and_title(anne: Browser, path: str) -> None:
    page = anne.get(path)
    assert page.status_code == 200
    assert '<html lang="fr">' in page.text
    assert "– footprint</title>" in page.text
    english = anne.get(path, headers={"accept-language": "en-GB,en;q=0.9,fr;q=0.5"})
    assert '<html lang="en">' in english.text


def test_title_escapes_the_address(anne: Browser) -> None:
    page = anne.get("/application/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; – footprint" in page.text


@pytest.mark.parametrize(
    "path", ["/demandes", "/deconnexion", "/bienvenue", "/demandes/D-1/decision", "/nulle-part"]
)
def test_forms_need_the_token(anne: Browser, path: str) -> None:
    for fields in ({}, {"csrf": ""}, {"csrf": "x" * 43}):
        answer = anne.post(path, data=fields)
        assert answer.status_code == 403
        assert "Ce formulaire n’est plus valable" in answer.text


def test_another_session_s_token_is_refused(store: Store, anne: Browser) -> None:
    other = people.open_session(store, people.create_account(store, "bob", "admin", "Bob", "DSI").id)
    held = people.session_of(store, other)
    assert held is not None
    assert anne.post("/deconnexion", data={"csrf": held.csrf}).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"origin": "http://ailleurs.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_forms_from_elsewhere_are_refused_even_with_the_token(anne: Browser, headers: dict[str, str]) -> None:
    token = anne.csrf()
    answer = anne.post("/deconnexion", data={"csrf": token}, headers=headers)
    assert answer.status_code == 403
    assert anne.get("/api/v1/session").status_code == 200


def test_sign_in_from_elsewhere_is_refused(anyone: Browser) -> None:
    fields = {"identifiant": "anne", "mot_de_passe": "x"}
    assert (
        anyone.post("/connexion", data=fields, headers={"origin": "http://ailleurs.example"}).status_code
        == 403
    )


def test_bodies_are_bounded(anne: Browser) -> None:
    token = anne.csrf()
    assert anne.post("/demandes", data={"csrf": token, "finalite": "x" * FORM_BYTES}).status_code == 413
    big = b"[" + b" " * JSON_BYTES + b"]"
    headers = {"x-csrf-token": token, "content-type": "application/json"}
    assert anne.post("/api/v1/launch-requests", content=big, headers=headers).status_code == 413
    # Announced nowhere, still counted.
    pieces = (b" " * 1000 for _ in range(JSON_BYTES // 1000 + 2))
    assert anne.post("/api/v1/launch-requests", content=pieces, headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("suite", "kept"),
    [("/demande/D-0001", "/demande/D-0001"), ("//ailleurs", "/"), ("https://ailleurs", "/"), ("/\\ailleurs", "/"),
     ("", "/"), ("/a\r\nb", "/"), ("/x\\y", "/")],
)  # fmt: skip
def test_only_local_paths_are_gone_on_to(suite: str, kept: str) -> None:
    assert rules.local_path(suite) == kept


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [("", "", "fr"), ("", "en-GB,fr;q=0.8", "en"), ("", "fr,en;q=0.9", "fr"), ("", "de,es", "fr"),
     ("fr", "en", "fr"), ("en", "fr", "en"), ("xx", "en;q=oups,fr", "fr"), ("", "de,en;q=0.1", "en")],
)  # fmt: skip
def test_language_of_a_request(cookie: str, accepted: str, language: str) -> None:
    assert rules.chosen_language(cookie, accepted) == language


def test_layout_follows_the_page_that_asks_for_it(anne: Browser) -> None:
    own = str(anne.get("/_dash-layout", headers={"referer": "http://testserver/modele/a%3A1"}).json())
    assert "'id': 'page'" in own
    assert "'value': '/modele/a%3A1'" in own  # the language switch comes back here
    for referer in ("", "http://ailleurs.example/modeles", "http://testserver/nulle-part"):
        late = anne.get("/_dash-layout", headers={"referer": referer}).text
        assert '"id":"late-page"' in late
        assert "Anne" not in late
