"""Measures answers on a data set of articles and questions: `python bench/answers.py DATA`.

DATA is a folder as in `bench/question_sets.py`. All its articles go into the
library, or those of `--articles`, and a sample of the questions is asked; with
`--articles` none can be answered. One table is printed; `--save` keeps every answer.

An answer *contains* the gold when the normalised gold occurs in the normalised
answer; *F1* is that of SQuAD. A citation *hits* when its article is a gold one
and its quote overlaps the gold span or holds the gold answer: *hits* of all
questions, *hits/ans.* of the answered ones. *article* and *art./ans.* are the shares
of them that cite a gold article. *cit. prec.* is the share of the claims
that pass the check anew, from their quotes alone: `rag/evaluation/scores.py`.
`--baseline extractive` answers with the best evidence sentence and never refuses.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

from question_sets import make_examples, read_articles, sample_questions
from running import add_options, measure, open_library, print_table

from rag.evaluation import Figure, Report


def share(values: Sequence[bool]) -> Figure:
    """Return the share of what is true, to be printed like the others."""
    return Figure("", "", sum(values) / len(values) if values else None, len(values))


def figures(report: Report) -> dict[str, object]:
    """Return the columns of the table."""
    results = report.results
    shown = [result.answer for result in results if not result.answer.refused]
    verbatim = [any(claim.verbatim for claim in answer.claims) for answer in shown]
    tokens = [answer.timing.prompt_tokens for answer in shown]
    return {
        "questions": len(results),
        "contains": report["contains"],
        "F1": report["token_f1"],
        "hits": share([bool(result.cites_gold) for result in results]),
        "hits/ans.": report["gold_hits"],
        "article": share([bool(result.cites_document) for result in results]),
        "art./ans.": report["document_hits"],
        "cit. prec.": report["citation_precision"],
        "refused": report["refused"],
        "verbatim": share(verbatim),
        "written": share([not all(c.verbatim for c in answer.claims) for answer in shown]),
        "words": report["words"],
        "median": report["seconds_median"],
        "p90": report["seconds_p90"],
        "tokens": f"{statistics.median(tokens):.0f}" if tokens else "–",
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl and questions.jsonl")
    parser.add_argument("--articles", type=Path, help="folder whose articles to use instead")
    parser.add_argument(
        "--limit", type=int, metavar="N", help="only N articles, and those that hold the answers"
    )
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="only questions of six words or more with a name after the first word",
    )
    add_options(parser, sample=100)
    options = parser.parse_args()

    folder = options.articles or options.data
    rows = sample_questions(
        options.data, options.sample, options.skip, options.seed, options.self_contained
    )
    needed = {id_ for row in rows for id_ in row.get("doc_ids") or [row["doc_id"]]}
    articles = read_articles(folder, limit=options.limit, keep=needed)
    with open_library(articles, folder.name, options) as (answerer, ids):
        report = measure(answerer, make_examples(rows, ids), options.save)
    print_table(options.baseline or "byline", figures(report))


if __name__ == "__main__":
    main()
