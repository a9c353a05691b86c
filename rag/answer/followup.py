"""Understands what is said in a conversation: a question, put so that it stands alone, or thanks.

Rules only where they leave no choice; else the language model rewrites, and is checked; else
the question before is put in front, once. Knows nothing of search.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from index.errors import ModelError
from rag.answer.conversation import Turn, asked_alone, asked_last, leading_question
from rag.answer.question import in_other_letters, seems_english
from rag.answer.references import ABOUT, filled_in, names_in, open_pronouns, resolved
from rag.answer.rewriting import rewritten
from rag.english.kinds import kind_of
from rag.english.questions import ASKS, QUESTION_WORD, asked_anew, ordered
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, words
from rag.language_model import LanguageModel
from rag.types import Answer

__all__ = ["FollowUp", "Said", "understand"]

_log = logging.getLogger(__name__)

Said = Literal["question", "thanks", "more", "who"]
"""A question, a courtesy that asks nothing, a wish for more of the same, or a bare name."""

_LONGEST_BEFORE = 300
"""Characters of the question before that are put in front of one that leans on it."""
_COURTESIES = frozenset(
    """thanks thank thx ok okay yes yeah yep no nope great good nice cool perfect fine wow hello hi
    hey bye goodbye cheers alright sure understood interesting excellent awesome sorry please
    brilliant super wonderful welcome all right help helpful answer""".split()
)
_GREETING = re.compile(r"\bgood (?:morning|afternoon|evening|day)\b|^(?:hello|hi|hey)\b", re.I)
_TO_IT = re.compile(r"(?:who|what|how)\s+(?:are|can|do)\s+you\b", re.IGNORECASE)
_MORE = frozenset("more continue else going go on".split())
"""One of these asks for more of the same, in a wish that has no other words than these."""
_AROUND_MORE = _MORE | frozenset(
    """please and yes ok okay can could you so tell give show me us some any a bit say carry keep
    what anything is there then details information of it that this the same about to""".split()
)
_JOINED_BY = re.compile(
    r"^(?:\W*\b(?:ok|okay|yes|no|sorry|i meant?|thanks|thank you|great|and|but|so|or|also|then)\b"
    r"[\s,.!:]*)+",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"(?:the\s+.*|[A-Z.]{2,})$")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What was said, and what is to be searched for because of it."""

    text: str
    """What is searched for: a question that stands on its own, or one that could not be made to,
    after the question before it. For a courtesy what was said."""
    kind: Said = "question"
    asked: str = ""
    """What the passages are asked, where the text has the question before in front: the last one
    alone, unless that has no matter of its own. Otherwise empty."""
    before: str = ""
    """The question before, where one that stands alone names nothing and may yet go on from it."""
    reply: str = ""
    """What to say to a courtesy, for which nothing is searched."""

    @property
    def last(self) -> str:
        """The question that is to be answered, without the one it leans on where it can be."""
        return self.asked or self.text


def understand(
    text: str, history: Sequence[Answer], get_model: Callable[[], LanguageModel] | None
) -> FollowUp:
    """Return what is to be searched for.

    Args:
        text: what was said, not empty.
        history: earlier answers, oldest first.
        get_model: called only where a question refers to what no rule can name; None for never.

    >>> peru = Answer("Did Peru sign the statement?", "Did Peru sign the statement?", "It did.")
    >>> understand("And Mexico?", [peru], get_model=lambda: None).text
    'Did Mexico sign the statement?'
    """
    text = " ".join(text.split())
    history = [answer for answer in history if not _is_courtesy(answer.question)]
    plain = text.strip(" ?.!,;:…")
    if _is_courtesy(text):
        return FollowUp(text, "thanks", reply=_reply(text))
    said = set(words(text))
    if said & _MORE and said <= _AROUND_MORE:
        return _more(text, history)
    if _is_foreign(text):
        return FollowUp(text)
    if (name := _bare_name(plain)) and ordered(text) == text and kind_of(text) == "fact":
        return FollowUp(f"{'What' if _ACRONYM.match(name) else 'Who'} is {name}?", "who")
    if not history:
        return FollowUp(text)
    return _question(text, history, get_model)


