"""Scores written into a model and taken out again."""

import io
import zipfile
from pathlib import Path

import pytest
from archimate_files import ACCEPTANCE, Drawn, archi, codes, exchange, read_bytes, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_map.archimate import remove_scores, write_scores
from pos_map.grids import Unreadable

SCORES = {
    "a": {"footprint:kgCO2e_an": "1234", "footprint:note": 'C & "é" <'},
    "absent": {"footprint:note": "A"},
}
COLOURS = {"a": "#1a9850", "b": "#d73027"}


def drawn() -> Drawn:
    made = Drawn(view=[("Groupe", ["a", ("b", ["a"])])])
    made.add("ApplicationComponent", "a", "Alpha", Zone="Z").add("ApplicationComponent", "b", "Bêta")
    return made.link("Flow", "a", "b", "x", nature="y")


def unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


@pytest.mark.parametrize("data", [exchange(drawn()), archi(drawn()), exchange(drawn(), break_lines=False)])
def test_scores_are_read_back_as_properties_and_taken_out(tmp_path: Path, data: bytes) -> None:
    written = write_scores(data, SCORES, COLOURS)
    for word in (b"footprint:kgCO2e_an", b"1234", "C &amp; &quot;é&quot; &lt;".encode()):
        assert word in written
    assert read_bytes(tmp_path, written)[0] == read_bytes(tmp_path, data)[0]
    assert "unread-property" not in codes(read_bytes(tmp_path, written)[1])
    assert write_scores(written, SCORES, COLOURS) == written
    other = write_scores(data, {"b": {"footprint:note": "A"}})
    assert write_scores(written, {"b": {"footprint:note": "A"}}) == other
    assert remove_scores(written) == remove_scores(other) == data == remove_scores(data)


def test_every_other_byte_stays() -> None:
    data = archi(drawn())
    lines = write_scores(data, SCORES).splitlines()
    assert [line for line in lines if b"footprint:" not in line] == data.splitlines()


def test_the_order_the_format_asks_for() -> None:
    data = exchange(drawn()).replace(
        b"<name>B\xc3\xaata</name>", b"<name>B</name><documentation>d</documentation>"
    )
    written = write_scores(data, {"b": {"footprint:note": "A"}, "a": {"footprint:note": "B"}}).decode()
    beta = written[written.index('identifier="b"') :]
    assert beta.index("<documentation>") < beta.index("<properties>") < beta.index("</element>")
    assert written.count("<propertyDefinitions>") == 1
    bare = exchange(Drawn(folders={"a": ("Z",)}, view=["a"]).add("ApplicationComponent", "a"))
    made = write_scores(bare, {"a": {"footprint:note": "A"}}).decode()
    sections = ["</elements>", "</organizations>", "<propertyDefinitions>", "<views>"]
    assert [made.index(one) for one in sections] == sorted(made.index(one) for one in sections)


