"""What the agent costs its host: processor time of a look a second, with many processes and groups.

    python benchmarks/agent.py [--processes 200] [--groups 50] [--looks 120] [--seconds 30]

Processes are real (they sleep) and read from the real /proc. Groups are files in memory, laid out as the kernel
does, since making real ones takes privileges; the kernel's own answer to a read costs more: the last line says
how much here. Looks are made one after another: the time is the process's own, so other work on the machine
changes it little. The line before the last is the agent as it is, run for some seconds by its command.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from collectors.rules import Rules, parse_rules
from footprint.agent.config import AgentConfig
from footprint.agent.loop import Agent
from footprint.measuring.sensing import open_sensing

BY_GROUP = [{"application": f"APP-{i}", "unit": f"app-{i}.service"} for i in range(10)]
BY_PROCESS = [
    {"application": "POSTGRES", "process": "postgres*"},
    {"application": "SLEEP", "process": "sleep"},
]


def mount_point() -> Path | None:
    """Where version 2 of control groups is mounted."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if " - cgroup2 " in line:
            return Path(line.split()[4])
    return None


def fake_root(folder: Path, mount: Path, groups: int) -> None:
    """The real /proc, and groups made of files: half under system.slice, half under kubepods."""
    (folder / "proc").symlink_to("/proc")
    top = folder / str(mount).lstrip("/")
    for number in range(groups):
        name = f"system.slice/app-{number}.service" if number % 2 else f"kubepods/pod{number}/c{number}"
        (top / name).mkdir(parents=True)
    for group in [path for path in top.rglob("*") if path.is_dir()]:
        (group / "cpu.stat").write_text("usage_usec 1000000\nuser_usec 900000\nsystem_usec 100000\n")


def cost_of_a_look(root: Path, rules: Rules, looks: int) -> tuple[float, float]:
    """Mean processor milliseconds of a look, and of the slowest tenth."""
    with tempfile.TemporaryDirectory() as home:
        config = AgentConfig(Path(home), rules=rules, root=root)
        agent = Agent(config, open_sensing(Path(home), codecarbon=False))
        agent.start(0.0, 1e9)
        spent = []
        for number in range(1, looks + 1):
            began = time.process_time()
            agent.look(float(number), 1e9 + number)
            spent.append((time.process_time() - began) * 1e3)
        agent.finish("complete")
    slowest = sorted(spent)[-max(1, looks // 10) :]
    return sum(spent) / looks, sum(slowest) / len(slowest)


def cost_of_the_command(seconds: float, rules: Path) -> tuple[float, float, float]:
    """(% of a core while running, seconds of processor to start, resident MB) of `footprint agent`."""
    command = [sys.executable, "-m", "footprint", "agent", "--zone", "FR", "--rules", str(rules)]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "FOOTPRINT_HOME": home}
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as agent:
            watched = psutil.Process(agent.pid)
            time.sleep(5.0)
            started = sum(watched.cpu_times()[:2])
            time.sleep(seconds)
            spent = sum(watched.cpu_times()[:2]) - started
            memory = watched.memory_info().rss
            agent.terminate()
    return spent / seconds * 100, started, memory / 2**20


def read_cost(path: Path) -> float | None:
    """Microseconds of one read of the kernel's own file."""
    if not path.exists():
        return None
    began = time.process_time()
    for _ in range(1000):
        path.read_bytes()
    return (time.process_time() - began) * 1e3


def rules_file(folder: Path) -> Path:
    path = folder / "rules.toml"
    tables = [
        "[[rule]]\n" + "".join(f'{key} = "{value}"\n' for key, value in table.items())
        for table in BY_GROUP + BY_PROCESS
    ]
    path.write_text("\n".join(tables))
    return path


def measure(folder: Path, asked: argparse.Namespace) -> None:
    print(f"{asked.processes} processes more, {asked.groups} groups, {asked.looks} looks")
    cases = {"no rule": [], "by group": BY_GROUP, "by group and process": BY_GROUP + BY_PROCESS}
    for name, tables in cases.items():
        rules = parse_rules({"rule": tables}) if tables else Rules()
        mean, slow = cost_of_a_look(folder, rules, asked.looks)
        print(f"{name:22} {mean:6.2f} ms a look = {mean / 10:5.2f} % of a core; slowest tenth {slow:6.2f} ms")
    share, start_s, memory = cost_of_the_command(asked.seconds, rules_file(folder))
    print(
        f"footprint agent        {share:5.2f} % of a core; {start_s:.2f} s at start; {memory:.0f} MB resident"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=200)
    parser.add_argument("--groups", type=int, default=50)
    parser.add_argument("--looks", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args()
    mount = mount_point()
    if mount is None:
        sys.exit("no control groups, version 2, are mounted here")
    sleepers = [subprocess.Popen(["sleep", "3600"]) for _ in range(asked.processes)]
    try:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            fake_root(Path(folder), mount, asked.groups)
            measure(Path(folder), asked)
    finally:
        for sleeper in sleepers:
            sleeper.kill()
        for sleeper in sleepers:
            sleeper.wait()
    cost = read_cost(mount / "cpu.stat")
    if cost is not None:
        print(f"a read of the kernel's own cpu.stat: {cost:.1f} µs")


if __name__ == "__main__":
    main()
