"""Dates that articles state, in words and figures: found, and understood or left open."""
