"""Prompts are files, and what they need is checked when they are loaded."""

from __future__ import annotations

import pytest

from prompts import load_prompt


def test_the_prompts_load_with_what_the_code_gives_them() -> None:
    answer = load_prompt("answer", ("notes", "question"))
    assert "- a note" in answer.substitute(notes="- a note", question="Who?")
    assert load_prompt("answer_instructions").template.strip()
    rewriting = load_prompt("followup", ("before", "answer", "question"))
    assert "And Peru?" in rewriting.substitute(before="Who?", answer="He.", question="And Peru?")
    assert load_prompt("followup_instructions").template.strip()


@pytest.mark.parametrize("variables", [(), ("notes",), ("notes", "question", "date")])
def test_a_missing_or_unknown_variable_is_an_error_at_once(variables: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"prompt answer: has variables \['notes', 'question'\]"):
        load_prompt("answer", variables)


def test_there_is_no_such_prompt() -> None:
    with pytest.raises(FileNotFoundError):
        load_prompt("none")


def test_what_is_put_in_is_not_read_as_a_template() -> None:
    text = load_prompt("answer", ("notes", "question")).substitute(
        notes="costs $5, $question, ${notes}, $$", question="$notes?"
    )
    assert "costs $5, $question, ${notes}, $$" in text
    assert "$notes?" in text
