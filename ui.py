"""The browser chat: holds its place until it is built; the conversation is in `ask chat`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Say that there is no browser chat yet, and return the exit status of a fault."""
    sys.stderr.write("ask: the browser chat is not there yet; use `ask chat`\n")
    return 1
