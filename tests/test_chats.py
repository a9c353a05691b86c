"""Chats of WhatsApp and Slack: a day is an article, with who said what."""

import io
import json
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from documents import read_bytes
from index.errors import ReadError
from index.reading.articles import articles_in
from index.reading.finding import find_files

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
    assert read.document.title == "WhatsApp Chat with Desk, 2024-03-05"
    assert read.document.text == (
        "Ana Ruiz: The dredger reached Moss\nand stays until May: 12 days\n\n"
        "Bo Lie: It costs 700 a day"
    )
    # The 13th of another message tells which number is the day.
    assert str(read.document.published) == "2024-03-05"


def test_a_chat_of_an_iphone() -> None:
    read = read_bytes(IPHONE.encode(), "_chat.txt").document
    assert (read.text, read.title, str(read.published)) == (
        "Ana Ruiz: The dredger reached Moss",
        "WhatsApp chat, 2024-03-05",
        "2024-03-05",
    )


@pytest.mark.parametrize(
    ("first", "later", "day"),
    [
        # As the day is far from any that is clear, only the order of them all tells it.
        ("3/5/24, 2:05 PM - ", "11/13/24, 2:05 PM - ", "2024-03-05"),
        ("3/5/24, 14:05 - ", "13/11/24, 14:05 - ", "2024-05-03"),
        ("3/5/2024, 2:05\xa0p.\xa0m. - ", "13/11/2024, 2:05\xa0p.\xa0m. - ", "2024-05-03"),
        ("03.05.24, 14:05 - ", "04.05.24, 14:05 - ", "2024-05-03"),
        ("03-05-2024 14:05 - ", "13-11-2024 14:05 - ", "2024-05-03"),
        ("2024/05/03, 14:05 - ", "2024/11/13, 14:05 - ", "2024-05-03"),
        ("[03/05/24, 14:05:12] ", "[13/11/24, 14:05:12] ", "2024-05-03"),
        ("3/5/24, 14:05 - ", "4/5/24, 14:05 - ", "None"),
    ],
)
def test_the_days_of_a_chat_tell_how_they_are_written(first: str, later: str, day: str) -> None:
    chat = f"{first}Ana Ruiz: It came\n{later}Bo Lie: It left\n"
    read = read_bytes(chat.encode(), "a.txt").document
    assert (read.text, str(read.published)) == ("Ana Ruiz: It came", day)


def test_a_chat_of_ten_years_is_read_in_seconds() -> None:
    days = (date(2014, 1, 1) + timedelta(number) for number in range(3_650))
    chat = "".join(f"{day:%d/%m/%Y}, 10:00 - Ana Ruiz: Moss, {day:%d %B}\n" for day in days)
    begun = time.monotonic()
    assert sum(1 for _ in articles_in(io.BytesIO(chat.encode()), "a.txt")) == 3_650
    assert time.monotonic() - begun < 15  # It took 74.


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2024, 10:00 - The meeting opened. Chair: Ana Ruiz.\n\nNobody else spoke that day.\n",
        "[5/3/24] Ana Ruiz: we met.\n[6/3/24] Bo Lie: we met again.\n",
        "2024-03-05 14:05 – The mill burned.\n\n2024-03-05 15:00 – Nobody was hurt.\n",
        (
            "5.3.2024, 14:05 - The mill burned.\n5.3.2024, 14:20 - Nobody was hurt, they said.\n"
            "5.3.2024, 15:00 - Police: the road is closed.\n"
        ),
    ],
)
def test_notes_with_times_are_no_chat(text: str) -> None:
    read = read_bytes(text.encode(), "a.txt").document
    assert read.part == ""
    assert text.split("\n")[0] in (read.title, read.text.split("\n")[0])


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


def test_what_slack_keeps_beside_the_channels_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "general").mkdir()
    day = tmp_path / "general" / "2024-03-05.json"
    day.write_bytes(slack({"user": "U1", "text": "The ferry is sold."}))
    for name in ("users.json", "channels.json", "dms.json", "integration_logs.json"):
        (tmp_path / name).write_text('[{"id": "U1", "team_id": "T1"}]', encoding="utf-8")
    assert find_files(tmp_path) == [day]


def test_a_day_of_a_channel_that_breaks_off_or_says_nothing() -> None:
    day = slack({"user": "U1", "subtype": "channel_join", "text": "joined"})
    with pytest.raises(ReadError, match="a day of a channel without messages"):
        read_bytes(day, "a.json")
    with pytest.raises(ReadError, match="not valid JSON; export it again"):
        read_bytes(day[:-5], "a.json")
