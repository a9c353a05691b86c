"""Files that were cut and changed at random: a clear refusal, or articles that are whole."""

import gzip
import io
import json
import random
from functools import partial

import pytest

from documents import none_read
from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.feeds.feed import drafts_from_feed
from index.reading.mail.mailbox import drafts_from_mail, drafts_from_mailbox
from index.reading.tables.delimited import drafts_from_delimited
from index.reading.tables.json_rows import drafts_from_json
from index.reading.web.saved import drafts_from_mhtml, drafts_from_warc

WORDS = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."
MAIL = (
    "From: =?utf-8?q?Jos=C3=A9?= <j@post.example>\nDate: Fri, 4 Jan 2019 23:30:00 -0500\n"
    "Message-ID: <1@post>\nContent-Type: multipart/mixed; boundary=b1\n\n"
    "--b1\nContent-Type: multipart/alternative; boundary=b2\n\n"
    "--b2\nContent-Type: text/plain; format=flowed; charset=utf-8\n"
    f"Content-Transfer-Encoding: quoted-printable\n\nCaf=C3=A9. {WORDS}\n-- \nJ\n"
    f"--b2\nContent-Type: text/html; charset=cp1252\n\n<p>{WORDS}</p>\n--b2--\n"
    f"--b1\nContent-Type: message/rfc822\n\nFrom: a@x\nSubject: In\n\n{WORDS}\n"
    "--b1\nContent-Type: image/png; name*=utf-8''a%20b\nContent-Transfer-Encoding: base64\n\n"
    "AAAA\n--b1--\n"
)
MAILBOX = f"From a@x Fri Jan  4 10:00:00 2019\n{MAIL}\n" * 3
PAGE = (
    "Content-Location: https://post.example/\nContent-Type: multipart/related; boundary=b\n\n"
    f"--b\nContent-Type: text/html\n\n<title>Port</title><p>{WORDS}</p>\n--b--\n"
)
ITEM = (
    "<item><title>A &amp;amp; b</title><guid>g</guid><pubDate>Fri, 04 Jan 2019</pubDate>"
    f"<c:encoded><![CDATA[<p>{WORDS} &lt;</p>]]></c:encoded></item>"
)
FEED = (
    '<?xml version="1.0"?><rss xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel>'
    f"<title>Post</title>{ITEM * 4}</channel></rss>"
)
TABLE = "id;title;date;text\n" + f'1;Port;2019-01-04;"{WORDS}\n\nHe said ""no""."\n' * 5
LINES = f"{json.dumps({'id': 1, 'text': WORDS, 'more': {'title': 'é'}})}\n" * 5
ARRAY = json.dumps({"version": "1", "items": [{"title": "A", "text": WORDS}] * 5})
RESPONSE = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>A</title><p>{WORDS}</p>"
ARCHIVE = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://post.example/\r\n"
    "Content-Type: application/http\r\n"
    f"Content-Length: {len(RESPONSE)}\r\n\r\n{RESPONSE}\r\n\r\n"
) * 3
INSERTED = (
    b'"', b"<", b"&", b"\0", b"=?", b"\n", b"\r", b"{", b"[", b"<a>" * 300, b"From ", b"\n\n",
    b"(" * 2_000, b"<![CDATA[", b"]]>", b"\xff\xfe", b"--b1\n", b"\x1b$B", b";" * 50, b"*0*=",
)  # fmt: skip


def changed(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    place = chance.randrange(len(made))
    kind = chance.randrange(5)
    if kind == 0:
        del made[place:]
    elif kind == 1:
        del made[place : place + chance.randrange(200)]
    elif kind == 2:
        for _ in range(chance.randint(1, 20)):
            made[chance.randrange(len(made))] = chance.randrange(256)
    elif kind == 3:
        made[place:place] = made[chance.randrange(len(made)) :][:600] * chance.randint(1, 30)
    else:
        for _ in range(chance.randint(1, 9)):
            place = chance.randrange(len(made))
            made[place:place] = chance.choice(INSERTED)
    return bytes(made)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (partial(drafts_from_mail, read=none_read), MAIL.encode()),
        (partial(drafts_from_mailbox, read=none_read), MAILBOX.encode()),
        (drafts_from_mhtml, PAGE.encode()),
        (drafts_from_feed, FEED.encode()),
        (drafts_from_delimited, TABLE.encode()),
        (drafts_from_delimited, TABLE.encode("utf-16")),
        (drafts_from_json, LINES.encode()),
        (drafts_from_json, ARRAY.encode()),
        (drafts_from_warc, ARCHIVE.encode()),
        (drafts_from_warc, gzip.compress(ARCHIVE.encode(), mtime=0)),
    ],
)
def test_only_clear_refusals_and_whole_articles_come_of_broken_files(read, data):
    assert any(isinstance(found, Draft) for found in read(io.BytesIO(data)))
    chance = random.Random(3)  # noqa: S311
    for _ in range(100):
        try:
            drafts = list(read(io.BytesIO(changed(data, chance))))
        except ReadError:
            continue
        parts = [draft.part for draft in drafts]
        assert len(set(parts)) == len(parts)
        for draft in drafts:
            if isinstance(draft, Draft):
                assert draft.text
                assert draft.text == draft.text.strip()
                for text in (draft.text, draft.title, draft.part, draft.clues, *draft.dates):
                    assert "\0" not in text
                    text.encode()  # no lone surrogates
