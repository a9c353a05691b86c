"""Mail, mailboxes, and saved web pages."""

import io
import zipfile
from email.message import EmailMessage

import pytest

from documents import none_read
from index.errors import ReadError
from index.reading.articles import ReadArticle, articles_in
from index.reading.draft import Draft, Unread
from index.reading.mail.mailbox import (
    drafts_from_mail,
    drafts_from_mailbox,
    looks_like_mail,
    looks_like_mailbox,
)
from index.reading.mail.message import LARGEST_MESSAGE
from index.reading.web.saved import drafts_from_mhtml, looks_like_mhtml

HARBOUR = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."
MARKET = "Fish prices fell by a third within hours; the market closed early on the same evening."
FROM = "From: Ana Ruiz <ana@post.example>\n"


def mail(content: str | bytes) -> Draft:
    data = content if isinstance(content, bytes) else content.encode()
    (draft,) = drafts_from_mail(io.BytesIO(data), none_read)
    assert isinstance(draft, Draft)
    return draft


def mailbox(content: bytes) -> list[Draft | Unread]:
    return list(drafts_from_mailbox(io.BytesIO(content), none_read))


def message(**headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ana Ruiz <ana@post.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


def test_the_headers_say_who_wrote_what_and_when():
    made = message(
        Subject="El niño pagó 5€",
        Date="Fri, 04 Jan 2019 23:30:00 -0500",
        List_Id='"Vell Press" <press.post.example>',
        Archived_At="<https://post.example/7>",
    )
    made.set_content(HARBOUR + "\n-- \nAna Ruiz\nDesk\n")
    made["Content-Language"] = "en-GB, es"
    assert mail(made.as_bytes()) == Draft(
        text=HARBOUR,
        title="El niño pagó 5€",
        source="Vell Press",
        author="Ana Ruiz",
        url="https://post.example/7",
        # In the sender's zone: in UTC it was the fifth.
        dates=("2019-01-04", "Fri, 04 Jan 2019 23:30:00 -0500"),
        language="en-GB",
        clues=f"El niño pagó 5€\n2019-01-04\nFri, 04 Jan 2019 23:30:00 -0500\n{HARBOUR}",
    )


@pytest.mark.parametrize(
    ("sender", "author", "source"),
    [
        ("Ana Ruiz <ana@www.post.example>", "Ana Ruiz", "post.example"),
        ("ana@gmail.com", "ana@gmail.com", None),
        ("=?utf-8?q?Jos=C3=A9?= <j@yahoo.co.uk>", "José", None),
        ("(" * 5_000, None, None),
    ],
)
def test_senders(sender, author, source):
    draft = mail(f"From: {sender}\nSubject: x\n\n{HARBOUR}\n")
    assert (draft.author, draft.source) == (author, source)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("=?utf-8?b?Q2Fmw6k=?= =?utf-8?q?_open?=", "Café open"),
        ("=?iso-8859-1?q?Caf=E9?= in town", "Café in town"),
        ("=?utf-8?b?Q2Fmw?=", "=?utf-8?b?Q2Fmw?="),
        ("=?no-such?q?Caf=C3=A9?=", "Café"),
        ("Café", "Café"),
        ("folded\n over two lines", "folded over two lines"),
    ],
)
def test_subjects(written, title):
    assert mail(f"{FROM}Subject: {written}\n\n{HARBOUR}\n").title == title


def test_without_its_date_the_day_it_arrived_counts():
    received = "Received: from a by b;\n Sat, 5 Jan 2019 04:31:00 +0000\n"
    assert mail(f"{received}{FROM}\n{HARBOUR}\n").dates == (
        "2019-01-05",
        "Sat, 5 Jan 2019 04:31:00 +0000",
    )


def test_plain_text_goes_before_html_unless_it_only_points_there():
    made = message()
    made.set_content(HARBOUR)
    made.add_alternative(f"<p>{HARBOUR}</p><img src='https://track.example/1'>", subtype="html")
    assert mail(made.as_bytes()).text == HARBOUR
    made = message()
    made.set_content("View it online.")
    made.add_alternative(f"<p>{HARBOUR}</p><p>{MARKET}</p>", subtype="html")
    assert mail(made.as_bytes()).text == f"{HARBOUR}\n\n{MARKET}"


