"""A photo that is held is used again, by a rule of age; a shared one only with consent, recorded for each use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from pictures import jpeg
from psycopg.errors import InsufficientPrivilege
from test_fetch_photos import child, verified
from town import Sandbox, Town, lives, person, request

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import apply_many, verify_due, withdraw
from shebaoka.issuing.applications.model import Channel
from shebaoka.issuing.photos import views
from shebaoka.issuing.photos.commands import Brought, Fetched, bring, fetch_due, state_consent
from shebaoka.issuing.photos.errors import PhotoNotNeeded, PhotoRefused
from shebaoka.issuing.photos.sources import usable, young_enough
from shebaoka.registry.programme import files
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

Start = Callable[[list[str]], Sandbox]
PROGRAMME = Programme(rule for rule, _ in files.read(files.PACKAGED))
ON = date(2019, 5, 6)
OTHER = jpeg(2)


async def again(town: Town, sandbox: Sandbox, key: tuple[int, int], someone) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """Withdraw an application, and apply once more."""
    async with town.database.work(town.actor("CENTRE")) as work:
        await withdraw(work, key[1])
        (outcome,) = await apply_many(work, [request(someone, guardian_id_number=someone.guardian_id_number)])
        assert outcome.code is None
    assert (await verify_due(town.database, sandbox.partner("register"))).verified == 1
    return outcome.person_id or 0, outcome.application_id or 0


async def stated(town: Town, key: tuple[int, int], *, given: bool) -> str:
    async with town.database.work(town.actor("CENTRE")) as work:
        application, _ = await state_consent(work, PROGRAMME, key[1], given=given, by="holder")
    return application.status


async def standing(town: Town, key: tuple[int, int]) -> tuple[str, str | None]:
    async with town.database.work(town.actor("CENTRE")) as work:
        one = (await applications.by_keys(work, [key]))[key[1]]
    return one.status, one.reason


async def uses(town: Town, key: tuple[int, int]):  # type: ignore[no-untyped-def]
    async with town.database.work(town.actor("CENTRE")) as work:
        return (await views.history(work, key[1])).photos


@pytest.mark.parametrize(
    ("age", "years", "rule"),
    [
        (7, 2, "children"),
        (15, 2, "children"),
        (16, 5, "young"),
        (25, 5, "young"),
        (26, 10, "adults"),
        (90, 10, "adults"),
    ],
)
def test_the_younger_the_shorter(age: int, years: int, rule: str) -> None:
    allowed, why = PROGRAMME.photo_reuse(age, ON)
    assert (allowed, why.rule_id) == (years, rule)


@pytest.mark.parametrize(
    ("taken", "years", "fits"),
    [
        (date(2017, 5, 6), 2, False), (date(2017, 5, 7), 2, True), (ON, 2, True), (ON + timedelta(days=1), 2, False),
        (date(2009, 5, 6), 10, False), (date(2009, 5, 7), 10, True), (ON, 0, False),
    ],
)  # fmt: skip
def test_a_photo_is_young_enough_or_not(taken: date, years: int, fits: bool) -> None:
    assert young_enough(taken, years, ON) is fits


@pytest.mark.parametrize(
    ("source", "channel"),
    list(product(["id_card", "student_card", "counter", "online"], list(Channel))),
)
def test_consent_is_asked_for_what_is_shared_and_worded(source, channel) -> None:  # type: ignore[no-untyped-def]
    decides, why = PROGRAMME.photo_consent(source, channel.value, ON)
    assert decides.needed is (source in ("id_card", "student_card"))
    assert bool(decides.wording_zh and decides.wording_en) is decides.needed
    assert why.rule_set == "photo_consent"


async def test_one_that_is_held_is_used_again_and_no_store_is_asked(town: Town, outside: Start) -> None:
    adult, pupil = person(1), child(2, date(2008, 5, 1))
    sandbox = outside([lives(adult), lives(pupil, id_card=1)])
    keys = await verified(town, sandbox, adult, pupil)
    assert (await fetch_due(town.database, sandbox.partner("photos"))).found == 2
    # The sandbox's pictures were taken between 2015 and 2018: this child's is too old to be used again.
    await town.rows_of("UPDATE photo SET taken_on = '2015-03-01' RETURNING 1")
    second = [await again(town, sandbox, keys[0], adult), await again(town, sandbox, keys[1], pupil)]
    before = (await sandbox.http.get(f"{sandbox.url}/_stats")).json()
    done = await fetch_due(town.database, sandbox.partner("photos"))
    assert (done.found, done.reused) == (1, 1)
    after = (await sandbox.http.get(f"{sandbox.url}/_stats")).json()
    assert after["photos:id_card"]["items"] - before["photos:id_card"]["items"] == 1
    ((first, photo),) = await uses(town, keys[0])
    ((use, same),) = await uses(town, second[0])
    assert (use.way, use.rule_id, use.photo_id) == ("reused", "adults", first.photo_id)
    assert (use.consent_version, use.consent_by) == ("2018-1", "holder")
    assert same.digest == photo.digest
    ((use, _),) = await uses(town, second[1])
    assert use.way == "fetched"
    assert await fetch_due(town.database, sandbox.partner("photos")) == Fetched()


async def test_one_brought_early_goes_before_the_stores(town: Town, outside: Start) -> None:
    someone, small = person(1), child(2, date(2016, 5, 1))
    sandbox = outside([lives(someone), lives(small)])
    await town.settle(person(900), someone, small)
    async with town.database.work(town.clerk) as work:
        one, two = await apply_many(
            work, [request(someone), request(small, guardian_id_number=small.guardian_id_number)]
        )
    key = (one.person_id or 0, one.application_id or 0)
    async with town.database.work(town.actor("CENTRE")) as work:
        assert (await bring(work, PROGRAMME, key[1], Brought(jpeg()))).status == "submitted"
    with pytest.raises(PhotoNotNeeded):
        async with town.database.work(town.actor("CENTRE")) as work:
            await bring(work, PROGRAMME, two.application_id or 0, Brought(jpeg()))
    await verify_due(town.database, sandbox.partner("register"))
    done = await fetch_due(town.database, sandbox.partner("photos"))
    assert (done.found, done.reused, done.not_needed) == (0, 1, 1)
    ((use, photo),) = await uses(town, key)
    assert (use.way, photo.source) == ("brought", "counter")


async def test_one_brought_before_the_stores_are_asked(town: Town, outside: Start) -> None:
    someone = person(1)
    sandbox = outside([lives(someone)])
    (key,) = await verified(town, sandbox, someone)
    async with town.database.work(town.actor("CENTRE")) as work:
        assert (await bring(work, PROGRAMME, key[1], Brought(jpeg()))).status == "photo_ready"
    assert await fetch_due(town.database, sandbox.partner("photos")) == Fetched()


@pytest.mark.parametrize("taken_on", [date(2008, 12, 31), date(2099, 1, 1)])
async def test_one_that_is_too_old_or_of_tomorrow_is_told(town: Town, outside: Start, taken_on: date) -> None:
    someone = person(1)
    sandbox = outside([lives(someone, id_card=0)])
    (key,) = await verified(town, sandbox, someone)
    await fetch_due(town.database, sandbox.partner("photos"))
    with pytest.raises(PhotoRefused) as refused:
        async with town.database.work(town.actor("CENTRE")) as work:
            await bring(work, PROGRAMME, key[1], Brought(jpeg(), taken_on))
    assert refused.value.members["reason"] == "photo-day"
    assert "10" in refused.value.detail


async def test_withdrawn_consent_means_that_nobody_is_asked(town: Town, outside: Start) -> None:
    someone = person(1)
    sandbox = outside([lives(someone)])
    (key,) = await verified(town, sandbox, someone)
    assert await stated(town, key, given=False) == "verified"
    assert await fetch_due(town.database, sandbox.partner("photos")) == Fetched(0, 0, 1, 0)
    assert await standing(town, key) == ("needs_photo", "photo-consent-withheld")
    stats = (await sandbox.http.get(f"{sandbox.url}/_stats")).json()
    assert stats.get("photos:id_card", {"items": 0})["items"] == 0
    # It holds for the next application too, until the person states otherwise.
    key = await again(town, sandbox, key, someone)
    assert (await fetch_due(town.database, sandbox.partner("photos"))).none == 1
    key = await again(town, sandbox, key, someone)
    await stated(town, key, given=True)
    assert (await fetch_due(town.database, sandbox.partner("photos"))).found == 1
    ((use, _),) = await uses(town, key)
    statements = await town.rows_of("SELECT consent_id, given FROM photo_consent ORDER BY consent_id")
    assert [given for _, given in statements] == [False, True]
    assert (use.consent_id, use.consent_version, use.consent_by) == (statements[1][0], "2018-1", "holder")


async def test_withdrawn_later_a_shared_photo_is_destroyed_and_one_that_was_brought_is_not(
    town: Town, outside: Start
) -> None:
    shared, own = person(1), person(2)
    sandbox = outside([lives(shared), lives(own, id_card=0)])
    keys = await verified(town, sandbox, shared, own)
    await fetch_due(town.database, sandbox.partner("photos"))
    async with town.database.work(town.actor("CENTRE")) as work:
        await bring(work, PROGRAMME, keys[1][1], Brought(jpeg()))
    assert await stated(town, keys[0], given=False) == "needs_photo"
    assert await stated(town, keys[1], given=False) == "photo_ready"
    assert await standing(town, keys[0]) == ("needs_photo", "photo-consent-withheld")
    ((_, photo),) = await uses(town, keys[0])
    assert (photo.there, photo.rejected_why, photo.rejected_rule) == (
        False,
        "consent_withdrawn",
        "not_ours_to_keep",
    )
    async with town.database.work(town.actor("CENTRE")) as work:
        assert (await bring(work, PROGRAMME, keys[0][1], Brought(jpeg()))).status == "photo_ready"
    facts = await town.rows_of("SELECT action FROM audit_fact WHERE action LIKE 'photo.%%' ORDER BY fact_id")
    assert {"photo.consent_withdrawn", "photo.rejected", "photo.destroyed", "photo.brought"} <= {
        one for (one,) in facts
    }


async def test_withdrawn_while_the_photo_is_on_its_way(town: Town, outside: Start) -> None:
    people = [person(serial) for serial in range(1, 5)]
    sandbox = outside([lives(one) for one in people])
    keys = await verified(town, sandbox, *people)
    partner = sandbox.partner("photos")
    ask = partner.batch

    async def slow(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        for key in keys[:2]:
            await stated(town, key, given=False)
        return answers

    partner.batch = slow  # type: ignore[method-assign]
    done = await fetch_due(town.database, partner)
    assert (done.found, done.none) == (2, 2)
    assert [(await standing(town, key))[0] for key in keys] == ["needs_photo"] * 2 + ["photo_ready"] * 2
    assert sorted(await town.rows_of("SELECT person_id FROM photo")) == sorted((key[0],) for key in keys[2:])


async def test_withdrawing_and_fetching_at_one_instant_leave_no_shared_photo(
    town: Town, outside: Start
) -> None:
    people = [person(serial) for serial in range(1, 21)]
    sandbox = outside([lives(one) for one in people])
    keys = await verified(town, sandbox, *people)
    partner, barrier = sandbox.partner("photos"), asyncio.Barrier(2)
    ask = partner.batch

    async def met(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        await barrier.wait()
        return answers

    async def withdraw_all() -> None:
        await barrier.wait()
        for key in keys:
            await stated(town, key, given=False)

    partner.batch = met  # type: ignore[method-assign]
    await asyncio.gather(fetch_due(town.database, partner), withdraw_all())
    assert await town.rows_of("SELECT status, photo_id FROM application") == [("needs_photo", None)] * len(
        keys
    )
    assert await town.rows_of("SELECT count(*) FROM photo WHERE sealed IS NOT NULL") == [(0,)]


async def test_a_statement_stays_as_it_was_stated(town: Town, outside: Start) -> None:
    someone = person(1)
    sandbox = outside([lives(someone)])
    (key,) = await verified(town, sandbox, someone)
    await stated(town, key, given=False)
    for change in ("UPDATE photo_consent SET given = true", "DELETE FROM photo_consent"):
        with pytest.raises(InsufficientPrivilege):
            await town.rows_of(change)


async def test_after_a_wrong_photo_on_a_card_only_one_brought_since_counts(
    town: Town, outside: Start
) -> None:
    someone = person(1)
    sandbox = outside([lives(someone)])
    (key,) = await verified(town, sandbox, someone)
    await fetch_due(town.database, sandbox.partner("photos"))
    key = await again(town, sandbox, key, someone)
    await town.rows_of(
        "UPDATE application SET kind = 'replacement', replacement_reason = 'photo_wrong'"
        " WHERE application_id = %(a)s RETURNING 1", a=key[1],
    )  # fmt: skip
    assert (await fetch_due(town.database, sandbox.partner("photos"))).none == 1
    assert await standing(town, key) == ("needs_photo", "photo-wrong-on-card")
    async with town.database.work(town.actor("CENTRE")) as work:
        (wrong,) = await views.of_person(work, key[0])
        assert (wrong.rejected_why, wrong.there, wrong.destroy_on) == (
            "on_the_card", True, work.today + timedelta(days=365),
        )  # fmt: skip
        application = await bring(work, await load(work), key[1], Brought(OTHER))
        assert application.status == "photo_ready"
        (new, _) = await views.of_person(work, key[0])
        assert application.photo_id == new.photo_id
    since = replace(new, received_at=application.applied_at + timedelta(seconds=1))
    sound = replace(wrong, rejected_at=None)
    plain = replace(application, replacement_reason=None)
    assert usable([since, wrong], plain) == [since]
    assert usable([since, sound], plain) == [since, sound]
    assert usable([since, sound], application) == [since]
    assert usable([replace(since, there=False)], application) == []
