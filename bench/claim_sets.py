"""Reads data sets of claims with evidence, and picks the sentences to check each claim against."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from question_sets import read_rows

from index.embed.embedder import Embedder
from rag.english.vocabulary import content_stems

__all__ = ["LabelledClaim", "choose_sentences", "folds", "highest_cosine", "read_claims"]


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim, the sentences that may support it, and whether they do."""

    text: str
    sentences: tuple[str, ...]
    supported: bool
    group: str
    """Claims of one group share a page, and must not be on both sides of a split."""


def read_claims(folder: Path) -> list[LabelledClaim]:
    """Read WiCE (`claims.jsonl`) or SciFact (`docs.jsonl`, `evidence_train.jsonl`, ...)."""
    if (folder / "claims.jsonl").is_file():
        return [
            LabelledClaim(
                row["claim"],
                tuple(row["evidence"]),
                row["label"] == "supported",
                row["meta"]["claim_title"],
            )
            for row in read_rows(folder / "claims.jsonl")
        ]
    texts = {row["id"]: row["text"] for row in read_rows(folder / "queries_train.jsonl")}
    pages = {row["id"]: row for row in read_rows(folder / "docs.jsonl")}
    labels = {
        (row["qid"], row["docid"]): row["label"]
        for row in read_rows(folder / "evidence_train.jsonl")
    }
    # Abstracts that a claim cites although they say neither yes nor no are among the rest.
    cited = [(row["qid"], row["docid"]) for row in read_rows(folder / "qrels_train.jsonl")]
    return [
        LabelledClaim(
            texts[claim],
            (pages[page]["title"], *pages[page]["sentences"]),
            labels.get((claim, page)) == "SUPPORT",
            page,
        )
        for claim, page in sorted({*labels, *cited})
        if claim in texts and page in pages
    ]


def choose_sentences(claim: LabelledClaim, most: int) -> list[str]:
    """Pick the sentences that hold most of a claim together, in their order on the page.

    Greedy: each next one adds the most of the claim's words, weighted by their
    rarity on the page. Choosing by cosine as well costs .13 of F1 on WiCE: what
    is similar is often not what holds the rest of the claim.
    """
    wanted = content_stems(claim.text)
    held = [set(content_stems(sentence)) & wanted.keys() for sentence in claim.sentences]
    counts = Counter(stem for stems in held for stem in stems)
    rarity = {s: math.log(1 + len(held) / (1 + counts[s])) for s in wanted}
    candidates = list(range(len(held)))
    chosen: list[int] = []
    known: set[str] = set()
    while candidates and len(chosen) < most:
        best = max(candidates, key=lambda i: sum(rarity[s] for s in held[i] - known))
        candidates.remove(best)
        chosen.append(best)
        known |= held[best]
    return [claim.sentences[i] for i in sorted(chosen)]


def highest_cosine(claim: LabelledClaim, sentences: Sequence[str], embedder: Embedder) -> float:
    """Return the cosine of a claim and the sentence that is most similar to it."""
    vectors = embedder.embed([claim.text, *sentences])
    return float(np.max(vectors[1:] @ vectors[0]))


def folds(claims: Sequence[LabelledClaim], number: int, seed: int) -> list[list[int]]:
    """Deal the groups out in random order, so that the folds are about equally large."""
    groups = sorted({claim.group for claim in claims})
    order = np.random.default_rng(seed).permutation(len(groups))
    dealt: list[list[int]] = [[] for _ in range(number)]
    members: dict[str, list[int]] = {}
    for index, claim in enumerate(claims):
        members.setdefault(claim.group, []).append(index)
    for place in order:
        min(dealt, key=len).extend(members[groups[place]])
    return dealt
