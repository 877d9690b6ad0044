"""server-estimate: what people read, what programs read, and what it asks for when it lacks something."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from footprint.cli import server_components
from footprint.errors import FootprintError

MEDIUM = ("--cpus", "2", "--cores", "48", "--ram", "256", "--ssd", "1000", "--psus", "2")


def run(*words: str) -> Result:
    app = typer.Typer()
    server_components.register(app)
    return CliRunner().invoke(app, words, catch_exceptions=False)


def test_programs_read_every_part_and_the_whole() -> None:
    rows = json.loads(run(*MEDIUM, "--json").stdout)
    whole = {row["indicator"]: row for row in rows if row["component"] == ""}
    assert set(whole) == {"gwp", "adpe", "pe"}
    assert whole["gwp"]["amount"] == pytest.approx(959.37, abs=0.01)
    assert whole["gwp"]["low"] < 959 < whole["gwp"]["high"]
    parts = [row["amount"] for row in rows if row["component"] and row["indicator"] == "gwp"]
    assert sum(parts) == pytest.approx(whole["gwp"]["amount"])


def test_people_read_the_heaviest_part_first_and_what_was_assumed() -> None:
    text = run("--cores", "48", "--ram", "256", "--ssd", "1000").output
    lines = [line for line in text.splitlines() if "kgCO2e" in line]
    assert "Mémoire" in lines[0]
    assert "ensemble" in lines[-1]
    assert "cpus, psus" in lines[-1]
    assert "960 kgCO2e" in lines[-1]


def test_a_type_is_written_as_in_an_inventory() -> None:
    text = run(*MEDIUM, "--type", "Lame").output
    assert "Châssis à 16 lames" in text
    assert "rack" not in text


@pytest.mark.parametrize(
    "words",
    [("--ram", "256", "--ssd", "1000"), ("--ram", "256", "--cores", "48"), (*MEDIUM, "--type", "Serveur GPU"),
     (*MEDIUM, "--type", "Ordinateur portable")],
)  # fmt: skip
def test_a_configuration_that_lacks_something_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(FootprintError, match="--cores"):
        run(*words)
