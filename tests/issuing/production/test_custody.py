"""Counts, hashes and custody at each hand-over; what does not fit stops the batch; keys and spoiled blanks are counted."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from structlog.testing import capture_logs
from tests.issuing.making import RING, bureau_at, failed, statement
from tests.issuing.production.handmade import PEOPLE
from tests.issuing.seeding import read, seed, statuses

from shebaoka.chip.versions import SM4
from shebaoka.issuing.production import commands, views
from shebaoka.issuing.production.errors import ProductionFileLost
from shebaoka.issuing.production.exchange import Exchange
from shebaoka.issuing.production.model import ReturnCounts
from shebaoka.keys.errors import CardKeysClosed
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.sm import sm3


async def act(database, command, *arguments):
    async with database.work(SYSTEM) as work:
        return await command(work, *arguments)


async def test_each_hand_over_is_counted_and_hashed(batch):
    batch.answer(batch.lines)
    assert (await batch.take()).made == PEOPLE
    custody = await batch.custody()
    assert [(one.step, one.cards, one.actor) for one in custody] == [
        ("written", PEOPLE, "system:shebaoka"), ("handed", PEOPLE, "system:shebaoka"), ("taken", PEOPLE, "bureau"),
        ("returned", PEOPLE, "bureau"), ("accepted", PEOPLE, "system:shebaoka"),
    ]  # fmt: skip
    sealed = sm3(batch.path.read_bytes())
    assert [one.digest for one in custody[:2]] == [sealed, sealed]
    done = Exchange(batch.folder).done_here
    assert [one.digest for one in custody[2:4]] == [
        sm3((done / name).read_bytes()) for name in (f"A{batch.batch_id}.csv.sbk2", f"R{batch.batch_id}-1.zip.sbk2")
    ]  # fmt: skip
    assert custody[2].said_at is not None
    line = await batch.line()
    assert (line.status, line.keys.status, line.keys.used) == ("answered", "destroyed", PEOPLE)


async def test_nobody_rewrites_the_custody(batch):
    for statement_ in ("UPDATE batch_custody SET cards = 1", "DELETE FROM batch_custody"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await read(batch.database, statement_)


async def test_a_return_waits_for_its_receipt(handed):
    handed.answer(handed.lines)
    assert await handed.take() == ReturnCounts(waiting=1)
    assert (await handed.line()).status == "handed"
    handed.send_receipt()
    assert (await handed.take()).made == PEOPLE


@pytest.mark.parametrize(
    ("told", "said"), [({"cards": PEOPLE - 1}, f"张数 {PEOPLE - 1} ≠ {PEOPLE}"), ({"digest": "0" * 64}, "SM3"), ({"file_name": "P1.zip.sbk2"}, "文件")],
)  # fmt: skip
async def test_a_receipt_that_does_not_fit_stops_the_batch_until_somebody_lets_it_go_on(handed, told, said):
    handed.send_receipt(**told)
    handed.answer(handed.lines)
    assert await handed.take() == ReturnCounts(receipts=1, differences=1, held=1, waiting=1)
    ((kind, detail),) = await handed.kinds()
    assert (kind, said in detail) == ("receipt_differs", True)
    assert (await handed.line()).status == "held"
    assert await commands.lapse_due(handed.database, unanswered_days=-1) == 0, "a person looks first"
    assert (await handed.take()).waiting == 1
    await act(handed.database, commands.release, handed.batch_id, "已重新点数")
    assert (await handed.take()).made == PEOPLE
    custody = await handed.custody()
    assert [one.step for one in custody[2:5]] == ["taken", "held", "released"]
    assert said in custody[3].note
    assert custody[4].note == "已重新点数"
    with pytest.raises(TransitionRefused):
        await act(handed.database, commands.release, handed.batch_id, "again")
    with pytest.raises(NotFound):
        await act(handed.database, commands.release, 1, "nothing")


async def test_the_same_receipt_again_says_nothing_new_and_another_stops_the_batch(batch):
    batch.send_receipt()  # sealed anew after a kill: other bytes, the same word
    assert await batch.take() == ReturnCounts(already=1)
    batch.send_receipt(cards=PEOPLE + 1)
    assert (await batch.take()).held == 1
    assert (await batch.line()).status == "held"


@pytest.mark.parametrize(
    ("told", "said"), [({"made": PEOPLE + 1}, "制成"), ({"lines": 1}, "行数"), ({"spoiled": 1}, "废坯"), ({"key_uses": 0}, "密钥使用次数")],
)  # fmt: skip
async def test_a_statement_that_is_not_the_sum_of_its_lines_stops_the_batch(batch, told, said):
    batch.answer(batch.lines, replace(statement(batch.batch_id, batch.lines), **told))
    assert await batch.take() == ReturnCounts(waiting=1, differences=1, held=1)
    ((kind, detail),) = await batch.kinds()
    assert (kind, said in detail) == ("statement_differs", True)
    assert set((await statuses(batch.database)).values()) == {"in_production"}
    await act(batch.database, commands.release, batch.batch_id, "按明细为准")
    assert (await batch.take()).made == PEOPLE


async def test_a_count_in_the_seal_that_is_not_the_lines_stops_the_batch(batch):
    batch.answer(batch.lines, items=PEOPLE - 1)
    assert (await batch.take()).held == 1


async def test_a_batch_that_is_called_off_is_ordered_again_and_what_comes_late_is_told(handed):
    handed.send_receipt(cards=0)
    await handed.take()
    assert await act(handed.database, commands.call_off, handed.batch_id, "对方已销毁") == PEOPLE
    with pytest.raises(TransitionRefused):
        await act(handed.database, commands.call_off, handed.batch_id, "again")
    handed.answer(handed.lines)
    taken = await handed.take()
    assert (taken.made, taken.differences) == (0, PEOPLE)
    assert [kind for kind, _ in await handed.kinds()].count("late") == PEOPLE
    async with handed.database.work(SYSTEM) as work:
        assert [line.status for line in await views.board(work)] == ["open", "called_off"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"digest": "0" * 64}, "读回摘要"),
        ({"reset_code": "00814A44468660310000000099"}, "卡识别码"),
        ({"reset_code": "00814A44468660440000000001"}, "卡复位码"),
        ({"reset_code": "00" * 13}, "卡复位码"),
        ({"chip_id": "0" * 32}, "卡识别码"),
    ],
)
async def test_a_card_whose_chip_is_not_as_ordered_does_not_count(batch, change, column):
    batch.answer([replace(batch.lines[0], **change), *batch.lines[1:]])
    taken = await batch.take()
    assert (taken.made, taken.differences) == (PEOPLE - 1, 1)
    ((kind, detail),) = await batch.kinds()
    assert (kind, column in detail) == ("chip_differs", True)
    # Mended, the bureau sends it in its next file.
    batch.answer(batch.lines[:1], name=f"R{batch.batch_id}-2.zip.sbk2")
    assert (await batch.take()).made == 1


async def test_a_code_of_another_division_or_with_another_mac_is_none(batch):
    code = bytes.fromhex(batch.lines[0].chip_id)
    factor = bytes.fromhex(batch.lines[0].reset_code)[-8:]
    foreign = bytes.fromhex("310101") + code[3:12]
    codes = [code[:12] + b"\0\0\0\0", foreign + RING.code_mac(SM4, factor, foreign)]
    batch.answer([replace(batch.lines[n], chip_id=codes[n].hex().upper()) for n in range(2)])
    assert (await batch.take()).differences == 2


async def test_a_chip_is_one_card_s_in_a_file_and_for_good(batch):
    copied = replace(batch.lines[1], chip_id=batch.lines[0].chip_id, reset_code=batch.lines[0].reset_code)
    batch.answer([batch.lines[0], copied])
    taken = await batch.take()
    assert (taken.made, taken.differences) == (1, 1)
    batch.answer([copied], name=f"R{batch.batch_id}-2.zip.sbk2")
    assert (await batch.take()).differences == 1
    assert [kind for kind, _ in await batch.kinds()] == ["chip_differs"] * 2


async def test_spoiled_blanks_and_uses_of_keys_are_counted_by_batch(batch):
    spoilt = [replace(batch.lines[0], spoiled=2), *batch.lines[1:3], failed(batch.lines[3])]
    batch.answer(spoilt[:2], statement(batch.batch_id, spoilt[:2], destroyed_at=None))
    await batch.take()
    assert (await batch.line()).keys.status == "outstanding", "they are out until the bureau says otherwise"
    batch.answer(spoilt[2:], name=f"R{batch.batch_id}-2.zip.sbk2")
    with capture_logs() as logs:
        await batch.take()
    line = await batch.line()
    assert (line.made, line.failed, line.spoiled) == (3, 1, 5)
    assert (line.keys.status, line.keys.used) == ("overused", 8), "five blanks too many for four cards"
    assert "keys.overused" in [one["event"] for one in logs]


async def test_an_unusable_file_leaves_no_keys_out(batch):
    batch.send("密钥不能使用".encode(), name=f"R{batch.batch_id}-error.txt.sbk2", items=0)
    assert (await batch.take()).failed == PEOPLE
    line = await batch.line()
    assert (line.keys.status, line.keys.used) == ("destroyed", 0)


async def test_without_card_keys_nothing_is_written_and_nothing_is_lost(database, tmp_path):
    await seed(database, PEOPLE)
    await commands.order_due(database)
    closed = bureau_at(tmp_path)
    store = type(closed.keys.store)()
    store.held.clear()
    with pytest.raises(CardKeysClosed):
        await commands.write_due(database, replace(closed, keys=type(closed.keys)(store, "3100")))
    assert not [path for path in (tmp_path / "to-bureau").iterdir() if path.is_file()]
    assert (await commands.write_due(database, bureau_at(tmp_path))).cards == PEOPLE


async def test_a_file_that_was_changed_before_its_hand_over_is_not_handed_over(
    database, tmp_path, monkeypatch
):
    await seed(database, PEOPLE)
    await commands.order_due(database)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Exchange, "hand", killed)
        with pytest.raises(KeyboardInterrupt):
            await commands.write_due(database, bureau_at(tmp_path))
    (ready,) = (tmp_path / "to-bureau").glob(".P*")
    content = ready.read_bytes()
    for broken in (content[:-1], None):
        ready.write_bytes(broken) if broken else ready.unlink()
        with pytest.raises(ProductionFileLost):
            await commands.write_due(database, bureau_at(tmp_path))
    ((batch_id, status),) = await read(database, "SELECT batch_id, status FROM production_batch")
    assert status == "written"
    assert await act(database, commands.call_off, batch_id, "文件已不可恢复") == PEOPLE
    assert (await commands.write_due(database, bureau_at(tmp_path))).files == 1
    used = await read(database, "SELECT status, used FROM card_key_hand_out ORDER BY batch_id")
    assert used == [("destroyed", 0), ("outstanding", None)]


async def test_who_can_be_neither_printed_nor_written_holds_up_nobody(database, tmp_path):
    holders = await seed(database, 6, picture=b"no picture")
    await commands.order_due(database)
    written = await commands.write_due(database, bureau_at(tmp_path))
    # Of six, two have no photo: they alone can be made.
    assert (written.cards, written.unfit) == (2, 4)
    (path,) = (tmp_path / "to-bureau").glob("P*")
    async with database.work(SYSTEM) as work:
        exceptions = await views.exceptions(work)
        line = await views.line(work, int(path.name[1:].partition(".")[0]))
    assert {(one.failed_stage, one.attempt) for one in exceptions} == {("数据", 1)}
    assert all(holders[0].name not in one.failed_reason for one in exceptions)
    assert (line.cards, line.failed, line.outstanding) == (6, 4, 2)
    assert [one.cards for one in (await act(database, views.batch, line.batch_id)).custody] == [2, 2]


async def test_a_batch_of_which_nothing_can_be_made_is_over(database, tmp_path):
    await seed(database, 2, picture=b"no picture")
    await read(database, "UPDATE application SET status = 'withdrawn' WHERE photo_id IS NULL RETURNING 1")
    await commands.order_due(database)
    assert (await commands.write_due(database, bureau_at(tmp_path))).unfit == 1
    assert await read(database, "SELECT status FROM production_batch") == [("answered",)]
    assert not list((tmp_path / "to-bureau").glob("*P*"))
    assert await read(database, "SELECT count(*) FROM card_key_hand_out") == [(0,)]


async def test_what_the_file_says_of_the_batch(batch):
    told = batch.production.batch
    assert (told.cards, told.issuer_name, told.division, told.issuer, told.version, told.pin) == (
        PEOPLE, "制卡中心", "310000", "310000000000", "3.00", "123456",
    )  # fmt: skip
    assert all(len(picture) <= 3_072 for picture in batch.production.chip_photos.values())
    assert batch.production.photos.keys() == batch.production.chip_photos.keys()
    sealed = batch.path.read_bytes()
    for record in batch.production.records:
        assert record.name.encode() not in sealed
        assert record.social_security_number.encode() not in sealed


async def test_a_file_named_for_another_batch_is_refused(batch):
    batch.answer(batch.lines, statement(7, batch.lines))
    assert (await batch.take()).refused == 1
