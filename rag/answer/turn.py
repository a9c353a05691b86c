"""Takes one turn of a conversation: what is asked, of which articles, and then once more of all.

Wires the follow-ups (`rag.answer.followup`), what a question says of whose articles are meant
(`rag.answer.articles_meant`) and of which days (`rag.english.dates_asked`), and the answering of
one question (`rag.answer.answering`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.answer.accounts.giving import give_account, give_instead
from rag.answer.accounts.summary import LATEST, summed_up
from rag.answer.answering import (
    UNSURE,
    accounted,
    answer_question,
    refusal,
    tell_more,
    told_last,
)
from rag.answer.articles_meant import articles_meant
from rag.answer.claims import in_turn
from rag.answer.evidence import Sources
from rag.answer.followup import understand
from rag.answer.question import as_articles_spell, questions_in
from rag.answer.writing import written_answer
from rag.english.dates_asked import DatePhrase, date_phrases, days_asked, range_asked
from rag.english.kinds import kind_of, needs_several
from rag.english.questions import asked_plainly, ordered, person_asked_of
from rag.english.vocabulary import content_stems
from rag.language_model import LanguageModel
from rag.settings import Settings, Write
from rag.types import Answer, Citation, Delta, Kind, Question, Stage

__all__ = ["answer_turn", "is_to_be_written"]

_DAYS_OF = re.compile(
    r"\b(timeline|chronology|events?|course|sequence) (?:of|for|from)\s+(?=\d|[A-Z])", re.IGNORECASE
)

_NOW = re.compile(r"\b(?:now|currently|at present|latest|newest)\b", re.IGNORECASE)
"""What no article tells of a day before its own."""
_HOW_OR_WHY = re.compile(r"\b(?:how|why|reasons?|causes?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What holds for every way in which a question is tried."""

    get_model: Callable[[], LanguageModel]
    settings: Settings
    today: date | None
    kind: Kind | None
    write: Write


def answer_turn(
    text: str,
    history: Sequence[Answer],
    sources: Sources,
    get_model: Callable[[], LanguageModel],
    settings: Settings,
    *,
    today: date | None,
    kind: Kind | None = None,
    write: Write | None = None,
    rewrites: bool = True,
) -> Iterator[Stage | Delta | Answer]:
    """Yield stages and drafts, then the answer.

    Where the articles of the days that the question names do not answer it, it is asked
    anew of all of them: a "searching" stage begins again.

    Args:
        text: the question as it was asked.
        history: earlier answers, oldest first.
        sources: where to look, and what reads; a date bound in its filter, which the person chose,
            wins over those of the question.
        get_model: called only for a follow-up that no rule can put so that it stands alone, and
            for an answer that is to be in the model's words.
        settings: limits and thresholds.
        today: the day that "last week" is counted from; None to leave dates unread.
        kind: what is asked for, where the person has said so.
        write: which answers are to be in the model's words; None for what the settings say.
        rewrites: whether the model may be called for a follow-up; not for one of several
            questions of a text, in which it found no more (bench/RESULTS.md).
    """
    plain = asked_plainly(text)
    if kind in (None, "fact") and len(asked := questions_in(plain)) > 1:
        given: list[Answer] = []
        for one in asked:
            for event in answer_turn(
                one, (*history, *given), sources, get_model, settings,
                today=today, write=write, rewrites=False,
            ):  # fmt: skip
                if isinstance(event, Answer):
                    given.append(event)
                else:
                    yield event
        yield in_turn(text, given)
        return
    if history:
        yield Stage("reading", "reading the conversation")
    store = sources.store
    # "What's new?" is asked of nothing that a fact could be of, nor of the question before.
    news = LATEST.search(plain) is not None and not summed_up(plain)
    said = understand(plain, () if news else history, get_model if rewrites else None)
    if said.reply:
        yield Answer(question=text, searched=text, text=said.reply)
        return
    told: tuple[Citation, ...] = ()
    near = frozenset[str]()
    if said.kind == "more":
        if more := tell_more(history, store):
            yield replace(more, question=text, searched=said.text)
            return
        told = told_last(history)
    said = replace(
        said,
        text=as_articles_spell(said.text, store),
        asked=as_articles_spell(said.asked, store),
    )
    # The answer to "Thanks!" cites nothing and refuses nothing: the one before it is the last.
    last = next(
        (answer for answer in reversed(history) if answer.citations or answer.refused), None
    )
    if last and (said.asked or said.before):
        near = frozenset(citation.document.id for citation in last.citations)
    if last and said.asked:
        # What answered the question before does not answer one that leans on it.
        answered = last.claims if last.disagreement else last.claims[:1]
        told = tuple(claim.answer for claim in answered if claim.answer)
    asked_for = kind if said.kind == "question" else kind or "fact"
    if not asked_for and news:
        asked_for = "summary"
    question = Question(
        said.text, said.last, needs_several(said.last), asked_for or kind_of(said.last),
        told=told, near=near, before=said.before,
    )  # fmt: skip
    wanted = _Wanted(get_model, settings, today, kind, write or settings.write)
    events = _of_days(question, sources, wanted)
    meant = articles_meant(said.text, sources.filter, store) if said.kind == "question" else None
    if meant is not None:
        of_theirs = replace(question, text=meant.text)
        if not said.asked:
            asked_for = asked_for or kind_of(meant.text)
            of_theirs = replace(of_theirs, asked=meant.text, kind=asked_for)
        theirs = _of_days(of_theirs, sources.within(meant.filter), wanted)
        events = _first_of(theirs, events, meant.phrase)
    for event in events:
        if isinstance(event, Answer):
            event = replace(event, question=text)
            if event.refused:
                event = accounted(event, store)
        yield event


