"""The dashboard: Dash mounted on the guarded FastAPI application.

`create_app()` is what uvicorn runs (`dashboard.app:create_app`, as a factory). Callbacks are coroutines that
hand their work to a thread, so that a slow page never stops the server from answering.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from dash import Dash, Input, Output, dcc, html
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import native, router
from footprint.server.app import create_api
from footprint.server.headers import written_path
from footprint.server.refusals import Refusals
from footprint.store.database import Store, open_store
from footprint.texts import language, say

ASSETS = Path(__file__).parent / "assets"

_path: ContextVar[str | None] = ContextVar("footprint_path", default=None)

_INDEX = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
{css}
</head>
<body>
<noscript><p class="noscript">{noscript}</p></noscript>
{app_entry}
<footer class="machinery">
{config}
{scripts}
{renderer}
</footer>
</body>
</html>
"""


def create_app(store: Store | None = None) -> FastAPI:
    """The whole application over a store (default: the one of FOOTPRINT_HOME and FOOTPRINT_STORE)."""
    return create_api(store or open_store(), pages=mount)


class Pages(Dash):  # type: ignore[misc]
    """Dash with an index page in the visitor's language."""

    def interpolate_index(self, **parts: str) -> str:
        """The page that loads everything else; its title follows the address."""
        script = say(
            "Ces pages ont besoin de JavaScript. Sans lui : footprint score, footprint explain, footprint report.",
            "These pages need JavaScript. Without it: footprint score, footprint explain, footprint report.",
        )
        kept = {name: parts[name] for name in ("css", "app_entry", "config", "scripts", "renderer")}
        return _INDEX.format(
            lang=language(), title=escape(router.title(_path.get() or "/")), noscript=escape(script), **kept
        )


def mount(api: FastAPI, store: Store, refusals: Refusals) -> Sequence[str]:
    """Mount the pages on the API; gives the hashes of the inline scripts they need."""
    native.serve(api, store, refusals)  # before Dash, which answers any address
    app = Pages(
        __name__,
        server=api,
        assets_folder=str(ASSETS),
        title="footprint",
        update_title=None,
        compress=True,
        serve_locally=True,
        suppress_callback_exceptions=True,
    )
    app.layout = lambda: _layout(store, refusals)
    _register(app, store, refusals)
    api.add_middleware(Addresses)
    hashes: Sequence[str] = app.csp_hashes()
    return hashes


def _layout(store: Store, refusals: Refusals) -> Any:
    """The page itself, as the first layout: Dash renders that in linear time, a callback's output is not."""
    path = _path.get()
    location = dcc.Location(id="url", refresh=False)
    if path is not None:
        return html.Div([location, html.Div(router.render(store, refusals, path), id="page")])
    loading = html.P(say("Chargement…", "Loading…"), className="loading", role="status")
    return html.Div([location, html.Div(loading, id="late-page")])


def _register(app: Dash, store: Store, refusals: Refusals) -> None:
    # For a browser that does not say which page asks for the layout.
    @app.callback(Output("late-page", "children"), Input("url", "pathname"))  # type: ignore[untyped-decorator]
    async def show(path: str) -> Any:
        return await asyncio.to_thread(router.render, store, refusals, path)

    for module in router.PAGES:
        if hasattr(module, "register"):
            module.register(app, store)


class Addresses:
    """ASGI layer: every address of a page gets Dash's index page; the rest goes on to the server's routes.

    Dash's own catch-all would answer any address at all with a page; ours are listed (router.PAGES).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead the address of a page to the index, and keep it for the title and the layout."""
        if scope["type"] == "http" and scope["method"] == "GET":
            if _is_dash(router.find(written_path(scope))):
                _path.set(written_path(scope))
                scope = {**scope, "path": "/", "raw_path": b"/"}
            elif scope["path"] == "/_dash-layout":
                _path.set(_asking_page(Headers(scope=scope)))
        await self.app(scope, receive, send)


def _is_dash(found: tuple[ModuleType, str] | None) -> bool:
    return found is not None and found[0] not in router.NATIVE


def _asking_page(headers: Headers) -> str | None:
    """Address of the page that asks for its layout (our Referrer-Policy has browsers say it), or None."""
    asking = urlsplit(headers.get("referer", ""))
    known = asking.netloc == headers.get("host") and _is_dash(router.find(asking.path))
    return asking.path if known else None
