"""Events become messages: who is told, through which channels, and who is not."""

from __future__ import annotations

from datetime import date

from telling import WARD_BORN, exchange, family, rows, settle, statuses, telephones, tell
from tests.issuing.town import CENTRE, person, request

from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.model import Channel
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import deliver_due
from shebaoka.registry.people.commands import record_deaths
from shebaoka.service.messages import views
from shebaoka.service.messages.commands import mark_read, prefer
from shebaoka.service.messages.model import KINDS, Preference
from shebaoka.wiring import SUBSCRIPTIONS

PAYLOADS = {
    "waybill": "EM123456785CN", "days": 14, "apply_by": "2019-04-20", "collect_by": "2019-04-20", "card_id": 1, "parcel_id": 1, "application_id": 1,
    "day": "2019-04-20", "slot": "morning", "at": "2019-04-20T09:00:00+08:00",
}  # fmt: skip


async def test_every_event_is_told_by_text_message_and_in_the_app(town, database, gateway):
    (one,) = await settle(town, 1)
    places = {
        "outlet_id": town.places[CENTRE].institution_id,
        "employer_id": town.places["FIRM"].institution_id,
    }
    for topic in KINDS:
        await tell(database, one, topic, **places, **PAYLOADS)
    found = await rows(
        database, "SELECT person_id, about_id, kind, channel, status FROM message ORDER BY event_id, channel"
    )
    assert found == [
        (one, one, kind, channel, status)
        for kind in KINDS.values()
        for channel, status in (("app", "posted"), ("sms", "queued"))
    ]
    assert (await exchange(database, gateway)).sent == len(KINDS)
    arrived = await telephones(gateway)
    assert {text["mobile"] for text in arrived} == {person(1).mobile}
    async with database.work(SYSTEM) as work:
        shown = await views.inbox(work, one)
    said = {f"【社保卡】虚先生，{one.text_zh}" for one in shown}
    assert {text["text"] for text in arrived} == said
    assert len(said) == len(KINDS)
    assert not any(one.read or one.about_ward for one in shown)


async def test_an_event_delivered_again_is_told_once(town, database):
    (one,) = await settle(town, 1)
    await tell(database, one, "card.social_opened", card_id=1, card_number="A00000000")
    await rows(database, "UPDATE outbox SET delivered_at = NULL RETURNING 1")
    assert await deliver_due(database, SUBSCRIPTIONS) == 1
    assert await rows(database, "SELECT count(*) FROM message") == [(2,)]


async def test_a_ward_s_messages_go_to_the_guardian(town, database, gateway):
    child, parent = await family(town)
    await tell(database, child, "parcel.dispatched", waybill="EM123456785CN", parcel_id=1)
    assert await rows(database, "SELECT DISTINCT person_id, about_id FROM message") == [(parent, child)]
    await exchange(database, gateway)
    (arrived,) = await telephones(gateway)
    assert "您孩子的新版社保卡" in arrived["text"]
    assert arrived["mobile"] == person(901).mobile


async def test_an_adult_with_a_guardian_in_the_register_is_told_by_name_of_the_rules_not_of_the_tie(
    town, database
):
    parent = person(901)
    grown = person(903, born=date(1999, 5, 1), guardian_id_number=parent.id_number, guardian_kind="mother")
    found = await town.settle(parent, grown)
    await tell(database, found[grown.id_number], "card.unopened", days=14, card_id=1)
    assert await rows(database, "SELECT DISTINCT person_id FROM message") == [(found[grown.id_number],)]


async def test_of_two_guardians_the_one_who_applied_is_told_unless_the_notice_names_the_other(town, database):
    child, mother = await family(town)
    father = (await town.settle(person(904)))[person(904).id_number]
    async with database.work(SYSTEM) as work:
        await work.run("INSERT INTO guardian_tie VALUES (%(c)s, %(f)s, 'father')", {"c": child, "f": father})
        ward = person(902, born=WARD_BORN)
        await apply(work, request(ward, channel=Channel.ONLINE, guardian_id_number=person(904).id_number))
    await tell(database, child, "application.needs_photo", application_id=1)
    await tell(database, child, "pupil.notified", guardian_id=mother, apply_by="2019-04-20")
    assert await rows(database, "SELECT kind, person_id FROM message WHERE channel = 'sms' ORDER BY message_id") == [
        ("photo_needed", father), ("pupil_notice", mother)]  # fmt: skip


async def test_a_ward_without_a_guardian_is_listed(town, database):
    child = (await town.settle(person(902, born=WARD_BORN)))[person(902, born=WARD_BORN).id_number]
    await tell(database, child, "card.unopened", days=14, card_id=1)
    assert await statuses(database) == [("given_up", "no_guardian")]
    assert await statuses(database, "app") == []


