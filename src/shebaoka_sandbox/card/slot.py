"""A virtual card in a reader's slot: a client of vsmartcard's vpcd, which is a driver of the system's PC/SC service.

The protocol: two bytes of length, then as many bytes. One byte is the reader's own word (power off, power on, reset, give your answer to
reset); anything longer is a command to the card. Only the answer to reset and commands are answered.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

from shebaoka_sandbox.card.contact import Contact

HOST: Final = "127.0.0.1"
PORT: Final = 35963
"""Of the first slot; the next one is the second slot's."""
LENGTH_BYTES: Final = 2

Next: TypeAlias = Callable[[], Contact | None]
"""Gives the card for the next power-on; None leaves the one that lies there."""


class Slot:
    """One connection to vpcd, and the card that answers there."""

    def __init__(self, card: Contact, *, after_power_off: Next | None = None) -> None:
        """`after_power_off`: gives the card that lies there next, without being taken out of the reader."""
        self._card = card
        self._next = after_power_off
        self._socket: socket.socket | None = None

    def connect(self, host: str = HOST, port: int = PORT, seconds_max: float | None = None) -> None:
        """Put the card in. Raises OSError where no vpcd listens."""
        self._socket = socket.create_connection((host, port), seconds_max)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def pull(self) -> None:
        """Take the card out, from whichever thread."""
        if self._socket:
            there, self._socket = self._socket, None
            with suppress(OSError), there:
                # Closing alone would not wake a thread that waits for the reader.
                there.shutdown(socket.SHUT_RDWR)

    def answer_until_gone(self, noticed: Callable[[], None] | None = None) -> None:
        """Answer the reader until it goes, or the card is pulled. `noticed`: called when the reader speaks for the first time."""
        while (message := self._received()) is not None:
            if noticed:
                noticed()
                noticed = None
            told = self._answer(message)
            if told is not None and not self._sent(told):
                return

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) != 1:
            return self._card.answer(message)
        match message[0]:
            case 0:  # POWER_OFF
                self._powered_off()
            case 1 | 2:  # POWER_ON, RESET
                self._card.power()
            case 4:  # GIVE_ATR
                return self._card.chip.reset.atr
        return None

    def _powered_off(self) -> None:
        self._card.power()
        if self._next:
            self._card = self._next() or self._card

    def _received(self) -> bytes | None:
        head = self._exactly(LENGTH_BYTES)
        return None if head is None else self._exactly(int.from_bytes(head, "big"))

    def _exactly(self, count: int) -> bytes | None:
        parts = b""
        while len(parts) < count:
            connection = self._socket
            if connection is None:
                return None
            try:
                # vpcd sends length and body apart: a delayed acknowledgement would hold the body up for 40 ms.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                part = connection.recv(count - len(parts))
            except OSError:
                return None
            if not part:
                return None
            parts += part
        return parts

    def _sent(self, told: bytes) -> bool:
        connection = self._socket
        try:
            if connection:
                connection.sendall(len(told).to_bytes(LENGTH_BYTES, "big") + told)
        except OSError:
            return False
        return connection is not None
