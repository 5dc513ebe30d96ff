"""The CSV files as rows, with a fault for every cell that cannot be right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from shebaoka.records import uscc
from shebaoka.records.reason import Reason
from shebaoka.registry.institutions.cells import rows_of
from shebaoka.registry.institutions.model import COUNTERS, KINDS, Fault

DISTRICTS: Final = "districts.csv"
INSTITUTIONS: Final = "institutions.csv"
PAYROLL_BANKS: Final = "payroll_banks.csv"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    DISTRICTS: ("code", "name_zh", "name_en"),
    INSTITUTIONS: ("code", "kind", "name_zh", "name_en", "parent", "district", "uscc", "live_from"),
    PAYROLL_BANKS: ("employer", "rank", "bank_code", "bank_name"),
}
MUST_BE_FILLED: Final = frozenset({"code", "name_zh", "name_en", "employer", "bank_name"})
RANKS: Final = {str(rank): rank for rank in range(1, 100)}
FLAGS: Final = ("", "0", "1")

REPEATED: Final = Reason(
    "与前面的行重复", "An earlier row has the same", "请删去重复的行", "Delete the repeated row"
)
KIND: Final = Reason(
    "机构类别不存在",
    "There is no such kind of institution",
    "请填：" + "、".join(KINDS),
    "Use one of: " + ", ".join(KINDS),
)
USCC: Final = Reason(
    "统一社会信用代码应为18位且校验码相符", "The USCC is not right: 18 characters with a check character",
    "请对照营业执照或法人证书填写", "Copy it from the licence",
)  # fmt: skip
DAY: Final = Reason("日期应为 YYYY-MM-DD", "The date must be YYYY-MM-DD", "请改写日期", "Write the date so")
RANK: Final = Reason(
    "序号应为1至99的整数", "The rank must be a whole number from 1 to 99", "请改写序号", "Correct the rank"
)
NO_COUNTER: Final = Reason(
    "只有社区中心和银行网点可以即时补换",
    "Only community centres and bank outlets issue on the spot",
    "请填0或留空",
    "Write 0 or leave it empty",
)
FLAG: Final = Reason("应为0或1", "It must be 0 or 1", "请填0或1", "Write 0 or 1")


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A line of districts.csv."""

    row: int
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """A line of institutions.csv."""

    row: int
    code: str
    kind: str
    name_zh: str
    name_en: str
    parent: str
    district: str
    uscc: str
    elsewhere: bool
    live_from: date | None
    instant: bool = False


@dataclass(frozen=True, slots=True)
class PayrollRow:
    """A line of payroll_banks.csv."""

    row: int
    employer: str
    rank: int
    bank_code: str
    bank_name: str


@dataclass(slots=True)
class Files:
    """What stands in the three files, and what is wrong with it."""

    districts: list[DistrictRow] = field(default_factory=list)
    institutions: list[InstitutionRow] = field(default_factory=list)
    payroll_banks: list[PayrollRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: str, row: int, column: str, reason: Reason) -> None:
        """Note what is wrong with one cell."""
        self.faults.append(Fault(file, row, column, reason))


def read(folder: Path) -> Files:
    """Read the three files of a folder. This function will note faults, never raise for what a file says."""
    files = Files()
    for row, cells in _cells(files, folder, DISTRICTS):
        files.districts.append(DistrictRow(row, cells["code"], cells["name_zh"], cells["name_en"]))
    for row, cells in _cells(files, folder, INSTITUTIONS):
        files.institutions.append(_institution(files, row, cells))
    for row, cells in _cells(files, folder, PAYROLL_BANKS):
        files.payroll_banks.append(_payroll_bank(files, row, cells))
    _refuse_repeated(files)
    return files


def _cells(files: Files, folder: Path, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    columns = COLUMNS[file]
    filled = [column for column in columns if column in MUST_BE_FILLED]
    return rows_of(folder / file, columns, filled, files.fault)


def _institution(files: Files, row: int, cells: dict[str, str]) -> InstitutionRow:
    elsewhere, instant = cells.get("elsewhere", ""), cells.get("instant", "")
    if cells["kind"] not in KINDS:
        files.fault(INSTITUTIONS, row, "kind", KIND)
    if cells["uscc"] and not uscc.is_sound(cells["uscc"]):
        files.fault(INSTITUTIONS, row, "uscc", USCC)
    for column, flag in (("elsewhere", elsewhere), ("instant", instant)):
        if flag not in FLAGS:
            files.fault(INSTITUTIONS, row, column, FLAG)
    if instant == "1" and cells["kind"] not in COUNTERS:
        files.fault(INSTITUTIONS, row, "instant", NO_COUNTER)
    return InstitutionRow(
        row, cells["code"], cells["kind"], cells["name_zh"], cells["name_en"], cells["parent"],
        cells["district"], cells["uscc"], elsewhere == "1", _day(files, row, cells["live_from"]),
        instant == "1",
    )  # fmt: skip


def _payroll_bank(files: Files, row: int, cells: dict[str, str]) -> PayrollRow:
    if cells["rank"] not in RANKS:
        files.fault(PAYROLL_BANKS, row, "rank", RANK)
    return PayrollRow(
        row, cells["employer"], RANKS.get(cells["rank"], 0), cells["bank_code"], cells["bank_name"]
    )


def _day(files: Files, row: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        files.fault(INSTITUTIONS, row, "live_from", DAY)
        return None


def _refuse_repeated(files: Files) -> None:
    for file, column, keys in (
        (DISTRICTS, "code", ((line.row, line.code) for line in files.districts)),
        (INSTITUTIONS, "code", ((line.row, line.code) for line in files.institutions)),
        (INSTITUTIONS, "uscc", ((line.row, line.uscc) for line in files.institutions)),
    ):
        seen: set[str] = set()
        for row, key in keys:
            if key and key in seen:
                files.fault(file, row, column, REPEATED)
            seen.add(key)
