"""Recognise an ArchiMate file, whatever its suffix, and give it as sheets of our tables."""

from __future__ import annotations

import io
from pathlib import Path

from pos_map.archimate.applications import applications, flows
from pos_map.archimate.archi_reader import read_archi
from pos_map.archimate.container import model_bytes, model_head
from pos_map.archimate.csv_reader import is_archi_csv, read_csv, triple
from pos_map.archimate.exchange_reader import read_exchange
from pos_map.archimate.graph import Graph
from pos_map.archimate.hosting import link_rows
from pos_map.archimate.model import Model
from pos_map.archimate.places import map_rows
from pos_map.archimate.rooms import room_rows
from pos_map.archimate.technology import asset_rows, find_machines, machine_rows
from pos_map.columns import MAP
from pos_map.grids import Sheet, Unreadable
from pos_map.headers import Header

EXCHANGE_SPACE = b"http://www.opengroup.org/xsd/archimate"
ARCHI_SPACE = b"http://www.archimatetool.com/archimate"


def is_archimate(path: Path) -> bool:
    """Whether a file is an ArchiMate model, by its content: exchange XML, Archi (zipped or not), Archi CSV."""
    if path.suffix.lower() == ".csv":
        return is_archi_csv(path)
    try:
        return kind_of_bytes(model_head(path)) != ""
    except (OSError, Unreadable):
        return path.suffix.lower() == ".archimate"


def kind_of_bytes(head: bytes) -> str:
    """ "exchange" or "archi" by the namespace in the first bytes, "" for neither."""
    plain = head.replace(b"\0", b"")
    spaces = {"exchange": plain.find(EXCHANGE_SPACE), "archi": plain.find(ARCHI_SPACE)}
    found = {kind: at for kind, at in spaces.items() if at >= 0}
    return min(found, key=lambda kind: found[kind]) if found else ""


def together(path: Path) -> list[Path]:
    """The files read with this one: itself, or the three CSV files of an Archi export, elements first."""
    if path.suffix.lower() == ".csv":
        return list(triple(path).values()) or [path]
    return [path]


def read_model(path: Path) -> Model:
    """The model in a file. Raises Unreadable, OSError."""
    if path.suffix.lower() == ".csv":
        return read_csv(path)
    return model_of(model_bytes(path))


def model_of(data: bytes) -> Model:
    """The model in the bytes of an XML file. Raises Unreadable."""
    kind = kind_of_bytes(data[: 1 << 16])
    if kind == "exchange":
        return read_exchange(io.BytesIO(data))
    if kind == "archi":
        return read_archi(io.BytesIO(data))
    raise Unreadable(
        "unknown-format",
        "Ce fichier n'est ni un modèle d'échange ArchiMate (XML de l'Open Group) ni un modèle Archi.",
        "This file is neither an ArchiMate exchange model (XML of the Open Group) nor an Archi model.",
    )


def sheets(path: Path, name: str) -> list[Sheet]:
    """The tables an ArchiMate file holds, their faults noted; `name` is the file's in faults.

    The first sheet bears the faults of the whole file; a model without any application or machine gives an
    empty map. Raises Unreadable for a file that cannot be read, OSError for one that cannot be opened.
    """
    return sheets_of(read_model(path), name)


def sheets_of(model: Model, name: str) -> list[Sheet]:
    """The tables of a model already read (see `sheets`)."""
    graph = Graph(model, name)
    found = applications(graph)
    estate = find_machines(graph)
    centres, rooms = room_rows(graph, estate)
    mapped, nodes, seconds = map_rows(graph, found)
    links, linked = link_rows(graph, found, estate)
    assets, machines = asset_rows(graph, estate, rooms), machine_rows(graph, estate, linked)
    exchanged = flows(graph, found)
    graph.say_unread()
    tables = (centres, assets, machines, nodes, mapped, links, seconds, exchanged)
    made = [sheet for rows in tables if (sheet := rows.sheet()) is not None]
    if not made:
        graph.say(
            0,
            "no-application",
            "Ce modèle ArchiMate ne contient ni ApplicationComponent, ni Node, Device, Facility : rien à importer.",
            "This ArchiMate model holds no ApplicationComponent, Node, Device or Facility: nothing to import.",
        )
        made = [Sheet("", Header.of(MAP, {"code": "identifier", "name": "name"}), [])]
    made[0].faults.extend(sorted(graph.faults, key=lambda fault: fault.line or 0))
    return made
