"""Who is asking: set by the guard for each request, read by routes and pages."""

from __future__ import annotations

from contextvars import ContextVar

from footprint.errors import SignInRefused
from footprint.people import SignedIn

_current: ContextVar[SignedIn | None] = ContextVar("footprint_visitor", default=None)


def set_visitor(signed_in: SignedIn | None) -> None:
    """Name the visitor of the current request."""
    _current.set(signed_in)


def visitor() -> SignedIn:
    """The signed-in visitor of the current request. Raises SignInRefused outside a session."""
    found = _current.get()
    if found is None:
        raise SignInRefused("Connectez-vous d’abord.", "Sign in first.")
    return found
