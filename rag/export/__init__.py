"""Answers and conversations as files to take along: Markdown, HTML, Word.

Works on what `rag.types.Answer.to_json` returns, so that kept conversations can be exported
after their articles are gone.
"""

from rag.export.files import ENDINGS, check_ending, exported

__all__ = ["ENDINGS", "check_ending", "exported"]
