"""Lists: each thing once, lists and tables of the articles, and how much was read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from documents import read_bytes
from fakes import HashEmbedder
from index.sqlite import SqliteStore
from index.types import Document, Filter
from rag import Assistant
from rag.answer.accounts.blocks import block_at
from rag.answer.evidence import Sources
from rag.settings import Settings
from rag.types import Answer
from scripted import MarkingReader, WordReader, answer_to, check_promises, filled_store

SIGNED = Document(
    "Peru and Chile signed the text. Mexico did not sign the text.",
    title="Text signed",
)
AGAIN = Document("The text bears the name of Peru.", title="The text of Lima")
BOATS = Document(
    "The company named the boats that it will sell:\n\n"
    "- Petrel, built in 1981\n- Gannet, built in 1990\n- the old Tern (a tug)\n\n"
    "The captain of the Petrel is angry.",
    title="Fleet",
)
SNOW = Document(
    "The service published the depths of this winter.\n\n"
    "Station | January (cm)\n\nUlvik | 82\n\nBrekke | 45",
    title="Depth by station",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with filled_store(tmp_path / "home", SIGNED, AGAIN, BOATS, SNOW) as opened:
        yield opened


ask_list = partial(answer_to, kind="list")


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(claim.heading, claim.text) for claim in answer.claims]


def test_each_is_named_once_and_an_enumeration_stays_whole(store: SqliteStore) -> None:
    reader = MarkingReader(Peru_and_Chile=9.0, Mexico=5.0, Peru=8.0)
    answer = ask_list(store, "Which countries signed the text?", reader)
    assert [claim.pieces[1] for claim in answer.claims] == ["Peru and Chile"]
    # The other article names one of the two: it is cited beside, and counted once.
    assert [c.document for c in answer.claims[0].citations] == [SIGNED, AGAIN]
    assert answer.lead.startswith("The articles name 2")


def test_who_is_said_not_to_have_done_it_is_no_item(store: SqliteStore) -> None:
    answer = ask_list(store, "Which countries signed the text?", MarkingReader(Mexico=9.0))
    assert answer.refused


def test_of_what_it_is_said_that_it_is_none_is_no_item(tmp_path: Path) -> None:
    members = Document("Peru and Chile are in the Pact. Japan is not formally a member.")
    with filled_store(tmp_path / "home", members) as store:
        reader = MarkingReader(Peru_and_Chile=9.0, Japan=8.0)
        answer = ask_list(store, "Which countries are in the Pact?", reader)
        others = ask_list(store, "Which countries are not in the Pact?", MarkingReader(Japan=8.0))
    assert [claim.pieces[1] for claim in answer.claims] == ["Peru and Chile"]
    assert [claim.pieces[1] for claim in others.claims] == ["Japan"]


def test_the_items_of_a_page_stand_below_the_line_that_names_them(tmp_path: Path) -> None:
    page = "<article><p>The probe carries these instruments:</p><ul><li>ILSA, which listens</li>"
    page += "<li></li><li><p>• ChaSTE, which measures</p></li></ul><p>It works.</p></article>"
    read = read_bytes(page.encode(), "a.html").document
    with filled_store(tmp_path / "home", read) as store:
        answer = ask_list(store, "Which instruments does it carry?", MarkingReader(ChaSTE=9.0))
    heading = "The probe carries these instruments"
    assert told(answer) == [(heading, "ILSA, which listens"), (heading, "ChaSTE, which measures")]
    assert read.text.endswith("\n\nIt works.")


@pytest.mark.parametrize("question", ["Which boats will the company sell?", "List the boats"])
def test_a_list_runs_on_from_the_line_that_names_it(store: SqliteStore, question: str) -> None:
    answer = ask_list(store, question, MarkingReader(Gannet=9.0))
    assert [heading for heading, _ in told(answer)] == [
        "The company named the boats that it will sell"
    ] * 3
    assert [text for _, text in told(answer)] == [
        "Petrel, built in 1981",
        "Gannet, built in 1990",
        "the old Tern (a tug)",
    ]
    assert [claim.pieces[1] for claim in answer.claims] == ["Petrel", "Gannet", "the old Tern"]


def test_of_a_list_that_is_asked_into_only_what_answers_is_told(store: SqliteStore) -> None:
    answer = ask_list(store, "Which boats were built in 1990?", MarkingReader(Gannet=9.0))
    assert [text for _, text in told(answer)] == ["Gannet, built in 1990"]


def test_what_the_title_says_of_all_chooses_none(tmp_path: Path) -> None:
    rulings = "- The court of Lund fined a dairy\n- A jury in Calder freed a nurse"
    cases = Document(f"These cases were decided:\n\n{rulings}", title="From the courts")
    with filled_store(tmp_path / "cases", cases) as store:
        answer = ask_list(store, "List the court cases", MarkingReader(A_jury_in_Calder=9.0))
    assert [claim.text for claim in answer.claims] == [line[2:] for line in rulings.split("\n")]


def test_a_table_typed_into_a_text_has_a_line_below_its_heads(tmp_path: Path) -> None:
    table = "| Lake | Depth |\n|---|:---:|\n| Orrin | 31 m |\n| Tarn | 12 m |"
    lakes = Document(f"The lakes in figures.\n\n{table}", title="Lakes")
    with filled_store(tmp_path / "lakes", lakes) as store:
        answer = ask_list(store, "Which lakes are there?", MarkingReader(Orrin=9.0))
    rows = [line for line in table.split("\n") if " m " in line]
    assert told(answer) == [("Lake | Depth", row) for row in rows]


def test_a_table_is_told_with_the_heads_of_its_columns(store: SqliteStore) -> None:
    answer = ask_list(store, "Which stations measured the depth?", MarkingReader(Ulvik=9.0))
    assert told(answer) == [
        ("Station | January (cm)", "Ulvik | 82"),
        ("Station | January (cm)", "Brekke | 45"),
    ]
    answer = ask_list(store, "Which stations had more than 50 cm?", MarkingReader(Ulvik=9.0))
    assert told(answer) == [("Station | January (cm)", "Ulvik | 82")]


def test_of_a_table_that_tells_the_year_the_rows_of_that_year_answer(tmp_path: Path) -> None:
    opened = Document(
        "The line is complete.\n\nopened | part\n\n24 May 2022 | Lund to Calder\n\n"
        "6 June 2022 | Calder to Dunmore\n\n21 May 2023 | Dunmore to Halden",
        title="The new line",
    )
    with filled_store(tmp_path / "line", opened) as store:
        reader = MarkingReader(Lund_to_Calder=5.0)
        answer = ask_list(store, "Which parts of the line opened in 2022?", reader)
    assert [text for _, text in told(answer)] == [
        "24 May 2022 | Lund to Calder",
        "6 June 2022 | Calder to Dunmore",
    ]


@pytest.mark.parametrize(("score", "told_too"), [(4.5, True), (3.2, False)])
def test_what_is_far_less_likely_than_the_best_is_no_item(
    store: SqliteStore, score: float, told_too: bool
) -> None:
    reader = MarkingReader(Peru_and_Chile=9.0, depths=score)
    answer = ask_list(store, "What was signed or published?", reader)
    texts = [text for _, text in told(answer)]
    assert texts[0] == "Peru and Chile signed the text."
    assert ("The service published the depths of this winter." in texts) == told_too
    assert len(texts) == 1 + told_too


def test_where_little_is_likely_what_a_fact_would_be_is_an_item(store: SqliteStore) -> None:
    reader = MarkingReader(Peru_and_Chile=1.0, depths=-0.5)
    texts = [text for _, text in told(ask_list(store, "What was signed or published?", reader))]
    assert texts[0] == "Peru and Chile signed the text."
    assert "The service published the depths of this winter." in texts


def test_a_mark_without_a_word_is_no_item(store: SqliteStore) -> None:
    assert ask_list(store, "Which countries signed the text?", MarkingReader(**{".": 9.0})).refused


def test_what_names_somebody_of_whom_no_article_tells_is_no_list(store: SqliteStore) -> None:
    reader = MarkingReader(Peru_and_Chile=9.0)
    assert ask_list(store, "Which countries signed the text for Zeppelin?", reader).refused


def test_nothing_likely_is_no_list(store: SqliteStore) -> None:
    assert ask_list(store, "Which ministers resigned?", MarkingReader(Ulvik=-5.0)).refused


def test_it_says_what_was_read(store: SqliteStore) -> None:
    answer = ask_list(store, "Which boats will the company sell?", MarkingReader(Gannet=9.0))
    assert answer.lead == "The articles name 3:"
    assert (answer.coverage.articles, answer.coverage.complete) == (4, True)


def test_a_sentence_knows_its_block_and_a_row_its_table(store: SqliteStore) -> None:
    sources = Sources(store, HashEmbedder(), WordReader(), Filter())
    lines = sources.sentences(SNOW)
    rows = [line for line in lines if line.text.startswith("Brekke")]
    block = block_at(rows[0], lines)
    assert block is not None
    assert (block.table, block.heading) == (True, "Station | January (cm)")
    assert block_at(lines[0], lines) is None


@pytest.mark.models
def test_the_real_reader_lists_what_is_asked(tmp_path: Path) -> None:
    real = Settings.from_environment(tmp_path / "library")
    with Assistant.open(settings=real) as assistant:
        for article in (BOATS, SNOW, SIGNED):
            assistant.add_document(article)
        boats = assistant.ask("List the boats that the company will sell", kind="list")
        built = assistant.ask("Which boats were built in 1990?", kind="list")
    for answer in (boats, built):
        check_promises(answer)
    assert [claim.pieces[1] for claim in boats.claims] == ["Petrel", "Gannet", "the old Tern"]
    assert [claim.pieces[1] for claim in built.claims] == ["Gannet"]


@pytest.mark.models
def test_each_paragraph_that_one_span_goes_over_is_an_item(tmp_path: Path) -> None:
    towns = ["Bergen", "Molde", "Florø"]
    sentences = [f"The court in {town} heard a case of fraud on Monday." for town in towns]
    with Assistant.open(settings=Settings.from_environment(tmp_path / "library")) as assistant:
        assistant.add_document(Document("\n\n".join(sentences), title="Day in court"))
        answer = assistant.ask("Which courts heard cases of fraud?", kind="list")
    check_promises(answer)
    assert {claim.text for claim in answer.claims} == set(sentences)


@pytest.mark.parametrize(
    "question",
    [
        "Which articles are about Peru?",
        "What articles do I have on Peru?",
        "Do I have anything about Peru?",
        "In which articles is Peru named?",
        "List all articles that mention Peru",
        "articles on Peru",
    ],
)
def test_articles_are_listed_with_the_sentence_that_names_it(
    store: SqliteStore, question: str
) -> None:
    answer = ask_list(store, question, MarkingReader())
    assert answer.lead == "2 of 4 articles mention Peru, twice in their text:"
    assert {(c.text, c.pieces[1]) for c in answer.claims} == {
        ("Peru and Chile signed the text.", "Peru"),
        ("The text bears the name of Peru.", "Peru"),
    }


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Who wrote the article about the glassworks?", "By Lene Haug"),
        ("Who wrote about the glassworks?", "By Lene Haug"),
        ("Who wrote about the tunnel?", "No author is given"),
        ("When was the article about the glassworks published?", ""),
        ("Who wrote the article about the ferry?", None),
        ("Which report on the leak of the glassworks was kept?", None),
        ("Who wrote Carmen?", None),
    ],
)
def test_what_no_article_says_of_itself_its_name_tells(
    tmp_path: Path, question: str, heading: str | None
) -> None:
    glass = Document("The glassworks of Lund reopens.", title="Glass", author="Lene Haug")
    tunnel = Document("The tunnel at Calder leaks.", title="Water")
    with filled_store(tmp_path / "home", glass, tunnel) as store:
        answer = answer_to(store, question, MarkingReader())
    assert [claim.heading for claim in answer.claims] == ([] if heading is None else [heading])


@pytest.mark.parametrize("question", ["articles on the WHO", "Which articles mention the WHO?"])
def test_authors_are_named_only_where_they_are_asked_for(tmp_path: Path, question: str) -> None:
    with filled_store(tmp_path / "home", Document("The WHO met.", author="Lene Haug")) as store:
        answer = ask_list(store, question, MarkingReader())
    assert told(answer) == [("", "The WHO met.")]


def test_what_no_article_has_in_these_words_is_found_in_others(store: SqliteStore) -> None:
    answer = ask_list(store, "Which articles are about the depth in Ulvik?", MarkingReader())
    assert answer.lead.startswith("None of the 4 articles has the words “the depth in Ulvik”")
    assert [citation.document for citation in answer.citations] == [SNOW]


@pytest.mark.parametrize(
    "question", ["Which documents were signed?", "Which boats do the articles name?"]
)
def test_things_are_no_articles(store: SqliteStore, question: str) -> None:
    assert "of 4 articles mention" not in ask_list(store, question, MarkingReader(text=9.0)).lead
