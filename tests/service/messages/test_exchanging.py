"""Sending: each message once by the gateway, whatever goes wrong, and nothing personal left behind."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from telling import exchange, exchange_until_over, rows, settle, statuses, telephones, tell_all
from tests.issuing.town import person

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import NotFound
from shebaoka.service.messages import views
from shebaoka.service.messages.commands import send_again, send_again_all
from shebaoka.service.messages.commands.sending import send_next
from shebaoka.service.messages.errors import MessageNotToBeSentAgain
from shebaoka.service.messages.model import Reason

PEOPLE = 60
FAULTS = {
    "answers are lost": {"lose": 0.5},
    "answers and reports come twice": {"duplicate": 0.6},
    "reports are lost": {"lose_report": 0.5},
    "false reports come first": {"reorder": 0.5},
    "all of it": {"lose": 0.4, "duplicate": 0.4, "reorder": 0.4, "lose_report": 0.2},
}


def received(arrived) -> list[tuple[str, str]]:
    return sorted((one["mobile"], one["text"]) for one in arrived)


@pytest.mark.parametrize("case", FAULTS)
async def test_a_gateway_that_misbehaves_ends_as_if_it_had_not(town, database, gateway, clock, case):
    everybody = await settle(town, PEOPLE)
    await tell_all(database, everybody, "parcel.dispatched", waybill="EM123456785CN", parcel_id=1)
    await gateway.faults("sms", **FAULTS[case])
    await exchange_until_over(database, gateway, clock)
    arrived = await telephones(gateway)
    expected = [
        (
            person(n).mobile,
            f"【社保卡】虚{title}，您的新版社保卡已制成寄出，邮件号EM123456785CN，请凭身份证件签收。",
        )
        for n in range(1, PEOPLE + 1)
        for title in ("先生" if person(n).sex == "male" else "女士",)
    ]
    assert received(arrived) == sorted(expected), "each message once, and the same as without faults"
    assert len({one["gateway_id"] for one in arrived}) == len({one["reference"] for one in arrived}) == PEOPLE
    unreported = "sent" if "lose_report" in FAULTS[case] else "delivered"
    assert {status for status, _ in await statuses(database)} <= {"delivered", unreported}
    async with database.work(SYSTEM) as work:
        assert (await views.standing(work)).given_up == 0


async def test_a_gateway_that_is_down_costs_no_try(town, database, gateway, clock):
    everybody = await settle(town, 3)
    await tell_all(database, everybody, "card.unopened", days=14, card_id=1)
    await gateway.faults("sms", down=True)
    counts = await exchange(database, gateway)
    assert counts.partner_down
    assert await rows(database, "SELECT DISTINCT status, attempts, due_at <= %(n)s FROM message WHERE channel = 'sms'",
                      n=clock.at) == [("queued", 0, True)]  # fmt: skip
    await gateway.mend()
    assert (await exchange(database, gateway)).sent == 3


async def test_what_is_never_answered_waits_longer_each_time_and_is_given_up_and_listed(
    town, database, gateway, clock
):
    await tell_all(database, await settle(town, 1), "card.unopened", days=14, card_id=1)
    # The gateway takes it and never says so; nor does any report.
    await gateway.faults("sms", lose=1.0, lose_report=1.0)
    waits = []
    async with database.work(SYSTEM) as work:
        # A reference known to the gateway is answered when it is asked again: here it forgets each time.
        await work.run("UPDATE message SET edition = 1")
    for turn in range(8):
        await rows(database, "UPDATE message SET edition = %(e)s RETURNING 1", e=turn + 10)
        await exchange(database, gateway)
        ((due_at,),) = await rows(database, "SELECT due_at FROM message WHERE channel = 'sms'")
        waits.append((due_at - clock.at).total_seconds() / 60)
        assert (await exchange(database, gateway)).unanswered == 0, "not before its time"
        clock.at = max(due_at, clock.at + timedelta(minutes=1))
        if clock.at.hour >= 20:
            clock.at += timedelta(hours=12)
    assert waits[:7] == [5, 10, 20, 40, 80, 160, 320]
    assert await statuses(database) == [("given_up", "no_answer")]
    async with database.work(SYSTEM) as work:
        assert [one.reason for one in await views.given_up(work)] == ["no_answer"]


async def test_what_the_gateway_refuses_is_listed_and_sent_anew_under_another_reference(
    town, database, gateway
):
    await tell_all(database, await settle(town, 4), "card.unopened", days=14, card_id=1)
    await gateway.faults("sms", refuse=1.0)
    assert (await exchange(database, gateway)).given_up == 4
    await gateway.mend()
    async with database.work(SYSTEM) as work:
        listed = await views.given_up(work, Reason.REFUSED)
        await send_again(work, listed[0].message_id)
        assert await send_again_all(work, Reason.REFUSED) == 3
        assert await send_again_all(work, Reason.REFUSED) == 0
    assert (await exchange(database, gateway)).sent == 4
    assert {one["reference"].rpartition("-")[2] for one in await telephones(gateway)} == {"2"}
    async with database.work(SYSTEM) as work:
        with pytest.raises(MessageNotToBeSentAgain):
            await send_again(work, listed[0].message_id)
        with pytest.raises(NotFound):
            await send_again(work, 1)
        with pytest.raises(MessageNotToBeSentAgain):
            await send_again_all(work, Reason.DIED)


async def test_what_never_answered_keeps_its_reference_for_it_may_have_gone(town, database, gateway):
    await tell_all(database, await settle(town, 1), "card.unopened", days=14, card_id=1)
    await gateway.faults("sms", lose=1.0, lose_report=1.0)
    await exchange(database, gateway)
    await rows(
        database,
        "UPDATE message SET status = 'given_up', reason = 'no_answer' WHERE channel = 'sms' RETURNING 1",
    )
    async with database.work(SYSTEM) as work:
        assert await send_again_all(work, Reason.NO_ANSWER) == 1
    await gateway.mend()
    assert (await exchange(database, gateway)).sent == 1
    assert len(await telephones(gateway)) == 1


async def test_a_number_that_the_gateway_cannot_use_is_refused_alone(town, database, gateway):
    bad = person(77, mobile="12")
    found = await town.settle(person(1), bad)
    await tell_all(database, found.values(), "card.unopened", days=14, card_id=1)
    counts = await exchange(database, gateway)
    assert (counts.sent, counts.given_up) == (1, 1)


async def test_what_was_taken_and_never_arrived_is_listed(town, database, gateway):
    await tell_all(database, await settle(town, 2), "card.unopened", days=14, card_id=1)
    await gateway.faults("sms", undelivered=1.0)
    await exchange(database, gateway)
    counts = await exchange(database, gateway)
    assert counts.undelivered == 2
    assert await statuses(database) == [("given_up", "undelivered")] * 2


async def test_a_report_about_nobody_s_message_is_counted_and_holds_nothing_up(town, database, gateway):
    for reference in ("M99-1", "somebody else's", "M0-0"):
        item = {"reference": reference, "mobile": "15400000000", "text": "x"}
        answer = await gateway.http.post(f"{gateway.url}/sms/v1/messages", json={"items": [item]})
        assert answer.status_code == 200
    assert (await exchange(database, gateway)).unknown == 3
    assert (await exchange(database, gateway)).unknown == 0


class Dead(Exception):  # noqa: N818 - the fact itself
    """Stands for the death of the process."""


async def test_killed_between_sending_and_commit_it_is_sent_again_and_arrives_once(
    town, database, gateway, monkeypatch
):
    await tell_all(database, await settle(town, 5), "card.unopened", days=14, card_id=1)
    real = gateway.partner("sms")

    class DiesAfterSending:
        async def batch(self, path, items, **more):
            await real.batch(path, items, **more)
            raise Dead

    with pytest.raises(Dead):
        await send_next(database, DiesAfterSending(), urgent=False)
    assert await statuses(database) == [("queued", None)] * 5
    assert len(await telephones(gateway)) == 5
    assert (await send_next(database, real, urgent=False)).sent == 5
    assert len(await telephones(gateway)) == 5


async def test_a_report_before_our_own_note_of_the_sending_settles_it(town, database, gateway):
    await tell_all(database, await settle(town, 2), "card.unopened", days=14, card_id=1)
    await gateway.faults("sms", lose=1.0)
    counts = await exchange(database, gateway)
    assert (counts.sent, counts.unanswered) == (0, 2)
    counts = await exchange(database, gateway)
    assert counts.delivered == 2
    assert await statuses(database) == [("delivered", None)] * 2


async def test_two_runs_at_once_send_each_message_once(town, database, gateway):
    await tell_all(database, await settle(town, 40), "card.unopened", days=14, card_id=1)
    runs = await asyncio.gather(*(exchange(database, gateway) for _ in range(4)))
    assert sum(counts.sent for counts in runs) == 40
    assert len(await telephones(gateway)) == 40


async def test_nothing_personal_in_the_queue_the_audit_or_the_log(town, database, gateway, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    everybody = await settle(town, 20)
    await tell_all(database, everybody, "parcel.dispatched", waybill="EM123456785CN", parcel_id=1)
    await gateway.faults("sms", lose=0.3, refuse=0.3)
    await exchange(database, gateway)
    written = [
        str(await rows(database, f"SELECT t::text FROM {table} t"))
        for table in ("message", "message_preference", "audit_fact", "outbox", "partner_cursor")
    ]
    said = "\n".join([*written, caplog.text, *capfd.readouterr()])
    assert "EM123456785CN" in said
    for n in range(1, 21):
        row = person(n)
        for canary in (row.name, row.id_number, row.mobile, row.address):
            assert canary not in said
