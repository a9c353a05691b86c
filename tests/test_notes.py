"""Notes of Obsidian and Logseq, as their programs show them."""

import time
from pathlib import Path

import pytest

from documents import read_bytes, zipped
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

In `[[code]]`, 2 ^6, and 2^^3^^4 nothing changes, nor in a == b, but ==a^2 + b^2==.

```
[[kept]] ==kept==
```
"""
LOGSEQ = """title:: Talk with Bo
- Bo ^^sails^^ in ((64f0c0de-0000-4000-8000-00000000abcd)) June.
  id:: 64f0c0de-0000-4000-8000-00000000abcd
  collapsed:: true
  background-color:: red
  heading:: 2
- heading:: North
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
        "In [[code]], 2 ^6, and 2^^3^^4 nothing changes, nor in a == b, but a^2 + b^2.",
        "[[kept]] ==kept==",
    ]


def test_a_page_of_logseq() -> None:
    draft = draft_from_text(LOGSEQ, markdown=True)
    assert draft.title == "Talk with Bo"
    assert draft.text == "- Bo sails in  June.\n- heading: North\n- source: Moss Post"


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


ORG = """#+TITLE: Talk with Ana
#+OPTIONS: toc:nil
#+AUTHOR: Bo Lie
#+DATE: <2024-03-05 Tue>

* Ferry :work:desk:
:PROPERTIES:
:ID: 77aa
:END:
Ana sells [[https://moss.example][the ferry]] in May. It has 14 hands.
"""
JOPLIN = """Talk with Ana

Ana sells the ferry in May.

id: 0123456789abcdef0123456789abcdef
parent_id:
created_time: 2024-03-05T10:00:00.000Z
updated_time: 2024-04-05T10:00:00.000Z
author: Bo Lie
source: joplin-desktop
type_: 1"""


def test_a_file_of_org_mode() -> None:
    read = read_bytes(ORG.encode(), "a.org").document
    assert (read.title, read.author, str(read.published)) == (
        "Talk with Ana",
        "Bo Lie",
        "2024-03-05",
    )
    assert read.text.split("\n\n") == [
        "Ferry",
        "Ana sells the ferry in May. It has 14 hands.",
    ]


def test_lines_of_org_mode_that_are_no_text() -> None:
    note = (
        "#+title: Talk with Ana\n#+filetags: :work:desk:\n#+date: [2024-03-05 Tue]\n\n"
        "* Ferry\n:PROPERTIES:\n:ID: 77aa\nAna sells it in May.\n"
        "* Hands\n:LOGBOOK:\n- Note taken\n:END:\n#+begin_quote\nIt has 14.\n#+end_quote\n"
        "#+1 from Bo\n"
    )
    read = read_bytes(note.encode(), "a.org").document
    assert (read.title, str(read.published), read.tags) == (
        "Talk with Ana",
        "2024-03-05",
        ("desk", "work"),
    )
    # A drawer that is not closed ends nothing below it.
    assert read.text.split("\n\n") == [
        "Ferry",
        ":PROPERTIES: :ID: 77aa Ana sells it in May.",
        "Hands",
        "It has 14.",
        "#+1 from Bo",
    ]


@pytest.mark.parametrize("line", [":PROPERTIES:\n" * 20_000, f"* Ferry{' ' * 20_000}x\n"])
def test_org_mode_takes_no_longer_than_its_length(line: str) -> None:
    begun = time.monotonic()
    read_bytes(f"{line}Ana sells it in May.\n".encode(), "a.org")
    assert time.monotonic() - begun < 4


def test_a_note_of_joplin_and_what_is_kept_beside_it() -> None:
    read = read_bytes(JOPLIN.encode(), "a.md").document
    assert read.source is None
    assert (read.title, read.author, str(read.published), read.text) == (
        "Talk with Ana",
        "Bo Lie",
        "2024-03-05",
        "Ana sells the ferry in May.",
    )
    tag = JOPLIN.replace("Talk with Ana\n\nAna sells the ferry in May.", "ferry")
    packed = zipped({"a.md": JOPLIN, "b.md": tag.replace("type_: 1", "type_: 5")})
    assert len(list(articles_in(packed, "a.zip"))) == 1


