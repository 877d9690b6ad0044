"""The year as the engine counts it: days since 1970, months and their lengths."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

EPOCH = date(1970, 1, 1)


def day(year: int, month: int = 1) -> int:
    """The first day of a month, in days since 1970; month 13 is the January after."""
    return (date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - EPOCH).days


def months(year: int) -> pa.Table:
    """month (1 to 12), days: the twelve months of a year."""
    lengths = [float(day(year, month + 1) - day(year, month)) for month in range(1, 13)]
    return pa.table(
        {"month": pa.array(range(1, 13), pa.int64()), "month_days": pa.array(lengths, pa.float64())}
    )
