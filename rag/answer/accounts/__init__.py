"""Answers of several points: summaries, timelines, comparisons, lists, and counts."""
