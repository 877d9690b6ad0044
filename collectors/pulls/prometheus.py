"""The HTTP API of Prometheus (and of what speaks it: Thanos, Mimir, VictoriaMetrics): ranges, in slices.

A token is never sent in clear beyond this machine, a redirect never followed, an answer never read beyond a
size and a time. What may pass is tried again, a little later each time.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from collectors.pulls.counters import Point
from collectors.pulls.found import HOUR_S, SourceRefused, SourceUnreachable, cut

MOST_POINTS = 11_000
"""Points a series may have in one answer: Prometheus refuses more."""
MOST_BYTES = 64_000_000
WINDOW_S = 6 * HOUR_S
TRIES = 4
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Server:
    """Where to ask. `token`: bearer; or `user` and `password`; `ca`: file of certificates to trust.

    `timeout_s`: for one answer, whole. `pause`: how to wait between tries (tests).
    """

    url: str
    token: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    timeout_s: float = 60.0
    most_bytes: int = MOST_BYTES
    pause: Callable[[float], None] = time.sleep


class Series(NamedTuple):
    """A series of an answer: its labels, its samples oldest first."""

    labels: dict[str, str]
    points: list[Point]


class _TooBig(Exception):
    """An answer beyond the size read: ask for a shorter range."""


def slices(start: float, end: float, step_s: float, most: int = MOST_POINTS) -> Iterator[tuple[float, float]]:
    """Ranges of at most `most` points that meet at a shared point, so that no interval is lost between them.

    Instants are multiples of the step, so that the same range gives the same points again.
    """
    at, last = _aligned(start, step_s), _aligned(end, step_s)
    while at < last:
        stop = min(last, at + (most - 1) * step_s)
        yield at, stop
        at = stop


def windows(start: float, end: float, step_s: float) -> Iterator[tuple[float, float]]:
    """Windows of `WINDOW_S`, cut on the hour, that meet at a shared point: what is held in memory at once."""
    at = start
    while at < end:
        stop = min(end, max(WINDOW_S, step_s) + at // HOUR_S * HOUR_S)
        yield at, stop
        at = stop


Last = dict[tuple[tuple[str, str], ...], Point]
"""Last point of each series, by labels."""


def carried(last: Last, found: list[Series], node: Callable[[Mapping[str, str]], str]) -> list[Series]:
    """Series of a window, each from the last point of the window before: an interval across them isn't lost.

    `last`: from the window before, brought up to date. Only what was seen when its node (labels -> name) was
    last heard goes on: the windows of a node never overlap.
    """
    heard: dict[str, float] = {}
    for key, point in last.items():
        name = node(dict(key))
        heard[name] = max(point.t, heard.get(name, point.t))
    joined = []
    for labels, points in found:
        before = last.get(_key(labels))
        goes_on = before is not None and points and heard[node(labels)] == before.t < points[0].t
        joined.append(Series(labels, [before, *points] if before is not None and goes_on else points))
    last.clear()
    last.update((_key(labels), points[-1]) for labels, points in found if points)
    return joined


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _aligned(t: float, step_s: float) -> float:
    return t // step_s * step_s


def query_range(
    server: Server,
    query: str,
    start: float,
    end: float,
    step_s: float,
    progress: Callable[[float, float], None] | None = None,
) -> list[Series]:
    """The series of a query between two instants (UTC epoch seconds), one sample a step.

    Raises SourceUnreachable or SourceRefused. `progress(done_s, total_s)` after each slice.
    """
    check(server)
    found: dict[tuple[tuple[str, str], ...], list[Point]] = {}
    for begin, stop in slices(start, end, step_s):
        for labels, points in _slice(server, query, begin, stop, step_s):
            kept = found.setdefault(_key(labels), [])
            # Slices share a point.
            kept.extend(point for point in points if not kept or point.t > kept[-1].t)
        if progress is not None:
            progress(stop - start, end - start)
    return [Series(dict(labels), found[labels]) for labels in sorted(found)]


def _slice(server: Server, query: str, start: float, end: float, step_s: float) -> list[Series]:
    """One range; halved as long as the answer is too big."""
    asked = {"query": query, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step_s:g}"}
    try:
        return [_series(item) for item in _ask(server, asked)]
    except _TooBig:
        middle = _aligned((start + end) / 2, step_s)
        if not start < middle < end:
            raise SourceRefused(
                f"Réponse de plus de {server.most_bytes // 1_000_000} Mo pour un seul pas : restreignez avec "
                "--selector, par exemple '{cluster=\"prod\"}'.",
                f"An answer above {server.most_bytes // 1_000_000} MB for a single step: narrow it with "
                "--selector, for example '{cluster=\"prod\"}'.",
            ) from None
        first = _slice(server, query, start, middle, step_s)
        return first + _slice(server, query, middle, end, step_s)


def _series(item: Any) -> Series:
    labels = {str(name): str(value) for name, value in item["metric"].items()}
    return Series(labels, [Point(float(t), float(value)) for t, value in item["values"]])


def _ask(server: Server, asked: dict[str, str]) -> list[Any]:
    """The result of a query. Raises _TooBig, SourceRefused, SourceUnreachable."""
    address = f"{server.url.rstrip('/')}/api/v1/query_range?{urllib.parse.urlencode(asked)}"
    last = ""
    for attempt in range(TRIES):
        if attempt:
            server.pause(2.0 ** (attempt - 1))
        try:
            status, body = _get(server, address)
        except (OSError, HTTPException) as error:
            if isinstance(getattr(error, "reason", error), ssl.SSLError):
                raise _untrusted(server, error) from None
            last = type(getattr(error, "reason", error)).__name__
            continue
        if status in _TRANSIENT:
            last = f"HTTP {status}"
            continue
        return _result(server, status, body)
    raise SourceUnreachable(
        f"{_shown(server)} ne répond pas ({last}, {TRIES} essais). Vérifiez l’adresse, le mandataire (proxy) et "
        "que le service est démarré.",
        f"{_shown(server)} doesn’t answer ({last}, {TRIES} tries). Check the address, the proxy and that the "
        "service is up.",
    )


def _get(server: Server, address: str) -> tuple[int, bytes]:
    """Status and body; a body too long or too slow is not read to its end."""
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if address.startswith("https:"):
        context = ssl.create_default_context(cafile=str(server.ca) if server.ca else None)
        handlers.append(urllib.request.HTTPSHandler(context=context))
    if _on_this_machine(server.url):
        handlers.append(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address, headers={"Accept": "application/json", **_rights(server)})
    deadline = time.monotonic() + server.timeout_s
    try:
        answer = urllib.request.build_opener(*handlers).open(request, timeout=server.timeout_s)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        body = b""
        # read1 gives what came, without waiting for a whole piece: a server that drips is seen to be late.
        while chunk := answer.read1(_CHUNK):
            body += chunk
            if len(body) > server.most_bytes:
                raise _TooBig
            if time.monotonic() > deadline:
                raise TimeoutError
        return int(answer.status or 0), body


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token elsewhere: it is an answer like another, and refused."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _rights(server: Server) -> dict[str, str]:
    if server.token:
        return {"Authorization": f"Bearer {server.token}"}
    if server.user:
        pair = base64.b64encode(f"{server.user}:{server.password or ''}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


def _result(server: Server, status: int, body: bytes) -> list[Any]:
    """The series of an answer, whose form is checked whole. Raises SourceRefused."""
    try:
        said = json.loads(body)
        if said["status"] == "success":
            result = said["data"]["result"]
            if all({"metric", "values"} <= item.keys() for item in result):
                for item in result:
                    _series(item)
                return list(result)
            raise ValueError("matrix")
        reason = cut(said.get("error") or status)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        reason = f"HTTP {status}" if status != 200 else "réponse qui n’est pas de Prometheus"
    if status in (401, 403):
        raise SourceRefused(
            f"{_shown(server)} refuse l’accès (HTTP {status}). Donnez --token-file, ou --user et --password-file.",
            f"{_shown(server)} denies access (HTTP {status}). Give --token-file, or --user and --password-file.",
        )
    raise SourceRefused(
        f"{_shown(server)} refuse la demande : {reason}. Vérifiez l’adresse (sans /api/v1), --step et --selector.",
        f"{_shown(server)} refuses the query: {reason}. Check the address (without /api/v1), --step and --selector.",
    )


def _untrusted(server: Server, error: BaseException) -> SourceRefused:
    reason = cut(getattr(error, "reason", error))
    return SourceRefused(
        f"{_shown(server)} : certificat non reconnu ({reason}). Donnez l’autorité de votre organisme par --ca.",
        f"{_shown(server)}: certificate not trusted ({reason}). Give your body’s authority with --ca.",
    )


def check(server: Server) -> None:
    """Refuse an address that is not http(s), or where a secret would travel in clear. Raises SourceRefused."""
    try:
        parts = urllib.parse.urlsplit(server.url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        good = good and not (parts.username or parts.query)
    except ValueError:
        good = False
    if not good:
        raise SourceRefused(
            f"Adresse « {cut(_shown(server))} » refusée : donnez http(s)://hôte[:port][/préfixe], sans mot de passe.",
            f"Address “{cut(_shown(server))}” refused: give http(s)://host[:port][/prefix], without a password.",
        )
    if parts.scheme == "http" and (server.token or server.user) and not _on_this_machine(server.url):
        raise SourceRefused(
            "Un secret ne part pas en clair sur le réseau : donnez une adresse https (et --ca s’il le faut).",
            "A secret doesn’t travel in clear: give an https address (and --ca if needed).",
        )


def _on_this_machine(url: str) -> bool:
    name = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _shown(server: Server) -> str:
    """The address without what may hold a secret."""
    try:
        parts = urllib.parse.urlsplit(server.url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "?"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
