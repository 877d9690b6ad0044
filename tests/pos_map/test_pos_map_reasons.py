"""Why a file could not be opened, in words of people."""

import errno
import os
from pathlib import Path

import pytest

from pos_map import read
from pos_map.reasons import reason


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOSPC, errno.EROFS])
def test_usual_reasons_are_not_those_of_the_system(number: int) -> None:
    fr, en = reason(OSError(number, os.strerror(number)))
    assert os.strerror(number) not in (fr, en)
    assert fr != en


def test_rare_ones_are_in_its_words() -> None:
    assert reason(OSError(errno.EXDEV, "Invalid cross-device link")) == ("Invalid cross-device link",) * 2
    assert reason(OSError("rompu")) == ("rompu", "rompu")


def test_a_file_that_cannot_be_opened_tells_why_in_french(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    (fault,) = read([tmp_path / "a.csv" / "b.csv"])[1]
    assert "(une partie du chemin n'est pas un dossier)" in fault.fr
    assert "Not a directory" not in fault.en
