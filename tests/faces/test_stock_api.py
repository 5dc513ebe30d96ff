"""Blank cards over HTTP: one's own outlet, the card centre's overview, and who may book what."""

from __future__ import annotations

import csv
import io

import pytest
from tests.faces.api_town import CENTRE, COMMUNITY_A, OUTLET_A

from shebaoka.issuing.stock.commands import take
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.registry.staff.roles import ROLES, Scope

BOX = {"shipment": "S1", "box": "1", "quantity": 10}


def slug(answer):
    return answer.json()["type"].removeprefix("/problems/")


@pytest.fixture
async def outlets(town):
    async with town.database.work(SYSTEM) as work:
        await work.run("INSERT INTO district VALUES ('310101', '黄浦区', 'Huangpu')")
        await work.run(
            "UPDATE institution SET instant = true, district_code = '310101' WHERE code IN ('C310101002', 'BOSC0001')"
        )
    return town


async def test_an_outlet_books_what_comes_and_goes(outlets):
    received = await outlets.post("/api/stock/receipts", "community_clerk", json=BOX)
    assert (received.status_code, received.json()["balance_after"]) == (201, 10)
    twice = await outlets.post("/api/stock/receipts", "community_clerk", json=BOX)
    assert (twice.status_code, slug(twice), twice.json()["movement_id"]) == (
        409, "box-received", received.json()["movement_id"],
    )  # fmt: skip
    unfit = await outlets.post(
        "/api/stock/receipts",
        "community_clerk",
        json=BOX | {"box": "2", "quantity": 9, "first_serial": "00000001", "last_serial": "0000000A"},
    )
    assert (unfit.status_code, slug(unfit)) == (422, "serials-unfit")
    too_many = await outlets.post(
        "/api/stock/returns", "community_clerk", json={"quantity": 11, "shipment": "R1"}
    )
    assert (too_many.status_code, slug(too_many), too_many.json()["balance"]) == (409, "stock-below-zero", 10)
    await outlets.post("/api/stock/returns", "community_clerk", json={"quantity": 4, "shipment": "R1"})
    await outlets.post("/api/stock/spoilages", "community_clerk", json={"quantity": 1, "reason": "faulty"})
    told = (await outlets.call("GET", "/api/stock", "community_clerk")).json()
    assert (told["balance"], told["in_hand"], told["spoiled"], told["use_per_day"]) == (5, 0, 1, 1.0)
    assert (told["days_left"], told["order"], told["outlet"]["code"]) == (5, 25, "C310101002")
    page = (await outlets.call("GET", "/api/stock/movements?limit=2", "community_clerk")).json()
    assert [one["kind"] for one in page["items"]] == ["spoiled", "returned"]
    rest = await outlets.call("GET", f"/api/stock/movements?cursor={page['next']}", "community_clerk")
    assert [one["kind"] for one in rest.json()["items"]] == ["received"]


async def test_numbers_go_from_the_centre_to_an_outlet_and_back(outlets):
    delivery = {"shipment": "M1", "first_serial": "00000A00", "last_serial": "00000aff", "keys_version": 2}
    numbers = {"first_serial": "00000A00", "last_serial": "00000A09"}
    early = await outlets.post("/api/stock/receipts", "community_clerk", json=BOX | numbers)
    assert (early.status_code, slug(early)) == (409, "serials-elsewhere")
    unknown = await outlets.post("/api/stock/deliveries", "card_centre_operator", CENTRE, json=delivery)
    assert (unknown.status_code, slug(unknown)) == (422, "keys-not-known")
    await outlets.with_key_sets()
    booked = await outlets.post("/api/stock/deliveries", "card_centre_operator", CENTRE, json=delivery)
    assert (booked.status_code, booked.json()["total"], booked.json()["last_serial"]) == (
        201,
        256,
        "00000AFF",
    )
    assert (
        await outlets.post("/api/stock/receipts", "community_clerk", json=BOX | numbers)
    ).status_code == 201
    back = {"quantity": 2, "shipment": "R1"}
    needed = await outlets.post("/api/stock/returns", "community_clerk", json=back)
    assert (needed.status_code, slug(needed)) == (422, "serials-needed")
    named = back | {"first_serial": "00000A08", "last_serial": "00000A09"}
    assert (await outlets.post("/api/stock/returns", "community_clerk", json=named)).status_code == 201
    (told,) = (await outlets.call("GET", "/api/stock/deliveries", "card_centre_operator", CENTRE)).json()
    assert (told["at_centre"], told["at_outlets"], told["adds_up"]) == (248, 8, True)
    assert [(one["outlet"] and one["outlet"]["code"], one["first_serial"], one["blanks"]) for one in told["lies"]] == [
        ("C310101002", "00000A00", 8), (None, "00000A08", 248),
    ]  # fmt: skip
    way = await outlets.call("GET", "/api/stock/chips/00000a08", "card_centre_operator", CENTRE)
    assert [one["kind"] for one in way.json()] == ["received", "returned"]
    for none in ("100101198001010019", "0000000G", "0a08"):
        wrong = await outlets.call("GET", f"/api/stock/chips/{none}", "card_centre_operator", CENTRE)
        assert wrong.status_code == 400, none
    nowhere = await outlets.call("GET", "/api/stock/chips/FFFFFFFF", "card_centre_operator", CENTRE)
    assert (nowhere.status_code, slug(nowhere)) == (404, "not-found")


