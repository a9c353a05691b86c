"""Makes drafts of the posts in an archive of X (`tweets.js`): a thread is one article.

Only what the person wrote is in such a file, and what was passed on: a retweet is an article of
whom it names. The archive does not say in it whose it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from index.errors import ReadError
from index.reading.contained import FileParts, mail_day, one_line, tidy
from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.plain.text import title_from_text
from index.reading.tables.json_values import JsonValues
from index.text.storable import has_words

__all__ = ["TWEETS", "drafts_from_tweets"]

TWEETS = re.compile(r"[\s\ufeff]*window\.YTD\.(\w+)\.part\d+\s*=\s*")
_POSTS = ("tweet", "tweets", "community_tweet", "deleted_tweets", "note_tweet")
_RETWEET = re.compile(r"RT @(\w{1,50}): ")
_MOST_POSTS = 2_000_000


@dataclass(frozen=True, slots=True)
class _Post:
    number: str
    replies_to: str
    day: str
    text: str
    answers: str
    """The name of whom it replies to."""
    edited_from: tuple[str, ...] = ()
    """The numbers of its earlier versions, and perhaps of later ones."""


def drafts_from_tweets(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a thread, the earliest first.

    Raises:
        ReadError: If posts are not what is in it.
    """
    parts = FileParts()
    posts: dict[str, _Post] = {}
    broken = ""
    with opened_as_text(file) as text:
        begins = TWEETS.match(text.readline(1000))
        if begins is None or begins.group(1) not in _POSTS:
            raise ReadError("not the posts of the archive of X; add its tweets.js")
        text.seek(0)
        text.read(begins.end())
        try:
            for value in JsonValues(text).elements():
                post = _post(value)
                if post and len(posts) < _MOST_POSTS:
                    posts[post.number] = post
        except ValueError as error:
            broken = f"from here on {error}; get the archive again"
    for post in list(posts.values()):
        versions = sorted({post.number, *post.edited_from} & posts.keys(), key=_age)
        for earlier in versions[:-1]:
            posts.pop(earlier)
    if not posts:
        raise ReadError(broken or "an archive of X without posts; there is nothing to read in it")
    for thread in _threads(posts):
        yield _draft(thread, parts)
    if broken:
        yield Unread(parts.unique("the rest"), broken)


def _post(value: object) -> _Post | None:
    tweet = value.get("tweet", value) if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(value.get("noteTweet"), dict):
        tweet = _long_post(value["noteTweet"])
    if not isinstance(tweet, dict):
        return None
    text = tidy(_text(tweet))
    number = one_line(str(tweet.get("id_str") or tweet.get("id") or ""))
    if not has_words(text) or not number:
        return None
    replies_to = one_line(str(tweet.get("in_reply_to_status_id_str") or ""))
    written = str(tweet.get("created_at", ""))
    day = mail_day(written) or written[:10]
    answers = one_line(str(tweet.get("in_reply_to_screen_name") or ""))
    versions = tuple(_versions(tweet.get("edit_info")))
    return _Post(number, replies_to, day, text, answers, versions)


def _long_post(note: dict[str, Any]) -> dict[str, Any]:
    """Return a post of more than 280 characters, which the archive has in full apart, as others."""
    core = note.get("core")
    text = core.get("text") if isinstance(core, dict) else ""
    return {"id": note.get("noteTweetId"), "created_at": note.get("createdAt"), "text": text}


def _versions(info: object) -> Iterator[str]:
    """Yield the numbers of all versions of a post that was edited."""
    for path in (("initial",), ("edit", "editControlInitial")):
        found = info
        for name in (*path, "editTweetIds"):
            found = found.get(name) if isinstance(found, dict) else None
        yield from map(str, found if isinstance(found, list) else ())


def _text(tweet: dict[str, Any]) -> str:
    """Return what a post says; addresses as they were before they were shortened."""
    text = str(tweet.get("full_text") or tweet.get("text") or "")
    for kind, shown in (("urls", "expanded_url"), ("media", "")):
        entities = tweet.get("entities")
        listed = entities.get(kind) if isinstance(entities, dict) else None
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, dict) and isinstance(short := each.get("url"), str) and short:
                text = text.replace(short, str(each.get(shown, "")) if shown else "")
    return html.unescape(text)


def _threads(posts: dict[str, _Post]) -> Iterator[list[_Post]]:
    """Yield the posts that reply to one another, in their order."""
    threads: dict[str, list[_Post]] = {}
    roots: dict[str, str] = {}
    # Numbers of posts grow with time, so that a post comes after the one it replies to.
    for post in sorted(posts.values(), key=lambda each: _age(each.number)):
        root = roots.get(post.replies_to, post.number)
        roots[post.number] = root
        threads.setdefault(root, []).append(post)
    yield from threads.values()


def _age(number: str) -> tuple[int, str]:
    return len(number), number


def _draft(thread: list[_Post], parts: FileParts) -> Draft:
    first = thread[0]
    # Who goes on with a thread answers, in older archives, by name.
    later = (post.text.removeprefix(f"@{post.answers} ") for post in thread[1:])
    text = "\n\n".join([first.text, *later])
    author = title = ""
    if (retweet := _RETWEET.match(text)) and len(thread) == 1:
        author, text = f"@{retweet.group(1)}", text[retweet.end() :]
        title = f"Retweet of {author}: {title_from_text(text)}"
    return Draft(
        text=text,
        title=title,
        source="X",
        author=author or None,
        url=f"https://x.com/i/status/{first.number}" if first.number.isdecimal() else None,
        dates=(first.day,) if first.day else (),
        part=parts.unique(first.number),
    )
