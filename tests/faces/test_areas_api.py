"""Lists, parcels, production, institutions, the audit log: each over HTTP once, with its refusals."""

import asyncio
import io

from PIL import Image
from python_calamine import CalamineWorkbook
from tests.faces.api_town import FIRM, id_number, person

from shebaoka.faces.serving import Verifier

BODILESS = (
    "/card-challenges",
    "/withdrawal",
    "/{visit_id}/readmission",
    "/{visit_id}/cancellation",
    "/payouts/runs/{run_id}/approval",
    "/payouts/runs/{run_id}/cancellation",
    "/deactivation",
    "/secret",
    "/reorder",
    "/giving-up",
    "/discarding",
    "/sending-again",
    "/collections/{collection_id}/cancellation",
    "/closing",
    "/account",
    "/blank",
    "/posting",
    "/putting-back",
    "/blocking",
    "/release",
    "/acceptance",
    "/family/cards/{card_id}/opening",
    "/family/cards/{card_id}/loss",
    "/family/cards/{card_id}/loss/undoing",
    "/sessions/{session_id}/ending",
    "/activation",
    "/unlocking",
    "/second-factor/reset",
    "/claims/asking",
)
"""Writes whose address says all."""
HEADERS = "姓名,证件号码,手机号码,邮寄地址,备用网点代码,银行代码\n"


def roster(*numbers: int, broken: bool = False) -> bytes:
    rows = [f"{person(n).name},{id_number(n)},15400000000,黄浦区虚构路{n}号,C310101002,BOSC" for n in numbers]
    rows += [f"某某,{id_number(99)[:-1]}?,15400000000,黄浦区虚构路9号,C310101002,BOSC"] if broken else []
    return (HEADERS + "\n".join(rows) + "\n").encode()


async def hand_in(town, content, *, key="", role="employer_hr", **data):
    return await town.post(
        "/api/lists", role, key=key, files={"file": ("名册.csv", content)}, data={"kind": "employer"} | data
    )


async def test_a_roster_is_answered_row_by_row(town):
    await town.people(person(1), person(2))
    answer = await hand_in(town, roster(1, 2, broken=True))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["total_rows"], told["accepted_rows"], told["rejected_rows"]) == (3, 2, 1)
    assert {"row_no", "column", "remedy_zh"} <= told["faults"][0].keys()
    assert told["notes"] == []
    again = await hand_in(town, roster(1, 2, broken=True))
    assert (again.json()["list_id"], again.json()["again"], again.json()["accepted_rows"]) == (
        told["list_id"],
        True,
        2,
    )
    listed = (await town.call("GET", "/api/lists", "employer_hr")).json()
    assert [one["list_id"] for one in listed["items"]] == [told["list_id"]]
    one = (await town.call("GET", f"/api/lists/{told['list_id']}", "employer_hr")).json()
    assert one["faults_total"] == len(one["faults"]) == len(told["faults"])


async def test_what_was_passed_over_is_told(town):
    await town.people(person(1))
    told = (await hand_in(town, roster(1) + b"\n\n" + roster(1).splitlines()[-1] + b"\n")).json()
    (note,) = told["notes"]
    assert (note["code"], note["rows"]) == ("rows-ignored", 2)
    assert all((note["zh"], note["en"])), note


async def test_of_many_faults_the_first_are_shown_and_all_are_counted(town):
    lines = "\n".join(f"某某,{n:017}?,15400000000,黄浦区虚构路{n}号,C310101002,BOSC" for n in range(250))
    told = (await hand_in(town, (HEADERS + lines + "\n").encode())).json()
    one = (await town.call("GET", f"/api/lists/{told['list_id']}", "employer_hr")).json()
    assert len(one["faults"]) == len(told["faults"]) == 200
    assert one["faults_total"] == told["faults_total"] >= 250


async def test_the_rows_sent_back_can_be_downloaded_and_corrected(town):
    await town.people(person(1))
    number = (await hand_in(town, roster(1, broken=True))).json()["list_id"]
    sheet = await town.call("GET", f"/api/lists/{number}/rejects", "employer_hr")
    assert sheet.status_code == 200, sheet.text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert {"原因", "办法"} <= set(rows[0])
    assert (await town.call("GET", f"/api/lists/{number}/rejects", "school_office")).status_code == 404
    whole = (await hand_in(town, roster(1))).json()["list_id"]
    none = await town.call("GET", f"/api/lists/{whole}/rejects", "employer_hr")
    assert none.status_code in (200, 404)


