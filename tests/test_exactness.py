"""The first promise: every offset that leaves the program is that of the very words quoted."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fakes import HashEmbedder
from index.errors import ReadError
from index.reading.articles import reading_of_draft
from index.reading.plain.text import draft_from_text
from index.text.chunker import MAX_CHARACTERS, chunk_document
from index.text.sentences import split_sentences
from index.types import Document
from rag.assistant import Assistant
from rag.english.sentences import is_question
from rag.types import Answer
from scripted import WordReader, check_promises, filled_store
from scripted import settings as made

ODD = {
    "combining": "Guaido\u0301 spoke. E\u0301l dijo: ¡si\u0301! " + "Z\u0351\u036b\u0343" * 300,
    "right to left": "هل وصل الوزير؟ نعم. \u202bקרא עוד\u202c! انتهى.",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 came. \U0001f1f5\U0001f1ea! \u2764\ufe0f",
    "emoji alone": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 400,
    "line ends": "Rain fell.\r\nRoads\r\nclosed.\r\rIt was\n\r\ndark. \u2028End\u2029of\x85it.",
    "no full stops": "rain fell and roads closed and nobody came " * 60,
    "one line": "Rain fell on Lima, and roads closed at 9 a.m. for a day. " * 18_000,
    "control characters": "Rain\x01 fell.\x0c\x0bIt\x1f ended.\x7f \x1b[1mEnd\x1b[0m \ufeff\u200bx",
    "spaces": "\u00a0Rain\u2003fell.\u3000 Roads\tclosed.\n \t\n  End ",
    "marks": "... !!! ??? \"'\"'\"' -- --- — «» () [] . . .",
    "no spaces": "x" * 5_000,
    "CJK": "今日は晴れ。明日は雨！" * 200,
    "tags": "a < b. c > d. &amp; 1 <2. <not a tag. </p>",
}
_MARKS = st.sampled_from(" \n\t.!?…\"'”’»)(“«-—:;,。")
_STRETCHES = st.sampled_from(
    [
        "\r\n",
        "\n\n",
        ". ",
        '." ',
        "U.S. ",
        "Jan. 10 ",
        "No. 5 ",
        "Mr. ",
        "1. ",
        "- ",
        "Rain ",
        "fell ",
        "said ",
        "שלום ",
        "e\u0301",
        "\U0001f468\u200d\U0001f469",
        "x" * 300,
    ]
)
TEXTS = st.one_of(
    st.lists(st.one_of(_MARKS, _STRETCHES), max_size=60).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300),
)


def article(text: str) -> Document:
    return reading_of_draft(draft_from_text(text), "odd.txt").document


def check(document: Document) -> None:
    """Assert what must hold of an article's sentences and chunks."""
    text = document.text
    sentences = split_sentences(text)
    position = 0
    for span in sentences:
        assert position <= span.start < span.end <= len(text)
        assert not text[position : span.start].strip()
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        position = span.end
    assert not text[position:].strip()

    document_id = document.id
    held = 0
    for chunk in chunk_document(document, sentences):
        assert chunk.document_id == document_id
        assert text[chunk.start : chunk.end] == chunk.text
        assert 0 < chunk.end - chunk.start <= MAX_CHARACTERS
        assert chunk.start == sentences[held].start
        while held < len(sentences) and sentences[held].end <= chunk.end:
            held += 1
        assert chunk.end == sentences[held - 1].end
    assert held == len(sentences)


def check_answer(answer: Answer, documents: list[Document]) -> None:
    """Assert that every span an answer shows is one of an article that was added."""
    shown = [*answer.citations, *answer.nearest]
    assert shown
    for citation in shown:
        assert citation.document in documents
        assert citation.quote.strip() == citation.quote != ""
    check_promises(answer)


@pytest.mark.parametrize("name", ODD)
def test_sentences_and_chunks_of_odd_articles(name: str) -> None:
    check(article(ODD[name]))


@given(TEXTS)
@settings(derandomize=True, max_examples=300)
def test_sentences_and_chunks_of_any_text(text: str) -> None:
    check(Document(text))
    try:
        document = article(text)
    except ReadError:
        return
    check(document)


class Library:
    """An assistant over a library in a folder of its own, which answers everything or nothing."""

    def __init__(self, *, answers: bool) -> None:
        self.folder = tempfile.mkdtemp(prefix="byline-test-")
        embedder = HashEmbedder()
        home = Path(self.folder)
        self.assistant = Assistant(
            made(home, refusal="never" if answers else "lenient"),
            store=filled_store(home),
            embedder=embedder,
            reader=WordReader(shift=0 if answers else -100),
        )

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.assistant.close()
        shutil.rmtree(self.folder)


@pytest.mark.parametrize("name", [name for name in ODD if name != "one line"])
@pytest.mark.parametrize("answers", [True, False])
def test_citations_of_odd_articles(name: str, answers: bool) -> None:
    documents = [
        article(ODD[name]),
        article("Canada won in Lima. Peru lost there."),
    ]
    with Library(answers=answers) as library:
        for document in documents:
            library.assistant.add_document(document)
        for question in ("Who won in Lima?", "What of " + documents[0].text[:60] + "?"):
            answer = library.assistant.ask(question)
            assert answer.refused != answers
            check_answer(answer, documents)


def test_citations_of_a_megabyte_on_one_line() -> None:
    document = article(ODD["one line"][:200_000])
    with Library(answers=True) as library:
        library.assistant.add_document(document)
        answer = library.assistant.ask("Where did rain fall?")
    check_answer(answer, [document])
    assert answer.citations[0].quote.startswith("Rain fell on Lima")


@given(TEXTS, st.booleans())
@settings(derandomize=True, max_examples=25)
def test_citations_of_any_text(text: str, answers: bool) -> None:
    assume(any(character.isalnum() for character in text))
    try:
        document = article(text)
    except ReadError:
        return
    told = (document.text[span.start : span.end] for span in split_sentences(document.text))
    assume(not all(map(is_question, told)))
    with Library(answers=answers) as library:
        library.assistant.add_document(document)
        check_answer(library.assistant.ask("Where did the rain fall?"), [document])
