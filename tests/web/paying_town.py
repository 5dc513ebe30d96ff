"""People who pay their contributions from the card."""

from __future__ import annotations

from datetime import date

import msgspec
from tests.faces.api_town import Town, person
from tests.web.payouts_town import account

from shebaoka.banking.model import DebitAnswer
from shebaoka.benefits.contributions import commands, views
from shebaoka.benefits.insurance.commands import follow_register
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.views import load


async def pays_for_oneself(town: Town, n: int, *, life: str = "active", born: date = date(1980, 1, 1)) -> int:
    """Let a resident of 39 have the account of a card, and give their identifier."""
    at = await account(town, n, life=life)
    row = msgspec.structs.replace(
        person(n, born), insured="resident", insured_status="none", insured_since=date(2018, 1, 1)
    )
    await town.people(row)
    await follow_register(town.database)
    return at


async def refused(town: Town, at: int, period: str, why: str = "AM04 余额不足") -> None:
    """Let a bank take nothing of what somebody asked to pay."""
    async with town.database.work(SYSTEM) as work:
        await commands.pay(work, await load(work), at, date.fromisoformat(period))
        (debit, *_) = await views.of_person(work, at)
        await commands.refuse(work, debit, DebitAnswer(debit.debit_id, why))
