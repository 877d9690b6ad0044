from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest
from agent_bench import FakeHost, sensing

from collectors import sampler as sampling
from collectors.records import Notice
from collectors.rules import RuleCommand, Rules, parse_rules
from footprint.agent.commands import Commands
from footprint.agent.config import AgentConfig
from footprint.agent.loop import Agent
from footprint.agent.metrics import render
from footprint.agent.telling import MOST_BY_CODE, Teller, nothing_kept, result_lines
from footprint.cli import agent as cli
from footprint.cli.main import main
from footprint.home import spool_dir

MIDNIGHT = 1_760_486_400.0  # 2025-10-15, UTC
FAILS = Rules(commands=(RuleCommand(("/nonexistent/x",), 3600.0, 5.0),))
METER = '[[host]]\nasset = "a"\n[host.meter]\nquantity = "power_w"\ncommand = {command}\n'


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    host = FakeHost(tmp_path / "host")
    host.group("erp.service", 0.0)
    monkeypatch.setattr(sampling, "host_times", host.times)
    return host


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command, with a lock of this test's own and nothing in the environment."""
    from footprint.agent import config

    made = config.AgentConfig.__init__
    monkeypatch.setattr(
        config.AgentConfig, "__init__",
        lambda self, *given, **named: made(self, *given, **{"lock": f"agent-test-{tmp_path}", **named}),
    )  # fmt: skip
    for name in ("ZONE", "SITE", "ASSET", "RULES", "METRICS", "SERVER", "CALIBRATION"):
        monkeypatch.delenv(f"FOOTPRINT_{name}", raising=False)


