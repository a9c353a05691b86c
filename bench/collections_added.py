"""Adds a vault, a mailbox, and an archive of many articles, made here, and prints time and memory.

    python bench/collections_added.py [--notes 2000] [--messages 5000] [--pages 1000] [--seed 7]

Each is added the way that `ask add` takes, into a scratch library whose embedder is a stand-in:
what is timed is finding, reading, splitting, and storing, and not embedding, whose time is that
of the passages (`bench/ingest.py`). Of the mailbox half of the messages are replies that quote the
one that they answer, and the one before that; a sentence that two articles have is a failure.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from fuzz_readers import StandIn, Watch, peak_kb

from rag import Assistant, Settings

_NOUNS = "harbour bridge ferry crane market council reef school dam orchard mill chapel".split()
_VERBS = "reopened closed flooded sold moved opened burned sank grew failed won lost".split()
_PLACES = "Moss Tangen Vell Skarvik Bruma Hask Olmen Drava Quill Sarre Tolka Umbra".split()
_DIVIDER = "From sender@post.example Fri Jan  4 10:00:00 2019"


def sentences(chance: random.Random, name: str, count: int) -> list[str]:
    """Return sentences that no other text has."""
    return [
        f"The {chance.choice(_NOUNS)} of {chance.choice(_PLACES)} {chance.choice(_VERBS)} "
        f"in week {number} of {name}, said {chance.choice(_PLACES)}'s clerk."
        for number in range(count)
    ]


def make_vault(folder: Path, chance: random.Random, count: int) -> Path:
    """Write notes as Obsidian keeps them, in folders, with links between them."""
    vault = folder / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    (vault / ".obsidian" / "app.json").write_text("{}")
    for number in range(count):
        text = sentences(chance, f"note {number}", 12)
        day = f"2019-{number % 12 + 1:02}-{number % 28 + 1:02}"
        following = f"See [[Note {(number + 1) % count}|note {number}'s next]]."
        place = vault / f"part {number % 40}"
        place.mkdir(exist_ok=True)
        (place / f"Note {number}.md").write_text(
            f"---\ncreated: {day}\ntags: [sea, work]\n---\n"
            f"# Note {number}\n\n{' '.join(text[:6])} {following}\n"
            f"\n> [!info] Later than {number}\n> {' '.join(text[6:])} #sea{number}\n",
            encoding="utf-8",
        )
    return vault


def make_mailbox(folder: Path, chance: random.Random, count: int) -> Path:
    """Write a mailbox in which every second message answers another one, and quotes it whole."""
    own: list[list[str]] = []
    quoted: list[list[str]] = []
    with (folder / "mail.mbox").open("w", encoding="utf-8") as file:
        for number in range(count):
            text = sentences(chance, f"message {number}", 8)
            lines, head = [" ".join(text[:4]), "", " ".join(text[4:])], ""
            before = chance.randrange(number) if number % 2 else None
            body = list(lines)
            if before is not None:
                head = f"In-Reply-To: <{before}@post.example>\n"
                below = [*own[before], *quoted[before]]
                body += ["", f"On Fri, 4 Jan 2019 at 10:00, Person {before} wrote:", ""]
                body += [f"> {line}" for line in below]
            own.append(lines)
            quoted.append([f"> {line}" for line in own[before]] if before is not None else [])
            file.write(
                f"{_DIVIDER}\nMessage-ID: <{number}@post.example>\n{head}"
                f"From: Person {number} <p{number}@post.example>\nSubject: Report {number}\n"
                "Date: Fri, 04 Jan 2019 10:00:00 +0000\n\n" + "\n".join(body) + "\n\n"
            )
    return folder / "mail.mbox"


def make_archive(folder: Path, chance: random.Random, count: int) -> Path:
    """Write an archive of web pages, each with what stands around its article."""
    around = "".join(f'<li><a href="/{place}">{place} today</a></li>' for place in _PLACES)
    with zipfile.ZipFile(folder / "pages.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            texts = sentences(chance, f"page {number}", 15)
            paragraphs = "".join(f"<p>{each}</p>" for each in texts)
            archive.writestr(
                f"site/{number % 20}/page-{number}.html",
                f"<!doctype html><html lang='en'><head><title>Page {number}</title>"
                "<meta property='article:published_time' content='2019-01-04T10:00:00Z'></head>"
                f"<body><nav><ul>{around}</ul></nav><article><h1>Page {number}</h1>{paragraphs}"
                f"</article><footer><ul>{around}</ul></footer></body></html>",
            )
    return folder / "pages.zip"


def told_twice(assistant: Assistant) -> int:
    """Count the sentences that more than one article has."""
    seen: Counter[str] = Counter()
    for document in assistant.store.documents():
        spans = assistant.store.sentences(document.id)
        seen.update({document.text[span.start : span.end] for span in spans})
    return sum(count > 1 for count in seen.values())


def main() -> None:
    """Make each collection, add it, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notes", type=int, default=2_000)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    makers = (
        (make_vault, options.notes),
        (make_mailbox, options.messages),
        (make_archive, options.pages),
    )
    print("| collection | articles | passages | add s | again s | parent MB | child MB | twice |")
    print("|---|---|---|---|---|---|---|---|")
    failed = False
    for make, count in makers:
        with tempfile.TemporaryDirectory(prefix="byline-collection-") as made:
            chance = random.Random(options.seed)  # noqa: S311 - nothing depends on its secrecy.
            path = make(Path(made), chance, count)
            settings = replace(Settings.from_environment(), home=Path(made) / "library")
            Path("/proc/self/clear_refs").write_text("5")  # Forget the peak of before.
            with Assistant(settings, embedder=StandIn()) as assistant, Watch() as watch:
                seconds = []
                for _ in range(2):
                    before = time.perf_counter()
                    results = assistant.add(path)
                    seconds.append(time.perf_counter() - before)
                peak = peak_kb("self")
                found, twice = assistant.store.counts(), told_twice(assistant)
            failed = failed or twice > 0 or any(each.outcome == "failed" for each in results)
            print(
                f"| {path.name} | {found.documents:,} | {found.chunks:,} | {seconds[0]:.1f} "
                f"| {seconds[1]:.1f} | {peak / 1e3:.0f} | {watch.peak_kb / 1e3:.0f} | {twice} |",
                flush=True,
            )
    sys.exit(failed)


if __name__ == "__main__":
    main()
