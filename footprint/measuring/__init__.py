"""Measuring a run: what the user's program loads, and the recorder, the other process that measures.

In the user's program (standard library only): run, nesting, live, spawning, outcome.
In the recorder: bootstrap, recorder, session, sensing, ancestry, limits, forecast, notices.
On the command line (`footprint run`): running, estimate, live_line, run_text.
"""

from footprint.measuring.live import Live
from footprint.measuring.run import Notice, Run, measure

__all__ = ["Live", "Notice", "Run", "measure"]
