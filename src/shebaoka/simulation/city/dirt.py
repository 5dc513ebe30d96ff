"""Dirt: what spreadsheets and hurried people do to rows, each with what the reader must make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

Row: TypeAlias = dict[str, Any]
"""A list row by field; text, or a figure or a day where the file is a workbook."""
Soil: TypeAlias = Callable[[Row, bool], Row | None]
"""Takes a row and whether figures and days may stand in cells; gives what changes, or None where it cannot apply."""

_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")


def _first(row: Row, *fields: str) -> str:
    return next(field for field in fields if row.get(field))


def _blanks(row: Row, _: bool) -> Row:
    name = row["name"]
    return {"name": f" {name[0]}\u3000{name[1:]}\u00a0" if "·" not in name else f" {name}\t"}


def _full_width(row: Row, _: bool) -> Row:
    field = _first(row, "mobile", "guardian_mobile")
    return {field: row[field].translate(_WIDE)}


def _small_x(row: Row, _: bool) -> Row | None:
    return {"id_number": row["id_number"].lower()} if row["id_number"].endswith("X") else None


def _spaced_number(row: Row, _: bool) -> Row:
    number = row["id_number"]
    return {"id_number": f"{number[:6]} {number[6:14]} {number[14:]}"}


def _old_number(row: Row, _: bool) -> Row | None:
    number = row["id_number"]
    return {"id_number": number[:6] + number[8:17]} if number[6:8] == "19" else None


def _figure(row: Row, typed: bool) -> Row:
    field = _first(row, "mobile", "guardian_mobile")
    return {field: float(row[field]) if typed else f"{row[field]}.0"}


def _plus_86(row: Row, _: bool) -> Row:
    field = _first(row, "mobile", "guardian_mobile")
    return {field: f"+86 {row[field][:3]}-{row[field][3:7]}-{row[field][7:]}"}


def _small_code(row: Row, _: bool) -> Row | None:
    return {"fallback_outlet": row["fallback_outlet"].lower()} if "fallback_outlet" in row else None


def _zeros_lost(row: Row, typed: bool) -> Row | None:
    code = row.get("school_code")
    return {"school_code": float(code) if typed else code.lstrip("0")} if code else None


def _slashed_day(row: Row, typed: bool) -> Row | None:
    day = date.fromisoformat(row["taken_on"]) if "taken_on" in row else None
    return {"taken_on": day if typed else f"{day.year}/{day.month}/{day.day}"} if day else None


def _wrong_check(row: Row, _: bool) -> Row:
    number = row["id_number"]
    return {"id_number": number[:17] + ("1" if number[17] != "1" else "2")}


def _lost_digits(row: Row, typed: bool) -> Row:
    figure = float(row["id_number"][:17] + "0")
    return {"id_number": figure if typed else f"{figure:.5E}"}


def _no_such_day(row: Row, _: bool) -> Row:
    return {"id_number": row["id_number"][:10] + "0230" + row["id_number"][14:]}


def _no_address(row: Row, _: bool) -> Row:
    return {_first(row, "address", "guardian_name"): ""}


def _short_mobile(row: Row, _: bool) -> Row:
    field = _first(row, "mobile", "guardian_mobile")
    return {field: row[field][:-2]}


def _formula(row: Row, _: bool) -> Row:
    field = _first(row, "address", "guardian_name")
    return {field: "=" + row[field]}


MENDED: Final[Mapping[str, Soil]] = {
    "blanks": _blanks,
    "full_width": _full_width,
    "small_x": _small_x,
    "spaced_number": _spaced_number,
    "old_number": _old_number,
    "figure": _figure,
    "plus_86": _plus_86,
    "small_code": _small_code,
    "zeros_lost": _zeros_lost,
    "slashed_day": _slashed_day,
}
"""What the reader mends. Where one does not fit a row, `blanks` does."""
REFUSED: Final[Mapping[str, tuple[str, Soil]]] = {
    "wrong_check": ("id-check-digit", _wrong_check),
    "lost_digits": ("digits-lost", _lost_digits),
    "no_such_day": ("id-birth-date", _no_such_day),
    "no_number": ("missing", lambda _row, _typed: {"id_number": ""}),
    "no_address": ("missing", _no_address),
    "short_mobile": ("mobile-form", _short_mobile),
    "remark": ("name-form", lambda row, _: {"name": row["name"] + "(代)"}),
    "formula": ("formula", _formula),
    "repeated": ("duplicate-same", lambda _row, _typed: {}),
    "repeated_otherwise": ("duplicate-differs", lambda row, _: {"name": row["name"] + "子"}),
}
"""What the reader refuses, with its reason code. The last two come as a second row."""
SECOND_ROWS: Final = ("repeated", "repeated_otherwise")


def soiled(row: Row, kind: str, *, typed: bool) -> tuple[list[Row], str]:
    """Soil a row.

    This function will give the row or rows that stand in the file, and the kind of dirt that was really applied:
    `blanks` takes the place of one that does not fit.
    """
    if kind in SECOND_ROWS:
        return [row, row | (REFUSED[kind][1](row, typed) or {})], kind
    soil = REFUSED[kind][1] if kind in REFUSED else MENDED[kind]
    change = soil(row, typed)
    if change is None:
        return [row | _blanks(row, typed)], "blanks"
    return [row | change], kind
