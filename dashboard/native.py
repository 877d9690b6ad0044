"""Pages as plain HTML, without a line of script: the components of a layout written out, everything escaped."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from dashboard import router
from dashboard.components.native import Input
from footprint.server.headers import written_path
from footprint.server.refusals import Refusals
from footprint.store.database import Store
from footprint.texts import language

STYLES = sorted((Path(__file__).parent / "assets").glob("*.css"))
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col"})
_RENAMED = {"className": "class", "htmlFor": "for"}
_NAME = re.compile(r"[a-zA-Z][a-zA-Z-]*")
_CAPITAL = re.compile("(?<!^)(?=[A-Z])")
_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
{styles}
</head>
<body>
<div id="page">{content}</div>
</body>
</html>
"""


def serve(api: FastAPI, store: Store, refusals: Refusals) -> None:
    """The routes of the native pages."""

    def page(request: Request) -> Response:
        path = written_path(request.scope)
        if router.find(path) is None:
            raise HTTPException(404)
        content = router.render(store, refusals, path, dict(request.query_params))
        return HTMLResponse(document(router.title(path), content), headers=_headers(request, path))

    for module in router.NATIVE:
        subject = "{subject}" if module.PATH.endswith("/") else ""
        api.add_api_route(f"{module.PATH}{subject}", page, methods=["GET"], include_in_schema=False)


def document(title: str, content: Any) -> str:
    """A whole page."""
    styles = "\n".join(f'<link rel="stylesheet" href="/assets/{file.name}">' for file in STYLES)
    return _PAGE.format(lang=language(), title=escape(title), styles=styles, content=written(content))


def written(node: Any) -> str:
    """The HTML of components, texts and numbers, in order."""
    if node is None or node is False:
        return ""
    if isinstance(node, list | tuple):
        return "".join(written(child) for child in node)
    if isinstance(node, str | int | float):
        return escape(str(node))
    return _element(type(node).__name__.lower(), _props(node))


def _props(node: Any) -> dict[str, Any]:
    props = dict(vars(node)) if isinstance(node, Input) else dict(node.to_plotly_json()["props"])
    return {name: value for name, value in props.items() if value is not None and value is not False}


def _element(tag: str, props: dict[str, Any]) -> str:
    children = props.pop("children", None)
    if tag == "textarea":
        children = props.pop("value", "")
    attributes = "".join(_attribute(name, value) for name, value in props.items())
    if tag in _VOID:
        return f"<{tag}{attributes}>"
    # A first line break inside a text area is not part of it.
    start = "\n" if tag == "textarea" else ""
    return f"<{tag}{attributes}>{start}{written(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    name = _RENAMED.get(name, name.lower())
    if name == "style":
        value = ";".join(f"{_CAPITAL.sub('-', key).lower()}:{part}" for key, part in value.items())
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _headers(request: Request, path: str) -> dict[str, str]:
    """Come back by itself to a page that says it waits for something, unless asked not to."""
    found = router.find(path)
    waits = getattr(found[0], "waits", None) if found else None
    if waits is None or found is None or request.query_params.get("attendre") == "non":
        return {}
    return {"refresh": "4"} if waits(found[1]) else {}
