from __future__ import annotations

import pytest

from index.text.sentences import split_sentences


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        # Quotations and who speaks them
        '"What a victory!" Minister Ortega said on the radio.',
        '"What a victory!" the minister said.',
        "“Who pays for this?” Ana Ruiz, the mayor, asked.",
        '"Do we stay?" he asked. ',
        'The envoy called the plan "a first step, no more".',
        # Abbreviations
        "The U.S. Senate and the U.N. Security Council met.",
        "The term begins on Jan. 10 and ends on Dec. 31, 2025.",
        "Mr. Silva met Mrs. Costa, Gen. Prado, and Dr. Lima.",
        "Present were Cllr P. Vale and Cllr S. Prado.",
        "Det. Sgt. Moss, Insp. Lund, and Atty. Gen. Falk read Sec. 2 of it.",
        "The court in Hale v. Borough of Lund heard it.",
        "The sale of Acme Inc. shares began at 9 a.m. Tuesday.",
        "Grain, oil, etc. were delivered to St. Petersburg.",
        "Martin Prado Jr. leads the fleet.",
        "He briefed the U.N. Security Council on Monday.",
        "The Washington, D.C. council met Washington, D.C. Mayor Ana Ruiz.",
        # A name that is written with a mark
        "Yahoo! Inc. said it had sold Yahoo! News.",
        "Yahoo! reported a loss.",
        # Initials
        "The letter from J. K. Marsh and George H.W. Stone was read.",
        "Present: Cllr M. Ashdown (chair), Cllr P. Birtwistle, Cllr S. Ghosh",
        # Numbers
        "Its decree No. 5 was void, as was No. 17.",
        "Prices rose 3.5 percent to $1.20 a litre.",
        "A plank of 10 ft. 4 in. was found.",
        # Ellipses
        "He waited ... and waited... until dawn.",
        "They wanted [the port] … back.",
        # Addresses
        "See www.example.org/a.b?c=1.2 and mail to desk@example.org for more.",
        # List items
        "1. Wash the rice.",
        "A. The first of the choices",
        "Q. The book is new?",
        # Insertions between dashes
        "The Rand Corp. -- a house of scholars -- wrote it.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert split(text) == [text.strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rain fell. Roads closed.", ["Rain fell.", "Roads closed."]),
        ("Why? Nobody knew! So it ended.", ["Why?", "Nobody knew!", "So it ended."]),
        # A quotation that is closed with a full stop is over; one with a comma is not.
        (
            'They met "in the best of moods." He said nothing.',
            ['They met "in the best of moods."', "He said nothing."],
        ),
        ('"Stop!" He said no more.', ['"Stop!"', "He said no more."]),
        (
            '"We stay," she said. "We have no choice."',
            ['"We stay," she said.', '"We have no choice."'],
        ),
        # Abbreviations at an end
        ("He flew to the U.S. The talks failed.", ["He flew to the U.S.", "The talks failed."]),
        ("It began at 9 a.m. They left at ten.", ["It began at 9 a.m.", "They left at ten."]),
        ("He works for Acme Inc. It sells nets.", ["He works for Acme Inc.", "It sells nets."]),
        ("He spoke at the U.N. The vote failed.", ["He spoke at the U.N.", "The vote failed."]),
        ("He left the U.N. Officials wept.", ["He left the U.N.", "Officials wept."]),
        (
            "They met in Washington, D.C. Rain fell.",
            ["They met in Washington, D.C.", "Rain fell."],
        ),
        (
            "They met in Washington, D.C. Officials said so.",
            ["They met in Washington, D.C.", "Officials said so."],
        ),
        ("He sold Yahoo! It was a relief.", ["He sold Yahoo!", "It was a relief."]),
        # Words that look like abbreviations
        ("The ship came in. Crews cheered.", ["The ship came in.", "Crews cheered."]),
        ("The old king fell ill. Doctors ran.", ["The old king fell ill.", "Doctors ran."]),
        ("She lived in Oz. Baum wrote of it.", ["She lived in Oz.", "Baum wrote of it."]),
        ("I said no. Peru agreed.", ["I said no.", "Peru agreed."]),
        ("Read Example.com. Readers do.", ["Read Example.com.", "Readers do."]),
        ("He spoke of Malcolm X. They listened.", ["He spoke of Malcolm X.", "They listened."]),
        # What has neither letter nor digit belongs to the sentence before it
        ("See the photos. »\n\nRain fell.", ["See the photos. »", "Rain fell."]),
        ("It is over. ... We go on.", ["It is over. ...", "We go on."]),
        ("He said, 'Yes.' \"\n\nRain fell.", ["He said, 'Yes.' \"", "Rain fell."]),
        # Scripts without spaces, and other full stops
        ("今日は晴れ。明日は雨！", ["今日は晴れ。", "明日は雨！"]),
        ("बारिश हुई। सड़क बंद है।", ["बारिश हुई।", "सड़क बंद है।"]),
        ("هل وصل؟ نعم. انتهى الأمر.", ["هل وصل؟ نعم.", "انتهى الأمر."]),
    ],
)
def test_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rain in the north\n\nRoads are closed.", ["Rain in the north", "Roads are closed."]),
        ("Rain in the north\nRoads are closed.", ["Rain in the north", "Roads are closed."]),
        ("By Ana Ruiz\nLIMA (AP) - It rained.", ["By Ana Ruiz", "LIMA (AP) - It rained."]),
        # Lines and paragraphs that break in mid-sentence
        ("The envoys of thirteen\nstates met.", ["The envoys of thirteen\nstates met."]),
        ("A call for regional\n\nunity was heard.", ["A call for regional\n\nunity was heard."]),
        (
            "The envoys of all the thirteen southern states met in\nLima. They spoke.",
            ["The envoys of all the thirteen southern states met in\nLima.", "They spoke."],
        ),
        # List items
        ("- bread\n- fish\n* oil", ["- bread", "- fish", "* oil"]),
        ("1. Wash it.\n2. Boil it.", ["1. Wash it.", "2. Boil it."]),
        ("1.\n\nWash the rice.\n\n2.\n\nBoil it.", ["1.\n\nWash the rice.", "2.\n\nBoil it."]),
    ],
)
def test_lines_part_sentences_only_where_they_stand_alone(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u00a0\u2003"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == ()


def test_a_run_without_an_end_is_cut_at_a_space() -> None:
    pieces = split("word " * 300)
    assert [len(piece) for piece in pieces] == [699, 699, 99]
    assert set(" ".join(pieces).split()) == {"word"}


def test_a_run_without_spaces_is_cut_between_letters() -> None:
    text = "e\u0301" * 800
    pieces = split(text)
    assert "".join(pieces) == text
    assert all(piece[0] == "e" for piece in pieces)
    assert max(map(len, pieces)) <= 700


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "word " * 200_000,
        " " * 1_000_000,
        " " * 1_000_000 + "\n",
        "a.b." * 250_000,
        ". " * 500_000,
        "J. " * 330_000,
        "Yahoo! " * 140_000,
        "Yahoo!" * 160_000,
        "Rio, N.Y. " * 100_000,
        "A" * 1_000_000 + ", N.Y. Rain fell.",
        '"\n' * 500_000,
        '"!" ' * 250_000,
        "." + '"' * 1_000_000,
        "a\n" * 500_000,
        "a b c,\n" * 140_000,
        "a" + "\u0301" * 1_000_000,
        "\U0001f468\u200d" * 500_000,
        # A speaker is looked for behind a quotation: in a run of letters, in vain.
        '"好!" ' + "那" * 1_000_000,
        '"a!" ' + "b" * 110,
        ('"a!" ' + "b," * 60) * 8_000,
    ],
    ids=lambda text: repr(text[:9]),
)
def test_a_megabyte_is_split_in_linear_time(text: str) -> None:
    """Quadratic or exponential work would not come back."""
    spans = split_sentences(text)
    assert all(span.end - span.start <= 700 for span in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LIMA — Rain fell. It stopped.", ["LIMA —", "Rain fell.", "It stopped."]),
        ("CARACAS, Jan 10 (Wire) - Rain fell.", ["CARACAS, Jan 10 (Wire) -", "Rain fell."]),
        ("(WIRE) -- Rain fell.", ["(WIRE) --", "Rain fell."]),
        ("NEW YORK (AW) — Rain fell.", ["NEW YORK (AW) —", "Rain fell."]),
        ("Rain fell - and stopped.", ["Rain fell - and stopped."]),
        ("It rained. LIMA — Rain fell.", ["It rained.", "LIMA — Rain fell."]),
    ],
)
def test_a_dateline_stands_alone(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in split_sentences(text)] == expected
