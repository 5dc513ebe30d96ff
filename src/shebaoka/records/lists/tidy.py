"""Repairs that suit any text cell. Each touches only the cells that need it, so clean files cost little."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

_FULL_WIDTH: Final = {
    chr(0xFF01 + offset): chr(0x21 + offset)
    for offset in range(94)
    if chr(0x21 + offset).isalnum() or chr(0x21 + offset) in "-./+@#"
}
_FULL_WIDTH_RE: Final = "[" + "".join(_FULL_WIDTH) + "]"
# White space, control characters, and characters that take no room or have no meaning of their own.
_BLANK: Final = r"[\s\p{Cc}\p{Cf}\u{00a0}\u{3000}\u{fffe}\u{ffff}]"
_BLANK_TROUBLE: Final = rf"^{_BLANK}|{_BLANK}$|{_BLANK}{{2}}|[^\S ]|[\p{{Cc}}\p{{Cf}}\u{{fffe}}\u{{ffff}}]"
_EXCEL_TEXT: Final = r"""^'|^="[^"]*"$"""
_ANY_TROUBLE: Final = f"{_EXCEL_TEXT}|{_FULL_WIDTH_RE}|{_BLANK_TROUBLE}"


def where(
    series: pl.Series, pattern: str, mend: Callable[[pl.Series], pl.Series]
) -> tuple[pl.Series, pl.Series]:
    """Mend the cells that match.

    This function will give the series with `mend` applied where `pattern` is found, and the mask of those cells.
    """
    found = series.str.contains(pattern).fill_null(value=False)
    if not found.any():
        return series, found
    places = found.arg_true()
    return series.clone().scatter(places, mend(series.gather(places))), found


def tidy(series: pl.Series) -> tuple[pl.Series, dict[str, pl.Series]]:
    """Tidy a column of text.

    This function will drop Excel's text marks (`'…`, `="…"`), turn full-width letters and digits into ordinary ones,
    trim and squeeze blanks, and make empty cells null. It gives the column and the repairs by note code.
    """
    if not series.str.contains(_ANY_TROUBLE).any():
        return series.replace("", None), {}
    series, _ = where(series, _EXCEL_TEXT, lambda cells: cells.str.replace(r"""^(?:'|="([^"]*)"$)""", "$1"))
    series, wide = where(series, _FULL_WIDTH_RE, _to_half_width)
    series, blank = where(series, _BLANK_TROUBLE, _squeeze)
    return series.replace("", None), {"full-width": wide, "blanks": blank}


def without_blanks(series: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Drop all blanks, also inner ones; this function will suit codes and numbers."""
    mended, found = where(series, _BLANK, lambda cells: cells.str.replace_all(_BLANK, ""))
    return mended.replace("", None) if found.any() else mended, found


def _to_half_width(cells: pl.Series) -> pl.Series:
    return cells.str.replace_many(list(_FULL_WIDTH), list(_FULL_WIDTH.values()))


def _squeeze(cells: pl.Series) -> pl.Series:
    invisible = r"[\p{Cf}\u{fffe}\u{ffff}]"
    seen = cells.str.replace_all(invisible, "").str.replace_all(rf"{_BLANK}+", " ")
    return seen.str.strip_chars(" ")