def is_to_be_written(answer: Answer, question: Question, write: Write) -> bool:
    """Say whether the model is to put an answer into words of its own.

    Refusals, sides that differ, and accounts never are.
    """
    if write == "never" or answer.refused or answer.disagreement or answer.kind != "fact":
        return False
    spread = len(answer.citations) > 1 and question.several
    return write == "always" or (spread and _HOW_OR_WHY.search(question.asked) is not None)


def _of_days(
    question: Question, sources: Sources, wanted: _Wanted
) -> Iterator[Stage | Delta | Answer]:
    """Yield an answer from the articles of the days that a question names, or else from all."""
    read, said, chosen, today = None, "", sources.filter, wanted.today
    if today is not None and question.kind == "timeline":
        # What happened on a day is also told by articles of later ones.
        question = replace(question, happened=_happened(question.text, today))
    elif today is not None and not chosen.after and not chosen.before:
        phrases = date_phrases(question.text, today)
        question = replace(question, happened=days_asked(phrases))
        read = range_asked(phrases, sources.store.days(chosen)) if phrases else None
        now = _NOW.search(question.text)
        if now and not phrases and any(day > today for day in sources.store.days(chosen)):
            read, said = (None, today), now[0]
    events = _answers(question, sources, wanted)
    if read is not None:
        within = replace(chosen, after=read[0], before=read[1], undated=True)
        said = " … ".join(phrase.text for phrase in phrases) or said
        bounded = replace(question, text=_undated(question.text, phrases))
        if question.asked == question.text:
            bounded = replace(bounded, asked=bounded.text)
        events = _first_of(_answers(bounded, sources.within(within), wanted), events, said)
    yield from events


def _first_of(
    chosen: Iterator[Stage | Delta | Answer], all_: Iterator[Stage | Delta | Answer], phrase: str
) -> Iterator[Stage | Delta | Answer]:
    """Yield an answer from the articles that some words of the question mean, or else from all.

    Args:
        chosen: the answering of these articles, which may have been narrowed further.
        all_: that of all, not begun where these answer.
        phrase: the words.
    """
    for event in chosen:
        if not isinstance(event, Answer):
            yield event
        elif not event.refused:
            further = "" if event.filter_dropped else event.filter_read
            read = f"{phrase}, {further}" if further else phrase
            yield replace(event, filter_read=read, filter_dropped=False)
            return
    for event in all_:
        if isinstance(event, Answer):
            event = replace(event, filter_read=phrase, filter_dropped=True)
        yield event


def _answers(
    question: Question, sources: Sources, wanted: _Wanted
) -> Iterator[Stage | Delta | Answer]:
    """Yield what an account tells, or, where there is none or none is asked for, the answer.

    An account that the person has chosen is given, or refused; one that was only read from the
    question may have been meant as a plain question.
    """
    if question.kind != "fact":
        for event in give_account(question, sources):
            yield event
            if isinstance(event, Answer):
                return
        # How many people died is a fact where an article gives the number.
        if wanted.kind and wanted.kind != "count":
            yield refusal(question, "not in the articles", sources)
            return
    for event in _answered(question, sources, wanted.settings):
        if not isinstance(event, Answer):
            yield event
            continue
        if not wanted.kind and (event.refused or event.lead.endswith(UNSURE)):
            for instead in give_instead(question, sources):
                yield instead
                if isinstance(instead, Answer):
                    return
        if is_to_be_written(event, question, wanted.write):
            yield from written_answer(event, question, sources.reader, wanted.get_model)
        else:
            yield event


def _answered(question: Question, sources: Sources, settings: Settings) -> Iterator[Stage | Answer]:
    """Yield the answer; of somebody of whom no article says who that is, what it says he did."""
    person = person_asked_of(question.asked)
    question = replace(question, asked=ordered(question.asked))
    for event in answer_question(question, sources, settings):
        if not (person and isinstance(event, Answer) and event.refused):
            yield event
            continue
        did = replace(question, asked=f"What did {person} do?")
        for other in answer_question(did, sources, settings):
            if isinstance(other, Answer):
                named = content_stems(person).keys()
                told = other.claims and named <= content_stems(other.claims[0].text).keys()
                other = event if other.refused or not told else other
            yield other


def _happened(question: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day of which a timeline is asked for."""
    phrases = date_phrases(question, today)
    # "a timeline of January 2019" has no word that says where its days end.
    phrases = phrases or date_phrases(_DAYS_OF.sub(r"\1 in ", question), today)
    return days_asked(phrases)


def _undated(question: str, phrases: Sequence[DatePhrase]) -> str:
    """Return the question without what the bounds say better than the words of an article can.

    No article of 4 January says that something was urged "before 10 January". The day of
    an event, and "since 2015", may well stand in one.
    """
    kept = question
    for phrase in reversed(phrases):
        if phrase.published or phrase.kind in ("before", "after", "relative"):
            kept = f"{kept[: phrase.start].rstrip()} {kept[phrase.end :].lstrip()}"
    kept = re.sub(r"\s+(?=[?.,;!])", "", kept).strip(" ,;")
    return kept[:1].upper() + kept[1:] if content_stems(kept) else question
