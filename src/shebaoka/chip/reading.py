"""A terminal's conversation with a card: which one it is, proved to, and read. Pure: what carries commands is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

from shebaoka.chip import commands, names, numbers, proofs
from shebaoka.chip.apdu import Answer, Command, Transmit, exchange
from shebaoka.chip.errors import ChipRefused, ChipUnreadable
from shebaoka.chip.fci import selected
from shebaoka.chip.layout import PIECE_BYTES, Application, CyclicFile, Element, RecordFile, TransparentFile
from shebaoka.chip.versions import SSSE, Version, of_number

NO_RECORD: Final = 0x6A83

Prove: TypeAlias = Callable[[int, int, bytes, bytes], bytes]
"""Gives the proof for an algorithm, a key's number, a card's factor and its challenge: a security module's work."""


@dataclass(slots=True)
class Conversation:
    """One card in one reader, from power-on to power-off."""

    transmit: Transmit
    reset: numbers.Reset
    algorithm: int = 0
    proved: set[int] = field(default_factory=set)

    def ask(self, command: Command) -> Answer:
        """Send one command."""
        return exchange(self.transmit, command)

    def select(self, application: Application | bytes) -> None:
        """Select a directory; what was proved in another one counts no more."""
        name = application if isinstance(application, bytes) else application.name
        answer = self.ask(commands.select_name(name)).expect("选择应用 · SELECT")
        self.algorithm = selected(answer).algorithm
        self.proved.clear()

    def prove(self, key: int, prove: Prove) -> None:
        """Prove to the card that this terminal has a key; ChipRefused when the card does not believe it."""
        answer = self._proof(key, prove)
        self.ask(commands.external_authenticate(key, answer)).expect("外部认证 · EXTERNAL AUTHENTICATE")
        self.proved.add(key)

    def unblock_pin(self, new: str, prove: Prove) -> None:
        """Give the card a new PIN and all its tries, by proof of the key that may; ChipRefused when the card does not believe it."""
        answer = self._proof(proofs.UNBLOCK_KEY, prove)
        self.ask(commands.unblock_pin(new, answer)).expect("重置密码 · UNBLOCK PIN")

    def _proof(self, key: int, prove: Prove) -> bytes:
        """Take a challenge of the card, and give the proof of a key over it."""
        length = self._challenge_bytes()
        challenge = self.ask(commands.get_challenge(length)).expect("取随机数 · GET CHALLENGE")
        if len(challenge) != length:
            raise ChipUnreadable("随机数长度不符 · a challenge of another length", element="challenge")
        return prove(self.algorithm, key, self.reset.factor, challenge)

    def _challenge_bytes(self) -> int:
        try:
            return proofs.CHALLENGE_BYTES[self.algorithm]
        except KeyError:
            raise ChipUnreadable(
                "卡片算法不支持（SSF33 不公开）· the card's algorithm is not supported", element="algorithm"
            ) from None

    def records(self, file: RecordFile) -> dict[str, Any]:
        """Read all records of a file, by the names of its elements."""
        stand = self.raw_records(file, range(1, len(file.elements) + 1))
        return {one.name: one.unpacked(stand[number]) for number, one in enumerate(file.elements, 1)}

    def raw_records(self, file: RecordFile, numbers: Iterable[int]) -> dict[int, bytes]:
        """Read some records of a file as they stand, by their numbers."""
        self._select(file)
        return {number: self._record(number, file.elements[number - 1]) for number in numbers}

    def ring(self, file: CyclicFile) -> list[Any]:
        """Read a cyclic file, the newest first; what was never written is not there."""
        self._select(file)
        found = []
        for number in range(1, file.records + 1):
            answer = self.ask(commands.read_record(number, file.element.record_bytes))
            if answer.status_word == NO_RECORD:
                break
            found.append(file.element.unpacked(answer.expect(file.zh)))
        return found

    def content(self, file: TransparentFile, length: int | None = None) -> bytes:
        """Read a transparent file, or so many bytes from its beginning."""
        self._select(file)
        end = file.length if length is None else length
        return b"".join(
            self._piece(offset, min(PIECE_BYTES, end - offset), file.zh)
            for offset in range(0, end, PIECE_BYTES)
        )

    def write_records(self, file: RecordFile, records: Mapping[int, bytes]) -> None:
        """Write records of a file, by their numbers."""
        self._select(file)
        for number, record in records.items():
            self.ask(commands.update_record(number, record)).expect(
                f"写入{file.elements[number - 1].zh} · UPDATE RECORD"
            )

    def write_content(self, file: TransparentFile, content: bytes) -> None:
        """Write a transparent file from its beginning."""
        self._select(file)
        for offset in range(0, len(content), PIECE_BYTES):
            piece = content[offset : offset + PIECE_BYTES]
            self.ask(commands.update_binary(offset, piece)).expect(f"写入{file.zh} · UPDATE BINARY")

    def _select(self, file: RecordFile | TransparentFile | CyclicFile) -> None:
        """Select a file; cards differ in which form of the command they know."""
        try:
            self.ask(commands.select_file(file.identifier)).expect(f"选择{file.zh} · SELECT")
        except ChipRefused:
            self.ask(commands.select_file(file.identifier, commands.By.ANY)).expect(f"选择{file.zh} · SELECT")

    def _record(self, number: int, element: Element) -> bytes:
        answer = self.ask(commands.read_record(number, element.record_bytes))
        return answer.expect(f"读取{element.zh} · READ RECORD")

    def _piece(self, offset: int, length: int, what: str) -> bytes:
        piece = self.ask(commands.read_binary(offset, length)).expect(f"读取{what} · READ BINARY")
        if len(piece) != length:
            raise ChipUnreadable(f"{what}: 文件短于规范 · the file is shorter than specified", element=what)
        return piece


