"""Opening a card's functions. Opening the social-security function is the death of every other card of the person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from psycopg import errors

from shebaoka.cards import states, store
from shebaoka.cards.errors import (
    CardChangedMeanwhile,
    HolderDeceased,
    OtherBanksCard,
    OutletMayNotOpen,
    SecondLiveCard,
)
from shebaoka.cards.model import Opened, Opening, Outlet, Promised
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound, Problem, TransitionRefused
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import Function
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import DecidesOpening

T = TypeVar("T")
CARDS_MAX: Final = 5_000
ONE_LIVE: Final = "card_one_live"


async def open_functions(work: Work, programme: Programme, opening: Opening) -> Opened:
    """Open functions of one card, all of those asked for or none.

    Which kind of outlet may open what, and when, comes from the programme's rules. This function will make every other
    card of the person void when the social-security function opens, in the same transaction, and tell
    `card.social_opened` and `card.financial_opened`. Raises OutletMayNotOpen, OtherBanksCard, HolderDeceased, TransitionRefused, NotFound,
    CardChangedMeanwhile.
    """
    call = _call(programme, opening, work.today)
    if call is None:
        raise OutletMayNotOpen(f"{opening.outlet.kind}: {', '.join(sorted(opening.functions))}")
    row = await _guarded(lambda: store.open_one(work, call))
    opened = _opened(call, row, work.today)
    if opened.outcome != "opened":
        raise _problem(opened)
    _note(work, [opened], opening.outlet.kind)
    return opened


async def open_many(work: Work, programme: Programme, openings: Sequence[Opening]) -> list[Opened]:
    """Open a list (at most 5,000), such as a bank's nightly file; one refusal does not stop the others.

    This function will answer every row in its place: `outcome` is `opened` or why not.
    """
    assert len(openings) <= CARDS_MAX, "a chunk has at most 5,000 openings"
    answers = [_not_allowed(opening) for opening in openings]
    calls = [(place, _call(programme, opening, work.today)) for place, opening in enumerate(openings)]
    allowed = sorted(
        [(call, place) for place, call in calls if call], key=lambda pair: (pair[0].person_id, pair[1])
    )
    opened = await _answers(work, [call for call, _ in allowed])
    for (_, place), answer in zip(allowed, opened, strict=True):
        answers[place] = answer
        _note(work, [answer], openings[place].outlet.kind)
    return answers


async def open_promised_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Promised:
    """Keep the promises of outlets elsewhere whose day has come; this function will drop those it cannot keep."""
    opened = dropped = 0
    while True:
        async with database.work(SYSTEM) as work:
            answers = await _keep_promises(work, await store.promises_due(work, CARDS_MAX))
        if not answers:
            return Promised(opened, dropped)
        kept = sum(answer.outcome == "opened" for answer in answers)
        opened, dropped = opened + kept, dropped + len(answers) - kept
        progress(len(answers))


async def _keep_promises(work: Work, due: Sequence[tuple[int, int]]) -> list[Opened]:
    calls = [
        store.Call(person_id, card_id, work.today, financial=False, bank_id=None)
        for person_id, card_id in due
    ]
    answers = await _answers(work, calls)
    _note(work, answers, "bank_outlet")
    lost = [(answer.person_id, answer.card_id) for answer in answers if answer.outcome != "opened"]
    await store.drop_promises(work, lost)
    work.record_many("card.promise_dropped", lost)
    return answers


async def _answers(work: Work, calls: Sequence[store.Call]) -> list[Opened]:
    rows = await _guarded(lambda: store.open_many(work, calls))
    return [_opened(call, row, work.today) for call, row in zip(calls, rows, strict=True)]


def _call(programme: Programme, opening: Opening, today: date) -> store.Call | None:
    """Give what the database is asked, or None where the outlet may not open this on any card."""
    outlet = opening.outlet
    own, other = (_timing(programme, outlet, today, opening.functions, own_bank=own) for own in (True, False))
    mine = own if outlet.bank_id is not None else other
    if not opening.functions or mine is None:
        return None
    # A card of any bank will do where another bank's would be opened just the same.
    bank_id = None if mine == other else outlet.bank_id
    return store.Call(opening.person_id, opening.card_id, mine[0], mine[1], bank_id)


def _timing(
    programme: Programme, outlet: Outlet, today: date, functions: frozenset[Function], *, own_bank: bool
) -> tuple[date | None, bool] | None:
    """Give the day of the social-security function and whether the financial one opens; None where not all may open."""
    rule: DecidesOpening = programme.opening(
        outlet.kind, today, elsewhere=outlet.elsewhere, own_bank=own_bank
    )
    if not functions <= {*rule.at_once, *rule.later}:
        return None
    later = today + timedelta(days=rule.days_later)
    social_on = today if "social" in rule.at_once else later
    return (social_on if "social" in functions else None, "financial" in functions)


def _opened(call: store.Call, row: tuple[Any, ...], today: date) -> Opened:
    outcome, number, social, financial, voided = row
    if outcome != "opened":
        return Opened(call.person_id, call.card_id, outcome, number, social, financial)
    now = call.social_on is not None and call.social_on <= today
    functions: set[Function] = set()
    functions |= {"social"} if now else set()
    functions |= {"financial"} if call.financial else set()
    return Opened(
        call.person_id, call.card_id, outcome, number, social, financial, frozenset(functions), tuple(voided),
        None if now else call.social_on,
    )  # fmt: skip


def _not_allowed(opening: Opening) -> Opened:
    return Opened(opening.person_id, opening.card_id, "outlet_may_not", None, None, None)


def _note(work: Work, answers: Sequence[Opened], outlet_kind: str) -> None:
    for answer in answers:
        if answer.outcome != "opened":
            continue
        person_id, card_id = answer.person_id, answer.card_id
        work.record(person_id, "card.opened", card_id,
                    functions=sorted(answer.functions), social_on=answer.social_on, outlet_kind=outlet_kind)  # fmt: skip
        for voided in answer.voided:
            work.record(person_id, "card.voided", voided, reason="replaced", by=card_id)
        if "social" in answer.functions:
            work.tell(person_id, "card.social_opened", card_id=card_id, card_number=answer.card_number)
        if "financial" in answer.functions:
            work.tell(person_id, "card.financial_opened", card_id=card_id)


PROBLEMS: Final[dict[str, Callable[[], Problem]]] = {
    "no_card": lambda: NotFound("卡 · card"),
    "holder_dead": HolderDeceased,
    "other_bank": OtherBanksCard,
    "expired": lambda: TransitionRefused("此卡已过有效期 · the card has expired"),
}


def _problem(opened: Opened) -> Problem:
    if opened.outcome in PROBLEMS:
        return PROBLEMS[opened.outcome]()
    if opened.outcome == "financial_refused":
        return states.refused("金融功能", "financial function", opened.financial or "none", "open")
    if opened.social == "unopened":
        return TransitionRefused("社会保障功能的开通已在预约中 · its opening has been promised already")
    return states.refused("社会保障功能", "social-security function", opened.social or "void", "open")


async def _guarded(act: Callable[[], Awaitable[T]]) -> T:
    """Run an opening; what the database forbids becomes a refusal that a person can act on."""
    try:
        return await act()
    except VIOLATIONS as error:
        if constraint(error) == ONE_LIVE:
            raise SecondLiveCard from error
        raise
    except (errors.DeadlockDetected, errors.SerializationFailure) as error:
        raise CardChangedMeanwhile from error
