"""The two files that travel between the city and the card bureau (docs/partners.md), and their seal.

The columns follow the exchange seen in practice; lengths and the seal's header are our own choice (inferred).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shebaoka.kit.sm import SealBroken, sm4_open, sm4_seal
from shebaoka.records import cells
from shebaoka.records.trailed_csv import (
    BureauFileRefused,
    Column,
    Discord,
    Layout,
    read_sheet,
    refused,
    write_sheet,
)

__all__ = [
    "BureauFileRefused",
    "Production",
    "ProductionRecord",
    "ReturnRecord",
    "open_file",
    "read_production",
    "read_return",
    "seal_file",
    "write_production",
    "write_return",
]

MAGIC: Final = b"SBK1"
RECORDS: Final = "records.csv"
PHOTOS: Final = "photos/"
# One moment for all members: the same records make the same bytes.
ZIP_MOMENT: Final = (2019, 1, 1, 0, 0, 0)
# All that zipfile is known to raise on bytes that are no zip.
ZIP_ERRORS: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, NotImplementedError, OSError,
    OverflowError, RuntimeError, UnicodeDecodeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProductionRecord:
    """One card to make. `photo` is `<card number>.jpg`, or empty; no `valid_until` means no end."""

    sequence: int
    card_number: str
    social_security_number: str
    name: str
    sex: Literal["男", "女"]
    born_on: date
    application_kind: Literal["换发", "首发", "补换"]
    bank: str
    account_number: str
    issued_on: date
    valid_until: date | None
    photo: str


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """What became of one card: made (chip, reset code, box), or failed (stage, reason)."""

    sequence: int
    card_number: str
    social_security_number: str
    name: str
    issued_on: date
    valid_until: date | None
    chip_id: str
    reset_code: str
    bank: str
    account_number: str
    box_position: str
    failed_stage: Literal["", "制卡", "银行"]
    failure_reason: str

    @property
    def made(self) -> bool:
        """Whether the card exists."""
        return not self.failed_stage


@dataclass(frozen=True, slots=True)
class Production:
    """A production file's content; `photos` by file name, one for each record that names one."""

    records: list[ProductionRecord]
    photos: dict[str, bytes]


def _production_discord(record: ProductionRecord) -> Discord | None:
    if record.photo and record.photo != f"{record.card_number}.jpg":
        return Discord("相片", "应为“社保卡号.jpg”或空", "must be <card number>.jpg or empty")
    return _validity_discord(record)


def _return_discord(record: ReturnRecord) -> Discord | None:
    if record.made and not (record.chip_id and record.reset_code):
        return Discord(
            "卡识别码",
            "制成的卡须有卡识别码和卡复位码",
            "and 卡复位码 must be given for a card that was made",
        )
    if record.made and record.failure_reason:
        return Discord("失败环节", "有失败原因而无失败环节", "must be given with 失败原因")
    if not record.made and not record.failure_reason:
        return Discord("失败原因", "失败的卡须写明原因", "must be given for a card that failed")
    return _validity_discord(record)


def _validity_discord(record: ProductionRecord | ReturnRecord) -> Discord | None:
    if record.valid_until and record.valid_until < record.issued_on:
        return Discord("卡有效期", "早于发卡日期", "lies before 发卡日期")
    return None


PRODUCTION: Final = Layout(
    (
        Column("序号", "sequence", cells.COUNT),
        Column("社保卡号", "card_number", cells.CARD_NUMBER),
        Column("社会保障号码", "social_security_number", cells.SOCIAL_SECURITY_NUMBER),
        Column("姓名", "name", cells.TEXT),
        Column("性别", "sex", cells.pattern("男|女", "应为男或女", "must be 男 or 女")),
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
    ),
    _production_discord,
)
RETURN: Final = Layout(
    (
        Column("序号", "sequence", cells.COUNT),
        Column("社保卡号", "card_number", cells.CARD_NUMBER),
        Column("社会保障号码", "social_security_number", cells.SOCIAL_SECURITY_NUMBER),
        Column("姓名", "name", cells.TEXT),
        Column("发卡日期", "issued_on", cells.DAY),
        Column("卡有效期", "valid_until", cells.DAY_OR_NONE),
        Column("卡识别码", "chip_id", cells.hex_digits(32)),
        Column("卡复位码", "reset_code", cells.hex_digits(26)),
        Column("服务银行", "bank", cells.TEXT),
        Column("银行账号", "account_number", cells.ACCOUNT_NUMBER),
        Column("装箱位置", "box_position", cells.TEXT_OR_NONE),
        Column(
            "失败环节",
            "failed_stage",
            cells.pattern("|制卡|银行", "应为空、制卡或银行", "must be empty, 制卡 or 银行"),
        ),
        Column("失败原因", "failure_reason", cells.TEXT_OR_NONE),
    ),
    _return_discord,
)


