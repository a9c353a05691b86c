from __future__ import annotations

import pytest

from rag.english.kinds import needs_several


@pytest.mark.parametrize(
    "question",
    [
        "Why did they leave?",
        "And how did the talks end?",
        "How come he left?",
        "What happened to Unasur?",
        "Can you describe the plan?",
        "Explain how it works",
        "What caused the fire?",
    ],
)
def test_one_span_does_not_do(question: str) -> None:
    assert needs_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many people left?",
        "How long did it last?",
        "How old is he?",
        "Who urged Maduro not to be sworn in?",
        "Who was killed?",
        "When was it?",
        "What is the capital of Peru?",
        "What is it called?",
        "Who is the president of Peru?",
        "What year was it?",
        "Is it true?",
        "What did Mexico do?",
        "What did the mayor say about it?",
        "What is a quorum?",
        "",
    ],
)
def test_one_span_may_do(question: str) -> None:
    assert not needs_several(question)
