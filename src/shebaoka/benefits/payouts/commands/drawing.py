"""Runs: one officer draws up what is due, another approves it; then it is owed in the ledger and goes to the banks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from shebaoka.banking import views as accounts
from shebaoka.benefits.payouts import states, store
from shebaoka.benefits.payouts.choosing import choose, held_back
from shebaoka.benefits.payouts.errors import NothingToPay, PayoutMovedMeanwhile, SecondOfficerForPayout
from shebaoka.benefits.payouts.model import (
    RUN_MAX,
    Destination,
    Drawn,
    Item,
    Left,
    OnFile,
    Payment,
    Run,
)
from shebaoka.benefits.payouts.store import SQL, Move
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.ledger import commands as ledger
from shebaoka.ledger.model import Account, Entry, Kind, moves
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.benefit_sets import DecidesPayoutFund
from shebaoka.registry.programme.model import Benefit
from shebaoka.registry.programme.programme import Programme

LOOKED_AT_MAX: Final = 5 * RUN_MAX
"""What is looked at for one run: behind those that cannot be paid wait some that can."""
TWO: Final = "payout_run_two_officers"


async def draw(work: Work, programme: Programme, benefit: Benefit, pay_on: date) -> Drawn:
    """Draw up a run of what is due of a benefit: at most 20,000 payments, what has waited longest first.

    Nothing is owed or sent by it. What cannot be paid stays due, and is told by why. Raises NothingToPay,
    PayoutMovedMeanwhile.
    """
    due = await work.rows(SQL["due"], {"benefit": benefit, "after": 0, "most": LOOKED_AT_MAX + 1}, Item)
    looked_at = due[:LOOKED_AT_MAX]
    found = await destinations(work, programme, looked_at)
    pairs = [(one, to) for one in looked_at if isinstance(to := found[one.item_id], Destination)][:RUN_MAX]
    left = Counter(to for to in found.values() if not isinstance(to, Destination))
    if not pairs:
        raise NothingToPay(", ".join(f"{why}: {many}" for why, many in sorted(left.items())))
    run_id = work.ids.one()
    items = [one for one, _ in pairs]
    run = Run(
        run_id, benefit, pay_on, "drawn", len(items), sum(one.amount_fen for one in items), work.actor.name, work.now,
        None, None, written=False,
    )  # fmt: skip
    await work.run(SQL["add_run"], {
        "run_id": run_id, "benefit": benefit, "pay_on": pay_on, "payments": run.payments, "total_fen": run.total_fen,
        "actor": work.actor.name, "now": work.now,
    })  # fmt: skip
    await store.move_items(work, items, "draw")
    await _add_payments(work, run_id, pairs)
    work.record(
        0, "payout.run_drawn", run_id, benefit=benefit, payments=run.payments, total_fen=run.total_fen
    )
    more = len(due) > len(looked_at) or len(pairs) + sum(left.values()) < len(looked_at)
    return Drawn(run, dict(left), more)


async def destinations(
    work: Work, programme: Programme, items: Sequence[Item]
) -> dict[int, Destination | Left]:
    """Give where each item would be paid to now, or why nowhere."""
    everybody = sorted({one.person_id for one in items})
    if not everybody:
        return {}
    cards = await accounts.of_people(work, everybody)
    asked = {"people": everybody, "on": work.present_day}
    on_file = {one.person_id: one for one in await work.rows(SQL["on_file"], asked, OnFile)}
    keys = {"people": everybody, "items": [one.item_id for one in items]}
    failed = {one.item_id: one for one in await work.rows(SQL["last_failed"], keys, Payment)}
    living = {n for n, person in (await people.by_ids(work, everybody)).items() if person.died_on is None}

    def where(item: Item) -> Destination | Left:
        if item.person_id not in living:
            return "holder_dead"
        person = item.person_id
        to = choose(programme, item.benefit, work.present_day, cards.get(person, []), on_file.get(person))
        if isinstance(to, Destination) and held_back(item, failed.get(item.item_id), to):
            return "account_failed"
        return to

    return {one.item_id: where(one) for one in items}


async def approve(work: Work, programme: Programme, run_id: int) -> Run:
    """Approve what another officer drew up: its items are owed from now on, and the step `payouts` sends it to the banks.

    Raises NotFound, TransitionRefused, SecondOfficerForPayout.
    """
    run = await _locked(work, run_id)
    status = states.after(states.RUN, run.status, "approve")
    try:
        await work.run(
            SQL["close_run"], {"run_id": run_id, "status": status, "actor": work.actor.name, "now": work.now}
        )
    except VIOLATIONS as error:
        if constraint(error) == TWO:
            raise SecondOfficerForPayout from error
        raise
    payments = await _payments(work, run)
    fresh = [
        one
        for one in await store.items(work, [(one.person_id, one.item_id) for one in payments])
        if one.entry_id is None
    ]
    entries = await ledger.post_many(work, [_owed(work, programme, one) for one in fresh])
    await work.run(SQL["note_entries"], {
        "people": [one.person_id for one in fresh], "items": [one.item_id for one in fresh], "entries": list(entries),
    })  # fmt: skip
    work.record(0, "payout.run_approved", run_id, payments=run.payments, total_fen=run.total_fen)
    return await _locked(work, run_id)


async def cancel(work: Work, run_id: int) -> Run:
    """Cancel a run that nobody has approved: what was in it is due again. Raises NotFound, TransitionRefused."""
    run = await _locked(work, run_id)
    status = states.after(states.RUN, run.status, "cancel")
    payments = await _payments(work, run)
    await store.move_payments(
        work, [Move(one, states.after(states.PAYMENT, one.status, "cancel")) for one in payments]
    )
    items = await store.items(work, [(one.person_id, one.item_id) for one in payments])
    for same in (True, False):
        some = [one for one in items if one.same_account is same]
        await store.move_items(work, some, "undraw", same_account=same)
    await work.run(
        SQL["close_run"], {"run_id": run_id, "status": status, "actor": work.actor.name, "now": work.now}
    )
    work.record(0, "payout.run_cancelled", run_id, payments=run.payments)
    return await _locked(work, run_id)


async def _locked(work: Work, run_id: int) -> Run:
    run = await work.row(SQL["lock_run"], {"run_id": run_id}, Run)
    if run is None:
        raise NotFound(f"发放批次 payout run {run_id}")
    return run


async def _payments(work: Work, run: Run) -> list[Payment]:
    asked = {"run_id": run.run_id, "after": 0, "most": RUN_MAX, "statuses": None}
    found = await work.rows(SQL["payments_of_run"], asked, Payment)
    assert (len(found), sum(one.amount_fen for one in found)) == (run.payments, run.total_fen), (
        "a run is what was drawn"
    )
    return found


async def _add_payments(work: Work, run_id: int, pairs: Sequence[tuple[Item, Destination]]) -> None:
    try:
        await work.run(SQL["add_payments"], {
            "run_id": run_id, "now": work.now, "payments": list(work.ids.many(len(pairs))),
            "people": [one.person_id for one, _ in pairs], "items": [one.item_id for one, _ in pairs],
            "banks": [to.bank_id for _, to in pairs], "applications": [to.application_id for _, to in pairs],
            "accounts": [to.account_id for _, to in pairs], "last4s": [to.last4 for _, to in pairs],
            "rules": [to.rule_id for _, to in pairs], "amounts": [one.amount_fen for one, _ in pairs],
        })  # fmt: skip
    except VIOLATIONS as error:
        if constraint(error) == "payout_payment_one_live":
            raise PayoutMovedMeanwhile from error
        raise


def _owed(work: Work, programme: Programme, item: Item) -> Entry:
    """Give the entry by which a fund comes to owe an item, by the rules of the day on which it was approved."""
    facts = {"benefit": item.benefit, "scheme": item.scheme}
    decides = programme.rule("payout_fund", facts, work.present_day).decides
    assert isinstance(decides, DecidesPayoutFund)
    return Entry(
        person_id=item.person_id, kind=Kind.ENTITLEMENT, reference=item.item_id, booked_on=work.present_day,
        lines=moves((Account(decides.fund), Account.BENEFITS_OWED, item.amount_fen)),
    )  # fmt: skip
