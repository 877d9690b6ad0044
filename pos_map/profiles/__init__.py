"""Column-mapping profiles: those shipped with the package, and those that people write in YAML.

BadProfile    a profile that cannot be used; its `faults` say where and what is expected
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pos_map.mapping import Profile
from pos_map.profiles.nodes import BadProfile
from pos_map.profiles.reading import read_profile

__all__ = ["BadProfile", "Profile", "load", "named", "names", "shipped", "template", "written"]

_FOLDER = Path(__file__).parent
# The commented page people start from: it maps nothing of itself.
_BLANK = "vierge"


@cache
def shipped() -> tuple[Profile, ...]:
    """The profiles of known tools, by name."""
    return tuple(load(path) for path in sorted(_FOLDER.glob("*.yaml")) if path.stem != _BLANK)


def load(path: Path) -> Profile:
    """The profile of a YAML file. Raises BadProfile, OSError."""
    return read_profile(path)


def named(name: str) -> Profile:
    """The shipped profile of this name, the blank one included. Raises KeyError."""
    path = _FOLDER / f"{name}.yaml"
    if name not in names():
        raise KeyError(name)
    return load(path)


def names() -> Sequence[str]:
    """The names of the shipped profiles, the blank one included."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def written(name: str) -> str:
    """The YAML of a shipped profile, the blank one included. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def template() -> str:
    """The blank profile, every option commented in French."""
    return written(_BLANK)
