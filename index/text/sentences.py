"""Splits a text into sentences with exact offsets; knows nothing of articles or questions.

Rules, not a model: a full stop ends a sentence unless it belongs to an
abbreviation, an initial, a number, or an ellipsis; a closing quotation mark
belongs to the sentence that it closes, and so does the speaker who follows it
(`"What a day!" the mayor said.` is one sentence). A paragraph ends a sentence,
except where it visibly breaks one in two. A dateline at the start of the text
stands alone.
"""

from __future__ import annotations

import re
import unicodedata

from index.types import Span

__all__ = ["split_sentences"]

_LONGEST = 700
"""Characters after which a run without any sentence end is cut, at a space where there is one."""

# Titles: never the end of a sentence. Without their capital they are words ("a sales rep").
_TITLES = frozenset(
    "adm asst atty brig capt cllr cmdr col cpl det dr drs fr gen gov hon insp lt maj messrs mlle "
    "mme mr mrs ms mt mx pres prof pvt rep reps rev sen sens sgt sr sra st ste supt".split()
)
# Never the end of a sentence either, with a capital or without.
_BEFORE_NAME = frozenset(
    "no nos est vs fig figs p pp sec vol art approx ca cf eg e.g i.e ie viz".split()
)
# Abbreviations that may also end a sentence: they do only before a word that
# usually begins one. Capitalised, or they are words ("the dog sat", "mass").
_MAY_END = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "inc ltd co corp bros plc jr dept univ assn ave blvd rd calif conn fla ill mass mich minn pa "
    "tex va wash".split()
)
# The same in small letters, and after a number only: "10 ft.", not "he came in."
_MEASURES = frozenset("am pm ft in lb lbs oz hr hrs min".split())
_STARTERS = frozenset(
    "a after all also although an and as at because before both but by despite during each even "
    "every few first for from he her here his how however i if in it its last later many "
    "meanwhile more most mr mrs ms my no not now of on once one only or our over she since so some "
    "still such that the their then there these they this those though through thus to today two "
    "under until we what when where which while who why with yet you".split()
)
# Capitalised behind an abbreviation, with a small letter after them, they begin a sentence too:
# nobody writes "U.N. Officials said" of officials of the U.N.
_PEOPLE = re.compile(
    r"(?:officials|police|authorities|prosecutors|investigators|lawmakers|diplomats|critics|"
    r"analysts|experts|scientists|researchers|witnesses|residents|protesters|organizers|"
    r"organisers|supporters|opponents|reporters|people)\s+[a-z]",
    re.IGNORECASE,
)
# "Washington, D.C. Rain fell": a place that is named with its state has a comma behind it where
# the sentence goes on, unless it tells which ("the Washington, D.C. council").
_PLACE = re.compile(
    r"\b([Tt]he |[Aa]n? )?(?:[A-Z][\w’'-]+ ){0,2}[A-Z][\w’'-]+, "
    r"(?:D\.C|N\.[CDHJMY]|S\.[CD]|R\.I|W\.Va|B\.C|P\.R)$"
)
_SINGLE_CAPITAL = re.compile(r"[A-Z][\w’'-]*\s+[a-z]")
# Names that are written with an exclamation mark.
_EXCLAIMED = re.compile(r"\b(?:Yahoo|Yum|Jeopardy|Joomla|Wham)$")
_SPEECH = (
    r"(?:said|says|say|asked|asks|added|adds|told|tells|wrote|writes|tweeted|posted|replied|"
    r"answered|warned|shouted|cried|declared|insisted|explained|noted|continued|recalled|"
    r"joked|argued|admitted|announced|exclaimed|chanted|remarked|urged)\b"
)
# What may stand between a closed quotation and its verb of speech: a name or "the mayor".
_SPEAKER = re.compile(r"\s+(?:(?:[^\W\d_][\w.'’-]*(?=[\s,])|,)\s*){0,7}?" + _SPEECH)
_END = re.compile(r"[.!?…]+|[。！？｡]+|।")
_CLOSERS = "\"'”’»)]}›」』"
_OPENERS = "\"'“‘«([{‹「『¿¡—–-"
_BREAK = re.compile(r"(?<![ \t])[ \t]*\n[ \t]*(?:\n\s*)?")
_BULLET = re.compile(r"(?:[-*•·–—]|\d{1,2}[.)])\s")
_LABEL = re.compile(r"\s*(?:\d{1,2}|[A-Z])")
_WORD_BEFORE = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.)*[^\W_]+$")
_AFTER_NUMBER = re.compile(r"\d\s*[^\W\d_]+$")
_OPEN_END = re.compile(r"[.!?…:;。！？|]\W*$")


