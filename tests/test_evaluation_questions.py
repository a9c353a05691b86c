"""Questions from JSON Lines and CSV: what is accepted, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes import LIMA, UNDATED
from index.errors import ReadError
from index.types import Document
from rag.evaluation import Example, read_examples, sample
from rag.evaluation.runner import Names, url_key


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, name: str, content: str | bytes) -> tuple[Example, ...]:
    reading = read_examples(write(folder, name, content))
    assert reading.problems == ()
    return reading.examples


def test_json_lines(tmp_path: Path) -> None:
    lines = (
        '{"question": "Who met?", "answers": ["Lima Group", "the group"], "document": "a.txt"}\n'
        "\n"
        '{"Query": "How many?", "Expected Answer": 14, "start": 7}\n'
        '{"question": "Who won?", "answerable": false, "answers": ["Brazil"], "doc": "b.txt"}\n'
        '{"question": "Why\u2028now?", "answers": "a; b|c", "documents": ["a|b", "c"]}\n'
        '{"question": "When?"}\r\n'
    )
    assert read(tmp_path, "q.jsonl", lines) == (
        Example("Who met?", ("Lima Group", "the group"), ("a.txt",), True, (), 1),
        Example("How many?", ("14",), (), True, (7,), 3),
        # What cannot be answered has no right answer and no article that holds it.
        Example("Who won?", (), (), False, (), 4),
        Example("Why now?", ("a; b|c",), ("a|b", "c"), True, (), 5),
        Example("When?", (), (), None, (), 6),
    )


def test_csv(tmp_path: Path) -> None:
    content = (
        "\ufeffQuestion, Answer ,Source-Document,answerable,start,remark\r\n"
        '"Who, then, met?","Lima Group|the ""group"""," A title; of | News ",,3;9,x\r\n'
        ",,,,,\r\n"
        "How many?,14;fourteen,,YES,,\r\n"
        '"Two\r\nlines?",,,0\r\n'
        "When?\r\n"
    )
    assert read(tmp_path, "q.csv", content) == (
        Example(
            "Who, then, met?",
            ("Lima Group", 'the "group"'),
            ("A title; of | News",),
            True,
            (3, 9),
            2,
        ),
        Example("How many?", ("14", "fourteen"), (), True, (), 4),
        Example("Two lines?", (), (), False, (), 5),
        Example("When?", (), (), None, (), 7),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.csv", "question;answer\nWho met?;Lima Group\n"),
        ("q.tsv", "question\tanswer\nWho met?\tLima Group\n"),
        ("q.txt", "question,answer\nWho met?,Lima Group"),
        ("q", '{"question": "Who met?", "answer": "Lima Group"}'),
        ("q.csv", "question,answer\nWho met?,Lima Group\n".encode("utf-16")),
        ("q.csv", '"question","answer"\n"Who met?","Lima Group"\n'),
    ],
)
def test_the_form_is_found_out(tmp_path: Path, name: str, content: str | bytes) -> None:
    (example,) = read(tmp_path, name, content)
    assert (example.question, example.answers) == ("Who met?", ("Lima Group",))


def test_a_bad_row_is_one_line_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        "{'question': 'Who?'}",
        "[1]",
        '{"answers": ["x"]}',
        '{"question": "?!"}',
        '{"question": "Who?", "answers": [true]}',
        '{"question": "Who?", "answers": {"text": "x"}}',
        '{"question": "Who?", "answerable": "perhaps"}',
        '{"question": "Who?", "start": "here"}',
        '{"question": 7}',
        '{"question": "' + "x" * 2001 + '"}',
        "[" * 100_000,
        '{"question": "Who?"}',
    ]
    reading = read_examples(write(tmp_path, "q.jsonl", "\n".join(lines)))
    assert [example.line for example in reading.examples] == [12]
    assert reading.problems == (
        "line 1: not JSON; write one object a line, in double quotes",
        'line 2: not an object; write {"question": "…", "answers": ["…"]}',
        "line 3: no question; fill the column `question` with a text",
        'line 4: the question is empty; ask something, as in: ask "Who won?"',
        "line 5: `answers` holds true; give texts",
        'line 6: `answers` holds {"text": "x"}; give texts',
        "line 7: `answerable` is 'perhaps'; write true or false",
        "line 8: `start` is 'here'; give an offset in characters, or leave it out",
        "line 9: no question; fill the column `question` with a text",
        "line 10: the question has 2,001 characters; ask it in at most 2,000",
        "line 11: not JSON; write one object a line, in double quotes",
    )


def test_a_bad_csv_row_is_one_line_and_the_rest_is_read(tmp_path: Path) -> None:
    content = 'question,answer\nWho, then?,a,b\n"Who" else?,x\nWhen?,1989\n"Why?,x\n'
    reading = read_examples(write(tmp_path, "q.csv", content))
    assert [example.question for example in reading.examples] == ["When?"]
    assert [problem.partition(" (")[0] for problem in reading.problems] == [
        "line 2: 4 cells under 2 columns; quote text with commas",
        "line 3: not CSV",
        "line 5: not CSV",
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("q.csv", "who,what\na,b\n", "has no column `question`"),
        ("q.csv", "", "no question that can be used; write one a line"),
        ("q.jsonl", "{}\n", "no question that can be used; line 1: no question"),
        ("q.jsonl", b"\x00\x01\x02\xff", "is not a text file; give JSON Lines or CSV"),
    ],
)
def test_a_file_without_questions(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    with pytest.raises(ReadError, match=says):
        read_examples(write(tmp_path, name, content))


@pytest.mark.parametrize("name", ["none.csv", ".", "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError, match=r"cannot be read .*; check the path"):
        read_examples(f"{tmp_path}/{name}")


def test_a_sample_follows_from_its_seed() -> None:
    examples = [Example(str(number)) for number in range(50)]
    first = sample(examples, 10, 7)
    assert len(set(first)) == 10
    assert first == sample(examples, 10, 7)
    assert first[:5] == sample(examples, 5, 7)
    assert first != sample(examples, 10, 8)
    assert set(sample(examples, 99, 7)) == set(examples)


def test_an_article_may_be_called_in_many_ways() -> None:
    stored = Document("Text.", "A  Title", url="https://www.news.example/a/?id=1", path="/n/a.txt")
    copy = Document("Copied text.", "a title", path="/m/a.txt")
    names = Names([stored, copy, LIMA, UNDATED])
    for name in (
        stored.id,
        stored.id[:8],
        stored.id.upper(),
        "http://news.example/a/?id=1#top",
        "/n/a.txt",
        "/n/../n/a.txt",
    ):
        assert names.find(name) == {stored.id}, name
    assert names.find("a.txt") == names.find(" A TITLE ") == {stored.id, copy.id}
    assert names.find("elsewhere/peru.txt") == {UNDATED.id}
    for name in ("https://news.example/a/?id=2", "b.txt", "Title", stored.id[:7], ""):
        assert names.find(name) == frozenset(), name


def test_one_page_one_key() -> None:
    assert url_key(" HTTP://www.Example.org/A/#x") == "example.org/A"
    assert url_key("https://example.org") == "example.org"
