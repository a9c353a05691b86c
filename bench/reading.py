"""Measures how well pages, texts, and old encodings are read: `python bench/reading.py DATA`.

DATA is a folder with any of these sets. `html_article_extraction_benchmark`:
`index.jsonl` with file and article_body; precision and recall of the text are
those of its own rule (4-token shingles, averaged over pages, then combined).
`encodings`: `index.jsonl` with file, codec, and decodes_strict; a text counts
where it equals what the codec gives, but for line ends. `realtimeqa_2022`:
`docs.jsonl` with title, text, and date; each article is written out as a page
and as a text in one of the forms below, and its date read again.

`--labels FILE` adds titles and dates of pages, labelled by hand: JSON Lines
with id, title, and date. What is wrong is listed below the table.
"""

from __future__ import annotations

import argparse
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from statistics import mean

from question_sets import Row, read_rows

from index.errors import ReadError
from index.reading import ReadArticle, ReadOptions
from index.reading.articles import articles_in
from index.reading.encoding.decoding import decode, normalise_newlines
from index.types import Document

PAGES = "html_article_extraction_benchmark"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of four tokens; of a shorter text, the text."""
    tokens = re.findall(r"\w+", text)
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)) if tokens)


def read(data: bytes, name: str) -> Document:
    """Return the article in a file, an empty one where none is found."""
    try:
        found = next(articles_in(BytesIO(data), name, ReadOptions(keep_stubs=True)))
    except ReadError:
        found = None
    return found.document if isinstance(found, ReadArticle) else Document("")


def measure_pages(folder: Path, labels: dict[str, Row], wrong: list[str]) -> Iterator[str]:
    """Yield the rows on pages."""
    precisions, recalls, titles, dates = [], [], [], []
    for row in read_rows(folder / "index.jsonl"):
        document = read((folder / row["file"]).read_bytes(), "page.html")
        found, true = shingles(document.text), shingles(row["article_body"])
        both = (found & true).total()
        if found:
            precisions.append(both / found.total())
        if true:
            recalls.append(both / true.total())
        if label := labels.get(row["id"]):
            titles.append(words(document.title) == words(label["title"]))
            dates.append(str(document.published or "") == (label["date"] or ""))
            if not titles[-1]:
                wrong.append(f"{row['id'][:8]}: the title is read as {document.title!r}")
            if not dates[-1]:
                wrong.append(f"{row['id'][:8]}: {label['date']} is read as {document.published}")
    precision, recall = mean(precisions), mean(recalls)
    yield f"{'pages, precision of the text':44}{precision:8.3f}{len(precisions):7}"
    yield f"{'pages, recall of the text':44}{recall:8.3f}{len(recalls):7}"
    yield f"{'pages, F1':44}{2 * precision * recall / (precision + recall):8.3f}"
    if titles:
        yield f"{'pages, title right':44}{mean(titles):8.3f}{len(titles):7}"
        yield f"{'pages, date right':44}{mean(dates):8.3f}{len(dates):7}"


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def measure_encodings(folder: Path, wrong: list[str]) -> Iterator[str]:
    """Yield the row on encodings."""
    right = []
    for row in read_rows(folder / "index.jsonl"):
        if not (row["codec"] and row["decodes_strict"]):
            continue
        data = (folder / row["file"]).read_bytes()
        true = normalise_newlines(data.decode(row["codec"]).removeprefix("\ufeff"))
        try:
            decoded = decode(data)
        except ReadError as error:
            right.append(False)
            wrong.append(f"{row['file']}: {error}")
            continue
        right.append(decoded.text.removeprefix("\ufeff") == true)
        if not right[-1]:
            wrong.append(f"{row['file']}: {row['codec']} is read as {decoded.encoding}")
    yield f"{'encodings, text equal':44}{mean(right):8.3f}{len(right):7}"


def page(row: Row, head: str = "", below: str = "", around: str = "") -> str:
    """Write an article as a page."""
    title = html.escape(row["title"])
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in row["text"].split("\n") if part)
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a></nav><h1>{title}</h1>{below}{paragraphs}{around}</body></html>"
    )


Form = Callable[[Row, date], str]


def month_first(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


OTHERS = (
    "<aside><h3>Related</h3><a href='/a'>Two held after fire at a mill</a> <time "
    "datetime='2016-02-01'>1 February 2016</time></aside><section><h2>Read more</h2><ul><li><a "
    "href='/b'>Storm sinks a trawler</a><time>3 March 2015</time></li></ul></section><footer>"
    "<time datetime='2031-01-01'></time>Updated 9 May 2014</footer>"
)
"""What stands around an article, with dates of other ones."""

PAGE_FORMS: dict[str, Form] = {
    "meta article:published_time": lambda row, day: page(
        row, f"<meta property='article:published_time' content='{day}T15:04:05Z'>"
    ),
    "JSON-LD datePublished": lambda row, day: page(
        row,
        '<script type="application/ld+json">{"@context": "https://schema.org", "@graph": '
        f'[{{"@type": "NewsArticle", "datePublished": "{day}T15:04:05+00:00"}}]}}</script>',
    ),
    "<time datetime>": lambda row, day: page(row, "", f"<time datetime='{day}'>that day</time>"),
    "Published 4 January 2019": lambda row, day: page(
        row, "", f"<p>Published {day.day} {day:%B %Y}</p>"
    ),
    "line of January 4, 2019": lambda row, day: page(row, "", f"<div>{month_first(day)}</div>"),
    "class of a date, with the time": lambda row, day: page(
        row, "", f"<span class='timestamp'>{day:%A}, {day.day} {day:%B %Y} 09:30 GMT</span>"
    ),
    "UTC is a day ahead of the reader": lambda row, day: page(
        row,
        f"<meta name='date' content='{date.fromordinal(day.toordinal() + 1)}T03:30:00Z'>",
        f"<div class='date'>{month_first(day)} 10:30 p.m. ET</div>",
    ),
    "<time> below the title, others around": lambda row, day: page(
        row, "", f"<p>By Ana Ruiz <time>{month_first(day)}</time></p>", OTHERS
    ),
    "dateline alone, others around": lambda row, day: page(
        {**row, "text": f"CARACAS, {day.day} {day:%B %Y} - {row['text']}"}, around=OTHERS
    ),
    "day in the address": lambda row, day: page(
        row, f"<link rel='canonical' href='https://example.org/news/{day:%Y/%m/%d}/a-story'>"
    ),
}
"""Forms in which pages of papers state a date."""

TEXT_FORMS: dict[str, Form] = {
    "line of January 4, 2019": lambda row, day: (
        f"{row['title']}\n\n{month_first(day)}\n\n{row['text']}"
    ),
    "CARACAS, Jan 4 2019 (Reuters) -": lambda row, day: (
        f"{row['title']}\n\nCARACAS, {day:%b} {day.day} {day.year} (Reuters) - {row['text']}"
    ),
    "CARACAS, Jan. 4, 2019 (AP) —": lambda row, day: (
        f"{row['title']}\n\nCARACAS, {day:%b}. {day.day}, {day.year} (AP) — {row['text']}"
    ),
    "Date: 2019-01-04": lambda row, day: f"Title: {row['title']}\nDate: {day}\n\n{row['text']}",
    "front matter": lambda row, day: f"---\ndate: {day}\nlang: en\n---\n\n{row['text']}",
    "date 2019-01-04 glued to the text": lambda row, day: f" date {day} {row['text']}",
    "byline, Published: 4 January 2019": lambda row, day: (
        f"{row['title']}\nBy Ana Ruiz\nPublished: {day.day} {day:%B %Y}, 09:30\n\n{row['text']}"
    ),
    "outlet, January 4, 2019 Friday": lambda row, day: (
        f"{row['title']}\n\nThe Herald\n\n{month_first(day)} {day:%A} 9:30 AM GMT\n\n{row['text']}"
    ),
    "2019/01/04 09:30": lambda row, day: f"{row['title']}\n{day:%Y/%m/%d} 09:30\n\n{row['text']}",
}
"""Forms in which saved texts state a date."""


def measure_dates(folder: Path, limit: int, wrong: list[str]) -> Iterator[str]:
    """Yield the rows on dates, one a form."""
    rows = [row for row in read_rows(folder / "docs.jsonl") if row.get("date") and row["text"]]
    rows = rows[:: max(1, len(rows) // limit)]
    for kind, forms, name in (("page", PAGE_FORMS, "a.html"), ("text", TEXT_FORMS, "a.txt")):
        everything = []
        for position, (form, write) in enumerate(forms.items()):
            right = []
            for row in rows[position :: len(forms)]:
                day = date.fromisoformat(row["date"])
                found = read(write(row, day).encode(), name).published
                right.append(found == day)
                if found != day:
                    wrong.append(f"{row['id']}, {kind}, {form}: {day} is read as {found}")
            everything += right
            yield f"{f'dates, {kind}, {form}':44}{mean(right):8.3f}{len(right):7}"
        yield f"{f'dates, {kind}, all':44}{mean(everything):8.3f}{len(everything):7}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the sets")
    parser.add_argument("--labels", type=Path, help="titles and dates of pages, by hand")
    parser.add_argument("--articles", type=int, default=900, help="how many get dates")
    parser.add_argument("--wrong", type=int, default=40, help="how many to list at most")
    options = parser.parse_args()
    labels = {row["id"]: row for row in read_rows(options.labels)} if options.labels else {}
    wrong: list[str] = []
    print(f"{'':44}{'share':>8}{'of':>7}")
    if (folder := options.data / PAGES).is_dir():
        print(*measure_pages(folder, labels, wrong), sep="\n")
    if (folder := options.data / "encodings").is_dir():
        print(*measure_encodings(folder, wrong), sep="\n")
    if (folder := options.data / "realtimeqa_2022").is_dir():
        print(*measure_dates(folder, options.articles, wrong), sep="\n")
    print(*wrong[: options.wrong], sep="\n")


if __name__ == "__main__":
    main()
