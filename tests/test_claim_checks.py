"""The ways in which an answer can be wrong although every word of it is in some article."""

from __future__ import annotations

from datetime import date

import pytest

from index.types import Document
from rag.checks import check_claim

PLEA = (
    "Canada and a dozen Latin American states pressed President Maduro to abstain from being "
    "sworn in on Jan. 10 and to hand over power."
)
SIGNED = "Mexico took part in the meeting but did not sign the declaration."
LEFT = "About 2.3 million Venezuelans have left their country since 2015, the United Nations says."
KILLED = "More than 400 community leaders were killed last year."
MEMBER = "The United States is not formally a member of the group, though its envoy joined a call."
SEVERED = "Paraguay severed relations with Venezuela on Thursday."


def problems(claim: str, quotes: str, question: str = "") -> str:
    return "; ".join(check_claim(claim, quotes, question).problems)


# Three citations that other systems have shown (peers.md).


def test_a_claim_that_loses_the_negation_fails() -> None:
    assert problems("They pressed Maduro to be sworn in.", PLEA) == "negation differs: sworn"


def test_a_claim_that_adds_a_negation_fails() -> None:
    quote = "The group pressed Maduro to be sworn in at once."
    assert problems("The group pressed Maduro not to be sworn in.", quote) == (
        "negation differs: sworn"
    )


def test_a_claim_with_an_invented_actor_fails() -> None:
    claim = "Russia pressed Maduro not to be sworn in."
    assert problems(claim, PLEA) == "names not in the quotes: russia"


def test_a_claim_with_the_wrong_actor_of_the_quote_fails() -> None:
    claim = "Maduro pressed Canada not to be sworn in."
    assert problems(claim, PLEA) == "another actor in the quotes: maduro"


@pytest.mark.parametrize(
    ("claim", "quotes", "problem"),
    [
        # Numbers
        ("4 leaders were killed.", KILLED, "numbers not in the quotes: 4"),
        ("Forty leaders were killed.", KILLED, "numbers not in the quotes: 40"),
        ("23 million Venezuelans have left.", LEFT, "numbers not in the quotes: 23000000"),
        ("Canada and 13 Latin American states pressed him.", PLEA, "numbers not in the quotes: 13"),
        ("He won a third term.", "He won a second term.", "numbers not in the quotes: 3"),
        # Dates
        ("He is to be sworn in on Feb. 10.", PLEA, "names not in the quotes: february"),
        ("Maduro is sworn in on January 11.", PLEA, "numbers not in the quotes: 11"),
        ("Paraguay severed relations on Friday.", SEVERED, "names not in the quotes: friday"),
        # Names
        ("Ecuador did not sign the declaration.", SIGNED, "names not in the quotes: ecuador"),
        ("The Red Cross says 2.3 million left.", LEFT, "names not in the quotes: red, cross"),
        # Negation
        ("The United States has formally joined the group.", MEMBER, "negation differs: formal"),
        ("The United States is formally a member.", MEMBER, "negation differs: formal"),
        ("Mexico signed the declaration.", SIGNED, "negation differs: sign"),
        ("Mexico did not take part in the meeting.", SIGNED, "negation differs: part"),
        (
            "It did not attend and sign.",
            "It attended but did not sign.",
            "negation differs: attend",
        ),
        ("Silva attacked Costa.", "Silva denied attacking Costa.", "negation differs: attack"),
        ("Paraguay never severed relations.", SEVERED, "negation differs: sever"),
        # Who did it to whom
        ("Venezuela severed relations with Paraguay.", SEVERED, "another actor in the quotes"),
        (
            "Relations with Paraguay were severed by Venezuela.",
            SEVERED,
            "another actor in the quotes: venezuela",
        ),
        (
            "Silva accused Costa.",
            "Silva was accused by Costa on Monday.",
            "another actor in the quotes",
        ),
        # Other words altogether
        ("They discussed football.", PLEA, "words not in the quotes: discussed, football"),
    ],
)
def test_a_wrong_claim_fails(claim: str, quotes: str, problem: str) -> None:
    assert problem in problems(claim, quotes)


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        # Negation in other words
        ("They pressed Maduro not to be sworn in.", PLEA),
        ("Canada pressed Maduro to abstain from being sworn in.", PLEA),
        ("Mexico didn’t sign.", SIGNED),
        ("Mexico did not formally sign the declaration.", SIGNED),
        ("Mexico took part in the meeting.", SIGNED),
        ("The United States is not a member.", MEMBER),
        ("The U.S. is not formally a member of the group.", MEMBER),
        # Numbers and dates in other forms
        ("Some 2,300,000 Venezuelans have left since 2015.", LEFT),
        ("Approximately 2.3 million people left their country.", LEFT.replace("their", "people's")),
        ("Canada and 12 Latin American states pressed Maduro.", PLEA),
        ("Over four hundred leaders were killed.", KILLED),
        ("More than four hundred community leaders were killed last year.", KILLED),
        ("Maduro is to be sworn in on January 10.", "Maduro will be sworn in on Jan. 10."),
        # Names in other forms
        ("Relations with Venezuela were severed.", SEVERED),
        ("The UN says about 2.3 million Venezuelans have left.", LEFT),
        ("According to the U.N., around 2.3 million have left.", LEFT),
        ("Canadian envoys spoke in Lima.", "Envoys of Canada spoke in Lima on Friday."),
        # Who did it
        ("Paraguay severed relations with Venezuela.", SEVERED),
        ("Relations with Venezuela were severed by Paraguay.", SEVERED),
        ("On Thursday Paraguay severed relations with Venezuela.", SEVERED),
        ("Maduro was pressed not to be sworn in.", PLEA),
        ("Silva won an election.", "Silva won an election condemned by Peru."),
        ("Costa accused Silva.", "Silva was accused by the mayor, Ana Costa, on Monday."),
        ("In Peru, prices rose.", "Prices rose fast in Peru."),
        ("Prices will be cut by Friday.", "The minister said prices would be cut by Friday."),
        # The quote itself, and nothing at all
        (PLEA, PLEA),
        (MEMBER, MEMBER),
        ("The mast was not well-built.", "The mast was not well-built."),
        ("", SIGNED),
    ],
)
def test_a_faithful_claim_passes(claim: str, quotes: str) -> None:
    assert problems(claim, quotes) == ""


