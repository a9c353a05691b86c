"""The full-text index: its scores by hand, and through every change those of a fresh one."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.sqlite.words import postings as module
from index.sqlite.words.blocks import BlockError
from index.sqlite.words.postings import Postings

Row = tuple[int, str, str]
NUMBERS = np.array([], dtype=np.int64)


def index_of(rows: list[Row]) -> Postings:
    made = Postings()
    made.add(rows)
    return made


def test_scores_are_those_of_bm25() -> None:
    # Five chunks of 4, 5, 3, 4, 4 words with titles: "ship" is in two of them, "sail" in one.
    index = index_of(
        [(1, "Ship", "ships sail far"), (5, "", "no ship is here today"), (7, "A", "b c")]
    )
    index.add([(9, "", "d e f g"), (11, "", "h i j k")])

    def weight(held_by: int) -> float:
        return math.log((5 - held_by + 0.5) / (held_by + 0.5)) * 2.2

    def norm(length: int) -> float:
        return 1.2 * (0.25 + 0.75 * length / 4)

    ship1 = weight(2) * 1.5 / (1.5 + norm(4))
    ship5 = weight(2) * 1 / (1 + norm(5))
    sail1 = weight(1) * 1 / (1 + norm(4))
    assert index.search(["ship"], 9) == [(1, ship1), (5, ship5)]
    assert index.search(["ship", "sail", "ship", "none"], 9) == [(1, sail1 + ship1), (5, ship5)]
    assert index.search(["ship"], 1) == [(1, ship1)]
    assert index.search(["ship"], 9, np.array([2, 5, 99])) == [(5, ship5)]
    assert index.search(["ship"], 9, NUMBERS) == []
    assert index.search(["none"], 9) == index.search([], 9) == index.search(["ship"], 0) == []


def test_a_word_of_most_chunks_hardly_counts() -> None:
    index = index_of([(1, "", "ship"), (2, "", "ship"), (3, "", "sail")])
    ((first, score), (second, other)) = index.search(["ship"], 9)
    assert (first, second) == (1, 2)
    assert score == other == pytest.approx(1e-6 * 2.2 / (1 + 1.2))


def test_all_that_tie_at_the_last_place_are_returned() -> None:
    index = index_of(
        [(number, "", "ship" if number % 2 else "sail far") for number in range(1, 20)]
    )
    assert [number for number, _ in index.search(["ship"], 3)] == list(range(1, 20, 2))


def test_counts_are_of_texts_without_their_titles() -> None:
    index = index_of([(1, "ship", "sail far"), (2, "", "ship far"), (3, "", "a ship, a ship")])
    assert [index.count(stems) for stems in (["ship"], ["far"], ["ship", "far"])] == [2, 2, 1]
    assert [index.count(stems) for stems in (["none"], ["ship", "none"], [])] == [0, 0, 0]
    index.remove(np.array([2, 4]))
    assert [index.count(stems) for stems in (["ship"], ["far"], ["ship", "far"])] == [1, 1, 0]


def test_a_word_repeated_without_end_is_counted_up_to_255() -> None:
    index = index_of([(1, "ship " * 300, "ship " * 70_000), (2, "", "sail")])
    again = index_of([(1, "ship " * 300, "ship " * 300 + "far " * 69_700), (2, "", "sail")])
    assert index.search(["ship"], 9) == again.search(["ship"], 9)
    assert index.count(["ship"]) == 1


WORDS = [f"w{number}" for number in range(300)]


def random_rows(chance: random.Random, first: int, count: int) -> Iterator[Row]:
    weights = [1 / (place + 1) for place in range(len(WORDS))]
    title = ""
    for number in range(first, first + count):
        if chance.random() < 0.3:
            title = " ".join(chance.choices(WORDS, weights, k=3))
        yield number, title, " ".join(chance.choices(WORDS, weights, k=chance.randrange(1, 40)))


def assert_like_fresh(index: Postings, kept: dict[int, Row], chance: random.Random) -> None:
    with closing(index_of([kept[number] for number in sorted(kept)])) as fresh:
        assert len(index) == len(fresh) == len(kept)
        for _ in range(20):
            question = chance.sample(WORDS, chance.randrange(1, 7))
            allowed = None
            if chance.random() < 0.3:
                numbers = chance.sample(sorted(kept), len(kept) // 3)
                allowed = np.array(sorted([*numbers, 0, 10**9]), dtype=np.int64)
            limit = chance.choice([1, 3, 10, 1000])
            assert index.search(question, limit, allowed) == fresh.search(question, limit, allowed)
            assert index.count(question[:2]) == fresh.count(question[:2])


def saved(index: Postings, path: Path) -> str:
    with path.open("wb") as file:
        return index.write(file)


@pytest.mark.parametrize("seed", range(4))
def test_through_all_changes_it_is_what_a_fresh_one_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(module, "_MOST_IN_MEMORY", 40)
    chance = random.Random(seed)  # noqa: S311 - no secret
    index, kept, following = Postings(tmp_path), dict[int, Row](), 1
    for turn in range(25):
        match chance.randrange(4):
            case 0 | 1:
                new = list(random_rows(chance, following, chance.randrange(1, 90)))
                following = new[-1][0] + chance.randrange(1, 5)
                index.add(new)
                kept |= {row[0]: row for row in new}
            case 2:
                gone = chance.sample(sorted(kept), chance.randrange(len(kept) // 2 + 1))
                index.remove(np.array(sorted([*gone, 10**9]), dtype=np.int64))
                kept = {number: row for number, row in kept.items() if number not in gone}
            case _:
                path = tmp_path / f"{turn}.idx"
                sha256 = saved(index, path)
                with closing(index_of([kept[number] for number in sorted(kept)])) as fresh:
                    assert saved(fresh, tmp_path / "fresh.idx") == sha256
                assert path.read_bytes() == (tmp_path / "fresh.idx").read_bytes()
                index.close()
                index = Postings.open(path, sha256, tmp_path)
        assert_like_fresh(index, kept, chance)
    index.close()


def test_lists_that_cannot_change_the_first_places_change_nothing() -> None:
    chance = random.Random(9)  # noqa: S311 - no secret
    rows = list(random_rows(chance, 1, 3000))
    index = index_of(rows)
    allowed = np.arange(1, 3000, 2)
    for _ in range(100):
        question = chance.sample(WORDS, 6)
        # With a place for every chunk, all lists are summed.
        full = index.search(question, 3000)
        for limit in (1, 10, 66):
            best = index.search(question, limit)
            assert best == [pair for pair in full if pair[1] >= full[limit - 1][1]]
            odd = [pair for pair in full if pair[0] % 2]
            best = index.search(question, limit, allowed)
            assert best == [pair for pair in odd if pair[1] >= odd[: limit + 1][-1][1]][: len(best)]
            assert len(best) >= min(limit, len(odd))


def test_lists_longer_than_what_is_merged_at_once_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.sqlite.words import segments

    rows = list(random_rows(random.Random(3), 1, 400))  # noqa: S311 - no secret
    at_once = saved(index_of(rows), tmp_path / "a.idx")
    monkeypatch.setattr(segments, "_AT_ONCE", 50)
    assert saved(index_of(rows), tmp_path / "b.idx") == at_once


def test_an_empty_index_can_be_written_and_read(tmp_path: Path) -> None:
    empty = Postings()
    assert (len(empty), empty.highest, empty.search(["ship"], 5)) == (0, 0, [])
    sha256 = saved(empty, tmp_path / "empty.idx")
    again = Postings.open(tmp_path / "empty.idx", sha256)
    assert (len(again), again.highest, again.search(["ship"], 5)) == (0, 0, [])
    again.add([(4, "", "ship")])
    assert again.count(["ship"]) == 1
    again.close()


def asked(path: Path, sha256: str) -> list[tuple[int, float]]:
    with closing(Postings.open(path, sha256)) as index:
        return index.search(WORDS[:5], 5)


def _cut(data: bytes) -> bytes:
    return data[:-9]


def _flip(data: bytes) -> bytes:
    return data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]


@pytest.mark.parametrize("damage", [_cut, _flip])
def test_another_file_is_not_opened(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "words.idx"
    sha256 = saved(index_of([(1, "", "ship")]), path)
    with pytest.raises(BlockError):
        Postings.open(path, "0" * 64)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BlockError):
        Postings.open(path, sha256)


def test_no_flipped_bit_changes_a_result(tmp_path: Path) -> None:
    chance = random.Random(2)  # noqa: S311 - no secret
    path = tmp_path / "words.idx"
    index = index_of(list(random_rows(chance, 1, 60)))
    sha256 = saved(index, path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 8]) + whole[place + 1 :])
        with pytest.raises(BlockError):
            asked(path, sha256)


def test_stems_one_letter_apart_are_told_commonest_first() -> None:
    index = index_of(
        [(1, "", "munoz munoz monoz"), (2, "", "munoz mnoz"), (3, "", "bunoz munozzz")]
    )
    assert index.near("munos") == ["munoz"]
    assert index.near("muno") == ["munoz"]
    assert index.near("munozz") == ["munoz", "munozzz"]
    assert index.near("mnuoz") == ["munoz", "mnoz"]
    assert index.near("munoz") == ["mnoz", "monoz"]
    index.remove(np.array([1, 2]))
    assert index.near("munoz") == []