def test_authors_that_are_objects_and_fields_of_restructured_text() -> None:
    note = "---\nAuthors:\n  - name: Ana Ruiz\n    email: a@moss.example\n  - name: Bo Lie\n---\n"
    assert read_bytes(f"{note}The ferry sails.\n".encode(), "a.md").document.author == (
        "Ana Ruiz, Bo Lie"
    )
    text = "Ferry sold\n==========\n\n:Author: Bo Lie\n:Date: 2024-03-06\n\nIt went to Oban.\n"
    read = read_bytes(text.encode(), "a.rst").document
    assert (read.title, read.author, read.text.strip()) == (
        "Ferry sold",
        "Bo Lie",
        "It went to Oban.",
    )
    text = "= Ferry sold\n\nIt went to Oban, a man at the quay said on Monday.\n"
    assert read_bytes(text.encode(), "a.adoc").document.title == "Ferry sold"


def test_a_title_block_of_pandoc() -> None:
    text = "% Ferry sold\n% Bo Lie\n% 5 March 2024\n\nIt went to Oban.\n"
    read = read_bytes(text.encode(), "a.md").document
    assert (read.title, read.author, str(read.published)) == ("Ferry sold", "Bo Lie", "2024-03-05")
    assert read.text == "It went to Oban."
    text = "% Ferry sold\n% Bo Lie\n\nIt went to Oban.\n"
    assert read_bytes(text.encode(), "a.md").document.author == "Bo Lie"


@pytest.mark.parametrize(
    "lines",
    ["% of men who vote\n% of women who vote\n", "% Men\n% Women\n% All\n", "% Change in May\n"],
)
def test_lines_on_shares_are_no_title_block(lines: str) -> None:
    read = read_bytes(f"{lines}\nOslo has counted them for nine years now.\n".encode(), "a.txt")
    assert read.document.author is None
    whole = f"{read.document.title}\n{read.document.text}"
    assert all(line in whole for line in lines.splitlines())


def test_directives_of_restructuredtext_are_no_text() -> None:
    text = (
        "Ferry sold\n==========\n\n:Author: Bo Lie\n:Date: 2024-03-06\n\n"
        ".. toctree::\n   :maxdepth: 2\n\n   intro\n\n"
        "It went to Oban [1]_.\n\n.. image:: ferry.png\n   :alt: A ferry\n\n"
        ".. A remark\n   on it\n\n.. note:: It is old.\n\n"
        ".. _Oban: https://oban.example\n\n.. [1] In Scotland.\n"
    )
    read = read_bytes(text.encode(), "a.rst").document
    assert (read.title, read.author) == ("Ferry sold", "Bo Lie")
    assert read.text.split() == "It went to Oban [1]_. It is old. .. [1] In Scotland.".split()


def test_attributes_of_asciidoc_are_no_text() -> None:
    text = (
        "= Ferry sold\n:toc:\n:author: Bo Lie\n:icons: font\n\nIt went to Oban.\n\n[[quay]]\n"
        "[source,python]\n----\nprint(9)\n----\n\n// A remark\nimage::ferry.png[A ferry]\n"
        "[quote, Ida Moe]\n____\nIt is old.\n____\n"
    )
    read = read_bytes(text.encode(), "a.adoc").document
    assert (read.title, read.author) == ("Ferry sold", "Bo Lie")
    assert read.text.split() == "It went to Oban. print(9) [quote, Ida Moe] It is old.".split()


def test_one_word_with_a_hash_below_a_text_is_no_tag() -> None:
    text = "Ferry sold\n\nThe crews of the ferry walked out on Monday.\n\n#MeToo"
    one = read_bytes(text.encode(), "a.txt").document
    assert (one.tags, one.text.endswith("#MeToo")) == ((), True)
    two = read_bytes(f"{text} #Oban".encode(), "a.txt").document
    assert (two.tags, two.text.rstrip().endswith("Monday.")) == (("MeToo", "Oban"), True)


def test_links_in_the_properties_of_a_note() -> None:
    logseq = b"date:: [[2022-11-16]]\ntags:: [[moon]], [[ships]]\n\n- It was launched at night.\n"
    read = read_bytes(logseq, "a.md").document
    assert (str(read.published), read.tags) == ("2022-11-16", ("moon", "ships"))
    obsidian = b"---\nauthor: [[Ida Moe]]\ncreated: 2022-08-01\n---\nIt left Odesa.\n"
    read = read_bytes(obsidian, "a.md").document
    assert (read.author, str(read.published)) == ("Ida Moe", "2022-08-01")
