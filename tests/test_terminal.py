"""Printing: what an article holds cannot drive the terminal, and JSON stays JSON."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import LIMA, answered, marked, refused
from index.scanned import ScannedLine
from index.types import Document
from rag.cli.terminal import answer_lines, clean, json_text, plain, show_log, status, styled
from rag.types import Answer, Citation, Claim, DayMeant, day_in_words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bcreset", "reset"),
        ("\x1b]0;no end\x1b[31m of it\nand", "of it and"),
        ("\x9b2Jeight bit", "2Jeight bit"),
        ("over\u202ewritten", "overwritten"),
        ("bell\x07 back\x08 null\x00", "bell back null"),
        ("bad name \udcff.txt", "bad name .txt"),
        ("two\nlines\tand  more\r\n", "two lines and more"),
        ("Málaga 日本 👩‍👩‍👧 e\u0301", "Málaga 日本 👩‍👩‍👧 e\u0301"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_strings_without_an_end_are_cleaned_in_no_time() -> None:
    begun = time.monotonic()
    assert clean("\x1b]" * 500_000 + "\nfoo", keep_lines=True) == "\nfoo"
    assert time.monotonic() - begun < 5


def test_a_traceback_cannot_drive_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_DEBUG", "1")
    before = [logging.getLogger(name).handlers for name in ("index", "rag")]
    try:
        show_log()
        fault = ValueError("first\x1b]0;title\x07\nsecond")
        logging.getLogger("index.reading").error("bad \x1b[2Jfile", exc_info=fault)
    finally:
        for name, handlers in zip(("index", "rag"), before, strict=True):
            logging.getLogger(name).handlers = handlers
    assert capsys.readouterr().err == "bad file\nValueError: first\nsecond\n"


def test_clean_can_keep_lines() -> None:
    assert clean("a\r\n\tb\x1b[2J\rc\n", keep_lines=True) == "a\n\tbc\n"


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_nothing_that_a_terminal_obeys_survives(text: str) -> None:
    kept = clean(text, keep_lines=True)
    assert not [c for c in kept if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"]
    kept.encode()


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_json_keeps_the_text_to_the_letter(text: str) -> None:
    printed = json_text({"quote": text})
    assert json.loads(printed) == {"quote": text}
    assert not [c for c in printed if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f"]
    printed.encode()


def test_days_are_written_so_that_no_two_can_be_confused() -> None:
    assert day_in_words(date(2019, 4, 1)) == "1 April 2019"
    assert day_in_words(None) == "undated"


def test_an_article_cannot_drive_the_terminal() -> None:
    evil = replace(LIMA, title="\x1b[2Jtitle", source="\x1b]0;x\x07BBC", url="http://\x9bx")
    citation = Citation(1, evil, 0, 6)
    answer = replace(answered(), claims=(Claim("It \x1b[1murged.", (citation,)),))
    assert "\x1b" not in plain(answer_lines(answer))
    assert "\x9b" not in plain(answer_lines(answer))


def test_one_mark_a_span_and_one_entry_a_number() -> None:
    one, two = Citation(1, LIMA, 0, 6), Citation(2, LIMA, 7, 12)
    claims = (Claim("A.", (one, two, one)), Claim("B.", (one,)))
    lines = plain(answer_lines(replace(answered(), claims=claims))).split("\n")
    assert lines[0] == "A. [1][2] B. [1]"
    assert [line[:3] for line in lines if line.startswith("[")] == ["[1]", "[2]"]


def test_the_words_that_answer_are_bold_and_the_rest_is_not() -> None:
    answer = marked()
    (_, parts), *_ = answer_lines(answer)
    assert parts == (
        ("Canada and a dozen Latin American governments", "bold"),
        (" urged Maduro not to be sworn in.", ""),
        (" [1]", "cyan"),
    )
    unmarked = replace(answer, claims=(replace(answer.claims[0], answer=None),))
    assert plain(answer_lines(answer)) == plain(answer_lines(unmarked))
    assert answer_lines(unmarked)[0][1][0] == (answer.text, "")


@given(st.text(st.sampled_from("a\x1b[31m\x07; ")), st.text(st.sampled_from("a\x1b[31m\x07; ")))
def test_a_mark_lets_through_nothing_that_cleaning_the_whole_would_not(one: str, two: str) -> None:
    text = " ".join(f"x {one}W{two} y".split())
    document = Document(text)
    at = text.index("W")
    citation = Citation(1, document, 0, len(text))
    for end in range(at + 1, len(text) + 1):
        for start in range(at + 1):
            words = " ".join(text[start:end].split())
            if not text.startswith(words, start):
                continue
            span = replace(citation, start=start, end=end)
            claim = Claim(text, (citation,), answer=span, answer_at=start)
            line = plain(answer_lines(Answer("Q?", "Q?", text, (claim,)))).split("\n")[0]
            assert line == f"{clean(text)} [1]"


def test_a_day_that_is_meant_stands_behind_it_muted() -> None:
    (claim,) = marked().claims
    days = (DayMeant(claim.text.index(" not"), " not", date(2019, 1, 4)),)
    explained = replace(marked(), claims=(replace(claim, days=days),))
    (_, parts), *_ = answer_lines(explained)
    assert parts[1:4] == (
        (" urged Maduro not", ""),
        (" [4 January 2019]", "dim"),
        (" to be sworn in.", ""),
    )


def test_a_courtesy_is_its_text() -> None:
    assert plain(answer_lines(Answer("Thanks!", "Thanks!", "You are welcome."))) == (
        "You are welcome."
    )


def test_on_a_terminal_it_is_wrapped_and_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "40", "TERM": "xterm", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = styled(answer_lines(answered()))
    assert "\x1b[" in shown
    assert max(len(clean(line)) for line in shown.split("\n")) <= 40
    assert shown.split("\n").count("") == 1
    assert " ".join(clean(shown).split()) == " ".join(plain(answer_lines(answered())).split())


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "40", "TERM": "xterm", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    shown = styled(answer_lines(answered()))
    assert "\x1b[3" not in shown  # No colour; bold and dim are no colours.


def test_a_markup_like_text_is_printed_as_it_is() -> None:
    answer = replace(refused(), text="No [bold]answer[/bold].")
    assert "[bold]answer[/bold]" in styled(answer_lines(answer))


class Screen(io.StringIO):
    """A terminal in memory."""

    def isatty(self) -> bool:
        return True


def test_a_person_sees_the_stage_the_draft_and_a_bar_for_what_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"COLUMNS": "80", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with status(quiet=False) as shown:
        shown.show("searching [bold]3[/bold] passages")
        for done in (300_000, 600_000, 1_000_000):
            shown.count("joining the parts", done, 1_000_000)
            time.sleep(0.15)
        shown.count("joining the parts", 200_000, 1_000_000)
        shown.draft("not this", anew=True)
        shown.draft("a draft of", anew=True)
        shown.draft(" two\x1b[2J pieces")
        time.sleep(0.3)
    seen = clean(screen.getvalue())
    assert "searching [bold]3[/bold] passages" in seen
    assert "joining the parts" in seen
    assert "/1.0 MB" in seen
    assert "a draft of two pieces" in seen


@pytest.mark.parametrize("quiet", [True, False])
def test_nobody_watching_means_no_progress(quiet: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Screen() if quiet else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with status(quiet) as shown:
        shown.show("searching")
        shown.count("joining", 1, 2)
        shown.draft("a draft")
    assert stream.getvalue() == ""


def test_a_citation_of_an_article_with_pages_names_the_page() -> None:
    paged = Document("The first page. The second page says more.", "Report", pages=(0, 16))
    citation = Citation(1, paged, 16, 42)
    answer = Answer("Q?", "Q?", "A", (Claim("The second page says more.", (citation,)),))
    assert "[1] Report, unknown source, undated, page 2" in plain(answer_lines(answer))
    assert citation.to_json()["page"] == 2


def test_the_row_of_a_table_stands_below_the_heads_of_its_columns() -> None:
    table = Document("Storm | Deaths\n\nIdai | 1303\n\nIt rained.", "Storms")
    row = Claim("Idai | 1303", (Citation(1, table, 16, 27),), heading="Storm | Deaths")
    rain = Claim("It rained.", (Citation(2, table, 29, 39),))
    lines = plain(answer_lines(Answer("Q?", "Q?", "A", (row, rain)))).splitlines()
    assert lines[:3] == ["Storm | Deaths", "Idai | 1303 [1]", "It rained. [2]"]


def test_a_citation_of_a_recording_names_the_time() -> None:
    spoken = Document("0:07\n\nGood evening.\n\n1:02:05\n\nA ferry sank.", "News")
    citation = Citation(1, spoken, 30, 43)
    answer = Answer("Q?", "Q?", "A", (Claim("A ferry sank.", (citation,)),))
    assert "[1] News, unknown source, undated, at 1:02:05" in plain(answer_lines(answer))
    assert (citation.quote, citation.to_json()["time"]) == ("A ferry sank.", "1:02:05")
    assert Document("Ships\n\n1:02:05\n\nA ferry sank.").time_at(16) == ""


def test_a_quote_that_was_not_surely_read_is_shown_as_such() -> None:
    line = ScannedLine(0, 18, 0.8, (0,) * 8)
    document = Document("The weir was shut. It rained.", lines=(line,))
    unsure, other = Citation(1, document, 4, 18), Citation(2, document, 19, 29)
    claim = Claim("The weir was shut. It rained.", (unsure, other))
    text = plain(answer_lines(Answer("What?", "What?", claim.text, (claim,))))
    assert text.count("not surely read from a picture") == 1
    told = [citation.to_json() for citation in (unsure, other)]
    assert [(row["certainty"], row["unsure"]) for row in told] == [(0.8, True), (None, False)]
