"""From what was asked to what is shown: each step of an answer, and the check that it passes."""
