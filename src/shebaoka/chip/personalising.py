"""A blank card becomes somebody's: everything is written, read back, and compared before it counts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shebaoka.chip import commands, names, proofs
from shebaoka.chip.errors import ChipDiffers, ChipValueRefused
from shebaoka.chip.layout import Application, RecordFile, TransparentFile
from shebaoka.chip.reading import Conversation, Prove
from shebaoka.chip.versions import Version


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


def personalise(talk: Conversation, order: Order, prove: Prove) -> None:
    """Write an order on a blank card, read everything back, and end its blank life only when all is as ordered.

    `prove`: of the transport key. Until the end the card stays blank: torn at any command it can be begun anew, from the
    beginning. Raises ChipRefused, ChipUnreadable, ChipValueRefused before anything is written, and ChipDiffers.
    """
    writing = [*_values(order)]
    for _, file, values in writing:
        _fits(file, values)
    for application, file, values in writing:
        _enter(talk, application, prove)
        if isinstance(file, RecordFile):
            talk.write(file, values)
        else:
            talk.write_content(file, values)
    compare(talk, order, prove, proofs.TRANSPORT_KEY)
    _enter(talk, order.version.application("SSSE"), prove)
    for number, key in order.keys.items():
        talk.ask(commands.load_key(number, key)).expect("写入密钥 · load a key")
    if order.pin:
        talk.ask(commands.set_pin(order.pin)).expect("写入初始密码 · set the PIN")
    talk.ask(commands.finish()).expect("结束个人化 · end personalisation")


def compare(talk: Conversation, order: Order, prove: Prove, key: int = proofs.READ_KEY) -> None:
    """Read back all that was ordered; ChipDiffers names the first element that stands otherwise."""
    for application, file, values in _values(order):
        talk.select(application)
        talk.prove(key, prove)
        if isinstance(file, RecordFile):
            stands = talk.records(file)
            wrong = next(
                (one for one in file.elements if stands[one.name] != values.get(one.name, stands[one.name])),
                None,
            )
            if wrong:
                raise ChipDiffers(f"{wrong.zh} · {wrong.en}", element=wrong.name)
        elif talk.content(file)[: len(values)] != values:
            raise ChipDiffers(f"{file.zh} · {file.en}", element=file.name)


def _fits(file: RecordFile | TransparentFile, values: Any) -> None:
    if isinstance(file, RecordFile):
        for name, value in values.items():
            file.elements[file.number(name) - 1].packed(value)
    elif len(values) > file.length:
        raise ChipValueRefused(
            f"{file.zh}: 最长 {file.length} 字节 · at most {file.length} bytes", element=file.name
        )


def _enter(talk: Conversation, application: Application, prove: Prove) -> None:
    talk.select(application)
    talk.prove(proofs.TRANSPORT_KEY, prove)


def _values(order: Order) -> Iterator[tuple[Application, RecordFile | TransparentFile, Any]]:
    """Give each file that the order fills, with its directory and what is to stand in it."""
    filled: dict[str, Any] = {"card": order.card, "holder": order.holder, "photo": order.photo} | dict(
        order.elsewhere or {}
    )
    for application in order.version.applications:
        for file in application.files:
            if filled.get(file.name) and isinstance(file, RecordFile | TransparentFile):
                yield application, file, filled[file.name]
