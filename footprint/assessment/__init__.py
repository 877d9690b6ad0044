"""The engine: Ibis expressions from inventory and energy to impact lines and their totals (M1–M7).

The steps, each a small function from tables to a table (plan.py names them in order):

inputs        Arrow tables of the referential + the catalogue -> tables with resolved types, zones, factors
measured      hours of energy -> runs and machines by month; PUE of sites by month (M2)
assets        equipment with its zone, PUE, pool and days of service
use           best evidence tier (M1), electricity (M2)
embodied      the maker's figure, components or the type's value, charged to the year (M3)
runs          measured runs (M6);  services: SaaS and cloud lines
pools         what each machine may draw of its host or cluster (M4);  sharing: what applications take of it
lines         pool impacts x parts -> impact lines; platforms: spread by declared keys
totals        any grouping of lines with its 90 % interval (M7); rollup: all the views
reconciling   meters against the sum of what stands in a room (M1);  gaps: what could not be assessed

The same expressions run on DuckDB (default) and on any other Ibis back end given to `assess`.
"""

RESULTS = (
    "lines", "totals", "asset_impacts", "parts", "gaps", "application_gaps", "platform_lines", "evidence",
    "reconciliation",
)  # fmt: skip
"""The tables an assessment gives."""