def test_attachments_are_counted_and_what_was_forwarded_follows():
    inner = message(Subject="Prices")
    inner.set_content(MARKET)
    made = message()
    made.set_content(HARBOUR)
    made.add_attachment(inner)
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    made.add_attachment("a,b", filename="a.csv")
    whole, forwarded = drafts_from_mail(io.BytesIO(made.as_bytes()), none_read)
    assert whole.text == HARBOUR
    assert whole.warnings == (
        "left out 2 attachments (a.pdf, a.csv); save and add what belongs to it",
    )
    assert (forwarded.text, forwarded.title, forwarded.author) == (MARKET, "Prices", "Ana Ruiz")
    assert (forwarded.part, forwarded.warnings) == ("quoted 1", ())


def attached(made: EmailMessage, *files: tuple[str, bytes]) -> EmailMessage:
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("memo.txt", "The quay is closed.")
    return file.getvalue()


def articles(content: bytes, name: str) -> list[ReadArticle | Unread]:
    return list(articles_in(io.BytesIO(content), name))


def test_attachments_are_articles_that_know_their_message():
    made = message(Subject="Quarter", Date="Fri, 04 Jan 2019 23:30:00 -0500")
    made.set_content(HARBOUR)
    table = b"title,text,published\nPrices,The price of fish fell by a third.,2018-12-31\n"
    files = (("prices.csv", table), ("memo.md", b"# Memo\n\nThe quay is closed.\n"))
    broken = ("broken.docx", b"PK\x03\x04broken")
    old = ("old.ps", b"%!PS")
    others = [
        ("logo.png", b"\x89PNG"),
        ("all.rar", b"Rar!"),
        ("all.zip", archive()),
        ("packed", archive()),
        ("a.gif", b"GIF8"),
    ]
    attached(made, *files, broken, old, *others)
    found = articles(made.as_bytes(), "a.eml")
    told = [
        (each.document.title, each.document.author, str(each.document.published))
        for each in found
        if isinstance(each, ReadArticle)
    ]
    assert told == [
        ("Quarter", "Ana Ruiz", "2019-01-04"),
        ("Prices (attached to “Quarter”)", "Ana Ruiz", "2018-12-31"),
        ("Memo (attached to “Quarter”)", "Ana Ruiz", "2019-01-04"),
    ]
    unread = {each.part: each.reason for each in found if isinstance(each, Unread)}
    assert list(unread) == ["broken.docx", "old.ps"]
    assert unread["old.ps"] == "a PostScript file; convert it to PDF, as with ps2pdf"
    (first, *_, last) = found[:3]
    names = "logo.png, all.rar, all.zip, packed, a.gif"
    assert first.warnings == (f"left out 5 attachments ({names}); save and add what belongs to it",)
    assert (first.document.part, last.document.part) == ("", "memo.md")


def test_an_attachment_that_is_sent_again_is_read_once():
    memo = ("memo.txt", b"The quay is closed until the crane has been mended.")
    sent = [attached(message(Message_ID=f"<{n}@post>", Subject="Quay"), memo) for n in range(3)]
    sent[1].set_payload([EmailMessage(), *sent[1].get_payload()])
    sent[1].get_payload()[0].set_content("Once more.")
    divider = b"\nFrom a@b Fri Jan  4 10:00:00 2019\n"
    box = divider[1:] + divider.join(each.as_bytes() for each in sent)
    # The last has no words of its own: nothing is wrong with it.
    found = articles(box, "a.mbox")
    assert not [each for each in found if isinstance(each, Unread)]
    assert [each.document.part for each in found] == ["0@post › memo.txt", "1@post"]


def test_flowed_lines_are_joined():
    head = f"{FROM}Content-Type: text/plain; format=flowed\n\n"
    text = f"{head}The harbour \nof Port Vell \nreopened.\n \nIt did.\n> so \n> they\n"
    own, quoted = drafts_from_mail(io.BytesIO(text.encode()), none_read)
    assert own.text == "The harbour of Port Vell reopened.\n\nIt did."
    assert quoted.text == "so\nthey"


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [
        ("cp1252", "windows-1252"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("utf-8", "us-ascii"),
        ("utf-8", "none"),
    ],
)
def test_the_encoding_that_a_mail_names_may_be_wrong(encoding, stated):
    text = f"El “niño” pagó 5€. {HARBOUR}"
    head = f"{FROM}Content-Type: text/plain; charset={stated}\n\n".encode()
    assert mail(head + text.encode(encoding)).text == text


def test_a_message_of_apple_mail_ends_where_its_marks_begin():
    content = f"{FROM}Subject: Port\nMessage-ID: <1@post.example>\n\n{HARBOUR}\n".encode()
    marks = b'<?xml version="1.0"?><plist><dict><key>flags</key><integer>1</integer></dict></plist>'
    kept = b"%d      \n%s%s" % (len(content), content, marks)
    assert looks_like_mail(kept)
    assert (mail(kept).title, mail(kept).text) == ("Port", HARBOUR)


