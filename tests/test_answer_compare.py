"""Sides where articles differ, and what is shown beside the best sentence where they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from index.types import Document
from rag.answer import compare
from rag.answer.compare import Sides, worth_showing
from rag.types import Evidence, Question
from scripted import found

DAYS = [date(2019, 1, day) for day in (3, 5, 4, 6, 7, 8)]


def told(*sides: tuple[str, str], score: float = 10.0) -> list[Evidence]:
    """Sentences of articles of their own, each with its answer; likeliest first."""
    articles = [
        Document(sentence, title=f"{n}", published=day)
        for n, ((sentence, _), day) in enumerate(zip(sides, DAYS))
    ]
    return [
        found(article, article.text, answer, score=score - n / 10)
        for n, (article, (_, answer)) in enumerate(zip(articles, sides))
    ]


def find_sides(likely: list[Evidence], asked: str = "") -> Sides:
    return compare.find_sides(likely, Question(asked, asked))


def answers(sides: Sides) -> list[str]:
    return [item.answer for item in sides.evidence]


FORTY = ("The blast killed 43 people.", "43")
SIXTY = ("Sixty people were killed by the blast.", "Sixty")


def test_other_figures_are_a_conflict_newest_first() -> None:
    sides = find_sides(told(FORTY, SIXTY))
    assert (sides.disagreement, answers(sides)) == ("conflict", ["Sixty", "43"])


def test_what_a_message_quotes_is_older_than_the_message_of_the_same_day() -> None:
    quoted, own = (
        replace(item, document=replace(item.document, published=DAYS[0], part=part))
        for item, part in zip(told(FORTY, SIXTY), ("quoted 1", ""))
    )
    for likely in ([quoted, own], [own, quoted]):
        assert answers(find_sides(likely)) == ["Sixty", "43"]


def test_other_days_are_a_conflict() -> None:
    sides = find_sides(
        told(("It sank on 4 May 2018.", "4 May 2018"), ("It sank on 5 May 2018.", "5 May 2018"))
    )
    assert (sides.disagreement, answers(sides)) == ("conflict", ["5 May 2018", "4 May 2018"])


def test_other_names_are_several_answers() -> None:
    sides = find_sides(told(("Ana Ruiz sang it.", "Ana Ruiz"), ("Bo Lund sang it.", "Bo Lund")))
    assert (sides.disagreement, answers(sides)) == ("several answers", ["Bo Lund", "Ana Ruiz"])


def test_an_article_without_the_number_that_names_the_thing_is_about_another() -> None:
    items = told(
        ("Warden number 38 keeps a beaver dam.", "a beaver"),
        ("Warden number 39 keeps an otter weir.", "an otter"),
    )
    assert find_sides(items, "What does warden number 38 keep?") == Sides("")
    assert answers(find_sides(items, "What do wardens keep?")) == ["an otter", "a beaver"]


def test_what_may_stand_for_a_name_is_no_side() -> None:
    items = told(("Ana Ruiz said so.", "Ana Ruiz"), ("The mayor said so.", "The mayor"))
    assert find_sides(items) == Sides("")


@pytest.mark.parametrize(
    "other",
    [
        ("The blast killed forty-three people.", "forty-three"),  # the same in other words
        ("At least 40 people were killed.", "40"),  # a bound that holds
        ("Tuesday was dark.", "because it was dark"),  # no value
        ("It happened on 4 May 2018.", "4 May 2018"),  # of another kind
    ],
)
def test_what_agrees_or_cannot_be_compared_is_no_side(other: tuple[str, str]) -> None:
    sentence, answer = other
    text = sentence if answer in sentence else f"{sentence} {answer}"
    assert find_sides(told(FORTY, (text, answer))) == Sides("")


def test_two_figures_of_one_article_are_no_conflict() -> None:
    article = Document("The blast killed 43 people. Sixty people were killed in all.")
    one = found(article, "The blast killed 43 people.", "43")
    other = found(article, "Sixty people were killed in all.", "Sixty")
    assert find_sides([one, other]) == Sides("")


def test_what_was_reported_on_different_days_differs_and_need_not_disagree() -> None:
    one, other = told(FORTY, SIXTY)
    assert find_sides([one, other]).lead == "The articles differ, newest first."
    undated = replace(other, document=replace(other.document, published=None))
    assert find_sides([one, undated]).lead == "The articles disagree."


def test_a_copy_stands_behind_the_side_that_it_repeats() -> None:
    sides = find_sides(told(FORTY, SIXTY, FORTY, SIXTY))
    assert answers(sides) == ["Sixty", "43"]


def test_where_the_best_has_no_value_nothing_is_set_against_it() -> None:
    assert find_sides(told(("It was dark.", "It was dark"), FORTY, SIXTY)) == Sides("")


def test_what_is_far_less_likely_is_no_side() -> None:
    first, second = told(FORTY, SIXTY)
    assert find_sides([first, replace(second, score=-90.0)]) == Sides("")


def test_names_must_be_nearly_as_likely_figures_less_so() -> None:
    names = told(("Ana Ruiz sang it.", "Ana Ruiz"), ("Bo Lund sang it.", "Bo Lund"))
    for items, disagreement in ((told(FORTY, SIXTY), "conflict"), (names, "")):
        items[1] = replace(items[1], score=items[0].score - 5.0)
        assert find_sides(items, "Who sang it?").disagreement == disagreement


def test_a_sentence_that_says_the_same_but_for_its_name_is_a_side_however_unlikely() -> None:
    names = ("Rosa Feld", "Peter Klamm")
    items = told(*((f"The council of Hamm elected {name} as mayor.", name) for name in names))
    items[1] = replace(items[1], score=items[0].score - 5.0)
    assert answers(find_sides(items, "Who was elected?")) == ["Peter Klamm", "Rosa Feld"]
    other = told(("The council of Hamm elected Rosa Feld.", "Rosa Feld"), ("Bo sang.", "Bo"))[1]
    assert find_sides([items[0], replace(other, score=items[1].score)], "Who?") == Sides("")


def test_an_article_that_opens_on_another_of_the_name_is_a_side() -> None:
    asked = "What does Mia Coneo do?"
    runner, player = told(
        ("Mia Coneo is a runner.", "runner"), ("Mia Coneo plays volleyball.", "volleyball")
    )
    player = replace(player, score=runner.score - 5.0)
    assert answers(find_sides([runner, player], asked)) == ["volleyball", "runner"]
    # What an article on something else says in passing may be of somebody else again.
    article = replace(player.document, text=f"The town has a club. {player.document.text}")
    later = found(article, "Mia Coneo plays volleyball.", "volleyball", score=player.score)
    assert find_sides([runner, later], asked) == Sides("")


def test_the_year_that_is_asked_of_may_be_that_of_the_article() -> None:
    items = told(("Ana Ruiz won.", "Ana Ruiz"), ("Bo Lund won.", "Bo Lund"))
    older = replace(items[1].document, published=date(2017, 1, 5))
    items[1] = replace(items[1], document=older)
    assert find_sides(items, "Who won the 2019 race?") == Sides("")
    assert find_sides(items, "Who won the race?").disagreement == "several answers"


def test_undated_articles_come_last_and_four_sides_are_the_most() -> None:
    figures = [(f"The blast killed {n} people.", f"{n}") for n in (10, 20, 30, 40, 50, 60)]
    items = told(*figures)
    undated = replace(items[1].document, published=None)
    items[1] = replace(items[1], document=undated)
    assert answers(find_sides(items)) == ["40", "30", "10", "20"]


def costs(year: int, more: str = "") -> Evidence:
    """What an article of a year says that something costs."""
    text = f"It costs {year - 1990} pence{more}."
    return found(Document(text, published=date(year, 4, 1)), text, f"{year - 1990} pence")


IN_2021 = Question("", "", happened=(date(2021, 1, 1), date(2021, 12, 31)))


def test_the_days_that_are_asked_of_choose() -> None:
    items = [costs(2019), costs(2021), costs(2022)]
    chosen = compare.find_sides(items, IN_2021)
    assert (chosen.disagreement, chosen.lead, answers(chosen)) == ("", "", ["31 pence"])
    assert answers(find_sides(items)) == ["32 pence", "31 pence", "29 pence"]
    before = replace(IN_2021, happened=(None, date(2021, 12, 31)))
    assert answers(compare.find_sides(items, before)) == ["31 pence", "29 pence"]
    # Where no article is of these days, nothing is chosen.
    assert len(compare.find_sides([costs(2019), costs(2022)], IN_2021).evidence) == 2


def test_a_later_article_that_names_the_days_is_of_them() -> None:
    later = costs(2022, " for all who bought it in 2021")
    assert answers(compare.find_sides([costs(2021), later], IN_2021)) == ["32 pence", "31 pence"]
    assert answers(compare.find_sides([costs(2019), later], IN_2021)) == ["32 pence"]


def test_an_article_of_the_days_that_names_others_is_of_them_too() -> None:
    since = costs(2021, ", as since 2020")
    assert answers(compare.find_sides([costs(2019), since, costs(2022)], IN_2021)) == ["31 pence"]


def test_a_later_article_that_agrees_hides_none_of_the_days_that_are_asked_of() -> None:
    again = replace(costs(2021), document=replace(costs(2021).document, published=date(2023, 1, 1)))
    for items in ([again, costs(2022), costs(2021)], [costs(2022), again, costs(2021)]):
        (side,) = compare.find_sides(items, IN_2021).evidence
        assert side.document.published == date(2021, 4, 1)


# What is shown

ASKED = Question("Who closed it?", "Who closed it?")
WHY = Question("Why did they come?", "Why did they come?", several=True)


def test_the_measure_of_a_thing_that_is_less_what_is_asked_of_is_not_shown_beside() -> None:
    article = Document("The old tower is 19 metres tall. The new one is 46 metres tall.")
    old = found(article, "The old tower is 19 metres tall.", "19 metres")
    new = found(article, "The new one is 46 metres tall.", "46 metres")
    asked = Question("How tall is the old tower?", "How tall is the old tower?")
    assert worth_showing([old, new], asked) == [old]
    tall = Question("How tall is it?", "How tall is it?")
    assert worth_showing([old, new], tall) == [old, new]


def test_the_best_stands_alone_where_another_says_the_same_or_is_far_less_likely() -> None:
    first, second = told(("Rosa Quill closed it.", "Rosa Quill"), ("It was rosa quill.", "rosa"))
    other = found(Document("Bo closed it."), "Bo closed it.", "Bo", score=first.score - 90)
    assert worth_showing([first, second, other], ASKED) == [first]


def test_a_second_that_is_as_likely_and_says_something_else_is_shown_too() -> None:
    first, second = told(
        ("The mayor closed it.", "The mayor"), ("It was Rosa Quill.", "Rosa Quill")
    )
    second = replace(second, score=first.score)
    assert worth_showing([first, second], ASKED) == [first, second]


def test_an_explanation_goes_on_in_the_order_of_its_article() -> None:
    article = Document("One came. Two came. Three came. Four came. Five came.")
    sentences = [f"{word} came." for word in ("Three", "One", "Five", "Two")]
    likely = [found(article, sentence, "came") for sentence in sentences]
    likely.insert(1, *told(FORTY))
    shown = worth_showing(likely, WHY)
    assert [item.text for item in shown] == ["One came.", "Three came.", "Five came."]
