"""Registration for care in another province over HTTP: the holder, a counter, the hospital that refers."""

from __future__ import annotations

from datetime import date

import msgspec
from tests.faces.api_town import id_number, person

from shebaoka.benefits.insurance.commands import follow_register

OLD = date(1950, 1, 1)


async def pensioner(town, n: int = 1) -> int:
    """Let somebody who has retired come into the city, and give their identifier."""
    await town.people(msgspec.structs.replace(person(n, OLD), insured="employee", insured_status="retired"))
    await follow_register(town.database)
    return await town.person_id(n, OLD)


def who(n: int = 1) -> dict[str, str]:
    return {"id_number": id_number(n, OLD), "name": person(n, OLD).name}


async def test_a_holder_registers_by_their_own_pledge(town):
    at = await pensioner(town)
    before = (await town.call("GET", "/api/family/away-registrations", "resident", at)).json()
    allowed = {one["kind"]["code"]: one["allowed"] for one in before["terms"]}
    assert (before["items"], allowed) == ([], {"resettled": True, "referral": False})
    wanted = {"kind": "resettled", "place": "320100"}
    path = "/api/family/away-registrations"
    refused = await town.post(path, "resident", at, json=wanted | {"documents": []})
    assert (refused.status_code, refused.json()["rule"]) == (422, "retirees_by_themselves")
    made = await town.post(path, "resident", at, json=wanted | {"documents": ["pledge"]})
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["place"]["zh"], told["counts"], told["until_on"]) == ("江苏", True, None)
    ended = await town.post(f"{path}/ending", "resident", at, json={
        "registration_id": told["registration_id"], "reason": "搬回本市"})  # fmt: skip
    assert (ended.json()["status"]["code"], ended.json()["counts"]) == ("withdrawn", False)


async def test_a_hospital_refers_and_withdraws_its_own_only(town):
    at = await pensioner(town)
    referral = who() | {"kind": "referral", "place": "110000", "documents": ["referral_letter"]}
    settled = who() | {"kind": "resettled", "place": "320100", "documents": ["residence_proof"]}
    made = (await town.post("/api/away-registrations", "hospital_system", json=referral)).json()
    assert (made["registrar"]["code"], made["until_on"]) == ("hospital", "2019-07-01")
    assert (await town.post("/api/away-registrations", "hospital_system", json=settled)).status_code == 422
    other = (await town.post("/api/away-registrations", "community_clerk", json=settled)).json()
    assert other["registrar"]["code"] == "centre"
    seen = {
        role: len((await town.post("/api/away-registrations/search", role, key=None, json=who())).json()["items"])
        for role in ("hospital_system", "community_clerk")
    }  # fmt: skip
    assert seen == {"hospital_system": 1, "community_clerk": 2}
    end = who() | {"reason": "不再转诊"}
    path = "/api/away-registrations/ending"
    for number, status in ((other, 404), (made, 200)):
        asked = end | {"registration_id": number["registration_id"]}
        assert (await town.post(path, "hospital_system", json=asked)).status_code == status
    looks = (await town.call("GET", "/api/family/looks", "resident", at)).json()["items"]
    assert "查看异地就医备案" in {one["what_zh"] for one in looks}
