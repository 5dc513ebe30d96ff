"""Returns written by hand: what the sandbox's bureau never does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.issuing.production.handmade import PEOPLE
from tests.issuing.seeding import read, statuses

from shebaoka.issuing.production import commands, views
from shebaoka.issuing.production.errors import RecordsMoved
from shebaoka.issuing.production.model import ReturnCounts
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.sm2 import SecretKey


async def test_the_production_file_says_what_the_bureau_needs(batch):
    record = batch.production.records[1]
    assert (record.name, record.sex, record.bank) == ("李1", "女", "中国工商银行")
    assert len(record.account_number) == 19
    assert record.application_kind == "换发"
    assert [one.photo != "" for one in batch.production.records] == [False, True, True, True]


async def test_the_same_file_twice_is_taken_once(batch):
    name = batch.answer(batch.lines)
    assert (await batch.take()).made == PEOPLE
    batch.answer(batch.lines)  # sealed anew: other bytes, the same answer
    assert await batch.take() == ReturnCounts(already=1)
    batch.answer(batch.lines, name=f"R{batch.batch_id}-7.zip.sbk2")
    assert await batch.take() == ReturnCounts(already=1)
    assert (batch.folder / "from-bureau" / "done" / name).exists()


async def test_the_same_name_with_another_content_is_refused(batch):
    batch.answer(batch.lines[:2])
    assert (await batch.take()).made == 2
    name = batch.answer(batch.lines[2:])
    assert await batch.take() == ReturnCounts(refused=1, differences=1)
    assert batch.refused() == [name, f"{name}.txt"]
    batch.answer(batch.lines[2:], name=f"R{batch.batch_id}-2.zip.sbk2")
    assert (await batch.take()).made == 2


async def test_a_card_answered_in_an_earlier_file_is_repeated(batch):
    batch.answer(batch.lines[:3])
    await batch.take()
    batch.answer(batch.lines[2:], name=f"R{batch.batch_id}-2.zip.sbk2")
    taken = await batch.take()
    assert (taken.made, taken.differences) == (1, 1)
    assert [kind for kind, _ in await batch.kinds()] == ["repeated"]


@pytest.mark.parametrize(("change", "column"), [
    ({"name": "王五"}, "姓名"),
    ({"social_security_number": "100000199001010019"}, "社会保障号码"),
    ({"valid_until": None}, "卡有效期"),
    ({"bank": "别的银行"}, "服务银行"),
    ({"account_number": "1"}, "银行账号"),
])  # fmt: skip
async def test_a_line_that_differs_is_not_accepted(batch, change, column):
    batch.answer([replace(batch.lines[0], **change), *batch.lines[1:]])
    taken = await batch.take()
    assert (taken.made, taken.differences) == (PEOPLE - 1, 1)
    ((kind, detail),) = await batch.kinds()
    assert kind == "content_differs"
    assert column in detail
    assert sorted((await statuses(batch.database)).values()) == ["in_production"] + ["made"] * (PEOPLE - 1)


async def test_a_line_that_differs_by_its_date_of_issue(batch):
    line = batch.lines[0]
    batch.answer([replace(line, issued_on=line.issued_on.replace(day=1))])
    await batch.take()
    assert await batch.kinds() == [("content_differs", "发卡日期")]


async def test_a_broken_seal_is_refused(batch):
    name = batch.answer(batch.lines, key=SecretKey.new())
    assert await batch.take() == ReturnCounts(refused=1, differences=1)
    assert "签名" in (batch.folder / "from-bureau" / "refused" / f"{name}.txt").read_text("utf-8")


async def test_a_changed_byte_is_refused(batch):
    name = batch.answer(batch.lines)
    path = batch.folder / "from-bureau" / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert (await batch.take()).refused == 1


@pytest.mark.parametrize("name", ["R1-1.zip.sbk2", f"R{2**70}-1.zip.sbk2", "list.csv", "R-1-1.zip.sbk2"])
async def test_what_answers_nothing_of_ours_is_refused(batch, name):
    batch.answer(batch.lines, name=name)
    assert await batch.take() == ReturnCounts(refused=1, differences=1)
    assert await read(batch.database, "SELECT count(*) FROM card WHERE generation = 'new'") == [(0,)]


async def test_a_file_refused_twice_overwrites_nothing(batch):
    for content in (b"one", b"two"):
        batch.send(content)
        await batch.take()
    name = f"R{batch.batch_id}-1.zip.sbk2"
    assert batch.refused() == [name, f"{name}.2", f"{name}.2.txt", f"{name}.txt"]
    assert len(await batch.kinds()) == 2


async def test_an_unfinished_file_is_left_alone(batch):
    (batch.folder / "from-bureau" / f".R{batch.batch_id}-1.zip.sbk2").write_bytes(b"SBK2")
    assert await batch.take() == ReturnCounts()


async def test_a_batch_the_bureau_could_not_use_is_ordered_again(batch):
    batch.send("压缩包不能读取".encode(), name=f"R{batch.batch_id}-error.txt.sbk2")
    taken = await batch.take()
    assert taken == ReturnCounts(files=1, failed=PEOPLE, reordered=PEOPLE)
    rows = await read(
        batch.database,
        "SELECT failed_reason, count(*) FROM production_order WHERE status = 'failed' GROUP BY 1",
    )
    assert rows == [("压缩包不能读取", PEOPLE)]
    async with batch.database.work(SYSTEM) as work:
        assert [line.status for line in await views.board(work)] == ["open", "answered"]


async def test_a_card_given_up_and_answered_late_is_told_apart(batch, clock):
    assert await commands.lapse_due(batch.database, unanswered_days=-1) == PEOPLE
    batch.answer(batch.lines)
    taken = await batch.take()
    assert (taken.made, taken.differences) == (0, PEOPLE)
    assert {kind for kind, _ in await batch.kinds()} == {"late"}


async def test_a_person_renamed_meanwhile_is_held_against_what_was_sent(batch):
    await read(batch.database, "UPDATE person SET name_digest = ''")
    batch.answer(batch.lines)
    assert (await batch.take()).made == PEOPLE


async def test_nothing_of_a_file_is_taken_when_the_application_has_moved(batch):
    await read(
        batch.database,
        "UPDATE application SET status = 'withdrawn' WHERE application_id = (SELECT min(application_id) FROM application)",
    )
    batch.answer(batch.lines)
    with pytest.raises(RecordsMoved, match="applications were not in production"):
        await batch.take()
    assert await read(batch.database, "SELECT count(*) FROM card WHERE generation = 'new'") == [(0,)]
    assert list((batch.folder / "from-bureau").glob("R*"))


async def test_two_processes_take_a_file_once(batch):
    batch.answer(batch.lines[:2])
    batch.answer(batch.lines[2:], name=f"R{batch.batch_id}-2.zip.sbk2")
    both = await asyncio.gather(batch.take(), batch.take())
    assert sum(one.made for one in both) == PEOPLE
    assert set((await statuses(batch.database)).values()) == {"made"}


async def test_a_file_that_is_stuck_holds_up_no_other(batch):
    first, second = batch.lines[:2]
    withdraw = (
        "UPDATE application SET status = 'withdrawn' FROM production_order o"
        " WHERE o.person_id = application.person_id AND o.card_number = %s"
    )
    await read(batch.database, withdraw, (first.card_number,))
    batch.answer([first])
    batch.answer([second], name=f"R{batch.batch_id}-2.zip.sbk2")
    with pytest.raises(RecordsMoved):
        await batch.take()
    assert sorted((await statuses(batch.database)).values()) == ["in_production"] * 2 + ["made", "withdrawn"]
