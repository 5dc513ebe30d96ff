"""Every write does the same once, whatever is sent again; and a body that does not fit is told which field is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.faces import settling_town as settling
from tests.faces.api_town import (
    FIRM,
    OUTLET_A,
    OUTLET_B,
    SHEET,
    SOCIAL_LINE,
    id_number,
    jpeg,
    person,
    replacing,
)
from tests.faces.outreach_town import OLD, PLAN, SITE, equip, held, visit_asked, visit_planned
from tests.faces.test_away_api import pensioner, who
from tests.faces.test_paying_api import resident
from tests.house.routes import roster, routes
from tests.web import clearings_town as clearings
from tests.web import payouts_town as payouts
from tests.web.keys_town import HERE, OFFICER, SECOND, begin, store


@dataclass(frozen=True)
class Write:
    """A write that goes through, and what differs in another one."""

    path: str
    role: str
    body: dict[str, Any]
    other: dict[str, Any]
    other_path: str = ""
    at: int | None = None


async def writes(town) -> list[Write]:
    """Give a good example of every keyed write, each on things of its own."""
    await town.people(person(1), person(2), person(50), person(51))
    _, new = await town.cards(3)
    _, second = await town.cards(4)
    one, two = await town.applied(5), await town.applied(6)
    refused, lacking = (
        await town.applied(7, status="bank_refused"),
        await town.applied(8, status="needs_photo"),
    )
    pictured = [await town.with_photo(n) for n in (121, 122)]
    waybill, another = await town.parcel_waiting(9), await town.parcel_waiting(10)
    returned = [await town.parcel_waiting(n, status="returned") for n in (11, 12)]
    await town.cards(17)
    _, found = await town.cards(18)
    lost_parcels = [await town.parcel_waiting(n, status="in_transit") for n in (19, 20)]
    suspending = {"institution": "HOSPITAL", "action": "suspend", "evidence": "误读老卡"}
    rehearsing = {"institution": "BOSC", "script": "bank_counter"}
    opened = await town.post("/api/readiness/runs", "community_clerk",
                             json={"institution": "C310101002", "script": "community_counter"})  # fmt: skip
    run = opened.json()["run_id"]
    recalled = [await town.parcel_waiting(n, status="recalled") for n in (21, 22)]
    coming = [await town.parcel_waiting(n, status="in_transit") for n in (23, 24)]
    kept = [await town.application_at_centre(n) for n in (25, 26)]
    losing = {"id_number": id_number(17), "name": person(17).name, "loss": "temporary"}
    lifting = {"card_number": found, "id_number": id_number(18), "id_checked": True}
    await town.post("/api/cards/losses", "community_clerk", json={
        "id_number": id_number(18), "name": person(18).name, "loss": "formal", "card_number": found, "id_checked": True,
    })  # fmt: skip
    telling = {"card_number": second, "report": "suspend"}
    cancelling = {"id_number": id_number(4), "name": person(4).name, "why": "moved_away", "id_checked": True}
    failed = [await town.failed_for_good(n) for n in (13, 14, 15, 16)]
    held = [await town.held_batch(n) for n in (88, 89)]
    given_up = [await town.message_given_up(n) for n in (17, 18)]
    account = {
        "institution": "BOSC0001",
        "login": "li.si",
        "name": "李示例",
        "role": "bank_clerk",
        "password": "long-enough-and-mixed",
    }
    made = [
        (await town.post("/api/staff", "administrator", json=account | {"login": login})).json()["id"]
        for login in ("aaa", "bbb", "ccc", "ddd", "eee", "fff", "ggg", "hhh", "iii", "jjj", "kkk")
    ]
    for closed in made[3:5]:
        await town.post(f"/api/staff/{closed}/deactivation", "administrator")
    sessions = await town.staff_sessions("bank_clerk", "auditor")
    for name in ("core-1", "core-2", "core-3"):
        await town.post(
            "/api/clients",
            "administrator",
            json={"client_id": name, "institution": "BOSC", "role": "bank_system"},
        )
    own, drafts = await begun(town)
    received, differs = await town.counter(blanks=30), await town.counted(25)
    await town.opened(30)
    no_photo = [await town.at_the_counter(n, application="needs_photo") for n in (31, 32)]
    open_account = [
        await town.at_the_counter(n, application="account_opened") for n in (33, 34, 35, 36, 37, 38)
    ]
    blank = [await town.at_the_counter(n, "blank_taken", "account_opened") for n in (39, 40, 41, 46, 47)]
    ready = [await town.at_the_counter(n, "made", "account_opened") for n in (42, 43)]
    in_hand = [await town.at_the_counter(n, "handed_over", "account_opened") for n in (44, 45)]
    calls = [await town.called(n) for n in range(70, 77)]
    handed = [await town.handed_over(calls[n]["case"]["case_id"]) for n in (4, 5)]
    known = {"id_number": id_number(71), "name": person(71).name}
    story = {"topic": "medical_use", "story": "医保账户问题"}
    apply = {"id_number": id_number(1), "name": person(1).name, "mobile": "15400000000", "address": "虚构路1号",
             "fallback_outlet": "C310101002", "bank": "BOSC"}  # fmt: skip
    visits = [await town.collection("BOSC", OUTLET_A, "FIRM", n) for n in range(80, 86)]
    slot = {"starts_at": "2019-02-01T09:00:00+08:00", "ends_at": "2019-02-01T11:00:00+08:00", "place": "一楼", "staff": 2,
            "capacity": 20}  # fmt: skip
    later = await town.collection("BOSC", OUTLET_A, "FIRM")
    await town.later(later)
    done = {"seat": 1, "outcome": "missed"}
    opening = {"card_number": new, "id_number": id_number(3), "functions": ["social"]}
    collection = {
        "waybill": waybill,
        "id_number": id_number(9),
        "signature": {"kind": "paper", "reference": "2019-0001"},
    }
    client = {"client_id": "core-4", "institution": "BOSC", "role": "bank_system"}
    return [
        Write("/api/applications", "bank_clerk", {"json": apply}, {"json": apply | {"mobile": "15400000001"}}),
        Write(f"/api/applications/{one}/withdrawal", "bank_clerk", {}, {}, f"/api/applications/{two}/withdrawal"),
        Write(f"/api/applications/{refused}/bank", "bank_clerk", {"json": {"bank": "ICBC"}}, {"json": {"bank": "BOSC"}}),
        Write(f"/api/applications/{refused}/contact", "bank_clerk", {"json": {"mobile": "15400000000", "address": "虚构路2号"}},
              {"json": {"mobile": "15400000000", "address": "虚构路3号"}}),
        Write(f"/api/applications/{lacking}/photo", "card_centre_operator", {"files": {"photo": ("p.jpg", jpeg())}},
              {"files": {"photo": ("p.jpg", jpeg() + b"x")}}),
        Write(f"/api/applications/{pictured[0]}/photo/rejection", "bank_clerk", {"json": {"why": "spoiled"}}, {"json": {"why": "unlike"}}),
        Write(f"/api/applications/{pictured[1]}/photo/consent", "bank_clerk", {"json": {"given": False}}, {"json": {"given": True}}),
        Write("/api/drafts", "resident", {"json": named(60)}, {"json": named(60) | {"name": "另一名"}}, at=own[0]),
        Write(f"/api/drafts/{drafts[1]}", "resident", {"json": {"version": 1}}, {"json": {"version": 2}}, at=own[1]),
        Write(f"/api/drafts/{drafts[2]}/submission", "resident", {"json": {"version": 2}}, {"json": {"version": 3}}, at=own[2]),
        Write(f"/api/drafts/{drafts[3]}/discarding", "resident", {}, {}, f"/api/drafts/{drafts[2]}/discarding", at=own[3]),
        *await holders_writes(town),
        *await key_writes(town),
        *await payout_writes(town),
        *await clearing_writes(town),
        Write("/api/family/drafts", "resident", {"json": {"person_id": str(own[4])}}, {"json": {"person_id": str(own[0])}}, at=own[4]),
        Write(f"/api/drafts/{drafts[4]}/photo", "resident", {"files": {"photo": ("p.jpg", jpeg())}, "data": {"version": "1"}},
              {"files": {"photo": ("p.jpg", jpeg() + b"x")}, "data": {"version": "1"}}, at=own[4]),
        Write("/api/lists", "employer_hr", {"files": {"file": ("a.csv", roster())}, "data": {"kind": "employer"}},
              {"files": {"file": ("a.csv", roster() + b"\n")}, "data": {"kind": "employer"}}, at=FIRM),
        Write("/api/cards/openings", "bank_clerk", {"json": opening},
              {"json": {"card_number": second, "id_number": id_number(4), "functions": ["social"]}}),
        Write("/api/cards/losses", "hotline_agent", {"json": losing}, {"json": losing | {"name": "另一人"}}),
        Write("/api/cards/lifts", "community_clerk", {"json": lifting}, {"json": lifting | {"card_number": second}}),
        Write("/api/cards/financial-reports", "bank_system", {"json": telling}, {"json": telling | {"report": "close"}}),
        Write("/api/cards/cancellations", "community_clerk", {"json": cancelling},
              {"json": cancelling | {"why": "settled_abroad"}}),
        Write("/api/parcels/losses", "card_centre_operator", {"json": {"waybill": lost_parcels[0]}},
              {"json": {"waybill": lost_parcels[1]}}),
        Write("/api/parcels/collection", "community_clerk", {"json": collection}, {"json": collection | {"waybill": another}}),
        Write("/api/parcels/arrivals", "community_clerk", {"json": {"waybill": coming[0]}}, {"json": {"waybill": coming[1]}}),
        Write("/api/parcels/sending-back", "community_clerk", {"json": {"waybill": recalled[0]}}, {"json": {"waybill": recalled[1]}}),
        Write(f"/api/applications/{kept[0]}/destination", "hotline_agent", {"json": {"address": "虚构路2号"}},
              {"json": {"address": "虚构路3号"}}),
        Write(f"/api/applications/{kept[0]}/sending-again", "community_clerk", {}, {},
              f"/api/applications/{kept[1]}/sending-again"),
        Write("/api/parcels/resending", "card_centre_operator", {"json": {"waybill": returned[0]}}, {"json": {"waybill": returned[1]}}),
        *(Write(f"/api/production/exceptions/{failed[n]}/{verb}", "card_centre_operator", {}, {},
                f"/api/production/exceptions/{failed[n + 1]}/{verb}") for n, verb in ((0, "reorder"), (2, "giving-up"))),
        *(Write(f"/api/production/batches/{held[n]}/{verb}", "card_centre_operator", {"json": {"reason": "已重新点数"}},
                {"json": {"reason": "另一个原因"}}) for n, verb in ((0, "releasing"), (1, "calling-off"))),
        Write(f"/api/messages/{given_up[0]}/sending-again", "card_centre_operator", {}, {},
              f"/api/messages/{given_up[1]}/sending-again"),
        Write("/api/messages/reading", "online_platform_system", {"json": {"id_number": id_number(17), "message_ids": ["1"]}},
              {"json": {"id_number": id_number(18), "message_ids": ["1"]}}),
        Write("/api/messages/preferences", "online_platform_system", {"json": {"id_number": id_number(17), "language": "en", "reminders": True}},
              {"json": {"id_number": id_number(17), "language": "en", "reminders": False}}),
        *at_the_stock(received, differs),
        Write("/api/stock/deliveries", "card_centre_operator", {"json": DELIVERY},
              {"json": DELIVERY | {"last_serial": "0000F011"}}),
        Write("/api/instant-issues", "community_clerk", {"json": replacing(30)}, {"json": replacing(30, mobile="15400000001")}),
        Write(f"/api/instant-issues/{no_photo[0]}/photo", "community_clerk", {"files": {"photo": ("p.jpg", jpeg())}},
              {"files": {"photo": ("p.jpg", jpeg() + b"x")}}),
        *(Write(f"/api/instant-issues/{open_account[n]}/{step}", "community_clerk", {}, {},
                f"/api/instant-issues/{open_account[n + 1]}/{step}") for n, step in ((0, "account"), (2, "blank"), (4, "posting"))),
        Write(f"/api/instant-issues/{blank[0]}/spoilage", "community_clerk", {"json": {"reason": "misprinted"}},
              {"json": {"reason": "chip_dead"}}),
        Write(f"/api/instant-issues/{blank[3]}/putting-back", "community_clerk", {}, {},
              f"/api/instant-issues/{blank[4]}/putting-back"),
        Write(f"/api/instant-issues/{blank[1]}/card", "community_clerk", {"json": await town.read_of(40, blank[1])},
              {"json": await town.read_of(41, blank[2])}),
        Write(f"/api/instant-issues/{ready[0]}/hand-over", "community_clerk", {"json": {"id_checked": True, "signed": True}},
              {"json": {"id_checked": True, "signed": False}}),
        Write(f"/api/instant-issues/{ready[1]}/giving-up", "community_clerk", {"json": {"reason": "mistake"}},
              {"json": {"reason": "holder_left"}}),
        Write(f"/api/instant-issues/{in_hand[0]}/opening", "community_clerk", {"json": {}}, {"json": {}},
              f"/api/instant-issues/{in_hand[1]}/opening"),
        Write("/api/helpdesk/calls", "hotline_agent", {"json": {"reason": "咨询办理进度"}}, {"json": {"reason": "咨询其他问题"}}),
        Write(f"/api/helpdesk/calls/{calls[0]['call_id']}/topic", "hotline_agent", {"json": {"topic": "loss"}}, {"json": {"topic": "open"}}),
        Write(f"/api/helpdesk/calls/{calls[1]['call_id']}/identification", "hotline_agent", {"json": known},
              {"json": known | {"name": "另一名"}}),
        Write(f"/api/helpdesk/calls/{calls[2]['call_id']}/loss", "hotline_agent", {"json": {}}, {"json": {"generation": "new"}}),
        Write(f"/api/helpdesk/calls/{calls[3]['call_id']}/ending", "hotline_agent", {"json": {"resolved": True}},
              {"json": {"resolved": False}}),
        Write(f"/api/helpdesk/cases/{calls[0]['case']['case_id']}/moves", "hotline_agent", {"json": {"move": "note"}},
              {"json": {"move": "release"}}),
        Write(f"/api/helpdesk/cases/{calls[6]['case']['case_id']}/handover", "hotline_agent", {"json": story},
              {"json": story | {"topic": "social_use"}}),
        Write(f"/api/helpdesk/handovers/{handed[0]}/answer", "hotline_agent", {"json": {"answer": "accept"}},
              {"json": {"answer": "decline"}}, at=SOCIAL_LINE),
        Write(f"/api/helpdesk/cases/{calls[5]['case']['case_id']}/decision", "card_centre_operator",
              {"json": {"line": "H962222", "text": "属于卡片业务"}}, {"json": {"line": "H12333", "text": "属于用卡业务"}}),
        *await outreach_writes(town),
        Write("/api/staff", "administrator", {"json": account}, {"json": account | {"password": "another-long-and-mixed"}}),
        Write(f"/api/staff/{made[0]}/deactivation", "administrator", {}, {}, f"/api/staff/{made[1]}/deactivation"),
        Write(f"/api/staff/{made[2]}/password", "administrator", {"json": {"password": "another-long-and-mixed"}},
              {"json": {"password": "yet-another-long-and-mixed"}}),
        Write(f"/api/staff/{made[3]}/activation", "administrator", {}, {}, f"/api/staff/{made[4]}/activation"),
        Write(f"/api/staff/{made[5]}/role", "administrator", {"json": {"role": "bank_clerk"}}, {"json": {"role": "auditor"}}),
        Write(f"/api/staff/{made[6]}/unlocking", "administrator", {}, {}, f"/api/staff/{made[7]}/unlocking"),
        Write(f"/api/staff/{made[8]}/second-factor/reset", "administrator", {}, {}, f"/api/staff/{made[9]}/second-factor/reset"),
        Write(f"/api/staff/sessions/{sessions[0]}/ending", "administrator", {}, {}, f"/api/staff/sessions/{sessions[1]}/ending"),
        Write("/api/clients", "administrator", {"json": client}, {"json": client | {"client_id": "core-5"}}),
        Write("/api/clients/core-1/secret", "administrator", {}, {}, "/api/clients/core-2/secret"),
        Write("/api/clients/core-2/deactivation", "administrator", {}, {}, "/api/clients/core-3/deactivation"),
        *(Write(path, role, {"json": body}, {"json": other}, other_path) if body or not path.endswith(("readmission", "cancellation"))
          else Write(path, role, {}, {}, other_path) for path, role, body, other, other_path in await settling.writes(town)),
        Write("/api/readiness/steps", "card_centre_operator", {"json": suspending}, {"json": suspending | {"evidence": "另一依据"}}),
        Write("/api/readiness/runs", "bank_system", {"json": rehearsing}, {"json": rehearsing | {"script": "bank_core"}}),
        Write(f"/api/readiness/runs/{run}/closing", "community_clerk", {"json": {"shown": {"apply": "done"}}},
              {"json": {"shown": {"apply": "refused"}}}),
        Write("/api/collections", "bank_clerk", {"json": slot | {"employer": "FIRM"}}, {"json": slot | {"employer": "WORKS"}}),
        Write(f"/api/collections/{later}/calls", "bank_system", {"json": {"limit": 1}}, {"json": {"limit": 2}}),
        Write(f"/api/collections/{visits[0]}/moving", "bank_clerk", {"json": slot}, {"json": slot | {"staff": 3}}),
        Write(f"/api/collections/{visits[1]}/cancellation", "bank_clerk", {}, {}, f"/api/collections/{visits[2]}/cancellation"),
        Write(f"/api/collections/{visits[3]}/notes", "bank_clerk", {"json": {"notes": [done]}},
              {"json": {"notes": [done | {"seat": 2}]}}),
        Write(f"/api/collections/{visits[4]}/notes/file", "bank_system", {"files": {"file": ("a.csv", SHEET.encode())}},
              {"files": {"file": ("a.csv", SHEET.encode() + b"2")}}),
        Write(f"/api/collections/{visits[5]}/closing", "bank_clerk", {}, {}, f"/api/collections/{visits[3]}/closing"),
        Write("/api/payroll-bank/declaration", "employer_system", {"json": {"banks": ["某外地银行"]}},
              {"json": {"banks": ["另一家银行"]}}),
        Write("/api/payroll-bank", "employer_hr", {"json": {"bank": "BOSC"}}, {"json": {"bank": "ICBC"}}),
        *await credential_writes(town, new, second),
        *await away_writes(town),
        await paying_write(town),
        Write("/api/outlets/waiting", "community_clerk", {"json": {"waiting": 12}}, {"json": {"waiting": 13}}),
    ]  # fmt: skip


async def credential_writes(town, card: str, other: str) -> list[Write]:
    """Give a good example of every write of the card in use; an answer that proves nothing is one, too."""
    challenges = [
        (await town.post("/api/card-challenges", "kiosk_system", key=None)).json()["challenge_id"]
        for _ in "12"
    ]
    shown = {"algorithm": 3, "historical": "00" * 13, "identification_code": "00" * 16, "card_number": card}
    asked = {"purpose": "hotel_check_in", "fields": ["card_good"], "code": "12345678"}
    hotel, library = (
        {"institution": "HOTEL", "purpose": "hotel_check_in"},
        {"institution": "LIBRARY", "purpose": "library_card"},
    )
    return [
        Write("/api/card-checks", "kiosk_system", {"json": shown | {"challenge_id": challenges[0]}},
              {"json": shown | {"challenge_id": challenges[1], "card_number": other}}),
        Write("/api/ecard-checks", "kiosk_system", {"json": {"text": "SBE1A"}}, {"json": {"text": "SBE1B"}}),
        Write("/api/identity-requests", "relying_system", {"json": asked}, {"json": asked | {"code": "87654321"}}),
        Write("/api/relying-parties", "administrator", {"json": hotel}, {"json": library}),
        Write("/api/relying-parties/withdrawal", "administrator", {"json": hotel}, {"json": library}),
    ]  # fmt: skip


async def paying_write(town) -> Write:
    """Give a good example of paying a contribution from the card."""
    year = {"period": "2019-01-01"}
    return Write(
        "/api/family/card-contributions",
        "resident",
        {"json": year},
        {"json": year | {"base_fen": 1}},
        at=await resident(town),
    )


async def away_writes(town) -> list[Write]:
    """Give a good example of every write of registrations for care in another province."""
    mine, _ = [await pensioner(town, n) for n in (131, 132)]
    settled = {"kind": "resettled", "place": "320100"}
    own = settled | {"documents": ["pledge"]}
    seen = who(132) | settled | {"documents": ["residence_proof"]}
    path = "away-registrations"
    held = {}
    for n, at in ((133, await pensioner(town, 133)), (134, await pensioner(town, 134))):
        made = await town.post(f"/api/family/{path}", "resident", at, json=own)
        held[n] = at, {"registration_id": made.json()["registration_id"], "reason": "搬回本市"}
    return [
        Write(f"/api/family/{path}", "resident", {"json": own}, {"json": own | {"place": "330100"}}, at=mine),
        Write(f"/api/{path}", "community_clerk", {"json": seen}, {"json": seen | {"place": "330100"}}),
        Write(f"/api/family/{path}/ending", "resident", {"json": held[133][1]},
              {"json": held[133][1] | {"reason": "另一个原因"}}, at=held[133][0]),
        Write(f"/api/{path}/ending", "community_clerk", {"json": who(134) | held[134][1]},
              {"json": who(134) | held[134][1] | {"reason": "另一个原因"}}),
    ]  # fmt: skip


DELIVERY = {"shipment": "M9", "first_serial": "0000F000", "last_serial": "0000F010", "keys_version": 2}


def at_the_stock(received: str, differs: str) -> list[Write]:
    """Give a good example of every write about blank cards; a new count takes the place of the one that differs."""
    box = {"shipment": "S1", "box": "1", "quantity": 5}
    spoiled, back = {"quantity": 1, "reason": "faulty"}, {"quantity": 1, "shipment": "R1"}
    wrong, booking = {"movement_id": received, "quantity": 31, "reason": "数错"}, {"reason": "盘点差额"}
    return [
        Write(f"/api/stock/{name}", "community_clerk", {"json": body}, {"json": body | {differing: value}})
        for name, body, differing, value in (
            ("receipts", box, "quantity", 6), ("spoilages", spoiled, "quantity", 2), ("returns", back, "quantity", 2),
            ("corrections", wrong, "quantity", 32), (f"counts/{differs}/booking", booking, "reason", "另一原因"),
            ("counts", {"counted": 7}, "counted", 8),
        )
    ]  # fmt: skip


async def key_writes(town) -> list[Write]:
    """Give ceremonies of card keys: an algorithm has one at a time, so the next is opened when the others are over."""
    store(town)
    here = f"{HERE}/ceremonies"
    waits, other = await begin(town, "generate"), await begin(town, "generate", algorithm="3DES")
    asked = {"kind": "generate", "algorithm": "3DES", "reason": "旧卡"}
    return [
        Write(f"{here}/{waits}/approval", OFFICER, {"json": {}}, {"json": {}}, f"{here}/{other}/approval", at=SECOND),
        Write(f"{here}/{other}/withdrawal", OFFICER, {}, {}, f"{here}/{waits}/withdrawal"),
        Write(here, OFFICER, {"json": asked}, {"json": asked | {"reason": "老卡"}}),
    ]  # fmt: skip


async def payout_writes(town) -> list[Write]:
    """Give a good example of every write about payouts."""
    numbers = await payouts.rejected(town, 101, 102)
    differences = await payouts.differing(town, "7")
    cancelled, approved = await payouts.drawn(town, 103), await payouts.drawn(town, 104)
    await payouts.account(town, 105)
    await payouts.owed(town, 105)
    here, officer, why = "/api/payouts", payouts.OFFICER, {"reason": "已核实"}
    draw = {"benefit": "pension", "pay_on": "2019-01-15"}
    payer = {"bank": "ICBC", "account": "900200", "name": "中心"}
    taking = {"kind": "items", "name": "a.json", "content": payouts.rows(105, more="b")}
    return [
        Write(f"{here}/runs/{approved}/approval", officer, {}, {}, f"{here}/runs/{cancelled}/approval"),
        Write(f"{here}/runs/{cancelled}/cancellation", officer, {}, {}, f"{here}/runs/{approved}/cancellation"),
        Write(f"{here}/runs", officer, {"json": draw}, {"json": draw | {"pay_on": "2019-01-16"}}),
        Write(f"{here}/lists", officer, {"json": taking}, {"json": taking | {"name": "b.json"}}),
        Write(f"{here}/repayments", officer, {"json": {"number": numbers[0], **why}}, {"json": {"number": numbers[1], **why}}),
        Write(f"{here}/stoppings", officer, {"json": {"number": numbers[1], **why}}, {"json": {"number": numbers[0], **why}}),
        Write(f"{here}/differences/{differences[0]}/closing", officer, {"json": why}, {"json": {"reason": "另一原因"}}),
        Write(f"{here}/payers", officer, {"json": payer}, {"json": payer | {"account": "900201"}}),
    ]  # fmt: skip


async def clearing_writes(town) -> list[Write]:
    """Give a good example of every write about clearings between provinces."""
    await clearings.drawn(town)
    here, paid = "/api/clearings", {"province": "320000", "month": "2018-11-01", "on": "2018-12-20"}
    return [
        Write(here, clearings.CLERK, {"json": {"month": "2018-10-01"}}, {"json": {"month": "2018-09-01"}}),
        Write(f"{here}/payments", clearings.CLERK, {"json": paid}, {"json": paid | {"province": "330000"}}),
    ]


async def holders_writes(town) -> list[Write]:
    """Give a good example of every write of residents about their cards and how they are told."""
    held = [await _held(town, n) for n in (90, 91, 92)]
    await town.post(f"/api/family/cards/{held[2][1]}/loss", "resident", held[2][0])
    await town.opened(93)
    at = await town.person_id(93)
    (mine,) = (await town.call("GET", "/api/family/cards", "resident", at)).json()["items"]
    wish = {"replacement": "damaged", "fallback_outlet": "C310101002", "bank": "BOSC"}
    steps = zip(("opening", "loss", "loss/undoing"), held, (held[1], held[2], held[0]), strict=True)
    return [
        *(Write(f"/api/family/cards/{card}/{step}", "resident", {}, {}, f"/api/family/cards/{other}/{step}", at=at)
          for step, (at, card), (_, other) in steps),
        Write(f"/api/family/cards/{mine['card']['card_id']}/replacement", "resident", {"json": wish},
              {"json": wish | {"replacement": "worn"}}, at=at),
        Write("/api/family/messages/reading", "resident", {"json": {"message_ids": ["1"]}}, {"json": {"message_ids": ["2"]}}, at=held[0][0]),
        Write("/api/family/visits", "resident", {"json": {"tasks": ["open"]}}, {"json": {"tasks": ["apply"]}}, at=held[2][0]),
        Write("/api/family/preferences", "resident", {"json": {"elder": True}}, {"json": {"elder": False}}, at=held[0][0]),
    ]  # fmt: skip


async def _held(town, n: int) -> tuple[int, str]:
    """Give a resident and the number of an unopened card."""
    await town.cards(n)
    at = await town.person_id(n)
    cards = (await town.call("GET", "/api/family/cards", "resident", at)).json()["items"]
    return at, next(one["card"]["card_id"] for one in cards if one["card"]["social"] == "unopened")


async def outreach_writes(town) -> list[Write]:
    """Give a good example of every keyed write of going to people."""
    device = await equip(town)
    await town.people(person(70, OLD))
    asked, planned = await visit_asked(town, 71), [await visit_planned(town, n) for n in (72, 73)]
    waiting = [await held(town, device, n) for n in (74, 75, 76)]
    sites = [
        (await town.post("/api/outreach/sites", "bank_clerk", json=SITE)).json()["site_id"] for _ in range(2)
    ]
    devices = [
        (await town.post("/api/outreach/devices", "bank_clerk", json={"name": "平板"})).json()["device_id"]
        for _ in range(3)
    ]
    await town.post(f"/api/outreach/devices/{devices[1]}/blocking", "bank_clerk")
    request = {"id_number": id_number(70, OLD), "name": person(70, OLD).name, "tasks": ["apply"]}
    slots = {"first": "2019-01-02", "last": "2019-01-04", "slot": "afternoon", "capacity": 3}
    visits, captures = "/api/outreach/visits", "/api/outreach/captures"
    return [
        Write(visits, "community_clerk", {"json": request}, {"json": request | {"tasks": ["open"]}}),
        Write(f"{visits}/{asked}/planning", "bank_clerk", {"json": PLAN}, {"json": PLAN | {"day": "2019-01-04"}}),
        Write(f"{visits}/{planned[0]}/outcome", "bank_clerk", {"json": {"attempt": 1, "outcome": "done"}},
              {"json": {"attempt": 1, "outcome": "not_met"}}),
        Write(f"{visits}/{planned[1]}/cancellation", "bank_clerk", {"json": {"reason": "moved_away"}},
              {"json": {"reason": "not_wanted"}}),
        Write("/api/outreach/slots", "bank_clerk", {"json": slots}, {"json": slots | {"capacity": 4}}),
        Write("/api/outreach/sites", "bank_clerk", {"json": SITE}, {"json": SITE | {"capacity": 41}}),
        Write(f"/api/outreach/sites/{sites[0]}/closing", "bank_clerk", {}, {}, f"/api/outreach/sites/{sites[1]}/closing"),
        Write("/api/outreach/devices", "bank_clerk", {"json": {"name": "平板"}}, {"json": {"name": "另一台"}}),
        Write(f"/api/outreach/devices/{devices[0]}/blocking", "bank_clerk", {}, {},
              f"/api/outreach/devices/{devices[2]}/blocking"),
        Write(f"/api/outreach/devices/{devices[1]}/release", "bank_clerk", {}, {},
              f"/api/outreach/devices/{devices[2]}/release"),
        Write(f"{captures}/{waiting[0]}/acceptance", "bank_clerk", {}, {}, f"{captures}/{waiting[1]}/acceptance"),
        Write(f"{captures}/{waiting[2]}/discarding", "bank_clerk", {"json": {"reason": "与另一份相同"}},
              {"json": {"reason": "另一个原因"}}),
    ]  # fmt: skip


def named(n: int) -> dict[str, str]:
    return {"id_number": id_number(n), "name": person(n).name}


async def begun(town) -> tuple[list[int], list[str]]:
    """Give five residents and their drafts, of which the third is filled in."""
    await town.people(*(person(n) for n in range(60, 65)))
    own = [await town.person_id(n) for n in range(60, 65)]
    answers = [await town.post("/api/drafts", "resident", at, json=named(60 + n)) for n, at in enumerate(own)]
    drafts = [answer.json()["draft_id"] for answer in answers]
    filled = {
        "version": 1,
        "mobile": "15400000000",
        "address": "虚构路1号",
        "fallback_outlet": "C310101002",
        "bank": "BOSC",
    }
    await town.post(f"/api/drafts/{drafts[2]}", "resident", own[2], json=filled)
    return own, drafts


def template(path: str) -> str:
    return re.sub(r"/(\d+|core-\d)(?=/|$)", "/{}", path)


async def test_every_write_does_the_same_once(town):
    examples = await writes(town)
    declared_writes = {
        re.sub(r"{\w+}", "{}", route.path) for route in routes(town.app) if route.handler.opt.get("keyed")
    }
    assert {template(one.path) for one in examples} == declared_writes, "every keyed write has its example"
    for number, one in enumerate(examples):
        key = f"once-only-{number:03}"
        missing = await town.post(one.path, one.role, one.at, key=None, **one.body)
        assert (missing.status_code, missing.json()["type"]) == (400, "/problems/request-key-missing"), (
            one.path
        )
        short = await town.post(one.path, one.role, one.at, key="short", **one.body)
        assert short.status_code == 400, one.path
        first = await town.post(one.path, one.role, one.at, key=key, **one.body)
        assert first.status_code in (200, 201), f"{one.path} {first.text}"
        again = await town.post(one.path, one.role, one.at, key=key, **one.body)
        assert again.status_code == first.status_code, one.path
        assert again.headers.get("idempotent-replayed") == "true", one.path
        assert without_secret(again.json()) == without_secret(first.json()), one.path
        other = await town.post(one.other_path or one.path, one.role, one.at, key=key, **one.other)
        assert (other.status_code, other.json()["type"]) == (409, "/problems/request-key-reused"), one.path


def without_secret(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in ("secret", "password")}


async def test_the_same_key_of_another_organisation_is_another_key(town):
    await town.people(person(1), person(2))
    for n, at in ((1, None), (2, OUTLET_B)):
        body = {"id_number": id_number(n), "name": person(n).name, "mobile": "15400000000", "address": "虚构路1号",
                "fallback_outlet": "C310101002", "bank": "BOSC"}  # fmt: skip
        made = await town.post("/api/applications", "bank_clerk", at, key="the-same-key", json=body)
        assert made.status_code == 201, made.text


async def test_malformed_bodies_name_the_field(town):
    for one in await writes(town):
        if "json" not in one.body:
            continue
        body = one.body["json"]
        unknown = await town.post(one.path, one.role, one.at, json=body | {"surplus": 1})
        assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (400, "surplus"), one.path
        for name in body:
            if name in ("bank", "employer") and one.path == "/api/applications":
                continue
            if name == "password":  # One is made for whoever gives none.
                continue
            less = {key: value for key, value in body.items() if key != name}
            missing = await town.post(one.path, one.role, one.at, json=less)
            assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, name), one.path
            wrong = await town.post(one.path, one.role, one.at, json=body | {name: {"a": 1}})
            assert wrong.status_code == 400, f"{one.path} {name}"
            assert wrong.json()["errors"][0]["field"].startswith(name), f"{one.path} {wrong.text}"
        broken = await town.post(one.path, one.role, one.at, content=json.dumps(body).encode()[:-1])
        assert (broken.status_code, broken.json()["type"]) == (400, "/problems/request-malformed"), one.path
