"""Exports of Telegram and of X: posts, days of chats, threads."""

import io
import json
from typing import Any

import pytest

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.exports.telegram import drafts_from_telegram
from index.reading.exports.tweets import drafts_from_tweets
from index.reading.formats import format_of, is_readable


def message(number: int, text: object, day: str = "2023-05-02", **more: object) -> dict[str, Any]:
    return {"id": number, "type": "message", "date": f"{day}T09:00:00", "text": text, **more}


CHANNEL = {
    "name": "Moss Watch",
    "type": "public_channel",
    "id": 1,
    "messages": [
        {"id": 1, "type": "service", "date": "2023-05-01T09:00:00", "text": "", "title": "x"},
        message(2, ["See ", {"type": "bold", "text": "the ferry"}, "."], **{"from": "Moss Watch"}),
        message(3, "It sails.", forwarded_from="Ana Ruiz", **{"from": "Moss Watch"}),
        message(4, "", photo="a.jpg"),
    ],
}
GROUP = {
    "name": "Crew",
    "type": "private_group",
    "id": 2,
    "messages": [
        message(7, "Who sails?", **{"from": "Ana"}),
        message(8, "I do.", reply_to_message_id=7, **{"from": "Bo"}),
        message(9, "Rain.", "2023-05-03", forwarded_from="Weather", **{"from": None}),
    ],
}


def telegram(content: object) -> list[Draft | Unread]:
    data = content if isinstance(content, bytes) else json.dumps(content, indent=1).encode()
    assert format_of(data, "result.json").name == "Telegram"  # type: ignore[union-attr]
    return list(drafts_from_telegram(io.BytesIO(data)))


def test_a_post_of_a_channel_is_an_article() -> None:
    assert telegram(CHANNEL) == [
        Draft("See the ferry.", source="Moss Watch", dates=("2023-05-02",), part="Moss Watch 2"),
        Draft(
            "It sails.",
            source="Moss Watch",
            author="Ana Ruiz",
            dates=("2023-05-02",),
            part="Moss Watch 3",
        ),
    ]


def test_a_day_of_a_chat_is_an_article() -> None:
    whole = {
        "about": "Here is the data you requested. Have a nice day.",
        "contacts": {"list": [{"first_name": "Ana"}]},
        "chats": {"about": "All chats", "list": [CHANNEL, GROUP]},
    }
    found = telegram(whole)
    assert [each.part for each in found] == [
        *("Moss Watch 2", "Moss Watch 3", "Crew 2023-05-02", "Crew 2023-05-03")
    ]
    first, second = found[2:]
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.title, first.text) == (
        "Crew, 2023-05-02",
        "Ana: Who sails?\n\nBo to Ana: I do.",
    )
    assert second.text == "Someone, forwarding Weather: Rain."


def test_what_is_saved_and_what_is_voted_on() -> None:
    poll = {
        "question": ["Sail ", {"type": "bold", "text": "now?"}],
        "answers": [
            {"text": "Yes", "voters": 7},
            {"text": [{"type": "plain", "text": "No"}], "voters": 0},
            {"text": "Later"},
        ],
    }
    saved = {"type": "saved_messages", "id": 3, "messages": [message(1, "", poll=poll)]}
    (found,) = telegram(saved)
    assert isinstance(found, Draft)
    assert (found.title, found.text) == (
        "Saved messages, 2023-05-02",
        "Someone: Sail now?\n- Yes: 7\n- No: 0\n- Later",
    )


def test_an_export_that_breaks_off_keeps_what_stands_before() -> None:
    cut = json.dumps(CHANNEL, indent=1).encode()
    *found, last = telegram(cut[: cut.index(b"a.jpg")])
    assert [each.part for each in found] == ["Moss Watch 2", "Moss Watch 3"]
    assert last == Unread(
        "after article 2", "from here on it is not valid JSON; export the chat again"
    )
    with pytest.raises(ReadError, match=r"^an export of Telegram without messages"):
        telegram({**CHANNEL, "messages": []})


def tweet(number: int, text: str, replies_to: int = 0, **more: object) -> dict[str, Any]:
    reply = {"in_reply_to_status_id_str": str(replies_to)} if replies_to else {}
    written = {"id_str": str(number), "full_text": text, **reply, **more}
    return {"tweet": {"created_at": "Tue May 02 09:00:00 +0000 2023", **written}}


def tweets(*posts: dict[str, Any], name: str = "tweets", cut: int = 0) -> list[Draft | Unread]:
    data = f"window.YTD.{name}.part0 = {json.dumps(posts, indent=2)}".encode()
    data = data[: len(data) - cut]
    assert format_of(data, "tweets.js").name == "archive of X"  # type: ignore[union-attr]
    return list(drafts_from_tweets(io.BytesIO(data)))


def test_a_thread_is_one_article_and_a_retweet_names_whose_it_is() -> None:
    urls = [{"url": "https://t.co/1", "expanded_url": "https://moss.example/ferry"}]
    thread, retweet, reply = tweets(
        tweet(
            100,
            "@moss_watch @bo says: it waits, as @eva does, for the &amp; tide https://t.co/2.",
            99,
            in_reply_to_screen_name="moss_watch",
        ),
        tweet(
            99,
            "The ferry waits https://t.co/1 https://t.co/3",
            entities={"urls": urls, "media": [{"url": "https://t.co/3"}]},
        ),
        tweet(101, "RT @anaruiz: Fog at Moss."),
        tweet(102, "@bo Yes.", 55),
    )
    assert thread == Draft(
        "The ferry waits https://moss.example/ferry\n\n"
        "@bo says: it waits, as @eva does, for the & tide https://t.co/2.",
        source="X",
        url="https://x.com/i/status/99",
        dates=("2023-05-02",),
        part="99",
    )
    assert isinstance(retweet, Draft)
    assert (retweet.text, retweet.author) == ("Fog at Moss.", "@anaruiz")
    assert retweet.title == "Retweet of @anaruiz: Fog at Moss."
    assert isinstance(reply, Draft)
    assert reply.text == "@bo Yes."


def test_of_a_post_that_was_edited_the_last_version_counts() -> None:
    ids = {"editTweetIds": ["9", "11"]}
    (found,) = tweets(
        tweet(11, "The ferry has 130 places.", edit_info={"edit": {"editControlInitial": ids}}),
        tweet(9, "The ferry has 120 places.", edit_info={"initial": ids}),
        tweet(12, "It sails in May.", 11),
    )
    assert isinstance(found, Draft)
    assert found.text == "The ferry has 130 places.\n\nIt sails in May."


def test_long_posts_stand_in_a_file_of_their_own() -> None:
    note = {"noteTweetId": "7", "createdAt": "2023-05-02T10:00:00.000Z", "core": {"text": "Long."}}
    (found,) = tweets({"noteTweet": note}, name="note_tweet")
    assert isinstance(found, Draft)
    assert (found.text, found.dates) == ("Long.", ("2023-05-02",))
    assert is_readable("data/tweets-part1.js")


def test_archives_of_x_that_break_off_or_hold_something_else() -> None:
    first, last = tweets(tweet(1, "Fog."), tweet(2, "Sun."), cut=40)
    assert isinstance(first, Draft)
    assert last == Unread("the rest", "from here on it is not valid JSON; get the archive again")
    with pytest.raises(ReadError, match=r"^not the posts of the archive of X; add its tweets.js"):
        tweets(tweet(1, "Fog."), name="like")
    with pytest.raises(ReadError, match=r"^an archive of X without posts"):
        tweets()
