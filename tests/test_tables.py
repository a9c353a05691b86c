"""Tables and JSON: which columns hold what, and rows that are broken."""

import io
import json

import pytest

from index.errors import ReadError
from index.reading.articles import ReadArticle, articles_in
from index.reading.draft import Draft, Unread
from index.reading.tables.delimited import drafts_from_delimited
from index.reading.tables.json_rows import JSON, drafts_from_json

HARBOUR = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."
MARKET = "Fish prices fell by a third within hours; the market closed early on the same evening."


def rows(content: str | bytes, columns: dict[str, str] | None = None) -> list[Draft | Unread]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(drafts_from_delimited(io.BytesIO(data), columns))


def objects(content: str | bytes, columns: dict[str, str] | None = None) -> list[Draft | Unread]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(drafts_from_json(io.BytesIO(data), columns))


def test_the_names_of_the_columns_say_what_they_hold():
    table = (
        "ID,Headline,Publication Date,Byline,Publisher,Link,Lang,Body\n"
        f'7,Port open,2019-01-04,Ana Ruiz,Vell Post,https://v.example/7,en-GB,"{HARBOUR}"\n'
    )
    assert rows(table) == [
        Draft(
            text=HARBOUR,
            title="Port open",
            source="Vell Post",
            author="Ana Ruiz",
            url="https://v.example/7",
            dates=("2019-01-04",),
            language="en-GB",
            clues=f"2019-01-04\n{HARBOUR}",
            part="7",
        )
    ]


def test_the_person_says_which_column_holds_what():
    table = f"a,b,text\n{HARBOUR.replace(',', ';')},First,nothing of interest\n"
    (draft,) = rows(table, {"text": "a", "title": "b"})
    assert (draft.text, draft.title) == (HARBOUR.replace(",", ";"), "First")


def test_an_unnamed_text_column_is_the_one_with_the_longest_text():
    (draft,) = rows(f'n;x;y\n1;short;"{HARBOUR}"\n')
    assert (draft.text, draft.part) == (HARBOUR, "row 2")


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_first_row_that_is_an_article_names_no_columns(delimiter: str) -> None:
    cells = [
        ["https://v.example/1", "Port open", "4 January 2019", f'"{HARBOUR}"', "News"],
        ["https://v.example/2", "Fish prices fall", "5 January 2019", f'"{MARKET}"', "News"],
    ]
    first, second = rows("\n".join(delimiter.join(row) for row in cells))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.text, first.title, first.dates) == (HARBOUR, "Port open", ("4 January 2019",))
    assert (first.url, first.part, second.part) == ("https://v.example/1", "row 1", "row 2")


def test_long_questions_of_a_form_are_heads() -> None:
    question = "What have you seen of the port in the last year, and who told you of it, if anyone?"
    (draft,) = rows(f'Timestamp,"{question}"\n2019-01-04 09:30:00,"{HARBOUR} {MARKET}"\n')
    assert isinstance(draft, Draft)
    assert draft.part == "row 2"
    assert HARBOUR in draft.text


@pytest.mark.parametrize("moment", ["2019-01-04T09:30:00Z", "1546594200"])
def test_a_first_row_may_begin_with_a_moment(moment: str) -> None:
    first, _ = rows(f'{moment},Port open,"{HARBOUR}"\n{moment},Fish,"{MARKET}"\n')
    assert isinstance(first, Draft)
    assert first.title == "Port open"
    assert first.dates[0].startswith("2019-01-04")


@pytest.mark.parametrize(
    "head",
    ["place,1 January 2020,2 January 2020,story", "Port,https://v.example/form,note,story"],
)
def test_days_and_addresses_may_name_columns(head: str) -> None:
    (draft,) = rows(f'{head}\nVell,3,4,"{HARBOUR}"\n')
    assert isinstance(draft, Draft)
    assert (draft.text, draft.part) == (HARBOUR, "row 2")


def test_a_table_of_facts_is_one_article_its_damaged_rows_are_told():
    table = "boat;skipper;port\nPetrel;Ana Moe;\nTern;;Lund\nGannet\nHeron;Per Dahl;Lund\n"
    draft, damaged = drafts_from_delimited(io.BytesIO(table.encode()))
    assert isinstance(draft, Draft)
    lines = [line for line in draft.text.splitlines() if line]
    assert lines == [
        "boat | skipper | port",
        "Petrel | Ana Moe",
        "Tern | – | Lund",
        "Heron | Per Dahl | Lund",
    ]
    assert damaged.part == "row 4"
    (found, _) = articles_in(io.BytesIO(table.encode()), "boats.csv")
    assert isinstance(found, ReadArticle)
    assert found.document.title == "boats"


