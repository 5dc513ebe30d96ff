"""Whatever is lost, repeated, reordered or killed: in the end everybody has been paid once, to the fen."""

from __future__ import annotations

import os
import random
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.benefits.payouts.payout_town import APPROVES, BANKS, DRAWS, PAYERS, Town, line, noon, together

from shebaoka.banking.model import Document
from shebaoka.benefits.payouts import commands, views
from shebaoka.benefits.payouts.model import end_to_end_id
from shebaoka.benefits.payouts.running import pay_due
from shebaoka.kit import partners
from shebaoka.records.iso20022 import report, statement
from shebaoka.records.iso20022.model import Answer, Detail, Movement, Report, Statement

SEEDS = range(int(os.environ.get("SHEBAOKA_TEST_SEEDS", "5")))
PEOPLE = 5


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """A database, or a bank, whose user dies at a seeded moment: before a transaction commits, or just after it."""

    def __init__(self, thing, chance: random.Random, share: float):
        self.thing, self.chance, self.share = thing, chance, share

    def __getattr__(self, name):
        return getattr(self.thing, name)

    def dies(self) -> None:
        if self.chance.random() < self.share:
            raise Killed

    @asynccontextmanager
    async def work(self, actor, **more):
        async with self.thing.work(actor, **more) as work:
            yield work
            self.dies()
        self.dies()

    async def post(self, path, document, **more):
        self.dies()
        answer = await self.thing.post(path, document, **more)
        self.dies()
        return answer


async def run_step(town, chance, share):
    try:
        await pay_due(Mortal(town.database, chance, share), Mortal(town.banking.partner, chance, share))
    except Killed:
        return


async def work_off(town):
    for item, _ in await town.act(views.failed):
        await town.act(commands.repay, item.person_id, item.item_id, "再发", same_account=True, actor=DRAWS)


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_is_paid_once_in_the_end(database, clock, tmp_path, monkeypatch, seed):
    monkeypatch.setattr(partners, "FIRST_WAIT_SECONDS", 0)
    chance = random.Random(seed)
    clock.at = noon("2019-01-10")
    town = Town(database, clock, tmp_path, seed)
    await town.begin(PEOPLE)
    cards = {n: await town.card(n, chance.choice(list(BANKS))) for n in range(PEOPLE)}
    await town.mirror()
    owed = dict.fromkeys(range(PEOPLE), 0)
    for turn in range(4):
        for code in BANKS:
            town.banking.switch(
                f"bank:{code}", lose=chance.random() / 2, duplicate=chance.random() / 2, reorder=chance.random(),
                returned=chance.random() / 2, refuse=chance.random() / 3, down=chance.random() < 0.2,
                wrong_total=chance.random() < 0.2,
            )  # fmt: skip
        fen = [chance.randrange(1, 10_000) for _ in range(PEOPLE)]
        await town.owe(*(line(n, f"{fen[n] / 100:.2f}", more=f"-{turn}") for n in range(PEOPLE)))
        for n in range(PEOPLE):
            owed[n] += fen[n]
        await town.run_all()
        await together(*(run_step(town, chance, 0.1) for _ in range(chance.choice((1, 2)))))
        if chance.random() < 0.5:
            await work_off(town)
        await town.later()
    for code in BANKS:
        town.banking.switch(f"bank:{code}")
    for _ in range(8):
        await town.pay()
        await work_off(town)
        await town.run_all()
        await town.later()
    paid = {
        n: sum(town.banking.money(code, town.accounts[card]) for code in BANKS) for n, card in cards.items()
    }
    assert paid == owed, f"seed {seed}"
    stands = [status for n in range(PEOPLE) for status, _ in await town.statuses(n)]
    assert set(stands) == {"paid"}
    await town.adds_up()
    kinds = {one.kind for one in await town.act(views.differences)}
    assert kinds <= {"unknown"}, "only the funding of our accounts has no payment of ours"
    await town.banking.close()


async def drawn_file(town):
    """Give a run of two payments at a bank that says nothing by itself, and the numbers that it knows them by."""
    await town.card(0)
    await town.card(1)
    await town.mirror()
    await town.owe(line(0, "30.00"), line(1, "12.00"))
    run = await town.run()
    await town.pay()
    payments = await town.act(views.payments, run.run_id)
    files = await town.act(views.files, run.run_id)
    return payments, files[0]


def said(kind, name, content) -> Document:
    return Document(name, kind, content)


async def hear(town, bank, *documents):
    await town.act(commands.take_documents, town.bank_ids[bank], documents)
    for one in documents:
        await town.act(commands.work_documents, town.bank_ids[bank], one.document_id)


