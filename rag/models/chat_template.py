"""Cuts a model's chat template into the pieces around the two halves of a prompt.

Knows how templates are written; knows nothing of tokens or models. The pieces are
the template's own text, in which special tokens count; what stands between them
is text of articles and people, in which they must not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["CHATML", "Frame", "make_frame"]

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""Used for a model that brings no template."""

_FIXED, _VARIABLE = "BylineFixedHalf", "BylineVariableHalf"


@dataclass(frozen=True, slots=True)
class Frame:
    """A prompt is `before + fixed + between + variable + after`."""

    before: str
    between: str
    after: str


def make_frame(template: str, bos_token: str, eos_token: str) -> Frame:
    """Render a template around two marks and cut it there.

    The fixed half goes into the system message, which also keeps a template from
    putting in one of its own (Qwen's costs 20 tokens); where the template knows no
    system message, both halves go into the user's.

    Args:
        template: Jinja source, as in the metadata `tokenizer.chat_template`.
        bos_token: Text of the token that begins a text.
        eos_token: Text of the token that ends one.

    Raises:
        ValueError: the template cannot be rendered with either.
    """
    from jinja2 import TemplateError
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    def render(*messages: tuple[str, str]) -> str:
        typed = [{"role": role, "content": content} for role, content in messages]
        prompt: str = formatter(messages=typed).prompt
        return prompt

    try:
        formatter: Any = Jinja2ChatFormatter(template, eos_token=eos_token, bos_token=bos_token)
    except TemplateError as error:
        raise ValueError(f"its chat template is broken ({error})") from error
    # A template that writes today's date would answer differently tomorrow.
    formatter.strftime_now = datetime(2024, 7, 26).strftime
    for messages in (
        [("system", _FIXED), ("user", _VARIABLE)],
        [("user", _FIXED + "\n" + _VARIABLE)],
    ):
        try:
            text = render(*messages)
        except (TemplateError, ValueError, TypeError, KeyError):
            continue
        before, fixed, rest = text.partition(_FIXED)
        between, variable, after = rest.partition(_VARIABLE)
        # Some templates drop the system message without a word.
        if fixed and variable and _FIXED not in after and _VARIABLE not in before + after:
            return Frame(before, between, after)
    raise ValueError("its chat template takes no user message")
