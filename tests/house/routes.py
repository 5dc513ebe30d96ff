"""The routes of the interface as they declare themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.faces.api_town import id_number, person

from shebaoka.faces.api.access import declared

SAMPLES = {
    "application_id": "1",
    "list_id": "1",
    "order_id": "1",
    "batch_id": "1",
    "epoch": "1",
    "sequence": "0",
    "manifest_id": "1",
    "message_id": "1",
    "draft_id": "1",
    "person_id": "1",
    "card_id": "1",
    "settlement_id": "1",
    "count_id": "1",
    "serial": "00000001",
    "run_id": "1",
    "visit_id": "1",
    "site_id": "1",
    "device_id": "1",
    "capture_id": "1",
    "collection_id": "1",
    "call_id": "1",
    "case_id": "1",
    "handover_id": "1",
    "staff_id": "1",
    "ceremony_id": "1",
    "difference_id": "1",
    "session_id": "1",
    "client_id": "nobody",
    "outlet_code": "C310101002",
    "kind": "employer",
    "path": "x",
}


@dataclass(frozen=True)
class Declared:
    """A route and what it says of itself."""

    method: str
    path: str
    handler: Any

    @property
    def address(self) -> str:
        return re.sub(r"{(\w+)}", lambda found: SAMPLES[found[1]], self.path)

    @property
    def permission(self) -> str | None:
        return declared(self.handler)[0]

    @property
    def public(self) -> str | None:
        return declared(self.handler)[1]

    @property
    def residents(self) -> str:
        return self.handler.opt.get("residents", "none")

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")


def routes(app) -> list[Declared]:
    return [
        Declared(method, route.path_format, handler)
        for route in app.routes
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    ]


def roster() -> bytes:
    head = "姓名,证件号码,手机号码,邮寄地址,备用网点代码,银行代码\n"
    return (
        head + f"{person(50).name},{id_number(50)},15400000000,黄浦区虚构路1号,C310101002,BOSC\n"
    ).encode()


# Said a second time, apart from the code: a slip of a permission in a route shows here.
WHO_MAY = {
    "GET /healthz": None, "GET /readyz": None, "GET /metrics": None,
    "GET /schema": None, "GET /schema/openapi.json": None, "GET /schema/{path}": None,
    "POST /oauth/token": None, "POST /oauth/revoke": None, "POST /api/sessions": None,
    "POST /api/sessions/code": None, "POST /api/sessions/enrolment": None, "POST /api/sessions/password": None,
    "GET /api/me/account": "logged-in", "GET /api/me/sessions": "logged-in", "POST /api/me/sessions/ending": "logged-in",
    "POST /api/me/password": "logged-in", "POST /api/me/second-factor": "logged-in",
    "POST /api/me/second-factor/confirmation": "logged-in", "POST /api/me/second-factor/removal": "logged-in",
    "DELETE /api/sessions/current": "logged-in", "GET /api/me": "logged-in",
    "POST /api/resident-sessions": "resident.vouch", "GET /api/family": "application.read",
    "GET /api/family/cards": "card.read", "POST /api/family/cards/{card_id}/opening": "card.open",
    "POST /api/family/cards/{card_id}/loss": "card.report_loss", "POST /api/family/cards/{card_id}/loss/undoing": "card.report_loss",
    "POST /api/family/cards/{card_id}/replacement": "application.apply",
    "GET /api/family/looks": "look.read", "GET /api/family/history": "card.read", "GET /api/family/messages": "message.read",
    "POST /api/family/messages/reading": "message.read",
    "GET /api/family/preferences": "message.prefer", "POST /api/family/preferences": "message.prefer",
    "GET /api/drafts": "application.apply", "POST /api/drafts": "application.apply",
    "POST /api/family/drafts": "application.apply", "POST /api/drafts/{draft_id}/photo": "application.apply",
    "GET /api/drafts/{draft_id}": "application.apply", "POST /api/drafts/{draft_id}": "application.apply",
    "POST /api/drafts/{draft_id}/submission": "application.apply", "POST /api/drafts/{draft_id}/discarding": "application.apply",
    "POST /api/programme/explanations": "programme.explain", "GET /api/programme/rules": "programme.explain",
    "GET /api/programme/changes": "programme.explain", "POST /api/benefits/quotes": None, "POST /api/benefits/comparisons": None,
    "POST /api/settling/guests": "settlement.settle",
    **{f"POST /api/settling/visits/{{person_id}}/{{visit_id}}/claims{more}": "settlement.settle" for more in ("", "/asking")},
    "POST /api/settling/visits": "settlement.settle", "GET /api/settling/visits/{person_id}/{visit_id}": "settlement.settle",
    **{f"POST /api/settling/visits/{{person_id}}/{{visit_id}}/{step}": "settlement.settle" for step in (
        "lines", "lines/removal", "quotes", "settlements", "discharge", "readmission", "cancellation",
    )},
    "POST /api/settling/reversals": "settlement.settle", "POST /api/settling/messages": "settlement.settle",
    "GET /api/settling/day": "settlement.settle", "GET /api/settling/differences": "settlement.difference",
    "GET /api/settling/differences/{difference_id}": "settlement.difference",
    "POST /api/settling/differences/{difference_id}/closing": "settlement.close_difference",
    "POST /api/people/search": "person.search", "POST /api/people/proxy-acts": "person.search",
    "POST /api/people/identity": "person.reveal", "POST /api/applications/search": "application.read",
    "GET /api/programme/authority": "programme.explain", "GET /api/programme/outlook": None,
    "GET /api/applications": "application.read", "POST /api/applications": "application.apply",
    "GET /api/applications/{application_id}": "application.read", "GET /api/applications/overdue": "application.read",
    "POST /api/applications/{application_id}/contact": "application.correct",
    "GET /api/applications/{application_id}/timeline": "application.read",
    "POST /api/applications/{application_id}/identity": "application.read",
    "POST /api/applications/{application_id}/withdrawal": "application.withdraw",
    "POST /api/applications/{application_id}/bank": "application.choose_bank",
    "POST /api/applications/{application_id}/photo": "photo.bring", "POST /api/photos/check": "photo.bring",
    "GET /api/applications/{application_id}/photo": "photo.read",
    "POST /api/applications/{application_id}/photo/picture": "photo.read",
    "POST /api/applications/{application_id}/photo/rejection": "photo.bring",
    "POST /api/applications/{application_id}/photo/consent": "photo.consent",
    "GET /api/photos/consent": "programme.explain",
    "GET /api/lists": "list.read", "POST /api/lists": "list.submit", "GET /api/lists/{list_id}": "list.read",
    "GET /api/lists/{list_id}/rows": "list.read", "GET /api/lists/{list_id}/rows/file": "list.read",
    "GET /api/collections": "collection.read", "POST /api/collections": "collection.manage",
    "GET /api/collections/{collection_id}": "collection.read",
    "GET /api/collections/{collection_id}/employees": "collection.read",
    "GET /api/collections/{collection_id}/sheet": "collection.read",
    "POST /api/collections/{collection_id}/calls": "collection.manage",
    "POST /api/collections/{collection_id}/moving": "collection.manage",
    "POST /api/collections/{collection_id}/cancellation": "collection.manage",
    "POST /api/collections/{collection_id}/notes": "collection.manage",
    "POST /api/collections/{collection_id}/notes/file": "collection.manage",
    "POST /api/collections/{collection_id}/closing": "collection.manage",
    "GET /api/payroll-bank": "payroll_bank.read", "POST /api/payroll-bank/declaration": "payroll_bank.choose",
    "GET /api/lists/{list_id}/rejects": "list.read", "GET /api/lists/templates/{kind}": "list.submit",
    "POST /api/cards/standing": "card.standing", "POST /api/cards/openings": "card.open",
    "POST /api/parcels/collection": "parcel.collect", "GET /api/parcels/waiting": "parcel.collect",
    "POST /api/cards/losses": "card.report_loss", "POST /api/cards/lifts": "card.lift_loss",
    "POST /api/cards/financial-reports": "card.note_financial", "POST /api/cards/cancellations": "card.cancel",
    "POST /api/parcels/arrivals": "parcel.collect", "POST /api/parcels/sending-back": "parcel.collect",
    "POST /api/applications/{application_id}/destination": "application.correct",
    "POST /api/applications/{application_id}/sending-again": "application.correct",
    "GET /api/applications/{application_id}/journey": "application.read",
    "GET /api/manifests": "production.run", "GET /api/manifests/{manifest_id}": "production.run",
    "GET /api/parcels/outlets": "production.run", "GET /api/parcels/reconciliation": "production.run",
    "POST /api/parcels/losses": "production.run",
    "POST /api/parcels/resending": "production.run",
    "POST /api/production/exceptions/{order_id}/reorder": "production.run",
    "POST /api/production/exceptions/{order_id}/giving-up": "production.run",
    "GET /api/production/batches/{batch_id}": "production.run",
    "POST /api/production/batches/{batch_id}/releasing": "production.run",
    "POST /api/production/batches/{batch_id}/calling-off": "production.run",
    "GET /api/status-list": "status_list.read", "GET /api/status-list/{epoch}/{sequence}": "status_list.read",
    "GET /api/production/orders/{order_id}/face": "production.run",
    "POST /api/production/orders/{order_id}/face": "production.run",
    "GET /api/parcels/exceptions": "production.run", "GET /api/production/board": "production.run",
    "GET /api/production/exceptions": "production.run", "GET /api/production/differences": "production.run",
    "GET /api/card-keys": "keys.read", "GET /api/card-keys/ceremonies/{ceremony_id}": "keys.read",
    "POST /api/card-keys/ceremonies": "keys.govern",
    "POST /api/card-keys/ceremonies/{ceremony_id}/approval": "keys.govern",
    "POST /api/card-keys/ceremonies/{ceremony_id}/withdrawal": "keys.govern",
    "GET /api/dashboard/days": "report.read", "GET /api/dashboard/standing": "report.read",
    "GET /api/dashboard/backlog": "report.read", "GET /api/dashboard/pace": "report.read",
    "GET /api/dashboard/published": "report.read",
    "GET /api/cards/unopened": "card.unopened", "GET /api/cards/unopened/file": "card.unopened",
    "GET /api/cards/unopened/figures": "report.read",
    "POST /api/messages/inbox": "message.read", "POST /api/messages/reading": "message.read",
    "POST /api/messages/preferences": "message.prefer", "GET /api/messages/figures": "message.manage",
    "GET /api/messages/exceptions": "message.manage", "POST /api/messages/{message_id}/sending-again": "message.manage",
    "GET /api/helpdesk/answers": None, "GET /api/helpdesk/topics": None,
    "POST /api/helpdesk/calls": "help.call", "GET /api/helpdesk/calls": "help.call",
    "GET /api/helpdesk/calls/{call_id}": "help.call",
    "POST /api/helpdesk/calls/{call_id}/topic": "help.call", "POST /api/helpdesk/calls/{call_id}/identification": "help.call",
    "POST /api/helpdesk/calls/{call_id}/answers": "help.call", "POST /api/helpdesk/calls/{call_id}/loss": "help.call",
    "POST /api/helpdesk/calls/{call_id}/ending": "help.call",
    "GET /api/helpdesk/queue": "help.case", "GET /api/helpdesk/overdue": "help.case", "GET /api/helpdesk/figures": "report.read",
    "POST /api/helpdesk/cases/search": "help.case", "GET /api/helpdesk/cases/{case_id}": "help.case",
    "POST /api/helpdesk/cases/{case_id}/timeline": "help.case", "POST /api/helpdesk/cases/{case_id}/moves": "help.case",
    "POST /api/helpdesk/cases/{case_id}/handover": "help.case", "POST /api/helpdesk/handovers/{handover_id}/answer": "help.case",
    "POST /api/helpdesk/cases/{case_id}/decision": "help.decide",
    "GET /api/figures": "report.read", "GET /api/audit/verification": "audit.read",
    "GET /api/audit/kinds": "audit.read", "POST /api/audit/search": "audit.read", "POST /api/audit/search/file": "audit.read",
    "GET /api/staff": "staff.manage", "POST /api/staff": "staff.manage",
    "POST /api/staff/{staff_id}/deactivation": "staff.manage", "POST /api/staff/{staff_id}/password": "staff.manage",
    "GET /api/staff/{staff_id}": "staff.manage", "POST /api/staff/{staff_id}/activation": "staff.manage",
    "POST /api/staff/{staff_id}/role": "staff.manage", "POST /api/staff/{staff_id}/unlocking": "staff.manage",
    "POST /api/staff/{staff_id}/second-factor/reset": "staff.manage", "GET /api/staff/sessions": "staff.manage",
    "GET /api/staff/roles": "staff.manage",
    "POST /api/staff/sessions/{session_id}/ending": "staff.manage",
    "GET /api/clients": "client.manage", "POST /api/clients": "client.manage",
    "POST /api/clients/{client_id}/secret": "client.manage", "POST /api/clients/{client_id}/deactivation": "client.manage",
    "GET /api/stock": "stock.keep", "GET /api/stock/movements": "stock.keep", "GET /api/stock/counts": "stock.keep",
    "GET /api/stock/overview": "stock.overview", "POST /api/stock/receipts": "stock.keep",
    "POST /api/stock/spoilages": "stock.keep", "POST /api/stock/returns": "stock.keep",
    "POST /api/stock/corrections": "stock.keep", "POST /api/stock/counts": "stock.keep",
    "POST /api/stock/counts/{count_id}/booking": "stock.keep",
    "GET /api/stock/deliveries": "stock.overview", "POST /api/stock/deliveries": "stock.deliver",
    "GET /api/stock/chips/{serial}": "stock.overview",
    "GET /api/instant-issues": "instant.issue", "POST /api/instant-issues": "instant.issue",
    "GET /api/instant-issues/{application_id}": "instant.issue",
    **{f"POST /api/instant-issues/{{application_id}}/{step}": "instant.issue" for step in (
        "photo", "account", "blank", "putting-back", "chip", "face", "spoilage", "card", "hand-over", "opening", "giving-up",
        "posting")},
    "GET /api/instant-issues/{application_id}/face": "instant.issue",
    "GET /api/readiness": "readiness.read", "GET /api/readiness/progress": "report.read",
    "GET /api/readiness/blockers": "report.read", "POST /api/readiness/steps": "readiness.move",
    "POST /api/readiness/runs": "readiness.rehearse", "GET /api/readiness/runs/{run_id}": "readiness.read",
    "POST /api/readiness/runs/{run_id}/closing": "readiness.rehearse",
    "POST /api/outreach/visits": "visit.request", "GET /api/outreach/visits": "visit.read",
    "POST /api/family/visits": "visit.request", "GET /api/outreach/visits/{visit_id}": "visit.read", "POST /api/outreach/visits/{visit_id}/contact": "outreach.plan",
    "GET /api/outreach/staff": "outreach.plan",
    "POST /api/outreach/visits/{visit_id}/planning": "outreach.plan", "POST /api/outreach/visits/{visit_id}/outcome": "outreach.plan",
    "POST /api/outreach/visits/{visit_id}/cancellation": "visit.request", "POST /api/outreach/slots": "outreach.plan",
    "GET /api/outreach/slots": "outreach.plan", "GET /api/outreach/route": "outreach.plan",
    "POST /api/outreach/sites": "outreach.plan", "GET /api/outreach/sites": "institution.read",
    "POST /api/outreach/sites/{site_id}/closing": "outreach.plan",
    "POST /api/outreach/sync": "outreach.capture", "GET /api/outreach/captures": "outreach.capture",
    "POST /api/outreach/captures/{capture_id}/content": "outreach.capture",
    "POST /api/outreach/captures/{capture_id}/acceptance": "outreach.capture",
    "POST /api/outreach/captures/{capture_id}/discarding": "outreach.capture", "GET /api/outreach/figures": "outreach.capture",
    "POST /api/outreach/devices": "outreach.plan", "GET /api/outreach/devices": "outreach.plan",
    "POST /api/outreach/devices/{device_id}/blocking": "outreach.plan",
    "POST /api/outreach/devices/{device_id}/release": "outreach.plan",
    "GET /api/outlets/districts": None, "GET /api/outlets": None, "GET /api/outlets/{outlet_code}": None,
    "POST /api/outlets/waiting": "outlet.note_waiting",
    "POST /api/card-tickets": "card.prove_reader", "POST /api/card-proofs": None,
    "POST /api/card-challenges": "card.check_chip", "POST /api/card-checks": "card.check_chip",
    **{f"{method} /api/{path}away-registrations{more}": "cross_province.register" for method, path, more in (
        ("GET", "family/", ""), ("POST", "family/", ""), ("POST", "family/", "/ending"), ("POST", "", ""), ("POST", "", "/search"),
        ("POST", "", "/ending"))},
    **dict.fromkeys(
        ("GET /api/family/insurance", "GET /api/family/account-entries", "GET /api/family/bills",
         "GET /api/family/bills/{settlement_id}", "GET /api/family/bills/{settlement_id}/lines",
         "GET /api/family/contributions", "POST /api/family/quotes", "GET /api/family/benefits"), "benefit.read",
    ),
    **{f"POST /api/hub/{what}": "cross_province.ask" for what in ("quotes", "settlements", "reversals")},
    "POST /api/helpdesk/calls/{call_id}/medical": "benefit.read",
    "GET /api/dashboard/settlements": "report.read", "GET /api/dashboard/settlements/days": "report.read",
    "POST /api/family/ecards": "ecard.show", "POST /api/ecard-checks": "card.check_chip",
    "GET /api/identity-purposes": None, "POST /api/identity-requests": "identity.ask",
    "POST /api/family/identity-codes": "identity.consent", "GET /api/family/identity-requests": "look.read",
    "GET /api/relying-parties": "relying.register", "POST /api/relying-parties": "relying.register",
    "POST /api/relying-parties/withdrawal": "relying.register",
    "GET /api/family/card-contributions": "contribution.pay", "POST /api/family/card-contributions/owed": "contribution.pay",
    "POST /api/family/card-contributions": "contribution.pay", "GET /api/payouts": "payout.read", "POST /api/payouts/lists": "payout.draw", "GET /api/payouts/due": "payout.read",
    "POST /api/payouts/runs": "payout.draw", "GET /api/payouts/runs/{run_id}": "payout.read",
    "GET /api/payouts/runs/{run_id}/payments": "payout.read", "POST /api/payouts/runs/{run_id}/approval": "payout.approve",
    "POST /api/payouts/runs/{run_id}/cancellation": "payout.draw", "GET /api/payouts/returned": "payout.read",
    "POST /api/payouts/repayments": "payout.draw", "POST /api/payouts/stoppings": "payout.draw",
    "GET /api/payouts/differences": "payout.read", "POST /api/payouts/differences/{difference_id}/closing": "payout.draw",
    "GET /api/clearings": "clearing.read", "POST /api/clearings": "clearing.settle",
    "POST /api/clearings/payments": "clearing.settle",
    "GET /api/payouts/payers": "payout.read", "POST /api/payouts/payers": "payout.draw", "POST /api/accounts/search": "account.read",
    "GET /api/institutions": "institution.read", "POST /api/payroll-bank": "payroll_bank.choose",
}  # fmt: skip