async def test_what_a_bank_says_against_itself_is_listed_and_books_nothing(town):
    payments, file = await drawn_file(town)
    number = end_to_end_id(*payments[0].key)
    now = town.clock.at
    late = Report(
        "R9",
        now,
        file.message_id,
        None,
        (Answer(number, "rejected", "AC04", "x"), Answer("S-1-1", "accepted")),
    )
    foreign = Report("R8", now, "SBK1", None, ())
    await hear(
        town,
        "BOSC",
        said("pain.002", "R9", report.write(late)),
        said("pain.002", "R8", report.write(foreign)),
    )
    # Booked already: a rejection now contradicts it, and the item is not paid again by itself.
    assert [one.kind for one in await town.act(views.differences)][-3:] == [
        "unknown",
        "contradiction",
        "unknown",
    ]
    assert await town.statuses(0) == [("paid", ["booked"])]
    closing = town.banking.money("BOSC", PAYERS["BOSC"])
    nth = {row.bank_id: row.next_sequence for row in await town.act(views.payers)}[town.bank_ids["BOSC"]]

    def told(*movements, sequence=nth, opening=closing):
        moved = sum(one.amount_fen if one.direction == "credit" else -one.amount_fen for one in movements)
        return Statement(f"X{sequence}", sequence, now, PAYERS["BOSC"], opening, opening + moved, movements)

    twice = Movement("N1", 3000, "debit", now.date(), "payout", (Detail(number, 3000),))
    wrong = Movement(
        "N2", 1199, "credit", now.date(), "return", (Detail(end_to_end_id(*payments[1].key), 1199),)
    )
    strange = Movement("N3", 5, "credit", now.date(), "return", (Detail("NOTPROVIDED", 5),))
    first, second = told(twice), told(wrong, strange, sequence=nth + 1, opening=closing - 3000)
    # The later statement comes first: it waits for the one before it, then both are taken.
    await hear(town, "BOSC", said("camt.053", "S2", statement.write(second)))
    assert {row.bank_id: row.next_sequence for row in await town.act(views.payers)}[
        town.bank_ids["BOSC"]
    ] == nth
    await hear(
        town,
        "BOSC",
        said("camt.053", "S1", statement.write(first)),
        said("camt.053", "S2", statement.write(second)),
    )
    kinds = [(one.kind, one.document_id) for one in await town.act(views.differences)]
    assert kinds[-3:] == [("contradiction", "S1"), ("amount_differs", "S2"), ("unknown", "S2")]
    # A statement that does not open where the last one closed, or another under a number that was taken, moves nothing.
    gap = told(sequence=nth + 2, opening=1)
    other = replace(first, statement_id="other")
    before = await town.act(views.payers)
    await hear(town, "BOSC", said("camt.053", "S3", statement.write(gap)), said("camt.053", "S4", statement.write(other)),
               said("camt.053", "S5", b"<x/>"), said("pain.002", "S6", b"<!DOCTYPE a><a/>"))  # fmt: skip
    assert await town.act(views.payers) == before
    refused = await town.act(views.refused_documents)
    assert {one["document_id"] for one in refused} == {"S3", "S5", "S6"}
    assert (await town.act(views.differences))[-1].document_id == "S4"
    check = await town.act(views.check)
    assert check.good
    difference = (await town.act(views.differences))[-1]
    await town.act(commands.close_difference, difference.difference_id, "银行已确认为误报", actor=APPROVES)
    assert difference.difference_id not in {one.difference_id for one in await town.act(views.differences)}


async def test_what_comes_back_comes_back_once(town):
    payments, _ = await drawn_file(town)
    assert {one.status for one in payments} == {"booked"}
    nth = {row.bank_id: (row.next_sequence, row.balance_fen) for row in await town.act(views.payers)}[
        town.bank_ids["BOSC"]
    ]
    back = Movement(
        "N",
        3000,
        "credit",
        town.clock.at.date(),
        "return",
        (Detail(end_to_end_id(*payments[0].key), 3000, "", "AC04", "x"),),
    )
    told = Statement("X", nth[0], town.clock.at, PAYERS["BOSC"], nth[1], nth[1] + 3000, (back,))
    document = said("camt.053", "X", statement.write(told))
    await hear(town, "BOSC", document, document)
    assert await town.statuses(0) == [("failed", ["returned"])]
    assert (await town.act(views.check)).good


async def test_two_who_draw_or_approve_at_once_do_it_once(town):
    await town.card(0)
    await town.mirror()
    await town.owe(*(line(0, "1.00", more=f"-{n}") for n in range(20)))
    drawn = [
        one for one in await together(*(town.draw() for _ in range(4))) if not isinstance(one, Exception)
    ]
    assert sum(one.run.payments for one in drawn) == 20
    approved = await together(*(town.approve(one.run) for one in drawn for _ in range(3)))
    assert sum(not isinstance(one, Exception) for one in approved) == len(drawn)
    await together(*(town.pay() for _ in range(3)))
    await town.pay()
    assert {status for status, _ in await town.statuses(0)} == {"paid"}
    assert town.banking.money("BOSC", town.accounts[1]) == 2_000
    await town.adds_up()


async def test_a_statement_that_is_missing_is_listed_once_while_later_ones_wait(town):
    await drawn_file(town)
    nth = {row.bank_id: row.next_sequence for row in await town.act(views.payers)}[town.bank_ids["BOSC"]]
    later = Statement("L", nth + 5, town.clock.at, PAYERS["BOSC"], 0, 0, ())
    await hear(town, "BOSC", said("camt.053", "L", statement.write(later)))
    for _ in range(2):
        await town.pay()
        gaps = [one for one in await town.act(views.differences) if one.kind == "gap"]
        assert [(one.number, one.document_id) for one in gaps] == [(str(nth), "L")]