def write_production(records: Sequence[ProductionRecord], photos: Mapping[str, bytes]) -> bytes:
    """Write a production file, not yet sealed: a stored zip of `records.csv` and `photos/`.

    `photos` maps the file names that the records give (`ProductionRecord.photo`) to JPEG bytes.
    This function will raise BureauFileRefused for a record that could not be read back, two records of one
    card, or photos that are not exactly those named.
    """
    sheet = write_sheet(PRODUCTION, records)
    _check_photos(records, photos.keys())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORDS, ZIP_MOMENT), sheet)
        for record in records:
            if record.photo:
                archive.writestr(zipfile.ZipInfo(PHOTOS + record.photo, ZIP_MOMENT), photos[record.photo])
    return target.getvalue()


def read_production(data: bytes) -> Production:
    """Read a production file out of its seal.

    This function will raise BureauFileRefused, and nothing else, for any bytes that are not one whole file.
    """
    members = _members(data)
    sheet = members.pop(RECORDS, None)
    if sheet is None:
        raise refused("zip", "压缩包中没有 records.csv", "the zip holds no records.csv")
    records = read_sheet(PRODUCTION, ProductionRecord, sheet)
    photos = {name.removeprefix(PHOTOS): body for name, body in members.items() if name.startswith(PHOTOS)}
    if len(photos) != len(members):
        raise _stray()
    _check_photos(records, photos.keys())
    return Production(records, photos)


def write_return(records: Sequence[ReturnRecord]) -> bytes:
    """Write a return file, not yet sealed.

    This function will raise BureauFileRefused for a record that could not be read back equal.
    """
    return write_sheet(RETURN, records)


def read_return(data: bytes) -> list[ReturnRecord]:
    """Read a return file out of its seal. A card may stand in it twice: what that means is not this file's matter.

    This function will raise BureauFileRefused, and nothing else, for any bytes that are not one whole file.
    """
    return read_sheet(RETURN, ReturnRecord, data)


def seal_file(key: bytes, name: str, data: bytes) -> bytes:
    """Seal a file's content under the bureau's key (16 bytes) and its final file name.

    This function will give `SBK1` ‖ nonce ‖ ciphertext ‖ tag.
    """
    return MAGIC + sm4_seal(key, data, name.encode())


def open_file(key: bytes, name: str, data: bytes) -> bytes:
    """Give the content that `seal_file` sealed under this key and name.

    This function will raise BureauFileRefused when it was changed, cut, renamed or sealed under another key.
    """
    if not data.startswith(MAGIC):
        raise refused(
            "seal", "文件不以 SBK1 开头，不是加封文件", "the file does not begin with SBK1: it is not sealed"
        )
    try:
        return sm4_open(key, data[len(MAGIC) :], name.encode())
    except SealBroken:
        raise refused(
            "seal", "封印与密钥、文件名或内容不符", "the seal does not fit key, file name or content"
        ) from None


def _check_photos(records: Sequence[ProductionRecord], photos: AbstractSet[str]) -> None:
    cards: set[str] = set()
    for line, record in enumerate(records, start=2):
        if record.card_number in cards:
            raise refused(
                "duplicate", "与前面的卡号重复", "stands in an earlier line", line=line, field="社保卡号"
            )
        if record.photo and record.photo not in photos:
            raise refused(
                "photo", "所指相片不在文件中", "names a photo that is not there", line=line, field="相片"
            )
        cards.add(record.card_number)
    if len(photos) != sum(1 for record in records if record.photo):
        raise _stray()


def _stray() -> BureauFileRefused:
    return refused("photo", "有不属于任何记录的文件", "there are files that no record names")


def _members(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _stored(archive, len(data))
    except ZIP_ERRORS:
        raise refused("zip", "压缩包不能读取", "the zip cannot be read") from None


def _stored(archive: zipfile.ZipFile, limit: int) -> dict[str, bytes]:
    """Read all members, which must be stored, lie side by side and be named once: no bomb can unfold."""
    entries = archive.infolist()
    plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not plain or sum(entry.file_size for entry in entries) > limit:
        raise refused("zip", "压缩包成员须为不压缩存储", "the zip's members must be stored, not compressed")
    members = {entry.filename: archive.read(entry) for entry in entries}
    if len(members) != len(entries):
        raise refused("zip", "压缩包成员重名", "the zip names a member twice")
    return members
