"""The picture of the map: one 16:9 page, for slides and paper. Same map, same bytes.

Modules, each a step of the way from the store to the bytes:

content     what the picture says, gathered once from the store
strips      counts rounded up to places, boxes in rows, tiles in grids: where things stand, never by value
layout      the nested boxes of the map on the page
colours     what the colour of a tile tells: letter, size class, quality
lettering   widths of texts, cut so that none leaves its box
tiles       a tile as SVG, with as much text as it holds
page        the whole SVG: title, map, legend
rendering   PNG and PDF of it, by typst (extra `reports`, loaded only there)
"""

from footprint.report.map_picture.colours import COLOURS, Colour
from footprint.report.map_picture.rendering import FORMS, Form, picture, write_picture

__all__ = ["COLOURS", "FORMS", "Colour", "Form", "picture", "write_picture"]
