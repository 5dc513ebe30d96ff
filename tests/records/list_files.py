"""Files as people make them, for the tests of the list codecs."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import xlsxwriter

from shebaoka.records.id_number import with_check_character
from shebaoka.records.lists import ListKind, ListResult, read_list

ON = date(2019, 7, 1)
HEADERS = ["序号", "姓名", "证件号码", "手机号码", "邮寄地址", "备用网点代码", "银行代码", "工号"]


def id_of(serial: int, head: str = "100101") -> str:
    return with_check_character(
        f"{head}1990{serial // 28 % 12 + 1:02d}{serial % 28 + 1:02d}{serial % 1000:03d}"
    )


def person(serial: int, **changes: Any) -> list[Any]:
    row = {
        "序号": str(serial),
        "姓名": "张示例",
        "证件号码": id_of(serial),
        "手机号码": f"154{serial:08d}",
        "邮寄地址": f"黄浦区示例路{serial}号",
        "备用网点代码": "C310101002",
        "银行代码": "BOSC",
        "工号": f"{serial:04d}",
    }
    return list((row | changes).values())


def xlsx(*sheets: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int, Any]] = ()) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet()
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(place, column, cell, day)
                    elif cell is not None:
                        sheet.write(place, column, cell)
            for top, left, bottom, right, value in merged if number == 0 else ():
                sheet.merge_range(top, left, bottom, right, value)
    return target.getvalue()


def delimited(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)


def read(data: bytes, kind: ListKind, *, invented_allowed: bool = True) -> ListResult:
    return read_list(data, "名册", kind, on=ON, invented_allowed=invented_allowed)


def codes(result: ListResult) -> list[tuple[int, str, str]]:
    return result.rejects.select("row_no", "column", "code").rows()


def note_codes(result: ListResult) -> dict[str, int]:
    return dict(result.notes.group_by("code").agg(rows=pl.col("rows").sum()).rows())
