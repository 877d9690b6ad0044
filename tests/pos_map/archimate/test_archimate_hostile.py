"""Files made to harm, or damaged: a refusal that says why, never a traceback nor a half-read map."""

import io
import os
import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from archimate_files import EXCHANGE, XSI, Drawn, archi, archi_csv, codes, exchange, read_bytes, zipped

from pos_map import Inventory, read
from pos_map.archimate import container, markup
from pos_map.archimate import model as archimate_model

FUZZ = int(os.environ.get("FOOTPRINT_FUZZ", "50"))
HEAD = f'<model xmlns="{EXCHANGE}" xmlns:xsi="{XSI}">'
APP = '<elements><element identifier="a" xsi:type="ApplicationComponent"><name>x</name></element></elements>'
LAUGHS = '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"{LAUGHS}{HEAD}&b;</model>", "unsafe-xml"),
        (f"{OUTSIDE}{HEAD}<name>&a;</name></model>", "unsafe-xml"),
        (f'<!DOCTYPE model SYSTEM "x.dtd">{HEAD}{APP}</model>', "unsafe-xml"),
        (f"{HEAD}<name>&unknown;</name></model>", "bad-xml"),
        (f"{HEAD}{'<a>' * 10_000}{'</a>' * 10_000}</model>", "too-deep"),
        (f"{HEAD}{APP}", "bad-xml"),
        (f"{HEAD}<elements><element", "bad-xml"),
        (f"{HEAD}{APP}</modele>", "bad-xml"),
        (f"{HEAD}<name>{'x' * 1_000_001}</name></model>", "too-long"),
        (f'{HEAD}<a b="{"x" * 1_000_001}"/></model>', "too-long"),
        (f'<?xml version="1.0" encoding="klingon"?>{HEAD}{APP}</model>', "bad-encoding"),
        (f'<?xml version="1.0" encoding="shift_jis"?>{HEAD}{APP}</model>', "bad-encoding"),
        (f'<?xml version="1.0" encoding="UTF-16"?>{HEAD}{APP}</model>', "bad-xml"),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_unsafe_or_broken_xml(tmp_path: Path, data: str, code: str) -> None:
    inventory, faults = read_bytes(tmp_path, data.encode())
    assert inventory == Inventory()
    assert [fault.code for fault in faults] == [code]
    assert faults[0].fr
    assert faults[0].en


def test_a_wrong_encoding_is_named(tmp_path: Path) -> None:
    data = f'<?xml version="1.0" encoding="UTF-8"?>\n{HEAD}{APP.replace("x<", "é<")}</model>'.encode("cp1252")
    _, faults = read_bytes(tmp_path, data)
    assert faults[0].line == 2
    assert "UTF-8" in faults[0].fr


def test_repeated_identifiers_dangling_relations_and_circles(tmp_path: Path) -> None:
    drawn = Drawn().add("ApplicationComponent", "a", "A").add("ApplicationComponent", "a", "B")
    drawn.add("Grouping", "g", "G").add("Grouping", "h", "H").add("Node", "n").add("Node", "m")
    drawn.link("Aggregation", "g", "h").link("Aggregation", "h", "g").link("Aggregation", "h", "a")
    drawn.link("Assignment", "n", "m").link("Assignment", "m", "n").link("Assignment", "n", "nowhere")
    drawn.link("Composition", "a", "a")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert [app.name for app in inventory.applications] == ["A"]
    assert codes(faults, "error") == {"duplicate-identifier"}
    assert {"cycle", "relation-to-nothing"} <= codes(faults)


def test_a_map_deeper_than_five_is_folded(tmp_path: Path) -> None:
    drawn = Drawn().add("ApplicationComponent", "a").link("Aggregation", "g8", "a")
    for depth in range(9):
        drawn.add("Grouping", f"g{depth}")
        if depth:
            drawn.link("Aggregation", f"g{depth - 1}", f"g{depth}")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert inventory.applications[0].node == "g0/g1/g2/g3/g4"
    assert codes(faults, "error") == set()
    assert "too-deep" in codes(faults)


def test_long_chains_take_no_long_time(tmp_path: Path) -> None:
    drawn = Drawn()
    for rank in range(3000):
        for kind in ("Grouping", "ApplicationComponent", "Node"):
            drawn.add(kind, f"{kind[0]}{rank}")
            if rank:
                drawn.link("Composition", f"{kind[0]}{rank - 1}", f"{kind[0]}{rank}")
    inventory, _ = read_bytes(tmp_path, exchange(drawn))
    assert len(inventory.applications) == 1
    assert len(inventory.machines) == 2999


def test_one_code_of_fault_does_not_fill_the_list(tmp_path: Path) -> None:
    drawn = Drawn()
    for rank in range(500):
        drawn.add("ApplicationComponent", f"a{rank}", "Paie", **{f"p{rank}": "x"})
    _, faults = read_bytes(tmp_path, exchange(drawn))
    for code in ("same-name", "unread-property"):
        assert sum(fault.code == code for fault in faults) == 201


def bomb(size: int) -> bytes:
    return zipped(HEAD.encode() + b" " * size + b"</model>")


