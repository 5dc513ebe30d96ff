"""How a virtual card answers each command; what it does not know or allow it refuses with the word that a real one would."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from shebaoka.chip import commands as c
from shebaoka.chip.apdu import LE_MAX, OK, Command, parsed
from shebaoka.chip.errors import WRONG_TRIES_LEFT, ChipUnreadable
from shebaoka.chip.fci import Selected
from shebaoka.chip.layout import Application, ChipFile, CyclicFile, Element, RecordFile, TransparentFile
from shebaoka.chip.proofs import CARD_KEY, TRANSPORT_KEY, UNBLOCK_KEY, WRAPPED_BYTES
from shebaoka_sandbox.card.state import Chip, Key, Life, Lock

WRONG_LENGTH, NOT_THIS_KIND, NOT_ALLOWED, LOCKED, NO_CHALLENGE, NOT_NOW, WRONG_MAC = (
    0x6700,
    0x6981,
    0x6982,
    0x6983,
    0x6984,
    0x6985,
    0x6988,
)
WRONG_DATA, BLOCKED, NO_FILE, NO_RECORD, NO_ROOM, WRONG_PARAMETERS, NO_KEY = (
    0x6A80, 0x6A81, 0x6A82, 0x6A83, 0x6A84, 0x6A86, 0x6A88,
)  # fmt: skip
OUTSIDE, UNKNOWN, UNKNOWN_CLASS, FOR_GOOD = 0x6B00, 0x6D00, 0x6E00, 0x9303
WELL: Final = OK.to_bytes(2, "big")


class Refusal(Exception):  # noqa: N818 - a status word
    """The card answers with a status word and no data."""

    def __init__(self, status_word: int) -> None:
        super().__init__(f"{status_word:04X}")
        self.status_word = status_word


def answer(chip: Chip, raw: bytes) -> bytes:
    """Give the answer to one command; whatever the bytes are, there is one."""
    try:
        command = parsed(raw)
    except ChipUnreadable:
        return WRONG_LENGTH.to_bytes(2, "big")
    try:
        return _done(chip, command) + WELL
    except Refusal as refusal:
        return refusal.status_word.to_bytes(2, "big")


def _done(chip: Chip, command: Command) -> bytes:
    if command.cla not in (0x00, c.PROPRIETARY):
        raise Refusal(UNKNOWN_CLASS)
    known = ORDINARY if command.cla == 0x00 else OWN
    if command.ins not in known:
        raise Refusal(UNKNOWN)
    if chip.life is Life.BLOCKED and command.ins != c.SELECT:
        raise Refusal(BLOCKED)
    # A challenge is good for the very next command only.
    challenge, chip.session.challenge = chip.session.challenge, b""
    return known[command.ins](chip, command, challenge)


def _select(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    if command.p1 == 0x04:  # noqa: PLR2004 - by name
        return _select_application(chip, command.data)
    if command.p1 not in (c.By.ANY.value, c.By.UNDER_THIS.value):
        raise Refusal(WRONG_PARAMETERS)
    application = chip.session.application
    identifier = int.from_bytes(command.data, "big")
    found = (
        next((file for file in application.files if file.identifier == identifier), None)
        if application
        else None
    )
    if found is None:
        raise Refusal(NO_FILE)
    chip.session.file = found
    return b""


def _select_application(chip: Chip, name: bytes) -> bytes:
    found: Application | None = next((one for one in chip.version.applications if one.name == name), None)
    if found is None:
        raise Refusal(NO_FILE)
    session = chip.session
    session.application, session.file = found, None
    session.proved.clear()
    session.holder = False
    if chip.life is Life.BLOCKED:
        raise Refusal(BLOCKED)
    return Selected(name, chip.algorithm).encoded()


def _file(chip: Chip, sfi: int) -> ChipFile:
    """Give the file of a command: by short identifier, which also selects it, or the selected one."""
    if sfi:
        application = chip.session.application
        found = next((file for file in application.files if file.sfi == sfi), None) if application else None
        if found is None:
            raise Refusal(NO_FILE)
        chip.session.file = found
    if chip.session.file is None:
        raise Refusal(NOT_NOW)
    return chip.session.file


def _read_record(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    file = _file(chip, command.p2 >> 3)
    if isinstance(file, TransparentFile):
        raise Refusal(NOT_THIS_KIND)
    if not chip.may_read(file):
        raise Refusal(NOT_ALLOWED)
    record = _record(chip, file, command)
    if command.le not in (len(record), LE_MAX):
        raise Refusal(0x6C00 | len(record))
    return record


def _record(chip: Chip, file: RecordFile | CyclicFile, command: Command) -> bytes:
    records = chip.content()
    assert isinstance(records, list)
    mode = command.p2 & 0x07
    if mode == 0x00:
        found = [record for record in records if record[0] == command.p1]
        if not found:
            raise Refusal(NO_RECORD)
        return found[0]
    if mode != c.BY_NUMBER:
        raise Refusal(WRONG_PARAMETERS)
    if not 1 <= command.p1 <= len(records):
        raise Refusal(NO_RECORD)
    # In a ring the newest is the first.
    return records[-command.p1] if isinstance(file, CyclicFile) else records[command.p1 - 1]


def _update_record(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    file = _file(chip, command.p2 >> 3)
    if isinstance(file, TransparentFile):
        raise Refusal(NOT_THIS_KIND)
    if not chip.may_write():
        raise Refusal(NOT_ALLOWED)
    records = chip.content()
    assert isinstance(records, list)
    if isinstance(file, CyclicFile):
        if command.p2 & 0x07 != c.PREVIOUS:
            raise Refusal(WRONG_PARAMETERS)
        records.append(_fitting(file.element, command.data))
        del records[: -file.records]
        return b""
    if not 1 <= command.p1 <= len(records):
        raise Refusal(NO_RECORD)
    records[command.p1 - 1] = _fitting(file.elements[command.p1 - 1], command.data)
    return b""


def _fitting(element: Element, record: bytes) -> bytes:
    if len(record) != element.record_bytes:
        raise Refusal(WRONG_LENGTH)
    if record[0] != element.tag or record[1] != element.codec.length:
        raise Refusal(WRONG_DATA)
    return record


def _read_binary(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    file, content = _transparent(chip)
    if not chip.may_read(file):
        raise Refusal(NOT_ALLOWED)
    offset, length = command.p1 << 8 | command.p2, command.le or 0
    if offset >= len(content):
        raise Refusal(OUTSIDE)
    if offset + length > len(content):
        raise Refusal(0x6C00 | (len(content) - offset) & 0xFF)
    return bytes(content[offset : offset + length])


def _update_binary(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    _, content = _transparent(chip)
    if not chip.may_write():
        raise Refusal(NOT_ALLOWED)
    offset = command.p1 << 8 | command.p2
    if offset + len(command.data) > len(content):
        raise Refusal(NO_ROOM)
    content[offset : offset + len(command.data)] = command.data
    return b""


def _transparent(chip: Chip) -> tuple[ChipFile, bytearray]:
    file = _file(chip, 0)
    if not isinstance(file, TransparentFile):
        raise Refusal(NOT_THIS_KIND)
    content = chip.content()
    assert isinstance(content, bytearray)
    return file, content


def _challenge(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    if command.le != chip.challenge_bytes:
        raise Refusal(WRONG_LENGTH)
    chip.session.challenge = chip.random(chip.challenge_bytes)
    return chip.session.challenge


def _external(chip: Chip, command: Command, challenge: bytes) -> bytes:
    _prove(chip, command.p2, challenge, command.data)
    chip.session.proved.add(command.p2)
    return b""


def _prove(chip: Chip, number: int, challenge: bytes, proof: bytes) -> None:
    """Hold a proof against a key; each wrong one costs a try of that key."""
    key = chip.keys.get(number)
    # A card that was pulled half made has its own keys already, but they count only when it is finished.
    if key is None or (chip.life is Life.BLANK and number != TRANSPORT_KEY):
        raise Refusal(NO_KEY)
    if not key.lock.left:
        raise Refusal(LOCKED)
    if not challenge:
        raise Refusal(NO_CHALLENGE)
    expected = key.schedule(chip.algorithm).proof(challenge)
    _tried(key.lock, hmac.compare_digest(expected, proof))


def _tried(lock: Lock, right: bool) -> None:
    if not lock.tried(right):
        raise Refusal(WRONG_TRIES_LEFT | lock.left)


def _internal(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    if command.p2 != CARD_KEY or CARD_KEY not in chip.keys:
        raise Refusal(NO_KEY)
    if len(command.data) != chip.challenge_bytes:
        raise Refusal(WRONG_LENGTH)
    return chip.keys[CARD_KEY].schedule(chip.algorithm).proof(command.data)


def _verify(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    _check_pin(chip, command.data)
    chip.session.holder = True
    return b""


def _check_pin(chip: Chip, given: bytes) -> None:
    if not chip.pin:
        raise Refusal(NO_KEY)
    if not chip.pin_lock.left:
        raise Refusal(LOCKED)
    right = hmac.compare_digest(given, c.pin_bytes(chip.pin))
    if not right:
        chip.session.holder = False
    _tried(chip.pin_lock, right)


def _change(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    old, separator, new = command.data.partition(c.PIN_END)
    if not separator:
        raise Refusal(WRONG_DATA)
    pin = _pin(new)
    _check_pin(chip, old)
    chip.pin = pin
    return b""


def _unblock(chip: Chip, command: Command, challenge: bytes) -> bytes:
    new, separator, proof = command.data.partition(c.PIN_END)
    if not separator:
        raise Refusal(WRONG_DATA)
    pin = _pin(new)
    _prove(chip, UNBLOCK_KEY, challenge, proof)
    chip.pin, chip.pin_lock = pin, Lock.of(chip.pin_lock.tries_max)
    return b""


def _pin(raw: bytes) -> str:
    digits = raw.hex().removesuffix("f")
    if not (digits.isdigit() and c.PIN_DIGITS_MIN <= len(digits) <= c.PIN_DIGITS_MAX):
        raise Refusal(WRONG_DATA)
    return digits


def _load_key(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    _personaliser(chip)
    if len(command.data) != WRAPPED_BYTES:
        raise Refusal(WRONG_LENGTH)
    if command.p2 == TRANSPORT_KEY:
        raise Refusal(WRONG_PARAMETERS)
    try:
        key = chip.keys[TRANSPORT_KEY].schedule(chip.algorithm).unwrapped(command.data)
    except ChipUnreadable:
        raise Refusal(WRONG_MAC) from None
    chip.keys[command.p2] = Key(key)
    return b""


def _set_pin(chip: Chip, command: Command, _challenge: bytes) -> bytes:
    _personaliser(chip)
    chip.pin = _pin(command.data)
    return b""


def _finish(chip: Chip, _command: Command, _challenge: bytes) -> bytes:
    _personaliser(chip)
    del chip.keys[TRANSPORT_KEY]
    chip.session.proved.discard(TRANSPORT_KEY)
    chip.life = Life.PERSONALISED
    return b""


def _personaliser(chip: Chip) -> None:
    if chip.life is not Life.BLANK:
        raise Refusal(NOT_NOW)
    if TRANSPORT_KEY not in chip.session.proved:
        raise Refusal(NOT_ALLOWED)


Does = Callable[[Chip, Command, bytes], bytes]
ORDINARY: Final[dict[int, Does]] = {
    c.SELECT: _select,
    c.READ_RECORD: _read_record,
    c.UPDATE_RECORD: _update_record,
    c.READ_BINARY: _read_binary,
    c.UPDATE_BINARY: _update_binary,
    c.GET_CHALLENGE: _challenge,
    c.EXTERNAL_AUTHENTICATE: _external,
    c.INTERNAL_AUTHENTICATE: _internal,
    c.VERIFY: _verify,
}
OWN: Final[dict[int, Does]] = {
    c.CHANGE_PIN: _change,
    c.UNBLOCK_PIN: _unblock,
    c.LOAD_KEY: _load_key,
    c.SET_PIN: _set_pin,
    c.FINISH: _finish,
}
