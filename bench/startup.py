"""Measures what `ask` costs before it does any work, and prints one table.

    python bench/startup.py [--repeats 21] [--cold 3]

`ask --help` is compared with `python -c pass`; a cold `ask "…"`, with `--cold N`,
with the bare cost of the same work: one process that imports the same libraries,
embeds the same question, loads the same model in the same way, and reads the very
prompt that `ask` reads; it neither searches nor writes an answer. Runs are
interleaved (A B A B …), so that a busy machine is busy for both; medians.
The library is a scratch one with the sample articles; models must be at hand.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rag import Assistant, Settings
from rag.environment import prepare_environment
from rag.language_model import Generation, LanguageModel, Prompt
from rag.models.catalogue import find_embedder, find_language_model, load_language_model
from rag.models.cores import physical_cores

QUESTION = "Who urged Maduro not to be sworn in?"

BARE = """
import sys
from pathlib import Path
import faiss, llama_cpp, sentence_transformers
from rag.language_model import Prompt
from rag.models.llama import LlamaCppModel
embedder, model, context, threads, question, fixed, variable = sys.argv[1:]
encoder = sentence_transformers.SentenceTransformer(embedder, device="cpu", local_files_only=True)
encoder.encode([question])
reader = LlamaCppModel(Path(model), context_tokens=int(context), threads=int(threads))
next(reader.stream(Prompt(fixed, variable), 1))
"""


class Recorder:
    """A language model that keeps the prompt and writes nothing; counts as the real one does."""

    name = "recorder"

    def __init__(self, counts: LanguageModel) -> None:
        """Borrow the tokens of another model."""
        self._counts = counts
        self.prompt = Prompt("", "")
        self.tokens = 0

    def count_tokens(self, text: str) -> int:
        """Count as the other model does."""
        return self._counts.count_tokens(text)

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Keep the prompt."""
        _ = max_tokens
        self.prompt, self.tokens = prompt, self.count_tokens(prompt.fixed + prompt.variable)
        yield Generation(self.tokens, 0, truncated=False)

    def close(self) -> None:
        """Do nothing."""


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a command once, its output unseen, and return how long it took."""
    start = time.perf_counter()
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{command[0]} {command[1][:40]} ended with {done.returncode}; see `ask doctor`")
    return taken


def compare(
    first: Sequence[str], second: Sequence[str], repeats: int, environment: Mapping[str, str]
) -> tuple[float, float]:
    """Return the medians of two commands, run in turn after one run of each unmeasured."""
    times: tuple[list[float], list[float]] = ([], [])
    for command in (first, second):
        seconds(command, environment)
    for _ in range(repeats):
        times[0].append(seconds(first, environment))
        times[1].append(seconds(second, environment))
    return statistics.median(times[0]), statistics.median(times[1])


def ask_command() -> str:
    """Return the installed command `ask` beside the running Python."""
    beside = Path(sys.executable).parent / "ask"
    found = str(beside) if beside.exists() else shutil.which("ask")
    return found or sys.exit("no command `ask`; install Byline first: pip install .")


def cold(repeats: int, environment: Mapping[str, str]) -> tuple[float, float, int]:
    """Return the medians of a cold answer and of its bare cost, and the tokens of its prompt."""
    settings = Settings.from_environment(environment["BYLINE_HOME"])
    model = load_language_model(settings)
    recorder = Recorder(model)
    with Assistant.open(settings=settings) as assistant:
        assistant.add_samples()
    with Assistant(settings, language_model=recorder) as assistant:
        assistant.ask(QUESTION)
    model.close()
    context = settings.prompt_tokens + settings.answer_tokens
    bare = [
        *(sys.executable, "-c", BARE),
        *(str(find_embedder(settings).folder), str(find_language_model(settings))),
        *(str(context), str(settings.threads or physical_cores()), QUESTION),
        *(recorder.prompt.fixed, recorder.prompt.variable),
    ]
    ask = [ask_command(), QUESTION, "--json", "--quiet"]
    return *compare(bare, ask, repeats, environment), recorder.tokens


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=21, help="runs of each short command")
    parser.add_argument("--cold", type=int, default=0, help="runs of a cold answer (seconds each)")
    options = parser.parse_args()
    prepare_environment()
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "BYLINE_HOME": home}
        rows = []
        base, help_time = compare(
            [sys.executable, "-c", "pass"],
            [ask_command(), "--help"],
            options.repeats,
            environment,
        )
        rows.append(("python -c pass", base, 1.0, "3 at most for the next line"))
        rows.append(("ask --help", help_time, help_time / base, ""))
        if options.cold:
            bare, total, tokens = cold(options.cold, environment)
            rows.append(("bare imports, load, read", bare, 1.0, f"{tokens} prompt tokens"))
            rows.append(('ask "…", cold', total, total / bare, "1.5 at most, see the head"))
    print(f"{'what':<26}{'median ms':>10}{'ratio':>8}  remark")
    for what, median, ratio, note in rows:
        print(f"{what:<26}{median * 1000:>10.1f}{ratio:>8.2f}  {note}".rstrip())


if __name__ == "__main__":
    main()
