from collections.abc import Callable
from pathlib import Path

import pytest
from pos_map_estate import SOUND, Reader

from pos_map import Fault, Gathered, Inventory, gather, read


@pytest.fixture
def read_text(tmp_path: Path) -> Reader:
    """Write the files given by name (the sound estate completes them) and read them together."""

    def write_and_read(
        files: dict[str, str | bytes] | None = None, alone: bool = False
    ) -> tuple[Inventory, list[Fault]]:
        content: dict[str, str | bytes] = {**({} if alone else SOUND), **(files or {})}
        paths = []
        for name, body in content.items():
            path = tmp_path / name
            path.write_bytes(body if isinstance(body, bytes) else body.encode())
            paths.append(path)
        return read(paths)

    return write_and_read


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Gathered]:
    """Write CSV files, their texts given by name, and gather them."""

    def read_them(**texts: str) -> Gathered:
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return gather([tmp_path / f"{name}.csv" for name in texts])

    return read_them
