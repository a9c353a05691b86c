"""Prompts are files, and what they need is checked when they are loaded."""

from __future__ import annotations

import pytest

from prompts import load_prompt


def test_the_prompts_load_with_what_the_code_gives_them() -> None:
    rewriting = load_prompt("followup", ("before", "answer", "question"))
    assert "And Peru?" in rewriting.substitute(before="Who?", answer="He.", question="And Peru?")
    assert load_prompt("followup_instructions").template.strip()


@pytest.mark.parametrize("variables", [(), ("question",), ("before", "answer", "question", "date")])
def test_a_missing_or_unknown_variable_is_an_error_at_once(variables: tuple[str, ...]) -> None:
    has = r"prompt followup: has variables \['answer', 'before', 'question'\]"
    with pytest.raises(ValueError, match=has):
        load_prompt("followup", variables)


def test_there_is_no_such_prompt() -> None:
    with pytest.raises(FileNotFoundError):
        load_prompt("none")


def test_what_is_put_in_is_not_read_as_a_template() -> None:
    text = load_prompt("followup", ("before", "answer", "question")).substitute(
        before="costs $5, $question, ${answer}, $$", answer="", question="$before?"
    )
    assert "costs $5, $question, ${answer}, $$" in text
    assert "$before?" in text
