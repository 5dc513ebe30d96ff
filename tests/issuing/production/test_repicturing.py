"""A wrong photo is replaced without starting over: in every status, against fetching, ordering and writing, at a barrier."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.issuing.making import sent
from tests.issuing.photos.pictures import jpeg
from tests.issuing.seeding import BANK, bureau_at, read, seed, statuses

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import withdraw
from shebaoka.issuing.applications.states import ENDED, PHOTO_STANDS, Status
from shebaoka.issuing.photos import views
from shebaoka.issuing.photos.commands import Brought, bring, destroy_due, reject
from shebaoka.issuing.photos.commands.rejecting import ON_CARD
from shebaoka.issuing.photos.errors import (
    NoPhotoYet,
    PhotoDestroyed,
    PhotoInProduction,
    PhotoOnCard,
    PhotoRefused,
)
from shebaoka.issuing.production import commands
from shebaoka.issuing.production.commands import replace_photo
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.programme import files
from shebaoka.registry.programme.programme import Programme

PROGRAMME = Programme(rule for rule, _ in files.read(files.PACKAGED))
OLD, NEW = jpeg(1), jpeg(2)
WITH_PHOTO = slice(1, None)
"""Of those whom `seed` makes the first has no photo."""


class UndoneError(Exception):
    """Takes a transaction back."""


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    for name in ("to-bureau", "from-bureau"):
        (tmp_path / name).mkdir()
    return tmp_path


async def act(database, command, *arguments, **more):
    async with database.work(SYSTEM) as work:
        return await command(work, *arguments, **more)


async def replaced(database, number: int, picture: bytes = NEW, why="spoiled"):
    return await act(database, replace_photo, PROGRAMME, number, Brought(picture), why)


async def picture_of(database, number: int) -> bytes:
    return await act(database, views.picture, number, "test")


async def put(database, status: str) -> None:
    await read(database, "UPDATE application SET status = %s RETURNING 1", (status,))


def in_file(exchange: Path) -> dict[str, bytes]:
    """Give the pictures of the one production file, by card number."""
    (file,) = (exchange / "to-bureau").glob("P*.zip.sbk2")
    found = sent(file)
    return {record.card_number: found.photos[record.photo] for record in found.records if record.photo}


async def outcome(database, command, *arguments):
    """Try a command and take it back: what it would have come to."""
    async with database.connection() as connection, connection.transaction(force_rollback=True):
        database.ids.many(100)  # the seed's photos have numbers of its own making
        work = Work(connection, SYSTEM, database.clock.now(), database.ids, database.vault)
        try:
            after = await command(work, PROGRAMME, *arguments)
        except Problem as problem:
            return type(problem)
        return str(after.status), after.photo_id is None


REPLACED = {
    **{status: (str(status), False) for status in PHOTO_STANDS},
    **dict.fromkeys(ON_CARD, PhotoOnCard),
    Status.IN_PRODUCTION: PhotoInProduction,
}
REJECTED = REPLACED | dict.fromkeys(PHOTO_STANDS, ("needs_photo", True))


@pytest.mark.parametrize("status", list(Status))
async def test_a_wrong_photo_in_every_status(database, status):
    """Before production it is taken out or replaced, in production refused aloud, afterwards sent the right way."""
    holder = (await seed(database, 2, picture=OLD))[1]
    await put(database, status)
    number = holder.application_id
    assert await outcome(database, reject, number, "spoiled") == REJECTED.get(status, TransitionRefused)
    # Where no photo stands yet another one is just brought.
    brought = {Status.SUBMITTED: ("submitted", False), Status.VERIFIED: ("photo_ready", False),
               Status.NEEDS_PHOTO: ("photo_ready", False)}  # fmt: skip
    expected = (REPLACED | brought).get(status, TransitionRefused)
    assert await outcome(database, replace_photo, number, Brought(NEW), "spoiled") == expected


async def test_without_a_photo_there_is_nothing_wrong(database):
    holder = (await seed(database, 1))[0]
    with pytest.raises(NoPhotoYet):
        await act(database, reject, PROGRAMME, holder.application_id, "spoiled")
    with pytest.raises(NoPhotoYet):
        await replaced(database, holder.application_id)


async def test_taken_out_and_another_brought_keeps_account_and_address(database, exchange):
    holder = (await seed(database, 2, picture=OLD))[1]
    number = holder.application_id
    await read(database, "UPDATE photo SET digest = %s RETURNING 1", (sm3(OLD),))
    before = await act(database, applications.by_id, number)
    out = await act(database, reject, PROGRAMME, number, "another_person")
    assert (out.status, out.reason, out.photo_id) == ("needs_photo", "photo-of-another", None)
    assert await commands.order_due(database, cards_max=5) is not None
    assert (await statuses(database))[number] == "needs_photo", "what waits for a photo is not ordered"
    # Its account is open: withdrawing would leave that behind.
    with pytest.raises(TransitionRefused):
        await act(database, withdraw, number)
    with pytest.raises(PhotoRefused) as same:
        await act(database, bring, PROGRAMME, number, Brought(OLD))
    assert same.value.members["reason"] == "photo-known-wrong"
    back = await act(database, bring, PROGRAMME, number, Brought(NEW))
    assert (back.status, back.bank_id, back.applied_at) == ("photo_ready", before.bank_id, before.applied_at)
    assert back.reason is None
    found = await act(database, views.of_person, holder.person_id)
    assert [(one.there, one.rejected_why) for one in found] == [(True, None), (False, "another_person")]
    assert await read(
        database, "SELECT count(*) FROM bank_account WHERE status = 'open' AND bank_id = %s", (BANK,)
    ) == [(2,)]


async def test_replaced_in_one_step_all_else_stays(database):
    holder = (await seed(database, 2, picture=OLD, status=Status.BANK_REFUSED))[1]
    for status in sorted(PHOTO_STANDS):
        await put(database, status)
        picture = jpeg(10 + sorted(PHOTO_STANDS).index(status))
        after = await replaced(database, holder.application_id, picture)
        assert after.status == status
        assert await picture_of(database, holder.application_id) == picture
    uses = (await act(database, views.history, holder.application_id)).photos
    assert [use.way for use, _ in uses] == ["brought"] * 3
    assert await read(database, "SELECT count(*) FROM outbox") == [(0,)], "nobody has to be told"


async def test_an_ordered_card_takes_the_new_photo_until_its_file_is_written(database, exchange):
    holders = (await seed(database, 5, picture=OLD))[WITH_PHOTO]
    await commands.order_due(database)
    late, early = holders[0], holders[1]
    with pytest.raises(PhotoInProduction):
        await act(database, reject, PROGRAMME, early.application_id, "spoiled")
    assert (await replaced(database, early.application_id)).status == "in_production"
    await commands.write_due(database, bureau_at(exchange))
    cards = dict(await read(database, "SELECT application_id, card_number FROM production_order"))
    sent = in_file(exchange)
    assert sent[cards[early.application_id]] == NEW
    assert sent[cards[late.application_id]] == OLD
    with pytest.raises(PhotoInProduction):
        await replaced(database, late.application_id)
    assert await picture_of(database, late.application_id) == OLD, "a refusal changes nothing"


async def test_a_closed_batch_may_be_with_the_bureau_already(database, exchange):
    holder = (await seed(database, 2, picture=OLD))[1]
    await commands.order_due(database)
    await read(database, "UPDATE production_batch SET status = 'closed' RETURNING 1")
    with pytest.raises(PhotoInProduction):
        await replaced(database, holder.application_id)


async def test_one_that_failed_for_good_is_made_with_another_photo(database, exchange):
    """Until now the application had to be given up for that, and its holder applied anew."""
    holder = (await seed(database, 2, picture=OLD))[1]
    await commands.order_due(database)
    await commands.write_due(database, bureau_at(exchange))
    await read(database, "UPDATE production_order SET status = 'failed', attempt = 3 RETURNING 1")
    await replaced(database, holder.application_id)
    ((order_id, card),) = await read(
        database,
        "SELECT order_id, card_number FROM production_order WHERE application_id = %s",
        (holder.application_id,),
    )
    await act(database, commands.order_again, order_id)
    for file in (exchange / "to-bureau").glob("P*"):
        file.unlink()
    await commands.write_due(database, bureau_at(exchange))
    assert in_file(exchange)[card] == NEW


async def test_replacing_and_ordering_and_writing_at_one_instant(database, exchange):
    """Whatever comes first, the card is made with the photo that the application has in the end."""
    holders = (await seed(database, 25, picture=OLD))[WITH_PHOTO]
    holders = [
        one for one in holders if (await act(database, applications.by_id, one.application_id)).photo_id
    ]
    barrier = asyncio.Barrier(3)

    async def make() -> None:
        await barrier.wait()
        await commands.order_due(database)
        await commands.write_due(database, bureau_at(exchange))

    async def replace_all(some) -> None:
        await barrier.wait()
        for one in some:
            try:
                await replaced(database, one.application_id)
            except (PhotoInProduction, TransitionRefused):
                continue

    await asyncio.gather(make(), replace_all(holders[::2]), replace_all(holders[1::2]))
    cards = dict(await read(database, "SELECT application_id, card_number FROM production_order"))
    sent = in_file(exchange)
    assert len(cards) == 25
    for one in holders:
        assert sent[cards[one.application_id]] == await picture_of(database, one.application_id)


async def test_rejecting_and_ordering_at_one_instant(database, exchange):
    """Who is first wins: a card is ordered with its photo, or waits for another one; nobody else is held up."""
    holders = [one for n, one in enumerate(await seed(database, 30, picture=OLD)) if n % 5]
    barrier = asyncio.Barrier(2)

    async def order() -> int:
        await barrier.wait()
        return (await commands.order_due(database)).ordered

    async def reject_all() -> int:
        await barrier.wait()
        done = 0
        for one in holders:
            try:
                await act(database, reject, PROGRAMME, one.application_id, "unlike")
                done += 1
            except (PhotoInProduction, TransitionRefused):
                pass
        return done

    ordered, rejected = await asyncio.gather(order(), reject_all())
    assert ordered + rejected == 30
    found = await read(database, "SELECT status, photo_id IS NULL, count(*) FROM application GROUP BY 1, 2")
    assert {(status, n) for status, without, n in found if status == "needs_photo" and without} == (
        {("needs_photo", rejected)} if rejected else set()
    )
    assert await read(database, "SELECT count(*) FROM production_order") == [(ordered,)]


async def test_two_counters_bring_at_one_instant(database):
    holders = [one for n, one in enumerate(await seed(database, 15, picture=OLD)) if n % 5]
    for one in holders:
        await act(database, reject, PROGRAMME, one.application_id, "spoiled")
        barrier = asyncio.Barrier(2)

        async def counter(picture: bytes, number=one.application_id, barrier=barrier) -> bytes | None:
            await barrier.wait()
            try:
                await act(database, bring, PROGRAMME, number, Brought(picture))
            except TransitionRefused:
                return None
            return picture

        taken = await asyncio.gather(counter(jpeg(3)), counter(jpeg(4)))
        (picture,) = [one for one in taken if one]
        assert await picture_of(database, one.application_id) == picture
    assert await read(database, "SELECT count(*) FROM photo WHERE rejected_at IS NULL") == [(len(holders),)]


async def test_the_wrong_one_is_kept_for_thirty_days_and_then_destroyed(database):
    holder = (await seed(database, 2, picture=OLD))[1]
    await replaced(database, holder.application_id, why="spoiled")
    _, wrong = await act(database, views.of_person, holder.person_id)
    assert (wrong.rejected_why, wrong.rejected_rule, wrong.there) == ("spoiled", "others", True)
    today = database.clock.now()
    assert await destroy_due(database) == 0
    database.clock.at = today + timedelta(days=29)
    assert await destroy_due(database) == 0
    database.clock.at = today + timedelta(days=30)
    assert await destroy_due(database) == 1
    assert await destroy_due(database) == 0
    _, wrong = await act(database, views.of_person, holder.person_id)
    assert (wrong.there, wrong.destroy_on, bool(wrong.digest is not None)) == (False, None, True)
    assert await read(database, "SELECT sealed FROM photo WHERE photo_id = %s", (wrong.photo_id,)) == [
        (None,)
    ]
    assert await read(database, "SELECT count(*) FROM audit_fact WHERE action = 'photo.destroyed'") == [(1,)]


async def test_a_destroyed_picture_says_so(database):
    holder = (await seed(database, 2, picture=OLD, status=Status.COMPLETED))[1]
    photo = (await act(database, applications.by_id, holder.application_id)).photo_id
    await read(
        database,
        "UPDATE photo SET sealed = NULL, rejected_at = now(), rejected_why = 'on_the_card' WHERE photo_id = %s RETURNING 1",
        (photo,),
    )
    with pytest.raises(PhotoDestroyed):
        await picture_of(database, holder.application_id)


async def test_taken_back_nothing_is_half_done(database):
    """The transaction ends badly after the new picture is written."""
    holder = (await seed(database, 2, picture=OLD))[1]
    with pytest.raises(UndoneError):
        async with database.work(SYSTEM) as work:
            await replace_photo(work, PROGRAMME, holder.application_id, Brought(NEW), "spoiled")
            raise UndoneError
    assert await picture_of(database, holder.application_id) == OLD
    assert await read(database, "SELECT count(*), count(rejected_at) FROM photo") == [(1, 0)]


def test_ended_statuses_are_no_place_for_photos() -> None:
    assert not PHOTO_STANDS & (ENDED | ON_CARD)
