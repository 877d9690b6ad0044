"""Read the draft exchange format of the PCR-SI working group (Boavizta): requests, of any looseness.

is_rcp_si      whether a file is one of its requests, responses or lists of references
sheets         the tables of a request
write_rcp_si   an inventory as a request
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pos_map.columns import ASSETS, DATA_CENTRES, LINKS, SERVICES
from pos_map.faults import Fault, Place
from pos_map.grids import Line, Sheet, Unreadable
from pos_map.headers import Header
from pos_map.loose_json import MAX_BYTES, Json, Object, Slip, parse
from pos_map.rcp_si_items import (
    Item,
    application_of,
    cell_of,
    free_name,
    gwp_of,
    item_of,
    tags_of,
    text_of,
    type_of,
)
from pos_map.rcp_si_words import KWH, QUANTITY, SLIPS, is_non_it, is_piece, is_service
from pos_map.rcp_si_writing import write_rcp_si
from pos_map.saying import number_fr
from pos_map.values import Cell

__all__ = ["is_rcp_si", "sheets", "write_rcp_si"]

_HEAD_BYTES = 65_536
_REQUEST = re.compile(rb'"inventory"\s*:')
_OTHERS = re.compile(rb'"(total_impact|equipement_types|equipment_types)"\s*:')
_MOST_SLIPS = 50


def is_rcp_si(path: Path) -> bool:
    """Whether a file is a request, a response or a list of references of the draft."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    starts = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"//", b"/*"))
    return starts and bool(_REQUEST.search(head) or _OTHERS.search(head))


def sheets(path: Path, name: str) -> list[Sheet]:
    """The tables of a request: equipment, rooms, services bought. Raises Unreadable, OSError."""
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Unreadable("too-large", "Ce fichier JSON dépasse 64 Mo.", "This JSON file exceeds 64 MB.")
    place = Place(name)
    if _OTHERS.search(content[:_HEAD_BYTES]) and not _REQUEST.search(content[:_HEAD_BYTES]):
        return [Sheet("", None, (), [_not_a_request(place)])]
    found, slips = parse(content.decode("utf-8-sig", "replace"))
    request = _Request(place)
    request.faults.extend(_slip(place, line, slip) for line, slip in slips[:_MOST_SLIPS])
    request.read(found)
    return request.sheets()


