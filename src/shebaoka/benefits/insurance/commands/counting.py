"""What counts in a medical year: whoever quotes a bill locks it, or begins it where nothing counts so far."""

from __future__ import annotations

from datetime import date

from shebaoka.benefits.insurance import views
from shebaoka.benefits.insurance.commands.opening import SCHEME, open_account
from shebaoka.benefits.insurance.insured import Insured
from shebaoka.benefits.insurance.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme


async def lock_insured(work: Work, programme: Programme, person_id: int, on: date) -> Insured:
    """Give where somebody stands on a day, for a bill to be reckoned and settled in this transaction.

    This function will let the account enter its medical year where it has not, and let nobody else move balances or sums
    until the transaction ends. Raises NotFound, NotInsured.
    """
    who = await views.who(work, person_id, on)
    if who.spell.scheme == SCHEME:
        await open_account(work, programme, person_id, on)
    year = views.year_of(programme, who, on)
    keys = {"person_id": person_id, "scheme": who.spell.scheme, "year": year.name}
    await work.run(SQL["begin_sums"], keys)
    await work.row(SQL["lock_sums"], keys)
    return await views.insured(work, programme, person_id, on)


async def begin_year(work: Work, insured: Insured) -> None:
    """Begin what counts in the medical year of a bill that is not settled yet, where nothing counts so far."""
    keys = {"person_id": insured.person_id, "scheme": insured.scheme, "year": insured.year.name}
    await work.run(SQL["begin_sums"], keys)