def test_a_mail_saved_as_utf_16():
    assert mail(f"{FROM}Subject: Café\n\n{HARBOUR}\n".encode("utf-16")).title == "Café"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"{FROM}\n \n", "a message without text; there is nothing to read in it"),
        (HARBOUR, "not an e-mail message; save it from the mail program as EML"),
        ("", "not an e-mail message; save it from the mail program as EML"),
        (
            f"{FROM}Content-Type: application/pkcs7-mime\n\nMIIB\n",
            "encrypted; decrypt it in the mail program and save it from there",
        ),
        (
            f"{FROM}Content-Type: application/pdf\n\n%PDF\n",
            "no text, only 1 attachment (without a name); save and add those",
        ),
        (
            FROM + "Content-Type: message/rfc822\n\n" * 2_000,
            "its parts are nested too deep; save its text from a mail",
        ),
        (
            FROM + "\n" + "x" * LARGEST_MESSAGE,
            "a message of more than 35 MB; save it without its attachments",
        ),
    ],
)
def test_a_mail_that_cannot_be_read_says_what_to_do(content, reason):
    with pytest.raises(ReadError) as error:
        mail(content)
    assert str(error.value) == reason


def test_a_mailbox_goes_on_after_a_message_without_text():
    line = b"From ana@post.example Fri Jan  4 10:00:00 2019\n"
    first = f"{FROM}Message-ID: <1@post>\n\n>From here on.\n>>From there.\nFrom 9 to 5.\n".encode()
    empty = f"{FROM}Message-ID: <2@post>\n\n\n".encode()
    again = f"{FROM}Message-ID: <1@post>\n\n{MARKET}\n".encode()
    unnamed = f"{FROM}\n{HARBOUR}\n".encode()
    box = b"".join(line + each + b"\n" for each in (first, empty, again, unnamed))
    assert looks_like_mailbox(box)
    one, two, three, four, quoted = mailbox(box)
    assert (one.part, one.text) == ("1@post", "From here on.\n\nFrom 9 to 5.")
    assert (quoted.part, quoted.text) == ("1@post quoted 1", "From there.")
    assert two == Unread("2@post", "a message without text; there is nothing to read in it")
    assert (three.part, three.text) == ("1@post (2)", MARKET)
    assert (four.part, four.text) == ("message 4", HARBOUR)
    assert mailbox(box.replace(b"\n", b"\r\n"))[3] == four


def test_a_mailbox_without_its_first_line():
    with pytest.raises(ReadError) as error:
        mailbox(b"Fromage\n\nis cheese\n")
    assert str(error.value) == "not a mailbox; export it again in the mbox format"


PAGE = (
    "From: <Saved by a browser>\n"
    "Snapshot-Content-Location: https://post.example/2019/01/04/port\n"
    "Date: Sun, 9 Aug 2020 10:00:00 -0000\n"
    'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n'
    "--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n"
    "Content-Location: https://post.example/2019/01/04/port\n\n"
    f"<title>Caf=C3=A9</title><h1>Caf=C3=A9</h1><p>{HARBOUR}</p>\n"
    "--b\nContent-Type: text/html\nContent-Location: https://ads.example/\n\n<p>Buy</p>\n--b--\n"
)


def test_a_saved_page_is_read_as_a_page_with_its_address():
    (draft,) = drafts_from_mhtml(io.BytesIO(PAGE.encode()))
    assert draft.title == "Café"
    assert draft.text == HARBOUR
    assert draft.url == "https://post.example/2019/01/04/port"
    # From its address; the day on which it was saved is none.
    assert draft.dates == ("2019-01-04",)


def test_a_saved_page_without_a_page():
    with pytest.raises(ReadError) as error:
        list(drafts_from_mhtml(io.BytesIO(PAGE.replace("text/html", "image/png").encode())))
    assert str(error.value) == "no web page in it; save the page again, as HTML only"


def test_what_begins_as_which():
    made = f"Received: by x\n\tfor y\n{FROM}\n{HARBOUR}".encode()
    assert looks_like_mail(made)
    assert not looks_like_mailbox(made)
    assert not looks_like_mhtml(made)
    assert looks_like_mhtml(PAGE.encode())
    assert looks_like_mhtml(PAGE.replace("\n", "\r\n").encode())
    assert not looks_like_mail(b"Title: Port\nDate: 2019-01-04\nFrom: our desk\n\nWords.")
    assert not looks_like_mailbox(b"From 10:30 on 4 January 2019 the port was open.\n\nWords.")
