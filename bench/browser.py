"""Measures how far the browser is behind the server: `python bench/browser.py`.

A model that writes `--words` words at `--rate` a second is served by `tests/browser/serve.py`.
The table says how long after the model has written a word it stands on the page (median and
most), how long after a click on a citation the article is open at the quote, and how long the
page takes to be there. Needs the extra `test` and a Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from running import print_table

ROOT = Path(__file__).parent.parent
_QUESTION = "Who urged Maduro not to be sworn in?"
_WATCH = """() => {
  window.seen = {};
  const look = () => {
    const draft = document.querySelector('.bl-draft p');
    if (draft) {
      const word = draft.textContent.trim().split(' ').pop();
      if (!(word in window.seen)) window.seen[word] = Date.now() / 1000;
    }
    requestAnimationFrame(look);
  };
  look();
}"""


@contextmanager
def served(folder: Path, words: int, rate: float) -> Iterator[str]:
    """Serve the page over the sample articles; yield its address."""
    options = {"says": " ".join(f"w{n}" for n in range(words)), "pause": 1 / rate}
    process = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "browser" / "serve.py", folder, json.dumps(options)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.kill()
        process.wait()


def delays(page: Page, log: Path) -> list[float]:
    """Ask, and return how long after the model each word that was drawn last stood there."""
    page.evaluate(_WATCH)
    page.fill("#bl-box textarea", _QUESTION)
    page.press("#bl-box textarea", "Enter")
    page.wait_for_selector(".bl-tools")
    written = dict(line.split() for line in log.read_text().splitlines())
    seen: dict[str, float] = page.evaluate("window.seen")
    return [moment - float(written[word]) for word, moment in seen.items() if word in written]


def opening(page: Page) -> float:
    """Return the seconds from a click on a citation to the article at its quote."""
    begun = time.perf_counter()
    page.locator(".bl-text .bl-chip").first.click()
    page.wait_for_selector(".bl-current")
    taken = time.perf_counter() - begun
    page.keyboard.press("Escape")
    page.wait_for_selector(".bl-current", state="detached")
    return taken


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--rate", type=float, default=25.0, help="words a second")
    parser.add_argument("--repeats", type=int, default=5, help="clicks on a citation")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="byline-bench-") as folder,
        served(Path(folder), options.words, options.rate) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(120_000)
        begun = time.perf_counter()
        page.goto(url)
        page.wait_for_selector(".bl-welcome")
        loaded = time.perf_counter() - begun
        behind = delays(page, Path(folder) / "words")
        opened = [opening(page) for _ in range(options.repeats)]
        browser.close()
    print_table(
        "browser",
        {
            "words": options.words,
            "drawings": len(behind),
            "behind": f"{statistics.median(behind):.2f} s",
            "at most": f"{max(behind):.2f} s",
            "citation": f"{statistics.median(opened):.2f} s",
            "slowest": f"{max(opened):.2f} s",
            "page": f"{loaded:.1f} s",
        },
    )


if __name__ == "__main__":
    main()
