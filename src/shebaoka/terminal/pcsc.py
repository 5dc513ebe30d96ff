"""Readers of the system's PC/SC service: which there are, whether a card lies in them, and one card alone for a while.

What the service answers is told as refusals of `errors`. `pyscard` is loaded when it is first needed: most of the system's machines have no
reader. Source: PC/SC workgroup, part 5, as pcsc-lite has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from shebaoka.chip.apdu import HEADER_BYTES
from shebaoka.kit.problems import Problem
from shebaoka.terminal.errors import (
    CardMissing,
    CardSilent,
    CardTorn,
    ReaderChoice,
    ReaderFailed,
    ReaderInUse,
    ReaderMissing,
    ReaderServiceMissing,
    ReaderSupportMissing,
    ReaderUnplugged,
)

TIMEOUT, CANCELLED = 0x8010000A, 0x80100002
NO_READERS: Final = 0x8010002E
MEANS: Final[dict[int, type[Problem]]] = {
    0x8010001D: ReaderServiceMissing, 0x8010001E: ReaderServiceMissing, 0x8010006A: ReaderServiceMissing,
    0x80100027: ReaderServiceMissing, 0x80100013: ReaderServiceMissing, NO_READERS: ReaderMissing, 0x80100009: ReaderMissing,
    0x80100017: ReaderUnplugged, 0x80100003: ReaderUnplugged, 0x8010000B: ReaderInUse, 0x8010000C: CardMissing,
    0x80100069: CardTorn, 0x80100068: CardTorn, 0x80100016: CardTorn, 0x8010002F: CardTorn,
    0x80100066: CardSilent, 0x80100067: CardSilent, 0x80100065: CardSilent, 0x8010000F: CardSilent,
}  # fmt: skip
"""SCARD_E_… and SCARD_W_… codes by what they mean to whoever stands at the reader."""
IN_USE: Final[dict[type[Problem], type[Problem]]] = {
    ReaderServiceMissing: ReaderUnplugged, ReaderMissing: ReaderUnplugged, CardMissing: CardTorn,
}  # fmt: skip
"""What the same code means once a card was there."""
PRESENT, IGNORED, UNKNOWN = 0x0020, 0x0001, 0x0004
PLUGGING: Final = "\\\\?PnP?\\Notification"
"""Not a reader: it changes when readers are plugged in or out."""
T0: Final = 1
STATUS_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, and whether a card lies in it."""

    name: str
    card: bool


class Service:
    """A connection to the PC/SC service. One thread at a time; others may call `cancel`."""

    def __init__(self) -> None:
        self._scard = _library()
        self._context = _done(*self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM))

    def close(self) -> None:
        """Leave the service."""
        self._scard.SCardReleaseContext(self._context)

    def cancel(self) -> None:
        """End a `wait` of another thread."""
        self._scard.SCardCancel(self._context)

    def readers(self) -> list[Reader]:
        """List the readers; none is no refusal."""
        names = self._names()
        return [Reader(name, bool(state & PRESENT)) for name, state in self._states(names)]

    def chosen(self, name: str | None) -> Reader:
        """Give the reader of a name (or of a part that only one has); without a name the only one, or the only one with a card.

        Raises ReaderMissing, ReaderChoice.
        """
        found = self.readers()
        named = [one for one in found if name is None or name == one.name] or [
            one for one in found if name and name in one.name
        ]
        if not named:
            raise ReaderMissing(name or "", readers=[one.name for one in found])
        with_card = [one for one in named if one.card]
        for only in (named, with_card):
            if len(only) == 1:
                return only[0]
        if not with_card:
            raise CardMissing(readers=[one.name for one in named])
        raise ReaderChoice(", ".join(one.name for one in with_card), readers=[one.name for one in with_card])

    def wait(self, known: Sequence[Reader], milliseconds: int) -> None:
        """Wait until something is otherwise than `known`, or so long."""
        states = [(one.name, PRESENT if one.card else self._scard.SCARD_STATE_EMPTY) for one in known]
        states.append((PLUGGING, len(known) << 16))
        code, _ = self._scard.SCardGetStatusChange(self._context, milliseconds, states)
        if _plain(code) not in (0, TIMEOUT, CANCELLED, 0x80100009, NO_READERS):
            _done(code)

    @contextmanager
    def card(self, reader: Reader) -> Iterator[Card]:
        """Have the card in a reader for oneself alone; afterwards it loses its power, and forgets what was proved to it."""
        scard = self._scard
        opened = scard.SCardConnect(
            self._context, reader.name, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )  # fmt: skip
        if _plain(opened[0]):
            _done(opened[0])
        _, handle, protocol = opened
        try:
            yield Card(scard, handle, protocol)
        finally:
            scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)

    def _names(self) -> list[str]:
        code, names = self._scard.SCardListReaders(self._context, [])
        return [] if _plain(code) == NO_READERS else list(_done(code, names))

    def _states(self, names: list[str]) -> list[tuple[str, int]]:
        if not names:
            return []
        asked = [(name, self._scard.SCARD_STATE_UNAWARE) for name in names]
        code, states = self._scard.SCardGetStatusChange(self._context, 0, asked)
        _done(code)
        return [(name, state) for name, state, _atr in states if not state & (IGNORED | UNKNOWN)]


class Card:
    """A card that is held: its answer to reset, and what carries commands to it (`chip.apdu.Transmit`)."""

    def __init__(self, scard: ModuleType, handle: Any, protocol: int) -> None:
        self._scard = scard
        self._handle = handle
        self._protocol = protocol
        status = scard.SCardStatus(handle)
        _in_use(status[0])
        self.atr = bytes(status[4])

    def transmit(self, command: bytes) -> bytes:
        """Send one command and give the answer. Raises CardTorn, ReaderUnplugged, ReaderFailed."""
        pci = self._scard.SCARD_PCI_T0 if self._protocol == T0 else self._scard.SCARD_PCI_T1
        sent = _without_le(command) if self._protocol == T0 else command
        code, answer = self._scard.SCardTransmit(self._handle, pci, list(sent))
        _in_use(code)
        if len(answer) < STATUS_BYTES:
            # A driver whose card has just gone may call it a success.
            raise CardTorn("应答中断 · the answer broke off")
        return bytes(answer)


@contextmanager
def service() -> Iterator[Service]:
    """Be connected to the service for a while. Raises ReaderSupportMissing, ReaderServiceMissing."""
    connected = Service()
    try:
        yield connected
    finally:
        with suppress(Problem):
            connected.close()


def _library() -> Any:
    try:
        from smartcard import scard  # noqa: PLC0415 - most machines have neither it nor a reader
    except ImportError as error:
        raise ReaderSupportMissing(str(error)) from error
    return scard


def _without_le(command: bytes) -> bytes:
    """T=0 has no place for Le behind data: the answer is fetched (ISO/IEC 7816-3, case 4)."""
    if len(command) <= HEADER_BYTES + 1:
        return command
    return command[: HEADER_BYTES + 1 + command[HEADER_BYTES]]


def _plain(code: int) -> int:
    return code & 0xFFFFFFFF


def _done(code: int, *rest: Any) -> Any:
    """Give what came with a code of success; else refuse by what the code means."""
    plain = _plain(code)
    if plain:
        raise MEANS.get(plain, ReaderFailed)(f"PC/SC {plain:08X}")
    return rest[0] if rest else None


def _in_use(code: int) -> None:
    plain = _plain(code)
    if plain:
        means = MEANS.get(plain, ReaderFailed)
        raise IN_USE.get(means, means)(f"PC/SC {plain:08X}")