@dataclass(frozen=True, slots=True)
class CardRead:
    """What a terminal reads of a card. Without proof of a key the holder stays unknown (None)."""

    generation: int
    version: str
    division: str
    identification_code: bytes
    card_number: str
    issued_on: date | None
    expires_on: date | None
    reset: numbers.Reset
    id_number: str | None = None
    name: str | None = None
    sex: str | None = None
    birth_date: date | None = None

    @property
    def genuine_code(self) -> bool:
        """Whether the identification code is that of this very chip; one that was copied from another is not."""
        return numbers.parts(self.identification_code).belongs_to(self.reset)


def begin(transmit: Transmit, atr: bytes) -> Conversation:
    """Begin with a card that was just powered; ChipUnreadable when it is no social-security card."""
    talk = Conversation(transmit, numbers.reset_of(atr))
    talk.select(SSSE)
    return talk


def version_of(talk: Conversation) -> Version:
    """Ask the card for the version of its layout, by the one record that all versions have in the same place."""
    file = _about_card(of_number("3.00"))
    talk.ask(commands.select_file(file.identifier)).expect("选择 EF05 · SELECT")
    number = file.number("version")
    element = file.elements[number - 1]
    raw = talk.ask(commands.read_record(number, element.record_bytes)).expect("读取规范版本 · READ RECORD")
    return of_number(element.unpacked(raw))


def read_card(transmit: Transmit, atr: bytes, prove: Prove | None = None) -> CardRead:
    """Read a card of any version.

    `prove`: how this terminal proves that it may read the holder's number and name; without it only what is read freely.
    Raises ChipUnreadable and ChipRefused.
    """
    talk = begin(transmit, atr)
    read = about(talk)
    return read if prove is None else with_holder(talk, read, prove)


def about(talk: Conversation) -> CardRead:
    """Read what anybody may: all about the card, nothing about its holder."""
    version = version_of(talk)
    card = talk.records(_about_card(version))
    code = card["identification_code"]
    return CardRead(
        version.generation, card["version"], numbers.parts(code).division, code, card["card_number"],
        card["issued_on"], card["expires_on"], talk.reset,
    )  # fmt: skip


def with_holder(talk: Conversation, read: CardRead, prove: Prove) -> CardRead:
    """Prove to the card that its holder may be read, and add them to what was read."""
    talk.prove(proofs.READ_KEY, prove)
    file = of_number(read.version).application("SSSE").file(0xEF06)
    assert isinstance(file, RecordFile)
    holder = talk.records(file)
    return CardRead(
        read.generation, read.version, read.division, read.identification_code, read.card_number, read.issued_on,
        read.expires_on, read.reset, holder["id_number"], names.joined(holder["name"], holder.get("name_more", "")),
        holder["sex"], holder["birth_date"],
    )  # fmt: skip


def _about_card(version: Version) -> RecordFile:
    file = version.application("SSSE").file(0xEF05)
    assert isinstance(file, RecordFile)
    return file
