"""Pages without script: sign-in, welcome and refusals. A small template; everything variable is escaped."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from footprint.texts import language, say

STYLE = "/assets/footprint.css"

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – footprint</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{style}">
</head>
<body class="plain">
<main id="contenu" class="plain-card">
<p class="brand">footprint</p>
<h1>{title}</h1>
{body}
</main>
{languages}
</body>
</html>
"""


def page(title: str, body: str, status: int = 200, suite: str = "") -> HTMLResponse:
    """A whole page; `title` is escaped here, `body` is HTML already; `suite` is where a language switch returns."""
    text = _PAGE.format(
        lang=language(), title=escape(title), style=STYLE, body=body, languages=_languages(suite)
    )
    return HTMLResponse(text, status)


def refusal(status: int, message: str) -> HTMLResponse:
    """A readable page for a refused request, with a way out."""
    titles = {
        401: say("Connexion nécessaire", "Sign-in needed"),
        403: say("Accès refusé", "Access refused"),
        404: say("Page introuvable", "Page not found"),
        413: say("Envoi trop volumineux", "Request too large"),
        429: say("Trop d’essais", "Too many attempts"),
    }
    title = titles.get(status, say("Demande refusée", "Request refused"))
    out = say("Revenir à la carte", "Back to the map")
    return page(title, f'{paragraph(message)}<p><a class="button" href="/">{escape(out)}</a></p>', status)


def paragraph(text: str, role: str = "") -> str:
    """An escaped paragraph, announced at once when it is an alert."""
    return (
        f'<p role="alert" class="alert">{escape(text)}</p>' if role == "alert" else f"<p>{escape(text)}</p>"
    )


def field(
    name: str, label: str, value: str = "", kind: str = "text", *, hint: str = "", extra: str = ""
) -> str:
    """A labelled input; `extra` is literal attributes, never user text."""
    described = f' aria-describedby="{name}-aide"' if hint else ""
    help_text = f'<span class="hint" id="{name}-aide">{escape(hint)}</span>' if hint else ""
    return (
        f'<div class="field"><label for="{name}">{escape(label)}</label>{help_text}'
        f'<input id="{name}" name="{name}" type="{kind}" value="{escape(value)}"{described} {extra}></div>'
    )


def hidden(name: str, value: str) -> str:
    """A hidden field."""
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _languages(suite: str) -> str:
    other, label = say("en", "fr"), say("English", "Français")
    return (
        f'<form class="plain-language" method="post" action="/langue/{other}">{hidden("suite", suite)}'
        f'<button class="link" type="submit" lang="{other}">{label}</button></form>'
    )
