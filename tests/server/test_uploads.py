"""Files sent by form: who may, what is refused, and that nothing is left or changed by what was not imported."""

from __future__ import annotations

import pytest
import sent_files as sent
from server_browser import Browser
from starlette.responses import Response

from footprint.server import multipart, upload_door
from footprint.store.batches import batches
from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.tables import Campaign
from footprint.uploads import checking, folder, own_profiles
from pos_map import Inventory

NOBODYS = "0" * 32
ROUTES = (
    f"/import/{NOBODYS}/verifier", f"/import/{NOBODYS}/correspondance", f"/import/{NOBODYS}/importer",
    f"/import/{NOBODYS}/abandonner", "/import/annuler", "/rattachements", "/rattachements/regles",
    "/rattachements/regles/suppression",
)  # fmt: skip
DOORS = ("/import", "/rattachements/feuille")
HOSTILE = (
    "../../x.csv", "..\\..\\x.csv", "/etc/passwd.csv", "x\u202e.csv", "é" * 500 + ".csv", "..", "...", ".",
    "CON.csv", "nul", "manifest.json", " . .csv", "a:b|c?.csv", "-rf.csv", "%2e%2e%2fx.csv", "\x01x.csv",
)  # fmt: skip


@pytest.fixture(autouse=True)
def campaign(store: Store) -> Campaign:
    return ensure_campaign(store, "Caisse Exemple", 2026)


@pytest.fixture
def architect(store: Store) -> Browser:
    return sent.visitor(store, "urbaniste")


def _inventory(store: Store) -> Inventory:
    return inventory_of(store, current_campaign(store))


def _refusal(browser: Browser, answer: Response, page: str) -> None:
    """The form went back to its page, which keeps the reason."""
    assert (answer.status_code, answer.headers["location"]) == (303, page)


# -- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["lecteur", "contributeur", "rso", "approbateur"])
def test_other_roles_neither_send_nor_decide(store: Store, role: str) -> None:
    browser = sent.visitor(store, role)
    for path in ROUTES:
        assert browser.submit(path).status_code == 403, path
    for path in DOORS:
        body = sent.form(browser.csrf(), [sent.MAP])
        assert browser.post(path, content=body, headers=sent.MULTIPART).status_code == 403, path
    for path in ("remarques.json", "remarques.xlsx", "profil-0.yaml"):
        assert browser.get(f"/import/{NOBODYS}/{path}").status_code == 403
    assert sent.left(store) == []


@pytest.mark.parametrize("role", ["urbaniste", "admin"])
def test_architects_import(store: Store, role: str) -> None:
    sent.imported(sent.visitor(store, role))
    assert [each.code for each in _inventory(store).applications] == ["APP1", "APP2"]
    assert batches(store, current_campaign(store))[0].actor == role


def test_nobody_sends_without_signing_in(store: Store, browser: Browser) -> None:
    body = sent.form("jeton", [sent.MAP])
    for path in DOORS:
        assert browser.post(path, content=body, headers=sent.MULTIPART).status_code == 401
    assert sent.left(store) == []


@pytest.mark.parametrize("path", DOORS)
def test_the_token_is_required_and_comes_first(store: Store, architect: Browser, path: str) -> None:
    token = architect.csrf()
    late = sent.form(None, [sent.MAP], mode="replace", csrf=token)
    for body in (sent.form(None, [sent.MAP]), sent.form("faux", [sent.MAP]), late, b""):
        assert architect.post(path, content=body, headers=sent.MULTIPART).status_code == 403
    elsewhere = {**sent.MULTIPART, "origin": "http://ailleurs.example"}
    body = sent.form(token, [sent.MAP])
    assert architect.post(path, content=body, headers=elsewhere).status_code == 403
    assert sent.left(store) == []


def test_decisions_without_token_are_refused(architect: Browser) -> None:
    for path in (*ROUTES, "/campagnes/1/figer", "/campagnes/1/rouvrir"):
        assert architect.post(path, data={"motif": "essai"}).status_code == 403, path


