"""Addresses of engines: what each names, and how one that can't be used is refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from footprint.assessment.backends import EngineRefused, dialect_of, open_engine
from footprint.assessment.backends.addresses import without_secrets
from footprint.assessment.engine import assess
from tests.engine_estate import shared_inputs


@pytest.mark.parametrize(
    "url",
    ["mysql://compte:secret@h/b", "compte:secret@h/b", "secret@h", "secret", "://secret", "Ma base:secret"],
)
def test_an_unknown_engine_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(EngineRefused) as refused:
        assess(shared_inputs(), url)
    for said in (refused.value.fr, refused.value.en):
        assert "spark://local[2]" in said
        assert "secret" not in said


@pytest.mark.parametrize(("url", "dialect"), [("", "duckdb"), ("duckdb://", "duckdb"), ("spark://x", "pyspark"),
                                              ("postgresql+psycopg://x", "postgres")])  # fmt: skip
def test_a_scheme_names_a_dialect(url: str, dialect: str) -> None:
    assert dialect_of(url) == dialect


@pytest.mark.parametrize(
    "address",
    [
        "compte:s3cr%C3%A9t@127.0.0.1:1/base",
        "compte:s3cr@t@127.0.0.1:1/base",
        "compte:s3cr/t@127.0.0.1:1/base",
        "compte:s3cr#t@127.0.0.1:1/base",
        "compte:s3cr?t@127.0.0.1:1/base",
        "compte@127.0.0.1:1/base?password=s3cr",
        "compte:s3cr@127.0.0.1:port/base",
        "compte:s3cr@[::1/base",
        "compte:s3cr%ZZt@127.0.0.1:1/base",
    ],
)
def test_a_wrong_address_is_refused_without_its_password(address: str) -> None:
    pytest.importorskip(
        "adbc_driver_postgresql", reason="complément postgres absent : pip install '.[postgres]'"
    )
    with pytest.raises(EngineRefused) as refused:
        open_engine(f"postgresql://{address}")
    for said in (refused.value.fr, refused.value.en):
        assert "PostgreSQL" in said
        assert "s3cr" not in said
        assert "\n" not in said
    assert refused.value.__suppress_context__  # nor in the traceback


def test_secrets_are_taken_out_of_what_a_driver_says() -> None:
    url = "postgresql://a:p%20w@h/b?sslpassword=clef"
    assert without_secrets("failed: p w,\n p%20w or clef", url) == "failed: ***, *** or ***"


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [
        ("postgresql://x", "adbc_driver_postgresql", "postgres"),
        ("spark://local", "pyspark.sql", "spark"),
    ],
)
def test_a_missing_extra_is_named(
    url: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "footprint.assessment.backends.postgres", raising=False)
    monkeypatch.delitem(sys.modules, "footprint.assessment.backends.spark", raising=False)
    with pytest.raises(EngineRefused) as refused:
        open_engine(url)
    assert f"pip install 'footprint-si[{extra}]'" in refused.value.fr
    assert f"pip install 'footprint-si[{extra}]'" in refused.value.en


def test_spark_without_java_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="complément spark absent : pip install '.[spark]'")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineRefused, match="default-jre-headless"):
        open_engine("spark://local[2]")


@pytest.mark.parametrize(
    ("url", "master"),
    [
        ("spark://", "local[2]"),
        ("spark://local", "local"),
        ("spark://local[*]", "local[*]"),
        ("spark://yarn", "yarn"),
        ("spark://h:7077", "spark://h:7077"),
        ("spark://localhost:7077", "spark://localhost:7077"),
    ],
)
def test_a_spark_address_names_its_master(url: str, master: str) -> None:
    spark_module: Any = pytest.importorskip("footprint.assessment.backends.spark", exc_type=EngineRefused)
    assert spark_module.master_of(url) == master
