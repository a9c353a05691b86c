"""Reads the lines of text on the picture of a page with RapidOCR, whose models come in its wheel.

Unless the page was read before: whoever asks may keep what was seen. Knows nothing of files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.reading.pdf.layout import Page
from index.reading.scans.page import SeenLine, page_of_lines

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "LONGEST_SIDE",
    "PageLog",
    "read_page",
    "read_picture",
    "seen_from_json",
    "seen_to_json",
]

_MISSING = 'a scan or picture, which OCR can read: pip install "byline[ocr]" and add it again'
_LEAST = 0.3
"""Certainty below which what was seen is no text, but a pattern in a picture."""
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.text_score": _LEAST,
    "Global.use_cls": False,
    # One thread: the sandbox lets no other begin.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    # Lines are found on a smaller picture than they are read from: half the time and the memory.
    "Det.limit_type": "max",
    "Det.limit_side_len": 1472,
    "Rec.rec_batch_num": 1,
}
LONGEST_SIDE = 2_000
"""Pixels of the picture that a page is read from: 170 a inch on A4."""
_LEAST_SIDE = 1_600
"""Pixels to which a smaller picture is enlarged, twice at most: small letters are then read better
(`bench/scans.py --dots 70`)."""
_WAY = "rapidocr 3"
"""Changes with how pictures are read, so that what was kept before is not taken."""


class PageLog:
    """Hears which page is being read, and may keep what was seen on it; this one keeps nothing."""

    def known(self, key: str) -> str | None:  # noqa: ARG002
        """Return what was kept under a key; None for nothing."""
        return None

    def begin(self, page: int, pages: int) -> None:
        """Hear that a page, from 1, of so many is going to be read, which takes seconds."""

    def keep(self, key: str, seen: str) -> None:
        """Keep what was seen on a page."""


def read_picture(picture: Image) -> tuple[SeenLine, ...]:
    """Return the lines on a picture, in no certain order.

    Raises:
        ReadError: What reads them is not installed.
    """
    import numpy as np

    recognise = _recogniser()
    # OpenCV's order of colours.
    found = recognise(np.asarray(picture.convert("RGB"))[:, :, ::-1])
    if found.boxes is None or not found.txts:
        return ()
    return tuple(
        SeenLine(text, min(max(float(score), 0.0), 1.0), tuple(float(x) for x in box.flatten()))
        for box, text, score in zip(found.boxes, found.txts, found.scores)
        if text.strip()
    )


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    try:
        import cv2
        from rapidocr import RapidOCR
    except ImportError as error:
        raise ReadError(_MISSING) from error
    cv2.setNumThreads(1)
    return RapidOCR(params=_SETTINGS)


def seen_to_json(seen: tuple[SeenLine, ...]) -> str:
    """Return lines as JSON, for `seen_from_json`."""
    rows = [[each.text, round(each.certainty, 3), *map(round, each.corners)] for each in seen]
    return json.dumps(rows, ensure_ascii=False)


def seen_from_json(written: str) -> tuple[SeenLine, ...]:
    """Return the lines of `seen_to_json`.

    Raises:
        ValueError: It is not what that returned.
    """
    try:
        lines = []
        for text, certainty, *corners in json.loads(written):
            if not isinstance(text, str) or not 0 <= certainty <= 1 or len(corners) != 8:
                raise ValueError("not a line")
            lines.append(SeenLine(text, float(certainty), tuple(map(float, corners))))
        return tuple(lines)
    except TypeError as error:
        raise ValueError("not lines") from error


def read_page(picture: Image, page: int, pages: int, log: PageLog) -> Page:
    """Return the lines of a picture, in the order in which they are read.

    Args:
        picture: Upright or on its side but for a few degrees, in grey or in colours.
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
        seen = _upright(grey, read_picture(grey))
        log.keep(key, seen_to_json(seen))
    return page_of_lines(seen, *grey.size)


def _upright(picture: Image, seen: tuple[SeenLine, ...]) -> tuple[SeenLine, ...]:
    """Return what is seen on a picture, read anew from both sides where its page lies on one."""
    from PIL.Image import Transpose

    tall = sum(len(each.text) for each in seen if _is_tall(each))
    if 2 * tall <= sum(len(each.text) for each in seen):
        return seen
    width, height = picture.size
    # Where a point of the turned picture is on the picture itself.
    ways = (
        (Transpose.ROTATE_90, lambda x, y: (width - y, x)),
        (Transpose.ROTATE_270, lambda x, y: (y, height - x)),
    )
    found = []
    for way, place in ways:
        lines = read_picture(picture.transpose(way))
        found.append(tuple(_placed(each, place) for each in lines))
    return max(found, key=lambda lines: sum(len(each.text) * each.certainty for each in lines))


def _is_tall(line: SeenLine) -> bool:
    xs, ys = line.corners[::2], line.corners[1::2]
    return len(line.text) > 2 and max(ys) - min(ys) > max(xs) - min(xs)


def _placed(line: SeenLine, place: Callable[[float, float], tuple[float, float]]) -> SeenLine:
    points = zip(line.corners[::2], line.corners[1::2])
    return replace(line, corners=tuple(each for point in points for each in place(*point)))


def _enlarged(picture: Image) -> Image:
    times = min(_LEAST_SIDE / max(picture.size), 2.0)
    if times <= 1:
        return picture
    return picture.resize((round(picture.width * times), round(picture.height * times)))
