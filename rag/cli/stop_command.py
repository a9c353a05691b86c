"""Ends the process that keeps the models loaded between questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.cli.resident.client import stop_resident, usual_place
from rag.cli.terminal import json_text, out, remark

if TYPE_CHECKING:
    from rag.cli.call import Call

__all__ = ["run_stop"]


def run_stop(call: Call) -> int:
    """End it, and say so; answers that it is giving come to their end."""
    call.refuse_words()
    place = usual_place()
    pid = stop_resident(place) if place else None
    if call.json:
        out(json_text({"stopped": pid}))
    elif not call.quiet:
        remark(f"stopped process {pid}" if pid else "no process keeps the models loaded")
    return 0