def test_what_another_sent_is_out_of_reach(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect)
    other = sent.visitor(store, "urbaniste", "autre")
    for step in ("verifier", "correspondance", "importer", "abandonner"):
        assert other.submit(f"/import/{identifier}/{step}").status_code == 404, step
    for name in ("remarques.json", "remarques.xlsx", "profil-0.yaml"):
        assert other.get(f"/import/{identifier}/{name}").status_code == 404, name
    assert _inventory(store) == Inventory()
    assert architect.get(f"/import/{identifier}/remarques.json").status_code == 200


def test_an_unknown_check_is_not_found(architect: Browser) -> None:
    for identifier in ("..", "%2e%2e", "..%2f..", "0" * 31, "Z" * 32, "0" * 33, NOBODYS):
        answer = architect.submit(f"/import/{identifier}/importer")
        assert answer.status_code == 404, identifier


# -- what is refused ----------------------------------------------------------------------------


def test_too_many_files(store: Store, architect: Browser) -> None:
    many = [(f"f{rank}.csv", b"a;b\n") for rank in range(upload_door.FILES + 1)]
    answer = sent.send(architect, many)
    assert answer.status_code == 413
    assert "20 fichiers" in answer.text
    assert sent.left(store) == []


@pytest.mark.parametrize(("where", "limit"), [
    (multipart, "FILE_BYTES"), (multipart, "TOTAL_BYTES"), (upload_door, "TOTAL_BYTES"),
])  # fmt: skip
def test_too_large(
    store: Store, architect: Browser, monkeypatch: pytest.MonkeyPatch, where: object, limit: str
) -> None:
    monkeypatch.setattr(where, limit, 1_000)
    assert sent.send(architect, [("carte.csv", b"x" * 1_001)]).status_code == 413
    assert sent.left(store) == []


