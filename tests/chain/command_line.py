"""The command line as an operator has it: a process of its own, settings in the environment, a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

PROGRAM = str(Path(sys.executable).with_name("shebaoka"))
PATIENCE_SECONDS = 900


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self.out + self.err
        answer: dict[str, Any] = json.loads(lines[0])
        return answer

    def did(self) -> dict[str, Any]:
        """The answer of a command that did what it was asked for, with `--json`."""
        assert self.code == 0, self.out + self.err
        return self.document

    def refused(self, slug: str) -> dict[str, Any]:
        """The problem of a command that was refused, told as a refusal must be: to a program and to a person."""
        assert self.code == 1, self.out + self.err
        problem: dict[str, Any] = self.document["problem"]
        assert problem["type"] == f"/problems/{slug}", problem
        assert bilingual(self.err), self.err
        assert problem["title"] in self.err
        assert "办法" in self.err, "a person is told what to do"
        assert "Traceback" not in self.err
        return problem


def bilingual(text: str) -> bool:
    """Whether a text speaks Chinese and English."""
    return any("一" <= letter <= "鿿" for letter in text) and any(word.isascii() for word in text.split())


def environment(data_dir: Path | str, **settings: str) -> dict[str, str]:
    """Settings for a command; whatever the tests' own process was given stays out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHEBAOKA_")}
    given = {f"SHEBAOKA_{name.upper()}": value for name, value in settings.items()}
    # Wide enough that help is never cut.
    return kept | {"SHEBAOKA_DATA_DIR": str(data_dir), "COLUMNS": "200", "NO_COLOR": "1"} | given


def begin(data_dir: Path | str, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start a command."""
    return subprocess.Popen(
        [PROGRAM, *arguments], env=environment(data_dir, **settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Ran:
    """Wait for a command."""
    try:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    return Ran(process.returncode, out, err)


def shebaoka(data_dir: Path | str, *arguments: str, **settings: str) -> Ran:
    """Run a command to its end."""
    return ended(begin(data_dir, *arguments, **settings))


def here(data_dir: Path | str, *arguments: str, typed: Sequence[str] = (), **settings: str) -> Ran:
    """Run a command in this process: the same program without the second that its start takes. `typed`: what is answered, line by line."""
    from shebaoka.cli import app  # noqa: PLC0415 - only who runs commands here loads them all

    given = environment(data_dir, **settings)
    absent = dict.fromkeys(name for name in os.environ if name not in given)
    told = CliRunner().invoke(app, arguments, env=given | absent, input="".join(f"{one}\n" for one in typed))
    if told.exception and not isinstance(told.exception, SystemExit):
        raise told.exception
    # What was typed is shown again by the runner, before the answer.
    return Ran(
        told.exit_code, told.stdout.splitlines()[-1] if typed and told.stdout else told.stdout, told.stderr
    )


def at_once(commands: Sequence[subprocess.Popen[str]]) -> list[Ran]:
    """Wait for commands that were started together."""
    return [ended(process) for process in commands]


@contextmanager
def open_folder() -> Iterator[Path]:
    """A data folder that the database's own account can walk to; pytest's folders are closed to others."""
    with tempfile.TemporaryDirectory(prefix="shebaoka-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def key_file(folder: Path, key: bytes) -> str:
    """A master key as an operator lays it down."""
    path = folder / "keys" / "master.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(key.hex() + "\n")
    path.chmod(0o600)
    return str(path)
