"""Articles that are nearly the same are found, and others are not."""

from __future__ import annotations

from index.search.copies import bands, resemblance

STORY = (
    "The regional court of Genoa heard the first witnesses on Monday in the trial over the fall "
    "of the road bridge that killed 43 people. The engineer who led the last inspection said "
    "that he had asked twice for the cables of the ninth pillar to be opened. His letters were "
    "never answered, he said, and the work was put off to the autumn of that year. Lawyers of "
    "the company replied that the letters spoke of routine work. The trial goes on next week."
)
UPDATE = f"{STORY} Late on Monday the court allowed the letters to be read aloud."
OTHER = (
    "Fishermen of the southern harbours voted on Friday to end their strike, after the ministry "
    "promised that the price of diesel would be held until the end of the season. The union "
    "said that the boats would leave before dawn, and that talks on quotas begin in March."
)


def test_an_update_meets_its_first_version_and_another_story_does_not() -> None:
    assert set(bands(STORY)) & set(bands(UPDATE))
    assert not set(bands(STORY)) & set(bands(OTHER))


def test_the_keys_are_the_same_on_every_machine_and_fit_in_a_database() -> None:
    assert bands(STORY)[:2] == (6031803164741478855, 4828901827674691682)
    assert all(-(2**63) <= key < 2**63 for key in bands(STORY))
    assert len(bands(STORY)) == 20


def test_a_few_words_are_like_nothing() -> None:
    assert bands("") == bands("The port reopened on Tuesday.") == ()


def test_long_texts_are_hashed_piece_by_piece() -> None:
    long = " ".join(f"word{number}" for number in range(40_000))
    assert set(bands(long)) & set(bands(f"{long} and some more of it"))
    assert bands(long + " x" * 10**6)[:3] == bands((long + " x" * 10**6)[:1_000_000])[:3]


def test_resemblance_is_the_share_of_the_shorter() -> None:
    assert resemblance(STORY, UPDATE) == resemblance(UPDATE, STORY) == 1.0
    assert resemblance(STORY, OTHER) == 0.0
    # Triples: (a b c) (b c d) and (b c d) (c d e) (d e f).
    assert resemblance("a b c d", "b c d e f") == 0.5
