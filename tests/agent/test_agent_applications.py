from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import pytest
from agent_bench import FakeHost

from collectors import cgroups
from collectors.rules import RuleCommand, Rules, parse_rules
from footprint.agent.applications import ApplicationTimes
from footprint.agent.commands import ask, read_answer
from footprint.agent.processes import ProcessTimes


def rules(*tables: dict[str, object]) -> Rules:
    return parse_rules({"rule": list(tables)})


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "host")


def test_units_and_slices(host: FakeHost) -> None:
    mine = rules(
        {"application": "ERP", "unit": "erp*.service"}, {"application": "LOTS", "slice": "lots.slice"}
    )
    for path in ("system.slice", "system.slice/erp.service", "system.slice/cron.service", "lots.slice"):
        host.group(path, 10.0)
    times = ApplicationTimes(mine, host.root)
    assert times.spent() == {"ERP": 0.0, "LOTS": 0.0}
    host.group("system.slice", 16.0)
    host.group("system.slice/erp.service", 14.0)
    host.group("system.slice/cron.service", 12.0)
    host.group("lots.slice", 11.0)
    host.group("lots.slice/job-1.scope", 0.75)  # born since; inherits
    assert times.spent() == pytest.approx({"ERP": 4.0, "LOTS": 1.0})


def test_time_of_a_finished_process_stays_in_its_group(host: FakeHost) -> None:
    mine = rules({"application": "ERP", "unit": "erp.service"})
    host.group("erp.service", 1.0)
    times = ApplicationTimes(mine, host.root)
    times.spent()
    host.group("erp.service", 3.5)  # spent by processes nobody ever saw
    assert times.spent() == pytest.approx({"ERP": 2.5})


def test_a_deeper_rule_takes_its_part_away(host: FakeHost) -> None:
    mine = rules(
        {"application": "BASE", "unit": "postgres.service"}, {"application": "TOUT", "cgroup": "/erp.slice"}
    )
    host.group("erp.slice", 0.0)
    host.group("erp.slice/postgres.service", 0.0)
    times = ApplicationTimes(mine, host.root)
    times.spent()
    host.group("erp.slice", 5.0)
    host.group("erp.slice/postgres.service", 2.0)
    assert times.spent() == pytest.approx({"TOUT": 3.0, "BASE": 2.0})


def test_processes_by_name_take_from_their_group(host: FakeHost) -> None:
    mine = rules(
        {"application": "BASE", "process": "postgres"}, {"application": "ERP", "unit": "erp.service"}
    )
    host.group("erp.service", 10.0)
    host.process(50, "postgres", 1.0, group="/erp.service")
    host.process(51, "java", 5.0, group="/erp.service")
    times = ApplicationTimes(mine, host.root)
    times.spent()
    host.group("erp.service", 16.0)
    host.process(50, "postgres", 3.0, group="/erp.service")
    host.process(51, "java", 9.0, group="/erp.service")
    assert times.spent() == pytest.approx({"BASE": 2.0, "ERP": 4.0})


