"""Texts that hold many articles, as news databases and reading devices write them."""

import io
from datetime import date

import pytest

from documents import docx, run, word_paragraph
from index.reading.articles import ReadArticle, articles_in

FIRST = "The cathedral lost its spire on Monday evening. Four hundred firemen came."
SECOND = "The towers stand, the minister said on Tuesday."

NEXIS = f"""Spire of the cathedral falls

Seine Courier

April 16, 2019 Tuesday 9:10 AM GMT

Late Edition - Final

Copyright 2019 Seine Courier All Rights Reserved

Section: NEWS; Pg. 1

Length: 412 words

Byline: By Ana Ruiz

Highlight: Nobody was hurt

Body


{FIRST}

Graphic



The spire as it fell

Classification


Language: ENGLISH

Subject: FIRES (90%)

Load-Date: April 17, 2019


End of Document


Towers of the cathedral stand

River Post

17 April 2019

Copyright 2019 River Post

Length: 1,031 words

Body


{SECOND}

Load-Date: April 18, 2019

End of Document
"""
OLD_NEXIS = f"""

                               1 of 2 DOCUMENTS


                                 Seine Courier

                             April 16, 2019 Tuesday
                              Late Edition - Final

Spire of the cathedral falls: four hundred
firemen at work

BYLINE: Ana Ruiz

SECTION: NEWS; Pg. 1

LENGTH: 412  words

DATELINE: PARIS

{FIRST}

LOAD-DATE: April 17, 2019

LANGUAGE: ENGLISH

                               2 of 2 DOCUMENTS

                       Copyright 2019 River Post Company
                                   River Post

                           April 17, 2019 Wednesday

SECTION: Section A; Column 2; Pg. 4

LENGTH: 1031 words

HEADLINE: Towers of the cathedral stand

BYLINE: By Bo Li

BODY:

{SECOND}

LOAD-DATE: April 17, 2019
"""
FACTIVA = f"""World
Spire of the cathedral falls

Ana Ruiz
412 words
16 April 2019
09:10
Seine Courier
SEINCO
1
English
(c) 2019 Seine Courier. All rights reserved.

{FIRST}

Document SEINCO0020190416ef4g0001x

HD Towers of the cathedral stand
BY By Bo Li
WC 1,031 words
PD 17 April 2019
SN River Post
SC RIVPOS
LA English
CY (c) 2019 River Post
LP
{SECOND}
TD
More on page 4.
NS gcat : Political/General News
AN Document RIVPOS0020190417ef4h0002y

Search Summary
Text\tcathedral
Results Found\t2
"""


def found(content: bytes | str, name: str = "a.txt") -> list[tuple]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    read = list(articles_in(file, name))
    assert all(isinstance(each, ReadArticle) for each in read)
    documents = [each.document for each in read if isinstance(each, ReadArticle)]
    return [(d.title, d.source, d.author, d.published, d.text) for d in documents]


SPIRE = ("Spire of the cathedral falls", "Seine Courier", "Ana Ruiz", date(2019, 4, 16), FIRST)
TOWERS = ("Towers of the cathedral stand", "River Post", None, date(2019, 4, 17), SECOND)


def test_a_download_of_nexis() -> None:
    assert found(NEXIS) == [SPIRE, TOWERS]


def test_the_same_in_word_and_rtf_below_what_was_searched_for() -> None:
    cover = ("User Name: Ana", "Documents (2)", "1. Spire of the cathedral falls")
    lines = (*cover, *(line for line in NEXIS.split("\n") if line.strip()))
    word = docx("".join(word_paragraph(run(line)) for line in lines)).getvalue()
    rtf = "{\\rtf1\\ansi " + "\\par ".join(lines) + "}"
    assert found(word, "a.docx") == found(rtf, "a.rtf") == [SPIRE, TOWERS]


