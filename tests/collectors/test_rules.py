from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.records import CollectorError
from collectors.rules import BadRules, Rules, is_code, load_rules, parse_rules

SAMPLE = """
[[rule]]
application = "ERP"
unit = ["erp*.service", 'regex:compta-(web|batch)@\\d+\\.service']

[[rule]]
application = "TRI-COURRIER"
namespace = "courrier"
pod = "tri-*"

[[rule]]
application = "ARCHIVES"
container = "4f2a*"

[[rule]]
application = "ÉTAT-CIVIL"
label.tier = "prod"
label."app.kubernetes.io/name" = "ec"

[[command]]
argv = ["/usr/local/bin/who", "--is", "who"]
every_s = 60
timeout_s = 2.5
"""


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    path = tmp_path / "rules.toml"
    path.write_text(SAMPLE, encoding="utf-8")
    return load_rules(path)


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ({"unit": "erp.service"}, "ERP"),
        ({"unit": "erp-web.service"}, "ERP"),
        ({"unit": "compta-web@3.service"}, "ERP"),
        ({"unit": "compta-web@3.service.d"}, None),  # the whole value
        ({"unit": "xerp.service"}, None),
        ({"unit": "ERP.service"}, None),  # case counts
        ({"namespace": "courrier", "pod": "tri-7d9"}, "TRI-COURRIER"),
        ({"namespace": "courrier"}, None),  # every matcher of a rule
        ({"namespace": "paie", "pod": "tri-7d9"}, None),
        ({"container": "4f2a91"}, "ARCHIVES"),
        ({"container": "web", "container_id": "4f2a91"}, "ARCHIVES"),
        ({"tier": "prod", "app.kubernetes.io/name": "ec"}, "ÉTAT-CIVIL"),
        ({"tier": "dev", "app.kubernetes.io/name": "ec"}, None),
        ({"unit": "erp.service", "container": "4f2a91"}, "ERP"),  # the first rule wins
        ({}, None),
    ],
)
def test_first_rule_that_matches(rules: Rules, labels: dict[str, str], code: str | None) -> None:
    assert rules.application(labels) == code


def test_what_a_file_holds(rules: Rules) -> None:
    (command,) = rules.commands
    assert (command.argv, command.every_s, command.timeout_s) == (
        ("/usr/local/bin/who", "--is", "who"), 60.0, 2.5,
    )  # fmt: skip
    assert rules.keys == {"unit", "namespace", "pod", "container", "tier", "app.kubernetes.io/name"}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "", "aucune règle"),
        ("[rule]\napplication = 'A'", "", "[[rule]]"),
        ("[[regle]]\napplication = 'A'", "", "« regle »"),
        ("[[rule]]\nunit = 'a'", "[[rule]] 1, application", "« None »"),
        ("[[rule]]\napplication = ' A'\nunit = 'a'", "[[rule]] 1, application", "«  A »"),
        ("[[rule]]\napplication = 'A'", "[[rule]] 1", "aucun critère"),
        ("[[rule]]\napplication = 'A'\nunite = 'a'", "[[rule]] 1, unite", "unit, slice"),
        ("[[rule]]\napplication = 'A'\nunit = 3", "[[rule]] 1, unit", "« 3 »"),
        ("[[rule]]\napplication = 'A'\nunit = []", "[[rule]] 1, unit", "« [] »"),
        ("[[rule]]\napplication = 'A'\nunit = 'regex:('", "[[rule]] 1, unit", "expression régulière"),
        ("[[rule]]\napplication = 'A'\nlabel = 'x'", "[[rule]] 1, label", "label.NOM"),
        (
            "[[rule]]\napplication='A'\nunit='a'\n[[rule]]\napplication='B'\nunit=''",
            "[[rule]] 2, unit",
            "«  »",
        ),
        ("[[command]]\nargv = 'who'", "[[command]] 1, argv", "« who »"),
        ("[[command]]\nargv = ['w']\nevery_s = 1", "[[command]] 1, every_s", "de 10 à 86400"),
        ("[[command]]\nargv = ['w']\ntimeout_s = nan", "[[command]] 1, timeout_s", "« nan »"),
        ("[[command]]\nargv = ['w']\nshell = true", "[[command]] 1", "« shell »"),
        ("[[rule]\n", "", "TOML"),
    ],
)
def test_a_bad_file_says_where_and_what(tmp_path: Path, text: str, place: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRules) as caught:
        load_rules(path)
    error = caught.value
    assert isinstance(error, CollectorError)
    assert (error.file, error.place) == ("mine.toml", place)
    assert said in str(error)
    assert "mine.toml" in error.en
    assert str(tmp_path) not in str(error)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadRules, match=r"absent\.toml"):
        load_rules(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b"[[rule]]\napplication = '\xe9'\n")
    with pytest.raises(BadRules, match="UTF-8"):
        load_rules(tmp_path / "latin.toml")


def test_a_long_value_is_not_matched() -> None:
    rules = parse_rules({"rule": [{"application": "A", "process": "a*"}]})
    assert rules.application({"process": "a" * 300}) == "A"
    assert rules.application({"process": "a" * 301}) is None


def test_a_glob_with_many_stars_is_quick() -> None:
    rules = parse_rules({"rule": [{"application": "A", "unit": "*a" * 30 + "*b"}]})
    began = time.process_time()
    assert rules.application({"unit": "a" * 300}) is None
    assert time.process_time() - began < 1.0


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["unit", "pod", "process", "x"]), st.text(max_size=400)))
def test_any_label_can_be_asked_for(labels: dict[str, str]) -> None:
    rules = parse_rules(
        {
            "rule": [
                {"application": "A", "unit": "[!a]*"},
                {"application": "B", "process": "regex:.+", "label": {"x": "?"}},
            ]
        }
    )
    assert rules.application(labels) in (None, "A", "B")


@pytest.mark.parametrize("code", ["", " A", "A ", "A\n", "A\x1b[0m", "x" * 201, None, 3])
def test_what_is_no_code(code: object) -> None:
    assert not is_code(code)


def test_a_file_that_names_commands_is_not_for_all_to_write(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[[command]]\nargv = ['who']")
    path.chmod(0o646)
    with pytest.raises(BadRules, match="chmod o-w"):
        load_rules(path)
    path.chmod(0o644)
    assert len(load_rules(path).commands) == 1
