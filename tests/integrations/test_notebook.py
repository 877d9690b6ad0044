"""`%%footprint` in a real IPython, and the table a run shows itself as."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from footprint.integrations.notebook import html
from footprint.measuring import Notice, measure
from tests.measuring.measuring_bench import Bench

SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "footprint")
WORK = "import time\\nend = time.process_time() + 0.2\\nwhile time.process_time() < end: pass\\n"

def cell(line, body, into="--into seen"):
    with capture_output() as io:
        result = shell.run_cell(f"%%footprint {line} {into}\\n{body}", store_history=True)
    shown = [output.data for output in io.outputs]
    seen = shell.user_ns.get("seen")
    return {"ok": result.success, "value": result.result, "error": repr(result.error_in_exec or ""),
            "before": repr(result.error_before_exec or ""), "out": io.stdout, "err": io.stderr, "shown": shown,
            "state": seen and seen.state, "result": seen and seen.result, "model": seen and seen.model}
"""


def test_a_cell_is_executed_as_usual_and_measured(bench: Bench) -> None:
    pytest.importorskip("IPython")
    code = SHELL + (
        "shell.user_ns['given'] = 20\n"
        "body = WORK + 'made = given + 1\\nprint(\"said\")\\nsquares = [made * n for n in range(2)]\\nmade * 2'\n"
        "line = '--application TRI --model tri:1.0 --phase training --zone FR --requests 12'\n"
        "got = cell(line + ' --functional-act \"courrier trié\" --budget-kwh 1', body)\n"
        "print(json.dumps({**got, 'made': shell.user_ns['made'], 'out_': shell.user_ns['_']}))\n"
    )
    got = json.loads(bench.run(code))
    assert (got["ok"], got["value"], got["out_"], got["made"]) == (True, 42, 42, 21)
    assert got["out"].startswith("said\n")
    assert (got["state"], got["model"]) == ("complete", "tri:1.0")
    assert got["result"]["energy_kwh"] > 0
    assert (got["result"]["requests"], got["result"]["functional_act"]) == (12, "courrier trié")
    shown = got["shown"][0]
    assert shown.keys() == {"text/plain", "text/html"}
    assert shown["text/plain"].startswith("TRI : ")
    assert "<caption>TRI · tri:1.0 · training</caption>" in shown["text/html"]


def test_an_exception_of_the_cell_shows_as_usual(bench: Bench) -> None:
    pytest.importorskip("IPython")
    code = SHELL + (
        "got = cell('-a TRI', WORK + 'def deeper():\\n    raise KeyError(\"mine\")\\ndeeper()\\nafter = 1')\n"
        "print(json.dumps({**got, 'after': 'after' in shell.user_ns}))\n"
    )
    got = json.loads(bench.run(code))
    assert (got["ok"], got["after"], got["state"]) == (False, False, "interrupted")
    assert got["error"] == "KeyError('mine')"
    trace = got["out"] + got["err"]
    assert trace.count("Traceback (most recent call last)") == 1
    assert 'raise KeyError("mine")' in re.sub(r"\x1b\[[0-9;]*m", "", trace)  # the line of the cell is shown
    assert "notebook.py" not in trace
    assert "interrompue" in got["shown"][0]["text/plain"]


def test_magics_inside_silence_and_plain_cells(bench: Bench) -> None:
    pytest.importorskip("IPython")
    code = SHELL + (
        "first = cell('-a TRI', WORK + '%time x = 3\\nx')\n"
        "second = cell('-a TRI', 'x = 5', into='')\n"
        "third = cell('-a TRI', '# nothing')\n"
        "print(json.dumps([first, second, third]))\n"
    )
    first, second, third = json.loads(bench.run(code))
    assert (first["ok"], first["value"]) == (True, 3)
    assert "Wall time" in first["out"]
    assert (second["ok"], second["value"]) == (True, None)
    assert (third["ok"], third["value"]) == (True, None)


def test_a_semicolon_silences_the_value_and_the_share_is_taken(bench: Bench) -> None:
    pytest.importorskip("IPython")
    code = SHELL + (
        "import footprint.integrations.notebook as notebook\n"
        "given, measure = {}, notebook.measure\n"
        "notebook.measure = lambda **options: given.update(options) or measure(**options)\n"
        "silent = cell('-a TRI --gpu-share 0.5', WORK + '[1, 2, 3];  # not shown')\n"
        "shown = cell('-a TRI', WORK + '[1, 2, 3]')\n"
        "print(json.dumps([silent, shown, given]))\n"
    )
    silent, shown, given = json.loads(bench.run(code))
    assert (silent["ok"], silent["value"], silent["state"]) == (True, None, "complete")
    assert len(silent["shown"]) == 1  # the run still shows
    assert shown["value"] == [1, 2, 3]
    assert given["gpu_share"] == 0.5