def test_a_field_too_large_and_too_many_fields(
    store: Store, architect: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent.send(architect, mode="x" * (multipart.FIELD_BYTES + 1)).status_code == 413
    monkeypatch.setattr(multipart, "FIELDS", 3)
    assert sent.send(architect).status_code == 413
    assert sent.left(store) == []


def test_a_form_cut_short_is_ill_formed(store: Store, architect: Browser) -> None:
    body = sent.form(architect.csrf(), sent.ESTATE)[:-30]
    assert architect.post("/import", content=body, headers=sent.MULTIPART).status_code == 400
    assert sent.left(store) == []


def test_hostile_names_stay_in_their_folder(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect, [(name, sent.MAP[1]) for name in HOSTILE])
    files = store.home / "uploads" / identifier / "files"
    assert len(list(files.iterdir())) == len(HOSTILE)
    for kept in files.iterdir():
        assert kept.read_bytes() == sent.MAP[1]
        assert 0 < len(kept.name) <= 120
        assert kept.name.strip(".")
        assert not kept.name.lower().startswith(("con.", "nul"))
    assert {path.parent for path in sent.left(store)} == {files, files.parent}


def test_names_of_any_language_are_kept(store: Store, architect: Browser) -> None:
    names = {"l’été œuvre.csv", "Voilà.csv", "Å.csv", "目録.csv", "a&b (2).csv"}
    identifier = sent.checked(architect, [(name, sent.MAP[1]) for name in names])
    assert {path.name for path in folder.find(store, identifier, "urbaniste").paths()} == names


def test_a_name_with_a_nul_is_kept_without_or_refused(store: Store, architect: Browser) -> None:
    answer = sent.send(architect, [("x\x00.csv", sent.MAP[1])])
    assert answer.status_code in (303, 400)
    assert not [path for path in sent.left(store) if "\x00" in path.name]


def test_files_of_one_name_are_both_kept(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect, [sent.MAP, ("a/CARTE.csv", sent.MAP[1])])
    names = {path.name for path in folder.find(store, identifier, "urbaniste").paths()}
    assert names == {"carte.csv", "CARTE (2).csv"}


def test_no_file_and_an_unknown_profile_go_back_to_the_form(store: Store, architect: Browser) -> None:
    for files, fields in (([], {}), ([("", b"")], {}), ([sent.MAP], {"profil": "../../inconnu"})):
        _refusal(architect, sent.send(architect, files, **fields), "/import")
    assert sent.left(store) == []


def test_a_profile_that_is_no_profile_is_not_kept(store: Store, architect: Browser) -> None:
    body = sent.form(architect.csrf(), [("mien.yaml", b"a: [1")], "profil_fichier")
    _refusal(architect, architect.post("/import", content=body, headers=sent.MULTIPART), "/import")
    assert own_profiles.names(store) == []
    assert sent.left(store) == []


# -- check, import, give up, undo ---------------------------------------------------------------


def test_a_faulty_file_imports_nothing(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect, [sent.MAP, sent.FAULTY])
    told = architect.get(f"/import/{identifier}/remarques.json")
    assert "beaucoup" in told.text
    assert "attachment" in told.headers["content-disposition"]
    answer = architect.submit(f"/import/{identifier}/importer")
    assert answer.headers["location"] == f"/import/{identifier}"
    sent.finished(identifier)
    refused = checking.refusal(folder.find(store, identifier, "urbaniste"))
    assert refused is not None
    assert all(refused)
    assert _inventory(store) == Inventory()
    assert batches(store, current_campaign(store)) == []


def test_checking_imports_nothing(store: Store, architect: Browser) -> None:
    found = checking.found(folder.find(store, sent.checked(architect), "urbaniste"))
    assert found is not None
    assert (found.errors, [each.name for each in found.unmatched]) == (0, ["absent"])
    assert {each.table: each.count for each in found.changes}["applications"] == 2
    assert _inventory(store) == Inventory()


def test_a_country_and_a_type_that_no_factor_knows_are_told(store: Store, architect: Browser) -> None:
    odd = sent.ASSETS[1].replace(b"France", b"Frnace").replace(b"Serveur", b"Zorglub")
    identifier = sent.checked(architect, [("physiques.csv", odd)])
    told = architect.get(f"/import/{identifier}/remarques.json").json()
    assert {"unlisted-country": "France", "unknown-type": ""}.items() <= {
        f["rule"]: f["mend"] for f in told
    }.items()
    found = checking.found(folder.find(store, identifier, "urbaniste"))
    assert found is not None
    assert (found.errors, found.warnings) == (0, len(told))


def test_importing_leads_to_the_history_and_removes_the_files(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect)
    assert sent.left(store)
    answer = architect.submit(f"/import/{identifier}/importer")
    sent.finished(identifier)
    assert answer.status_code == 303
    assert answer.headers["location"] in ("/import", f"/import/{identifier}")  # the latter on a slow machine
    assert len(_inventory(store).applications) == 2
    assert list((store.home / "uploads").iterdir()) == []
    assert architect.submit(f"/import/{identifier}/importer").status_code == 404


def test_giving_up_removes_the_files(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect)
    answer = architect.submit(f"/import/{identifier}/abandonner")
    assert (answer.status_code, answer.headers["location"]) == (303, "/import")
    assert list((store.home / "uploads").iterdir()) == []
    assert _inventory(store) == Inventory()


def test_completing_adds_and_replacing_removes(store: Store, architect: Browser) -> None:
    sent.imported(architect)
    one = ("carte.csv", b"zone;quartier;code application;nom\nM;Droits;APP3;Troisieme\n")
    sent.imported(architect, [one], mode="complete")
    assert [each.code for each in _inventory(store).applications] == ["APP1", "APP2", "APP3"]
    sent.imported(architect, [one], mode="replace")
    assert [each.code for each in _inventory(store).applications] == ["APP3"]


def test_a_check_overtaken_by_another_import_is_refused(store: Store, architect: Browser) -> None:
    late = sent.checked(architect, [sent.MAP])
    sent.imported(architect)
    before = _inventory(store)
    architect.submit(f"/import/{late}/importer")
    sent.finished(late)
    assert _inventory(store) == before
    assert checking.refusal(folder.find(store, late, "urbaniste")) is not None


def test_undoing_takes_the_import_that_was_shown(store: Store, architect: Browser) -> None:
    sent.imported(architect, [sent.MAP])
    before = _inventory(store)
    sent.imported(architect)
    first, second = sorted(batch.id for batch in batches(store, current_campaign(store)))
    architect.submit("/import/annuler", **{"import": str(first)})  # no longer the last
    assert _inventory(store) != before
    architect.submit("/import/annuler", **{"import": str(second)})
    assert _inventory(store) == before
    undone = batches(store, current_campaign(store))[0]
    assert (undone.id, undone.undone_by) == (second, "urbaniste")
