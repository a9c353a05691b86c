"""Nothing leaves the machine: with every socket blocked, add and ask work end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"

GUARD = """
import os, sys

def refuse(event, arguments):
    # CPython raises these events in C, before the call itself (PEP 578); no library
    # gets past them, and one that swallows the error is found out by the file.
    if event in BLOCKED and not to_child(event, arguments):
        with open(os.environ["ATTEMPTS"], "a") as file:
            print(event, arguments, file=file)
        raise OSError(f"blocked by the test: {event} {arguments}")

def to_child(event, arguments):
    # The two ends of a pair have no address: nobody but the reader of files is at the other.
    import socket
    pair = arguments[0].family == socket.AF_UNIX if event == "socket.sendmsg" else False
    return pair and arguments[1] is None

BLOCKED = {"socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyaddr",
           "socket.gethostbyname", "socket.getnameinfo", "socket.sendmsg", "socket.sendto"}
sys.addaudithook(refuse)
"""
ASK = GUARD + "from rag.cli import main; sys.exit(main(sys.argv[1:]))"
TRY = (
    GUARD
    + """
import socket
tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
here = ("127.0.0.1", 9)
for call in (
    lambda: tcp.connect(here), lambda: tcp.connect_ex(here), lambda: udp.sendto(b"x", here),
    lambda: socket.create_connection(here), lambda: socket.getaddrinfo("localhost", 80),
    lambda: socket.gethostbyname("localhost"), lambda: udp.sendmsg([b"x"], [], 0, here),
):
    try:
        call()
    except OSError as error:
        print("blocked by the test" in str(error))
"""
)


def run(code: str, attempts: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process without a network: no socket may be used, and there is none."""
    command = [sys.executable, "-c", code, *arguments]
    apart = ["unshare", "--map-root-user", "--net"]  # Blocks what is written in C as well.
    try:
        allowed = subprocess.run([*apart, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    path = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
    return subprocess.run(
        [*apart, *command] if allowed else command,
        env={**os.environ, "PYTHONPATH": path, "ATTEMPTS": str(attempts)},
        cwd=DATA,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_the_guard_blocks_and_notes_every_way_out(tmp_path: Path) -> None:
    done = run(TRY, tmp_path / "attempts")
    assert done.stdout == "True\n" * 7, done.stderr
    assert len((tmp_path / "attempts").read_text().splitlines()) == 7


@pytest.mark.models
@pytest.mark.usefixtures("home")
def test_articles_are_added_and_a_question_answered_without_a_network(tmp_path: Path) -> None:
    attempts = tmp_path / "attempts"
    added = run(ASK, attempts, "add", "black-hole.md", "notre-dame.txt")
    assert (added.stdout, added.returncode) == (
        "2 added, 0 updated, 0 unchanged, 0 failed\n",
        0,
    ), added.stderr
    asked = run(ASK, attempts, "How many firefighters fought the fire of Notre-Dame?", "--json")
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert "400" in answer["text"]
    (citation,) = answer["citations"]
    assert citation["quote"].startswith("Some 400 firefighters fought the flames")
    assert citation["document"]["path"] == str(DATA / "notre-dame.txt")
    refused = run(ASK, attempts, "Which team won the football World Cup in 2018?")
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert not attempts.exists()
