"""`python -m shebaoka_sandbox.card`: a virtual card in the system's virtual reader, in a process of its own, until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from threading import Timer
from types import FrameType
from typing import Final, NoReturn

from shebaoka_sandbox.card import keeping, profile, slot
from shebaoka_sandbox.card.contact import Contact
from shebaoka_sandbox.card.keeping import Kept, NotAChip
from shebaoka_sandbox.card.profile import Profile, ProfileWrong
from shebaoka_sandbox.card.state import Chip

AGAIN_SECONDS: Final = 0.5
"""Longer than the reader looks the other way: a card that comes back sooner is not seen to have been gone."""
TAKEN_SECONDS: Final = 3.0
GENERATIONS: Final = (1, 2, 3)


class Remembered(Contact):
    """A card whose state is in a file before its reader hears the answer."""

    def __init__(self, chip: Chip, file: Path) -> None:
        super().__init__(chip)
        self._kept_in = Kept(file, chip)
        self._kept_in.keep()

    def answer(self, raw: bytes) -> bytes:
        """Answer, and remember."""
        told = super().answer(raw)
        self._kept_in.keep()
        return told


def main() -> None:
    """Run the command line."""
    given = _arguments().parse_args()
    try:
        card = _card(given)
    except ProfileWrong as wrong:
        _stop(f"档案 {given.profile} · profile: {wrong}")
    except NotAChip as wrong:
        _stop(f"状态文件 {given.state} 不是虚拟卡，请换一个文件或删除它 · the state file holds no virtual card, "
              f"name another one or remove it ({wrong})")  # fmt: skip
    except OSError as error:
        _stop(f"文件无法读写 · a file cannot be read or written: {error}")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        _lie_there(card, given.host, given.port)
    except OSError as error:
        # It does not answer what it cannot remember: a try that was heard and forgotten would be one for nothing.
        _stop(
            f"卡片状态无法写入 {given.state}，卡片已取出 · the card's state cannot be written, the card is out: {error}"
        )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("shebaoka card virtual", description=__doc__)
    parser.add_argument(
        "--generation", type=int, choices=GENERATIONS, help="第几代卡，缺省按档案，再缺省为 3 · generation"
    )
    parser.add_argument("--profile", type=Path, help="档案（JSON），见 docs/virtual-card.md · profile")
    parser.add_argument(
        "--state",
        type=Path,
        help="状态文件：卡片状态写入此文件，再次启动时接着用 · file that keeps the card's state",
    )
    parser.add_argument(
        "--host", default=slot.HOST, help="虚拟读卡器的地址 · where the virtual reader listens"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=slot.PORT,
        help="端口，第二个卡座为 35964 · port; 35964 is the second slot",
    )
    return parser


def _card(given: argparse.Namespace) -> Contact:
    if given.state and given.state.exists():
        return Remembered(keeping.from_file(given.state), given.state)
    told = profile.from_file(given.profile) if given.profile else Profile()
    if told.generation and given.generation and told.generation != given.generation:
        raise ProfileWrong(
            "generation", f"档案为 {told.generation}，命令为 {given.generation} · profile and command differ"
        )
    photo = (given.profile.parent / told.photo).read_bytes() if told.photo else b""
    chip = profile.card_of(told, given.generation or told.generation or GENERATIONS[-1], photo)
    return Remembered(chip, given.state) if given.state else Contact(chip)


def _lie_there(card: Contact, host: str, port: int) -> NoReturn:
    """Lie in the slot; put in again whenever the reader went and came back."""
    waiting = False
    while True:
        place = slot.Slot(card)
        try:
            place.connect(host, port)
        except OSError as error:
            if not waiting:
                _tell(f"{host}:{port} 没有虚拟读卡器（{error}），等待中。请启动 pcscd 并安装 vsmartcard-vpcd · no virtual reader listens there; "
                      f"waiting for it. Start pcscd with vsmartcard-vpcd installed", sys.stderr)  # fmt: skip
            waiting = True
        else:
            waiting = False
            _answer(place, card.chip, f"{host}:{port}")
        time.sleep(AGAIN_SECONDS)


def _answer(place: slot.Slot, chip: Chip, where: str) -> None:
    silent = Timer(TAKEN_SECONDS, _tell, (f"{where} 的读卡器没有理会：卡座里已有一张卡？· the reader there does not ask: does another card lie in this slot?",
                                          sys.stderr))  # fmt: skip
    silent.daemon = True

    def noticed() -> None:
        silent.cancel()
        _tell(f"第 {chip.version.generation} 代虚拟卡已插入 {where}，Ctrl-C 取出 · a virtual card of version {chip.version.number} lies in {where}; "
              f"Ctrl-C takes it out", sys.stdout)  # fmt: skip

    silent.start()
    try:
        place.answer_until_gone(noticed)
    finally:
        silent.cancel()
        place.pull()


def _tell(line: str, where: object) -> None:
    print(line, file=where, flush=True)  # type: ignore[call-overload]


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _stop(line: str) -> NoReturn:
    _tell(line, sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    main()
