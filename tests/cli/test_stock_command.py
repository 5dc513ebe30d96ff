"""`shebaoka stock`: the card centre books for an outlet, and sees who runs out first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from tests.chain.command_line import bilingual, environment, here, open_folder, shebaoka

from shebaoka import wiring
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.settings import Settings, read_settings
from shebaoka.registry.institutions.commands import import_institutions

INSTITUTIONS = """code,kind,name_zh,name_en,parent,district,uscc,live_from,instant
JA01,community_centre,示例社区中心,Centre,,310106,,2018-01-01,1
JA02,community_centre,另一社区中心,Other,,310106,,2018-01-01,0
"""


async def found(settings, url, folder: Path) -> None:
    (folder / "districts.csv").write_text("code,name_zh,name_en\n310106,静安区,Jing'an\n", "utf-8")
    (folder / "institutions.csv").write_text(INSTITUTIONS, "utf-8")
    (folder / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n", "utf-8")
    async with wiring.city(settings, url) as city, city.database.work(SYSTEM) as work:
        await import_institutions(work, folder)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with open_folder() as folder:
        shebaoka(folder, "migrate", "--json").did()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment(folder).items():
                patch.setenv(name, value)
            settings = read_settings()
            with wiring.ready_database(settings) as url:
                asyncio.run(found(settings, url, tmp_path_factory.mktemp("institutions")))
                yield folder


def test_an_operator_books_for_an_outlet(city):
    box = ("--outlet", "JA01", "--quantity", "10", "--shipment", "S1", "--box", "1")
    received = here(city, "stock", "receive", *box, "--json").did()
    assert (received["balance_after"], received["recorded_by"]) == (10, "system:command-line")
    here(city, "stock", "receive", *box, "--json").refused("box-received")
    here(city, "stock", "receive", "--outlet", "JA02", *box[2:], "--json").refused("blanks-not-here")
    here(city, "stock", "show", "--outlet", "NONE", "--json").refused("not-found")
    here(city, "stock", "spoil", "--outlet", "JA01", "--quantity", "2", "--reason", "faulty", "--json").did()
    wrong = here(city, "stock", "spoil", "--outlet", "JA01", "--quantity", "1", "--reason", "burnt")
    assert (wrong.code, "misprinted" in wrong.err) == (2, True)
    too_many = ("--outlet", "JA01", "--quantity", "9", "--shipment", "R1")
    refused = here(city, "stock", "return", *too_many, "--json").refused("stock-below-zero")
    assert (refused["asked"], refused["balance"]) == (9, 8)
    told = here(city, "stock", "show", "--outlet", "JA01", "--json").did()["outlets"][0]
    assert (told["balance"], told["spoiled"], told["forecast"]["days_left"]) == (8, 2, 4)
    counted = here(city, "stock", "count", "--outlet", "JA01", "--counted", "7", "--json").did()
    assert (counted["status"], counted["difference"]) == ("differs", -1)
    booking = ("--outlet", "JA01", "--count", counted["count_id"], "--reason", "盘亏")
    here(city, "stock", "book-count", *booking, "--json").refused("second-person-needed")
    fixing = (
        "--outlet",
        "JA01",
        "--movement",
        received["movement_id"],
        "--quantity",
        "9",
        "--reason",
        "数错",
    )
    here(city, "stock", "correct", *fixing, "--json").refused("second-person-needed")
    added = here(city, "stock", "reconcile", "--json").did()
    (one,) = added["outlets"]
    assert (one["received"], one["spoiled"], one["balance"], one["adds_up"], added["differing"]) == (
        10,
        2,
        8,
        True,
        0,
    )
    ledger = here(city, "stock", "movements", "--outlet", "JA01", "--json").did()["movements"]
    assert [one["kind"] for one in ledger] == ["spoiled", "received"]
    # Who runs out first, also as a table.
    shown = here(city, "stock", "overview", "--district", "310106")
    assert "JA01" in shown.out
    assert "JA02" not in shown.out
    assert "差额 -1 待另一人登记" in shown.out
    table = here(city, "stock", "overview", "--csv").out
    assert table.lstrip("\ufeff").splitlines()[1].startswith("310106,JA01,8,0,0,2,2.0,")
    assert here(city, "stock", "overview", "--district", "310101", "--json").did() == {"outlets": []}


def test_blanks_that_do_not_add_up_end_with_code_one(city):
    box = ("--outlet", "JA01", "--quantity", "10", "--shipment", "S2", "--box", "1")
    here(city, "stock", "receive", *box, "--json").did()
    assert here(city, "stock", "reconcile").code == 0
    with wiring.ready_database(Settings(data_dir=str(city))) as url, psycopg.connect(url) as connection:
        connection.execute("UPDATE blank_stock SET balance = balance - 1")
    told = here(city, "stock", "reconcile")
    assert told.code == 1
    assert "✗ JA01" in told.out
    assert bilingual(told.out)
