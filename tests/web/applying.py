"""A family before the applicant's pages: a mother, her schoolchild and her small child, and a stranger; and their drafts."""

from __future__ import annotations

from datetime import date, datetime

from tests.faces.api_town import id_number, person
from tests.faces.test_residents_api import (
    BORN,
    CHILD,
    FATHER,
    FILLED,
    LITTLE,
    MOTHER,
    SMALL,
    STRANGER,
    notify,
    of_both,
)
from tests.web.browsing import Web

from shebaoka.kit.clock import SHANGHAI

__all__ = ["BORN", "CHILD", "FATHER", "FILLED", "LITTLE", "MOTHER", "SMALL", "STRANGER"]


async def settle(web: Web) -> int:
    """Let a family live in the town; give the mother's person_id."""
    town = web.town
    town.database.clock.at = datetime(2019, 5, 6, 12, tzinfo=SHANGHAI)
    await town.people(*(person(n) for n in (MOTHER, FATHER, STRANGER)))
    await town.people(of_both(CHILD, BORN), of_both(LITTLE, SMALL, school_stage=None, school_id=None))
    await notify(town, CHILD, BORN, date(2019, 5, 5))
    return await town.person_id(MOTHER)


async def draft(web: Web, n: int = 98, **filled: object) -> str:
    """Give the address of somebody's own draft, with what is filled in."""
    town = web.town
    await town.people(person(n))
    own = await town.person_id(n)
    named = {"id_number": id_number(n), "name": person(n).name}
    begun = (await town.post("/api/drafts", "resident", own, json=named)).json()
    if filled:
        saved = await town.post(
            f"/api/drafts/{begun['draft_id']}", "resident", own, json=filled | {"version": begun["version"]}
        )
        assert saved.status_code == 200, saved.text
    return f"/apply/{begun['draft_id']}"


async def filled_draft(web: Web) -> str:
    return await draft(web, **FILLED, shared_photo=True)


async def handed_in(web: Web, status: str = "submitted") -> str:
    """Give the address of a receipt of resident 98's own application."""
    number = await web.town.applied(98, status=status)
    return f"/apply/receipt/{number}"
