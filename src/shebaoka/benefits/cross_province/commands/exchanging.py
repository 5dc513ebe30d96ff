"""What is to be settled is asked of the hub until it answers: at once, and by `jobs run hub` where it did not.

The state is the queue: a bill that is asked about or taken back is sent again under the same reference, which the hub does
once. Killed and run again anywhere, each bill is settled once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import structlog

from shebaoka.benefits.cross_province import hub as hubs
from shebaoka.benefits.cross_province import states, store, views
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.cross_province.model import Bill, Exchanged, Guest, Presented, Stay
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.errors import MessageWithdrawn
from shebaoka.benefits.settlement.model import GuestConfirming
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.outbox import Event
from shebaoka.kit.partners import PartnerAnswerRefused
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work

BILLS_AT_ONCE: Final = 500
log = structlog.get_logger()


async def exchange_due(
    database: Database, hub: Hub, progress: Callable[[int], None] = lambda _: None
) -> Exchanged:
    """Ask the hub about every bill that waits, and take its answers. Raises PartnerUnavailable, PartnerAnswerRefused."""
    done, after = Exchanged(), 0
    while True:
        async with database.work(SYSTEM) as work:
            due = await work.rows(SQL["bills_due"], {"after": after, "rows_max": BILLS_AT_ONCE}, Bill)
        if not due:
            return done
        done = _plus(done, await _exchange(database, hub, due))
        after = due[-1].bill_id
        progress(len(due))


async def ask_now(database: Database, hub: Hub, person_id: int, bill_id: int) -> Bill:
    """Ask the hub about one bill at once and give it as it then stands. Raises PartnerUnavailable: then it waits."""
    async with database.work(SYSTEM) as work:
        one = await views.bill(work, person_id, bill_id)
    assert one is not None, "whoever claims has its number"
    if one.status in ("asked", "taken_back"):
        await hubs.at_once(_exchange(database, hub, [one]))
    async with database.work(SYSTEM) as work:
        found = await views.bill(work, person_id, bill_id)
    assert found is not None
    return found


async def note_guests_reversed(work: Work, events: Sequence[Event]) -> None:
    """Note that hospitals took guests' settlements back (subscriber of `settlement.guest_reversed`): the hub is to be told."""
    for event in events:
        await work.run(SQL["take_back_bill"], {
            "person_id": event.person_id, "settlement_id": int(event.payload["settlement_id"]),
            "was": "settled", "status": states.bill_after("settled", "take_back"),
        })  # fmt: skip


async def _exchange(database: Database, hub: Hub, due: Sequence[Bill]) -> Exchanged:
    settling: dict[str, tuple[Bill, Presented]] = {}
    reversing: dict[str, Bill] = {}
    async with database.work(SYSTEM) as work:
        today = work.present_day
        for one in due:
            withdrawn = (await settled.message(work, one.institution_id, one.number)).fate == "withdrawn"
            if one.status == "taken_back" or withdrawn:
                reversing[f"R{one.reference}"] = one
            else:
                settling[one.reference] = one, await _presented(work, one)
    outcomes = []
    if settling:
        answers = await hub.settle(today, [shown for _, shown in settling.values()])
        outcomes += [await _taken(database, settling[name][0], answer) for name, answer in answers.items()]
    if reversing:
        asked = [hubs.Reversal(name, one.reference, str(one.province_id)) for name, one in reversing.items()]
        taken = await hub.reverse(today, asked)
        outcomes += [
            await _taken_back(database, name, reversing[name], answer) for name, answer in taken.items()
        ]
    counted = {name: outcomes.count(name) for name in ("settled", "refused", "taken_back")}
    return Exchanged(**counted, waiting=len(due) - sum(counted.values()))