@pytest.mark.parametrize("depth", [1, 3])
def test_a_process_of_a_group_too_deep_counts_once(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    """Groups below the most that are followed: their time is already that of the one above."""
    monkeypatch.setattr(cgroups, "MOST_GROUPS", 2)
    mine = rules(
        {"application": "BASE", "process": "postgres"}, {"application": "ERP", "unit": "erp.service"}
    )
    deep = "erp.service" + "/x" * depth

    def spend(erp_s: float, base_s: float) -> dict[str, float]:
        host.group("erp.service", 10.0 + erp_s)
        host.group(deep, 10.0 + erp_s)
        host.process(50, "postgres", base_s, group=f"/{deep}")
        host.process(51, "java", erp_s - base_s, group=f"/{deep}")
        return times.spent()

    host.group("erp.service", 10.0)
    times = ApplicationTimes(mine, host.root)
    spend(0.0, 0.0)
    assert spend(6.0, 2.0) == pytest.approx({"BASE": 2.0, "ERP": 4.0})


def test_a_host_without_groups_counts_processes(tmp_path: Path) -> None:
    host = FakeHost(tmp_path / "host", groups=False)
    mine = rules({"application": "LOT", "process": "lot*"}, {"application": "ERP", "unit": "erp.service"})
    host.process(50, "lot de (nuit)", 1.0)
    host.process(51, "java", 5.0, group="/system.slice/erp.service")
    host.process(52, "autre", 5.0)
    times = ApplicationTimes(mine, host.root)
    assert times.spent() == {"LOT": 0.0, "ERP": 0.0}
    host.process(50, "lot de (nuit)", 2.0)
    host.process(51, "java", 8.0, group="/system.slice/erp.service")
    host.process(52, "autre", 15.0)
    assert times.spent() == pytest.approx({"LOT": 1.0, "ERP": 3.0})


def test_finished_children_count_once(host: FakeHost) -> None:
    times = ProcessTimes(host.root)
    host.process(50, "make", 1.0)
    host.process(60, "cc", 2.0, parent=50)
    times.spent()
    host.process(60, "cc", 5.0, parent=50)
    assert {p.name: s for p, s in times.spent()} == pytest.approx({"make": 0.0, "cc": 3.0})
    # cc spends half a second more and ends; another child lived and died unseen for 2 s.
    host.end(60)
    host.process(50, "make", 1.25, children_s=7.5)
    assert {p.name: s for p, s in times.spent()} == pytest.approx({"make": 0.25 + 0.5 + 2.0})


def test_children_of_children_that_all_ended(host: FakeHost) -> None:
    times = ProcessTimes(host.root)
    host.process(50, "init", 0.0)
    host.process(60, "sh", 1.0, parent=50)
    host.process(70, "cc", 4.0, parent=60)
    times.spent()
    host.end(60)
    host.end(70)
    host.process(50, "init", 0.0, children_s=5.5)
    assert {p.name: s for p, s in times.spent()} == pytest.approx({"init": 0.5})


def test_a_number_used_again_is_another_process(host: FakeHost) -> None:
    times = ProcessTimes(host.root)
    host.process(50, "old", 100.0, start_s=1.0)
    times.spent()
    host.process(50, "new", 0.5, start_s=2000.0)
    assert [(p.name, s) for p, s in times.spent()] == [("new", 0.5)]


def test_a_process_that_changes_its_name_changes_application(host: FakeHost) -> None:
    mine = rules({"application": "PY", "process": "python3"})
    host.process(50, "bash", 1.0)
    times = ApplicationTimes(mine, host.root)
    times.spent()
    host.process(50, "python3", 3.0)
    assert times.spent() == pytest.approx({"PY": 2.0})


@pytest.mark.parametrize("stat", ["", "12", "x (y) z", "9 (a) S 1 2"])
def test_a_process_that_can_not_be_read_is_left_out(host: FakeHost, stat: str) -> None:
    host.process(50, "a", 1.0)
    (host.root / "proc/51").mkdir()
    (host.root / "proc/51/stat").write_text(stat)
    assert [p.pid for p, _ in ProcessTimes(host.root).spent()] == [50]


def test_what_a_command_says() -> None:
    answer = read_answer("12 ERP\n/docker/abc/ TRI COURRIER\n\n-3 X\n/x\n99999999999999 Y\nhello world\n")
    assert answer.pids == {12: "ERP"}
    assert answer.groups == {"/docker/abc": "TRI COURRIER"}
    assert answer.refused == 4


def test_a_command_names_groups_and_processes(host: FakeHost, tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_text("/web.slice INTRANET\n50 LOT\n51 TARD\nnot a line\n")
    command = RuleCommand((sys.executable, "-c", f"print(open({str(said)!r}).read())"), 3600.0, 30.0)
    host.group("web.slice", 1.0)
    host.group("web.slice/nginx.service", 1.0)
    host.process(50, "x", 1.0)
    host.process(51, "x", 1.0, start_s=1e12)  # born after the answer: another process
    times = ApplicationTimes(Rules(commands=(command,)), host.root)
    until = time.monotonic() + 60
    while not times.notices and time.monotonic() < until:
        time.sleep(0.01)
    times.spent()
    host.group("web.slice", 3.0)
    host.group("web.slice/nginx.service", 3.0)
    host.process(50, "x", 1.5)
    host.process(51, "x", 9.0, start_s=1e12)
    assert times.spent() == pytest.approx({"INTRANET": 2.0, "LOT": 0.5})
    assert [notice.code for notice in times.notices] == ["commande_regles_lignes"]
    times.close()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import time; time.sleep(60)", TimeoutError),
        ("print('x' * 3_000_000)", OSError),
        ("exit(3)", OSError),
    ],
)
def test_a_command_that_misbehaves(code: str, error: type[Exception]) -> None:
    began = time.monotonic()
    with pytest.raises(error):
        ask(RuleCommand((sys.executable, "-c", code), 300.0, 0.7))
    assert time.monotonic() - began < 15
    with pytest.raises(FileNotFoundError):
        ask(RuleCommand(("/nowhere/at/all",), 300.0, 1.0))


def test_a_group_that_vanishes_between_two_looks(host: FakeHost) -> None:
    host.group("a.service", 1.0)
    host.group("b.service", 1.0)
    times = ApplicationTimes(rules({"application": "A", "unit": "a.service"}), host.root)
    times.spent()
    shutil.rmtree(host.mount / "a.service")
    assert times.spent() == {}
