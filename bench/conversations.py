"""Runs the conversations of the tests: `python bench/conversations.py [--file FILE]`.

FILE is `tests/data/conversations.jsonl` (the default), `tests/data/followups.jsonl`, or one like
them: the questions of each, and for the last one what the answer must hold (any of `answers`)
and the day of publication of an article it must cite, or that it must be refused. Each names the
articles that it is held over: the samples, those in `tests/data/local`, or two that are not part
of the project, whose folder `--articles` names; without it those conversations are left out. Every
turn is printed: asked, searched for, answered; then how many conversations ended right.
`--without-model` has no follow-up rewritten by the language model, to see the rules alone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from question_sets import Row, contains, read_rows

from index.errors import ModelError
from index.reading import ReadOptions
from rag import Answer, Assistant, Settings
from rag.environment import prepare_environment
from rag.language_model import Generation, LanguageModel, Prompt

DATA = Path(__file__).parent.parent / "tests" / "data"


class Nobody:
    """Stands in for a language model, and rewrites no question."""

    name = "nobody"

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Write nothing."""
        _ = prompt, max_tokens
        raise ModelError("there is no language model; leave out --without-model")

    def close(self) -> None:
        """Hold nothing."""


def ended_right(answer: Answer, row: Row) -> bool:
    """Say whether the last answer is the expected one."""
    if row.get("refused"):
        return answer.refused
    days = {str(citation.document.published) for citation in answer.citations}
    return contains(answer.text, row["answers"]) and row["published"] in days


def hold(assistant: Assistant, turns: Sequence[str]) -> list[Answer]:
    """Ask the questions in turn; the dates in them are left as they are asked."""
    history: list[Answer] = []
    for turn in turns:
        history.append(assistant.ask(turn, history=tuple(history)))
    return history


def open_articles(name: str, assistant: Assistant, seeds: Path | None) -> bool:
    """Add the articles that conversations name; say whether they are at hand."""
    if name == "samples":
        return True
    folder = DATA / "local" if name == "local" else seeds
    if folder is None:
        return False
    assistant.add(folder, options=ReadOptions(date_order="DMY"))
    return True


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, default=DATA / "conversations.jsonl")
    parser.add_argument("--articles", type=Path, help="folder with the two other articles")
    parser.add_argument("--without-model", action="store_true")
    arguments = parser.parse_args()
    rows = read_rows(arguments.file)
    model: LanguageModel | None = Nobody() if arguments.without_model else None
    right = 0
    asked = 0
    prepare_environment()
    for articles in dict.fromkeys(row["articles"] for row in rows):
        with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
            settings = replace(Settings.from_environment(), home=Path(folder))
            with Assistant(settings, language_model=model) as assistant:
                if not open_articles(articles, assistant, arguments.articles):
                    continue
                for row in (row for row in rows if row["articles"] == articles):
                    answers = hold(assistant, row["turns"])
                    asked += 1
                    right += ended_right(answers[-1], row)
                    for answer in answers:
                        print(f"asked     {answer.question}")
                        if answer.searched != answer.question:
                            print(f"searched  {answer.searched}")
                        print(f"answered  {answer.text}", flush=True)
                    expected = row.get("answers", "a refusal")
                    print("right\n" if ended_right(answers[-1], row) else f"WRONG: {expected}\n")
    print(f"{right} of {asked} conversations ended right")


if __name__ == "__main__":
    main()
