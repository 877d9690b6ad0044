"""The page of our fields is what the columns make it: no field is left without a word."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from footprint.cli.main import app
from pos_map.columns import TABLES, Table
from pos_map.template.fields_page import fields_page

PAGE = Path(__file__).parents[3] / "docs" / "champs.md"


def test_the_page_of_the_docs_is_what_the_columns_make_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == fields_page(), "footprint import fields > docs/champs.md"


def test_a_command_prints_it() -> None:
    assert CliRunner().invoke(app, ["import", "fields"]).stdout == fields_page()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_every_field_of_every_table_is_told(table: Table) -> None:
    section = fields_page().partition(f"## `{table.kind}` : ")[2].partition("\n## ")[0]
    lines = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    assert [line[0].strip("| `") for line in lines] == [column.field for column in table.columns]
    assert {len(line) for line in lines} == {5}
    assert all(line[3].strip() for line in lines)
    personal = [line[0].strip("| `") for line in lines if "personnelle, jamais lue" in line[3]]
    assert personal == [column.field for column in table.columns if column.personal]
