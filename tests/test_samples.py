"""Every sample article is read with the title, source, and date that it states."""

from datetime import date

import pytest

from index.reading import read_file
from rag.samples import sample_paths

EXPECTED = {
    "2019-01-03-far-worlds.html": (
        "Two firsts in three days: a far-off rock and the far side of the Moon",
        "Observatory Row",
        date(2019, 1, 3),
    ),
    "2019-01-04-lima-group.md": (
        "Lima Group tells Maduro not to start a second term",
        "Harbour Wire",
        date(2019, 1, 4),
    ),
    "2019-01-10-oas-vote.txt": (
        "The OAS will not recognise the new term of Nicolás Maduro.",
        None,
        date(2019, 1, 10),
    ),
    "2019-01-11-maduro-inauguration.txt": (
        "Maduro begins second term as Paraguay breaks off relations",
        None,
        date(2019, 1, 11),
    ),
    "2019-01-15-migration.md": (
        "Three million Venezuelans abroad, by the count of the United Nations",
        "Andean Courier",
        date(2019, 1, 15),
    ),
    "2019-01-16-brexit-vote.txt": (
        "Commons throws out the Brexit deal by 230 votes",
        None,
        date(2019, 1, 16),
    ),
    "2019-01-24-guaido.html": (
        "Guaidó declares himself interim president of Venezuela",
        "Meridian Gazette",
        date(2019, 1, 24),
    ),
    "2019-01-25-shutdown-ends.txt": (
        "Longest US government shutdown ends after 35 days",
        "Northport Ledger",
        date(2019, 1, 25),
    ),
    "2019-01-28-brumadinho.md": (
        "Dam collapse in Brumadinho leaves hundreds missing",
        "Andean Courier",
        date(2019, 1, 28),
    ),
    "2019-01-28-pdvsa-sanctions.html": (
        "Washington puts sanctions on Venezuela's state oil company",
        "Northport Ledger",
        date(2019, 1, 28),
    ),
    "2019-01-29-un-protest-deaths.txt": (
        "UN counts more than 40 dead in a week of Venezuelan protests",
        "Lakeside Monitor",
        date(2019, 1, 29),
    ),
}


def test_the_samples_are_those_expected() -> None:
    assert [path.name for path in sample_paths()] == sorted(EXPECTED)


@pytest.mark.parametrize("path", sample_paths(), ids=lambda path: path.name)
def test_sample_is_read_as_it_states(path) -> None:
    reading = read_file(path)
    document = reading.document
    assert (document.title, document.source, document.published) == EXPECTED[path.name]
    assert reading.warnings == ()
    assert document.path == str(path)
    assert 150 <= len(document.text.split()) <= 260
    for leftover in ("**", "](", "<p>", "---", "RELATED", "Title:", "invented newspaper"):
        assert leftover not in document.text


def test_the_first_question_of_the_readme_has_its_sentence() -> None:
    path = next(path for path in sample_paths() if path.name == "2019-01-04-lima-group.md")
    assert (
        "Canada and a dozen Latin American governments urged Venezuelan President "
        "Nicolás Maduro on Friday not to be sworn in for a second term."
    ) in read_file(path).document.text
