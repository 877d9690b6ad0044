"""Write an inventory as an ArchiMate exchange file (XML, ArchiMate 3), that any ArchiMate tool opens.

Reading it again gives the same map, machines, data centres, links, flows and secondary places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

from pos_map.columns import ASSETS, DATA_CENTRES, MACHINES, MAP, Table
from pos_map.marks import plainly
from pos_map.model import Inventory
from pos_map.spelling import slug

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,200}")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<model xmlns="http://www.opengroup.org/xsd/archimate/3.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.opengroup.org/xsd/archimate/3.0/ '
    'http://www.opengroup.org/xsd/archimate/3.1/archimate3_Model.xsd" identifier="footprint-model">\n'
)
_Properties = list[tuple[str, str]]


def write_exchange(inventory: Inventory, name: str = "POS") -> bytes:
    """The inventory as exchange XML in UTF-8: Grouping by Aggregation, ApplicationComponent, Node, Device, Facility.

    Services bought, meter readings, AI use cases, bodies and keys of platforms have no place in ArchiMate: they
    are left out. Flows, links and places that name something the inventory does not hold are left out too.
    """
    draft = _Draft()
    _boxes(inventory, draft)
    _rooms(inventory, draft)
    _machines(inventory, draft)
    _applications(inventory, draft)
    return draft.xml(name)


@dataclass
class _Draft:
    """The XML of elements and relations; `known` gives the identifier of each (kind, name)."""

    elements: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def element(
        self, kind: str, key: tuple[str, str], name: str, properties: _Properties, ref: str, text: str = ""
    ) -> None:
        """Add an element; it keeps its identifier in the tool it comes from when it can."""
        identifier = self.known[key] = self._identifier(ref, f"{key[0]}-{slug(key[1])[:60]}")
        inside = f"<name>{_text(name)}</name>"
        if text:
            inside += f"\n      <documentation>{_text(text)}</documentation>"
        inside += self._properties(properties)
        self.elements.append(
            f'    <element identifier="{identifier}" xsi:type="{kind}">\n      {inside}\n    </element>\n'
        )

    def relation(
        self, kind: str, source: str, target: str, properties: _Properties | None = None, name: str = ""
    ) -> None:
        """Add a relation between two identifiers."""
        identifier = self._identifier("", f"rel-{len(self.relations) + 1}")
        inside = (f"<name>{_text(name)}</name>" if name else "") + self._properties(properties or [])
        ends = f'identifier="{identifier}" source="{source}" target="{target}" xsi:type="{kind}"'
        closed = f">\n      {inside.strip()}\n    </relationship>" if inside else "/>"
        self.relations.append(f"    <relationship {ends}{closed}\n")

    def xml(self, name: str) -> bytes:
        """The whole file, its sections in the order of the format."""
        parts = [_HEAD, f"  <name>{_text(name)}</name>\n"]
        if self.elements:
            parts += ["  <elements>\n", *self.elements, "  </elements>\n"]
        if self.relations:
            parts += ["  <relationships>\n", *self.relations, "  </relationships>\n"]
        if self.definitions:
            defined = [
                f'    <propertyDefinition identifier="{identifier}" type="string"><name>{_text(property)}</name>'
                "</propertyDefinition>\n"
                for property, identifier in self.definitions.items()
            ]
            parts += ["  <propertyDefinitions>\n", *defined, "  </propertyDefinitions>\n"]
        return "".join([*parts, "</model>\n"]).encode()

    def _identifier(self, ref: str, stem: str) -> str:
        identifier = ref if _NAME.fullmatch(ref) and ref not in self.taken else stem
        rank = 1
        while identifier in self.taken:
            rank += 1
            identifier = f"{stem}-{rank}"
        self.taken.add(identifier)
        return identifier

    def _properties(self, properties: _Properties) -> str:
        if not properties:
            return ""
        lines = []
        for name, value in properties:
            if name not in self.definitions:
                self.definitions[name] = self._identifier("", f"prop-{slug(name)}")
            ref = self.definitions[name]
            lines.append(
                f'\n        <property propertyDefinitionRef="{ref}"><value>{_text(value)}</value></property>'
            )
        return "\n      <properties>" + "".join(lines) + "\n      </properties>"


def _boxes(inventory: Inventory, draft: _Draft) -> None:
    for node in inventory.nodes:
        said = [("niveau", node.level), ("code niveau", node.code), ("rang", str(node.position))]
        draft.element("Grouping", ("niveau", node.code), node.label, said, node.ref)
    for node in inventory.nodes:
        if node.parent is not None and ("niveau", node.parent) in draft.known:
            draft.relation(
                "Aggregation", draft.known["niveau", node.parent], draft.known["niveau", node.code]
            )


def _rooms(inventory: Inventory, draft: _Draft) -> None:
    for centre in inventory.data_centres:
        said = list(_said(DATA_CENTRES, centre, {"name", "ref", "parent"}))
        draft.element("Facility", ("centre", centre.code), centre.name, said, centre.ref)
    for centre in inventory.data_centres:
        if ("centre", centre.parent) in draft.known and centre.parent != centre.code:
            draft.relation(
                "Composition", draft.known["centre", centre.parent], draft.known["centre", centre.code]
            )


def _machines(inventory: Inventory, draft: _Draft) -> None:
    for asset in inventory.assets:
        placed = ("centre", asset.data_centre) in draft.known
        said = list(_said(ASSETS, asset, {"name", "ref", *(["data_centre"] if placed else [])}))
        draft.element("Device", ("equipement", asset.name), asset.name, said, asset.ref)
        if placed:
            draft.relation(
                "Aggregation",
                draft.known["centre", asset.data_centre],
                draft.known["equipement", asset.name],
            )
    for machine in inventory.machines:
        hosted = not machine.inside and ("equipement", machine.host) in draft.known
        said = list(_said(MACHINES, machine, {"name", "ref", "inside", *(["host"] if hosted else [])}))
        draft.element("Node", ("machine", machine.name), machine.name, said, machine.ref)
        if hosted:
            host, own = draft.known["equipement", machine.host], draft.known["machine", machine.name]
            draft.relation("Assignment", host, own)
    for machine in inventory.machines:
        if ("machine", machine.inside) in draft.known and machine.inside != machine.name:
            draft.relation(
                "Assignment", draft.known["machine", machine.inside], draft.known["machine", machine.name]
            )


def _applications(inventory: Inventory, draft: _Draft) -> None:
    known = draft.known
    for app in inventory.applications:
        told = "description" not in app.na.split()
        said = list(_said(MAP, app, {"name", "ref", *(["description"] if told else [])}))
        text = app.description if told else ""
        draft.element("ApplicationComponent", ("app", app.code), app.name, said, app.ref, text)
        if ("niveau", app.node) in known:
            draft.relation("Aggregation", known["niveau", app.node], known["app", app.code])
    for second in inventory.placements:
        if ("niveau", second.node) in known and ("app", second.application) in known:
            box, own = known["niveau", second.node], known["app", second.application]
            draft.relation("Aggregation", box, own, [("part", _cell(second.share))])
    for link in inventory.links:
        machine = known.get(("machine", link.vm) if link.vm else ("equipement", link.host))
        if machine and ("app", link.application) in known:
            said = [("environnement", link.environment)] if link.environment else []
            said += [("part", _cell(link.share))] if link.share is not None else []
            draft.relation("Assignment", machine, known["app", link.application], said)
    for flow in inventory.flows:
        if ("app", flow.source) in known and ("app", flow.target) in known and flow.source != flow.target:
            pairs = (("chiffré", flow.encrypted), ("bidirectionnel", flow.bidirectional))
            said = [(name, "oui" if value else "non") for name, value in pairs if value is not None]
            draft.relation("Flow", known["app", flow.source], known["app", flow.target], said, flow.nature)


def _said(table: Table, entry: object, besides: set[str]) -> Iterator[tuple[str, str]]:
    """What an entry says, as properties named like our columns; what does not apply is said so."""
    not_applicable = str(getattr(entry, "na", "")).split()
    for column in table.columns:
        if column.field in besides or column.need == "dropped":
            continue
        if column.field in not_applicable:
            yield column.header, "sans objet"
        elif (value := _cell(getattr(entry, column.field, None))) != "":
            yield column.header, value


def _cell(value: object) -> str:
    """A value as a cell that reads back the same; "" when unknown."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else plainly(repr(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("", text), {'"': "&quot;"})
