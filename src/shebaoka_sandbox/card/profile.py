"""A profile: whose card a virtual card is, and in which state. Written as JSON; `docs/virtual-card.md` explains every field."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from shebaoka.chip import proofs
from shebaoka.chip.errors import ChipValueRefused
from shebaoka.chip.layout import CyclicFile
from shebaoka.chip.numbers import Reset, identification_code, make_reset
from shebaoka.chip.personalising import Order, personalise
from shebaoka.chip.reading import begin
from shebaoka.chip.versions import VERSIONS, Version
from shebaoka.keys.demo import DEMO_CITY, demo_ring
from shebaoka.keys.hierarchy import NUMBERS, Ring
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import KEY_TRIES, PIN_TRIES, Chip, Key, Life, Lock

CODE_BYTES_BEFORE_MAC: Final = 12
Digits4 = Annotated[str, Meta(pattern="^[0-9]{4}$")]
Digits6 = Annotated[str, Meta(pattern="^[0-9]{6}$")]
Hex8 = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{8}$")]
HexKey = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{32}$")]
KeyNumber = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{2}$")]
Hex = Annotated[str, Meta(pattern="^([0-9A-Fa-f]{2})*$")]


class ProfileWrong(Exception):  # noqa: N818 - named for the fact
    """The profile cannot be made a card: which field, and why, in Chinese and English."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}" if field else why)
        self.field = field


class Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The holder; by default a person who was invented, with an ID number that nobody can have."""

    id_number: str = "10010119800101001X"
    name: str = "张大例"
    sex: str = "1"
    ethnicity: str = "01"
    birthplace: str = "310101"
    birth_date: date = date(1980, 1, 1)


class Registered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the holder is registered (DF01 EF05)."""

    hukou_type: str = ""
    hukou_address: str = ""
    hukou_division: str = ""


