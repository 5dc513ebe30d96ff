"""The electronic card over HTTP: who shows it, who checks it, and what each is told."""

from __future__ import annotations

from datetime import date

from tests.faces.test_credential_api import card_of


async def shown(town, at, **asked):
    return await town.post("/api/family/ecards", "resident", at, key=None, json=asked)


async def checked(town, text, role="hospital_system", at=None):
    return await town.post("/api/ecard-checks", role, at, json={"text": text})


async def test_a_hospital_scans_a_telephone(town):
    card = await card_of(town, 1)
    given = await shown(town, card.person_id)
    assert (given.status_code, given.json()["seconds"]) == (201, 60)
    told = (await checked(town, given.json()["text"])).json()
    assert (told["verdict"], told["good"], told["card_number"]) == ("good", True, card.card_number)
    assert told["standing"]["reason"] == "good"
    elsewhere = (await checked(town, given.json()["text"], "kiosk_system")).json()
    assert (elsewhere["verdict"], elsewhere["good"], elsewhere["card_number"]) == ("used", False, None)
    looks = (await town.call("GET", "/api/family/looks", "resident", card.person_id)).json()["items"]
    assert {one["what_zh"] for one in looks} == {"核验电子社保卡", "核验社保卡是否有效"}


async def test_a_relying_party_learns_from_its_holder_only(town):
    card = await card_of(town, 1)
    text = (await shown(town, card.person_id)).json()["text"]
    told = (await checked(town, text, "relying_system")).json()
    assert (told["verdict"], told["good"], told["card_number"], told["standing"]) == (
        "good",
        None,
        None,
        None,
    )


async def test_what_is_refused(town):
    card = await card_of(town, 1, open_it=False)
    key = town.city.settings.status_list_key_path
    key.parent.mkdir(exist_ok=True)
    key.write_text("no key", "utf-8")
    assert (await shown(town, card.person_id)).json()["type"] == "/problems/ecard-unavailable"
    assert (await checked(town, "SBE1")).json()["type"] == "/problems/ecard-unavailable"
    key.unlink()
    refused = (await shown(town, card.person_id)).json()
    assert (refused["type"], refused["stands"]) == ("/problems/no-open-card", "unopened")
    stranger = await card_of(town, 2, born=date(1990, 1, 1))
    assert (await shown(town, card.person_id, person_id=str(stranger.person_id))).status_code == 404
    assert (await checked(town, "SBE1")).json()["verdict"] == "unreadable"
    assert (await checked(town, "")).status_code == 400
