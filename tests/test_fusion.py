from __future__ import annotations

from index.fusion import reciprocal_rank_fusion


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    assert reciprocal_rank_fusion([["a", "b"], ["b", "c"]]) == [
        ("b", 1 / 62 + 1 / 61),
        ("a", 1 / 61),
        ("c", 1 / 62),
    ]


def test_equal_scores_keep_the_order_in_which_they_were_met() -> None:
    fused = reciprocal_rank_fusion([["x", "y"], ["y", "x"], []])
    assert [item for item, _ in fused] == ["x", "y"]
    assert [item for item, _ in reciprocal_rank_fusion([["d"], ["l"]])] == ["d", "l"]


def test_two_middling_ranks_beat_one_first() -> None:
    fused = reciprocal_rank_fusion([["top", "both"], ["other", "both"]])
    assert fused[0] == ("both", 2 / 62)


def test_no_rankings_give_nothing() -> None:
    assert reciprocal_rank_fusion([]) == []
    assert reciprocal_rank_fusion([[], []]) == []
