"""Sign-in, one-time links, welcome, sign-out and language: forms that post and redirect."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from footprint import people
from footprint.errors import SignInRefused
from footprint.roles import Person
from footprint.server import headers as rules
from footprint.server import plain
from footprint.server.throttle import Throttle
from footprint.server.visitor import visitor
from footprint.store.database import Store
from footprint.texts import message, say

Text = Annotated[str, Form()]


def routes(store: Store) -> APIRouter:
    """The sign-in routes over this store."""
    router = APIRouter(include_in_schema=False)
    _session_routes(router, store)
    _welcome_routes(router, store)
    return router


def _session_routes(router: APIRouter, store: Store) -> None:
    # Five failures for an identifier from one address, thirty from one address: then five minutes' pause.
    by_login, by_address = Throttle(5, 300), Throttle(30, 300)

    @router.get("/connexion")
    def sign_in_page(suite: str = "/") -> Response:
        return _sign_in_page(suite)

    @router.post("/connexion")
    def sign_in(
        request: Request, identifiant: Text = "", mot_de_passe: Text = "", suite: Text = "/"
    ) -> Response:
        address = request.client.host if request.client else ""
        key = f"{address} {identifiant.strip().lower()}"
        if by_login.blocked(key) or by_address.blocked(address):
            pause = say(
                "Trop d’essais manqués. Réessayez dans cinq minutes.",
                "Too many failed attempts. Try again in five minutes.",
            )
            return _sign_in_page(suite, pause, 429)
        try:
            person = people.authenticate(store, identifiant, mot_de_passe)
        except SignInRefused as error:
            by_login.failed(key)
            by_address.failed(address)
            return _sign_in_page(suite, message(error), 401, identifiant)
        by_login.passed(key)
        return _entered(request, store, person, rules.local_path(suite))

    @router.get("/entrer/{token}")
    def link_page(token: str) -> Response:
        # Shown first, spent by the button: a browser that fetches ahead must not use the link up.
        go = say("Entrer", "Enter")
        said = say(
            "Ce lien vous connecte une seule fois, pendant quinze minutes.",
            "This link signs you in once, within fifteen minutes.",
        )
        button = f'<button class="button" type="submit" autofocus>{go}</button>'
        form = f'<form method="post" action="/entrer/{escape(token)}">{button}</form>'
        return plain.page(say("Bienvenue", "Welcome"), plain.paragraph(said) + form, suite=f"/entrer/{token}")

    @router.post("/entrer/{token}")
    def enter(request: Request, token: str) -> Response:
        try:
            person = people.redeem_link(store, token)
        except SignInRefused as error:
            return plain.refusal(401, message(error))
        return _entered(request, store, person, "/" if person.name else "/bienvenue")

    @router.post("/deconnexion")
    def sign_out() -> Response:
        people.close_session(store, visitor().key)
        answer = RedirectResponse("/connexion", 303)
        answer.delete_cookie(rules.SESSION_COOKIE)
        return answer

    @router.post("/langue/{chosen}")
    def choose_language(request: Request, chosen: str, suite: Text = "/") -> Response:
        answer = RedirectResponse(rules.local_path(suite), 303)
        rules.set_language_cookie(answer, "en" if chosen == "en" else "fr", https=_https(request))
        return answer


def _welcome_routes(router: APIRouter, store: Store) -> None:
    @router.get("/bienvenue")
    def welcome_page() -> Response:
        return _welcome_page()

    @router.post("/bienvenue")
    def welcome(request: Request, nom: Text = "", fonction: Text = "", mot_de_passe: Text = "") -> Response:
        who = visitor().person
        try:
            if mot_de_passe:
                people.check_password(mot_de_passe)
            person = people.complete_profile(store, who.id, nom, fonction)
        except people.AccountRefused as error:
            return _welcome_page(message(error), nom, fonction)
        if not mot_de_passe:
            return RedirectResponse("/", 303)
        people.change_password(store, who.id, mot_de_passe)
        return _entered(request, store, person, "/")


def _entered(request: Request, store: Store, person: Person, path: str) -> Response:
    answer = RedirectResponse(path, 303)
    rules.set_session(answer, people.open_session(store, person.id), https=_https(request))
    return answer


def _https(request: Request) -> bool:
    return request.url.scheme == "https"


def _sign_in_page(suite: str, alert: str = "", status: int = 200, login: str = "") -> Response:
    password = say("Mot de passe", "Password")
    extra = 'autocomplete="current-password" required'
    parts = [
        plain.paragraph(alert, "alert") if alert else "",
        '<form method="post" action="/connexion">',
        plain.hidden("suite", rules.local_path(suite)),
        plain.field(
            "identifiant",
            say("Identifiant", "Identifier"),
            login,
            extra='autocomplete="username" autocapitalize="none" spellcheck="false" required',
        ),
        plain.field("mot_de_passe", password, kind="password", extra=extra),
        f'<button class="button" type="submit">{say("Se connecter", "Sign in")}</button></form>',
        '<p class="hint">'
        + say(
            "Pas encore de mot de passe ? Ouvrez le lien à usage unique que footprint affiche au démarrage, "
            "ou demandez-en un à l’administrateur.",
            "No password yet? Open the one-time link that footprint prints at start, "
            "or ask the administrator for one.",
        )
        + "</p>",
    ]
    return plain.page(say("Se connecter", "Sign in"), "".join(parts), status, f"/connexion?suite={suite}")


def _welcome_page(alert: str = "", name: str = "", function: str = "") -> Response:
    signed_in = visitor()
    who = signed_in.person
    title = say("Votre compte", "Your account") if who.name else say("Bienvenue", "Welcome")
    why = say(
        "Votre nom et votre fonction signent les demandes et les décisions que vous écrivez.",
        "Your name and function sign the requests and decisions you write.",
    )
    password_hint = say(
        f"Facultatif, {people.PASSWORD_LENGTH} caractères au moins. Sans lui, on entre par lien à usage unique.",
        f"Optional, at least {people.PASSWORD_LENGTH} characters. Without it, you enter by one-time link.",
    )
    named = 'maxlength="200" required autocomplete='
    parts = [
        plain.paragraph(alert, "alert") if alert else plain.paragraph(why),
        '<form method="post" action="/bienvenue">',
        plain.hidden("csrf", signed_in.csrf),
        plain.field("nom", say("Prénom et nom", "Full name"), name or who.name, extra=f'{named}"name"'),
        plain.field(
            "fonction",
            say("Fonction", "Function"),
            function or who.function,
            extra=f'{named}"organization-title"',
        ),
        plain.field(
            "mot_de_passe",
            say("Nouveau mot de passe", "New password"),
            kind="password",
            hint=password_hint,
            extra=f'minlength="{people.PASSWORD_LENGTH}" autocomplete="new-password"',
        ),
        f'<button class="button" type="submit">{say("Enregistrer", "Save")}</button></form>',
    ]
    return plain.page(title, "".join(parts), 422 if alert else 200, "/bienvenue")
