from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest
from agent_bench import FakeGpu, FakeHost, sensing

from collectors import sampler as sampling
from collectors.host_lock import HostLock
from collectors.rules import Rules, parse_rules
from collectors.spool import read_spool
from footprint.agent import hosting, loop
from footprint.agent.config import AgentConfig, AlreadyRunning, Sending
from footprint.agent.hosting import sample_host
from footprint.agent.loop import Agent, run_agent
from footprint.agent.metrics import render
from footprint.agent.retention import DAY_S
from footprint.cli.main import main
from footprint.measuring.outcome import energy_of
from footprint.records.deposits import zone_context
from footprint.records.runs import runs, spool_files

MIDNIGHT = 1_760_486_400.0  # 2025-10-15, UTC
ERP = parse_rules({"rule": [{"application": "ERP", "unit": "erp.service"}]})


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    host = FakeHost(tmp_path / "host")
    host.group("erp.service", 0.0)
    monkeypatch.setattr(sampling, "host_times", host.times)
    return host


@pytest.fixture
def lock(tmp_path: Path) -> str:
    """A name of this test's own: another may be measuring this very machine."""
    return f"agent-test-{tmp_path}"


def config(home: Path, host: FakeHost, **more: object) -> AgentConfig:
    return AgentConfig(home, rules=ERP, root=host.root, **more)  # type: ignore[arg-type]


def drive(agent: Agent, host: FakeHost, first: float, seconds: int, step: float = 1.0) -> None:
    """Looks at a host busy at half, half of which is the ERP's."""
    for number in range(1, seconds + 1):
        host.busy_s += 2.0 * step
        spent = host.busy_s / 2
        host.group("erp.service", spent)
        agent.look(first + number * step, MIDNIGHT + first + number * step)


def test_a_day_one_record(tmp_path: Path, host: FakeHost) -> None:
    agent = Agent(config(tmp_path, host), sensing())
    agent.start(-20.0, MIDNIGHT - 20.0)
    drive(agent, host, -20.0, 40)
    last = agent.finish("complete")
    first, second = (read_spool(path) for path in spool_files(tmp_path))
    assert (first.header["start"], first.samples[-1]["t"]) == (MIDNIGHT - 20.0, MIDNIGHT - 1.0)
    assert (second.header["start"], second.samples[-1]["t"]) == (MIDNIGHT - 1.0, MIDNIGHT + 20.0)
    assert first.result is not None
    assert first.result["state"] == last["state"] == "complete"
    # Nothing lost, nothing twice between the two.
    assert agent.snapshot is not None
    everything = sum(kwh for kwh, _, _ in agent.snapshot.energy.values())
    assert first.result["energy_kwh"] + last["energy_kwh"] == pytest.approx(everything, rel=1e-9)
    assert last["by_component"]["app:ERP"] == pytest.approx(last["by_component"]["dynamic"])
    assert second.samples[-1]["apps"] == {"ERP": pytest.approx(21.0)}
    assert [warning["code"] for warning in second.warnings] == []


def test_a_length_asked_for_is_one_record(tmp_path: Path, host: FakeHost) -> None:
    agent = Agent(config(tmp_path, host, seconds=40.0), sensing())
    agent.start(-20.0, MIDNIGHT - 20.0)
    drive(agent, host, -20.0, 40)
    agent.finish("complete")
    (path,) = spool_files(tmp_path)
    assert len(read_spool(path).samples) == 40


@pytest.mark.parametrize("jump_s", [-3600.0, 5 * DAY_S])
def test_a_clock_that_is_set_begins_a_new_record(tmp_path: Path, host: FakeHost, jump_s: float) -> None:
    agent = Agent(config(tmp_path, host), sensing())
    agent.start(0.0, MIDNIGHT)
    for number in range(1, 41):
        host.busy_s += 1.0
        agent.look(float(number), MIDNIGHT + number + (jump_s if number > 20 else 0.0))
    agent.finish("complete")
    logs = [read_spool(path) for path in spool_files(tmp_path)]
    assert sorted(log.header["start"] for log in logs) == sorted([MIDNIGHT, MIDNIGHT + 20 + jump_s])
    assert [log.samples[-1]["seconds"] for log in logs] == pytest.approx([20.0, 20.0])
    assert [log.bad for log in logs] == [[], []]


