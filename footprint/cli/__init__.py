"""The command line: `footprint COMMAND`. Everything the dashboard shows can be had here, as text or JSON.

Modules: measuring (run, runs, agent, push), referential (init, import, check), results (assess, score,
explain, report), service (serve, account, gate, verify, demo). Heavy libraries are imported inside the
commands that need them, so that `footprint run` starts fast and works on the measuring install.
"""

from footprint.own_packages import prefer_ours

prefer_ours()

from footprint.cli.main import main  # noqa: E402 (our packages come first, then are imported)

__all__ = ["main"]
