"""Ends the processes that keep models loaded between questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.cli.resident.client import stop_resident, usual_place
from rag.cli.terminal import json_text, out, remark

if TYPE_CHECKING:
    from rag.cli.call import Call

__all__ = ["run_stop"]


def run_stop(call: Call) -> int:
    """End all of this user, and say so; answers that they are giving come to their end."""
    call.refuse_words()
    place = usual_place()
    stopped = [pid for each in place.all() if (pid := stop_resident(each))] if place else []
    if call.json:
        out(json_text({"stopped": stopped}))
    elif not call.quiet:
        ended = ", ".join(f"stopped process {pid}" for pid in stopped)
        remark(ended or "no process keeps the models loaded")
    return 0
