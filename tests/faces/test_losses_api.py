"""Lost, found, told of by the bank, replaced and cancelled, over HTTP."""

from datetime import date, timedelta

import pytest
from tests.faces.api_town import BANK_A, COMMUNITY_A, HOTLINE, OUTLET_B, id_number, person

from shebaoka.cards import views
from shebaoka.cards.commands import lift_lapsed_due
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.views import load


def losing(n, born=date(1980, 1, 1), **more):
    return {"id_number": id_number(n, born), "name": person(n, born).name, "loss": "temporary"} | more


def slug(answer):
    return answer.json()["type"].removeprefix("/problems/")


async def standing(town, number):
    answer = await town.post("/api/cards/standing", "hospital_system", json={"card_number": number}, key=None)
    return answer.json()


async def later(town, number):
    """Give the standing on a day on which all tokens have ended."""
    async with town.database.work(SYSTEM) as work:
        return await views.standing(work, await load(work), card_number=number)


async def test_the_hotline_suspends_a_card_and_it_comes_back_by_itself(town):
    old, _ = await town.cards(1)
    lost = await town.post("/api/cards/losses", "hotline_agent", json=losing(1))
    assert lost.status_code == 201, lost.text
    told = lost.json()
    assert (told["card_number"], told["social"], told["loss"]) == (old, "suspended", "temporary")
    told = await standing(town, old)
    assert (told["good"], told["reason"], told["lost_until"]) == (
        False,
        "suspended",
        lost.json()["lost_until"],
    )
    again = await town.post("/api/cards/losses", "online_platform_system", json=losing(1))
    assert (again.status_code, slug(again)) == (409, "loss-reported")
    town.city.clock.at += timedelta(days=5)
    assert (await later(town, old)).good
    assert (await lift_lapsed_due(town.database)).lifted == 1
    assert (await later(town, old)).good
    ((_, _, at, _, detail),) = await town.facts("card.loss_asked")
    assert (at, detail) == (HOTLINE, {"by": "holder"})


async def test_an_unopened_card_is_reported_beside_the_old_one_that_works(town):
    old, new = await town.cards(1)
    lost = await town.post("/api/cards/losses", "hotline_agent", json=losing(1, generation="new"))
    assert (lost.json()["card_number"], lost.json()["social"]) == (new, "lost_unopened")
    assert (await standing(town, old))["good"]
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social"]}
    refused = await town.post("/api/cards/openings", "community_clerk", json=body)
    assert (refused.status_code, slug(refused)) == (409, "transition-refused")
    assert "已挂失" in refused.json()["detail"]


async def test_a_caller_must_know_the_holder(town):
    await town.cards(1)
    await town.people(person(2))
    for body, expected in (
        (losing(1, name="另一人"), "name-differs"),
        (losing(3), "person-unknown"),
        (losing(2), "not-found"),
    ):
        refused = await town.post("/api/cards/losses", "hotline_agent", json=body)
        assert slug(refused) == expected
    assert [fact[4]["why"] for fact in await town.facts("person.asked_about")] == [
        "name-differs", "person-unknown", "not-found",
    ]  # fmt: skip
    old, _ = await town.cards(4)
    strange = await town.post("/api/cards/losses", "hotline_agent", json=losing(1, card_number=old))
    assert slug(strange) == "card-of-another"


async def test_a_formal_report_and_a_lift_need_the_document_at_a_centre(town):
    old, _ = await town.cards(1)
    by_phone = await town.post(
        "/api/cards/losses", "hotline_agent", json=losing(1, loss="formal", id_checked=True)
    )
    assert (by_phone.status_code, slug(by_phone)) == (403, "loss-may-not-be-reported")
    unseen = await town.post("/api/cards/losses", "community_clerk", json=losing(1, loss="formal"))
    assert (unseen.status_code, slug(unseen)) == (422, "identity-not-checked")
    formal = await town.post(
        "/api/cards/losses", "community_clerk", json=losing(1, loss="formal", id_checked=True)
    )
    assert (formal.status_code, formal.json()["lost_until"]) == (201, None)
    found = {"card_number": old, "id_number": id_number(1), "id_checked": False}
    assert slug(await town.post("/api/cards/lifts", "community_clerk", json=found)) == "identity-not-checked"
    lifted = await town.post("/api/cards/lifts", "community_clerk", json=found | {"id_checked": True})
    assert (lifted.status_code, lifted.json()["social"], lifted.json()["loss"]) == (200, "open", None)
    nothing = await town.post("/api/cards/lifts", "community_clerk", json=found | {"id_checked": True})
    assert (nothing.status_code, slug(nothing)) == (409, "transition-refused")


@pytest.mark.parametrize(
    "role", ["bank_clerk", "bank_system", "kiosk_system", "hospital_system", "employer_hr"]
)
async def test_others_report_lift_and_cancel_nothing(town, role):
    old, _ = await town.cards(1)
    for path, body in (
        ("losses", losing(1)),
        ("lifts", {"card_number": old, "id_number": id_number(1), "id_checked": True}),
        (
            "cancellations",
            {"id_number": id_number(1), "name": person(1).name, "why": "moved_away", "id_checked": True},
        ),
    ):
        refused = await town.post(f"/api/cards/{path}", role, json=body)
        assert (refused.status_code, slug(refused)) == (403, "forbidden")


