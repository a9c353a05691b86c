"""The reader: its network against transformers', and exact offsets whatever the text is.

Its weights come with the package, so that these run wherever the tests do; few and short passages,
since reading one takes a second on a slow machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.embed.numpy_layers import NumpyLayers
from index.embed.torch_layers import TorchLayers
from rag.reader import Passage, Reading, SpanScore
from rag.reader.encoder import Encoder, MakeLayers, Shape
from rag.reader.reading import NOTHING
from rag.reader.trained import TrainedReader
from rag.reader.weights import DEFAULT, read_config, read_manifest, read_tensors
from rag.reader.windows import LONGEST, OVERLAP, Window, best_spans, merged, windows
from tiny_reader import WORDS, tiny_tokenizer

QUESTION = "Who urged Maduro not to be sworn in?"
LIMA = "Canada and a dozen Latin American governments urged Maduro on Friday not to be sworn in."
FILLER = (
    "The harbour was quiet in the morning and the boats stayed out for most of the day. ",
    "A baker on the square sold bread with seeds, and the queue reached as far as the fountain. ",
    "Nobody could say why the clock of the town hall had stopped two weeks before. ",
)


@pytest.fixture(scope="session")
def reader() -> TrainedReader:
    """In 32 bits, so that what it gives is the same on every machine."""
    return TrainedReader(DEFAULT, NumpyLayers)


def words_of(passage: Passage, reading: Reading) -> list[str]:
    return [passage.text[span.start : span.end] for span in reading.spans]


def check_exact(passage: Passage, reading: Reading) -> None:
    """Spans are words of the passage, in order of their scores, and none overlaps another."""
    assert list(reading.spans) == sorted(reading.spans, key=lambda span: -span.score)
    covered: set[int] = set()
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(passage.text)
        words = passage.text[span.start : span.end]
        assert words == words.strip()
        after = passage.text[span.end : span.end + 1]
        assert not after or unicodedata.category(after)[0] != "M", "an accent was cut off"
        assert not words[-1].isalnum() or not after.isalnum(), f"{words!r} ends within a word"
        before = passage.text[span.start - 1 : span.start]
        assert not words[0].isalnum() or not before.isalnum(), f"{words!r} begins within a word"
        assert covered.isdisjoint(range(span.start, span.end))
        covered.update(range(span.start, span.end))


# -- the network -----------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [NumpyLayers, partial(TorchLayers, device=torch.device("cpu"))])
def test_the_network_is_that_of_transformers(layers: MakeLayers) -> None:
    """The same scores, for a row by itself and for a shorter one that is filled up beside it."""
    from transformers import AutoModel, MPNetConfig

    stored = read_tensors(DEFAULT, read_manifest(DEFAULT))
    weights = {name: torch.from_numpy(weight.array()) for name, weight in stored.items()}
    config = read_config(DEFAULT)
    theirs = AutoModel.from_config(MPNetConfig(**config), add_pooling_layer=False).eval()
    lost = theirs.load_state_dict(
        {n.removeprefix("encoder."): t for n, t in weights.items() if n.startswith("encoder.")},
        strict=False,
    )
    assert not lost.unexpected_keys
    assert not [name for name in lost.missing_keys if "position_ids" not in name]
    tokenizer = Tokenizer.from_file(str(DEFAULT / "tokenizer.json"))
    tokenizer.no_padding()
    long, short = (
        next(windows(tokenizer, QUESTION, Passage(text))).ids
        for text in (LIMA + " " + FILLER[0], "Mexico did not sign.")
    )
    padding = [config["pad_token_id"]] * (len(long) - len(short))
    ids = torch.tensor([long, [*short, *padding]])
    starts, ends, answers = Encoder(Shape.of(config), stored, layers)(ids.numpy())
    with torch.inference_mode():
        x = theirs(input_ids=ids, attention_mask=(ids != 1).long()).last_hidden_state
        span = x @ weights["span.weight"].T + weights["span.bias"]
        hidden = torch.tanh(x[:, 0] @ weights["answers.0.weight"].T + weights["answers.0.bias"])
        expected = hidden @ weights["answers.2.weight"].T + weights["answers.2.bias"]
    for row, tokens in enumerate((len(long), len(short))):
        np.testing.assert_allclose(starts[row, :tokens], span[row, :tokens, 0], atol=1e-3)
        np.testing.assert_allclose(ends[row, :tokens], span[row, :tokens, 1], atol=1e-3)
        assert float(answers[row]) == pytest.approx(float(expected[row, 0]), abs=1e-3)


def test_it_reads_the_answer_and_knows_where_there_is_none(reader: TrainedReader) -> None:
    passages = [Passage(LIMA), Passage(FILLER[0].strip(), title="The harbour")]
    answered, other = reader.read(QUESTION, passages)
    assert words_of(passages[0], answered)[0] == "Canada and a dozen Latin American governments"
    assert answered.score > 3 > -3 > other.score
    # Read by itself, each is read the same; in the other order too.
    assert reader.read(QUESTION, passages[1:]) == [other]
    assert reader.read(QUESTION, [passages[1], passages[0]]) == [other, answered]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        # Accents apart from their letters: "José Muñoz" in the form that macOS files have.
        (unicodedata.normalize("NFD", "It was José Muñoé who urged Maduro."), "José Muñoé"),
        ("😀 It was\tAna 🇨🇦 Díaz\r\nwho urged Maduro 👩‍👩‍👧.", "Ana"),
        ("</s> It was Ana</s>Díaz <s> who urged Maduro. <pad> [MASK]", "Ana"),
    ],
)
def test_offsets_are_exact_in_awkward_text(reader: TrainedReader, text: str, answer: str) -> None:
    passage = Passage(text)
    (reading,) = reader.read("Who urged Maduro?", [passage])
    check_exact(passage, reading)
    assert answer in unicodedata.normalize("NFC", words_of(passage, reading)[0])


def test_passages_without_words(reader: TrainedReader) -> None:
    empty, blank, emoji = (Passage(text) for text in ("", " \t\r\n\u200b", "😀😀 👩‍👩‍👧"))
    nothing, blanks, pictures = reader.read(QUESTION, [empty, blank, emoji])
    assert nothing == blanks == Reading(())
    assert nothing.score == NOTHING
    check_exact(emoji, pictures)
    assert pictures.score < 0
    assert reader.read(QUESTION, []) == []


def test_a_long_passage_is_read_to_its_last_sentence(reader: TrainedReader) -> None:
    sentences = [FILLER[n % 3].replace("two", str(n)) for n in range(132)]
    text = "".join(sentences) + LIMA
    assert len(text.split()) > 2000
    passage = Passage(text, title="A day at the harbour")
    (reading,) = reader.read(QUESTION, [passage])
    check_exact(passage, reading)
    best = reading.spans[0]
    assert best.start == len(text) - len(LIMA)
    assert text[best.start : best.end] == "Canada and a dozen Latin American governments"


# -- windows ---------------------------------------------------------------------------------------


def test_a_window_is_question_title_and_passage() -> None:
    passage = Passage("Lima did </s> .", title="the group")
    tokenizer = tiny_tokenizer()
    tokenizer.encode_special_tokens = True
    (window,) = windows(tokenizer, "Who urged?", passage)
    number = {word: n for n, word in enumerate(WORDS)}
    unknown = [number["[UNK]"]] * 4  # "</s>" as four characters
    assert window == Window(
        ids=(
            *(number[word] for word in "<s> who urged ? </s> the group lima did".split()),
            *unknown,
            number["."],
            number["</s>"],
        ),
        first=7,
        offsets=((0, 4), (5, 8), (9, 10), (10, 11), (11, 12), (12, 13), (14, 15)),
    )


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        # Of 384, the head takes <s> who ? </s> and the end one: 379 are left, and 283 are new.
        (0, []),
        (1, [(0, 1)]),
        (379, [(0, 379)]),
        (380, [(0, 379), (283, 380)]),
        (662, [(0, 379), (283, 662)]),
        (663, [(0, 379), (283, 662), (566, 663)]),
    ],
)
def test_windows_cover_every_token(tokens: int, expected: list[tuple[int, int]]) -> None:
    passage = Passage(" ".join(["go"] * tokens))
    cut = list(windows(tiny_tokenizer(), "who?", passage))
    # Each "go" takes three characters, the space counted.
    assert [(w.offsets[0][0] // 3, w.offsets[-1][0] // 3 + 1) for w in cut] == expected
    for window in cut:
        assert len(window.ids) == window.first + len(window.offsets) + 1 <= LONGEST
        assert [passage.text[start:end] for start, end in window.offsets] == ["go"] * len(
            window.offsets
        )
    for one, other in pairwise(cut):
        assert one.offsets[-OVERLAP:] == other.offsets[:OVERLAP]


def test_a_long_question_and_title_leave_room_for_the_passage() -> None:
    passage = Passage(" ".join(["go"] * 500), title="lima " * 300)
    cut = list(windows(tiny_tokenizer(), "who " * 1000, passage))
    assert {w.first for w in cut} == {1 + 128 + 1 + 48}
    assert {offset for w in cut for offset in w.offsets} == {(3 * n, 3 * n + 2) for n in range(500)}


# -- spans -----------------------------------------------------------------------------------------


def spans(
    text: str, starts: list[float], ends: list[float], offsets: list[tuple[int, int]]
) -> list[tuple[str, float]]:
    found = best_spans(
        Passage(text), np.array(starts, np.float32), np.array(ends, np.float32), offsets, 1.0, 0.5
    )
    return [(text[span.start : span.end], span.score) for span in found]


def test_the_best_spans_do_not_overlap() -> None:
    # z = (start + end - 1) / 2 + .5 = (start + end) / 2. Best: "b" alone (4 + 3); then what lies
    # to either side of it; "a b" (1 + 3) overlaps, and "c … a" would end before it begins.
    assert spans("a b c", [1, 4, 2], [0, 3, 1], [(0, 1), (2, 3), (4, 5)]) == [
        ("b", 3.5),
        ("c", 1.5),
        ("a", 0.5),
    ]


def test_a_span_has_at_most_thirty_tokens() -> None:
    text = "a " * 40
    starts, ends = [9.0, *[0.0] * 39], [*[0.0] * 39, 9.0]
    best, *_ = spans(text, starts, ends, [(2 * n, 2 * n + 1) for n in range(40)])
    # From the first token to the last would score 18, and has 40.
    assert best == ("a", 4.5)


@pytest.mark.parametrize(
    ("text", "token", "whole"),
    [
        ("the unhappy man", (4, 6), "unhappy"),
        ("the unhappy man", (6, 11), "unhappy"),
        ("Jose\u0301 left", (0, 4), "Jose\u0301"),
        ("Jose\u0301phine left", (5, 10), "Jose\u0301phine"),
        ("some 2,500.75 euros", (5, 6), "2,500.75"),
        ("some 2,500.75 euros", (7, 10), "2,500.75"),
        ("in 2,500. 3 left", (3, 8), "2,500"),
        ("the gov\u00adern\u00adment fell", (4, 7), "gov\u00adern\u00adment"),
        ("a word\u200b here", (2, 6), "word"),
        ("I \u2764\ufe0f it", (2, 3), "\u2764\ufe0f"),
        ("東京都 is", (0, 2), "東京"),
        ("ภาษาไทย", (3, 4), "า"),
        ("ที่นี่", (0, 1), "ที่"),
        ("القاهرة fell", (0, 3), "القاهرة"),
        (" a ", (0, 3), "a"),
        ("at 1:28 a.m. It hit", (3, 11), "1:28 a.m."),
        ("of the U.S.", (7, 10), "U.S."),
        ("in plan B. It failed", (3, 9), "plan B"),
        ("see example.org. It tells", (4, 15), "example.org"),
    ],
)
def test_a_span_is_of_whole_words(text: str, token: tuple[int, int], whole: str) -> None:
    assert spans(text, [0.0], [0.0], [token]) == [(whole, 0.0)]


def test_pieces_of_one_word_are_one_span() -> None:
    assert spans("unhappy men", [3, 2, 1], [3, 2, 1], [(0, 2), (2, 7), (8, 11)]) == [
        ("unhappy", 3.0),
        ("men", 1.0),
    ]


@given(
    st.text(st.sampled_from("aé9 ,.\u0301\u00ad\u200d😀ที東"), min_size=1, max_size=12),
    st.data(),
)
def test_widening_ends_where_it_ends(text: str, data: st.DataObject) -> None:
    """What was widened once is whole: doing it again changes nothing."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    one = np.zeros(1, np.float32)
    once = best_spans(Passage(text), one, one, [(start, end)], 0.0, 0.0)
    for span in once:
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert best_spans(Passage(text), one, one, [(span.start, span.end)], 0.0, 0.0) == once


def test_windows_that_overlap_are_merged() -> None:
    def span(start: int, end: int, score: float) -> SpanScore:
        return SpanScore(start, end, score)

    of_two_windows: Sequence[SpanScore] = [
        *(span(0, 5, 1.0), span(10, 15, 0.0)),
        *(span(10, 15, 2.0), span(12, 20, 1.5), span(20, 22, 1.0)),
    ]
    assert merged(of_two_windows) == Reading(
        (span(10, 15, 2.0), span(0, 5, 1.0), span(20, 22, 1.0))
    )
    assert merged([span(n, n + 1, -n) for n in range(20)]).spans[-1] == span(7, 8, -7)
    assert merged([]) == Reading(())
