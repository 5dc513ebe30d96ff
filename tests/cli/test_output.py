"""Whatever the terminal speaks and whenever somebody stops it: what a command says is said, and never as a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tests.chain.command_line import PROGRAM, environment

from shebaoka.__main__ import main


def in_encoding(home, encoding: str, *arguments: str) -> bytes:
    """Run a command at a terminal that speaks this encoding; give what it printed."""
    told = subprocess.run(
        [PROGRAM, *arguments],
        env=environment(home) | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_terminal_that_lacks_a_character_gets_the_others(home, encoding):
    asked = ("card", "standing", "--card-number", "1")
    said = in_encoding(home, encoding, *asked)
    text = said.decode(encoding)
    assert "No card has this number" in text
    assert ("查无此卡号" in text) == (encoding == "gbk")
    document = in_encoding(home, encoding, *asked, "--json")
    assert "查无此卡号" in json.loads(document.decode("utf-8"))["zh"], "a program reads JSON in UTF-8"


def test_stopped_while_it_starts_it_ends_quietly(monkeypatch):
    """Loading takes a second: whoever mistyped stops it just then."""

    class Interrupted(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "shebaoka.cli", Interrupted("shebaoka.cli"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130


def test_a_reader_that_leaves_is_no_accident(home):
    """`shebaoka … | head -1`."""
    ours, theirs = os.pipe()
    os.close(ours)
    told = subprocess.run(
        [PROGRAM, "jobs", "list"], env=environment(home), stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert told.stderr == b""


@pytest.mark.parametrize(
    "asked", [("jobs", "list"), ("card", "standing", "--card-number", "1", "--json"), ("--help",)]
)
def test_a_full_disk_behind_the_output_is_told_in_one_line(home, asked):
    """`shebaoka … > report.txt` where nothing more fits."""
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(
            [PROGRAM, *asked], env=environment(home), stdout=full, stderr=subprocess.PIPE, check=False
        )
    said = told.stderr.decode()
    assert told.returncode == 1
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "磁盘已满" in said
    assert "The disk is full" in said
