"""Draws claims for a person to read against their quotes, and counts what the person ticked.

    python bench/citation_precision.py SAVED... --to claims.md [--sample 200] [--seed 7]
    python bench/citation_precision.py --count claims.md

SAVED are files that `bench/answers.py` and `bench/refusals.py` wrote with `--save`.
Claims are drawn from all of them at once, each claim with the same chance. Tick
those that their quotes support: `[ ]` becomes `[x]`.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from question_sets import Row, read_rows

_BOX = re.compile(r"^- \[( |x|X)\] ", re.MULTILINE)


def claims(rows: Sequence[Row], origin: str) -> Iterator[str]:
    """Yield each shown claim with its question and its quotes, as an item of a Markdown list."""
    for row in rows:
        answer = row["answer"]
        quotes = {citation["number"]: citation for citation in answer["citations"]}
        for claim in answer["claims"]:
            lines = [f"- [ ] {_escaped(claim['text'])}"]
            cited = [quotes[number] for number in claim["citations"]]
            for citation in sorted(cited, key=lambda c: (c["document"]["id"], c["start"])):
                document = citation["document"]
                named = document["title"] or document["url"] or document["id"]
                lines += ["", f"  > {_escaped(citation['quote'])}", "  >"]
                lines += [f"  > — {_escaped(named)}, {document['published'] or 'undated'}"]
            yield "\n".join([*lines, "", f"  asked: {_escaped(row['question'])} ({origin})", ""])


def _escaped(text: str) -> str:
    """Return the text on one line, without anything that Markdown would take for a mark."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(text.split()))


def main() -> None:
    """Write a list, or count one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("saved", type=Path, nargs="*", help="files of answers")
    parser.add_argument("--to", type=Path, default=Path("claims.md"), help="write the list here")
    parser.add_argument("--sample", type=int, default=200, help="how many claims")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=Path, help="count the ticks of a list instead")
    options = parser.parse_args()
    if options.count:
        boxes = _BOX.findall(options.count.read_text(encoding="utf-8"))
        ticked = len(boxes) - boxes.count(" ")
        share = f", {ticked / len(boxes):.3f}" if boxes else ""
        print(f"{ticked} of {len(boxes)} claims are supported by their quotes{share}")
        return
    if not options.saved:
        parser.error("name files of answers, or a list with --count")
    if options.to.exists():
        parser.error(f"{options.to} exists, perhaps with ticks; name another with --to")
    listed = [item for path in options.saved for item in claims(read_rows(path), path.stem)]
    size = min(options.sample, len(listed))
    drawn = random.Random(options.seed).sample(listed, size)  # noqa: S311
    head = f"{size} of {len(listed)} claims, seed {options.seed}; tick what the quotes support.\n"
    options.to.write_text("\n".join([head, *drawn]), encoding="utf-8")
    print(f"{size} claims to read in {options.to}")


if __name__ == "__main__":
    main()