@pytest.mark.parametrize(
    ("line", "body", "said"),
    [
        ("", "ran = 1", "nommez l’application"),
        ("-a TRI --requests many", "ran = 1", "n’est pas compris"),
        ("-a TRI --colour blue", "ran = 1", "n’est pas compris"),
        ("-a 'TRI", "ran = 1", "n’est pas compris"),
        ("-a TRI --into 1x", "ran = 1", "n’est pas un nom Python"),
        ("-a TRI", "import asyncio; ran = 1\nawait asyncio.sleep(0)", "await"),
        ("-a TRI", "ran = = 1", "SyntaxError"),
    ],
)
def test_what_is_not_understood_executes_nothing(bench: Bench, line: str, body: str, said: str) -> None:
    pytest.importorskip("IPython")
    code = (
        SHELL + f"got = cell({line!r}, {body!r}, into='')\nprint(json.dumps([got, 'ran' in shell.user_ns]))\n"
    )
    got, ran = json.loads(bench.run(code))
    assert (got["ok"], ran) == (False, False)
    assert said in got["out"] + got["err"] + got["error"]
    assert got["shown"] == []
    assert bench.lines() == []  # and measures nothing


def test_a_run_shows_itself_and_the_extension_can_be_taken_away(bench: Bench) -> None:
    pytest.importorskip("IPython")
    code = SHELL + (
        "import footprint\n"
        "with footprint.measure('TRI') as run: exec(WORK)\n"
        "shown, _ = shell.display_formatter.format(run)\n"
        "from footprint.integrations.notebook import unload_ipython_extension\n"
        "unload_ipython_extension(shell)\n"
        "print(json.dumps([shown, shell.find_cell_magic('footprint') is None]))\n"
    )
    shown, gone = json.loads(bench.run(code))
    assert gone is True
    assert shown["text/html"].startswith('<section class="footprint-run" lang="fr"')
    assert shown["text/plain"]


class Reader(HTMLParser):
    """Tags, attributes and text of a piece of HTML; refuses what is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.opened[-1:] != ["style"]:
            self.text.append(data)


def ended(**changes: Any) -> Any:
    """A run as the recorder would have ended it."""
    run = measure("TRI", "tri:1.0", "training")
    values = {
        "state": "complete", "energy_kwh": 0.012, "energy_low_kwh": 0.010, "energy_high_kwh": 0.015,
        "gwp_kgco2e": 0.0006, "gwp_low": 0.0004, "gwp_high": 0.0009, "duration_s": 200.0, "tier": "sensor",
        "by_tier": {"model": 0.003, "sensor": 0.009},
        "result": {"zone": "FR", "factor": {"id": "electricity-FR", "value": 0.05, "low": 0.04, "high": 0.06}},
        **changes,
    }  # fmt: skip
    for name, value in values.items():
        setattr(run, name, value)
    return run


def test_the_table_says_figures_intervals_evidence_and_state() -> None:
    read = Reader(html(ended()))
    words = [text.replace("\u202f", " ") for text in read.text]
    assert words == [
        "TRI · tri:1.0 · training", "Grandeur", "Valeur", "Intervalle à 90\xa0%",
        "Énergie", "12 Wh", "10 Wh à 15 Wh",
        "Carbone", "600 mgCO2e", "400 mgCO2e à 900 mgCO2e",
        "Durée", "3 min 20 s", "—",
        "Niveau de preuve", "capteur (75 %), modèle de puissance (25 %)", "—",
        "Facteur électrique", "0,05 kgCO2e/kWh (FR, electricity-FR)", "0,04 à 0,06",
        "État", "complète", "—",
    ]  # fmt: skip
    headers = [attributes.get("scope") for tag, attributes in read.tags if tag == "th"]
    assert headers == ["col"] * 3 + ["row"] * 6
    assert read.tags[0] == (
        "section",
        {"class": "footprint-run", "lang": "fr", "aria-label": "Mesure de TRI"},
    )


def test_the_table_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    run = ended(state="interrupted", gwp_kgco2e=None, gwp_low=None, gwp_high=None, result={})
    run.warnings.append(Notice("code", "français", "english"))
    words = Reader(html(run)).text
    assert "sensor (75%), power model (25%)" in words
    assert "interrupted before the end" in words
    assert words[words.index("Carbon") + 1] == "unknown"
    assert words[-2:] == ["Warnings", "english"]


@pytest.mark.parametrize("state", [None, "running", "failed"])
def test_an_unknown_energy_has_no_figure(state: str | None) -> None:
    run = measure("TRI")
    run.state = state
    shown = html(run)
    assert "<table" not in shown
    assert not re.search(r"\d", "".join(Reader(shown).text))


def test_everything_is_escaped_and_nothing_is_executed() -> None:
    nasty = "<script>alert('1')</script>\"&"
    run = ended(application=nasty, model=nasty, phase=nasty, by_tier={nasty: 1.0}, state=nasty,
                result={"zone": nasty, "factor": {"id": nasty, "value": 0.05}})  # fmt: skip
    run.warnings.append(Notice("code", nasty, nasty))
    shown = html(run)
    read = Reader(shown)
    assert {tag for tag, _ in read.tags}.isdisjoint({"script", "img", "iframe", "link"})
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert read.text.count(nasty) == 3  # tier, state, warning
    # The page's own colours, light or dark: none is set here.
    style = shown[shown.index("<style>") : shown.index("</style>")]
    assert set(re.findall(r"(?:color|background):([^;}]+)", style)) == {"inherit", "transparent"}
    assert "#" not in style
