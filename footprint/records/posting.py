"""One record to one server, over https: addresses, token, retries, and what the answer means.

Used by footprint.records.pushing. Standard library only.
"""

from __future__ import annotations

import gzip
import http.client
import ipaddress
import json
import re
import ssl
import time
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from footprint.errors import FootprintError

PATH = "/api/v1/collect/spool/"
TRIES = 4
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
_LONGEST_ANSWER = 65536
_TOKEN = re.compile(r"fp_[A-Za-z0-9_-]{43}")


class PushFailed(FootprintError):
    """Records could not be sent; nothing is lost, another push takes up from there.

    `final`: trying the other records is no use; `done`: what had gone through (footprint.records.pushing.Pushed).
    """

    def __init__(self, fr: str, en: str, *, final: bool = True) -> None:
        super().__init__(fr, en)
        self.final = final
        self.done: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said of a record: "stored", "already" or "refused" (with its reason)."""

    result: str
    fr: str = ""
    en: str = ""


class _NoRedirection(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow nothing: the token is for the server it was made for."""


class Poster:
    """Sends records to one server. Raises PushFailed at once for a bad address, token or certificate file."""

    def __init__(self, url: str, token: str, *, timeout_s: float = 30.0, ca: Path | None = None) -> None:
        self.place = _address(url)
        self._token = _secret(token)
        self._timeout_s = timeout_s
        here = self.place.startswith("http://")
        try:
            context = ssl.create_default_context(cafile=ca)
        except (OSError, ssl.SSLError) as error:
            raise PushFailed(
                f"Le fichier de certificats {ca} est illisible : donnez un fichier PEM par --ca.",
                f"The certificate file {ca} can't be read: give a PEM file with --ca.",
            ) from error
        # In clear, to this very machine: no proxy may see the token.
        proxies = ProxyHandler({}) if here else ProxyHandler()
        self._opener = build_opener(proxies, HTTPSHandler(context=context), _NoRedirection)

    def post(self, run_id: str, record: bytes) -> Answer:
        """Send one record; tried again, ever later, while the server is out of reach or busy.

        Raises PushFailed: final when no other record would fare better.
        """
        packed = gzip.compress(record, compresslevel=6, mtime=0)
        for tried in range(1, TRIES + 1):
            try:
                return self._once(run_id, packed)
            except _Later as later:
                if tried == TRIES:
                    raise later.failure from later
                time.sleep(min(LONGEST_WAIT_S, max(later.wait_s, FIRST_WAIT_S * 2.0 ** (tried - 1))))
        raise AssertionError("unreachable")

    def _once(self, run_id: str, packed: bytes) -> Answer:
        request = Request(self.place + PATH + quote(run_id, safe=""), data=packed, method="POST")
        request.add_header("content-type", "application/x-ndjson")
        request.add_header("content-encoding", "gzip")
        request.add_header("user-agent", "footprint")
        request.add_unredirected_header("authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as reply:
                return _understood(reply.status, reply.read(_LONGEST_ANSWER))
        except HTTPError as error:
            with error:
                return self._turned_away(error)
        except URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise self._untrusted(error.reason) from error
            raise _Later(self._unreachable(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise _Later(self._unreachable(error)) from error

    def _turned_away(self, error: HTTPError) -> Answer:
        status = error.code
        if status in (409, 413, 415, 422):
            return _understood(status, error.read(_LONGEST_ANSWER))
        if status in (408, 425, 429) or status >= 500:
            raise _Later(self._busy(status), _seconds(error.headers.get("retry-after"))) from error
        ours = "bearer" in (error.headers.get("www-authenticate") or "").lower()
        if status == 403 or (status == 401 and ours):
            raise PushFailed(
                f"Le serveur {self.place} refuse ce jeton ({status}) : expiré, révoqué ou d’une autre portée ? "
                "Demandez-en un autre (footprint token create, sur le serveur).",
                f"The server {self.place} refuses this token ({status}): expired, revoked or of another scope? "
                "Ask for another one (footprint token create, on the server).",
            )
        if 300 <= status < 400:
            raise PushFailed(
                f"Le serveur {self.place} renvoie ailleurs ; le jeton n’y est pas envoyé. Donnez l’adresse finale.",
                f"The server {self.place} redirects elsewhere; the token does not follow. Give the final address.",
            )
        raise PushFailed(
            f"{self.place} ne connaît pas cet envoi ({status}) : est-ce bien un serveur footprint, à jour ?",
            f"{self.place} does not know this request ({status}): is it a footprint server, up to date?",
        )

    def _untrusted(self, error: ssl.SSLCertVerificationError) -> PushFailed:
        return PushFailed(
            f"Certificat de {self.place} non reconnu ({error.verify_message}). Autorité interne : --ca FICHIER.pem.",
            f"Certificate of {self.place} not trusted ({error.verify_message}). Internal authority: --ca FILE.pem.",
        )

    def _unreachable(self, error: object) -> PushFailed:
        return PushFailed(
            f"Le serveur {self.place} ne répond pas ({error}). Les mesures restent ici ; relancez plus tard.",
            f"The server {self.place} does not answer ({error}). The records stay here; try again later.",
        )

    def _busy(self, status: int) -> PushFailed:
        return PushFailed(
            f"Le serveur {self.place} n’a pas pu répondre ({status}). Les mesures restent ici ; relancez plus tard.",
            f"The server {self.place} could not answer ({status}). The records stay here; try again later.",
            final=False,
        )


class _Later(Exception):
    """Worth another try, after `wait_s` at least; else `failure`."""

    def __init__(self, failure: PushFailed, wait_s: float = 0.0) -> None:
        super().__init__(failure.fr)
        self.failure = failure
        self.wait_s = wait_s


def _understood(status: int, body: bytes) -> Answer:
    """The server's answer; a mark is only made for an answer that says so itself, whatever its status."""
    try:
        said = json.loads(body)
        result, reason = said["result"], said.get("reason") or {}
        if result in ("stored", "already", "refused"):
            return Answer(result, str(reason.get("fr", "")), str(reason.get("en", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise PushFailed(
        f"Réponse incomprise ({status}) : est-ce bien un serveur footprint, sans page intermédiaire ?",
        f"Answer not understood ({status}): is it a footprint server, with no page in between?",
    )


def _address(url: str) -> str:
    """The server's address without its last slash. Raises PushFailed."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise PushFailed(
            f"Adresse de serveur « {url} » refusée : attendu https://serveur, sans compte ni « ? ».",
            f"Server address “{url}” refused: expected https://server, without account nor “?”.",
        )
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise PushFailed(
            f"« {url} » enverrait le jeton en clair : utilisez https:// (http:// ne sert que sur cette machine).",
            f"“{url}” would send the token in clear: use https:// (http:// is for this machine only).",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _is_here(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"


def _secret(token: str) -> str:
    token = token.strip()
    if not _TOKEN.fullmatch(token):
        raise PushFailed(
            "Ce n’est pas un jeton de collecte (il commence par « fp_ »). En créer un : footprint token create.",
            "This is not a collection token (it begins with “fp_”). To make one: footprint token create.",
        )
    return token


def _seconds(text: str | None) -> float:
    return min(LONGEST_WAIT_S, float(text)) if text and text.isdigit() else 0.0
