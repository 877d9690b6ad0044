from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.rollup import energy_records
from collectors.spool import FIELDS, SpoolWriter, is_being_written, read_spool

T0 = 1_700_000_000.0  # 22:13:20 UTC


def sample(seconds: float, kwh: float) -> dict[str, Any]:
    energy = [
        ["m5", "model", "dynamic", kwh, kwh * 0.8, kwh * 1.5],
        ["m5", "model", "idle_share", 0.1, 0.05, 0.2],
    ]
    return {"t": T0 + seconds, "seconds": seconds, "utilisation": 0.5, "cpu_s": seconds, "energy": energy}


def write(folder: Path, *kwh: float, run_id: str = "r1") -> Path:
    writer = SpoolWriter(folder, run_id)
    writer.append("header", {"run_id": run_id, "subject": "run", "application": "A", "start": T0})
    writer.append("context", {"zone": "FR", "threads": 2})
    for second, value in enumerate(kwh):
        writer.append("sample", sample(second * 1000.0, value))
        writer.sync()
    writer.close()
    return folder / f"{run_id}.jsonl"


def test_round_trip(tmp_path: Path) -> None:
    path = write(tmp_path / "spool", 1.0, 2.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4]
    assert {line["v"] for line in lines} == {1}
    log = read_spool(path)
    assert log.header["application"] == "A"
    assert log.context == {"zone": "FR", "threads": 2}
    assert [s["energy"][0][3] for s in log.samples] == [1.0, 2.0]
    assert log.bad == []


def test_only_listed_fields_are_written(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, "r")
    for field in ("user", "hostname", "cmdline", "path", "home", "pid"):
        assert all(field not in fields for fields in FIELDS.values())
        with pytest.raises(KeyError):
            writer.append("header", {field: "x"})
    writer.close()


def test_bad_lines_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    path = write(tmp_path, 1.0, 2.0)
    good = path.read_bytes().splitlines(keepends=True)

    def line(**fields: Any) -> bytes:
        return (
            json.dumps({"v": 1, "seq": 99, "kind": "sample", **sample(3000.0, 3.0), **fields}) + "\n"
        ).encode()

    path.write_bytes(
        b"".join(good[:3])
        + b"\x00\xff garbage\n"
        + good[2]
        + b'["not an object"]\n'
        + line(v=2)
        + line(kind="unknown")
        + line(energy=[["m5", "model", "dynamic", -1.0, 0.0, 0.0]])
        + line(energy=[["m5", "model", "dynamic", float("nan"), 0.0, 0.0]])
        + line(energy=[["m5", "model", "dynamic", 0.5, 0.0, 0.0]])
        + line(energy=[["m5"]])
        + line(cpu_s="x")
        + b"[" * 100_000 + b"\n"
        + good[3]
        + line()[:-30]
    )  # fmt: skip
    log = read_spool(path)
    assert [s["energy"][0][3] for s in log.samples] == [1.0, 2.0]
    assert log.bad == [
        (4, "illisible"), (5, "doublon"), (6, "forme"), (7, "version"), (8, "forme"), (9, "valeur"),
        (10, "valeur"), (11, "valeur"), (12, "valeur"), (13, "valeur"), (14, "illisible"), (16, "tronquée"),
    ]  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_damage_reading_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "r1.jsonl"
    path.unlink(missing_ok=True)
    content = bytearray(write(tmp_path, 1.0, 2.0, 3.0).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    path.write_bytes(bytes(content))
    log = read_spool(path)
    kwh = [s["energy"][0][3] for s in log.samples]
    assert all(value >= 0 for value in kwh)
    energy_records(log)


def test_a_torn_write_spoils_one_line_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SpoolWriter(tmp_path, "r")
    writer.append("header", {"run_id": "r", "start": T0})
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:20]))
    writer.append("sample", sample(1.0, 0.01))
    monkeypatch.setattr(os, "write", real)
    writer.append("sample", sample(2.0, 0.02))
    writer.close()
    log = read_spool(tmp_path / "r.jsonl")
    assert writer.failures == 1
    assert [s["seconds"] for s in log.samples] == [2.0]
    assert log.bad == [(2, "illisible")]


def test_half_a_character_costs_no_line(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, "r")
    writer.append("header", {"run_id": "r", "application": "caf\udce9", "start": T0})
    writer.close()
    assert writer.failures == 0
    assert read_spool(tmp_path / "r.jsonl").header["application"] == "caf?"


def test_a_folder_that_cannot_be_is_a_failure_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    writer = SpoolWriter(tmp_path / "file" / "spool", "r")
    writer.append("header", {"run_id": "r"})
    writer.close()
    assert writer.failures == 2
    assert writer.error is not None


def test_being_written(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, "r")
    assert is_being_written(tmp_path / "r.jsonl")
    writer.close()
    assert not is_being_written(tmp_path / "r.jsonl")
    assert not is_being_written(tmp_path / "nothing.jsonl")


def test_hourly_records_sum_to_the_last_sample(tmp_path: Path) -> None:
    log = read_spool(write(tmp_path, *(float(i) for i in range(8))))  # 0 to 7,000 s: three clock hours
    records = energy_records(log)
    dynamic = [record for record in records if record.component == "dynamic"]
    assert [record.energy_kwh for record in dynamic] == [2.0, 4.0, 1.0]
    assert sum(record.energy_kwh for record in records) == pytest.approx(7.1)
    assert sum(record.high_kwh for record in dynamic) == pytest.approx(10.5)
    assert dynamic[0].start == T0
    assert dynamic[-1].end == T0 + 7000
    assert len({record.record_id for record in records}) == len(records)
    assert {record.zone for record in records} == {"FR"}
    assert energy_records(log) == records