def agent_says(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Exit code, output and errors of `footprint agent --seconds 1 …`."""
    monkeypatch.setenv("FOOTPRINT_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["footprint", "agent", "--seconds", "1", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.usefixtures("alone")
def test_the_result_is_told_as_that_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = agent_says(tmp_path, monkeypatch, capsys, "--zone", "FR")
    assert code == 0
    assert all(word in out for word in ("cette machine : ", "CO2e", "(de ", "preuve : modèle de puissance"))
    assert [line.split(" : ")[0].strip() for line in out.splitlines()[1:]] in (
        ["dynamique, non attribué", "repos"],
        ["dynamique, non attribué", "repos", "GPU"],
    )
    assert "" not in err.splitlines()


@pytest.mark.parametrize(
    ("site", "mode", "arguments", "said"),
    [
        ("", 0o644, ["--zone", "ZZ"], "Zone inconnue : « ZZ »"),
        ("", 0o644, [], "Zone électrique non précisée"),
        ("bad = [", 0o644, ["--zone", "FR"], "site.toml"),
        (METER.format(command='["echo", "1"]'), 0o646, ["--zone", "FR", "--asset", "a"], "site.toml"),
        (METER.format(command='["echo", "abc"]'), 0o644, ["--zone", "FR", "--asset", "a"], "ne répond pas"),
        (METER.format(command='["/nowhere/x"]'), 0o644, ["--zone", "FR", "--asset", "a"], "ne répond pas"),
    ],
)
@pytest.mark.usefixtures("alone")
def test_what_fails_is_told_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    site: str,
    mode: int,
    arguments: list[str],
    said: str,
) -> None:
    if site:
        (tmp_path / "site.toml").write_text(site)
        (tmp_path / "site.toml").chmod(mode)
    code, _, err = agent_says(tmp_path, monkeypatch, capsys, *arguments)
    assert code == 0
    assert len([line for line in err.splitlines() if said in line]) == 1, err


@pytest.mark.usefixtures("alone")
def test_a_record_that_could_not_be_written_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    code, out, err = agent_says(tmp_path / "file" / "home", monkeypatch, capsys, "--zone", "FR")
    assert code == 1
    assert "cette machine : " in out
    assert err.count("n'a pas pu être écrit en entier") == 1
    assert "Rien n’a pu être écrit" in err


@pytest.mark.usefixtures("alone")
def test_where_the_counters_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, err = agent_says(tmp_path, monkeypatch, capsys, "--metrics", "0")
    assert "métriques sur http://127.0.0.1:" in err
    cli._listening(AgentConfig(tmp_path, metrics=("::1", 0)), 9464)
    assert "http://[::1]:9464/metrics" in capsys.readouterr().err


def test_lines_by_application_the_largest_first() -> None:
    found = {
        "state": "complete", "energy_kwh": 1.0, "energy_low_kwh": 0.5, "energy_high_kwh": 2.0, "gwp_kgco2e": None,
        "gwp_low": None, "gwp_high": None, "duration_s": 60.0, "tier": "sensor",
        "by_component": {"idle": 0.4, "dynamic": 0.1, "app:A": 0.2, "app:B": 0.3}, "factor": {"value": 0.1},
    }  # fmt: skip
    first, *others = result_lines(found, "srv-01")
    assert first.startswith("srv-01 : 1,0")
    assert [line.split(" : ")[0].strip() for line in others] == ["B", "A", "dynamique, non attribué", "repos"]
    assert others[0].endswith(", 30\u202fgCO2e")


def test_something_kept_is_not_nothing(tmp_path: Path) -> None:
    spool_dir(tmp_path).mkdir()
    assert not nothing_kept(tmp_path, {"run_id": "x", "warnings": []})
    unwritten = {"run_id": "x", "warnings": [{"code": "spool_non_ecrit"}]}
    assert nothing_kept(tmp_path, unwritten)
    (spool_dir(tmp_path) / "x.jsonl").touch()
    assert nothing_kept(tmp_path, unwritten)


def test_a_command_that_fails_is_told_and_counted(tmp_path: Path, host: FakeHost) -> None:
    said: list[str] = []
    agent = Agent(AgentConfig(tmp_path, rules=FAILS, root=host.root), sensing(), said.append)
    agent.start(0.0, MIDNIGHT)
    until, second = time.monotonic() + 60, 0
    while not said and time.monotonic() < until:
        second += 1
        agent.look(float(second), MIDNIGHT + second)
        time.sleep(0.01)
    agent.look(second + 1.0, MIDNIGHT + second + 1)
    agent.finish("complete")
    (line,) = said
    assert "commande 1" in line
    assert "No such file" in line
    assert "/nonexistent" not in line
    assert 'footprint_warnings{code="commande_regles_echec"} 1.0' in render(agent.snapshot, second + 2.0)


def test_another_failure_of_the_same_code_is_another_notice(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    code = f"import os, sys; sys.exit(4 if os.path.exists({str(flag)!r}) else 3)"
    commands = Commands(())
    command = RuleCommand((sys.executable, "-c", code), 3600.0, 30.0)
    for _ in range(2):
        assert commands._ask(0, command) is None
    flag.touch()
    assert commands._ask(0, command) is None
    assert ["status 3" in notice.fr for notice in commands.notices] == [True, False]
    assert {notice.code for notice in commands.notices} == {"commande_regles_echec"}


def test_once_and_never_without_end() -> None:
    said: list[str] = []
    teller = Teller(said.append)
    for number in range(100):
        teller.hear([Notice("a", f"{number}", f"{number}"), Notice("b", "b", "b")])
    assert (len(said), said.count("b")) == (MOST_BY_CODE + 1, 1)
    assert teller.codes == ("a", "b")
    teller.hear([Notice("compteur_attente", "x", "x")])
    assert teller.codes == ("a", "b")


def test_rules_that_name_what_the_map_does_not_hold(tmp_path: Path, host: FakeHost) -> None:
    (tmp_path / "applications.txt").write_text("ERP-COMPTA\nTRI\n")
    mine = parse_rules(
        {"rule": [{"application": code, "unit": "x"} for code in ("ERP-COMTPA", "TRI", "ZZZZ", "ZZZZ")]}
    )
    said: list[str] = []
    agent = Agent(AgentConfig(tmp_path, rules=mine, root=host.root), sensing(), said.append)
    agent.start(0.0, MIDNIGHT)
    agent.finish("complete")
    assert len(said) == 2
    assert "« ERP-COMTPA »" in said[0]
    assert "Proches : ERP-COMPTA." in said[0]
    assert "« ZZZZ »" in said[1]


def test_a_bar_only_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    with cli._progress() as advance:
        assert advance is None
    assert errors.getvalue() == ""
