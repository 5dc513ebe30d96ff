"""What the applicant, or a clerk for them, may still decide: another bank, a photo, another address, or not to go on."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from shebaoka.banking import views as banking
from shebaoka.issuing.applications import errors, states
from shebaoka.issuing.applications.commands.moving import Also, move_many
from shebaoka.issuing.applications.model import Application, BankReason, Contact, place
from shebaoka.issuing.applications.states import PHOTO_STANDS, SENT_ON, TO_BE_BROUGHT, Action, Status
from shebaoka.issuing.applications.store import SQL
from shebaoka.issuing.applications.views import by_id, scope_of
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import FALLBACKS, Institution


async def withdraw(work: Work, application_id: int) -> Application:
    """End an application at the applicant's wish, as long as no account was opened for it.

    One that waits for another photo may have its account already: this function will refuse with TransitionRefused.
    """
    was = await locked(work, application_id)
    answers = await banking.of_application(work, was.person_id, application_id)
    if any(answer.status == "open" and answer.bank_id == was.bank_id for answer in answers):
        raise TransitionRefused(f"{was.status} → {Action.WITHDRAW}", was=was.status, action=Action.WITHDRAW)
    return await _act(work, application_id, Action.WITHDRAW)


async def locked(work: Work, application_id: int) -> Application:
    """Give an application that nobody else changes until this transaction ends. NotFound."""
    scope = await scope_of(work)
    person_id = (await by_id(work, application_id)).person_id
    asked = {"person_id": person_id, "application_id": application_id, **scope.parameters()}
    found = await work.row(SQL["lock"], asked, Application)
    if found is None:
        # While it was waited for, it went to another bank or outlet.
        raise NotFound(str(application_id))
    return found


async def choose_bank(work: Work, application_id: int, bank_code: str) -> Application:
    """Go on with another bank after one has refused."""
    application = await by_id(work, application_id)
    states.after(application.status, Action.CHOOSE_BANK)
    bank = (await institutions.by_codes(work, [bank_code])).get(bank_code)
    if bank is None or bank.kind != "bank" or not live(bank, work.today):
        raise errors.BankNotServing
    answers = await banking.of_application(work, application.person_id, application_id)
    refused = {answer.bank_id for answer in answers if answer.status == "refused"}
    if bank.institution_id in {application.bank_id, *refused}:
        raise errors.BankRefusedBefore
    also = Also(bank_id=bank.institution_id, bank_reason=BankReason.CHOSEN)
    return await _act(work, application_id, Action.CHOOSE_BANK, also)


async def bring_photo(work: Work, application_id: int, photo_id: int) -> Application:
    """Go on with a photo that was brought; `issuing.photos` has checked and kept it."""
    return await _act(work, application_id, Action.BRING_PHOTO, Also(photos=[photo_id]))


async def reject_photo(work: Work, application_id: int, reason: str) -> Application:
    """Use the photo no more and wait for another one, as long as no card is ordered with it."""
    also = Also(reasons=[reason], without_photo=True)
    return await _act(work, application_id, Action.REJECT_PHOTO, also)


async def swap_photo(
    work: Work, application_id: int, photo_id: int, statuses: Collection[Status] = PHOTO_STANDS
) -> Application:
    """Put another photo in the place of the present one; all else stays. TransitionRefused in another status."""
    was = await by_id(work, application_id)
    swapped = await work.run(SQL["swap_photo"], {
        "person_id": was.person_id, "application_id": application_id, "photo_id": photo_id,
        "statuses": list(statuses), "now": work.now,
    })  # fmt: skip
    if not swapped:
        raise TransitionRefused(f"{was.status} → photo", was=was.status)
    work.record(was.person_id, "application.photo_replaced", application_id)
    return await by_id(work, application_id)


async def correct_contact(work: Work, application_id: int, contact: Contact) -> Application:
    """Correct mobile and address, as long as the card is still to be brought.

    What becomes of a parcel that is prepared or under way is for `issuing.delivery` to say (`change_destination`). This function will refuse with NotFound, ContactMissing, or TransitionRefused once the card is in hand.
    """
    was = await by_id(work, application_id)
    if not (contact.mobile.strip() and contact.address.strip()):
        raise errors.ContactMissing
    corrected = await work.run(SQL["correct_contact"], {
        "person_id": was.person_id, "application_id": application_id, "statuses": list(TO_BE_BROUGHT), "now": work.now,
        "sealed": work.vault.seal(msgspec.json.encode(contact), place(application_id)),
    })  # fmt: skip
    if not corrected:
        raise TransitionRefused(f"{was.status} → contact", was=was.status)
    work.record(was.person_id, "application.contact_corrected", application_id)
    return await by_id(work, application_id)


async def send_on(work: Work, application_id: int) -> Application:
    """Let production make and post a card that was to be made at the counter, as long as no blank is out for it.

    The chain goes on from where the application stands. This function will refuse with NotFound or TransitionRefused.
    """
    was = await by_id(work, application_id)
    sent_on = await work.run(SQL["send_on"], {
        "person_id": was.person_id, "application_id": application_id, "statuses": list(SENT_ON), "now": work.now,
    })  # fmt: skip
    if not sent_on:
        raise TransitionRefused(f"{was.status} → by post", was=was.status)
    work.record(was.person_id, "application.sent_on", application_id)
    return await by_id(work, application_id)


async def find_outlet(work: Work, code: str) -> Institution:
    """Give the fallback outlet of a code; OutletNotServing for whatever is no community centre that is live."""
    outlet = (await institutions.by_codes(work, [code])).get(code)
    if outlet is None or outlet.kind not in FALLBACKS or not live(outlet, work.today):
        raise errors.OutletNotServing
    return outlet


async def set_outlet(work: Work, person_id: int, application_id: int, outlet_id: int) -> bool:
    """Note where the card falls back to, as long as it is still to be brought; `issuing.delivery` says when that may change.

    This function will give whether there was anything to note.
    """
    noted = await work.run(SQL["set_outlet"], {
        "person_id": person_id, "application_id": application_id, "outlet_id": outlet_id,
        "statuses": list(TO_BE_BROUGHT), "now": work.now,
    })  # fmt: skip
    if noted:
        work.record(person_id, "application.outlet_changed", application_id, outlet_id=str(outlet_id))
    return bool(noted)


async def _act(work: Work, application_id: int, action: Action, also: Also | None = None) -> Application:
    """Take one action on one application. This function will refuse when somebody else has moved it meanwhile."""
    was = await by_id(work, application_id)
    states.after(was.status, action)
    if not await move_many(work, [(was.person_id, application_id)], action, also or Also()):
        raise TransitionRefused(f"{was.status} → {action}", was=was.status, action=action)
    return await by_id(work, application_id)
