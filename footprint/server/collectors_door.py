"""The collectors' door, in the guard: a bearer token with the right scope, at a bearable pace and size.

No cookie is looked at, so no page of another site can use a visitor's session here, and no CSRF token is
needed. The token is checked before a byte of the body is read.
"""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from footprint import tokens
from footprint.errors import StoreError
from footprint.records.receiving import LARGEST_RECORD
from footprint.server import bearer
from footprint.server.collect import refused
from footprint.server.throttle import Throttle
from footprint.store.database import Store

SCOPE = "collect"
PER_MINUTE = 600
"""Records one token may send in a minute."""
AT_ONCE = 4
"""Bodies held at a time, whoever sends them: a body may take 32 MB."""
BODY_S = 120.0
"""Time a body may take to arrive."""


class TurnedAway(Exception):
    """A collector is refused, with this answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__(str(answer.status_code))
        self.answer = answer


class CollectorsDoor:
    """Lets collectors in, in this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pace = Throttle(PER_MINUTE, 60.0)
        self._reading = 0

    async def body(self, request: Request) -> bytes:
        """The body of an accepted request; its token goes to the route as scope["collector"].

        Raises TurnedAway.
        """
        token = await self._token(request)
        if token.scope != SCOPE:
            raise TurnedAway(
                refused(
                    403,
                    "La portée de ce jeton ne permet pas cet envoi.",
                    "This token's scope does not allow it.",
                )
            )
        if request.method != "POST":
            raise TurnedAway(
                refused(405, "Seul POST est admis ici.", "Only POST is allowed here.", {"allow": "POST"})
            )
        key = str(token.id)
        if self._pace.blocked(key):
            raise TurnedAway(_later("Trop d’envois en une minute.", "Too many records in a minute.", 30))
        self._pace.failed(key)  # counts an attempt, whatever becomes of it
        if self._reading >= AT_ONCE:
            raise TurnedAway(_later("Trop d’envois en même temps.", "Too many records at once.", 2))
        self._reading += 1
        try:
            content = await asyncio.wait_for(_read(request), BODY_S)
        except (TimeoutError, ClientDisconnect):
            raise TurnedAway(refused(408, "Envoi trop lent.", "The body came too slowly.")) from None
        finally:
            self._reading -= 1
        request.scope["collector"] = token
        return content

    async def _token(self, request: Request) -> tokens.Token:
        try:
            found = await bearer.shown(self._store, request)
        except StoreError as error:
            raise TurnedAway(refused(503, error.fr, error.en)) from error
        if found is None:
            raise TurnedAway(
                refused(
                    401,
                    "Jeton absent, inconnu, expiré ou révoqué. En créer un : footprint token create.",
                    "Token absent, unknown, expired or revoked. To make one: footprint token create.",
                    {"www-authenticate": "Bearer"},
                )
            )
        return found


def _later(fr: str, en: str, seconds: int) -> Response:
    return refused(429, fr, en, {"retry-after": str(seconds)})


async def _read(request: Request) -> bytes:
    """The whole body; refused (413) as soon as it passes the limit, whatever it announced."""
    too_large = refused(413, "Relevé plus gros que 32 Mo.", "Record larger than 32 MB.")
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced[:18]) > LARGEST_RECORD:
        raise TurnedAway(too_large)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_RECORD:
            raise TurnedAway(too_large)
    return bytes(content)
