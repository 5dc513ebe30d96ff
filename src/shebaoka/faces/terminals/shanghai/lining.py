"""Lines of a message as lines of a bill: the catalogue of the day divides them, whatever the message says of their division."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.catalogue import Divided, Listed, unlisted
from shebaoka.benefits.insurance.model import FEN_MAX
from shebaoka.benefits.settlement.model import Line
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.faces.terminals.shanghai.acting import Asked
from shebaoka.faces.terminals.shanghai.billing import line_of
from shebaoka.kit.money import Fen

LINES_MAX: Final = 50
AS_SAID, OTHERWISE = "0", "1"
TOLD: Final = "按当日目录划分，与上传值不同；目录外项目全部自费"
OFF_BY_MAX: Final = 1
"""How far, in fen, a line's amount may be from count × price: senders round differently."""
HUNDRED: Final = 100


async def listed(asked: Asked, items: Collection[tuple[str, date]]) -> dict[tuple[str, date], Listed]:
    """Give what the catalogue says of items, each on its day; what it does not list is the patient's own."""
    found = await insurance.items(asked.work, items)
    return {(code, on): found.get((code, on)) or unlisted(code, on) for code, on in items}


async def lines_said(asked: Asked, serial: int) -> list[Line]:
    """Give the lines of a package of a bill. Raises MessageRefused where amounts do not sum."""
    said, today = asked.input["mxxms"], asked.work.today
    _check(said, asked.input["bcmxylfyze"])
    items = [(one["mxxmbm"], one.get("mxxmsyrq", today)) for one in said]
    found = await listed(asked, items)
    return [
        Line(line=line_of(serial, one["xh"]), item=code, served_on=on,
             counts=found[code, on].item(Fen(one["mxxmje"]), Decimal(one["mxxmsl"])))
        for one, (code, on) in zip(said, items, strict=True)
    ]  # fmt: skip


def _check(said: list[Values], total: int) -> None:
    if len(said) > LINES_MAX:
        raise MessageRefused(f"mxxms（明细）一次最多{LINES_MAX}条，请分批上传")
    seen: set[str] = set()
    for n, one in enumerate(said, 1):
        if one["xh"] in seen:
            raise MessageRefused(f"mxxms[{n}].xh（序号）重复")
        seen.add(one["xh"])
        _check_price(f"mxxms[{n}]", one)
    if sum(one["mxxmje"] for one in said) != total:
        raise MessageRefused("bcmxylfyze（本次明细医疗费用总额）不等于各明细金额之和")


def _check_price(where: str, one: Values) -> None:
    for name, zh in (("mxxmje", "金额"), ("mxxmsl", "数量"), ("mxxmdj", "单价")):
        if not 0 <= one.get(name, 0) <= FEN_MAX:
            raise MessageRefused(f"{where}.{name}（{zh}）须不小于零，退费请撤销后重新上传")
    if "mxxmdj" not in one:
        return
    priced = Fen(HUNDRED).share(Fraction(one["mxxmdj"]) * Fraction(one["mxxmsl"]))
    if abs(int(priced) - one["mxxmje"]) > OFF_BY_MAX:
        raise MessageRefused(f"{where}.mxxmje（金额）与数量×单价不符，应为 {priced.yuan()}")


def answered(said: Values, parts: Divided) -> Values:
    """Give how a line was divided, and whether the message said so, too."""
    divided = {"mxxmjyfy": parts.in_scope_fen, "mxxmybjsfwfy": parts.in_scope_fen + parts.prepay_fen}
    same = all(said.get(name, fen) == fen for name, fen in divided.items())
    told = {"clbz": AS_SAID} if same else {"clbz": OTHERWISE, "fhxx": TOLD}
    return {"xh": said["xh"], "mxxmje": said["mxxmje"]} | divided | told
