"""Reads twelve scanned pages of known text: `python bench/scans.py [--dots N]`.

The pages are printed from articles of `tests/data`, turned by up to two degrees, and made noisy;
two are set in two columns, and each is a PDF or picture file of its own. They are read by OCR and
added to a library, and ten questions are asked of them. Measured: the character error (edit
distance over length, straight and curly quotation marks alike), overall and of lines by how sure
they were read; which answers are right; and whether the marks of a quote cover the printed lines
that it stands in, and no others. `--pictures` writes each answer's page with its marks.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scanned_pages import Scan, print_page, scan

from index.reading import read_file
from index.scanned import PAGE, UNSURE, ScannedLine
from index.types import Document
from rag import Assistant, Settings
from rag.types import Citation, day_in_words

DATA = Path(__file__).parent.parent / "tests" / "data"
PAGES = (
    # Article, ending of its file, degrees, noise, columns.
    ("local/2023-02-14-swimming-pool.md", ".pdf", 1.0, 10, 1),
    ("local/2023-05-09-mosaic.md", ".png", -1.4, 14, 1),
    ("local/2023-06-21-bus-strike.md", ".pdf", 2.0, 12, 2),
    ("local/2023-08-30-beavers.md", ".jpg", -0.7, 16, 1),
    ("local/2023-10-17-theft.md", ".tiff", 1.6, 10, 1),
    ("local/2024-01-22-wind-farm.md", ".pdf", -2.0, 18, 1),
    ("local/2024-03-11-marathon.md", ".webp", 0.5, 12, 1),
    ("local/2024-05-06-lighthouse-hotel.md", ".pdf", -1.2, 14, 2),
    ("accounts/2021-03-24-suez-blocked.md", ".png", 1.8, 16, 1),
    ("accounts/2021-12-27-la-palma-over.md", ".pdf", -0.4, 20, 1),
    ("accounts/2021-12-28-la-palma-count.txt", ".jpeg", 1.1, 12, 1),
    ("accounts/2022-12-12-artemis.txt", ".pdf", -1.7, 14, 1),
)
QUESTIONS = (
    ("How much will the repair of the Quarry Road pool cost?", "7.8 million"),
    ("Who leads the excavation near Little Corby?", "Kessel"),
    ("What did Redline lose in the past year?", "four million"),
    ("How many dams have the beavers built?", "five"),
    ("Who made the cello of Ottoline Vance?", "Morra"),
    ("How many turbines did Brightmoor want to put up?", "17"),
    ("Who won the Penhallow marathon?", "Tesfaye-Quinn"),
    ("For how much did the brothers buy the lighthouse on Gannet Point?", "410,000"),
    ("How long did the eruption on La Palma last?", "85 days"),
    ("How many buildings did the lava destroy according to the land registry?", "1,676"),
)
_QUOTES = str.maketrans("“”‘’", "\"\"''")


def make_pages(folder: Path, dots: int = 200) -> dict[str, tuple[Document, Scan]]:
    """Write the pages, of so many dots an inch; return by name their articles and lines."""
    made = {}
    for seed, (name, ending, degrees, noise, columns) in enumerate(PAGES):
        article = read_file(DATA / name).document

        about = about_of(article)
        paragraphs = article.text.split("\n\n")
        size = 32 if columns == 2 else 36
        clean = print_page(article.title, about, paragraphs, columns=columns, size=size)
        page = scan(clean, degrees, noise, seed, dots)
        path = folder / f"page-{seed + 1:02}{ending}"
        page.picture.save(path, **({"resolution": dots} if ending == ".pdf" else {}))
        made[path.name] = article, page
    return made


def about_of(article: Document) -> str:
    """Return the line below a page's title."""
    return f"{article.source}, {day_in_words(article.published)}"


def edit_distance(one: str, other: str) -> int:
    """Return how many letters have to be put in, taken out, or changed."""
    codes = np.array([ord(letter) for letter in other])
    row = np.arange(len(other) + 1)
    for number, letter in enumerate(one, 1):
        changed = row[:-1] + (codes != ord(letter))
        best = np.concatenate(([number], np.minimum(changed, row[1:] + 1)))
        # What is put in costs one each: the least of all places before.
        steps = np.arange(len(best))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


def errors_within(line: str, text: str) -> int:
    """Return the edit distance of a line to what in a text is most like it."""
    codes = np.array([ord(letter) for letter in text])
    row = np.zeros(len(text) + 1, dtype=int)
    for number, letter in enumerate(line, 1):
        changed = row[:-1] + (codes != ord(letter))
        best = np.concatenate(([number], np.minimum(changed, row[1:] + 1)))
        steps = np.arange(len(best))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row.min())


