"""The README and what it leads to: every command runs, and what is listed is what there is."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes import LIMA, FakeAssistant, answered
from rag.cli import main
from rag.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
USAGE, SERVING, JSON = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("usage", "serving", "json")
)
PROSE = "\n".join((README, USAGE, SERVING, JSON))
QUESTION = "Who urged Maduro not to be sworn in?"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PROSE, re.MULTILINE | re.DOTALL)


def console_commands() -> list[str]:
    lines = "".join(blocks("console")).splitlines()
    return [line[2:].partition(" #")[0].strip() for line in lines if line.startswith("$ ")]


def json_fields(value: Any, prefix: str = "") -> Iterator[str]:
    """Name the fields of the answer's JSON as the table does: `claims[].text`."""
    for name, field in value.items():
        if isinstance(field, list) and field and isinstance(field[0], dict):
            yield from (f"{prefix}{name}[].{inner}" for inner in json_fields(field[0]))
        else:
            yield prefix + name


def test_the_two_commands_come_first_and_are_what_ci_runs() -> None:
    setup, tests = (block.strip() for block in blocks("sh"))
    assert setup.endswith(f'pip install ".[models]" && ask "{QUESTION}"')
    assert tests == 'pip install ".[test]" && pytest'
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "first=$(block 1)" in ci
    assert "second=$(block 2)" in ci


@pytest.mark.parametrize("line", console_commands())
def test_every_command_runs(
    line: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the fake assistant; those about models and the doctor with what is installed."""
    home.mkdir()
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("Canada urged it.", encoding="utf-8")
    (tmp_path / "questions.csv").write_text("".join(blocks("csv")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path / "models"))
    said, _, command = line.rpartition(" | ")
    words = shlex.split(command)
    assert words.pop(0) == "ask"
    if said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(shlex.split(said)[1]))
    elif words == ["chat"]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    if words[0] in {"models", "doctor", "ui", "mcp", "reader"}:
        # What they find depends on the machine, or they run on; they have tests of their own.
        assert main([*words, "--help"]) == 0
        return
    if words[0] == "verify":
        asked = [QUESTION, "--receipt", words[1]]
        assert main(asked, FakeAssistant(answered(QUESTION)).open) == 0
    words = [LIMA.id[:8] if word == "3f2a91c0" else word for word in words]
    assert main(words, FakeAssistant(answered(QUESTION)).open) == 0


@pytest.mark.models
def test_the_first_command_ends_with_a_cited_answer(
    ask_process: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = ask_process(QUESTION, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "[1]" in done.stdout
    assert re.search(r"Canada|Lima Group|Latin American", done.stdout)
    assert "answering from the sample articles" in done.stderr


@pytest.mark.models
def test_models_and_doctor_find_the_default_models(
    ask_process: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    for command in ("models", "doctor"):
        done = ask_process(command, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_json_table_has_every_field_and_no_other() -> None:
    table = JSON.partition("## Other commands")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = [
        name.replace(".end", "citations[].end") if name == ".end" else name
        for cell in first_cells
        for name in re.findall(r"`([^`]+)`", cell)
    ]
    assert sorted(named) == sorted(json_fields(answered().to_json()))


def test_what_every_command_prints_as_json_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    commands = set(re.findall(r"^  ask (\w+)", capsys.readouterr().out, re.MULTILINE)) - {"ask"}
    table = JSON.partition("## Other commands")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `ask (\w+)", table, re.MULTILINE)) == {
        command
        for command in commands
        if main([command, "--help"]) == 0 and "--json" in capsys.readouterr().out
    }


def test_the_dependency_table_names_every_dependency() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = project.partition("dependencies = [")[2].partition("\n]")[0]
    table = README.partition("## Dependencies")[2]
    assert re.findall(r"^\| `([a-z0-9-]+)`", table, re.MULTILINE) == re.findall(
        r'^    "([a-z0-9-]+)', declared, re.MULTILINE
    )


def test_the_file_map_names_files_that_exist() -> None:
    table = README.partition("## How it works")[2].partition("## Dependencies")[0]
    names = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "command",
    ["ask", "add", "doctor", "eval", "import", "list", "mcp", "reader", "sync", "ui", "verify"],
)
def test_every_option_is_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    options = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    assert len(options) > 7
    assert sorted(option for option in options if f"`{option}" not in USAGE) == []


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_link_leads_somewhere(path: Path) -> None:
    def anchors(text: str) -> set[str]:
        headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
        return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        led = path.parent / name if name else path
        if "://" not in link:
            assert led.exists(), link
            assert not anchor or anchor in anchors(led.read_text(encoding="utf-8")), link


@pytest.mark.models
def test_every_python_block_runs(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BYLINE_HOME", str(home))
    (tmp_path / "articles").mkdir()
    shutil.copy(ROOT / "rag" / "samples" / "2019-01-04-lima-group.md", tmp_path / "articles")
    # The second speaks of the assistant of the first, while it is open.
    first, second = blocks("python")
    program = first + textwrap.indent(second, "    ")
    exec(compile(program, "README.md", "exec"), {})  # noqa: S102 - what a reader would run
    assert (tmp_path / "answer.json").exists()


def test_the_settings_that_the_readme_shows_can_be_made() -> None:
    (shown,) = re.findall(r"`Assistant\.open\(settings=(.*)\)`", README)
    made = eval(shown, {"replace": replace, "Settings": Settings})  # noqa: S307 - as above
    assert made.write == "always"
