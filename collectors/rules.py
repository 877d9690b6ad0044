"""Rules of attribution: which application a unit, a container, a pod, a process belongs to.

A rules file is TOML, written by the administrator of the host:

    [[rule]]
    application = "ERP"                # code on the map
    unit = ["erp*.service", "regex:erp-(web|batch)@[0-9]+\\\\.service"]

    [[rule]]
    application = "TRI-COURRIER"
    namespace = "courrier"             # every matcher of a rule must match
    label.tier = "prod"                # any other label

    [[command]]                        # asked from time to time; prints "PID CODE" or "/cgroup/path CODE"
    argv = ["/usr/local/bin/who-is-who"]
    every_s = 300
    timeout_s = 5

The first rule that matches wins. A pattern is a glob (`*`, `?`, `[…]`) or, after "regex:", a regular
expression; either must match the whole value, case included. Values longer than `LONGEST_VALUE` match
nothing: no pattern, however written, is run on a text an application may make as long as it likes.

Error: BadRules (a CollectorError), with file, table, field, value and what to do.
"""

from __future__ import annotations

import math
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Any

from collectors.records import CollectorError

KEYS = ("unit", "slice", "cgroup", "container", "pod", "namespace", "image", "process", "vm")
"""Matchers with a name of their own; any other label is matched by `label.NAME`."""
ALSO = {"container": "container_id", "pod": "pod_uid"}
"""A container and a pod are known by their name, when it can be read, and always by their identifier."""
LONGEST_VALUE = 300
LONGEST_CODE = 200
_REGEX = "regex:"


class BadRules(CollectorError):
    """A rules file that can't be used: `file` (name), `place` (table and field), what is wrong."""

    def __init__(self, file: str, place: str, fr: str, en: str) -> None:
        at = f"{file}, {place}" if place else file
        super().__init__(f"Règles refusées ({at}) : {fr}", f"Rules refused ({at}): {en}")
        self.file = file
        self.place = place


@dataclass(frozen=True, slots=True)
class Rule:
    """An application and its matchers: for each label, patterns of which one must match."""

    application: str
    tests: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether every matcher finds its label and one of its patterns matches it."""
        return all(_one_matches(key, patterns, labels) for key, patterns in self.tests)


@dataclass(frozen=True, slots=True)
class RuleCommand:
    """A command that names applications: its arguments, how often it is run and for how long, in s."""

    argv: tuple[str, ...]
    every_s: float = 300.0
    timeout_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in their order, and commands."""

    rules: tuple[Rule, ...] = ()
    commands: tuple[RuleCommand, ...] = ()

    def application(self, labels: Mapping[str, str]) -> str | None:
        """Code of the first rule that matches these labels, None when none does."""
        for rule in self.rules:
            if rule.matches(labels):
                return rule.application
        return None

    @property
    def keys(self) -> frozenset[str]:
        """Labels the rules look at."""
        return frozenset(key for rule in self.rules for key, _ in rule.tests)


def load_rules(path: Path) -> Rules:
    """Read a rules file. Raises BadRules."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        writable_by_all = bool(path.stat().st_mode & stat.S_IWOTH)
    except OSError as error:
        raise BadRules(
            path.name, "",
            f"le fichier ne peut pas être lu ({error.strerror}) ; vérifiez le chemin et les droits.",
            f"the file can't be read ({error.strerror}); check the path and the permissions.",
        ) from error  # fmt: skip
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRules(
            path.name, "", f"ce n'est pas du TOML en UTF-8 ({error}).", f"this is not UTF-8 TOML ({error})."
        ) from error
    rules = parse_rules(content, path.name)
    # Whoever may write here would have a program run under another's name.
    if rules.commands and writable_by_all:
        raise BadRules(
            path.name, "[[command]]", "tout le monde peut écrire ce fichier ; faites chmod o-w.",
            "anyone may write this file; run chmod o-w.",
        )  # fmt: skip
    return rules


def parse_rules(content: Mapping[str, Any], file: str = "rules") -> Rules:
    """Rules from the tables of a TOML document; `file`: name used in messages. Raises BadRules."""
    foreign = content.keys() - {"rule", "command"}
    if foreign:
        raise _bad(file, "", sorted(foreign)[0], "[[rule]], [[command]]")
    rules = tuple(
        _rule(table, file, f"[[rule]] {number}") for number, table in _tables(content, "rule", file)
    )
    commands = tuple(
        _command(table, file, f"[[command]] {number}") for number, table in _tables(content, "command", file)
    )
    if not rules and not commands:
        raise BadRules(
            file, "", "aucune règle ; écrivez au moins une table [[rule]].",
            "no rule; write at least one [[rule]] table.",
        )  # fmt: skip
    return Rules(rules, commands)


def is_code(value: object) -> bool:
    """Whether a value can be the code of an application: 1 to 200 printable characters, no edge blanks."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_CODE
        and value.isprintable()
        and value == value.strip()
    )


