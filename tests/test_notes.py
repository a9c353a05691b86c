"""Notes of Obsidian and Logseq, as their programs show them."""

import time
from pathlib import Path

from index.reading import Reading, find_files, read_articles
from index.reading.plain.markdown import without_wiki
from index.reading.plain.text import draft_from_text

OBSIDIAN = """---
date: 2023-05-02
related: "[[Ferries]]"
---
# Talk with Ana

[[Ana Ruiz|Ruiz]] runs the ferry at [[Places/Moss#Quay]]; she ==sells it in May==. ^ana-1

> [!note]- On the crew
> All 14 of them stay. %%ask
> again%%

![[crew.jpg]]

| Boat | Yard |
|---|---|
| [[Petrel\\|the Petrel]] | [[#Yards]] |

In `[[code]]` and 2 ^6 nothing changes, nor in a == b.

```
[[kept]] ==kept==
```
"""
LOGSEQ = """title:: Talk with Bo
- Bo sails in ((64f0c0de-0000-4000-8000-00000000abcd)) June.
  id:: 64f0c0de-0000-4000-8000-00000000abcd
  collapsed:: true
- source:: [[Moss Post]]
- {{embed [[Other]]}}
"""


def test_a_note_of_obsidian() -> None:
    draft = draft_from_text(OBSIDIAN, markdown=True)
    assert draft.title == "Talk with Ana"
    assert draft.text.split("\n\n") == [
        "Ruiz runs the ferry at Moss; she sells it in May.",
        "On the crew",
        "All 14 of them stay.",
        "Boat | Yard\nthe Petrel | Yards",
        "In [[code]] and 2 ^6 nothing changes, nor in a == b.",
        "[[kept]] ==kept==",
    ]


def test_a_page_of_logseq() -> None:
    draft = draft_from_text(LOGSEQ, markdown=True)
    assert draft.title == "Talk with Bo"
    assert draft.text == "- Bo sails in  June.\n- source: Moss Post"


def test_a_text_that_is_no_note_stays() -> None:
    text = "Prices rose by 5%. [1] std::vector and x==y, 10 % of 20 %, [[unclosed and ==open."
    assert without_wiki(text) == text
    assert draft_from_text("A [[link]].").text == "A [[link]]."


def test_marks_that_are_never_closed_take_no_time() -> None:
    before = time.perf_counter()
    for mark in ("%%a ", "[[", "==a", "> [!", "{{embed ", "((", "`", "```\n", "^a ", "a::", " "):
        without_wiki(mark * 20_000)
    assert time.perf_counter() - before < 5


def test_a_vault_gives_its_notes_only(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / ".obsidian" / "note.md").write_text("Not a note.")
    (tmp_path / "board.canvas").write_text('{"nodes": [{"text": "Not a note."}]}')
    (tmp_path / "Talk.md").write_text(OBSIDIAN)
    (found,) = find_files(tmp_path)
    (read,) = read_articles(found)
    assert isinstance(read, Reading)
    assert read.document.title == "Talk with Ana"
