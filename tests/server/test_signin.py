"""Sign-in, welcome, sign-out, language, as a browser lives them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from server_browser import Browser

from footprint import people
from footprint.roles import Person
from footprint.server.app import create_api
from footprint.store.database import Store

PASSWORD = "correct cheval pile agrafe"


@pytest.fixture
def anne(store: Store) -> Person:
    person = people.create_account(store, "anne", "approbateur", "Anne Roy", "DSI")
    people.change_password(store, person.id, PASSWORD)
    return person


def _attempt(browser: Browser, password: str, login: str = "anne", suite: str = "/") -> object:
    return browser.post("/connexion", data={"identifiant": login, "mot_de_passe": password, "suite": suite})


def test_password_opens_a_session_and_goes_on(browser: Browser, anne: Person) -> None:
    answer = _attempt(browser, PASSWORD, suite="/demandes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/demandes")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert browser.get("/api/v1/session").json()["name"] == "Anne Roy"


def test_cookie_is_secure_over_https(store: Store, anne: Person) -> None:
    browser = Browser(create_api(store), base="https://testserver")
    answer = _attempt(browser, PASSWORD)
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_sign_in_never_leads_elsewhere(browser: Browser, anne: Person) -> None:
    assert _attempt(browser, PASSWORD, suite="//ailleurs.example").headers["location"] == "/"


def test_refusal_keeps_the_identifier_and_escapes_it(browser: Browser, anne: Person) -> None:
    answer = _attempt(browser, "faux", login='"><script>x</script>')
    assert answer.status_code == 401
    assert "Identifiant ou mot de passe refusé." in answer.text
    assert "<script>" not in answer.text
    assert "set-cookie" not in answer.headers


def test_failures_make_a_pause_for_that_identifier_only(browser: Browser, anne: Person) -> None:
    assert [_attempt(browser, "faux").status_code for _ in range(5)] == [401] * 5
    answer = _attempt(browser, PASSWORD)
    assert answer.status_code == 429
    assert "Trop d’essais" in answer.text
    assert _attempt(browser, "faux", login="bob").status_code == 401


def test_link_shows_a_button_then_opens_once(store: Store, browser: Browser) -> None:
    people.create_account(store, "admin", "admin")
    token = people.make_link(store, "admin")
    assert f'action="/entrer/{token}"' in browser.get(f"/entrer/{token}").text
    assert browser.get(f"/entrer/{token}").status_code == 200  # looking does not spend it
    entered = browser.post(f"/entrer/{token}")
    assert (entered.status_code, entered.headers["location"]) == (303, "/bienvenue")
    again = Browser(create_api(store)).post(f"/entrer/{token}")
    assert again.status_code == 401
    assert "déjà servi" in again.text


def test_expired_link(store: Store, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    people.create_account(store, "admin", "admin")
    token = people.make_link(store, "admin")
    late = people.clock() + timedelta(minutes=16)
    monkeypatch.setattr(people, "clock", lambda: late)
    assert browser.post(f"/entrer/{token}").status_code == 401


def test_welcome_comes_before_any_page(store: Store, browser: Browser) -> None:
    people.create_account(store, "admin", "admin")
    browser.enter(store, "admin")
    assert browser.get("/demandes").headers["location"] == "/bienvenue"
    refused = browser.submit("/bienvenue", nom="", fonction="DSI")
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    short = browser.submit("/bienvenue", nom="Anne", fonction="DSI", mot_de_passe="court")
    assert short.status_code == 422
    assert people.accounts(store)[0].name == ""  # nothing is half saved
    done = browser.submit("/bienvenue", nom="Anne Roy", fonction="DSI", mot_de_passe=PASSWORD)
    assert done.headers["location"] == "/"
    assert browser.get("/api/v1/session").json()["function"] == "DSI"  # a new session replaced the old
    assert people.authenticate(store, "admin", PASSWORD).name == "Anne Roy"


def test_welcome_page_escapes_what_was_typed(store: Store, browser: Browser) -> None:
    people.create_account(store, "admin", "admin")
    browser.enter(store, "admin")
    answer = browser.submit("/bienvenue", nom='"><img src=x onerror=alert(1)>', fonction="")
    assert "<img" not in answer.text


def test_sign_out_ends_the_session_on_the_server(browser: Browser, anne: Person) -> None:
    _attempt(browser, PASSWORD)
    stolen = browser.cookies["footprint_session"]
    answer = browser.submit("/deconnexion")
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    browser.cookies.set("footprint_session", stolen)
    assert browser.get("/api/v1/session").status_code == 401


def test_closed_account_is_out_at_once(store: Store, browser: Browser, anne: Person) -> None:
    _attempt(browser, PASSWORD)
    people.close_account(store, "anne")
    assert browser.get("/api/v1/session").status_code == 401


def test_language_switch(browser: Browser) -> None:
    assert "Se connecter" in browser.get("/connexion").text
    answer = browser.post("/langue/en", data={"suite": "/connexion"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    page = browser.get("/connexion").text
    assert '<html lang="en">' in page
    assert "Sign in" in page
    assert not re.search(r"Identifiant|Mot de passe", page)


def test_health_says_nothing_more(browser: Browser) -> None:
    assert browser.get("/sante").json() == {"status": "ok"}