def _one_matches(key: str, patterns: tuple[re.Pattern[str], ...], labels: Mapping[str, str]) -> bool:
    for name in (key, ALSO.get(key)):
        value = labels.get(name) if name else None
        if value is not None and len(value) <= LONGEST_VALUE and any(p.fullmatch(value) for p in patterns):
            return True
    return False


def _tables(content: Mapping[str, Any], name: str, file: str) -> list[tuple[int, Mapping[str, Any]]]:
    tables = content.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _bad(file, "", tables, f"[[{name}]]")
    return list(enumerate(tables, 1))


def _rule(table: Mapping[str, Any], file: str, place: str) -> Rule:
    code = table.get("application")
    if not is_code(code):
        raise _bad(file, f"{place}, application", code, "« CODE »", "“CODE”")
    tests: list[tuple[str, tuple[re.Pattern[str], ...]]] = []
    for key, value in table.items():
        if key == "application":
            continue
        if key == "label":
            tests += _labels(value, file, f"{place}, label")
        elif key in KEYS:
            tests.append((key, _patterns(value, file, f"{place}, {key}")))
        else:
            expected = ", ".join((*KEYS, "label.…"))
            raise _bad(file, f"{place}, {key}", key, expected)
    if not tests:
        raise BadRules(
            file, place, f"aucun critère ; donnez-en un parmi {', '.join(KEYS)}, label.…",
            f"no matcher; give one of {', '.join(KEYS)}, label.…",
        )  # fmt: skip
    return Rule(str(code), tuple(tests))


def _labels(value: Any, file: str, place: str) -> list[tuple[str, tuple[re.Pattern[str], ...]]]:
    if not isinstance(value, dict) or not value:
        raise _bad(file, place, value, 'label.NOM = "motif"', 'label.NAME = "pattern"')
    return [(name, _patterns(given, file, f"{place}.{name}")) for name, given in value.items()]


def _patterns(value: Any, file: str, place: str) -> tuple[re.Pattern[str], ...]:
    given = value if isinstance(value, list) else [value]
    if not given or not all(isinstance(text, str) and text for text in given):
        raise _bad(file, place, value, 'un texte ou une liste de textes, comme "erp*.service"',
                   'a text or a list of texts, such as "erp*.service"')  # fmt: skip
    return tuple(_pattern(text, file, place) for text in given)


def _pattern(text: str, file: str, place: str) -> re.Pattern[str]:
    if not text.startswith(_REGEX):
        return re.compile(translate(text))
    try:
        return re.compile(text.removeprefix(_REGEX))
    except (re.error, OverflowError, RecursionError) as error:
        raise BadRules(
            file, place, f"« {text} » n'est pas une expression régulière ({error}).",
            f"“{text}” is not a regular expression ({error}).",
        ) from error  # fmt: skip


def _command(table: Mapping[str, Any], file: str, place: str) -> RuleCommand:
    foreign = table.keys() - {"argv", "every_s", "timeout_s"}
    if foreign:
        raise _bad(file, place, sorted(foreign)[0], "argv, every_s, timeout_s")
    argv = table.get("argv")
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) and word for word in argv):
        raise _bad(file, f"{place}, argv", argv, '["/chemin/du/programme", "argument"]',
                   '["/path/of/the/program", "argument"]')  # fmt: skip
    seconds = {"every_s": (300.0, 10.0, 86400.0), "timeout_s": (5.0, 0.1, 60.0)}
    values = {
        name: _seconds(table.get(name, usual), low, high, file, f"{place}, {name}")
        for name, (usual, low, high) in seconds.items()
    }
    return RuleCommand(tuple(argv), **values)


def _seconds(value: Any, low: float, high: float, file: str, place: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not low <= value <= high:
        raise _bad(file, place, value, f"un nombre de secondes, de {low:g} à {high:g}",
                   f"a number of seconds, {low:g} to {high:g}")  # fmt: skip
    return float(value)


def _bad(file: str, place: str, value: Any, fr: str, en: str | None = None) -> BadRules:
    return BadRules(
        file, place, f"« {value} » n'est pas ce qui est attendu : {fr}.",
        f"“{value}” is not what is expected: {en or fr}.",
    )  # fmt: skip
