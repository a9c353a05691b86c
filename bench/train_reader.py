"""Trains a reader: `python bench/train_reader.py ROWS... --out FOLDER [--base default]`.

ROWS are files as in `bench/pairs.py`, with `s`. FOLDER becomes what `ask --reader FOLDER` loads.
What is trained on goes on from `--base`: `default` for the reader that comes with Byline, the
folder of another that this script wrote, or the folder of an MPNet as Hugging Face saves it. With
`--layers` and `--width` it is a small network of random weights, to try things out with.

The figures of docs/reader.md come from an MPNet trained with what stands below as defaults, on a
GPU. On a processor a small network, or a few hundred rows, is what one can wait for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch
from pairs import Pair, read_pairs
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from index.embed.torch_layers import chosen_device, chosen_dtype
from rag.environment import prepare_environment
from rag.reader import reader_folder
from rag.reader.weights import DEFAULT, MANIFEST, read_config, read_manifest, read_tensors
from rag.reader.windows import MOST_QUESTION

PASSAGE = 320
"""Tokens of a passage, cut around the answer."""
WARM_UP = 0.08
"""Share of the steps in which the rate rises; then it falls to nothing."""
FILE_BYTES = 58_000_000
"""Most bytes of a file of weights, so that any host of repositories takes it."""
LEAST_ROW = 64
"""Numbers of a row, and rows, from which a matrix is kept in 8 bits."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row in tokens: `<s> question </s> passage </s>`."""

    ids: list[int]
    first: int
    """Where the passage begins in `ids`."""
    start: int
    """The first token of the answer; 0, where `<s>` stands, for none."""
    end: int
    """The last one."""


