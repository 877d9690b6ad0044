"""First lines of the recorder process: detach, then find our packages and nobody else's.

Run by path under `python -I -S`: no PYTHONPATH, no folder of the measured script, no site folders yet.

1. Leave no child to the measured program, so that its own `os.wait()` and its list of children are what
   they would be without us. The shell that started us did it (spawning.py); where there was no shell, fork
   and let the first process end.
2. Process the site folders (virtual environment, editable installs, the user's folder if in use).
3. Find the packages of this distribution by an importer of their own, from the folder this file is in:
   neither a `collectors/` nor a `factors.py` elsewhere can take their place. That folder itself comes
   last on the path, for dependencies installed beside us.

Arguments: the user's site folder, or "" when the measured program does not use it.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

OURS = ("footprint", "collectors", "factors", "pos_map")


def main(user_site: str) -> None:
    """Detach, set the path, and hand over to the recorder."""
    if os.getsid(0) == os.getpid() and os.fork():
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    with suppress(OSError), open("/proc/self/comm", "w", encoding="ascii") as name:  # noqa: PTH123
        name.write("footprint-rec")  # as collectors.process_stat: other recorders do not count this one
    import site
    from importlib.machinery import ModuleSpec, PathFinder

    site.main()
    if user_site:
        site.addsitedir(user_site)
    here = os.path.abspath(__file__)  # noqa: PTH100 (pathlib is slow)
    root = os.path.dirname(os.path.dirname(os.path.dirname(here)))  # noqa: PTH120

    class OurPackages:
        """Finds this distribution's packages where this file is installed."""

        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
            """The specification of one of our packages, None for any other."""
            return PathFinder.find_spec(name, [root]) if name in OURS else None

    sys.meta_path.insert(0, OurPackages)
    sys.path.append(root)
    from footprint.measuring.recorder import main as record

    record()


if __name__ == "__main__":
    main(sys.argv[1])
