"""The checks that a claim must pass before it is shown: code against text, no model."""

from rag.checks.claim import Verdict, check_claim

__all__ = ["Verdict", "check_claim"]
