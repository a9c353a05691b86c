"""What the first lines of a text say of it, and where its own words begin."""

from __future__ import annotations

import pytest

from index.reading.metadata.header import read_header

TITLE = "Ferry runs aground off Orrin in thick fog"
BODY = (
    "A ferry with 214 people on board ran aground off the harbour of Orrin early on Monday, and "
    "all of them were taken off by lifeboats within three hours, the coastguard said."
)
DAY = "11 March 2024"


@pytest.mark.parametrize(
    ("lines", "author", "outlet"),
    [
        (f"By Runa Falk\nQuay Post\n{DAY}", "Runa Falk", "Quay Post"),
        (f"By Runa Falk, Quay Post\n{DAY}", "Runa Falk", "Quay Post"),
        (f"By Runa Falk for Quay Post\n{DAY}", "Runa Falk", "Quay Post"),
        (f"By Runa Falk, {DAY}", "Runa Falk", ""),
        (f"By Runa Falk | Quay Post | {DAY}", "Runa Falk", "Quay Post"),
        (f"By Runa Falk\nCourt reporter\n{DAY}", "Runa Falk", ""),
        (f"By RUNA FALK and OTTO VOSS\nPublished: 10:31 GMT, {DAY}", "RUNA FALK and OTTO VOSS", ""),
        (f"\nQuay Post, {DAY}", "", "Quay Post"),
        (f"\nQuay Post - {DAY}\nBy Runa Falk", "Runa Falk", "Quay Post"),
        (f"\nQuay Post\n{DAY}", "", "Quay Post"),
        (f"\nOrrin, {DAY}", "", ""),  # where it happened, which the text says
        (f"\nOrrin, {DAY}, 10:00 to 11:35", "", ""),  # as minutes say when they met
        (f"\nOrrin, {DAY}, 10.00-11.35", "", ""),
        (f"\nMarch 11, 2024 - By Runa Falk ({DAY})", "Runa Falk", ""),
        (f"\nPublished {DAY} in Quay Post", "", "Quay Post"),
        (f"Source: Quay Post\nAuthor: Runa Falk\nDate: {DAY}", "Runa Falk", "Quay Post"),
        (f"\n*Quay Post, {DAY}, by Runa Falk*", "Runa Falk", "Quay Post"),
        (f"\n**By Runa Falk** | {DAY}\nWords: 512", "Runa Falk", ""),
    ],
)
def test_the_lines_below_a_title_are_of_the_header(lines: str, author: str, outlet: str) -> None:
    text = f"{TITLE}\n{lines}\n\n{BODY}\n"
    header = read_header(text)
    assert (header.title, text[header.start :].strip()) == (TITLE, BODY)
    assert (header.author or header.fields.author or "") == author
    assert (header.fields.source or "") == outlet
    assert DAY in header.dates[0]


def test_the_day_of_publication_may_stand_behind_that_of_an_update() -> None:
    header = read_header(f"{TITLE}\nUpdated 15 March 2024, first published {DAY}\n\n{BODY}")
    assert header.dates == (f"first published {DAY}", "Updated 15 March 2024")


@pytest.mark.parametrize("day", ["3. März 2020", "10. října 2019"])
def test_a_day_with_a_dot_begins_no_list(day: str) -> None:
    header = read_header(f"{TITLE}\n{day}\n\n{BODY}")
    assert (header.title, header.dates) == (TITLE, (day,))


def test_an_outlet_may_stand_above_the_title() -> None:
    text = f"QUAY POST\n\n{TITLE}\n\nRuna Falk, 11/03/2024\n\n{BODY}"
    header = read_header(text)
    assert (header.title, header.fields.source, header.author) == (TITLE, "QUAY POST", "Runa Falk")
    assert text[header.start :] == BODY


@pytest.mark.parametrize(
    ("above", "outlet"),
    [("PRESS RELEASE", ""), ("Media Statement", ""), ("Opinion", ""), ("World Press",) * 2],
)
def test_a_kind_of_text_above_the_title_is_no_outlet(above: str, outlet: str) -> None:
    text = f"{above}\n\n{TITLE}\n\n{DAY}\n\n{BODY}"
    header = read_header(text)
    assert (header.title, header.fields.source, text[header.start :]) == (TITLE, outlet, BODY)


@pytest.mark.parametrize(
    "body",
    [
        "Anna Berg, 4 January 1950\nOtto Voss, 9 March 1961\nRuna Falk, 2 May 1970",
        "The Quay\nIn March the ice goes out,\nin May the boats come in.",
        "Runa Falk\n12 Harbour Street\nOrrin\n\nDear neighbours, the quay will be closed.",
        "Runa Falk was born in Orrin on 4 January 1950. She went to sea at sixteen.",
        "Northern Choir\n11 March 2024\n\nSouthern Band\n12 April 2024\n\nAll are free of charge.",
        "Orrin, 11 March 2024\nThe quay was closed.\n\nOslo, 12 March 2024\nIt was opened again.",
        "Print Date 11 March 2024\n\nThe quay was closed in March, the harbour master said.",
        "Deadline: 11 March 2024\n\nThe quay was closed in March, the harbour master said.",
        "Anna Berg: When?\nOtto Voss: In March 2024.\nAnna Berg: Where?",
        "On 11 March 2024 the quay was closed. It has not been opened since, the council says.",
        f"Quay Hall, 11 March 2024\nOrrin Stage, 12 March 2024\n\n{BODY}",
        f"- 11 March 2024\n- 12 March 2024\n\n{BODY}",
    ],
)
def test_lines_of_the_text_itself_stay(body: str) -> None:
    header = read_header(f"{TITLE}\n\n{body}", title=TITLE)
    assert f"{TITLE}\n\n{body}"[header.start :] == body


def test_minutes_keep_the_line_that_their_date_is_read_from() -> None:
    line = "11 June 2024, 7.30 pm, village hall"
    text = f"Minutes of the parish council\n{line}\n\n{BODY}"
    header = read_header(text)
    assert (header.title, header.dates) == ("Minutes of the parish council", (line,))
    assert text[header.start :] == f"{line}\n\n{BODY}"


def test_an_address_above_a_letter_is_no_header() -> None:
    text = f"The Old Mill House\nOrrin\n11 March 2024\n\nDear Ms Voss,\n\n{BODY}"
    assert read_header(text).start == 0