def test_a_table_of_more_rows_than_anybody_reads_is_refused():
    table = "year,boats\n" + "1998,12\n" * 10_001
    with pytest.raises(ReadError, match="more than 10,000 rows"):
        list(drafts_from_delimited(io.BytesIO(table.encode())))


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        ("text\nx\n", {"text": "body"}, "no column 'body'; its columns are: text"),
        ("title,text\n", None, "a table without rows; there is nothing to read in it"),
        ("", None, "a table without rows; there is nothing to read in it"),
        (
            b"PK\x03\x04 a spreadsheet",
            None,
            "not a text file; save or export it again, as text in UTF-8",
        ),
        (
            "a,b,c\n1,2\n",
            None,
            (
                "no row of it can be read; row 2: 2 cells for 3 columns; "
                "look for a missing quote in this row"
            ),
        ),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(content, columns, message):
    with pytest.raises(ReadError) as error:
        rows(content, columns)
    assert str(error.value) == message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(encoding, delimiter, newline):
    lines = [f"title{delimiter}text", f'Café{delimiter}"{HARBOUR}\n\nEl “niño” pagó {5}€."', ""]
    (draft,) = rows(newline.join(lines).encode(encoding))
    assert (draft.title, draft.text) == ("Café", f"{HARBOUR}\n\nEl “niño” pagó 5€.")


def test_columns_in_other_languages_and_tags() -> None:
    (draft,) = rows(
        f'Titel;Datum;Autor;Inhalt;Tags\nHafen;04.01.2019;Ana Ruiz;"{HARBOUR}";sea, port'
    )
    assert isinstance(draft, Draft)
    assert (draft.text, draft.title, draft.author) == (HARBOUR, "Hafen", "Ana Ruiz")
    assert (draft.dates, [tag.strip() for tag in draft.tags]) == (("04.01.2019",), ["sea", "port"])


@pytest.mark.parametrize(
    ("title", "day"),
    [("Überschrift", "Erschienen am"), ("Schlagzeile", "Veröffentlicht"), ("Titre", "Publié le")],
)
def test_names_of_titles_and_days_in_other_languages(title: str, day: str) -> None:
    (draft,) = rows(f'Nr;{title};{day};Text\n1;Hafen;04.01.2019;"{HARBOUR}"')
    assert isinstance(draft, Draft)
    assert (draft.text, draft.title, draft.dates) == (HARBOUR, "Hafen", ("04.01.2019",))


def test_the_names_of_a_news_api() -> None:
    source = '"source": {"id": null, "name": "Vell Post"}, "createdAt": "2019-01-04T08:00:00Z"'
    (draft,) = objects(f'{{"articles": [{{{source}, "content": "{HARBOUR}"}}]}}')
    assert isinstance(draft, Draft)
    assert (draft.source, draft.dates) == ("Vell Post", ("2019-01-04T08:00:00Z",))


def test_a_note_of_google_keep() -> None:
    (draft,) = objects('{"textContent": "The key.", "createdTimestampUsec": 1546596000000000}')
    assert isinstance(draft, Draft)
    assert (draft.text, draft.dates) == ("The key.", ("2019-01-04",))


def test_one_byte_that_is_no_utf_8_does_not_spoil_the_others():
    table = ("title,text\n" + f"Café,{MARKET} niño señor año\n" * 9).encode()
    for byte, shown in ((b"\x81", "\ufffd"), (b"\xe9", "é")):
        drafts = rows(table + b"Caf" + byte + b"," + MARKET.encode() + b"\n")
        assert [draft.title for draft in drafts] == ["Café"] * 9 + ["Caf" + shown]


def test_a_stray_quote_costs_one_row():
    table = f'id,title,text\n1,a,"{HARBOUR}\n2,b,"{MARKET}"\n3,c,"{MARKET}"\n'
    bad, second, third = rows(table)
    assert bad == Unread("row 2", "a quote in it is never closed; close it in the file")
    assert (second.part, second.text, third.part) == ("2", MARKET, "3")


def test_a_row_that_is_too_long_is_left_out_whole():
    bad, good = rows(f"id,text\n1,{'words ' * 4_000_000}\n2,{MARKET}\n")
    assert bad == Unread("row 2", "longer than 20 million characters; split it")
    assert (good.part, good.text) == ("2", MARKET)


def test_quotes_that_were_not_doubled_are_read_as_they_stand():
    (draft,) = rows(f'title,text\n"The "new" port","{MARKET}\n\nIt "reopened" then."\n')
    assert draft.title == 'The new" port"'  # as csv.reader has it
    assert draft.text == f'{MARKET}\n\nIt reopened" then."'


