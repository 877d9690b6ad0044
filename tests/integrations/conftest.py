from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.measuring.measuring_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
        process.communicate()
