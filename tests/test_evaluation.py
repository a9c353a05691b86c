"""A run and its figures, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import LIMA, UNDATED, FakeAssistant, FakeStore, answered, refused
from index.errors import LibraryError
from rag.evaluation import FAULTS, Evaluation, Example, Report, Result, evaluate
from rag.evaluation.runner import score
from rag.types import Answer, Citation, Claim

QUOTED = answered()
"""One claim of nine words with one quote, which does not say "it"."""
PERU = Answer(
    "q", "q", "Peru has mountains.", (Claim(UNDATED.text, (Citation(1, UNDATED, 0, 19),)),)
)
FALSE = replace(PERU, claims=(Claim("Chile has 7 lakes.", PERU.claims[0].citations),))

EXAMPLES = (
    Example("who", ("Latin American",), (LIMA.title,), True),
    Example("what", ("mountains",), (LIMA.title,), True),
    Example("lost", ("mountains",), (), True),
    Example("invented", answerable=False),
    Example("rightly", answerable=False),
    Example("unknown"),
)
ANSWERS = {
    "who": QUOTED,
    "what": PERU,
    "lost": refused(),
    "invented": FALSE,
    "rightly": refused(),
    "unknown": PERU,
}


@pytest.fixture
def report() -> Report:
    return evaluate(FakeAssistant(answers=dict(ANSWERS)), EXAMPLES)  # type: ignore[arg-type]


def test_every_answer_is_scored(report: Report) -> None:
    by = {result.example.question: result for result in report.results}
    assert [*by] == [*ANSWERS]
    who, what, lost = by["who"], by["what"], by["lost"]
    assert (who.contains, who.cites_document, who.cites_gold) == (True, True, True)
    # "Latin American" are 2 of the 8 words that are left without "a".
    assert who.token_f1 == pytest.approx(2 * 2 / (8 + 2))
    assert (what.contains, what.cites_document, what.cites_gold) == (True, False, False)
    assert what.token_f1 == pytest.approx(2 * 1 / (3 + 1))
    assert (lost.contains, lost.token_f1) == (False, 0.0)
    assert (lost.cites_document, lost.cites_gold, lost.supported) == (None, None, ())
    for name in ("invented", "rightly", "unknown"):
        result = by[name]
        scores = (result.contains, result.token_f1, result.cites_document, result.cites_gold)
        assert scores == (None,) * 4
    assert by["invented"].supported == (False,)
    assert by["unknown"].supported == (True,)


def test_f1_is_that_of_the_words_marked_as_the_answer() -> None:
    claim = QUOTED.claims[0]
    start = LIMA.text.index("a dozen")
    span = Citation(1, LIMA, start, start + len("a dozen Latin American governments"))
    marked = replace(claim, text=LIMA.text, answer=span, answer_at=start)
    example = EXAMPLES[0]
    # "Latin American" are 2 of the 4 words that are left without "a"; the rest counts for nothing.
    for claims in ((marked,), (claim, marked), (marked, PERU.claims[0])):
        answer = replace(QUOTED, text="Canada " * 50, claims=claims)
        result = score(example, answer, 0.1, (), {})
        assert result.token_f1 == pytest.approx(2 * 2 / (4 + 2))
    assert score(example, replace(refused(), claims=()), 0.1, (), {}).token_f1 == 0.0


def test_a_line_above_an_answer_is_none() -> None:
    lead = "The articles may not answer this; the nearest is:"
    answer = replace(QUOTED, lead=lead, text=f"{lead}\n{QUOTED.text}")
    for gold, held in (("May", False), ("Canada", True)):
        example = replace(EXAMPLES[0], answers=(gold,))
        assert score(example, answer, 0.1, (), {}).contains is held


def test_the_faults_of_each_and_the_worst_first(report: Report) -> None:
    assert {r.example.question: r.faults for r in report.results} == {
        "who": (),
        "what": ("elsewhere",),
        "lost": ("refused",),
        "invented": ("unsupported", "invented"),
        "rightly": (),
        "unknown": (),
    }
    order = [result.example.question for result in report.worst_first]
    assert order == ["invented", "lost", "what", "who", "rightly", "unknown"]


def test_other_faults(report: Report) -> None:
    who = report.results[0]
    assert replace(who, contains=False).faults == ("lacking",)
    assert replace(who, cites_gold=False).faults == ("beside",)
    assert replace(who, cites_gold=False, cites_document=None).faults == ("beside",)
    assert set(FAULTS) >= {"lacking", "beside"}


def test_the_figures(report: Report) -> None:
    figures = {f.name: (f.value, f.of) for f in report.figures if f.unit != "s"}
    assert figures == {
        "contains": (pytest.approx(2 / 3), 3),
        "token_f1": (pytest.approx((4 / 10 + 2 / 4 + 0) / 3), 3),
        "document_hits": (0.5, 2),
        "gold_hits": (0.5, 2),
        "citation_precision": (0.75, 4),
        # Two have no answer, and one of them is refused; so is one that has.
        "refusal_recall": (0.5, 2),
        "refusal_precision": (0.5, 2),
        "refusal_f1": (0.5, 5),
        "false_refusals": (pytest.approx(1 / 3), 3),
        "refused": (pytest.approx(1 / 3), 6),
        "words": (3, 4),
    }
    assert report["contains"].value == pytest.approx(2 / 3)
    with pytest.raises(KeyError):
        report["nonsense"]


def result(question: str = "q", seconds: float = 1.0, **gold: object) -> Result:
    scores = {"contains": None, "token_f1": None, "cites_document": None, "cites_gold": None}
    return Result(Example(question), answered(), seconds, **{**scores, **gold}, supported=(True,))  # type: ignore[arg-type]


def test_the_time_at_the_median_and_the_90th_percentile() -> None:
    report = Report(tuple(result(seconds=float(n)) for n in range(20, 0, -1)), 20)
    assert report["seconds_median"].value == 10.5
    assert report["seconds_p90"].value == 18.0  # 18 of 20 took at most so long.
    assert Report((result(seconds=3.0),), 1)["seconds_p90"].value == 3.0


def test_what_no_gold_tells_is_a_dash() -> None:
    report = Report((result(),), 1)
    shown = {figure.name: str(figure) for figure in report.figures}
    assert shown.pop("citation_precision") == "1.00"
    assert (shown.pop("refused"), shown.pop("words")) == (".00", "9")
    assert (shown.pop("seconds_median"), shown.pop("seconds_p90")) == ("1.0 s", "1.0 s")
    assert set(shown.values()) == {"–"}
    assert all(figure.value is None for figure in Report((), 0).figures)
    json = report.to_json()["figures"]
    assert json["contains"] == {"value": None, "of": 0}
    assert json["words"] == {"value": 9, "of": 1}


def test_if_nothing_is_refused_refusal_f1_is_0_not_unknown() -> None:
    example = Example("q", answerable=False)
    report = evaluate(FakeAssistant(), [example])  # type: ignore[arg-type]
    assert report["refusal_f1"].value == report["refusal_recall"].value == 0
    assert report["refusal_precision"].value is None


def test_a_run_that_is_stopped_reports_what_was_asked() -> None:
    answers = {**ANSWERS, "lost": KeyboardInterrupt()}
    run = Evaluation(FakeAssistant(answers=answers), EXAMPLES)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        list(run)
    assert [result.example.question for result in run.report.results] == ["who", "what"]
    assert run.report.planned == 6
    assert run.report.to_json()["asked"] == 2


def test_an_article_that_is_not_there_is_named_and_not_scored() -> None:
    example = Example("who", ("Canada",), ("none.txt",), True, line=4)
    report = evaluate(FakeAssistant(), [example])  # type: ignore[arg-type]
    assert report.unknown == ((4, "none.txt"),)
    assert report["document_hits"].value is None
    assert report["gold_hits"].value == 1.0
    assert report.to_json()["unknown_documents"] == [{"line": 4, "name": "none.txt"}]


def test_a_cited_article_that_was_removed_supports_nothing() -> None:
    assistant = FakeAssistant(store=FakeStore([UNDATED]))
    report = evaluate(assistant, [Example("who")])  # type: ignore[arg-type]
    assert report["citation_precision"].value == 0.0


def test_an_empty_library_cannot_be_measured() -> None:
    with pytest.raises(LibraryError, match=r"the library is empty.*`ask add FOLDER`"):
        evaluate(FakeAssistant(store=FakeStore([])), EXAMPLES)  # type: ignore[arg-type]
