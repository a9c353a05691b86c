"""Makes pictures of printed pages as a scanner leaves them, turned, noisy, grey; reads none."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

__all__ = ["Printed", "Scan", "print_page", "scan"]

_SIZE = (1654, 2339)
"""A4 at 200 dots an inch."""
_MARGIN = 190
_FACES = {
    False: ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf"),
    True: ("LiberationSerif-Bold.ttf", "DejaVuSerif-Bold.ttf"),
}
_PARTABLE = re.compile(r"[a-z]{7,}[.,;]?")
_AFTER = 4
"""Letters of a long word before a hyphen at a line's end."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A line, and its middle, as shares of the page's width and height."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as it was scanned, and where its lines are."""

    picture: Image.Image
    lines: tuple[Printed, ...]


def print_page(
    title: str, about: str, paragraphs: list[str], *, columns: int = 1, size: int = 36
) -> Scan:
    """Return a clean page, set flush left, long words parted at line ends.

    Args:
        title: In larger letters, across all columns.
        about: One small line below it.
        paragraphs: Each begins with an indented line.
        columns: One or two.
        size: Of the letters, in pixels: 36 are 13 points.
    """
    width, height = _SIZE
    picture = Image.new("L", _SIZE, 255)
    draw = ImageDraw.Draw(picture)
    lines: list[Printed] = []

    def put(text: str, left: float, top: float, font: ImageFont.FreeTypeFont) -> None:
        draw.text((left, top), text, font=font, fill=20)
        box = draw.textbbox((left, top), text, font=font)
        lines.append(Printed(text, (box[0] + box[2]) / 2 / width, (box[1] + box[3]) / 2 / height))

    top = 170.0
    heading = _font(int(size * 1.7), bold=True)
    for line in _broken(title, heading, width - 2 * _MARGIN, hyphens=False):
        put(line, _MARGIN, top, heading)
        top += size * 2.1
    put(about, _MARGIN, top + size * 0.3, _font(int(size * 0.85)))
    top += size * 2.4
    font = _font(size)
    gap = 70
    column = (width - 2 * _MARGIN - gap * (columns - 1)) / columns
    rows: list[tuple[str, float]] = []
    for paragraph in paragraphs:
        indent = size * 1.2
        for number, line in enumerate(_broken(paragraph, font, column, indent=indent)):
            rows.append((line, indent if number == 0 else 0.0))
    step = size * 1.32
    each = math.ceil(len(rows) / columns)
    for number, (line, indent) in enumerate(rows):
        at, row = divmod(number, each)
        put(line, _MARGIN + at * (column + gap) + indent, top + row * step, font)
    return Scan(picture, tuple(lines))


def scan(page: Scan, degrees: float, noise: float, seed: int, dots: int = 200) -> Scan:
    """Return a page as a scanner sees it.

    Args:
        page: A clean one.
        degrees: By which it lies turned, counter-clockwise.
        noise: Standard deviation of each pixel's grey, of 255.
        seed: Of the noise.
        dots: An inch, in a JPEG of low quality where they are fewer than 200.
    """
    rng = np.random.default_rng(seed)
    turned = page.picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    blurred = turned.filter(ImageFilter.GaussianBlur(0.8))
    grey = np.asarray(blurred, dtype=np.float32) * 0.82 + 28
    height, width = grey.shape
    # The page is darker towards the spine, as of a book.
    grey -= 26 * np.linspace(1, 0, width, dtype=np.float32) ** 3
    grey += rng.normal(0, noise, grey.shape)
    specks = rng.random(grey.shape) < 0.0008
    grey[specks] = rng.choice([30.0, 250.0], size=int(specks.sum()))
    picture = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    if dots < 200:
        picture = _worse(picture, dots / 200)
    angle = math.radians(degrees)
    lines = []
    for line in page.lines:
        x, y = line.x * width - width / 2, line.y * height - height / 2
        lines.append(
            Printed(
                line.text,
                (x * math.cos(angle) + y * math.sin(angle)) / width + 0.5,
                (y * math.cos(angle) - x * math.sin(angle)) / height + 0.5,
            )
        )
    return Scan(picture, tuple(lines))


def _worse(picture: Image.Image, share: float) -> Image.Image:
    smaller = picture.resize((int(picture.width * share), int(picture.height * share)))
    written = io.BytesIO()
    smaller.filter(ImageFilter.GaussianBlur(0.9)).save(written, "JPEG", quality=35)
    return Image.open(written)


def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    for name in _FACES[bold]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    font = ImageFont.load_default(size)  # Comes with Pillow.
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _broken(
    text: str,
    font: ImageFont.FreeTypeFont,
    width: float,
    *,
    indent: float = 0.0,
    hyphens: bool = True,
) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        room = width - (0 if lines else indent)
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= room:
            line = longer
            continue
        begun = f"{line} {word[:_AFTER]}-".strip()
        if hyphens and _PARTABLE.fullmatch(word) and font.getlength(begun) <= room:
            lines.append(begun)
            line = word[_AFTER:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]
