"""Benefits that are owed in a town, and ways to the pages about them."""

from __future__ import annotations

import json
from datetime import date

from tests.faces.api_town import BANK_A, BANK_B, COMMUNITY_A, Town, id_number, person

from shebaoka.banking.commands import note_told, take_answers
from shebaoka.banking.model import AccountAnswer, Document, Told
from shebaoka.benefits.payouts import commands, views
from shebaoka.benefits.payouts.model import end_to_end_id, item_number
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.records.iso20022 import report
from shebaoka.records.iso20022.model import Answer, Report
from shebaoka.registry.programme.views import load

OFFICER = "payout_officer"
SECOND = COMMUNITY_A
"""Where the second officer's account is: in the town every role has one account at a place."""
NUMBER = "9555000000000000007"


def rows(*numbers: int, amount: str = "3000.00", more: str = "") -> str:
    """Give a list of pensions, as JSON."""
    return json.dumps([
        {"benefit": "pension", "id_number": id_number(n), "name": person(n).name, "period": "2018-12", "amount": amount,
         "reference": f"P{n}{more}"}
        for n in numbers
    ])  # fmt: skip


async def account(town: Town, n: int, *, life: str = "active", bank: int = BANK_A) -> int:
    """Give somebody the account of a card, as its bank tells of it."""
    await town.people(person(n))
    person_id = await town.person_id(n)
    async with town.database.work(SYSTEM) as work:
        await take_answers(work, [AccountAnswer(person_id, 9_000 + n, bank, account_number=NUMBER)])
        await note_told(work, bank, [Told(9_000 + n, bank, life, 2, work.now)])  # type: ignore[arg-type]
    return person_id


async def owed(town: Town, *numbers: int, more: str = "") -> None:
    """Owe people a pension."""
    async with town.database.work(SYSTEM) as work:
        taken = await commands.take_items(work, "名单.json", rows(*numbers, more=more).encode())
    assert not taken.faults


async def drawn(town: Town, *numbers: int, more: str = "") -> int:
    """Give a run of pensions that waits for a second officer."""
    for n in numbers:
        await account(town, n)
    await owed(town, *numbers, more=more)
    async with town.database.work(SYSTEM) as work:
        found = await commands.draw(work, await load(work), "pension", date(2019, 1, 15))
    return found.run.run_id


async def rejected(town: Town, *numbers: int, more: str = "") -> list[str]:
    """Give the numbers of items whose payment a bank has rejected: the account is closed."""
    run_id = await drawn(town, *numbers, more=more)
    async with town.database.work(SYSTEM) as work:
        await commands.note_payer(work, "BOSC", "900100", "中心")
    async with town.database.work(Actor("system:another", 0, "system")) as work:
        await commands.approve(work, await load(work), run_id)
        await commands.write_run(work, await load(work), run_id)
    async with town.database.work(SYSTEM) as work:
        (file,) = await views.files(work, run_id)
        answers = [
            Answer(end_to_end_id(*one.key), "rejected", "AC04", "账户已销户")
            for one in await views.payments(work, run_id)
        ]
        told = Report(f"R{run_id}", work.now, file.message_id, None, tuple(answers))
        await commands.take_documents(work, BANK_A, [Document(f"R{run_id}", "pain.002", report.write(told))])
    async with town.database.work(SYSTEM) as work:
        await commands.work_documents(work, BANK_A, f"R{run_id}")
        found = await views.failed(work, most=200)
        return [item_number(item.person_id, item.item_id) for item, last in found if last.run_id == run_id]


async def differing(town: Town, *names: str) -> list[str]:
    """Give the numbers of differences: answers to files that are nobody's."""
    for name in names:
        async with town.database.work(SYSTEM) as work:
            told = Report(name, work.now, f"SBK{name}", Answer("", "accepted"), ())
            await commands.take_documents(work, BANK_B, [Document(name, "pain.002", report.write(told))])
        async with town.database.work(SYSTEM) as work:
            await commands.work_documents(work, BANK_B, name)
    async with town.database.work(SYSTEM) as work:
        by_document = {one.document_id: str(one.difference_id) for one in await views.differences(work)}
    return [by_document[name] for name in names]


async def one_run(web) -> str:
    return f"/staff/payouts/runs/{await drawn(web.town, 1, 2)}"


async def overview(web) -> str:
    await drawn(web.town, 1)
    await account(web.town, 2, life="opened")
    await owed(web.town, 2)
    return "/staff/payouts"


async def due(web) -> str:
    await overview(web)
    return "/staff/payouts/due?benefit=pension"


async def returned(web) -> str:
    await rejected(web.town, 1, 2)
    return "/staff/payouts/returned"


async def differences(web) -> str:
    await differing(web.town, "7", "8")
    return "/staff/payouts/differences"


LOOKS = {
    "/staff/payouts": (OFFICER, overview),
    "/staff/payouts/runs/{run_id}": (OFFICER, one_run),
    "/staff/payouts/due": (OFFICER, due),
    "/staff/payouts/returned": (OFFICER, returned),
    "/staff/payouts/differences": (OFFICER, differences),
}
