"""The agent of a server: `footprint agent`.

Once a second it reads the host's counters and the processor time of its groups and processes, and shares the
dynamic energy between applications by the rules of the administrator (collectors.rules). It writes the spool,
sends it to a server if asked, and shows its counters to Prometheus if asked. It needs no privilege.

loop: the whole; config: its options and errors; applications, processes, commands: processor time by
application; watching, attribution: from counters to energy by application; recording, retention: the spool and
its bounded size; sending; metrics, metrics_server; telling: results and notices in words;
access: what more rights bring.
"""
