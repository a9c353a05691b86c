"""Lines of printed pages, and the paragraphs that come of them."""

import pytest

from index.reading.pdf.hyphens import Hyphens
from index.reading.pdf.layout import Line, Page, Printed, text_of_pages
from index.reading.pdf.running_heads import without_running_heads

FULL = "The harbour of Port Vell reopened on Tuesday after a strike of days"
SHORT = "before noon."


def line(text: str, left: float, base: float, *, width: float | None = None, **options) -> Line:
    """A line of 10-point letters, each 5 points wide unless the width is given."""
    size = options.pop("size", 10.0)
    right = left + (5 * len(text) if width is None else width)
    return Line(text, left, right, base - size, base, size, **options)


def page(*lines: Line) -> Page:
    return Page(lines, 600, 800)


def down(*texts: str, left: float = 60, base: float = 100, step: float = 12) -> list[Line]:
    """Lines one below the other, as wide as the first one where they are about as long."""
    full = 5 * len(FULL)
    return [
        line(text, left, base + step * number, width=full if len(text) > 50 else None)
        for number, text in enumerate(texts)
    ]


def text(*lines: Line) -> str:
    return text_of_pages([page(*lines)]).text


# Within a column


def test_lines_of_a_paragraph_are_joined() -> None:
    assert text(*down(FULL, FULL, SHORT)) == f"{FULL} {FULL} {SHORT}"


def test_a_line_that_ends_with_a_hyphen_goes_on_also_before_a_name() -> None:
    assert text(*down(FULL, "and a Danish-", "Norwegian ship", SHORT)) == (
        f"{FULL} and a Danish-Norwegian ship {SHORT}"
    )


def test_space_above_begins_a_paragraph() -> None:
    lines = [*down(FULL, FULL, FULL, FULL), *down(FULL, FULL, base=160)]
    assert text(*lines) == f"{FULL} {FULL} {FULL} {FULL}\n\n{FULL} {FULL}"


def test_an_indented_line_begins_a_paragraph() -> None:
    lines = down(FULL, FULL, FULL)
    lines[1] = line(FULL, 75, 112, width=5 * len(FULL) - 15)
    assert text(*lines) == f"{FULL}\n\n{FULL} {FULL}"


def test_the_first_line_of_a_paragraph_may_be_indented() -> None:
    first = line(FULL, 75, 100, width=5 * len(FULL) - 15)
    assert text(first, *down(FULL, base=112)) == f"{FULL} {FULL}"


def test_a_line_that_ends_early_ends_a_paragraph() -> None:
    assert text(*down(FULL, SHORT, FULL)) == f"{FULL} {SHORT}\n\n{FULL}"


def test_a_line_that_ends_early_within_a_sentence_does_not() -> None:
    # As where the text runs around a picture.
    assert text(*down(FULL, "the first ships came", "in before noon.")) == (
        f"{FULL} the first ships came in before noon."
    )


def test_larger_letters_are_a_paragraph_of_their_own() -> None:
    heading = line("Strike ends after nine days of talks", 60, 86, size=14.0)
    assert text(heading, *down(FULL)) == f"Strike ends after nine days of talks\n\n{FULL}"


def test_bold_letters_are_a_paragraph_of_their_own() -> None:
    heading = line("Strike ends", 60, 88, width=5 * len(FULL), bold=True)
    assert text(heading, *down(FULL)) == f"Strike ends\n\n{FULL}"


def test_points_of_a_list_stay_apart_and_whole() -> None:
    point = "• The harbour reopened after a strike of nine days in the port"
    lines = [
        line(point, 60, 100, width=335),
        line("of Vell.", 72, 112),
        line(point, 60, 124, width=335),
        line("of Vell.", 72, 136),
    ]
    assert text(*lines) == f"{point} of Vell.\n\n{point} of Vell."


def test_pieces_of_a_row_are_joined_by_their_distance() -> None:
    assert text(line("km", 60, 100), line("²", 70, 97, size=7.0)) == "km²"
    assert text(line("Ada", 60, 100), line("Lovelace", 78, 100)) == "Ada Lovelace"
    assert text(line("Total", 60, 100), line("1,200", 160, 100)) == "Total | 1,200"


def test_rows_of_a_table_stay_apart() -> None:
    assert text(*down("Port | Ships", "Vell | 12")) == "Port | Ships\n\nVell | 12"


def test_what_stands_along_the_margin_interrupts_nothing() -> None:
    note = line("preprint", 10, 400, turned=True)
    assert text(*down(FULL), note, *down("and noon.", base=112)) == (
        f"{FULL} and noon.\n\npreprint"
    )


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert text(*down("港口重新开放，", "船只到来。")) == "港口重新开放，船只到来。"


# From column to column, and from page to page


def test_a_sentence_goes_on_in_the_next_column() -> None:
    left = down(FULL, FULL)
    right = down("and the first ships came in.", left=420)
    assert text(*left, *right) == f"{FULL} {FULL} and the first ships came in."


def test_a_sentence_goes_on_on_the_next_page() -> None:
    printed = text_of_pages([page(*down(FULL)), page(*down("and noon.")), page(*down(FULL))])
    assert printed == Printed(
        text=f"{FULL} and noon.\n\n{FULL}",
        pages=(0, 68, 79),
        paragraphs=((f"{FULL} and noon.", 10.0, 0), (FULL, 10.0, 2)),
    )
    assert printed.text[68:].startswith("and noon.")
    assert printed.text[79:] == FULL


