"""`ask doctor` and `ask models`: what is checked, what is said of it, and the exit status."""

from __future__ import annotations

import json
import os
import re
from importlib.metadata import requires
from pathlib import Path

import pytest

from fakes import FakeAssistant, FakeStore
from index.errors import DamagedError
from index.store import Health
from rag.cli import main
from rag.cli.doctor import check_folder, check_packages
from rag.reader.weights import read_manifest
from rag.settings import Settings
from scripted import LIMA, MIGRATION, filled_store
from tiny_reader import write_tiny_reader

Captured = pytest.CaptureFixture[str]


class HealthyStore(FakeStore):
    """A store with one check that failed."""

    def health(self) -> list[Health]:
        return [Health("database", True, "ok"), Health("vectors", False, "lost", "run x")]


@pytest.fixture
def no_models(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Models that are certainly not there, so that no gigabyte is hashed."""
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("BYLINE_MODEL", str(tmp_path / "none.gguf"))
    monkeypatch.setenv("BYLINE_EMBEDDER", str(tmp_path / "none"))
    monkeypatch.setenv("BYLINE_READER", str(write_tiny_reader(tmp_path / "tiny")))
    return home


def test_every_dependency_is_checked(no_models: Path, capsys: Captured) -> None:
    # As it was installed, which a checkout may be ahead of.
    needed = [each for each in requires("byline") or () if "extra ==" not in each]
    main(["doctor", "--quiet", "--home", str(no_models)], FakeAssistant().open)
    (told,) = [line for line in capsys.readouterr().out.splitlines() if " packages: " in line]
    checked = [each.split()[0] for each in told.partition(": ")[2].split(", ")]
    assert checked == re.findall(r"^[a-z0-9-]+", "\n".join(needed), re.MULTILINE)
    assert {"faiss-cpu", "torch"} <= {*checked}


def test_a_missing_package_is_named_with_its_mend() -> None:
    checks = list(check_packages(["numpy>=1.26", "no-such-thing<3,>=2"]))
    assert checks == [
        Health("package no-such-thing", False, "not installed", "run: pip install no-such-thing")
    ]


def test_packages_that_are_there_are_one_line_and_extras_may_be_missing() -> None:
    (check,) = check_packages(["numpy", "rich>=14", 'no-such-thing>=2; extra == "mcp"'])
    assert check.ok
    assert re.fullmatch(r"numpy [\d.]+, rich [\d.]+", check.detail)


def test_a_folder_that_is_not_made_yet_is_fine(tmp_path: Path) -> None:
    checks = list(check_folder("library folder", tmp_path / "a" / "b"))
    assert [check.ok for check in checks] == [True, True]
    assert checks[0].detail.endswith("b (not made yet)")


def test_a_file_in_place_of_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (check,) = check_folder("library folder", tmp_path / "file")
    assert not check.ok


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert not next(check_folder("library folder", tmp_path)).ok


def test_doctor_fails_in_one_line_a_fault(no_models: Path, capsys: Captured) -> None:
    no_models.mkdir()
    assert main(["doctor"], FakeAssistant(store=HealthyStore([])).open) == 1
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert all(line.startswith(("ok   ", "FAIL ")) for line in lines)
    failed = sum(line.startswith("FAIL ") for line in lines)
    assert printed.err == (
        f"ask: {failed} of {len(lines)} checks failed; each says how to mend it\n"
    )
    assert "ok   library, database: ok" in lines
    assert "FAIL library, vectors: lost; run x" in lines
    assert any(line.endswith("; mend the model that failed above") for line in lines)
    assert any(line.startswith("FAIL language model: ") for line in lines)
    assert any(line.startswith("FAIL embedder: ") for line in lines)


def test_doctor_and_models_say_which_reader_is_in_use(
    no_models: Path, tmp_path: Path, capsys: Captured
) -> None:
    no_models.mkdir()
    digest = read_manifest(tmp_path / "tiny").sha256
    assert main(["doctor", "--quiet"], FakeAssistant().open) == 1
    assert (
        f"ok   reader: tiny, SHA-256 {digest}, CC0-1.0, from nothing, random numbers, "
        f"in {tmp_path / 'tiny'}"
    ) in capsys.readouterr().out.splitlines()
    assert main(["models"], FakeAssistant().open) == 1
    told = capsys.readouterr().out.partition("reader: tiny (ready)\n")[2].splitlines()
    for fact in ("at       " + str(tmp_path / "tiny"), f"sha256   {digest}", "licence  CC0-1.0"):
        assert f"  {fact}" in told
    assert {"  base     nothing", "  data     random numbers"} <= set(told)
    assert main(["models", "--json"], FakeAssistant().open) == 1
    reader = json.loads(capsys.readouterr().out)[2]
    assert (reader["role"], reader["sha256"], reader["base"]) == ("reader", digest, "nothing")


def test_a_damaged_reader_is_one_line(no_models: Path, tmp_path: Path, capsys: Captured) -> None:
    no_models.mkdir()
    weights = tmp_path / "tiny" / "tiny.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    assert main(["doctor", "--quiet"], FakeAssistant().open) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "reader: " in line] == [
        f"FAIL reader: {weights} is damaged (its SHA-256 is wrong); name another with --reader"
    ]


def test_doctor_survives_a_library_that_does_not_open(no_models: Path, capsys: Captured) -> None:
    no_models.mkdir()

    def refuse(_: Settings) -> FakeAssistant:
        raise DamagedError("the library is damaged; do this")

    assert main(["doctor", "--json"], refuse) == 1  # type: ignore[arg-type]
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    found = next(check for check in report["checks"] if check["name"] == "library")
    assert (found["ok"], found["detail"]) == (False, "the library is damaged; do this")


def repaired(home: Path, capsys: Captured, *options: str) -> dict[str, tuple[bool, str]]:
    """Run the doctor on a real library; return what it says of it."""
    assert main(["doctor", "--json", "--home", str(home), *options]) == 1  # The models are missing.
    checks = json.loads(capsys.readouterr().out)["checks"]
    return {
        check["name"].removeprefix("library, "): (check["ok"], check["mend"])
        for check in checks
        if check["name"].startswith("library, ")
    }


def test_repair_mends_what_is_derived(no_models: Path, capsys: Captured) -> None:
    with filled_store(no_models, LIMA, MIGRATION) as store:
        store.commit_index()
    well = repaired(no_models, capsys)
    assert all(ok for ok, _ in well.values())
    (index,) = no_models.glob("vectors-*.faiss")
    data = bytearray(index.read_bytes())
    data[len(data) // 2] ^= 1
    index.write_bytes(data)
    assert repaired(no_models, capsys)["vector index"] == (False, "ask doctor --repair")
    mended = repaired(no_models, capsys, "--repair")
    assert mended.pop("repair") == (True, "")
    assert mended == well
    assert repaired(no_models, capsys) == well


def test_repair_says_what_it_did(no_models: Path, capsys: Captured) -> None:
    filled_store(no_models, LIMA, MIGRATION).close()
    main(["doctor", "--repair"])
    said = capsys.readouterr().out.splitlines()
    assert "ok   library, repair: built the indexes anew from 2 passages" in said


def test_a_damaged_database_cannot_be_repaired(no_models: Path, capsys: Captured) -> None:
    filled_store(no_models, LIMA).close()
    (no_models / "library.db").write_bytes(b"nothing but noise" * 1000)
    assert main(["doctor", "--repair"]) == 1
    printed = capsys.readouterr()
    assert "FAIL library: " in printed.out
    assert printed.err.count("\n") == 1


def test_models_are_described_and_a_missing_one_ends_with_1(
    no_models: Path, capsys: Captured
) -> None:
    assert no_models
    assert main(["models", "--json"]) == 1
    printed = capsys.readouterr()
    roles = [model["role"] for model in json.loads(printed.out)]
    assert roles == ["embedder", "language model", "reader"]
    assert printed.err.count("\n") == 2


def test_models_names_what_else_can_be_used(
    no_models: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert no_models
    monkeypatch.setenv("BYLINE_EMBEDDER", str(no_models))
    assert main(["models", "--model", "http://localhost:8080/v1"]) == 1
    printed = capsys.readouterr().out
    assert "language model: http://localhost:8080/v1 (ready)" in printed
    assert "hf:owner/repo/file.gguf" in printed


def test_a_package_whose_modules_are_gone_is_named_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "halved-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: halved\nVersion: 1.0\n")
    files = ["halved/__init__.py", "halved/parts/deep.py", "../../bin/halved.py", "halved/x.txt"]
    (about / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    monkeypatch.syspath_prepend(tmp_path)
    mend = "run: pip install --force-reinstall --no-deps halved"
    lost = Health("package halved", False, "has lost halved/__init__.py", mend)
    assert list(check_packages(["halved"])) == [lost]
    (tmp_path / "halved").mkdir()
    (tmp_path / "halved" / "__init__.py").touch()
    assert list(check_packages(["halved"])) == [Health("packages", True, "halved 1.0")]
