"""Small ArchiMate files written in a few words: elements and relations to exchange XML, Archi XML or Archi CSV."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from pos_map import Fault, Inventory, read

ACCEPTANCE = Path(__file__).parents[4] / "shared" / "acceptance" / "archimate"
EXCHANGE = "http://www.opengroup.org/xsd/archimate/3.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass
class Drawn:
    """A model: elements (type, id, name, properties) and relations (type, source, target, properties, name)."""

    elements: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)
    relations: list[tuple[str, str, str, dict[str, str], str]] = field(default_factory=list)
    # Element -> labels of its folders.
    folders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Nested nodes of one view: [label or element, [inside…]].
    view: Sequence[object] = ()

    def add(self, kind: str, identifier: str, name: str | None = None, **properties: str) -> "Drawn":
        said = {key.replace("_", " "): value for key, value in properties.items()}
        self.elements.append((kind, identifier, identifier if name is None else name, said))
        return self

    def link(self, kind: str, source: str, target: str, name: str = "", **properties: str) -> "Drawn":
        self.relations.append((kind, source, target, properties, name))
        return self


def exchange(drawn: Drawn, break_lines: bool = True) -> bytes:
    names = sorted({key for one in (*drawn.elements, *drawn.relations) for key in one[3]})
    ref = {name: f"p{rank}" for rank, name in enumerate(names)}

    def properties(said: dict[str, str]) -> str:
        inside = "".join(
            f'<property propertyDefinitionRef="{ref[key]}"><value>{escape(value)}</value></property>'
            for key, value in said.items()
        )
        return f"<properties>{inside}</properties>" if inside else ""

    lines = [
        f'<model xmlns="{EXCHANGE}" xmlns:xsi="{XSI}" identifier="m">',
        "<name>Essai</name>",
        "<elements>",
    ]
    for kind, identifier, name, said in drawn.elements:
        lines.append(f'<element identifier="{identifier}" xsi:type="{kind}">')
        lines.append(f"<name>{escape(name)}</name>{properties(said)}</element>")
    lines.append("</elements><relationships>")
    for rank, (kind, source, target, said, name) in enumerate(drawn.relations):
        inside = (f"<name>{escape(name)}</name>" if name else "") + properties(said)
        lines.append(
            f'<relationship identifier="r{rank}" source="{source}" target="{target}" xsi:type="{kind}">'
            f"{inside}</relationship>"
        )
    lines.append("</relationships>")
    if drawn.folders:
        lines.append("<organizations>")
        for identifier, labels in drawn.folders.items():
            lines.append("".join(f"<item><label>{escape(label)}</label>" for label in labels))
            lines.append(f'<item identifierRef="{identifier}"/>' + "</item>" * len(labels))
        lines.append("</organizations>")
    if names:
        lines.append("<propertyDefinitions>")
        lines += [
            f'<propertyDefinition identifier="{ref[name]}" type="string">'
            f"<name>{escape(name)}</name></propertyDefinition>"
            for name in names
        ]
        lines.append("</propertyDefinitions>")
    if drawn.view:
        known = {one[1] for one in drawn.elements}
        lines.append('<views><diagrams><view identifier="v">')
        lines += [_exchange_node(node, known) for node in drawn.view]
        lines.append("</view></diagrams></views>")
    lines.append("</model>")
    return ("\n" if break_lines else "").join(lines).encode()


def _exchange_node(node: object, known: set[str]) -> str:
    name, inside = node if isinstance(node, tuple) else (node, ())
    nested = "".join(_exchange_node(one, known) for one in inside)
    if name in known:
        return f'<node identifier="n-{name}" elementRef="{name}" xsi:type="Element">{nested}</node>'
    return f'<node identifier="n" xsi:type="Container"><label>{name}</label>{nested}</node>'


def archi(drawn: Drawn) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<archimate:model xmlns:xsi="{XSI}" xmlns:archimate="http://www.archimatetool.com/archimate" name="E" id="m">',
        '  <folder name="Application" id="f" type="application">',
    ]
    for kind, identifier, name, said in drawn.elements:
        labels = drawn.folders.get(identifier, ("Application",))[1:]
        lines.append("".join(f'    <folder name={quoteattr(label)} id="f{identifier}">' for label in labels))
        head = f'    <element xsi:type="archimate:{kind}" name={quoteattr(name)} id="{identifier}"'
        inside = [
            f"      <property key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in said.items()
        ]
        lines += [head + ">", *inside, "    </element>"] if inside else [head + "/>"]
        lines.append("</folder>" * len(labels))
    lines += ["  </folder>", '  <folder name="Relations" id="g" type="relations">']
    for rank, (kind, source, target, said, name) in enumerate(drawn.relations):
        head = (
            f'    <element xsi:type="archimate:{kind}Relationship" name={quoteattr(name)} id="r{rank}" '
            f'source="{source}" target="{target}"'
        )
        inside = [f"<property key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in said.items()]
        lines += [head + ">", *inside, "</element>"] if inside else [head + "/>"]
    lines.append("  </folder>")
    if drawn.view:
        known = {one[1] for one in drawn.elements}
        lines.append('  <folder name="Views" id="h" type="diagrams">')
        lines.append('    <element xsi:type="archimate:ArchimateDiagramModel" name="V" id="v">')
        lines += [_archi_child(node, known) for node in drawn.view]
        lines += ["    </element>", "  </folder>"]
    return "\n".join([*lines, "</archimate:model>", ""]).encode()


def _archi_child(node: object, known: set[str]) -> str:
    name, inside = node if isinstance(node, tuple) else (node, ())
    nested = "".join(_archi_child(one, known) for one in inside)
    if name in known:
        return f'<child xsi:type="archimate:DiagramObject" id="n-{name}" archimateElement="{name}">{nested}</child>'
    return f'<child xsi:type="archimate:Group" id="n-g" name={quoteattr(str(name))}>{nested}</child>'


def archi_csv(drawn: Drawn) -> dict[str, bytes]:
    tables: dict[str, list[tuple[str, ...]]] = {
        "elements": [("ID", "Type", "Name", "Documentation", "Specialization")],
        "relations": [("ID", "Type", "Name", "Documentation", "Source", "Target", "Specialization")],
        "properties": [("ID", "Key", "Value")],
    }
    for kind, identifier, name, said in drawn.elements:
        tables["elements"].append((identifier, kind, name, "Sur\ndeux lignes", ""))
        tables["properties"] += [(identifier, key, value) for key, value in said.items()]
    for rank, (kind, source, target, said, name) in enumerate(drawn.relations):
        tables["relations"].append((f"r{rank}", f"{kind}Relationship", name, "", source, target, ""))
        tables["properties"] += [(f"r{rank}", key, value) for key, value in said.items()]
    files = {}
    for table, rows in tables.items():
        written = io.StringIO()
        csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
        files[f"modele-{table}.csv"] = written.getvalue().encode()
    return files


def zipped(data: bytes, **others: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo("model.xml", (2024, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED)
        for name, content in others.items():
            made.writestr(zipfile.ZipInfo(f"images/{name}", (2024, 1, 2, 3, 4, 6)), content)
    return target.getvalue()


def read_bytes(folder: Path, data: bytes, name: str = "modele.xml") -> tuple[Inventory, list[Fault]]:
    (folder / name).write_bytes(data)
    return read([folder / name])


def codes(faults: Sequence[Fault], severity: str = "warning") -> set[str]:
    return {fault.code for fault in faults if fault.severity == severity}
