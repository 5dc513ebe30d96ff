"""The checks of single columns, vectorised. Each gives typed values, reason codes and notes of repairs.

A checker sees tidied text: blanks squeezed, full-width characters made ordinary, empty cells null.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from shebaoka.records.id_column import read_column
from shebaoka.records.lists.model import Checked, Checker, Context
from shebaoka.records.lists.tidy import where, without_blanks
from shebaoka.records.uscc import is_sound

_FLOATED: Final = r"^-?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$"
_POINT_ZERO: Final = r"^[0-9]{1,15}\.0+$"
_ZEROED: Final = r"^[0-9]{15}000$"
_LOST: Final = r"[?？\u{fffd}\p{Co}]"
_FORMULA: Final = r"^[=+\-@]"
_HAN_GAP: Final = r"\p{Han} +\p{Han}"
_NAME: Final = r"^[\p{Han}\p{Latin}][\p{Han}\p{Latin}\p{M}·.' \-]{0,48}[\p{Han}\p{Latin}\p{M}.]$"
_DOTS: Final = r"[•・･．‧∙⋅●•᛫]"
_DATE: Final = r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T][0-9:.]*)?$"
_EXCEL_EPOCH: Final = date(1899, 12, 30)


def reasons(series: pl.Series, *tests: tuple[str, pl.Expr]) -> pl.Series:
    """Give the code of the first test that is true for each cell; this function will give null where none is."""
    chain = pl.lit(None, pl.String)
    for code, test in reversed(tests):
        chain = pl.when(test).then(pl.lit(code)).otherwise(chain)
    return (
        pl.DataFrame({"cell": series})
        .select(pl.when(pl.col("cell").is_null()).then(None).otherwise(chain).alias("reason"))
        .to_series()
    )


def _cell(pattern: str) -> pl.Expr:
    return pl.col("cell").str.contains(pattern)


def unfloated(series: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Write out figures like 1.3800000001E+10 and 13800000001.0.

    This function will mend only those whose digits are all there; 1.38E+10 may have been any number and stays.
    """
    return where(
        series, rf"{_FLOATED}|{_POINT_ZERO}", lambda cells: pl.Series([_written_out(cell) for cell in cells])
    )


def _written_out(cell: str) -> str:
    if "E" not in cell.upper():
        return cell.partition(".")[0]
    mantissa, exponent = cell.upper().split("E")
    whole, _, fraction = mantissa.partition(".")
    places = int(exponent)
    if len(fraction) != places or places > 14:  # noqa: PLR2004 - beyond fifteen digits Excel invents zeros
        return cell
    return whole + fraction


def id_number(series: pl.Series, context: Context) -> Checked:
    """Check ID numbers; this function will also derive `birth_date`, `sex` and `id_kind`."""
    cells, mended = unfloated(series)
    read = read_column(cells, on=context.on, invented_allowed=context.invented_allowed)
    floated = cells.str.contains(_FLOATED).fill_null(value=False)
    # A figure shown without exponent: fifteen digits, then zeros.
    zeroed = cells.str.contains(_ZEROED).fill_null(value=False) & (read["reason"] == "id-check-digit")
    reason = read.select(
        pl.when(floated | zeroed).then(pl.lit("digits-lost")).otherwise("reason").alias("reason")
    ).to_series()
    return Checked(
        read["number"],
        reason,
        repairs={"id-upgraded": read["upgraded"] & reason.is_null(), "number-cell": mended},
        derived={"birth_date": read["birth_date"], "sex": read["sex"], "id_kind": read["kind"]},
    )


def other_id_number(series: pl.Series, context: Context) -> Checked:
    """Check the ID number of a second person (guardian, agent); this function will derive nothing."""
    checked = id_number(series, context)
    return Checked(checked.value, checked.reason, repairs=checked.repairs)


