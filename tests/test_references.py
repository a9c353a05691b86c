"""Exports of reference managers and of Evernote."""

import io
import json
from pathlib import Path
from time import process_time

import pytest

from index.errors import ReadError
from index.reading import ReadArticle, read_articles
from index.reading.draft import Draft, Unread
from index.reading.exports.enex import drafts_from_enex
from index.reading.formats import ReadOptions, format_of

ABSTRACT = "We counted seals at Moss on 48 days. There were nine times as many as before."
SEALS = Draft(
    text=ABSTRACT,
    title="Seals at Møss",
    source="Nordic Seas",
    author="Ana Ruiz, Pål Østby",
    url="https://seas.example/1",
    dates=("2023-05-02",),
    clues=f"2023-05-02\n{ABSTRACT}",
    part="ruiz2023",
)
CSL = {
    "id": "ruiz2023",
    "type": "article-journal",
    "title": "Seals at <i>Møss</i>",
    "container-title": "Nordic Seas",
    "author": [{"family": "Ruiz", "given": "Ana"}, {"literal": "Pål Østby"}],
    "issued": {"date-parts": [[2023, "5", 2]]},
    "URL": "https://seas.example/1",
    "abstract": ABSTRACT,
}
BARE = {"id": "bare", "type": "book", "title": "A book", "issued": {"date-parts": [[2020]]}}
NOTED = {"id": "noted", "type": "book", "note": "Read it again.", "DOI": "10.1/x"}
RIS = f"""TY  - JOUR\r
ID  - ruiz2023\r
T1  - Seals at Møss\r
AU  - Ruiz, Ana\r
AU  - Østby, Pål\r
JO  - Nordic Seas\r
DA  - 2023-05-02\r
UR  - https://seas.example/1\r
AB  - {ABSTRACT[:36]}\r
{ABSTRACT[37:]}\r
ER  - \r
\r
TY  - BOOK\r
TI  - A book\r
ER  - \r
TY  - BOOK\r
ID  - noted\r
N1  - Read it again.\r
DO  - doi:10.1/x\r
"""
BIBTEX = (
    '% from my library\n@string{ns = "Nordic Seas"}\n@article{ruiz2023,\n'
    r"  title = {{Seals} at M{\o}ss}, author = {Ruiz, Ana and {\O}stby, P{\aa}l},"
    "\n  journal = ns, date = {2023-05-02}, url = {https://seas.example/1},\n"
    f"  abstract = {{{ABSTRACT}}}\n}}\n@book{{bare, title = {{A book}}, year = 2020}}\n"
    '@misc{noted, note = "Read it again.", doi = {https://doi.org/10.1/x}}\n'
)


def read(content: str, kind: str) -> list[Draft | Unread]:
    found = format_of(content.encode(), "export")
    assert found
    assert found.name == kind
    return list(found.read(io.BytesIO(content.encode()), "export", ReadOptions()))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(json.dumps([CSL, BARE, NOTED], indent=1), "CSL JSON"), (RIS, "RIS"), (BIBTEX, "BibTeX")],
)
def test_an_abstract_or_a_note_is_an_article_whatever_the_format(content: str, kind: str) -> None:
    seals, noted = read(content, kind)
    assert seals == SEALS
    assert isinstance(noted, Draft)
    assert (noted.text, noted.url) == ("Read it again.", "https://doi.org/10.1/x")
    assert noted.warnings == ("left out: references without an abstract or notes (1: A book)",)


def test_what_publishers_put_around_an_abstract_is_left_out() -> None:
    written = (
        "TY  - JOUR\nN1  - https://doi.org/10.1/x\nN2  - Abstract Oak lasts.\nJF  - Woodland\n"
        "J2  - Woodl.\nDA  - 2023/05/02/T08:00:00Z\nER  - \n"
    )
    written += "TY  - JOUR\nTI  - Art\nAB  - Abstract words tell little.\nER  - \n"
    written += "TY  - JOUR\nTI  - Abstract Art\nAB  - Abstract Art is old.\nER  - \n"
    found, *others = read(written, "RIS")
    assert [each.text for each in others] == ["Abstract words tell little.", "Abstract Art is old."]
    assert isinstance(found, Draft)
    assert (found.text, found.source) == ("Oak lasts.", "Woodland")
    assert found.dates == ("2023/05/02/T08:00:00Z",)


def test_a_note_of_many_addresses_takes_no_long_look() -> None:
    written = f"TY  - JOUR\nN1  - {'https://a' * 2_000} x\nER  - \n"
    begun = process_time()
    (found,) = read(written, "RIS")
    assert process_time() - begun < 1
    assert isinstance(found, Draft)


def test_texts_of_bibtex_are_put_together_and_citations_left_out() -> None:
    written = (
        '@string{ns = "Nordic Seas"}\n@misc{a, title = "Oak" # " of " # ns, year = 2023,\n'
        'month = "2~" # may, publisher = {C # "net"},\n'
        "note = {Oak lasts~\\cite{b}. It costs C # 5.}}\n"
    )
    (found,) = read(written, "BibTeX")
    assert isinstance(found, Draft)
    assert (found.title, found.source) == ("Oak of Nordic Seas", 'C # "net"')
    assert found.text == "Oak lasts. It costs C # 5."
    assert [" ".join(each.split()) for each in found.dates] == ["2 may 2023"]


def test_an_abstract_may_be_marked_as_crossref_marks_it() -> None:
    marked = f"<jats:title>Abstract</jats:title><jats:p>{ABSTRACT}</jats:p>"
    (seals,) = read(json.dumps([{**CSL, "abstract": marked}]), "CSL JSON")
    assert isinstance(seals, Draft)
    assert seals.text == ABSTRACT


