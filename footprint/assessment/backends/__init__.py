"""Where the plan runs: DuckDB in memory by default, PostgreSQL or Spark by a URL. The same steps on each.

    duckdb://                         in memory (the default)
    postgresql://account@host/base    in temporary tables, gone with the connection (extra "postgres")
    spark://local[2]                  a Spark session of this machine (needs Java and the extra "spark")
    spark://host:7077, spark://yarn   a session on a cluster

DuckDB promises the same bytes for the same inputs; the others the same rows, and numbers equal to 1e-9: their
sums are not taken in one order.

EngineRefused    the URL is not one of these, what it needs is not installed, or the engine doesn't answer
"""

from __future__ import annotations

from footprint.assessment.backends.addresses import EngineRefused, dialect_of
from footprint.assessment.backends.duck import DuckDb
from footprint.assessment.backends.engine import Engine


def open_engine(url: str) -> Engine:
    """The engine of a URL. Raises EngineRefused."""
    dialect = dialect_of(url)
    # The other two are loaded when they are asked for: they are extras.
    if dialect == "postgres":
        from footprint.assessment.backends.postgres import Postgres

        return Postgres(url)
    if dialect == "pyspark":
        from footprint.assessment.backends.spark import Spark

        return Spark(url)
    return DuckDb()


__all__ = ["Engine", "EngineRefused", "dialect_of", "open_engine"]
