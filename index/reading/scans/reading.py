"""Reads one picture of a page, unless it was read before."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from index.reading.pdf.layout import Page
from index.reading.scans.page import page_of_lines
from index.reading.scans.progress import PageLog
from index.reading.scans.recognition import read_picture, seen_from_json, seen_to_json

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LONGEST_SIDE", "read_page"]

LONGEST_SIDE = 2_000
"""Pixels of the picture that a page is read from: 170 a inch on A4."""
_LEAST_SIDE = 1_600
"""Pixels to which a smaller picture is enlarged, twice at most: small letters are then read better
(`bench/scans.py --dots 70`)."""
_WAY = "rapidocr 2"
"""Changes with how pictures are read, so that what was kept before is not taken."""


def read_page(picture: Image, page: int, pages: int, log: PageLog) -> Page:
    """Return the lines of a picture, in the order in which they are read.

    Args:
        picture: Upright but for a few degrees, in grey or in colours.
        page: Its number, from 1.
        pages: How many there are.
        log: What is told of it, and may know it already.

    Raises:
        ReadError: What reads pictures is not installed.
    """
    grey = _enlarged(picture.convert("L"))
    digest = hashlib.sha256(f"{_WAY} {grey.size}".encode())
    digest.update(grey.tobytes())
    key = digest.hexdigest()
    if (kept := log.known(key)) is not None:
        seen = seen_from_json(kept)
    else:
        log.begin(page, pages)
        seen = read_picture(grey)
        log.keep(key, seen_to_json(seen))
    return page_of_lines(seen, *grey.size)


def _enlarged(picture: Image) -> Image:
    times = min(_LEAST_SIDE / max(picture.size), 2.0)
    if times <= 1:
        return picture
    return picture.resize((round(picture.width * times), round(picture.height * times)))
