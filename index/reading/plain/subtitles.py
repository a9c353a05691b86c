"""Makes a draft of subtitles (SRT, WebVTT): what is said, in paragraphs, each below its time.

Cues are cut for the screen; here they are joined, so that sentences are whole. A new paragraph
begins where another person speaks, and after a pause. Knows nothing of the recording.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.encoding.decoding import decode
from index.text.storable import has_words

__all__ = ["SUBTITLES", "drafts_from_subtitles"]

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}")
SUBTITLES = re.compile(rf"\ufeff?\s*(?:WEBVTT\b|(?:\d+[ \t]*\r?\n)?{_CLOCK}[ \t]*-->)")
_COMMENT = re.compile(r"\s*(?:WEBVTT|NOTE|STYLE|REGION)\b")
_EMPTY = re.compile(r"\n[ \t]*\n")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?\s+([^<>]{1,100})>")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}|♪")
_NAME = re.compile(r"((?:[^\W\d_a-z][\w.'’-]{0,30} ?){1,4}): (?=\S)")
"""Who speaks, as programs that record meetings write it before each cue."""
_SOUND = re.compile(r"\[[^\[\]]{1,80}\]|\([^\s().!?…]{1,30}(?: [^\s().!?…]{1,30}){0,3}\)")
"""What is heard and not said, on a line of its own."""
_OTHER_SPEAKER = re.compile(r"(?:>>+|[-–—])\s*(?=\S)")
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*\Z")
_PAUSE = 3
"""Seconds."""
_PARAGRAPH, _LONGEST_PARAGRAPH = 500, 2_000
"""Characters after which a paragraph ends with the next sentence, and without any."""


@dataclass(slots=True)
class _Cue:
    start: int
    """In whole seconds, like `end`."""
    end: int
    lines: list[str] = field(default_factory=list)


def drafts_from_subtitles(file: BinaryIO) -> Iterator[Draft]:
    """Yield the draft of a file of subtitles.

    Raises:
        ReadError: If it is no text, or nothing is said in it.
    """
    decoded = decode(file.read())
    paragraphs = list(_paragraphs(decoded.text.replace("\\N", "\n")))
    if not paragraphs:
        raise ReadError("subtitles without words; there is nothing to read in it")
    text = "\n\n".join(f"{_clock(start)}\n\n{words}" for start, words in paragraphs)
    # What is said first is a greeting or half a thought: what a recording is called, its file says.
    yield Draft(text=text, title=None, clues=text, warnings=decoded.warnings)


def _cues(text: str) -> Iterator[_Cue]:
    """Yield the cues; lines before a time are its number or its name, and no words."""
    cue: _Cue | None = None
    for block in _EMPTY.split(text):
        if _COMMENT.match(block):
            continue
        lines = block.split("\n")
        times = [(at, match) for at, line in enumerate(lines) if (match := _TIMES.match(line))]
        if not times and cue and not lines[0].strip().isdecimal():
            cue.lines += lines
        ends = [at for at, _ in times[1:]] + [len(lines)]
        for (at, match), end in zip(times, ends):
            if cue:
                yield cue
            inner = lines[at + 1 : end]
            if end < len(lines) and inner and inner[-1].strip().isdecimal():
                inner.pop()  # the number of the next one, where the empty line is missing
            cue = _Cue(_seconds(*match.groups()[:3]), _seconds(*match.groups()[3:]), inner)
    if cue:
        yield cue


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield when each paragraph begins, in seconds, and its words."""
    start, words, last, voice, end = 0, "", "", "", 0
    cues = list(_cues(text))
    speakers = _speakers(cues)
    for cue in cues:
        for line in cue.lines:
            speaker = _VOICE.search(line)
            said = _shown(line)
            other = _OTHER_SPEAKER.match(said)
            said = said[other.end() :] if other else said
            # Captions that roll have the line before above each new one.
            if not has_words(said) or said == last or _SOUND.fullmatch(said):
                continue
            last = said
            if not speaker and (named := _NAME.match(said)):
                speaker, said = named, said[named.end() :]
                if speaker.group(1) not in speakers:
                    voice = ""  # it may be a place, of which each is told
            if speaker and speaker.group(1) != voice:
                voice, other = speaker.group(1), speaker
                said = f"{html.unescape(voice)}: {said}"
            ended = _ENDED.search(words) is not None
            rests = ended and (cue.start - end >= _PAUSE or len(words) > _PARAGRAPH)
            if words and (other or rests or len(words) > _LONGEST_PARAGRAPH):
                yield start, words
                words = ""
            start = start if words else cue.start
            words = f"{words} {said}".lstrip()
        end = cue.end
    if words:
        yield start, words


def _shown(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _speakers(cues: list[_Cue]) -> set[str]:
    """Return the names that stand before cues as those who speak: before most, and not one word.

    One word must come three times; "London: three were arrested." may come twice in the news.
    """
    matches = (_NAME.match(_shown(" ".join(cue.lines))) for cue in cues)
    names = Counter(match.group(1) for match in matches if match)
    if 2 * names.total() < len(cues):
        return set()
    return {name for name, count in names.items() if " " in name or count > 2}


def _seconds(hours: str | None, minutes: str, seconds: str) -> int:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)


def _clock(seconds: int) -> str:
    """Return a time as players show it.

    >>> _clock(7), _clock(3725)
    ('0:07', '1:02:05')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
