"""The status list that a terminal has at hand: files as `shebaoka status-list save` writes them, verified before anything is believed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from shebaoka.chip.reading import CardRead
from shebaoka.kit.clock import SystemClock
from shebaoka.kit.problems import Problem
from shebaoka.kit.settings import Settings
from shebaoka.kit.sm2 import PublicKey, SmTwoKeyRefused
from shebaoka.kit.sm2_files import read_secret
from shebaoka.records.status_list import Answer, Presented, StatusList, StatusListUnreadable, Version

SUFFIX: Final = ".sbklist"
ListFolder = Annotated[
    Path | None,
    typer.Option(
        "--status-list",
        help="存放状态名单的目录（shebaoka status-list save 所写）：读卡时一并说明名单怎么说 · folder with the status list, as status-list save writes it: what it says of the card is told with it",
        file_okay=False,
    ),
]
ListKey = Annotated[
    str | None,
    typer.Option(
        "--list-key",
        help="名单的签名公钥，130 位十六进制；缺省用本机签名密钥的 · the list's public key, 130 hex digits; default: of this machine's key",
    ),
]


def loaded(
    settings: Settings,
    files: Sequence[Path],
    public_key: str | None,
    city: str | None,
    held: Version | None = None,
) -> tuple[StatusList, datetime]:
    """Verify a base and its deltas as a terminal does, and give the list and what time it is. Raises what they are refused with."""
    now = SystemClock().now()
    base, *deltas = [_content(path) for path in files]
    trusted = public_of(settings, public_key)
    return StatusList.load(base, deltas, trusted, now, city=city or settings.city_digits, held=held), now


@dataclass
class HeldList:
    """The newest list of a folder, looked for again with every card. What is refused later is told, and the list at hand stays."""

    settings: Settings
    folder: Path
    public_key: str | None
    _held: StatusList | None = field(default=None, init=False)
    _seen: tuple[object, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Load it; refused, there is none to go by."""
        self._take()

    def says(self, card: CardRead) -> Answer:
        """Give what the list says of a card, and whether it is too old to go by."""
        try:
            self._take()
        except Problem as refused:
            print(refused.sentence(), file=sys.stderr, flush=True)  # noqa: T201 - a command's own word
        presented = Presented(card.card_number, card.version, card.reset.city)
        assert self._held
        return self._held.standing(presented, SystemClock().now())

    def _take(self) -> None:
        files = _newest(self.folder)
        seen = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
        if seen != self._seen:
            self._seen = seen
            had = self._held.version if self._held else None
            self._held, _ = loaded(self.settings, files, self.public_key, None, had)


def _newest(folder: Path) -> list[Path]:
    """Give the files of the newest base, which their names begin with."""
    files = sorted(folder.glob(f"*{SUFFIX}"))
    if not files:
        raise StatusListUnreadable(f"{folder}: 没有 {SUFFIX} 文件 · no such files")
    epoch = files[-1].name.partition("-")[0]
    return [path for path in files if path.name.partition("-")[0] == epoch]


def public_of(settings: Settings, text: str | None) -> PublicKey:
    """Give the signer's key that was named, or this machine's own. Raises SmTwoKeyRefused and SmTwoFileUnusable."""
    if text is None:
        return read_secret(settings.status_list_key_path).public
    try:
        return PublicKey.from_bytes(bytes.fromhex(text))
    except ValueError as error:
        raise SmTwoKeyRefused("公钥不是十六进制 · a public key that is no hex digits") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StatusListUnreadable(f"{path}: {error.strerror}") from error