def test_identifiers_already_taken_and_prefixed_files() -> None:
    text = (
        exchange(drawn()).decode().replace("<", "<e:").replace("<e:/", "</e:").replace("xmlns=", "xmlns:e=")
    )
    data = text.replace('identifier="b"', 'identifier="footprint-note"').encode()
    written = write_scores(data, {"a": {"footprint:note": "A"}})
    assert (
        b'<e:property propertyDefinitionRef="footprint-note-2"><e:value>A</e:value></e:property>' in written
    )
    assert remove_scores(written) == data


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_the_encoding_of_the_file_is_kept(tmp_path: Path, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\r\n'
    data = (head + exchange(drawn()).decode().replace("\n", "\r\n")).encode(encoding)
    written = write_scores(data, {"a": {"footprint:note": "é ≥"}}, COLOURS)
    assert remove_scores(written) == data
    assert read_bytes(tmp_path, written)[0] == read_bytes(tmp_path, data)[0]
    assert ("≥".encode(encoding.removesuffix("-sig")) if encoding != "cp1252" else b"&#8805;")[2:] in written


def test_zips_keep_their_other_entries() -> None:
    data = zipped(archi(drawn()), **{"logo.png": b"\x89PNG" * 50, "b.png": b"x"})
    written = write_scores(data, SCORES, COLOURS)
    before, after = unzip(data), unzip(written)
    assert {name: after[name] for name in before if name != "model.xml"} == {
        name: before[name] for name in before if name != "model.xml"
    }
    assert after["model.xml"] == write_scores(before["model.xml"], SCORES, COLOURS)
    assert write_scores(written, SCORES, COLOURS) == written
    assert unzip(remove_scores(written)) == before
    assert remove_scores(data) == data


def test_what_may_not_be_written() -> None:
    with pytest.raises(ValueError, match="autre"):
        write_scores(archi(drawn()), {"a": {"autre": "x"}})
    with pytest.raises(ValueError, match="red"):
        write_scores(archi(drawn()), {}, {"a": "red"})
    for data in (
        b"<html/>",
        b"PK\x03\x04zip",
        b"",
        b'<!DOCTYPE a><a xmlns="http://www.archimatetool.com/archimate"/>',
    ):
        with pytest.raises(Unreadable):
            write_scores(data, SCORES)


@pytest.mark.parametrize("identifiers", [["1393"], ["1393", "1407", "843", "992", "998", "1053", "16fe3cf9"]])
def test_archisurance_comes_back_to_the_byte(identifiers: list[str]) -> None:
    if not ACCEPTANCE.is_dir():
        pytest.skip(f"the published example files are not beside the repository ({ACCEPTANCE})")
    data = (ACCEPTANCE / "Archisurance.archimate").read_bytes()
    scores = {identifier: {"footprint:note": "C", "footprint:kgCO2e_an": "12"} for identifier in identifiers}
    written = write_scores(data, scores, dict.fromkeys(identifiers, "#123456"))
    assert written.count(b'key="footprint:note"') == len(set(identifiers) - {"16fe3cf9"}) + (
        "16fe3cf9" in identifiers
    )
    assert written.count(b"#123456") > 0
    assert write_scores(written, scores, dict.fromkeys(identifiers, "#123456")) == written
    assert remove_scores(written) == data


KEPT = '<property propertyDefinitionRef="p"><value>v</value></property>'
DEFINED = '<propertyDefinition identifier="p"><name>k</name></propertyDefinition>'
GAPS = st.sampled_from(["", " "])
# Contents and spacing that tools or people leave in a file, around which the bytes must come back.
BLANKS = st.sampled_from(["", " ", "\n    ", "\r\n\t", "<!-- note -->", "\n<!-- a > b -->\n"])
COLOUR_ATTRIBUTES = st.sampled_from(
    ["", ' fillColor="#abcdef"', " fillColor = '#ABCDEF' ", " note=\"fillColor='x'\""]
)


@st.composite
def archi_models(draw: st.DrawFn) -> bytes:
    parts = [draw(BLANKS)]
    for rank in range(draw(st.integers(0, 4))):
        head = f'<element xsi:type="archimate:ApplicationComponent" name="a &gt; b" id="e{rank}"{draw(GAPS)}'
        inside = draw(
            st.sampled_from([None, "", "<documentation>d</documentation>", '<property key="k" value="v"/>'])
        )
        parts.append(head + ("/>" if inside is None else f">{draw(BLANKS)}{inside}{draw(BLANKS)}</element>"))
        parts.append(draw(BLANKS))
    parts.append('<element xsi:type="archimate:ArchimateDiagramModel" id="v">')
    for rank in range(draw(st.integers(0, 4))):
        head = f'<child id="n{rank}"{draw(COLOUR_ATTRIBUTES)} archimateElement="e{rank}"{draw(GAPS)}'
        inside = draw(st.sampled_from([None, "", '<bounds x="1"/>', '<child id="m" archimateElement="e1"/>']))
        parts.append(head + ("/>" if inside is None else f">{draw(BLANKS)}{inside}</child>"))
    body = "".join(parts)
    return (
        '<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:archimate="http://www.archimatetool.com/archimate" id="m">'
        f'<folder id="f">{body}</element></folder></archimate:model>'
    ).encode()


@st.composite
def exchange_models(draw: st.DrawFn) -> bytes:
    def wrapped(tag: str, inside: str) -> str:
        return f"<{tag}>{draw(BLANKS)}{inside}{draw(BLANKS)}</{tag}>"

    elements, nodes = [], []
    for rank in range(draw(st.integers(1, 4))):
        held = draw(
            st.sampled_from(
                [None, "", "<name>x</name>", "<name>x</name><properties/>", "<name>x</name><properties > </properties>",
                 f"<name>x</name><properties>{KEPT}</properties>"]
            )
        )  # fmt: skip
        head = f'<element identifier="e{rank}" xsi:type="Node"'
        elements.append(head + (" />" if held is None else f">{draw(BLANKS)}{held}{draw(BLANKS)}</element>"))
        style = draw(
            st.sampled_from(
                [None, "", "<style/>", "<style ></style>", '<style><lineColor r="1" g="1" b="1"/></style>',
                 '<label>l</label><style><fillColor r="1" g="2" b="3" a="4" /></style>', '<node identifier="x"/>']
            )
        )  # fmt: skip
        node = f'<node identifier="n{rank}" elementRef="e{rank}"'
        nodes.append(node + ("/>" if style is None else f">{draw(BLANKS)}{style}</node>"))
    definitions = draw(
        st.sampled_from(
            ["", "<propertyDefinitions/>", "<propertyDefinitions> </propertyDefinitions>",
             f"<propertyDefinitions>\n  {DEFINED}\n</propertyDefinitions>"]
        )
    )  # fmt: skip
    xml = wrapped("elements", draw(BLANKS).join(elements)) + draw(BLANKS) + definitions + draw(BLANKS)
    xml += f'<views><diagrams><view identifier="v">{"".join(nodes)}</view></diagrams></views>'
    space = "http://www.opengroup.org/xsd/archimate/3.0/"
    return (
        f'<model xmlns="{space}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{xml}</model>'.encode()
    )


IDENTIFIERS = st.sampled_from([f"e{rank}" for rank in range(5)])
NAMES = st.sampled_from(["footprint:note", "footprint:kgCO2e_an", "footprint:qualité"])
WRITINGS = st.tuples(
    st.dictionaries(IDENTIFIERS, st.dictionaries(NAMES, st.text(max_size=5), max_size=3)),
    st.dictionaries(IDENTIFIERS, st.sampled_from(["#000000", "#12AB9f"])),
)


@settings(max_examples=80, deadline=None)
@given(st.one_of(archi_models(), exchange_models()), WRITINGS, WRITINGS)
def test_whatever_is_written_comes_out_to_the_byte(data: bytes, first: tuple, second: tuple) -> None:
    once = write_scores(data, *first)
    assert write_scores(once, *first) == once
    assert write_scores(once, *second) == write_scores(data, *second)
    assert remove_scores(once) == data
