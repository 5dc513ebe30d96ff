"""Cards replaced on the spot, over HTTP: every step, asked twice, and what is told when the bank is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from stdnum import luhn
from tests.faces.api_town import (
    BANK_B,
    COMMUNITY_A,
    COMMUNITY_B,
    OUTLET_A,
    id_number,
    jpeg,
    person,
    replacing,
)

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.city import Partners
from shebaoka.kit.partners import PartnerUnavailable

AT = "/api/instant-issues"


class Banks:
    """The banks as the product speaks to them: they open accounts, refuse, or do not answer."""

    def __init__(self):
        self.does, self.asked = "opened", 0

    async def batch(self, _path, items):
        self.asked += 1
        if self.does == "silent":
            raise PartnerUnavailable("银行未答复 · no answer")
        digits = f"621700{self.asked:012}"
        said = {
            "opened": {"outcome": "opened", "account_number": digits + luhn.calc_check_digit(digits)},
            "refused": {"outcome": "refused", "reason_code": "B01", "reason": "不予开户"},
        }
        return {item["reference"]: said[self.does] for item in items}


@pytest.fixture
async def counter(town):
    """Two outlets that issue on the spot, ten blanks at the one; and banks that answer."""
    banks = Banks()
    partners = Partners(register=None, photos=None, banks=banks, courier=None, sms=None, hub=None)
    service = town.app.state.service
    service.city = replace(service.city, partners=partners)
    await town.counter(COMMUNITY_A)
    await town.counter(OUTLET_A)
    town.banks = banks
    return town


def slug(answer):
    return answer.json()["type"].removeprefix("/problems/")


async def does(town, path, role="community_clerk", at=None, **more):
    answer = await town.post(f"{AT}{path}", role, at, **more)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def stock_of(town):
    told = (await town.call("GET", "/api/stock", "community_clerk")).json()
    return told["balance"], told["in_hand"]


async def test_every_step_over_http_and_each_of_them_once(counter):
    former = await counter.opened(1, BANK_B)
    begun = await does(counter, "", json=replacing(1))
    number = begun["application_id"]
    assert (begun["status"], begun["application"]["status"], begun["application"]["bank"]["code"]) == (
        "begun", "photo_ready", "ICBC",
    )  # fmt: skip
    assert begun["application"]["holder"] is None, "an answer that is stored tells of nobody"
    key = "the-bank-is-asked"
    first = await counter.post(f"{AT}/{number}/account", "community_clerk", key=key)
    taken = await does(counter, f"/{number}/blank", key="one-blank-once")
    again = await counter.post(f"{AT}/{number}/blank", "community_clerk", key="one-blank-once")
    assert (again.json(), again.headers["idempotent-replayed"], await stock_of(counter)) == (
        taken,
        "true",
        (9, 1),
    )
    # Sent again when the counter is long past it, the first answer comes, and the bank is not asked again.
    late = await counter.post(f"{AT}/{number}/account", "community_clerk", key=key)
    assert (late.json(), counter.banks.asked) == (first.json(), 1)
    assert taken["chip_serial"] is None
    read = await counter.read_of(1, number)
    wrong = await counter.post(f"{AT}/{number}/card", "community_clerk", json=read | {"digest": "00" * 32})
    assert (wrong.status_code, slug(wrong), wrong.json()["differs"]) == (409, "read-back-differs", ["digest"])
    begun = (await counter.call("GET", f"{AT}/{number}", "community_clerk")).json()
    assert begun["chip_serial"] == "00000001"
    back = await counter.post(f"{AT}/{number}/putting-back", "community_clerk")
    assert (back.status_code, slug(back)) == (409, "blank-begun")
    spoiled = await does(counter, f"/{number}/spoilage", json={"reason": "misprinted"})
    assert (spoiled["status"], spoiled["application"]["status"]) == ("begun", "account_opened")
    taken = await does(counter, f"/{number}/blank")
    assert taken["chip_serial"] is None
    made = await does(counter, f"/{number}/card", json=await counter.read_of(2, number))
    assert (made["status"], made["attempt"]) == ("made", 2)
    await does(counter, f"/{number}/hand-over", json={"id_checked": True, "signed": True})
    listed = (await counter.call("GET", AT, "community_clerk")).json()
    assert [(one["application_id"], one["to_open"]) for one in listed] == [(number, True)]
    assert listed[0]["application"]["holder"]["name_masked"].endswith("*")
    opened = await does(counter, f"/{number}/opening", json={})
    assert (opened["opened"], opened["social"], opened["financial"], opened["old_cards_voided"]) == (
        ["social"], "open", "unopened", 1,
    )  # fmt: skip
    void = await counter.post(
        "/api/cards/standing", "hospital_system", json={"card_number": former}, key=None
    )
    assert void.json()["reason"] == "void"
    assert (await counter.call("GET", AT, "community_clerk")).json() == []
    assert await stock_of(counter) == (8, 0)
    told = (await counter.call("GET", f"{AT}/{number}", "community_clerk")).json()
    assert told["application"]["holder"]["id_number_masked"].startswith("10**")
    ledger = (await counter.call("GET", "/api/stock/movements", "community_clerk")).json()["items"]
    assert [one["kind"] for one in ledger] == ["used", "taken", "spoiled", "taken", "received"]
    assert {one["application_id"] for one in ledger[:4]} == {number}


async def test_a_silent_bank_uses_nothing_and_the_card_may_go_by_post(counter):
    await counter.opened(1, BANK_B)
    number = (await does(counter, "", json=replacing(1)))["application_id"]
    counter.banks.does = "silent"
    silent = await counter.post(f"{AT}/{number}/account", "community_clerk")
    assert (silent.status_code, slug(silent)) == (503, "account-pending")
    assert "未取用空白卡" in silent.json()["remedy_zh"]
    early = await counter.post(f"{AT}/{number}/blank", "community_clerk")
    assert (early.status_code, slug(early), await stock_of(counter)) == (409, "transition-refused", (10, 0))
    sent = await does(counter, f"/{number}/posting")
    assert (sent["status"], sent["application"]["status"]) == ("by_post", "photo_ready")


async def test_a_refusing_bank_is_exchanged_for_another(counter):
    await counter.opened(1, BANK_B)
    number = (await does(counter, "", json=replacing(1)))["application_id"]
    counter.banks.does = "refused"
    said = await does(counter, f"/{number}/account")
    assert (said["application"]["status"], said["application"]["reason"]) == ("bank_refused", "B01")
    counter.banks.does = "opened"
    chosen = await counter.post(f"/api/applications/{number}/bank", "community_clerk", json={"bank": "BOSC"})
    assert chosen.status_code == 200, chosen.text
    assert (await does(counter, f"/{number}/account"))["application"]["status"] == "account_opened"
    given = await does(counter, f"/{number}/giving-up", json={"reason": "holder_left"})
    assert (given["status"], given["application"]["status"], given["reason"]) == (
        "ended",
        "withdrawn",
        "holder_left",
    )


async def test_who_may_and_where(counter):
    await counter.opened(1, BANK_B)
    elsewhere = await counter.post(AT, "community_clerk", COMMUNITY_B, json=replacing(1))
    assert (elsewhere.status_code, slug(elsewhere)) == (403, "instant-not-here")
    bank = await counter.post(AT, "bank_clerk", json=replacing(1, fallback_outlet="C310101002"))
    assert (bank.status_code, slug(bank)) == (409, "instant-other-bank")
    unchecked = await counter.post(AT, "community_clerk", json=replacing(1, id_checked=False))
    assert (unchecked.status_code, slug(unchecked)) == (422, "identity-not-checked")
    assert len(await counter.facts("person.asked_about")) == 3
    number = (await does(counter, "", json=replacing(1)))["application_id"]
    for role, at in (("community_clerk", COMMUNITY_B), ("bank_clerk", OUTLET_A)):
        other = await counter.call("GET", f"{AT}/{number}", role, at)
        assert (other.status_code, slug(other)) == (404, "not-found")


async def test_an_agent_acts_at_every_step_with_papers(counter):
    await counter.opened(1, BANK_B)
    await counter.people(person(2))
    alone = {"role": "agent", "id_number": id_number(2), "name": person(2).name}
    bare = await counter.post(AT, "community_clerk", json=replacing(1, acts_for=alone))
    assert (bare.status_code, slug(bare)) == (422, "authorisation-missing")
    agent = alone | {"authorisation": "written"}
    number = (await does(counter, "", json=replacing(1, acts_for=agent)))["application_id"]
    await does(counter, f"/{number}/account")
    await does(counter, f"/{number}/blank")
    await does(counter, f"/{number}/card", json=await counter.read_of(1, number))
    body = {"id_checked": True, "signed": True, "acts_for": alone}
    assert (
        slug(await counter.post(f"{AT}/{number}/hand-over", "community_clerk", json=body))
        == "authorisation-missing"
    )
    assert (await counter.call("GET", f"{AT}/{number}", "community_clerk")).json()["status"] == "made"
    await does(counter, f"/{number}/hand-over", json=body | {"acts_for": agent})
    await does(counter, f"/{number}/opening", json={"acts_for": agent})
    async with counter.database.work(SYSTEM) as work:
        acts = await work.rows("SELECT act, acted_as FROM proxy_act ORDER BY proxy_act_id")
    assert acts == [("apply", "agent"), ("collect", "agent"), ("open", "agent")]


async def test_a_photo_is_taken_where_none_is_held_and_an_abandoned_session_shows(counter):
    await counter.opened(1, BANK_B)
    async with counter.database.work(SYSTEM) as work:
        await work.run("DELETE FROM photo")
    begun = await does(counter, "", json=replacing(1))
    number = begun["application_id"]
    assert begun["application"]["status"] == "needs_photo"
    bad = await counter.post(
        f"{AT}/{number}/photo", "community_clerk", files={"photo": ("p.jpg", b"x" * 100)}
    )
    assert (bad.status_code, slug(bad)) == (422, "photo-refused")
    brought = await does(counter, f"/{number}/photo", files={"photo": ("p.jpg", jpeg())})
    assert brought["application"]["status"] == "photo_ready"
    async with counter.database.work(SYSTEM) as work:
        later = work.now - timedelta(hours=2)
        await work.run("UPDATE instant_issue SET updated_at = %(t)s", {"t": later})
    (listed,) = (await counter.call("GET", AT, "community_clerk")).json()
    assert listed["abandoned"]
