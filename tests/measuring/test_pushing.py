"""Sending to servers that are busy, slow, lying or not ours; what goes and what stays."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from push_bench import DOWN, STORED, Scripted, marks, said
from typer.testing import CliRunner

from footprint.cli.main import app
from footprint.records import posting, pushing
from footprint.records.ingest import ingest
from footprint.records.pushing import PushFailed, push
from footprint.records.quarantine import listing
from footprint.records.runs import runs
from footprint.store.database import open_store
from tests.spool_files import content, leave, run_lines, sample

TOKEN = "fp_" + "A" * 43


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(posting, "LONGEST_WAIT_S", 0.05)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    made.thread.start()
    yield made
    made.close()


def test_what_is_sent(home: Path, scripted: Scripted) -> None:
    """The good lines with our fields, packed, under the run's id, with the token and nothing else of ours."""
    lines = content(run_lines("r1", user="marie")).splitlines(keepends=True)
    leave(home, "r1", b"".join([*lines[:4], b"\xff home/marie\n", *lines[4:], b'{"v": 1, "torn']))
    done = push(home, scripted.url + "/", TOKEN)
    assert (done.sent, [dict(one.counts) for one in done.aside]) == (
        ["r1"],
        [{"illisible": 1, "tronquée": 1}],
    )
    ((path, headers, body),) = scripted.asked
    assert path == "/api/v1/collect/spool/r1"
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert (headers["content-type"], headers["content-encoding"]) == ("application/x-ndjson", "gzip")
    assert "cookie" not in headers
    sent = gzip.decompress(body)
    assert b"marie" not in sent
    assert [json.loads(line)["seq"] for line in sent.splitlines()] == list(range(1, len(lines) + 1))


def test_a_busy_server_is_asked_again(home: Path, scripted: Scripted) -> None:
    leave(home, "r1", content(run_lines("r1")))
    scripted.script = [DOWN, (429, {"retry-after": "1"}, b""), (500, {}, b"<html>"), STORED]
    assert push(home, scripted.url, TOKEN).sent == ["r1"]
    assert len(scripted.asked) == 4


def test_one_record_the_server_fails_on_does_not_hold_the_others(home: Path, scripted: Scripted) -> None:
    for name in ("r1", "r2", "r3"):
        leave(home, name, content(run_lines(name)))
    scripted.script = [DOWN] * posting.TRIES
    done = push(home, scripted.url, TOKEN)
    assert (done.waiting, done.sent) == (["r1"], ["r2", "r3"])


def test_a_server_that_fails_on_everything_is_left_alone(home: Path, scripted: Scripted) -> None:
    for n in range(6):
        leave(home, f"r{n}", content(run_lines(f"r{n}")))
    scripted.script = [STORED] + [DOWN] * 100
    with pytest.raises(PushFailed, match="503") as failed:
        push(home, scripted.url, TOKEN)
    assert (failed.value.done.sent, failed.value.done.waiting) == (["r0"], ["r1", "r2", "r3", "r4", "r5"])
    assert marks(home) == {"r0"}


def test_a_refused_record_is_told_and_not_offered_again_the_same_day(home: Path, scripted: Scripted) -> None:
    path = leave(home, "r1", content(run_lines("r1")))
    scripted.script = [said(409, "refused", "Une autre mesure porte déjà cet identifiant")]
    for _ in range(3):
        (refused,) = push(home, scripted.url, TOKEN).refused
        assert str(refused) == "r1 : Une autre mesure porte déjà cet identifiant"
    assert len(scripted.asked) == 1
    assert marks(home) == set()
    os.utime(path, (1, 1))  # it changed: it is offered again
    assert push(home, scripted.url, TOKEN).sent == ["r1"]
    assert not list((home / "spool").glob("*.refused"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {}, b"<html>portail</html>"), "Réponse incomprise"),
        ((200, {}, b'{"result": "ok"}'), "Réponse incomprise"),
        ((200, {}, b""), "Réponse incomprise"),
        ((404, {}, b"{}"), "ne connaît pas cet envoi"),
        ((403, {}, b"{}"), "refuse ce jeton"),
        ((401, {"www-authenticate": "Bearer"}, b"{}"), "refuse ce jeton"),
        ((401, {}, b"{}"), "est-ce bien un serveur footprint"),
        ((422, {}, b"nginx"), "Réponse incomprise"),
    ],
)
def test_only_an_answer_of_ours_makes_a_mark(
    home: Path, scripted: Scripted, answer: tuple[int, dict[str, str], bytes], words: str
) -> None:
    leave(home, "r1", content(run_lines("r1")))
    scripted.script = [answer]
    with pytest.raises(PushFailed, match=words):
        push(home, scripted.url, TOKEN)
    assert (marks(home), len(scripted.asked)) == (set(), 1)


def test_the_token_follows_no_redirection(home: Path, scripted: Scripted) -> None:
    leave(home, "r1", content(run_lines("r1")))
    for status in (301, 302, 303, 307, 308):
        scripted.script = [(status, {"location": scripted.url + "/ailleurs"}, b"")]
        with pytest.raises(PushFailed, match="adresse finale"):
            push(home, scripted.url, TOKEN)
    assert [path for path, _, _ in scripted.asked] == ["/api/v1/collect/spool/r1"] * 5


def test_a_server_that_cuts_short_or_says_nothing(home: Path) -> None:
    leave(home, "r1", content(run_lines("r1")))
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        began = time.monotonic()
        with pytest.raises(PushFailed, match="ne répond pas"):
            push(home, f"http://127.0.0.1:{mute.getsockname()[1]}", TOKEN, timeout_s=0.1)
        assert time.monotonic() - began < 10
        port = mute.getsockname()[1]
    with pytest.raises(PushFailed, match="ne répond pas"):
        push(home, f"http://localhost:{port}", TOKEN)
    assert marks(home) == set()


