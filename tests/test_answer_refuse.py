"""The chance that a sentence answers: a fit, with what it was made from; no constant is tested."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import get_args

from rag.answer.refuse import probability, thresholds
from rag.reader.reading import NOTHING
from rag.settings import Refusal

ROOT = Path(__file__).parent.parent


def test_a_better_score_is_more_likely() -> None:
    chances = [probability(score) for score in (NOTHING, -10.0, -2.0, 0.0, 2.0, 10.0, 30.0)]
    assert chances == sorted(set(chances))
    assert 0 < chances[0] < 0.1
    assert 0.9 < chances[-1] < 1


def test_the_thresholds_are_those_of_the_settings_in_their_order() -> None:
    limits = thresholds()
    assert set(limits) == set(get_args(Refusal))
    ordered = [limits[how] for how in ("never", "lenient", "balanced", "strict")]
    assert ordered[0] == 0
    assert ordered == sorted(set(ordered))
    assert ordered[-1] < 1


def test_the_fit_says_when_it_was_made_of_what_and_by_which_script() -> None:
    text = files("rag.answer").joinpath("calibration.json").read_text(encoding="utf-8")
    fitted = json.loads(text)
    assert date.fromisoformat(fitted["fitted"]) <= date.today()
    assert fitted["data"]
    assert (ROOT / fitted["by"]).is_file()
