"""The guard: a plain ASGI layer in front of every route, which denies unless something allows.

For each request, in this order: language, who is asking, whether the path is open, whether a
state-changing request comes from our own pages with its token and a bearable body; then the headers of
whatever the answer is. Routes behind it can forget nothing, because nothing reaches them unchecked.

Three doors are apart: collectors' paths, which a bearer token opens (collectors_door.py), never a session, and
which it alone opens; forms with files, whose body passes as a stream (upload_door.py); the API's imports, which a
bearer token of their own opens too (imports_door.py).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from urllib.parse import parse_qs, quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from footprint.errors import StoreError
from footprint.people import SignedIn, session_of
from footprint.server import headers as rules
from footprint.server import plain, upload_door
from footprint.server.collect import UNDER as COLLECT
from footprint.server.collectors_door import CollectorsDoor, TurnedAway
from footprint.server.imports_door import ImportsDoor, shows_token
from footprint.server.imports_door import TurnedAway as TurnedAwayProgram
from footprint.server.visitor import set_visitor
from footprint.store.database import Store
from footprint.texts import message, say, set_language

OPEN = ("/connexion", "/sante", "/assets/footprint.css", "/assets/favicon.svg")
OPEN_UNDER = ("/entrer/", "/langue/")
NAMELESS = ("/bienvenue", "/deconnexion")  # what an account without a name may still reach
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FORM_BYTES = 64 * 1024
JSON_BYTES = 1024 * 1024


class Denied(Exception):
    """A request is turned away, with this answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__(str(answer.status_code))
        self.answer = answer


class Guard:
    """ASGI middleware; `script_hashes` are the inline scripts the pages need."""

    def __init__(self, app: ASGIApp, store: Store, script_hashes: Sequence[str] = ()) -> None:
        self.app = app
        self.store = store
        self.policy = rules.content_policy(script_hashes)
        self._collectors = CollectorsDoor(store)
        self._imports = ImportsDoor(store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or answer in place of the application."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 4403, "reason": "no websocket here"})
            return
        request = Request(scope, receive)
        accepted = request.headers.get("accept-language", "")
        set_language(rules.chosen_language(request.cookies.get(rules.LANGUAGE_COOKIE, ""), accepted))
        dressed = self._dressed(request, send)
        try:
            onward = await self._checked(request, receive)
        except Denied as denied:
            await denied.answer(scope, receive, dressed)
            return
        await self.app(scope, onward, dressed)

    async def _checked(self, request: Request, receive: Receive) -> Receive:
        if request.scope["path"].startswith(COLLECT):
            set_visitor(None)
            try:
                return _replay(await self._collectors.body(request), receive)
            except TurnedAway as away:
                raise Denied(away.answer) from None
        if shows_token(request):
            return await self._program(request, receive)
        who = await self._who(request)
        set_visitor(who)
        path: str = request.scope["path"]
        if who is None and not is_open(path):
            raise Denied(_sign_in_first(request))
        if request.method in SAFE_METHODS:
            if who is not None and not who.person.name and _is_page(request):
                raise Denied(RedirectResponse("/bienvenue", 303))
            return receive
        if not rules.same_origin(request.headers):
            raise Denied(_refusal(request, 403, _foreign()))
        if upload_door.sends_files(request):
            try:
                return await upload_door.opened(request, receive, who)
            except upload_door.TurnedAway as away:
                raise Denied(away.told(request)) from None
        body = await _body(request, FORM_BYTES if _is_form(request) else JSON_BYTES)
        if who is not None and not is_open(path):
            _check_token(request, who, body)
        return _replay(body, receive)

    async def _program(self, request: Request, receive: Receive) -> Receive:
        """What to hand on of a program that shows its token: no session, so nothing of a browser is checked."""
        set_visitor(None)
        try:
            set_visitor(await self._imports.who(request))
            if request.method in SAFE_METHODS:
                return receive
            if upload_door.sends_files(request):
                upload_door.check_size(request)
                return receive
        except TurnedAwayProgram as away:
            raise Denied(away.answer) from None
        except upload_door.TurnedAway as away:
            raise Denied(away.told(request)) from None
        return _replay(await _body(request, JSON_BYTES), receive)

    async def _who(self, request: Request) -> SignedIn | None:
        token = request.cookies.get(rules.SESSION_COOKIE)
        if not token:
            return None
        try:
            return await asyncio.to_thread(session_of, self.store, token)
        except StoreError as error:
            raise Denied(_refusal(request, 503, message(error))) from error

    def _dressed(self, request: Request, send: Send) -> Send:
        https = request.url.scheme == "https"

        async def dressed(sent: Message) -> None:
            if sent["type"] == "http.response.start":
                headers = MutableHeaders(scope=sent)
                for name, value in rules.FIXED.items():
                    headers[name] = value
                headers["content-security-policy"] = self.policy
                headers.setdefault("cache-control", "no-cache" if _is_asset(request) else "no-store")
                if https:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(sent)

        return dressed


def is_open(path: str) -> bool:
    """Whether a path may be asked for without a session."""
    return path in OPEN or path.startswith(OPEN_UNDER)


def _is_page(request: Request) -> bool:
    path: str = request.scope["path"]
    machinery = path.startswith(("/api/", "/assets/", "/_")) or path in NAMELESS
    return not machinery and not is_open(path)


def _is_asset(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.startswith("/assets/")


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _sign_in_first(request: Request) -> Response:
    if request.method in ("GET", "HEAD") and _is_page(request):
        return RedirectResponse(f"/connexion?suite={quote(rules.written_path(request.scope))}", 303)
    return _refusal(request, 401, say("Connectez-vous d’abord.", "Sign in first."))


def _foreign() -> str:
    return say(
        "Cette demande ne vient pas d’une page de ce site. Rien n’a été changé.",
        "This request does not come from a page of this site. Nothing was changed.",
    )


def _refusal(request: Request, status: int, text: str) -> Response:
    if request.scope["path"].startswith(("/api/", "/_", "/assets/")):
        return JSONResponse({"error": status, "message": text}, status)
    return plain.refusal(status, text)


async def _body(request: Request, limit: int) -> bytes:
    """The whole body. Raises Denied (413) as soon as it passes the limit, in bytes, whatever it announced."""
    too_large = say("L’envoi dépasse la taille permise.", "The request is larger than allowed.")
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        raise Denied(_refusal(request, 413, too_large))
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Denied(_refusal(request, 413, too_large))
    return body


def _check_token(request: Request, who: SignedIn, body: bytes) -> None:
    """The session's token, in a form's field or in a header; pages' own calls are known by their origin."""
    if request.scope["path"] == "/_dash-update-component":
        if request.headers.get("content-type", "").startswith("application/json"):
            return
        raise Denied(_refusal(request, 403, _foreign()))
    given = request.headers.get("x-csrf-token", "")
    if not given and _is_form(request):
        given = parse_qs(body.decode("utf-8", "replace")).get("csrf", [""])[0]
    if not hmac.compare_digest(given.encode(), who.csrf.encode()):
        stale = say(
            "Ce formulaire n’est plus valable. Rechargez la page et recommencez.",
            "This form is no longer valid. Reload the page and try again.",
        )
        raise Denied(_refusal(request, 403, stale))


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
