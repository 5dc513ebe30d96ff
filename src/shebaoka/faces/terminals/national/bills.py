"""Fee lines as messages bring them: priced, found in the catalogue of their day, divided, and told again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from shebaoka.benefits.insurance import views as catalogue
from shebaoka.benefits.insurance.catalogue import Divided, Listed, unlisted
from shebaoka.benefits.insurance.model import FEN_MAX
from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import Kept, Line, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national.acting import Asked
from shebaoka.faces.terminals.national.mapping import MAPPING
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.money import Fen

ALL: Final = "0000"
"""In place of a batch or line: everything that is not settled."""
OTHER: Final = "14"
"""The kind of cost of what no catalogue lists (inferred)."""
UNLISTED: Final = "不在医保目录内，全部自费"
OFF_BY_MAX: Final = Fen(1)
"""How far a line's amount may be from count × price: senders round differently."""
HUNDRED: Final = 100


def one_of(given: Sequence[Values], *names: str) -> Values:
    """Give the first of several lines, which must all name the same visit. Raises MessageRefused."""
    first = given[0]
    for name in names:
        if any(one[name] != first[name] for one in given):
            raise MessageRefused(f"{name}：一次上传的明细须属于同一就诊和批次，请分开上传")
    return first


async def add(asked: Asked, visit: Visit, batch: str, given: Sequence[Values]) -> list[Values]:
    """Add lines to a batch, and give how each was divided."""
    listed = await _listed(asked, given)
    lines = [_line(one, listed.get(_item_on(one))) for one in given]
    divided = await commands.add_lines(
        asked.work, asked.programme, visit.institution_id, visit.person_id, visit.visit_id, batch, lines
    )
    return [_told(one, found, listed.get(_item_on(one))) for one, found in zip(given, divided, strict=True)]


async def divided_again(asked: Asked, visit: Visit, given: Sequence[Values]) -> list[Values]:
    """Give how lines that came before were divided; none where they did not come."""
    kept = {one.line: one for one in await views.lines(asked.work, visit)}
    listed = await _listed(asked, given)
    return [
        _told(one, kept[one["feedetl_sn"]], listed.get(_item_on(one)))
        for one in given
        if one["feedetl_sn"] in kept
    ]


async def _listed(asked: Asked, given: Sequence[Values]) -> dict[tuple[str, date], Listed]:
    return await catalogue.items(asked.work, {_item_on(one) for one in given})


def _item_on(one: Values) -> tuple[str, date]:
    return one["med_list_codg"], one["fee_ocur_time"].date()


def _line(one: Values, listed: Listed | None) -> Line:
    amount, count, (code, on) = one["det_item_fee_sumamt"], one["cnt"], _item_on(one)
    where = f"feedetl_sn {one['feedetl_sn']}"
    if one.get("init_feedetl_sn") or amount < 0 or count <= 0 or one["pric"] < 0:
        raise MessageRefused(f"{where}：不接收负数明细，退费请先撤销原明细再按实际上传")
    if amount > FEN_MAX:
        raise MessageRefused(f"{where}：det_item_fee_sumamt（明细项目费用总额）超出范围")
    priced = Fen(HUNDRED).share(Fraction(one["pric"]) * Fraction(count))
    if abs(int(priced) - amount) > OFF_BY_MAX:
        raise MessageRefused(f"{where}：det_item_fee_sumamt 与数量×单价不符，应为 {priced.yuan()}")
    found = listed or unlisted(code, on)
    return Line(line=one["feedetl_sn"], item=code, served_on=on, counts=found.item(Fen(amount), count))


def _told(one: Values, found: Divided | Kept, listed: Listed | None) -> Values:
    amount = one["det_item_fee_sumamt"]
    counted = amount - found.over_limit_fen
    patients = found.own_expense_fen + found.prepay_fen
    return {
        "feedetl_sn": one["feedetl_sn"], "det_item_fee_sumamt": amount, "cnt": one["cnt"], "pric": one["pric"],
        "pric_uplmt_amt": None if listed is None else listed.price_limit,
        "selfpay_prop": round(Decimal(patients) / counted, 4) if counted else Decimal(0),
        "fulamt_ownpay_amt": found.own_expense_fen, "overlmt_amt": found.over_limit_fen, "preselfpay_amt": found.prepay_fen,
        "inscp_scp_amt": found.in_scope_fen, "chrgitm_lv": MAPPING.classes["own" if listed is None else listed.catalogue_class],
        "med_chrgitm_type": OTHER if listed is None else listed.charge_type, "memo": UNLISTED if listed is None else None,
    }  # fmt: skip


async def remove_batch(asked: Asked, visit: Visit, batch: str) -> None:
    """Take a batch out that is not settled; 0000: all lines of such batches. Raises MessageRefused where there is nothing."""
    kept = {one.batch for one in await views.lines(asked.work, visit)}
    stand = {one.batch for one in await views.settled(asked.work, visit) if one.reversed_at is None}
    taken = kept - stand if batch == ALL else {batch}
    gone = 0
    for one in sorted(taken):
        gone += await commands.remove_lines(asked.work, visit.institution_id, visit.person_id, visit.visit_id, one)  # fmt: skip
    if not gone:
        raise MessageRefused("chrg_bchno：没有可撤销的费用明细")


async def remove(asked: Asked, visit: Visit, lines: Sequence[str]) -> None:
    """Take lines of a stay out; 0000: all. Raises MessageRefused where one of them is not there."""
    named = None if ALL in lines else list(dict.fromkeys(lines))
    gone = await commands.remove_lines(
        asked.work, visit.institution_id, visit.person_id, visit.visit_id, "", named
    )
    if not gone or (named is not None and gone != len(named)):
        raise MessageRefused("feedetl_sn：有明细不存在或已撤销，未做任何更改")
