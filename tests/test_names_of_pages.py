"""Names of authors, outlets, and languages, and datelines, out of what is written."""

import pytest

from documents import read_bytes
from index.reading.metadata.dates import dateline_dates
from index.reading.metadata.fields import language_tag
from index.reading.web.names import authors_line, is_agency, outlet_name


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["By Ana Ruiz"], "Ana Ruiz"),
        (["ana RUIZ; Ana Ruiz"], "ana RUIZ"),
        (["Ana Ruiz; Bo Li; Cy Oda"], "Ana Ruiz, Bo Li and Cy Oda"),
        (["Ana Ruiz, AP Sports Writer"], "Ana Ruiz, AP Sports Writer"),
        (["Ana Ruiz is a reporter at the Herald"], "Ana Ruiz"),
        (["Ana Ruiz | The Herald"], "Ana Ruiz"),
        (["Ana Ruiz Monday; November"], "Ana Ruiz"),
        (["April Ryan"], "April Ryan"),
        (["@anaruiz", "https://example.org/ana", "admin", "The Herald", "ana@example.org"], ""),
    ],
)
def test_authors(written: list[str], names: str) -> None:
    assert authors_line(written, site="The Herald") == names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("@politics", "politics"),
        ("https://www.example.org", ""),
        ("Copyright 2014", ""),
        ("Remember 80/90 - Toys", "Remember 80/90 - Toys"),
    ],
)
def test_outlets(written: str, name: str) -> None:
    assert outlet_name(written) == name


def test_agencies() -> None:
    assert [is_agency(name) for name in ("AP", "The Associated Press", "The Herald")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("EN", "en"),
        ("en_US.UTF-8", "en-US"),
        ("zh-Hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("ca-valencia", "ca"),
        ("English", None),
        ("und", None),
        ("<script>", None),
        ("", None),
        (None, None),
    ],
)
def test_language_tags(stated: str | None, tag: str | None) -> None:
    assert language_tag(stated) == tag


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("MEXICO CITY, May 7, 2024 — Ships came.", ("May 7, 2024",)),
        ("ALBANY, N.Y., May 7, 2024 /PRNewswire/ -- Ships came.", ("May 7, 2024",)),
        ("SAN JOSE, Calif.--(BUSINESS WIRE)--May 7, 2024--Ships came.", ("May 7, 2024",)),
        ("PARIS, le 7 mai 2024 (AFP) – Des bateaux.", ("7 mai 2024",)),
        ("CARACAS, May 7 (Reuters) - Ships came.", ()),
        ("In Vell, May 7, 2024 - a Tuesday - was quiet.", ()),
        ("NATO said on May 7, 2024 - a Tuesday - that ships came.", ()),
        ("VELL, May 7, 2024 was a Tuesday.", ()),
    ],
)
def test_datelines(text: str, dates: tuple[str, ...]) -> None:
    assert dateline_dates(text) == dates


def test_outlet_above_the_date_of_an_archive() -> None:
    story = "The harbour reopened on Tuesday after a strike of nine days, to everybody's relief."
    text = f"Strike at the harbour ends\n\nThe Herald\n\nMay 7, 2024 Tuesday 9:30 AM GMT\n\n{story}"
    document = read_bytes(text.encode()).document
    assert (document.title, document.source) == ("Strike at the harbour ends", "The Herald")
    assert (str(document.published), document.text) == ("2024-05-07", story)


def test_language_of_a_header() -> None:
    text = "---\ntitle: Port\nlang: en_gb\n---\n\nThe harbour reopened on Tuesday."
    assert read_bytes(text.encode()).document.language == "en-GB"
