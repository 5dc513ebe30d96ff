"""A blank card becomes somebody's: everything is written, read back, and compared before it counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shebaoka.chip import commands, names, proofs
from shebaoka.chip.errors import ChipDiffers, ChipValueRefused
from shebaoka.chip.layout import Application, RecordFile, TransparentFile
from shebaoka.chip.reading import Conversation, Prove
from shebaoka.chip.versions import Version
from shebaoka.kit.sm import sm3

IDENTIFICATION_TAG: Final = 0x01


@dataclass(frozen=True, slots=True)
class Order:
    """What is to stand on one card. Keys are the card's own, by their numbers, each enciphered (`proofs.wrapped`)."""

    version: Version
    identification_code: bytes
    issuer: str
    issued_on: date
    expires_on: date | None
    card_number: str
    id_number: str
    name: str
    sex: str
    ethnicity: str
    birth_date: date
    keys: Mapping[int, bytes]
    birthplace: str = ""
    photo: bytes = b""
    pin: str = ""
    elsewhere: Mapping[str, Mapping[str, Any]] | None = None
    """Values of DF01, by the name of the file and of the element."""

    @property
    def card(self) -> dict[str, Any]:
        """Give what EF05 says about the card."""
        return {
            "identification_code": self.identification_code, "card_class": str(self.version.generation),
            "version": self.version.number, "issuer": self.issuer, "issued_on": self.issued_on,
            "expires_on": self.expires_on, "card_number": self.card_number,
        }  # fmt: skip

    @property
    def holder(self) -> dict[str, Any]:
        """Give what EF06 says about the holder; this function will refuse a name that the version cannot hold."""
        extended = self.version.generation > 1
        first, rest = names.split(self.name, extended=extended)
        given = {
            "id_number": self.id_number, "name": first, "sex": self.sex, "ethnicity": self.ethnicity,
            "birthplace": self.birthplace, "birth_date": self.birth_date,
        }  # fmt: skip
        return given | ({"name_more": rest} if extended else {})


@dataclass(frozen=True, slots=True)
class Laid:
    """One file of an order as it is to stand on the chip, or stands: its records by their numbers, or its content."""

    application: Application
    file: RecordFile | TransparentFile
    records: Mapping[int, bytes]
    content: bytes = b""

    def value(self, name: str) -> Any:
        """Give the value of an element of a file of records; ChipUnreadable where it stands otherwise."""
        assert isinstance(self.file, RecordFile)
        number = self.file.number(name)
        return self.file.elements[number - 1].unpacked(self.records[number])


def laid_out(order: Order) -> list[Laid]:
    """Give every file that an order fills, as bytes; ChipValueRefused names the element that its field cannot hold."""
    filled: dict[str, Any] = {"card": order.card, "holder": order.holder, "photo": order.photo} | dict(
        order.elsewhere or {}
    )
    return [
        _laid(application, file, filled[file.name])
        for application in order.version.applications
        for file in application.files
        if filled.get(file.name) and isinstance(file, RecordFile | TransparentFile)
    ]


def digest(laid: Iterable[Laid]) -> bytes:
    """Give the SM3 of what stands on a chip, but for the identification code, which is the blank's own.

    Of an order it is known before there is a blank, and held against what was read back. Inferred: the form is our own.
    """
    parts = []
    for one in laid:
        parts.append(one.application.title.encode() + one.file.identifier.to_bytes(2, "big"))
        for number, record in one.records.items():
            if record[0] != IDENTIFICATION_TAG or one.file.name != "card":
                parts.append(bytes((number,)) + record)
        parts.append(len(one.content).to_bytes(2, "big") + one.content)
    return sm3(b"".join(parts))


def personalise(talk: Conversation, order: Order, prove: Prove) -> list[Laid]:
    """Write an order on a blank card, read everything back, and end its blank life only when all is as ordered.

    `prove`: of the transport key. Until the end the card stays blank: torn at any command it can be begun anew, from the
    beginning. Gives what was read back. Raises ChipRefused, ChipUnreadable, ChipValueRefused before anything is written, and
    ChipDiffers.
    """
    writing = laid_out(order)
    for one in _entered(talk, writing, prove, proofs.TRANSPORT_KEY):
        if isinstance(one.file, RecordFile):
            talk.write_records(one.file, one.records)
        else:
            talk.write_content(one.file, one.content)
    stands = _compared(talk, writing, prove, proofs.TRANSPORT_KEY)
    _enter(talk, order.version.application("SSSE"), prove, proofs.TRANSPORT_KEY)
    for number, key in order.keys.items():
        talk.ask(commands.load_key(number, key)).expect("写入密钥 · load a key")
    if order.pin:
        talk.ask(commands.set_pin(order.pin)).expect("写入初始密码 · set the PIN")
    talk.ask(commands.finish()).expect("结束个人化 · end personalisation")
    return stands


def compare(talk: Conversation, order: Order, prove: Prove, key: int = proofs.READ_KEY) -> list[Laid]:
    """Read back all that was ordered, and give it; ChipDiffers names the first element that stands otherwise."""
    return _compared(talk, laid_out(order), prove, key)


def _compared(talk: Conversation, ordered: Sequence[Laid], prove: Prove, key: int) -> list[Laid]:
    stands = []
    for one in _entered(talk, ordered, prove, key):
        if isinstance(one.file, RecordFile):
            records = talk.raw_records(one.file, one.records)
            wrong = next((number for number in records if records[number] != one.records[number]), 0)
            if wrong:
                element = one.file.elements[wrong - 1]
                raise ChipDiffers(f"{element.zh} · {element.en}", element=element.name)
            stands.append(Laid(one.application, one.file, records))
        else:
            content = talk.content(one.file, len(one.content))
            if content != one.content:
                raise ChipDiffers(f"{one.file.zh} · {one.file.en}", element=one.file.name)
            stands.append(Laid(one.application, one.file, {}, content))
    return stands


def _entered(talk: Conversation, laid: Sequence[Laid], prove: Prove, key: int) -> Iterator[Laid]:
    """Give the files one by one, each with its directory selected and proved to: once for all files of a directory."""
    inside = None
    for one in laid:
        if one.application is not inside:
            _enter(talk, one.application, prove, key)
            inside = one.application
        yield one


def _enter(talk: Conversation, application: Application, prove: Prove, key: int) -> None:
    talk.select(application)
    talk.prove(key, prove)


def _laid(application: Application, file: RecordFile | TransparentFile, values: Any) -> Laid:
    if isinstance(file, RecordFile):
        numbers = {name: file.number(name) for name in values}
        records = {number: file.elements[number - 1].packed(values[name]) for name, number in numbers.items()}
        return Laid(application, file, records)
    if len(values) > file.length:
        raise ChipValueRefused(
            f"{file.zh}: 最长 {file.length} 字节 · at most {file.length} bytes", element=file.name
        )
    return Laid(application, file, {}, values)
