"""The door of programs that import, in the guard: a bearer token of scope "import", at a bearable pace.

It opens the paths of imports of the API alone. No cookie is looked at where a token is shown, so no page of
another site can use a visitor's session there, and no CSRF token is needed.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from footprint import tokens
from footprint.errors import StoreError
from footprint.people import SignedIn
from footprint.roles import TOKEN, Person
from footprint.server import bearer
from footprint.server.throttle import Throttle
from footprint.store.database import Store
from footprint.texts import message, say

UNDER = "/api/v1/imports"
SCOPE = "import"
PER_MINUTE = 120
"""Requests of one token in a minute: a check is asked after every second or two."""


class TurnedAway(Exception):
    """A program is refused, with this answer."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.answer: Response = JSONResponse({"error": status, "message": text}, status, headers)


class ImportsDoor:
    """Lets programs in, in this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pace = Throttle(PER_MINUTE, 60.0)

    async def who(self, request: Request) -> SignedIn:
        """Whom the token of a request stands for: someone who may import, and nothing else. Raises TurnedAway."""
        token = await self._token(request)
        if token.scope != SCOPE:
            raise TurnedAway(
                403,
                say(
                    "La portée de ce jeton ne permet pas d’importer.",
                    "This token's scope does not allow imports.",
                ),
            )
        key = str(token.id)
        if self._pace.blocked(key):
            said = say("Trop de demandes en une minute.", "Too many requests in a minute.")
            raise TurnedAway(429, said, {"retry-after": "30"})
        self._pace.failed(key)  # counts a request, whatever becomes of it
        # No account has such a login: ":" is refused there.
        person = Person(0, f"jeton:{token.name}", token.name, "", TOKEN, False)
        return SignedIn(person, "", f"jeton:{token.id}")

    async def _token(self, request: Request) -> tokens.Token:
        try:
            found = await bearer.shown(self._store, request)
        except StoreError as error:
            raise TurnedAway(503, message(error)) from error
        if found is None:
            said = say(
                "Jeton inconnu, expiré ou révoqué. En créer un : footprint token create --scope import.",
                "Token unknown, expired or revoked. To make one: footprint token create --scope import.",
            )
            raise TurnedAway(401, said, {"www-authenticate": "Bearer"})
        return found


def shows_token(request: Request) -> bool:
    """Whether a request about imports shows a token, whatever it is."""
    path: str = request.scope["path"]
    return (path == UNDER or path.startswith(f"{UNDER}/")) and "authorization" in request.headers