def test_coverage_is_the_share_of_content_words() -> None:
    # took, part, secret, talks: the first two are words of the quote.
    verdict = check_claim("Mexico joined part of secret talks.", SIGNED)
    assert verdict.coverage == pytest.approx(2 / 5)  # mexico, part; joined, secret, talks
    assert not verdict.ok


def test_words_of_the_question_need_less_support() -> None:
    claim = "The exodus of refugees is about 2.3 million Venezuelans."
    assert problems(claim, LEFT) == "words not in the quotes: exodus, refugees"
    assert problems(claim, LEFT, "How large is the exodus of refugees?") == ""


def test_the_verdict_lists_the_names_that_are_missing() -> None:
    verdict = check_claim("Russia and Cuba did not sign.", SIGNED)
    assert verdict.missing_names == ("russia", "cuba")


@pytest.mark.parametrize(
    ("claim", "quote", "passes"),
    [
        ("400 people died in the camp.", "Over 400 people died in the camp.", False),
        ("More than 400 people died in the camp.", "Over 400 people died in the camp.", True),
        ("Nearly 400 people died in the camp.", "Over 400 people died in the camp.", False),
        ("Over 400 people died in the camp.", "400 people died in the camp.", False),
        ("Some 70 officials left.", "Roughly 70 officials left.", True),
    ],
)
def test_a_bound_is_part_of_a_number(claim: str, quote: str, passes: bool) -> None:
    assert check_claim(claim, quote).ok is passes


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("He was sworn in on January 10.", "On January 4, 10 governments saw him sworn in."),
        ("Prices rose by 30%.", "Prices rose by 30 pesos."),
        ("Prices rose by 30.", "Prices rose by 30%."),
        ("It cost 30 million euros.", "It cost 30 million dollars, not euros."),
        ("Peru won 3-2.", "Peru won 2-3."),
        ("Silva may resign on Friday.", "Silva will resign on Friday."),
        ("Silva took the money.", "Silva allegedly took the money."),
    ],
)
def test_a_changed_measure_or_hedge_fails(claim: str, quote: str) -> None:
    assert not check_claim(claim, quote).ok
    assert check_claim(quote, quote).ok


