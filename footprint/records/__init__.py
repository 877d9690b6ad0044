"""Records of energy, from the spool to the store: here (ingest), or on a server (pushing, receiving).

runs reads what was measured here; deposits, collecting and replaying add what was measured elsewhere; rows
turns a record into rows of the store; quarantine keeps what can't be used; posting speaks to the server.
"""
