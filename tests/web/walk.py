"""Every page that can be looked at, who looks, and how to get there: what `test_every_page` walks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from tests.faces.api_town import SOCIAL_LINE, id_number, person
from tests.web import admin_town as admin
from tests.web import away_town as away
from tests.web import centre_town as centre
from tests.web import clearings_town as clearings
from tests.web import counter
from tests.web import dashboard_town as dashboard
from tests.web import hotline_town as hotline
from tests.web import identity_town as identity
from tests.web import keys_town as keys
from tests.web import payouts_town as payouts
from tests.web import ways_to_medical as medical
from tests.web import ways_to_outlets as outlets
from tests.web.applying import draft, filled_draft, handed_in
from tests.web.browsing import Web
from tests.web.lists_town import a_collection, a_list
from tests.web.visits_town import LOOKS as VISITS
from tests.web.ways_to_settling import LOOKS as SETTLING

Way = Callable[[Web], Awaitable[str]]


@dataclass(frozen=True)
class Look:
    """Who looks at a page, and its address in the town, or what makes one."""

    role: str
    address: str | Way
    at: int | None = None


RESIDENT = 98
"""Who looks where no resident is named (`Town.token`)."""


async def mine(web: Web) -> str:
    """Give the way to a resident's page whose new card waits at an outlet, with an old card and a child."""
    await web.town.parcel_waiting(RESIDENT)
    await web.town.cards(RESIDENT)
    await web.town.people(
        person(96, date(2012, 1, 1), guardian_id_number=id_number(RESIDENT), guardian_kind="母亲")
    )
    return "/mine"


async def _card(web: Web, page: str) -> str:
    await mine(web)
    own = await web.town.person_id(RESIDENT)
    held = (await web.town.call("GET", "/api/family/cards", "resident", own)).json()["items"]
    card = next(one["card"] for one in held if one["card"]["generation"] == "new")["card_id"]
    if page == "/mine/opened":
        await web.town.post(f"/api/family/cards/{card}/opening", "resident", own)
    return f"{page}?card={card}"


async def _lost(web: Web) -> str:
    card = (await _card(web, "/mine/open")).partition("=")[2]
    own = await web.town.person_id(RESIDENT)
    await web.town.post(f"/api/family/cards/{card}/loss", "resident", own)
    return f"/mine/loss?lost={card}"


async def _sending(web: Web) -> str:
    await mine(web)
    own = await web.town.person_id(RESIDENT)
    (one,) = (await web.town.call("GET", "/api/applications", "resident", own)).json()["items"]
    return f"/mine/sending?application={one['application_id']}"


async def _looked(web: Web) -> str:
    await mine(web)
    asked = {"id_number": id_number(RESIDENT), "reason": "本人来访"}
    await web.town.post("/api/people/search", "community_clerk", key=None, json=asked)
    return "/mine/looks"


async def _told(web: Web) -> str:
    await web.town.message_given_up(RESIDENT)
    return "/mine/messages"


def then(way: Way, more: str) -> Way:
    """Give a way that goes on from another one's address."""

    async def lead(web: Web) -> str:
        return f"{await way(web)}{more}"

    return lead


async def _lacking(web: Web) -> str:
    return f"{await handed_in(web, 'needs_photo')}/photo"


async def _bank_refused(web: Web) -> str:
    return f"{await handed_in(web, 'bank_refused')}/bank"


