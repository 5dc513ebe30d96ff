"""The hotlines over HTTP: nobody tells the story twice, nobody is sent round, and nobody learns what is not theirs."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from tests.faces.api_town import (
    BANK_B,
    HOTLINE,
    LINE_A,
    LINE_B,
    MEDICAL_LINE,
    OUTLET_B,
    SOCIAL_LINE,
    id_number,
    person,
)
from tests.faces.outreach_town import OLD, equip, visit_planned

from shebaoka.cards.commands import allocate_numbers, take_made_cards
from shebaoka.cards.model import MadeCard
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import deliver_due
from shebaoka.registry.people.commands import record_deaths
from shebaoka.registry.people.views import find
from shebaoka.service.helpdesk.commands import lapse_due
from shebaoka.wiring import SUBSCRIPTIONS

AGENT, BANK_AGENT, OPERATOR = "hotline_agent", "bank_line_agent", "card_centre_operator"
REASON = {"reason": "来电查询办理进度"}


async def open_call(town, at=HOTLINE, role=AGENT, **more):
    answer = await town.post("/api/helpdesk/calls", role, at, json=REASON | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def identify(town, call, n, at=HOTLINE, role=AGENT, born=date(1980, 1, 1), **more):
    said = {"id_number": id_number(n, born), "name": person(n).name} | more
    return await town.post(f"/api/helpdesk/calls/{call['call_id']}/identification", role, at, json=said)


async def ask(town, call, question, at=HOTLINE, role=AGENT, personal=True):
    return await town.post(f"/api/helpdesk/calls/{call['call_id']}/answers", role, at, key=None,
                           json={"question": question, "personal": personal})  # fmt: skip


async def move(town, case_id, verb, at=HOTLINE, role=AGENT, **more):
    return await town.post(f"/api/helpdesk/cases/{case_id}/moves", role, at, json={"move": verb} | more)


async def answer(town, handover_id, how, at, role=AGENT):
    return await town.post(f"/api/helpdesk/handovers/{handover_id}/answer", role, at, json={"answer": how})


async def history(town, case_id, at=HOTLINE, role=AGENT):
    found = await town.call("GET", f"/api/helpdesk/cases/{case_id}", role, at)
    assert found.status_code == 200, found.text
    return found.json()


async def timeline(town, case_id, at=HOTLINE, role=AGENT):
    return await town.post(f"/api/helpdesk/cases/{case_id}/timeline", role, at, key=None, json=REASON)


async def later(town, passed):
    """Let time pass; whoever works at a hotline has logged in again meanwhile."""
    town.city.clock.at += passed
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE staff_session SET started_at = %(now)s, seen_at = %(now)s", {"now": work.now})


def slug(answer):
    return answer.json()["type"].removeprefix("/problems/")


async def test_no_caller_tells_the_story_twice(town):
    call = await town.called(1, topic="social_use")
    case_id = call["case"]["case_id"]
    assert (call["owner"]["number"], call["owner"]["why"]["rule_id"]) == ("12333", "social_security_use")
    assert (await ask(town, call, "where_is_my_card")).json()["personal"] is True
    handed = await town.handed_over(case_id, "social_use", story="养老金认证时读不出卡，已换过读卡机")
    assert (await town.call("GET", f"/api/helpdesk/calls/{call['call_id']}", AGENT)).json()[
        "status"
    ] == "handed_over"

    waiting = (await town.call("GET", "/api/helpdesk/queue", AGENT, SOCIAL_LINE)).json()
    (arriving,) = waiting["arriving"]
    assert (arriving["handover_id"], arriving["caller_waits"], arriving["late"]) == (handed, True, False)
    assert waiting["cases"] == [], "until it is accepted it is with the line before"
    assert (await town.call("GET", "/api/helpdesk/queue", AGENT, MEDICAL_LINE)).json()["arriving"] == []

    accepted = (await answer(town, handed, "accept", SOCIAL_LINE)).json()
    assert (accepted["call_status"], accepted["level"]) == ("identified", "matched"), (
        "nobody is identified anew"
    )
    told = await history(town, case_id, SOCIAL_LINE)
    assert (told["case"]["line"]["code"], told["case"]["handovers"]) == ("H12333", 1)
    kinds = [entry["kind"] for entry in told["entries"]]
    assert kinds == ["opened", "identified", "answered", "handed_over", "accepted"]
    assert [entry["text"] for entry in told["entries"] if entry["text"]] == [
        "养老金认证时读不出卡，已换过读卡机"
    ]
    assert told["entries"][2]["detail"] == {"question": "where_is_my_card", "personal": True}

    here = {"call_id": accepted["call_id"]}
    assert (await ask(town, here, "validity", SOCIAL_LINE)).json()["sentences_zh"] == [
        "您本人：新卡有效20年。"
    ]
    ended = await town.post(
        f"/api/helpdesk/calls/{accepted['call_id']}/ending", AGENT, SOCIAL_LINE, json={"resolved": True}
    )
    assert ended.json()["case"]["status"] == "resolved"
    figures = (await town.call("GET", "/api/helpdesk/figures", "programme_head")).json()["figures"]
    assert [(one["topic"], one["calls"]) for one in figures["calls"]] == [
        ("social_use", 1),
        ("social_use", 1),
    ]
    assert figures["handovers"] == [{"status": "accepted", "handovers": 1}]
    assert (figures["cases"], figures["resolved"], figures["resolved_at_first_call"]) == (1, 1, 0)


async def test_a_question_that_is_answered_at_once_counts_as_the_first_call(town):
    call = await open_call(town)
    told = (await ask(town, call, "fee", personal=False)).json()
    assert (told["sentences_zh"], told["personal"]) == (["免费。"], False)
    await town.post(f"/api/helpdesk/calls/{call['call_id']}/ending", AGENT, json={"resolved": True})
    figures = (await town.call("GET", "/api/helpdesk/figures", "auditor")).json()["figures"]
    assert (figures["resolved"], figures["resolved_at_first_call"]) == (1, 1)
    assert slug(await ask(town, call, "fee", personal=False)) == "transition-refused", "the caller is gone"


async def test_an_agent_finds_the_calls_on_the_line_again(town):
    async def mine(at=HOTLINE):
        found = (await town.call("GET", "/api/helpdesk/calls", AGENT, at)).json()["items"]
        return [(one["call_id"], one["status"]) for one in found]

    assert await mine() == []
    first, second = await open_call(town), await town.called(1)
    assert await mine() == [(second["call_id"], "identified"), (first["call_id"], "open")]
    assert await mine(SOCIAL_LINE) == [], "another line's"
    handed = await town.handed_over(second["case"]["case_id"], "social_use")
    assert (await mine())[0] == (second["call_id"], "handed_over"), "until somebody accepts"
    await answer(town, handed, "accept", SOCIAL_LINE)
    await town.post(f"/api/helpdesk/calls/{first['call_id']}/ending", AGENT, json={"resolved": True})
    assert (await mine(), len(await mine(SOCIAL_LINE))) == ([], 1)


async def test_nobody_is_sent_round_in_circles(town):
    call = await town.called(1)
    case_id = call["case"]["case_id"]
    at = HOTLINE
    for topic, then in (("social_use", SOCIAL_LINE), ("medical_use", MEDICAL_LINE)):
        await answer(town, await town.handed_over(case_id, topic, at), "accept", then)
        at = then
    again = {"topic": "apply", "story": "应由受理热线解答"}
    back = await town.post(f"/api/helpdesk/cases/{case_id}/handover", AGENT, at, json=again)
    assert (slug(back), back.json()["why"]) == ("handover-in-circles", "had_it")
    third = await town.post(
        f"/api/helpdesk/cases/{case_id}/handover", AGENT, at, json=again | {"topic": "financial"}
    )
    assert (slug(third), third.json()["why"]) == ("handover-in-circles", "often_enough")
    shown = (await history(town, case_id, at))["case"]
    assert (shown["line"]["code"], shown["escalated_at"] is not None) == ("H962218", True)
    assert (await town.call("GET", "/api/helpdesk/queue", OPERATOR)).json()["cases"][0]["case_id"] == case_id
    figures = (await town.call("GET", "/api/helpdesk/figures", OPERATOR)).json()["figures"]
    assert figures["loops_refused"] == 2

    decision = {"line": "H962222", "text": "属于卡片业务"}
    refused = await town.post(f"/api/helpdesk/cases/{case_id}/decision", AGENT, json=decision)
    assert slug(refused) == "forbidden"
    decided = await town.post(f"/api/helpdesk/cases/{case_id}/decision", OPERATOR, json=decision)
    assert (decided.json()["line"]["code"], decided.json()["decided"], decided.json()["agent"]) == (
        "H962222",
        True,
        None,
    )
    final = await town.post(
        f"/api/helpdesk/cases/{case_id}/handover", AGENT, json=again | {"topic": "social_use"}
    )
    assert (slug(final), final.json()["why"]) == ("handover-in-circles", "decided")
    nowhere = await town.post(
        f"/api/helpdesk/cases/{case_id}/decision", OPERATOR, json=decision | {"line": "FIRM"}
    )
    assert slug(nowhere) == "not-found"


async def test_a_hand_over_that_nobody_accepts_comes_back(town):
    call = await town.called(1)
    case_id = call["case"]["case_id"]
    handed = await town.handed_over(case_id, "social_use")
    again = await town.post(
        f"/api/helpdesk/cases/{case_id}/handover", AGENT, json={"topic": "medical_use", "story": "再转"}
    )
    assert slug(again) == "transition-refused", "it is on its way already"
    await later(town, timedelta(minutes=10))
    assert (await lapse_due(town.database)).handovers_lapsed == 0, "the tenth minute counts"
    await later(town, timedelta(seconds=1))
    late = (await town.call("GET", "/api/helpdesk/queue", AGENT, SOCIAL_LINE)).json()["arriving"]
    assert [one["late"] for one in late] == [True]
    assert slug(await answer(town, handed, "accept", SOCIAL_LINE)) == "handover-lapsed", "to the instant"
    assert (await lapse_due(town.database)).handovers_lapsed == 1
    assert (await lapse_due(town.database)).handovers_lapsed == 0
    now = (await town.call("GET", f"/api/helpdesk/calls/{call['call_id']}", AGENT)).json()
    assert (now["status"], now["level"]) == ("identified", "matched"), "the caller never left"
    assert (now["case"]["line"]["code"], now["case"]["handovers"]) == ("H962222", 0)
    assert now["case"]["escalated_at"] is not None
    assert (await history(town, case_id))["entries"][-1]["kind"] == "lapsed"
    assert await answer(town, await town.handed_over(case_id, "social_use"), "accept", SOCIAL_LINE), (
        "it may go again"
    )


async def test_a_hand_over_is_declined_or_recalled(town):
    call = await open_call(town)
    case_id = call["case"]["case_id"]
    for how, at, kind in (("decline", SOCIAL_LINE, "declined"), ("recall", HOTLINE, "recalled")):
        handed = await town.handed_over(case_id, "social_use")
        wrong = HOTLINE if how == "decline" else SOCIAL_LINE
        assert slug(await answer(town, handed, how, wrong)) == "case-of-another-line"
        assert (await answer(town, handed, how, at)).status_code == 200
        assert (await history(town, case_id))["entries"][-1]["kind"] == kind
        now = (await town.call("GET", f"/api/helpdesk/calls/{call['call_id']}", AGENT)).json()
        assert now["status"] == "open", "not identified before, not identified now"
        assert slug(await answer(town, handed, "accept", SOCIAL_LINE)) == "transition-refused"
    assert slug(await answer(town, handed, "accept", MEDICAL_LINE)) == "not-found"


async def test_to_whom_a_case_cannot_go(town):
    call = await open_call(town)
    path = f"/api/helpdesk/cases/{call['case']['case_id']}/handover"
    body = {"topic": "apply", "story": "无"}
    assert slug(await town.post(path, AGENT, json=body)) == "handover-not-needed"
    unknown = await town.post(path, AGENT, json=body | {"topic": "financial"})
    assert slug(unknown) == "line-not-here", "nobody knows which bank"
    assert (
        slug(await town.post(path, AGENT, json=body | {"topic": "financial", "bank": "FIRM"}))
        == "line-not-here"
    )
    named = await town.post(path, AGENT, json=body | {"topic": "financial", "bank": "ICBC"})
    assert named.json()["to_line"]["code"] == "LICBC"
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE institution SET live_from = '2030-01-01' WHERE code = 'H12333'")
    other = await open_call(town)
    refused = await town.post(
        f"/api/helpdesk/cases/{other['case']['case_id']}/handover", AGENT, json=body | {"topic": "social_use"}
    )
    assert (slug(refused), refused.json()["number"]) == ("line-not-here", "12333")


async def test_the_bank_of_the_card_owns_its_financial_function(town):
    call = await town.called(1)
    handed = await town.handed_over(call["case"]["case_id"], "financial")
    accepted = await answer(town, handed, "accept", LINE_A, BANK_AGENT)
    assert accepted.json()["case"]["line"]["code"] == "LBOSC"
    lost = await town.post(
        f"/api/helpdesk/calls/{accepted.json()['call_id']}/loss", BANK_AGENT, LINE_A, json={}
    )
    assert slug(lost) == "loss-may-not-be-reported", "the social-security function is not a bank's"


async def test_an_identification_never_tells_what_was_wrong(town):
    await town.cards(1)
    await town.people(person(2))
    wrongs = [
        {"name": "错名"}, {"card_tail": "0000"}, {"mobile_tail": "9999"}, {"waybill": "EM000000000CN"}, {"waybill": "nonsense"},
        {"id_number": id_number(3)},
    ]  # fmt: skip
    answers = set()
    for wrong in wrongs:
        call = await open_call(town)
        said = await identify(town, call, 1, **wrong)
        answers.add((said.status_code, said.text))
        await later(town, timedelta(minutes=31))
    assert answers == {(200, '{"identified":false,"level":"anonymous"}')}
    failed = await town.facts("help.identification_failed")
    assert len(failed) == len(wrongs)
    assert [fact[0] != 0 for fact in failed] == [True] * 5 + [False], (
        "every look is kept, with whom it was about"
    )
    assert all(REASON["reason"] in str(fact[4]) for fact in failed)


async def test_failures_lock_for_a_while(town):
    _, new = await town.cards(1)
    right = {"card_tail": new[-4:]}
    for _ in range(3):
        call = await open_call(town)
        assert (await identify(town, call, 1, name="错名")).json()["identified"] is False
    locked = await identify(town, await open_call(town), 1, **right)
    assert (slug(locked), locked.json()["retry_after_seconds"]) == ("identification-locked", 1800)
    assert (await town.facts("person.asked_about"))[-1][4]["why"] == "identification-locked"
    await town.people(person(2))
    assert (await identify(town, await open_call(town), 2)).json()["identified"] is True, (
        "others are not held up"
    )
    await later(town, timedelta(minutes=30))
    assert (await identify(town, await open_call(town), 1, **right)).json() == {
        "identified": True,
        "level": "matched",
    }


async def test_one_number_that_guesses_at_many_people_is_locked(town):
    await town.people(*(person(n) for n in range(1, 5)))
    number = {"caller_number": "15400000099"}
    for n in (1, 2, 3):
        await identify(town, await open_call(town, **number), n, name="错名")
    assert slug(await identify(town, await open_call(town, **number), 4)) == "identification-locked"
    assert (await identify(town, await open_call(town), 4)).json()["identified"] is True
    async with town.database.work(SYSTEM) as work:
        kept = await work.value("SELECT string_agg(c::text, '') FROM help_call AS c")
    assert "15400000099" not in kept, "the number itself is not kept"


async def test_one_call_that_guesses_is_locked(town):
    await town.people(*(person(n) for n in range(1, 5)))
    call = await open_call(town)
    for n in (1, 2, 3):
        await identify(town, call, n, name="错名")
    assert slug(await identify(town, call, 4)) == "identification-locked"


async def test_what_each_level_permits(town):
    await town.cards(1)
    call = await open_call(town)
    case_id = call["case"]["case_id"]
    loss = f"/api/helpdesk/calls/{call['call_id']}/loss"
    assert (await ask(town, call, "lost", personal=False)).status_code == 200
    refused = await ask(town, call, "where_is_my_card")
    assert (slug(refused), refused.json()["level"], refused.json()["needed"]) == (
        "caller-not-known-enough",
        "anonymous",
        "matched",
    )
    assert slug(await town.post(loss, AGENT, json={})) == "caller-not-known-enough"
    assert (await identify(town, call, 1)).json()["level"] == "named"
    assert slug(await timeline(town, case_id)) == "caller-not-known-enough"
    lost = await town.post(loss, AGENT, json={})
    assert lost.status_code == 201
    assert (await identify(town, call, 1, mobile_tail="0001")).json()["level"] == "matched"
    assert (await timeline(town, case_id)).status_code == 200
    assert (await ask(town, call, "where_is_my_card")).status_code == 200


async def test_a_card_is_lost_during_the_call(town):
    call = await town.called(1, topic="loss")
    lost = await town.post(f"/api/helpdesk/calls/{call['call_id']}/loss", AGENT, json={"generation": "new"})
    assert (lost.status_code, lost.json()["generation"]) == (201, "new")
    assert lost.json()["lost_until"].startswith("2019-01-07"), "five days by the rule"
    again = await town.post(f"/api/helpdesk/calls/{call['call_id']}/loss", AGENT, json={"generation": "new"})
    assert slug(again) == "loss-reported"
    entry = (await history(town, call["case"]["case_id"]))["entries"][-1]
    assert entry["kind"] == "loss_reported"
    (asked,) = await town.facts("card.loss_asked")
    assert asked[4] == {"call": call["call_id"], "case": call["case"]["number"]}
    await deliver_due(town.database, SUBSCRIPTIONS)
    (queued,) = await town.facts("message.queued")
    assert queued[4] == {"kind": "loss_reported"}, "the holder is told as of every loss report"
    found = (await timeline(town, call["case"]["case_id"])).json()
    assert "办理了挂失" in [one["zh"] for one in found["happened"]]
    assert [one["due_on"] for one in found["now"] if "已挂失" in one["zh"]] == ["2019-01-07"]


CHILD = date(2012, 1, 1)


async def test_guardians_speak_and_agents_do_not(town):
    await town.people(
        person(1), person(2), person(3, CHILD, guardian_id_number=id_number(1), guardian_kind="父母")
    )
    call = await open_call(town)
    alone = await identify(town, call, 3, born=CHILD)
    assert slug(alone) == "guardian-needed"
    stranger = {"guardian": {"role": "guardian", "id_number": id_number(2), "name": person(2).name}}
    assert (await identify(town, call, 3, born=CHILD, **stranger)).json()["identified"] is False
    misnamed = {"guardian": {"role": "guardian", "id_number": id_number(1), "name": "错名"}}
    assert (await identify(town, call, 3, born=CHILD, **misnamed)).json()["identified"] is False
    agent = {"guardian": {"role": "agent", "id_number": id_number(2), "name": person(2).name}}
    assert slug(await identify(town, call, 1, **agent)) == "agent-not-here"
    mother = {"guardian": {"role": "guardian", "id_number": id_number(1), "name": person(1).name}}
    assert (await identify(town, call, 3, born=CHILD, **mother)).json() == {
        "identified": True,
        "level": "named",
    }
    now = (await town.call("GET", f"/api/helpdesk/calls/{call['call_id']}", AGENT)).json()
    assert now["guardian_speaks"] is True
    acted = await town.facts("proxy.acted")
    assert [fact[4]["by"] for fact in acted] == ["guardian"], "who spoke for the child is kept"
    assert slug(await identify(town, call, 3, born=CHILD)) == "guardian-needed", (
        "and nobody else goes on in its name"
    )


async def test_the_guardian_reports_the_child_s_card(town):
    await town.people(person(1))
    _, new = await town.cards(3, CHILD, guardian_id_number=id_number(1), guardian_kind="父母")
    call = await open_call(town)
    mother = {"guardian": {"role": "guardian", "id_number": id_number(1), "name": person(1).name}}
    assert (await identify(town, call, 3, born=CHILD, card_tail=new[-4:].lower(), **mother)).json()[
        "level"
    ] == "matched"
    lost = await town.post(f"/api/helpdesk/calls/{call['call_id']}/loss", AGENT, json={"generation": "new"})
    assert lost.status_code == 201
    assert [fact[4]["act"] for fact in await town.facts("proxy.acted")] == ["read", "other"]


async def test_the_timeline_tells_everything_in_order(town):
    application = await town.applied(1)
    waybill = await town.parcel_waiting(2)
    call = await open_call(town)
    assert (await identify(town, call, 1, mobile_tail="0000")).json()["level"] == "matched", (
        "the mobile of the application"
    )
    found = (await timeline(town, call["case"]["case_id"])).json()
    assert [one["kind"] for one in found["happened"]] == ["application.submitted", "help.opened"]
    assert found["happened"][0]["subject"] == application
    assert found["now"][0]["zh"] == "申请正在核验；核验通过后制卡"
    assert found["now"][0]["due_on"] == "2019-02-01", "thirty days, were it verified today"
    other = await open_call(town)
    assert (await identify(town, other, 2, waybill=waybill)).json()["level"] == "matched"
    found = (await timeline(town, other["case"]["case_id"])).json()
    assert found["now"][0]["zh"] == "新卡在C310101002，请携带身份证件领取"
    seen = await town.facts("help.timeline_seen")
    assert len(seen) == 2
    assert [fact[4]["reason"] for fact in seen] == [REASON["reason"]] * 2
    assert (
        await town.post(f"/api/helpdesk/cases/{other['case']['case_id']}/timeline", AGENT, key=None, json={})
    ).status_code == 400


async def test_whoever_waits_for_a_visit_at_home_is_told_when_it_is(town):
    await equip(town)
    await visit_planned(town, 3)
    call = await open_call(town)
    said = {
        "id_number": id_number(3, OLD),
        "name": person(3, OLD).name,
        "mobile_tail": person(3, OLD).mobile[-4:],
    }
    path = f"/api/helpdesk/calls/{call['call_id']}/identification"
    assert (await town.post(path, AGENT, json=said)).json()["level"] == "matched"
    found = (await timeline(town, call["case"]["case_id"])).json()
    assert "2019-01-03上午上门" in found["now"][0]["zh"]
    assert found["now"][0]["en"].endswith("comes to the home on 2019-01-03, in the morning")
    assert [one["kind"] for one in found["happened"]][:2] == ["visit.requested", "visit.planned"]
    told = (await ask(town, call, "where_is_my_card")).json()
    assert "2019-01-03上午上门" in told["sentences_zh"][0]


async def test_a_bank_s_line_sees_what_is_its_bank_s(town):
    await town.applied(1, at=OUTLET_B, bank="ICBC")
    async with town.database.work(SYSTEM) as work:
        found = await find(work, id_number(1))
        (number,) = await allocate_numbers(work, 1)
        card = MadeCard(found.person_id, work.ids.one(), number, BANK_B, date(2019, 1, 1), None, "AB", "CD")
        await take_made_cards(work, [card])
    told = {}
    for line in (LINE_A, LINE_B):
        call = await open_call(town, line, BANK_AGENT)
        assert (await identify(town, call, 1, line, BANK_AGENT, mobile_tail="0000")).json()[
            "level"
        ] == "matched"
        told[line] = (await timeline(town, call["case"]["case_id"], line, BANK_AGENT)).json()
    assert [one["kind"] for one in told[LINE_B]["happened"]] == ["application.submitted", "help.opened"]
    assert len(told[LINE_B]["now"]) == 3
    assert [one["kind"] for one in told[LINE_A]["happened"]] == ["help.opened"]
    assert len(told[LINE_A]["now"]) == 1, "its own case, no other bank's application and card"


async def test_another_line_s_cases_are_not_found(town):
    call = await open_call(town)
    case_id, number = call["case"]["case_id"], call["case"]["number"]
    for at, role in ((SOCIAL_LINE, AGENT), (LINE_A, BANK_AGENT)):
        assert slug(await town.call("GET", f"/api/helpdesk/cases/{case_id}", role, at)) == "not-found"
        assert slug(await town.call("GET", f"/api/helpdesk/calls/{call['call_id']}", role, at)) == "not-found"
        assert slug(await move(town, case_id, "note", at, role, text="试探")) == "not-found"
        assert slug(await timeline(town, case_id, at, role)) == "not-found"
        assert (
            slug(
                await town.post(
                    f"/api/helpdesk/cases/{case_id}/handover",
                    role,
                    at,
                    json={"topic": "loss", "story": "试探"},
                )
            )
            == "not-found"
        )
    found = await town.post(
        "/api/helpdesk/cases/search", AGENT, SOCIAL_LINE, key=None, json={"number": number}
    )
    assert found.json()["number"] == number, "people call whichever number they remember"
    hidden = await town.post(
        "/api/helpdesk/cases/search", BANK_AGENT, LINE_A, key=None, json={"number": number}
    )
    assert slug(hidden) == "not-found"
    assert (
        slug(
            await town.post("/api/helpdesk/calls", BANK_AGENT, LINE_A, json=REASON | {"case_number": number})
        )
        == "not-found"
    )
    assert (await history(town, case_id, None, OPERATOR))["case"]["number"] == number


async def test_who_calls_again_goes_on_with_the_case(town):
    call = await town.called(1)
    case_id, number = call["case"]["case_id"], call["case"]["number"]
    await town.post(f"/api/helpdesk/calls/{call['call_id']}/ending", AGENT, json={"resolved": True})
    await later(town, timedelta(days=2))
    spoken = f"{number[:3]}-{number[3:6]} {number[6:]}"
    again = await open_call(town, SOCIAL_LINE, case_number=spoken)
    assert (again["case"]["case_id"], again["case"]["status"], again["case"]["calls"]) == (case_id, "open", 2)
    assert again["level"] == "anonymous", "another call, another caller perhaps"
    assert again["case"]["line"]["code"] == "H962222", "whose it is has not changed"
    assert again["case"]["due_on"] == "2019-01-09"
    noted = await move(town, case_id, "note", SOCIAL_LINE, text="来电人催办")
    assert noted.status_code == 200
    refused = await move(town, case_id, "resolve", SOCIAL_LINE)
    assert (slug(refused), refused.json()["owner"]) == ("case-of-another-line", str(HOTLINE))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert (
        slug(await town.post("/api/helpdesk/calls", AGENT, json=REASON | {"case_number": wrong}))
        == "not-found"
    )


async def test_a_case_is_about_one_person(town):
    call = await town.called(1)
    await town.people(person(2))
    again = await open_call(town, case_number=call["case"]["number"])
    assert slug(await identify(town, again, 2)) == "case-about-another"
    assert (await identify(town, call, 2)).json()["identified"] is False, "nor does one call"


async def test_a_case_from_its_opening_to_its_closing(town):
    call = await open_call(town, topic="loss")
    case_id = call["case"]["case_id"]
    assert call["case"]["due_on"] == "2019-01-03", "the next day, for a loss"
    turned = await town.post(f"/api/helpdesk/calls/{call['call_id']}/topic", AGENT, json={"topic": "deliver"})
    assert (turned.json()["case"]["due_on"], turned.json()["owner"]["number"]) == ("2019-01-05", "962222")
    await town.post(
        f"/api/helpdesk/calls/{call['call_id']}/ending", AGENT, json={"resolved": False, "text": "请回电"}
    )
    waits = await move(town, case_id, "wait", waiting_for="courier", text="已问邮政")
    assert (waits.json()["status"], waits.json()["waiting_for"]) == ("waiting", "courier")
    await later(town, timedelta(days=4))
    late = (await town.call("GET", "/api/helpdesk/overdue", AGENT)).json()
    assert [(one["case_id"], one["overdue"]) for one in late["items"]] == [(case_id, True)]
    assert (await town.call("GET", "/api/helpdesk/overdue", AGENT, SOCIAL_LINE)).json()["items"] == []
    assert len((await town.call("GET", "/api/helpdesk/overdue", OPERATOR)).json()["items"]) == 1
    figures = (await town.call("GET", "/api/helpdesk/figures", OPERATOR)).json()
    assert [
        (figures["lines"][str(one["line_id"])]["code"], one["cases"]) for one in figures["figures"]["overdue"]
    ] == [("H962222", 1)]
    for verb, status in (("resume", "open"), ("release", "open"), ("take", "open"), ("resolve", "resolved"), ("close", "closed"),
                         ("reopen", "open"), ("resolve", "resolved")):  # fmt: skip
        assert (await move(town, case_id, verb)).json()["status"] == status, verb
    assert slug(await move(town, case_id, "wait")) == "transition-refused"
    await later(town, timedelta(days=7))
    assert (await lapse_due(town.database)).cases_closed == 0
    await later(town, timedelta(seconds=1))
    assert (await lapse_due(town.database)).cases_closed == 1
    told = await history(town, case_id)
    assert (told["case"]["status"], told["entries"][-1]["kind"]) == ("closed", "closed")
    assert [one["text"] for one in told["entries"] if one["text"]] == ["请回电", "已问邮政"]


async def test_a_case_outlives_its_holder(town):
    call = await town.called(1)
    case_id = call["case"]["case_id"]
    await town.post(f"/api/helpdesk/calls/{call['call_id']}/ending", AGENT, json={"resolved": False})
    await move(town, case_id, "wait", waiting_for="caller")
    holder = await town.person_id(1)
    async with town.database.work(SYSTEM) as work:
        await record_deaths(work, {holder: date(2019, 1, 1)})
    for _ in range(2):
        await deliver_due(town.database, SUBSCRIPTIONS)
    told = await history(town, case_id)
    assert (told["case"]["status"], told["case"]["waiting_for"], told["case"]["holder_died"]) == (
        "open",
        None,
        True,
    )
    assert told["case"]["escalated_at"] is not None
    assert [entry["kind"] for entry in told["entries"]].count("holder_died") == 1
    found = (await timeline(town, case_id)).json()
    assert "一张卡作废" in [one["zh"] for one in found["happened"]], "its agent still sees what happened"
    heir = await open_call(town, case_number=told["case"]["number"])
    assert (await identify(town, heir, 1)).json()["identified"] is False, "nobody calls as the dead"
    answer = (await ask(town, heir, "account_after", personal=False)).json()
    assert "继承人" in answer["sentences_zh"][0]
    assert (await move(town, case_id, "resolve", text="已告知家属")).json()["status"] == "resolved"


async def test_every_look_has_its_reason(town):
    call = await town.called(1)
    case_id = call["case"]["case_id"]
    await ask(town, call, "validity")
    await timeline(town, case_id)
    await history(town, case_id)
    holder = await town.person_id(1)
    for action in ("help.identified", "help.answered", "help.timeline_seen", "help.case_seen"):
        (fact,) = await town.facts(action)
        assert (fact[0], fact[2], bool(fact[4]["reason"])) == (holder, HOTLINE, True), action
    assert (await town.post("/api/helpdesk/calls", AGENT, json={"topic": "apply"})).status_code == 400, (
        "no call without one"
    )


async def test_what_is_told_is_sealed_and_stays(town):
    call = await town.called(1)
    await town.handed_over(call["case"]["case_id"], story="说来话长的故事")
    async with town.database.work(SYSTEM) as work:
        for table in ("help_case", "help_call", "help_entry", "help_handover", "audit_fact", "request_key"):
            kept = await work.value(f"SELECT string_agg(t::text, '') FROM {table} AS t")
            for told in ("说来话长的故事", person(1).name, id_number(1)):
                assert told not in (kept or ""), table
    for change in ("UPDATE help_entry SET kind = 'x'", "DELETE FROM help_entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            async with town.database.work(SYSTEM) as work:
                await work.run(change)


async def test_anybody_may_read_the_answers(town):
    told = (
        await town.http.get("/api/helpdesk/answers", params={"question": "old_card", "on": "2019-05-06"})
    ).json()
    (one,) = told["items"]
    assert (told["on"], one["why"][0]["rule_id"], one["why"][0]["valid_from"]) == (
        "2019-05-06",
        "beside_the_new",
        "2018-01-01",
    )
    assert len((await town.http.get("/api/helpdesk/answers")).json()["items"]) == 15
    topics = (await town.http.get("/api/helpdesk/topics")).json()["items"]
    assert {one["topic"]: one["number"] for one in topics}["medical_use"] == "962218"
    assert (
        slug(await town.http.get("/api/helpdesk/answers", params={"on": "2017-01-01"})) == "no-rule-applies"
    )
