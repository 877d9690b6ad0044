"""ArchiMate: read the map from exchange XML, Archi files and Archi CSV; write scores back; export the map.

Importing this package reads nothing: what is heavy is in its modules.
"""

from pos_map.archimate.exchange import write_exchange
from pos_map.archimate.reading import is_archimate, sheets, together
from pos_map.archimate.write_back import remove_scores, write_scores

__all__ = ["is_archimate", "remove_scores", "sheets", "together", "write_exchange", "write_scores"]
