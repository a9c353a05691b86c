"""What a person says of articles wins over their files, stays, and can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import HashEmbedder
from index.archive import write_archive
from index.archive_reading import read_archive
from index.corrections import Correction
from index.errors import NotFoundError, QuestionError
from index.ingest import index_document
from index.reading import ReadOptions
from index.relational.store import RelationalStore
from index.store import FileRead, IndexedDocument, Listing, Store
from index.tags import tag_name
from index.types import Document, Filter, Stated
from rag import Assistant
from rag.adding import read_files, store_readings
from rag.cli import main
from rag.receipts import make_receipt, verify_receipt
from rag.serve.shelf import Shelf
from rag.settings import Settings
from rag.syncing import SyncReport, sync_folder
from scripted import WHO_URGED, WordReader, filled_store, parts_of, settings
from servers import Libraries
from store_samples import entry, numbered

EMBEDDER = HashEmbedder()
NOTE = """---
title: draft7 final
source: Scanner
date: 2019-01-04
tags: [port, Trade/Sea]
---

The dockers of Brest went back to work. They had struck for nine days.
"""
ID = "draft7 final"


@pytest.fixture
def store(libraries: Libraries) -> Iterator[RelationalStore]:
    known = {"fingerprint": EMBEDDER.fingerprint, "dimension": EMBEDDER.dimension}
    with libraries.open(**known) as opened:
        yield opened


def damage(store: RelationalStore, id_: str) -> None:
    with store._database.write() as connection:
        connection.execute("UPDATE documents SET text = 'other' WHERE id = ?", (id_,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "vault"
    (made / "Strikes").mkdir(parents=True)
    (made / "Strikes" / "note.md").write_text(NOTE)
    (made / "other.md").write_text("---\ntitle: Fog\n---\n\nFog closed the port of Brest.\n")
    return made


def sync(folder: Path, store: RelationalStore, **options: bool) -> SyncReport:
    report = SyncReport()
    read = ReadOptions()
    sync_folder(folder, parts_of(store, EMBEDDER), read, report, **options)
    return report


def titled(store: RelationalStore, title: str) -> Document:
    (found,) = [document for document in store.documents() if document.title == title]
    return found


def found(store: RelationalStore, filter: Filter) -> set[str]:
    return {document.title for document in store.documents(filter)}


DOCKERS = Correction("Dockers end strike", "Quay Post", "Ana Sol", date(2019, 1, 11))


def test_a_correction_counts_everywhere_and_is_taken_back(
    folder: Path, store: RelationalStore
) -> None:
    sync(folder, store)
    before = titled(store, ID)
    assert store.search_lexical("ending strike", 5) == []
    (after,) = store.correct([before.id], DOCKERS)
    assert after == store.document(before.id)
    assert (after.id, after.title, after.published) == (before.id, DOCKERS.title, date(2019, 1, 11))
    assert after.stated == Stated(ID, "Scanner", None, date(2019, 1, 4), before.tags)
    assert found(store, Filter(("quay post",))) == {DOCKERS.title}
    assert found(store, Filter(("Scanner",))) == set()
    assert found(store, Filter(after=date(2019, 1, 10))) == {DOCKERS.title}
    assert store.search_lexical("end dockers strike", 5)[0].chunk.document_id == before.id
    assert store.search_lexical("draft7", 5) == []
    assert [check for check in store.health() if not check.ok] == []
    assert store.correct([before.id], Correction(), undo=True) == [before]
    assert store.document(before.id) == before
    assert found(store, Filter(("Scanner",))) == {ID}


def test_a_field_can_be_taken_away_and_comes_back_when_it_is_said_again(
    store: RelationalStore,
) -> None:
    made = numbered(1)
    store.replace_documents([entry_of(made)])
    (bare,) = store.correct([made.id], Correction(None, "", "", ""))
    assert (bare.title, bare.source, bare.published) == (made.title, None, None)
    assert store.count_undated() == 1
    again = Correction(made.title, made.source, published=made.published)
    assert store.correct([made.id], again) == [made]


@pytest.mark.parametrize(
    ("correction", "refusal"),
    [
        (Correction(" "), "an article has a title: write one, or take the correction back"),
        (
            Correction(published=date(2999, 1, 1)),
            "2999-01-01 is still to come: write the day when it was published",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    store: RelationalStore, correction: Correction, refusal: str
) -> None:
    made = numbered(1)
    store.replace_documents([entry_of(made)])
    with pytest.raises(QuestionError, match=f"^{refusal}$"):
        store.correct([made.id], correction)


def test_all_are_corrected_or_none(folder: Path, store: Store) -> None:
    sync(folder, store)
    ids = [titled(store, ID).id, titled(store, "Fog").id]
    untag = Correction("Same", remove_tags=("port",))
    with pytest.raises(QuestionError, match='“Fog” has no tag "port": it has none'):
        store.correct(ids, untag)
    with pytest.raises(NotFoundError):
        store.correct([ids[0], "0" * 16], Correction("Same"))
    assert {document.title for document in store.documents()} == {ID, "Fog"}


def test_it_stays_when_the_file_changes_or_is_read_again(
    folder: Path, store: RelationalStore
) -> None:
    sync(folder, store)
    store.correct([titled(store, ID).id], replace(DOCKERS, add_tags=("strike",)))
    note = folder / "Strikes" / "note.md"
    note.write_text(NOTE.replace("nine", "ten").replace("Scanner", "Flatbed"))
    assert [result.outcome for result in sync(folder, store).results] == ["updated"]
    again = titled(store, DOCKERS.title)
    assert "ten days" in again.text
    assert again.said.source == "Flatbed"
    assert (again.source, again.published) == ("Quay Post", date(2019, 1, 11))
    assert again.tags == ("port", "strike", "Strikes", "Trade/Sea")
    assert store.search_lexical("end dockers strike", 5)[0].chunk.document_id == again.id
    sync(folder, store, look_again=True)
    assert store.document(again.id) == again
    moved = folder / "2019" / "moved.md"
    moved.parent.mkdir()
    note.rename(moved)
    assert len(sync(folder, store).moved) == 1
    assert store.document(again.id).tags == ("2019", "port", "strike", "Trade/Sea")
    assert store.document(again.id).title == DOCKERS.title
    (undone,) = store.correct([again.id], Correction(), undo=True)
    assert (undone.title, undone.source, undone.stated) == (ID, "Flatbed", None)


ROWS = {
    "Strike": "The dockers of Brest went back to work on Monday after a strike of nine days.",
    "Fair": "A fair of old engravings drew some forty thousand visitors to the halls of Leeds.",
    "Frost": "Late frost took half of the plums in the orchards along the lower Danube this week.",
}


def write_rows(path: Path, *titles: str) -> None:
    path.write_text("title,text\n" + "".join(f"{title},{ROWS[title]}\n" for title in titles))


def stated_titles(store: RelationalStore) -> dict[str, str]:
    return {document.title: document.said.title for document in store.documents()}


def test_it_goes_with_the_article_when_rows_shift(folder: Path, store: Store) -> None:
    table = folder / "rows.csv"
    write_rows(table, "Strike", "Fair")
    sync(folder, store)
    store.correct([titled(store, "Strike").id], DOCKERS)
    strike, before = titled(store, DOCKERS.title), stated_titles(store)
    write_rows(table, "Frost", "Strike", "Fair")
    outcomes = [result.outcome for result in sync(folder, store).results]
    assert outcomes == ["updated", "updated", "added"]
    assert stated_titles(store) == before | {"Frost": "Frost"}
    write_rows(table, "Frost", "Fair")
    sync(folder, store)
    assert strike.id not in {document.id for document in store.documents()}
    assert [document for document in store.documents() if document.stated] == []


def test_files_that_exchange_names_keep_their_own(folder: Path, store: Store) -> None:
    sync(folder, store)
    fog, note = titled(store, "Fog"), titled(store, ID)
    store.correct([fog.id], Correction("Fog over Brest"))
    store.correct([note.id], DOCKERS)
    one, other = folder / "other.md", folder / "Strikes" / "note.md"
    texts = one.read_text(), other.read_text()
    other.write_text(texts[0])
    one.write_text(texts[1])
    sync(folder, store)
    assert stated_titles(store) == {"Fog over Brest": "Fog", DOCKERS.title: ID}
    assert store.document(fog.id).path == str(other)


def test_it_is_not_said_of_an_unrelated_text_in_the_same_file(
    folder: Path, store: RelationalStore
) -> None:
    sync(folder, store)
    store.correct([titled(store, ID).id], DOCKERS)
    (folder / "Strikes" / "note.md").write_text(f"---\ntitle: Frost\n---\n\n{ROWS['Frost']}\n")
    sync(folder, store)
    assert titled(store, "Frost").stated is None
    assert found(store, Filter()) == {"Fog", "Frost"}


def test_it_goes_along_in_an_archive(folder: Path, store: RelationalStore, tmp_path: Path) -> None:
    sync(folder, store)
    correction = replace(DOCKERS, add_tags=("strike",), remove_tags=("port",))
    (after,) = store.correct([titled(store, ID).id], correction)
    write_archive(store, tmp_path / "library.zip")
    with filled_store(tmp_path / "new") as new:
        assert read_archive(tmp_path / "library.zip", new, EMBEDDER)["added"] == 2
        assert new.document(after.id) == replace(after, path=None)
        assert read_archive(tmp_path / "library.zip", new, EMBEDDER)["unchanged"] == 2
        new.correct([after.id], Correction(), undo=True)
        assert read_archive(tmp_path / "library.zip", new, EMBEDDER)["updated"] == 1
        assert new.document(after.id) == replace(after, path=None)


def test_an_article_that_was_removed_comes_back_as_it_was(store: Store) -> None:
    store.replace_documents([entry_of(numbered(1))])
    (after,) = store.correct([numbered(1).id], replace(DOCKERS, add_tags=("strike",)))
    store.delete_documents([after.id])
    store.replace_documents([entry_of(after)])
    assert store.document(after.id) == after


def test_a_damaged_article_is_mended_with_its_correction(store: Store) -> None:
    made = numbered(1)
    store.replace_documents([entry_of(made)])
    (after,) = store.correct([made.id], DOCKERS)
    damage(store, made.id)
    assert store.replace_documents([entry_of(made)]) == ["updated"]
    assert store.document(made.id) == after


def test_a_folder_that_was_taken_away_stays_away_when_an_article_is_mended(
    folder: Path, store: RelationalStore
) -> None:
    sync(folder, store)
    note = titled(store, ID)
    (after,) = store.correct([note.id], replace(DOCKERS, remove_tags=("Strikes", "port")))
    damage(store, note.id)
    assert note.path is not None
    made = replace(entry_of(note).document, tags=("port", "Trade/Sea"))
    assert store.replace_documents([entry_of(made)]) == ["updated"]
    assert store.document(note.id) == after
    assert after.tags == ("Trade/Sea",)


def entry_of(document: Document) -> IndexedDocument:
    return index_document(document, EMBEDDER)


# -- tags ------------------------------------------------------------------------------------------


def test_articles_are_found_by_their_tags_and_folders(folder: Path, store: Store) -> None:
    (folder / "other.md").write_text(
        "---\ntitle: Fog\n---\n\nFog closed the #Port of #brest/roads. `#code` #12\n"
    )
    sync(folder, store)
    assert titled(store, ID).tags == ("port", "Strikes", "Trade/Sea")
    assert titled(store, "Fog").tags == ("brest/roads", "Port")
    for tags, expected in {
        ("PORT",): {ID, "Fog"},
        ("strikes",): {ID},
        ("trade",): {ID},
        ("trade/sea", "brest"): {ID, "Fog"},
        ("sea",): set(),
    }.items():
        chosen = Filter(tags=tags)
        assert found(store, chosen) == expected
        assert {d.title for d in store.documents() if chosen.admits(d)} == expected
    hits = store.search_lexical("brest", 5, Filter(tags=("strikes",)))
    assert {hit.chunk.document_id for hit in hits} == {titled(store, ID).id}
    fog = titled(store, "Fog").id
    store.correct([fog], Correction(add_tags=("#weather",), remove_tags=("port",)))
    assert found(store, Filter(tags=("port",))) == {ID}
    assert found(store, Filter(tags=("weather",))) == {"Fog"}
    assert store.tags() == {
        "brest": 1, "brest/roads": 1, "port": 1, "Strikes": 1, "trade": 1, "Trade/Sea": 1,
        "weather": 1,
    }  # fmt: skip
    sync(folder, store, look_again=True)
    assert found(store, Filter(tags=("weather",))) == {"Fog"}


def test_an_article_in_two_folders_has_both(folder: Path, store: Store) -> None:
    (folder / "Brest").mkdir()
    (folder / "Brest" / "copy.md").write_text(NOTE)
    sync(folder, store)
    assert titled(store, ID).tags == ("Brest", "port", "Strikes", "Trade/Sea")
    (folder / "Strikes" / "note.md").unlink()
    sync(folder, store)
    assert titled(store, ID).tags == ("Brest", "port", "Trade/Sea")


def test_a_folder_that_was_renamed_as_a_whole_keeps_what_lies_below(
    folder: Path, store: RelationalStore
) -> None:
    sync(folder, store)
    path = str(folder / "Strikes" / "note.md")
    store.move_files([(path, path.replace("vault", "papers"))])
    assert titled(store, ID).tags == ("port", "Strikes", "Trade/Sea")


def test_a_file_that_moves_into_a_folder_has_its_tag_at_once(
    folder: Path, store: RelationalStore, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    stray = (folder / "Strikes" / "note.md").rename(tmp_path / "elsewhere" / "note.md")
    sync(folder, store)
    readings = read_files([stray], ReadOptions())
    (added,) = store_readings(readings, parts_of(store, EMBEDDER))
    assert added.outcome == "added"
    assert titled(store, ID).tags == ("port", "Trade/Sea")
    stray.rename(folder / "Strikes" / "note.md")
    assert len(sync(folder, store).moved) == 1
    assert titled(store, ID).tags == ("port", "Strikes", "Trade/Sea")


def test_a_store_that_stays_open_finds_by_the_tags_of_now(
    folder: Path, store: RelationalStore
) -> None:
    (folder / "Brest").mkdir()
    (folder / "Brest" / "copy.md").write_text(NOTE)
    sync(folder, store)

    def hits(tag: str) -> int:
        return len(store.search_lexical("dockers", 5, Filter(tags=(tag,))))

    assert (hits("Brest"), hits("Strikes"), hits("Quay")) == (1, 1, 0)
    (folder / "Strikes").rename(folder / "Quay")
    sync(folder, store)
    assert (hits("Brest"), hits("Strikes"), hits("Quay")) == (1, 0, 1)
    (folder / "Brest" / "copy.md").unlink()
    sync(folder, store)
    assert (hits("Brest"), hits("Quay")) == (0, 1)
    (record,) = [each for path, each in store.files().items() if path.endswith("note.md")]
    store.replace_documents([], [FileRead(replace(record, folder="Docks"), None)])
    assert (hits("Docks"), hits("Quay")) == (1, 0)


# -- an older library ------------------------------------------------------------------------------


def test_a_library_of_the_second_format_gets_tags_and_corrections(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with filled_store(home) as store:
        store.replace_documents([entry(numbered(1), *EMBEDDER.embed(["a", "b"]))])
    with sqlite3.connect(home / "library.db") as connection:
        connection.executescript(
            "DROP TABLE corrections; DROP TABLE tags; DROP INDEX documents_by_day;"
            "DROP INDEX documents_by_source; DROP INDEX documents_by_name;"
            "CREATE INDEX documents_by_source ON documents (source_key, published);"
            "CREATE INDEX documents_by_day ON documents (published);"
            "ALTER TABLE documents DROP COLUMN listed; ALTER TABLE documents DROP COLUMN lines;"
            "ALTER TABLE documents DROP COLUMN tags; ALTER TABLE places DROP COLUMN tags;"
            "ALTER TABLE files DROP COLUMN folder; DROP TABLE waiting;"
            "ALTER TABLE removed_chunks DROP COLUMN had_vector; PRAGMA user_version = 2;"
        )
    connection.close()
    with filled_store(home) as store:
        named = Listing(search="report 1 bbc")
        assert list(store.list_documents(named).documents) == [numbered(1)]
        (after,) = store.correct([numbered(1).id], replace(DOCKERS, add_tags=("strike",)))
        assert list(store.documents(Filter(tags=("strike",)))) == [after]
        assert [check for check in store.health() if not check.ok] == []


# -- the assistant, receipts, and the command ------------------------------------------------------

LIMA = """---
title: Lima group
source: Scanner
---

