"""Everything that reads applications. What a caller may see follows from the organisation it acts for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec

from shebaoka.issuing.applications.model import Application, Contact, place
from shebaoka.issuing.applications.states import TO_BE_BROUGHT, Status
from shebaoka.issuing.applications.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.roles import ROLES
from shebaoka.registry.staff.roles import Scope as Reach

PAGE_MAX: Final = 200
NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose applications may be seen: everybody's, or those of organisations, of one bank, of one fallback outlet, of people."""

    everything: bool = False
    organisations: tuple[int, ...] = ()
    bank_id: int | None = None
    outlet_id: int | None = None
    people: tuple[int, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """Give the scope as query parameters."""
        return {
            "everything": self.everything,
            "organisations": list(self.organisations),
            "bank_id": self.bank_id,
            "outlet_id": self.outlet_id,
            "reach": list(self.people),
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits for the next step, with the bank it is for."""

    person_id: int
    application_id: int
    bank_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an application: the status it came to, by whom."""

    at: datetime
    action: str
    application_id: int
    actor: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many applications are alike in channel, group, bank and status."""

    channel: str
    group_code: str
    bank_id: int
    status: Status
    applications: int


@dataclass(frozen=True, slots=True)
class Page:
    """Applications, newest first, and the cursor to go on with (None at the end)."""

    items: Sequence[Application]
    cursor: int | None


async def scope_of(work: Work) -> Scope:
    """Give what the actor may see: everything where its role says so, else its organisation's.

    A bank's outlets and its line see the bank's, and a community centre those that chose it as fallback outlet: it takes the photo
    that an employer's or an online applicant lacks, and hands over the card. A resident sees its own and its wards'.
    """
    if work.actor.person_id is not None:
        return Scope(people=tuple(await reach_of(work, await load(work))))
    role = ROLES.get(work.actor.role)
    if role is not None and role.may.get("application.read") is Reach.ALL:
        return Scope(everything=True)
    institution = await institutions.by_id(work, work.actor.organisation_id)
    if institution is None:
        return Scope()
    banks = {
        "bank": institution.institution_id,
        "bank_outlet": institution.parent_id,
        "bank_hotline": institution.parent_id,
    }
    return Scope(
        organisations=(institution.institution_id,),
        bank_id=banks.get(institution.kind),
        outlet_id=institution.institution_id if institution.kind == "community_centre" else None,
    )


async def by_id(work: Work, application_id: int) -> Application:
    """Give one application; NotFound also when it is not the caller's to see."""
    scope = await scope_of(work)
    found = await work.row(
        SQL["by_id"], {"application_id": application_id, **scope.parameters()}, Application
    )
    if found is None:
        raise NotFound(str(application_id))
    return found


async def by_keys(work: Work, people_and_applications: Sequence[tuple[int, int]]) -> dict[int, Application]:
    """Give many applications by application_id, for the steps that follow; no scope: the system asks."""
    keys = _keys(people_and_applications)
    found = await work.rows(SQL["by_keys"], keys, Application) if people_and_applications else []
    return {application.application_id: application for application in found}


async def those_in(
    work: Work, people_and_applications: Sequence[tuple[int, int]], statuses: Collection[Status]
) -> list[Application]:
    """Give those of many applications that have come to one of these statuses; no scope: the system asks."""
    keys = _keys(people_and_applications)
    return await work.rows(SQL["those_in"], {**keys, "statuses": list(statuses)}, Application)


async def contacts(work: Work, people_and_applications: Sequence[tuple[int, int]]) -> dict[int, Contact]:
    """Open the sealed contacts by application_id; the caller records why."""
    found = await work.rows(SQL["contacts"], _keys(people_and_applications))
    return {
        number: msgspec.json.decode(work.vault.open(sealed, place(number)), type=Contact)
        for number, sealed in found
    }


async def newest_contacts(work: Work, people: Collection[int]) -> dict[int, tuple[int | None, Contact]]:
    """Open the contact that each person last applied with, with who acted for them; the caller records why."""
    found = await work.rows(SQL["newest_contacts"], {"people": list(people)})
    return {
        person_id: (guardian_id, msgspec.json.decode(work.vault.open(sealed, place(number)), type=Contact))
        for person_id, number, guardian_id, sealed in found
    }


async def newest_guardians(work: Work, people: Collection[int]) -> dict[int, int]:
    """Give who acted for each person in the newest application; where nobody did, the person is left out."""
    found = await work.rows(SQL["newest_contacts"], {"people": list(people)})
    return {person_id: guardian_id for person_id, _, guardian_id, _ in found if guardian_id is not None}


async def cards_of(work: Work, people_and_applications: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give person and card of applications; one whose card was never made is left out."""
    return await work.rows(SQL["cards_of"], _keys(people_and_applications))


async def with_cards(work: Work, people: Collection[int]) -> list[tuple[int, int, int]]:
    """Give person, application and card of all that people's cards were applied for by."""
    return await work.rows(SQL["with_cards"], {"people": list(people)})


async def ending(work: Work, people_and_applications: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give which of these end as soon as it is known whether their cards are made: the holders are entitled no more."""
    return await work.rows(SQL["ending"], _keys(people_and_applications))


async def of_person(work: Work, person_id: int) -> list[Application]:
    """Give what a person ever applied for, newest first, as far as the caller may see it."""
    scope = await scope_of(work)
    return await work.rows(SQL["of_person"], {"person_id": person_id, **scope.parameters()}, Application)


async def timeline(work: Work, person_id: int) -> list[Step]:
    """Give what happened to a person's applications, oldest first, as far as the caller may see them."""
    subjects = [str(application.application_id) for application in await of_person(work, person_id)]
    parameters = {"person_id": person_id, "pattern": "application.%", "subjects": subjects}
    return [
        Step(at, action, int(subject), actor, organisation_id)
        for at, action, subject, actor, organisation_id in await work.rows(SQL["timeline"], parameters)
    ]


async def page(
    work: Work, scope: Scope, status: Status | None = None, cursor: int | None = None, limit: int = 50
) -> Page:
    """Give one page of at most 200; `cursor` is the one the page before gave."""
    size = max(1, min(limit, PAGE_MAX))
    found = await work.rows(
        SQL["page"],
        {"status": status, "before": cursor or NEWEST, "page_size": size + 1, **scope.parameters()},
        Application,
    )
    return Page(found[:size], found[size - 1].application_id if len(found) > size else None)


async def overdue(work: Work, on: date, limit: int = PAGE_MAX) -> list[Application]:
    """Give what should have been made by now, most overdue first, as far as the caller may see it."""
    scope = await scope_of(work)
    return await work.rows(
        SQL["overdue"], {"on": on, "page_size": min(limit, PAGE_MAX), **scope.parameters()}, Application
    )


async def counts(work: Work) -> list[Count]:
    """Count all applications by channel, group, bank and status."""
    return await work.rows(SQL["counts"], None, Count)


async def waiting(work: Work, status: Status, after: int, people_max: int) -> list[Waiting]:
    """Give the next applications in one status, oldest first, after an application_id."""
    return await work.rows(
        SQL["waiting"], {"status": status, "after": after, "people_max": people_max}, Waiting
    )


async def rows_of_list(work: Work, list_id: int) -> set[int]:
    """Give the rows of a list that have become applications."""
    return {row_no for (row_no,) in await work.rows(SQL["rows_of_list"], {"list_id": list_id})}


async def of_list(work: Work, list_id: int, after: int, rows_max: int) -> list[Application]:
    """Give the applications that rows of a list became, after a row; the caller knows whose list it is."""
    return await work.rows(
        SQL["of_list"], {"list_id": list_id, "after": after, "rows_max": rows_max}, Application
    )


async def of_list_rows(work: Work, rows: Collection[tuple[int, int]]) -> dict[tuple[int, int], Application]:
    """Give the applications that rows, each with its list, became; the caller knows whose lists they are."""
    if not rows:
        return {}
    parameters = {"lists": [number for number, _ in rows], "rows": [row_no for _, row_no in rows]}
    found = await work.rows(SQL["of_list_rows"], parameters, Application)
    return {(one.list_id or 0, one.row_no or 0): one for one in found}


async def newest_through(work: Work, people: Collection[int], organisation_id: int) -> dict[int, Application]:
    """Give what each of these people last applied for through one organisation; who never did is left out."""
    if not people:
        return {}
    parameters = {"people": list(people), "organisation_id": organisation_id}
    found = await work.rows(SQL["newest_through"], parameters, Application)
    return {one.person_id: one for one in found}


async def counts_of_list(work: Work, list_id: int) -> dict[Status, int]:
    """Count a list's applications by status, in the order of life; a status without any is left out."""
    found: dict[str, int] = dict(await work.rows(SQL["counts_of_list"], {"list_id": list_id}))
    return {status: found[status] for status in Status if status in found}


async def of_staff(
    work: Work,
    employer_id: int,
    bank_id: int,
    list_id: int | None = None,
    numbers: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """Give person and application of an employer's rosters with one bank, as long as the card is still to be brought."""
    return await work.rows(
        SQL["of_staff"],
        {
            "employer_id": employer_id, "bank_id": bank_id, "list_id": list_id,
            "numbers": None if numbers is None else list(numbers), "statuses": sorted(TO_BE_BROUGHT),
        },
    )  # fmt: skip


async def live_with_bank(work: Work, employer_id: int, bank_id: int) -> int:
    """Count the live applications that an employer has made with a bank."""
    return int(await work.value(SQL["live_with_bank"], {"employer_id": employer_id, "bank_id": bank_id}))


def _keys(people_and_applications: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    return {
        "people": [person_id for person_id, _ in people_and_applications],
        "applications": [application_id for _, application_id in people_and_applications],
    }
