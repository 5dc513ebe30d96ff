"""A counter that issues on the spot: its steps in shorthand, and what must hold after each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.faces.api_town import jpeg
from tests.issuing.instant.blanks import makes
from tests.issuing.seeding import account_number
from tests.issuing.town import Town, person
from tests.service.credential.in_use import know_keys

from shebaoka.banking.model import AccountAnswer, Answered
from shebaoka.cards import commands as cards
from shebaoka.cards.model import LossReport, MadeCard, Opening, Outlet
from shebaoka.issuing.applications.model import ReplacementReason
from shebaoka.issuing.instant import commands, views
from shebaoka.issuing.instant.model import Asked, Session
from shebaoka.issuing.photos import store as photo_store
from shebaoka.issuing.photos.model import New, Source
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import Box
from shebaoka.kit.actor import Actor
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.views import load

CENTRE, BANK_OUTLET, OTHER_BANKS_OUTLET = "C310101002", "ICBC0001", "CCB00001"
SOCIAL = frozenset({"social"})
LIVE = "'begun', 'blank_taken', 'made'"


async def open_counters(town: Town, blanks: int = 10, codes: tuple[str, ...] = (CENTRE, BANK_OUTLET)) -> Town:
    """Let outlets issue on the spot, each with so many blanks; the city has card keys."""
    async with town.database.work(town.clerk) as work:
        if not await work.value("SELECT count(*) FROM card_key_set"):
            await know_keys(work)
    for code in codes:
        async with town.database.work(town.actor(code)) as work:
            await work.run("UPDATE institution SET instant = true WHERE code = %(c)s", {"c": code})
            town.places[code] = replace(town.places[code], instant=True)
            if blanks:
                await stock.receive(work, town.places[code], Box("S1", "1", blanks))
    return town


async def settle(
    town: Town, serial: int, bank: str = "ICBC", born: date = date(1980, 1, 1)
) -> tuple[PersonRow, int, int]:
    """Let somebody live here who holds an open new card and has a photo; gives the row, person_id and card_id."""
    someone = person(serial, born=born)
    (person_id,) = (await town.settle(someone)).values()
    async with town.database.work(town.clerk) as work:
        (number,) = await cards.allocate_numbers(work, 1)
        made = MadeCard(
            person_id, 1_000 + serial, number, town.places[bank].institution_id, date(2018, 7, 2), None, "AB" * 16,
            "CD" * 13,
        )  # fmt: skip
        await cards.take_made_cards(work, [made])
        await cards.open_functions(
            work, await load(work), Opening(person_id, made.card_id, SOCIAL, Outlet("community_centre"))
        )
        photo_id = work.ids.one()
        await photo_store.keep(work, [New(person_id, photo_id, Source.ID_CARD, None, jpeg(serial))])
    return someone, person_id, made.card_id


async def report(town: Town, person_id: int, card_id: int) -> None:
    async with town.database.work(town.clerk) as work:
        lost = LossReport(person_id, card_id, "formal", Outlet("community_centre"))
        await cards.report_loss(work, await load(work), lost)


def asked(someone: PersonRow, reason: ReplacementReason = ReplacementReason.DAMAGED, **more: Any) -> Asked:
    given: dict[str, Any] = {
        "id_number": someone.id_number, "name": someone.name, "replacement": reason, "mobile": "15400000000",
        "address": "黄浦区虚构路1号", "id_checked": True,
    }  # fmt: skip
    return Asked(**given | more)


async def does(
    town: Town, act: Callable[..., Awaitable[Any]], *given: Any, at: str = CENTRE, who: int = 9, **more: Any
) -> Any:
    """Let a clerk take a step, in a transaction of its own."""
    async with town.database.work(replace(town.actor(at), name=f"staff:{who}")) as work:
        programme = (await load(work),) if act in WITH_PROGRAMME else ()
        return await act(work, *programme, *given, **more)


WITH_PROGRAMME = (commands.begin, commands.take_blank, commands.open_card)


async def begins(town: Town, someone: PersonRow, at: str = CENTRE, **more: Any) -> Session:
    if at != CENTRE:
        more.setdefault("fallback_outlet", CENTRE)
    return await does(town, commands.begin, asked(someone, **more), at=at)


def says_yes(session: Session, number: int = 1) -> Answered:
    """The bank has opened an account."""
    one = session.application
    answer = AccountAnswer(
        one.person_id, one.application_id, one.bank_id, account_number=account_number(number)
    )
    return Answered((answer,), {}, (), ())


def says_no(session: Session) -> Answered:
    """The bank refuses."""
    one = session.application
    return Answered(
        (AccountAnswer(one.person_id, one.application_id, one.bank_id, reason="B01 不予开户"),), {}, (), ()
    )


async def comes_to(town: Town, someone: PersonRow, step: str, at: str = CENTRE, **more: Any) -> Session:
    """Bring a session to a step: begun, account, blank_taken, made, handed_over."""
    session = await begins(town, someone, at, **more)
    number = session.issue.application_id
    steps: list[tuple[str, Callable[[], Awaitable[Session]]]] = []

    async def made() -> Session:
        async with town.database.work(town.actor(at)) as work:
            return await makes(work, number)

    steps = [
        ("begun", lambda: does(town, views.session, number, at=at)),
        ("account", lambda: does(town, commands.take_account, number, says_yes(session), at=at)),
        ("blank_taken", lambda: does(town, commands.take_blank, number, at=at)),
        ("made", made),
        ("handed_over", lambda: does(town, commands.hand_over, number, id_checked=True, signed=True, at=at)),
    ]
    for name, act in steps:
        session = await act()
        await holds(town)
        if name == step:
            return session
    raise AssertionError(step)


async def has(town: Town, code: str = CENTRE) -> tuple[int, int]:
    rows = await town.rows_of(
        "SELECT balance, in_hand FROM blank_stock WHERE outlet_id = %(o)s", o=town.places[code].institution_id
    )
    return rows[0] if rows else (0, 0)


async def cards_of(town: Town, person_id: int) -> dict[int, str]:
    return dict(await town.rows_of("SELECT card_id, social FROM card WHERE person_id = %(p)s", p=person_id))


async def status(town: Town, session: Session) -> tuple[str, str]:
    """Where the session and its application stand."""
    return (await town.rows_of(
        "SELECT i.status, a.status FROM instant_issue AS i JOIN application AS a USING (person_id, application_id)"
        " WHERE application_id = %(a)s", a=session.issue.application_id,
    ))[0]  # fmt: skip


async def holds(town: Town) -> None:
    """What must hold after every step, whatever has befallen."""
    sums = (
        "SELECT s.outlet_id, s.balance, s.in_hand, coalesce(sum(m.stock_delta), 0), coalesce(sum(m.hand_delta), 0)"
        " FROM blank_stock AS s LEFT JOIN blank_movement AS m USING (outlet_id) GROUP BY 1, 2, 3"
    )
    for outlet, balance, in_hand, stock_sum, hand_sum in await town.rows_of(sums):
        assert (balance, in_hand) == (stock_sum, hand_sum)
        asked_of = {"o": outlet}
        (out,) = (await town.rows_of(
            "SELECT count(*) FROM instant_issue WHERE status = 'blank_taken' AND outlet_id = %(o)s", **asked_of,
        ))[0]  # fmt: skip
        assert in_hand == out, "a blank is out for each card that is being made"
        (used,) = (await town.rows_of(
            "SELECT count(*) FROM blank_movement WHERE kind = 'used' AND outlet_id = %(o)s", **asked_of,
        ))[0]  # fmt: skip
        (made,) = (await town.rows_of(
            "SELECT count(*) FROM instant_issue AS i JOIN card AS c USING (person_id, card_id) WHERE i.outlet_id = %(o)s",
            **asked_of,
        ))[0]  # fmt: skip
        assert used == made, "every blank that was used is a card, and every card a blank"
    two = (
        "SELECT person_id FROM card WHERE social IN ('open', 'suspended') GROUP BY person_id HAVING count(*) > 1"
        " UNION ALL SELECT person_id FROM application WHERE status NOT IN ('completed', 'rejected', 'withdrawn')"
        " GROUP BY person_id HAVING count(*) > 1"
        f" UNION ALL SELECT person_id FROM instant_issue WHERE status IN ({LIVE}) GROUP BY person_id HAVING count(*) > 1"
    )
    assert await town.rows_of(two) == []
    apart = (
        "SELECT i.status, a.status FROM instant_issue AS i JOIN application AS a USING (person_id, application_id)"
        " WHERE (i.status = 'blank_taken') <> (a.status = 'in_production' AND a.instant)"
    )
    assert await town.rows_of(apart) == []


def other(town: Town, code: str = CENTRE) -> Actor:
    """Another clerk of the same outlet."""
    return replace(town.actor(code), name="staff:8")
