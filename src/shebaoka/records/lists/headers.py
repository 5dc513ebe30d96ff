"""Finding the header line: within the first rows, under any of the names that people give a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shebaoka.records.lists.errors import ListHeaderMissing
from shebaoka.records.lists.grid import cell_text
from shebaoka.records.lists.model import Column, ListKind

ROWS_LOOKED_AT: Final = 10
_DECORATION: Final = re.compile(r"[\s*:：'\"]|[(（\[【].*?[)）\]】]")
_SHOWN_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Header:
    """The header line: its row (from 0), its cells, and where each field stands."""

    row: int
    cells: tuple[str, ...]
    places: dict[str, int]
    twice: tuple[str, ...]


def plain(header: str) -> str:
    """Bring a header to the form that is compared; this function will drop blanks, stars and bracketed remarks."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", header)).lower()


def find(rows: Sequence[Sequence[Any]], kind: ListKind) -> Header | None:
    """Find the header line among the first rows; this function will give None where no row has all that is needed."""
    candidates = [read(row, number, kind) for number, row in enumerate(rows)]
    complete = [header for header in candidates if not missing(header, kind)]
    return max(complete, key=lambda header: len(header.places), default=None)


def read(row: Sequence[Any], number: int, kind: ListKind) -> Header:
    """Read a row as if it were the header; a column's own name goes before its aliases, the left before the right."""
    texts = [cell_text(cell).strip() for cell in row]
    cells = tuple(texts[: max((place for place, text in enumerate(texts, start=1) if text), default=0)])
    compared = [plain(cell) for cell in cells]
    places: dict[str, int] = {}
    twice: list[str] = []
    for column in kind.columns:
        found = [place for name in _names(column) for place, cell in enumerate(compared) if cell == name]
        if found:
            places[column.field] = found[0]
            twice += [column.header] if len(found) > 1 else []
    return Header(number, cells, places, tuple(twice))


def missing(header: Header, kind: ListKind) -> tuple[str, ...]:
    """Name the headers that are needed and not there; this function will use the template's names."""
    fields = {column.header: column.field for column in kind.columns}
    return tuple(name for name in kind.headers_needed() if fields[name] not in header.places)


def refusal(first_rows: Sequence[Sequence[Sequence[Any]]], kind: ListKind) -> ListHeaderMissing:
    """Say what is missing, judged by the row of all sheets that comes nearest to a header line."""
    candidates = [read(row, number, kind) for rows in first_rows for number, row in enumerate(rows)]
    best = max(candidates, key=lambda header: (len(header.places), any(header.cells), -header.row))
    lacking = list(missing(best, kind))
    found = [cell[:_SHOWN_MAX] for cell in best.cells if cell][:_SHOWN_MAX] if best.places else []
    shown = "、".join(found) or "无 · none"
    return ListHeaderMissing(
        f"缺少：{'、'.join(lacking)}；找到的表头：{shown} · Missing: {', '.join(lacking)}; found: {shown}",
        missing=lacking,
        found=found,
    )


def _names(column: Column) -> list[str]:
    return [plain(name) for name in (column.header, *column.aliases)]
