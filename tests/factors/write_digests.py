"""Write the digests of the shipped tables, once a set has its own version: run it by hand, from the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import factors

if __name__ == "__main__":
    digests = {version: factors.table_digests(version) for version in factors.versions()}
    text = json.dumps(digests, indent=2, sort_keys=True) + "\n"
    Path(__file__).with_name("digests.json").write_text(text, encoding="utf-8")
