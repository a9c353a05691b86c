"""Splits a text into sentences with exact offsets; knows nothing of articles or questions.

Rules, not a model: a full stop ends a sentence unless it belongs to an
abbreviation, an initial, a number, or an ellipsis; a closing quotation mark
belongs to the sentence that it closes, and so does the speaker who follows it
(`"What a day!" the mayor said.` is one sentence). A paragraph ends a sentence,
except where it visibly breaks one in two.
"""

from __future__ import annotations

import re
import unicodedata

from index.types import Span

__all__ = ["split_sentences"]

_LONGEST = 700
"""Characters after which a run without any sentence end is cut, at a space where there is one."""

# Abbreviations that a name or a number follows: never the end of a sentence.
_BEFORE_NAME = frozenset(
    "adm asst brig capt cmdr col cpl dr drs fr gen gov hon lt maj messrs mlle mme mr mrs ms mt "
    "mx no nos pres prof rep reps rev sen sens sgt sr sra ste st supt vs fig figs p pp vol art "
    "approx ca cf eg e.g i.e ie viz".split()
)
# Abbreviations that may also end a sentence: they do only before a word that
# usually begins one.
_MAY_END = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "inc ltd co corp bros plc jr etc al est dept univ assn ave blvd rd ft in lb lbs oz hr hrs min "
    "a.m p.m am pm u.s u.k u.n e.u u.s.a d.c n.y calif conn fla ill mass mich minn pa tex va wash "
    "ph.d b.a m.a m.d".split()
)
_STARTERS = frozenset(
    "a after all also although an and as at because before both but by despite during each even "
    "every few first for from he her here his how however i if in it its last later many "
    "meanwhile more most mr mrs ms my no not now of on once one only or our over she since so some "
    "still such that the their then there these they this those though through thus to today two "
    "under until we what when where which while who why with yet you".split()
)
_SPEECH = (
    r"(?:said|says|say|asked|asks|added|adds|told|tells|wrote|writes|tweeted|posted|replied|"
    r"answered|warned|shouted|cried|declared|insisted|explained|noted|continued|recalled|"
    r"joked|argued|admitted|announced|exclaimed|chanted|remarked|urged)\b"
)
# What may stand between a closed quotation and its verb of speech: a name or "the mayor".
_SPEAKER = re.compile(
    r"\s+(?:(?:[^\W\d_][\w.'’-]*|,)\s*){0,7}?" + _SPEECH,
)
_END = re.compile(r"[.!?…]+|[。！？｡]+|।")
_CLOSERS = "\"'”’»)]}›」』"
_OPENERS = "\"'“‘«([{‹「『¿¡—–-"
_BREAK = re.compile(r"[ \t]*\n[ \t]*(?:\n\s*)?")
_BULLET = re.compile(r"(?:[-*•·–—]|\d{1,2}[.)])\s")
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]\.)*[^\W_]+$")
_OPEN_END = re.compile(r"[.!?…:;。！？|]\W*$")


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text in order, without the white space around them.

    The spans do not overlap, none is empty or blank, and every character that
    is not white space lies in one.

    >>> [text[s.start:s.end] for s in split_sentences(text := "He left the U.S. in 2019. Why?")]
    ['He left the U.S. in 2019.', 'Why?']
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        position = start
        for cut in _cuts(text, start, end):
            _append(spans, text, position, cut)
            position = cut
        _append(spans, text, position, end)
    return tuple(spans)


def _blocks(text: str) -> list[tuple[int, int]]:
    """Cut the text at paragraph ends and at lines that stand alone (titles, list items)."""
    blocks: list[tuple[int, int]] = []
    start = line = 0
    for gap in _BREAK.finditer(text):
        before = text[max(line, gap.start() - 80) : gap.start()].rstrip()
        after = text[gap.end() : gap.end() + 8]
        line_length = gap.start() - line
        line = gap.end()
        if not before or not after:
            continue
        complete = _OPEN_END.search(before) is not None
        if "\n" in gap.group().strip(" \t")[1:]:
            # An empty line: a new paragraph, unless a sentence visibly runs on.
            if not complete and after[0].islower():
                continue
        elif not _BULLET.match(after) and (
            complete or line_length > 50 or before[-1] in ",-" or not after[0].isupper()
        ):
            continue  # an ordinary wrapped line; its sentences are found by their ends
        blocks.append((start, gap.start()))
        start = gap.end()
    blocks.append((start, len(text)))
    return blocks


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Return the positions inside one block at which a new sentence begins."""
    cuts: list[int] = []
    for match in _END.finditer(text, start, end):
        stop = match.end()
        while stop < end and text[stop] in _CLOSERS:
            # An apostrophe or quotation mark that opens the next word closes nothing.
            if stop + 1 < end and text[stop + 1].isalnum():
                break
            stop += 1
        if stop >= end:
            break
        mark = match.group()
        if mark[0] in "。！？｡।" or (
            text[stop].isspace() and _ends_sentence(text, match.start(), mark, stop, start, end)
        ):
            cuts.append(stop)
    return cuts


def _ends_sentence(text: str, mark_at: int, mark: str, stop: int, start: int, end: int) -> bool:
    """Decide whether the mark at `mark_at`, closed at `stop`, ends its sentence."""
    following = text[stop : stop + 80].lstrip()
    first = following.lstrip(_OPENERS)[:1]
    if not first or first.islower() or first in ",;:":
        return False
    if stop > mark_at + len(mark) and _SPEAKER.match(text[stop : min(end, stop + 120)]):
        return False  # "…!" the minister said
    if mark != ".":
        return True
    word_match = _WORD_BEFORE.search(text[max(start, mark_at - 24) : mark_at])
    if word_match is None:
        return True
    word = word_match.group()
    lowered = word.casefold()
    if lowered in _BEFORE_NAME:
        # "No. 5" is a number; "I said no. He left." is an answer.
        return lowered in ("no", "art", "fig", "p") and not first.isdigit()
    if len(word) == 1 and word.isupper():
        return word == "I" and _starts_sentence(following)  # an initial: J. K. Rowling
    if lowered in _MAY_END or "." in word:
        return _starts_sentence(following) or following[:1] in '"“«'
    return True


def _starts_sentence(following: str) -> bool:
    word = re.match(r"[^\w]*([^\W\d_]+)", following)
    return word is not None and word.group(1).casefold() in _STARTERS and not following[0].isdigit()


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    """Add `text[start:end]` without its outer white space, cut where it is too long."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST:
        cut = _soft_cut(text, start, start + _LONGEST)
        stop = cut
        while text[stop - 1].isspace():
            stop -= 1
        spans.append(Span(start, stop))
        start = cut
        while text[start].isspace():
            start += 1
    if end > start:
        spans.append(Span(start, end))


def _soft_cut(text: str, start: int, limit: int) -> int:
    """Return a place to cut in (start, limit]: after a space if any, never inside a letter."""
    for position in range(limit, start + _LONGEST // 2, -1):
        if text[position - 1].isspace():
            return position
    while limit > start + 1 and (
        unicodedata.combining(text[limit]) or text[limit] in "\u200d\ufe0f"
    ):
        limit -= 1
    return limit