async def test_a_guardian_who_has_died_is_not_told(town, database):
    child, parent = await family(town)
    async with database.work(SYSTEM) as work:
        await record_deaths(work, {parent: date(2019, 1, 1)})
    await tell(database, child, "card.unopened", days=14, card_id=1)
    assert await statuses(database) == [("given_up", "no_guardian")]


async def test_the_dead_get_nothing_neither_before_nor_after_it_was_queued(town, database, gateway):
    first, second = await settle(town, 2)
    await tell(database, second, "parcel.dispatched", waybill="EM123456785CN", parcel_id=1)
    async with database.work(SYSTEM) as work:
        await record_deaths(work, {first: date(2019, 1, 1), second: date(2019, 1, 2)})
    await tell(database, first, "parcel.dispatched", waybill="EM123456785CN", parcel_id=1)
    counts = await exchange(database, gateway)
    assert (counts.sent, counts.dropped) == (0, 1)
    assert await statuses(database) == [("dropped", "died")]
    assert await telephones(gateway) == []


async def test_reminders_may_be_declined_duties_may_not(town, database, gateway):
    first, second = await settle(town, 2)
    await tell(database, second, "card.unopened", days=14, card_id=1)
    async with database.work(SYSTEM) as work:
        for one in (first, second):
            await prefer(work, one, Preference("zh", reminders=False))
    for topic in ("card.unopened", "card.loss_reported", "parcel.dispatched"):
        await tell(database, first, topic, days=14, card_id=1, waybill="EM123456785CN")
    assert (await exchange(database, gateway)).dropped == 1
    assert await rows(database, "SELECT kind, status, reason FROM message WHERE channel = 'sms' ORDER BY message_id") == [
        ("card_unopened", "dropped", "declined"), ("loss_reported", "sent", None), ("card_dispatched", "sent", None),
    ]  # fmt: skip


async def test_who_prefers_english_is_told_in_english(town, database, gateway):
    (one,) = await settle(town, 1)
    async with database.work(SYSTEM) as work:
        await prefer(work, one, Preference("en"))
    await tell(database, one, "parcel.at_outlet", outlet_id=town.places[CENTRE].institution_id, parcel_id=1)
    await exchange(database, gateway)
    (arrived,) = await telephones(gateway)
    assert arrived["text"].startswith(
        "[Social security card] Your new card could not be delivered and waits at Community"
    )


async def test_the_mobile_is_the_newest_application_s_as_it_stands_when_it_is_sent(town, database, gateway):
    (one,) = await settle(town, 1)
    async with database.work(SYSTEM) as work:
        await apply(work, request(person(1), mobile="15499999999"))
    await tell(database, one, "application.needs_photo", application_id=1)
    await exchange(database, gateway)
    assert [arrived["mobile"] for arrived in await telephones(gateway)] == ["15499999999"]


async def test_who_has_no_mobile_reads_it_in_the_app_and_is_listed(town, database, gateway):
    (one,) = await settle(town, 1, mobile="")
    await tell(database, one, "application.rejected", application_id=1)
    counts = await exchange(database, gateway)
    assert (counts.sent, counts.given_up) == (0, 1)
    assert await statuses(database) == [("given_up", "no_mobile")]
    async with database.work(SYSTEM) as work:
        (listed,) = await views.given_up(work)
        (shown,) = await views.inbox(work, one)
        assert listed.reason == "no_mobile"
        assert await mark_read(work, one, [shown.message_id]) == 1
        assert await mark_read(work, one, [shown.message_id]) == 0
    assert await statuses(database, "app") == [("read", None)]


async def test_one_cannot_read_another_s_messages(town, database):
    first, second = await settle(town, 2)
    await tell(database, first, "application.rejected", application_id=1)
    async with database.work(SYSTEM) as work:
        assert await views.inbox(work, second) == []
        (shown,) = await views.inbox(work, first)
        assert await mark_read(work, second, [shown.message_id]) == 0


async def test_a_page_of_the_inbox_goes_on_where_the_last_ended(town, database):
    (one,) = await settle(town, 1)
    for days in range(1, 6):
        await tell(database, one, "card.unopened", days=days, card_id=1)
    async with database.work(SYSTEM) as work:
        page = await views.inbox(work, one, limit=3)
        rest = await views.inbox(work, one, page[-1].message_id, limit=3)
    assert [len(page), len(rest)] == [3, 2]
    assert "领取5天" in page[0].text_zh
    assert "领取1天" in rest[-1].text_zh