WALK: dict[str, Look] = {
    "/": Look("", "/"),
    "/offline": Look("", "/offline"),
    "/login": Look("", "/login?next=%2F&why=cancelled"),
    "/mine": Look("resident", mine),
    "/mine/open": Look("resident", partial(_card, page="/mine/open")),
    "/mine/opened": Look("resident", partial(_card, page="/mine/opened")),
    "/mine/loss": Look("resident", _lost),
    "/mine/replace": Look("resident", partial(_card, page="/mine/replace")),
    "/mine/sending": Look("resident", _sending),
    "/mine/looks": Look("resident", _looked),
    "/mine/identity": Look("resident", identity.asked_about),
    "/mine/ecard": Look("resident", "/mine/ecard"),
    "/mine/away": Look("resident", away.registered),
    "/staff/away": Look("community_clerk", "/staff/away"),
    **{path: Look(role, way) for path, (role, way) in medical.LOOKS.items()},
    "/mine/visit": Look("resident", "/mine/visit"),
    "/mine/messages": Look("resident", _told),
    "/mine/preferences": Look("resident", "/mine/preferences"),
    "/when": Look("", "/when?group=retirees&district=310115"),
    "/outlets": Look("", outlets.in_the_city),
    "/outlets/{district}": Look("", outlets.in_a_district),
    "/outlets/{district}/{code}": Look("", outlets.one_outlet),
    "/apply": Look("resident", "/apply"),
    "/apply/{draft_id}/bank": Look("resident", then(draft, "/bank")),
    "/apply/{draft_id}/photo": Look("resident", then(draft, "/photo")),
    "/apply/{draft_id}/contact": Look("resident", then(draft, "/contact")),
    "/apply/{draft_id}/check": Look("resident", then(filled_draft, "/check")),
    "/apply/{draft_id}/discard": Look("resident", then(draft, "/discard")),
    "/apply/receipt/{application_id}": Look("resident", handed_in),
    "/apply/receipt/{application_id}/photo": Look("resident", _lacking),
    "/apply/receipt/{application_id}/bank": Look("resident", _bank_refused),
    "/apply/receipt/{application_id}/withdraw": Look("resident", then(handed_in, "/withdraw")),
    "/family": Look("resident", "/family"),
    "/field": Look("", "/field"),
    "/staff/login": Look("", "/staff/login"),
    "/staff/login/code": Look("", partial(admin.log_in_at, step="code")),
    "/staff/login/enrolment": Look("", partial(admin.log_in_at, step="enrolment")),
    "/staff/login/password": Look("", partial(admin.log_in_at, step="password")),
    "/staff/me": Look("auditor", "/staff/me"),
    "/staff/accounts": Look("administrator", admin.accounts),
    "/staff/accounts/new": Look("administrator", "/staff/accounts/new"),
    "/staff/accounts/{staff_id}": Look("administrator", admin.account),
    "/staff/clients": Look("administrator", admin.clients),
    "/staff/relying-parties": Look("administrator", identity.registered),
    "/staff/identity": Look("relying_clerk", "/staff/identity"),
    "/staff/sessions": Look("administrator", "/staff/sessions"),
    "/staff/audit": Look("auditor", "/staff/audit"),
    "/staff": Look("community_clerk", "/staff"),
    **{path: Look(role, way) for path, (role, way) in counter.LOOKS.items()},
    "/staff/hotline": Look("hotline_agent", hotline.arriving, SOCIAL_LINE),
    "/staff/hotline/calls/{call_id}": Look("hotline_agent", hotline.call),
    "/staff/hotline/cases/{case_id}": Look("hotline_agent", hotline.case),
    "/staff/centre": Look("card_centre_operator", centre.production),
    "/staff/centre/batches/{batch_id}": Look("card_centre_operator", centre.held_batch),
    "/staff/centre/orders/{order_id}/face": Look("card_centre_operator", centre.card_face),
    "/staff/centre/parcels": Look("card_centre_operator", centre.parcels),
    **{path: Look(role, way, at) for path, (role, way, at) in keys.LOOKS.items()},
    **{path: Look(role, way) for path, (role, way) in payouts.LOOKS.items()},
    **{path: Look(role, way) for path, (role, way) in clearings.LOOKS.items()},
    "/staff/blanks": Look("card_centre_operator", centre.blanks),
    "/staff/blanks/deliveries": Look("card_centre_operator", centre.deliveries),
    "/staff/status-list": Look("card_centre_operator", centre.status_list),
    "/staff/dashboard": Look("programme_head", dashboard.counted),
    "/staff/dashboard/by/{dimension}": Look("programme_head", dashboard.by_district),
    "/staff/dashboard/part": Look("programme_head", dashboard.district),
    "/staff/dashboard/unopened": Look("programme_head", dashboard.unopened),
    "/staff/dashboard/settlements": Look("programme_head", dashboard.settled),
    "/staff/dashboard/hotlines": Look("programme_head", dashboard.hotlines),
    "/staff/dashboard/report": Look("programme_head", dashboard.report),
    "/staff/readiness": Look("programme_head", "/staff/readiness"),
    "/staff/rules": Look("programme_head", "/staff/rules?on=2019-01-02"),
    "/staff/hotline/overdue": Look("hotline_agent", hotline.overdue),
    "/staff/lists": Look("employer_hr", "/staff/lists"),
    "/staff/lists/{list_id}": Look("employer_hr", a_list),
    "/staff/lists/{list_id}/rows": Look("employer_hr", lambda web: a_list(web, "/rows")),
    "/staff/payroll-bank": Look("employer_hr", "/staff/payroll-bank"),
    "/staff/unopened": Look("employer_hr", "/staff/unopened"),
    **{path: Look(role, way) for path, (role, way) in VISITS.items()},
    **{path: Look(role, way) for path, (role, way) in SETTLING.items()},
    "/staff/collections": Look("bank_clerk", "/staff/collections"),
    "/staff/collections/{collection_id}": Look("bank_clerk", a_collection),
}
"""By the path of the route, as the site declares it. A page without an entry fails `test_every_page`."""
