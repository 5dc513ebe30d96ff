"""What most messages answer: whose card, what account is left, how a bill was split."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.errors import NotInsured
from shebaoka.benefits.settlement import views
from shebaoka.benefits.settlement.model import Quoted, Settled
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.shanghai import numbers, segments
from shebaoka.faces.terminals.shanghai.acting import Asked
from shebaoka.faces.terminals.shanghai.segments import Segments
from shebaoka.faces.terminals.shanghai.showing import Shown, identity
from shebaoka.ledger import views as ledger

ATTRIBUTES: Final = 16
ACTIVE, RETIRED, RESIDENT = "1", "2", "0"
"""Inferred: that the first of the account's attributes says active or retired is known, by which characters is not."""
ORDINARY: Final = "0"
Split = Callable[[Segments], dict[str, int]]


async def account(asked: Asked, person_id: int) -> Values:
    """Give what is left on somebody's account."""
    held = await ledger.balances(asked.work, person_id)
    return {"curaccountamt": held.current_fen, "hisaccountamt": held.historic_fen}


async def holder(asked: Asked, one: Shown) -> Values:
    """Give whose card was shown."""
    who, _ = await identity(asked.work, one.person_id)
    return _card(one) | {"personname": who.name, "accountattr": await _attributes(asked, one.person_id)}


async def quoted(asked: Asked, one: Shown, quote: Quoted, split: Split) -> Values:
    """Give what a quote comes to, with the number by which it is confirmed."""
    counted = await views.counted(asked.work, quote.person_id, quote.quote_id)
    return (
        await holder(asked, one) | await account(asked, one.person_id) | segments.totals(quote.sums)
        | split(segments.of_bills(quote.bills, counted))
        | {"personspectag": ORDINARY, "jssqxh": numbers.made(quote.person_id, quote.quote_id)}
    )  # fmt: skip


async def settled(asked: Asked, one: Shown, done: Settled, split: Split) -> Values:
    """Give what was settled, with the central serial by which it is taken back; `jssqxh`: as it was asked."""
    made = done.settlement
    counted = await views.counted(asked.work, made.person_id, made.quote_id)
    return (
        _card(one) | await account(asked, made.person_id) | segments.totals(made)
        | split(segments.of_bills(done.bills, counted))
        | {"lsh": numbers.made(made.person_id, made.settlement_id), "jssqxh": asked.input["jssqxh"]}
    )  # fmt: skip


def _card(one: Shown) -> dict[str, Any]:
    return {"cardtype": one.kind, "cardid": one.card_number}


async def _attributes(asked: Asked, person_id: int) -> str:
    try:
        spell = (await insurance.who(asked.work, person_id, asked.work.today)).spell
    except NotInsured:  # What was settled before is taken back all the same.
        return RESIDENT.ljust(ATTRIBUTES, "0")
    first = RESIDENT if spell.scheme != "employee" else RETIRED if spell.status == "retired" else ACTIVE
    return first.ljust(ATTRIBUTES, "0")
