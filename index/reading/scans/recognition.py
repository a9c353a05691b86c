"""Reads the lines of text on a picture with RapidOCR, whose models come in its wheel.

Knows nothing of pages, files, or the order in which lines are to be read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from index.errors import ReadError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["SeenLine", "read_picture", "seen_from_json", "seen_to_json"]

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


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line as it was seen on a picture."""

    text: str
    certainty: float
    """Mean probability of its letters, 0 to 1."""
    corners: tuple[float, ...]
    """x and y of its corners, clockwise from the upper left, in pixels."""


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
