"""Run `uv run python -m benchmarks.ranks epoch | cost | overlap`."""

from __future__ import annotations

import sys

from . import cost, epoch, overlap

COMMANDS = {"epoch": epoch.main, "cost": cost.main, "overlap": overlap.main}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"expected one of {', '.join(COMMANDS)}")
    COMMANDS[sys.argv[1]](sys.argv[2:])
