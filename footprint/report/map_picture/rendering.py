"""The picture as bytes: SVG as it is, PNG and PDF by typst, which draws with the fonts it finds or its own."""

from __future__ import annotations

import contextlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Literal, get_args

from footprint.report.errors import ReportError
from footprint.report.map_picture import words
from footprint.report.map_picture.colours import Colour
from footprint.report.map_picture.content import Content, content
from footprint.report.map_picture.lettering import FAMILIES
from footprint.report.map_picture.page import HEIGHT, WIDTH, svg
from footprint.store.database import Store
from footprint.texts import language

Form = Literal["svg", "png", "pdf"]
FORMS: tuple[Form, ...] = get_args(Form)
EMBEDDED = "Libertinus Serif"  # comes with typst, narrower than what texts are measured for
POINTS = 72
PPI = 144  # of a page of 960 by 540 points: 1920 by 1080 px
PAGE = f"""#set document(title: sys.inputs.title, author: "footprint", date: none)
#set text(lang: sys.inputs.lang)
#set page(width: {WIDTH // 2}pt, height: {HEIGHT // 2}pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%, alt: sys.inputs.alt)
"""


def picture(store: Store, form: Form, colour: Colour = "note") -> bytes:
    """The map of the current campaign's newest assessment, in the current language.

    Raises CampaignError (no campaign, not assessed), ReportError (typst absent, for PNG and PDF).
    """
    return drawn(content(store), form, colour)


def write_picture(store: Store, path: Path, form: Form, colour: Colour = "note") -> Path:
    """Write the picture; `path`. Raises what `picture` raises, and ReportError when it can't be written."""
    made = picture(store, form, colour)
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(made)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ReportError(
            f"Le fichier {path} ne peut pas être écrit. Fermez-le s’il est ouvert, ou donnez un dossier qui existe.",
            f"The file {path} can't be written. Close it if it is open, or name a folder that exists.",
        ) from error
    return path


def drawn(found: Content, form: Form, colour: Colour) -> bytes:
    """The bytes of a picture, the same for the same content."""
    if form == "svg":
        return svg(found, colour).encode()
    typst = _library()
    inputs = {
        "svg": svg(found, colour, f"'{_family()}'"),
        "title": words.title(found),
        "alt": f"{words.title(found)}. {words.description(found, colour)}",
        "lang": language(),
    }
    at = datetime.fromisoformat(found.summary.created_at)

    def compiled(standards: list[str]) -> bytes:
        made = typst.compile(
            PAGE.encode(), format=form, ppi=PPI, sys_inputs=inputs, timestamp=at, pdf_standards=standards
        )
        assert isinstance(made, bytes)
        return made

    try:
        return compiled(["ua-1"] if form == "pdf" else [])
    except typst.TypstError:  # a sign no font here has: tagged all the same, but not to the letter of PDF/UA
        return compiled([])


@lru_cache(maxsize=1)
def _family() -> str:
    """The first family whose widths we know among the fonts of this machine, else one that comes with typst."""
    known = _library().Fonts().families()
    return next((name for name in FAMILIES if name in known), EMBEDDED)


def _library() -> ModuleType:
    try:
        import typst
    except ImportError as error:
        raise ReportError(
            "Le PNG et le PDF demandent une bibliothèque absente ici. Installez-la : dans le dépôt, "
            "pip install '.[reports]'. Le SVG n’en demande pas.",
            "PNG and PDF need a library that is absent here. Install it: in the checkout, "
            "pip install '.[reports]'. SVG needs none.",
        ) from error
    module: ModuleType = typst
    return module
