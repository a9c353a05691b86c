"""The ways in which an answer can be wrong although every word of it is in some article."""

from __future__ import annotations

import pytest

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
        ("Maduro is to be sworn in on January 10.", PLEA.replace("to abstain from being", "to be")),
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


def test_support_is_the_share_of_content_words() -> None:
    # took, part, secret, talks: the first two are words of the quote.
    verdict = check_claim("Mexico joined part of secret talks.", SIGNED)
    assert verdict.support == pytest.approx(2 / 5)  # mexico, part; joined, secret, talks
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
