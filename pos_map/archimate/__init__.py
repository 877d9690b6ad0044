"""ArchiMate: read the map from exchange XML, Archi files and Archi CSV; write scores back; export the map."""

from pos_map.archimate.reading import is_archimate, sheets, together

__all__ = ["is_archimate", "sheets", "together"]
