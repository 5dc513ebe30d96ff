"""The card goes into its holder's hand, and is opened there; where that fails it waits to be opened."""

from __future__ import annotations

from shebaoka.cards import commands as cards
from shebaoka.cards import views as card_views
from shebaoka.cards.model import Card, Opened, Opening, Outlet
from shebaoka.issuing.applications.commands import move_many
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery.errors import IdentityNotChecked, SignatureMissing
from shebaoka.issuing.instant import views
from shebaoka.issuing.instant.commands.stepping import living, saved, step
from shebaoka.issuing.instant.model import Session
from shebaoka.issuing.instant.states import Action, Status
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import Function
from shebaoka.registry.programme.programme import Programme

GONE = frozenset({ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN})


async def hand_over(work: Work, application_id: int, *, id_checked: bool, signed: bool) -> Session:
    """Hand the card over; from today its holder has it, and is reminded until it is open.

    This function will refuse with NotFound, TransitionRefused, IdentityNotChecked, SignatureMissing, PersonDeceased.
    """
    found = await step(work, application_id, Action.HAND_OVER)
    if not id_checked:
        raise IdentityNotChecked
    if not signed:
        raise SignatureMissing
    await living(work, found)
    if found.application.status in GONE:
        raise TransitionRefused(f"{found.application.status}", was=found.application.status)
    # Whoever opened the card before it was noted as handed over has a completed application, and keeps it.
    await move_many(work, [found.key], ApplicationAction.HAND_OVER)
    handed = await saved(work, found, Action.HAND_OVER, handed_over_at=work.now)
    assert handed.issue.card_id, "a card that was made"
    await cards.note_received(work, [(handed.issue.person_id, handed.issue.card_id, work.today)])
    work.record(
        handed.issue.person_id, "instant.signed_for", application_id, id_checked=id_checked, signed=signed
    )
    return handed


async def open_card(work: Work, programme: Programme, application_id: int) -> Opened:
    """Open what this outlet may open and what is not open yet; the former card is void at that moment.

    Whatever refuses or breaks here leaves the card in its holder's hand, to be opened. This function will refuse with
    NotFound, TransitionRefused, and as `cards.commands.open_functions` does.
    """
    found = await views.session(work, application_id)
    if found.issue.status != Status.HANDED_OVER:
        raise TransitionRefused(f"{found.issue.status} → open", was=found.issue.status, action="open")
    person_id, card_id = found.issue.person_id, found.issue.card_id
    held = (await card_views.of_people(work, [person_id])).get(person_id, [])
    card = next(one for one in held if one.card_id == card_id)
    outlet = await institutions.by_id(work, work.actor.organisation_id)
    if outlet is None:
        raise NotFound("本机构 · your own institution")
    functions = _left(programme, outlet, card, work)
    if not functions:
        raise TransitionRefused(
            "本网点可开通的功能均已开通 · all that this outlet opens is open", action="open"
        )
    opening = Opening(card.person_id, card.card_id, functions, Outlet.of(outlet))
    return await cards.open_functions(work, programme, opening)


def _left(programme: Programme, outlet: Institution, card: Card, work: Work) -> frozenset[Function]:
    """Give the functions that this outlet opens on this card and that are not open; a card that is no good refuses later."""
    own = outlet.parent_id == card.bank_id
    rule = programme.opening(outlet.kind, work.today, elsewhere=outlet.elsewhere, own_bank=own)
    opens: frozenset[Function] = frozenset({*rule.at_once, *rule.later})
    done: set[Function] = set()
    done |= {"social"} if card.social in ("open", "suspended") else set()
    done |= {"financial"} if card.financial not in ("unopened", "none") else set()
    return opens - done