# "LIMA — ", "CARACAS, Jan 10 (Reuters) - ", "(CNN) -- ": where and by whom, not what.
_DATELINE = re.compile(
    r"\s{0,9}(?:[A-Z][A-Z.'’ -]{2,40}(?:,? [A-Z][\w. ]{1,20}){0,2}(?: ?\([A-Z][\w./ ]{1,30}\))?"
    r"|\([A-Z][\w./ ]{1,30}\))\s{0,9}(?:--|[—–-])\s"
)


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text in order, without the white space around them.

    The spans do not overlap, none is empty or blank, and every character that
    is not white space lies in one.

    >>> text = "He left the U.S. in 2019. Why?"
    >>> [text[span.start : span.end] for span in split_sentences(text)]
    ['He left the U.S. in 2019.', 'Why?']
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        position = start
        dateline = _DATELINE.match(text, start, end) if start == 0 else None
        cuts = [*([dateline.end()] if dateline else ()), *_cuts(text, start, end), end]
        for cut, following in zip(cuts, [*cuts[1:], end]):
            # A lone "..." or "»" belongs to the sentence before it.
            if cut == end or any(map(str.isalnum, text[cut:following])):
                _append(spans, text, position, cut)
                position = cut
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
        if before[-1] in ".)" and _is_label(text, start, gap.start() - 1):
            continue  # the number of a list item, on a line of its own
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
    first = following.lstrip(_OPENERS + " ")[:1]
    if not first or first.islower() or first in ",;:":
        return False
    if mark == "!" and _EXCLAIMED.search(text[max(start, mark_at - 10) : mark_at]):
        return _starts_sentence(following)  # "Yahoo! Inc. sold it"; but: "Yahoo! He won."
    if mark != ".":
        # "…!" Minister Arreaza said; but: "…!" He said
        closed = stop > mark_at + len(mark) and not _starts_sentence(following)
        return not (closed and _SPEAKER.match(text[stop : min(end, stop + 120)]))
    if _is_label(text, start, mark_at):
        return False  # "1. Item"
    word_match = _WORD_BEFORE.search(text[max(start, mark_at - 24) : mark_at])
    if word_match is None:
        return True
    word = word_match.group()
    lowered = word.casefold()
    if word == "v":
        return False  # "Roe v. Wade"
    if lowered in _BEFORE_NAME and word != "P":  # a page is "p."; the capital is an initial
        # "No. 5" is a number; "I said no. He left." is an answer.
        return lowered in ("no", "art", "est", "fig", "p", "sec") and not first.isdigit()
    if lowered in _TITLES and word[0].isupper():
        return False
    if (
        "." in word
        or lowered in ("etc", "al")
        or (lowered in _MAY_END and word[0].isupper())
        or (word in _MEASURES and _AFTER_NUMBER.search(text[max(start, mark_at - 24) : mark_at]))
    ):
        if _starts_sentence(following) or following[:1] in '"“«' or _PEOPLE.match(following):
            return True
        place = _PLACE.search(text[max(start, mark_at - 60) : mark_at])
        return bool(place and place[1] is None and _SINGLE_CAPITAL.match(following))
    if len(word) == 1 and word.isupper():
        return _starts_sentence(following)  # an initial: J. K. Rowling; but: Malcolm X. He
    return True


def _is_label(text: str, start: int, end: int) -> bool:
    """Say whether a block has only the number or the letter of a list item before `end`."""
    return end - start <= 8 and _LABEL.fullmatch(text, start, end) is not None


def _starts_sentence(following: str) -> bool:
    """Say whether a text begins with a word that usually begins a sentence."""
    word = re.match(r"[^\w]*([^\W\d_]+)(\.?)", following)
    if word is None or following[0].isdigit() or (word.group(2) and len(word.group(1)) == 1):
        return False  # nothing, a number, or an initial: "A."
    return word.group(1).casefold() in _STARTERS


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
    """Return a place to cut in (start, limit]: after a space if any, else between letters."""
    for position in range(limit, start + _LONGEST // 2, -1):
        if text[position - 1].isspace():
            return position
    for position in range(limit, start + _LONGEST // 2, -1):
        joined = text[position - 1] == "\u200d" or text[position] in "\u200d\ufe0f"
        if not joined and not unicodedata.combining(text[position]):
            return position
    return limit
