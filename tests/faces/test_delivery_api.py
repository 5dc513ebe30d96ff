"""Delivery over HTTP: cards handed over, sent back, sent elsewhere and again; lists, manifests and figures for those who see to it."""

from __future__ import annotations

from tests.faces.api_town import COMMUNITY_B, id_number, person

from shebaoka.issuing.delivery.labels import sealed
from shebaoka.issuing.delivery.model import Label
from shebaoka.kit.actor import SYSTEM

SIGNED = {"kind": "paper", "reference": "2019-0001"}


def misread(waybill: str) -> str:
    return f"{waybill[:10]}{(int(waybill[10]) + 1) % 10}{waybill[11:]}"


async def test_a_card_is_handed_over_at_its_own_outlet_to_its_holder(town):
    waybill = await town.parcel_waiting(1)
    await town.people(person(2))
    body = {"waybill": waybill, "id_number": id_number(1), "signature": SIGNED}
    ((kept),) = (await town.call("GET", "/api/parcels/waiting", "community_clerk")).json()["items"]
    assert (kept["parcel"]["waybill"], kept["standing"], kept["age_days"]) == (waybill, "waiting", 0)
    assert kept["recall_on"] == "2019-03-03"
    assert [fact[3] for fact in await town.facts("parcel.looked_at")] == [kept["parcel"]["parcel_id"]]
    for wrong, problem in (
        ({"id_number": id_number(2)}, "wrong-collector"), ({"signature": {"kind": "pad", "reference": " "}}, "signature-missing"), ({"waybill": misread(waybill)}, "waybill-refused"),
    ):  # fmt: skip
        refused = await town.post("/api/parcels/collection", "community_clerk", json=body | wrong)
        assert refused.json()["type"] == f"/problems/{problem}", refused.text
    elsewhere = await town.post("/api/parcels/collection", "community_clerk", COMMUNITY_B, json=body)
    assert (elsewhere.status_code, elsewhere.json()["outlet"]) == (403, "C310101002")
    ((person_id, _, _, subject, detail),) = await town.facts("parcel.hand_over_refused")
    assert (person_id, subject) == (await town.person_id(1), kept["parcel"]["parcel_id"])
    assert detail == {"why": "wrong-collector"}
    handed = await town.post("/api/parcels/collection", "community_clerk", json=body)
    assert (handed.status_code, handed.json()["status"]) == (200, "collected"), handed.text
    number = handed.json()["application_id"]
    where = (await town.call("GET", f"/api/applications/{number}/journey", "community_clerk")).json()
    assert where["handed_over"]["signature_reference"] == "2019-0001"
    assert (where["application_status"], where["handed_over"]["collected_as"]) == ("received", "holder")


async def test_a_misread_waybill_is_refused_everywhere_and_the_digit_is_not_told(town):
    waybill = await town.parcel_waiting(1, status="recalled")
    wrong = {"waybill": misread(waybill)}
    fetching = {"id_number": id_number(1), "signature": SIGNED}
    for path, role in (
        ("arrivals", "community_clerk"), ("sending-back", "community_clerk"), ("collection", "community_clerk"),
        ("resending", "card_centre_operator"), ("losses", "card_centre_operator"),
    ):  # fmt: skip
        body = wrong | (fetching if path == "collection" else {})
        refused = await town.post(f"/api/parcels/{path}", role, json=body)
        said = refused.json()
        assert (refused.status_code, said["type"], said["why"]) == (
            422,
            "/problems/waybill-refused",
            "check_digit",
        )
        assert waybill not in refused.text
    shape = await town.post("/api/parcels/arrivals", "community_clerk", json={"waybill": "EM1"})
    assert shape.json()["why"] == "shape"


async def test_the_list_of_an_outlet_is_a_table_too_with_masked_names(town):
    await town.parcel_waiting(1)
    file = await town.call("GET", "/api/parcels/waiting?format=csv", "community_clerk")
    assert file.headers["content-type"].startswith("text/csv")
    head, line = file.content.decode("utf-8-sig").splitlines()
    assert head.startswith("邮件号,姓名")
    assert person(1).name not in line
    assert id_number(1) not in line
    assert "待领" in line


