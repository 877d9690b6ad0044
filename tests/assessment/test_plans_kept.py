"""Compiled plans are kept from one process to the next, and never taken for another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from footprint.assessment import plan, steps
from footprint.assessment.steps import Step

COLUMNS = (("assets", (("name", "string"),)),)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many times a plan was compiled, by its ranks; nothing is remembered by this process."""
    calls: list[int] = []

    def counted(_columns: object, dialect: str, _hourly: bool, ranks: int) -> tuple[Step, ...]:
        calls.append(ranks)
        return (Step("é'\"", f"SELECT {ranks} -- {dialect}", ("a", "b")),)

    monkeypatch.setattr(plan, "plan", counted)
    steps.steps.cache_clear()
    yield calls
    steps.steps.cache_clear()


def made(folder: Path, dialect: str = "duckdb", ranks: int = 0) -> tuple[Step, ...]:
    """The steps as a process that has just started gets them."""
    steps.steps.cache_clear()
    return steps.steps(COLUMNS, dialect, False, ranks, folder)


def test_the_next_process_reads_what_the_first_compiled(compiled: list[int], tmp_path: Path) -> None:
    assert made(tmp_path / "plans") == made(tmp_path / "plans") == (
        Step("é'\"", "SELECT 0 -- duckdb", ("a", "b")),
    )  # fmt: skip
    assert compiled == [0]


def test_another_dialect_or_rank_is_another_plan(compiled: list[int], tmp_path: Path) -> None:
    assert made(tmp_path) != made(tmp_path, ranks=1)
    assert made(tmp_path) != made(tmp_path, dialect="postgres")
    assert compiled == [0, 1, 0]


@pytest.mark.parametrize("content", ["", "[[1]]", "null", "\x00"])
def test_a_damaged_file_is_compiled_again(compiled: list[int], tmp_path: Path, content: str) -> None:
    first = made(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(content)
    assert made(tmp_path) == first
    assert compiled == [0, 0]


def test_plans_of_another_version_are_forgotten(compiled: list[int], tmp_path: Path) -> None:
    old = tmp_path / "0123456789abcdef-0123456789abcdef.json"
    old.write_text("[]")
    made(tmp_path)
    made(tmp_path, ranks=1)
    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_is_no_matter(compiled: list[int], tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("a file")
    assert made(tmp_path / "plans") == made(tmp_path / "plans")
    assert compiled == [0, 0]