@pytest.mark.parametrize(
    ("claim", "quote", "problem"),
    [
        # Alleged, planned, demanded, expected: none of it is a fact
        (
            "The government killed 43 people.",
            "The opposition accused the government of killing 43 people.",
            "no fact in the quotes: kill",
        ),
        ("Mexico will leave the bloc.", "Mexico plans to leave the bloc.", "no fact"),
        ("Mexico left the bloc.", "Mexico wants to leave the bloc.", "no fact"),
        ("Britain left the union.", "Britain threatened to leave the union.", "no fact"),
        ("Maduro resigned.", "Canada urged Maduro to resign.", "no fact in the quotes: resign"),
        ("Workers began a strike.", "The union called for a strike by workers.", "no fact"),
        ("Prices were cut.", "The minister said prices would be cut.", "yet to come"),
        ("The vote was rigged.", "Silva claimed that the vote was rigged.", "alleged, not stated"),
        ("The mayor took bribes.", "Prosecutors alleged that the mayor took bribes.", "alleged"),
        # Who did it to whom, names and common nouns
        (
            "The government accused the opposition of fraud.",
            "The opposition accused the government of fraud.",
            "the other way round in the quotes: government accused opposition",
        ),
        ("The mayor was sued by the company.", "The mayor sued the company.", "other way round"),
        (
            "Paraguay severed relations with Colombia.",
            "Paraguay severed relations with Venezuela and praised Colombia.",
            "done to another in the quotes: Colombia",
        ),
        # Of what, and how many of which
        (
            "20% of voters stayed away.",
            "20% of members stayed away from the voters.",
            "counted otherwise in the quotes: 20 percent of voters",
        ),
        (
            "12 people died.",
            "The storm killed 43 people and broke 12 houses; people died.",
            "counted otherwise in the quotes: 12 people",
        ),
        # Dates, part by part
        (
            "The talks were held on 10 March 2018.",
            "The talks were held on 10 March 2019; in 2018 there were none.",
            "dates not in the quotes: 10 March 2018",
        ),
        ("The talks were held yesterday.", "The talks were held in Lima.", "dates not in"),
    ],
)
def test_what_is_no_fact_or_another_fact_fails(claim: str, quote: str, problem: str) -> None:
    assert problem in problems(claim, quote)
    assert problems(quote, quote) == ""


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        (
            "The government was accused of killing 43 people.",
            "The opposition accused the government of killing 43 people.",
        ),
        ("Mexico intends to leave the bloc.", "Mexico plans to leave the bloc."),
        ("Canada asked Maduro to resign.", "Canada urged Maduro to resign, and asked twice."),
        ("Prices will be cut.", "The minister said prices would be cut."),
        ("The match takes place on Friday.", "The match will take place on Friday."),
        ("Silva said the vote was rigged.", "Silva claimed that the vote was rigged."),
        ("The company was sued by the mayor.", "The mayor sued the company."),
        ("Police arrested Silva and Costa.", "Silva and Costa were arrested by police."),
        ("Silva was arrested.", "Police arrested Silva and Costa on Monday."),
        ("20% of voters stayed away.", "A fifth, or 20 per cent of all voters, stayed away."),
        ("The storm killed 43 people.", "The storm killed 43 people and broke 12 houses."),
        ("The talks were held in March 2019.", "The talks were held on 10 March 2019."),
    ],
)
def test_what_is_told_in_other_words_passes(claim: str, quote: str) -> None:
    assert problems(claim, quote) == ""


# 4 January 2019 was a Friday.
ARTICLE = Document(
    "The Lima Group met on Friday. Canada was there. President Nicolás Maduro won last year. "
    "The state oil firm, Petróleos de Venezuela (PDVSA), cut its output.",
    published=date(2019, 1, 4),
)
MET = "The Lima Group met on Friday."
AGAIN = "The Lima Group will meet again on Wednesday."
WON = "Maduro won the vote last year."
OIL = "PDVSA cut its output."


@pytest.mark.parametrize(
    ("claim", "quote", "passes"),
    [
        ("The Lima Group met on 4 January 2019.", MET, True),
        ("The Lima Group met on January 4.", MET, True),
        ("The Lima Group met in January 2019.", MET, True),
        ("The Lima Group met today.", MET, True),
        ("The Lima Group met on 11 January 2019.", MET, False),
        ("The Lima Group met on 4 January 2018.", MET, False),
        ("The Lima Group met in December 2018.", MET, False),
        ("The Lima Group met yesterday.", MET, False),
        ("The Lima Group will meet again on 9 January 2019.", AGAIN, True),
        ("The Lima Group will meet again next week.", AGAIN, True),
        ("The Lima Group will meet again on 2 January 2019.", AGAIN, False),
        ("Maduro won the vote in 2018.", WON, True),
        ("Maduro won the vote in 2019.", WON, False),
        ("Nicolás Maduro won the vote last year.", WON, True),
        ("Pedro Maduro won the vote last year.", WON, False),
        ("Petróleos de Venezuela cut its output.", OIL, True),
        ("Petróleos de Colombia cut its output.", OIL, False),
    ],
)
def test_the_article_says_which_day_and_who_is_meant(claim: str, quote: str, passes: bool) -> None:
    assert check_claim(claim, quote, article=ARTICLE).ok is passes
    # Without the article nothing is resolved.
    assert not check_claim(claim, quote).ok


def test_a_name_that_two_people_share_is_not_made_whole() -> None:
    article = Document("Nicolás Maduro spoke. Then Cilia Maduro left.")
    assert not check_claim("Nicolás Maduro spoke.", "Maduro spoke.", article=article).ok


def test_what_somebody_said_is_borne_out_but_not_to_be_shown_bare() -> None:
    verdict = check_claim("The vote was fair.", "Maduro said the vote was fair.")
    assert (verdict.ok, verdict.unattributed) == (True, "said")
    assert "the quotes report it: said" in verdict.reasons
    assert (
        check_claim("the vote was fair.", "Maduro said the vote was fair.").unattributed == "said"
    )
    assert check_claim("Maduro said the vote was fair.", "Maduro said it was a fair vote.").ok


def test_support_falls_with_what_the_quotes_lack() -> None:
    claims = (SIGNED, "Mexico took part in the talks.", "Russia took part in secret talks.")
    support = [check_claim(claim, SIGNED).support for claim in claims]
    assert support == sorted(support, reverse=True)
    assert support[0] == 1.0
    assert 0 < support[2] < 0.5


def test_the_reasons_say_what_was_checked() -> None:
    verdict = check_claim("Some 2,300,000 Venezuelans have left.", LEFT)
    assert verdict.ok
    assert "numbers in the quotes: 2300000" in verdict.reasons
    assert "names in the quotes: venezuelans" in verdict.reasons
