"""The return file: what became of each card, and a statement of what it took: blanks, and uses of the batch's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from shebaoka.records import cells
from shebaoka.records.bureau import zips
from shebaoka.records.trailed_csv import Column, Discord, Layout, read_sheet, refused, write_sheet

STATEMENT: Final = "statement.csv"
CARDS: Final = "cards.csv"


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """What became of one card: made (identification code and content as read back, reset code, box), or failed (stage, reason).

    `digest`: SM3 of what was read back (`chip.personalising.digest`), in hex. `spoiled`: blanks that were spoiled for this card.
    """

    sequence: int
    card_number: str
    social_security_number: str
    name: str
    issued_on: date
    valid_until: date | None
    chip_id: str
    reset_code: str
    digest: str
    bank: str
    account_number: str
    box_position: str
    spoiled: int
    failed_stage: Literal["", "制卡", "银行"]
    failure_reason: str

    @property
    def made(self) -> bool:
        """Whether the card exists."""
        return not self.failed_stage


@dataclass(frozen=True, slots=True)
class Statement:
    """What the lines of one file took. `key_uses`: for how many blanks keys were derived; `destroyed_at`: of the batch's keys.

    None: the bureau still has them, and another file follows.
    """

    batch: int
    lines: int
    made: int
    spoiled: int
    key_uses: int
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Return:
    """A return file's content. Whether both parts agree is not this file's matter."""

    statement: Statement
    records: list[ReturnRecord]


def _discord(record: ReturnRecord) -> Discord | None:
    if record.made and not (record.chip_id and record.reset_code and record.digest):
        return Discord(
            "卡识别码",
            "制成的卡须有卡识别码、卡复位码和读回摘要",
            "and 卡复位码 and 读回摘要 must be given for a card that was made",
        )
    if record.made and record.failure_reason:
        return Discord("失败环节", "有失败原因而无失败环节", "must be given with 失败原因")
    if not record.made and not record.failure_reason:
        return Discord("失败原因", "失败的卡须写明原因", "must be given for a card that failed")
    if record.valid_until and record.valid_until < record.issued_on:
        return Discord("卡有效期", "早于发卡日期", "lies before 发卡日期")
    return None


TOLD: Final = Layout(
    (
        Column("批次", "batch", cells.NUMBER),
        Column("行数", "lines", cells.COUNT_OR_ZERO),
        Column("制成", "made", cells.COUNT_OR_ZERO),
        Column("废坯", "spoiled", cells.COUNT_OR_ZERO),
        Column("密钥使用次数", "key_uses", cells.COUNT_OR_ZERO),
        Column("密钥销毁时间", "destroyed_at", cells.MOMENT_OR_NONE),
    ),
    lambda _: None,
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
        Column("读回摘要", "digest", cells.hex_digits(64)),
        Column("服务银行", "bank", cells.TEXT),
        Column("银行账号", "account_number", cells.ACCOUNT_NUMBER),
        Column("装箱位置", "box_position", cells.TEXT_OR_NONE),
        Column("废坯", "spoiled", cells.COUNT_OR_ZERO),
        Column(
            "失败环节",
            "failed_stage",
            cells.pattern("|制卡|银行", "应为空、制卡或银行", "must be empty, 制卡 or 银行"),
        ),
        Column("失败原因", "failure_reason", cells.TEXT_OR_NONE),
    ),
    _discord,
)


def write_return(statement: Statement, records: Sequence[ReturnRecord]) -> bytes:
    """Write a return file, not yet sealed: a stored zip of `statement.csv` and `cards.csv`.

    This function will raise BureauFileRefused for a record that could not be read back equal.
    """
    return zips.packed([(STATEMENT, write_sheet(TOLD, [statement])), (CARDS, write_sheet(RETURN, records))])


def read_return(data: bytes) -> Return:
    """Read a return file out of its seal. A card may stand in it twice: what that means is not this file's matter.

    This function will raise BureauFileRefused, and nothing else, for any bytes that are not one whole file.
    """
    found = zips.members(data)
    statements = read_sheet(TOLD, Statement, zips.taken(found, STATEMENT))
    if len(statements) != 1:
        raise refused("total", "statement.csv 应只有一行", "statement.csv must have one line")
    records = read_sheet(RETURN, ReturnRecord, zips.taken(found, CARDS))
    if found:
        raise refused("zip", "压缩包中有多余的文件", "the zip holds other files too")
    return Return(statements[0], records)