async def _presented(work: Work, one: Bill) -> Presented:
    sealed, says = (await work.row(SQL["asking"], {"person_id": one.person_id, "bill_id": one.bill_id})) or (
        b"",
        {},
    )
    guest = msgspec.json.decode(work.vault.open(sealed, store.place(one.person_id)), type=Guest)
    return Presented(
        number=one.reference, place=str(one.province_id), id_number=guest.id_number, card_number=guest.card_number,
        stay=msgspec.convert(says, Stay),
    )  # fmt: skip


async def _taken(database: Database, one: Bill, answer: hubs.Settled | hubs.Refused) -> str:
    """Take the insured place's answer in, each in a transaction of its own: what one of them lacks holds up nobody else."""
    try:
        async with database.work(SYSTEM) as work:
            bill = await _locked(work, one)
            if bill.status != "asked":
                return bill.status
            if isinstance(answer, hubs.Refused):
                await _refuse(work, bill, answer.reason)
                return "refused"
            await _settle(work, bill, answer)
            return "settled"
    except MessageWithdrawn:  # Its reversal came meanwhile; the next round tells the hub.
        return "waiting"
    except Problem as refused:  # Whatever refuses it here: it waits, is told, and holds up nobody else.
        log.warning("hub.answer_refused", bill=one.bill_id, slug=refused.slug, why=refused.detail)
        return "waiting"


async def _settle(work: Work, bill: Bill, answer: hubs.Settled) -> None:
    sums = (await views.claimed(work, bill)).sums(answer)
    fund = answer.pooled_fen + answer.supplementary_fen
    if sums.total_fen != answer.total_fen:
        raise PartnerAnswerRefused("national hub: the parts do not sum to the total")
    done = await settlement.settle_guest(work, GuestConfirming(
        institution_id=bill.institution_id, number=bill.number, person_id=bill.person_id, visit_id=bill.visit_id,
    ), bill.province_id, sums)  # fmt: skip
    await work.run(SQL["settle_bill"], {
        "person_id": bill.person_id, "bill_id": bill.bill_id, "status": states.bill_after(bill.status, "settle"),
        "settlement_id": done.settlement.settlement_id, "total_fen": sums.total_fen, "fund_fen": fund,
        "account_fen": answer.account_fen, "on": answer.on,
    })  # fmt: skip


async def _refuse(work: Work, bill: Bill, reason: str) -> None:
    await work.run(SQL["refuse_bill"], {
        "person_id": bill.person_id, "bill_id": bill.bill_id, "status": states.bill_after(bill.status, "refuse"),
        "refusal": reason,
    })  # fmt: skip
    work.record(bill.person_id, "cross_province.refused", bill.bill_id)


async def _taken_back(database: Database, name: str, one: Bill, answer: hubs.Reversed | hubs.Barred) -> str:
    async with database.work(SYSTEM) as work:
        bill = await _locked(work, one)
        keys: dict[str, Any] = {"person_id": bill.person_id, "bill_id": bill.bill_id}
        if bill.status == "asked":
            # Settled there or not, nothing of it stands; here nothing ever did.
            await work.run(SQL["withdraw_bill"], keys | {"status": states.bill_after("asked", "withdraw")})
        elif bill.status == "taken_back" and isinstance(answer, hubs.Reversed):
            await work.run(SQL["reverse_bill"], keys | {
                "status": states.bill_after(bill.status, "reverse"), "on": answer.on, "reversal": name,
            })  # fmt: skip
        else:
            log.error("hub.reversal_unexpected", bill=bill.bill_id, status=bill.status)
            return "waiting"
        work.record(bill.person_id, "cross_province.taken_back", bill.bill_id)
        return "taken_back"


async def _locked(work: Work, one: Bill) -> Bill:
    keys = {"person_id": one.person_id, "bill_id": one.bill_id}
    found = await work.row(SQL["lock_bill"], keys, Bill)
    assert found is not None, "bills are kept"
    return found


def _plus(one: Exchanged, other: Exchanged) -> Exchanged:
    return Exchanged(*(
        first + second
        for first, second in zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True)
    ))  # fmt: skip
