"""The URL of an engine, and what to say of one that can't be used: a password is never part of a message."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from footprint.errors import FootprintError

DIALECTS = {"duckdb": "duckdb", "postgresql": "postgres", "postgres": "postgres", "spark": "pyspark"}
SECRETS = ("password", "sslpassword", "passfile", "oauth_client_secret")
"""Parameters of a PostgreSQL address that are shown to nobody."""


class EngineRefused(FootprintError):
    """The engine asked for can't be used."""


def dialect_of(url: str) -> str:
    """The SQL dialect of an engine's URL, that of DuckDB without one. Raises EngineRefused."""
    scheme, colon, _rest = url.partition(":") if url else ("duckdb", ":", "")
    dialect = DIALECTS.get(scheme.partition("+")[0]) if colon else None
    if dialect is None:
        # What isn't a scheme may be an account and its password.
        shown = f"{scheme}:" if colon and re.fullmatch(r"[a-z][a-z0-9+.-]{0,19}", scheme) else "?"
        raise EngineRefused(
            f"Moteur inconnu : « {shown} ». Attendu : duckdb://, postgresql://compte@hôte/base "
            "ou spark://local[2].",
            f"Unknown engine: “{shown}”. Expected: duckdb://, postgresql://account@host/base "
            "or spark://local[2].",
        )
    return dialect


def without_secrets(text: str, url: str) -> str:
    """What a driver said of an address, less its secrets; nothing at all when they can't be told apart."""
    try:
        parts = urlsplit(url)
        secrets = [parts.password, *(value for name, value in parse_qsl(parts.query) if name in SECRETS)]
        _valid = parts.port
    except ValueError:
        return ""
    # A password with a raw / # or ? is read as a host or a port, and the driver quotes it.
    strayed = "@" in parts.path + parts.query + parts.fragment
    if strayed or "@" in (parts.password or ""):
        return ""
    for secret in filter(None, secrets):
        for form in sorted({secret, unquote(secret)}, key=len, reverse=True):
            text = text.replace(form, "***")
    return " ".join(text.split())


def needs(extra: str) -> EngineRefused:
    """The refusal of an engine whose libraries are not installed."""
    return EngineRefused(
        f"Ce moteur demande un complément : pip install 'footprint-si[{extra}]'.",
        f"This engine needs an extra: pip install 'footprint-si[{extra}]'.",
    )
