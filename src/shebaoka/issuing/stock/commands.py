"""Everything that moves blank cards. Each movement is an entry of the ledger, and the stock with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from shebaoka.issuing.stock import errors, states, views
from shebaoka.issuing.stock.model import (
    CORRECTABLE,
    Box,
    Kind,
    Movement,
    Serials,
    SpoiledBecause,
    Stock,
    StockTake,
)
from shebaoka.issuing.stock.states import TakeAction, TakeStatus
from shebaoka.issuing.stock.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import Institution

SERIAL: Final = re.compile("[0-9A-Fa-f]{8}")
"""A chip's serial number as the chip says it: four bytes."""
BOTH: Final = 2
NO_SERIALS: Final = "{}"
Numbers: TypeAlias = tuple[str | None, str | None]
"""The first and the last serial number of blanks that leave, or neither."""
UNNUMBERED: Final[Numbers] = (None, None)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A movement about to be written: `stock` more or fewer in the drawer, `hand` out of it for cards being made."""

    kind: Kind
    stock: int = 0
    hand: int = 0
    box: Box | None = None
    reason: str | None = None
    application_id: int | None = None
    corrects: int | None = None
    count_id: int | None = None
    serials: Serials | None = None


async def receive(work: Work, outlet: Institution, box: Box) -> Movement:
    """Take in a box of blanks that the card centre sent; its numbers, where it has them, are the outlet's from now on.

    Raises BlanksNotHere, SerialsUnfit, BoxReceived, SerialsElsewhere.
    """
    if not outlet.instant:
        raise errors.BlanksNotHere(outlet.code)
    serials = _serials(box)
    await work.run(SQL["begin"], {"outlet_id": outlet.institution_id, "today": work.today, "now": work.now})
    # The stock is taken first here: two clerks with the same box take turns, and the second one sees the first one's entry.
    await _locked(work, outlet.institution_id)
    asked = {"outlet_id": outlet.institution_id, "shipment": box.shipment, "box": box.box}
    before = await work.value(SQL["box"], asked)
    if before is not None:
        raise errors.BoxReceived(f"{box.shipment} / {box.box}", movement_id=str(before))
    if serials and not await work.value(SQL["hand_out"], {"serials": str(serials)}):
        raise errors.SerialsElsewhere(f"{box.first_serial}–{box.last_serial}")
    entry = _Entry(Kind.RECEIVED, stock=box.quantity, box=box, serials=serials)
    return await _book(work, outlet.institution_id, entry)


async def spoil(
    work: Work, outlet: Institution, quantity: int, reason: SpoiledBecause, numbers: Numbers = UNNUMBERED
) -> Movement:
    """Book blanks of the drawer as good for nothing. Raises StockBelowZero, and as `_leaves` does."""
    box = Box("", "", quantity, *numbers)
    return await _leaves(
        work, outlet, _Entry(Kind.SPOILED, stock=-quantity, reason=reason, serials=_serials(box))
    )


async def give_back(
    work: Work, outlet: Institution, quantity: int, shipment: str, numbers: Numbers = UNNUMBERED
) -> Movement:
    """Send blanks back to the card centre under a shipment of the outlet's. Raises StockBelowZero, and as `_leaves` does."""
    box = Box(shipment, "", quantity, *numbers)
    entry = _Entry(Kind.RETURNED, stock=-quantity, box=box, serials=_serials(box))
    moved = await _leaves(work, outlet, entry)
    if entry.serials:
        await work.run(SQL["hand_in"], {"serials": str(entry.serials)})
    return moved


async def correct(work: Work, outlet: Institution, movement_id: int, quantity: int, reason: str) -> Movement:
    """Correct how many an entry says: a further entry makes up the difference, and the wrong one stays.

    This function will refuse with NotFound, SecondPersonNeeded, MovementNotCorrectable, StockBelowZero.
    """
    await _locked(work, outlet.institution_id)
    wrong = await work.row(
        SQL["movement"], {"outlet_id": outlet.institution_id, "movement_id": movement_id}, Movement
    )
    if wrong is None:
        raise NotFound(f"流水 movement {movement_id}")
    if wrong.kind not in CORRECTABLE or wrong.application_id is not None:
        raise errors.MovementNotCorrectable(f"{wrong.kind}", kind=wrong.kind)
    if wrong.first_serial is not None:
        raise errors.MovementNotCorrectable("按号段登记 · it names its serials", kind=wrong.kind)
    if await work.value(SQL["corrected"], {"movement_id": movement_id}) is not None:
        raise errors.MovementNotCorrectable("已更正过 · corrected already", kind=wrong.kind)
    if wrong.recorded_by == work.actor.name:
        raise errors.SecondPersonNeeded
    difference = CORRECTABLE[Kind(wrong.kind)] * quantity - wrong.stock_delta
    if difference == 0:
        raise errors.MovementNotCorrectable("张数没有变化 · the number is the same", kind=wrong.kind)
    entry = _Entry(Kind.CORRECTED, stock=difference, reason=reason, corrects=movement_id)
    return await _book(work, outlet.institution_id, entry)


