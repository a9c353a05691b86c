"""Receipts: what an answer rests on, in a file that can be checked at any later time."""

from rag.receipts.receipt import CitedArticle, ModelUsed, Quote, Receipt, make_receipt, read_receipt
from rag.receipts.verifying import Difference, QuoteCheck, Verification, verify_receipt

__all__ = [
    "CitedArticle",
    "Difference",
    "ModelUsed",
    "Quote",
    "QuoteCheck",
    "Receipt",
    "Verification",
    "make_receipt",
    "read_receipt",
    "verify_receipt",
]