def test_what_a_reference_appeared_in_its_keywords_and_further_authors() -> None:
    written = (
        "@inproceedings{gates, crossref = {congress}, author = {Falk, Ola and others}, abstract = "
        "{Oak lasts.}, keywords = {oak, gates}}\n@proceedings{congress, title = {The Congress}, "
        "date = {2021-05-02}, editor = {Borg, T.}, annote = {Two days long.}}\n"
    )
    draft, volume = read(written, "BibTeX")
    assert isinstance(draft, Draft)
    assert isinstance(volume, Draft)
    assert (draft.text, volume.text) == ("Oak lasts.", "Two days long.")
    assert (draft.author, draft.source, draft.dates) == (
        "Ola Falk",
        "The Congress",
        ("2021-05-02",),
    )
    assert [tag.strip() for tag in draft.tags] == ["oak", "gates"]
    (draft,) = read("TY  - JOUR\nAB  - Oak lasts.\nKW  - oak\nKW  - gates\nER  - \n", "RIS")
    assert isinstance(draft, Draft)
    assert draft.tags == ("oak", "gates")


def test_references_that_are_broken() -> None:
    cut = json.dumps([CSL, NOTED])
    found = read(cut[:-9], "CSL JSON")
    assert found == [
        SEALS,
        Unread(
            "after reference 1", "from here on it is not valid JSON; export the references again"
        ),
    ]
    assert read(RIS[: RIS.index("ER  -")], "RIS") == [SEALS]
    first, second, _ = read("TY  - JOUR\nAB  - x\nER  - \nTY - BOOK\nmore\n" + RIS, "RIS")
    assert first == Unread("reference 1", "its lines are damaged; export the references again")
    assert second == SEALS
    broken = BIBTEX.replace("@book{bare, title = {A", "@book{bare, title = {A {")
    assert broken != BIBTEX
    first, second, *_ = read(broken + BIBTEX[BIBTEX.index("@article") :], "BibTeX")
    assert first == SEALS
    assert second == Unread("line 8", "its BibTeX is broken; mend this entry")


@pytest.mark.parametrize(
    ("content", "kind"), [(json.dumps([BARE]), "CSL JSON"), ("TY  - BOOK\nER  - \n", "RIS")]
)
def test_references_without_any_text_are_refused(content: str, kind: str) -> None:
    with pytest.raises(ReadError, match=r"^a file of references without articles; left out: ref"):
        read(content, kind)


def test_a_table_of_zotero_says_what_its_columns_hold(tmp_path: Path) -> None:
    path = tmp_path / "zotero.csv"
    path.write_text(
        f'Key,Author,Publication Title,Abstract Note\nK,"Ruiz, Ana",Nordic Seas,"{ABSTRACT}"\n'
    )
    (found,) = read_articles(path)
    assert isinstance(found, ReadArticle)
    assert (found.document.text, found.document.source) == (ABSTRACT, "Nordic Seas")


NOTE = (
    "<note><title>Talk &amp; tea</title><content><![CDATA[<?xml version='1.0'?>"
    '<!DOCTYPE en-note SYSTEM "http://xml.evernote.com/pub/enml2.dtd"><en-note><div>The ferry&nbsp;'
    "waits.</div><div><en-todo/>Call Ana</div><en-crypt>abc</en-crypt></en-note>]]></content>"
    "<created>20230502T081500Z</created><tag>ferries</tag><tag>tea time</tag>"
    "<note-attributes><author>Bo</author>"
    "<source-url>https://moss.example/1</source-url></note-attributes><resource>"
    "<data encoding='base64'>{data}</data></resource></note>"
)
ENEX = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE en-export SYSTEM "x.dtd">'
    "<en-export>{notes}</en-export>"
)


def test_notes_of_evernote() -> None:
    content = ENEX.format(notes=NOTE.format(data="QUJD" * 5_000_000) * 2)
    first, second = read(content, "Evernote")
    assert first == Draft(
        text="The ferry waits.\n\nCall Ana",
        title="Talk & tea",
        author="Bo",
        url="https://moss.example/1",
        dates=("20230502T081500Z",),
        clues="20230502T081500Z\nThe ferry waits.\n\nCall Ana",
        part="Talk & tea",
        tags=("ferries", "tea time"),
    )
    assert second.part == "Talk & tea (2)"


def test_exports_of_evernote_that_are_broken_or_hostile() -> None:
    content = ENEX.format(notes=NOTE.format(data="") * 2)
    first, last = read(content[: content.rindex("Call")], "Evernote")
    assert isinstance(first, Draft)
    reason = "the file is broken or breaks off here; export the notes again"
    assert last == Unread("after note 1", reason)
    unknown = content.encode().replace(b"UTF-8", b"U9F-8").replace(b"utf-8", b"U9F-8")
    with pytest.raises(ReadError, match=f"^{reason}$"):
        list(drafts_from_enex(io.BytesIO(unknown)))
    laughs = content.replace('"x.dtd">', '"x.dtd" [<!ENTITY a "ha">]>')
    laughing, _ = drafts_from_enex(io.BytesIO(laughs.replace("<title>", "<title>&a;").encode()))
    assert isinstance(laughing, Draft)
    assert "ha" not in laughing.title
    with pytest.raises(ReadError, match=r"^an export of Evernote without notes"):
        read(ENEX.format(notes=""), "Evernote")