Canada and a dozen Latin American governments urged Maduro not to be sworn in.
"""


def opened(chosen: Settings) -> Assistant:
    return Assistant(chosen, embedder=HashEmbedder(), reader=WordReader())


def test_receipts_of_before_and_after_a_correction_stand(tmp_path: Path) -> None:
    (tmp_path / "lima.md").write_text(LIMA)
    with opened(settings(tmp_path)) as assistant:
        assistant.add(tmp_path / "lima.md")
        before = make_receipt(assistant, assistant.ask(WHO_URGED))
        (id_,) = [document.id for document in assistant.store.documents()]
        with pytest.raises(TypeError, match="sequence"):  # Else each letter is a tag.
            assistant.edit(id_, add_tags="peru")
        for wrong in ("2019-01-11", datetime(2019, 1, 11, 9)):
            with pytest.raises(TypeError, match="published is a day"):
                assistant.edit(id_, published=wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="tuples"):
            Filter(tags="peru")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="days"):
            Filter(after="2019-01-04")  # type: ignore[arg-type]
        assistant.edit(id_, source="Herald", published=date(2019, 1, 4), add_tags=["peru"])
        answer = assistant.ask(WHO_URGED, filter=Filter(("Herald",), tags=("Peru",)))
        cited = answer.to_json()["citations"][0]["document"]
        assert (cited["source"], cited["published"], cited["tags"]) == (
            "Herald", "2019-01-04", ["peru"],
        )  # fmt: skip
        assert cited["corrected"] == {"source": "Scanner", "published": None, "tags": []}
        after = make_receipt(assistant, answer)
        found = verify_receipt(assistant, before)
        assert found.stands
        assert found.quotes[0].described == ("source", "published")
        assert verify_receipt(assistant, after).stands
        assistant.edit(id_, undo=True)
        assert verify_receipt(assistant, after, ask=False).stands
        (tmp_path / "lima.md").write_text(LIMA.replace("Scanner", "Flatbed"))
        assistant.add(tmp_path / "lima.md")
        assert not verify_receipt(assistant, before, ask=False).stands


def test_a_page_sees_what_is_corrected_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "lima.md").write_text(LIMA)
    chosen = settings(tmp_path)
    with opened(chosen) as assistant:
        assistant.add(tmp_path / "lima.md")
        shelf = Shelf(assistant)
        (row,) = shelf.view()["rows"]
        assert not shelf.outdated
        with filled_store(chosen.home) as other:
            other.correct([row["id"]], DOCKERS)
        assert shelf.outdated
        assert [row["title"] for row in shelf.view()["rows"]] == [DOCKERS.title]
        assert not shelf.outdated


def test_an_added_folder_gives_tags_and_a_file_by_itself_none(tmp_path: Path) -> None:
    deep = tmp_path / "papers" / "Peru" / "2019"
    deep.mkdir(parents=True)
    (deep / "lima.md").write_text(LIMA)
    with opened(settings(tmp_path)) as assistant:
        assistant.add(deep / "lima.md")
        (before,) = assistant.store.documents()
        assert before.tags == ()
        assistant.add(tmp_path / "papers")
        (after,) = assistant.store.documents(Filter(tags=("peru",)))
        assert (after.id, after.tags) == (before.id, ("Peru/2019",))
        assistant.add(deep / "lima.md")
        assert assistant.store.document(after.id) == after


@pytest.mark.usefixtures("home")
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lima.md").write_text(LIMA)
    chosen = settings(tmp_path)
    with opened(chosen) as assistant:
        assistant.add(tmp_path / "lima.md")
        (id_,) = [document.id for document in assistant.store.documents()]

    def run(*argv: str) -> int:
        return main(list(argv), lambda _: opened(chosen))

    argv = ("edit", id_[:8], "--source", "", "--date", "4 January 2019", "--tag", "peru")
    assert run(*argv) == 0
    assert capsys.readouterr().out == (
        "title:     Lima group\n"
        "source:    - (corrected; its file says: Scanner)\n"
        "published: 2019-01-04 (corrected; its file says: nothing)\n"
        "tags:      peru (corrected; its file says: nothing)\n"
        f"path:      {tmp_path / 'lima.md'}\nid:        {id_}\n"
    )
    assert run("list", "--tag", "Peru", "--quiet") == 0
    assert capsys.readouterr().out.endswith("Lima group  (corrected: source, published, tags)\n")
    for wrong, said in {
        ("edit",): "name the articles to correct",
        ("edit", id_): "say what to correct: --title",
        ("edit", id_, "--date", "soon"): "--date 'soon' is not a date",
        ("edit", id_, "--untag", "x"): 'has no tag "x": its tags are peru',
        ("edit", id_, "--tag", " # "): "is no tag",
        ("show", id_, "--tag", "x"): "--tag chooses among the articles",
    }.items():
        assert run(*wrong) == 2
        assert said in capsys.readouterr().err
    assert run("edit", id_, "--undo", "--json") == 0
    assert '"corrected": {}' in capsys.readouterr().out


@given(st.text(st.sampled_from("ab/ #[]\"',\n"), max_size=110))
def test_a_tag_is_its_own_name(text: str) -> None:
    assert tag_name(tag_name(text)) == tag_name(text)
    assert tag_name(tag_name(text * 3)) == tag_name(text * 3)


def test_a_tag_for_which_there_is_no_room_is_not_told_as_given(store: RelationalStore) -> None:
    made = replace(numbered(1), tags=tuple(f"tag {number:03}" for number in range(100)))
    store.replace_documents([entry_of(made)])
    with pytest.raises(QuestionError, match="more than 100 tags"):
        store.correct([made.id], Correction(add_tags=("zebra",)))
    swapped = Correction(add_tags=("zebra",), remove_tags=("tag 001",))
    assert "zebra" in store.correct([made.id], swapped)[0].tags
