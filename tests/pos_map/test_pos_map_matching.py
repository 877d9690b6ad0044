"""Names that differ from one file to another: rules kept, the same spelling, proposals, loose ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from pos_map import Gathered, Inventory, Rule, gather
from pos_map.matching import Alike, Matcher, Proposal, rule_fault, spelled

MAP = "code application;nom;zone\nAPP-001;Accueil;Relation\nGED;Documents;Relation\n"
HOSTS = "nomEquipementPhysique;type;quantite;cluster\nSRV-01;Serveur;1;GRAPPE A\n"
MACHINES = "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nvm-ged-prod-01;srv_1;4\nvm-autre;srv-01;2\n"
LINKS = "nomApplication;nomEquipementVirtuel\napp 1;VM-AUTRE\n"

Gather = Callable[..., Gathered]


@pytest.fixture
def files(tmp_path: Path) -> Gather:
    """Gather the small estate, some files changed, with rules."""

    def made(rules: tuple[Rule, ...] = (), base: Inventory | None = None, **texts: str) -> Gathered:
        named = {"pos": MAP, "hotes": HOSTS, "machines": MACHINES, "liens": LINKS, **texts}
        paths = []
        for name, text in named.items():
            if text:
                (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
                paths.append(tmp_path / f"{name}.csv")
        return gather(paths, rules=rules) if base is None else gather(paths, base=base, rules=rules)

    return made


def codes(found: Gathered) -> list[tuple[str, str]]:
    return [(fault.code, fault.value) for fault in found.faults]


@pytest.mark.parametrize("name", ["APP-001", "app 1", "App1", "àpp_01", "APP.001"])
def test_three_spellings_of_a_code_are_one(name: str) -> None:
    assert spelled(name) == ("app", "1")


def test_numbers_apart_stay_apart() -> None:
    assert spelled("APP1-1") != spelled("APP11")
    assert Matcher("application", ["APP-1", "APP_01"]).find("app 1") == ("", ""), "two answers are none"


def test_spellings_are_matched_and_said(files: Gather) -> None:
    found = files()
    assert found.inventory.machines[0].host == "SRV-01"
    link = found.inventory.links[0]
    assert (link.application, link.vm) == ("APP-001", "vm-autre")
    assert {code for code, _value in codes(found)} >= {"other-spelling"}
    assert not found.errors


def test_what_nothing_bears_is_imported_and_listed_with_what_it_may_be(files: Gather) -> None:
    found = files(liens="nomApplication;nomEquipementVirtuel\nAPP-001;vm-autr\n")
    assert found.inventory.links[0].vm == "vm-autr"
    (missed,) = [one for one in found.unmatched if one.kind == "machine"]
    assert (missed.name, missed.count, missed.proposals[0].target) == ("vm-autr", 1, "vm-autre")
    assert not found.errors


def test_a_rule_leads_to_a_name_and_another_leaves_it_alone(files: Gather) -> None:
    lost = "nomApplication;nomEquipementVirtuel\nAPP-001;ancienne\nGED;fantôme\n"
    rules = (Rule("machine", "ancienne", "vm-autre"), Rule("machine", "fantôme", ""))
    found = files(rules, liens=lost)
    assert [link.vm for link in found.inventory.links] == ["vm-autre"]
    assert not [one for one in found.unmatched if one.kind == "machine"]


def test_machines_without_application_are_attached_by_an_expression(files: Gather) -> None:
    alone = {one.name for one in files().unmatched if one.kind == "machine_application"}
    assert alone == {"vm-ged-prod-01"}
    found = files((Rule("machine_application", r"vm-(?:ged)-.*", "GED", regex=True),))
    assert ("GED", "vm-ged-prod-01") in {(link.application, link.vm) for link in found.inventory.links}
    assert not [one for one in found.unmatched if one.kind == "machine_application"]


def test_applications_without_place_take_the_one_a_rule_gives(files: Gather) -> None:
    unplaced = "code application;nom\nSANS;Sans place\nAPP-001;Accueil\n"
    found = files(pos=unplaced)
    assert {app.node for app in found.inventory.applications} == {"non-rattache"}
    assert {one.name for one in found.unmatched if one.kind == "place"} == {"SANS", "APP-001"}
    placed = files((Rule("place", "SANS", "Relation > Accueil"),), pos=unplaced)
    assert {app.code: app.node for app in placed.inventory.applications}["SANS"] == "relation/accueil"


def test_files_that_complete_an_inventory_know_what_it_holds(files: Gather) -> None:
    whole = files().inventory
    later = files(
        base=whole,
        pos="",
        hotes="",
        machines="",
        liens="nomApplication;nomEquipementVirtuel\nGED;vm-ged-prod-01\n",
    )
    assert not later.faults
    assert len(later.inventory.machines) == len(whole.machines)
    assert {link.application for link in later.inventory.links} == {"APP-001", "GED"}


def test_bodies_take_their_present_name_and_that_of_who_took_them_over(tmp_path: Path) -> None:
    bodies = (
        "code organisme;organisme;anciens noms;fermé le;repris par\n"
        "CNAM;Cnam;CNAMTS;;\nLOC1;Caisse Nord;;31/12/2024;CNAM\n"
    )
    owners = "code application;nom;zone;propriétaire\nA;A;Z;cnamts\nB;B;Z;CAISSE-NORD\nC;C;Z;Autre\n"
    paths = [tmp_path / "organismes.csv", tmp_path / "pos.csv"]
    for path, text in zip(paths, (bodies, owners), strict=True):
        path.write_text(text, encoding="utf-8")

    def owned(year: int | None) -> list[str]:
        return [app.owner for app in gather(paths, year=year).inventory.applications]

    assert owned(2024) == owned(2025) == ["Cnam", "Cnam", "Autre"]
    assert owned(2023) == owned(None) == ["Cnam", "Caisse Nord", "Autre"]


@pytest.mark.parametrize(
    "rule",
    [
        Rule("inconnu", "a", "b"),
        Rule("host", " ", "b"),
        Rule("host", "a" * 201, "b"),
        Rule("host", "(", "b", regex=True),
        Rule("host", r"(a)\1", "b", regex=True),
        Rule("host", "a(?=b)", "b", regex=True),
        Rule("host", "(?:a{1000}){1000}", "b", regex=True),
        Rule("host", "a" * 100 + r"[\pL\pN]{99}", "b", regex=True),
        Rule("host", "a\udcff", "b", regex=True),
        Rule("host", "a", r"\9", regex=True),
        Rule("host", "(a)", "\\", regex=True),
        Rule("host", "a", "b" * 501),
        Rule("place", "a", "1 > 2 > 3 > 4 > 5 > 6"),
    ],
)
def test_rules_that_cannot_be_kept_say_why(rule: Rule) -> None:
    fault = rule_fault(rule)
    assert fault
    assert all(fault)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|a)*b", "((a+)b?)+c", "(?:a?){40}c", "(a+)+b", ".*.*.*.*x", "a*a*a*b", "(?:(?:a?){20}){20}c",
        r"(?:[\pL]+){8}c",
    ],
)  # fmt: skip
def test_no_expression_takes_long(pattern: str) -> None:
    rule = Rule("host", pattern, "H", regex=True)
    started = process_time()
    if rule_fault(rule) is None:
        matcher = Matcher("host", ["H"], [rule])
        for size in range(201, 301):
            assert matcher.rule("a" * size) is None
    assert process_time() - started < 1.0


def test_a_name_too_long_or_that_is_no_text_has_no_rule() -> None:
    matcher = Matcher("host", ["H"], [Rule("host", "a+.?", "H", regex=True)])
    assert matcher.rule("a" * 300) == "H"
    assert matcher.rule("a" * 301) is None
    assert matcher.rule("a\udcff") is None


def test_a_rule_kept_long_ago_that_cannot_be_read_any_more_decides_nothing() -> None:
    rules = [Rule("host", "(?!x)a", "H", regex=True), Rule("host", "a", "G", regex=True)]
    assert Matcher("host", ["H", "G"], rules).find("a") == ("G", "rule")


def test_expressions_tell_letters_of_any_alphabet() -> None:
    assert Matcher("host", ["H"], [Rule("host", r"(\pL+)-(?i)É", r"H", regex=True)]).rule("été-é") == "H"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "il manque une parenthèse"),
        (r"(a)\1", "les renvois"),
        ("a(?=b)", "les regards"),
        ("*", "rien à répéter"),
    ],
)
def test_what_is_wrong_in_an_expression_is_said_in_french(pattern: str, said: str) -> None:
    fault = rule_fault(Rule("host", pattern, "b", regex=True))
    assert fault
    assert said in fault[0]


def test_rules_that_can_be_kept() -> None:
    assert rule_fault(Rule("host", r"srv-(\d+)", r"SRV-\1", regex=True)) is None
    assert rule_fault(Rule("place", "APP", "")) is None
    assert Matcher("host", ["SRV-7"], [Rule("host", r"srv-(\d+)", r"SRV-\1", regex=True)]).find("srv-7") == (
        "SRV-7",
        "rule",
    )


def test_a_rule_leads_to_the_one_name_spelled_like_its_target() -> None:
    rule = Rule("machine_application", r"vm-(\w+)-\d+", r"\1", regex=True)
    assert Matcher("machine_application", ["GED"], [rule]).find("vm-ged-01") == ("GED", "rule")
    assert Matcher("machine_application", ["GED", "Ged"], [rule]).find("vm-ged-01") == ("", "")
    assert Matcher("host", ["SRV-042"], [Rule("host", "esx", "srv 42")]).find("esx") == ("SRV-042", "rule")


def test_likenesses_inside_a_name() -> None:
    near = Alike(["COURRIER", "PAIE"], inside=True).to("VM-COURRIER-03")
    assert near[0].target == "COURRIER"
    assert near[0].likeness == 1.0


def test_names_of_other_numbers_are_never_proposed() -> None:
    hosts = Matcher("host", ["SRV-015", "SRV-001", "SRV-007BIS", "SRV-PAIE", "ESX 5 DC 2"])
    assert not {"SRV-015", "SRV-001", "SRV-007BIS"} & {one.target for one in hosts.propose("SRV-005")}
    assert hosts.propose("ESX5")[0].target == "ESX 5 DC 2"


def test_a_rule_on_a_name_answers_for_its_other_spellings() -> None:
    hosts = Matcher("host", ["S1", "S2"], [Rule("host", "ESX42", "S1"), Rule("host", "esx-7", "S2")])
    assert hosts.find("esx 42") == ("S1", "rule")
    two = [Rule("host", "ESX7", "S1"), Rule("host", "esx-7", "S2")]
    assert [Matcher("host", ["S1", "S2"], two).find(name)[0] for name in ("ESX7", "esx-7", "esx 7")] == [
        "S1",
        "S2",
        "",
    ]


def test_what_was_renamed_in_its_source_is_found_by_its_former_name(tmp_path: Path) -> None:
    machines = "nomEquipementVirtuel;nomEquipementPhysique\nV1;SRV-007\n"

    def lay(name: str, **more: Inventory) -> Gathered:
        hosts = f"nomEquipementPhysique;type;quantite;référence\n{name};Serveur;1;r7\nAUTRE;Serveur;1;r8\n"
        for file, text in (("h.csv", hosts), ("m.csv", machines)):
            (tmp_path / file).write_text(text, encoding="utf-8")
        return gather([tmp_path / "h.csv", tmp_path / "m.csv"], **more)

    before = lay("SRV-007").inventory
    found = lay("FRONTAL", previous=before)
    assert [vm.host for vm in found.inventory.machines] == ["FRONTAL"]
    assert "renamed-since" in {fault.code for fault in found.warnings}
    assert not [one for one in found.unmatched if one.kind == "host"]
    assert [vm.host for vm in lay("FRONTAL").inventory.machines] == ["SRV-007"]


@pytest.mark.parametrize("target", ["\\", r"\2", r"\g<nom>"])
def test_what_is_wrong_in_what_an_expression_leads_to_is_said_in_words(target: str) -> None:
    fault = rule_fault(Rule("host", "(a)", target, regex=True))
    assert fault
    assert fault[0].startswith(r"Nom retenu illisible : après \, le numéro d'un groupe")
    assert not {"codec", "bad", "index"} & set(" ".join(fault).split())
    assert rule_fault(Rule("host", "(a)", r"\1\\", regex=True)) is None


def test_a_group_that_is_blank_in_the_name_is_no_refusal() -> None:
    known, optional = ["COURRIER"], r"VM(?:-([A-Z]+))?-\d+"
    rule = Rule("machine_application", optional, r"\1", regex=True)
    matcher = Matcher("machine_application", known, [rule])
    assert matcher.find("VM-COURRIER-2") == ("COURRIER", "rule")
    assert matcher.rule("VM-2") is None
    assert matcher.find("VM-2") == ("", "")
    knowingly = Matcher("machine_application", known, [replace(rule, target="")])
    assert knowingly.find("VM-2") == ("", "left")


def test_a_machine_named_like_an_application_is_asked_about(files: Gather) -> None:
    texts = {
        "pos": f"{MAP}GED2;Archives;Relation\n",
        "machines": f"{MACHINES}GED;srv-01;1\n",
        "liens": f"{LINKS}GED;vm-ged-prod-01\n",
    }
    (asked,) = (name for name in files(**texts).unmatched if name.kind == "machine_application")
    assert (asked.name, asked.proposals[0]) == ("GED", Proposal("GED", 1.0))
    rule = Rule("machine_application", "GED", "GED")
    links = files(rules=(rule,), **texts).inventory.links
    assert [link.application for link in links if link.vm == "GED"] == ["GED"]
    left = files(rules=(replace(rule, target=""),), **texts)
    assert "machine_application" not in {name.kind for name in left.unmatched}