async def count(work: Work, outlet: Institution, counted: int) -> StockTake:
    """Note what lies in the drawer, counted by hand, against what the ledger says at this moment.

    A difference changes nothing until a second person books it; an older one that was not booked gives way. This
    function will refuse with NotFound where the outlet never kept blanks.
    """
    stock = await _locked(work, outlet.institution_id)
    await work.run(SQL["supersede"], {
        "outlet_id": outlet.institution_id, "from_status": TakeStatus.DIFFERS,
        "to_status": states.after(TakeStatus.DIFFERS, TakeAction.COUNT_AGAIN),
    })  # fmt: skip
    count_id = work.ids.one()
    status = states.first(stock.balance, counted)
    await work.run(SQL["add_count"], {
        "count_id": count_id, "outlet_id": outlet.institution_id, "status": status, "expected": stock.balance,
        "counted": counted, "counted_by": work.actor.name, "now": work.now,
    })  # fmt: skip
    work.record(
        0, "stock.counted_by_hand", count_id, outlet=outlet.code, expected=stock.balance, counted=counted
    )
    return await _count(work, outlet.institution_id, count_id)


async def book_count(work: Work, outlet: Institution, count_id: int, reason: str) -> StockTake:
    """Book the difference of a count, by somebody else than who counted, with what is thought to be its reason.

    This function will refuse with NotFound, TransitionRefused, SecondPersonNeeded, StockBelowZero.
    """
    await _locked(work, outlet.institution_id)
    found = await _count(work, outlet.institution_id, count_id)
    booked = states.after(TakeStatus(found.status), TakeAction.BOOK)
    if found.counted_by == work.actor.name:
        raise errors.SecondPersonNeeded
    entry = _Entry(Kind.COUNTED, stock=found.difference, reason=reason, count_id=count_id)
    await _book(work, outlet.institution_id, entry)
    await work.run(SQL["book_count"], {
        "count_id": count_id, "to_status": booked, "booked_by": work.actor.name, "reason": reason, "now": work.now,
    })  # fmt: skip
    return await _count(work, outlet.institution_id, count_id)


async def require_one(work: Work, outlet_id: int) -> None:
    """Refuse with StockExhausted when the drawer is empty. It holds nothing back: only `take` does."""
    stock = await views.stock(work, outlet_id)
    if stock is None or stock.balance == 0:
        raise await _too_few(work, outlet_id, _Entry(Kind.TAKEN))


async def take(work: Work, outlet_id: int, application_id: int) -> Movement:
    """Take one blank out of the drawer for a card. StockExhausted when there is none, also when somebody was faster."""
    return await _book(work, outlet_id, _Entry(Kind.TAKEN, stock=-1, hand=1, application_id=application_id))


async def put_back(work: Work, outlet_id: int, application_id: int) -> Movement:
    """Put a blank back that was taken and not touched."""
    return await _book(
        work, outlet_id, _Entry(Kind.PUT_BACK, stock=1, hand=-1, application_id=application_id)
    )


async def use(work: Work, outlet_id: int, application_id: int, serial: int | None = None) -> Movement:
    """Note that the blank taken for an application has become its card."""
    entry = _Entry(Kind.USED, hand=-1, application_id=application_id, serials=_one(serial))
    return await _book(work, outlet_id, entry)


async def spoil_taken(
    work: Work, outlet_id: int, application_id: int, reason: SpoiledBecause, serial: int | None = None
) -> Movement:
    """Note that the blank taken for an application is good for nothing; `serial`: of its chip, where that was given an order."""
    entry = _Entry(Kind.SPOILED, hand=-1, reason=reason, application_id=application_id, serials=_one(serial))
    return await _book(work, outlet_id, entry)


