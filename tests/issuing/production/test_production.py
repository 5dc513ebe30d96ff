"""Orders, production files and returns, with the real bureau of the sandbox and a real folder."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from tests.issuing.seeding import (
    answered,
    bureau_at,
    read,
    said_by_audit,
    sandbox_for,
    seed,
    someone,
    statuses,
)

from shebaoka.issuing.production import commands, views
from shebaoka.issuing.production.commands import ordering, writing
from shebaoka.issuing.production.errors import ExchangeFolderUnusable, NotAnException
from shebaoka.issuing.production.model import ReturnCounts
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.problems import NotFound
from shebaoka.registry.people.commands import record_deaths
from shebaoka.wiring import SUBSCRIPTIONS

PEOPLE = 12


@pytest.fixture
def sandbox(tmp_path):
    with sandbox_for(tmp_path, [someone(n) for n in range(PEOPLE)]) as running:
        yield running


async def order_and_write(database, exchange):
    ordered = await commands.order_due(database)
    written = await commands.write_due(database, bureau_at(exchange))
    return ordered, written


async def round_trip(database, sandbox, files=1) -> ReturnCounts:
    await order_and_write(database, sandbox.exchange)
    answered(sandbox.exchange, files)
    return await commands.take_returns(database, bureau_at(sandbox.exchange))


async def test_everybody_gets_a_card(database, sandbox):
    holders = await seed(database, PEOPLE)
    steps: list[int] = []
    ordered = await commands.order_due(database, steps.append)
    assert (ordered.ordered, ordered.batches, steps) == (PEOPLE, 1, [PEOPLE])
    assert set((await statuses(database)).values()) == {"in_production"}
    written = await commands.write_due(database, bureau_at(sandbox.exchange))
    assert (written.files, written.cards) == (1, PEOPLE)
    answered(sandbox.exchange, 1)
    assert views.arrived(sandbox.exchange)
    taken = await commands.take_returns(database, bureau_at(sandbox.exchange))
    assert taken == ReturnCounts(files=1, made=PEOPLE, receipts=1)
    assert set((await statuses(database)).values()) == {"made"}
    cards = await read(
        database, "SELECT person_id, generation, social, issued_on, expires_on, bank_id FROM card"
    )
    assert {card[0] for card in cards} == {one.person_id for one in holders}
    # 29 years old at application: twenty years (programme.md).
    assert {(str(card[3]), str(card[4])) for card in cards} == {("2019-01-02", "2039-01-02")}
    linked = await read(database, "SELECT count(*) FROM application JOIN card USING (person_id, card_id)")
    assert linked == [(PEOPLE,)]
    assert await said_by_audit(database, "card.made_taken") == PEOPLE
    assert not [path for path in (sandbox.exchange / "from-bureau").iterdir() if path.is_file()]


async def test_no_more_are_ordered_than_the_lines_make_and_the_oldest_go_first(database):
    await seed(database, 5)
    assert (await commands.order_due(database, cards_max=2)).ordered == 2
    async with database.work(SYSTEM) as work:
        left = await work.rows("SELECT status FROM application ORDER BY application_id")
    assert [status for (status,) in left] == ["in_production"] * 2 + ["account_opened"] * 3
    assert (await commands.order_due(database, cards_max=0)).ordered == 0
    assert (await commands.order_due(database)).ordered == 3


@pytest.mark.parametrize(("cards_max", "ordered"), [(None, 6), (3, 3), (4, 4), (6, 6), (7, 6)])
async def test_some_at_a_time_all_are_ordered(database, monkeypatch, cards_max, ordered):
    monkeypatch.setattr(ordering, "PEOPLE_AT_ONCE", 2)
    await seed(database, 6)
    assert (await commands.order_due(database, cards_max=cards_max)).ordered == ordered


async def test_nothing_is_done_twice(database, sandbox):
    await seed(database, PEOPLE)
    await round_trip(database, sandbox)
    before = await read(database, "SELECT count(*) FROM audit_fact")
    assert (await commands.order_due(database)).ordered == 0
    assert (await commands.write_due(database, bureau_at(sandbox.exchange))).files == 0
    assert await commands.take_returns(database, bureau_at(sandbox.exchange)) == ReturnCounts()
    assert await read(database, "SELECT count(*) FROM audit_fact") == before


async def test_two_processes_order_nobody_twice(database):
    await seed(database, PEOPLE)
    both = await asyncio.gather(commands.order_due(database), commands.order_due(database))
    assert sorted(one.ordered for one in both) == [0, PEOPLE]
    orders = await read(
        database,
        "SELECT count(*), count(DISTINCT person_id), count(DISTINCT card_number) FROM production_order",
    )
    assert orders == [(PEOPLE, PEOPLE, PEOPLE)]


async def test_a_batch_holds_no_more_than_its_limit(database, monkeypatch):
    monkeypatch.setattr("shebaoka.issuing.production.placing.CARDS_PER_BATCH_MAX", 5)
    await seed(database, 7)
    await commands.order_due(database)
    await seed(database, 6, first=7)
    await commands.order_due(database)
    async with database.work(SYSTEM) as work:
        board = await views.board(work)
    assert [line.cards for line in board] == [3, 5, 5]
    assert [line.outstanding for line in board] == [3, 5, 5]


async def test_a_card_that_comes_back_twice_counts_once(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", duplicate=1.0)
    taken = await round_trip(database, sandbox)
    assert (taken.made, taken.differences) == (PEOPLE, PEOPLE)
    async with database.work(SYSTEM) as work:
        assert {one.kind for one in await views.differences(work)} == {"repeated"}
    assert await read(database, "SELECT count(*) FROM card WHERE generation = 'new'") == [(PEOPLE,)]


async def test_a_card_nobody_ordered_is_no_card(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", unordered_card=True)
    taken = await round_trip(database, sandbox)
    assert (taken.made, taken.differences) == (PEOPLE, 1)
    async with database.work(SYSTEM) as work:
        (difference,) = await views.differences(work)
    assert difference.kind == "not_ordered"
    assert await read(database, "SELECT count(*) FROM card WHERE generation = 'new'") == [(PEOPLE,)]


async def test_a_wrong_total_refuses_the_whole_file_until_it_is_mended(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", wrong_total=True)
    taken = await round_trip(database, sandbox)
    assert taken == ReturnCounts(refused=1, differences=1, receipts=1)
    assert set((await statuses(database)).values()) == {"in_production"}
    (refused,) = (sandbox.exchange / "from-bureau" / "refused").glob("*.sbk2")
    explanation = refused.with_name(f"{refused.name}.txt").read_text("utf-8")
    assert "尾行合计" in explanation
    assert "办法" in explanation
    # The bureau makes the file again, under the same name, and it is right this time.
    sandbox.faults("bureau")
    done = sandbox.exchange / "to-bureau" / "done"
    (production,) = done.glob("P*")
    production.rename(sandbox.exchange / "to-bureau" / production.name)
    answered(sandbox.exchange, 1)
    assert (await commands.take_returns(database, bureau_at(sandbox.exchange))).made == PEOPLE


async def test_a_failed_card_is_made_in_a_later_batch_under_its_number(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", refuse=0.5)
    first = await round_trip(database, sandbox)
    assert 0 < first.failed < PEOPLE
    assert first.reordered == first.failed
    assert first.made == PEOPLE - first.failed
    sandbox.faults("bureau")
    second = await round_trip(database, sandbox, files=2)
    assert second.made == first.failed
    assert set((await statuses(database)).values()) == {"made"}
    numbers = await read(database, "SELECT count(DISTINCT card_number), max(attempt) FROM production_order")
    assert numbers == [(PEOPLE, 2)]


async def test_a_card_that_always_fails_becomes_an_exception(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", refuse=1.0)
    for files in (1, 2, 3):
        last = await round_trip(database, sandbox, files)
        assert last.failed == PEOPLE
    assert last.reordered == 0
    assert (await commands.write_due(database, bureau_at(sandbox.exchange))).files == 0
    async with database.work(SYSTEM) as work:
        exceptions = await views.exceptions(work)
    assert len(exceptions) == PEOPLE
    assert {(one.attempt, one.failed_stage) for one in exceptions} == {(3, "制卡")}
    assert exceptions[0].failed_reason
    # A person has looked at one, and orders it again by hand.
    sandbox.faults("bureau")
    async with database.work(SYSTEM) as work:
        again = await commands.order_again(work, exceptions[0].order_id)
        assert (again.attempt, again.card_number) == (4, exceptions[0].card_number)
        with pytest.raises(NotAnException):
            await commands.order_again(work, exceptions[0].order_id)
        with pytest.raises(NotAnException):
            await commands.give_up(work, exceptions[0].order_id)
    assert (await round_trip(database, sandbox, files=4)).made == 1
    async with database.work(SYSTEM) as work:
        assert len(await views.exceptions(work)) == PEOPLE - 1


async def test_a_card_that_cannot_be_made_is_given_up_and_its_holder_may_apply_anew(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", refuse=1.0)
    for files in (1, 2, 3):
        await round_trip(database, sandbox, files)
    async with database.work(SYSTEM) as work:
        first, *rest = await views.exceptions(work)
        await commands.give_up(work, first.order_id)
        for act in (commands.give_up, commands.order_again):
            with pytest.raises(NotFound):
                await act(work, first.order_id)
        assert await views.exceptions(work) == rest
        (line, *_) = await views.board(work)
    assert (line.made, line.failed, line.outstanding) == (0, PEOPLE, 0)
    ended = await read(
        database, "SELECT status, reason FROM application WHERE application_id = %s", (first.application_id,)
    )
    assert ended == [("rejected", "production-failed")]
    assert (await read(database, "SELECT failed_stage FROM production_order WHERE status = 'given_up'")) == [
        ("制卡",)
    ]
    assert await said_by_audit(database, "production.given_up") == 1


async def test_who_dies_while_the_card_is_made_is_sent_nothing(database, sandbox):
    holders = await seed(database, PEOPLE)
    await order_and_write(database, sandbox.exchange)
    (dead, *_) = holders
    async with database.work(SYSTEM) as work:
        await record_deaths(work, {dead.person_id: work.today})
    await deliver_due(database, SUBSCRIPTIONS)
    assert (await statuses(database))[dead.application_id] == "in_production"
    answered(sandbox.exchange, 1)
    assert (await commands.take_returns(database, bureau_at(sandbox.exchange))).made == PEOPLE
    stands = (
        "SELECT status, reason, social, void_reason FROM application JOIN card USING (person_id, card_id)"
    )
    assert Counter(await read(database, stands)) == {
        ("rejected", "register-deceased", "void", "holder_died"): 1,
        ("made", None, "unopened", None): PEOPLE - 1,
    }


async def test_a_card_the_bureau_forgets_is_listed_and_then_ordered_again(database, sandbox, clock):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", lose=1.0)
    taken = await round_trip(database, sandbox)
    assert taken == ReturnCounts(files=1, receipts=1)
    clock.at += timedelta(days=9)
    async with database.work(SYSTEM) as work:
        waiting = await views.outstanding(work)
    assert len(waiting) == PEOPLE
    assert {one.age_days for one in waiting} == {9}
    assert await commands.lapse_due(database) == 0
    clock.at += timedelta(days=2)
    assert await commands.lapse_due(database) == PEOPLE
    assert await commands.lapse_due(database) == 0
    sandbox.faults("bureau")
    assert (await round_trip(database, sandbox, files=2)).made == PEOPLE
    # Now the first batch is answered after all, in a second file: there is a card too many of each.
    sandbox.faults("bureau")
    done = sandbox.exchange / "to-bureau" / "done"
    first = min(done.glob("P*"))
    first.rename(sandbox.exchange / "to-bureau" / first.name)
    answered(sandbox.exchange, 2)
    late = sandbox.exchange / "from-bureau" / f"R{first.name[1:].split('.')[0]}-1.zip.sbk2"
    assert late.exists()
    assert (
        await commands.take_returns(database, bureau_at(sandbox.exchange))
    ).refused == 1  # the name was used
    async with database.work(SYSTEM) as work:
        assert await views.outstanding(work) == []


async def test_a_batch_may_be_answered_in_several_files(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", return_files=4)
    taken = await round_trip(database, sandbox)
    assert (taken.files, taken.made) == (4, PEOPLE)
    async with database.work(SYSTEM) as work:
        (line,) = await views.board(work)
    assert (line.status, line.made, line.outstanding) == ("answered", PEOPLE, 0)


async def test_a_bureau_that_is_down_is_waited_for(database, sandbox):
    await seed(database, PEOPLE)
    sandbox.faults("bureau", down=True)
    await order_and_write(database, sandbox.exchange)
    assert await commands.take_returns(database, bureau_at(sandbox.exchange)) == ReturnCounts()
    sandbox.faults("bureau")
    answered(sandbox.exchange, 1)
    assert (await commands.take_returns(database, bureau_at(sandbox.exchange))).made == PEOPLE


async def test_killed_between_hand_over_and_commit_the_bureau_sees_the_batch_once(
    database, sandbox, monkeypatch
):
    await seed(database, PEOPLE)
    await commands.order_due(database)

    async def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_move", killed)
        with pytest.raises(KeyboardInterrupt):
            await commands.write_due(database, bureau_at(sandbox.exchange))
    answered(sandbox.exchange, 1)
    # The return lies there before we know that we ever wrote the file: it waits.
    assert (await commands.take_returns(database, bureau_at(sandbox.exchange))).waiting == 2
    written = await commands.write_due(database, bureau_at(sandbox.exchange))
    assert (written.files, written.cards) == (1, 0), "it was written before, and is handed over now"
    assert not list((sandbox.exchange / "to-bureau").glob("P*"))
    assert (await commands.take_returns(database, bureau_at(sandbox.exchange))).made == PEOPLE
    assert sandbox.stats("bureau")["calls"] == 1


async def test_a_folder_that_cannot_be_written_says_so_and_loses_nothing(database, tmp_path):
    await seed(database, 3)
    await commands.order_due(database)
    (tmp_path / "file").write_text("")
    with pytest.raises(ExchangeFolderUnusable) as refusal:
        await commands.write_due(database, bureau_at(tmp_path / "file"))
    assert "SHEBAOKA_BUREAU_DIR" in refusal.value.sentence()
    assert (await commands.write_due(database, bureau_at(tmp_path / "folder"))).cards == 3


async def test_a_card_whose_end_has_passed_meanwhile_holds_up_nobody(database, clock, sandbox):
    """Applied for at six, ordered at seven: valid as if applied for on the day of the order."""
    holders = await seed(database, 2)
    async with database.work(SYSTEM) as work:
        child = {"person_id": holders[0].person_id, "born": clock.at.date().replace(year=2012) + timedelta(3)}
        await work.run("UPDATE person SET birth_date = %(born)s WHERE person_id = %(person_id)s", child)
    clock.at += timedelta(days=8)
    _, written = await order_and_write(database, sandbox.exchange)
    assert written.cards == 2
    rows = await read(database, "SELECT issued_on, expires_on FROM production_order")
    assert all(issued_on < expires_on for issued_on, expires_on in rows)


async def test_ordered_again_after_its_end_a_card_keeps_its_day_of_issue(database, clock, sandbox):
    await seed(database, 1)
    await order_and_write(database, sandbox.exchange)
    (order,) = await read(database, "SELECT issued_on, expires_on FROM production_order")
    clock.at = clock.at.replace(year=order[1].year + 1)
    assert await commands.lapse_due(database) == 1
    assert (await commands.write_due(database, bureau_at(sandbox.exchange))).cards == 1
    assert set(await read(database, "SELECT issued_on, expires_on FROM production_order")) == {order}
