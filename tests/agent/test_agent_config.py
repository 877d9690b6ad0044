from __future__ import annotations

import configparser
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import footprint.agent
from collectors.rules import parse_rules
from footprint.agent.access import missing_access
from footprint.agent.config import AgentError, Sending, read_address, read_seconds, read_size, read_token


@pytest.mark.parametrize(
    ("text", "size"),
    [("200M", 200_000_000), (" 1 Go ", 10**9), ("5000", 5000), ("3k", 3000), ("2TB", 2 * 10**12)],
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "0M", "-1M", "1.5G", "M", "10P", "9" * 30])
def test_bad_sizes(text: str) -> None:
    with pytest.raises(AgentError, match="200M"):
        read_size(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9464", ("127.0.0.1", 9464)),
        (":9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:80", ("::1", 80)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert read_address(text) == address


@pytest.mark.parametrize("text", ["", "x", "localhost:", "1:70000", "9464x"])
def test_bad_addresses(text: str) -> None:
    with pytest.raises(AgentError, match="PORT"):
        read_address(text)


def test_tokens(tmp_path: Path) -> None:
    path = tmp_path / "token"
    with pytest.raises(AgentError, match="--token-file"):
        read_token(path)
    path.write_text("\n")
    with pytest.raises(AgentError, match="token create"):
        read_token(path)
    path.write_text("fp_secret\n")
    assert read_token(path) == "fp_secret"
    assert "fp_secret" not in repr(Sending("https://x", "fp_secret"))


def test_lengths() -> None:
    assert read_seconds(None) is None
    assert read_seconds(2.0) == 2.0
    for bad in (math.nan, math.inf, 0.0):
        with pytest.raises(AgentError):
            read_seconds(bad)


def test_what_more_rights_would_bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = parse_rules({"rule": [{"application": "A", "pod": "a*"}]})
    (tmp_path / "proc/1").mkdir(parents=True)
    (tmp_path / "sys/class/powercap/intel-rapl:0").mkdir(parents=True)
    (tmp_path / "sys/class/powercap/intel-rapl:0/energy_uj").touch()
    monkeypatch.setattr("footprint.agent.access.os.access", lambda path, _mode: Path(path).name == "nothing")
    said = " ".join(missing_access(rules, tmp_path))
    assert [word in said for word in ("RAPL", "hidepid", "groupe de contrôle", "/var/log/pods")] == [True] * 4
    monkeypatch.setattr("footprint.agent.access.os.access", lambda _path, _mode: True)
    (tmp_path / "proc/self").mkdir()
    (tmp_path / "proc/self/mountinfo").write_text("1 0 0:1 / /cg rw - cgroup2 cgroup2 rw\n")
    (tmp_path / "cg/system.slice").mkdir(parents=True)
    (tmp_path / "cg/system.slice/cpu.stat").write_text("usage_usec 1\n")
    assert missing_access(rules, tmp_path) == []


def test_rules_that_can_match_nothing_here(tmp_path: Path) -> None:
    rules = parse_rules(
        {
            "rule": [
                {"application": "A", "unit": "a", "label": {"pod_uid": "x", "container_id": "y"}},
                {"application": "B", "image": "b"},
                {"application": "C", "process": "c", "label": {"tier": "prod", "team": "t"}},
            ]
        }
    )
    b, c = (sentence for sentence in missing_access(rules, tmp_path) if "jamais" in sentence)
    assert "règle 2 (« B »)" in b
    assert "ne connaît pas image." in b
    assert "règle 3 (« C »)" in c
    assert "ne connaît pas team, tier." in c


def test_the_unit_that_ships() -> None:
    path = Path(footprint.agent.__file__).with_name("footprint-agent.service")
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text(encoding="utf-8"))
    service = unit["Service"]
    expected = {
        "DynamicUser": "yes", "ProtectSystem": "strict", "StateDirectory": "footprint-agent",
        "Restart": "always", "RestartPreventExitStatus": "3", "CapabilityBoundingSet": "",
        "NoNewPrivileges": "yes", "IPAddressDeny": "any", "IPAddressAllow": "localhost",
    }  # fmt: skip
    assert {name: service[name] for name in expected} == expected
    # These would hide what is measured, or put the lock of the host apart.
    assert not service.keys() & {"ProtectProc", "ProcSubset", "PrivateNetwork", "PrivateDevices"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_to_say_of_it(tmp_path: Path) -> None:
    text = Path(footprint.agent.__file__).with_name("footprint-agent.service").read_text(encoding="utf-8")
    unit = tmp_path / "footprint-agent.service"
    unit.write_text(text.replace("/opt/footprint/bin/footprint", sys.executable), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
