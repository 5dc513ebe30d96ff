"""An order for one chip as text, on its way from the city to the machine that writes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from shebaoka.chip.personalising import Order
from shebaoka.chip.versions import VERSIONS

KeyNumber = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{2}$")]
Wrapped = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{40}$")]


class OrderText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is to stand on one chip. Codes are hex digits; keys are enciphered under this chip's transport key.

    It holds a person's data: whoever carries it keeps none of it.
    """

    generation: Annotated[
        int, Meta(ge=1, le=3, description="卡片代次，即规范版本 · generation of the card: its version")
    ]
    identification_code: Annotated[str, Meta(pattern="^[0-9A-Fa-f]{32}$", description="卡识别码 · 32 digits")]
    issuer: Annotated[str, Meta(description="初始化机构编号 · who initialises it", max_length=24)]
    issued_on: Annotated[date, Meta(description="发卡日期 · day of issue")]
    expires_on: Annotated[date | None, Meta(description="有效期，空为长期 · last day; null: no end")]
    card_number: Annotated[str, Meta(description="卡号 · card number", max_length=9)]
    id_number: Annotated[str, Meta(description="社会保障号码 · social security number", max_length=18)]
    name: Annotated[str, Meta(description="姓名 · name", max_length=100)]
    sex: Annotated[str, Meta(description="性别代码（GB/T 2261.1）· code of the sex", max_length=1)]
    ethnicity: Annotated[str, Meta(description="民族代码，空为未知 · code; empty: not known", max_length=2)]
    birth_date: Annotated[date, Meta(description="出生日期 · day of birth")]
    birthplace: Annotated[
        str, Meta(description="出生地代码，空为未知 · code; empty: not known", max_length=6)
    ] = ""
    photo: Annotated[
        bytes, Meta(description="芯片相片，base64 · the photo that the chip holds", max_length=4_096)
    ] = b""
    pin: Annotated[
        str, Meta(pattern="^(?:[0-9]{4,12})?$", description="初始密码，空为不设 · first PIN; empty: none")
    ] = ""
    keys: Annotated[
        Mapping[KeyNumber, Wrapped],
        Meta(
            description="卡片密钥密文，按编号（两位十六进制）· the card's keys, enciphered, by their numbers in hex"
        ),
    ]


def as_text(order: Order) -> OrderText:
    """Give an order as text. Nothing is ordered of DF01 that would travel so."""
    assert not order.elsewhere
    return OrderText(
        generation=order.version.generation, identification_code=_hex(order.identification_code), issuer=order.issuer,
        issued_on=order.issued_on, expires_on=order.expires_on, card_number=order.card_number,
        id_number=order.id_number, name=order.name, sex=order.sex, ethnicity=order.ethnicity,
        birth_date=order.birth_date, birthplace=order.birthplace, photo=order.photo, pin=order.pin,
        keys={f"{number:02X}": _hex(key) for number, key in order.keys.items()},
    )  # fmt: skip


def of_text(text: OrderText) -> Order:
    """Give the order that a text holds."""
    return Order(
        version=VERSIONS[text.generation - 1], identification_code=bytes.fromhex(text.identification_code),
        issuer=text.issuer, issued_on=text.issued_on, expires_on=text.expires_on, card_number=text.card_number,
        id_number=text.id_number, name=text.name, sex=text.sex, ethnicity=text.ethnicity,
        birth_date=text.birth_date, birthplace=text.birthplace, photo=text.photo, pin=text.pin,
        keys={int(number, 16): bytes.fromhex(key) for number, key in text.keys.items()},
    )  # fmt: skip


def _hex(raw: bytes) -> str:
    return raw.hex().upper()
