"""The weights of the support model, written by `bench/fit_support.py`.

Fitted on 2026-11-22: 349 claims of wice_dev, 349 claims of scifact.
Cross-validated, 5 folds grouped by page, seed 7:
F1 0.657, AUC 0.792, Brier 0.179.
"""

INTERCEPT = -1.594
WEIGHTS = (
    2.825,  # coverage
    -0.265,  # unheld
    0.738,  # pairs
    -0.669,  # missing_names
    -2.160,  # missing_numbers
    -0.350,  # contradictions
    -0.392,  # unattributed
)
"""One for each field of `rag.checks.support.Features`, in order."""
