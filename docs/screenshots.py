"""Makes the pictures of the browser chat: `python docs/screenshots.py [--chromium PATH]`.

Starts `ask ui` on a library of its own with the sample articles and two reports that disagree,
asks with the real models, and writes the pictures beside this file. Needs the extra `test`
and a Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

_FOLDER = Path(__file__).parent
_REPORTS = {
    "2018-08-14-genoa.md": """---
title: Motorway bridge falls in Genoa
source: Harbour Wire
date: 2018-08-14
---
At least 26 people died when the Morandi bridge in Genoa collapsed, the fire service of Liguria
said. Rescuers searched the rubble for survivors through the night.

Italy's prime minister, Giuseppe Conte, flew to Liguria and called it a tragedy that should not
have happened. The bridge carried the motorway to France over a river and a railway.
""",
    "2018-08-19-genoa.md": """---
title: Genoa counts its dead
source: Andean Courier
date: 2018-08-19
---
The prefecture now says that 43 people died when the Morandi bridge collapsed in Genoa. The
search for the missing ended on Saturday.

Giuseppe Conte has declared a state of emergency in Liguria, and Italy mourned for a day.
""",
}
_WHO = "Who urged Maduro not to be sworn in?"
_TIMELINE = "Make a timeline of the crisis in Venezuela since 2017"
_DEATHS = "How many people died when the Morandi bridge collapsed in Genoa?"


@contextmanager
def served() -> Iterator[str]:
    """Serve a library of the samples and the reports; yield the address of the page."""
    with tempfile.TemporaryDirectory(prefix="byline-pictures-") as folder:
        for name, text in _REPORTS.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        environment = {**os.environ, "BYLINE_HOME": str(Path(folder) / "home")}
        ask = [sys.executable, "-m", "rag"]
        for arguments in (["add", "--samples"], ["add", folder]):
            subprocess.run([*ask, *arguments, "--quiet"], env=environment, check=True)
        server = subprocess.Popen([*ask, "ui"], env=environment, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if "http://" in line:
                    yield line[line.index("http://") :].split()[0]
                    break
        finally:
            server.terminate()
            server.wait()


def opened(browser: Browser, url: str, width: int, height: int, scheme: str) -> Page:
    """Open the page in a fresh browser."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(url)
    page.wait_for_selector(".bl-welcome")
    page.wait_for_timeout(1000)
    return page


def ask(page: Page, question: str) -> None:
    """Ask and wait for the answer."""
    turns = page.locator(".bl-turn").count()
    page.fill("#bl-box textarea", question)
    page.press("#bl-box textarea", "Enter")
    page.wait_for_function(
        "turns => document.querySelectorAll('.bl-turn').length > turns"
        " && !document.body.classList.contains('bl-working')",
        arg=turns,
    )
    page.locator("#bl-desk").evaluate("desk => desk.scrollTo(0, desk.scrollHeight)")
    page.wait_for_timeout(600)


def save(page: Page, name: str) -> None:
    """Write one picture."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    path = _FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:  # In 256 colours, a third of the bytes.
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def cite(page: Page) -> None:
    """Open the first citation of the first answer."""
    page.locator(".bl-text .bl-chip").first.click()
    page.wait_for_selector(".bl-current")


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser")
    arguments = parser.parse_args()
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            page = opened(browser, url, 1280, 800, scheme)
            ask(page, _WHO)
            ask(page, "And what did Mexico do?")
            cite(page)
            save(page, f"chat-{scheme}")
        page = opened(browser, url, 1280, 800, "light")
        ask(page, "How tall is the dam at Brumadinho?")
        save(page, "refusal")
        page = opened(browser, url, 1280, 800, "light")
        ask(page, _DEATHS)
        save(page, "conflict")
        page = opened(browser, url, 1280, 960, "light")
        ask(page, _TIMELINE)
        page.locator("#bl-desk").evaluate("desk => desk.scrollTo(0, 0)")
        save(page, "timeline")
        page = opened(browser, url, 390, 844, "light")
        ask(page, _WHO)
        save(page, "phone")
        cite(page)
        save(page, "phone-article")
        browser.close()


if __name__ == "__main__":
    main()
