"""A terminal that lost the network says what the list at hand says of the card in its reader, and that it is too old to go by."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.records.test_status_list import BASE_HEAD, KEY
from tests.terminal.people import card
from tests.terminal.test_commands import card_command
from tests.terminal.test_reader_service import opened, page

from shebaoka.chip.reading import about, begin
from shebaoka.cli.held_list import HeldList
from shebaoka.kit.settings import Settings
from shebaoka.kit.sm import sm3
from shebaoka.records.status_list import Sections, StatusListUnreadable, Version, digest, fingerprint, write
from shebaoka_sandbox.card.answering import answer

CITY, NUMBER = "9999", "A00000017"
PUBLIC = KEY.public.to_bytes().hex()


def files(folder, made_at, *, void=(), epoch=1, before=None):
    """Write a base of a moment, or what follows another file."""
    head = replace(BASE_HEAD, city=CITY, version=Version(epoch, 0), made_at=made_at, old_void_from=None)
    if before:
        head = replace(head, version=Version(epoch, 1), before=sm3(before))
    raw = write(head, Sections.of([fingerprint(digest(head.salt, one.encode())) for one in void], {}), KEY)
    folder.mkdir(exist_ok=True)
    (folder / f"{epoch:06}-{head.version.sequence:04}.sbklist").write_bytes(raw)
    return raw


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setenv("SHEBAOKA_DIVISION_CODE", "999900")
    return datetime.now(UTC).replace(microsecond=0)


def read(folder, *more):
    return card_command("read", "--status-list", folder, "--list-key", PUBLIC, *more)


def test_a_card_is_read_with_what_the_list_says_of_it(readers, tmp_path, now):
    readers.insert(card(3))
    base = files(tmp_path / "list", now)
    told = json.loads(read(tmp_path / "list", "--json").stdout_bytes)["status_list"]
    assert (told["listed"], told["stale"]) == ("not_listed", False)
    files(tmp_path / "list", now, void=[NUMBER], before=base)
    said = read(tmp_path / "list")
    assert "状态名单：此卡已作废" in said.stdout
    assert "不得因此拒绝诊治" in said.stdout
    line = read(tmp_path / "list", "--format", "icardbas")
    assert line.stdout_bytes.count(b"|") == 11
    assert "此卡已作废" in line.stderr
    # A newer base, and old: it says so with every card, whatever else it says.
    files(tmp_path / "list", now - timedelta(hours=73), epoch=2)
    told = json.loads(read(tmp_path / "list", "--json").stdout_bytes)["status_list"]
    assert (told["listed"], told["stale"]) == ("not_listed", True)
    assert "已超过期限，不足为据" in told["zh"]
    assert "too old to go by" in read(tmp_path / "list").stdout


def test_no_list_and_a_changed_one_are_refused(tmp_path, now):
    assert "status-list-unreadable" in read(tmp_path / "none", "--json").stdout
    files(tmp_path / "list", now)
    path = next((tmp_path / "list").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert "status-list-not-signed" in read(tmp_path / "list", "--json").stdout


def test_a_reader_that_runs_on_takes_new_files_in_and_keeps_its_list_where_they_are_none(
    tmp_path, now, capsys
):
    chip = card(3)
    found = about(begin(lambda command: answer(chip, command), chip.power()))
    folder = tmp_path / "list"
    with pytest.raises(StatusListUnreadable):
        HeldList(Settings(division_code="999900"), tmp_path, PUBLIC)
    base = files(folder, now)
    held = HeldList(Settings(division_code="999900"), folder, PUBLIC)
    assert held.says(found).listed == "not_listed"
    changed = files(folder, now, void=[NUMBER], before=base)
    assert held.says(found).listed == "void", "without being started again"
    (folder / "000001-0001.sbklist").write_bytes(changed[:-1])
    for _ in range(2):
        assert held.says(found).listed == "void", "what is refused takes nothing away"
    (folder / "000001-0001.sbklist").unlink()
    assert held.says(found).listed == "void", "nor is an older one put in its place"
    assert capsys.readouterr().err.count("不能使用") == 1, "and is told once"


async def test_a_page_without_a_network_is_told_by_the_reader_service(readers, tmp_path, now):
    await asyncio.to_thread(readers.insert, card(3))
    base = files(tmp_path, now - timedelta(hours=73))
    held = HeldList(Settings(division_code="999900"), tmp_path, PUBLIC)
    async with page(listed=held.says) as client:
        session = {"Reader-Session": (await opened(client))["session"]}
        told = (await client.post("/session/read", json={}, headers=session)).json()["status_list"]
        assert (told["listed"], told["hit"], told["stale"]) == ("not_listed", False, True)
        assert "已超过期限，不足为据" in told["zh"]
        files(tmp_path, now, void=[NUMBER], before=base)
        told = (await client.post("/session/read", json={}, headers=session)).json()["status_list"]
        assert (told["listed"], told["hit"], told["stale"]) == ("void", True, False)
    async with page() as client:
        session = {"Reader-Session": (await opened(client))["session"]}
        assert (await client.post("/session/read", json={}, headers=session)).json()["status_list"] is None
