"""The conformance kit over a real socket: the call orders against a server hold, and a server that errs is told so."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import fields
from datetime import datetime

import httpx
import msgspec
import pytest
from tests.benefits.insurance.test_insured_people import row
from tests.benefits.settlement.clinic_town import D
from tests.chain.command_line import here as command
from tests.conftest import MASTER_KEY
from tests.faces.terminals.conftest import MessagingTown
from tests.faces.test_serving import serving
from tests.sandbox.sandbox_driver import TOKEN, furnished, started

from shebaoka.cards import commands as cards
from shebaoka.cards.model import MadeCard
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.faces.terminals.conformance import orders, running, shanghai, visitor
from shebaoka.faces.terminals.conformance.calling import Caller, Failed
from shebaoka.faces.terminals.conformance.model import Check, Given, KeyFileRefused, Patient, System, read
from shebaoka.faces.terminals.shanghai.declared import MESSAGES
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.city import City, Partners
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.settings import Settings
from shebaoka.records.card_number import from_serial
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.views import load
from shebaoka.service.credential.commands import show_ecard
from shebaoka.simulation.demo.equipping import NotADemo, equip
from shebaoka.simulation.demo.resetting import mark_demo
from shebaoka_sandbox import neighbour


async def live(database, clock, tmp_path) -> None:
    """Let a town of today come about, whose one person has an open card; before that there is nobody to try a server with."""
    town = MessagingTown(database, clock)
    clock.at = datetime.now(SHANGHAI)
    await town.act(load_rules)
    await town.begin({1: row(1)})
    async with database.connection() as connection:
        await connection.execute("UPDATE institution SET readiness = 'live', live_from = '2018-01-01'")
    made = MadeCard(
        town.ids[1], 10_001, from_serial(1), 55, D("2019-01-01"), None, "0" * 31 + "1", "0" * 15 + "1"
    )
    await town.act(cards.take_made_cards, [made])
    city = City(
        Settings(data_dir=str(tmp_path)), clock, database, Partners(*[None] * len(fields(Partners))), {}, None
    )
    with pytest.raises(NotADemo):
        await equip(city, "H3", "P1")
    mark_demo(str(database.pool.conninfo))
    with pytest.raises(NotADemo):
        await equip(city, "H3", "P1")
    await town.open_new(1, 10_001)


async def holds(tmp_path, interface: str, url: str, file, *more: str) -> dict:
    """Run the kit, in which everything must hold."""
    asked = ("conformance", interface, "--url", url, "--key-file", str(file), *more)
    told = (await asyncio.to_thread(command, tmp_path, *asked, "--json")).document
    assert told["passed"], [one for one in told["checks"] if not one["passed"]]
    return told


def guest_alone(url: str, given: Given) -> list[Check]:
    """Run what the kit does of a guest, and nothing else."""
    checks: list[Check] = []
    with httpx.Client(base_url=url, timeout=running.PATIENCE_SECONDS) as client:
        call = Caller(client, given, given.hospital, checks)
        orders.sign_in(call)
        visitor.guest(call, given.guest)
    return checks


async def test_a_server_of_ours_conforms(database, database_url, clock, tmp_path):
    await live(database, clock, tmp_path)
    file, key = tmp_path / "run.json", tmp_path / "master.key"
    key.write_text(MASTER_KEY.hex() + "\n")
    key.chmod(0o600)
    environment = os.environ | {
        "SHEBAOKA_DATABASE_URL": database_url, "SHEBAOKA_MASTER_KEY_FILE": str(key), "SHEBAOKA_DATA_DIR": str(tmp_path),
    }  # fmt: skip
    at = {"database_url": database_url, "master_key_file": str(key)}
    prepare = ("conformance", "prepare", "--hospital", "H3", "--pharmacy", "P1", "--json", "--out")
    (await asyncio.to_thread(command, tmp_path, *prepare, str(tmp_path / "no" / "run.json"), **at)).refused(
        "folder-not-writable"
    )
    made = (await asyncio.to_thread(command, tmp_path, *prepare, str(file), **at)).did()
    assert made["file"] == str(file)
    assert file.stat().st_mode & 0o777 == 0o600
    given = json.loads(file.read_text("utf-8"))
    assert given["guest"]["id_number"] in neighbour.EVERYBODY
    (tmp_path / "outside").mkdir()
    with (
        started(furnished(tmp_path / "outside")) as outside,
        serving(
            environment | {"SHEBAOKA_HUB_URL": f"{outside.url}/hub", "SHEBAOKA_PARTNER_TOKEN": TOKEN}
        ) as (_, url),
    ):
        async with database.work(SYSTEM) as work:
            key = signing_key(Settings(data_dir=str(tmp_path)))
            (whose,) = await work.row("SELECT person_id FROM card WHERE card_id = 10001")
            shown = await show_ecard(work, await load(work), key, "3100", whose)
        local = await holds(tmp_path, "shanghai", url, file, "--ecard", shown.text)
        assert len(local["checks"]) > 24
        codes = {each["infno"] for one in local["checks"] for each in one["messages"]}
        assert codes >= set(MESSAGES)
        told = await holds(tmp_path, "national", url, file)
        assert len(told["checks"]) > 30
        assert given["hospital"]["secret"] not in json.dumps(told)
        assert "2305" in {one["check"] for one in told["checks"] if "guest" in one["order"]}, "it was settled"
        outside.faults("hub", down=True)
        waits = await asyncio.to_thread(guest_alone, url, read(file))
        assert [one.detail for one in waits if not one.passed] == []
        assert "2601" in {one.name for one in waits}, "it waited"
        infnos = {each["infno"] for one in told["checks"] for each in one["messages"]}
        assert {
            "1101",
            "2102",
            "2207",
            "2208",
            "2304",
            "2305",
            "2601",
            "3201",
            "5203",
            "9001",
            "9002",
        } <= infnos


def test_a_server_that_errs_is_told_so(monkeypatch, tmp_path):
    """A server that says yes to everything fails the checks of refusals; one that is away fails the first."""
    given = Given(
        hospital=System("p", "s", "H1", "医院"),
        patient=Patient("A00000001", "0"),
        item="X",
        division="310000",
    )
    yes = {"infcode": 0, "err_msg": "", "output": {}}
    answers = [lambda _: httpx.Response(200, json=yes), lambda _: httpx.Response(500)]
    clients = iter(
        [
            httpx.Client(transport=httpx.MockTransport(one), base_url="http://city")
            for one in (answers[0], *answers)
        ]
    )
    file = tmp_path / "run.json"
    file.write_bytes(msgspec.json.encode(given))
    asked = ("conformance", "national", "--key-file", str(file), "--url")
    away = command(tmp_path, *asked, "http://[")
    assert (away.code, "ConnectError" in away.out) == (1, True)
    monkeypatch.setattr(running.httpx, "Client", lambda **_: next(clients))
    told = command(tmp_path, *asked, "http://city")
    assert told.code == 1
    assert "✗ 9001" in told.out
    assert "→ " in told.out
    agreeing, broken = running.run("http://city", given), running.run("http://city", given)
    assert not any(one.passed for one in agreeing)
    assert "字段表" in agreeing[0].detail
    assert [one.detail for one in broken if one.passed] == []
    assert broken[0].detail == "9001: HTTP 500"


def test_shanghais_run_finds_a_server_that_errs(monkeypatch):
    given = Given(
        hospital=System("p", "s", "H1", "医院"),
        patient=Patient("A00000001", "0"),
        item="X",
        division="310000",
    )
    answers = [
        lambda _: httpx.Response(200, json={"xxfhm": "P001", "fhxx": "", "xxnr": {}}), lambda _: httpx.Response(500),
        lambda _: httpx.Response(200, json={"xxfhm": "-1", "fhxx": "", "xxnr": {}}),
    ]  # fmt: skip
    clients = iter(
        [httpx.Client(transport=httpx.MockTransport(one), base_url="http://city") for one in answers]
    )
    monkeypatch.setattr(running.httpx, "Client", lambda **_: next(clients))
    agreeing, broken, silent = [running.run_shanghai("http://city", given) for _ in answers]
    assert not any(one.passed for one in agreeing)
    assert "字段表" in agreeing[0].detail
    assert [one.detail for one in broken[:1]] == ["S000: HTTP 500"]
    assert "没有 fhxx" in silent[0].detail
    good = dict.fromkeys((*shanghai.CLINIC, "hisaccountpay", "totalexpense"), 0)
    assert shanghai.identities(good) == good
    for wrong in good:
        with pytest.raises(Failed, match="≠"):
            shanghai.identities(good | {wrong: 1})


GOOD = dict.fromkeys((*orders.NEGATED, "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "hosp_part_amt", "acct_mulaid_pay"), 0)  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    ["medfee_sumamt", "inscp_scp_amt", "hosp_part_amt", "psn_cash_pay", "hifp_pay", "fund_pay_sumamt"],
)
def test_sums_that_do_not_add_up_are_found(wrong):
    assert orders.identities({"setlinfo": GOOD}) == GOOD
    with pytest.raises(Failed, match="≠"):
        orders.identities({"setlinfo": GOOD | {wrong: 1}})
    with pytest.raises(Failed, match="相反数"):
        orders.negated(GOOD | {"acct_pay": 1}, GOOD | {"acct_pay": 1})


def test_a_file_that_will_not_do_is_refused(tmp_path):
    for text in ("", "{}", "[]", '{"hospital": 1}'):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(KeyFileRefused, match=r"run\.json"):
            read(tmp_path / "run.json")
    with pytest.raises(KeyFileRefused):
        read(tmp_path / "none.json")
