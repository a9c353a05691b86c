"""The command line: what is printed where, and the exit status, of every command."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fakes import LIMA, QUOTE_END, FakeAssistant, answered, refused
from index.errors import DamagedError, LibraryError, QuestionError
from index.types import Filter
from rag.assistant import Assistant
from rag.cli import main
from rag.settings import Settings
from rag.types import Answer

pytestmark = pytest.mark.usefixtures("home")
Captured = pytest.CaptureFixture[str]
COMMANDS = (
    "ask add sync list show edit remove export import verify eval "
    "chat ui mcp reader stop models doctor"
).split()
Process = Callable[..., "subprocess.CompletedProcess[str]"]


# -- a question ------------------------------------------------------------------------------------


def test_an_answer_is_printed_with_its_citations(capsys: Captured) -> None:
    assert main(["Who urged Maduro?"], FakeAssistant().open) == 0
    printed = capsys.readouterr()
    assert printed.out == (
        "Canada and a dozen Latin American governments urged it. [1]\n"
        "\n"
        "[1] Lima Group urges Maduro to stand down, BBC, 4 January 2019\n"
        "    “Canada and a dozen Latin American governments urged Maduro not to be sworn in.”\n"
        "    https://news.example/lima\n"
    )
    assert printed.err == ""


@pytest.mark.parametrize(
    ("word", "meant"), [("lst", "list"), ("dcotor", "doctor"), ("adds", "add")]
)
def test_a_command_with_a_letter_wrong_is_no_question(
    word: str, meant: str, capsys: Captured
) -> None:
    assert main([word], FakeAssistant().open) == 2
    assert f"run `ask {meant}`" in capsys.readouterr().err
    assert main(["--", word], FakeAssistant().open) == 0
    assert main(["whales"], FakeAssistant().open) == 0


def test_a_refusal_looks_different_and_says_what_to_do(capsys: Captured) -> None:
    assert main(["population of Peru?"], FakeAssistant(refused()).open) == 3
    printed = capsys.readouterr()
    assert printed.out == (
        "The articles do not say.\n"
        "\n"
        "Nearest passages (they do not answer the question):\n"
        "- Peru, Herald, undated\n"
        "    “Peru has mountains.”\n"
        "    /news/peru.txt\n"
    )
    assert printed.err == "ask: not in the articles; use other words or `ask add` more\n"


def test_a_refusal_because_of_the_filters_says_so(capsys: Captured) -> None:
    result = refused(reason="nothing matches the filters")
    assert main(["population?", "--source", "bbc"], FakeAssistant(result).open) == 3
    assert "--source" in capsys.readouterr().err


@pytest.mark.parametrize(("typed", "named"), [("Herold", "Herald"), ("X", "BBC, Herald")])
@pytest.mark.parametrize("words", [["population?"], ["list"]])
def test_a_source_of_no_article_is_answered_with_those_there_are(
    words: list[str], typed: str, named: str, capsys: Captured
) -> None:
    result = refused(reason="nothing matches the filters")
    main([*words, "--source", typed], FakeAssistant(result).open)
    said = f"ask: no article is of the source '{typed}'; there are: {named}\n"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("result", "status"), [(answered(), 0), (refused(), 3)])
def test_json_is_the_whole_answer_and_nothing_else(result, status, capsys: Captured) -> None:
    assert main(["who?", "--json"], FakeAssistant(result).open) == status
    assert json.loads(capsys.readouterr().out) == result.to_json()


def test_a_draft_of_the_model_is_never_printed(capsys: Captured) -> None:
    main(["who?"], FakeAssistant().open)
    printed = capsys.readouterr()
    assert "DRAFT" not in printed.out + printed.err


@pytest.mark.parametrize(
    "argv",
    [
        ["Who urged Maduro?"],
        ["Who", "urged", "Maduro?"],
        ["ask", "Who urged Maduro?"],
        ["--", "Who", "urged", "Maduro?"],
        ["Who", "--quiet", "urged", "--home", "x", "Maduro?"],
        ["--source=BBC", "Who urged", "Maduro?"],
        ["Who\x1b[2J\x00 urged\n\u202e Maduro?\udc80"],
    ],
)
def test_the_question_is_the_words_wherever_the_options_stand(argv: list[str]) -> None:
    assistant = FakeAssistant()
    assert main(argv, assistant.open) == 0
    assert assistant.asked[0][0] == "Who urged Maduro?"


@pytest.mark.parametrize("argv", [["--", "list"], ["ask", "list"], ["--quiet", "--", "list"]])
def test_a_word_that_is_a_command_can_be_asked(argv: list[str]) -> None:
    assistant = FakeAssistant()
    assert main(argv, assistant.open) == 0
    assert assistant.asked[0][0] == "list"


def test_a_dash_reads_the_question_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = FakeAssistant()
    monkeypatch.setattr(sys, "stdin", io.StringIO("Who urged\nMaduro?\n"))
    assert main(["-"], assistant.open) == 0
    assert assistant.asked[0][0] == "Who urged Maduro?"


@pytest.mark.parametrize("question", ["", "  \n", "\x1b[0m\x00", "?!…"])
def test_an_empty_question_is_bad_usage(question: str, capsys: Captured) -> None:
    assert main([question], FakeAssistant().open) == 2
    assert "empty" in capsys.readouterr().err


def test_a_question_may_have_2000_characters_and_no_more(capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["x" * 2000], assistant.open) == 0
    assert main(["x" * 2001], assistant.open) == 2
    assert len(assistant.asked) == 1
    assert "2,000" in capsys.readouterr().err


# -- files beside the answer -----------------------------------------------------------------------


@pytest.mark.parametrize(("result", "status"), [(answered(), 0), (refused(), 3)])
def test_the_answer_is_also_written_to_a_file(
    result: Answer, status: int, tmp_path: Path, capsys: Captured
) -> None:
    argv = ["who?", "--to", str(tmp_path / "a.html"), "--receipt", str(tmp_path / "r.json")]
    assert main(argv, FakeAssistant(result).open) == status
    printed = capsys.readouterr()
    assert result.text in printed.out
    assert f"ask: the answer is in {tmp_path / 'a.html'}\n" in printed.err
    assert f"ask: the receipt is {tmp_path / 'r.json'}\n" in printed.err
    assert result.text in (tmp_path / "a.html").read_text(encoding="utf-8")
    receipt = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert receipt["answer"] == result.to_json()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "a.html",
        "r.json",
    ]


def test_the_receipt_says_how_it_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    argv = [
        "who?",
        "--strict",
        "--write",
        "--any-date",
        "--source",
        "BBC",
        "--before",
        "2019-02-01",
    ]
    assistant = FakeAssistant()
    assert main([*argv, "--receipt", str(file), "--quiet"], assistant.open) == 0
    settings = json.loads(file.read_text(encoding="utf-8"))["settings"]
    (today,) = assistant.days
    assert settings == {
        "refusal": "strict",
        "passages": 12,
        "filter": {
            "sources": ["BBC"],
            "after": None,
            "before": "2019-02-01",
            "undated": False,
            "tags": [],
            "authors": [],
        },
        "read_dates": False,
        "today": str(today),
        "kind": "fact",
        "write": "always",
    }


@pytest.mark.parametrize("option", ["--to", "--receipt"])
def test_an_empty_name_is_no_file_and_nothing_is_asked(option: str, capsys: Captured) -> None:
    """As of a variable of a shell that is not set: else what was asked for would not be kept."""
    assert main(["who?", option, ""], FakeAssistant().open) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "a path is empty" in printed.err


@pytest.mark.parametrize("option", ["--to", "--receipt"])
def test_a_file_that_is_there_is_never_written_over(
    option: str, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "notes.md"
    file.write_text("mine")
    assistant = FakeAssistant()
    assert main(["who?", option, str(file)], assistant.open) == 2
    line = f"ask: {file} exists already; choose another name, or delete it first\n"
    assert capsys.readouterr().err == line
    assert (file.read_text(), assistant.asked) == ("mine", [])


@pytest.mark.parametrize("option", ["--to", "--receipt"])
def test_a_folder_that_is_not_there_is_bad_usage(
    option: str, tmp_path: Path, capsys: Captured
) -> None:
    assistant = FakeAssistant()
    assert main(["who?", option, str(tmp_path / "none" / "a.md")], assistant.open) == 2
    assert "cannot be written; name a file in a folder that can" in capsys.readouterr().err
    assert assistant.asked == []


def test_both_files_may_not_be_one(tmp_path: Path, capsys: Captured) -> None:
    file = str(tmp_path / "a.md")
    assert main(["who?", "--to", file, "--receipt", file], FakeAssistant().open) == 2
    assert f"{file} exists already" in capsys.readouterr().err


def test_another_ending_names_those_that_are_known(tmp_path: Path, capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["who?", "--to", str(tmp_path / "a.pdf")], assistant.open) == 2
    assert capsys.readouterr().err == (
        "ask: a.pdf says no form that is known; let it end in .md, .html, or .docx\n"
    )
    assert assistant.asked == []


# -- options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("before_the_question", [True, False])
def test_options_reach_the_assistant(before_the_question: bool, tmp_path: Path) -> None:
    options = [
        *("--home", str(tmp_path / "other"), "--source", "BBC", "--source", "AP"),
        *("--after", "4 January 2019", "--before", "2019-01-31"),
        *("--model", "m.gguf", "--embedder", "e", "--download"),
        *("--reader", "folder"),
    ]
    assistant = FakeAssistant()
    argv = [*options, "who?"] if before_the_question else ["who?", *options]
    assert main(argv, assistant.open) == 0
    assert assistant.asked[0][1] == Filter(("BBC", "AP"), date(2019, 1, 4), date(2019, 1, 31))
    assert assistant.settings is not None
    assert assistant.settings.home == tmp_path / "other"
    assert assistant.settings.language_model == "m.gguf"
    assert assistant.settings.embedder == "e"
    assert assistant.settings.reader == "folder"
    assert assistant.settings.download is True


def test_what_is_to_be_made_can_be_said(capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["Brexit", "--as", "timeline"], assistant.open) == 0
    assert main(["Brexit"], assistant.open) == 0
    assert assistant.kinds == ["timeline", None]
    assert main(["Brexit", "--as", "poem"], assistant.open) == 2
    assert "fact, summary, timeline" in capsys.readouterr().err


def test_a_question_can_be_read_as_of_another_day(capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["What happened last week?", "--as-of", "4 January 2019"], assistant.open) == 0
    assert assistant.days == [date(2019, 1, 4)]
    assert main(["What happened last week?", "--as-of", "soon"], assistant.open) == 2
    assert "--as-of 'soon' is not a date" in capsys.readouterr().err


def test_the_environment_is_read_where_no_option_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("BYLINE_MODEL", "from-environment.gguf")
    monkeypatch.setenv("BYLINE_READER", "from-environment")
    assistant = FakeAssistant()
    main(["who?"], assistant.open)
    assert assistant.settings is not None
    assert assistant.settings.home == home
    assert assistant.settings.language_model == "from-environment.gguf"
    assert assistant.settings.reader == "from-environment"
    assert assistant.settings.download is False


@pytest.mark.parametrize(
    "text", ["2019-01-04", "4 January 2019", "4 Jan 2019", "January 4, 2019", " 4  january 2019 "]
)
def test_a_date_can_be_typed_in_words(text: str) -> None:
    assistant = FakeAssistant()
    assert main(["who?", "--after", text], assistant.open) == 0
    assert assistant.asked[0][1].after == date(2019, 1, 4)


@pytest.mark.parametrize(
    "options",
    [
        ["--after", "04/01/2019"],
        ["--after", "31 February 2019"],
        ["--before", "yesterday"],
        ["--after", "2019-02-01", "--before", "2019-01-01"],
        ["--after"],
        ["--no-such-option"],
        ["--sou", "BBC"],
    ],
)
def test_a_bad_option_is_one_line_and_status_2(options: list[str], capsys: Captured) -> None:
    assistant = FakeAssistant()
    assert main(["who?", *options], assistant.open) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("ask: ")
    assert printed.err.count("\n") == 1
    assert assistant.settings is None


@pytest.mark.parametrize("command", ["add", "show", "remove", "models", "doctor"])
def test_a_filter_where_nothing_is_chosen_is_refused(command: str, capsys: Captured) -> None:
    assert main([command, "x", "--source", "BBC"], FakeAssistant().open) == 2
    assert "--source" in capsys.readouterr().err


def test_alone_it_prints_short_help_and_ends_with_2(capsys: Captured) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: ask")


def test_help_names_every_command_that_exists_and_no_other(capsys: Captured) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    commands = [line.split()[1] for line in lines if line.startswith("  ask ")]
    assert commands == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: Captured) -> None:
    assert main([command, "--help"]) == 0
    usage = capsys.readouterr().out.splitlines()[0]
    assert usage.startswith("usage: ask")
    assert "  " not in usage


# -- remarks ---------------------------------------------------------------------------------------


def test_it_says_when_the_samples_answer(capsys: Captured) -> None:
    assert main(["who?"], FakeAssistant(using_samples=True).open) == 0
    err = capsys.readouterr().err
    assert err.startswith("ask: answering from the sample articles; add your own with `ask add")
    assert "--samples" in err
    assert err.count("\n") == 1


def test_it_says_how_many_undated_articles_a_date_filter_leaves_out(capsys: Captured) -> None:
    assert main(["who?", "--after", "2019-01-01"], FakeAssistant().open) == 0
    assert capsys.readouterr().err == (
        "ask: 1 undated article left out, because of the date filter\n"
    )
    argv = ["who?", "--after", "2019-01-01", "--source", "BBC"]
    assert main(argv, FakeAssistant().open) == 0
    assert capsys.readouterr().err == ""


def test_quiet_leaves_the_remarks_out(capsys: Captured) -> None:
    main(["who?", "--after", "2019-01-01", "--quiet"], FakeAssistant(using_samples=True).open)
    assert capsys.readouterr().err == ""


# -- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (DamagedError("the library is damaged; run x"), 1, "ask: the library is damaged; run x\n"),
        (QuestionError("no"), 2, "ask: no\n"),
        (KeyboardInterrupt(), 130, "ask: stopped\n"),
        (
            OSError(28, "No space left on device", "/x/y"),
            1,
            "ask: No space left on device: /x/y; free some space\n",
        ),
        (
            ZeroDivisionError("division\nby \x1b[31mzero"),
            1,
            (
                "ask: unexpected ZeroDivisionError: division by zero; "
                "run with BYLINE_DEBUG=1 for the traceback\n"
            ),
        ),
    ],
)
def test_a_fault_is_one_line(
    error: BaseException, status: int, line: str, capsys: Captured
) -> None:
    assert main(["who?"], FakeAssistant(error).open) == status
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", line)


def test_byline_debug_lets_the_traceback_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["who?"], FakeAssistant(ZeroDivisionError()).open)


def test_a_closed_pipe_is_silent() -> None:
    many = (
        "import sys; from fakes import *; from rag.cli import main; "
        "sys.exit(main(['list'], FakeAssistant(store=FakeStore([LIMA] * 20000)).open))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", many],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(30) == 0
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_one_line(ask_process: Process) -> None:
    with Path("/dev/full").open("w") as full:
        done = ask_process("--help", stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr == "ask: No space left on device; free some space\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--host", "192.0.2.1"], 2, "--auth USER"),
        (["--processes", "0"], 2, "take 1 to 64"),
        (["--auth", "me:too"], 2, "without a colon"),
        (["--auth", "me"], 2, "set BYLINE_PASSWORD"),
        (["--port", "99999"], 2, "not a port"),
        (["--host", "no.such.host.invalid"], 2, "--auth USER"),
    ],
)
def test_ui_says_why_it_does_not_start(
    arguments: list[str],
    status: int,
    said: str,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BYLINE_PASSWORD", raising=False)
    assert main(["ui", *arguments]) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("command", ["chat", "ui", "mcp"])
def test_how_sure_an_answer_must_be_is_said_to_whatever_answers(
    command: str, capsys: Captured
) -> None:
    asked: list[str] = []

    def never(settings: Settings) -> Assistant:
        asked.append(settings.refusal)
        raise LibraryError("there is no library")

    assert main([command, "--strict"], never) == 1
    assert main([command, "--lenient"], never) == 1
    assert asked == ["strict", "lenient"]
    assert capsys.readouterr().err == "ask: there is no library\n" * 2


def test_ui_says_that_its_port_is_taken(capsys: Captured) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["ui", "--port", str(port)]) == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err


# -- as a process ----------------------------------------------------------------------------------


def test_the_process_ends_with_the_status(ask_process: Process) -> None:
    assert ask_process().returncode == 2
    assert ask_process("--help").returncode == 0
    done = ask_process("-", input="")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_quote_printed_is_the_article_to_the_letter() -> None:
    citation = answered().citations[0]
    assert citation.quote == LIMA.text[0:QUOTE_END]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_standard_stream_that_is_closed_is_no_fault(closed: tuple[int, ...]) -> None:
    code = "import sys; from rag.cli import main; sys.exit(main())"
    for argv, status in ([], 2), (["--help"], 0), (["list"], 0), (["chat"], 0):
        done = subprocess.run(
            [sys.executable, "-c", code, *argv],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            preexec_fn=lambda: [os.close(number) for number in closed],
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        assert done.returncode == status, done.stderr
    # Nor for what it starts, as the processes of `ask ui --processes`.
    child = "import sys; print(None in (sys.stdin, sys.stdout, sys.stderr), file=open('{}', 'w'))"
    told = Path(os.environ["BYLINE_HOME"]).with_name("told.txt")
    code = (
        "import subprocess, sys; from rag.cli.main import _open_closed_streams as begin; begin();"
        f"subprocess.run([sys.executable, '-c', {child.format(told)!r}])"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        preexec_fn=lambda: [os.close(number) for number in closed],
    )
    assert told.read_text() == "False\n"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["list", "--home", "~nobody here/lib"], "0 articles"),
        (["models", "--model", "~nobody here/a.gguf"], "cannot read the model ~nobody here/a.gguf"),
        (["models", "--embedder", "~nobody here"], "there is no folder ~nobody here"),
        (["models", "--reader", "~nobody here"], "~nobody here holds no reader"),
    ],
)
def test_the_home_of_nobody_is_a_folder_of_that_name(
    argv: list[str], said: str, capsys: Captured
) -> None:
    main(argv)
    assert said in capsys.readouterr().err
