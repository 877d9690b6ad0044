"""Ibis expressions as the SQL of an engine."""

from __future__ import annotations

from typing import Any

import ibis

from footprint.assessment.backends.addresses import needs


def compiled(expression: Any, dialect: str) -> str:
    """The SQL of an expression. Raises EngineRefused where the dialect's library is not installed."""
    if dialect == "pyspark":
        _spark_options()
    return str(ibis.to_sql(expression, dialect=dialect))


def _spark_options() -> None:
    """Ibis reads its options of Spark while it compiles; they exist once its back end is loaded."""
    if ibis.options.pyspark is None:
        try:
            _loaded = ibis.pyspark
        except (ImportError, AttributeError) as error:
            raise needs("spark") from error