class Network(nn.Module):
    """MPNet without its pooler, and heads for start, end, and whether the passage answers."""

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.span = nn.Linear(width, 2)
        self.answers = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores as start and as end, shape (rows, tokens), and "answers", shape (rows,)."""
        x = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        span = self.span(x).float()
        return span[..., 0], span[..., 1], self.answers(x[:, 0])[:, 0].float()


def encode(tokenizer: Tokenizer, row: Pair, chance: random.Random) -> Example | None:
    """Return a row in tokens; None where its answer is not what stands at `s`, or is too long."""
    start, end = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    if start is None or end is None:
        raise SystemExit("the tokenizer has no <s> or no </s>")
    asked = tokenizer.encode(row["q"], add_special_tokens=False).ids[:MOST_QUESTION]
    text = tokenizer.encode(row["c"], add_special_tokens=False)
    spare = max(len(text.ids) - PASSAGE, 0)
    head = [start, *asked, end]
    if row["a"] is None:
        at = chance.randint(0, spare)
        return Example([*head, *text.ids[at : at + PASSAGE], end], len(head), 0, 0)
    begins, ends = row["s"], row["s"] + len(row["a"])
    answer = [n for n, (a, b) in enumerate(text.offsets) if a < ends and b > begins]
    if row["c"][begins:ends] != row["a"] or not answer or answer[-1] - answer[0] >= PASSAGE:
        return None
    at = chance.randint(max(answer[-1] + 1 - PASSAGE, 0), min(answer[0], spare))
    ids = [*head, *text.ids[at : at + PASSAGE], end]
    return Example(ids, len(head), *(len(head) + n - at for n in (answer[0], answer[-1])))


def batches(
    examples: Sequence[Example], tokens: int, chance: random.Random
) -> Iterator[list[Example]]:
    """Yield all examples once, in batches of like length, in an order by chance."""
    order = sorted(examples, key=lambda example: (len(example.ids), chance.random()))
    made: list[list[Example]] = []
    for example in order:
        if made and (len(made[-1]) + 1) * len(example.ids) <= tokens:
            made[-1].append(example)
        else:
            made.append([example])
    chance.shuffle(made)
    yield from made


def loss_of(network: Network, batch: Sequence[Example], pad: int, device: torch.device) -> Tensor:
    """Return the mean cross entropy of start and end, plus half that of "answers"."""
    width = max(len(example.ids) for example in batch)
    rows = [example.ids + [pad] * (width - len(example.ids)) for example in batch]
    ids = torch.tensor(rows, device=device)
    starts, ends, answers = network(ids, (ids != pad).long())
    # The answer is a token of the passage, or <s>.
    allowed = torch.zeros(ids.shape, dtype=torch.bool)
    for number, example in enumerate(batch):
        allowed[number, example.first : len(example.ids) - 1] = True
    allowed[:, 0] = True
    hidden = ~allowed.to(device)
    spans = [
        functional.cross_entropy(
            scores.masked_fill(hidden, -torch.inf), torch.tensor(wanted, device=device)
        )
        for scores, wanted in (
            (starts, [example.start for example in batch]),
            (ends, [example.end for example in batch]),
        )
    ]
    there = torch.tensor([float(example.start > 0) for example in batch], device=device)
    answering = functional.binary_cross_entropy_with_logits(answers, there)
    return (spans[0] + spans[1]) / 2 + answering / 2


def rate_at(step: int, steps: int) -> float:
    """Return what the rate is multiplied with: it rises, then falls to nothing.

    >>> [rate_at(step, 100) for step in (0, 7, 54, 100)]
    [0.125, 1.0, 0.5, 0.0]
    """
    rising = max(round(WARM_UP * steps), 1)
    return min((step + 1) / rising, max(steps - step, 0) / (steps - rising or 1))


def train(
    network: Network,
    examples: Sequence[Example],
    pad: int,
    *,
    passes: float,
    tokens: int,
    rate: float,
    seed: int,
    most_steps: int | None = None,
    device: torch.device | None = None,
) -> list[float]:
    """Train, printing the loss as it goes, and return it at every step.

    Args:
        network: changed in place.
        examples: what to learn from.
        pad: the token that fills rows up.
        passes: how often each example is seen.
        tokens: most of a batch, those that fill up included.
        rate: the learning rate at its highest.
        seed: of the order and of what is dropped.
        most_steps: end after so many; the rate has then fallen too.
        device: where to train; None for the GPU where there is one.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311
    device = device or chosen_device()
    network.to(device).train()
    steps = math.ceil(passes * sum(1 for _ in batches(examples, tokens, chance)))
    steps = min(steps, most_steps or steps)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
    quick = chosen_dtype(device)
    losses: list[float] = []
    while len(losses) < steps:
        for batch in batches(examples, tokens, chance):
            for group in optimiser.param_groups:
                group["lr"] = rate * rate_at(len(losses), steps)
            with torch.autocast(device.type, quick, enabled=quick != torch.float32):
                loss = loss_of(network, batch, pad, device)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            if len(losses) % max(steps // 20, 1) == 0:
                recent = losses[-max(steps // 20, 1) :]
                mean = sum(recent) / len(recent)
                print(f"step {len(losses)} of {steps}: loss {mean:.3f}", flush=True)
            if len(losses) == steps:
                break
    return losses


def from_base(base: str) -> tuple[Network, dict[str, Any], Path, str]:
    """Return a network, its config, where its tokenizer lies, and what it is called."""
    from transformers import AutoModel, MPNetConfig

    folder = DEFAULT if base == "default" else reader_folder(base)
    if not (folder / MANIFEST).is_file():
        encoder = AutoModel.from_pretrained(
            str(folder), add_pooling_layer=False, dtype=torch.float32, local_files_only=True
        )
        config = read_config(folder)
        return Network(encoder, config["hidden_size"]), config, folder, folder.name
    config, manifest = read_config(folder), read_manifest(folder)
    network = Network(
        AutoModel.from_config(MPNetConfig(**config), add_pooling_layer=False),
        config["hidden_size"],
    )
    weights = {n: torch.from_numpy(w.array()) for n, w in read_tensors(folder, manifest).items()}
    found = network.load_state_dict(weights, strict=False)
    if lost := [name for name in found.missing_keys if not name.endswith("position_ids")]:
        raise SystemExit(f"{folder} lacks {', '.join(lost)}")
    return network, config, folder, f"{manifest.name} ({manifest.licence})"


def from_nothing(
    layers: int, width: int, tokenizer: Path, seed: int
) -> tuple[Network, dict[str, Any], Path, str]:
    """Return a network of random weights, as `from_base` does."""
    from transformers import AutoModel, MPNetConfig

    torch.manual_seed(seed)
    shaped = MPNetConfig(
        vocab_size=Tokenizer.from_file(str(tokenizer / "tokenizer.json")).get_vocab_size(),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(width // 64, 2),
        intermediate_size=4 * width,
        max_position_embeddings=514,
        layer_norm_eps=1e-5,
    )
    network = Network(AutoModel.from_config(shaped, add_pooling_layer=False), width)
    config = json.loads(shaped.to_json_string(use_diff=False))
    return network, config, tokenizer, f"random weights, {layers} layers of {width}"


def stored(weights: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Return each tensor as it is written: in 16 bits, a matrix in 8 with a scale for each row."""
    kept: dict[str, dict[str, Tensor]] = {}
    for name, tensor in sorted(weights.items()):
        if not tensor.is_floating_point():
            continue
        values = tensor.detach().float().cpu()
        if values.dim() < 2 or min(values.shape) < LEAST_ROW:
            kept[name] = {name: values.half().contiguous()}
            continue
        # Of a row of nothing any scale will do; the smallest of 16 bits would be rounded to none.
        scales = (values.abs().amax(1) / 127).clamp(min=1e-6).half()
        rows = (values / scales.float()[:, None]).round().clamp(-127, 127)
        kept[name] = {name: rows.to(torch.int8).contiguous(), f"{name}.scale": scales}
    return kept


def write(
    out: Path,
    weights: Mapping[str, Tensor],
    config: Mapping[str, Any],
    tokenizer: Path,
    facts: Mapping[str, str],
) -> None:
    """Write a folder that `rag.reader.load_reader` loads.

    Args:
        out: the folder; made if it is not there.
        weights: by the names in `Network`.
        config: of the encoder, with the sizes that `rag.reader.encoder.Shape` reads.
        tokenizer: the folder whose `tokenizer.json` it reads with.
        facts: `name`, `base`, `licence`, and `data`, in words for a person.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("reader-*-of-*.safetensors"), *out.glob(MANIFEST)):
        old.unlink()
    parts: list[dict[str, Tensor]] = [{}]
    for tensors in stored(weights).values():
        if parts[-1] and _bytes(parts[-1]) + _bytes(tensors) > FILE_BYTES:
            parts.append({})
        parts[-1] |= tensors
    names = [f"reader-{n}-of-{len(parts)}.int8.safetensors" for n in range(1, len(parts) + 1)]
    for name, part in zip(names, parts):
        save_file(part, out / name)
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    data = (tokenizer / "tokenizer.json").read_bytes()
    (out / "tokenizer.json").write_bytes(data)
    files = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in ("config.json", "tokenizer.json", *names)
    }
    today = datetime.now(timezone.utc).date().isoformat()
    manifest = {**facts, "date": today, "files": files}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    about, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="+", type=Path, metavar="ROWS")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--base", default="default", help="what to go on from (default)")
    parser.add_argument("--layers", type=int, help="of a small network of random weights instead")
    parser.add_argument("--width", type=int, default=128, help="of each layer of it (128)")
    parser.add_argument("--passes", type=float, default=3.3, help="over all rows (3.3)")
    parser.add_argument("--steps", type=int, help="end after so many batches")
    parser.add_argument("--tokens", type=int, default=24576, help="of a batch (24576)")
    parser.add_argument("--rate", type=float, default=4e-5, help="of learning, at most (4e-5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, metavar="N", help="only N rows, by chance")
    parser.add_argument(
        "--leave-out", type=Path, metavar="FILE", help="numbers, from 0, of rows of the first ROWS"
    )
    parser.add_argument("--name", help="what to call it; the name of FOLDER")
    parser.add_argument("--licence", default="not said", help="of what is written")
    options = parser.parse_args()
    prepare_environment()
    left_out = set(map(int, options.leave_out.read_text().split())) if options.leave_out else set()
    rows = [row for n, row in enumerate(read_pairs(options.rows[0])) if n not in left_out]
    rows += [row for path in options.rows[1:] for row in read_pairs(path)]
    chance = random.Random(options.seed)  # noqa: S311
    if options.limit and options.limit < len(rows):
        rows = chance.sample(rows, options.limit)
    made = (
        from_nothing(options.layers, options.width, DEFAULT, options.seed)
        if options.layers
        else from_base(options.base)
    )
    network, config, folder, base = made
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = True
    examples = [example for row in rows if (example := encode(tokenizer, row, chance))]
    answerable = sum(example.start > 0 for example in examples)
    passed = len(rows) - len(examples)
    print(f"{len(examples):,} rows, {answerable:,} answerable; {passed} cannot be used")
    losses = train(
        network,
        examples,
        config["pad_token_id"],
        passes=options.passes,
        tokens=options.tokens,
        rate=options.rate,
        seed=options.seed,
        most_steps=options.steps,
    )
    tenth = max(len(losses) // 10, 1)
    first, last = (sum(part) / tenth for part in (losses[:tenth], losses[-tenth:]))
    print(f"loss of the first tenth {first:.3f}, of the last {last:.3f}")
    names = ", ".join(path.name for path in options.rows)
    facts = {
        "name": options.name or options.out.name,
        "base": base,
        "licence": options.licence,
        "data": f"{len(examples):,} questions of {names}",
    }
    write(options.out, network.state_dict(), config, folder, facts)
    print(f"wrote {options.out}; measure it with bench/reader.py --reader {options.out}")


def _bytes(tensors: Mapping[str, Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


if __name__ == "__main__":
    main()