async def test_a_list_of_the_wrong_kind_or_for_another_is_refused(town):
    school = await hand_in(town, roster(1), role="school_office")
    assert (school.status_code, school.json()["type"]) == (403, "/problems/list-sender-wrong")
    other = await hand_in(town, roster(1), role="school_office", organisation="FIRM")
    assert (other.status_code, other.json()["type"]) == (403, "/problems/forbidden")
    await town.people(person(1))
    centre = await hand_in(town, roster(1), role="card_centre_operator", organisation="FIRM")
    assert (centre.status_code, centre.json()["accepted_rows"]) == (201, 1)
    empty = await hand_in(town, b"")
    assert empty.status_code == 422, empty.text


async def test_two_uploads_at_once_are_one_list(town):
    await town.people(person(1), person(2))
    answers = await asyncio.gather(*(hand_in(town, roster(1, 2)) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["list_id"] for answer in answers}) == 1
    figures = (await town.call("GET", "/api/figures", "programme_head")).json()
    assert figures["applications"] == 2


async def test_templates_of_all_kinds(town):
    for kind in ("employer", "school", "intake", "register"):
        sheet = await town.call("GET", f"/api/lists/templates/{kind}", "employer_hr")
        assert sheet.content[:2] == b"PK"
    assert (await town.call("GET", "/api/lists/templates/other", "employer_hr")).status_code == 400


async def test_production_has_a_board(town):
    for name in ("board", "exceptions", "differences"):
        shown = await town.call("GET", f"/api/production/{name}", "card_centre_operator")
        assert (shown.status_code, shown.json()) == (200, {"items": []})


async def test_institutions_come_page_by_page(town):
    pages, cursor = [], ""
    while cursor is not None:
        asked = {"kind": "bank", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await town.call("GET", "/api/institutions", "employer_hr", params=asked)).json()
        pages.append([one["institution"]["code"] for one in page["items"]])
        cursor = page["next"]
    assert pages == [["BOSC"], ["ICBC"], []]
    over = await town.call("GET", "/api/institutions", "employer_hr", params=asked | {"limit": 1_001})
    assert (over.status_code, over.json()["errors"][0]["field"]) == (400, "limit")


async def test_somebody_of_the_card_centre_orders_a_failed_card_again_or_gives_it_up(town):
    again, given_up = await town.failed_for_good(1), await town.failed_for_good(2)
    path = "/api/production/exceptions"
    listed = (await town.call("GET", path, "card_centre_operator")).json()["items"]
    assert [(one["order_id"], one["failed_stage"]) for one in listed] == [(again, "银行"), (given_up, "银行")]
    assert [fact[3] for fact in await town.facts("order.looked_at")] == [again, given_up]
    ordered = await town.post(f"{path}/{again}/reorder", "card_centre_operator")
    assert (ordered.status_code, ordered.json()["attempt"]) == (200, 4), ordered.text
    twice = await town.post(f"{path}/{again}/reorder", "card_centre_operator")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/not-an-exception")
    stands = f"/api/applications/{given_up}"
    assert (await town.post("/api/applications", "bank_clerk", json=apply(2))).status_code == 409
    assert (await town.post(f"{path}/{given_up}/giving-up", "card_centre_operator")).status_code == 200
    ended = (await town.call("GET", stands, "card_centre_operator")).json()
    assert (ended["status"], ended["reason"]) == ("rejected", "production-failed")
    # The holder falls through nowhere: another application, with another bank.
    anew = await town.post("/api/applications", "bank_clerk", json=apply(2) | {"bank": "ICBC"})
    assert anew.status_code == 201, anew.text
    assert (await town.call("GET", path, "card_centre_operator")).json() == {"items": []}


async def test_a_batch_shows_its_custody_and_one_that_was_stopped_goes_on_or_is_called_off(town):
    batch, other = [await town.held_batch(n) for n in (1, 2)]
    path, who = "/api/production/batches/", "card_centre_operator"
    found = (await town.call("GET", path + batch, who)).json()
    assert [(one["step"], one["cards"], one["sm3"]) for one in found["custody"]] == [
        ("taken", 1, "0A0B"), ("held", 0, "0A0B"),
    ]  # fmt: skip
    assert (found["batch"]["status"], found["batch"]["keys"]["status"]) == ("held", "outstanding")
    assert [card["status"] for card in found["cards"]] == ["ordered"]
    assert await town.facts("order.looked_at")
    reason = {"reason": "已与制卡中心重新点数"}
    gone_on = await town.post(f"{path}{batch}/releasing", who, json=reason)
    assert (gone_on.status_code, gone_on.json()["status"]) == (200, "taken"), gone_on.text
    twice = await town.post(f"{path}{batch}/releasing", who, json=reason)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/transition-refused")
    off = await town.post(f"{path}{other}/calling-off", who, json=reason)
    assert (off.status_code, off.json()) == (200, {"cards": 1})
    found = (await town.call("GET", path + other, who)).json()
    assert found["batch"]["status"] == "called_off"
    assert found["custody"][-1]["note"] == reason["reason"]
    assert [card["failed_stage"] for card in found["cards"]] == ["撤回"]
    for wrong in ({}, {"reason": "x"}):
        assert (await town.post(f"{path}{batch}/releasing", who, json=wrong)).status_code == 400
    assert (await town.call("GET", path + "1", who)).status_code == 404


