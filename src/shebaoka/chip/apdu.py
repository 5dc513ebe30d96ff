"""Commands to a card and its answers (ISO/IEC 7816-4, short form). Pure: whatever carries them is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from shebaoka.chip.errors import ChipRefused, ChipUnreadable, ChipValueRefused

HEADER_BYTES: Final = 4
DATA_BYTES_MAX: Final = 0xFF
LE_MAX: Final = 0x100
OK: Final = 0x9000
MORE, WRONG_LE = 0x61, 0x6C
GET_RESPONSE: Final = 0xC0
ANSWERS_MAX: Final = 32
"""How often a card may say that there is more before it is not one that answers."""

Transmit: TypeAlias = Callable[[bytes], bytes]
"""Sends one command's bytes and gives the answer's: a PC/SC reader's, a socket's, a test's."""


class Command(NamedTuple):
    """One command; `le` None asks for no data, else for up to `le` bytes (256 is written 00)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None

    def encoded(self) -> bytes:
        """Give the bytes; ChipValueRefused for more data than one command carries."""
        if len(self.data) > DATA_BYTES_MAX:
            raise ChipValueRefused(
                f"一条命令最多 255 字节数据 · at most 255 bytes of data, {len(self.data)} given"
            )
        cla, ins, p1, p2, data, le = self
        head = bytes((cla, ins, p1, p2, len(data))) + data if data else bytes((cla, ins, p1, p2))
        return head if le is None else head + bytes((le & 0xFF,))


def parsed(raw: bytes) -> Command:
    """Read a command's bytes, as a card does; ChipUnreadable where its lengths do not add up."""
    if len(raw) < HEADER_BYTES:
        raise ChipUnreadable("命令不足 4 字节 · a command of less than four bytes")
    cla, ins, p1, p2 = raw[:HEADER_BYTES]
    match len(raw) - HEADER_BYTES:
        case 0:
            return Command(cla, ins, p1, p2)
        case 1:
            return Command(cla, ins, p1, p2, b"", raw[-1] or LE_MAX)
    end = HEADER_BYTES + 1 + raw[HEADER_BYTES]
    beyond = len(raw) - end
    if not raw[HEADER_BYTES] or beyond not in (0, 1):
        raise ChipUnreadable("命令长度与内容不符 · a command whose length is not that of its data")
    return Command(cla, ins, p1, p2, raw[HEADER_BYTES + 1 : end], (raw[-1] or LE_MAX) if beyond else None)


class Answer(NamedTuple):
    """What a card answers: data, and the status word."""

    data: bytes
    status_word: int

    def encoded(self) -> bytes:
        """Give the bytes."""
        return self.data + self.status_word.to_bytes(2, "big")

    def expect(self, what: str) -> bytes:
        """Give the data; ChipRefused, naming what was asked for, when the card refused."""
        if self.status_word != OK:
            raise ChipRefused(what, self.status_word)
        return self.data


def answer_of(raw: bytes) -> Answer:
    """Read an answer's bytes; ChipUnreadable for less than a status word."""
    if len(raw) < 2:  # noqa: PLR2004 - a status word
        raise ChipUnreadable("卡片应答不完整 · the card's answer has no status word")
    return Answer(raw[:-2], int.from_bytes(raw[-2:], "big"))


def exchange(transmit: Transmit, command: Command) -> Answer:
    """Send a command and give the whole answer: what a T=0 card keeps back (61xx) is fetched, a wrong Le (6Cxx) repeated."""
    answer = answer_of(transmit(command.encoded()))
    if answer.status_word == OK:
        return answer
    if answer.status_word >> 8 == WRONG_LE:
        answer = answer_of(transmit(command._replace(le=answer.status_word & 0xFF or LE_MAX).encoded()))
    data = answer.data
    for _ in range(ANSWERS_MAX):
        if answer.status_word >> 8 != MORE:
            return Answer(data, answer.status_word)
        fetch = Command(command.cla & 0x03, GET_RESPONSE, 0, 0, le=answer.status_word & 0xFF or LE_MAX)
        answer = answer_of(transmit(fetch.encoded()))
        if answer.status_word >> 8 == WRONG_LE:
            answer = answer_of(transmit(fetch._replace(le=answer.status_word & 0xFF or LE_MAX).encoded()))
        data += answer.data
    raise ChipUnreadable("卡片应答没有结束 · the card's answer does not end")
