"""A blank becomes the card: taken from the drawer, made, read back; or put back, or spoiled, and the next one taken."""

from __future__ import annotations

from shebaoka.cards import commands as cards
from shebaoka.cards.errors import CardChangedMeanwhile
from shebaoka.cards.model import MadeCard
from shebaoka.issuing.applications.commands import Also, end_entitled_no_more, end_of_dead
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.instant import views
from shebaoka.issuing.instant.commands.ending import tidied
from shebaoka.issuing.instant.commands.stepping import (
    NO_CHIP,
    check_bank,
    check_untouched,
    counter,
    living,
    locked,
    moved,
    number_of,
    saved,
    step,
)
from shebaoka.issuing.instant.commands.writing import check_proof, check_unchanged, digest_of
from shebaoka.issuing.instant.contents import wanted
from shebaoka.issuing.instant.errors import ChipNotOrdered, ReadBackDiffers
from shebaoka.issuing.instant.model import Issue, ReadBack, Session
from shebaoka.issuing.instant.states import Action, Status, after
from shebaoka.issuing.production.commands import last_days
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import SpoiledBecause
from shebaoka.keys.using import Keys
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme


async def take_blank(work: Work, programme: Programme, application_id: int) -> Session:
    """Take a blank out of the drawer and order the card: a number of its own, issued today.

    This function will refuse with NotFound, TransitionRefused (the account is not open yet), PersonDeceased,
    InstantNotHere, InstantOtherBank, and with StockExhausted when somebody else has just taken the last one.
    """
    found = await step(work, application_id, Action.TAKE)
    application = found.application
    outlet = await counter(work, programme, application.replacement_reason or "")
    check_bank(outlet, application.bank_id)
    await living(work, found)
    await moved(work, found, ApplicationAction.ORDER)
    (number,) = await cards.allocate_numbers(work, 1)
    expires_on = (await last_days(work, [application]))[application_id]
    taken = await saved(
        work, found, Action.TAKE,
        attempt=found.issue.attempt + 1, card_number=number, issued_on=work.today, expires_on=expires_on,
    )  # fmt: skip
    await stock.take(work, outlet.institution_id, application_id)
    return taken


async def put_back(work: Work, application_id: int) -> Session:
    """Put the blank that was taken back into the drawer, as it was: the card may be made later, or go by post.

    This function will refuse with NotFound, TransitionRefused, and BlankBegun where its chip was given the order.
    """
    found = await step(work, application_id, Action.PUT_BACK)
    check_untouched(found)
    await moved(work, found, ApplicationAction.SPOIL)
    back = await saved(work, found, Action.PUT_BACK, card_number=None, issued_on=None, expires_on=None)
    await stock.put_back(work, found.issue.outlet_id, application_id)
    await end_entitled_no_more(work, [found.key])
    return await tidied(work, back)


async def spoil(work: Work, application_id: int, reason: SpoiledBecause) -> Session:
    """Book the blank that was taken as spoiled; the same application goes on with the next one.

    This function will refuse with NotFound or TransitionRefused.
    """
    found = await step(work, application_id, Action.SPOIL)
    await moved(work, found, ApplicationAction.SPOIL)
    spoiled = await saved(
        work, found, Action.SPOIL, card_number=None, issued_on=None, expires_on=None, **NO_CHIP
    )
    await stock.spoil_taken(work, found.issue.outlet_id, application_id, reason, number_of(found.issue))
    await end_entitled_no_more(work, [found.key])
    return await tidied(work, spoiled)


async def make(
    work: Work, programme: Programme, keys: Keys, division: str, application_id: int, read: ReadBack
) -> Session:
    """Take in the card as the machine read its chip back, and as it proved itself: blank, card and application move together.

    The same again, once the card is made, changes nothing: whoever heard no answer may ask twice. Of somebody who died or lost
    the entitlement meanwhile the card is void at once, and the session has ended. This function will refuse with NotFound,
    TransitionRefused, ChipNotOrdered, ReadBackDiffers, ChipOrderOutdated, ChipNotProved, CardChangedMeanwhile, and as `keys.using` does.
    """
    found = await locked(work, (await views.session(work, application_id)).key)
    issue, card_id = found.issue, work.ids.one()
    if issue.status == Status.MADE and not _differs(work, issue, read):
        return found
    after(Status(issue.status), Action.MAKE)
    if issue.chip_reset is None:
        raise ChipNotOrdered
    if differs := _differs(work, issue, read):
        raise ReadBackDiffers("、".join(differs), differs=differs)
    holder = (await people.by_ids(work, [issue.person_id]))[issue.person_id]
    card = await wanted(work, programme, division, found)
    check_unchanged(work, issue, card)
    await check_proof(work, keys, issue, card.order.version.algorithm, read.proof)
    assert issue.card_number, "a blank that is taken has its number"
    assert issue.issued_on, "and its day"
    taken = await cards.take_made_cards(work, [MadeCard(
        issue.person_id, card_id, issue.card_number, found.application.bank_id, issue.issued_on, issue.expires_on,
        read.identification_code, read.reset_code,
    )])  # fmt: skip
    if taken.refused:
        raise CardChangedMeanwhile(taken.refused[0].reason)
    await moved(work, found, ApplicationAction.MAKE, Also(cards=[card_id]))
    made = await saved(work, found, Action.MAKE, card_id=card_id)
    await stock.use(work, issue.outlet_id, application_id, number_of(issue))
    if holder.died_on is not None:
        await end_of_dead(work, [issue.person_id])
        await cards.void_of_dead(work, [issue.person_id])
    await end_entitled_no_more(work, [found.key])
    return await tidied(work, made)


def _differs(work: Work, issue: Issue, read: ReadBack) -> list[str]:
    equal = {
        "reset_code": read.reset_code == issue.chip_reset,
        "identification_code": read.identification_code == issue.chip_code,
        "digest": digest_of(work, read.digest) == issue.chip_digest,
    }
    return [name for name, same in equal.items() if not same]