def test_the_older_form_of_nexis_has_its_titles_below_the_day() -> None:
    spire, towers = found(OLD_NEXIS.replace("\n", "\r\n"))
    assert spire[0] == "Spire of the cathedral falls: four hundred firemen at work"
    assert (spire[1:], towers) == (SPIRE[1:], (*TOWERS[:2], "Bo Li", *TOWERS[3:]))


def test_a_download_of_factiva_with_and_without_names_of_fields() -> None:
    spire, towers = found(FACTIVA)
    assert spire == SPIRE
    assert towers == (*TOWERS[:2], "Bo Li", TOWERS[3], f"{SECOND}\n\nMore on page 4.")


def test_who_wrote_it_stands_between_title_and_length() -> None:
    (spire,) = found(FACTIVA.split("\nHD")[0].replace("\nAna Ruiz\n", "Ana Ruiz in Paris\n"))
    assert spire[:3] == ("Spire of the cathedral falls", "Seine Courier", "Ana Ruiz in Paris")
    (spire,) = found(FACTIVA.split("\nHD")[0].replace("\nAna Ruiz\n", ""))
    assert spire[:3] == ("Spire of the cathedral falls", "Seine Courier", None)


def test_a_text_of_factiva_may_begin_as_a_field_does() -> None:
    text = "AN inquest heard on Monday that nobody was hurt.\nIN 1250 it was built."
    _, towers = found(FACTIVA.replace(SECOND, text))
    assert towers[-1] == f"{text}\n\nMore on page 4."


def test_an_outlet_may_be_named_in_a_title() -> None:
    told = FACTIVA.split("\nHD")[0].replace("Seine Courier", "Spire")
    (spire,) = found(told.replace("(c) 2019 Spire. All rights reserved.\n", ""))
    assert spire[-1] == f"SEINCO\n1\nEnglish\n\n{FIRST}"


def test_notes_in_and_below_articles_of_nexis_stay() -> None:
    notes = "Notes\n\nLanguage: they spoke of it in French, and of the bells."
    spire, _, last = found(f"{NEXIS.replace(FIRST, f'{FIRST} {notes}')}\n{SECOND} I was there.\n")
    assert spire[-1] == f"{FIRST} {notes}"
    assert last[-1] == f"{SECOND} I was there."


KINDLE = f"""\ufeffNotre-Dame: A Life (Ruiz, Ana)
- Your Highlight on page 4 | Location 60-61 | Added on Monday, 6 May 2019 21:14:03

{SECOND}
==========
Notre-Dame: A Life (Ruiz, Ana)
- Your Highlight on page 4 | Location 58-61 | Added on Monday, 6 May 2019 21:14:30

{FIRST} {SECOND}
==========
El río
- La subrayado en la página 9 | Añadido el martes, 7 de mayo de 2019 7:10:00

El agua subió tres metros.
==========
Notre-Dame: A Life (Ruiz, Ana)
- Your Highlight on page 8 | Added on Monday, 6 May 2019 21:14:30

 <You have reached the clipping limit for this item>
==========
Notre-Dame: A Life (Ruiz, Ana)
- Your Bookmark on page 9 | Added on Monday, 6 May 2019 21:20:00


==========
"""


def test_clippings_of_a_reading_device_are_one_article_a_book() -> None:
    assert found(KINDLE.replace("\n", "\r\n"), "My Clippings.txt") == [
        ("Notre-Dame: A Life", None, "Ruiz, Ana", None, f"{FIRST} {SECOND}"),
        ("El río", None, None, None, "El agua subió tres metros."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n\nEnd of Document\n",
        f"Notes\n\n{FIRST}\n\n==========\n\n{SECOND}\n",
        f"Page 1 of 2 DOCUMENTS is all that is left.\n\n{FIRST}",
        f"See Document\nDocument SEINCO0020190416ef4g0001x\n\n{FIRST}",
    ],
)
def test_other_texts_stay_whole(text: str) -> None:
    assert len(found(text)) == 1
    assert FIRST in found(text)[0][-1]