def test_a_byline_far_above_its_text_is_no_part_of_it() -> None:
    byline = "By Runa Falk, reporter, 5 March 2024"
    assert text(line(byline, 60, 60), *down(FULL, FULL)) == f"{byline}\n\n{FULL} {FULL}"


def test_a_finished_sentence_ends_its_paragraph_with_the_page() -> None:
    printed = text_of_pages([page(*down(f"{FULL}.")), page(*down(FULL))])
    assert printed.text == f"{FULL}.\n\n{FULL}"
    assert printed.pages == (0, 70)


def test_a_note_at_the_foot_of_a_page_does_not_cut_a_sentence() -> None:
    note = line("1 See the port's own report.", 60, 700, size=7.0)
    printed = text_of_pages([page(*down(FULL), note), page(*down("and noon."))])
    assert printed.text == f"1 See the port's own report.\n\n{FULL} and noon."
    assert printed.pages == (0, 98)
    assert printed.text[98:] == "and noon."


def test_pages_without_text_begin_where_the_next_one_does() -> None:
    pages = [page(), page(*down(f"{FULL}.")), page(), page(*down(FULL)), page()]
    printed = text_of_pages(pages)
    assert printed.text == f"{FULL}.\n\n{FULL}"
    assert printed.pages == (0, 0, 70, 70, 137)


def test_no_pages_have_no_text() -> None:
    assert text_of_pages([]) == Printed("", (), ())


# Hyphens


@pytest.mark.parametrize(
    ("lines", "before", "after", "joined"),
    [
        ([], "the inter-", "national court", "the international court"),
        ([], "a well-", "known judge", "a well-known judge"),
        ([], "Anglo-", "American", "Anglo-American"),
        ([], "COVID-", "19", "COVID-19"),
        ([], "2018–", "23", "2018–23"),
        ([], "a strike—", "the first", "a strike—the first"),
        ([], "state-of-the-", "art", "state-of-the-art"),
        ([], "har\xad", "bour", "harbour"),
        (["The co-operative was founded"], "the co-", "operative", "the co-operative"),
        (["Dock workers struck"], "the dock-", "gate", "the dockgate"),
        (["Of two dock workers one saw a gate there"], "the dock-", "gate", "the dock-gate"),
        (["They saw the dockgate there"], "the dock-", "gate", "the dockgate"),
    ],
)
def test_a_hyphen_stays_where_it_belongs_to_the_word(
    lines: list[str], before: str, after: str, joined: str
) -> None:
    assert Hyphens(lines).join(before, after) == joined


def test_a_dash_at_the_end_of_a_line_is_glued_where_it_was() -> None:
    assert text(*down(f"{FULL} 737–", "9 jets.")) == f"{FULL} 737–9 jets."
    assert text(*down(f"{FULL} –", "nine jets.")) == f"{FULL} – nine jets."


def test_a_word_broken_over_pages_is_whole() -> None:
    printed = text_of_pages([page(*down(f"{FULL} and har-")), page(*down("bours."))])
    assert printed.text == f"{FULL} and harbours."
    assert printed.text[printed.pages[1] :] == "bours."


# Running heads


def numbered(*texts: str, base: float = 40, left: float = 60) -> list[Page]:
    """Pages with a line each in the margin, above an article's own lines."""
    return [
        page(line(each, left, base), *down(f"Line {number} of it.", FULL, base=200))
        for number, each in enumerate(texts)
    ]


def heads(*pages: Page) -> list[str]:
    return without_running_heads(pages)[1]


def test_a_line_on_three_pages_is_a_running_head() -> None:
    pages = numbered("Port News", "Other", "Port News", "PORT NEWS")
    kept, removed = without_running_heads(pages)
    assert removed == ["Port News", "Port News", "PORT NEWS"]
    assert [len(each.lines) for each in kept] == [2, 3, 2, 2]


def test_a_line_on_both_of_two_pages_is_one_where_it_counts_on() -> None:
    assert heads(*numbered("Port News 1", "Port News 2")) == ["Port News 1", "Port News 2"]
    assert heads(*numbered("Port News", "Port News")) == []


def test_a_line_of_the_text_is_none_wherever_it_is_repeated() -> None:
    assert heads(*numbered("Port News", "Port News", "Port News", base=400)) == []


def test_a_line_at_other_heights_is_none() -> None:
    pages = [*numbered("Port", base=40), *numbered("Port", base=70), *numbered("Port", base=100)]
    assert heads(*pages) == []


@pytest.mark.parametrize(
    "numbers",
    [
        ("1", "2"),
        ("- 7 -", "- 8 -"),
        ("Page 3 of 9", "Page 4 of 9"),
        ("xiv", "xv"),
        ("12 Port News", "Other 13", "14 Port News"),
    ],
)
def test_numbers_that_count_on_are_those_of_the_pages(numbers: tuple[str, ...]) -> None:
    assert heads(*numbered(*numbers, base=780)) == list(numbers)


def test_figures_that_do_not_count_on_stay() -> None:
    assert heads(*numbered("1987", "2019", base=780)) == []


def test_the_only_page_loses_its_number_alone() -> None:
    assert heads(*numbered("1", base=780)) == ["1"]
    assert heads(*numbered("1987", base=780)) == []
    assert heads(*numbered("Port News", base=40)) == []