def test_zip_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bomb(60 * 1024 * 1024)
    tracemalloc.start()
    _, faults = read_bytes(tmp_path, data, "m.archimate")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [fault.code for fault in faults] == ["too-large"]
    assert peak < 60 * 1024 * 1024
    # The size a zip declares is not believed.
    lying = bytearray(zipped(b"<model>" + os.urandom(3000).hex().encode()))
    at = lying.find(b"PK\x01\x02") + 24
    lying[at : at + 4] = (10).to_bytes(4, "little")
    assert [fault.code for fault in read_bytes(tmp_path, bytes(lying), "m.archimate")[1]] == ["unreadable"]
    for limited in (markup, container):
        monkeypatch.setattr(limited, "LIMIT_BYTES", 1000)
    plain = HEAD.encode() + b"<name>" + os.urandom(2000).hex().encode() + b"</name></model>"
    assert [fault.code for fault in read_bytes(tmp_path, zipped(plain), "m.archimate")[1]] == ["too-large"]
    assert [fault.code for fault in read_bytes(tmp_path, plain)[1]] == ["too-large"]


def test_odd_zips(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("other.xml", HEAD)
    _, faults = read_bytes(tmp_path, target.getvalue(), "m.archimate")
    assert [fault.code for fault in faults] == ["not-archi"]
    good = zipped(archi(Drawn().add("ApplicationComponent", "a")))
    _, faults = read_bytes(tmp_path, good[: len(good) // 2], "m.archimate")
    assert [fault.code for fault in faults] == ["unreadable"]


def test_too_many_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archimate_model, "LIMIT_RECORDS", 10)
    drawn = Drawn()
    for rank in range(11):
        drawn.add("ApplicationComponent", f"a{rank}")
    assert [fault.code for fault in read_bytes(tmp_path, exchange(drawn))[1]] == ["too-large"]
    assert [fault.code for fault in read_bytes(tmp_path, archi(drawn))[1]] == ["too-large"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("elements", None, "missing-elements"),
        ("elements", b'"ID","Type","Name","Documentation"\n"a","Node","x","open\n', "bad-row"),
        ("elements", b'"ID","Type","Name","Documentation"\n"a","Node","x","y","z","t"\n', "bad-row"),
        ("elements", b'"ID","Type","Name","Documentation"\n"a\0b","Node"\n', "bad-encoding"),
        ("relations", b'"ID","Type"\n"a","b"\n', "bad-row"),
    ],
)
def test_broken_csv(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    files = archi_csv(Drawn().add("ApplicationComponent", "a", zone="Z"))
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    broken = tmp_path / f"modele-{name}.csv"
    if content is None:
        broken.unlink()
    else:
        broken.write_bytes(content)
    inventory, faults = read(
        [tmp_path / ("modele-properties.csv" if content is None else "modele-elements.csv")]
    )
    assert inventory == Inventory()
    assert [fault.code for fault in faults] == [code]


def test_formulas_stay_text(tmp_path: Path) -> None:
    drawn = Drawn().add("ApplicationComponent", "a", '=HYPERLINK("x")', zone="<script>alert(1)</script>")
    inventory, _ = read_bytes(tmp_path, exchange(drawn))
    assert inventory.applications[0].name == '=HYPERLINK("x")'


def rich() -> Drawn:
    drawn = Drawn(folders={"b": ("Application", "Z", "Q")}, view=[("G", ["c", ("a", ["b"])])])
    drawn.add("Grouping", "z", "Opérations", niveau="zone").add("Facility", "f", pue="1,5")
    drawn.add("ApplicationComponent", "a", "Alpha", code="A", RGAA="50 %").add("ApplicationComponent", "b")
    drawn.add("ApplicationComponent", "c", POS="X > Y (30 %) ; Z").add("Device", "d", quantite="2")
    drawn.add("Node", "v", vCPU="4").add("TechnologyService", "s").add("Node", "w")
    drawn.link("Aggregation", "z", "a").link("Assignment", "d", "v").link("Assignment", "d", "w")
    drawn.link("Realization", "v", "s").link("Serving", "s", "a", part="0,2").link("Aggregation", "f", "d")
    return drawn.link("Flow", "a", "b", "dossiers").link("Serving", "w", "c").link("Composition", "v", "w")


WORDS = [
    b"<", b">", b"&", b"/>", b'"', b"\0", b"\xff", b"\xef\xbb\xbf", b"<!--", b"]]>", b"<![CDATA[", b"&#0;",
    b"xsi:type", b"identifier", b"Composition", b"ApplicationComponent", b"Node", b'source="a"', b'target="a"',
    b"\r\n", b";", b",", b"<element/>", b"</element>", b"9" * 400, b"1e999", b"-1", b"(150 %)", b" > ",
]  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(body) + 1) for _ in range(2))
        to = min(to, at + chance.choice((1, 8, 40, 400)))
        match chance.randrange(6):
            case 0:
                del body[at:to]
            case 1:
                body[at:at] = chance.choice(WORDS)
            case 2:
                body[at:to] = chance.choice(WORDS)
            case 3:
                body[at:at] = body[at:to]
            case 4 if body:
                body[min(at, len(body) - 1)] = chance.randrange(256)
            case _ if chance.random() < 0.2:
                del body[at:]
    return bytes(body)


@pytest.mark.parametrize("form", ["exchange", "archi", "csv"])
def test_damaged_files_end_in_faults(tmp_path: Path, form: str) -> None:
    chance = random.Random(f"archimate {form}")
    sound = {"exchange": {"m.xml": exchange(rich())}, "archi": {"m.archimate": archi(rich())}}.get(
        form, archi_csv(rich())
    )
    refused = 0
    for rank in range(FUZZ):
        for name, data in sound.items():
            damaged = mutated(data, chance)
            if form == "archi" and rank % 3 == 0:
                damaged = zipped(damaged) if rank % 2 else mutated(zipped(data), chance)
            (tmp_path / name).write_bytes(damaged)
        _, faults = read([tmp_path / next(iter(sound))])
        assert all(fault.fr and fault.en for fault in faults)
        refused += bool(codes(faults, "error"))
    assert refused
