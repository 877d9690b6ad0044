"""The store: the only place that knows SQLModel. Referential, campaigns, measured energy, log, accounts."""