def test_a_look_that_fails_is_a_notice_and_loses_nothing(
    tmp_path: Path, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = Agent(config(tmp_path, host), sensing())
    agent.start(0.0, MIDNIGHT)
    with monkeypatch.context() as patch:
        patch.setattr(sampling, "host_times", lambda: 1 / 0)
        agent.look(1.0, MIDNIGHT + 1)
    host.busy_s = 4.0
    agent.look(2.0, MIDNIGHT + 2)
    result = agent.finish("complete")
    assert [warning["code"] for warning in result["warnings"]] == ["releve_manque"]
    assert result["cpu_s"] == 4.0
    assert result["energy_kwh"] > 0


def test_without_room_it_goes_on_by_the_hour_and_says_so(tmp_path: Path, host: FakeHost) -> None:
    agent = Agent(config(tmp_path, host, max_disk=1), sensing())
    agent.start(0.0, MIDNIGHT)
    drive(agent, host, 0.0, 100, step=60.0)
    first = agent.finish("complete")
    again = Agent(config(tmp_path, host, max_disk=1), sensing())
    again.start(6000.0, MIDNIGHT + 6000.0)
    drive(again, host, 6000.0, 100, step=60.0)
    second = again.finish("complete")
    assert {"agent_disque_plein"} <= {warning["code"] for warning in first["warnings"]}
    assert {"agent_ancien_regroupe", "agent_disque_plein"} == {w["code"] for w in second["warnings"]}
    old, new = (read_spool(path) for path in spool_files(tmp_path))
    assert len(old.samples) <= 2
    assert len(new.samples) <= 3 + 10  # by the hour, and those since the last look at the disk
    assert energy_of(old.samples[-1]["energy"])["energy_kwh"] == pytest.approx(first["energy_kwh"], rel=1e-9)


def test_over_the_limit_a_kill_loses_ten_seconds_still(tmp_path: Path, host: FakeHost) -> None:
    agent = Agent(config(tmp_path, host, max_disk=1), sensing())
    agent.start(0.0, MIDNIGHT)
    drive(agent, host, 0.0, 1305)
    (path,) = spool_files(tmp_path)
    seconds = [sample["seconds"] for sample in read_spool(path).samples]  # as a kill would leave it
    assert seconds[-1] == 1300.0
    assert seconds[1] >= 1190.0  # one at 600 s, before the notice, then one for the time since
    assert len(seconds) <= 12
    agent.finish("complete")


def test_a_day_that_begins_before_anything_was_seen(tmp_path: Path, host: FakeHost) -> None:
    agent = Agent(config(tmp_path, host), sensing())
    agent.start(-0.5, MIDNIGHT - 0.5)
    drive(agent, host, -0.5, 3)
    agent.finish("complete")
    (path,) = spool_files(tmp_path)
    assert read_spool(path).samples[-1]["seconds"] == 3.0


def test_only_allowed_fields_and_nothing_personal(tmp_path: Path, host: FakeHost) -> None:
    """Names planted wherever the agent looks are found neither in its records nor in its counters."""
    planted = ("jean.dupont", "secret-argument", "/home/jdupont", "srv-confidentiel")
    group = "user-jean.dupont.slice/secret-argument.service"
    host.group(group.split("/", maxsplit=1)[0], 1.0)
    host.group(group, 1.0)
    host.process(50, "jean.dupont", 1.0, group=f"/{group}")
    (host.root / "proc/50/cmdline").write_text("python\0--secret-argument\0/home/jdupont/x.py\0")
    (host.root / "proc/50/environ").write_text("USER=jean.dupont\0")
    (host.root / "etc").mkdir()
    (host.root / "etc/hostname").write_text("srv-confidentiel\n")
    (host.root / "var/log/pods/jean.dupont_secret-argument_0a1b").mkdir(parents=True)
    mine = parse_rules(
        {"rule": [{"application": "A", "process": "jean*"}, {"application": "B", "unit": "secret*"}]}
    )
    agent = Agent(AgentConfig(tmp_path, rules=mine, root=host.root), sensing())
    agent.start(0.0, MIDNIGHT)
    host.busy_s = 4.0
    host.group(group.split("/", maxsplit=1)[0], 3.0)
    host.group(group, 3.0)
    host.process(50, "jean.dupont", 2.0, group=f"/{group}")
    agent.look(1.0, MIDNIGHT + 1)
    result = agent.finish("complete")
    assert result["by_component"].keys() == {"dynamic", "idle", "app:A", "app:B"}
    text = spool_files(tmp_path)[0].read_text(encoding="utf-8") + render(agent.snapshot, 2.0)
    assert [name for name in planted if name in text] == []
    assert str(tmp_path) not in text


def test_running_for_a_while(tmp_path: Path, lock: str) -> None:
    seen: list[tuple[float, float]] = []
    asked = AgentConfig(tmp_path, seconds=1.2, zone="FR", lock=lock, max_disk=10**6)
    result = run_agent(asked, progress=lambda done, total: seen.append((done, total)))
    assert result["state"] == "complete"
    assert result["energy_kwh"] > 0
    assert seen[-1] == (1.2, 1.2)
    again = HostLock(lock)
    assert again.acquire()  # given back
    again.release()


def test_one_agent_a_host(tmp_path: Path, lock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "WAIT_S", 0.1)
    holder = HostLock(lock)
    assert holder.acquire()
    with pytest.raises(AlreadyRunning, match="mesure déjà"):
        run_agent(AgentConfig(tmp_path, seconds=1.0, lock=lock))
    result = sample_host(0.1, tmp_path, "FR", lock=lock)
    assert (result["state"], result["energy_kwh"]) == ("failed", None)
    assert [warning["code"] for warning in result["warnings"]] == ["agent_deja_actif"]
    assert runs(tmp_path) == []
    holder.release()


def test_the_command_says_so_and_exits_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = HostLock("agent")
    holder.acquire()  # or another test has it: all the same
    monkeypatch.setattr(sys, "argv", ["footprint", "agent", "--seconds", "1"])
    with pytest.raises(SystemExit) as left:
        main()
    holder.release()
    assert left.value.code == 3
    assert "Un autre agent" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--max-disk", "lots"], "200M"),
        (["--metrics", "here"], "PORT"),
        (["--server", "https://x.example"], "--token-file"),
        (["--rules", "absent.toml"], "absent.toml"),
    ],
)
def test_wrong_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["footprint", "agent", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert said in capsys.readouterr().err


def test_for_ever_until_told_with_counters_and_sending(
    tmp_path: Path, lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed, seen = threading.Event(), threading.Event()
    pages: list[str] = []
    stop = threading.Event()
    monkeypatch.setattr(loop, "_push", lambda *_asked: pushed.set() or [])  # type: ignore[func-returns-value]
    monkeypatch.setattr(loop, "PERIOD_S", 0.05)

    def look(port: int) -> None:
        while "footprint_host_power_watts" not in (pages or [""])[-1] and not stop.is_set():
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                pages.append(answer.read().decode())
        seen.set()

    def listening(port: int) -> None:
        threading.Thread(target=look, args=(port,), daemon=True).start()

    def end() -> None:
        seen.wait(20)
        pushed.wait(20)
        stop.set()

    threading.Thread(target=end, daemon=True).start()
    asked = AgentConfig(
        tmp_path, zone="FR", lock=lock, metrics=("127.0.0.1", 0), rules=Rules(),
        sending=Sending("https://collecte.example", "fp_x"),
    )  # fmt: skip
    result = run_agent(asked, stop=stop, listening=listening)
    assert seen.is_set()
    assert pushed.is_set()
    assert result["state"] == "complete"
    assert "fp_x" not in spool_files(tmp_path)[0].read_text() + "".join(pages)
    assert json.loads(spool_files(tmp_path)[0].read_text().splitlines()[-1])["kind"] == "result"


def test_gpus_are_counted_whole(tmp_path: Path, host: FakeHost) -> None:
    gpu = FakeGpu()
    agent = Agent(config(tmp_path, host), sensing(gpu))
    agent.start(0.0, MIDNIGHT)
    for second, kwh in ((1, 0.5), (2, None), (3, 0.75)):
        gpu.kwh = kwh
        agent.look(float(second), MIDNIGHT + second)
    result = agent.finish("complete")
    assert result["by_component"]["gpu"] == pytest.approx(0.75)
    assert read_spool(spool_files(tmp_path)[0]).bad == []


def test_the_site_file_is_heard(tmp_path: Path, lock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTPRINT_SITE", raising=False)
    table = '[[host]]\nasset = "srv-01"\nidle_w = 100.0\nfull_w = 300.0\npue = 1.3\nzone = "La Réunion"\n'
    (tmp_path / "site.toml").write_text(table, encoding="utf-8")
    run_agent(AgentConfig(tmp_path, seconds=0.3, asset="srv-01", lock=lock))
    log = read_spool(spool_files(tmp_path)[0])
    assert (log.context["pue"], log.context["zone"]) == (1.3, zone_context("La Réunion")[0]["zone"])
    assert log.context["power_model"] == "site"
