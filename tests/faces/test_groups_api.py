"""Retirees and everyone else at counters: the reason of the bank is kept and shown, and a centre serves on any day."""

from datetime import datetime

import pytest
from tests.faces.api_town import CENTRE, id_number, person

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI

RETIRED = {"employer_id": None, "insured_status": "retired"}
ANYBODY = {"employer_id": None, "insured": "resident", "insured_status": "none"}
STUDENT = ANYBODY | {"school_stage": "university"}
PUPIL = ANYBODY | {"school_stage": "senior"}


def application(n, **more):
    given = {
        "id_number": id_number(n), "name": person(n).name, "mobile": "15400000000", "address": "黄浦区虚构路1号",
        "fallback_outlet": "C310101002",
    }  # fmt: skip
    return given | more


@pytest.fixture
async def banks(town):
    async with town.database.work(SYSTEM) as work:
        for code, name in (("BOSC", "上海银行"), ("ICBC", "中国工商银行上海分行")):
            await work.run(
                "UPDATE institution SET name_zh = %(n)s WHERE code = %(c)s", {"n": name, "c": code}
            )
    return town


@pytest.mark.parametrize(
    ("pension_bank", "asked", "outcome"),
    [
        ("中国工商银行上海分行", None, ("ICBC", "pension_bank")),
        ("中国工商银行上海分行", "ICBC", ("ICBC", "pension_bank")),
        ("中国工商银行上海分行", "BOSC", ("BOSC", "chosen")),
        ("某外地银行", "BOSC", ("BOSC", "chosen")),
        ("某外地银行", None, "bank-missing"),
        (None, None, "bank-missing"),
    ],
)
async def test_why_a_retirees_bank_is_this_one(banks, pension_bank, asked, outcome):
    await banks.people(person(1, pension_bank=pension_bank, **RETIRED))
    body = application(1) | ({"bank": asked} if asked else {})
    made = await banks.post("/api/applications", "bank_clerk", json=body)
    if isinstance(outcome, str):
        assert made.json()["type"] == f"/problems/{outcome}"
        return
    number = made.json()["application_id"]
    shown = (await banks.call("GET", f"/api/applications/{number}", "bank_clerk")).json()
    assert (shown["bank"]["code"], shown["bank_reason"], shown["group"]) == (*outcome, "retirees")


@pytest.mark.parametrize(
    ("lives", "group"),
    [
        (STUDENT, "everyone_else"),
        (ANYBODY, "everyone_else"),
        (RETIRED, "retirees"),
        (PUPIL, "pupils"),
        ({}, "employees"),
    ],
)
@pytest.mark.parametrize("on", [(2019, 1, 2), (2019, 5, 6), (2019, 12, 31), (2020, 12, 31), (2021, 3, 1)])
async def test_a_community_centre_serves_every_group_on_any_day(town, lives, group, on):
    town.database.clock.at = datetime(*on, 12, tzinfo=SHANGHAI)
    await town.people(person(1, **lives))
    made = await town.post("/api/applications", "community_clerk", json=application(1, bank="BOSC"))
    assert made.status_code == 201, made.text
    assert (made.json()["group"], made.json()["channel"], made.json()["bank_reason"]) == (
        group,
        "community_centre",
        "chosen",
    )
    question = {"id_number": id_number(1), "on": "2020-02-03"}
    told = (
        await town.post(
            "/api/programme/explanations", "card_centre_operator", CENTRE, key=None, json=question
        )
    ).json()
    assert told["where"]["channel"] in ("community_centre", "employer")
    assert "community_centre" in told["where"]["also"]
    assert all(told["sentences_zh"])
    if group in ("retirees", "pupils"):
        assert "missed" in {one["rule_id"] for one in told["why"]}
