"""The commands that terminals send to a social-security card, by name. Pure."""

from __future__ import annotations

from enum import Enum
from typing import Final

from shebaoka.chip.apdu import Command
from shebaoka.chip.codecs import FILL_NIBBLE
from shebaoka.chip.errors import ChipValueRefused
from shebaoka.chip.layout import PIECE_BYTES, Element

SELECT, READ_RECORD, UPDATE_RECORD, READ_BINARY, UPDATE_BINARY = 0xA4, 0xB2, 0xDC, 0xB0, 0xD6
GET_CHALLENGE, EXTERNAL_AUTHENTICATE, INTERNAL_AUTHENTICATE = 0x84, 0x82, 0x88
VERIFY, CHANGE_PIN, UNBLOCK_PIN = 0x20, 0x5E, 0x2C
LOAD_KEY, SET_PIN, FINISH = 0xD4, 0xD2, 0xE2
"""The personaliser's own commands. Inferred: every maker of chips has its own, behind the transport key."""
PROPRIETARY: Final = 0x80
BY_NUMBER: Final = 0x04
PREVIOUS: Final = 0x03
PIN_DIGITS_MIN, PIN_DIGITS_MAX = 4, 12
OFFSET_PAGE: Final = 0x100
PIN_END: Final = b"\xff"
"""Between the old and the new number in CHANGE PIN."""


class By(Enum):
    """The two forms of SELECT by identifier that are in the field."""

    ANY = 0x00
    UNDER_THIS = 0x02


def select_name(name: bytes) -> Command:
    """Select a directory by its name."""
    return Command(0x00, SELECT, 0x04, 0x00, name)


def select_file(identifier: int, by: By = By.UNDER_THIS) -> Command:
    """Select a file by its identifier."""
    return Command(0x00, SELECT, by.value, 0x00, identifier.to_bytes(2, "big"))


def read_record(number: int, length: int, sfi: int = 0) -> Command:
    """Read a record of the selected file, or of the one with a short identifier, by its number."""
    return Command(0x00, READ_RECORD, number, sfi << 3 | BY_NUMBER, le=length)


def read_record_by_tag(element: Element) -> Command:
    """Read a record of the selected file by its tag."""
    return Command(0x00, READ_RECORD, element.tag, 0x00, le=element.record_bytes)


def update_record(number: int, record: bytes, sfi: int = 0) -> Command:
    """Write a record, as a whole."""
    return Command(0x00, UPDATE_RECORD, number, sfi << 3 | BY_NUMBER, record)


def append_record(record: bytes, sfi: int = 0) -> Command:
    """Write a record of a cyclic file: it becomes the newest, the oldest makes room."""
    return Command(0x00, UPDATE_RECORD, 0x00, sfi << 3 | PREVIOUS, record)


def read_binary(offset: int, length: int) -> Command:
    """Read a piece of the selected transparent file."""
    return Command(0x00, READ_BINARY, *_offset(offset), le=length)


def update_binary(offset: int, piece: bytes) -> Command:
    """Write a piece of the selected transparent file."""
    assert len(piece) <= PIECE_BYTES
    return Command(0x00, UPDATE_BINARY, *_offset(offset), piece)


def get_challenge(length: int) -> Command:
    """Ask for random bytes that the next authentication answers."""
    return Command(0x00, GET_CHALLENGE, 0x00, 0x00, le=length)


def external_authenticate(key: int, proof: bytes) -> Command:
    """Prove to the card that the terminal has a key."""
    return Command(0x00, EXTERNAL_AUTHENTICATE, 0x00, key, proof)


def internal_authenticate(key: int, challenge: bytes, length: int) -> Command:
    """Let the card prove that it has a key."""
    return Command(0x00, INTERNAL_AUTHENTICATE, 0x00, key, challenge, length)


def verify_pin(pin: str) -> Command:
    """Show the holder's number to the card."""
    return Command(0x00, VERIFY, 0x00, 0x00, pin_bytes(pin))


def change_pin(old: str, new: str) -> Command:
    """Change the holder's number."""
    return Command(PROPRIETARY, CHANGE_PIN, 0x01, 0x00, pin_bytes(old) + PIN_END + pin_bytes(new))


def unblock_pin(new: str, proof: bytes) -> Command:
    """Give a blocked card a new number; `proof` of the key that may (its form is inferred)."""
    return Command(PROPRIETARY, UNBLOCK_PIN, 0x00, 0x00, pin_bytes(new) + PIN_END + proof)


def load_key(number: int, wrapped: bytes) -> Command:
    """Put a key on a blank card, enciphered under its transport key (`proofs.wrapped`)."""
    return Command(PROPRIETARY, LOAD_KEY, 0x00, number, wrapped)


def set_pin(pin: str) -> Command:
    """Give a blank card its first number."""
    return Command(PROPRIETARY, SET_PIN, 0x00, 0x00, pin_bytes(pin))


def finish() -> Command:
    """End personalisation: the transport key goes, the card's own keys count."""
    return Command(PROPRIETARY, FINISH, 0x00, 0x00)


def pin_bytes(pin: str) -> bytes:
    """Give a holder's number as the card takes it: BCD, an odd one padded with F."""
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX):
        raise ChipValueRefused("密码应为 4 至 12 位数字 · a PIN has four to twelve digits", element="pin")
    return bytes.fromhex(pin + FILL_NIBBLE * (len(pin) % 2))


def _offset(offset: int) -> tuple[int, int]:
    return divmod(offset, OFFSET_PAGE)
