"""Proves that a library bears kills, damage, full disks, and other processes; prints one table.

python bench/durability.py [--kills 600] [--seed 7] [--folder DIR] [--only PART]
"""

from __future__ import annotations

import os

# No threads: processes are forked from this one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import logging
import sys
from pathlib import Path

from faults.damage import damage_files, damage_notes
from faults.kills import kill_at_random
from faults.outcome import Outcome, print_outcomes
from faults.shim import is_loaded, start_again_with_shim
from faults.steps import fail_at_each_call, kill_at_each_call


def main() -> int:
    """Run the parts, and end with 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=600)
    parser.add_argument("--damages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    logging.disable()  # What is told of each damage would hide the table.
    without_shim = "" if is_loaded() else start_again_with_shim()
    parts = {
        "kills": lambda: kill_at_random(options.kills, options.seed, options.folder),
        "damage": lambda: damage_files(options.damages, options.seed),
        "notes": lambda: damage_notes(options.seed),
        "steps": lambda: kill_at_each_call(options.seed),
        "failures": lambda: fail_at_each_call(options.seed),
    }
    outcomes = []
    for name, part in parts.items():
        if name in (options.only or parts):
            if name in ("steps", "failures") and without_shim:
                outcomes.append(Outcome(name, note=without_shim))
            else:
                outcomes.append(part())
    print_outcomes(outcomes)
    return 1 if any(outcome.faults for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
