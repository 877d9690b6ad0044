"""Hourly electricity factors (M2): a profile of a zone over the hours of a year, around its yearly factor.

factor(hour) = factor of the year x profile(hour), the profile having a mean of 1. A source of another scope
(direct emissions of production, say) then gives its shape and not its level: what is measured by the hour and
what is declared by the year stay comparable.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

EMPTY_PROFILE = pa.schema(
    [("zone", pa.string()), ("hour", pa.int64()), ("profile", pa.float64())]
).empty_table()


def normalised(intensities: pa.Table) -> pa.Table:
    """zone, hour (since 1970), value (any unit, at least 0) -> zone, hour, profile of mean 1 by zone."""
    means = intensities.group_by("zone").aggregate([("value", "mean")])
    joined = intensities.join(means, "zone").filter(pc.field("value_mean") > 0)
    profile = pc.divide(joined["value"], joined["value_mean"])
    table = pa.table({"zone": joined["zone"], "hour": joined["hour"], "profile": profile})
    return table.cast(EMPTY_PROFILE.schema).sort_by([("zone", "ascending"), ("hour", "ascending")])
