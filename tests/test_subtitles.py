"""Subtitles: cues joined to sentences, with the time where each paragraph begins."""

import io

import pytest

from index.errors import ReadError
from index.reading.articles import ReadArticle, articles_in
from index.reading.draft import Draft
from index.reading.formats import format_of
from index.reading.plain.subtitles import drafts_from_subtitles

SRT = """\ufeff1
00:00:01,000 --> 00:00:03,500 X1:40 X2:600
{\\an8}<i>The ferry\\Nto Moss</i>

2
00:00:03,500 --> 00:00:06,000
sails again on Monday.
3
00:00:06,000 --> 00:00:08,000
- Who says so?
- The harbour master &amp; his crew.

4
01:02:05,000 --> 01:02:07,000
An hour later it rained.
"""
VTT = """WEBVTT Kind: captions

STYLE
::cue { color: red }

NOTE checked by Ana

intro
00:01.000 --> 00:02.000 align:start
<v.loud Ana Ruiz>The bridge <00:01.500><c>is</c>

00:02.000 --> 00:02.010
The bridge is

00:02.010 --> 00:04.000
The bridge is
closed.

00:04.000 --> 00:05.000
<v Bo>Until May?
"""


def read(text: str) -> Draft:
    data = text.encode()
    assert format_of(data, "as.txt").name == "subtitles"  # type: ignore[union-attr]
    [draft] = drafts_from_subtitles(io.BytesIO(data))
    return draft


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_cues_of_subrip_are_joined_to_sentences(ends: str) -> None:
    draft = read(SRT.replace("\n", ends))
    assert draft.text.split("\n\n") == [
        *("0:01", "The ferry to Moss sails again on Monday."),
        *("0:06", "Who says so?"),
        *("0:06", "The harbour master & his crew."),
        *("1:02:05", "An hour later it rained."),
    ]
    opened = io.BytesIO(SRT.encode())
    [article] = articles_in(opened, "Ferry to Moss.srt")
    assert isinstance(article, ReadArticle)
    assert article.document.title == "Ferry to Moss"


def test_voices_of_webvtt_are_named_and_what_rolls_is_said_once() -> None:
    assert read(VTT).text.split("\n\n") == [
        *("0:01", "Ana Ruiz: The bridge is closed."),
        *("0:04", "Bo: Until May?"),
    ]


def test_who_speaks_in_a_meeting_is_named_once_and_what_is_heard_is_not_said() -> None:
    cues = ("Ana Ruiz: The tunnel", "Ana Ruiz: is shut.", "[Music]", "BO: Why? (He laughs)")
    written = "\n\n".join(f"00:0{n}.000 --> 00:0{n}.900\n{cue}" for n, cue in enumerate(cues))
    assert read(f"WEBVTT\n\n{written}\n").text.split("\n\n") == [
        *("0:00", "Ana Ruiz: The tunnel is shut."),
        *("0:03", "BO: Why? (He laughs)"),
    ]


def test_what_is_said_in_brackets_and_the_place_of_each_piece_of_news_stay() -> None:
    for told in (
        ["(Yes, we shut it in May.)", "London: three were held.", "London: two were freed."],
        ["(we shut it in the second week of May)", "Rome: Wet, wet."],
    ):
        written = "\n\n".join(f"00:0{n}.000 --> 00:0{n}.900\n{cue}" for n, cue in enumerate(told))
        text = read(f"WEBVTT\n\n{written}\n\n00:09.000 --> 00:09.900\n(crowd cheers)\n").text
        assert text.split("\n\n")[1::2] == told


def test_subtitles_that_break_off_or_say_nothing() -> None:
    assert read(SRT[:90]).text == "0:01\n\nThe ferry to Moss"
    with pytest.raises(ReadError, match=r"^subtitles without words"):
        read("WEBVTT\n\n00:01.000 --> 00:02.000\n♪\n")
