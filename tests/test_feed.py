"""Feeds of every kind, well-formed or not."""

import io

import pytest

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.feeds.feed import drafts_from_feed, looks_like_feed

NO_FEED = "not a feed; save it again from its address, or what it holds as RIS, CSV, or text"
HARBOUR = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:wp="http://wordpress.org/export/1.2/"'
)


def entries(content: str | bytes) -> list[Draft | Unread]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(drafts_from_feed(io.BytesIO(data)))


def rss(*items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    channel = "<title>Vell Post</title><link>https://post.example/</link><language>en-GB</language>"
    return f'<rss version="2.0" {NAMESPACES}><channel>{channel}{inner}</channel></rss>'


def test_rss():
    item = (
        "<title>Fish &amp;amp; chips &amp; more</title><itunes:title>Not this</itunes:title>"
        "<link>/7?a=1&amp;b=2</link><guid isPermaLink='false'>g7</guid>"
        "<dc:creator>Ana Ruiz</dc:creator><pubDate>Fri, 04 Jan 19 23:30:00 -0500</pubDate>"
        "<description>In short.</description>"
        f"<content:encoded><![CDATA[<p>{HARBOUR}</p><p>5 &lt; 6 &amp; more</p>]]></content:encoded>"
    )
    text = f"{HARBOUR}\n\n5 < 6 & more"
    assert entries(rss(item)) == [
        Draft(
            text=text,
            title="Fish & chips & more",
            source="Vell Post",
            author="Ana Ruiz",
            url="https://post.example/7?a=1&b=2",
            dates=("2019-01-04",),
            language="en-GB",
            clues=f"Fish & chips & more\n2019-01-04\n{text}",
            part="g7",
        )
    ]


def test_atom():
    (draft,) = entries(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>All</title>'
        '<link rel="self" href="https://post.example/feed"/><link href="https://post.example/"/>'
        '<entry xml:lang="es"><id>urn:7</id><title type="html">A &lt;b&gt;port&lt;/b&gt;</title>'
        '<link rel="edit" href="/edit"/><link href="/7"/>'
        '<category term="q" label="Quays &amp; sea"/>'
        '<category term="ports"/><category term="http://schemas.google.com/blogger/2008/kind#post"/>'
        "<updated>2019-01-06T00:00:00Z</updated><published>2019-01-04T23:30:00-05:00</published>"
        "<author><name>Ana</name><uri>x</uri></author><author><name>Bo</name></author>"
        "<source><title>Vell Post</title></source>"
        '<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>One.</x:p>'
        "<x:p>5 &lt; <x:b>6</x:b></x:p></x:div></content></entry></feed>"
    )
    assert (draft.part, draft.title, draft.text) == ("urn:7", "A port", "One.\n\n5 < 6")
    assert (draft.author, draft.source, draft.language) == ("Ana, Bo", "Vell Post", "es")
    assert draft.url == "https://post.example/7"
    assert draft.dates == ("2019-01-04T23:30:00-05:00", "2019-01-06T00:00:00Z")
    assert draft.tags == ("Quays & sea", "ports")


def test_rdf():
    (draft,) = entries(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>Vell Post</title></channel>"
        '<item rdf:about="https://post.example/7"><title>Port</title>'
        f"<description>{HARBOUR}</description><dc:date>2019-01-04</dc:date></item></rdf:RDF>"
    )
    assert (draft.part, draft.title, draft.source) == (
        "https://post.example/7",
        "Port",
        "Vell Post",
    )
    assert (draft.text, draft.dates) == (HARBOUR, ("2019-01-04",))


def test_exports_of_wordpress_hold_pictures_and_bare_paragraphs():
    item = "<wp:post_type>{}</wp:post_type><content:encoded><![CDATA[{}]]></content:encoded>"
    drafts = entries(
        rss(
            item.format("attachment", HARBOUR),
            item.format("post", "One <em>ship</em>.\n\nTwo ships."),
        )
    )
    assert [draft.text for draft in drafts] == ["One ship.\n\nTwo ships."]


def test_what_is_not_well_formed_does_not_spoil_what_follows():
    drafts = entries(
        rss(
            "<title>Fish & chips &nbsp;caf&eacute; &#150; &bogus; &#1;</title>"
            "<description>a &lt; b < c</description>",
            "<title>Open<br></title><description>&lt;p&gt;One.&lt;/p&gt;</description>",
            "<title>T\x01wo</title><description>&lt;p&gt;One.&lt;p&gt;Two</description>",
            "<title>The <p> of HTML</title><description>&lt;p&gt;Three.</description>",
            "<title>Four</title><description>&lt;p&gt;Four.</description>",
        )
    )
    assert [draft.title for draft in drafts[:3]] == ["Fish & chips café – &bogus;", "Open", "Two"]
    assert [draft.text for draft in drafts[1:3]] == ["One.", "One.\n\nTwo"]
    assert ("Four", "Four.") in [
        (draft.title, draft.text) for draft in drafts[3:] if isinstance(draft, Draft)
    ]


@pytest.mark.parametrize("broken", ["<!-- ", "<![CDATA[", "<?php "])
def test_entries_that_broken_markup_hides_are_told_of(broken):
    item = f"<description>{HARBOUR}</description>"
    drafts = entries(rss(item, f"<title>{broken}</title>{item}", item))
    assert drafts[0].text == HARBOUR
    assert isinstance(drafts[-1], Unread)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    feed = rss(f"<title>Café</title><description>{HARBOUR} Pagó 5€.</description>")
    (draft,) = entries(f'<?xml version="1.0" encoding="windows-1252"?>\n{feed}'.encode(encoding))
    assert (draft.title, draft.text) == ("Café", f"{HARBOUR} Pagó 5€.")


def test_entries_larger_than_what_is_read_at_once():
    words = " ".join([HARBOUR] * 2_000)
    item = f"<description>{{}} &amp; <![CDATA[{words} &amp;]]> &eacute;</description>"
    drafts = entries(rss(*(item.format(number) for number in range(5))))
    assert [draft.text for draft in drafts] == [f"{n} & {words} & é" for n in range(5)]


def test_an_entry_without_text_and_names_that_come_again():
    item = f"<guid>g</guid><description>{HARBOUR}</description>"
    one, two, three = entries(rss(item, item, "<title>Only this</title>"))
    assert (one.part, two.part) == ("g", "g (2)")
    assert three == Unread("entry 3", "an entry without text; open its page and save that")


def test_a_feed_that_breaks_off():
    item = f"<description>{HARBOUR}</description>"
    one, two, rest = entries(rss(item, item)[:-60])
    assert (one.text, one.warnings) == (HARBOUR, ())
    assert HARBOUR.startswith(two.text)
    assert two.warnings == ("the file breaks off in it; save the feed again",)
    assert rest == Unread(
        "after entry 2", "the file breaks off here; save the feed again from its address"
    )


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<html><p>x</p></html>", NO_FEED),
        ("", NO_FEED),
        (rss(), "a feed without articles; there is nothing to read in it"),
        (
            f'<!DOCTYPE rss [<!ENTITY a0 "ha">{BOMB}]>' + rss("<description>&a11;</description>"),
            "declares entities of its own, as no feed does; save it again",
        ),
        (
            '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
            + rss("<description>&x;</description>"),
            "declares entities of its own, as no feed does; save it again",
        ),
        (
            rss("<description>" + "<a>" * 100_000 + "</description>"),
            "nested too deep, or a text too long, from here on; save the feed again",
        ),
    ],
)
def test_a_feed_that_cannot_be_read_says_what_to_do(content, reason):
    with pytest.raises(ReadError) as error:
        entries(content)
    assert str(error.value) == reason


def test_entities_declared_beyond_the_first_piece_are_not_expanded():
    late = "<!--" + "x" * 3_000 + "-->"
    feed = rss(f"<description>{HARBOUR} &a0;</description>")
    content = f'<?xml version="1.0"?>{late * 30}<!DOCTYPE rss [<!ENTITY a0 "ha">]>{feed}'
    with pytest.raises(ReadError, match="not a feed"):
        entries(content)


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b'<?xml version="1.0"?><!-- x --><rss version="2.0">', True),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", True),
        (b"<rdf:RDF xmlns:rdf='x'>", True),
        ("<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16"), True),
        (b"<html><head><rss></head>", False),
        (b"<feedback>", False),
        (b"", False),
    ],
)
def test_what_begins_as_a_feed(head, answer):
    assert looks_like_feed(head) is answer
