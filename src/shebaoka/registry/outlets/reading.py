"""outlets.csv and outlet_days.csv as rows, with a fault for every cell that cannot be right."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from shebaoka.records.reason import Reason
from shebaoka.registry.institutions.cells import rows_of
from shebaoka.registry.institutions.model import COUNTERS, Fault, Institution
from shebaoka.registry.institutions.reading import DAY, REPEATED
from shebaoka.registry.outlets.hours import Spans, parse
from shebaoka.registry.outlets.model import OtherDay, Profile

OUTLETS: Final = "outlets.csv"
OTHER_DAYS: Final = "outlet_days.csv"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOLD: Final = ("outlet", "address_zh", "address_en", "phone")
REASONS: Final = ("reason_zh", "reason_en")
LENGTH_MAX: Final = 200
PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{3,18}[0-9]")

NO_OUTLET: Final = Reason(
    "没有这个网点：编码不存在，或不是社区中心、银行网点", "There is no such outlet: no community centre and no bank outlet has this code",
    "请先列入 institutions.csv，或改正编码", "List it in institutions.csv first, or correct the code",
)  # fmt: skip
HOURS: Final = Reason(
    "开放时间看不懂", "The hours cannot be read",
    "请写成 09:00-11:30 13:30-16:30，先后有序、互不重叠；不开放则留空", "Write them as 09:00-11:30 13:30-16:30, in order and apart; leave it empty when closed",
)  # fmt: skip
PHONE_WRONG: Final = Reason(
    "电话号码看不懂", "The telephone number cannot be read", "请只写数字、空格和横线，如 021-12345678", "Digits, blanks and hyphens only, such as 021-12345678"
)  # fmt: skip
TOO_LONG: Final = Reason("内容超过200字", "It is longer than 200 characters", "请缩短", "Make it shorter")


@dataclass(slots=True)
class Files:
    """What stands in the two files, and what is wrong with it. None: the file is not there, and nothing changes."""

    known: Mapping[str, Institution]
    profiles: list[Profile] | None = None
    other_days: list[OtherDay] | None = None
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: str, row: int, column: str, reason: Reason) -> None:
        """Note what is wrong with one cell."""
        self.faults.append(Fault(file, row, column, reason))

    def outlet(self, file: str, row: int, code: str) -> int:
        """Give the outlet of a code, 0 with a fault where there is none."""
        found = self.known.get(code)
        if found is None or found.kind not in COUNTERS:
            self.fault(file, row, "outlet", NO_OUTLET)
            return 0
        return found.institution_id

    def hours(self, file: str, row: int, column: str, text: str) -> Spans:
        """Read hours, none with a fault where they make no sense."""
        try:
            return parse(text)
        except ValueError:
            self.fault(file, row, column, HOURS)
            return ()


def read(folder: Path, known: Mapping[str, Institution]) -> Files:
    """Read the files of a folder, each if it is there. `known`: institutions by code. Notes faults, never raises for them."""
    files = Files(known)
    if (folder / OUTLETS).exists():
        files.profiles = [
            _profile(files, row, cells)
            for row, cells in _rows(files, folder, OUTLETS, (*TOLD, *WEEKDAYS), TOLD)
        ]
    if (folder / OTHER_DAYS).exists():
        columns = ("outlet", "day", "hours", *REASONS)
        files.other_days = [
            _other_day(files, row, cells)
            for row, cells in _rows(files, folder, OTHER_DAYS, columns, ("day", *REASONS))
        ]
    return files


def _rows(
    files: Files, folder: Path, file: str, columns: tuple[str, ...], filled: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    keys = ("outlet",) if file == OUTLETS else ("outlet", "day")
    seen: set[tuple[str, ...]] = set()
    for row, cells in rows_of(folder / file, columns, filled, files.fault):
        key = tuple(cells[column] for column in keys)
        if key in seen:
            files.fault(file, row, keys[-1], REPEATED)
        seen.add(key)
        _refuse_long(files, file, row, cells, columns)
        yield row, cells


def _refuse_long(
    files: Files, file: str, row: int, cells: Mapping[str, str], columns: Collection[str]
) -> None:
    for column in columns:
        if len(cells[column]) > LENGTH_MAX:
            files.fault(file, row, column, TOO_LONG)


def _profile(files: Files, row: int, cells: Mapping[str, str]) -> Profile:
    if cells["phone"] and not PHONE.fullmatch(cells["phone"]):
        files.fault(OUTLETS, row, "phone", PHONE_WRONG)
    week = tuple(files.hours(OUTLETS, row, day, cells[day]) for day in WEEKDAYS)
    outlet = files.outlet(OUTLETS, row, cells["outlet"]) if cells["outlet"] else 0
    return Profile(outlet, cells["address_zh"], cells["address_en"], cells["phone"], week)


def _other_day(files: Files, row: int, cells: Mapping[str, str]) -> OtherDay:
    outlet = files.outlet(OTHER_DAYS, row, cells["outlet"]) if cells["outlet"] else None
    spans = files.hours(OTHER_DAYS, row, "hours", cells["hours"])
    return OtherDay(outlet, _day(files, row, cells["day"]), spans, cells["reason_zh"], cells["reason_en"])


def _day(files: Files, row: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text:
            files.fault(OTHER_DAYS, row, "day", DAY)
        return date.min