def name(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001 - one shape for all checkers
    """Check names; this function will close gaps between Chinese characters and unify the dot."""
    cells, gaps = where(series, _HAN_GAP, lambda cells: cells.str.replace_all(r"(\p{Han}) +", "$1"))
    cells, dots = where(cells, _DOTS, lambda cells: cells.str.replace_all(_DOTS, "·"))
    reason = reasons(
        cells, ("formula", _cell(_FORMULA)), ("characters-lost", _cell(_LOST)), ("name-form", ~_cell(_NAME))
    )
    return Checked(cells, reason, repairs={"blanks": gaps, "dot-unified": dots})


def mobile(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001
    """Check mobile numbers; this function will drop blanks, hyphens and +86, and write out figures."""
    cells, _ = without_blanks(series)
    cells, figures = unfloated(cells)
    cells, _ = where(cells, "[0-9]-[0-9]", lambda cells: cells.str.replace_all("-", "", literal=True))
    cells, prefix = where(cells, r"^(?:\+86|0086|86)1[0-9]{10}$", lambda cells: cells.str.slice(-11))
    reason = reasons(cells, ("digits-lost", _cell(_FLOATED)), ("mobile-form", ~_cell(r"^1[3-9][0-9]{9}$")))
    return Checked(cells, reason, repairs={"number-cell": figures, "prefix-dropped": prefix})


def text(shortest: int, longest: int) -> Checker:
    """Make the check of free text of so many characters; this function will refuse what could be a formula."""

    def check(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001
        length = pl.col("cell").str.len_chars()
        reason = reasons(
            series,
            ("formula", _cell(_FORMULA)),
            ("characters-lost", _cell(r"[\u{fffd}\p{Co}]|\?\?")),
            ("text-short", length < shortest),
            ("too-long", length > longest),
        )
        return Checked(series, reason, detail=f"{shortest}–{longest}")

    return check


def code(pattern: str, shown: str, *, width: int = 0, fault: str = "code-form") -> Checker:
    """Make the check of a code.

    This function will raise small letters, and restore leading zeros that Excel dropped from codes of fixed `width`.
    A code may look like a figure (0E5942045): only what has not the code's form is taken for one.
    """

    def check(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001
        cells, _ = without_blanks(series)
        cells = cells.str.to_uppercase()
        cells, _ = where(cells, _POINT_ZERO, lambda figures: figures.str.replace(r"\.0+$", ""))
        cells, padded = where(
            cells, rf"^[0-9]{{1,{max(width - 1, 1)}}}$", lambda short: short.str.zfill(width)
        )
        odd = ~_cell(f"^(?:{pattern})$")
        reason = reasons(cells, ("digits-lost", odd & _cell(_FLOATED)), (fault, odd))
        return Checked(cells, reason, detail=shown, repairs={"zeros-restored": padded} if width else {})

    return check


def choice(*values: str) -> Checker:
    """Make the check of a cell that takes one of a few words; this function will drop blanks inside."""
    shown = "、".join(values)

    def check(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001
        cells, _ = without_blanks(series)
        return Checked(cells, reasons(cells, ("choice", ~pl.col("cell").is_in(values))), detail=shown)

    return check


def day(*, future_allowed: bool = False) -> Checker:
    """Make the check of a date; this function will read 2019-5-6, 2019/5/6, 20190506, 2019年5月6日 and Excel's 43591."""

    def check(series: pl.Series, context: Context) -> Checked:
        plain, other = where(series, "[^0-9-]|^[0-9]+$|-[0-9](?:-|$)", _as_iso)
        value = plain.str.to_date("%Y-%m-%d", strict=False)
        frame = pl.DataFrame({"cell": series, "day": value})
        late = pl.lit(value=False) if future_allowed else pl.col("day") > context.on
        reason = frame.select(
            pl.when(pl.col("cell").is_null()).then(None)
            .when(pl.col("day").is_null()).then(pl.lit("date-form"))
            .when(late).then(pl.lit("date-future"))
            .alias("reason")
        ).to_series()  # fmt: skip
        return Checked(value, reason, repairs={"date-read": other & reason.is_null()})

    return check


def _as_iso(cells: pl.Series) -> pl.Series:
    """Rewrite other notations; this function will leave what it cannot read."""
    cell = pl.col("cell")
    parts = [cell.str.extract(_DATE, group) for group in (1, 2, 3)]
    iso = pl.concat_str(parts[0], parts[1].str.zfill(2), parts[2].str.zfill(2), separator="-")
    compact = cell.str.extract(r"^([0-9]{8})$", 1).str.replace(r"^(....)(..)(..)$", "$1-$2-$3")
    serial = cell.str.extract(r"^([1-9][0-9]{4})$", 1).cast(pl.Int32)
    excel = (pl.lit(_EXCEL_EPOCH) + pl.duration(days=serial)).dt.to_string("%Y-%m-%d")
    return pl.DataFrame({"cell": cells}).select(pl.coalesce(iso, compact, excel, cell)).to_series()


def number(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001
    """Read a running number, which nobody needs to be right; this function will never refuse one."""
    return Checked(series, reasons(series))


def social_credit_code(series: pl.Series, context: Context) -> Checked:  # noqa: ARG001
    """Check unified social credit codes; this function will look at each different code once."""
    cells, _ = without_blanks(series)
    cells = cells.str.to_uppercase()
    sound = [value for value in cells.unique().drop_nulls() if is_sound(value)]
    return Checked(cells, reasons(cells, ("uscc-form", ~pl.col("cell").is_in(sound))))
