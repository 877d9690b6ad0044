"""Spark: a session of this machine or of a cluster, Arrow in and out."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot

from footprint.assessment.backends.addresses import EngineRefused, needs
from footprint.assessment.backends.engine import plain
from footprint.assessment.inputs import HOURS, Inputs

try:
    from pyspark.sql import SparkSession
except ModuleNotFoundError as error:
    raise needs("spark") from error

# On one machine, steps are small and many: compiling each to Java costs more than running it.
LOCAL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
"""A session of this machine listens to this machine alone."""

OPTIONS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # what overflows stops: it never wraps around in silence
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.caseSensitive": "true",
    # Spark would deduce what columns must hold, which takes for ever on steps of fifty columns.
    "spark.sql.constraintPropagation.enabled": "false",
}


class Spark:
    """In temporary views of a session of our own."""

    beside = False

    def __init__(self, url: str) -> None:
        self.owned = SparkSession.getActiveSession() is None
        # The session someone already has in this process is shared, and left as it was.
        self.session = _started(master_of(url)).newSession()
        # As many parts as there are cores: two hundred, Spark's own choice, would be two hundred tasks a step.
        self.cores = max(2, self.session.sparkContext.defaultParallelism)
        for name, value in {**OPTIONS, "spark.sql.shuffle.partitions": str(self.cores)}.items():
            self.session.conf.set(name, value)

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them."""
        for name, table in inputs.tables.items():
            if name != "hours":
                self.session.createDataFrame(table).createOrReplaceTempView(f"in_{name}")
        hours = self.session.createDataFrame(inputs.tables["hours"])
        if inputs.files:
            archived = self.session.read.parquet(*inputs.files).select(*HOURS.names)
            hours = hours.unionByName(archived)
        hours.createOrReplaceTempView("in_hours")

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""
        # What a query names once and reads several times is computed first: Spark would put it in at each
        # place, and spend twice as long on plans that grow within one another.
        named, query = _parted(sql)
        for part, part_sql in named:
            self._keep(part, part_sql)
        self._keep(name, query)

    def _keep(self, name: str, sql: str) -> None:
        # Cut the lineage: a plan of thirty steps one in the other would be analysed again at each.
        rows = self.session.sql(sql).coalesce(self.cores)
        rows.localCheckpoint().createOrReplaceTempView(name)

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""
        return plain(self.session.table(name).toArrow(), columns)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.owned:
            self.session.stop()


def _parted(sql: str) -> tuple[list[tuple[str, str]], str]:
    """The queries that a query names (WITH), in order, and the query itself without them."""
    query = sqlglot.parse_one(sql, dialect="spark")
    clause = query.args.pop("with_", None)
    named = clause.expressions if clause else []
    return [(part.alias, part.this.sql(dialect="spark")) for part in named], query.sql(dialect="spark")


def master_of(url: str) -> str:
    """Spark's own name of where to run: "local[2]" of spark://local[2], "spark://host:7077" of itself."""
    place = url.partition("://")[2] or "local[2]"
    return place if re.match(r"(local($|\[)|yarn$|k8s:)", place) else f"spark://{place}"


def _started(master: str) -> Any:
    """A session at `master`, the one of this process if it has one. Raises EngineRefused."""
    local = master.startswith("local")
    if not _has_java():
        raise EngineRefused(
            "Spark demande Java 17 ou 21 : installez default-jre-headless (Debian, Ubuntu) ou donnez JAVA_HOME.",
            "Spark needs Java 17 or 21: install default-jre-headless (Debian, Ubuntu) or set JAVA_HOME.",
        )
    builder = SparkSession.builder.master(master).appName("footprint").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    for name, value in (LOCAL if local else {}).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # Py4J and PySpark have no common root
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EngineRefused(
            f"Spark ne démarre pas sur {master} (Java 17 ou 21 est nécessaire) : {said}",
            f"Spark doesn’t start on {master} (Java 17 or 21 is needed): {said}",
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return (Path(home) / "bin" / "java").exists() if home else shutil.which("java") is not None
