"""The door of sent files, in the guard: large bodies pass as a stream, once who sends them is known.

A form that sends files carries its token as its first field, where it can be read before anything else is; a
request of the API carries it in a header.
Nothing is kept here: the route behind writes the files as they come (multipart.py).
"""

from __future__ import annotations

import hmac
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive

from footprint.people import SignedIn
from footprint.server import plain
from footprint.texts import say

API = "/api/v1/imports"
PATHS = ("/import", "/rattachements/feuille", API)
"""Where files may be sent."""
FILE_BYTES = 100 * 1024 * 1024
FILES = 20
TOTAL_BYTES = 500 * 1024 * 1024
"""What one form may hold, its files together."""
_HEAD_BYTES = 8 * 1024
_BOUNDARY = re.compile(r"multipart/form-data;\s*boundary=\"?([0-9A-Za-z'()+_,./:=?-]{1,70})\"?", re.ASCII)


class TurnedAway(Exception):
    """A sending is refused, with this answer."""

    def __init__(self, status: int, fr: str, en: str) -> None:
        super().__init__(fr)
        self.status, self.text = status, say(fr, en)
        self.answer: Response = plain.refusal(status, self.text)

    def told(self, request: Request) -> Response:
        """The answer, a page or JSON as the address wants it."""
        if request.scope["path"].startswith("/api/"):
            return JSONResponse({"error": self.status, "message": self.text}, self.status)
        return self.answer


def sends_files(request: Request) -> bool:
    """Whether a request sends files where they are expected."""
    return request.scope["path"] in PATHS and boundary_of(request) is not None


def boundary_of(request: Request) -> str | None:
    """The boundary of a form that sends files, None for anything else."""
    found = _BOUNDARY.fullmatch(request.headers.get("content-type", ""))
    return found[1] if found else None


async def opened(request: Request, receive: Receive, who: SignedIn | None) -> Receive:
    """The body to hand on, as it comes, after its first field was found to be the session's token.

    Raises TurnedAway: not allowed to import, announced too large, no token.
    """
    if who is None or not who.person.may_import:
        raise TurnedAway(
            403, "Votre rôle ne permet pas cette action.", "Your role does not allow this action."
        )
    check_size(request)
    if request.scope["path"] == API:
        if not hmac.compare_digest(request.headers.get("x-csrf-token", "").encode(), who.csrf.encode()):
            raise _stale()
        return receive
    boundary = boundary_of(request) or ""
    first = re.compile(
        rb"--" + re.escape(boundary.encode()) + rb'\r\nContent-Disposition: form-data; name="csrf"\r\n'
        rb"(?:Content-Type: [^\r\n]{0,100}\r\n)?\r\n([\w-]{1,200})\r\n--",
        re.IGNORECASE,
    )
    head, more = b"", True
    while more and len(head) < _HEAD_BYTES and not first.match(head):
        message = await receive()
        head += message.get("body", b"")
        more = message.get("more_body", False)
    found = first.match(head)
    if not found or not hmac.compare_digest(found[1], who.csrf.encode()):
        raise _stale()
    return _continued(head, more, receive)


def check_size(request: Request) -> None:
    """Raise TurnedAway for a sending that announces more than is allowed, or does not say."""
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced[:18]) > TOTAL_BYTES:
        raise too_large()


def _stale() -> TurnedAway:
    return TurnedAway(
        403,
        "Ce formulaire n’est plus valable. Rechargez la page et recommencez.",
        "This form is no longer valid. Reload the page and try again.",
    )


def too_large() -> TurnedAway:
    """The refusal of what passes the limits."""
    return TurnedAway(
        413,
        f"L’envoi dépasse la taille permise : {FILES} fichiers, {FILE_BYTES >> 20} Mo chacun, "
        f"{TOTAL_BYTES >> 20} Mo en tout.",
        f"The request is larger than allowed: {FILES} files, {FILE_BYTES >> 20} MB each, "
        f"{TOTAL_BYTES >> 20} MB together.",
    )


def _continued(head: bytes, more: bool, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": head, "more_body": more}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
