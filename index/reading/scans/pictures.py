"""Makes a draft of a picture file, one page a frame (TIFF); knows nothing of recognition."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.pdf.document import draft_of_pages
from index.reading.scans.recognition import LONGEST_SIDE, PageLog, read_page

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["count_frames", "drafts_from_picture", "frame", "looks_like_picture"]

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
_MOST_PIXELS = 80_000_000
"""A4 at 600 dots an inch has 35 million; Pillow itself warns from 89 million on."""
_FAULTS = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, struct.error)
"""What Pillow raises over damaged pictures."""
_TOO_LARGE = "a picture of more than 80 million pixels; make it smaller"
_MOST_FRAMES = 500
_DAMAGED = "a picture that is damaged or cut off; open it in a viewer and save it again"


def looks_like_picture(head: bytes) -> bool:
    """Say whether a file begins as a PNG, JPEG, TIFF, or WebP picture does."""
    known = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
    return head.startswith(known) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def drafts_from_picture(file: BinaryIO, log: PageLog) -> Iterator[Draft | Unread]:
    """Yield the draft of a picture, or of all frames of one.

    Raises:
        ReadError: If it is damaged, too large, or no text is seen on it.
    """
    count = count_frames(file)
    pages = [
        read_page(frame(file, number, LONGEST_SIDE), number, count, log)
        for number in range(1, count + 1)
    ]
    if not any(page.lines for page in pages):
        raise ReadError("a picture without text that can be read; leave it out")
    yield draft_of_pages(pages)


def count_frames(file: BinaryIO) -> int:
    """Return how many pictures are in a file.

    Raises:
        ReadError: If it cannot be opened, or there are too many.
    """
    with _opened(file) as picture:
        count: int = getattr(picture, "n_frames", 1)
    if count > _MOST_FRAMES:
        raise ReadError(f"more than {_MOST_FRAMES} pictures; split it into several files")
    return count


def frame(file: BinaryIO, number: int, longest: int) -> Image:
    """Return a picture of a file, upright, with a longest side of so many pixels at most.

    Args:
        file: Seekable; it is left open.
        number: Which one, from 1.
        longest: Pixels.

    Raises:
        ReadError: If it is damaged, or larger than can be read.
    """
    from PIL import ImageOps

    with _opened(file) as picture:
        if number > 1:
            picture.seek(number - 1)
        if picture.width * picture.height > _MOST_PIXELS:
            raise ReadError(_TOO_LARGE)
        picture.draft("RGB", (longest, longest))  # A JPEG is then decoded at a smaller size.
        upright = ImageOps.exif_transpose(picture)
        if "A" in upright.getbands() or "transparency" in upright.info:
            upright = _on_white(upright.convert("RGBA"))
        upright = upright.convert("RGB")
        upright.thumbnail((longest, longest))
        return upright


def _on_white(picture: Image) -> Image:
    from PIL import Image

    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Image]:
    from PIL import Image

    file.seek(0)
    try:
        with Image.open(file, formats=_FORMATS) as picture:
            yield picture
    except Image.DecompressionBombError as error:
        raise ReadError(_TOO_LARGE) from error
    except _FAULTS as error:
        raise ReadError(_DAMAGED) from error