def test_a_quote_that_is_never_closed_costs_one_row():
    table = f'id,title,text\n1,a,{MARKET}\n2,b,"{MARKET}\n3,c,{MARKET}\n4,d,{MARKET}\n'
    drafts = rows(table)
    assert [draft.part for draft in drafts] == ["1", "row 3", "3", "4"]
    assert drafts[1].reason == "a quote in it is never closed; close it in the file"


def test_rows_with_too_many_or_too_few_cells_are_left_out_and_empty_ones_passed_over():
    table = f"id,text\n1,{MARKET}\n\n2\n,,\n3,{MARKET},more\n4,{MARKET},\n"
    first, bad, last = rows(table)
    assert (first.part, last.part) == ("1", "4")
    assert bad == Unread(
        "row 4",
        "1 cell for 2 columns; look for a missing quote in this row, or in the 1 after it",
    )


def test_the_rest_of_a_damaged_row_makes_no_articles():
    table = (
        f'id,title,text\n1,One port,"{HARBOUR}"\n2,Two ports,"{MARKET}"\n'
        f"3,Three,One line.\nThen, another.\nAnd so on, without, its quote.\n"
        f'4,Four,"{MARKET}"\n'
    )
    assert [(found.part, isinstance(found, Draft)) for found in rows(table)] == [
        ("1", True),
        ("2", True),
        ("3", True),
        ("row 5", False),
        ("4", True),
    ]


def test_quotes_with_a_backslash_and_the_line_that_tells_excel_the_delimiter():
    (draft,) = rows('sep=;\ntitle;text\nA;"He said \\"no\\"; then he left the port, and went."\n')
    assert draft.text == 'He said "no"; then he left the port, and went.'


def test_a_name_that_comes_again_is_numbered():
    drafts = rows(f"id,text\n1,{HARBOUR.replace(',', '')}\n1,{MARKET}\n,{MARKET}\n")
    assert [draft.part for draft in drafts] == ["1", "1 (2)", "row 4"]


def test_html_nuls_and_empty_texts():
    table = (
        "title,text\nA &amp; B,<p>One.</p><p>Two &lt; three.</p>\n"
        f"C,O\0ne\0. {MARKET} {MARKET}\nD, \n"
    )
    first, second, third = rows(table)
    assert (first.title, first.text) == ("A & B", "One.\n\nTwo < three.")
    assert second.text == f"One. {MARKET} {MARKET}"
    assert third == Unread("row 4", "nothing in its column 'text'; add the text there")


def test_json_lines_go_on_after_a_broken_one():
    lines = [
        {"id": 1, "headline": "A", "date": 1546560000, "text": MARKET},
        {"id": 2, "authors": [{"name": "Ana"}, {"name": "Bo"}], "text": ["One.", "Two."]},
    ]
    first, bad, second, number = objects(
        f"{json.dumps(lines[0])}\n{{'id': 3}}\n{json.dumps(lines[1])}\n5\n"
    )
    assert (first.part, first.title, first.dates, first.text) == ("1", "A", ("2019-01-04",), MARKET)
    assert bad == Unread("row 2", "not valid JSON; mend or remove this line")
    assert (second.author, second.text) == ("Ana, Bo", "One., Two.")
    assert number == Unread("row 4", "not an object with fields; write it as {...}")


@pytest.mark.parametrize(
    "around",
    ["[{}]", '{{"version": "1.1", "items": [{}]}}', '{{"response": {{"docs": [{}], "n": 1}}}}'],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_arrays_alone_and_within_objects(around, indent):
    one = {"headline": "A", "fields": {"bodyText": HARBOUR}, "webPublicationDate": "2019-01-04"}
    content = around.format(json.dumps(one, indent=indent))
    assert JSON.match(content)
    (draft,) = objects(content)
    assert (draft.title, draft.text, draft.dates) == ("A", HARBOUR, ("2019-01-04",))
    assert draft.part == "row 1"


def test_one_object_is_one_article_and_several_in_a_row_are_several():
    one = json.dumps({"title": "A", "stories": ["x"], "body": HARBOUR}, indent=1)
    assert [draft.title for draft in objects(one)] == ["A"]
    assert [draft.part for draft in objects(one + "\n" + one)] == ["row 1", "row 2"]


def test_posts_have_the_name_of_whoever_wrote_them():
    tweet = {
        "created_at": "Fri Jan 04 18:00:00 +0000 2019",
        "full_text": HARBOUR,
        "source": '<a href="https://x.example">X for a phone</a>',
        "user": {"id": 7, "name": "Ana Ruiz", "screen_name": "ana", "description": MARKET},
    }
    toot = {"content": f"<p>{MARKET}</p>", "account": {"display_name": "Ana Ruiz", "acct": "ana"}}
    (first,), (second,) = objects(json.dumps([tweet])), objects(json.dumps([toot]))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.author, first.source, first.text) == ("Ana Ruiz", None, HARBOUR)
    assert (second.author, second.text) == ("Ana Ruiz", MARKET)


