"""The command line speaks French to people, English when asked: help, wrong calls, questions, counts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from footprint import texts
from footprint.cli import asking, main
from footprint.cli.usage import sentence, speaking

ENGLISH = re.compile(
    r"Usage: |Commands:|COMMAND\b|Show this|\[required|default: |env var: |<(?:str|int|float|path|list)|"
    r"\{(?:files|kind|pattern)\b|"
    r"Missing|Invalid|No such|Got unexpected|Did you mean|Possible|is not one of|Value error|requires an|does not"
)


def said(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What a call says, on both outputs."""
    monkeypatch.setattr(sys, "argv", ["footprint", *words])
    with pytest.raises(SystemExit):
        main()
    done = capfd.readouterr()
    return done.out + done.err


def helps(command: Any, name: str = "footprint", parent: Any = None) -> Iterator[str]:
    """The help of a command and of all those under it."""
    context = command.context_class(command, info_name=name, parent=parent)
    yield command.get_help(context)
    for word, under in getattr(command, "commands", {}).items():
        yield from helps(under, word, context)


def every_help() -> list[str]:
    from typer.main import get_command

    from footprint.cli.main import app

    return list(helps(speaking(get_command(app))))


def test_the_help_of_every_command_is_framed_in_french() -> None:
    texts.set_language("fr")
    every = every_help()
    assert len(every) > 60
    assert [text for text in every if ENGLISH.search(text)] == []
    assert all(
        text.startswith("Usage : footprint") and "Afficher cette aide." in " ".join(text.split())
        for text in every
    )


def test_the_help_is_in_english_when_asked() -> None:
    texts.set_language("en")
    assert all(text.startswith("Usage: ") and "Show this message" in text for text in every_help())


def test_help_names_arguments_and_types_in_french(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(capfd, monkeypatch, "match", "rule", "--help")
    assert "footprint match rule [OPTIONS] {genre} {nom} [cible]" in text
    assert "genre <texte>" in text
    assert "[obligatoire]" in text
    assert "Commandes :" in said(capfd, monkeypatch, "match")


@pytest.mark.parametrize(
    ("words", "french"),
    [
        (("match", "rule"), "Il manque l’argument 'genre'."),
        (
            ("import", "--mode", "bad", "x"),
            "Valeur refusée pour '--mode' : « bad » n’est pas parmi 'replace', 'complete'.",
        ),
        (("asess",), "Commande inconnue : 'asess'. Vouliez-vous 'assess' ?"),
        (("match", "list", "--jso"), "Option inconnue : --jso. Vouliez-vous --json ?"),
        (("match", "list", "--json=1"), "L’option '--json' n’attend pas de valeur."),
        (("match", "list", "--write"), "L’option '--write' attend une valeur."),
        (("match", "list", "x"), "Arguments en trop : x."),
        (("init", "--organisation", "X", "--year", "1"), "au moins 2000 est attendu"),
    ],
)
def test_wrong_calls_are_told_in_french(
    words: tuple[str, ...], french: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(capfd, monkeypatch, *words)
    assert french in text
    assert not ENGLISH.search(text)


def test_wrong_calls_are_told_in_english(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts.set_language("en")
    text = said(capfd, monkeypatch, "import", "--mode", "bad", "x")
    assert "Invalid value for '--mode': 'bad' is not one of 'replace', 'complete'." in text


def test_what_the_parser_says_that_is_unknown_stays_as_it_is() -> None:
    assert sentence("Something else.") == "Something else."


@pytest.mark.parametrize(
    ("language", "typed", "answer"),
    [("fr", "o\n", True), ("fr", "OUI\n", True), ("fr", "y\n", True), ("fr", "yes\n", True), ("fr", "\n", False),
     ("fr", "n\n", False), ("fr", "quoi\nnon\n", False), ("fr", "quoi\noui\n", True), ("en", "y\n", True),
     ("en", "o\nno\n", False), ("en", "\n", False)],
)  # fmt: skip
def test_questions_are_answered_in_the_language_asked(
    language: Any,
    typed: str,
    answer: bool,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from io import StringIO

    texts.set_language(language)
    monkeypatch.setattr(sys, "stdin", StringIO(typed))
    assert asking.confirmed("Vraiment ?") is answer
    assert ("Vraiment ? [o/N]" if language == "fr" else "[y/N]") in capfd.readouterr().err


@pytest.mark.parametrize(
    ("many", "french", "english"),
    [
        (0, "0 nom", "0 names"),
        (1, "1 nom", "1 name"),
        (2, "2 noms", "2 names"),
        (1200, "1 200 noms", "1,200 names"),
    ],
)
def test_counts_agree(many: int, french: str, english: str) -> None:
    texts.set_language("fr")
    assert texts.count(many, ("nom", "noms"), ("name", "names")) == french.replace("1 200", "1\u202f200")
    texts.set_language("en")
    assert texts.count(many, ("nom", "noms"), ("name", "names")) == english


def test_dates_are_those_of_people(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(capfd, monkeypatch, "init", "--organisation", "Ma caisse", "--year", "2026")
    said(capfd, monkeypatch, "campaign", "freeze")
    for words in (("campaign", "list"), ("import", "undo")):
        text = said(capfd, monkeypatch, *words)
        assert re.search(r"figée (?:depuis )?le \d\d/\d\d/20\d\d", text)
        assert not re.search(r"20\d\d-\d\d", text)