async def test_from_the_outlet_to_the_card_centre_and_out_again(town):
    waybill = await town.parcel_waiting(90, status="recalled")
    sent = await town.post("/api/parcels/sending-back", "community_clerk", json={"waybill": waybill})
    assert sent.json()["status"] == "sent_back", sent.text
    number = sent.json()["application_id"]
    early = await town.post(f"/api/applications/{number}/sending-again", "hotline_agent")
    assert early.json()["type"] == "/problems/not-to-be-sent-again"
    kept = await town.post("/api/parcels/arrivals", "card_centre_operator", json={"waybill": waybill})
    assert kept.json()["status"] == "at_centre"
    ((here),) = (await town.call("GET", "/api/parcels/waiting", "card_centre_operator")).json()["items"]
    assert (here["standing"], here["recall_on"]) == ("at_centre", None)
    owner = await town.person_id(90)
    moved = await town.post(
        f"/api/applications/{number}/destination", "resident", owner,
        json={"address": "虚构路99号", "fallback_outlet": "C310101003"},
    )  # fmt: skip
    assert (moved.status_code, moved.json()["effect"]) == (200, "next_sending"), moved.text
    again = await town.post(f"/api/applications/{number}/sending-again", "resident", owner)
    assert (again.status_code, again.json()["status"]) == (200, "prepared"), again.text
    assert again.json()["outlet_id"] == str(COMMUNITY_B)
    await town.people(person(2))
    stranger = await town.post(
        f"/api/applications/{number}/destination",
        "resident",
        await town.person_id(2),
        json={"address": "别处1号"},
    )
    assert stranger.status_code == 404


async def test_a_card_that_lies_at_its_outlet_goes_nowhere_else(town):
    waybill = await town.parcel_waiting(1)
    ((kept),) = (await town.call("GET", "/api/parcels/waiting", "community_clerk")).json()["items"]
    assert kept["parcel"]["waybill"] == waybill
    path = f"/api/applications/{kept['parcel']['application_id']}/destination"
    late = await town.post(path, "hotline_agent", json={"address": "虚构路99号"})
    assert (late.status_code, late.json()["type"], late.json()["outlet"]) == (
        409, "/problems/too-late-to-redirect", "C310101002",
    )  # fmt: skip
    assert (await town.post(path, "hotline_agent", json={})).json()["errors"][0]["field"] == "address"


async def test_a_manifest_is_printed_again_and_the_parcels_add_up(town):
    waybill = await town.parcel_waiting(1)
    async with town.database.work(SYSTEM) as work:
        (parcel_id,) = await work.row("SELECT parcel_id FROM parcel")
        label = sealed(work.vault, parcel_id, Label("虚某", "15400000000", "=1+1", "某网点"))
        await work.run("UPDATE parcel SET label = %(l)s, dispatched_at = %(n)s", {"l": label, "n": work.now})
        await work.run(
            "INSERT INTO manifest (manifest_id, prepared_at, sent_at, parcels, accepted) VALUES (1, %(n)s, %(n)s, 1, 1)",
            {"n": work.now},
        )
    ((listed),) = (await town.call("GET", "/api/manifests", "card_centre_operator")).json()["items"]
    assert (listed["manifest_id"], listed["accepted"], listed["unanswered"]) == ("1", 1, 0)
    whole = (await town.call("GET", "/api/manifests/1", "card_centre_operator")).json()
    assert [(one["waybill"], one["recipient"], one["status"]) for one in whole["items"]] == [
        (waybill, "虚某", "at_outlet")
    ]
    file = await town.call("GET", "/api/manifests/1?format=csv", "card_centre_operator")
    assert f"1,{waybill},虚某,15400000000,'=1+1,某网点,at_outlet" in file.content.decode("utf-8-sig")
    assert len(await town.facts("parcel.label_seen")) == 2
    assert (await town.call("GET", "/api/manifests/2", "card_centre_operator")).status_code == 404
    sums = (await town.call("GET", "/api/parcels/reconciliation", "card_centre_operator")).json()
    assert sums == {"handed_over": 1, "sent_again": 0, "by_status": {"at_outlet": 1}, "difference": 0}
    ((line),) = (await town.call("GET", "/api/parcels/outlets", "card_centre_operator")).json()["items"]
    assert (line["outlet"]["code"], line["waiting"], line["overdue"]) == ("C310101002", 1, 0)
