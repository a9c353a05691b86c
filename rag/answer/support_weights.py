"""The weights of the support model, written by `bench/fit_support.py`.

Fitted on 2026-11-27: 349 claims of wice_dev, 349 claims of scifact.
Cross-validated, 5 folds grouped by page, seed 7:
F1 0.671, AUC 0.794, Brier 0.178.
"""

INTERCEPT = -2.458
WEIGHTS = (
    3.735,  # coverage
    -0.729,  # missing_names
    -2.268,  # missing_numbers
)
"""One for each field of `rag.answer.check.Features`, in order."""
