"""The page of codes is whole: every rule is there with what to do, and no code that does not exist."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import footprint.plausibility as package
from footprint.plausibility.finding import Rule

PAGE = (Path(__file__).parents[2] / "docs" / "vraisemblance.md").read_text(encoding="utf-8")


def rules() -> dict[str, Rule]:
    """Every rule of the package by its code; a code belongs to one rule."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(package.__path__):
        for value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).values():
            if isinstance(value, Rule):
                assert found.setdefault(value.code, value) is value
    return found


def test_the_page_lists_every_code_and_no_other() -> None:
    listed = re.findall(r"^\| `(P-[A-Z-]+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(rules())


def test_every_rule_is_whole_in_both_languages() -> None:
    for rule in rules().values():
        assert all((rule.label_fr, rule.label_en, rule.source_fr, rule.source_en, rule.do_fr, rule.do_en))
        assert rule.do_fr != rule.do_en
