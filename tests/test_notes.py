"""Notes of Obsidian and Logseq, as their programs show them."""

import time
from pathlib import Path

from documents import zipped
from index.reading import ReadArticle, find_files, read_articles
from index.reading.articles import articles_in
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


TASKS = """- Oak lasts.
- #[[long walk]]
- DONE Ask Bo
  SCHEDULED: <2024-03-08 Fri>
  :LOGBOOK:
  CLOCK: [2024-03-06 Wed 10:00:00]
  :END:
- #+BEGIN_QUOTE
  "It does."
  #+END_QUOTE
"""


def test_what_logseq_writes_for_itself_is_no_text() -> None:
    draft = draft_from_text(TASKS, markdown=True)
    assert draft.text == '- Oak lasts.\n- long walk\n- DONE Ask Bo\n- "It does."'
    assert draft.tags[-1] == "long walk"


def test_queries_and_marks_of_footnotes_are_no_text() -> None:
    note = "Oak[^1] lasts.\n\n```dataview\nTABLE year\n```\n\n[^1]: So says Bo.\n"
    assert draft_from_text(note, markdown=True).text == "Oak lasts.\n\nSo says Bo."


def test_brackets_that_no_footnote_defines_stay() -> None:
    note = "It matches [^abc] and a[^x], says Bo[^b]: yes.\n\n> [^b]: In [^abc].\n"
    text = "It matches [^abc] and a[^x], says Bo: yes.\n\nIn [^abc]."
    assert draft_from_text(note, markdown=True).text == text


def test_a_note_that_is_called_by_its_day_is_of_that_day(tmp_path: Path) -> None:
    for name in ("2024-03-05.md", "2024_03_05 walk.md", "2024-03-05.txt", "12024-03-05.md"):
        (tmp_path / name).write_text("- Met Ana at the quay.\n- The diver found the anchor.\n")
    found = [read for path in find_files(tmp_path) for read in read_articles(path)]
    days = [str(each.document.published) for each in found if isinstance(each, ReadArticle)]
    assert days == ["None", "2024-03-05", "None", "2024-03-05"]
    titles = {each.document.title for each in found if isinstance(each, ReadArticle)}
    assert titles == {"Met Ana at the quay."}
    inner = zipped({"2024-03-07.md": "Snow."}).getvalue()
    notes = {"log/2024-03-06.md": "Rain.", "inner.zip": inner, "2024-13-45.md": "No day."}
    reads = list(articles_in(zipped(notes), "log 2023-01-01.zip"))
    dated = [(str(r.document.published), r.warnings) for r in reads if isinstance(r, ReadArticle)]
    assert dated == [("2024-03-06", ()), ("2024-03-07", ()), ("None", ())]


def test_lines_of_tags_are_tags_and_no_text() -> None:
    note = "# Oak\n#wood #wood/oak\n\nOak #4 lasts, says #bo.\n\n- #todo\n#x, #y\n"
    draft = draft_from_text(note, markdown=True)
    assert (draft.title, draft.text) == ("Oak", "Oak #4 lasts, says #bo.")
    assert {*draft.tags} == {"", "wood", "wood/oak", "bo", "todo", "x", "y"}
    code = "Set:\n\n```c\n#endif\n```\n"
    assert "#endif" in draft_from_text(code, markdown=True).text


def test_a_last_line_of_tags_of_a_text_is_of_tags() -> None:
    text = "Oak lasts.\n#Ash\nAsh does not.\n\n"
    draft = draft_from_text(f"{text}#wood #trees/oak\n\n")
    assert (draft.text.rstrip(), draft.tags[1:]) == (text.rstrip(), ("wood", "trees/oak"))
    for other in (f"{text}Oak costs #4", f"{text}#5", "#wood"):
        assert draft_from_text(other).text == other


def test_a_text_that_is_no_note_stays() -> None:
    text = "Prices rose by 5%. [1] std::vector and x==y, 10 % of 20 %, [[unclosed and ==open."
    assert without_wiki(text) == text
    assert draft_from_text("A [[link]].").text == "A [[link]]."


def test_marks_that_are_never_closed_take_no_time() -> None:
    before = time.perf_counter()
    for mark in (
        "```query\n",
        ":LOGBOOK:\n",
        "[^",
        "%%a ",
        "[[",
        "==a",
        "> [!",
        "{{embed ",
        "((",
        "`",
        "```\n",
        "^a ",
        "a::",
        " ",
    ):
        without_wiki(mark * 20_000)
    assert time.perf_counter() - before < 5


def test_a_vault_gives_its_notes_only(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / ".obsidian" / "note.md").write_text("Not a note.")
    (tmp_path / "board.canvas").write_text('{"nodes": [{"text": "Not a note."}]}')
    (tmp_path / "Talk.md").write_text(OBSIDIAN)
    (tmp_path / "board.excalidraw.md").write_text("Not a note.")
    (tmp_path / "logseq" / "bak").mkdir(parents=True)
    (tmp_path / "logseq" / "config.edn").write_text("{}")
    (tmp_path / "logseq" / "bak" / "Talk.md").write_text("What the note was.")
    (found,) = find_files(tmp_path)
    (read,) = read_articles(found)
    assert isinstance(read, ReadArticle)
    assert read.document.title == "Talk with Ana"