def test_a_json_array_that_breaks_off_keeps_what_stands_before():
    whole = json.dumps([{"text": MARKET}, {"text": HARBOUR}])
    first, rest = objects(whole[:-20])
    assert first.text == MARKET
    assert rest == Unread("row 2", "from here on it is not valid JSON; get or save the file again")


def test_objects_longer_than_what_is_read_at_once():
    long = " ".join([MARKET] * 4_000)
    drafts = objects(json.dumps([{"text": long, "id": n} for n in range(3)]))
    assert [(draft.part, draft.text == long) for draft in drafts] == [
        ("0", True),
        ("1", True),
        ("2", True),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("hello", "not JSON; save it as an array of objects, or one object a line"),
        (
            "[" * 100_000,
            (
                "no row of it can be read; row 1: from here on it is nested too deep; "
                "get or save the file again"
            ),
        ),
        ("[]", "a table without rows; there is nothing to read in it"),
    ],
)
def test_json_that_cannot_be_read(content, reason):
    with pytest.raises(ReadError) as error:
        objects(content)
    assert str(error.value) == reason


def test_lone_surrogates_become_replacement_characters():
    (draft,) = objects('{"text": "\\ud83d and \\ud83d\\ude00 in one text"}')
    assert draft.text == "\ufffd and 😀 in one text"


SAVED = {
    "Readwise": (
        "Highlight,Book Title,Book Author,Amazon Book ID,Note,Highlighted at\n"
        f'"{HARBOUR}",The Quay,Nora Winge,,Ask Ana.,2021-03-04 10:00:00+00:00\n'
    ),
    "Raindrop": (
        "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"
        f'1,The Quay,Ask Ana.,"{HARBOUR}",https://post.example/1,Sea,,2019-01-05T10:00:00.000Z,,,\n'
        "2,Fish,,,https://post.example/2,Sea,,2019-01-05T10:00:00.000Z,,,\n"
    ),
    "Instapaper": (
        "URL,Title,Selection,Folder,Timestamp\n"
        f'https://post.example/1,The Quay,"{HARBOUR}",Unread,1546685000\n'
        "https://post.example/2,Fish,,Unread,1546685000\n"
    ),
}


@pytest.mark.parametrize("service", SAVED)
def test_saved_texts_are_read_and_links_without_any_are_counted(service: str) -> None:
    (found,) = articles_in(io.BytesIO(SAVED[service].encode()), "export.csv")
    assert isinstance(found, ReadArticle)
    note = "" if service == "Instapaper" else "\n\nAsk Ana."
    assert (found.document.title, found.document.text) == ("The Quay", HARBOUR + note)
    left = () if service == "Readwise" else ("left out: links without a text (1: Fish)",)
    assert found.warnings == left


@pytest.mark.parametrize(
    ("service", "links"),
    [
        (
            "Pocket",
            "title,url,time_added,tags,status\nFish,https://post.example/2,1546685000,,unread\n",
        ),
        (
            "Readwise Reader",
            (
                "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\n"
                "Fish,https://post.example/2,01a,['sea'],2023-05-02 08:00:00+00:00,0.5,later,True\n"
            ),
        ),
    ],
)
def test_a_list_of_links_alone_says_how_to_add_the_pages(service: str, links: str) -> None:
    told = rf"^an export of {service} \(`ask add --url` adds a page\)"
    with pytest.raises(ReadError, match=told):
        list(articles_in(io.BytesIO(links.encode()), "export.csv"))


@pytest.mark.parametrize("above", ["Clips of the desk;;\nMade on 12.11.2024;;\n\n", "Clips\n"])
def test_lines_above_the_head_are_no_row(above: str) -> None:
    table = f'Titel;Datum;Text\nPort;05.03.2024;"{HARBOUR}"\nFish;06.03.2024;"{MARKET}"\n'
    port, fish = rows(above + table)
    assert (port.title, port.text, fish.text) == ("Port", HARBOUR, MARKET)
    assert port.part == f"row {above.count(chr(10)) + 2}"


def test_lines_above_a_table_of_facts_stand_above_its_text() -> None:
    (facts,) = rows("Depth of the bays\n\nPlace;Metres;Year\nMoss;12,5;2019\nOban;8,25;2020\n")
    assert facts.text.split("\n")[0] == "Depth of the bays"
    assert "Moss | 12,5 | 2019" in facts.text


