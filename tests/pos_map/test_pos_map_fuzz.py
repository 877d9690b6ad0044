"""Mutated files of our formats end in faults, never in an exception nor in half a row.

FOOTPRINT_FUZZ=10000 runs as many for each format; the seed is that of the run, so that a failure comes again.
"""

import os
import random
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from test_pos_map_numecoeval import EXPORT, RESULTS
from test_pos_map_rcp_si import LOOSE

from pos_map import Inventory, gather
from pos_map.model import Application, DataCentre, Flow, Node, PhysicalAsset, VirtualMachine
from pos_map.template import write_template
from pos_map.validation import faults_json, write_faults_xlsx

RUNS = int(os.environ.get("FOOTPRINT_FUZZ", "25"))
HOSTILE = (
    b"=1+1", b"\x00", b"\xff\xfe", b"1e999", b"-" * 300, b'"', b"[" * 200, b"{", b"\\ud800", b"NaN", b"0" * 5000,
    b"\r\n", b";;;;;;;", "é".encode(), b"<!DOCTYPE x>", b"99999999999999999999", b"PK\x03\x04", b"...", b"/*",
)  # fmt: skip


@cache
def template() -> bytes:
    """A small filled template, its parts not compressed so that mutations reach the XML."""
    inventory = Inventory(
        nodes=(Node("z", None, "zone", "Zone", 0),),
        applications=(Application("A1", "Un", "z", rgaa=0.5, na="rto_h"), Application("A2", "Deux", "z")),
        data_centres=(DataCentre("DC", "Centre", 1.4, "France"),),
        assets=(PhysicalAsset("H1", "m", "Serveur", 2.0, "DC", country="France", cores=8.0),),
        machines=(VirtualMachine("V1", "H1", vcpu=2.0),),
        flows=(Flow("A1", "A2", "données", True, None),),
    )
    with TemporaryDirectory() as folder:
        packed = write_template(Path(folder) / "m.xlsx", inventory).read_bytes()
    plain = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(packed)) as source,
        zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return plain.getvalue()


def seeds(kind: str) -> dict[str, bytes]:
    return {
        "numecoeval": {name: text.encode() for name, text in EXPORT.items()},
        "results": {"ind.csv": RESULTS.encode()},
        "rcp-si": {"demande.json": LOOSE.encode()},
        "template": {"modele.xlsx": template()},
    }[kind]


def mutated(content: bytes, draw: random.Random) -> bytes:
    """A few changes: bytes flipped, cut, repeated, swapped, hostile pieces put in."""
    body = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(body) + 1)
        span = draw.choice((1, 2, 8, 40, 400))
        match draw.randrange(6):
            case 0:
                body[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del body[at : at + span]
            case 2:
                body[at:at] = body[at : at + span]
            case 3:
                body[at:at] = draw.choice(HOSTILE)
            case 4:
                body[at : at + span] = draw.choice(HOSTILE)
            case _:
                other = draw.randrange(len(body) + 1)
                body[at : at + span], body[other : other + span] = (
                    body[other : other + span],
                    body[at : at + span],
                )
    return bytes(body)


@pytest.mark.parametrize("kind", ["numecoeval", "results", "rcp-si", "template"])
def test_mutated_files_end_in_faults(kind: str, tmp_path: Path) -> None:
    files = seeds(kind)
    sound = len(gather([written(tmp_path / name, body) for name, body in files.items()]).errors)
    assert sound == 0
    refused = 0
    for run in range(RUNS):
        draw = random.Random(f"{kind} {run}")
        name = draw.choice(sorted(files))
        written(tmp_path / name, mutated(files[name], draw))
        found = gather([tmp_path / each for each in files])
        refused += bool(found.errors)
        assert all(fault.fr and fault.en and fault.code for fault in found.faults), run
        if run % 20 == 0:
            faults_json(found.faults)
            write_faults_xlsx(found.faults, [tmp_path], tmp_path / "constats.out")
        written(tmp_path / name, files[name])
    # Mutations reach what is checked: otherwise this proves nothing.
    assert refused > RUNS / 10 or kind == "results"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
