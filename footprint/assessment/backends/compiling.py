"""Ibis expressions as the SQL of an engine."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.backends.sql import compilers
from sqlglot import expressions, transforms

from footprint.assessment.backends.addresses import needs


def compiled(expression: Any, dialect: str) -> str:
    """The SQL of an expression. Raises EngineRefused where the dialect's library is not installed."""
    if dialect == "pyspark":
        _spark_options()
    compiler = getattr(compilers, dialect).compiler
    query = compiler.to_sqlglot(expression.unbind())
    if dialect == "postgres":
        _without_semi_joins(query)
    return str(query.sql(dialect=compiler.dialect))


def _without_semi_joins(query: Any) -> None:
    """Semi and anti joins as EXISTS, which PostgreSQL has: sqlglot takes every other one of a row of them."""
    for select in list(query.find_all(expressions.Select)):
        joins = select.args.get("joins") or []
        for _join in [join for join in joins if join.kind in ("SEMI", "ANTI")]:
            transforms.eliminate_semi_and_anti_joins(select)


def _spark_options() -> None:
    """Ibis reads its options of Spark while it compiles; they exist once its back end is loaded."""
    if ibis.options.pyspark is None:
        try:
            _loaded = ibis.pyspark
        except (ImportError, AttributeError) as error:
            raise needs("spark") from error