async def test_a_second_person_corrects_and_books_the_difference(outlets):
    received = (await outlets.post("/api/stock/receipts", "community_clerk", json=BOX)).json()
    wrong = {"movement_id": received["movement_id"], "quantity": 8, "reason": "实收8张"}
    same = await outlets.post("/api/stock/corrections", "community_clerk", json=wrong)
    assert (same.status_code, slug(same)) == (403, "second-person-needed")
    by_centre = wrong | {"outlet": "C310101002"}
    corrected = await outlets.post("/api/stock/corrections", "card_centre_operator", json=by_centre)
    assert (corrected.status_code, corrected.json()["balance_after"]) == (201, 8)
    again = await outlets.post(
        "/api/stock/corrections", "card_centre_operator", json=by_centre | {"quantity": 7}
    )
    assert (again.status_code, slug(again)) == (409, "movement-not-correctable")
    counted = (await outlets.post("/api/stock/counts", "community_clerk", json={"counted": 6})).json()
    assert (counted["status"], counted["difference"]) == ("differs", -2)
    assert (await outlets.call("GET", "/api/stock", "community_clerk")).json()["open_count"] == counted
    path, reason = f"/api/stock/counts/{counted['count_id']}/booking", {"reason": "盘亏"}
    refused = await outlets.post(path, "community_clerk", json=reason)
    assert (refused.status_code, slug(refused)) == (403, "second-person-needed")
    booked = await outlets.post(path, "card_centre_operator", json=reason | {"outlet": "C310101002"})
    assert (booked.status_code, booked.json()["status"]) == (200, "booked")
    counts = (await outlets.call("GET", "/api/stock/counts", "community_clerk")).json()
    assert [(one["status"], one["booked_by"] is not None) for one in counts] == [("booked", True)]


async def test_a_clerk_keeps_its_own_stock_only(outlets):
    for answer in (
        await outlets.post("/api/stock/receipts", "community_clerk", json=BOX | {"outlet": "BOSC0001"}),
        await outlets.call("GET", "/api/stock?outlet=BOSC0001", "community_clerk"),
        await outlets.call("GET", "/api/stock/movements?outlet=BOSC0001", "community_clerk"),
    ):
        assert (answer.status_code, slug(answer)) == (403, "forbidden")
    nowhere = await outlets.post("/api/stock/receipts", "card_centre_operator", json=BOX)
    assert (nowhere.status_code, slug(nowhere)) == (422, "blanks-not-here")
    unknown = await outlets.post("/api/stock/receipts", "card_centre_operator", json=BOX | {"outlet": "X"})
    assert unknown.status_code == 404
    assert {role for role, one in ROLES.items() if one.may.get("stock.overview") == Scope.ALL} == {
        "card_centre_operator", "programme_head", "system",
    }  # fmt: skip


async def test_the_overview_has_low_stock_first_also_as_csv(outlets):
    await outlets.post(
        "/api/stock/receipts",
        "community_clerk",
        COMMUNITY_A,
        json=BOX | {"quantity": 40},
    )
    async with outlets.database.work(Actor("staff:1", OUTLET_A, "bank_clerk")) as work:
        await work.run("INSERT INTO blank_stock VALUES (%(o)s, 25, 0, '2018-01-01', now())", {"o": OUTLET_A})
        await take(work, OUTLET_A, 1)
    told = (await outlets.call("GET", "/api/stock/overview?district=310101", "programme_head", CENTRE)).json()
    assert [(one["outlet"]["code"], one["balance"], one["in_hand"]) for one in told] == [
        ("BOSC0001", 24, 1), ("C310101002", 40, 0),
    ]  # fmt: skip
    assert (
        await outlets.call("GET", "/api/stock/overview?district=310106", "programme_head", CENTRE)
    ).json() == []
    table = await outlets.call("GET", "/api/stock/overview?format=csv", "card_centre_operator")
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(one["网点代码"], one["库存"], one["预计用完日"]) for one in rows] == [
        ("BOSC0001", "24", ""), ("C310101002", "40", ""),
    ]  # fmt: skip


async def test_institutions_say_who_issues_on_the_spot(outlets):
    found = (await outlets.call("GET", "/api/institutions?kind=community_centre", "community_clerk")).json()[
        "items"
    ]
    assert {one["institution"]["code"]: one["instant"] for one in found} == {
        "C310101002": True,
        "C310101003": False,
    }
    some = await outlets.call(
        "GET", "/api/institutions?kind=community_centre&instant=true", "community_clerk"
    )
    assert [one["institution"]["code"] for one in some.json()["items"]] == ["C310101002"]
