"""The same estate on DuckDB, PostgreSQL and Spark: the same rows, the same text, numbers equal to 1e-9."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from footprint.assessment import RESULTS
from footprint.assessment.backends import EngineRefused, open_engine
from footprint.assessment.backends.compiling import compiled
from footprint.assessment.engine import Assessed, assess
from footprint.assessment.inputs import HOURS, Inputs
from footprint.assessment.settings import Settings
from tests import private_postgres
from tests.engine_estate import HOSTILE, shared_hours, shared_inputs

pytestmark = pytest.mark.slow
SPREAD = Settings("purchase_year", spread_idle=True, spread_network=True, spread_storage=True)
# Spark as it starts sooner, its queries interpreted: they are many and small, compiling each takes longer than
# running it. The profile "thorough" lets it compile.
QUICK = (
    "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' "
    "--conf spark.sql.codegen.factoryMode=NO_CODEGEN pyspark-shell"
)
VARIANTS = ("usual, archived", "spread")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Inputs]:
    """The estate as it is, its hours in the archive, and with all that can be spread."""
    path = tmp_path_factory.mktemp("l'archive") / "2026-02.parquet"
    hours = shared_hours()
    pq.write_table(hours.append_column("tier", pa.array(["model"] * len(hours))), path)
    return {"usual, archived": shared_inputs(files=(str(path),)), "spread": shared_inputs(SPREAD)}


@pytest.fixture(scope="module")
def expected(inputs: dict[str, Inputs]) -> dict[str, Assessed]:
    return {name: assess(given) for name, given in inputs.items()}


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    pytest.importorskip(
        "adbc_driver_postgresql", reason="complément postgres absent : pip install '.[postgres]'"
    )
    where = private_postgres.programs()
    if where is None:
        pytest.skip("PostgreSQL absent : apt-get install postgresql / PostgreSQL is not installed")
    with private_postgres.running(where) as url:
        yield url


def _end_java() -> None:
    """Spark keeps its Java process after its session: other tests count the children of this one."""
    from pyspark import SparkContext

    if (gateway := SparkContext._gateway) is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=60)
        SparkContext._gateway = SparkContext._jvm = None


@pytest.fixture(scope="module")
def spark() -> Iterator[str]:
    pytest.importorskip("pyspark", reason="complément spark absent : pip install '.[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Java absent : apt-get install default-jre-headless / Java is not installed")
    with pytest.MonkeyPatch.context() as patch:
        if settings.get_current_profile_name() != "thorough":
            patch.setenv("PYSPARK_SUBMIT_ARGS", QUICK)
        yield "spark://local[2]"
        _end_java()


def agree(found: Assessed, wanted: Assessed) -> None:
    """The same rows by all that is not a fraction; fractions within 1e-9 of each other."""
    for name in RESULTS:
        ours, theirs = getattr(found, name), getattr(wanted, name)
        assert [(f.name, f.type) for f in ours.schema] == [(f.name, f.type) for f in theirs.schema], name
        numbers = [field.name for field in theirs.schema if pa.types.is_floating(field.type)]
        keys = [column for column in theirs.column_names if column not in numbers]
        order = [(column, "ascending") for column in [*keys, *numbers]]
        ours, theirs = ours.sort_by(order), theirs.sort_by(order)
        assert ours.select(keys).to_pylist() == theirs.select(keys).to_pylist(), name
        for column in numbers:
            one, two = (table[column].to_numpy() for table in (ours, theirs))
            # A small difference of amounts is known to 1e-9 of them, not of itself.
            whole = np.abs(theirs["amount"].to_numpy()) if column == "shift" else 0.0
            close = np.isclose(one, two, rtol=1e-9, atol=1e-9 * whole, equal_nan=True)
            assert close.all(), (name, column, one[~close][:5], two[~close][:5])
    assert found.assets_in_service == wanted.assets_in_service


def test_the_estate_uses_all_there_is(expected: dict[str, Assessed]) -> None:
    """A table without a row would agree with anything."""
    usual, spread = (expected[name] for name in VARIANTS)
    assert all(getattr(usual, name).num_rows for name in RESULTS)
    lines = usual.lines.to_pylist()
    assert {line["key_kind"] for line in lines} >= {
        "ressources",
        "vcpu",
        "declaree",
        "mesuree",
        "egale",
        "stockage",
    }
    assert {line["rule"] for line in lines} >= {"M1", "M2", "M3", "M6"}
    assert {line["tier"] for line in lines} >= {"meter", "sensor", "model", "declared", "generic"}
    assert {line["indicator"] for line in lines} >= {"gwp", "gwp_market", "adpe", "pe"}
    assert {line["post"] for line in lines} >= {
        "ia",
        "serveurs",
        "reseau",
        "stockage",
        "ecrans",
        "services",
    }
    pools = {line["pool"] for line in spread.lines.to_pylist()}
    assert {"reseau:DC", "stockage:DC", "grappe:G1"} <= pools
    assert any(row["profile"] not in (None, 1.0) for row in usual.asset_impacts.to_pylist())


def test_hostile_names_come_back_as_they_went_in(expected: dict[str, Assessed]) -> None:
    usual = expected["usual, archived"]
    assert set(HOSTILE) <= set(usual.asset_impacts["asset"].to_pylist())
    assert set(HOSTILE[:9]) <= set(usual.lines["subject"].to_pylist())
    assert {f"vm:vm {name}" for name in HOSTILE[:9]} <= set(usual.lines["tenant"].to_pylist())


@pytest.mark.parametrize("variant", VARIANTS)
def test_postgresql_agrees(
    variant: str, postgres: str, inputs: dict[str, Inputs], expected: dict[str, Assessed]
) -> None:
    agree(assess(inputs[variant], postgres), expected[variant])


@pytest.mark.parametrize("variant", VARIANTS[:1])  # it spends a minute of preparing plans on each
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the sockets of Py4J
def test_spark_agrees(
    variant: str, spark: str, inputs: dict[str, Inputs], expected: dict[str, Assessed]
) -> None:
    agree(assess(inputs[variant], spark), expected[variant])


def test_postgresql_is_left_as_it_was(postgres: str) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS public.lines AS SELECT 'à nous' AS mine")
        connection.commit()
    engine = open_engine(postgres)
    engine.load(shared_inputs())
    engine.make("lines", "SELECT 1 AS one")
    assert engine.fetch("lines", ["one"]).to_pylist() == [{"one": 1}]
    engine.close()
    with dbapi.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^(pg_cat|info)'"
        )
        assert cursor.fetchall() == [("public.lines",)]


def test_what_postgresql_cannot_compute_is_said_without_the_query(postgres: str) -> None:
    engine = open_engine(postgres)
    with pytest.raises(EngineRefused) as refused:
        engine.make("broken", "SELECT 1 / 0 AS x, 'nom privé' AS y")
    engine.close()
    assert "division by zero" in refused.value.en
    assert "nom privé" not in refused.value.fr + refused.value.en


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_spark_session_in_use_is_left_as_it_was(spark: str) -> None:
    from pyspark.sql import SparkSession

    theirs = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        theirs.sql("SELECT 'à nous' AS mine").createOrReplaceTempView("lines")
        before = theirs.conf.get("spark.sql.shuffle.partitions")
        engine = open_engine(spark)
        engine.make("lines", "SELECT 1 AS one")
        engine.close()
        assert theirs.table("lines").first()["mine"] == "à nous"
        assert theirs.conf.get("spark.sql.shuffle.partitions") == before
    finally:
        theirs.stop()


def test_a_wrong_password_is_refused(postgres: str) -> None:
    wrong = postgres.replace("pa%23ss", "s3cr")
    assert wrong != postgres
    with pytest.raises(EngineRefused, match="password authentication failed") as refused:
        open_engine(wrong)
    assert "s3cr" not in refused.value.fr + refused.value.en


def test_what_a_query_names_is_computed_first_on_spark() -> None:
    spark_module: Any = pytest.importorskip("footprint.assessment.backends.spark", exc_type=EngineRefused)
    named, query = spark_module._parted(
        "WITH a AS (SELECT 'WITH' AS x), b AS (SELECT * FROM a) SELECT * FROM b"
    )
    assert [name for name, _sql in named] == ["a", "b"]
    assert "WITH " not in query


def test_anti_joins_in_a_row_are_written_for_postgresql() -> None:
    import ibis

    t, u, v = (ibis.table({"a": "int64"}, name=name) for name in "tuv")
    sql = compiled(t.anti_join(u, "a").anti_join(v, "a").semi_join(u, "a"), "postgres")
    assert "ANTI" not in sql
    assert "SEMI" not in sql
    assert sql.count("EXISTS") == 3


def test_hours_are_where_they_were_said_to_be() -> None:
    assert shared_hours().schema == HOURS