def test_members_that_stand_for_their_object() -> None:
    told = {"date": "2024-03-05", "byline": {"original": "By Ana Ruiz", "id": "r7"}}
    told |= {"title": {"rendered": "Port"}, "content": {"rendered": f"<p>{HARBOUR}</p>"}}
    (draft,) = objects(json.dumps([told]))
    assert (draft.title, draft.text, draft.author) == ("Port", HARBOUR, "Ana Ruiz")


def test_a_row_may_have_its_text_elsewhere() -> None:
    told = [{"title": "Port", "text": HARBOUR}, {"headline": "Fish", "content": MARKET}, {"id": 3}]
    port, fish, none = objects("\n".join(map(json.dumps, told)))
    assert (port.title, fish.title, fish.text) == ("Port", "Fish", MARKET)
    assert none == Unread("3", "nothing in its column 'text'; add the text there")
    # What the person says counts.
    port, fish, _ = objects("\n".join(map(json.dumps, told)), {"text": "text"})
    assert isinstance(fish, Unread)


def test_a_listing_of_reddit() -> None:
    post = {"title": "Port", "selftext": HARBOUR, "author": "ana_r", "created_utc": 1709632800.0}
    listing = {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": post}]}}
    (draft,) = objects(json.dumps(listing))
    assert (draft.title, draft.author, draft.dates) == ("Port", "ana_r", ("2024-03-05",))


def test_what_was_thrown_away_is_named_and_lists_are_read() -> None:
    listed = [{"text": "Call Ana Ruiz", "isChecked": False}, {"text": "Ask Bo", "isChecked": True}]
    bin_, note = objects(
        json.dumps(
            [{"isTrashed": True, "text": HARBOUR}, {"title": "Calls", "listContent": listed}]
        )
    )
    assert isinstance(bin_, Unread)
    assert bin_.reason.startswith("was thrown away")
    assert (note.title, note.text) == ("Calls", "Call Ana Ruiz, Ask Bo")


def test_bookmarks_of_pinboard_and_books_of_goodreads() -> None:
    marks = [
        {
            "href": f"https://quay.example/{name}",
            "description": name,
            "extended": noted,
            "time": "2024-03-05T10:00:00Z",
            "tags": "sea trade",
        }
        for name, noted in (("Port", "It reopens."), ("Fish", ""))
    ]
    (mark,) = objects(json.dumps(marks))
    assert (mark.title, mark.text, mark.url) == ("Port", "It reopens.", "https://quay.example/Port")
    assert mark.dates == ("2024-03-05T10:00:00Z",)
    assert mark.warnings == ("left out: links without a text (1)",)
    books = (
        "Book Id,Title,Author,Date Read,My Review,Private Notes\n"
        '1,Ports,Ana Ruiz,2024/03/05,"Told well, and long.",\n2,Fish,Bo Lie,,,\n'
    )
    (book,) = rows(books)
    assert (book.title, book.author, book.text) == ("Ports", "Ana Ruiz", "Told well, and long.")


def test_a_text_in_markdown_has_its_title_in_its_heading() -> None:
    day = {"creationDate": "2024-03-05T10:00:00Z", "text": f"# Market day\n\n{HARBOUR}"}
    (draft,) = objects(json.dumps({"metadata": {"version": "1.0"}, "entries": [day]}))
    assert (draft.title, draft.text) == ("Market day", HARBOUR)
    assert draft.dates == ("2024-03-05T10:00:00Z",)


@pytest.mark.parametrize("name", ["notes", "children", "messages"])
def test_an_article_that_collects_something_beside_its_text_is_one(name: str) -> None:
    text = "The dredger reached Moss on Monday, and it stays there until May, the harbour says."
    article = {"title": "Dredger", name: [{"id": "7", "by": "Ana"}], "text": text}
    found = list(articles_in(io.BytesIO(json.dumps(article).encode()), "a.json"))
    (read,) = (each for each in found if isinstance(each, ReadArticle))
    assert (read.document.title, read.document.text) == ("Dredger", text)


def test_an_article_above_others_without_a_head_is_no_title_of_theirs() -> None:
    first = "The pilots of Moss met on Sunday, and they asked for a second boat before the summer."
    later = [f'"{HARBOUR}",Port {n},2024-01-0{n}' for n in range(1, 5)]
    found = rows("\n".join([f'"{first}",,', *later]))
    assert [each.text for each in found if isinstance(each, Draft)] == [first, *[HARBOUR] * 4]
