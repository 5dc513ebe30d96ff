"""What an employer and its bank do over HTTP: a roster in two checks, the bank, a collection; and nobody sees another's."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from python_calamine import CalamineWorkbook
from tests.faces.api_town import FIRM, OUTLET_A, OUTLET_B, WORKS, id_number, person

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.sm import sm3
from shebaoka.service.messages.views import inbox
from shebaoka.wiring import SUBSCRIPTIONS

HEAD = "姓名,证件号码,手机号码,邮寄地址,备用网点代码,银行代码"


def row(n: int, **other: str) -> str:
    cells = {
        "name": person(n).name, "id": id_number(n), "mobile": "15400000000", "address": "黄浦区虚构路1号",
        "outlet": "C310101002", "bank": "BOSC",
    }  # fmt: skip
    return ",".join((cells | other).values())


async def hand_in(town, *rows: str, file: str = "a.csv", data: bytes = b"", at: int = FIRM):
    content = data or "\r\n".join([HEAD, *rows]).encode()
    return await town.post(
        "/api/lists", "employer_hr", at, files={"file": (file, content)}, data={"kind": "employer"}
    )


async def three_days_later(town) -> None:
    """Let the clock go on, and whoever is logged in stay so."""
    town.database.clock.at += timedelta(days=3)
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE staff_session SET started_at = %(now)s, seen_at = %(now)s", {"now": work.now})
        await work.run("UPDATE client_token SET expires_at = expires_at + interval '3 days'", {})


async def test_a_roster_in_two_checks_and_its_failures_again(town):
    await town.people(*(person(n) for n in (1, 2, 3)), person(4, employer_id=WORKS))
    answer = (await hand_in(town, row(1), row(2, mobile="1"), row(3, outlet="NOWHERE"), row(4))).json()
    assert answer["stage"] == "answered"
    assert answer["structure"] == {"rows": 4, "passed": 3, "failed": 1, "repeated": 0}
    assert answer["business"] == {"rows": 3, "passed": 1, "failed": 2, "repeated": 0}
    assert [(one["check"], one["row_no"], one["code"]) for one in answer["faults"]] == [
        ("structure", 3, "mobile-form"), ("business", 4, "outlet-not-serving"), ("business", 5, "not-employed-here"),
    ]  # fmt: skip
    assert "WORKS" not in str(answer["faults"])
    sent = await town.call("GET", f"/api/lists/{answer['list_id']}/rejects", "employer_hr")
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(sent.content)).get_sheet_by_index(0).to_python()
    assert [cells[head.index("原行号")] for cells in rows] == ["3", "4", "5"]
    rows[0][head.index("手机号码")] = "15400000002"
    rows[1][head.index("备用网点代码")] = "C310101002"
    again = "\r\n".join(
        ",".join(str(cell).replace(",", " ").replace("\n", " ") for cell in cells) for cells in [head, *rows]
    )
    second = (await hand_in(town, data=again.encode())).json()
    assert (second["accepted_rows"], second["rejected_rows"]) == (2, 1)
    assert second["lineage"]["amends"] == [answer["list_id"]]
    first = (await town.call("GET", f"/api/lists/{answer['list_id']}", "employer_hr")).json()
    assert first["lineage"] == {"amends": [], "amended_by": [second["list_id"]], "mended_rows": 2}
    assert first["applications"] == {"submitted": 1}
    assert (first["stage"], first["rows_checked"], first["refused"]) == ("answered", 3, None)
    page = (await town.call("GET", f"/api/lists/{answer['list_id']}/rows?limit=3", "employer_hr")).json()
    assert [(one["row_no"], one["status"], one["status_zh"], one["list_id"]) for one in page["items"]] == [
        (2, "submitted", "已受理，等待核验", answer["list_id"]), (3, "submitted", "已受理，等待核验", second["list_id"]),
        (4, "submitted", "已受理，等待核验", second["list_id"]),
    ]  # fmt: skip
    assert page["items"][0]["holder"]["name_masked"] == "虚*"
    rest = (
        await town.call("GET", f"/api/lists/{answer['list_id']}/rows?cursor={page['next']}", "employer_hr")
    ).json()
    (left,) = rest["items"]
    assert (left["status"], left["holder"], left["application_id"], rest["next"]) == (
        "to_mend",
        None,
        None,
        None,
    )
    assert left["next_zh"].startswith("新入职人员")
    file = await town.call("GET", f"/api/lists/{answer['list_id']}/rows/file?limit=3", "employer_hr")
    assert file.headers["x-next-cursor"] == "4"
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert lines[1] == [
        "2", "虚*", lines[1][2], "已受理，等待核验", "Taken in, to be verified", "无须办理", "Nothing to do",
    ]  # fmt: skip
    assert id_number(1) not in file.text
    mending = f"/api/lists/{answer['list_id']}/rows?status=to_mend&limit=1"
    (sent_back,) = (await town.call("GET", mending, "employer_hr")).json()["items"]
    assert sent_back["row_no"] == 5
    waiting = await town.call(
        "GET", f"/api/lists/{answer['list_id']}/rows/file?status=submitted&limit=2", "employer_hr"
    )
    assert [line[:1] for line in waiting.text.splitlines()[1:]] == ["2", "3"]
    assert waiting.headers["x-next-cursor"] == "3"
    assert [fact[4]["rows"] for fact in await town.facts("list.rows_seen")] == [3, 1, 3, 1, 2]
    for path in ("rows", "rows/file"):
        hidden = await town.call("GET", f"/api/lists/{answer['list_id']}/{path}", "employer_hr", WORKS)
        assert hidden.status_code == 404


async def test_a_file_that_cannot_be_read_says_why_wherever_it_is_asked_for(town):
    refused = await hand_in(town, data=b"PK\x03\x04 not really", file="a.xlsx")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/list-unreadable")
    (listed,) = (await town.call("GET", "/api/lists", "employer_hr")).json()["items"]
    assert (listed["stage"], listed["refused"], listed["structure"]) == ("refused", "list-unreadable", None)
    assert (listed["refusal"]["title_zh"], listed["organisation"]["code"]) == ("文件无法读取", "FIRM")


async def test_a_list_is_found_by_its_content_by_whoever_sees_it(town):
    await town.people(person(1))
    content = "\r\n".join([HEAD, row(1)]).encode()
    mine = (await hand_in(town, data=content)).json()
    path = f"/api/lists?digest={sm3(content).hex()}"
    (found,) = (await town.call("GET", path, "employer_hr")).json()["items"]
    assert (found["list_id"], found["apply_by"]) == (mine["list_id"], None)
    assert (await town.call("GET", path, "employer_hr", WORKS)).json()["items"] == []
    assert (await town.call("GET", f"/api/lists?digest={'0' * 64}", "employer_hr")).json()["items"] == []


async def test_who_chose_the_bank_when_and_why(town):
    assert (await town.call("GET", "/api/payroll-bank", "employer_hr")).json()["choices"] == []
    named = await town.post("/api/payroll-bank/declaration", "employer_hr", json={"banks": ["某外地银行"]})
    assert [one["name"] for one in named.json()["banks"]] == ["某外地银行"]
    body = {"bank": "BOSC", "why": "离单位最近"}
    made = (await town.post("/api/payroll-bank", "employer_hr", json=body)).json()
    assert (made["bank"], made["former"], made["applications_kept"]) == ("BOSC", None, 0)
    assert made["rule"]["rule_id"] == "payroll_bank_outside"
    await town.people(person(1))
    await hand_in(town, row(1, bank=""))
    needs = await town.post("/api/payroll-bank", "employer_system", json={"bank": "ICBC"})
    assert (needs.status_code, needs.json()["type"], needs.json()["live"]) == (
        409, "/problems/payroll-change-unexplained", 1,
    )  # fmt: skip
    changed = await town.post("/api/payroll-bank", "card_centre_operator",
                              json={"bank": "ICBC", "employer": "FIRM", "why": "单位来函改选"})  # fmt: skip
    assert (changed.json()["former"], changed.json()["applications_kept"]) == ("BOSC", 1)
    told = (await town.call("GET", "/api/payroll-bank?employer=FIRM", "card_centre_operator")).json()
    assert [(one["bank"]["code"], one["why"], one["organisation"]["code"], one["rule"]) for one in told["choices"]] == [
        ("ICBC", "单位来函改选", "CENTRE", "payroll_bank_outside"), ("BOSC", "离单位最近", "FIRM", "payroll_bank_outside"),
    ]  # fmt: skip
    assert all(one["chosen_by"].startswith("staff:") for one in told["choices"])
    (application,) = (await town.call("GET", "/api/applications", "employer_hr")).json()["items"]
    assert (application["bank"]["code"], application["bank_reason"], application["bank_rule"]) == (
        "BOSC", "chosen", "employer_chose",
    )  # fmt: skip
    reach = await town.call("GET", "/api/payroll-bank?employer=FIRM", "employer_hr", WORKS)
    assert (reach.status_code, reach.json()["type"]) == (403, "/problems/forbidden")
    assert (await town.call("GET", "/api/payroll-bank", "card_centre_operator")).status_code == 404


async def test_a_collection_from_its_setting_to_the_message_of_who_missed_it(town):
    await town.people(*(person(n) for n in (1, 2, 3)))
    listed = (await hand_in(town, row(1), row(2), row(3, bank="ICBC"))).json()
    slot = {"starts_at": "2019-01-05T09:00:00+08:00", "ends_at": "2019-01-05T11:30:00+08:00", "place": "食堂", "staff": 2,
            "capacity": 2}  # fmt: skip
    soon = await town.post(
        "/api/collections",
        "bank_clerk",
        json=slot | {"employer": "FIRM", "starts_at": "2019-01-02T13:00:00+08:00"},
    )
    assert (soon.status_code, soon.json()["type"]) == (422, "/problems/collection-slot-wrong")
    made = (await town.post("/api/collections", "bank_clerk", json=slot | {"employer": "FIRM"})).json()
    one = f"/api/collections/{made['collection_id']}"
    assert (made["bank"]["code"], made["employer"]["code"], made["free"]) == ("BOSC", "FIRM", 2)
    called = await town.post(f"{one}/calls", "bank_clerk", json={"limit": 100, "list_id": listed["list_id"]})
    assert called.json() == {"called": 2, "already": 0, "free": 0}
    moved = await town.post(
        f"{one}/moving", "bank_system", json=slot | {"starts_at": "2019-01-05T10:00:00+08:00"}
    )
    assert moved.json()["seats"] == {"expected": 2, "done": 0, "missed": 0, "released": 0}
    await three_days_later(town)
    sheet = await town.call("GET", f"{one}/sheet", "bank_clerk")
    lines = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [line[:4] for line in lines[1:]] == [
        ["1", "虚*", lines[1][2], "待采集"],
        ["2", "虚*", lines[2][2], "待采集"],
    ]
    lines[1][4:], lines[2][4:] = ["已采集", "身份、同意、签名", ""], ["未到场", "", "BOSC0001"]
    filled = "\r\n".join(",".join(line) for line in lines).encode("gb18030")
    noted = await town.post(f"{one}/notes/file", "bank_clerk", files={"file": ("a.csv", filled)})
    assert [noted.json()[name] for name in ("noted", "again", "refused")] == [2, 0, 0]
    again = await town.post(f"{one}/notes", "bank_clerk", json={"notes": [
        {"seat": 2, "outcome": "missed"}, {"seat": 2, "outcome": "done", "taken": ["identity"]}, {"seat": 7, "outcome": "done"},
    ]})  # fmt: skip
    assert [(note["seat"], note["result"]) for note in again.json()["notes"]] == [
        (2, "again"), (2, "seat-noted"), (7, "seat-unknown"),
    ]  # fmt: skip
    closed = (await town.post(f"{one}/closing", "bank_clerk")).json()
    assert (closed["status"], closed["seats"]) == (
        "closed",
        {"expected": 0, "done": 1, "missed": 1, "released": 0},
    )
    late = await town.post(f"{one}/notes", "bank_clerk", json={"notes": [{"seat": 2, "outcome": "done"}]})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/transition-refused")
    await deliver_due(town.database, SUBSCRIPTIONS)
    async with town.database.work(SYSTEM) as work:
        texts = [message.text_zh for message in await inbox(work, await town.person_id(2))]
        english = [message.text_en for message in await inbox(work, await town.person_id(1))]
    assert set(texts) == {
        "您的社保卡集中采集定于1月5日09:00在FIRM进行，请带身份证件参加。",
        "您的社保卡集中采集改为1月5日10:00在FIRM进行，请带身份证件参加。",
        "您的社保卡集中采集未办成，请带身份证件到BOSC0001办理。",
    }
    assert len(english) == 2
    seen = (await town.call("GET", f"{one}/employees", "employer_hr")).json()["items"]
    assert [(each["seat"], each["status"], each["taken"]) for each in seen] == [
        (1, "done", ["identity", "consent", "signature"]), (2, "missed", []),
    ]  # fmt: skip
    assert seen[1]["next_outlet"]["code"] == "BOSC0001"
    for role, at in (("employer_hr", WORKS), ("bank_clerk", OUTLET_B)):
        for path in ("", "/employees", "/sheet"):
            assert (await town.call("GET", one + path, role, at)).status_code == 404
        assert (await town.call("GET", "/api/collections", role, at)).json()["items"] == []
    for role, at in (("employer_hr", FIRM), ("bank_clerk", OUTLET_A), ("card_centre_operator", None)):
        (found,) = (await town.call("GET", "/api/collections", role, at)).json()["items"]
        assert found["collection_id"] == made["collection_id"]
