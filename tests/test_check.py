"""What a claim must share with its quotes, and which claims are let through for what they are."""

from __future__ import annotations

from datetime import date

import pytest

from rag.answer.check import check_claim

PLEA = (
    "Canada and a dozen Latin American states pressed President Maduro to abstain from being "
    "sworn in on Jan. 10 and to hand over power."
)
SIGNED = "Mexico took part in the meeting but did not sign the declaration."
LEFT = "About 2.3 million Venezuelans have left their country since 2015, the United Nations says."
KILLED = "More than 400 community leaders were killed last year."
MEMBER = "The United States is not formally a member of the group, though its envoy joined a call."
SEVERED = "Paraguay severed relations with Venezuela on Thursday."


def problems(claim: str, quotes: str) -> str:
    return "; ".join(check_claim(claim, quotes).problems)


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
    assert "names not in the quotes: russia" in problems(claim, PLEA)


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
        ("Mexico took part in the meeting.", SIGNED),
        ("The United States is not a member.", MEMBER),
        ("The U.S. is not formally a member of the group.", MEMBER),
        # Numbers and dates in other forms
        ("Some 2,300,000 Venezuelans have left since 2015.", LEFT),
        ("Canada and 12 Latin American states pressed Maduro.", PLEA),
        ("Over four hundred leaders were killed.", KILLED),
        ("More than four hundred community leaders were killed last year.", KILLED),
        ("Maduro is to be sworn in on January 10.", "Maduro will be sworn in on Jan. 10."),
        # Names in other forms
        ("Relations with Venezuela were severed.", SEVERED),
        ("The UN says about 2.3 million Venezuelans have left.", LEFT),
        ("The U.N. says around 2.3 million have left.", LEFT),
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


def test_every_word_must_be_in_the_quotes() -> None:
    claim = "Mexico joined part of secret talks."
    assert problems(claim, SIGNED) == "words not in the quotes: joined, secret, talks"


def test_the_verdict_lists_the_names_that_are_missing() -> None:
    verdict = check_claim("Russia and Cuba did not sign.", SIGNED)
    assert verdict.missing_names == ("russia", "cuba")


@pytest.mark.parametrize(
    ("claim", "quote", "problem"),
    [
        (
            "The talks were held on 10 March 2018.",
            "The talks were held on 10 March 2019; in 2018 there were none.",
            "dates not in the quotes: 10 March 2018",
        ),
        (
            "The talks were held yesterday.",
            "The talks were held in Lima.",
            "dates not in the quotes: yesterday",
        ),
    ],
)
def test_the_parts_of_a_date_belong_together(claim: str, quote: str, problem: str) -> None:
    assert problem in problems(claim, quote)
    assert problems(quote, quote) == ""


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Ana met Bo.", "Bo met Ana in Lima."),  # nobody else acts
        ("The book is called 1984.", "The book is called nineteen eighty-four."),
        ("The talks were held in March 2019.", "The talks were held on 10 March 2019."),
        ("They marched 12 miles.", "They marched 12 miles in May."),
    ],
)
def test_what_is_told_in_other_words_passes(claim: str, quote: str) -> None:
    assert problems(claim, quote) == ""


# 4 January 2019 was a Friday.
PUBLISHED = date(2019, 1, 4)
MET = "The Lima Group met on Friday."
AGAIN = "The Lima Group will meet again on Wednesday."
WON = "Maduro won the vote last year."


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
        ("The Lima Group will meet again on 2 January 2019.", AGAIN, False),
        ("Maduro won the vote in 2018.", WON, True),
        ("Maduro won the vote in 2019.", WON, False),
    ],
)
def test_the_day_of_the_article_says_which_day_is_meant(
    claim: str, quote: str, passes: bool
) -> None:
    assert check_claim(claim, quote, published=PUBLISHED).ok is passes
    # Without it nothing is resolved.
    assert not check_claim(claim, quote).ok


def test_the_reasons_say_what_was_checked() -> None:
    verdict = check_claim("Some 2,300,000 Venezuelans have left.", LEFT)
    assert verdict.ok
    assert "numbers in the quotes: 2300000" in verdict.reasons
    assert "names in the quotes: venezuelans" in verdict.reasons
