"""What goes over the wire between a page and its machine's reader. Bytes are hex in capitals; days are YYYY-MM-DD."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from shebaoka.chip.numbers import Reset
from shebaoka.chip.ordering import OrderText
from shebaoka.chip.personalising import Laid, digest
from shebaoka.chip.reading import CardRead
from shebaoka.terminal.making import Made

Ticket = Annotated[
    str,
    Meta(max_length=400, description="本市服务发给此次操作的凭据 · ticket of the city's service for this"),
]
Hex = Annotated[str, Meta(pattern="^([0-9A-Fa-f]{2})*$", max_length=512)]
PinText = Annotated[str, Meta(pattern="^[0-9]{4,12}$", description="4 至 12 位数字 · four to twelve digits")]
WAIT_SECONDS_MAX = 60


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request's body; an unknown field is refused."""


class ReaderSeen(msgspec.Struct, frozen=True):
    """A reader, and whether a card lies in it."""

    name: str
    card: bool


class ReadersSeen(msgspec.Struct, frozen=True):
    """The readers. `state`: a word that changes with them; give it back to wait for the next change."""

    state: str
    readers: list[ReaderSeen]
    problem: dict[str, Any] | None = None


class SessionWanted(Body, frozen=True):
    """Who wants the card, in which reader, and how long to wait for one."""

    who: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=40,
            description="占用者，如“3 号窗口”，告诉同时要用读卡器的人 · who has the reader, told to whoever wants it too",
        ),
    ]
    reader: Annotated[str, Meta(max_length=200)] | None = None
    wait_seconds: Annotated[int, Meta(ge=0, le=WAIT_SECONDS_MAX)] = 20


class CardPresent(msgspec.Struct, frozen=True):
    """What a card says of itself when it gets power: which city's it is, and which chip."""

    historical: str
    factor: str
    city: str


class SessionOpened(msgspec.Struct, frozen=True):
    """A session: its word goes into the header Reader-Session. It ends by itself when nothing is done in it for so long."""

    session: str
    reader: str
    ends_in_seconds: int
    card: CardPresent


class ReadWanted(Body, frozen=True):
    """A read. Without a ticket, and without keys of this machine, the holder stays unread."""

    ticket: Ticket = ""


class HolderRead(msgspec.Struct, frozen=True):
    """The card's holder."""

    id_number: str
    name: str
    sex: str
    birth_date: date | None


class ListTold(msgspec.Struct, frozen=True):
    """What the status list at hand says of the card, in a sentence that also says what to do. `hit`: it speaks against the card.

    `stale`: it is older than one may go by, and speaks for no card. `as_of`: of which moment it tells. `until`: when a temporary
    loss report ends by itself.
    """

    listed: str
    hit: bool
    stale: bool
    as_of: datetime
    until: datetime | None
    zh: str
    en: str


class CardTold(msgspec.Struct, frozen=True):
    """A card. `holder` is null where nothing proved that this machine may read them; `status_list` where it has none at hand."""

    generation: int
    version: str
    city: str
    division: str
    card_number: str
    issued_on: date | None
    expires_on: date | None
    identification_code: str
    historical: str
    icardbas: str
    holder: HolderRead | None
    status_list: ListTold | None = None


class PinShown(Body, frozen=True):
    """The holder's PIN."""

    pin: PinText


class PinChanged(Body, frozen=True):
    """The holder's PIN, and the next one."""

    old: PinText
    new: PinText


class PinReset(Body, frozen=True):
    """A new PIN for a holder whose document was seen: its number as typed from it, and a ticket to reset this card's PIN."""

    id_number: Annotated[str, Meta(min_length=1, max_length=40)]
    new: PinText
    ticket: Ticket


class Verified(msgspec.Struct, frozen=True):
    """The card took the PIN."""

    verified: bool = True


class Challenged(Body, frozen=True):
    """A challenge of whoever will hold the proof against the city's key; a card with shorter blocks answers its beginning."""

    challenge: Annotated[
        str, Meta(pattern="^[0-9A-Fa-f]{32}$", description="16 字节随机数 · 16 random bytes")
    ]


class CardOrdered(Body, frozen=True):
    """An order for the blank in the reader, and the ticket that proves this machine to it."""

    order: OrderText
    ticket: Ticket


class FileRead(msgspec.Struct, frozen=True):
    """A file as it stands on the card: records by their numbers, or content."""

    application: str
    file: str
    records: dict[str, str]
    content: str


class CardMade(msgspec.Struct, frozen=True):
    """What stands on the card, as read back. `already`: it had been made before, and nobody had heard of it.

    `digest`: SM3 of it as `chip.personalising.digest` gives it, to be held against the order's.
    """

    already: bool
    identification_code: str
    card_number: str
    historical: str
    digest: str
    files: list[FileRead]


def upper(raw: bytes) -> str:
    """Give bytes as they are told."""
    return raw.hex().upper()


def present(reset: Reset) -> CardPresent:
    """Tell what a card says of itself."""
    return CardPresent(upper(reset.historical), upper(reset.factor), reset.city)


def told(card: CardRead, line: str, said: ListTold | None = None) -> CardTold:
    """Tell of a card that was read."""
    holder = None
    if card.id_number is not None:
        holder = HolderRead(card.id_number, card.name or "", card.sex or "", card.birth_date)
    return CardTold(
        card.generation, card.version, card.reset.city, card.division, card.card_number, card.issued_on, card.expires_on,
        upper(card.identification_code), upper(card.reset.historical), line, holder,
        said,
    )  # fmt: skip


def made(found: Made, reset: Reset) -> CardMade:
    """Tell of a card that was made: what was read, not what was ordered."""
    card = next(one for one in found.laid if one.file.name == "card")
    return CardMade(
        found.already, upper(card.value("identification_code")), card.value("card_number"), upper(reset.historical),
        upper(digest(found.laid)), [_file(one) for one in found.laid],
    )  # fmt: skip


def _file(laid: Laid) -> FileRead:
    records = {str(number): upper(record) for number, record in laid.records.items()}
    return FileRead(
        laid.application.title, f"EF{laid.file.identifier & 0xFF:02X}", records, upper(laid.content)
    )