async def test_the_face_of_a_card_is_masked_unless_a_reason_is_given(town):
    order = await town.failed_for_good(1)
    path = f"/api/production/orders/{order}/face"
    masked = await town.call("GET", path, "card_centre_operator", params={"side": "back"})
    assert (masked.status_code, masked.headers["content-type"]) == (200, "image/png")
    assert [fact[3] for fact in await town.facts("order.looked_at")] == [order]
    look = {"reason": "核对返工卡面", "side": "front"}
    full = await town.post(path, "card_centre_operator", key=None, json=look)
    assert (full.status_code, full.headers["content-type"]) == (200, "image/png"), full.text
    assert Image.open(io.BytesIO(full.content)).size == (1011, 638)
    (seen,) = await town.facts("card.face_seen")
    assert seen[3] == order
    for wrong in ({"side": "front"}, look | {"side": "inside"}, look | {"reason": "x"}):
        assert (await town.post(path, "card_centre_operator", key=None, json=wrong)).status_code == 400
    nobody = await town.call("GET", "/api/production/orders/1/face", "card_centre_operator")
    assert nobody.status_code == 404


def apply(n: int) -> dict[str, str]:
    return {
        "id_number": id_number(n), "name": person(n).name, "mobile": "15400000000", "address": "虚构路1号",
        "fallback_outlet": "C310101002", "bank": "BOSC",
    }  # fmt: skip


async def test_institutions_and_the_bank_an_employer_chooses(town):
    banks = (await town.call("GET", "/api/institutions", "employer_hr", params={"kind": "bank"})).json()[
        "items"
    ]
    assert [one["institution"]["code"] for one in banks] == ["BOSC", "ICBC"]
    chosen = await town.post("/api/payroll-bank", "employer_hr", json={"bank": "ICBC"})
    told = chosen.json()
    assert (chosen.status_code, told["employer"], told["bank"], told["former"]) == (
        200,
        "FIRM",
        "ICBC",
        None,
    ), chosen.text
    assert told["rule"]["rule_id"] == "payroll_bank_outside", (
        "no bank that pays its wages is among the eleven"
    )
    other = await town.post("/api/payroll-bank", "employer_hr", json={"bank": "ICBC", "employer": "SCHOOL"})
    assert other.status_code == 403
    for_them = await town.post(
        "/api/payroll-bank", "card_centre_operator", json={"bank": "BOSC", "employer": "FIRM"}
    )
    assert for_them.status_code == 200
    async with town.database.connection() as connection:
        rows = await (
            await connection.execute("SELECT employer_id, chosen_by FROM payroll_bank WHERE chosen")
        ).fetchall()
    assert [row[0] for row in rows] == [FIRM]


async def test_the_auditor_sees_the_last_verdict(town):
    none = (await town.call("GET", "/api/audit/verification", "auditor")).json()
    assert none == {"verified_at": None, "verdict": None}
    await asyncio.to_thread(Verifier(town.city, town.app.state.service).once)
    told = (await town.call("GET", "/api/audit/verification", "auditor")).json()
    assert told["verdict"]["verified"] is True


async def test_health_metrics_and_names(town):
    alive = await town.http.get("/healthz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (await town.http.get("/readyz")).json() == {"status": "ready"}
    assert len(alive.headers["x-request-id"]) == 32
    await town.http.get("/nowhere/at/all")
    metrics = (await town.http.get("/metrics")).text
    assert 'shebaoka_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0' in metrics
    assert 'route="unknown",status="404"' in metrics
    assert "shebaoka_requests_under_way 1.0" in metrics
    town.app.state.service.watch.draining = True
    leaving = await town.http.get("/readyz")
    assert (leaving.status_code, leaving.json()["type"]) == (503, "/problems/draining")


async def test_the_interface_describes_itself(town):
    document = (await town.http.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation["description"], path
            assert operation["tags"], path
            assert [status for status in operation["responses"] if int(status) >= 400], path
            if method == "post" and not path.endswith(BODILESS):
                assert "requestBody" in operation, path
                assert "schema" in next(iter(operation["requestBody"]["content"].values())), path
    schemas = document["components"]["schemas"]
    assert [
        name
        for name, schema in schemas.items()
        if schema.get("type") == "object" and not schema.get("description")
    ] == []