class Reached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the holder is reached (DF01 EF06)."""

    address: str = "虚构路1号"
    division: str = "310101"
    mobile: str = "15400000000"
    contact: str = ""
    contact_phone: str = ""


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The holder's number, and how often it may be tried."""

    digits: str = "123456"
    tries_max: Annotated[int, Meta(ge=1, le=15)] = PIN_TRIES
    tries_left: Annotated[int, Meta(ge=0, le=15)] = PIN_TRIES


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole card."""

    generation: Literal[1, 2, 3] | None = None
    life: Literal["blank", "personalised", "blocked"] = "personalised"
    city: Digits4 = DEMO_CITY
    serial: Hex8 = "00000001"
    division: Digits6 = "999900"
    issuer: str = "999900000000"
    card_number: str = "A00000017"
    issued_on: date = date(2019, 5, 6)
    expires_on: date | None = date(2029, 5, 5)
    holder: Holder = Holder()
    registered: Registered = Registered()
    reached: Reached = Reached()
    photo: str = ""
    pin: Pin | None = Pin()
    keys: dict[KeyNumber, HexKey] = {}
    key_tries_left: dict[KeyNumber, Annotated[int, Meta(ge=0, le=KEY_TRIES)]] = {}
    identification_code: Hex = ""
    raw: dict[str, Hex] = {}


def from_file(file: Path) -> Profile:
    """Read a profile. Raises ProfileWrong naming the field, OSError."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Profile)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        field = where.rstrip("`").removeprefix("$").strip(".")
        raise ProfileWrong(field, f"不符合说明 · not as docs/virtual-card.md says: {what}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProfileWrong("", f"不是 UTF-8 编码的 JSON · not JSON in UTF-8: {error}") from None


def card_of(profile: Profile, generation: int, photo: bytes = b"") -> Chip:
    """Give the card: made by the same personaliser that makes real ones. Raises ProfileWrong."""
    version = VERSIONS[generation - 1]
    reset = make_reset(profile.city, bytes.fromhex(profile.serial))
    ring = _ring(profile, version)
    transport = ring.card_key(version.algorithm, proofs.TRANSPORT_KEY, reset.factor)
    chip = Chip(version, reset, transport)
    if profile.life != "blank":
        try:
            order = _order(profile, version, reset, ring, photo)
            personalise(begin(lambda raw: answer(chip, raw), chip.power()), order, ring.prove)
        except ChipValueRefused as refused:
            raise ProfileWrong(_field(str(refused.members.get("element", ""))), refused.detail) from None
    if profile.life == "blocked":
        chip.life = Life.BLOCKED
    if profile.pin:
        chip.pin_lock = Lock(profile.pin.tries_max, min(profile.pin.tries_left, profile.pin.tries_max))
    for number, left in profile.key_tries_left.items():
        _key(chip, number).lock = Lock(KEY_TRIES, left)
    for place, content in profile.raw.items():
        _overwrite(chip, place, bytes.fromhex(content))
    return chip


def _ring(profile: Profile, version: Version) -> Ring:
    if not profile.keys:
        if profile.city != DEMO_CITY:
            raise ProfileWrong("keys", f"{DEMO_CITY} 以外的城市须给出该市的应用密钥 · a city other than {DEMO_CITY} needs its application keys")  # fmt: skip
        return demo_ring()
    keys = {int(number, 16): bytes.fromhex(key) for number, key in profile.keys.items()}
    needed = (proofs.TRANSPORT_KEY,) if profile.life == "blank" else NUMBERS
    lacking = ", ".join(f"{number:02X}" for number in needed if number not in keys)
    if lacking:
        raise ProfileWrong("keys", f"缺少密钥 · keys are missing: {lacking}")
    return Ring.of(profile.city, version.algorithm, keys)


def _order(profile: Profile, version: Version, reset: Reset, ring: Ring, photo: bytes) -> Order:
    holder = profile.holder
    return Order(
        version=version, identification_code=_code(profile, version, reset, ring), issuer=profile.issuer,
        issued_on=profile.issued_on, expires_on=profile.expires_on, card_number=profile.card_number,
        id_number=holder.id_number, name=holder.name, sex=holder.sex, ethnicity=holder.ethnicity,
        birth_date=holder.birth_date, birthplace=holder.birthplace, photo=photo,
        pin=profile.pin.digits if profile.pin else "", keys=ring.card_keys(version.algorithm, reset.factor),
        elsewhere={"registered": msgspec.structs.asdict(profile.registered), "reached": msgspec.structs.asdict(profile.reached)},
    )  # fmt: skip


def _code(profile: Profile, version: Version, reset: Reset, ring: Ring) -> bytes:
    if profile.identification_code:
        return bytes.fromhex(profile.identification_code)
    bare = identification_code(profile.division, reset, bytes(4))[:CODE_BYTES_BEFORE_MAC]
    return bare + ring.code_mac(version.algorithm, reset.factor, bare)


def _key(chip: Chip, number: str) -> Key:
    found = chip.keys.get(int(number, 16))
    if found is None:
        raise ProfileWrong(f"key_tries_left.{number}", "卡上没有此密钥 · there is no such key on the card")
    return found


def _overwrite(chip: Chip, place: str, content: bytes) -> None:
    """Put bytes where the profile says, as they are: a card that is not as the specification wants it."""
    title, _, rest = place.partition(" EF")
    identifier, _, number = rest.partition(" ")
    try:
        file = chip.version.application(title).file(0xEF00 | int(identifier, 16))
    except (StopIteration, KeyError, ValueError):
        raise ProfileWrong(
            f"raw.{place}", "没有此文件，写法如 SSSE EF06 2 · no such file; write SSSE EF06 2"
        ) from None
    held = chip.contents[title, file.identifier]
    if isinstance(held, bytearray):
        held[:] = content
    elif isinstance(file, CyclicFile):
        held.append(content)
    elif number.isdigit() and 1 <= int(number) <= len(held):
        held[int(number) - 1] = content
    else:
        raise ProfileWrong(f"raw.{place}", f"记录号应为 1 至 {len(held)} · the record is 1 to {len(held)}")


def _field(element: str) -> str:
    """Give the profile's own name for an element of the chip."""
    inside = {"holder": Holder, "registered": Registered, "reached": Reached}
    where = next((part for part, kind in inside.items() if element in kind.__struct_fields__), "")
    return f"{where}.{element}" if where else {"pin": "pin.digits"}.get(element, element)
