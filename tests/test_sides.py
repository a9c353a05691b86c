"""Sides of an answer: what disagrees, what bears one name, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.types import Document
from rag.answer_kind import asked_kind
from rag.answering import answer_question
from rag.attribution import answer_text, attributed, attribution, state_sides
from rag.cli.terminal import answer_lines, plain
from rag.sides import find_sides
from rag.subjects import asked_names, introduced, same_subject
from rag.types import Answer, Citation, Claim, Evidence, Question
from rag.values import Amount, read_value
from scripted import ScriptedModel, check_promises, filled_store, note, settings

DEATHS = "How many people died when the Morandi bridge in Genoa collapsed?"
FIRST = Document(
    text="At least 26 people died when the Morandi bridge in Genoa collapsed, the fire service of "
    "Liguria said. Prime Minister Giuseppe Conte flew to Italy's biggest port.",
    title="Motorway bridge falls in Genoa",
    source="Harbour Wire",
    published=date(2018, 8, 14),
)
LATER = Document(
    text="The prefecture now says that 43 people died when the Morandi bridge collapsed in Genoa. "
    "Giuseppe Conte has declared a state of emergency in Liguria, Italy.",
    title="Genoa counts its dead",
    source="Andean Courier",
    published=date(2018, 8, 19),
)
COPY = replace(
    FIRST, text=FIRST.text.replace("flew to", "went to"), source="Evening Post", title="Genoa"
)


def evidence(*documents: Document, step: float = 0.05) -> list[Evidence]:
    """The first sentence of each article, each scored a little below the one before."""
    return [
        note(document, document.text[: document.text.index(". ") + 1], score=2.0 - step * place)
        for place, document in enumerate(documents)
    ]


def test_two_death_tolls_of_one_collapse_are_a_conflict_newest_first() -> None:
    found = find_sides(DEATHS, evidence(FIRST, LATER))
    assert found.disagreement == "conflict"
    assert [side.evidence.document.source for side in found.sides] == [
        "Andean Courier",
        "Harbour Wire",
    ]
    claims = state_sides(found)
    assert answer_text(claims, found.disagreement) == (
        "The articles disagree. "
        "Andean Courier, 19 August 2018: The prefecture now says that 43 people died when the "
        "Morandi bridge collapsed in Genoa. "
        "Harbour Wire, 14 August 2018: At least 26 people died when the Morandi bridge in Genoa "
        "collapsed, the fire service of Liguria said."
    )


def test_wire_copies_are_one_source() -> None:
    assert not find_sides(DEATHS, evidence(FIRST, COPY)).sides
    found = find_sides(DEATHS, evidence(FIRST, COPY, LATER))
    assert [side.evidence.document for side in found.sides] == [LATER, FIRST]


def test_an_article_does_not_disagree_with_itself() -> None:
    both = Document(text=f"{FIRST.text} {LATER.text}", title="Genoa", source="Harbour Wire")
    listed = [
        note(both, "At least 26 people died when the Morandi bridge in Genoa collapsed"),
        note(both, "43 people died when the Morandi bridge collapsed in Genoa"),
    ]
    assert not find_sides(DEATHS, listed).sides


@pytest.mark.parametrize(
    "sentence",
    [
        # The same figure in other words, and figures that the words allow.
        "More than 20 and fewer than 30 people died when the Morandi bridge in Genoa collapsed",
        "Some 27 people died when the Morandi bridge in Genoa collapsed",
        "Twenty-six people died when the Morandi bridge in Genoa collapsed",
        # Other things counted.
        "600 people lost their homes when the Morandi bridge in Genoa collapsed",
        "Sixteen people were injured when the Morandi bridge in Genoa collapsed",
        "Four children died when the Morandi bridge in Genoa collapsed",
        "Another 9 people died in hospital after the Morandi bridge in Genoa collapsed",
        # Another bridge.
        "51 people died when the Ponte das Barcas in Porto collapsed",
        # No figure.
        "Nobody knows how many died when the Morandi bridge in Genoa collapsed",
    ],
)
def test_what_is_no_conflict(sentence: str) -> None:
    other = replace(LATER, text=f"{sentence}. Giuseppe Conte spoke in Liguria, Italy.")
    assert not find_sides(DEATHS, evidence(FIRST, other)).sides


def test_a_sentence_far_below_the_best_is_no_side() -> None:
    assert not find_sides(DEATHS, evidence(FIRST, LATER, step=0.9)).sides


def test_censuses_of_different_years_are_several_answers_and_no_conflict() -> None:
    old = Document(
        text="The population of Broken Bow was 3,491 at the 2000 census. It is in Custer County.",
        title="Custer County, then",
    )
    new = Document(
        text="The population of Broken Bow was 3,559 at the 2010 census. It is in Custer County.",
        title="Custer County, now",
    )
    question = "What is the population of Broken Bow?"
    found = find_sides(question, evidence(old, new))
    assert found.disagreement == "several answers"
    assert len(found.sides) == 2
    households = replace(new, text=new.text.replace("3,559 at", "made up of 1,575 households at"))
    assert not find_sides(question, evidence(old, households)).sides


def test_towns_of_one_name_are_told_apart_by_their_titles() -> None:
    nebraska = Document(
        text="Broken Bow is a city in Custer County. Its population was 3,559 in 2010. ",
        title="Broken Bow, Nebraska",
    )
    oklahoma = Document(
        text="Broken Bow is a city in McCurtain County. Its population was 4,120 in 2010. ",
        title="Broken Bow, Oklahoma",
    )
    question = "What is the population of Broken Bow?"
    listed = [
        *evidence(nebraska, oklahoma),
        note(nebraska, "Its population was 3,559 in 2010.", score=1.9),
        note(oklahoma, "Its population was 4,120 in 2010.", score=1.8),
    ]
    found = find_sides(question, listed)
    assert found.disagreement == "several answers"
    assert answer_text(state_sides(found), found.disagreement) == (
        "The articles give several answers. "
        "Broken Bow, Nebraska: Its population was 3,559 in 2010. "
        "Broken Bow, Oklahoma: Its population was 4,120 in 2010."
    )


def test_a_film_and_a_novel_of_one_name_are_both_shown() -> None:
    novel = Document(
        text="The English Patient is a novel by Michael Ondaatje. It won the Booker Prize.",
        title="The English Patient",
    )
    film = Document(
        text="The English Patient is a war drama directed by Anthony Minghella. It won Oscars.",
        title="The English Patient (film)",
    )
    question = 'What kind of work is "The English Patient"?'
    found = find_sides(question, evidence(novel, film))
    assert found.disagreement == "several answers"
    assert not find_sides(question, evidence(novel, replace(novel, source="Harbour Wire"))).sides


def test_datelines_do_not_make_two_cities_of_one() -> None:
    listed = evidence(
        Document(text="Genoa, Italy (Reuters) - The port of Genoa stood still. It rained."),
        Document(text="Genoa, Italy (AP) -- Genoa mourned its dead at a funeral. It rained."),
    )
    assert not find_sides("What was the mood in Genoa?", listed).sides


def test_who_is_to_blame_is_told_with_who_says_so() -> None:
    question = "Who was blamed for the blackout in Venezuela?"
    government = Document(
        text="The government of Venezuela blamed the United States for the blackout. "
        "Nicolás Maduro spoke of an attack on the Guri dam in Bolívar.",
        source="teleSUR",
        published=date(2019, 3, 8),
    )
    engineers = Document(
        text="The opposition blamed years of neglect at Corpoelec for the blackout in Venezuela. "
        "Juan Guaidó said that the Guri dam in Bolívar had not been maintained by Nicolás Maduro.",
        source="Andean Courier",
        published=date(2019, 3, 9),
    )
    found = find_sides(question, evidence(government, engineers))
    assert found.disagreement == "conflict"
    assert [claim.attribution for claim in state_sides(found)] == [
        "Andean Courier, 9 March 2019",
        "teleSUR, 8 March 2019",
    ]
    denied = replace(engineers, text="Nobody blamed Corpoelec for the blackout in Venezuela. So.")
    assert not find_sides(question, evidence(government, denied)).sides


def test_two_dates_of_one_founding_disagree_and_a_year_agrees_with_its_day() -> None:
    question = "When was the Harbour Museum in Lisbon founded?"
    text = "The Harbour Museum in Lisbon was founded {}. Ana Costa and Rui Silva of Belém lead it."
    exact, year, other = (
        Document(text=text.format(when), source=source)
        for when, source in (("on 4 May 1931", "A"), ("in 1931", "B"), ("in 1933", "C"))
    )
    assert not find_sides(question, evidence(year, exact)).sides
    assert find_sides(question, evidence(exact, other)).disagreement == "conflict"


def test_questions_for_an_account_have_no_sides() -> None:
    assert not find_sides("What happened in Genoa?", evidence(FIRST, LATER)).sides
    assert not find_sides(DEATHS, []).sides


@pytest.mark.parametrize(
    ("question", "sentence", "low"),
    [
        (DEATHS, "The death toll has risen to 43.", 43),
        (DEATHS, "The collapse killed 43 people and injured 16.", 43),
        (DEATHS, "43 people were killed, 4 of them children.", 43),
        ("How many people were injured?", "Of those hit, 39 died and 16 were injured.", 16),
        ("What is the population of Wadi?", "In 2011 Wadi had a population of 37,988.", 37988),
        ("What is the population of Wadi?", "The population density was 295 a mile.", None),
        ("What is the population of Wadi?", "29.8% of the population were under 18.", None),
        ("What is the population of Wadi?", "The population grew by 1,951 people.", None),
        ("What is the population of Wadi?", "Marathi is spoken by some 9,000 people.", None),
        ("How long did the strike last?", "The strike lasted 35 days.", 35),
        ("How long did the strike last?", "It began 35 days ago.", None),
    ],
)
def test_the_figure_that_is_asked_for(question: str, sentence: str, low: int | None) -> None:
    value = read_value(question, asked_kind(question), sentence)
    assert (value.low if isinstance(value, Amount) else None) == low


def test_a_person_with_a_middle_name_is_the_same_and_another_first_name_is_not() -> None:
    asked = asked_names("What is the profession of Ross Howe?")
    plain_name, middle, other = (
        introduced(asked, Document(text=text), text)
        for text in (
            "Ross Howe is an American judge from Vermont.",
            "Ross Bradley Howe was a judge.",
            "Ross Howe is a Canadian painter.",
        )
    )
    assert plain_name
    assert middle
    assert other
    assert same_subject(plain_name, middle)
    assert not same_subject(plain_name, other)
    assert introduced(asked, Document(text=""), "The house of Ross Howe is a museum.") is None


def test_attribution_names_the_source_else_the_title() -> None:
    assert attribution(FIRST) == "Harbour Wire, 14 August 2018"
    assert attribution(replace(FIRST, source=None)) == (
        "Motorway bridge falls in Genoa, 14 August 2018"
    )
    assert attribution(Document(text="x")) == "an article"


@pytest.mark.parametrize(
    ("sentence", "added"),
    [
        ("“It is a tragedy,” he said.", "Harbour Wire, 4 January 2019"),
        ("“It is a tragedy.”", "Harbour Wire, 4 January 2019"),
        ("“It is a tragedy,” Conte said.", ""),
        ("The opposition accused the government of neglect.", ""),
    ],
)
def test_only_a_quotation_without_its_speaker_is_given_its_source(
    sentence: str, added: str
) -> None:
    document = Document(text=sentence, source="Harbour Wire", published=date(2019, 1, 4))
    claim = Claim(sentence, (Citation(1, document, 0, len(sentence)),), 1.0, verbatim=True)
    assert attributed(claim).attribution == added


def test_end_to_end_the_sides_are_shown_and_the_model_writes_nothing(tmp_path: Path) -> None:
    model = ScriptedModel("43 people died.")
    made = settings(tmp_path)
    store = filled_store(made.home, FIRST, LATER)
    *_, answer = answer_question(Question(DEATHS), store, HashEmbedder(), lambda: model, made)
    assert isinstance(answer, Answer)
    check_promises(answer)
    assert (answer.disagreement, model.prompts) == ("conflict", [])
    assert answer.to_json()["claims"][0]["attribution"] == "Andean Courier, 19 August 2018"
    lines = plain(answer_lines(answer)).splitlines()
    assert lines[0] == "The articles disagree."
    assert lines[1].startswith("- Andean Courier, 19 August 2018: The prefecture now says that 43")
    assert lines[2].startswith("- Harbour Wire, 14 August 2018: At least 26 people died")
    assert lines[2].endswith(" [2]")


def test_end_to_end_articles_that_agree_are_answered_as_ever(tmp_path: Path) -> None:
    model = ScriptedModel("At least 26 people died.")
    made = settings(tmp_path)
    store = filled_store(made.home, FIRST, COPY)
    *_, answer = answer_question(Question(DEATHS), store, HashEmbedder(), lambda: model, made)
    assert isinstance(answer, Answer)
    check_promises(answer)
    assert (answer.disagreement, len(model.prompts)) == ("", 1)
    assert all(not claim.attribution for claim in answer.claims)


def test_a_day_is_no_subject() -> None:
    assert asked_names("Who was sworn in on Thursday?").names == frozenset()
    assert asked_names("Who was sworn in by Thursday Island?").names == {"thursday", "island"}
