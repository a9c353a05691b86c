"""Chats of WhatsApp and Slack: a day is an article, with who said what."""

import json

import pytest

from documents import read_bytes
from index.errors import ReadError

ANDROID = """05/03/2024, 10:00 - Messages and calls are end-to-end encrypted. Tap to learn more.
05/03/2024, 10:01 - Ana Ruiz: The dredger reached Moss
and stays until May: 12 days
05/03/2024, 10:02 - Bo Lie: <Media omitted>
05/03/2024, 10:05 - Bo Lie: It costs 700 a day
13/03/2024, 09:00 - Ana Ruiz: It left at noon
"""
IPHONE = """\ufeff[3/5/24, 10:01:07\u202fAM] Ana Ruiz: The dredger reached Moss
\u200e[3/5/24, 10:02:00\u202fAM] Bo Lie: \u200eimage omitted
[3/13/24, 9:00:00\u202fAM] ~\u202fBo Lie: It left at noon
"""


def slack(*messages: dict[str, object]) -> bytes:
    return json.dumps(
        [{"type": "message", "ts": "1709632800.000100"} | m for m in messages]
    ).encode()


def test_a_chat_of_whatsapp_is_an_article_a_day() -> None:
    read = read_bytes(ANDROID.encode(), "WhatsApp Chat with Desk.txt")
    assert read.document.title == "WhatsApp Chat with Desk, 05/03/2024"
    assert read.document.text == (
        "Ana Ruiz: The dredger reached Moss\nand stays until May: 12 days\n\n"
        "Bo Lie: It costs 700 a day"
    )
    # The 13th of another message tells which number is the day.
    assert str(read.document.published) == "2024-03-05"


def test_a_chat_of_an_iphone() -> None:
    read = read_bytes(IPHONE.encode(), "_chat.txt").document
    assert (read.text, str(read.published)) == (
        "Ana Ruiz: The dredger reached Moss",
        "2024-03-05",
    )


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2024, 10:00 - The meeting opened. Chair: Ana Ruiz.\n\nNobody else spoke that day.\n",
        "[5/3/24] Ana Ruiz: we met.\n[6/3/24] Bo Lie: we met again.\n",
    ],
)
def test_notes_with_times_are_no_chat(text: str) -> None:
    assert read_bytes(text.encode(), "a.txt").document.part == ""


def test_a_day_of_a_channel_of_slack() -> None:
    ana, bo = ({"user_profile": {"real_name": name}} for name in ("Ana Ruiz", "Bo Lie"))
    day = slack(
        {"user": "U2", "subtype": "channel_join", "text": "<@U2> has joined the channel"},
        {"user": "U1", "text": "Moss &amp; Oban, see <https://quay.example|the Post>", **ana},
        {"user": "U2", "text": "<@U1> thanks, <#C1|desk>: <https://quay.example/2>", **bo},
        {"user": "U3", "text": ""},
    )
    read = read_bytes(day, "general/2024-03-05.json").document
    assert (read.title, str(read.published)) == ("general, 2024-03-05", "2024-03-05")
    assert read.text == (
        "Ana Ruiz: Moss & Oban, see the Post\n\n"
        "Bo Lie: @Ana Ruiz thanks, #desk: https://quay.example/2"
    )


def test_a_day_of_a_channel_that_breaks_off_or_says_nothing() -> None:
    day = slack({"user": "U1", "subtype": "channel_join", "text": "joined"})
    with pytest.raises(ReadError, match="a day of a channel without messages"):
        read_bytes(day, "a.json")
    with pytest.raises(ReadError, match="not valid JSON; export it again"):
        read_bytes(day[:-5], "a.json")
