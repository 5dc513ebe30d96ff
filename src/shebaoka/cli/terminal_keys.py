"""How a terminal's commands come by reading keys: a file from the key officers, and for cards of the city that does not exist the published ones."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from shebaoka.chip.reading import Prove
from shebaoka.keys.demo import DEMO_CITY, demo_ring
from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.hierarchy import Ring
from shebaoka.keys.terminal_file import opened

KeysFile = Annotated[
    Path | None,
    typer.Option(
        "--keys",
        help="终端密钥文件，由 shebaoka card-keys export-terminal 写成 · the terminal's key file, as card-keys export-terminal writes it",
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="存放终端口令的文件，权限 600；缺省则询问 · file with the terminal's passphrase, mode 600; else it is asked for",
    ),
]
OTHERS = 0o077


def rings_of(keys: Path | None, passphrase_file: Path | None) -> list[Ring]:
    """Give the rings of a terminal's key file, those in force first; none without a file. Raises CardKeysClosed."""
    if keys is None:
        return []
    try:
        raw = keys.read_bytes()
        return opened(raw, _passphrase(passphrase_file))
    except OSError as error:
        raise CardKeysClosed(f"{error.filename}: {error.strerror}") from error


def proofs_of(rings: Sequence[Ring], city: str) -> list[Prove]:
    """Give how this terminal proves itself to a card of a city: the demo's keys for the city that does not exist, else its own."""
    return [demo_ring().prove] if city == DEMO_CITY else [ring.prove for ring in rings]


def _passphrase(file: Path | None) -> str:
    if file is None:
        if not sys.stdin.isatty():
            raise CardKeysClosed("--passphrase-file: 未给出终端口令 · there is no passphrase")
        text: str = typer.prompt("终端口令 · the terminal's passphrase", hide_input=True, err=True)
        return text
    if file.stat().st_mode & OTHERS:
        raise CardKeysClosed(f"{file}: 他人可读，请执行 · others can read it, run: chmod 600 {file}")
    return file.read_text("utf-8").rstrip("\n")
