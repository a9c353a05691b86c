"""Exports of WordPress: what was published, as it is shown, and nothing else."""

import io

import pytest

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.feeds.feed import drafts_from_feed

HEAD = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Moss Post</title>'
    "<wp:author><wp:author_login><![CDATA[aruiz]]></wp:author_login>"
    "<wp:author_display_name><![CDATA[Ana Ruiz]]></wp:author_display_name></wp:author>"
)
END = "</channel></rss>"


def post(title: str, content: str, kind: str = "post", status: str = "publish", **more: str) -> str:
    inner = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in more.items())
    return (
        f"<item><title>{title}</title><dc:creator>aruiz</dc:creator>"
        f"<pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate>{inner}"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status></item>"
    )


def read(*posts: str, end: str = END) -> list[Draft | Unread]:
    return list(drafts_from_feed(io.BytesIO((HEAD + "".join(posts) + end).encode())))


def test_what_is_published_is_read_and_the_rest_is_named() -> None:
    locked = {"post_password": "x"}
    first, second = read(
        post("Ferry", "The ferry sails.", post_date="2023-05-02 08:00:00").replace(
            "<wp:",
            "<category domain='post_tag'><![CDATA[Sea & port]]></category>"
            "<category domain='category'><![CDATA[Uncategorized]]></category><wp:",
            1,
        ),
        post("Rumour", "The ferry sank.", status="draft"),
        post("About", "We write of ferries.", "page", post_date="0000-00-00 00:00:00"),
        post("1.jpg", "", "attachment", "inherit"),
        post("2.jpg", "", "attachment", "inherit"),
        post("Top", "", "nav_menu_item"),
        post("Recipe", "Fish.", "recipe"),
        post("Members", "Dinner.", **locked),
    )
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.text, first.author, first.dates) == (
        "The ferry sails.",
        "Ana Ruiz",
        ("2023-05-02 08:00:00",),
    )
    assert first.tags == ("Sea & port",)
    assert (second.text, second.dates, first.warnings) == ("We write of ferries.", (), ())
    (told,) = second.warnings
    assert told == (
        "left out: drafts (1: Rumour), attachments (2), menu items (1), recipe (1), posts behind a "
        "password (1: Members)"
    )


def test_codes_and_comments_of_the_editor_are_dropped() -> None:
    (draft,) = read(
        post(
            "Codes",
            "<!-- wp:paragraph --><p>One [sic] ship.</p><!-- /wp:paragraph -->\n\n"
            '[caption id="a_1" width="300"]<img src="k.jpg"/> A quay[/caption]\n\n'
            "[vc_row full='yes']Two ships.[/vc_row]<!--more-->\n\n"
            '[gallery ids="1,2"]Three [1] ships.\n\n[embed]https://v.example/1[/embed]',
        )
    )
    assert isinstance(draft, Draft)
    assert draft.text == "One [sic] ship.\n\nTwo ships.\n\nThree [1] ships."


def test_an_export_that_breaks_off_or_has_only_drafts() -> None:
    cut = post("Two", "The ferry waits.")
    first, *_, last = read(post("One", "The ferry sails."), cut[: cut.index("waits")], end="")
    assert isinstance(first, Draft)
    assert first.text == "The ferry sails."
    assert isinstance(last, Unread)
    assert "breaks off" in last.reason
    with pytest.raises(
        ReadError, match=r"^a feed without articles; left out: drafts \(1: Rumour\)$"
    ):
        read(post("Rumour", "The ferry sank.", status="pending"))
