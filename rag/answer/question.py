"""Makes a text into a question that can be asked, or says why it cannot."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from index.errors import QuestionError
from rag.english.kinds import kind_of
from rag.english.names import NO_NAMES
from rag.english.questions import ASKS, AUXILIARY
from rag.english.sentences import tells_of_past

if TYPE_CHECKING:
    from index.store import Store

__all__ = [
    "LONGEST",
    "as_articles_spell",
    "clean_question",
    "in_other_letters",
    "names_nobody",
    "questions_in",
    "seems_english",
]

LONGEST = 2000
"""Characters; a longer text is a document and not a question."""


def clean_question(text: str) -> str:
    """Return the question on one line, without control characters.

    Raises:
        QuestionError: it is empty, too long, or no text.
    """
    if not isinstance(text, str):
        raise QuestionError(f'a question is a text, as in ask("Who won?"), and not {text!r:.40}')
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise QuestionError("the question holds bytes that are no text; send it as UTF-8")
    # Of letters whose accents stand apart, no pattern of names would hold.
    whole = unicodedata.normalize("NFC", text)
    visible = "".join(" " if unicodedata.category(c) == "Cc" else c for c in whole)
    question = " ".join(visible.split())
    if not any(character.isalnum() for character in question):
        raise QuestionError('the question is empty; ask something, as in: ask "Who won?"')
    if len(question) > LONGEST:
        raise QuestionError(
            f"the question has {len(question):,} characters; ask it in at most {LONGEST:,}"
        )
    return question


_MOST_QUESTIONS = 8
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_VERB = re.compile(rf"\b{AUXILIARY}\b", re.IGNORECASE)
_BEGUN = re.compile(rf"(?:[a-z]{{2,4}} )?(?:{ASKS.pattern})", re.IGNORECASE)
_NEXT = re.compile(
    rf"\?\s+(?:(?:and|but|or|so|also|then)\b[,\s]*)?(?={_BEGUN.pattern})", re.IGNORECASE
)
_AND = re.compile(
    r",? and (?=(?:who|(?:(?:at|by|for|from|in|of|on|to|with) (?!wh\w+ (?:he|she|it|they|we)\b))?"
    rf"(?:whom?|what|when|where|why|which|how)(?: \w+){{0,2}}? {AUXILIARY})\b)",
    re.IGNORECASE,
)


def questions_in(text: str) -> list[str]:
    """Return the questions that a text asks, one after the other or joined by "and".

    >>> questions_in("Who signed it and when was it signed? And how many died?")
    ['Who signed it?', 'When was it signed?', 'How many died?']
    >>> questions_in("Who won? Norway?"), questions_in("How and when did it end?")
    (['Who won? Norway?'], ['How and when did it end?'])
    """
    asked = []
    quoted = any("?" in quote for quote in _QUOTED.findall(text))
    for part in [text] if quoted else _NEXT.split(text):
        halves = _AND.split(part)
        # "How and when", and "Which men and which women", have one verb.
        whole = all(_VERB.search(half) or tells_of_past(half) for half in halves[:-1])
        # What kind a single question is of is asked later, and once.
        several = len(halves) > 1 and whole and _BEGUN.match(part) and kind_of(part) == "fact"
        asked += halves if several else [part]
    if not (ASKS.search(asked[0]) and 1 < len(asked) <= _MOST_QUESTIONS):
        return [text]
    return [f"{part[:1].upper()}{part[1:].rstrip(' ?.!')}?" for part in asked]


_ENGLISH = frozenset(
    "the of and to is are was were be been did do does has have had can could will would should "
    "who whom whose what which when where why how that this these those from with for about "
    "it may might mean meant all list show tell give compare".split()
)


def in_other_letters(text: str) -> bool:
    """Say whether most letters of a text are of another script than English is written in."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return latin < len(letters) / 2


def seems_english(question: str) -> bool:
    """Say whether a question holds a word that English questions have and few languages share.

    Only good for a hint: what is searched for does not depend on it.
    """
    if in_other_letters(question):
        return False
    found = question.casefold().replace("?", " ").split()
    return len(found) < 3 or not _ENGLISH.isdisjoint(found)


_NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]{4,}\b")
"""Of fewer letters, too many words are one letter apart."""
_NAMED = re.compile(r"(?<![\w.])[^\W\d_a-z](?=[^\W\d_]*[a-z])[^\W\d_]{3,}(?![\w.])")
_MADE = re.compile(r"(?:[ei]?ans?|ese|ish|m[ae]n)$")
_LONGER = 2
"""Letters by which words whose stems are one letter apart may differ in length."""
_HEADLINE_WORDS = frozenset("a an and as at but by for from in of on or the to with".split())
"""What is written small in a headline too."""


def as_articles_spell(question: str, store: Store) -> str:
    """Return a question with each name that the articles lack spelled as the nearest they have.

    Args:
        question: it stands on its own.
        store: the articles.
    """
    changed = question
    for match in reversed(list(_NAME.finditer(question))):
        name = match.group()
        if match.start() and not store.chunk_frequencies([name])[0]:
            near = [
                word
                for word in store.near_words(name)
                if _NAME.match(word) and abs(len(word) - len(name)) <= _LONGER
            ]
            changed = changed[: match.start()] + (near or [name])[0] + changed[match.end() :]
    return changed


def names_nobody(question: str, store: Store) -> bool:
    """Say whether a question is about a person or place that no article names, as in "of Paris".

    So it is where none of its words, in another script than English, stands in an article.
    Acronyms, and words made of the names of places, may be told in other words.

    Args:
        question: as `as_articles_spell` returns it.
        store: the articles.
    """
    if in_other_letters(question):  # What the embedder finds for it has nothing to do with it.
        return not store.search_lexical(question, 1)
    small = (word for word in question.split()[1:] if word[0].islower())
    if _HEADLINE_WORDS.issuperset(small):
        return False  # a headline, whose capitals tell nothing
    found = (match.group() for match in _NAMED.finditer(question) if match.start())
    told = (name for name in found if name.casefold().rstrip("s") not in NO_NAMES)
    return any(not _MADE.search(name) and not store.search_lexical(name, 1) for name in told)
