"""Messages and mailboxes of Outlook."""

import io
import sys
from datetime import datetime, timezone
from types import ModuleType, SimpleNamespace

import pytest

from documents import none_read
from index.errors import ReadError
from index.reading.articles import ReadArticle, articles_in
from index.reading.mail.pst import drafts_from_pst
from outlook_files import outlook_message

HARBOUR = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."
MARKET = "Fish prices fell by a third within hours; the market closed early on the same evening."
SENT = datetime(2019, 1, 4, 23, 30, tzinfo=timezone.utc)
SUBJECT, SENDER, ADDRESS, BODY, HTML, HEADERS = 0x37, 0x0C1A, 0x5D01, 0x1000, 0x1013, 0x7D
NAMED = {SUBJECT: "El niño", SENDER: "Ana Ruiz", ADDRESS: "ana@port.example"}


def read(content: bytes) -> list:
    return list(articles_in(io.BytesIO(content), "a.msg"))


def told(found: list) -> list[tuple[str, str | None, str, str]]:
    documents = [each.document for each in found if isinstance(each, ReadArticle)]
    return [(d.title, d.author, str(d.published), d.text) for d in documents]


def test_the_properties_say_who_wrote_what_and_when() -> None:
    table = f"title,text\nPrices,{MARKET}\n" + "x,\n" * 2_000
    files = {"prices.csv": table.encode(), "logo.png": b"\x89PNG"}
    found = read(outlook_message({**NAMED, BODY: HARBOUR}, files, sent=SENT))
    assert told(found) == [
        ("El niño", "Ana Ruiz", "2019-01-04", HARBOUR),
        ("Prices (attached to “El niño”)", "Ana Ruiz", "2019-01-04", MARKET),
    ]
    assert found[0].document.source == "port.example"
    assert found[0].warnings[0].startswith("left out 1 attachment (logo.png)")


def test_what_was_sent_goes_before_what_outlook_says_of_it() -> None:
    headers = "From: Bo Lind <bo@post.example>\r\nDate: Fri, 04 Jan 2019 23:30:00 -0500\r\n"
    properties = {**NAMED, HEADERS: f"{headers}Content-Type: text/html\r\n", BODY: HARBOUR}
    found = read(outlook_message(properties, sent=datetime(2020, 1, 1, tzinfo=timezone.utc)))
    assert told(found) == [("El niño", "Bo Lind", "2019-01-04", HARBOUR)]


def test_what_a_reply_quotes_is_whose_it_names() -> None:
    html = f"<p>{MARKET}</p><div>From: Bo Lind &lt;bo@post.example&gt;<br>Sent: Friday, 4 January "
    html += f"2019 10:00<br>To: Ana<br>Subject: Ships</div><p>{HARBOUR}</p>"
    found = read(outlook_message({**NAMED, HTML: html.encode()}, sent=SENT))
    assert told(found) == [
        ("El niño", "Ana Ruiz", "2019-01-04", MARKET),
        ("Ships", "Bo Lind", "2019-01-04", HARBOUR),
    ]


def test_a_damaged_message_is_one_line() -> None:
    content = outlook_message({**NAMED, BODY: HARBOUR * 100})
    with pytest.raises(ReadError, match="damaged; save it again from Outlook"):
        read(content[:-3_000])


class Item(SimpleNamespace):
    """What libpff makes of a message, as far as it is looked at."""

    def __init__(self, **values: str) -> None:
        entries = [
            SimpleNamespace(entry_type=number, value_type=0x1F, data=value.encode("utf-16-le"))
            for number, value in zip((0x1A, SUBJECT, SENDER, BODY), values.values())
        ]
        sets = [SimpleNamespace(entries=entries)]
        super().__init__(record_sets=sets, get_number_of_attachments=lambda: 0)


def test_a_mailbox_without_what_reads_it_says_how_to_get_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pypff", None)
    with pytest.raises(ReadError, match=r'pip install "byline\[outlook\]"'):
        list(drafts_from_pst(io.BytesIO(b"!BDN"), none_read))


def test_the_mail_of_all_folders_is_read_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def folder(messages: list, folders: list) -> SimpleNamespace:
        return SimpleNamespace(
            get_number_of_sub_messages=lambda: len(messages),
            get_sub_message=messages.__getitem__,
            get_number_of_sub_folders=lambda: len(folders),
            get_sub_folder=folders.__getitem__,
        )

    contact = Item(kind="IPM.Contact", subject="Bo", sender="", body=HARBOUR)
    mail = Item(kind="IPM.Note", subject="Ships", sender="Ana Ruiz", body=HARBOUR)
    reply = Item(kind="IPM.Note", subject="Fish", sender="Bo Lind", body=f"{MARKET}\n\n> {HARBOUR}")
    root = folder([contact], [folder([reply], []), folder([mail], [])])
    library = ModuleType("pypff")
    library.file = lambda: SimpleNamespace(  # type: ignore[attr-defined]
        open_file_object=lambda _: None, get_root_folder=lambda: root
    )
    monkeypatch.setitem(sys.modules, "pypff", library)
    found = drafts_from_pst(io.BytesIO(b"!BDN"), none_read)
    assert [(each.title, each.author, each.text) for each in found] == [
        ("Fish", "Bo Lind", MARKET),
        ("Ships", "Ana Ruiz", HARBOUR),
    ]


def test_a_damaged_mailbox_is_one_line() -> None:
    pytest.importorskip("pypff")
    with pytest.raises(ReadError, match="damaged; repair it with the Inbox Repair Tool"):
        list(drafts_from_pst(io.BytesIO(b"!BDN" + bytes(2_000)), none_read))