def _is_courtesy(text: str) -> bool:
    if ASKS.match(text) and open_pronouns(text):  # "What can you tell me about him?"
        return False
    said = set(words(_GREETING.sub("hello", text)))
    to_it = bool(_TO_IT.match(text)) and not content_stems(text)
    small = said <= _COURTESIES | FUNCTION_WORDS and not QUESTION_WORD.search(text)
    return to_it or (small and bool(said & _COURTESIES))


def _reply(text: str) -> str:
    if {"thanks", "thank", "thx", "cheers"} & set(words(text)):
        return "You’re welcome."
    if re.search(r"\byou sure\b", text, re.IGNORECASE):
        return "What is shown stands in the articles: open a citation to see it there."
    said = "Hello." if _GREETING.search(text) else "All right."
    return f"{said} Ask whatever you would like to know from the articles."


def _more(text: str, history: Sequence[Answer]) -> FollowUp:
    """Go on from the newest answer that showed something."""
    shown = [answer for answer in history if answer.citations]
    if not shown:
        return FollowUp(text, "thanks", reply="There is nothing to go on from yet: ask a question.")
    return FollowUp(shown[-1].searched, "more")


def _bare_name(plain: str) -> str | None:
    """Return a name that was said and nothing else."""
    names = names_in(f"– {plain}")
    only = re.fullmatch(r"(?:the\s+)?(.+)", plain, re.IGNORECASE)
    if only is None or [name.group() for name in names] != [only[1]]:
        return None
    return only[1] if only[1] == plain else f"the {only[1]}"


def _is_foreign(text: str) -> bool:
    """Say whether a whole question is in another language or script than English."""
    english = seems_english(text) or _bare_name(text.strip(" ?.!"))
    return in_other_letters(text) or text[0] in "¿¡" or not english


def _question(
    text: str, history: Sequence[Answer], get_model: Callable[[], LanguageModel] | None
) -> FollowUp:
    turns = [Turn.of(answer) for answer in history]
    last = turns[-1]
    begun = _JOINED_BY.match(text)
    bare = text[begun.end() :] if begun else text
    plain = bare.strip(" ?.!,;")
    # What could not be made to stand alone before gives nothing to fill in.
    before, head = asked_alone(history[-1]), leading_question(history)
    said = ABOUT.sub("", plain).strip()
    if before == history[-1].searched and (found := filled_in(said, last.question)):
        return FollowUp(_sentence(found))
    whole = resolved(bare, turns)
    if whole is not None and not _leans(whole, begun=bool(begun)):
        if whole != text:
            return FollowUp(_sentence(whole))
        return FollowUp(text, before="" if names_in(text) else head)
    leans = open_pronouns(bare) or (content_stems(bare) and not ASKS.search(said))
    if leans and get_model:
        try:
            written = rewritten(bare if ASKS.search(plain) else text, last, get_model())
        except ModelError as error:
            _log.warning("a follow-up was not rewritten: %s", error)
            written = None
        if written:
            return FollowUp(written)
    both = f"{head[:_LONGEST_BEFORE].strip()} {text}"
    if content_stems(text) or open_pronouns(bare):
        return FollowUp(both, asked=text)
    if not said:  # "And then?"
        return FollowUp(both, asked=both)
    # "From whom?" tells the reader nothing, and of two questions it answers the other one.
    return FollowUp(both, asked=_sentence(asked_anew(said, asked_last(history[-1]))))


def _leans(question: str, *, begun: bool) -> bool:
    """Say whether a question cannot be understood without the one before."""
    named = bool(names_in(question))
    if begun or ABOUT.match(question):
        return not (named and ASKS.search(ABOUT.sub("", question)))
    whole = named or re.match(
        r"what\s+(?:is|are)\s+(?:the\s+|an?\s+)?\w+\W*$", question, re.IGNORECASE
    )
    return bool(open_pronouns(question)) or (len(content_stems(question)) < 2 and not whole)


def _sentence(text: str) -> str:
    text = " ".join(text.split()).rstrip(" ?.!,;")
    return f"{text[:1].upper()}{text[1:]}?"
