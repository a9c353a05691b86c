"""Runs the conversations of the tests: `python bench/conversations.py [--articles DIR]`.

They are in `tests/data/conversations.jsonl`: the questions of each, and for the
last one what the answer must hold (any of `answers`) and the day of publication
of an article it must cite, or that it must be refused. Those over the sample
articles always run, those over two articles that are not part of the project
only with the folder that holds them. Every turn is printed: asked, searched for,
answered; then how many conversations ended right. `--without-model` takes the
best note for what the model would write, to see searches alone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from question_sets import Row, contains, read_rows

from index.reading import ReadOptions
from rag import Answer, Assistant, Settings
from rag.language_model import Generation, LanguageModel, Prompt

CONVERSATIONS = Path(__file__).parent.parent / "tests" / "data" / "conversations.jsonl"


class FirstNote:
    """Stands in for a language model: repeats the first note, and rewrites no question."""

    name = "first note"

    def count_tokens(self, text: str) -> int:
        """Estimate four characters a token."""
        return len(text) // 4

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Yield the first line that is a note."""
        notes = [line[2:] for line in prompt.variable.splitlines() if line.startswith("- ")]
        yield notes[0] if notes else ""
        yield Generation(0, max_tokens, truncated=False)

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


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, help="folder with the articles of the others")
    parser.add_argument("--without-model", action="store_true")
    arguments = parser.parse_args()
    rows = read_rows(CONVERSATIONS)
    model: LanguageModel | None = FirstNote() if arguments.without_model else None
    right = 0
    asked = 0
    for articles in ("samples", "seeds"):
        if articles == "seeds" and not arguments.articles:
            continue
        with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
            settings = replace(Settings.from_environment(), home=Path(folder))
            with Assistant(settings, language_model=model) as assistant:
                if articles == "seeds":
                    assistant.add(arguments.articles, options=ReadOptions(date_order="DMY"))
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
