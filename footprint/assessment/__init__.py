"""The engine: Ibis expressions from inventory and energy to impact lines and their totals (M1–M7).

The steps, each a small function from tables to a table:

inputs      Arrow tables of the referential + the catalogue  ->  tables with resolved types, zones, factors
assets      service periods, best energy tier (M1), use (M2), embodied (M3), measured runs (M6)
pools       what each machine may draw of its host or cluster, and what stays free (M4)
lines       asset impacts x shares  ->  impact lines; conservation holds by construction
totals      any grouping of lines with its 90 % interval (M7)

The same expressions run on DuckDB (default) and on any other Ibis back end given to `assess`.
"""

RESULTS = ("lines", "totals", "asset_impacts", "parts", "gaps", "application_gaps")
"""The tables an assessment gives."""
