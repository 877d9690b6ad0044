"""The bearer token that a request shows."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from footprint import tokens
from footprint.store.database import Store


async def shown(store: Store, request: Request) -> tokens.Token | None:
    """The token of a request, None when it shows none that holds. Raises StoreError."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return await asyncio.to_thread(tokens.bearer, store, secret.strip())
