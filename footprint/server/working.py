"""Work done in a thread while pages keep being served: started, and waited for a little."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from footprint.uploads import jobs

SHORT_S = 1.5
"""What a page waits for before it says that work is under way."""


async def work(identifier: str, done: Callable[[], object]) -> None:
    """Start the work and wait a little: what is short is done when its page is shown."""
    started = jobs.start(identifier, done)
    if started is not None:
        await asyncio.wait([asyncio.wrap_future(started)], timeout=SHORT_S)
