"""The production file: what holds for the whole batch, a line a card, its photos for printing and for the chip, and the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shebaoka.records import cells
from shebaoka.records.bureau import zips
from shebaoka.records.trailed_csv import (
    BureauFileRefused,
    Column,
    Discord,
    Layout,
    read_sheet,
    refused,
    write_sheet,
)

BATCH: Final = "batch.csv"
RECORDS: Final = "records.csv"
KEYS: Final = "keys.sm2"
PHOTOS: Final = "photos/"
CHIPS: Final = "chips/"


@dataclass(frozen=True, slots=True)
class Batch:
    """What all cards of a file have in common: who issues them (by name, division and number), their version and first PIN."""

    batch: int
    cards: int
    issuer_name: str
    division: str
    issuer: str
    version: str
    pin: str


@dataclass(frozen=True, slots=True)
class ProductionRecord:
    """One card to make. `photo` and `chip_photo` are `<card number>.jpg`, or empty; no `valid_until` means no end.

    `ethnicity`: two digits (GB/T 3304), or empty where it is not known.
    """

    sequence: int
    card_number: str
    social_security_number: str
    name: str
    sex: Literal["男", "女"]
    ethnicity: str
    born_on: date
    application_kind: Literal["换发", "首发", "补换"]
    bank: str
    account_number: str
    issued_on: date
    valid_until: date | None
    photo: str
    chip_photo: str


@dataclass(frozen=True, slots=True)
class Production:
    """A production file's content; pictures by file name, one for each record that names one. `keys`: the sealed key package."""

    batch: Batch
    records: list[ProductionRecord]
    photos: Mapping[str, bytes]
    chip_photos: Mapping[str, bytes]
    keys: bytes


def _discord(record: ProductionRecord) -> Discord | None:
    own = f"{record.card_number}.jpg"
    for field, name in (("相片", record.photo), ("芯片相片", record.chip_photo)):
        if name and name != own:
            return Discord(field, "应为“社保卡号.jpg”或空", "must be <card number>.jpg or empty")
    if record.valid_until and record.valid_until < record.issued_on:
        return Discord("卡有效期", "早于发卡日期", "lies before 发卡日期")
    return None


HEAD: Final = Layout(
    (
        Column("批次", "batch", cells.NUMBER),
        Column("张数", "cards", cells.COUNT_OR_ZERO),
        Column("发卡机构", "issuer_name", cells.TEXT),
        Column("行政区划", "division", cells.digits(6, 6)),
        Column("初始化机构编号", "issuer", cells.digits(1, 24)),
        Column(
            "规范版本", "version", cells.pattern(r"[1-9]\.[0-9]{2}", "应形如 3.00", "must look like 3.00")
        ),
        Column("初始密码", "pin", cells.digits(0, 12)),
    ),
    lambda _: None,
)
PRODUCTION: Final = Layout(
    (
        Column("序号", "sequence", cells.COUNT),
        Column("社保卡号", "card_number", cells.CARD_NUMBER),
        Column("社会保障号码", "social_security_number", cells.SOCIAL_SECURITY_NUMBER),
        Column("姓名", "name", cells.TEXT),
        Column("性别", "sex", cells.pattern("男|女", "应为男或女", "must be 男 or 女")),
        Column(
            "民族",
            "ethnicity",
            cells.pattern("([0-9]{2})?", "应为两位数字或空", "must be two digits or empty"),
        ),
        Column("出生日期", "born_on", cells.DAY),
        Column(
            "申请类型",
            "application_kind",
            cells.pattern("换发|首发|补换", "应为换发、首发或补换", "must be 换发, 首发 or 补换"),
        ),
        Column("服务银行", "bank", cells.TEXT),
        Column("银行账号", "account_number", cells.ACCOUNT_NUMBER),
        Column("发卡日期", "issued_on", cells.DAY),
        Column("卡有效期", "valid_until", cells.DAY_OR_NONE),
        Column("相片", "photo", cells.TEXT_OR_NONE),
        Column("芯片相片", "chip_photo", cells.TEXT_OR_NONE),
    ),
    _discord,
)


def write_production(production: Production) -> bytes:
    """Write a production file, not yet sealed: a stored zip of `batch.csv`, `records.csv`, `keys.sm2`, `photos/` and `chips/`.

    This function will raise BureauFileRefused for a record that could not be read back, two records of one card, a count that
    is not that of the records, or pictures that are not exactly those named.
    """
    _check(production)
    return zips.packed(
        [
            (BATCH, write_sheet(HEAD, [production.batch])),
            (RECORDS, write_sheet(PRODUCTION, production.records)),
            (KEYS, production.keys),
            *((PHOTOS + name, picture) for name, picture in production.photos.items()),
            *((CHIPS + name, picture) for name, picture in production.chip_photos.items()),
        ]
    )


def read_production(data: bytes) -> Production:
    """Read a production file out of its seal.

    This function will raise BureauFileRefused, and nothing else, for any bytes that are not one whole file.
    """
    found = zips.members(data)
    heads = read_sheet(HEAD, Batch, zips.taken(found, BATCH))
    if len(heads) != 1:
        raise refused("total", "batch.csv 应只有一行", "batch.csv must have one line")
    records = read_sheet(PRODUCTION, ProductionRecord, zips.taken(found, RECORDS))
    keys = zips.taken(found, KEYS)
    photos, chips = (_below(folder, found) for folder in (PHOTOS, CHIPS))
    if len(photos) + len(chips) != len(found):
        raise _stray()
    production = Production(heads[0], records, photos, chips, keys)
    _check(production)
    return production


def _below(folder: str, found: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in found.items() if name.startswith(folder)}


def _check(production: Production) -> None:
    records = production.records
    if production.batch.cards != len(records):
        raise refused(
            "total", f"应有 {production.batch.cards} 张，实有 {len(records)} 张",
            f"{production.batch.cards} cards are announced, the file has {len(records)}", field="张数",
        )  # fmt: skip
    if len({record.card_number for record in records}) != len(records):
        raise _twice(records)
    _named(production.photos.keys(), [record.photo for record in records], "相片")
    _named(production.chip_photos.keys(), [record.chip_photo for record in records], "芯片相片")


def _twice(records: Sequence[ProductionRecord]) -> BureauFileRefused:
    numbers = [record.card_number for record in records]
    at = next(at for at, number in enumerate(numbers) if number in numbers[:at])
    return refused(
        "duplicate", "与前面的卡号重复", "stands in an earlier line", line=at + 2, field="社保卡号"
    )


def _named(pictures: AbstractSet[str], names: Sequence[str], field: str) -> None:
    for line, name in enumerate(names, start=2):
        if name and name not in pictures:
            raise refused(
                "photo", "所指相片不在文件中", "names a photo that is not there", line=line, field=field
            )
    if len(pictures) != sum(1 for name in names if name):
        raise _stray()


def _stray() -> BureauFileRefused:
    return refused("photo", "有不属于任何记录的文件", "there are files that no record names")
