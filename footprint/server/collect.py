"""What collectors send: POST /api/v1/collect/spool/{run_id}, with a bearer token, nothing else.

The body is the record as it lies in the spool (application/x-ndjson), gzip allowed, 32 MB at most. The answer
comes after the commit:

    201  {"result": "stored", …}     it is stored
    200  {"result": "already", …}    it was there: nothing changed
    409  {"result": "refused", …}    another record has this id
    422  {"result": "refused", …}    no record can be made of it
    413, 415                         too large, not of this type
    401, 403, 408, 429               by the guard: token, scope, slowness, pace

with "reason" ({"fr", "en"} or null) and "bad_lines" (reason code -> count of lines left out).
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from footprint.records.receiving import BadPacking, Received, TooLarge, receive, unpack
from footprint.store.database import Store
from footprint.tokens import Token

UNDER = "/api/v1/collect/"
"""Every path below asks for a bearer token; a session opens none of them."""
CONTENT_TYPE = "application/x-ndjson"
WORKERS = 2
MOST_WAITING = 6
"""Records held in memory at a time, each 32 MB at most."""
STATUS = {"stored": 201, "already": 200, "conflict": 409, "unusable": 422}


def routes(store: Store) -> APIRouter:
    """The collectors' routes over this store."""
    router = APIRouter(prefix=UNDER.rstrip("/"))
    # Apart from the threads that serve pages: a rush of records must not make them wait.
    workers = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="collect")
    waiting: set[int] = set()

    @router.post("/spool/{run_id}")
    async def spool(run_id: str, request: Request) -> JSONResponse:
        """Store a record, once, by its id; answered after the commit."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        packing = request.headers.get("content-encoding", "identity").strip().lower()
        if kind != CONTENT_TYPE or packing not in ("identity", "gzip"):
            return refused(
                415,
                f"Envoyez le relevé en {CONTENT_TYPE}, compressé par gzip ou non.",
                f"Send the record as {CONTENT_TYPE}, packed with gzip or not.",
            )
        if len(waiting) >= MOST_WAITING:
            return refused(
                429, "Trop d’envois en même temps.", "Too many records at once.", {"retry-after": "2"}
            )
        token: Token = request.scope["collector"]  # set by the guard
        body = await request.body()
        work = partial(_received, store, token, run_id, body, packing == "gzip")
        waiting.add(id(request))
        try:
            return await asyncio.get_running_loop().run_in_executor(workers, work)
        finally:
            waiting.discard(id(request))

    return router


def refused(status: int, fr: str, en: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A refusal, in both languages: a collector has no language of its own."""
    content = {"result": "refused", "reason": {"fr": fr, "en": en}, "bad_lines": {}}
    return JSONResponse(content, status, headers)


def _received(store: Store, token: Token, run_id: str, body: bytes, packed: bool) -> JSONResponse:
    try:
        content = unpack(body) if packed else body
    except TooLarge:
        return refused(413, "Relevé plus gros que 32 Mo.", "Record larger than 32 MB.")
    except BadPacking:
        return refused(422, "Contenu gzip illisible.", "Unreadable gzip content.")
    return _answer(receive(store, token.id, run_id, content))


def _answer(done: Received) -> JSONResponse:
    known = done.outcome in ("stored", "already")
    content = {
        "result": done.outcome if known else "refused",
        "reason": {"fr": done.fr, "en": done.en} if done.fr else None,
        "bad_lines": done.bad_lines,
    }
    return JSONResponse(content, STATUS[done.outcome])
