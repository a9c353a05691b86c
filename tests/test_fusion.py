from __future__ import annotations

import pytest

from index.search.retriever import fuse_scores


def test_a_score_is_the_mean_of_shares_of_the_best() -> None:
    # What a full ranking does not list counts as its last item: a 3/12, c .6/.8.
    fused = fuse_scores([[("a", 0.8), ("b", 0.6)], [("b", 12.0), ("c", 3.0)]], depth=2)
    assert fused == [
        ("b", pytest.approx((0.75 + 1) / 2)),
        ("a", pytest.approx((1 + 0.25) / 2)),
        ("c", pytest.approx((0.75 + 0.25) / 2)),
    ]


def test_a_ranking_that_ends_early_has_nothing_for_the_rest() -> None:
    dense = [("a", 0.8), ("b", 0.6), ("c", 0.4)]
    assert fuse_scores([dense, [("c", 5.0)]], depth=3) == [
        ("c", pytest.approx(0.75)),
        ("a", pytest.approx(0.5)),
        ("b", pytest.approx(0.375)),
    ]


def test_a_clear_first_is_not_outvoted_by_two_middling_ranks() -> None:
    dense = [("middling", 0.50), ("clear", 0.49), ("other", 0.48)]
    lexical = [("clear", 20.0), ("other", 9.0), ("middling", 8.0)]
    assert fuse_scores([dense, lexical], depth=3)[0][0] == "clear"
    assert fuse_scores([dense, [("other", 2.0), ("clear", 1.9)]], depth=3)[0][0] == "other"


def test_equal_scores_keep_the_order_in_which_they_were_met() -> None:
    tied = fuse_scores([[("x", 1.0), ("y", 0.5)], [("y", 4.0), ("x", 2.0)]], depth=2)
    assert [item for item, _ in tied] == ["x", "y"]


def test_scores_below_zero_keep_their_order() -> None:
    fused = fuse_scores([[("near", -0.1), ("far", -0.4)], []], depth=2)
    assert [item for item, _ in fused] == ["near", "far"]


def test_no_rankings_give_nothing() -> None:
    assert fuse_scores([], depth=5) == []
    assert fuse_scores([[], []], depth=5) == []
