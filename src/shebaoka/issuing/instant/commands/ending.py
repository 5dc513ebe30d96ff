"""A session ends before its card is in its holder's hand: given up, sent on by post, or its application has ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Final

from shebaoka.cards import commands as cards
from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications import views as application_views
from shebaoka.issuing.applications.commands import Also, end_entitled_no_more, end_of_dead, move_many
from shebaoka.issuing.applications.commands.ending import DECEASED, ENTITLED_NO_MORE
from shebaoka.issuing.applications.states import ENDED
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.instant.commands.stepping import check_untouched, locked, number_of, saved, step
from shebaoka.issuing.instant.model import GivenUpBecause, Session, Settled
from shebaoka.issuing.instant.states import LIVE, Action, Status
from shebaoka.issuing.instant.store import SQL
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import SpoiledBecause
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.outbox import Event
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import COUNTERS
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load

PEOPLE_MAX: Final = 5_000
WHY: Final = {DECEASED: SpoiledBecause.HOLDER_DIED, ENTITLED_NO_MORE: SpoiledBecause.ENTITLEMENT_ENDED}


async def give_up(
    work: Work, application_id: int, reason: GivenUpBecause, *, blank_unused: bool = False
) -> Session:
    """Give a session up before the card was handed over: the person may apply anew, and has the former card as it was.

    A blank goes back when nothing was done to it (`blank_unused`), else it is spoiled; a card that was made is void.
    This function will refuse with NotFound or TransitionRefused, and with BlankBegun where its chip was given the order.
    """
    found = await step(work, application_id, Action.END)
    if blank_unused:
        check_untouched(found)
    if found.issue.card_id is not None:
        await cards.void_not_handed_over(work, found.issue.person_id, found.issue.card_id)
    await move_many(work, [found.key], ApplicationAction.ABANDON, Also(reasons=[reason]))
    ended = await saved(work, found, Action.END, reason=reason)
    if found.issue.status == Status.BLANK_TAKEN and blank_unused:
        await stock.put_back(work, found.issue.outlet_id, application_id)
    elif found.issue.status == Status.BLANK_TAKEN:
        await stock.spoil_taken(
            work, found.issue.outlet_id, application_id, SpoiledBecause.GIVEN_UP, number_of(found.issue)
        )
    return ended


async def send_on(work: Work, application_id: int) -> Session:
    """Let production make the card and the courier bring it; the application goes on from where it stands.

    This function will refuse with NotFound or TransitionRefused: a blank that was taken is used, spoiled or put back first.
    """
    found = await step(work, application_id, Action.SEND_ON)
    await applications.send_on(work, application_id)
    return await saved(work, found, Action.SEND_ON)


async def end_for_death(work: Work, events: Sequence[Event]) -> None:
    """End the sessions of people who have died (subscriber of `person.died`); this function will do nothing the second time."""
    await tidy_people(work, {event.person_id for event in events})


async def settle_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Settled:
    """End the sessions whose applications other doors have ended, and count those that nobody has touched for too long.

    This function will end nothing that a clerk can still go on with.
    """
    ended, after = 0, 0
    while True:
        async with database.work(SYSTEM) as work:
            keys = await work.rows(SQL["live"], {"after": after, "people_max": PEOPLE_MAX})
            done = await _tidy(work, keys)
        ended += done
        if not keys:
            return Settled(ended, await _abandoned(database) if after else 0)
        after = keys[-1][1]
        progress(done)


async def tidy_people(work: Work, persons: Collection[int]) -> None:
    """End the sessions of these people whose applications have ended, or are to end."""
    await _tidy(work, await work.rows(SQL["live_of_people"], {"people": sorted(persons)}))


async def tidied(work: Work, session: Session) -> Session:
    """Give a session as it stands once what has ended its application, if anything has, has ended it too."""
    await _tidy(work, [session.key])
    return await locked(work, session.key)


async def _tidy(work: Work, keys: Sequence[tuple[int, int]]) -> int:
    """End what is to end. A look at all of them comes first: a run finds mostly nothing, and locks nothing then."""
    if not keys:
        return 0
    found = await application_views.by_keys(work, keys)
    known = await people.by_ids(work, [person_id for person_id, _ in keys])
    leaving = set(await application_views.ending(work, keys))
    due = [
        key
        for key in keys
        if found[key[1]].status in ENDED or key in leaving or known[key[0]].died_on is not None
    ]
    return sum([await _end(work, key) for key in sorted(due)])


async def _end(work: Work, key: tuple[int, int]) -> bool:
    session = await locked(work, key)
    issue, person_id = session.issue, key[0]
    if issue.status not in LIVE:
        return False
    if session.application.status == ApplicationStatus.COMPLETED:
        # The card was opened before anybody noted that it was handed over: it is in its holder's hand.
        await saved(work, session, Action.HAND_OVER, handed_over_at=work.now)
        return True
    dead = (await people.by_ids(work, [person_id]))[person_id].died_on is not None
    why = DECEASED if dead else ENTITLED_NO_MORE
    if issue.status == Status.BLANK_TAKEN:
        await move_many(work, [key], ApplicationAction.GIVE_UP, Also(reasons=[why]))
    elif dead:
        await end_of_dead(work, [person_id])
    else:
        await end_entitled_no_more(work, [key])
    if issue.card_id is not None:
        # Not handed over: whatever ended the application, this card is nobody's.
        await (cards.void_of_dead if dead else cards.void_entitled_no_more)(work, [person_id])
    ended = await locked(work, key)
    await saved(work, ended, Action.END, reason=ended.application.reason or str(ended.application.status))
    if issue.status == Status.BLANK_TAKEN:
        await stock.spoil_taken(work, issue.outlet_id, key[1], WHY[why], number_of(issue))
    return True


async def _abandoned(database: Database) -> int:
    async with database.work(SYSTEM) as work:
        programme = await load(work)
        minutes = min(programme.instant(kind, work.today).abandoned_minutes for kind in COUNTERS)
        found = await work.value(SQL["abandoned"], {"before": work.now - timedelta(minutes=minutes)})
        return int(found)