@pytest.mark.parametrize(
    "url",
    ["http://serveur.example", "http://10.0.0.1:8050", "ftp://127.0.0.1", "serveur", "https://moi:mdp@serveur", "",
     "https://serveur?x=1", "http://127.0.0.1.example", "https://serveur:port", "http://localhost.example"],
)  # fmt: skip
def test_addresses_that_would_tell_the_token(home: Path, url: str) -> None:
    with pytest.raises(PushFailed, match="https://"):
        push(home, url, TOKEN)


@pytest.mark.parametrize("token", ["", "fp_court", "mot de passe", f"{TOKEN}\r\nx: y"])
def test_what_is_no_token_is_never_sent(home: Path, token: str) -> None:
    with pytest.raises(PushFailed, match="footprint token create"):
        push(home, "https://serveur.example", token)


def test_no_proxy_sees_a_token_in_clear(
    home: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    leave(home, "r1", content(run_lines("r1")))
    assert push(home, scripted.url, TOKEN).sent == ["r1"]


def test_https_with_an_internal_authority(home: Path, scripted: Scripted, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there")
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    scripted.server.socket = context.wrap_socket(scripted.server.socket, server_side=True)
    url = scripted.url.replace("http://127.0.0.1", "https://localhost")
    leave(home, "r1", content(run_lines("r1")))
    with pytest.raises(PushFailed, match="--ca"):
        push(home, url, TOKEN)
    with pytest.raises(PushFailed, match="fichier PEM"):
        push(home, url, TOKEN, ca=tmp_path / "absent.pem")
    assert push(home, url, TOKEN, ca=certificate).sent == ["r1"]


# -- what goes, what stays -------------------------------------------------------------------


def test_only_finished_records_go(home: Path, scripted: Scripted) -> None:
    from collectors.spool import SpoolWriter

    writer = SpoolWriter(home / "spool", "r-live")
    writer.append("header", {"run_id": "r-live", "start": 1.0})
    leave(home, "r-empty", content(run_lines("r-empty", 0)))
    leave(home, "r-noise", b"\xff\xfe\n" * 10)
    (home / "spool" / "r-folder.jsonl").mkdir()
    leave(home, "r-good", content(run_lines("r-good")))
    done = push(home, scripted.url, TOKEN)
    writer.close()
    assert (done.sent, done.waiting) == (["r-good"], ["r-live"])
    assert {one.file for one in done.aside} == {"r-noise.jsonl", "r-folder.jsonl"}
    assert {one.file for one in listing(home)} == {"r-noise.jsonl", "r-folder.jsonl"}


def test_local_store_and_server_are_marked_apart(home: Path, scripted: Scripted) -> None:
    leave(home, "r1", content(run_lines("r1")))
    assert push(home, scripted.url, TOKEN).sent == ["r1"]
    assert ingest(open_store(home)).stored == ("r1",)
    assert push(home, scripted.url, TOKEN) == pushing.Pushed()
    assert (home / "spool" / "r1.pushed").read_text(encoding="utf-8").split() == [scripted.url, "local"]
    assert [run.state for run in runs(home)] == ["pushed"]


def test_a_copy_is_set_aside_and_a_renamed_file_goes_under_its_id(home: Path, scripted: Scripted) -> None:
    leave(home, "r1", content(run_lines("r1")))
    leave(home, "r1 (copie)", content(run_lines("r1")))
    leave(home, "ailleurs", content(run_lines("r2")))
    done = push(home, scripted.url, TOKEN)
    assert sorted(done.sent) == ["r1", "r2"]
    assert [(one.file, list(one.counts)) for one in done.aside] == [("r1 (copie).jsonl", ["copie"])]
    assert push(home, scripted.url, TOKEN) == pushing.Pushed()


def test_a_record_too_large_is_thinned_and_its_energy_whole(
    home: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "LARGEST_RECORD", 5_000)
    path = leave(home, "r1", content(run_lines("r1", 60)))
    before = path.read_bytes()
    push(home, scripted.url, TOKEN)
    sent = [json.loads(line) for line in gzip.decompress(scripted.asked[0][2]).splitlines()]
    samples = [line for line in sent if line["kind"] == "sample"]
    assert 10 <= len(samples) <= 12  # one an hour
    assert samples[-1]["energy"] == sample(60)["energy"]
    assert path.read_bytes() == before


# -- the command -----------------------------------------------------------------------------


def test_command(home: Path, scripted: Scripted, tmp_path: Path) -> None:
    leave(home, "r1", content(run_lines("r1")))
    secret = tmp_path / "jeton"
    secret.write_text(TOKEN + "\n", encoding="ascii")
    env = {"FOOTPRINT_SERVER": scripted.url, "FOOTPRINT_TOKEN_FILE": str(secret)}
    done = CliRunner().invoke(app, ["push"], env=env)
    assert (done.exit_code, done.stdout) == (
        0,
        "Envoyées : 1 ; déjà là-bas : 0 ; refusées : 0 ; en attente : 0.\n",
    )
    leave(home, "r2", content(run_lines("r2")))
    scripted.script = [said(422, "refused", "aucun relevé")]
    told = CliRunner().invoke(app, ["push", "--server", scripted.url, "--token-file", str(secret), "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["refused"] == [
        {"run_id": "r2", "fr": "aucun relevé", "en": "aucun relevé"}
    ]
    absent = CliRunner().invoke(app, ["push", "--server", scripted.url])
    assert isinstance(absent.exception, PushFailed)
    assert "--token-file" in str(absent.exception)
