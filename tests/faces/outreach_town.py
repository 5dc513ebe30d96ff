"""What going to people needs in the town behind the interface: a district, staff, places, a device, visits, held items."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.faces.api_town import OUTLET_A, OUTLET_B, id_number, person

from shebaoka.kit.actor import SYSTEM

OLD = date(1930, 5, 1)
CLERK, SECOND, ELSEWHERE = 9_001, 9_002, 9_003
"""Two of outlet A's staff, and one of outlet B's."""
PLAN = {"outlet": "BOSC0001", "day": "2019-01-03", "slot": "morning", "staff": [str(CLERK)]}
SITE = {
    "kind": "station", "outlet": "BOSC0001", "district": "310101", "name_zh": "甲公司驻点", "name_en": "Firm's station",
    "place": "虚构路1号", "from_day": "2019-01-02", "opens": "09:00:00", "closes": "17:00:00", "capacity": 40,
    "staff": [str(CLERK)],
}  # fmt: skip


async def equip(town: Any) -> dict[str, Any]:
    """Let outlet A have staff, twenty places on weekday mornings and a device; give the device as it was answered."""
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "INSERT INTO district (district_code, name_zh, name_en) VALUES ('310101', '黄浦区', 'Huangpu')"
        )
        for number, at in ((CLERK, OUTLET_A), (SECOND, OUTLET_A), (ELSEWHERE, OUTLET_B)):
            await work.run(
                "INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash)"
                " VALUES (%(n)s, %(i)s, %(l)s, %(l)s, 'bank_clerk', '-')",
                {"n": number, "i": at, "l": f"clerk{number}"},
            )
    slots = {"first": "2019-01-02", "last": "2019-01-31", "slot": "morning", "capacity": 20}
    opened = await town.post("/api/outreach/slots", "bank_clerk", json=slots)
    assert opened.status_code == 200, opened.text
    device = await town.post("/api/outreach/devices", "bank_clerk", json={"name": "平板一号"})
    assert device.status_code == 201, device.text
    return device.json()


async def visit_asked(town: Any, n: int) -> str:
    """Give the number of a visit that somebody very old has asked for."""
    await town.people(person(n, OLD))
    body = {"id_number": id_number(n, OLD), "name": person(n, OLD).name, "tasks": ["apply"], "bank": "BOSC"}
    asked = await town.post("/api/outreach/visits", "community_clerk", json=body)
    assert asked.status_code == 201, asked.text
    return asked.json()["visit"]["visit_id"]


async def visit_planned(town: Any, n: int) -> str:
    """Give the number of a visit that is planned for tomorrow."""
    number = await visit_asked(town, n)
    planned = await town.post(f"/api/outreach/visits/{number}/planning", "bank_clerk", json=PLAN)
    assert planned.status_code == 200, planned.text
    return number


def item(town: Any, n: int, kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give something captured now, as a device says it."""
    return {
        "key": f"01J-made-on-it-{n:04}", "sequence": n, "kind": kind, "content": content, "staff_id": str(CLERK),
        "captured_at": town.database.clock.now().isoformat(),
    } | more  # fmt: skip


def application(town: Any, n: int, **more: Any) -> dict[str, Any]:
    """Give a captured application of somebody very old."""
    content = {
        "id_number": id_number(n, OLD), "name": person(n, OLD).name, "mobile": "15400000000", "address": f"虚构路{n}号",
        "fallback_outlet": "C310101002", "bank": "BOSC",
    }  # fmt: skip
    return item(town, n, "application", content, **more)


def batch(device: dict[str, Any], *items: dict[str, Any]) -> dict[str, Any]:
    """Give what a device sends."""
    return {"device_id": device["device_id"], "device_secret": device["secret"], "items": list(items)}


async def held(town: Any, device: dict[str, Any], n: int) -> str:
    """Give the number of an item that waits for a person, because nobody knows who captured it."""
    await town.people(person(n, OLD))
    answer = await town.post(
        "/api/outreach/sync", "bank_clerk", key=None, json=batch(device, application(town, n, staff_id="1"))
    )
    (result,) = answer.json()["items"]
    assert result["result"] == "held", result
    return result["capture_id"]
