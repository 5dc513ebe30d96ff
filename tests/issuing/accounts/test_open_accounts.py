"""Opening accounts at the banks, through a real socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from town import Sandbox, Town, lives, person, request

from shebaoka.banking import views as banking
from shebaoka.issuing.accounts.commands import AccountsOpened, open_due
from shebaoka.issuing.applications import views
from shebaoka.issuing.applications.commands import apply_many, choose_bank, move_many, withdraw
from shebaoka.issuing.applications.errors import BankRefusedBefore
from shebaoka.issuing.applications.states import Action

Start = Callable[[list[str]], Sandbox]
BANKS = ("BOSC", "ICBC", "CCB")


async def ready(town: Town, count: int) -> list[tuple[int, int]]:
    """Bring applications, bank by bank in turn, to where the account is due."""
    people = [person(serial) for serial in range(1, count + 1)]
    await town.settle(*people)
    async with town.database.work(town.clerk) as work:
        asked = [request(one, bank=BANKS[place % 3]) for place, one in enumerate(people)]
        keys = [(one.person_id or 0, one.application_id or 0) for one in await apply_many(work, asked)]
        await move_many(work, keys, Action.VERIFY)
        assert await move_many(work, keys, Action.FIND_PHOTO) == count
    return keys


async def statuses(town: Town) -> dict[str, int]:
    return dict(await town.rows_of("SELECT status, count(*) FROM application GROUP BY 1"))  # type: ignore[arg-type]


async def test_each_bank_opens_its_own(town: Town, outside: Start) -> None:
    keys = await ready(town, 9)
    sandbox = outside([lives(person(1))])
    seen: list[int] = []
    assert await open_due(town.database, sandbox.partner("banks"), seen.append) == AccountsOpened(9, 0, 0)
    assert seen == [9]
    assert await statuses(town) == {"account_opened": 9}
    async with town.database.work(town.clerk) as work:
        found = await views.by_keys(work, keys)
        numbers = await banking.account_numbers(
            work, [(person_id, number, found[number].bank_id) for person_id, number in keys]
        )
    assert len(set(numbers.values())) == 9
    assert await open_due(town.database, sandbox.partner("banks")) == AccountsOpened()


async def test_a_bank_that_is_down_holds_up_only_its_own(town: Town, outside: Start) -> None:
    await ready(town, 9)
    sandbox = outside([lives(person(1))])
    await sandbox.faults("bank:ICBC", down=True)
    done = await open_due(town.database, sandbox.partner("banks"))
    assert (done.opened, done.unanswered, list(done.banks_down)) == (6, 3, ["ICBC"])
    assert await statuses(town) == {"account_opened": 6, "photo_ready": 3}
    await sandbox.mend()
    assert await open_due(town.database, sandbox.partner("banks")) == AccountsOpened(3, 0, 0)


async def test_after_a_refusal_another_bank(town: Town, outside: Start) -> None:
    (_, number), *_ = await ready(town, 1)
    sandbox = outside([lives(person(1))])
    await sandbox.faults("bank", refuse=1.0)
    assert await open_due(town.database, sandbox.partner("banks")) == AccountsOpened(0, 1, 0)
    async with town.database.work(town.actor("CENTRE")) as work:
        refused = await views.by_id(work, number)
        assert (refused.status, (refused.reason or "")[:2]) == ("bank_refused", "B0")
        await choose_bank(work, number, "ICBC")
    assert (await open_due(town.database, sandbox.partner("banks"))).refused == 1
    async with town.database.work(town.actor("CENTRE")) as work:
        for bank in ("BOSC", "ICBC"):
            with pytest.raises(BankRefusedBefore):
                await choose_bank(work, number, bank)
        await choose_bank(work, number, "CCB")
    await sandbox.mend()
    assert await open_due(town.database, sandbox.partner("banks")) == AccountsOpened(1, 0, 0)
    async with town.database.work(town.actor("CENTRE")) as work:
        assert (await views.by_id(work, number)).reason is None


async def test_lost_and_double_answers(town: Town, outside: Start) -> None:
    await ready(town, 60)
    sandbox = outside([lives(person(1))])
    await sandbox.faults("bank", lose=0.5, duplicate=0.5)
    first = await open_due(town.database, sandbox.partner("banks"))
    assert 0 < first.opened < 60
    second = await open_due(town.database, sandbox.partner("banks"))
    assert (first.unanswered, second) == (second.opened, AccountsOpened(60 - first.opened, 0, 0))
    assert await town.rows_of("SELECT count(*) FROM bank_account") == [(60,)]


async def test_an_account_is_kept_though_the_applicant_withdrew(town: Town, outside: Start) -> None:
    (key,) = await ready(town, 1)
    banks = outside([lives(person(1))]).partner("banks")
    ask = banks.batch

    async def slow(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        async with town.database.work(town.actor("CENTRE")) as work:
            await withdraw(work, key[1])
        return answers

    banks.batch = slow  # type: ignore[method-assign]
    assert (await open_due(town.database, banks)).opened == 0
    assert await statuses(town) == {"withdrawn": 1}
    assert await town.rows_of("SELECT status FROM bank_account") == [("open",)]


async def test_a_late_answer_says_nothing_about_the_bank_chosen_since(town: Town, outside: Start) -> None:
    ((_, number),) = await ready(town, 1)
    sandbox = outside([lives(person(1))])
    await sandbox.faults("bank", refuse=1.0)
    banks = sandbox.partner("banks")
    ask = banks.batch

    async def slow(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        # Meanwhile another process is told the same refusal, and the applicant goes on with another bank.
        assert (await open_due(town.database, sandbox.partner("banks"))).refused == 1
        async with town.database.work(town.actor("CENTRE")) as work:
            await choose_bank(work, number, "ICBC")
        return answers

    banks.batch = slow  # type: ignore[method-assign]
    assert await open_due(town.database, banks) == AccountsOpened()
    assert await statuses(town) == {"photo_ready": 1}