def plain(text: str) -> str:
    """Return a text on one line, its quotation marks straight."""
    return " ".join(text.translate(_QUOTES).split())


def letters(text: str) -> str:
    """Return the letters and figures of a text, in lower case."""
    return re.sub(r"[\W_]", "", text.casefold())


def covered(lines: Sequence[ScannedLine], page: Scan) -> str:
    """Return what is printed in the middle of the marks, in the order of the page."""
    found = []
    for printed in page.lines:
        x, y = printed.x * PAGE, printed.y * PAGE
        if any(_holds(line.corners, x, y) for line in lines):
            found.append(printed.text)
    return "".join(text.removesuffix("-") for text in found)


def _holds(corners: Sequence[int], x: float, y: float) -> bool:
    points = list(zip(corners[::2], corners[1::2]))
    turns = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]])
    ]
    return all(turn >= 0 for turn in turns)


def marks_are_right(citation: Citation, page: Scan) -> bool:
    """Say whether the marked lines hold the whole quote, and each a part of it."""
    lines = citation.document.lines_at(citation.start, citation.end)
    quote, marked = letters(citation.quote), letters(covered(lines, page))
    missed = edit_distance(quote, marked) - (len(marked) - len(quote))
    # No more is marked than the rest of the first line and of the last.
    longest = max(len(letters(printed.text)) for printed in page.lines)
    return bool(lines) and missed <= 0.04 * len(quote) and len(marked) < len(quote) + 2 * longest


def draw_marks(citation: Citation, page: Scan, path: Path) -> None:
    """Write the page of a citation with its marks."""
    shown = page.picture.convert("RGBA")
    layer = Image.new("RGBA", shown.size)
    draw = ImageDraw.Draw(layer)
    for line in citation.document.lines_at(citation.start, citation.end):
        points = [
            (x * shown.width / PAGE, y * shown.height / PAGE)
            for x, y in zip(line.corners[::2], line.corners[1::2])
        ]
        draw.polygon(points, fill=(255, 200, 0, 90))
    Image.alpha_composite(shown, layer).convert("RGB").resize((827, 1170)).save(path)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, help="write the marked pages here")
    parser.add_argument("--dots", type=int, default=200, help="an inch: fewer make it harder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        pages = Path(folder, "pages")
        pages.mkdir()
        made = make_pages(pages, arguments.dots)
        settings = replace(Settings.from_environment(), home=Path(folder, "home"))
        with Assistant.open(settings.home, settings) as assistant:
            began = time.perf_counter()
            results = assistant.add(pages)
            seconds = (time.perf_counter() - began) / len(made)
            print(f"{len(results)} pages, {seconds:.1f} s each")
            errors = total = 0
            by_certainty: dict[bool, list[int]] = {True: [0, 0], False: [0, 0]}
            for document in assistant.store.documents():
                name = Path(document.path or "").name
                article, _ = made[name]
                expected = plain(f"{article.title} {about_of(article)} {article.text}")
                read = plain(f"{document.title} {about_of(document)} {document.text}")
                wrong = edit_distance(expected, read)
                errors, total = errors + wrong, total + len(expected)
                for line in document.lines:
                    words = plain(document.text[line.start : line.end])
                    counted = by_certainty[line.certainty >= UNSURE]
                    counted[0], counted[1] = (
                        counted[0] + errors_within(words, expected),
                        counted[1] + len(words),
                    )
                told = f"{document.source}, {document.published}"
                print(f"{name}: {wrong / len(expected):.4f} {document.title!r}, {told}")
            print(f"character error {errors / total:.4f}")
            for sure, (wrong, of) in by_certainty.items():
                print(f"lines {'surely' if sure else 'unsurely'} read: {wrong} of {of} letters")
            right = marked = 0
            for number, (question, expected) in enumerate(QUESTIONS, 1):
                answer = assistant.ask(question)
                answered = expected.casefold() in answer.text.casefold() and not answer.refused
                right += answered
                good = answered and all(
                    marks_are_right(citation, made[Path(citation.document.path or "").name][1])
                    for citation in answer.citations
                )
                marked += good
                print(f"{question} {answer.text!r} {answered} marks {good}")
                if arguments.pictures and answer.citations:
                    arguments.pictures.mkdir(parents=True, exist_ok=True)
                    citation = answer.citations[0]
                    page = made[Path(citation.document.path or "").name][1]
                    draw_marks(citation, page, arguments.pictures / f"{number:02}.png")
            print(f"{right} of {len(QUESTIONS)} right; marks on the right lines: {marked}")


if __name__ == "__main__":
    main()