async def _leaves(work: Work, outlet: Institution, entry: _Entry) -> Movement:
    """Book blanks that leave a drawer, by their numbers where they have them.

    Raises SerialsElsewhere where these numbers do not lie here, SerialsNeeded where fewer blanks came without numbers than leave.
    """
    outlet_id = outlet.institution_id
    await _locked(work, outlet_id)
    if entry.serials:
        if not await work.value(SQL["lie_here"], {"outlet_id": outlet_id, "serials": str(entry.serials)}):
            raise errors.SerialsElsewhere(f"{entry.serials.first:08X}–{entry.serials.last:08X}")
        return await _book(work, outlet_id, entry)
    moved = await _book(work, outlet_id, entry)
    if await work.value(SQL["unnumbered"], {"outlet_id": outlet_id}) < 0:
        raise errors.SerialsNeeded
    return moved


async def _book(work: Work, outlet_id: int, entry: _Entry) -> Movement:
    serials = str(entry.serials) if entry.serials else NO_SERIALS
    comes = entry.stock > 0
    moved = await work.row(SQL["move"], {
        "outlet_id": outlet_id, "stock_delta": entry.stock, "hand_delta": entry.hand, "now": work.now,
        "came": serials if comes else NO_SERIALS, "went": NO_SERIALS if comes else serials,
    })  # fmt: skip
    if moved is None:
        raise await _too_few(work, outlet_id, entry)
    movement_id = work.ids.one()
    box = entry.box
    await work.run(SQL["record"], {
        "movement_id": movement_id, "outlet_id": outlet_id, "kind": entry.kind, "stock_delta": entry.stock,
        "hand_delta": entry.hand, "balance_after": moved[0], "in_hand_after": moved[1],
        "shipment": box.shipment if box else None, "box": (box.box or None) if box else None,
        "serials": serials.strip("{}") or None,
        "reason": entry.reason, "application_id": entry.application_id, "corrects": entry.corrects,
        "count_id": entry.count_id, "recorded_by": work.actor.name, "now": work.now,
    })  # fmt: skip
    # About no person: which application a blank was for, the ledger says.
    work.record(
        0, f"stock.{entry.kind}", movement_id, outlet_id=str(outlet_id), stock=entry.stock, hand=entry.hand
    )
    found = await work.row(SQL["movement"], {"outlet_id": outlet_id, "movement_id": movement_id}, Movement)
    assert found, "what was just written is there"
    return found


async def _too_few(
    work: Work, outlet_id: int, entry: _Entry
) -> errors.StockExhausted | errors.StockBelowZero:
    stock = await views.stock(work, outlet_id)
    balance, in_hand = (stock.balance, stock.in_hand) if stock else (0, 0)
    if entry.kind is Kind.TAKEN:
        return errors.StockExhausted(
            f"库存 {balance} 张，在制 {in_hand} 张 · {balance} in the drawer, {in_hand} being made",
            balance=balance,
            in_hand=in_hand,
        )
    asked = -entry.stock or -entry.hand
    return errors.StockBelowZero(
        f"需 {asked} 张，库存 {balance} 张 · {asked} asked for, {balance} in the drawer",
        asked=asked,
        balance=balance,
        in_hand=in_hand,
    )


async def _locked(work: Work, outlet_id: int) -> Stock:
    found = await work.row(SQL["lock"], {"outlet_id": outlet_id}, Stock)
    if found is None:
        raise NotFound("该网点没有空白卡账 · this outlet keeps no blank cards")
    return found


async def _count(work: Work, outlet_id: int, count_id: int) -> StockTake:
    found = await work.row(SQL["count"], {"outlet_id": outlet_id, "count_id": count_id}, StockTake)
    if found is None:
        raise NotFound(f"盘点 stock-take {count_id}")
    return found


def _one(serial: int | None) -> Serials | None:
    return None if serial is None else Serials(serial, serial)


def _serials(box: Box) -> Serials | None:
    """Give the numbers of a box; SerialsUnfit where they are not the numbers of so many chips."""
    if box.first_serial is None and box.last_serial is None:
        return None
    told = [text for text in (box.first_serial, box.last_serial) if text and SERIAL.fullmatch(text)]
    if len(told) == BOTH:
        found = Serials(*(int(text, 16) for text in told))
        if found.count == box.quantity:
            return found
    raise errors.SerialsUnfit(f"{box.first_serial}–{box.last_serial}: {box.quantity}")