@dataclass(slots=True)
class _Request:
    place: Place
    faults: list[Fault] = field(default_factory=list)
    organisation: str = ""
    mixes: set[str] = field(default_factory=set)
    items: list[Item] = field(default_factory=list)

    def read(self, found: Json) -> None:
        given = found.values if isinstance(found, Object) else {}
        organisation, inventory = given.get("organization"), given.get("inventory")
        self.organisation = organisation if isinstance(organisation, str) else ""
        electricity = given.get("electricity")
        for mix in electricity if isinstance(electricity, list) else ():
            if isinstance(mix, Object) and isinstance(name := mix.values.get("name"), str):
                self.mixes.add(name)
        if not isinstance(inventory, list):
            raise Unreadable(
                "unknown-format",
                "Cette demande RCP-SI n'a pas de liste « inventory ».",
                "This PCR-SI request has no “inventory” list.",
            )
        objects = [one for one in inventory if isinstance(one, Object)]
        shared = {tag for one in objects if is_non_it(type_of(one)) for tag in tags_of(one)}
        ids = Counter(text_of(one, "id") for one in objects)
        taken: dict[bool, set[str]] = {False: set(), True: set()}
        for one in objects:
            own, name, service = text_of(one, "id"), text_of(one, "name"), is_service(type_of(one))
            # A service is known by its name; equipment by its identifier, unless the file repeats it.
            wanted = own if own and ids[own] == 1 and not (service and name) else name or own
            self.items.append(item_of(one, wanted and free_name(wanted, taken[service]), shared))

    def sheets(self) -> list[Sheet]:
        equipment = [
            i for i in self.items if not is_service(type_of(i.given)) and not is_non_it(type_of(i.given))
        ]
        services = [item for item in self.items if is_service(type_of(item.given))]
        for item in equipment:
            self._note_equipment(item)
        self._note_mixes()
        rooms = self._rooms(equipment)
        assets = {"name": "id", "model": "name", "type": "type", "quantity": QUANTITY, "yearly_kwh": KWH,
                  "lifetime_y": "lifetime", "country": "mix_of_use", "data_centre": "tags", "site": "tags",
                  "entity": "organization"}  # fmt: skip
        bought = {"name": "id", "application": "tags", "environment": "tags", "provider": "tags",
                  "country": "mix_of_use", "yearly_kwh": KWH, "kgco2e": "impacts"}  # fmt: skip
        found = [Sheet("", Header.of(ASSETS, assets), [self._asset(item) for item in equipment], self.faults)]
        if rooms:
            names = {"code": "tags", "name": "tags", "pue": KWH, "location": "mix_of_use"}
            found.append(Sheet("", Header.of(DATA_CENTRES, names), rooms))
        if services:
            links = [(item.given.line, (cell_of(application_of(item)),)) for item in services]
            found.append(Sheet("", Header.of(SERVICES, bought), [self._service(item) for item in services]))
            found.append(Sheet("", Header.of(LINKS, {"application": "tags"}), links))
        return found

    def _asset(self, item: Item) -> Line:
        site = item.tags.get("site", "") or next(iter(item.loose), "")
        entity = item.tags.get("entity", "") or self.organisation
        cells = (item.name, item.cell("name"), item.cell("type"), item.cell(QUANTITY), item.cell(KWH),
                 item.cell("lifetime"), self._country(item), item.centre, site, entity)  # fmt: skip
        return item.given.line, tuple(cell_of(cell) if isinstance(cell, str) else cell for cell in cells)

    def _service(self, item: Item) -> Line:
        cells = (item.name, application_of(item), item.tags.get("environment"), item.tags.get("provider"),
                 self._country(item), item.yearly_kwh, gwp_of(item.given.values.get("impacts")))  # fmt: skip
        return item.given.line, tuple(cell_of(cell) if isinstance(cell, str) else cell for cell in cells)

    def _country(self, item: Item) -> Cell:
        return None if item.text("mix_of_use") in self.mixes else item.cell("mix_of_use")

    def _rooms(self, equipment: Sequence[Item]) -> list[Line]:
        """The rooms that tags name; the PUE of each, from its energy that is not of equipment."""
        found: list[Line] = []
        others = [item for item in self.items if is_non_it(type_of(item.given))]
        for code in dict.fromkeys(item.centre for item in self.items if item.centre):
            mine = [item for item in equipment if item.centre == code]
            rest = [item for item in others if item.centre == code]
            line = (mine or rest or [i for i in self.items if i.centre == code])[0].given.line
            places = {str(country) for item in mine if (country := self._country(item))}
            location = places.pop() if len(places) == 1 else None
            found.append(
                (line, (cell_of(code), cell_of(code), self._pue(code, mine, rest), cell_of(location)))
            )
        for item in others:
            if not item.centre:
                self._note(item, "non-it-unplaced", KWH, "cette énergie hors informatique n'a pas d'étiquette de "
                           "centre : elle n'est pas reprise.", "this non-IT energy has no tag of a centre: it is "
                           "not kept.")  # fmt: skip
        return found

    def _pue(self, code: str, mine: Sequence[Item], rest: Sequence[Item]) -> float | None:
        if not rest:
            return None
        used, lost = [item.yearly_kwh for item in mine], [item.yearly_kwh for item in rest]
        known = [kwh for kwh in used if kwh is not None]
        total, beside = sum(known), sum(kwh or 0 for kwh in lost)
        if len(known) < len(used) or None in lost or total <= 0 or beside < 0:
            self._note(rest[0], "non-it-unread", KWH, f"l'énergie hors informatique de « {code} » n'est pas reprise : "
                       "il faudrait celle de tous ses équipements pour en faire un PUE.", f"the non-IT energy of "
                       f"“{code}” is not kept: that of all its equipment would be needed to make a PUE.")  # fmt: skip
            return None
        pue = round(1 + beside / total, 6)
        self._note(rest[0], "pue-deduced", KWH, f"l'énergie hors informatique de « {code} » donne un PUE de "
                   f"{number_fr(round(pue, 3))} ({number_fr(total)} kWh d'équipements, {number_fr(beside)} kWh du "
                   f"reste).", f"the non-IT energy of “{code}” makes a PUE of {round(pue, 3):g} ({total:g} kWh of "
                   f"equipment, {beside:g} kWh besides).")  # fmt: skip
        return pue

    def _note_equipment(self, item: Item) -> None:
        unit = item.text("unit")
        if unit and not is_piece(unit):
            self._note(item, "unit", "unit", f"la quantité est en « {unit} » : elle est lue comme un nombre de pièces.",
                       f"the quantity is in “{unit}”: it is read as a number of pieces.")  # fmt: skip
        if gwp_of(item.given.values.get("impacts")) is not None:
            self._note(item, "impacts-unread", "impacts", "les impacts d'un équipement ne sont pas repris : le "
                       "format ne dit pas s'ils valent pour une pièce ou pour la ligne.", "the impacts declared for "
                       "equipment are not kept: the format does not say if of one piece or of the line.")  # fmt: skip

    def _note_mixes(self) -> None:
        for mix in sorted(self.mixes):
            if item := next((one for one in self.items if one.text("mix_of_use") == mix), None):
                self._note(item, "custom-mix", "mix_of_use", f"le mix « {mix} » défini dans ce fichier n'est pas "
                           "repris : donnez le pays, et au besoin le facteur du contrat du centre.", f"the mix “{mix}” "
                           "defined in this file is not kept: give the country, and the contract factor.")  # fmt: skip

    def _note(self, item: Item, code: str, name: str, fr: str, en: str) -> None:
        at = Place(self.place.file, "", item.given.lines.get(name, item.given.line))
        value = str(item.cell(name) if item.cell(name) is not None else "")
        fr, en = f"« {item.name} » : {fr}", f"“{item.name}”: {en}"
        self.faults.append(at.fault(code, "warning", fr, en, name, value))


def _slip(place: Place, line: int, slip: Slip) -> Fault:
    fr, en = SLIPS[slip]
    return Place(place.file, "", line).fault("loose-json", "warning", fr, en)


def _not_a_request(place: Place) -> Fault:
    return place.fault(
        "results",
        "warning",
        "Ce fichier RCP-SI est une réponse ou une liste de références, pas un inventaire : rien n'en est importé. "
        "Donnez la demande (« inventory »).",
        "This PCR-SI file is a response or a list of references, not an inventory: nothing of it is imported. "
        "Give the request (“inventory”).",
    )
