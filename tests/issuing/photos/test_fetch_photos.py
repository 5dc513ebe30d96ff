"""Fetching photos from the stores, through a real socket, and bringing one to a counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from pictures import jpeg
from town import Sandbox, Town, lives, person, request

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import apply_many, verify_due, withdraw
from shebaoka.issuing.photos import views
from shebaoka.issuing.photos.commands import Brought, Fetched, bring, fetch_due
from shebaoka.issuing.photos.errors import PhotoRefused
from shebaoka.issuing.photos.quality import judge
from shebaoka.kit.problems import NotFound
from shebaoka.kit.sm import sm3
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.views import load

Start = Callable[[list[str]], Sandbox]
PUPIL = {"insured": "resident", "insured_status": "none", "school_stage": "primary"}


def child(serial: int, born: date, **more: object) -> PersonRow:
    mother = person(900)
    return person(
        serial, born=born, guardian_id_number=mother.id_number, guardian_kind="母亲", **PUPIL, **more
    )


async def verified(town: Town, sandbox: Sandbox, *people: PersonRow) -> list[tuple[int, int]]:
    await town.settle(person(900), *people)
    async with town.database.work(town.clerk) as work:
        asked = [request(one, guardian_id_number=one.guardian_id_number) for one in people]
        outcomes = await apply_many(work, asked)
    assert [outcome.code for outcome in outcomes] == [None] * len(people)
    assert (await verify_due(town.database, sandbox.partner("register"))).verified == len(people)
    return [(outcome.person_id or 0, outcome.application_id or 0) for outcome in outcomes]


async def test_each_looks_where_the_programme_says(town: Town, outside: Start) -> None:
    people = [
        child(1, date(2013, 5, 1)),
        child(2, date(2008, 5, 1)),
        child(3, date(2008, 6, 1)),
        child(4, date(2008, 7, 1)),
        person(5),
        person(6),
    ]
    sandbox = outside(
        [
            lives(people[0]),
            lives(people[1], id_card=1, student_card=1),
            lives(people[2], id_card=0, student_card=1),
            lives(people[3], id_card=0),
            lives(people[4]),
            lives(people[5], id_card=0, student_card=1),
        ]
    )
    keys = await verified(town, sandbox, *people)
    seen: list[int] = []
    assert await fetch_due(town.database, sandbox.partner("photos"), seen.append) == Fetched(3, 1, 2, 0)
    assert seen == [6]
    async with town.database.work(town.actor("CENTRE")) as work:
        found = await applications.by_keys(work, keys)
        photos = [await views.of_person(work, person_id) for person_id, _ in keys]
        assert [found[number].status for _, number in keys] == [
            "photo_ready", "photo_ready", "photo_ready", "needs_photo", "photo_ready", "needs_photo",
        ]  # fmt: skip
        assert [[photo.source for photo in some] for some in photos] == [
            [], ["id_card"], ["student_card"], [], ["id_card"], [],
        ]  # fmt: skip
        assert found[keys[3][1]].reason == "photo-none"
        photo = photos[4][0]
        assert found[keys[4][1]].photo_id == photo.photo_id
        assert photo.taken_on is not None
        (use, _), = (await views.history(work, keys[4][1])).photos  # fmt: skip
        applied_at = found[keys[4][1]].applied_at
        assert (use.way, use.rule_id, use.consent_version, use.consent_by, use.consent_at, use.consent_id) == (
            "fetched", "shared", "2018-1", "holder", applied_at, None,
        )  # fmt: skip
        (use, _), = (await views.history(work, keys[1][1])).photos  # fmt: skip
        assert use.consent_by == "proxy"
        picture = (await views.pictures(work, [(photo.person_id, photo.photo_id)]))[photo.photo_id]
        assert judge(picture, (await load(work)).photo_standard(work.today)) == []
        assert sm3(picture) == photo.digest
    stored = await town.rows_of("SELECT sealed FROM photo")
    assert all(b"JFIF" not in bytes(row[0]) for row in stored)


async def test_stores_that_are_down_or_silent(town: Town, outside: Start) -> None:
    people = [person(serial) for serial in range(1, 31)]
    sandbox = outside([lives(one) for one in people])
    await verified(town, sandbox, *people)
    await sandbox.faults("photos", down=True)
    done = await fetch_due(town.database, sandbox.partner("photos"))
    assert done.partner_down
    assert done.found == 0
    await sandbox.faults("photos", lose=0.5, duplicate=0.5)
    first = await fetch_due(town.database, sandbox.partner("photos"))
    assert 0 < first.found < 30
    assert first.unanswered == 30 - first.found
    second = await fetch_due(town.database, sandbox.partner("photos"))
    assert (second.found, second.unanswered) == (first.unanswered, 0)
    assert await fetch_due(town.database, sandbox.partner("photos")) == Fetched()
    assert await town.rows_of("SELECT count(*), count(DISTINCT person_id) FROM photo") == [(30, 30)]


async def test_a_spoiled_picture_counts_as_none(town: Town, outside: Start) -> None:
    people = [person(1), person(2)]
    sandbox = outside([lives(one) for one in people])
    keys = await verified(town, sandbox, *people)
    partner = sandbox.partner("photos")
    ask = partner.batch

    async def spoil(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        answers[str(keys[0][1])]["jpeg"] = "AAAA" * 2_000
        answers[str(keys[1][1])]["jpeg"] = "not base64!"
        return answers

    partner.batch = spoil  # type: ignore[method-assign]
    assert await fetch_due(town.database, partner) == Fetched(0, 0, 2, 0)
    assert (
        await town.rows_of("SELECT status, reason FROM application")
        == [("needs_photo", "photo-unreadable")] * 2
    )
    assert await town.rows_of("SELECT count(*) FROM photo") == [(0,)]


async def test_who_withdraws_meanwhile_leaves_no_picture(town: Town, outside: Start) -> None:
    people = [person(1), person(2)]
    sandbox = outside([lives(one) for one in people])
    keys = await verified(town, sandbox, *people)
    partner = sandbox.partner("photos")
    ask = partner.batch

    async def slow(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        async with town.database.work(town.actor("CENTRE")) as work:
            await withdraw(work, keys[0][1])
        return answers

    partner.batch = slow  # type: ignore[method-assign]
    assert (await fetch_due(town.database, partner)).found == 1
    assert await town.rows_of("SELECT person_id FROM photo") == [(keys[1][0],)]


async def test_a_photo_off_the_standard_from_a_store_is_not_used(town: Town, outside: Start) -> None:
    """Before a grey wall, too dark, or with nobody in it: what the cheap check sees, without a counter."""
    people = [person(serial) for serial in range(1, 25)]
    sandbox = outside([lives(one) for one in people])
    await verified(town, sandbox, *people)
    await sandbox.faults("photos", spoil=0.5)
    done = await fetch_due(town.database, sandbox.partner("photos"))
    assert 0 < done.none < 24
    assert done.found == 24 - done.none
    reasons = {
        reason
        for (reason,) in await town.rows_of(
            "SELECT DISTINCT reason FROM application WHERE reason IS NOT NULL"
        )
    }
    assert reasons == {"photo-background", "photo-dark", "photo-empty"}


async def test_a_photo_brought_to_the_counter(town: Town, outside: Start) -> None:
    someone = person(1)
    sandbox = outside([lives(someone, id_card=0)])
    key = (await verified(town, sandbox, someone))[0]
    await fetch_due(town.database, sandbox.partner("photos"))
    async with town.database.work(town.actor("CENTRE")) as work:
        programme = await load(work)
    with pytest.raises(PhotoRefused) as refused:
        async with town.database.work(town.actor("CENTRE")) as work:
            await bring(work, programme, key[1], Brought(jpeg(size=(100, 100), quality=95, wall="#8899aa")))
    members = refused.value.members
    assert {one["slug"] for one in members["findings"]} >= {"photo-pixels", "photo-bytes", "photo-background"}
    assert members["reason"] == members["findings"][0]["slug"]
    assert "重新裁剪" in refused.value.detail
    with pytest.raises(NotFound):
        async with town.database.work(town.actor("CCB")) as work:
            await bring(work, programme, key[1], Brought(jpeg()))
    async with town.database.work(town.actor("CENTRE")) as work:
        application = await bring(work, programme, key[1], Brought(jpeg(), date(2019, 1, 2)))
        photo = (await views.of_person(work, key[0]))[0]
        (use, _), = (await views.history(work, key[1])).photos  # fmt: skip
    assert application.status == "photo_ready"
    assert (application.photo_id, photo.source) == (photo.photo_id, "counter")
    assert (photo.brought_by, photo.organisation_id) == ("staff:9", town.places["CENTRE"].institution_id)
    assert (use.way, use.rule_id, use.consent_version) == ("brought", "brought", None)