async def test_a_child_s_card_is_reported_by_its_guardian(town):
    born = date(2010, 5, 5)
    await town.people(person(1))
    await town.cards(3, born, guardian_id_number=id_number(1), guardian_kind="father", employer_id=None)
    alone = await town.post("/api/cards/losses", "hotline_agent", json=losing(3, born))
    assert slug(alone) == "guardian-needed"
    father = {"role": "guardian", "id_number": id_number(1)}
    lost = await town.post("/api/cards/losses", "hotline_agent", json=losing(3, born, acts_for=father))
    assert lost.status_code == 201
    assert [fact[4]["by"] for fact in await town.facts("card.loss_asked")] == ["guardian"]


async def test_a_void_card_is_told_which_one_took_its_place(town):
    old, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social"]}
    await town.post("/api/cards/openings", "community_clerk", json=body)
    refused = await town.post("/api/cards/losses", "hotline_agent", json=losing(1, card_number=old))
    assert (refused.status_code, slug(refused)) == (409, "card-void")
    assert f"尾号{new[-4:]}" in refused.json()["detail"]
    assert f"ending in {new[-4:]}" in (await standing(town, old))["en"]
    # Whoever does not say which card means the one that is live.
    lost = await town.post("/api/cards/losses", "hotline_agent", json=losing(1))
    assert lost.json()["card_number"] == new


async def test_the_bank_tells_of_its_own_function_only(town):
    _, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social", "financial"]}
    await town.post("/api/cards/openings", "bank_clerk", json=body)
    other = await town.post("/api/cards/financial-reports", "bank_clerk", OUTLET_B,
                            json={"card_number": new, "report": "suspend"})  # fmt: skip
    assert (other.status_code, slug(other)) == (403, "other-banks-card")
    told = await town.post("/api/cards/financial-reports", "bank_system", BANK_A,
                           json={"card_number": new, "report": "suspend"})  # fmt: skip
    assert (told.json()["social"], told.json()["financial"]) == ("open", "suspended")
    assert (await standing(town, new))["good"]
    centre = await town.post("/api/cards/financial-reports", "community_clerk", COMMUNITY_A,
                             json={"card_number": new, "report": "lift"})  # fmt: skip
    assert (centre.status_code, slug(centre)) == (403, "forbidden")


async def test_a_lost_card_is_replaced_at_a_bank(town):
    _, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social"]}
    await town.post("/api/cards/openings", "community_clerk", json=body)
    wish = {"id_number": id_number(1), "name": person(1).name, "mobile": "15400000000", "address": "虚构路1号",
            "fallback_outlet": "C310101002", "bank": "BOSC"}  # fmt: skip
    assert slug(await town.post("/api/applications", "bank_clerk", json=wish)) == "card-exists"
    wish["replacement"] = "lost"
    assert slug(await town.post("/api/applications", "bank_clerk", json=wish)) == "loss-not-reported"
    await town.post("/api/cards/losses", "hotline_agent", json=losing(1))
    made = await town.post("/api/applications", "bank_clerk", json=wish)
    assert (made.status_code, made.json()["kind"], made.json()["replacement_reason"]) == (
        201,
        "replacement",
        "lost",
    )
    wrong = await town.post("/api/applications", "bank_clerk", json=wish | {"replacement": "bored"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "replacement")
    town.city.clock.at += timedelta(days=5)
    told = await later(town, new)
    assert (told.reason, told.lost_until) == ("suspended", None)


async def test_the_end_of_entitlement_ends_everything_but_the_account(town):
    old, new = await town.cards(1)
    body = {"id_number": id_number(1), "name": person(1).name, "why": "settled_abroad", "id_checked": True}
    unseen = await town.post("/api/cards/cancellations", "community_clerk", json=body | {"id_checked": False})
    assert slug(unseen) == "identity-not-checked"
    done = await town.post("/api/cards/cancellations", "card_centre_operator", json=body)
    assert (done.status_code, done.json()["cards_voided"]) == (200, 2), done.text
    assert "开户银行" in done.json()["account_zh"]
    assert (await standing(town, old))["reason"] == "void"
    assert "账户" in (await standing(town, new))["zh"]


async def test_the_counter_sees_what_is_lost_and_what_can_be_done(town):
    old, _ = await town.cards(1)
    await town.post("/api/cards/losses", "hotline_agent", json=losing(1))
    question = {"id_number": id_number(1), "reason": "持卡人来电"}
    seen = (await town.post("/api/people/search", "community_clerk", json=question, key=None)).json()
    (card,) = [one for one in seen["cards"] if one["card_number"] == old]
    assert (card["social"], card["loss"]) == ("suspended", "temporary")
    assert card["lost_until"]
    assert {f"card.lift_loss:{card['card_id']}", f"card.report_loss:{card['card_id']}"} <= set(seen["next"])
    assert "application.replace" in seen["next"]


async def test_a_lost_parcel_is_given_up_once(town):
    waybill = await town.parcel_waiting(1, status="in_transit")
    done = await town.post("/api/parcels/losses", "card_centre_operator", json={"waybill": waybill})
    assert (done.status_code, done.json()["parcel"]["status"], done.json()["made_again"]) == (
        200,
        "lost",
        True,
    )
    again = await town.post("/api/parcels/losses", "card_centre_operator", json={"waybill": waybill})
    assert (again.status_code, slug(again)) == (409, "transition-refused")
    unknown = await town.post(
        "/api/parcels/losses", "card_centre_operator", json={"waybill": "EM000000990CN"}
    )
    assert unknown.status_code in (404, 422)
