"""Amounts as people type them: yuan, with at most two decimals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from shebaoka.faces.web.backend import Refused

FEN: Final = 100
WRONG: Final = {
    "title": "The amount is not right", "title_zh": "金额有误", "remedy_zh": "请填写金额，单位元，最多两位小数",
    "remedy_en": "Type yuan, with at most two decimals",
}  # fmt: skip


def fen_of(data: Mapping[str, str], name: str) -> int:
    """Give an amount that was typed in yuan in fen; Refused for what is none."""
    typed = data.get(name, "").strip().replace(",", "").replace("，", "")
    try:
        fen = Decimal(typed) * FEN
    except InvalidOperation:
        fen = Decimal("NaN")
    if not fen.is_finite() or fen != fen.to_integral_value() or fen < 0:
        raise Refused(
            422, WRONG | {"errors": [{"field": name, "message": "金额，单位元 · an amount in yuan"}]}
        )
    return int(fen)
