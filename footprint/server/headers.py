"""Headers of every answer, cookies, languages and origins: the small rules the guard applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from starlette.responses import Response
from starlette.types import Scope

from footprint.texts import Language

SESSION_COOKIE = "footprint_session"
LANGUAGE_COOKIE = "langue"

FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}


def content_policy(script_hashes: Sequence[str]) -> str:
    """Content-Security-Policy: our own files, and the inline scripts with these hashes, nothing else.

    Styles may be inline: the pages' components and charts set them.
    """
    scripts = " ".join(["'self'", *script_hashes])
    rules = (
        "default-src 'none'",
        f"script-src {scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


def chosen_language(cookie: str, accepted: str) -> Language:
    """Language of a request: the cookie, else English when the browser prefers it to French, else French."""
    if cookie in ("fr", "en"):
        return "en" if cookie == "en" else "fr"
    wishes: list[tuple[float, str]] = []
    for part in accepted.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), tag[:2]))
        except ValueError:
            continue
    known = [(weight, tag) for weight, tag in wishes if tag in ("fr", "en")]
    return "en" if known and max(known, key=lambda wish: wish[0])[1] == "en" else "fr"


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a state-changing request comes from our own pages; a request that does not say is refused."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return bool(origin) and urlsplit(str(origin)).netloc == headers.get("host")


def written_path(scope: Scope) -> str:
    """The path as the browser wrote it, percent signs included: what links, titles and redirections need."""
    raw = scope.get("raw_path")
    return raw.decode("ascii", "replace").partition("?")[0] if raw else quote(scope["path"])


def local_path(suite: str) -> str:
    """A path of this site to go on to, "/" for anything that could lead elsewhere."""
    safe = suite.startswith("/") and not suite.startswith(("//", "/\\")) and suite.isprintable()
    return suite if safe and "\\" not in suite else "/"


def set_session(response: Response, token: str, *, https: bool) -> None:
    """Give the browser its session: out of scripts' reach, never sent from another site's form.

    The cookie has no age of its own: the server alone says when a session ends.
    """
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="lax", secure=https)


def set_language_cookie(response: Response, value: Language, *, https: bool) -> None:
    """Remember the language for a year."""
    response.set_cookie(
        LANGUAGE_COOKIE, value, max_age=365 * 86400, httponly=True, samesite="lax", secure=https
    )
