"""Asks the forty questions of `tests/data/accounts.jsonl`: `python bench/accounts.py`.

Each names what a right answer holds (`points`, each as alternatives), what it must not show
(`wrong`), the order in which some of it has to appear (`order`), and of how many articles at least
it has to cite (`sources`). They are asked of the samples, of the articles in
`tests/data/accounts`, and of two that are not part of the project, whose folder `--articles`
names; without it those questions are left out. A set of one's own is asked with `--file` and
`--library FOLDER`, its articles. Prints each question, the kind that it was taken
for, the points of the answer, and what is missing or wrong; then a table, one row a kind.
`--save FILE` keeps the answers as JSON Lines.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from question_sets import Row, normalise, read_rows

from index.reading import ReadOptions
from rag import Answer, Assistant, Settings
from rag.environment import prepare_environment

DATA = Path(__file__).parent.parent / "tests" / "data"
GROUPS = {
    "summary": "summaries",
    "timeline": "timelines",
    "comparison": "comparisons",
    "list": "lists",
    "count": "counts",
    "fact": "versions",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer held against what is expected of it."""

    row: Row
    kind: str
    """What the question was taken for."""
    missing: tuple[str, ...]
    """The first alternative of each point that the answer lacks."""
    claims: int
    wrong: int
    """How many claims hold what must not be shown."""
    ordered: bool | None
    """None where no order is asked for."""
    enough_sources: bool
    refused: bool
    seconds: float

    @property
    def held(self) -> int:
        """How many points the answer holds."""
        return len(self.row["points"]) - len(self.missing)


def place(text: str, words: str) -> int:
    """Return where whole words stand in a text, both normalised; -1 if they don't.

    >>> place("It cost 1,400 crowns.", "400"), place("It cost 400 crowns.", "400 crowns") > 0
    (-1, True)
    """
    return f" {normalise(text)} ".find(f" {normalise(words)} ")


def in_order(text: str, expected: Sequence[str]) -> bool:
    """Say whether what is there of the expected, two at least, is there in its order."""
    places = [found for words in expected if (found := place(text, words)) >= 0]
    return len(places) > 1 and places == sorted(places)


def judge(answer: Answer, row: Row) -> Judged:
    """Hold an answer against its row."""
    told = [claim.told for claim in answer.claims]
    text = "\n".join(told) if told else answer.text
    if answer.refused:
        text = ""
    missing = [
        alternatives[0]
        for alternatives in row["points"]
        if not any(place(f"{answer.text}\n{text}" if text else "", a) >= 0 for a in alternatives)
    ]
    wrong = sum(any(place(claim, words) >= 0 for words in row["wrong"]) for claim in told)
    documents = {citation.document.id for citation in answer.citations}
    return Judged(
        row,
        getattr(answer, "kind", "fact"),
        tuple(missing),
        len(told),
        wrong,
        in_order(text, row["order"]) if "order" in row else None,
        len(documents) >= row.get("sources", 1),
        answer.refused,
        answer.timing.total,
    )


def ask(
    rows: Sequence[Row], seeds: Path | None, library: Path | None
) -> Iterator[tuple[Row, Answer]]:
    """Ask the questions of each set of articles over a library of its own.

    Args:
        rows: the questions.
        seeds: the folder of the articles that are not part of the project.
        library: the folder of all articles but the samples, for questions of one's own.
    """
    for name in dict.fromkeys(row["articles"] for row in rows):
        articles = {"accounts": DATA / "accounts", "seeds": seeds}.get(name)
        if library is not None and name != "samples":
            articles = library
        if articles is None and name != "samples":
            continue
        with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
            settings = replace(Settings.from_environment(), home=Path(folder))
            with Assistant(settings) as assistant:
                if articles is not None:
                    assistant.add(articles, options=ReadOptions(date_order="DMY"))
                for row in (row for row in rows if row["articles"] == name):
                    yield row, assistant.ask(row["question"])


def print_answer(answer: Answer, judged: Judged) -> None:
    """Print one answer, point by point."""
    print(f"{judged.row['question']}  [{judged.row['kind']}, taken for {judged.kind}]")
    for claim in answer.claims:
        print(f"  - {claim.told}")
    if not answer.claims:
        print(f"  {answer.text}")
    for name, found in [
        ("missing", ", ".join(judged.missing)),
        ("WRONG", f"{judged.wrong} claims" if judged.wrong else ""),
        ("OUT OF ORDER", "" if judged.ordered in (None, True) else ", ".join(judged.row["order"])),
        (
            "too few articles cited",
            "" if judged.enough_sources else f"{judged.row.get('sources', 1)} needed",
        ),
    ]:
        if found:
            print(f"  {name}: {found}")
    print(flush=True)


def print_tables(results: Sequence[Judged]) -> None:
    """Print one row of figures a kind, and one for all."""
    heads = ["questions", "kind right", "points", "wrong", "in order", "sources", "refused", "s"]
    print(f"{'':12}" + "".join(f"{head:>11}" for head in heads))
    groups = {name: [r for r in results if r.row["kind"] == kind] for kind, name in GROUPS.items()}
    for name, mine in [*groups.items(), ("all", list(results))]:
        if not mine:
            continue
        points = sum(len(r.row["points"]) for r in mine)
        orders = [r.ordered for r in mine if r.ordered is not None]
        figures = [
            str(len(mine)),
            f"{sum(r.kind == r.row['kind'] for r in mine) / len(mine):.3f}",
            f"{sum(r.held for r in mine) / points:.3f}",
            f"{sum(r.wrong for r in mine) / max(1, sum(r.claims for r in mine)):.3f}",
            f"{sum(orders)} of {len(orders)}" if orders else "",
            f"{sum(r.enough_sources for r in mine)} of {len(mine)}",
            str(sum(r.refused for r in mine)),
            f"{statistics.median(r.seconds for r in mine):.2f}",
        ]
        print(f"{name:12}" + "".join(f"{figure:>11}" for figure in figures))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, default=DATA / "accounts.jsonl")
    parser.add_argument("--articles", type=Path, help="folder with the two other articles")
    parser.add_argument("--library", type=Path, help="folder with the articles of one's own FILE")
    parser.add_argument("--only", choices=GROUPS, help="ask the questions of this kind alone")
    parser.add_argument("--save", type=Path, help="write every answer here, as JSON Lines")
    arguments = parser.parse_args()
    rows = [row for row in read_rows(arguments.file) if arguments.only in (None, row["kind"])]
    results, saved = [], []
    prepare_environment()
    for row, answer in ask(rows, arguments.articles, arguments.library):
        results.append(judge(answer, row))
        saved.append(json.dumps(answer.to_json(), ensure_ascii=False))
        print_answer(answer, results[-1])
    print_tables(results)
    if arguments.save:
        arguments.save.write_text("".join(f"{line}\n" for line in saved), encoding="utf-8")


if __name__ == "__main__":
    main()
